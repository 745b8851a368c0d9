from odoo import fields, models


class AftersalesRefundReason(models.TransientModel):
    """Asks why a refund is sent back or has failed; the reason is kept in its log."""

    _name = "aftersales.refund.reason"
    _description = "Reason of a step of a refund"

    refund_ids = fields.Many2many("aftersales.refund", string="Refunds", required=True)
    event = fields.Selection([("reject", "Send back"), ("fail", "Payment failed")], required=True)
    reason = fields.Text(required=True)

    def action_confirm(self):
        self.refund_ids._fire(self.event, reason=self.reason.strip())
        return {"type": "ir.actions.act_window_close"}
