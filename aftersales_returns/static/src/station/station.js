import {Component, onWillStart, useEffect, useExternalListener, useRef, useState} from "@odoo/owl";
import {barcodeService} from "@barcodes/barcode_service";
import {browser} from "@web/core/browser/browser";
import {_t} from "@web/core/l10n/translation";
import {ConnectionLostError} from "@web/core/network/rpc";
import {registry} from "@web/core/registry";
import {getDataURLFromFile} from "@web/core/utils/urls";
import {useBus, useService} from "@web/core/utils/hooks";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {playResult} from "./station_sound";

const RETRY_MS = 1500;
const GOOD = ["opened", "counted", "step"];
const CHECK_KEYS = {
    u: "unused",
    p: "packaging",
    a: "accessories",
    g: "gift_included",
    n: "serial_matches",
    f: "fault_found",
};
/** Letters that stand for a command without a field. */
const ACTION_KEYS = {r: "receive", e: "all", s: "split", z: "undo", c: "done", x: "aside"};

function isTyping(target) {
    return (
        target.matches &&
        target.matches("input:not([type='file']), textarea, select, [contenteditable='true']")
    );
}

/**
 * The warehouse's screen for returned goods: slip, pieces, findings, grade, next. A scanner and a few keys are
 * enough. Every scan and every key goes the same way: to the server, one after the other, with a key of its own,
 * so that one that was sent again after a broken line changes nothing.
 */
export class Station extends Component {
    static template = "aftersales_returns.Station";
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.typed = useRef("typed");
        this.file = useRef("file");
        this.lines = useRef("lines");
        this.state = useState({
            rma: null,
            line: false,
            message: {
                code: "start",
                text: _t("Scan the return slip, the parcel's label or a serial number."),
            },
            waiting: 0,
            isOffline: false,
            isSheetOpen: false,
        });
        this.queue = Promise.resolve();
        this.scanCount = 0;
        this.session = Math.random().toString(36).slice(2);
        useBus(useService("barcode").bus, "barcode_scanned", (ev) => this.scan(ev.detail.barcode));
        useExternalListener(document.body, "keydown", (ev) => this.onKeydown(ev));
        useEffect(
            () => {
                this.lines.el?.querySelector(".o_current")?.scrollIntoView({block: "nearest"});
            },
            () => [this.state.line]
        );
        onWillStart(async () => {
            this.terms = await this.orm.call("aftersales.rma", "station_terms", []);
        });
    }

    // --- What is shown ---

    get line() {
        return this.state.rma?.lines.find((line) => line.id === this.state.line);
    }

    get tone() {
        const {code} = this.state.message;
        if (code === "start" || code === "repeated") {
            return "info";
        }
        if (GOOD.includes(code)) {
            return "success";
        }
        return code === "incomplete" || code === "double" ? "warning" : "danger";
    }

    get hint() {
        const {rma} = this.state;
        if (!rma) {
            return _t("The station is ready.");
        }
        if (rma.phase === "over") {
            return _t("Scan the next slip.");
        }
        if (rma.phase === "receiving") {
            const missing = rma.lines.some((line) => line.seen < line.quantity);
            return missing
                ? _t("Scan each piece of the parcel.")
                : _t("Everything is here: receive it.");
        }
        const ungraded = rma.lines.filter((line) => line.ungraded);
        if (!ungraded.length) {
            return _t("Everything is graded: complete the inspection.");
        }
        if (ungraded.includes(this.line)) {
            return _t("Go through the checklist and grade it.");
        }
        return ungraded.some((line) => line.seen < line.quantity)
            ? _t("Scan the next piece.")
            : _t("Choose the line that has no grade yet.");
    }

    get grades() {
        return this.terms.grades.map(([value, label], index) => ({
            value,
            key: `${index + 1}`,
            letter: value.toUpperCase(),
            text: label.replace(/^\w\s*[:：]\s*/, ""),
            pictures: this.terms.pictures[value] || [],
        }));
    }

    get checks() {
        const asked = {
            serial_matches: this.line.serial || this.hasNumberedParts,
            gift_included: this.state.rma.lines.some((line) => line.is_gift),
        };
        const fitting = this.terms.checks.filter(({name}) => !(name in asked) || asked[name]);
        return fitting.map((check) => ({
            ...check,
            key: Object.keys(CHECK_KEYS)
                .find((key) => CHECK_KEYS[key] === check.name)
                .toUpperCase(),
        }));
    }

    get hasNumberedParts() {
        return (this.line?.parts || []).some((part) => part.by_number);
    }

    /** Buttons of the bar below, by what can be done now. */
    get actions() {
        const {rma} = this.state;
        const isOpen = rma && rma.phase !== "over";
        const isInspecting = isOpen && rma.phase === "inspecting";
        const isKit = Boolean(this.line?.parts.length);
        const isDivisible = this.line && !this.line.serial && !isKit && this.line.quantity > 1;
        const isBegun = this.line?.seen > 0;
        const isFull = this.line?.seen >= this.line?.quantity;
        return [
            {action: "receive", label: _t("Receive"), shown: isOpen && !isInspecting, isMain: true},
            {
                action: "done",
                label: _t("Complete the inspection"),
                shown: isInspecting,
                isMain: true,
            },
            {
                action: "all",
                label: _t("All pieces are here"),
                shown: isOpen && (isDivisible || isKit) && !isFull,
            },
            {
                action: "split",
                label: _t("Split off the scanned pieces"),
                shown: isInspecting && isDivisible && isBegun && !isFull,
            },
            {action: "undo", label: _t("Undo"), shown: isOpen && rma.can_undo},
            {action: "aside", label: _t("Lay aside"), shown: isOpen},
        ]
            .filter((button) => button.shown)
            .map((button) => ({
                ...button,
                key: Object.keys(ACTION_KEYS)
                    .find((key) => ACTION_KEYS[key] === button.action)
                    .toUpperCase(),
            }));
    }

    /** The command sheet: what to hang up beside the station. */
    get sheet() {
        const actions = {
            receive: _t("Receive"),
            done: _t("Complete the inspection"),
            all: _t("All pieces are here"),
            split: _t("Split off the scanned pieces"),
            undo: _t("Undo"),
            aside: _t("Lay aside"),
        };
        const grades = Object.fromEntries(this.terms.grades);
        const checks = Object.fromEntries(
            this.terms.checks.map((check) => [check.name, check.label])
        );
        const answers = {yes: _t("yes"), no: _t("no")};
        return Object.entries(this.terms.commands).map(([code, {action, field, value}]) => ({
            code,
            label:
                actions[action] ||
                (action === "grade"
                    ? grades[value]
                    : _t("%(check)s: %(answer)s", {check: checks[field], answer: answers[value]})),
            // several pixels a bar, so that a printer does not round the thin ones away
            src: `/report/barcode/Code128/${encodeURIComponent(code)}?width=1600&height=240`,
        }));
    }

    /** Why the goods of the line are not accepted, in the words of the checklist. */
    turnedDown(line) {
        const labels = Object.fromEntries(
            this.terms.checks.map((check) => [check.name, check.label])
        );
        labels.complete = _t("Parts are missing");
        labels.unexpected = _t("Not announced");
        labels.grade = _t("Grade");
        const failed = line.goes.failed.map((name) => labels[name]).filter(Boolean);
        return _t("Turned down: %s", failed.join(", "));
    }

    missing(line) {
        return _t("Missing: %s", line.lacks);
    }

    // --- Scans and keys ---

    /** A button that was clicked is not left in focus: the Enter of the next scan would press it again. */
    onMousedown(ev) {
        if (ev.target.closest("button")) {
            ev.preventDefault();
            this.typed.el.blur();
        }
    }

    /** A scanner types fast and ends with Enter; one key alone is a person. */
    onKeydown(ev) {
        if (isTyping(ev.target) || ev.ctrlKey || ev.altKey || ev.metaKey) {
            return;
        }
        if (ev.key === "ArrowDown" || ev.key === "ArrowUp") {
            ev.preventDefault();
            this.step(ev.key === "ArrowDown" ? 1 : -1);
            return;
        }
        browser.clearTimeout(this.keyTimer);
        if (ev.key.length > 1) {
            this.pressed = "";
            return;
        }
        this.pressed = (this.pressed || "") + ev.key;
        this.keyTimer = browser.setTimeout(() => {
            const pressed = this.pressed;
            this.pressed = "";
            if (pressed.length === 1) {
                this.press(pressed.toLowerCase());
            }
        }, barcodeService.maxTimeBetweenKeysInMs);
    }

    press(key) {
        if (key === "t") {
            this.typed.el.focus();
        } else if (key === "h") {
            this.state.isSheetOpen = !this.state.isSheetOpen;
        } else if (key === "b" && this.state.message.offer === "unknown_parcel") {
            this.enterParcel();
        } else if (key === "m" && this.line?.inspection) {
            this.file.el.click();
        } else if (CHECK_KEYS[key]) {
            this.check(CHECK_KEYS[key]);
        } else if (ACTION_KEYS[key]) {
            this.command(ACTION_KEYS[key]);
        } else if (this.grades.some((grade) => grade.key === key)) {
            this.command("grade", "grade", this.grades.find((grade) => grade.key === key).value);
        }
    }

    /** Yes first, then no: what is looked at is mostly in order. */
    check(name) {
        const answer = this.line?.checks[name] === "yes" ? "no" : "yes";
        this.command("check", name, answer);
    }

    command(action, field = null, value = null) {
        if (!this.state.rma) {
            return;
        }
        const found = Object.entries(this.terms.commands).find(
            ([, command]) =>
                command.action === action && command.field === field && command.value === value
        );
        this.scan(found[0]);
    }

    /** Take another line in hand, without the goods. */
    step(way) {
        const lines = this.state.rma?.lines || [];
        if (lines.length) {
            const at = lines.findIndex((line) => line.id === this.state.line);
            const next = at < 0 ? 0 : (at + way + lines.length) % lines.length;
            this.state.line = lines[next].id;
        }
    }

    onTyped(ev) {
        if (ev.key === "Enter" && ev.target.value.trim()) {
            this.scan(ev.target.value);
        }
        if (ev.key === "Enter" || ev.key === "Escape") {
            ev.stopPropagation();
            ev.target.value = "";
            ev.target.blur();
        }
    }

    scan(barcode) {
        const key = this.newKey();
        return this.send(() =>
            this.orm.call("aftersales.rma", "scan", [
                this.state.rma?.id || false,
                barcode,
                key,
                this.state.line,
            ])
        );
    }

    async onPhotos(ev) {
        const line = this.state.line;
        const files = [...ev.target.files];
        ev.target.value = "";
        for (const file of files) {
            const data = (await getDataURLFromFile(file)).split(",")[1];
            const key = this.newKey();
            this.send(() =>
                this.orm.call("aftersales.rma", "station_photo", [
                    this.state.rma.id,
                    line,
                    file.name,
                    data,
                    key,
                ])
            );
        }
    }

    /** A parcel that nobody has announced: what is on it and in it is entered on its own page. */
    async enterParcel() {
        const {barcode} = this.state.message;
        const open = () => this.orm.call("aftersales.unknown.parcel", "station_open", [barcode]);
        this.action.doAction(await open());
    }

    newKey() {
        this.scanCount += 1;
        return `${this.session}-${this.scanCount}`;
    }

    /** One after the other: what a scan means depends on the one before. */
    send(call) {
        this.state.waiting += 1;
        this.queue = this.queue.then(async () => {
            try {
                this.show(await this.untilAnswered(call));
            } catch (error) {
                const text = error.data?.message || error.message;
                this.show({rma: this.state.rma || false, message: {code: "refused", text}});
            } finally {
                this.state.waiting -= 1;
            }
        });
        return this.queue;
    }

    async untilAnswered(call) {
        for (;;) {
            try {
                const answer = await call();
                this.state.isOffline = false;
                return answer;
            } catch (error) {
                if (!(error instanceof ConnectionLostError)) {
                    throw error;
                }
                this.state.isOffline = true;
                await new Promise((resolve) => browser.setTimeout(resolve, RETRY_MS));
            }
        }
    }

    show({rma, message}) {
        const isSame = rma && rma.id === this.state.rma?.id;
        this.state.rma = rma ? {...(isSame ? this.state.rma : {}), ...rma} : null;
        // a refused piece does not take the line out of the hand
        const isKept = isSame && !GOOD.includes(message.code);
        this.state.line = (rma && rma.line) || (isKept ? this.state.line : false);
        this.state.message = message;
        playResult(message.code);
    }

    print() {
        window.print();
    }
}

registry.category("actions").add("aftersales_station", Station);
