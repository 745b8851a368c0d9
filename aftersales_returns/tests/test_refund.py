"""Refunds in the books: one credit note, every cent explained, nothing twice (REFUND, requirements §5)."""

from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .refund_common import RefundCommon


@tagged("post_install", "-at_install")
class TestRefund(RefundCommon):
    # === THE MAIN WAY === #

    def test_the_credit_note_leads_back_to_its_refund(self):
        """REFUND-28: finance sees from the paper what it pays out, and for which return."""
        order = self._sell()
        self._invoice(order)
        refund = self._credit(self._returned(order))
        note = refund.credit_note_id.with_user(self.accountant)
        action = note.action_aftersales_open_refund()
        self.assertEqual((action["res_model"], action["res_id"]), (refund._name, refund.id))

    def test_a_quality_fault_gives_back_goods_fee_and_freight_less_the_missing_gift(self):
        """REFUND-05, REFUND-28, REFUND-32, FREIGHT-21, FREIGHT-25: the main job's money, to the cent."""
        order = self._sell(gift=True, fee=10.0)
        invoice = self._invoice(order)
        self.assertEqual(invoice.amount_total, 125.0)
        rma = self._returned(order, gift_back=False, return_freight=8.0)
        refund = rma.refund_ids
        self.assertEqual(
            self._amounts(refund), {"goods": 115.0, "delivery": 10.0, "freight": 8.0, "gift": -17.25}
        )
        self.assertEqual((refund.amount, refund.payout), (115.75, 115.75))
        self._confirm(refund)
        self.assertEqual(refund.state, "confirmed")
        self._approve(refund)

        note = refund.credit_note_id
        self.assertEqual((refund.state, note.state, note.payment_state), ("approved", "posted", "not_paid"))
        self.assertEqual((note.amount_total, note.amount_residual), (115.75, 115.75))
        self.assertEqual(note.reversed_entry_id, invoice)
        self.assertEqual(note.invoice_line_ids.sale_line_ids, order.order_line.filtered("price_unit"))

        self._pay(note)
        self.assertEqual((note.payment_state, refund.state, rma.state), ("paid", "paid", "done"))
        self.assertIn("Paid; the money reaches the customer", refund.headline, "by the day that follows")
        self.assertEqual(refund.payment_ids.amount, 115.75)

    def test_every_journal_item_of_the_credit_note_is_where_it_belongs(self):
        """FREIGHT-25, REFUND-32: freight is our expense, the gift is sold, only the goods bring cost back."""
        order = self._sell(gift=True, fee=10.0)
        invoice = self._invoice(order)
        expense = self.company_data["default_account_expense"].copy({"name": "Freight on returns"})
        self.company.aftersales_freight_expense_account_id = expense
        rma = self._returned(order, gift_back=False, return_freight=8.0)
        note = self._credit(rma).credit_note_id

        def balance(move, kind=None, product=None, account=None):
            lines = move.line_ids.filtered(
                lambda li: (
                    (not kind or li.display_type == kind)
                    and (not product or li.product_id == product)
                    and (not account or li.account_id == account)
                )
            )
            return round(sum(lines.mapped("balance")), 2)

        self.assertEqual(balance(note, "product", self.goods), 100.0)
        self.assertEqual(balance(note, "product", self.fee), 10.0)
        self.assertEqual(balance(note, "product", self.gift), -15.0)
        self.assertEqual(balance(note, account=expense), 8.0)
        self.assertEqual(balance(note, "tax"), 12.75)
        self.assertEqual(balance(note, "payment_term"), -115.75)
        cost = self.goods.categ_id.property_account_expense_categ_id or self.company.expense_account_id
        self.assertEqual(balance(note, "cogs", self.goods, cost), -balance(invoice, "cogs", self.goods, cost))
        self.assertEqual(balance(note, "cogs", self.goods, cost), -60.0)
        self.assertFalse(
            note.line_ids.filtered(lambda li: li.display_type == "cogs" and li.product_id == self.gift)
        )

    def test_goods_go_back_at_their_original_cost_after_a_cost_change(self):
        """The credit note reverses the cost of the invoice, not today's."""
        order = self._sell(quantity=2)
        self._invoice(order)
        self.goods.standard_price = 80.0
        note = self._credit(self._returned(order, 1)).credit_note_id
        cogs = note.line_ids.filtered(lambda li: li.display_type == "cogs" and li.balance < 0)
        self.assertEqual(sum(cogs.mapped("balance")), -60.0)

    def test_three_of_seven_and_the_rest_add_up_to_the_invoice(self):
        """REFUND-05: 7 × 33.33 less 12.5 %; the last return takes the remainder."""
        order = self._sell(quantity=7, price=33.33, discount=12.5)
        invoice = self._invoice(order)
        for quantity in (1, 1, 3, 2):
            self._credit(self._returned(order, quantity))
        notes = invoice.reversal_move_ids
        self.assertEqual(len(notes), 4)
        self.assertEqual(round(sum(notes.mapped("amount_untaxed")), 2), invoice.amount_untaxed)
        self.assertEqual(round(sum(notes.mapped("amount_total")), 2), invoice.amount_total)
        self.assertEqual(sum(notes.invoice_line_ids.mapped("quantity")), 7.0)

    def test_price_included_tax_is_credited_to_the_cent(self):
        """REFUND-05."""
        self.tax.price_include_override = "tax_included"
        order = self._sell(quantity=3, price=9.99)
        invoice = self._invoice(order)
        for _i in range(3):
            self._credit(self._returned(order, 1))
        notes = invoice.reversal_move_ids
        self.assertEqual(round(sum(notes.mapped("amount_total")), 2), invoice.amount_total)

    def test_a_foreign_currency_is_credited_at_the_rate_of_the_invoice(self):
        """No exchange difference arises from a return."""
        other = self.setup_other_currency("EUR", rates=[("2016-01-01", 2.0)])
        pricelist = self.env["product.pricelist"].create({"name": "EUR", "currency_id": other.id})
        order = self._sell(price=100.0, pricelist_id=pricelist.id)
        invoice = self._invoice(order, paid=False)
        self.env["res.currency.rate"].create(
            {
                "currency_id": other.id,
                "company_id": self.company.id,
                "name": fields.Date.today(),
                "rate": 4.0,
            }
        )
        note = self._credit(self._returned(order)).credit_note_id
        self.assertEqual(note.invoice_currency_rate, invoice.invoice_currency_rate)
        self.assertEqual(abs(note.amount_total_signed), abs(invoice.amount_total_signed))
        self.assertFalse(note.line_ids.matched_debit_ids.exchange_move_id)

    # === UNPAID INVOICES === #

    def test_an_unpaid_invoice_is_lowered_and_nothing_is_paid_out(self):
        """REFUND-05: the refund is done with the approval; no money leaves."""
        order = self._sell(quantity=2)
        invoice = self._invoice(order, paid=False)
        rma = self._returned(order, 1)
        refund = self._credit(rma)
        self.assertEqual((refund.amount, refund.payout), (115.0, 0.0))
        self.assertEqual((refund.state, rma.state), ("paid", "done"))
        self.assertEqual(invoice.amount_residual, 115.0)

    def test_a_partly_paid_invoice_pays_out_what_was_paid_too_much(self):
        """500 invoiced, 300 paid, 300 credited: 100 to pay back."""
        self.goods.taxes_id = False
        order = self._sell(quantity=5)
        invoice = self._invoice(order, paid=False)
        self._pay(invoice, amount=300.0)
        refund = self._credit(self._returned(order, 3))
        self.assertEqual((refund.amount, refund.payout), (300.0, 100.0))
        self.assertEqual((invoice.amount_residual, refund.credit_note_id.amount_residual), (0.0, 100.0))

    # === THE WAY BACK === #

    def test_a_payment_undone_opens_refund_and_return_again(self):
        """The state follows Accounting both ways."""
        rma = self._returned(self._invoiced())
        refund = self._credit(rma)
        payment = self._pay(refund.credit_note_id)
        self.assertEqual((refund.state, rma.state), ("paid", "done"))
        payment.action_draft()
        payment.action_cancel()
        self.assertEqual((refund.state, rma.state), ("approved", "to_refund"))
        self._pay(refund.credit_note_id)
        self.assertEqual((refund.state, rma.state), ("paid", "done"))

    def test_a_return_whose_refund_was_cancelled_says_so_and_gets_another(self):
        """Nobody stands before a return that says "confirm the refund" and has none."""
        order = self._sell()
        self._invoice(order)
        rma = self._returned(order)
        first = rma.refund_ids
        first.action_cancel()
        self.env.flush_all()  # somebody else comes later
        self.assertTrue(rma.lacks_refund)
        self.assertIn("prepare it again", rma.headline)
        rma.with_user(self.agent).action_prepare_refund()
        second = rma.refund_ids - first
        self.assertEqual((second.state, second.amount), ("draft", first.amount))
        self.assertNotEqual(second.name, first.name)
        self.assertFalse(rma.lacks_refund)
        self.assertIn("confirms the refund", rma.headline)
        with self.assertRaisesRegex(UserError, "has a refund already"):
            rma.with_user(self.agent).action_prepare_refund()

    def test_a_cancelled_credit_note_asks_for_approval_again(self):
        """REFUND-28: and then there is exactly one that counts."""
        rma = self._returned(self._invoiced())
        refund = self._credit(rma)
        first = refund.credit_note_id
        self._pay(first)
        first.button_cancel()
        self.assertEqual((refund.state, rma.state), ("confirmed", "to_refund"))
        self._approve(refund)
        second = refund.credit_note_id
        self.assertNotEqual(first, second)
        self.assertEqual((first.state, second.state, refund.state), ("cancel", "posted", "approved"))

    def test_a_credit_note_reset_to_draft_is_not_posted_past_finance(self):
        """REFUND-28: whoever changes it in Accounting cannot put it back without approval."""
        refund = self._credit(self._returned(self._invoiced()))
        note = refund.credit_note_id
        note.button_draft()
        self.assertEqual(refund.state, "confirmed")
        with self.assertRaisesRegex(UserError, "approving the refund"):
            note.action_post()
        self._approve(refund)
        self.assertEqual((note.state, refund.credit_note_id.state), ("cancel", "posted"))

    # === NOTHING TWICE === #

    def test_approving_twice_posts_one_credit_note(self):
        """One credit note per approved refund, whatever is clicked twice."""
        refund = self._credit(self._returned(self._invoiced()))
        with self.assertRaises(UserError):
            self._approve(refund)
        with self.assertRaises(UserError):
            refund.with_user(self.accountant)._fire("approve")
        notes = self.env["account.move"].search([("aftersales_refund_id", "=", refund.id)])
        self.assertEqual(notes, refund.credit_note_id)

    def test_the_database_refuses_a_second_credit_note(self):
        refund = self._credit(self._returned(self._invoiced()))
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            second = refund.credit_note_id.copy()
            second.aftersales_refund_id = refund
            self.env.flush_all()

    def test_the_same_goods_are_not_credited_twice(self):
        """REFUND-05: not by a second return and not beside a credit note made in Accounting."""
        order = self._sell()
        invoice = self._invoice(order)
        self._credit_by_hand(invoice)
        rma = self._returned(order)
        refund = self._credit(rma)
        self.assertEqual((refund.amount, refund.credit_note_id.id, rma.state), (0.0, False, "done"))

    def test_a_credit_note_made_in_between_sends_the_refund_back(self):
        """REFUND-28: finance re-checks; a refund whose facts have changed is not approved."""
        order = self._sell()
        invoice = self._invoice(order)
        refund = self._returned(order).refund_ids
        self._confirm(refund)
        self._credit_by_hand(invoice)
        with self.assertRaises(UserError):
            self._approve(refund)
        self.assertEqual(refund.state, "confirmed")
        self.assertFalse(refund.credit_note_id)

    def test_what_was_credited_is_not_offered_for_invoicing_again(self):
        """The sales order stays invoiced although the credit note hangs on its line."""
        order = self._sell(quantity=2, fee=10.0)
        self._invoice(order)
        self._credit(self._returned(order, 2))
        self.assertEqual(order.order_line.mapped("qty_to_invoice"), [0.0, 0.0])
        self.assertNotEqual(order.invoice_status, "to invoice")

    # === WHO MAY === #

    def test_nobody_approves_what_they_confirmed(self):
        """REFUND-28, four eyes."""
        both = self._user("refund_both", "aftersales_service.group_agent,aftersales_service.group_accountant")
        refund = self._returned(self._invoiced()).refund_ids
        refund.with_user(both).action_confirm()
        self.assertNotIn("approve", refund.with_user(both).allowed_events)
        with self.assertRaises(AccessError):
            refund.with_user(both).action_approve()
        self._approve(refund)
        self.assertEqual(refund.approved_by_id, self.accountant)

    def test_the_returns_headline_says_whose_turn_the_refund_is_without_its_amount(self):
        """Once customer service has confirmed, it is finance's turn; the warehouse may know that."""
        rma = self._returned(self._invoiced())
        self.assertIn("Customer service confirms", rma.headline)
        self._confirm(rma.refund_ids)
        seen = rma.with_user(self.inspector).headline
        self.assertIn("Finance re-checks and approves · by ", seen)
        self.assertNotIn("115", seen)

    def test_an_agent_confirms_and_cannot_approve(self):
        """REFUND-25, REFUND-28."""
        refund = self._returned(self._invoiced()).refund_ids
        self._confirm(refund)
        with self.assertRaises(AccessError):
            refund.with_user(self.agent).action_approve()
        self.assertEqual(refund.state, "confirmed")

    def test_an_inspector_reads_no_refund_and_no_account(self):
        """Least rights: the warehouse sees no bank data."""
        inspector = self.inspector
        rma = self._returned(self._invoiced())
        refund = rma.refund_ids
        with self.assertRaises(AccessError):
            refund.with_user(inspector).read(["payee_account_id"])
        with self.assertRaises(AccessError):
            rma.with_user(inspector).read(["refund_ids"])

    def test_amounts_and_state_are_nobodys_to_write(self):
        refund = self._returned(self._invoiced()).refund_ids
        for vals in (
            {"amount": 1.0},
            {"state": "paid"},
            {"credit_note_id": False},
            {"line_ids": [Command.clear()]},
        ):
            with self.assertRaises(AccessError):
                refund.with_user(self.accountant).write(vals)
        with self.assertRaises(AccessError):
            refund.line_ids.with_user(self.accountant).write({"total": 1.0})

    # === WHAT CANNOT GO OUT === #

    def test_goods_without_invoice_are_not_confirmed_while_money_has_come_in(self):
        """A clear sentence, and the draft takes up the invoice once there is one."""
        order = self._sell()
        with patch.object(type(order), "_aftersales_is_prepaid", lambda order: True):
            rma = self._returned(order)
            refund = rma.refund_ids
            self.assertEqual(order.order_line.qty_to_invoice, 1.0)
            with self.assertRaisesRegex(UserError, "no posted customer invoice"):
                self._confirm(refund)
            self._invoice(order)
        refund.with_user(self.agent).action_recompute()
        self._confirm(refund)
        self.assertEqual((len(rma.refund_ids), refund.amount), (1, 115.0))

    def test_what_was_never_invoiced_is_neither_billed_nor_paid_back(self):
        """REFUND-05: one of two came back before any invoice: one is billed, no money is due."""
        order = self._sell(2)
        rma = self._returned(order)
        self.assertEqual(order.order_line.qty_to_invoice, 1.0)
        refund = self._credit(rma)
        answer = refund._verdict_of("refund")[refund]
        self.assertEqual((answer.outcome, refund.amount, refund.state), ("nothing", 0.0, "paid"))
        self.assertIn("refund_not_invoiced", [clause["code"] for clause in answer.explanation])
        self.assertFalse(refund.credit_note_id)
        self.assertEqual((rma.state, self._invoice(order).amount_total), ("done", 115.0))

    def test_the_customer_reads_how_much_he_gets(self):
        """PROG-02, REFUND-28: the mail of an approved refund names the amount."""
        self.customer.email = "wang.fang@example.com"
        order = self._sell(1)
        self._invoice(order)
        rma = self._returned(order)
        self._credit(rma)
        mails = self.env["mail.mail"].search([("model", "=", "aftersales.rma"), ("res_id", "=", rma.id)])
        told = {mail.subject.removeprefix(rma.name).strip(":： "): str(mail.body_html) for mail in mails}
        self.assertIn("115.00", told["your refund is approved"])

    def test_freight_of_goods_that_were_never_invoiced_is_paid_back(self):
        """FREIGHT-25: 12.00 laid out for a faulty piece come back by a credit note without an invoice."""
        rma = self._returned(self._sell(), return_freight=12.0)
        account = {
            "acc_number": "6222 0002",
            "partner_id": self.customer.id,
            "bank_id": self.env["res.bank"].create({"name": "Bank"}).id,
        }
        rma.refund_ids.with_user(self.agent).write(
            {
                "account_kind": "bank",
                "payee_account_id": self.env["res.partner.bank"].create(account).id,
                "payee_branch": "West Lake",
            }
        )
        refund = self._credit(rma)
        self.assertEqual((refund.payout, refund.credit_note_id.amount_total), (12.0, 12.0))
        self.assertEqual(refund.credit_note_id.partner_id, self.customer)

    def test_a_draft_invoice_waits_for_its_posting(self):
        """REFUND-05: the invoice is made already: posting it comes first."""
        order = self._sell()
        order._create_invoices()
        with self.assertRaisesRegex(UserError, "no posted customer invoice"):
            self._confirm(self._returned(order).refund_ids)

    def test_cash_needs_an_account_of_the_consignee(self):
        """REFUND-17, REFUND-21, REFUND-22, REFUND-23: asked for, checked, and told what is missing."""
        order = self._sell()
        invoice = self._invoice(order, paid=False)
        self._pay(invoice, journal_id=self.company_data["default_journal_cash"].id)
        refund = self._returned(order).refund_ids
        with self.assertRaisesRegex(UserError, "Alipay or bank account"):
            self._confirm(refund)
        bank = self.env["res.bank"].create({"name": "Bank"})
        other = self.env["res.partner"].create({"name": "Li Lei"})
        account = self.env["res.partner.bank"].create(
            {
                "acc_number": "6222 0001",
                "partner_id": self.customer.id,
                "bank_id": bank.id,
                "acc_holder_name": other.name,
            }
        )
        as_agent = refund.with_user(self.agent)
        as_agent.write({"account_kind": "bank", "payee_account_id": account.id})
        with self.assertRaisesRegex(UserError, "branch"):
            self._confirm(refund)
        as_agent.payee_branch = "Pudong"
        with self.assertRaisesRegex(UserError, "not the consignee"):
            self._confirm(refund)
        account.acc_holder_name = "WANG  FANG"
        self._confirm(refund)
        self.assertEqual(refund.channel_id.code, "refund_named_bank")
        with self.assertRaisesRegex(UserError, "settled"):
            as_agent.payee_branch = "Jing'an"

    def _paid_online(self, order, mode):
        """Paid by Odoo's own provider for what is settled by hand, in ``mode``."""
        provider = self.env["payment.provider"].search([("custom_mode", "=", mode)], limit=1)
        invoice = self._invoice(order, paid=False)
        payment = self._pay(invoice)
        payment.payment_transaction_id = self.env["payment.transaction"].create(
            {
                "provider_id": provider.copy({"company_id": self.company.id}).id,
                "payment_method_id": self.env["payment.method"].search([], limit=1).id,
                "reference": f"{order.name}-{mode}",
                "amount": invoice.amount_total,
                "currency_id": invoice.currency_id.id,
                "partner_id": self.customer.id,
            }
        )
        return self._returned(order).refund_ids

    def test_what_was_paid_at_the_door_has_no_way_back_of_its_own(self):
        """REFUND-20: with Odoo's Cash on delivery, into the bank's journal: the customer names an account."""
        refund = self._paid_online(self._sell(), "cash_on_delivery")
        with self.assertRaisesRegex(UserError, "Alipay or bank account"):
            self._confirm(refund)
        self.assertEqual(refund.channel_id.code, "refund_ask")

    def test_a_wire_transfer_goes_back_where_it_came_from(self):
        """REFUND-20: Odoo's Wire transfer is a promise by the same provider, but came from an account."""
        refund = self._paid_online(self._sell(), "wire_transfer")
        self._confirm(refund)
        self.assertEqual((refund.state, refund.channel_id.code), ("confirmed", "refund_bank_transfer"))

    def test_a_deduction_larger_than_the_refund_is_told_and_not_booked(self):
        """REFUND-32: the refund never turns into a bill."""
        order = self._sell(price=10.0, gift=True)
        self._invoice(order)
        rma = self._returned(order, gift_back=False)
        refund = self._credit(rma)
        self.assertEqual((refund.amount, refund.shortfall), (0.0, 5.75))
        self.assertEqual((refund.state, rma.state), ("paid", "done"))

    def test_freight_to_the_balance_is_a_debt_and_no_cash(self):
        """FREIGHT-24, REFUND-34."""
        credit = self.company_data["default_account_payable"].copy(
            {
                "name": "Store credit",
                "account_type": "liability_current",
                "reconcile": False,
            }
        )
        order = self._invoiced()
        refund = self._returned(order, return_freight=8.0, reimburse_as="balance").refund_ids
        self._confirm(refund)
        with self.assertRaisesRegex(UserError, "Store credit"), self.env.cr.savepoint():
            self._approve(refund)
        self.company.aftersales_store_credit_account_id = credit
        self._approve(refund)
        note = refund.credit_note_id
        self.assertEqual((note.amount_total, refund.payout), (115.0, 115.0))
        owed = note.line_ids.filtered(lambda li: li.account_id == credit)
        self.assertEqual(owed.balance, -8.0)

    # === PROMISES === #

    def test_finance_has_one_working_day_and_the_bank_its_own(self):
        """REFUND-18, REFUND-26: the clock of finance ends with the payment, then the arrival runs."""
        refund = self._returned(self._invoiced()).refund_ids
        self._confirm(refund)
        self.assertEqual(refund.next_kind, "finance")
        self._approve(refund)
        self.assertEqual(refund.next_kind, "finance")
        self._pay(refund.credit_note_id)
        self.assertEqual(refund.next_kind, "arrival")
        self.assertEqual(refund.channel_id.days_max, 5)
        refund.with_user(self.agent).action_arrive()
        self.assertFalse(refund.next_kind)
        self.assertTrue(refund.arrived_at)

    def test_finance_sends_back_with_a_reason(self):
        """REFUND-28: the re-check may end with no; customer service corrects and confirms again."""
        refund = self._returned(self._invoiced()).refund_ids
        self._confirm(refund)
        as_accountant = refund.with_user(self.accountant)
        asked = as_accountant.action_reject()
        self.assertEqual((asked["res_model"], refund.state), ("aftersales.refund.reason", "confirmed"))
        wizard = (
            self.env[asked["res_model"]]
            .with_user(self.accountant)
            .with_context(**asked["context"])
            .create({"reason": "Freight receipt is missing"})
        )
        wizard.action_confirm()
        self.assertEqual((refund.state, refund.confirmed_by_id), ("draft", self.env["res.users"]))
        self.assertIn("Freight receipt is missing", refund.message_ids[0].body)
        self._confirm(refund)
        self.assertEqual(refund.state, "confirmed")

    def test_a_failed_payment_is_a_call_for_customer_service(self):
        """REFUND-19: whoever confirmed contacts the customer; then it is paid again."""
        refund = self._credit(self._returned(self._invoiced()))
        refund.with_user(self.accountant).action_fail("Account closed")
        self.assertEqual((refund.state, refund.activity_ids.user_id), ("failed", self.agent))
        refund.with_user(self.accountant).action_retry()
        self._pay(refund.credit_note_id)
        self.assertEqual(refund.state, "paid")

    def test_customer_service_and_finance_open_the_form(self):
        """Nobody of them needs other rights than theirs to read a refund; the warehouse reads its returns."""
        rma = self._returned(self._invoiced(), return_freight=8.0)
        for user in (self.agent, self.accountant):
            Form(rma.refund_ids.with_user(user))
            Form(rma.with_user(user))
        Form(rma.with_user(self.inspector))

    def test_a_failing_step_leaves_nothing_behind(self):
        """Nothing half done: posting fails, the refund stays confirmed without credit note."""
        refund = self._returned(self._invoiced()).refund_ids
        self._confirm(refund)
        with (
            patch.object(type(self.env["account.move"]), "_post", side_effect=UserError("locked")),
            self.assertRaises(UserError),
            self.env.cr.savepoint(),
        ):
            self._approve(refund)
        self.assertEqual(refund.state, "confirmed")
        self.assertFalse(self.env["account.move"].search([("aftersales_refund_id", "=", refund.id)]))

    def _invoiced(self):
        order = self._sell()
        self._invoice(order)
        return order
