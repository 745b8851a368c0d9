"""F-25: freight laid out for an exchange is a refund of its own, to the cent, and never given back twice."""

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .refund_common import ExchangeCommon


@tagged("-at_install", "post_install")
class TestRefundOfFreightAlone(ExchangeCommon):
    # === THE DOCUMENT === #

    def test_an_exchange_gives_back_the_freight_and_nothing_of_the_goods(self):
        """FREIGHT-21, -22, EXCH-01, REFUND-28: confirmed, approved by another one, posted, paid: 12.00."""
        rma = self._exchanged(self._sold(), reship_freight=9.0)
        refund = rma.refund_ids
        self.assertEqual(
            (refund.kind, refund.state, self._amounts(refund)), ("freight", "draft", {"freight": 12.0})
        )
        self.assertFalse(rma.activity_ids.filtered(lambda task: "freight back" in (task.summary or "")))
        self._confirm(refund)
        self.assertEqual((refund.channel_id.code, refund.payout), ("refund_bank_transfer", 12.0))
        with self.assertRaises(UserError), self.cr.savepoint():
            refund.with_user(self.agent).action_approve()
        self._approve(refund)
        note = refund.credit_note_id
        self.assertRecordValues(
            note,
            [{"state": "posted", "move_type": "out_refund", "amount_total": 12.0, "amount_tax": 0.0}],
        )
        self.assertEqual(note.reversed_entry_id, refund.invoice_id)
        expense = note.invoice_line_ids
        self.assertEqual(expense.account_id, self.company._aftersales_account("freight_expense"))
        self._pay(note)
        self.assertEqual((refund.state, rma.state, rma.amount_refunded), ("paid", "done", 12.0))

    def test_the_fee_of_the_exchanged_pieces_comes_back_by_its_invoice_line(self):
        """FREIGHT-02: 8.00 of delivery for four pieces, two of them faulty: 4.00 beside the 12.00."""
        refund = self._exchanged(self._sold(4, fee=8.0), 2).refund_ids
        self.assertEqual(self._amounts(refund), {"delivery": 4.0, "freight": 12.0})
        self._pass(refund)
        self.assertEqual(refund.credit_note_id.amount_total, 16.0)
        self.assertNotIn(self.goods, refund.credit_note_id.invoice_line_ids.product_id)

    def test_what_was_exchanged_and_is_returned_later_carries_no_fee_twice(self):
        """FREIGHT-21: the fee of the first delivery was given back; that of the replacement nobody paid."""
        order = self._sold(fee=7.0)
        self._pass(self._exchanged(order).refund_ids)
        later = self._returned(order, return_freight=12.0).refund_ids
        self.assertEqual(self._amounts(later), {"goods": 115.0, "freight": 12.0})

    def test_the_other_piece_carries_its_own_fee(self):
        """One of two was exchanged; the replacement and then the other one come back: 3.50 each, once."""
        order = self._sold(2, fee=7.0)
        given = self._exchanged(order).refund_ids
        self._pass(given)
        for expected in ({"goods": 115.0}, {"goods": 115.0, "delivery": 3.5}):
            later = self._returned(order).refund_ids
            self.assertEqual(self._amounts(later), expected)
            self._pass(later)
        fees = order.invoice_ids.invoice_line_ids.filtered(
            lambda li: li._aftersales_rider_kind() == "delivery"
        )
        self.assertEqual(sum(fees._aftersales_credited_parts().mapped("total")), 7.0)

    def test_money_instead_of_the_replacement_takes_the_freight_along(self):
        """EXCH-04: the draft of the freight is withdrawn, the refund of the goods holds it."""
        rma = self._accepted(self._sold())
        freight = rma.refund_ids
        rma.with_user(self.agent).action_pass_to_refund()
        self.assertEqual(freight.state, "cancelled")
        self.assertEqual(self._amounts(self._alive(rma)), {"goods": 115.0, "freight": 12.0})
        self.assertFalse(freight.deadline_ids.filtered(lambda row: row.state == "running"))

    def test_freight_that_was_paid_is_left_out_of_the_refund_of_the_goods(self):
        """FREIGHT-21: turned into a refund after the freight was paid, also when charges are judged anew."""
        rma = self._accepted(self._sold())
        freight = rma.refund_ids
        self._pass(freight)
        self._pay(freight.credit_note_id)
        rma.with_user(self.agent).action_pass_to_refund()
        goods = self._alive(rma) - freight
        rma.return_freight = 15.0
        goods.with_user(self.agent).action_recompute()
        self.assertEqual(self._amounts(goods), {"goods": 115.0, "freight": 3.0}, "three more than were paid")
        rma.return_freight = 10.0
        goods.with_user(self.agent).action_recompute()
        self.assertEqual(self._amounts(goods), {"goods": 115.0})
        self._pass(goods)
        self._pay(goods.credit_note_id)
        self.assertEqual((rma.state, rma.amount_refunded), ("done", 127.0))

    def test_freight_without_its_receipt_is_not_given_back_where_the_version_asks_for_it(self):
        """AMB-19: the receipt is the proof; another amount needs another one."""
        policy = self.env.ref("aftersales_returns.return_policy_standard").copy(
            {"company_id": self.company.id}
        )
        policy.freight_receipt_required = True
        policy.action_activate()
        order = self._sell()
        self._invoice(order)
        rma = self._returned(order, return_freight=12.0)
        refund, as_agent = rma.refund_ids, rma.with_user(self.agent)
        self.assertTrue(rma.freight_receipt_missing)
        with self.assertRaisesRegex(UserError, "receipt has not been seen"), self.cr.savepoint():
            self._confirm(refund)
        as_agent.freight_receipt_seen = True
        as_agent.return_freight = 13.0
        self.assertFalse(rma.freight_receipt_seen)
        as_agent.freight_receipt_seen = True
        self._confirm(refund)
        self.assertEqual((refund.state, self._amounts(refund)["freight"]), ("confirmed", 13.0))

    def test_an_exchange_of_choice_is_at_the_customers_expense(self):
        """EXCH-02: sending back and sending again are his; nothing is given back for them."""
        reason = self.env.ref("aftersales_returns.return_reason_no_reason")
        rma = self._exchanged(self._sold(), reason_id=reason.id, reship_freight=9.0)
        self.assertFalse(rma.refund_ids)
        rma = self._exchanged(self._sold(fee=10.0), reason_id=reason.id)
        self.assertFalse(rma.refund_ids, "the sale stands, and so does its delivery fee")

    def test_a_verdict_that_changes_withdraws_the_draft(self):
        """FREIGHT-03: agreed afterwards that the customer bears it; nothing is left to give back."""
        rma = self._exchanged(self._sold())
        rma.with_user(self.agent).write({"is_freight_agreed": True, "agreed_return": "customer"})
        rma.refund_ids.with_user(self.agent).action_recompute()
        self.assertEqual((rma.refund_ids.state, rma.refund_ids.amount), ("cancelled", 0.0))

    def test_what_a_person_cancelled_does_not_come_again_with_the_shipment(self):
        """REFUND-28: a supervisor has decided that nothing is paid."""
        rma = self._accepted(self._sold())
        rma.refund_ids.action_cancel()
        self._ship(rma)
        self.assertEqual(rma.refund_ids.mapped("state"), ["cancelled"])

    def test_freight_to_the_balance_is_no_cash_after_an_exchange_either(self):
        """FREIGHT-24: the credit note comes to nothing, what is owed stands on the account of balances."""
        account = self.company_data["default_account_revenue"].copy(
            {"account_type": "liability_current", "code": "222999", "name": "Balances"}
        )
        self.company.aftersales_store_credit_account_id = account
        refund = self._exchanged(self._sold(), reimburse_as="balance").refund_ids
        self._pass(refund)
        self.assertEqual((refund.amount, refund.state), (0.0, "paid"))
        owed = refund.credit_note_id.line_ids.filtered(lambda line: line.account_id == account)
        self.assertEqual(owed.balance, -12.0)

    def test_cash_wants_an_account_for_the_freight_too(self):
        """FREIGHT-25, REFUND-20: paid in cash on delivery, so the customer says where the freight goes."""
        order = self._sell()
        invoice = self._invoice(order, paid=False)
        self._pay(invoice, journal_id=self.company_data["default_journal_cash"].id)
        refund = self._exchanged(order).refund_ids
        with self.assertRaisesRegex(UserError, "where the money shall go"), self.cr.savepoint():
            self._confirm(refund)
        refund.with_user(self.agent).write({"account_kind": "alipay", "payee_real_name": "Wang Fang"})
        self._confirm(refund)
        self.assertEqual(refund.state, "confirmed")

    def test_an_order_in_another_currency_gives_its_own_money_back(self):
        """FREIGHT-21: 12.00 as on the receipt, in the currency of the order, booked at the invoice's rate."""
        other = self.setup_other_currency("EUR", rates=[("2016-01-01", 2.0)])
        pricelist = self.env["product.pricelist"].create({"name": "EUR", "currency_id": other.id})
        order = self._sold(pricelist_id=pricelist.id)
        refund = self._exchanged(order).refund_ids
        self._pass(refund)
        note = refund.credit_note_id
        self.assertEqual((note.currency_id, note.amount_total), (other, 12.0))
        self.assertEqual(note.invoice_currency_rate, refund.invoice_id.invoice_currency_rate)

    def test_freight_in_the_currency_of_the_order_is_converted_for_an_invoice_in_another(self):
        """FREIGHT-21: the invoice was made out in another currency than the order; 12.00 is not 12.00."""
        other = self.setup_other_currency("EUR", rates=[("2016-01-01", 2.0)])
        order = self._sell()
        invoice = order._create_invoices()
        invoice.currency_id = other
        invoice.invoice_date = fields.Date.today()
        invoice.action_post()
        self._pay(invoice)
        refund = self._exchanged(order).refund_ids
        self.assertEqual((refund.currency_id, refund.amount), (other, 24.0))

    def test_an_open_invoice_is_lowered_by_the_freight(self):
        """REFUND-05: who still owes 115.00 owes 103.00 afterwards, and gets no cash."""
        order = self._sell()
        invoice = self._invoice(order, paid=False)
        refund = self._exchanged(order).refund_ids
        self._pass(refund)
        self.assertEqual((refund.payout, refund.state, invoice.amount_residual), (0.0, "paid", 103.0))

    def test_without_an_invoice_the_freight_waits_for_it(self):
        """REFUND-05: a credit note needs something to credit."""
        order = self._sell()
        rma = self._exchanged(order)
        refund = rma.refund_ids
        self.assertFalse(refund.invoice_id)
        with self.assertRaisesRegex(UserError, "no posted customer invoice"), self.cr.savepoint():
            self._confirm(refund)
        self._invoice(order)
        refund.with_user(self.agent).action_recompute()
        self.assertEqual(self._amounts(refund), {"freight": 12.0})

    def test_repaired_goods_bring_the_return_freight_back_and_not_the_delivery_fee(self):
        """FREIGHT-16: what he laid out for the repair is the seller's, the sale stands."""
        order = self._sold(fee=7.0)
        rma = self._returned(order, resolution="repair", return_freight=12.0)
        rma.with_user(self.agent).action_pass_to_shipment()
        self.assertEqual(self._amounts(rma.refund_ids), {"freight": 12.0})

    def test_goods_turned_down_bring_nothing_back(self):
        """INSPECT-02: what was prepaid for the return is not reimbursed, nor is the delivery fee."""
        rma = self._returned(self._sold(fee=7.0), resolution="exchange", return_freight=12.0)
        rma.line_ids.sudo().accepted_qty = 0  # as if the inspection had found nothing acceptable
        rma._judge_freight()
        rma.with_user(self.agent).action_reject(reason="Water damage")
        rma._prepare_freight_refunds()
        self.assertFalse(rma.refund_ids)

    # === PROMISES AND PEOPLE === #

    def test_the_review_has_its_time_and_the_headline_says_whose_turn_it_is(self):
        """REFUND-25, -26: a working day for customer service, then one for finance."""
        policy = self.env.ref("aftersales_returns.return_policy_standard")
        policy.copy({"company_id": self.company.id}).action_activate()
        rma = self._exchanged(self._sold())
        refund = rma.refund_ids
        self.assertEqual((refund.next_kind, bool(refund.next_due_at)), ("review", True))
        self.assertRegex(rma.headline, "^Freight back: Customer service checks and confirms")
        self.assertNotIn("12", rma.headline.split("·")[0])
        self._confirm(refund)
        self.assertEqual(refund.next_kind, "finance")
        self.assertRegex(rma.headline, "^Freight back: Finance re-checks and approves")
        refund.with_user(self.accountant).action_reject(reason="Where is the receipt?")
        self.assertEqual(refund.next_kind, "review")

    def test_the_customer_sees_the_freight_once_it_is_confirmed(self):
        """REFUND-25: before that nothing is promised."""
        rma = self._exchanged(self._sold())
        self.assertFalse(rma._portal_refunds())
        self.assertIn("freight that you laid out", rma._portal_next_text())
        self._pass(rma.refund_ids)
        self.assertEqual(rma._portal_refunds().line_ids.mapped("kind"), ["freight"])
        self._pay(rma.refund_ids.credit_note_id)
        self.assertEqual(rma._portal_next_text(), "Everything is done.")

    def test_a_payment_undone_opens_the_freight_and_leaves_the_exchange_done(self):
        """REFUND-19: goods have left; the money alone has to be sent again."""
        rma = self._exchanged(self._sold())
        refund = rma.refund_ids
        self._pass(refund)
        payment = self._pay(refund.credit_note_id)
        payment.action_draft()
        payment.action_cancel()
        self.assertEqual((refund.state, rma.state), ("approved", "done"))
        self.assertRegex(rma.headline, "^Freight back: Finance pays")
