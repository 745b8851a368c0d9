from odoo import Command, models
from odoo.exceptions import UserError

from ..policy import refund


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    def _create_exchange_document(self, order, rows, reference):
        """The pieces that are credited take their share of discounts and promotions along.

        What was paid by card, wallet or points moves on to the other article.
        """
        return super()._create_exchange_document(order, rows + self._rider_rows(rows), reference)

    def _rider_rows(self, rows):
        """Rows of the riders of credited rows, by the invoice that they were granted on."""
        credited, found = {}, []
        for row in rows:
            if origin := row.get("aftersales_origin_line_id"):
                credited[origin] = credited.get(origin, 0.0) - row["quantity"]
        lines = self.env["account.move.line"].sudo().browse(credited)  # sudo: as for the document itself
        for invoice in lines.move_id:
            of_invoice = lines.filtered(lambda line, invoice=invoice: line.move_id == invoice)
            found += self._rider_rows_of(invoice, {line: credited[line.id] for line in of_invoice})
        return found

    def _rider_rows_of(self, invoice, quantities):
        """Shares as of a refund of ``quantities`` {invoice line: quantity in its unit}, the sign turned."""
        goods = [
            Command.create({"kind": "goods", "invoice_line_id": line.id, "quantity": quantity})
            for line, quantity in quantities.items()
        ]
        # a refund that is never kept: the same facts and shares, whether money or goods are given back
        trial = self.env["aftersales.refund"].sudo().new({"rma_id": self.id, "invoice_id": invoice.id})
        trial.line_ids = goods
        facts = refund.dataclasses.replace(trial._refund_facts(), freight=(), gifts=(), coins=())
        riding = [part for part in refund.invoice_parts(facts) if part.kind == refund.PROMOTION]
        return [trial._prepare_rider_row(part) for part in riding]


class AftersalesRefund(models.Model):
    _inherit = "aftersales.refund"

    def _prepare_rider_row(self, part):
        row = self._prepare_rider_line(self.line_ids.new(self._part_vals(part)))
        return {**row, "quantity": -row["quantity"]}


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        exchanges = self.filtered(lambda move: move.aftersales_exchange_rma_id)
        for note in exchanges.filtered(lambda move: move.move_type == "out_refund"):
            note._aftersales_refuse_more_than_paid()
        return super()._post(soft)

    def _aftersales_refuse_more_than_paid(self):
        """An exchange for a cheaper article gives back no more money than the invoices still carry.

        What was paid by card, wallet or points is no part of an invoice's total: it never leaves as cash
        (REFUND-06).
        """
        invoices = self.invoice_line_ids.aftersales_origin_line_id.move_id
        notes = invoices.reversal_move_ids | invoices.invoice_line_ids.aftersales_credit_line_ids.move_id
        given = notes.filtered(lambda move: move.move_type == "out_refund" and move.state == "posted") - self
        left = sum(invoices.mapped("amount_total")) - sum(given.mapped("amount_total"))
        if invoices and self.currency_id.compare_amounts(self.amount_total, left) > 0:
            raise UserError(
                self.env._(
                    "%(document)s gives back %(amount)s, but of the money paid for %(invoices)s only "
                    "%(left)s is left. What was paid by card, wallet or points goes back there: lower the "
                    "amount here and give the rest back on the card.",
                    document=self.display_name,
                    amount=self.currency_id.format(self.amount_total),
                    invoices=", ".join(invoices.mapped("name")),
                    left=self.currency_id.format(max(left, 0.0)),
                )
            )
