from odoo import fields, models

from ..policy import refund_channel


class AftersalesRefundChannel(models.Model):
    """A row of the channel table (requirements §5.1): payment method → way back, days, fee, data."""

    _name = "aftersales.refund.channel"
    _description = "Refund channel"
    _inherit = "aftersales.rule.mixin"
    _rec_name = "explanation"
    _rec_names_search = ["explanation", "code", "method"]
    _row_class = refund_channel.Rule

    method = fields.Char(
        "Payment method",
        help="Code of the payment method by which the invoice was paid (alipay, card, …), bank_transfer, "
        "cash or cash_on_delivery. Empty: any.",
    )
    account_kind = fields.Selection(
        [("alipay", "Alipay account"), ("bank", "Bank account")],
        string="Account named by the customer",
        help="Empty: whether or not the customer named an account.",
    )
    route = fields.Selection(
        [
            ("original", "The way it came"),
            ("named", "Account named by the customer"),
            ("ask", "Ask for an account"),
        ],
        required=True,
        default="original",
    )
    days_min = fields.Integer("Working days, least", help="Counted from the execution of the refund.")
    days_max = fields.Integer("Working days, most", help="Counted from the execution of the refund.")
    fee_bearer = fields.Selection(
        [("seller", "Seller"), ("customer", "Customer")], "Bearer of the fee", required=True, default="seller"
    )
    needs = fields.Char(
        "Data needed", help="Out of: real_name account holder bank branch, separated by blanks."
    )

    _days_order = models.Constraint(
        "CHECK (days_min >= 0 AND days_min <= days_max)",
        "The least number of working days cannot exceed the most.",
    )
