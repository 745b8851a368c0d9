import {registry} from "@web/core/registry";
import {inState, openTab, press} from "./steps";

const tours = registry.category("web_tour.tours");

const filterBy = (name) => [
    {
        content: "Open the filters",
        trigger: ".o_searchview_dropdown_toggler",
        run: "click",
    },
    {
        content: `Filter ${name}`,
        trigger: `.o_filter_menu .o_menu_item:contains('${name}')`,
        run: "click",
    },
    {
        content: "Close the filters",
        trigger: ".o_searchview_dropdown_toggler",
        run: "click",
    },
    {
        content: `Only ${name}`,
        trigger: `.o_searchview_facet:contains('${name}')`,
    },
];

// Customer service takes a call: one word from the caller finds who it is, then from taking to closing.
tours.add("aftersales_agent_call", {
    steps: () => [
        {
            content: "The telephone rings",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "The caller reads out the serial number",
            trigger: ".o_field_widget[name='search_key'] input",
            run: "edit TOUR-CALL-1 && press Tab",
        },
        {
            content: "The customer is known by it",
            trigger: ".o_field_widget[name='partner_id'] input:value(Li Ming)",
        },
        {
            content: "The product, too",
            trigger: ".o_field_widget[name='product_id'] input:value(Refrigerator)",
        },
        {
            content: "What is it about",
            trigger: ".o_field_widget[name='title'] textarea",
            run: "edit Does not cool since yesterday",
        },
        {
            content: "What kind of problem, at first sight",
            trigger: ".o_field_widget[name='problem_type'] input",
            run: "click",
        },
        {
            content: "Hardware",
            trigger: ".o_select_menu_item:contains('Hardware')",
            run: "click",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        inState("new"),
        {
            content: "What is next, by when",
            trigger: "div[name='headline']:contains('Give it to somebody')",
        },
        press("action_assign", "Take"),
        inState("accepted"),
        press("action_start", "Start"),
        inState("in_progress"),
        {
            content: "Answer the customer",
            trigger: ".o-mail-Chatter-sendMessage",
            run: "click",
        },
        {
            content: "In a sentence",
            trigger: ".o-mail-Composer-input",
            run: "edit Please press the left key for three seconds.",
        },
        {
            content: "Send it",
            trigger: ".o-mail-Composer .o-mail-Composer-send:enabled",
            run: "click",
        },
        {
            content: "It is sent",
            trigger: ".o-mail-Message:contains('Please press the left key')",
        },
        openTab("Diagnosis and solution"),
        {
            content: "What was done",
            trigger: ".o_field_widget[name='solution'] textarea",
            run: "edit The defrosting was started by hand.",
        },
        press("action_resolve", "Solved"),
        inState("resolved"),
        {
            content: "Now it is the customer's turn",
            trigger: "div[name='headline']:contains('The customer has to confirm')",
        },
        press("action_confirm_by_phone", "Customer confirms"),
        press("action_close", "Close"),
        inState("closed"),
    ],
});

// The supervisor's morning: nobody has these, that one was left lying, and this one matters more.
tours.add("aftersales_supervisor_morning", {
    steps: () => [
        ...filterBy("Unassigned"),
        {
            content: "Both are there",
            trigger:
                ".o_list_view:has(.o_data_row:contains('Nobody has it 1')):has(.o_data_row:contains('Nobody has it 2'))",
        },
        {
            content: "All of them",
            trigger: "thead .o_list_record_selector input",
            run: "click",
        },
        {
            content: "Open the actions",
            trigger: ".o_cp_action_menus .dropdown-toggle:contains('Actions')",
            run: "click",
        },
        {
            content: "Assign them",
            trigger: ".o-dropdown--menu .o-dropdown-item:contains('Assign')",
            run: "click",
        },
        {
            content: "Nobody's tickets are gone",
            trigger: ".o_list_view:not(:has(.o_data_row:contains('Nobody has it')))",
            timeout: 60000, // they are judged and assigned one by one
        },
        {
            content: "Enough of these",
            trigger: ".o_searchview_facet:contains('Unassigned') .o_facet_remove",
            run: "click",
        },
        ...filterBy("Breached"),
        {
            content: "One was left lying",
            trigger: ".o_data_row:contains('Left lying') .o_data_cell[name='title']",
            run: "click",
        },
        {
            content: "A promise is broken",
            trigger: ".ribbon:contains('Breached')",
        },
        {
            content: "It is the supervisor's task",
            trigger: ".o-mail-Activity:contains('Missed: First reply')",
        },
        openTab("Why?"),
        {
            content: "The table has said",
            trigger:
                ".o_aftersales_why section[data-kind='priority'] li:contains('Normal urgency')",
        },
        {
            content: "Decide otherwise",
            trigger: "button[name='action_ask_override']",
            run: "click",
        },
        {
            content: "High",
            trigger: ".modal .o_field_widget[name='priority'] input[data-value='p1']",
            run: "click",
        },
        {
            content: "Why",
            trigger: ".modal .o_field_widget[name='reason'] input",
            run: "edit Their production line stands still",
        },
        {
            content: "Decide",
            trigger: ".modal button[name='action_apply']",
            run: "click",
        },
        {
            content: "It is another one now",
            trigger: "body:not(:has(.modal)) .o_field_widget[name='priority']:contains('P1')",
        },
        openTab("Why?"),
        {
            content: "A person has decided it",
            trigger:
                ".o_aftersales_why section[data-kind='priority']:contains('decided by a person')",
        },
    ],
});
