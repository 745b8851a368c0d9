import {registry} from "@web/core/registry";
import {inState} from "./steps";

const tours = registry.category("web_tour.tours");

const openCog = {
    content: "Open the cog menu",
    trigger: ".o_control_panel .o_cp_action_menus button:has(.fa-cog)",
    run: "click",
};

const entry = (name) => `.o-dropdown--menu .o_menu_item:contains('${name}')`;

// The header shows what is next; a ticket is cancelled from the cog menu, which asks why, and taken back.
tours.add("aftersales_header", {
    steps: () => [
        inState("new"),
        {
            content: "What is likely next is in the header, nothing else",
            trigger:
                ".o_statusbar_buttons:has(button[name='action_assign']):not(:has(button[name='action_cancel']))",
        },
        openCog,
        {
            content: "Nothing that is not possible now",
            trigger: `.o-dropdown--menu:not(:has(.o_menu_item:contains('Register the result')))`,
        },
        {content: "Cancel", trigger: entry("Cancel"), run: "click"},
        {
            content: "Say why",
            trigger: ".modal .o_field_widget[name='reason'] :is(input, textarea)",
            run: "edit Asked twice",
        },
        {content: "Confirm", trigger: ".modal .modal-footer button.btn-primary", run: "click"},
        {
            content: "Cancelled, and the header offers the way back",
            trigger: ".o_statusbar_buttons button[name='action_reinstate']",
            run: "click",
        },
        inState("new"),
        openCog,
        {content: "The entry is there again", trigger: entry("Cancel")},
    ],
});
