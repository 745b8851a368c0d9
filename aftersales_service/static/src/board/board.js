import {Component, onWillStart, onWillUnmount, useRef, useState} from "@odoo/owl";
import {Dialog} from "@web/core/dialog/dialog";
import {deserializeDateTime} from "@web/core/l10n/dates";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useAutofocus, useService} from "@web/core/utils/hooks";
import {useDebounced} from "@web/core/utils/timing";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {shortMoment} from "../moment";

const {DateTime} = luxon;

/** Several messages of one moment are one look at the server. */
const REFRESH_MS = 400;
const CLOCK_MS = 60000;
const SOON_MINUTES = 60;

/** Asks why the dispatcher decides otherwise than the policy. */
export class ReasonDialog extends Component {
    static template = "aftersales_service.BoardReason";
    static components = {Dialog};
    static props = {lines: Array, who: String, confirm: Function, close: Function};

    setup() {
        this.state = useState({reason: ""});
        useAutofocus({refName: "reason"});
    }

    get label() {
        return _t("Why %s? The reason stays with the verdict.", this.props.who);
    }

    get isEmpty() {
        return !this.state.reason.trim();
    }

    confirm() {
        if (!this.isEmpty) {
            this.props.close();
            this.props.confirm(this.state.reason);
        }
    }

    onKeydown(ev) {
        if (ev.key === "Enter" && (ev.ctrlKey || ev.metaKey)) {
            this.confirm();
        }
    }
}

/**
 * The dispatcher's board: on the left what nobody has accepted, on the right who is there today. A ticket is given
 * by dragging it on a person, or by ticking it and pressing "Give" at the top of the column. The server decides
 * whether that is possible; what it refuses stays where it was, with a sentence.
 */
export class DispatchBoard extends Component {
    static template = "aftersales_service.Board";
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.bus = useService("bus_service");
        this.root = useRef("root");
        this.state = useState({
            board: null,
            picked: {},
            suggested: false,
            suggestion: null,
            over: false,
            now: DateTime.now(),
        });
        this.teamIds = this.props.action.params?.team_ids || null;
        this.day = false;
        this.dragged = [];
        this.reads = 0;
        const refresh = useDebounced(() => this.load(), REFRESH_MS);
        this.onMessage = ({team_ids: teamIds}) => this.concerns(teamIds) && refresh();
        this.bus.subscribe("aftersales_board", this.onMessage);
        const clock = setInterval(() => (this.state.now = DateTime.now()), CLOCK_MS);
        onWillStart(() => this.load());
        onWillUnmount(() => {
            this.bus.unsubscribe("aftersales_board", this.onMessage);
            clearInterval(clock);
        });
    }

    // --- Reading ---

    /** An answer that comes after a later question is dropped. */
    async load() {
        const read = ++this.reads;
        const board = await this.orm.call("aftersales.ticket", "board_read", [
            this.day,
            this.teamIds,
        ]);
        if (read !== this.reads) {
            return;
        }
        this.state.board = board;
        this.state.now = DateTime.now();
        const ids = board.tickets.map((ticket) => ticket.id);
        for (const id of Object.keys(this.state.picked)) {
            if (!ids.includes(Number(id))) {
                delete this.state.picked[id];
            }
        }
        if (!ids.includes(this.state.suggested)) {
            this.state.suggested = false;
        }
    }

    /** Tickets without a team are on every board; a message about team 0 is about those. */
    concerns(teamIds) {
        const shown = this.state.board?.teams.filter((team) => team.on).map((team) => team.id);
        return !shown || teamIds.includes(0) || teamIds.some((id) => shown.includes(id));
    }

    setDay(value) {
        this.day = value || false;
        return this.load();
    }

    step(days) {
        const day = DateTime.fromISO(this.state.board.day).plus({days});
        return this.setDay(day.toISODate());
    }

    setTeam(value) {
        this.teamIds = value ? [Number(value)] : this.state.board.teams.map((team) => team.id);
        return this.load();
    }

    // --- What is shown ---

    get chosenTeam() {
        const on = this.state.board.teams.filter((team) => team.on);
        return on.length === 1 && this.state.board.teams.length > 1 ? on[0].id : "";
    }

    /** Several teams, but not all: those that the reader leads. */
    get hasOwnTeams() {
        const on = this.state.board.teams.filter((team) => team.on).length;
        return on > 1 && on < this.state.board.teams.length;
    }

    get isToday() {
        return this.state.board.day === this.state.board.today;
    }

    get dayLabel() {
        return DateTime.fromISO(this.state.board.day).toLocaleString(DateTime.DATE_HUGE);
    }

    get hours() {
        const [first, last] = this.state.board.axis;
        return Array.from({length: last - first}, (_unused, index) => first + index);
    }

    get pickedIds() {
        return Object.keys(this.state.picked).map(Number);
    }

    get moreLabel() {
        return _t("The first %s; see all", this.state.board.tickets.length);
    }

    hourLabel(hour) {
        return `${String(hour).padStart(2, "0")}:00`;
    }

    due(ticket) {
        if (!ticket.due_at) {
            return {text: _t("no promise"), tone: "muted"};
        }
        const due = deserializeDateTime(ticket.due_at);
        const left = due.diff(this.state.now).as("minutes");
        return {
            text: `${ticket.due_kind}: ${shortMoment(due, this.state.now)}`,
            title: due.toRelative({base: this.state.now}),
            tone: left < 0 || ticket.is_late ? "danger" : left < SOON_MINUTES ? "warning" : "info",
        };
    }

    /** Why the ticket is on the board. */
    standing(ticket) {
        if (ticket.asked) {
            return _t("%s has not accepted it yet", ticket.asked);
        }
        if (ticket.declined.length) {
            return _t("declined or let lie by %s", ticket.declined.join(", "));
        }
        return ticket.team ? _t("unassigned") : _t("no team takes it");
    }

    /** Where in the day a moment lies, in percent of the axis; outside it is cut off. */
    percent(value) {
        const [first, last] = this.state.board.axis;
        const start = DateTime.fromISO(this.state.board.day);
        const moment = value instanceof DateTime ? value : deserializeDateTime(value);
        const hour = moment.diff(start).as("hours");
        return (Math.min(Math.max(hour, first), last) - first) * (100 / (last - first));
    }

    block(start, stop) {
        const top = this.percent(start);
        return `top: ${top}%; height: ${this.percent(stop) - top}%`;
    }

    get nowLine() {
        const percent = this.isToday ? this.percent(this.state.now) : 0;
        return percent > 0 && percent < 100 ? `top: ${percent}%` : "";
    }

    time(value) {
        return deserializeDateTime(value).toLocaleString(DateTime.TIME_24_SIMPLE);
    }

    presence(engineer) {
        if (!engineer.spans.length) {
            return _t("not working");
        }
        const [first, last] = [engineer.spans[0][0], engineer.spans.at(-1)[1]];
        return `${this.time(first)}–${this.time(last)}`;
    }

    /** The same with its breaks. */
    presenceDetail(engineer) {
        const spans = engineer.spans.map(
            ([start, stop]) => `${this.time(start)}–${this.time(stop)}`
        );
        return spans.join(", ");
    }

    desk(engineer) {
        const {load, asked, capacity} = engineer;
        const open = capacity ? _t("%s of %s open", load, capacity) : _t("%s open", load);
        return asked ? _t("%s, %s not accepted", open, asked) : open;
    }

    // --- Choosing ---

    pick(ticket) {
        if (this.state.picked[ticket.id]) {
            delete this.state.picked[ticket.id];
        } else {
            this.state.picked[ticket.id] = true;
        }
    }

    pickAll() {
        const all = this.state.board.tickets;
        const isWhole = this.pickedIds.length === all.length;
        this.state.picked = isWhole
            ? {}
            : Object.fromEntries(all.map((ticket) => [ticket.id, true]));
    }

    onDragStart(ev, ticket) {
        this.dragged = this.state.picked[ticket.id] ? this.pickedIds : [ticket.id];
        // without data Firefox does not drag at all
        ev.dataTransfer?.setData("text/plain", this.dragged.join(","));
    }

    onDragOver(engineer) {
        this.state.over = engineer.id;
    }

    onDragEnd() {
        this.state.over = false;
        this.dragged = [];
    }

    onDrop(engineer) {
        const ids = this.dragged;
        this.onDragEnd();
        return this.give(ids, engineer);
    }

    async suggest(ticket) {
        if (this.state.suggested === ticket.id) {
            this.state.suggested = false;
            return;
        }
        this.state.suggestion = await this.orm.call("aftersales.ticket", "board_suggest", [
            [ticket.id],
        ]);
        this.state.suggested = ticket.id;
    }

    // --- Giving ---

    async give(ids, person, reason = false) {
        if (!ids.length) {
            return;
        }
        const answer = await this.orm.call("aftersales.ticket", "board_assign", [
            ids,
            person.id,
            reason,
        ]);
        this.tell(answer);
        if (answer.ask.length) {
            this.dialog.add(ReasonDialog, {
                lines: answer.ask,
                who: person.name,
                confirm: (text) =>
                    this.give(
                        answer.ask.map((row) => row.id),
                        person,
                        text
                    ),
            });
        }
        await this.load();
    }

    async dispatch() {
        this.tell(await this.orm.call("aftersales.ticket", "board_dispatch", [this.pickedIds]));
        await this.load();
    }

    /** What went through, and a sentence for each of the rest. */
    tell({done, refused}) {
        const lines = (rows) => rows.map((row) => `${row.name}: ${row.text}`).join("\n");
        if (done.length) {
            this.notification.add(lines(done), {type: "success"});
        }
        if (refused.length) {
            this.notification.add(lines(refused), {type: "danger", sticky: refused.length > 1});
        }
    }

    // --- Going elsewhere ---

    open(resModel, resId) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: resModel,
            res_id: resId,
            views: [[false, "form"]],
        });
    }

    openAll() {
        this.action.doAction("aftersales_service.aftersales_ticket_action_all", {
            additionalContext: {search_default_open: 0, search_default_unassigned: 1},
        });
    }
}

registry.category("actions").add("aftersales_board", DispatchBoard);
