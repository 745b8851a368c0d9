"""Refunds before shipping (RF-1): what is paid back does not leave any more.

What counts as not shipped is ordered − sent − refunded before shipping, read off the deliveries when the
request is made and once more, under the lock, when it is approved. From then on so many pieces fewer leave.
The ordered quantity stays: the refund is a credit note to the invoice, which an order for fewer lacks.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

#: what a person has seen of the parcel; no quantity changes it
SEEN = ("unsigned", "refused", "undeliverable")


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    @api.depends("sale_order_id", "resolution", "line_ids.sale_line_id", "line_ids.quantity")
    def _compute_delivery_result(self):
        """What the deliveries say; whoever handles the return may know better."""
        for rma in self:
            order = rma.sale_order_id.sudo()  # sudo: deliveries of the sale, for whoever takes the request
            if rma.delivery_result in SEEN and rma._origin.sale_order_id == rma.sale_order_id:
                continue
            sent = bool(order) and order._aftersales_is_shipped()
            rma.delivery_result = (
                "signed" if not order or (sent and not rma._asks_for_rest()) else "not_shipped"
            )

    def _asks_for_rest(self):
        """Whether money is wanted for goods of which enough has not left yet."""
        goods = self.line_ids.filtered("sale_line_id")
        if self.resolution != "refund_only" or not goods:
            return False
        return all(line.product_uom_id.compare(line.quantity, line._unshipped()) <= 0 for line in goods)

    def _check_unshipped(self):
        """A refund before shipping is for pieces that are still here."""
        for rma in self.filtered(lambda rma: rma._is_unshipped()):
            left = {line.sale_line_id: line._unshipped() for line in rma.line_ids}
            for line in rma.line_ids:
                if line.product_uom_id.compare(line.quantity, left[line.sale_line_id]) > 0:
                    raise UserError(line._has_left_sentence(left[line.sale_line_id]))
                left[line.sale_line_id] -= line.quantity

    def _keep_in_stock(self):
        """Take what is refunded off the order and off its open transfers."""
        for rma in self:
            # sudo: customer service has no rights on sales and stock; the right was checked by the event
            for line in rma.sudo().line_ids.filtered("sale_line_id"):
                line.sale_line_id._aftersales_release(line.quantity, rma)


class AftersalesRmaLine(models.Model):
    _inherit = "aftersales.rma.line"

    def _unshipped(self):
        """How many of the line's goods have not left yet, in the product's unit; never negative."""
        sold = self.sale_line_id.sudo()  # sudo: as in _deliveries
        wanted = sold.product_uom_qty - sold.aftersales_released_qty
        ordered = sold.product_uom_id._compute_quantity(wanted, sold.product_id.uom_id)
        if not self._has_goods():
            sent = sold.product_uom_id._compute_quantity(sold.qty_delivered, sold.product_id.uom_id)
            return max(0.0, ordered - sent)
        parts = self._parts()
        shares = dict.fromkeys(parts, 0.0)
        sent = self._deliveries().filtered(
            lambda move: not move.aftersales_exchange_line_id and not move.aftersales_resent_line_id
        )
        for move in sent:
            shares[move.product_id] += move._aftersales_qty() / parts[move.product_id]
        return max(0.0, ordered - max(shares.values()))  # of a kit the part that is furthest on its way

    def _has_left_sentence(self, left):
        return self.env._(
            "%(rma)s: of %(product)s %(quantity)s cannot be refunded as not shipped, %(left)s can. The "
            "rest has left or is refunded already: lower the quantity, or let the customer refuse the parcel "
            "or send the goods back.",
            rma=self.rma_id.display_name,
            product=self.display_name,
            quantity=f"{self.quantity:g}",
            left=f"{left:g}",
        )


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    aftersales_released_qty = fields.Float(
        "Refunded before shipping",
        readonly=True,
        copy=False,
        digits="Product Unit",
        help="Pieces whose money went back before they left; they are not sent any more.",
    )

    def _aftersales_release(self, quantity, rma):
        """Send ``quantity`` (in the product's unit) less, for good.

        Odoo's own way down, a lower order, counts returned goods as wanted again and makes transfers out of
        that; so the open transfers are lowered here, by exactly as many pieces.
        """
        parts = rma.line_ids.filtered(lambda line: line.sale_line_id == self)[:1]._parts()
        for product, need in parts.items():
            self._aftersales_open_moves(product)._aftersales_send_less(quantity * need, rma)
        released = self.product_id.uom_id._compute_quantity(quantity, self.product_uom_id)
        self.aftersales_released_qty += released

    def _get_qty_procurement(self, previous_product_uom_qty=False):
        """Whoever changes the order later does not call for the released pieces again."""
        return super()._get_qty_procurement(previous_product_uom_qty) + self.aftersales_released_qty

    def _aftersales_open_moves(self, product):
        """Moves that will still bring ``product`` to the customer, those that are least far first."""
        moves = self.move_ids.filtered(
            lambda move: (
                move.state not in ("done", "cancel")
                and move.product_id == product
                and (move.location_final_id or move.location_dest_id).usage == "customer"
                and not move.aftersales_exchange_line_id
                and not move.picking_id.aftersales_rma_id
                and not move.move_dest_ids.filtered(lambda after: after.state not in ("done", "cancel"))
            )
        )
        return moves.sorted(lambda move: (bool(move.move_orig_ids), -move.id))


class StockMove(models.Model):
    _inherit = "stock.move"

    def _aftersales_send_less(self, quantity, rma):
        """Lower these moves, and what brings the goods to them, by ``quantity`` in the product's unit."""
        for move in self:
            part = min(quantity, move._aftersales_qty())
            if move.product_id.uom_id.compare(part, 0) <= 0:
                continue
            before = move.move_orig_ids.filtered(lambda orig: orig.state not in ("done", "cancel"))
            move._aftersales_lower(part)
            move.picking_id._aftersales_note_less(move.product_id, part, rma)
            before._aftersales_send_less(part, rma)
            quantity -= part

    def _aftersales_lower(self, quantity):
        left = self._aftersales_qty() - quantity
        if self.product_id.uom_id.compare(left, 0) <= 0:
            self._action_cancel()
            return
        self.product_uom_qty = self.product_id.uom_id._compute_quantity(left, self.product_uom)
        if self.state in ("confirmed", "partially_available"):
            self._action_assign()


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _aftersales_note_less(self, product, quantity, rma):
        """The warehouse reads why fewer pieces leave."""
        for picking in self:
            picking.message_post(
                body=self.env._(
                    "%(quantity)s of %(product)s stay here: %(rma)s refunds them before shipping.",
                    quantity=f"{quantity:g}",
                    product=product.display_name,
                    rma=rma.display_name,
                )
            )
