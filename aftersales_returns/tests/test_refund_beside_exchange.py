from odoo.tests import tagged

from .refund_common import ExchangeCommon


@tagged("post_install", "-at_install")
class TestRefundBesideExchange(ExchangeCommon):
    """An exchange that ends in money half-way: no piece is replaced and refunded."""

    def leave(self, rma, quantity):
        """So many of the replacement leave, and no backorder is made."""
        picking = rma._open_shipments()
        picking.move_ids.write({"quantity": quantity, "picked": True})
        picking.with_context(skip_backorder=True, picking_ids_not_to_backorder=picking.ids).button_validate()

    def test_of_two_pieces_the_one_that_was_not_replaced_is_refunded(self):
        """EXCH-04, REFUND-06."""
        whole = self._alive(self._returned(self._sold(2), 2)).payout
        rma = self._accepted(self._sold(2), 2, return_freight=0.0)
        self.leave(rma, 1)
        self.assertEqual(rma.state, "to_ship")
        rma.with_user(self.agent).action_pass_to_refund()
        goods = self._alive(rma).line_ids.filtered(lambda part: part.kind == "goods")
        self.assertEqual(sum(goods.mapped("quantity")), 1)
        self.assertAlmostEqual(sum(goods.mapped("total")), whole / 2)
