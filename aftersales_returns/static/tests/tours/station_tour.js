import {ConnectionLostError, rpc} from "@web/core/network/rpc";
import {registry} from "@web/core/registry";

/** What a scanner does: keys faster than any person, then Enter. */
function scanner(barcode) {
    for (const key of [...barcode, "Enter"]) {
        document.body.dispatchEvent(
            new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true})
        );
    }
}

const scan = (barcode, code, text) => [
    {content: `Scan ${barcode}`, trigger: ".o_aftersales_station", run: () => scanner(barcode)},
    {
        content: `The station answers ${code} ${text}`,
        trigger: `.o_station_message[data-code='${code}'] .o_station_text:contains('${text}')`,
    },
];

const press = (key, trigger) => [
    {
        content: `Press ${key}`,
        trigger: ".o_aftersales_station",
        run: () =>
            document.body.dispatchEvent(
                new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true})
            ),
    },
    {content: `${key} has done its work`, trigger},
];

// The warehouse: from the parcel's label to goods back in stock, without a mouse.
registry.category("web_tour.tours").add("aftersales_station", {
    steps: () => [
        {content: "The station waits", trigger: ".o_station_message[data-code='start']"},
        ...scan("NO-SUCH-SLIP", "unknown", "NO-SUCH-SLIP"),
        ...scan("TOUR-TRACKING", "opened", "RMA/"),
        ...scan("TOUR-SN-1", "counted", "1 of 1"),
        ...scan("TOUR-SN-1", "double", "was scanned before"),
        ...scan("TOUR-SN-9", "wrong_serial", "not the piece"),
        ...scan("TOUR-SN-2", "counted", "1 of 1"),
        ...scan("AS-RECEIVE", "step", "is received"),
        ...scan("TOUR-SN-1", "counted", "TOUR-SN-1"),
        ...press("f", ".o_station_check[data-check='fault_found'][data-answer='yes']"),
        ...press("1", ".o_station_goes[data-outcome='restock']"),
        ...press("z", ".o_station_line[data-serial='TOUR-SN-1'][data-grade='']"),
        ...press("2", ".o_station_line[data-serial='TOUR-SN-1'][data-grade='b']"),
        ...scan("TOUR-SN-2", "counted", "TOUR-SN-2"),
        ...scan("AS-FAULT-NO", "step", "Fault found"),
        ...scan("AS-GRADE-C", "step", "C: used"),
        {content: "Turned down", trigger: ".o_station_goes[data-outcome='return_to_customer']"},
        ...scan("AS-DONE", "step", "is inspected"),
    ],
});

// A kit: its parts are scanned, the screen says what it still lacks.
registry.category("web_tour.tours").add("aftersales_station_kit", {
    steps: () => [
        {content: "The station waits", trigger: ".o_station_message[data-code='start']"},
        ...scan("TOUR-KIT", "opened", "RMA/"),
        ...scan("TEST-TOP", "counted", "1 of 4 parts of Desk set"),
        ...scan("TEST-TOP", "too_many", "Table top of Desk set"),
        ...scan("MOT-1", "counted", "2 of 4 parts of Desk set"),
        ...press("e", ".o_station_line .o_station_seen:contains('1/1')"),
        ...press("z", ".o_station_line .o_station_part.fw-bold[data-part='Leg']"),
        ...scan("TEST-LEG", "counted", "Leg: 1 of 2"),
        ...scan("AS-RECEIVE", "incomplete", "missing 1 Leg"),
        ...scan("AS-RECEIVE", "step", "incomplete, without 1 Leg"),
        {content: "It stays on the screen", trigger: ".o_station_lacks:contains('1 Leg')"},
        ...scan("TEST-TOP", "counted", "without 1 Leg"),
        ...scan("AS-GRADE-A", "step", "Desk set"),
        {content: "Turned down", trigger: ".o_station_goes:contains('Parts are missing')"},
        ...scan("AS-DONE", "step", "is inspected"),
    ],
});

const realRpc = rpc._rpc;
/** The line is cut after the server has done its work and before anybody hears of it. */
const cutTheLine = () => {
    rpc._rpc = (url, ...rest) =>
        realRpc(url, ...rest).then(() => {
            throw new ConnectionLostError(url);
        });
};
const restoreTheLine = () => {
    rpc._rpc = realRpc;
};

/** What the camera gives after the key M: a file chooser is nothing that a tour can open. */
const takePhoto = () => {
    const bytes = Uint8Array.from(atob(PNG), (char) => char.charCodeAt(0));
    const files = new DataTransfer();
    files.items.add(new File([bytes], "plug.png", {type: "image/png"}));
    const input = document.querySelector(".o_station_work input[type='file']");
    input.files = files.files;
    input.dispatchEvent(new Event("change", {bubbles: true}));
};
const PNG =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

const seen = (figures) => `.o_station_line .o_station_seen:contains('${figures}')`;

// Everything else that happens at the station: too many, undo, laid aside, cut line, split, photo.
registry.category("web_tour.tours").add("aftersales_station_keys", {
    steps: () => [
        {content: "The station waits", trigger: ".o_station_message[data-code='start']"},
        ...press("Enter", ".o_station_message[data-code='start']"),
        ...scan("TOUR-KEYS", "opened", "RMA/"),
        ...press("ArrowDown", ".o_station_line.o_current"),
        ...scan("TEST-CABLE", "counted", "1 of 3"),
        ...scan("TOUR-OTHER", "foreign_return", "lay it aside"),
        ...press("x", ".o_station_message:contains('is laid aside')"),
        ...scan("TOUR-OTHER", "opened", "RMA/"),
        ...press("x", ".o_station_message:contains('is laid aside')"),
        ...scan("TOUR-KEYS", "opened", "RMA/"),
        {content: "Its scans stayed", trigger: seen("1/3"), run: cutTheLine},
        {
            content: "A scan on a cut line waits",
            trigger: ".o_aftersales_station",
            run: () => scanner("TEST-CABLE"),
        },
        {
            content: "What waits is told",
            trigger: ".o_station_message:contains('No connection'):contains('(1)')",
            run: restoreTheLine,
        },
        {content: "It counted once", trigger: seen("2/3")},
        {
            content: "The line is back",
            trigger: ".o_station_message:not(:contains('No connection'))",
        },
        ...press("e", seen("3/3")),
        ...scan("TEST-CABLE", "too_many", "Put this piece aside"),
        ...press("z", seen("2/3")),
        ...scan("TEST-CABLE", "counted", "3 of 3"),
        {
            content: "Undo by mouse, as some do",
            trigger: "[data-action='undo']",
            run: "click",
        },
        {content: "It is undone", trigger: seen("2/3"), run: "press Enter"},
        ...scan("TEST-CABLE", "counted", "3 of 3"),
        ...press("r", ".o_station_message:contains('is received')"),
        ...scan("TEST-CABLE", "counted", "1 of 3"),
        ...press("s", ".o_station_text:contains('graded apart from the rest')"),
        {content: "A photo", trigger: ".o_station_work", run: takePhoto},
        {content: "The photo is kept", trigger: ".o_station_photo"},
        ...press("f", ".o_station_check[data-check='fault_found'][data-answer='yes']"),
        ...press("4", ".o_station_line.o_current[data-grade='d']"),
        ...press("c", ".o_station_message[data-code='refused']:contains('grade')"),
        {content: "The rest is in hand", trigger: ".o_station_line.o_current[data-grade='']"},
        ...press("f", ".o_station_check[data-check='fault_found'][data-answer='yes']"),
        ...press("1", ".o_station_line.o_current[data-grade='a']"),
        ...press("c", ".o_station_message:contains('is inspected')"),
    ],
});
