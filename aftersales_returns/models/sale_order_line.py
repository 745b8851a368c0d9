from collections import defaultdict

from odoo import api, fields, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    aftersales_rma_line_ids = fields.One2many(
        "aftersales.rma.line",
        "sale_line_id",
        string="Asked to come back",
        copy=False,
        groups="aftersales_service.group_agent",
    )

    @api.depends("invoice_lines.aftersales_origin_line_id", "invoice_lines.parent_state")
    def _compute_qty_to_invoice(self):
        """What was credited by a refund is not invoiced again.

        A credit note lowers the invoiced quantity, which would offer the same pieces for invoicing once more:
        all of them where the ordered quantity counts, those whose goods did not come back where the delivered
        one does. Where the ordered quantity counts, neither is what came back before it was invoiced. Of
        goods that were not invoiced at all nothing changes: a refund needs an invoice that it credits.
        """
        super()._compute_qty_to_invoice()
        positive = self.filtered(lambda line: line.qty_to_invoice > 0)
        back = positive._aftersales_taken_back()
        for line in positive:
            if settled := line._aftersales_settled_qty(back.get(line, 0.0)):
                line.qty_to_invoice = max(0.0, line.qty_to_invoice - settled)

    def _aftersales_settled_qty(self, back):
        """Quantity that is not to be invoiced (again), in the unit of the line.

        Less what was taken off the order after it had come back.

        :param back: pieces that returns for money have taken over, in the unit of the line
        """
        credited = self._aftersales_credited_qty()
        if self.product_id.invoice_policy != "order":
            return credited
        lowered = max(0.0, self.qty_delivered + back - self.product_uom_qty) if back else 0.0
        return max(0.0, max(credited, back) - lowered)

    def _aftersales_taken_back(self):
        """{line: pieces that returns for money have taken over}, in its unit."""
        lines = self.filtered(
            lambda line: line.id and line.product_id.invoice_policy == "order" and line.invoice_lines
        )
        # sudo: whoever invoices need not see returns
        returned = self.env["aftersales.rma.line"].sudo().search([("sale_line_id", "in", lines.ids)])
        back = defaultdict(float)
        for row in returned:
            if row.rma_id._is_money_back():
                sold = row.sale_line_id.with_env(self.env)
                back[sold] += sold._aftersales_in_own_unit(row._taken_over_qty())
        return back

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

    def _aftersales_sent(self):
        """How many have gone to the customer, in the product's unit, whatever has come back since."""
        sent = self.move_ids.filtered(
            lambda move: (
                move.state == "done"
                and move.location_dest_id.usage == "customer"
                and not move.origin_returned_move_id
                and not move.aftersales_exchange_line_id
            )
        )
        if not sent:
            return self.product_uom_id._compute_quantity(self.qty_delivered, self.product_id.uom_id)
        return sum(move._aftersales_qty() for move in sent)

    def _aftersales_returned_qty(self):
        """Pieces that came back and no longer count as delivered."""
        _outgoing, incoming = self._get_outgoing_incoming_moves()
        done = incoming.filtered(lambda move: move.state == "done")
        return sum(move.product_uom._compute_quantity(move.quantity, self.product_uom_id) for move in done)

    def _aftersales_returnable_card(self):
        """The card that a reward line took points from, where the customer can use it again.

        Cards that Odoo makes for one order alone (automatic promotions) are not given back.
        """
        card, program = self.coupon_id, self.reward_id.program_id
        lasting = program.is_payment_program or program.is_nominative or program.applies_on != "current"
        return card if lasting or card in self.order_id.applied_coupon_ids else card.browse()
