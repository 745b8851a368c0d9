"""A kit is replaced by the parts that were sold: its bill of materials may have changed since.

Each part is procured by itself and names the line of the bill of materials it was delivered by, where there
is one; by these Sales counts how many kits the customer has.
"""

from odoo import models


class AftersalesRmaLine(models.Model):
    _inherit = "aftersales.rma.line"

    def _goods_to_procure(self, quantity):
        if not self.is_kit or self._is_other_product():
            return super()._goods_to_procure(quantity)
        return [
            (product, pieces, values)
            for product, need in self._kit_parts().items()
            for pieces, values in self._places_in_kit(product, self._pieces_to_procure(product, need))
            if product.uom_id.compare(pieces, 0) > 0
        ]

    def _pieces_to_procure(self, product, need):
        """What of a part is neither on its way to the customer nor there."""
        coming = self.exchange_move_ids.filtered(
            lambda move: move.product_id == product and move._aftersales_is_last_step()
        )
        return self._replacement_due() * need - sum(move._aftersales_qty() for move in coming)

    def _places_in_kit(self, product, pieces):
        """[(pieces, further values)]: a part that a kit has in several places is sent for each of them."""
        delivered = self._deliveries().filtered(
            lambda move: move.product_id == product and not move.aftersales_exchange_line_id
        )
        if "bom_line_id" not in delivered._fields or not delivered.bom_line_id:
            return [(pieces, {})]
        rows, whole = [], sum(move._aftersales_qty() for move in delivered)
        for place, moves in delivered.grouped("bom_line_id").items():
            part = sum(move._aftersales_qty() for move in moves)
            share = product.uom_id.round(pieces * part / whole)
            rows.append((share, {"bom_line_id": place.id}))
            pieces, whole = pieces - share, whole - part
        return rows
