"""What accountants do to credit notes, and what becomes of the money: never twice, never lost."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .refund_common import RefundCommon


@tagged("-at_install", "post_install")
class TestRefundBooks(RefundCommon):
    def _invoiced(self, quantity=1, **vals):
        order = self._sell(quantity, **vals)
        self._invoice(order)
        return order

    def _reverse(self, note, modify=False):
        """Odoo's own wizard, as finance uses it; the reversal is posted."""
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=note.ids)
            .create({"journal_id": note.journal_id.id, "reason": "Wrong"})
        )
        (wizard.modify_moves if modify else wizard.refund_moves)()
        made = note.reversal_move_ids
        made.filtered(lambda move: move.state == "draft").action_post()
        return made

    # === CREDIT NOTES TAKEN BACK === #

    def test_a_credit_note_reversed_before_the_payment_pays_nothing(self):
        """REFUND-28: the paper is balanced by its reversal, no money has left; finance approves anew."""
        rma = self._returned(self._invoiced())
        refund = self._credit(rma)
        first = refund.credit_note_id
        self._reverse(first)
        self.assertEqual(
            (refund.state, rma.state, refund.credit_note_id.id), ("confirmed", "to_refund", False)
        )
        self.assertIn("was reversed", refund.message_ids[0].body)
        self._approve(refund)
        second = refund.credit_note_id
        self.assertEqual(
            (second.state, second.amount_total, second.amount_residual), ("posted", 115.0, 115.0)
        )
        self._pay(second)
        self.assertEqual((refund.state, rma.state), ("paid", "done"))

    def test_a_credit_note_that_is_settled_is_not_reversed_before_its_payment_is_undone(self):
        """REFUND-28: else the customer would have the money and the books would say that he has not."""
        refund = self._credit(self._returned(self._invoiced()))
        payment = self._pay(refund.credit_note_id)
        with self.assertRaisesRegex(UserError, "Undo its payment"), self.cr.savepoint():
            self._reverse(refund.credit_note_id)
        self.assertEqual(refund.state, "paid")
        payment.action_draft()
        payment.action_cancel()
        self._reverse(refund.credit_note_id)
        self.assertEqual(refund.state, "confirmed")

    def test_a_credit_note_made_by_hand_and_taken_back_leaves_the_goods_to_be_refunded(self):
        """REFUND-05: what finance credited and reversed is not credited."""
        order = self._invoiced()
        invoice = order.invoice_ids
        self._reverse(invoice)
        self._reverse(invoice.reversal_move_ids)
        refund = self._credit(self._returned(order))
        self.assertEqual((refund.state, refund.amount), ("approved", 115.0))

    def test_a_price_reduced_by_hand_lowers_what_each_piece_gives_back(self):
        """REFUND-05: 2 × 115.00, 57.50 given back for both as goodwill: 86.25 for each, 230.00 in all."""
        order = self._invoiced(2)
        invoice = order.invoice_ids
        note = invoice._reverse_moves()
        note.invoice_line_ids.price_unit = 25.0
        note.invoice_date = fields.Date.today()
        note.action_post()
        self.assertEqual(note.amount_total, 57.5)
        for _piece in range(2):
            refund = self._credit(self._returned(order))
            self.assertEqual(refund.credit_note_id.amount_total, 86.25)
        self.assertEqual(sum(invoice.reversal_move_ids.mapped("amount_total")), 230.0)

    def test_a_draft_is_not_deleted_but_cancelled_and_made_anew(self):
        """REFUND-28: reset in Accounting, emptied or not; the approval posts a new one."""
        for is_emptied in (False, True):
            refund = self._credit(self._returned(self._invoiced()))
            draft = refund.credit_note_id
            draft.button_draft()
            if is_emptied:
                draft.invoice_line_ids.unlink()
            with self.assertRaisesRegex(UserError, "Cancel it instead of deleting"), self.cr.savepoint():
                draft.with_context(force_delete=True).unlink()
            self._approve(refund)
            self.assertEqual((refund.state, refund.credit_note_id.amount_total), ("approved", 115.0))
            self.assertEqual((draft.state, draft == refund.credit_note_id), ("cancel", False))

    def test_a_credit_note_edited_in_draft_is_not_what_is_posted(self):
        """REFUND-28: somebody has made 999.00 of it; what was confirmed and approved goes out."""
        refund = self._credit(self._returned(self._invoiced()))
        edited = refund.credit_note_id
        edited.button_draft()
        edited.invoice_line_ids[:1].price_unit = 999.0
        self._approve(refund)
        self.assertEqual((edited.state, refund.credit_note_id.amount_total), ("cancel", 115.0))

    def test_nothing_is_posted_into_a_locked_period(self):
        """REFUND-26: today is closed; the approval is refused whole; unlocked, it goes through."""
        refund = self._returned(self._invoiced()).refund_ids
        self._confirm(refund)
        self.company.fiscalyear_lock_date = fields.Date.today()
        with self.assertRaisesRegex(UserError, "Lock Date"), self.cr.savepoint():
            self._approve(refund)
        self.assertEqual((refund.state, refund.credit_note_id.id), ("confirmed", False))
        self.company.fiscalyear_lock_date = fields.Date.today() - timedelta(days=1)
        self._approve(refund)
        self.assertEqual((refund.state, refund.credit_note_id.amount_total), ("approved", 115.0))

    # === TO THE CENT === #

    def test_odd_prices_in_six_parcels_add_up_to_the_invoice(self):
        """REFUND-05: discounts, tax in and on top of the price, a currency without cents; whole = invoice."""
        included = self.env["account.tax"].create(
            {
                "name": "19 % included",
                "amount": 19.0,
                "type_tax_use": "sale",
                "price_include_override": "tax_included",
                "company_id": self.company.id,
            }
        )
        yen = self.setup_other_currency("JPY", rounding=1.0, rates=[("2016-01-01", 151.37)])
        pricelist = self.env["product.pricelist"].create({"name": "JPY", "currency_id": yen.id})
        nothing = self.env["account.tax"]
        cases = (
            (self.tax, {"price": 9.99, "discount": 7.5}),
            (included, {"price": 9.99, "discount": 33.33}),
            (nothing, {"price": 14.2857, "discount": 0.0}),
            (included, {"price": 1033.0, "discount": 12.5, "pricelist_id": pricelist.id}),
        )
        for rounding in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = rounding
            for tax, vals in cases:
                self.goods.taxes_id = tax
                order = self._sell(7, fee=3.33, **vals)
                invoice = self._invoice(order)
                for pieces in (1, 2, 1, 3):
                    self._credit(self._returned(order, pieces))
                notes = invoice.reversal_move_ids
                with self.subTest(tax=tax.name, rounding=rounding, **vals):
                    self.assertEqual(len(notes), 4)
                    self.assertAlmostEqual(sum(notes.mapped("amount_total")), invoice.amount_total, places=6)
                    self.assertAlmostEqual(sum(notes.mapped("amount_tax")), invoice.amount_tax, places=6)

    # === FREIGHT, ONCE === #

    def test_a_piece_returned_by_choice_does_not_get_its_fee_with_the_next_one(self):
        """FREIGHT-03, -12: agreed at the customer's expense first, the seller's fault then: 5.00 of 10.00."""
        order = self._invoiced(2, fee=10.0)
        agreed = {"is_freight_agreed": True, "agreed_outbound": "customer"}
        first = self._credit(self._returned(order, **agreed))
        self.assertEqual(self._amounts(first), {"goods": 115.0})
        second = self._credit(self._returned(order))
        self.assertEqual(self._amounts(second), {"goods": 115.0, "delivery": 5.0})

    def test_what_was_paid_at_the_door_comes_back_with_the_first_of_two_returns(self):
        """FREIGHT-06: 12.00 of collected freight, two pieces, two parcels back: 12.00 in all."""
        order = self._invoiced(2)
        door = {"outbound_term": "collect", "outbound_freight": 12.0, "outbound_prepaid_by": "customer"}
        first = self._credit(self._returned(order, **door))
        self.assertEqual(self._amounts(first), {"goods": 115.0, "freight": 12.0})
        second = self._credit(self._returned(order, **door))
        self.assertEqual(self._amounts(second), {"goods": 115.0})

    def test_a_fee_that_was_not_invoiced_is_not_given_back(self):
        """REFUND-05: the delivery is invoiced later; who has not paid for it gets nothing for it."""
        order = self._sell(fee=10.0)
        invoice = order._create_invoices()
        invoice.invoice_line_ids.filtered(lambda line: line.product_id == self.fee).unlink()
        invoice.invoice_date = fields.Date.today()
        invoice.action_post()
        self._pay(invoice)
        self.assertEqual(self._amounts(self._returned(order).refund_ids), {"goods": 115.0})
