"""Goods that were judged and got lost before they have left quarantine for the customer or the supplier.

What was decided stands: what was turned down stays turned down, what was accepted stays accepted. It is
written down as before the inspection. The goods are booked out at once, nothing waits for them any more, and
where nothing is left to send the return ends.
"""

from odoo import models

from odoo.addons.aftersales_service.policy import lifecycle

from ..policy import rma_flow
from .repair_order import OPEN


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    def _lines_in_our_hands(self):
        """Lines whose goods are to lie where they were received: before the inspection all, afterwards what
        goes back to the customer or to the supplier.
        """
        self.ensure_one()
        if self.state == rma_flow.RECEIVED:
            return self.line_ids
        if not self.inspected_at:
            return self.line_ids.browse()
        waiting = self._moves_to_send_back() | self._for_vendor()._received_moves()
        return waiting.filtered(lambda move: move._aftersales_is_here()).aftersales_rma_line_id.sudo(False)

    def _go_on_without_lost(self):
        """The rest is sent as it was to be; without a rest nothing is owed any more."""
        repaired = self.resolution == "repair"
        self._replace_lost_repairs()
        if self.state != rma_flow.TO_SHIP:
            return
        if repaired and self.resolution == "exchange":
            self._create_exchange_deliveries()
        self._end_without_goods()

    def _on_return_goods(self):
        super()._on_return_goods()
        for rma in self.filtered(lambda rma: any(rma.inspection_ids.mapped("is_lost"))):
            rma._end_without_goods()

    def _end_without_goods(self):
        if not self._open_shipments() and not self._unsent():
            self._fire("ship", actor=lifecycle.SYSTEM, reason=self.env._("Lost in our hands."))


class AftersalesInspection(models.Model):
    _inherit = "aftersales.inspection"

    def _settle_later_loss(self, lost):
        """Nobody waits for the goods any more, and they are booked out at our expense.

        :param lost: {rows of receipts, all alike: pieces of them that are gone}
        """
        # sudo: the warehouse's goods; who may was checked before
        found, rma = self.sudo(), self.sudo().rma_id
        line = found.line_id
        line._received_moves()._aftersales_ways_out().filtered(
            lambda move: move.state not in ("done", "cancel")
        )._action_cancel()
        line.workshop_order_ids.filtered(lambda order: order.state in OPEN).action_repair_cancel()
        for rows, pieces in lost.items():
            rows._aftersales_book_in_again(pieces, rma)
        is_whole = not any(rows._aftersales_pieces_gone() for rows in lost)
        if rma.resolution == "repair" and is_whole and not line.is_unexpected:
            line._take_over()
        for rows, pieces in lost.items():
            line._scrap_pieces(rows[:1], pieces)
        rma._go_on_without_lost()
        rma._tell_losses(found)


class StockMove(models.Model):
    _inherit = "stock.move"

    def _aftersales_is_here(self):
        """Whether some of what this receipt has brought in is still to leave."""
        left = self._aftersales_ways_out().filtered(lambda move: move.state == "done")
        rest = self._aftersales_qty() - sum(move._aftersales_qty() for move in left)
        return self.product_id.uom_id.compare(rest, 0) > 0
