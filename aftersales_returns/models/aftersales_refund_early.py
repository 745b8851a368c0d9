"""Discounts for early payment: what the customer never paid is not refunded.

Odoo writes such a discount into the entry of the payment, on the company's account for it, with its tax where
the terms lower the tax as well. What is written off elsewhere (a few cents of a bank) is no discount: the
customer owes nothing any more, and gets back what was invoiced.
"""

from odoo import api, fields, models

from ..policy import refund


class AccountMove(models.Model):
    _inherit = "account.move"

    def _aftersales_term_lines(self):
        return self.line_ids.filtered(lambda line: line.display_type == "payment_term")

    def _aftersales_early_discount(self):
        """{taxes: (untaxed, total)} that early payment took off this invoice, in its currency, positive."""
        taken = {}
        for entry in self._aftersales_paid_by():
            share = self._aftersales_share_of_discount(entry)
            for taxes, amounts in entry._aftersales_discounts(self.currency_id).items():
                before = taken.get(taxes, (0.0, 0.0))
                taken[taxes] = tuple(was + share * now for was, now in zip(before, amounts, strict=True))
        return taken

    def _aftersales_paid_by(self):
        """Entries of payments and bank statements that settled this invoice."""
        terms = self._aftersales_term_lines()
        others = terms.matched_credit_ids.credit_move_id | terms.matched_debit_ids.debit_move_id
        return others.move_id.filtered(lambda move: move.move_type == "entry")

    def _aftersales_discounts(self, currency):
        """{taxes: (untaxed, total)} of the discounts that this entry of a payment gives."""
        account = self.company_id.account_journal_early_pay_discount_loss_account_id
        given, found = self.line_ids.filtered(lambda line: line.account_id == account), {}
        for taxes, lines in given.grouped("tax_ids").items():
            of_tax = self.line_ids.filtered(
                lambda line, taxes=taxes: line.tax_line_id in taxes.flatten_taxes_hierarchy()
            )
            untaxed = sum(line._aftersales_in(currency) for line in lines)
            found[taxes] = (untaxed, untaxed + sum(line._aftersales_in(currency) for line in of_tax))
        return found

    def _aftersales_share_of_discount(self, entry):
        """Share, 0…1, of the discounts of ``entry`` that is this invoice's: a payment may settle several."""
        paid = entry.line_ids.matched_debit_ids.debit_move_id.move_id
        promised = {invoice: invoice._aftersales_promised_discount(entry.date) for invoice in paid}
        if not any(promised.values()):
            promised = {invoice: invoice.amount_total for invoice in paid}
        whole = sum(promised.values())
        return promised.get(self, 0.0) / whole if whole else 0.0

    def _aftersales_promised_discount(self, day):
        """What the terms take off for a payment on ``day``."""
        terms = self._aftersales_term_lines().filtered(
            lambda line: line.discount_date and day <= line.discount_date
        )
        return sum(terms.mapped("amount_currency")) - sum(terms.mapped("discount_amount_currency"))


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _aftersales_in(self, currency):
        return self.currency_id._convert(self.amount_currency, currency, self.company_id, self.date)

    def _aftersales_early_taken(self):
        """(untaxed, total) of the discount that refunds and exchanges have taken off, positive."""
        parts = self._aftersales_credited_parts()
        swapped = self._aftersales_exchange_credits()
        return (
            sum(abs(line.price_subtotal) for line in swapped) - sum(parts.mapped("untaxed")),
            sum(abs(line.price_total) for line in swapped) - sum(parts.mapped("total")),
        )


class AftersalesRefund(models.Model):
    _inherit = "aftersales.refund"

    def _refund_facts(self):
        return refund.dataclasses.replace(super()._refund_facts(), early=self._early_facts())

    def _credited_total(self):
        swapped = self.invoice_id._aftersales_term_lines()._aftersales_exchange_credits()
        return super()._credited_total() - sum(abs(line.price_total) for line in swapped)

    def _early_facts(self):
        discounts = self.invoice_id._aftersales_early_discount().values()
        amounts = [self._money(sum(amount)) for amount in zip(*discounts, strict=True)]
        if not amounts or amounts[1] <= 0:
            return ()
        terms = self.invoice_id._aftersales_term_lines()
        taken = map(self._money, terms._aftersales_early_taken())
        return (refund.EarlyPayment(terms[0].id, *amounts, *taken),)

    def _part_vals(self, part):
        vals = super()._part_vals(part)
        return {**vals, "name": self._early_name()} if part.kind == refund.EARLY else vals

    def _prepare_credit_note_lines(self):
        early = self.line_ids.filtered(lambda part: part.kind == "early")
        rows = [row for part in early for row in self._prepare_early_lines(part)]
        return super()._prepare_credit_note_lines() + rows

    def _prepare_early_lines(self, part):
        """The discount is taken back where the payment had booked it, tax by tax; the last takes the cent."""
        discounts = self.invoice_id._aftersales_early_discount()
        whole = sum(untaxed for untaxed, _total in discounts.values())
        left, rows = part.untaxed, []
        for at, (taxes, (untaxed, _total)) in enumerate(discounts.items(), 1):
            share = self.currency_id.round(part.untaxed * untaxed / whole) if at < len(discounts) else left
            left -= share
            rows.append(self._prepare_early_line(taxes, share))
        return rows

    def _prepare_early_line(self, taxes, untaxed):
        included = any(taxes.flatten_taxes_hierarchy().mapped("price_include"))
        amounts = taxes.compute_all(untaxed, self.currency_id, handle_price_include=False)
        return {
            "name": self._early_name(),
            "quantity": 1.0,
            "price_unit": amounts["total_included"] if included else untaxed,
            "account_id": self.company_id.account_journal_early_pay_discount_loss_account_id.id,
            "tax_ids": [fields.Command.set(taxes.ids)],
            "aftersales_origin_line_id": self.invoice_id._aftersales_term_lines()[0].id,
        }

    @api.model
    def _early_name(self):
        return self.env._("Discount for early payment, not paid and not refunded")
