from odoo import fields, models


class AftersalesInspectionLoss(models.TransientModel):
    """Asks what has become of goods that are no longer where they were received."""

    _name = "aftersales.inspection.loss"
    _description = "Goods lost before the inspection"

    inspection_id = fields.Many2one("aftersales.inspection", "Goods", required=True)
    received_qty = fields.Float(related="inspection_id.received_qty")
    reason = fields.Char("What happened", required=True)

    def action_confirm(self):
        self.ensure_one()
        self.inspection_id._write_off(self.reason)
        return {"type": "ir.actions.act_window_close"}
