import {registry} from "@web/core/registry";
import {picture} from "@aftersales_service/../tests/tours/steps";

const tours = registry.category("web_tour.tours");

const attach = (trigger, name) => ({
    content: `Attach ${name}`,
    trigger,
    run: ({anchor}) => {
        const files = new DataTransfer();
        files.items.add(picture(name));
        anchor.files = files.files;
    },
});

const next = (text) => ({
    content: `What is next: ${text}`,
    trigger: `#return_next:contains('${text}')`,
});

const send = (trigger) => ({
    content: "Send",
    trigger,
    run: "click",
    expectUnloadPage: true,
});

// The customer wants a broken camera exchanged: he reads who pays, adds a photo, and sends it.
tours.add("aftersales_customer_exchange", {
    steps: () => [
        {
            content: "The order offers it",
            trigger: "#aftersales_return_something",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "This very camera, by its number",
            trigger: "#return_form tr:contains('CAM-TOUR') input[type='checkbox']",
            run: "check",
        },
        {
            content: "Another one for it",
            trigger: "#resolution",
            run: "selectByLabel Exchange",
        },
        {
            content: "The reason",
            trigger: "#reason_id",
            run: "selectByLabel Quality problem",
        },
        {
            content: "The day",
            trigger: "#signed_date",
            run: ({anchor}) => {
                anchor.value = anchor.max;
            },
        },
        {
            content: "What happened",
            trigger: "#description",
            run: "edit It does not focus",
        },
        send("#return_form button[value='check']"),
        {
            content: "What he has chosen",
            trigger: "#return_review li:contains('1 × Camera'):contains('CAM-TOUR')",
        },
        {
            content: "A fault gives him the right, and he reads why",
            trigger: "#return_preview [data-kind='eligibility'] li:contains('fault')",
        },
        {
            content: "The way back is ours",
            trigger: "#return_review td:contains('Return') + td strong:contains('Seller')",
        },
        {
            content: "So is sending another one",
            trigger: "#return_review td:contains('Sending again') + td strong:contains('Seller')",
        },
        attach("#photos", "blurred.png"),
        {
            content: "Read",
            trigger: "#policy_read",
            run: "check",
        },
        send("#return_review button[value='send']"),
        next("We look at your request"),
        {
            content: "The photo is among the messages",
            trigger: "#chatterRoot:shadow .o-mail-Message:contains('Photos of the customer')",
            timeout: 60000, // the messages come with a bundle of their own
        },
    ],
});

// Approved: the tracking number of his parcel.
tours.add("aftersales_customer_ships", {
    steps: () => [
        {
            content: "In the list, what is next",
            trigger: "tr:contains('Send the goods back') a:contains('RMA/')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "By when, and what happens otherwise",
            trigger: "#return_next:contains('the return is closed') strong:not(:empty)",
        },
        {
            content: "The slip that lies in the parcel",
            trigger: "#return_slip[href*='report_type=pdf']",
        },
        {
            content: "The courier",
            trigger: "#return_shipment #carrier_name",
            run: "edit The Poste",
        },
        {
            content: "The number",
            trigger: "#return_shipment #tracking_ref",
            run: "edit PST-TOUR-1",
        },
        send("#return_shipment button[type='submit']"),
        next("Your parcel is on its way to us"),
        {
            content: "As he has entered it",
            trigger: "#return_next:contains('The Poste'):contains('PST-TOUR-1')",
        },
        {
            content: "The next step is ours",
            trigger: "#return_timeline [aria-current='step']:contains('Received by us')",
        },
    ],
});

// Refunded instead of exchanged: how much, and for what.
tours.add("aftersales_customer_follows", {
    steps: () => [
        next("We check your refund and pay it"),
        {
            content: "The goods",
            trigger: "table[name='return_refund'] tr:contains('Goods'):contains('500.00')",
        },
        {
            content: "What he gets",
            trigger:
                "table[name='return_refund'] tr:contains('Paid out to you'):contains('500.00')",
        },
    ],
});

// Refused: he reads why, and appeals with a proof.
tours.add("aftersales_customer_appeals", {
    steps: () => [
        {
            content: "Our answer",
            trigger: "#return_decision:contains('Traces of sand')",
        },
        {
            content: "Why not",
            trigger: "#return_dispute #reason",
            run: "edit It was blurred out of the box",
        },
        attach("#dispute_photos", "unpacking.png"),
        send("#return_dispute button[type='submit']"),
        next("We answer your objection, then a supervisor decides"),
        {
            content: "His words, and that we have to answer",
            trigger:
                "#return_disputes:contains('We prepare our answer'):contains('It was blurred out of the box')",
        },
        {
            content: "Whoever refused does not decide",
            trigger: "#return_disputes:contains('Whoever refused your request does not decide')",
        },
    ],
});
