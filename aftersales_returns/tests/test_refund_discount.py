"""Discounts that are lines of their own: every piece is refunded with what was paid for it."""

from odoo import Command
from odoo.tests import tagged

from .refund_common import ExchangeCommon


@tagged("-at_install", "post_install")
class TestRefundDiscount(ExchangeCommon):
    def _discounted(self, quantity=2, taxes=True, **wizard):
        """``quantity`` at 500.00 without tax, less what Sales' button Discount takes off; paid."""
        self.goods.taxes_id = [Command.set(self.tax.ids if taxes else [])]
        order = self._order(quantity)
        self.env["sale.order.discount"].create({"sale_order_id": order.id, **wizard}).action_apply_discount()
        order.action_confirm()
        self._deliver(order)
        self._invoice(order)
        return order

    def _order(self, quantity):
        line = {"product_id": self.goods.id, "product_uom_qty": quantity, "price_unit": 500.0}
        return self.env["sale.order"].create(
            {"partner_id": self.customer.id, "order_line": [Command.create(line)]}
        )

    def _back(self, order, quantity=1, **vals):
        """A return of the goods alone; a discount line is not returned."""
        sold = {"sale_line_id": order.order_line[0].id, "quantity": quantity, **vals.pop("line", {})}
        rma = self._returned(order, line_ids=[Command.create(sold)], **vals)
        if rma.resolution != "exchange":
            self.assertEqual(rma.state, "to_refund")
        return rma

    def test_each_of_two_pieces_comes_back_with_its_share_of_a_global_discount(self):
        """REFUND-05: 2 × 500.00 less 10 %: 450.00 for the first and for the second; 900.00 in all."""
        order = self._discounted(taxes=False, discount_type="so_discount", discount_percentage=0.1)
        invoice = order.invoice_ids
        self.assertEqual(invoice.amount_total, 900.0)
        for _piece in range(2):
            refund = self._credit(self._back(order))
            self.assertEqual(self._amounts(refund), {"goods": 500.0, "promotion": -50.0})
            self.assertEqual(refund.credit_note_id.amount_total, 450.0)
        self.assertEqual(sum(invoice.reversal_move_ids.mapped("amount_total")), 900.0)
        self.assertEqual(order.order_line.mapped("qty_to_invoice"), [0.0, 0.0])

    def test_a_whole_order_with_a_fixed_discount_comes_back_at_once(self):
        """REFUND-05: 3 × 500.00 + 15 %, 100.00 off: the refund is the invoice, taxes too."""
        order = self._discounted(3, discount_type="amount", discount_amount=100.0)
        invoice = order.invoice_ids
        refund = self._credit(self._back(order, 3))
        self.assertEqual(
            (refund.credit_note_id.amount_total, refund.credit_note_id.amount_tax),
            (invoice.amount_total, invoice.amount_tax),
        )

    def test_a_discount_typed_by_hand_and_odd_thirds_add_up(self):
        """REFUND-05: 3 pieces, 0.01 + 100.00 off: three returns add up to the invoice, to the cent."""
        order = self._order(3)
        order.order_line = [
            Command.create({"product_id": self.fee.id, "price_unit": -100.01, "tax_ids": [Command.clear()]})
        ]
        order.action_confirm()
        self._deliver(order)
        invoice = self._invoice(order)
        for _piece in range(3):
            self._credit(self._back(order))
        self.assertAlmostEqual(
            sum(invoice.reversal_move_ids.mapped("amount_total")), invoice.amount_total, places=2
        )
        self.assertEqual(len(invoice.reversal_move_ids), 3)

    # === EXCHANGES === #

    def _exchanged_for(self, order, price):
        other = self._product("Jug", price, 10.0)
        self._stock(other, 5)
        rma = self._back(order, resolution="exchange", line={"exchange_product_id": other.id})
        rma.with_user(self.agent).action_pass_to_shipment()
        self._ship(rma)
        return rma.sudo().exchange_invoice_ids

    def test_an_exchange_for_a_cheaper_article_credits_what_was_paid(self):
        """REFUND-05: 500.00 + 15 % less 50 % were paid, 40.00 + 15 % are sent: 241.50 back, not 529.00."""
        order = self._discounted(1, discount_type="so_discount", discount_percentage=0.5)
        self.assertEqual(order.invoice_ids.amount_total, 287.5)
        document = self._exchanged_for(order, 40.0)
        self.assertEqual((document.move_type, document.amount_total), ("out_refund", 241.5))
        document.action_post()
        self.assertEqual(set(order.order_line.mapped("qty_to_invoice")), {0.0})

    def test_a_piece_exchanged_and_a_piece_returned_take_the_discount_once(self):
        """REFUND-05: 2 × 500.00 less 10 %: one exchanged for 600.00, one returned with its 450.00."""
        order = self._discounted(taxes=False, discount_type="so_discount", discount_percentage=0.1)
        document = self._exchanged_for(order, 600.0)
        self.assertEqual((document.move_type, document.amount_untaxed), ("out_invoice", 150.0))
        refund = self._credit(self._back(order))
        self.assertEqual(self._amounts(refund), {"goods": 500.0, "promotion": -50.0})
