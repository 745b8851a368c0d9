import {registry} from "@web/core/registry";
import {inState, openTab, press} from "./steps";

const tick = (name) => ({
    content: `Tick ${name}`,
    trigger: `.o_field_widget[name='${name}'] input[type='checkbox']`,
    run: "click",
});

const write = (name, text) => ({
    content: `Write ${name}`,
    trigger: `.o_field_widget[name='${name}'] :is(input, textarea)`,
    run: `edit ${text}`,
});

// The engineer: own visits, checks, leave, report, arrive, signature, feedback form.
registry.category("web_tour.tours").add("aftersales_engineer", {
    steps: () => [
        {
            content: "Open the visit out of one's own",
            trigger: ".o_data_row:contains('Tour Customer') td[name='start']",
            run: "click",
        },
        inState("confirmed"),
        {content: "What is next", trigger: "div[name='headline']:contains('Get ready')"},
        press("action_depart"),
        {
            content: "Nobody leaves unprepared",
            trigger: ".o_notification:contains('Call the user'), .modal:contains('Call the user')",
        },
        {
            content: "Close the sentence",
            trigger: ".modal .modal-footer button, .o_notification_close",
            run: "click",
        },
        openTab("Before leaving"),
        tick("user_contacted"),
        tick("fault_asked"),
        tick("route_confirmed"),
        write("trip_hours", "5"),
        press("action_depart"),
        inState("departed"),
        press("action_report"),
        {
            content: "Say how it is going",
            trigger: ".modal .o_field_widget[name='text'] input",
            run: "edit On the motorway",
        },
        {content: "Report", trigger: ".modal button[name='action_apply']", run: "click"},
        {
            content: "It stands in the log",
            trigger: "body:not(:has(.modal)) .o-mail-Message:contains('On the motorway')",
        },
        press("action_arrive"),
        inState("arrived"),
        write("report", "Seal replaced"),
        write("signed_by", "Li Ming"),
        {content: "Save", trigger: ".o_form_button_save:enabled", run: "click"},
        {content: "Saved", trigger: ".o_form_saved"},
        {
            content: "The customer signs",
            trigger: ".o_field_widget[name='signature'] .o_signature",
            run: "click",
        },
        {
            content: "Sign",
            trigger: ".modal .modal-footer button.btn-primary:not([disabled])",
            run: "click",
        },
        {
            content: "The signature is there",
            trigger: "body:not(:has(.modal)) .o_field_widget[name='signature'] img",
        },
        press("action_complete"),
        inState("done"),
        press("action_come_back"),
        {
            content: "The return is noted",
            trigger: "div[name='headline']:contains('Hand in the feedback form')",
        },
        openTab("Feedback form"),
        {
            content: "It is solved",
            trigger:
                ".o_field_widget[name='feedback_result'] .o_radio_item:contains('Solved') input",
            run: "click",
        },
        write("feedback", "Customer is content"),
        press("action_hand_in"),
        {
            content: "After-sales goes on",
            trigger: "div[name='headline']:contains('After-sales talks')",
            timeout: 60000,
        },
    ],
});
