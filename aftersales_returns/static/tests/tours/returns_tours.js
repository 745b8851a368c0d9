import {registry} from "@web/core/registry";
import {inState, openTab, press} from "@aftersales_service/../tests/tours/steps";

const tours = registry.category("web_tour.tours");

// Customer service: reads why, makes the return out of the ticket, submits and approves it.
tours.add("aftersales_agent", {
    steps: () => [
        {
            content: "The headline says what is next",
            trigger: "div[name='headline']:contains('has to begin')",
        },
        {
            content: "Promises are on the strip, the answered ones as kept",
            trigger: ".o_aftersales_deadline_strip",
        },
        openTab("Why?"),
        {
            content: "The priority with its reason",
            trigger:
                ".o_aftersales_why section[data-kind='priority'] li:contains('Normal urgency')",
        },
        {
            content: "A repair that becomes a return is rare: it stands in the cog menu",
            trigger: ".o_control_panel .o_cp_action_menus button:has(.fa-cog)",
            run: "click",
        },
        {
            content: "Make the return",
            trigger: ".o-dropdown--menu .o_menu_item:contains('Return')",
            run: "click",
        },
        inState("draft"),
        {
            content: "The goods of the ticket are there",
            trigger: ".o_field_widget[name='line_ids'] .o_data_row:contains('Kettle')",
        },
        {
            content: "Name the reason",
            trigger: ".o_field_widget[name='reason_id'] input",
            run: "edit Quality",
        },
        {
            content: "Choose it",
            trigger: ".o-autocomplete--dropdown-item:contains('Quality problem')",
            run: "click",
        },
        press("action_submit"),
        inState("requested"),
        openTab("Why?"),
        {
            content: "A fault gives the right to return",
            trigger: ".o_aftersales_why section[data-kind='eligibility']",
        },
        {
            content: "The seller bears the freight",
            trigger: ".o_aftersales_why section[data-kind='freight'] strong:contains('Seller')",
        },
        press("action_approve"),
        inState("approved"),
        {
            content: "Now the customer has to act",
            trigger: "div[name='headline']:contains('The customer sends the goods')",
        },
    ],
});

// The warehouse: fills in the checklist of what came in and completes the inspection.
tours.add("aftersales_inspector", {
    steps: () => [
        {
            content: "Open the return that waits",
            trigger: ".o_data_row:contains('Wang Fang') .o_data_cell",
            run: "click",
        },
        inState("received"),
        {
            content: "Open the checklist",
            trigger: "button[name='action_open_inspections']",
            run: "click",
        },
        {
            content: "Goods without a number are not asked for one",
            trigger: ".o_form_view:not(:has(.o_field_widget[name='serial_matches']))",
        },
        {
            content: "The fault is there",
            trigger: ".o_field_widget[name='fault_found'] .o_radio_item:contains('Yes') input",
            run: "click",
        },
        {
            content: "As new",
            trigger: ".o_field_widget[name='grade'] .o_radio_item:first input",
            run: "click",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "It is saved",
            trigger: ".o_form_status_indicator_buttons.invisible:not(:visible)",
        },
        {
            content: "Back to the return",
            trigger: ".breadcrumb-item a:contains('RMA/')",
            run: "click",
        },
        {
            content: "The grade stands in the return",
            trigger:
                ".o_field_widget[name='inspection_ids'] .o_data_row .o_data_cell[name='grade']:not(:empty)",
        },
        press("action_complete_inspection"),
        inState("to_refund"),
    ],
});

// Finance: sees every part and its reason, approves, and pays by Odoo's own wizard.
tours.add("aftersales_accountant", {
    steps: () => [
        {
            content: "Open the refund that waits",
            trigger: ".o_data_row:contains('Wang Fang') .o_data_cell",
            run: "click",
        },
        inState("confirmed"),
        {
            content: "What is next, and how much",
            trigger:
                "div[name='headline']:contains('Finance re-checks and approves'):contains('125.00')",
        },
        {
            content: "The goods are a part of it",
            trigger:
                ".o_field_widget[name='line_ids'] .o_data_row:contains('Goods'):contains('115.00')",
        },
        openTab("Why?"),
        {
            content: "Why that much",
            trigger: ".o_aftersales_why section[data-kind='refund']",
        },
        press("action_approve"),
        inState("approved"),
        press("action_register_payment"),
        {
            content: "Odoo's wizard knows the amount",
            trigger: ".modal button[name='action_create_payments']",
            run: "click",
        },
        inState("paid"),
    ],
});
