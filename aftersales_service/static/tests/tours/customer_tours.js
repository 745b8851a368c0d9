import {registry} from "@web/core/registry";
import {picture} from "./steps";

const tours = registry.category("web_tour.tours");

const at = (step) => ({
    content: `The request is ${step}`,
    trigger: `#ticket_timeline [aria-current='step']:contains('${step}')`,
});

// The customer writes a request with a photo and can follow it.
tours.add("aftersales_customer_request", {
    steps: () => [
        {
            content: "A new request",
            trigger: "a[href='/my/tickets/new']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Something has to be repaired",
            trigger: "#ticket_form #service_type",
            run: "select repair",
        },
        {
            content: "In a few words",
            trigger: "#ticket_form #title",
            run: "edit It leaks",
        },
        {
            content: "What happened",
            trigger: "#ticket_form #description",
            run: "edit A puddle under it since Sunday.",
        },
        {
            content: "A photo",
            trigger: "#ticket_form #attachments",
            run: ({anchor}) => {
                const files = new DataTransfer();
                files.items.add(picture("puddle.png"));
                anchor.files = files.files;
            },
        },
        {
            content: "Send",
            trigger: "#ticket_form button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        at("Received"),
        {
            content: "The photo is among the messages",
            trigger: "#chatterRoot:shadow .o-mail-Message:contains('Files of the customer')",
            timeout: 60000, // the messages come with a bundle of their own
        },
    ],
});

// Solved, they say; but it is not.
tours.add("aftersales_customer_disputes", {
    steps: () => [
        at("Solved"),
        {
            content: "What was done is told",
            trigger: "#aftersales_ticket .alert:contains('The hose was fastened')",
        },
        {
            content: "It is not",
            trigger: "input[name='reason']",
            run: "edit It still leaks",
        },
        {
            content: "Go on with it",
            trigger: "button:contains('No, go on with it')",
            run: "click",
            expectUnloadPage: true,
        },
        at("In progress"),
    ],
});

tours.add("aftersales_customer_confirms", {
    steps: () => [
        at("Solved"),
        {
            content: "Now it is",
            trigger: "button:contains('Yes, it is solved')",
            run: "click",
            expectUnloadPage: true,
        },
        at("Closed"),
        {
            content: "Nothing more is asked",
            trigger: "#aftersales_ticket:not(:has(button:contains('Yes, it is solved')))",
        },
    ],
});
