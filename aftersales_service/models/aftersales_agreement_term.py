from decimal import Decimal

from odoo import Command, api, fields, models

from ..policy import compensation, deadline, sla
from .aftersales_agreement import PHASES
from .aftersales_priority_rule import PRIORITIES
from .aftersales_service_kinds import TARGETS
from .aftersales_ticket_category import SERVICE_TYPES
from .exact_amount import exact_amount

UNITS = [
    (deadline.MINUTES, "Minutes"),
    (deadline.HOURS, "Hours"),
    (deadline.DAYS, "Days"),
    (deadline.WORKING_DAYS, "Working days"),
]
FORMS = [("voucher", "Service credit"), ("cash", "Cash")]
# Proof that lines come in with a loaded version; an object, so that no client can send it.
_HISTORY = object()
COMPENSATED = [(target, label) for target, label in TARGETS if target in compensation.TARGETS]


class AftersalesAgreementLine(models.AbstractModel):
    """A line of an agreement's terms; fixed when the agreement is."""

    _name = "aftersales.agreement.line"
    _description = "Line of an agreement"
    _order = "sequence, id"

    agreement_id = fields.Many2one("aftersales.agreement", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="agreement_id.company_id", store=True)
    sequence = fields.Integer(default=10, help="The first line that fits decides.")
    priority = fields.Selection(PRIORITIES, help="Empty: any.")

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        # history comes in with the agreement itself, whose create checks who may do that
        if self.env.context.get("aftersales_history") is not _HISTORY:
            lines.agreement_id._refuse_unless_draft()
        return lines

    def write(self, vals):
        self.agreement_id._refuse_unless_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_of_drafts(self):
        self.agreement_id._refuse_unless_draft()

    def _text(self, name):
        """Label of a selection in the reader's language; 'any' where it is empty."""
        labels = dict(self._fields[name]._description_selection(self.env))
        return labels.get(self[name]) or self.env._("any")


class AftersalesAgreementTarget(models.Model):
    """A time that the agreement itself names; it goes before the company's SLA table and stands as signed."""

    _name = "aftersales.agreement.target"
    _description = "Response time of an agreement"
    _inherit = "aftersales.agreement.line"
    _order = "sequence, id"

    target = fields.Selection(TARGETS, required=True)
    service_type = fields.Selection(SERVICE_TYPES, "Service type", help="Empty: any.")
    phase = fields.Selection(PHASES, help="Trial run, warranty or after it. Empty: any.")
    amount = fields.Integer("Time", required=True, help="0: not promised in this case.")
    unit = fields.Selection(UNITS, required=True, default=deadline.HOURS)
    hours = fields.Selection(
        [("always", "Around the clock"), ("service", "Service hours")],
        "Counted in",
        required=True,
        default="always",
        help="Around the clock includes nights and holidays. Service hours are those of the agreement, or "
        "the team's where it names none.",
    )

    _amount_check = models.Constraint("CHECK (amount >= 0)", "A target is a time from 0 on.")

    def _as_term(self):
        return sla.Term(
            self.target,
            self.service_type or None,
            self.priority or None,
            self.phase or None,
            self.amount,
            self.unit,
            self.hours,
        )

    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line._text('target')}: {line.amount} {line._text('unit')}"

    def _describe(self):
        """One line of plain words, for the comparison of versions."""
        case = [self._text(name) for name in ("service_type", "priority", "phase") if self[name]]
        text = f"{self.display_name}, {self._text('hours')}"
        return f"{text} ({', '.join(case)})" if case else text


class AftersalesAgreementCompensation(models.Model):
    """What a missed target costs us under this agreement (SLA-23)."""

    _name = "aftersales.agreement.compensation"
    _description = "Compensation term of an agreement"
    _inherit = "aftersales.agreement.line"
    _order = "sequence, id"

    target = fields.Selection(COMPENSATED, help="Empty: any.")
    late_from = fields.Integer("Minutes late", help="From this lateness on. Longer delays stand first.")
    form = fields.Selection(FORMS, required=True, default="voucher")
    percent = fields.Float("Percent of the fee", digits=(5, 2))
    currency_id = fields.Many2one(related="agreement_id.currency_id")
    amount = fields.Monetary("Fixed amount", help="In addition to the percentage.")

    _values_check = models.Constraint(
        "CHECK (percent >= 0 AND amount >= 0 AND late_from >= 0)",
        "Percent, amount and lateness are numbers from 0 on.",
    )

    def _as_term(self):
        return compensation.Term(
            f"term_{self.id}",
            self.target or None,
            self.priority or None,
            self.late_from,
            self.form,
            Decimal(str(round(self.percent, 2))),
            exact_amount(self.currency_id, self.amount),
        )

    def _compute_display_name(self):
        for line in self:
            line.display_name = line._describe()

    def _describe(self):
        return self.env._(
            "%(target)s, priority %(priority)s, from %(late)s minutes late: %(percent)s %% of the fee and "
            "%(amount)s, %(form)s",
            target=self._text("target"),
            priority=self._text("priority"),
            late=self.late_from,
            percent=f"{self.percent:g}",
            amount=self.currency_id.format(self.amount),
            form=self._text("form"),
        )


class AftersalesAgreement(models.Model):
    _inherit = "aftersales.agreement"

    @api.model
    def load_history(self, vals_list):
        """Versions of the past come with their lines, whatever their state."""
        with_lines = self.with_context(aftersales_history=_HISTORY)
        loaded = super(AftersalesAgreement, with_lines).load_history(vals_list)
        return loaded.with_context(aftersales_history=None)

    def _agreed_targets(self):
        return tuple(line._as_term() for line in self.target_ids)

    def _compensation_terms(self):
        return tuple(line._as_term() for line in self.compensation_term_ids)

    def _fill_terms(self):
        """What the tables say for this level becomes part of the text that is signed, where it names nothing.

        Later changes of the tables then change no agreement (SLA-24).
        """
        for agreement in self:
            lines = self.env["aftersales.sla.line"]._rows_for_level(agreement)
            if not agreement.target_ids and lines:
                agreement.target_ids = [Command.create(line._prepare_agreed_vals()) for line in lines]
            rules = self.env["aftersales.compensation.rule"]._rows_for_level(agreement)
            if agreement.compensates and not agreement.compensation_term_ids and rules:
                agreement.compensation_term_ids = [
                    Command.create(row._prepare_agreed_vals()) for row in rules
                ]

    def action_fill_terms(self):
        """For the form: shows what would be signed before it is offered."""
        self.check_access("write")
        self._fill_terms()
        return True


class AftersalesSlaLine(models.Model):
    _inherit = "aftersales.sla.line"

    @api.model
    def _rows_for_level(self, agreement):
        """Lines that promise something to the agreement's level and to no other."""
        # sudo: the terms of the offer, whoever drafts it
        return self.sudo().search(
            [
                ("level", "=", agreement.level),
                ("company_id", "in", (False, agreement.company_id.id)),
                ("policy_id.active", "=", True),
            ]
        )

    def _prepare_agreed_vals(self):
        """A line with a calendar of its own runs in the service hours, which the agreement names itself."""
        names = ("sequence", "target", "service_type", "priority", "phase", "amount", "unit")
        hours = "always" if self.hours == "always" else "service"
        return {**{name: self[name] for name in names}, "hours": hours}


class AftersalesCompensationRule(models.Model):
    """What a late step costs where no agreement says so (SLA-23): level × target × priority × lateness."""

    _name = "aftersales.compensation.rule"
    _description = "Compensation row"
    _inherit = "aftersales.rule.mixin"
    _rec_name = "code"
    _row_class = compensation.Rule

    level = fields.Selection(
        [("standard", "Standard"), ("vip", "VIP"), ("project", "Project")], "Service level"
    )
    target = fields.Selection(COMPENSATED, help="Empty: any.")
    priority = fields.Selection(PRIORITIES, help="Empty: any.")
    late_from = fields.Integer("Minutes late", help="From this lateness on. Longer delays stand first.")
    form = fields.Selection(FORMS, required=True, default="voucher")
    percent = fields.Float("Percent of the fee", digits=(5, 2))
    amount = fields.Float("Fixed amount", digits=(16, 2), help="In the agreement's currency.")

    _code_uniq = models.UniqueIndex("(code)", "A row's code is taken: verdicts name rows by it.")
    _values_check = models.Constraint(
        "CHECK (percent >= 0 AND amount >= 0 AND late_from >= 0)",
        "Percent, amount and lateness are numbers from 0 on.",
    )

    @api.model
    def _rows_for_level(self, agreement):
        # sudo: as in the SLA lines
        return self.sudo().search(
            [
                ("level", "in", (False, agreement.level)),
                ("company_id", "in", (False, agreement.company_id.id)),
            ]
        )

    def _prepare_agreed_vals(self):
        names = ("sequence", "target", "priority", "late_from", "form", "percent", "amount")
        return {name: self[name] for name in names}
