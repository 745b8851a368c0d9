from odoo import fields, models
from odoo.exceptions import UserError


class ResCompany(models.Model):
    _inherit = "res.company"

    aftersales_freight_expense_account_id = fields.Many2one(
        "account.account",
        "Freight on returns",
        check_company=True,
        help="Expense for freight reimbursed to customers. Empty: the company's expense account.",
    )
    aftersales_freight_income_account_id = fields.Many2one(
        "account.account",
        "Return freight charged",
        check_company=True,
        help="Income from freight taken off refunds. Empty: the company's income account.",
    )
    aftersales_store_credit_account_id = fields.Many2one(
        "account.account",
        "Store credit",
        check_company=True,
        help="Liability for freight credited to account balances. Needed only where that is done.",
    )
    aftersales_restore_non_cash = fields.Boolean(
        "Give back coupons and points",
        default=True,
        help="Coupons, cards and points used for a purchase are given back in kind with its refund, never "
        "in cash. Otherwise they are lost (AMB-14).",
    )

    def _aftersales_account(self, purpose):
        """The account for ``purpose``: freight_expense, freight_income or store_credit."""
        self.ensure_one()
        account = self[f"aftersales_{purpose}_account_id"] or {
            "freight_expense": self.expense_account_id,
            "freight_income": self.income_account_id,
        }.get(purpose)
        if not account:
            raise UserError(
                self.env._(
                    "%(company)s has no account for '%(purpose)s'. Set it in the After-sales settings.",
                    company=self.name,
                    purpose=self._fields[f"aftersales_{purpose}_account_id"]._description_string(self.env),
                )
            )
        return account
