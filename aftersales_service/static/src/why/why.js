import {Component} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {deserializeDateTime} from "@web/core/l10n/dates";
import {_t} from "@web/core/l10n/translation";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

const {DateTime} = luxon;

/**
 * Every answer on a document, clause by clause: what applied, what was looked at and did not.
 * Value: the list made by the verdict mixin's `_why_row`.
 */
export class Why extends Component {
    static template = "aftersales_service.Why";
    static props = {...standardFieldProps};

    get verdicts() {
        return this.props.record.data[this.props.name] || [];
    }

    applied(verdict) {
        return verdict.clauses.filter((clause) => clause.matched);
    }

    passedOver(verdict) {
        return verdict.clauses.filter((clause) => !clause.matched);
    }

    /** A question stands by itself; what is no question gets its colon. */
    title(verdict) {
        return /[?？]$/.test(verdict.title) ? verdict.title : `${verdict.title}:`;
    }

    date(verdict) {
        return deserializeDateTime(verdict.date).toLocaleString(DateTime.DATETIME_MED);
    }
}

registry.category("fields").add("aftersales_why", {
    component: Why,
    displayName: _t("Why?"),
    supportedTypes: ["json"],
});
