from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    aftersales_compensation_limit = fields.Monetary(
        "Department decides up to",
        currency_field="currency_id",
        default=500,
        help="Compensation up to this amount is decided in the department and reported to finance and the "
        "manager; above it the general manager decides. 0: the general manager decides on all.",
    )
    aftersales_compensation_account_id = fields.Many2one(
        "account.account",
        "Compensation expense",
        check_company=True,
        help="Where compensation is booked. Empty: the company's default expense account.",
    )
    aftersales_finance_user_id = fields.Many2one(
        "res.users",
        "Finance",
        domain="[('share', '=', False)]",
        help="Hears of each compensation that the department has decided. Empty: every after-sales "
        "accountant.",
    )
    aftersales_legal_user_id = fields.Many2one(
        "res.users",
        "Legal",
        domain="[('share', '=', False)]",
        help="Is asked when it is not clear how far an agreement reaches.",
    )
    aftersales_agreement_notice_days = fields.Integer(
        "Remind before agreements end",
        default=60,
        help="Days before an agreement, a project's warranty or a resident service ends.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_compensation_limit = fields.Monetary(
        related="company_id.aftersales_compensation_limit", readonly=False, currency_field="currency_id"
    )
    aftersales_compensation_account_id = fields.Many2one(
        related="company_id.aftersales_compensation_account_id", readonly=False
    )
    aftersales_finance_user_id = fields.Many2one(
        related="company_id.aftersales_finance_user_id", readonly=False
    )
    aftersales_legal_user_id = fields.Many2one(related="company_id.aftersales_legal_user_id", readonly=False)
    aftersales_agreement_notice_days = fields.Integer(
        related="company_id.aftersales_agreement_notice_days", readonly=False
    )
