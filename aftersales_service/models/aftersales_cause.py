from odoo import fields, models


class AftersalesCause(models.Model):
    """Why something broke, and what follows from it: whether the warranty covers it and who is at fault."""

    _name = "aftersales.cause"
    _description = "Fault cause"
    _inherit = "aftersales.code.mixin"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", ondelete="restrict", help="Empty: for every company.")
    is_covered = fields.Boolean(
        "Covered by the warranty",
        help="Manufacturing, assembly and material faults in normal use are; what the customer or an outside "
        "event has caused is not.",
    )
    fault_party = fields.Selection(
        [
            ("seller", "Seller"),
            ("customer", "Customer"),
            ("carrier", "Carrier"),
            ("none", "Nobody"),
            ("undetermined", "Undetermined"),
        ],
        "Fault party",
        required=True,
        default="undetermined",
    )

    _code_uniq = models.UniqueIndex("(code, COALESCE(company_id, 0))", "The cause's code is taken.")
