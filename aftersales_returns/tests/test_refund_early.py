"""Discounts for early payment: 115.00 invoiced, 112.70 paid, 112.70 given back."""

from odoo import Command, fields
from odoo.tests import tagged

from .refund_common import ExchangeCommon


@tagged("-at_install", "post_install")
class TestRefundEarly(ExchangeCommon):
    def _terms(self, computation="included", percentage=2.0):
        return self.env["account.payment.term"].create(
            {
                "name": "Early",
                "early_discount": True,
                "discount_percentage": percentage,
                "discount_days": 10,
                "early_pay_discount_computation": computation,
                "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": 30})],
            }
        )

    def _sold(self, quantity=1, computation="included", percentage=2.0, pay=None, **vals):
        """An invoice paid early, unless ``pay`` says how."""
        order = self._sell(quantity, payment_term_id=self._terms(computation, percentage).id, **vals)
        invoice = self._invoice(order, paid=False)
        self._pay(invoice, **(pay or {}))
        self.assertEqual(invoice.amount_residual, 0.0)
        return order, invoice

    def _given(self, invoice):
        return round(sum(invoice.reversal_move_ids.mapped("amount_total")), 2)

    def _why(self, refund):
        return [clause["code"] for clause in refund._verdict_of("refund")[refund].explanation]

    def test_what_the_discount_took_off_is_not_refunded(self):
        """REFUND-05: 100.00 and 15.00 tax, 2 % off both: 112.70 paid and given back, 14.70 of it tax."""
        order, invoice = self._sold()
        self.assertEqual(invoice.reconciled_payment_ids.amount, 112.7)
        refund = self._credit(self._returned(order))
        note = refund.credit_note_id
        self.assertEqual((refund.payout, note.amount_total, note.amount_tax), (112.7, 112.7, 14.7))
        self.assertEqual(self._amounts(refund), {"goods": 115.0, "early": -2.3})
        self.assertIn("refund_early", self._why(refund))
        self._pay(note)
        account = self.company.account_journal_early_pay_discount_loss_account_id
        booked = self.env["account.move.line"].search([("account_id", "=", account.id)])
        self.assertEqual((refund.state, sum(booked.mapped("balance"))), ("paid", 0.0))

    def test_terms_that_leave_the_tax_alone(self):
        """REFUND-05: 2 % of the price without tax: 113.00 paid and given back, 15.00 of it tax."""
        order, _invoice = self._sold(computation="excluded")
        note = self._credit(self._returned(order)).credit_note_id
        self.assertEqual((note.amount_total, note.amount_tax), (113.0, 15.0))

    def test_partial_returns_add_up_to_what_was_paid(self):
        """REFUND-05: three pieces of 33.33 and tax, 3 % off: two, then the third; to the cent."""
        order, invoice = self._sold(3, percentage=3.0, price=33.33)
        paid = invoice.reconciled_payment_ids.amount
        first = self._credit(self._returned(order, 2))
        self.assertLess(first.amount, paid * 2 / 3 + 0.01)
        self._credit(self._returned(order, 1))
        self.assertEqual(self._given(invoice), paid)

    def test_prices_that_include_their_tax(self):
        """REFUND-05: 115.00 with 15.00 of tax in it, two pieces, 2 % off; 112.70 for each."""
        self.tax.price_include_override = "tax_included"
        order, invoice = self._sold(2, price=115.0)
        for _piece in range(2):
            note = self._credit(self._returned(order)).credit_note_id
            self.assertEqual((note.amount_total, note.amount_tax), (112.7, 14.7))
        self.assertEqual(self._given(invoice), invoice.reconciled_payment_ids.amount)

    def test_another_currency(self):
        """REFUND-05: sold and paid in a foreign currency at a rate of its day; given back in it."""
        foreign = self.setup_other_currency("EUR", rates=[("2017-01-01", 2.0)])
        pricelist = self.env["product.pricelist"].create({"name": "EUR", "currency_id": foreign.id})
        order, invoice = self._sold(3, pricelist_id=pricelist.id, price=33.33)
        self.assertEqual(invoice.currency_id, foreign)
        paid = invoice.reconciled_payment_ids.amount
        self.assertEqual(paid, round(invoice.amount_total * 0.98, 2))
        for quantity in (2, 1):
            self._credit(self._returned(order, quantity))
        self.assertEqual(self._given(invoice), paid)

    def test_a_late_payment_has_no_discount(self):
        """REFUND-05: paid after the days of the discount: 115.00 in and out."""
        late = {"payment_date": fields.Date.add(fields.Date.today(), days=11)}
        order, _invoice = self._sold(pay=late)
        refund = self._credit(self._returned(order))
        self.assertEqual(refund.amount, 115.0)
        self.assertNotIn("refund_early", self._why(refund))

    def test_a_few_cents_written_off_are_no_discount(self):
        """REFUND-05: 114.97 arrived, 0.03 kept by the bank are a cost of ours: 115.00 are given."""
        account = self.company_data["default_account_expense"]
        written_off = {
            "payment_date": fields.Date.add(fields.Date.today(), days=11),
            "amount": 114.97,
            "payment_difference_handling": "reconcile",
            "writeoff_account_id": account.id,
        }
        order, _invoice = self._sold(pay=written_off)
        self.assertEqual(self._credit(self._returned(order)).amount, 115.0)

    def test_one_payment_of_two_invoices(self):
        """REFUND-05: 115.00 at 2 % and 230.00 at 5 % paid together: each its own discount."""
        orders = [
            self._sell(quantity, payment_term_id=self._terms(percentage=percentage).id)
            for quantity, percentage in ((1, 2.0), (2, 5.0))
        ]
        invoices = [self._invoice(order, paid=False) for order in orders]
        self._pay(invoices[0] | invoices[1], group_payment=True)
        amounts = [self._credit(self._returned(o, q)).amount for o, q in zip(orders, (1, 2), strict=True)]
        self.assertEqual(amounts, [112.7, 218.5])

    def test_what_accounting_credited_at_full_price_takes_no_more_than_was_paid(self):
        """REFUND-05: one of two credited by hand with 115.00; the return of the other gives 110.40."""
        order, invoice = self._sold(2)
        note = invoice._reverse_moves()
        note.invoice_line_ids.quantity = 1
        note.action_post()
        self._credit(self._returned(order))
        self.assertEqual(self._given(invoice), 225.4)

    def test_an_undone_payment_undoes_the_discount(self):
        """REFUND-05: the payment bounces: the invoice is open, and nothing was taken off."""
        order, invoice = self._sold()
        refund = self._returned(order).refund_ids
        self.assertEqual(refund.amount, 112.7)
        invoice.line_ids.remove_move_reconcile()
        refund.with_user(self.agent).action_recompute()
        self.assertEqual((refund.amount, refund.payout), (115.0, 0.0))

    def test_an_exchange_for_a_cheaper_article_gives_no_more_than_was_paid(self):
        """REFUND-05: 115.00 paid with 112.70, exchanged for an article that is free: never 115.00."""
        order, _invoice = self._sold()
        other = self._product("Sample", 0.0, 1.0)
        self._stock(other, 1)
        sold = {"sale_line_id": order.order_line.id, "quantity": 1, "exchange_product_id": other.id}
        rma = self._returned(
            order, resolution="exchange", return_freight=12.0, line_ids=[Command.create(sold)]
        )
        rma.with_user(self.agent).action_pass_to_shipment()
        note = rma.sudo().exchange_invoice_ids
        self.assertEqual(note.amount_total, 112.7)
        note.action_post()
        self.assertEqual((note.amount_total, note.amount_tax), (112.7, 14.7))
        self._ship(rma)
        freight = self._alive(rma)
        self.assertEqual((freight._verdict_of("refund")[freight].outcome, freight.payout), ("pay_out", 12.0))
