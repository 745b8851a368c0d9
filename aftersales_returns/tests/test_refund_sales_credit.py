"""Sales credits goods of a return by itself ("Create invoice" below zero): never beside the refund."""

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .refund_common import RefundCommon


@tagged("-at_install", "post_install")
class TestRefundSalesCredit(RefundCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.goods.invoice_policy = "delivery"

    def _invoiced(self, quantity=2, **vals):
        order = self._sell(quantity, **vals)
        self._invoice(order)
        return order

    def _create_invoice(self, order):
        """Sales' own wizard, "Regular invoice"; what it makes is posted."""
        before = order.invoice_ids
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_model="sale.order", active_ids=order.ids)
            .create({"advance_payment_method": "delivered"})
        )
        wizard.create_invoices()
        made = order.invoice_ids - before
        made.invoice_date = fields.Date.today()
        made.action_post()
        return made

    def _credit_by_sales(self, order, quantity=1):
        """What Sales made of "to invoice" below zero: a credit note that names no invoice."""
        line = order.order_line[0]
        note = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": order.partner_id.id,
                "invoice_date": fields.Date.today(),
                "invoice_line_ids": [Command.create(line._prepare_invoice_line(quantity=quantity))],
            }
        )
        note.action_post()
        return note

    def _credited(self, order):
        notes = order.invoice_ids.filtered(lambda m: m.move_type == "out_refund" and m.state == "posted")
        return round(sum(notes.mapped("amount_total")), 2)

    def _why(self, refund):
        return [clause["code"] for clause in refund._verdict_of("refund")[refund].explanation]

    def test_what_a_return_took_over_is_not_offered_to_sales(self):
        """REFUND-05: two sold, one returned and accepted: Sales has nothing to invoice, before and after."""
        order = self._invoiced()
        rma = self._returned(order)
        self.assertEqual((order.order_line.qty_to_invoice, order.invoice_status), (0.0, "invoiced"))
        with self.assertRaises(UserError):
            self._create_invoice(order)
        self._credit(rma)
        self.assertEqual((order.order_line.qty_to_invoice, self._credited(order)), (0.0, 115.0))

    def test_a_piece_taken_off_the_order_after_its_return_is_not_offered_either(self):
        """REFUND-05: goods invoiced as ordered; the seller lowers the order to what the customer kept."""
        self.goods.invoice_policy = "order"
        order = self._invoiced()
        self._returned(order)
        order.order_line.product_uom_qty = 1
        self.assertEqual(order.order_line.qty_to_invoice, 0.0)

    def test_what_came_back_before_it_was_invoiced_is_not_invoiced(self):
        """REFUND-05: 5 ordered and delivered, 2 invoiced, 3 returned: 2 stay to be invoiced, not 3."""
        self.goods.invoice_policy = "order"
        order = self._sell(5)
        first = order._create_invoices()
        first.invoice_line_ids.quantity = 2
        first.invoice_date = fields.Date.today()
        first.action_post()
        self._pay(first)
        rma = self._returned(order, 3)
        self.assertEqual(order.order_line.qty_to_invoice, 0.0)
        refund = self._credit(rma)
        self.assertIn("refund_not_invoiced", self._why(refund))
        self.assertEqual((refund.amount, order.order_line.qty_to_invoice), (230.0, 2.0))

    def test_what_came_back_without_a_return_stays_a_matter_of_sales(self):
        """REFUND-05: one by a plain return transfer, one by a return of ours: Sales credits the first."""
        order = self._invoiced(3)
        self._returned(order)
        self._take_back(order, 1)
        self.assertEqual(order.order_line.qty_to_invoice, -1.0)
        self._create_invoice(order)
        refund = self._credit(order.order_line.sudo()._aftersales_return_lines().rma_id)
        self.assertEqual((refund.amount, self._credited(order)), (115.0, 230.0))
        self.assertEqual(order.order_line.qty_to_invoice, 0.0)

    def _take_back(self, order, quantity):
        picking = order.picking_ids.filtered(lambda p: p.picking_type_code == "outgoing")
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_model="stock.picking", active_ids=picking.ids, active_id=picking.id)
            .create({})
        )
        wizard.product_return_moves.quantity = quantity
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_ids.write({"to_refund": True, "picked": True})
        back.button_validate()

    def test_a_cancelled_refund_leaves_the_goods_to_sales(self):
        """REFUND-05: nothing of ours gives the money back any more."""
        order = self._invoiced()
        refund = self._returned(order).refund_ids
        refund._fire("cancel", actor="system")
        self.assertEqual(order.order_line.qty_to_invoice, -1.0)

    def test_what_sales_credited_before_the_confirmation_is_not_credited_again(self):
        """REFUND-05: 2 at 115.00, one returned, credited by Sales: 115.00 in all; the return can end."""
        order = self._invoiced()
        rma = self._returned(order)
        refund = rma.refund_ids
        self._credit_by_sales(order)
        refund.with_user(self.agent).action_recompute()
        self.assertEqual(refund.amount, 0.0)
        self.assertNotIn("refund_not_invoiced", self._why(refund))
        self.assertLessEqual({"refund_elsewhere", "refund_elsewhere_pieces"}, set(self._why(refund)))
        self._credit(rma)
        self.assertEqual((rma.state, self._credited(order)), ("done", 115.0))

    def test_what_sales_credits_while_finance_looks_sends_the_refund_back(self):
        """REFUND-28: confirmed with 115.00, credited by Sales since: not approved."""
        order = self._invoiced()
        refund = self._returned(order).refund_ids
        self._confirm(refund)
        self._credit_by_sales(order)
        with self.assertRaisesRegex(UserError, "have changed"), self.cr.savepoint():
            self._approve(refund)
        self.assertEqual(self._credited(order), 115.0)

    def test_sales_does_not_credit_what_a_refund_has_credited(self):
        """REFUND-05: the draft of Sales is posted after the approval: refused, with the return's number."""
        order = self._invoiced()
        rma = self._returned(order)
        self._credit(rma)
        with self.assertRaisesRegex(UserError, f"credited with {rma.name} already"), self.cr.savepoint():
            self._credit_by_sales(order)
        self.assertEqual(self._credited(order), 115.0)

    def test_a_credit_of_sales_falls_on_the_oldest_invoice_and_leaves_the_rest(self):
        """REFUND-05: 2 + 2 on two invoices, one credited by Sales, all four returned: 460.00 in all."""
        order = self._sell(4)
        first = order._create_invoices()
        first.invoice_line_ids.quantity = 2
        first.invoice_date = fields.Date.today()
        first.action_post()
        self._invoice(order)
        rma = self._returned(order, 4)
        self._credit_by_sales(order)
        rma.refund_ids.with_user(self.agent).action_recompute()
        self.assertEqual(sorted(rma.refund_ids.mapped("amount")), [115.0, 230.0])
        self._credit(rma)
        self.assertEqual(self._credited(order), 460.0)

    def test_an_invoice_that_takes_back_pieces_of_another_one_is_refunded_in_full(self):
        """REFUND-05: Sales puts one piece less beside a mug: 230.00 − 115.00; the mug comes back whole."""
        order = self._invoiced()
        self._take_back(order, 1)
        order.order_line = [Command.create({"product_id": self.gift.id, "price_unit": 200.0})]
        self._deliver(order)
        mixed = self._create_invoice(order)
        self.assertEqual((mixed.move_type, mixed.amount_total), ("out_invoice", 115.0))
        refund = self._mug_back(order).refund_ids
        self.assertEqual((refund.invoice_id, refund.amount), (mixed, 230.0))
        self._pay(mixed)
        self._confirm(refund)
        self._approve(refund)
        self.assertEqual(refund.credit_note_id.amount_total, 230.0)

    def _mug_back(self, order):
        mug = order.order_line[-1]
        lines = [Command.create({"sale_line_id": mug.id, "quantity": 1})]
        return self._returned(order, line_ids=lines)
