"""Invoices that Accounting resets or cancels while a refund is on its way: nothing goes back on them."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .refund_common import ExchangeCommon, RefundCommon


@tagged("-at_install", "post_install")
class TestRefundWithdrawnInvoice(RefundCommon):
    def _draft_refund(self, paid=False, quantity=1):
        """(refund to confirm, its invoice)."""
        order = self._sell(quantity)
        invoice = self._invoice(order, paid=paid)
        return self._returned(order).refund_ids, invoice

    def _credit_notes(self):
        return self.env["account.move"].search_count(
            [("partner_id", "=", self.customer.id), ("move_type", "=", "out_refund")]
        )

    def test_nothing_is_confirmed_on_a_cancelled_invoice(self):
        """REFUND-05, -25: 115.00 were never paid, and are not given back."""
        refund, invoice = self._draft_refund()
        invoice.button_cancel()
        with self.assertRaisesRegex(UserError, "no longer posted.*Recompute"), self.cr.savepoint():
            self._confirm(refund)
        self.assertEqual((refund.state, self._credit_notes()), ("draft", 0))
        self.assertIn("no longer posted", refund.headline)

    def test_nothing_is_approved_on_an_invoice_reset_to_draft(self):
        """REFUND-28: reset between the confirmation and the approval; posted again, it goes through."""
        refund, invoice = self._draft_refund(paid=True)
        self._confirm(refund)
        invoice.button_draft()
        with self.assertRaisesRegex(UserError, "no longer posted.*Send the refund back"), self.cr.savepoint():
            self._approve(refund)
        self.assertEqual((refund.state, self._credit_notes()), ("confirmed", 0))
        invoice.action_post()
        self._approve(refund)
        self.assertEqual((refund.state, refund.credit_note_id.amount_total), ("approved", 115.0))

    def test_recompute_takes_up_the_invoice_that_is_posted_instead(self):
        """REFUND-05: one draft, on the new invoice, with its amount."""
        refund, invoice = self._draft_refund()
        invoice.button_cancel()
        instead = self._invoice_anew(invoice, 1)
        refund.with_user(self.agent).action_recompute()
        self.assertEqual(refund.rma_id.refund_ids, refund, "no second one")
        self.assertEqual((refund.invoice_id, refund.amount), (instead, 115.0))
        self._credit(refund.rma_id)
        self.assertEqual(refund.credit_note_id.reversed_entry_id, instead)

    def test_without_any_invoice_left_the_draft_is_worth_nothing(self):
        """REFUND-05: what was judged on the cancelled invoice does not stand on the screen any more.

        While Accounting works on it nothing is confirmed; once it is cancelled nothing was ever owed.
        """
        refund, invoice = self._draft_refund()
        invoice.button_draft()
        refund.with_user(self.agent).action_recompute()
        self.assertEqual((refund.invoice_id.id, refund.amount, len(refund.line_ids)), (False, 0.0, 0))
        with self.assertRaisesRegex(UserError, "no posted customer invoice"), self.cr.savepoint():
            self._confirm(refund)
        invoice.button_cancel()
        refund.with_user(self.agent).action_recompute()
        self._confirm(refund)
        self._approve(refund)
        self.assertEqual((refund.state, refund.amount, len(refund.credit_note_id)), ("paid", 0.0, 0))

    def test_two_drafts_whose_invoices_became_one_do_not_share_it(self):
        """REFUND-05: one refund an invoice, whatever is invoiced anew."""
        order = self._sell(2)
        first, second = self._invoice_one(order), self._invoice_one(order)
        rma = self._returned(order, 2)
        self.assertEqual(rma.refund_ids.invoice_id, first | second)
        (first | second).button_cancel()
        whole = self._invoice_anew(first, 2)
        rma.refund_ids.with_user(self.agent).action_recompute()
        on_whole = rma.refund_ids.filtered("invoice_id")
        self.assertEqual((on_whole.invoice_id, on_whole.amount), (whole, 230.0))
        self.assertEqual(sum((rma.refund_ids - on_whole).mapped("amount")), 0.0)

    def _invoice_anew(self, invoice, quantity):
        """The invoice that Accounting makes instead: a copy that knows what was sold."""
        instead = invoice.with_context(include_business_fields=True).copy()
        instead.invoice_line_ids.quantity = quantity
        instead.invoice_date = invoice.invoice_date
        instead.action_post()
        return instead

    def _invoice_one(self, order):
        invoice = order._create_invoices()
        invoice.invoice_line_ids.quantity = 1
        invoice.invoice_date = order.date_order.date()
        invoice.action_post()
        return invoice

    def test_the_refund_tells_that_its_invoice_went_after_the_credit_note(self):
        """REFUND-26: Odoo allows it; nobody pays a credit note that stands alone."""
        refund, invoice = self._draft_refund(paid=True)
        self._credit(refund.rma_id)
        invoice.button_cancel()
        self.assertIn("stands without it", refund.message_ids[0].body)
        self.assertIn("stands without it", refund.headline)
        with self.assertRaisesRegex(UserError, "stands without it"):
            refund.with_user(self.accountant).action_register_payment()


@tagged("-at_install", "post_install")
class TestFreightWithdrawnInvoice(ExchangeCommon):
    def test_freight_alone_follows_the_invoice_that_is_posted_instead(self):
        """REFUND-05, FREIGHT-21: 12.00 laid out for the exchange."""
        order = self._sold()
        refund = self._exchanged(order).refund_ids
        order.invoice_ids.button_cancel()
        with self.assertRaisesRegex(UserError, "no longer posted"), self.cr.savepoint():
            self._confirm(refund)
        instead = self._invoice(order)
        refund.with_user(self.agent).action_recompute()
        self.assertEqual((refund.invoice_id, self._amounts(refund)), (instead, {"freight": 12.0}))
