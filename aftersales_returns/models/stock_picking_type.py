from odoo import fields, models


class StockPickingType(models.Model):
    """The card of the return receipts on the Inventory overview leads to the inspection station."""

    _inherit = "stock.picking.type"

    aftersales_is_return = fields.Boolean("Receives returns", compute="_compute_aftersales_station")
    aftersales_to_inspect = fields.Integer("Returns to inspect", compute="_compute_aftersales_station")

    def _compute_aftersales_station(self):
        # sudo: two figures of the overview, for people without rights on returns
        warehouses = (
            self.env["stock.warehouse"].sudo().search([("aftersales_return_type_id", "in", self.ids)])
        )
        rows = (
            self.env["aftersales.rma"]
            .sudo()  # sudo: as above
            ._read_group(
                [("state", "=", "received"), ("warehouse_id", "in", warehouses.ids)],
                ["warehouse_id"],
                ["__count"],
            )
        )
        waiting = {warehouse.aftersales_return_type_id: count for warehouse, count in rows}
        for kind in self:
            kind.aftersales_is_return = kind in warehouses.aftersales_return_type_id
            kind.aftersales_to_inspect = waiting.get(kind, 0)
