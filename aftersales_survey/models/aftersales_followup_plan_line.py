from odoo import api, fields, models

from ..policy import followup

PURPOSES = [
    ("confirmation", "Confirm that the problem is gone"),
    ("satisfaction", "Satisfaction call"),
    ("final", "Final call"),
    ("week", "After a week"),
    ("month", "After a month"),
    ("quarter", "After three months"),
    ("half_year", "After half a year"),
    ("year", "After a year"),
]
ROLES = [
    ("responsible", "Whoever has the ticket"),
    ("engineer", "Engineer"),
    ("agent", "Customer service"),
    ("supervisor", "Supervisor"),
]
CHANNELS = [("phone", "Phone"), ("sms", "SMS"), ("visit", "Visit")]


class AftersalesFollowupPlanLine(models.Model):
    """One contact of a plan. Of each purpose the first row that fits decides."""

    _name = "aftersales.followup.plan.line"
    _description = "Follow-up plan line"
    _inherit = "aftersales.rule.mixin"
    _row_class = followup.Line
    _rec_name = "explanation"

    plan_id = fields.Many2one("aftersales.followup.plan", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    trigger = fields.Selection(related="plan_id.trigger")
    service_type = fields.Selection(related="plan_id.service_type")
    urgency = fields.Selection(related="plan_id.urgency")
    purpose = fields.Selection(PURPOSES, required=True)
    role = fields.Selection(ROLES, string="Who", required=True, default="agent")
    offset = fields.Integer("After", default=0, required=True, help="0 days: the same day.")
    unit = fields.Selection(
        [
            (followup.HOURS, "Working hours"),
            (followup.DAYS, "Days"),
            (followup.MONTHS, "Months"),
            (followup.NEVER, "No such contact"),
        ],
        required=True,
        default=followup.DAYS,
    )
    channel = fields.Selection(CHANNELS, required=True, default="phone")
    script = fields.Html(translate=True, help="What to say and ask; shown to whoever makes the contact.")

    _code_uniq = models.UniqueIndex("(code)", "Another line has this code already.")
    _offset_not_negative = models.Constraint(
        'CHECK ("offset" >= 0)', "A contact comes after the job: the offset is 0 or more."
    )

    @api.model
    def _is_remembered(self):
        return False  # it is the plans that are put in force

    @api.model
    def _read_policy_rows(self, company):
        """Lines of archived plans do not act."""
        # sudo: a policy judges by all rows, whatever the user may read of the tables
        lines = self.sudo().search([("company_id", "in", (False, company.id)), ("plan_id.active", "=", True)])
        return tuple(sorted((line._row() for line in lines), key=lambda row: row.sequence))

    def _row(self):
        return followup.Line(**{**self._row_values(), **self._conditions()})

    def _conditions(self):
        """Empty conditions are None to the policy."""
        return {"service_type": self.service_type or None, "urgency": self.urgency or None}
