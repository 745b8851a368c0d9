from odoo import Command, models

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
        refunds = self.env["aftersales.refund"].sudo()  # sudo: whoever posts has no rights on refunds
        trial = refunds.new({"rma_id": self.id, "invoice_id": invoice.id})
        trial.line_ids = goods
        facts = refund.dataclasses.replace(trial._refund_facts(), freight=(), gifts=(), coins=())
        riding = [part for part in refund.invoice_parts(facts) if part.kind == refund.PROMOTION]
        return [trial._prepare_rider_row(part) for part in riding]


class AftersalesRefund(models.Model):
    _inherit = "aftersales.refund"

    def _prepare_rider_row(self, part):
        row = self._prepare_rider_line(self.line_ids.new(self._part_vals(part)))
        return {**row, "quantity": -row["quantity"]}
