from odoo import fields, models


class AftersalesTicketHold(models.TransientModel):
    """Asks why nothing of a ticket may be erased."""

    _name = "aftersales.ticket.hold"
    _description = "Hold on a ticket"

    ticket_ids = fields.Many2many("aftersales.ticket", required=True, readonly=True)
    reason = fields.Char(required=True)

    def action_apply(self):
        return self.ticket_ids.action_hold(reason=self.reason)
