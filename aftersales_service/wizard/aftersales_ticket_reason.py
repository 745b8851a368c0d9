from odoo import fields, models
from odoo.exceptions import UserError

from ..models.aftersales_ticket import WAITING_FOR


class AftersalesTicketReason(models.TransientModel):
    """Asks why, and then fires the event with the answer."""

    _name = "aftersales.ticket.reason"
    _description = "Reason of a step"

    ticket_ids = fields.Many2many("aftersales.ticket", required=True, readonly=True)
    event = fields.Selection(
        [
            ("decline", "Decline"),
            ("wait", "Wait"),
            ("ask_after", "Ask after it"),
            ("reopen", "Reopen"),
            ("cancel", "Cancel"),
        ],
        required=True,
        readonly=True,
    )
    waiting_for = fields.Selection(WAITING_FOR, "Waiting for", default="customer")
    reason = fields.Char()

    def action_apply(self):
        self.ensure_one()
        reason = (self.reason or "").strip()
        if not reason and self.event != "wait":
            raise UserError(self.env._("Say why: the next one who opens the ticket will want to know."))
        if self.event == "wait":
            self.ticket_ids.waiting_for = self.waiting_for
        tickets = self.ticket_ids.with_context(aftersales_ask_reason=False)
        return getattr(tickets, f"action_{self.event}")(reason=reason or None)
