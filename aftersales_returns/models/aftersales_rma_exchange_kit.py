"""A kit is replaced by the parts that were sold: its bill of materials may have changed since.

Each part is procured by itself. Where Odoo's kits are installed it gives the move the line of the bill of
materials that the part was delivered by, and counts the kits the customer has by these.
"""

from odoo import models


class AftersalesRmaLine(models.Model):
    _inherit = "aftersales.rma.line"

    def _goods_to_procure(self, quantity):
        if not self.is_kit or self._is_other_product():
            return super()._goods_to_procure(quantity)
        return [
            (product, pieces)
            for product, need in self._kit_parts().items()
            if product.uom_id.compare(pieces := self._pieces_to_procure(product, need), 0) > 0
        ]

    def _pieces_to_procure(self, product, need):
        """What of a part is neither on its way to the customer nor there."""
        coming = self.exchange_move_ids.filtered(
            lambda move: move.product_id == product and move._aftersales_is_last_step()
        )
        return self._replacement_due() * need - sum(move._aftersales_qty() for move in coming)
