from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_four_eyes = fields.Selection(related="company_id.aftersales_four_eyes", readonly=False)
    aftersales_four_eyes_amount = fields.Monetary(
        related="company_id.aftersales_four_eyes_amount", readonly=False, currency_field="currency_id"
    )
    aftersales_calendar_id = fields.Many2one(related="company_id.aftersales_calendar_id", readonly=False)
    aftersales_warranty_plan_id = fields.Many2one(
        related="company_id.aftersales_warranty_plan_id", readonly=False
    )
    aftersales_confirm_days = fields.Integer(related="company_id.aftersales_confirm_days", readonly=False)
