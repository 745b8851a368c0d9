"""Freight that the customer laid out where nothing else is given back: after an exchange, a repair (F-25).

It is a refund like every other, of freight alone. It is made when the goods are owed to the customer, and
withdrawn when the return takes another turn. What is confirmed by then stands, and a later refund of the
goods leaves out what it holds.
"""

from odoo import fields, models

from odoo.addons.aftersales_service.policy import lifecycle

from ..policy import refund, rma_flow

#: goods are owed to the customer or have been sent; money for them is not
GOODS_INSTEAD = (rma_flow.TO_SHIP, rma_flow.DONE)


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    # === WHEN === #

    def _on_pass_to_shipment(self):
        super()._on_pass_to_shipment()
        self._prepare_freight_refunds()

    def _on_ship(self):
        """Goods that were turned down, too: freight may have been agreed on."""
        before = getattr(super(), "_on_ship", None)
        if before:
            before()
        self._prepare_freight_refunds()
        for rma in self:
            rma._invoice_freight()

    def _on_pass_to_refund(self):
        """EXCH-04: money instead of goods, at the freight of a return and no longer of an exchange."""
        self.filtered(lambda rma: rma.resolution in ("exchange", "repair"))._judge_freight()
        super()._on_pass_to_refund()

    def _on_cancel(self):
        super()._on_cancel()
        self._withdraw_freight_refunds()

    def _on_close(self):
        super()._on_close()
        self._withdraw_freight_refunds()

    def _resolution_for_freight(self):
        money_instead = self.state == rma_flow.TO_REFUND or self._gives_goods_back()
        if self.resolution in ("exchange", "repair") and money_instead:
            return "return_refund"
        return super()._resolution_for_freight()

    def _prepare_refunds(self):
        goods_instead = self.filtered(lambda rma: rma._refunds_freight_alone())
        goods_instead._prepare_freight_refunds()
        others = self - goods_instead
        others._withdraw_freight_refunds()
        return super(AftersalesRma, others)._prepare_refunds()

    def _refunds_freight_alone(self):
        return self.state in GOODS_INSTEAD and not self._gives_goods_back()

    def _gives_goods_back(self):
        """Whether there is a refund of the goods themselves."""
        # sudo: whether, not how much
        return "return" in self.sudo().refund_ids.filtered(lambda r: r.state != "cancelled").mapped("kind")

    # === WHAT IS NEXT === #

    def _next_step(self):
        refund_at_work = self.state == "done" and self._open_freight_refund()
        if not refund_at_work:
            return super()._next_step()
        return self.env._("Freight back: %s", refund_at_work._step())

    def _next_due(self):
        refund_at_work = self.state == "done" and self._open_freight_refund()
        return refund_at_work.next_due_at if refund_at_work else super()._next_due()

    def _open_freight_refund(self):
        # sudo: everybody who sees the return may know whose turn it is; amounts are not told
        refunds = self.sudo().refund_ids.filtered(lambda r: r.kind == "freight")
        return refunds.filtered(lambda r: r.state not in ("paid", "cancelled"))[:1]

    def _portal_next_text(self):
        if self.state == "done" and self._open_freight_refund():
            return self.env._("Your goods are on their way. We pay back the freight that you laid out.")
        return super()._portal_next_text()

    # === THE REFUNDS === #

    def _prepare_freight_refunds(self):
        """Make the refunds of freight that is owed, or bring their drafts up to date."""
        # sudo: a warehouse event may lead here; refunds are made by these methods alone
        for rma in self.sudo().filtered(lambda rma: rma._refunds_freight_alone()):
            alive = rma.refund_ids.filtered(lambda r: r.state != "cancelled")
            if not rma.refund_ids and rma._owes_freight():  # one that a person cancelled stays cancelled
                invoices = list(rma._invoices_for_freight()) or [self.env["account.move"]]
                alive = rma._create_refunds(invoices, kind="freight")
            drafts = alive.filtered(lambda r: r.state == "draft")
            drafts._leave_withdrawn_invoices()
            drafts.filtered(lambda r: not r.invoice_id)._write_policy(
                {"invoice_id": rma._invoices_for_freight()[:1].id}
            )
            drafts._recompute_amounts()
            nothing = drafts.filtered(lambda r: r.invoice_id and not r.line_ids)
            nothing._withdraw(self.env._("No freight is owed any more."))
            (drafts - nothing)._open_deadlines(["review"])

    def _invoice_freight(self):
        """EXCH-02: freight that we laid out and the customer bears is a draft invoice: no refund deducts it.

        The outbound leg of what he keeps was settled with the sale.
        """
        # sudo: the warehouse ends the return; finance posts the draft
        rma = self.sudo()
        charges = rma.freight_ids.filtered(
            lambda row: (
                row.settlement == "invoice"
                and row.borne_by == "customer"
                and row.leg != "outbound"
                and row.amount
            )
        )
        order = rma.line_ids.sale_line_id.order_id[:1]
        if charges and order and not self._gives_goods_back():
            rows = [charge._prepare_invoice_row() for charge in charges]
            rma._create_exchange_document(order, rows, self.env._("Freight: %s", self.name))

    def _withdraw_freight_refunds(self):
        """Freight goes with the refund of the goods now, or is not owed at all."""
        # sudo: as in _prepare_freight_refunds
        drafts = self.sudo().refund_ids.filtered(lambda r: r.kind == "freight" and r.state == "draft")
        drafts._withdraw(self.env._("The return has taken another turn."))

    def _owes_freight(self):
        """Whether anything comes to the customer for freight alone."""
        beside = self._settles_outbound_beside_invoice("freight")
        charges = tuple(c for c in self._charges_for_refund() if beside or c.leg != "outbound")
        return refund.laid_out(charges) > 0 or bool(self._invoices_with_fee())

    def _invoices_for_freight(self):
        """Invoices that the freight is credited against: those with the fee, or else the first one."""
        return self._invoices_with_fee() or self.line_ids._creditable_invoice_lines().move_id[:1]

    def _invoices_with_fee(self):
        """Invoices that carry a delivery fee of exchanged goods, which the seller bears and still holds."""
        if self.resolution != "exchange" or not refund.seller_share_outbound(self._charges_for_refund()):
            return self.env["account.move"]
        exchanged = self.line_ids.filtered(lambda line: line._pieces_with_fee() > 0)
        lines = exchanged._creditable_invoice_lines().move_id.invoice_line_ids
        fees = lines.filtered(lambda line: line._aftersales_rider_kind() == "delivery")
        held = fees.filtered(lambda line: line._aftersales_credited()[2] < line.price_total)
        return held.move_id.sorted(lambda move: (move.invoice_date, move.id))

    def _settles_outbound_beside_invoice(self, kind):
        """Whether the customer laid out the outbound freight otherwise than by the fee on his invoice.

        A fee on the order comes back by its invoice line, and if that is not posted he has not paid it. Of
        freight alone, an outbound leg is owed for goods that were exchanged, and where he paid at the door
        what he had not agreed to (F-05).
        """
        orders = self.line_ids.sale_line_id.order_id | self.sale_order_id
        if orders.order_line.filtered(lambda line: line.is_delivery and line.price_total > 0):
            return False
        exchanged = self.resolution == "exchange" and any(line._pieces_with_fee() for line in self.line_ids)
        return kind != "freight" or exchanged or self.outbound_term == "collect"


class AftersalesRmaLine(models.Model):
    _inherit = "aftersales.rma.line"

    def _pieces_with_fee(self):
        """Accepted pieces that came with a delivery somebody paid for, in units of the line."""
        return self.accepted_qty - min(self.accepted_qty, self._pieces_without_fee())

    def _pieces_without_fee(self):
        """Pieces of the line that had come as replacements, at the seller's expense.

        Goods without serial numbers are told apart by counting: the replaced ones come back first.
        """
        replaced = self._deliveries().filtered(
            lambda move: move.aftersales_exchange_line_id and move.aftersales_exchange_line_id != self
        )
        if not replaced:
            return 0.0
        pieces = sum(move._aftersales_qty() for move in replaced)
        if self.lot_id:
            return pieces
        first = min(replaced.aftersales_exchange_line_id.rma_id.ids)
        since = self.search(
            [("sale_line_id", "=", self.sale_line_id.id), ("rma_id", ">", first), ("id", "<", self.id)]
        )
        return max(0.0, pieces - sum(since.mapped("accepted_qty")))


class AftersalesRefund(models.Model):
    _inherit = "aftersales.refund"

    def _withdraw(self, reason):
        self._fire("cancel", actor=lifecycle.SYSTEM, reason=reason)

    # === PIECES AND THE DELIVERY FEE === #

    def _exchanged_quantities(self):
        """{invoice line: exchanged pieces that carry their delivery fee}, in its unit."""
        if self.kind != "freight" or self.rma_id.resolution != "exchange":
            return {}
        return self._spread({line: line._pieces_with_fee() for line in self.rma_id.line_ids})

    def _fee_free_quantities(self):
        """{invoice line: accepted pieces without a fee}, in its unit."""
        if self.kind == "freight":
            return {}
        lines = self.line_ids.filtered(lambda part: part.kind == "goods").rma_line_id
        return self._spread({line: line.accepted_qty - line._pieces_with_fee() for line in lines})

    def _spread(self, pieces):
        """Pieces of return lines over the invoice lines they were sold with, oldest first.

        :param pieces: {return line: quantity in the product's unit}
        :return: those on this refund's invoice
        """
        spread, taken = {}, {}
        for line, left in pieces.items():
            for sold in line._creditable_invoice_lines():
                unit = line.product_id.uom_id
                room = sold.product_uom_id._compute_quantity(sold.quantity, unit) - taken.get(sold, 0.0)
                part = max(0.0, min(left, room))
                left -= part
                taken[sold] = taken.get(sold, 0.0) + part
                if part and sold.move_id == self.invoice_id:
                    spread[sold] = spread.get(sold, 0.0) + unit._compute_quantity(part, sold.product_uom_id)
        return spread

    # === PROMISE === #

    def _deadline_terms(self, kind):
        """Freight alone is reviewed in the time of every refund; the others are their return's promise."""
        if kind != "review":
            return super()._deadline_terms(kind)
        return {r: terms for r in self if r.kind == "freight" and (terms := r.rma_id._terms("review"))}

    def _deadline_user(self, kind):
        return self.rma_id.user_id if kind == "review" else super()._deadline_user(kind)

    def _on_confirm(self):
        super()._on_confirm()
        self._stop_deadlines(["review"])

    def _on_cancel(self):
        before = getattr(super(), "_on_cancel", None)
        if before:
            before()
        self._open_rows(["review"])._drop(fields.Datetime.now(), "cancel")
        self._refresh_next_due()

    def _on_reject(self):
        super()._on_reject()
        self.filtered(lambda r: r.kind == "freight")._open_deadlines(["review"])
