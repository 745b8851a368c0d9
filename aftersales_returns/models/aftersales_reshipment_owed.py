"""What a re-shipment owes in goods: no more than the order sold, and neither more nor less than was granted.

Inventory lets people cancel a delivery, ship a part of it without a backorder and change its quantity.
None of that changes what was granted.
"""

from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..policy import reshipment_flow, rma_flow

#: granted, so that the goods count as sent again
GRANTED = (reshipment_flow.APPROVED, reshipment_flow.SHIPPED, reshipment_flow.DONE)

#: where the customer gets his money, or is to get it
PAYING_BACK = (
    rma_flow.APPROVED,
    rma_flow.IN_TRANSIT,
    rma_flow.RECEIVED,
    rma_flow.INSPECTED,
    rma_flow.TO_REFUND,
    rma_flow.DONE,
)


class AftersalesReshipment(models.Model):
    _inherit = "aftersales.reshipment"

    has_left = fields.Boolean("A part has left", compute="_compute_has_left")

    @api.depends("delivery_ids.state")
    def _compute_has_left(self):
        for row in self:
            # sudo: whether something has left, for customer service without stock rights
            row.has_left = "done" in row.sudo().delivery_ids.mapped("state")

    def action_leave_rest(self):
        return self._fire("leave_rest")

    # === NO MORE THAN WAS SOLD === #

    def _check_accept(self):
        super()._check_accept()
        self._refuse_more_than_sold(self)

    def _check_propose(self):
        super()._check_propose()
        self._refuse_more_than_sold(self.browse())  # proposals do not stand in each other's way yet

    def _check_approve(self):
        super()._check_approve()
        self._refuse_more_than_sold(self)

    def _refuse_more_than_sold(self, together):
        """:param together: what is granted at the same moment"""
        self._decide_in_turn(self.sale_order_id)
        rows = self.sudo()  # sudo: what was sold and what is sent again, whoever handles it
        of_orders = [("sale_order_id", "in", rows.sale_order_id.ids), ("state", "in", GRANTED)]
        granted = rows.search(of_orders) | together.sudo()
        paid_back = rows.sale_order_id._aftersales_paid_back()
        for row in rows:
            row._refuse_without_order()
            sold, again = row.sale_order_id._aftersales_sold_pieces(), row._sent_again(granted)
            back = paid_back[row.sale_order_id]
            for product, pieces in row._granted().items():
                if product.uom_id.compare(pieces, sold[product] - again[product] - back[product]) > 0:
                    row._refuse_pieces(product, pieces, sold[product], again[product], back[product])

    def _refuse_without_order(self):
        if not self.sale_order_id:
            raise UserError(
                self.env._(
                    "%s: name the order that the parcel belonged to. No more is sent again than was sold.",
                    self.name,
                )
            )

    def _sent_again(self, granted):
        """{product: pieces} of the other ones among ``granted`` that are of the same order."""
        again = defaultdict(float)
        for other in granted.filtered(lambda other: other.sale_order_id == self.sale_order_id) - self:
            left_behind = other.state in (reshipment_flow.SHIPPED, reshipment_flow.DONE)
            for product, pieces in (other._gone_for_good() if left_behind else other._granted()).items():
                again[product] += pieces
        return again

    def _refuse_pieces(self, product, pieces, sold, again, back):
        raise UserError(
            self.env._(
                "%(row)s: %(pieces)s of %(product)s are more than can be sent again: %(order)s sold "
                "%(sold)s, and %(again)s have been sent again already; for %(back)s the customer gets his "
                "money back. Send fewer, and sell the rest with an order.",
                row=self.name,
                pieces=f"{pieces:g}",
                product=product.display_name,
                order=self.sale_order_id.name,
                sold=f"{sold:g}",
                again=f"{again:g}",
                back=f"{back:g}",
            )
        )

    # === NO LESS THAN WAS GRANTED === #

    def _granted(self):
        """{product: pieces} that the customer is to get; of a kit its parts, as they were sold."""
        sold = {line.product_id: line._aftersales_sold_as() for line in self.sale_order_id.order_line}
        granted = defaultdict(float)
        for line in self.line_ids:
            for product, need in sold.get(line.product_id, {line.product_id: 1.0}).items():
                granted[product] += line.quantity * need
        return granted

    def _gone(self):
        """{product: pieces} that have left for the customer."""
        return self._pieces_gone(lambda move: move._aftersales_qty())

    def _gone_for_good(self):
        """Without what was taken back in Inventory: that may be sent once more."""
        return self._pieces_gone(lambda move: move._aftersales_sent_for_good())

    def _pieces_gone(self, pieces):
        gone = defaultdict(float)
        for move in self.delivery_ids.move_ids.filtered(lambda move: move.state == "done"):
            gone[move.product_id] += pieces(move)
        return gone

    def _unsent(self):
        """{product: pieces} that were granted and have not left."""
        gone = self._gone()
        unsent = {product: pieces - gone[product] for product, pieces in self._granted().items()}
        return {product: left for product, left in unsent.items() if product.uom_id.compare(left, 0) > 0}

    def _unsent_text(self):
        unsent = self.sudo()._unsent()  # sudo: quantities of the transfers, whoever handles it
        return ", ".join(f"{left:g} {product.display_name}" for product, left in unsent.items())

    def _tell_unsent(self):
        """Nothing brings what was granted any more; whoever handles it hears of it."""
        for row in self.filtered("needs_delivery"):
            row.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Still owed to the customer: %s", row._unsent_text()),
                user_id=(row.user_id or row.create_uid).id,
            )

    # === GIVING UP THE REST === #

    def _check_withdraw(self):
        """What has left cannot be taken back by cancelling."""
        for row in self:
            if row.sudo()._gone():  # sudo: as above
                raise UserError(
                    self.env._(
                        "%s: a part has left already. Press 'Leave the rest', or let the warehouse send it.",
                        row.name,
                    )
                )

    def _check_leave_rest(self):
        for row in self:
            if not row.sudo()._gone():  # sudo: as above
                raise UserError(self.env._("%s: nothing has left yet. Cancel it instead.", row.name))

    def _on_withdraw(self):
        self._cancel_deliveries()

    def _on_leave_rest(self):
        self._cancel_deliveries()

    def _cancel_deliveries(self):
        """What the warehouse has not shipped yet is not shipped any more."""
        self.sudo()._open_deliveries().action_cancel()  # sudo: the warehouse's goods follow the decision


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _aftersales_paid_back(self):
        """{order: {product: pieces}} that returns give the money back for, or have promised to."""
        lines = self.env["aftersales.rma.line"].search(
            [
                ("sale_line_id.order_id", "in", self.ids),
                ("is_unexpected", "=", False),
                ("rma_id.resolution", "in", ("refund_only", "return_refund")),
                ("rma_id.state", "in", PAYING_BACK),
            ]
        )
        back = {order: defaultdict(float) for order in self}
        for line in lines:
            pieces = line.accepted_qty if line.rma_id.inspected_at else line.quantity
            for product, need in line._parts().items():
                back[line.sale_line_id.order_id][product] += pieces * need
        return back

    def _aftersales_sold_pieces(self):
        """{product: pieces} of a confirmed order, in the product's unit; of a kit its parts."""
        sold = defaultdict(float)
        for line in self.filtered(lambda order: order.state == "sale").order_line.filtered("product_id"):
            for product in line._aftersales_sold_as():
                sold[product] += line._aftersales_pieces_sold(product)
        return sold


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _aftersales_sold_as(self):
        """{product: pieces of it in one unit of the line}, as noted with the order."""
        needs = self.aftersales_kit_needs
        if needs:
            return self.env["aftersales.rma.line"]._products_of(needs)
        return {self.product_id: 1.0}


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _action_done(self):
        # sudo: what a re-shipment owes, for a warehouse user without rights on it
        moves = self.sudo().move_ids.filtered(lambda move: move.quantity and move.state != "cancel")
        moves._aftersales_check_sent_again()
        return super()._action_done()


class StockMove(models.Model):
    _inherit = "stock.move"

    def _aftersales_check_sent_again(self):
        """A re-shipment is no more than what was granted."""
        ours = self.filtered("picking_id.aftersales_reshipment_id")
        for row, moves in ours.grouped(lambda move: move.picking_id.aftersales_reshipment_id).items():
            unsent = row._unsent()
            for product, leaving in moves.grouped("product_id").items():
                leaving._aftersales_refuse_more_than(unsent.get(product, 0.0), row)

    def _action_cancel(self):
        result = super()._action_cancel()
        # sudo: the re-shipment behind the transfer, for a warehouse user without rights on it
        self.sudo().picking_id.aftersales_reshipment_id._tell_unsent()
        return result
