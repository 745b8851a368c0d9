import {registry} from "@web/core/registry";

// The customer: from the order to a request, with what applies shown before it is sent.
registry.category("web_tour.tours").add("aftersales_customer_return", {
    steps: () => [
        {
            content: "The order offers it",
            trigger: "#aftersales_return_something",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "One of two",
            trigger: "#return_form input[type='number']",
            run: "edit 1",
        },
        {
            content: "The reason",
            trigger: "#reason_id",
            run: "selectByLabel Without a reason",
        },
        {
            content: "The day",
            trigger: "#signed_date",
            run: ({anchor}) => {
                anchor.value = anchor.max;
            },
        },
        {
            content: "Next",
            trigger: "#return_form button[value='check']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The right, with its reason",
            trigger: "#return_preview [data-kind='eligibility'] li:contains('without a reason')",
        },
        {
            content: "Who pays the way back",
            trigger: "#return_review td:contains('Return') + td strong:contains('Customer')",
        },
        {
            content: "Read",
            trigger: "#policy_read",
            run: "check",
        },
        {
            content: "Send",
            trigger: "#return_review button[value='send']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It can be followed",
            trigger: "#return_timeline [aria-current='step']:contains('Approved')",
        },
        {
            content: "The next step is ours",
            trigger: "#return_next:contains('We look at your request')",
        },
    ],
});
