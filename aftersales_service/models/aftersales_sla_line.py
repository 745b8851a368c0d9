from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..policy import deadline, sla
from .aftersales_agreement import LEVELS, PHASES
from .aftersales_priority_rule import PRIORITIES
from .aftersales_service_kinds import TARGETS
from .aftersales_ticket_category import SERVICE_TYPES

UNITS = [
    (deadline.MINUTES, "Minutes"),
    (deadline.HOURS, "Hours"),
    (deadline.DAYS, "Days"),
    (deadline.WORKING_DAYS, "Working days"),
]


class AftersalesSlaLine(models.Model):
    """What is promised for one step: service type × priority × service level × phase → time and hours."""

    _name = "aftersales.sla.line"
    _description = "SLA target"
    _inherit = "aftersales.rule.mixin"
    _rec_name = "code"
    _order = "sequence, policy_id, id"  # policies stand in their own order
    _row_class = sla.Line

    policy_id = fields.Many2one("aftersales.sla.policy", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="policy_id.company_id")
    target = fields.Selection(TARGETS, required=True)
    service_type = fields.Selection(SERVICE_TYPES, "Service type", help="Empty: any.")
    priority = fields.Selection(PRIORITIES, help="Empty: any.")
    level = fields.Selection(LEVELS, "Service level", help="Of the agreement in force. Empty: any.")
    phase = fields.Selection(PHASES, help="Trial run, warranty or after it. Empty: any.")
    amount = fields.Integer("Time", required=True, help="0 takes the promise back for these tickets.")
    unit = fields.Selection(UNITS, required=True, default=deadline.HOURS)
    hours = fields.Selection(
        [
            ("always", "Around the clock"),
            ("service", "Working time of the team"),
            ("own", "Own calendar"),
        ],
        "Counted in",
        required=True,
        default="always",
        help="Around the clock includes nights and holidays. The team's working time is its calendar, or the "
        "company's after-sales hours where the team has none.",
    )
    calendar_id = fields.Many2one("resource.calendar", "Own calendar", ondelete="restrict")

    _code_uniq = models.UniqueIndex("(code)", "A target's code is taken: verdicts name lines by it.")
    _amount_check = models.Constraint("CHECK (amount >= 0)", "A target is a time from 0 on.")

    @api.model
    def _policy_domain(self, company):
        """Lines of an archived policy are a draft: they promise nothing, but can be previewed."""
        return [*super()._policy_domain(company), ("policy_id.active", "=", True)]

    @api.constrains("hours", "calendar_id")
    def _check_calendar(self):
        for line in self:
            if line.hours == "own" and not line.calendar_id:
                raise ValidationError(
                    self.env._("Target %(code)s runs in its own calendar: choose one.", code=line.code)
                )
            if line.calendar_id and not line.calendar_id.attendance_ids:
                raise ValidationError(
                    self.env._(
                        "Calendar %(calendar)s has no working hours, so target %(code)s could never come "
                        "due. Add hours or choose 'Around the clock'.",
                        calendar=line.calendar_id.name,
                        code=line.code,
                    )
                )
