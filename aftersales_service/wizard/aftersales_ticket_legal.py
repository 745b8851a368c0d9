from odoo import fields, models
from odoo.exceptions import UserError

from ..models.aftersales_ticket_agreement import SCOPES


class AftersalesTicketLegal(models.TransientModel):
    """Asks legal how far the agreement reaches, or enters the answer (SLA-22)."""

    _name = "aftersales.ticket.legal"
    _description = "Ask legal about the scope"

    ticket_ids = fields.Many2many("aftersales.ticket", required=True, readonly=True)
    partner_id = fields.Many2one("res.partner")  # comes with the dialog's context
    step = fields.Selection([("ask", "Ask"), ("answer", "Enter the answer")], required=True, default="ask")
    scope = fields.Selection(SCOPES)
    reason = fields.Text("Question or reason")

    def action_apply(self):
        self.ensure_one()
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Write down what is to be clarified, or what the answer rests on."))
        if self.step == "answer":
            return self.ticket_ids.action_settle_scope(self.scope, reason)
        return self.ticket_ids.action_ask_legal(reason=reason)
