"""Goods sold by the dozen: returns count pieces, invoices count dozens."""

from odoo import Command, fields
from odoo.tests import tagged

from .refund_common import RefundCommon


@tagged("-at_install", "post_install")
class TestRefundUnits(RefundCommon):
    def _dozens(self, *parts):
        """An order of dozens at 1200.00, invoiced in ``parts``; delivered and paid."""
        line = {
            "product_id": self.goods.id,
            "product_uom_id": self.env.ref("uom.product_uom_dozen").id,
            "product_uom_qty": sum(parts),
            "price_unit": 1200.0,
        }
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "order_line": [Command.create(line)]}
        )
        order.action_confirm()
        self._deliver(order)
        for dozens in parts:
            invoice = order._create_invoices()
            invoice.invoice_line_ids.quantity = dozens
            invoice.invoice_date = fields.Date.today()
            invoice.action_post()
            self._pay(invoice)
        return order

    def test_a_refund_judged_again_counts_what_another_one_holds_in_pieces(self):
        """REFUND-05: 2 + 2 dozen, 36 pieces back; one approved, the other sent back and judged again."""
        rma = self._returned(self._dozens(2, 2), 36)
        first, second = rma.refund_ids.sorted("amount", reverse=True)
        self.assertEqual((first.amount, second.amount), (2760.0, 1380.0))
        self._confirm(rma.refund_ids)
        self._approve(first)
        second.with_user(self.accountant).action_reject("Which account?")
        second.with_user(self.agent).action_recompute()
        self.assertEqual((len(rma.refund_ids), second.amount), (2, 1380.0))
        self._confirm(second)
        self._approve(second)
        self.assertEqual(sum(rma.refund_ids.credit_note_id.mapped("amount_total")), 4140.0)

    def test_pieces_that_were_asked_for_line_by_line_are_held_together(self):
        """REFUND-05: two lines of a piece each, one invoice, confirmed: nothing is left to refund."""
        order = self._sell(2)
        self._invoice(order)
        sold = order.order_line.id
        rma = self._returned(
            order, line_ids=[Command.create({"sale_line_id": sold, "quantity": 1}) for _line in range(2)]
        )
        self._confirm(rma.refund_ids)
        rma._prepare_refunds()
        self.assertEqual(rma.refund_ids.mapped("amount"), [230.0])
