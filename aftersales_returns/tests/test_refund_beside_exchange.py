from odoo import Command, fields
from odoo.exceptions import UserError
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

    # === ANOTHER ARTICLE, AND MONEY AFTER ALL === #

    def exchange_for(self, other, quantity=1, **vals):
        """Two kettles are paid; so many of them were accepted, and ``other`` is about to leave instead."""
        order = self._sold(2)
        row = {"sale_line_id": order.order_line.id, "quantity": quantity, "exchange_product_id": other.id}
        rma = self._accepted(order, return_freight=0.0, line_ids=[Command.create(row)], **vals)
        return order, rma

    def money_instead(self, rma):
        rma.with_user(self.agent).action_pass_to_refund()
        return rma

    def difference(self, rma):
        return rma.exchange_invoice_ids.filtered(lambda move: move.state != "cancel")

    def post(self, move):
        move.invoice_date = fields.Date.today()
        move.action_post()

    def paid_for(self, order):
        """What all posted documents of the order ask for."""
        posted = order.order_line.invoice_lines.move_id.filtered(lambda move: move.state == "posted")
        return round(sum(posted.mapped("amount_total_signed")), 2)

    def quantities(self, order):
        """{article: (ordered, delivered, invoiced, to invoice)}."""
        return {
            line.product_id.name: (
                line.product_uom_qty,
                line.qty_delivered,
                line.qty_invoiced,
                line.qty_to_invoice,
            )
            for line in order.order_line
        }

    def test_money_instead_of_another_article_takes_its_difference_back(self):
        """EXCH-04, REFUND-06: a dearer or a cheaper article that never left is charged to nobody."""
        for price in (180.0, 40.0):
            with self.subTest(price=price):
                order, rma = self.exchange_for(self._product("Samovar", price, 9.0))
                self.assertEqual(len(self.difference(rma)), 1)
                self.money_instead(rma)
                self.assertFalse(self.difference(rma))
                self._credit(rma)
                self.assertEqual(self.paid_for(order), 115.0, "one kettle is kept and paid")
                self.assertEqual(self.quantities(order), {"Kettle": (2, 1, 1, 0), "Samovar": (0, 0, 0, 0)})

    def test_a_difference_that_money_has_taken_the_place_of_stays_cancelled(self):
        """REFUND-06: posted beside the refund it would credit the customer once more."""
        _order, rma = self.exchange_for(self._product("Samovar", 40.0, 9.0))
        draft = self.difference(rma)
        self.money_instead(rma)
        with self.assertRaisesRegex(UserError, "stays cancelled: the customer gets money instead"):
            draft.button_draft()
        self.assertEqual(draft.state, "cancel")

    def test_a_difference_is_not_deleted_cancelled_or_emptied_as_it_may_be(self):
        """EXCH-04: it tells what became of the exchange."""
        _order, rma = self.exchange_for(self._product("Samovar", 40.0, 9.0))
        cancelled = self.difference(rma)
        self.money_instead(rma)
        _order, other = self.exchange_for(self._product("Samovar", 180.0, 9.0))
        emptied = self.difference(other)
        emptied.invoice_line_ids.unlink()
        for document in (cancelled, emptied):
            with self.assertRaisesRegex(UserError, "is kept. Cancel it instead"), self.cr.savepoint():
                document.unlink()
        emptied.button_cancel()
        self.assertEqual((cancelled.state, emptied.state), ("cancel", "cancel"))

    def test_money_instead_of_the_rest_keeps_the_difference_of_what_has_left(self):
        """EXCH-04: of two kettles one became a samovar of 207.00; for the other one 115.00 come back."""
        other = self._product("Samovar", 180.0, 9.0)
        self._stock(other, 2)
        order, rma = self.exchange_for(other, 2)
        self.leave(rma, 1)
        self.money_instead(rma)
        self.assertEqual(self.difference(rma).mapped("amount_total"), [92.0])
        self.post(self.difference(rma))
        self._credit(rma)
        self.assertEqual(self.paid_for(order), 207.0)
        self.assertEqual(self.quantities(order), {"Kettle": (1, 0, 0, 0), "Samovar": (1, 1, 1, 0)})

    def test_money_for_the_rest_of_an_advance_exchange_charges_the_article_that_has_left(self):
        """EXCH-04: one samovar left, two kettles came back: one is exchanged, the other one refunded."""
        other = self._product("Samovar", 180.0, 9.0)
        self._stock(other, 2)
        order = self._sold(2)
        row = {"sale_line_id": order.order_line.id, "quantity": 2, "exchange_product_id": other.id}
        rma = self._asked_for(order, [row], resolution="exchange", is_advance=True)
        rma.action_submit()
        rma.action_approve()
        self.leave(rma.with_env(self.env), 1)
        rma.action_register_shipment(tracking_ref="BOTH")
        self._receive(rma.with_env(self.env), True)
        self._inspect(rma)
        rma = self.money_instead(rma.with_env(self.env))
        self.post(self.difference(rma))
        self._credit(rma)
        self.assertEqual(self.paid_for(order), 207.0)

    def test_a_posted_difference_is_taken_back_by_finance_before_money_is_given_instead(self):
        """A document in the books is not ours to change: the sentence names it, and nothing has moved."""
        for price in (180.0, 40.0):
            with self.subTest(price=price):
                order, rma = self.exchange_for(self._product("Samovar", price, 9.0))
                document = self.difference(rma)
                self.post(document)
                with self.assertRaisesRegex(UserError, document.name), self.cr.savepoint():
                    self.money_instead(rma)
                document.button_draft()
                self.money_instead(rma)
                self._credit(rma)
                self.assertEqual((self.paid_for(order), document.state), (115.0, "cancel"))

    def test_an_invoiced_difference_that_finance_reversed_is_taken_back(self):
        """The other way of finance to take an invoice back: a credit note for all of it."""
        order, rma = self.exchange_for(self._product("Samovar", 180.0, 9.0))
        self.post(self.difference(rma))
        self._credit_by_hand(self.difference(rma))
        self.money_instead(rma)
        self._credit(rma)
        self.assertEqual(self.paid_for(order), 115.0)
        self.assertEqual(self.quantities(order), {"Kettle": (2, 1, 1, 0), "Samovar": (0, 0, 0, 0)})

    def test_a_difference_that_stands_is_not_charged_again(self):
        """A manager puts the return back a step by hand, and it goes the same way again."""
        order, rma = self.exchange_for(self._product("Samovar", 180.0, 9.0))
        rma._unstick("inspected", "Looked at again")
        rma.with_user(self.agent).action_pass_to_shipment()
        self.assertEqual(self.difference(rma).mapped("amount_total"), [92.0])
        self.assertEqual(order.order_line.mapped("product_uom_qty"), [1, 1])

    def test_the_draft_of_a_difference_stays_as_long_as_the_exchange(self):
        """EXCH-04: without it the other article is invoiced, and what came back is never credited."""
        other = self._product("Cup", 40.0, 9.0)
        self._stock(other, 5)
        order, rma = self.exchange_for(other)
        document = self.difference(rma)
        for take_away in (document.unlink, document.button_cancel):
            with self.assertRaisesRegex(UserError, rma.name), self.cr.savepoint():
                take_away()
        self._ship(rma)
        self.post(document)
        self.assertEqual(self.paid_for(order), 161.0)
        self.assertEqual(self.quantities(order), {"Kettle": (1, 1, 1, 0), "Cup": (1, 1, 1, 0)})
