import {registry} from "@web/core/registry";

const ticket = (title) => `.o_board_ticket:contains('${title}')`;
const column = (name) => `.o_board_engineer[data-name='${name}']`;
const told = (text) => ({
    content: `The board says: ${text}`,
    trigger: `.o_notification:contains('${text}')`,
});
const drag = (title, name) => ({
    content: `Drag ${title} on ${name}`,
    trigger: ticket(title),
    run: `drag_and_drop ${column(name)}`,
});

// The supervisor: what nobody has accepted goes to who is there.
registry.category("web_tour.tours").add("aftersales_board", {
    steps: () => [
        {content: "The queue is there", trigger: ticket("Tour drags this")},
        drag("Tour drags this", "Colleague"),
        told("Colleague is off duty."),
        {
            content: "Who is first?",
            trigger: `${ticket("Tour drags this")} .o_board_suggest`,
            run: "click",
        },
        {
            content: "Who is away is named",
            trigger: ".o_board_candidate:contains('Colleague is off duty.')",
        },
        drag("Tour drags this", "Engineer"),
        {
            content: "A reason is asked for",
            trigger: ".modal:contains('Dispatch ranks Agent first.') #o_board_reason",
            run: "edit Lives next door",
        },
        {
            content: "Give it",
            trigger: ".modal .o_board_confirm:not(:disabled)",
            run: "click",
        },
        told("asks Engineer"),
        {
            content: "It has not been accepted yet",
            trigger: `${ticket("Tour drags this")}:contains('Engineer has not accepted it yet')`,
        },
        {
            content: "Without a mouse: tick",
            trigger: `${ticket("Tour ticks this")} .o_board_pick`,
            run: "click",
        },
        {
            content: "Without a mouse: give",
            trigger: `${column("Agent")} .o_board_give:not(:disabled)`,
            run: "click",
        },
        told("asks Agent"),
        {
            content: "The desk is fuller",
            trigger: `${column("Agent")} .o_board_desk:contains('1 open')`,
        },
        {
            content: "Leave one to dispatch",
            trigger: `${ticket("Tour leaves this to dispatch")} .o_board_pick`,
            run: "click",
        },
        {
            content: "By policy",
            trigger: ".o_board_dispatch:not(:disabled)",
            run: "click",
        },
        {
            content: "Dispatch has found somebody",
            trigger: `${ticket("Tour leaves this to dispatch")}:contains('has not accepted it yet')`,
        },
        {content: "Another day", trigger: ".o_board_after", run: "click"},
        {content: "Back to today", trigger: ".o_board_today:not(:disabled)", run: "click"},
        {content: "It is today", trigger: ".o_board_today:disabled"},
    ],
});
