"""Defective goods under the supplier's warranty go back to him, out of quarantine and at cost."""

from collections import defaultdict

from odoo import Command, models


class AftersalesRmaLine(models.Model):
    _inherit = "aftersales.rma.line"

    def _send_to_vendor(self):
        """A delivery to the supplier for each supplier, ready for the warehouse to hand over.

        The goods have become ours and stay in quarantine, at the cost at which they had left, until it is
        validated.
        """
        by_vendor = defaultdict(list)
        for line in self:
            for move in line._received_moves():
                owner = (move.move_line_ids.owner_id - line.partner_id)[:1]  # a supplier's goods again
                bought = move.purchase_line_id if owner else line._bought_with(move)
                vendor = owner or bought.order_id.partner_id or move.product_id.seller_ids[:1].partner_id
                by_vendor[vendor].append(line._vendor_move_vals(move, bought, vendor))
        for vendor, rows in by_vendor.items():
            self._create_vendor_transfer(vendor, rows)

    def _vendor_place(self, vendor):
        return vendor.property_stock_supplier or self.env.ref("stock.stock_location_suppliers")

    def _vendor_move_vals(self, move, bought, vendor):
        vals = {**self._disposal_vals(move, self._vendor_place(vendor)), "partner_id": vendor.id}
        if bought:
            vals.update(purchase_line_id=bought.id, to_refund=True)
        return vals

    def _create_vendor_transfer(self, vendor, rows):
        rma = self.rma_id
        kind = rma.warehouse_id.in_type_id.return_picking_type_id or rma.warehouse_id.out_type_id
        transfer = self.env["stock.picking"].create(
            {
                "picking_type_id": kind.id,
                "location_id": self._quarantine().id,
                "location_dest_id": self._vendor_place(vendor).id,
                "partner_id": vendor.id,
                "origin": rma.name,
                "aftersales_rma_id": rma.id,
                "company_id": rma.company_id.id,
                "move_ids": [Command.create(row) for row in rows],
            }
        )
        transfer.action_confirm()
        transfer._aftersales_take_received()
        return transfer

    def _bought_with(self, move):
        """The purchase line the goods came with: by their lot, else the latest receipt of the article."""
        lots = move.move_line_ids.lot_id
        domain = [
            ("state", "=", "done"),
            ("product_id", "=", move.product_id.id),
            ("purchase_line_id", "!=", False),
            ("location_id.usage", "=", "supplier"),
            ("company_id", "=", self.company_id.id),
        ]
        found = self.env["stock.move"]
        if lots:
            found = found.search(
                [*domain, ("move_line_ids.lot_id", "in", lots.ids)], order="date desc", limit=1
            )
        found = found or found.search(domain, order="date desc", limit=1)
        return found.purchase_line_id
