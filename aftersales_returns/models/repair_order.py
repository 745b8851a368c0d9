from odoo import fields, models


class RepairOrder(models.Model):
    _inherit = "repair.order"

    aftersales_rma_line_id = fields.Many2one(
        "aftersales.rma.line",
        "Returned goods",
        index="btree_not_null",
        copy=False,
        readonly=True,
        ondelete="set null",
        help="Goods of a return that the workshop makes ready.",
    )
