from odoo import fields, models


class RepairOrder(models.Model):
    _inherit = "repair.order"

    aftersales_ticket_id = fields.Many2one(
        "aftersales.ticket", "Service ticket", copy=False, index="btree_not_null"
    )
