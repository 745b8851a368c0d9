from odoo import fields, models


class StockReturnPicking(models.TransientModel):
    _inherit = "stock.return.picking"

    def _prepare_picking_default_values_based_on(self, picking):
        vals = super()._prepare_picking_default_values_based_on(picking)
        # sudo: the transfer follows from the return, whose event was allowed
        rma = self.env["aftersales.rma"].sudo().browse(self.env.context.get("aftersales_rma_id") or [])
        if rma:
            return {**vals, **rma._prepare_receipt_vals()}
        rma = rma.browse(self.env.context.get("aftersales_way_back_id") or [])
        return {**vals, **rma._prepare_way_back_vals(picking)} if rma else vals


class StockReturnPickingLine(models.TransientModel):
    _inherit = "stock.return.picking.line"

    aftersales_rma_line_id = fields.Many2one("aftersales.rma.line", "Returned goods")

    def _prepare_move_default_values(self, new_picking):
        vals = super()._prepare_move_default_values(new_picking)
        return {**vals, "aftersales_rma_line_id": self.aftersales_rma_line_id.id}


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    def _prepare_receipt_vals(self):
        """Into quarantine, as the customer's property: not for sale and worth nothing in the books."""
        return {
            "picking_type_id": self.warehouse_id.aftersales_return_type_id.id,
            "location_dest_id": self.warehouse_id.aftersales_quarantine_id.id,
            "partner_id": self.partner_id.id,
            "owner_id": self.partner_id.id,
            "aftersales_rma_id": self.id,
            "origin": self.name,
        }

    def _prepare_way_back_vals(self, receipt):
        """Out of quarantine to the customer, still his property."""
        return {
            "picking_type_id": self.warehouse_id.out_type_id.id,
            "location_id": receipt.location_dest_id.id,
            "location_dest_id": receipt.location_id.id,
            "partner_id": self.partner_id.id,
            "owner_id": self.partner_id.id,
            "aftersales_rma_id": self.id,
            "origin": self.name,
        }
