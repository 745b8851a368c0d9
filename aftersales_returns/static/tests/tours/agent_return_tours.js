import {registry} from "@web/core/registry";
import {inState, press} from "@aftersales_service/../tests/tours/steps";

const tours = registry.category("web_tour.tours");

const openFromList = (customer) => ({
    content: `Open the return of ${customer}`,
    trigger: `.o_data_row:contains('${customer}') .o_data_cell`,
    timeout: 60000, // the first page brings its bundles along
    run: "click",
});

const headline = (text) => ({
    content: `The headline: ${text}`,
    trigger: `div[name='headline']:contains('${text}')`,
});

// Customer service authorizes what a customer has asked for in the portal.
tours.add("aftersales_agent_authorizes", {
    steps: () => [
        openFromList("Li Ming"),
        inState("requested"),
        {
            content: "His words",
            trigger: ".o_field_widget[name='description'] textarea:value('It does not focus')",
        },
        {
            content: "His photo",
            trigger: ".o-mail-Message:contains('Photos of the customer')",
        },
        press("action_approve"),
        inState("approved"),
        headline("The customer sends the goods"),
    ],
});

// Customer service says no, with a reason.
tours.add("aftersales_agent_refuses", {
    steps: () => [
        openFromList("Li Ming"),
        inState("requested"),
        press("action_refuse"),
        {
            content: "Why",
            trigger: ".modal .o_field_widget[name='reason'] textarea",
            run: "edit Traces of sand in the lens",
        },
        {
            content: "Confirm",
            trigger: ".modal button[name='action_confirm']",
            run: "click",
        },
        inState("refused"),
        {
            content: "The reason stands in the log",
            trigger: ".o-mail-Message:contains('Traces of sand in the lens')",
        },
    ],
});

// The customer wants the money after all: inspected goods go to the refund, whose amounts are confirmed.
tours.add("aftersales_agent_refunds", {
    steps: () => [
        openFromList("Li Ming"),
        inState("inspected"),
        press("action_pass_to_refund"),
        inState("to_refund"),
        press("action_confirm_refund"),
        headline("Finance"),
    ],
});
