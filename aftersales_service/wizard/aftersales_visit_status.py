from odoo import fields, models


class AftersalesVisitStatus(models.TransientModel):
    """Asks somebody on a trip how it is going."""

    _name = "aftersales.visit.status"
    _description = "Report from the trip"

    visit_id = fields.Many2one("aftersales.visit", required=True, readonly=True)
    text = fields.Char("How is it going?", required=True)

    def action_apply(self):
        self.ensure_one()
        return self.visit_id.action_report(reason=self.text)
