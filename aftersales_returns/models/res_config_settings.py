from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_freight_expense_account_id = fields.Many2one(
        related="company_id.aftersales_freight_expense_account_id", readonly=False
    )
    aftersales_freight_income_account_id = fields.Many2one(
        related="company_id.aftersales_freight_income_account_id", readonly=False
    )
    aftersales_store_credit_account_id = fields.Many2one(
        related="company_id.aftersales_store_credit_account_id", readonly=False
    )
    aftersales_restore_non_cash = fields.Boolean(
        related="company_id.aftersales_restore_non_cash", readonly=False
    )
