from odoo import fields, models

REASON_KINDS = [
    ("quality", "Quality"),
    ("seller", "Other fault of the seller"),
    ("carrier", "Damage or loss in transport"),
    ("choice", "Customer's choice"),
]
FAULT_PARTIES = [
    ("seller", "Seller"),
    ("customer", "Customer"),
    ("carrier", "Carrier"),
    ("none", "Nobody"),
    ("undetermined", "Undetermined"),
]


class AftersalesReturnReason(models.Model):
    """Why goods come back (RMA-28). Its kind decides which rules apply, its fault is only a proposal."""

    _name = "aftersales.return.reason"
    _description = "Return reason"
    _inherit = "aftersales.code.mixin"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    kind = fields.Selection(REASON_KINDS, required=True)
    fault_party = fields.Selection(
        FAULT_PARTIES,
        "Fault, as a rule",
        required=True,
        default="undetermined",
        help="Proposed on the return; whoever looks into the case may know better.",
    )
    is_excluded = fields.Boolean(
        "No return without a fault",
        help="For this reason goods do not come back under the unconditional right, whatever the product; a "
        "fault may be claimed in any case (CON-30).",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex("(code)", "That code of a return reason is taken.")
