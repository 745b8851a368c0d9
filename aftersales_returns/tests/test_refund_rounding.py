"""Invoices rounded to what can be paid in cash: they are refunded to the last coin."""

from odoo import fields
from odoo.tests import tagged

from .refund_common import RefundCommon


@tagged("-at_install", "post_install")
class TestRefundRounding(RefundCommon):
    def _rounded(self, quantity, price, strategy="add_invoice_line", method="HALF-UP"):
        """The paid invoice of an order, rounded to 0.05."""
        rounding = self.env["account.cash.rounding"].create(
            {
                "name": "To 0.05",
                "rounding": 0.05,
                "strategy": strategy,
                "rounding_method": method,
                "profit_account_id": self.company_data["default_account_revenue"].copy().id,
                "loss_account_id": self.company_data["default_account_expense"].copy().id,
            }
        )
        order = self._sell(quantity, price=price)
        invoice = order._create_invoices()
        invoice.write({"invoice_date": fields.Date.today(), "invoice_cash_rounding_id": rounding.id})
        invoice.action_post()
        self._pay(invoice)
        return order

    def test_what_was_rounded_down_comes_back_as_it_was_paid(self):
        """REFUND-05: 8.71 + 15 % is 10.02, invoiced with 10.00; the whole tax is taken back."""
        order = self._rounded(1, 8.71)
        self.assertEqual(order.invoice_ids.amount_total, 10.0)
        refund = self._credit(self._returned(order))
        note = refund.credit_note_id
        self.assertEqual(self._amounts(refund), {"goods": 10.02, "rounding": -0.02})
        self.assertEqual((note.amount_total, note.amount_tax), (10.0, 1.31))
        booked = order.invoice_ids.line_ids.filtered(lambda line: line.display_type == "rounding")
        back = note.line_ids.filtered(lambda line: line.account_id == booked.account_id)
        self.assertAlmostEqual(back.balance, -booked.balance)

    def test_partial_returns_of_a_rounded_invoice_add_up_to_it(self):
        """REFUND-05: up and down, on a line of its own or in the tax, three pieces one by one."""
        cases = (
            ("add_invoice_line", "UP"),
            ("add_invoice_line", "DOWN"),
            ("biggest_tax", "UP"),
            ("biggest_tax", "DOWN"),
        )
        for strategy, method in cases:
            order = self._rounded(3, 3.33, strategy, method)
            invoice = order.invoice_ids
            for _piece in range(3):
                self._credit(self._returned(order))
            notes = invoice.reversal_move_ids
            with self.subTest(strategy=strategy, method=method):
                self.assertEqual(len(notes), 3)
                self.assertAlmostEqual(sum(notes.mapped("amount_total")), invoice.amount_total, places=6)
                self.assertAlmostEqual(sum(notes.mapped("amount_tax")), invoice.amount_tax, places=6)
