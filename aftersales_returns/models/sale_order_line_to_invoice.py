"""What Sales may still invoice or credit of an order line beside returns. One rule a row:

    Sales offers   because                                      of which this is taken away
    ------------   ------------------------------------------   ----------------------------------------------
    to invoice     the credit note of a refund has lowered      what refunds credited: all of it where the
                   what is invoiced                             ordered quantity counts; else what is still
                                                                with the customer
    to invoice     the ordered quantity counts, though goods    what returns for money took over; not where
                   came back before they were invoiced          they are paid and wait for their first invoice
    to credit      goods of a return are not delivered any      what returns took over and have not credited
                   more                                         yet; nothing once all refunds were cancelled

Where the ordered quantity counts, what was taken off the order after it came back is in neither.
"""

from odoo import api, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _aftersales_is_prepaid(self):
        """Whether money has come in for this order beside an invoice of its goods."""
        order = self.sudo()  # sudo: payments online are nobody's to read
        paid = order.transaction_ids.filtered(lambda payment: payment.state in ("authorized", "done"))
        return bool(paid or order.order_line.filtered("is_downpayment"))


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.depends(
        "invoice_lines.aftersales_origin_line_id",
        "invoice_lines.parent_state",
        "order_id.transaction_ids.state",
    )
    def _compute_qty_to_invoice(self):
        """See the table above."""
        super()._compute_qty_to_invoice()
        offered = self.filtered("qty_to_invoice")
        returned = offered._aftersales_returned_rows()
        for line in offered:
            rows = returned.get(line._origin, self.env["aftersales.rma.line"])
            if line.qty_to_invoice > 0:
                line.qty_to_invoice = max(0.0, line.qty_to_invoice - line._aftersales_settled_qty(rows))
            else:
                line.qty_to_invoice = min(0.0, line.qty_to_invoice + line._aftersales_held_qty(rows))

    def _aftersales_returned_rows(self):
        """{order line: its lines in returns}, where the rules ask for them; one search."""
        asking = self.filtered(
            lambda line: line.qty_to_invoice < 0 or line.product_id.invoice_policy == "order"
        )
        # sudo: whoever invoices need not see returns
        rows = self.env["aftersales.rma.line"].sudo().search([("sale_line_id", "in", asking._origin.ids)])
        return {sold.with_env(self.env): found for sold, found in rows.grouped("sale_line_id").items()}

    # === TO INVOICE === #

    def _aftersales_settled_qty(self, rows):
        """Quantity that is not to be invoiced (again), in the unit of the line.

        :param rows: lines of returns
        """
        credited = self._aftersales_credited_qty()
        if self.product_id.invoice_policy != "order":
            return credited
        back = self._aftersales_taken_back(rows)
        lowered = max(0.0, self.qty_delivered + back - self.product_uom_qty) if back else 0.0
        return max(0.0, max(credited, back) - lowered)

    def _aftersales_taken_back(self, rows):
        """Pieces that returns for money have taken over, in the unit of the line."""
        given_back = rows.filtered(lambda row: row._taken_over_qty() and row.rma_id._is_money_back())
        if not given_back or (not self.invoice_lines and self.order_id._aftersales_is_prepaid()):
            return 0.0
        return self._aftersales_in_own_unit(sum(row._taken_over_qty() for row in given_back))

    def _aftersales_credited_qty(self):
        """Quantity credited by refunds that the line would offer again, in its own unit."""
        credits = self.invoice_lines.filtered(
            lambda line: (
                line.aftersales_origin_line_id
                and line.parent_state != "cancel"
                and not line._aftersales_left_order()
            )
        )
        credited = sum(
            line.product_uom_id._compute_quantity(abs(line.quantity), self.product_uom_id) for line in credits
        )
        if not credited or self.product_id.invoice_policy == "order":
            return credited
        return max(0.0, credited - self._aftersales_returned_qty())

    # === TO CREDIT === #

    def _aftersales_held_qty(self, rows):
        """Pieces that returns have taken over and not credited yet, in the unit of the line."""
        held = rows.filtered(lambda row: row._is_held())
        taken = self._aftersales_in_own_unit(sum(row._taken_over_qty() for row in held))
        left = taken - self._aftersales_credited_by_refunds()
        if self.product_id.invoice_policy == "order":  # negative for what was taken off the order
            left = min(left, self.qty_delivered + taken - self.product_uom_qty)
        return max(0.0, left)

    def _aftersales_credited_by_refunds(self):
        """Pieces on credit notes of refunds and exchanges, drafts too, in the unit of the order line."""
        credits = self.invoice_lines.filtered(
            lambda line: (
                line.aftersales_origin_line_id
                and line.parent_state != "cancel"
                and not line.move_id._aftersales_is_undone()
            )
        )
        return sum(
            line.product_uom_id._compute_quantity(abs(line.quantity), self.product_uom_id) for line in credits
        )
