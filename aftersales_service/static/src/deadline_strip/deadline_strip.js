import {Component, onMounted, onWillUnmount, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {deserializeDateTime} from "@web/core/l10n/dates";
import {_t} from "@web/core/l10n/translation";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {shortMoment} from "../moment";

const {DateTime} = luxon;

const LOOK = {
    met: {color: "success", icon: "fa-check"},
    late: {color: "danger", icon: "fa-check"},
    missed: {color: "danger", icon: "fa-times"},
    paused: {color: "secondary", icon: "fa-pause"},
    overdue: {color: "danger", icon: "fa-exclamation-triangle"},
    soon: {color: "warning", icon: "fa-clock-o"},
    running: {color: "info", icon: "fa-clock-o"},
};

/**
 * What was promised, until when, and how it stands: running, met, missed or paused and why.
 * Value: the list made by aftersales.deadline `_strip`.
 */
export class DeadlineStrip extends Component {
    static template = "aftersales_service.DeadlineStrip";
    static props = {...standardFieldProps};

    setup() {
        this.clock = useState({now: DateTime.now()});
        let timer = null;
        onMounted(() => {
            timer = setInterval(() => (this.clock.now = DateTime.now()), 30000);
        });
        onWillUnmount(() => clearInterval(timer));
    }

    get items() {
        const rows = this.props.record.data[this.props.name] || [];
        // in the order in which it happened and will happen; of the same second, as they were promised
        const at = (row) => row.met_at || row.missed_at || row.due_at || "";
        return rows
            .filter((row) => row.state !== "cancelled")
            .sort((one, other) => at(one).localeCompare(at(other)) || one.id - other.id)
            .map((row) => this.item(row));
    }

    item(row) {
        const standing = this.standing(row);
        return {
            ...row,
            standing,
            ...LOOK[standing],
            text: this.text(row, standing),
            title: this.title(row),
        };
    }

    standing(row) {
        if (row.state === "missed" && row.met_at) {
            return "late";
        }
        if (row.state !== "running") {
            return row.state;
        }
        const left = deserializeDateTime(row.due_at).diff(this.clock.now).as("minutes");
        return left < 0 ? "overdue" : left < 60 ? "soon" : "running";
    }

    text(row, standing) {
        switch (standing) {
            case "met":
                return _t("met %s", this.moment(row.met_at));
            case "late":
                return _t("late, done %s", this.moment(row.met_at));
            case "missed":
                return _t("missed %s", this.moment(row.missed_at));
            case "paused":
                return row.cause ? _t("paused: %s", row.cause) : _t("paused");
            case "overdue":
                return _t("overdue since %s", this.moment(row.due_at));
            default:
                return _t("%(relative)s, until %(moment)s", {
                    relative: this.relative(deserializeDateTime(row.due_at)),
                    moment: this.moment(row.due_at),
                });
        }
    }

    /** Hours within a day; from then on days as the calendar and the lists count them. */
    relative(due) {
        const {now} = this.clock;
        return due.diff(now).as("hours") < 24
            ? due.toRelative({base: now})
            : due.startOf("day").toRelative({base: now.startOf("day")});
    }

    title(row) {
        const lines = [];
        if (row.expires) {
            lines.push(_t("When time is up: %s", row.expires));
        }
        if (row.user) {
            lines.push(_t("Task of %s", row.user));
        }
        return lines.join("\n");
    }

    moment(value) {
        return value ? shortMoment(deserializeDateTime(value), this.clock.now) : "";
    }
}

registry.category("fields").add("aftersales_deadline_strip", {
    component: DeadlineStrip,
    displayName: _t("Deadline strip"),
    supportedTypes: ["json"],
});
