from odoo import fields, models
from odoo.exceptions import UserError

from ..models.aftersales_priority_rule import PRIORITIES


class AftersalesTicketOverride(models.TransientModel):
    """Asks what a supervisor decides otherwise than the rules, and why."""

    _name = "aftersales.ticket.override"
    _description = "Decide otherwise"

    ticket_ids = fields.Many2many("aftersales.ticket", required=True, readonly=True)
    what = fields.Selection(
        [("priority", "Priority"), ("goodwill", "Free of charge as goodwill")],
        "Decide on",
        required=True,
        default="priority",
    )
    priority = fields.Selection(PRIORITIES)
    reason = fields.Char(required=True, help="It is kept with the decision. Name no person here.")

    def action_apply(self):
        self.ensure_one()
        if self.what == "goodwill":
            return self.ticket_ids.action_grant_goodwill(self.reason)
        if not self.priority:
            raise UserError(self.env._("Choose the priority that it shall have."))
        return self.ticket_ids.action_override_priority(self.priority, self.reason)
