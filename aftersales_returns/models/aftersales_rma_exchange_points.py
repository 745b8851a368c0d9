from collections import defaultdict
from decimal import ROUND_FLOOR, Decimal

from odoo import models


class AftersalesRma(models.Model):
    """EXCH-03: points that the exchanged goods had earned go with them and come again with the replacement.

    What is taken stands in the history of each card; what it says is what is given back, no more and no less.
    """

    _inherit = "aftersales.rma"

    def _on_pass_to_shipment(self):
        exchanged = self.filtered(lambda rma: rma.resolution == "exchange")
        exchanged._take_points()  # first: what was shipped in advance ends the exchange at once
        super()._on_pass_to_shipment()

    def _on_ship(self):
        self._give_points_again()
        super()._on_ship()

    def _on_pass_to_refund(self):
        self._give_points_again()  # the refund of the goods takes them as from every return
        super()._on_pass_to_refund()

    def _take_points(self):
        for rma in self:
            rma._change_points({card: -points for card, points in rma._points_of_exchanged().items()})

    def _give_points_again(self):
        exchanged = self.filtered(lambda rma: rma.resolution == "exchange")
        for rma, points in exchanged._points_held().items() if exchanged else ():
            rma._change_points(points)

    def _points_of_exchanged(self):
        """{card: points that the accepted goods earned}, whole ones, as far as the card still has them."""
        lines = self.sudo().line_ids  # sudo: sales and cards are looked up for whoever moves the return
        found = defaultdict(float)
        for order in lines.sale_line_id.order_id:
            sold = order.order_line.filtered(lambda line: not line.reward_id and line.price_total > 0)
            goods = sum(sold.mapped("price_total"))
            value = sum(line._accepted_value() for line in lines if line.sale_line_id.order_id == order)
            for row in order.coupon_point_ids if goods else ():
                if row.coupon_id.program_type == "loyalty" and row.points > 0:
                    points = Decimal(str(row.points * min(1.0, value / goods)))
                    whole = round(points, 6).to_integral_value(ROUND_FLOOR)
                    found[row.coupon_id] += min(float(whole), max(0.0, row.coupon_id.points))
        return found

    def _points_held(self):
        """{return: {card: points taken for this exchange and not given again yet}}."""
        rows = (
            self.env["loyalty.history"]
            .sudo()  # sudo: cards belong to Sales
            ._read_group(
                [("order_model", "=", self._name), ("order_id", "in", self.ids)],
                ["order_id", "card_id"],
                ["used:sum", "issued:sum"],
            )
        )
        held = {}
        for order_id, card, used, issued in rows:
            if used > issued:
                held.setdefault(self.browse(order_id), {})[card] = used - issued
        return held

    def _change_points(self, points):
        """Move points on cards, + given, with a line in the history of each."""
        history = []
        for card, change in points.items():
            if not change:
                continue
            # sudo: as above; the event of the return was allowed
            card.sudo().with_context(loyalty_no_mail=True).points += change
            history.append(
                {
                    "card_id": card.id,
                    "issued": max(0.0, change),
                    "used": max(0.0, -change),
                    "description": self.env._("Exchange %s", self.name),
                    "order_model": self._name,
                    "order_id": self.id,
                }
            )
        self.env["loyalty.history"].sudo().create(history)  # sudo: as above


class AftersalesRmaLine(models.Model):
    _inherit = "aftersales.rma.line"

    def _accepted_value(self):
        """What the accepted pieces were sold for, tax included."""
        sold = self.sale_line_id
        pieces = self.product_uom_id._compute_quantity(self.accepted_qty, sold.product_uom_id)
        return sold.price_total * pieces / sold.product_uom_qty if sold.product_uom_qty else 0.0
