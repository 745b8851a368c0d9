from odoo import api, fields, models

from ..policy import followup


class AftersalesFollowupPlan(models.Model):
    """Who contacts the customer how long after which kind of job (FOLLOWUP-11)."""

    _name = "aftersales.followup.plan"
    _description = "Follow-up plan"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", ondelete="restrict", help="Empty: for every company.")
    trigger = fields.Selection(
        [(followup.RESOLVED, "The ticket is resolved"), (followup.CLOSED, "The ticket is closed")],
        string="Starts when",
        required=True,
        default=followup.RESOLVED,
    )
    service_type = fields.Selection(
        selection=lambda self: (
            self.env["aftersales.ticket"]._fields["service_type"]._description_selection(self.env)
        ),
        string="Service type",
        help="Empty: every kind of job.",
    )
    urgency = fields.Selection(
        selection=lambda self: (
            self.env["aftersales.ticket"]._fields["urgency"]._description_selection(self.env)
        ),
        help="Empty: whatever the urgency.",
    )
    line_ids = fields.One2many("aftersales.followup.plan.line", "plan_id", "Contacts", copy=True)
    line_count = fields.Integer("Number of contacts", compute="_compute_line_count")

    @api.depends("line_ids")
    def _compute_line_count(self):
        for plan in self:
            plan.line_count = len(plan.line_ids)
