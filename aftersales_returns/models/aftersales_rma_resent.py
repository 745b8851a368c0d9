"""What was sent again comes back like what was sold: on the line of the order that was paid for it.

The first delivery is what was paid, a re-shipment brings pieces in place of some of them. Whichever the
customer sends back, no more come back for money than the first delivery held:
delivered − returned − under way, over both, less what was sent again.

==========================================  ==========================================================
paid 2, got 1, 1 sent again                 2 can come back, of pieces without numbers the latest first;
                                            of numbers the one that he has and the new one
paid A, got B, A sent again                 A once for money; B comes as not announced, without money
broken on arrival, sent again               the new one; the broken one comes as not announced
the number on the first delivery            cannot: another came in its place, the sentence names it.
                                            Where nobody said which of several is missing, any of them
                                            can, up to as many as were paid
the piece sent again is exchanged           as every other; what comes in its place can come back again
parts of a kit sent again                   the kit comes back whole, each part by what brought it
taken back by hand in Inventory             counts as not sent: the first delivery stands as before, and
                                            the re-shipment can be granted anew
sent again for no line of the order         no money: customer service settles it on the ticket
==========================================  ==========================================================

The receipt is Odoo's return of the re-shipment's own transfer. The windows count from the delivery that
brought the piece; of several, from the oldest one that they are taken of.
"""

from odoo import api, fields, models


class AftersalesRmaLine(models.Model):
    _inherit = "aftersales.rma.line"

    lot_choice_ids = fields.Many2many(
        "stock.lot", string="Numbers in hand", compute="_compute_lot_choice_ids", compute_sudo=True
    )

    @api.depends("sale_line_id", "product_id")
    def _compute_lot_choice_ids(self):
        """The numbers of the line's goods that the customer has, by our books."""
        self.lot_choice_ids = False
        for line in self.filtered(lambda line: line.sale_line_id and line.product_id.tracking != "none"):
            line.lot_choice_ids = line.sale_line_id._aftersales_numbers_in_hand(line.product_id)

    def _brought_by(self):
        """The deliveries whose day counts; of pieces without a number the oldest one that they are taken of,
        so that one new piece gives no old ones a new window.
        """
        deliveries = self._deliveries()
        again = deliveries.filtered("aftersales_resent_line_id")
        if self.lot_id or not again:
            return deliveries
        if self.is_kit:
            return deliveries - again
        wanted = self.quantity
        for move in self._in_turn(deliveries):
            wanted -= max(0.0, self._left_of(move))
            if self.product_uom_id.compare(wanted, 0) <= 0:
                return move
        return deliveries

    def _in_turn(self, deliveries):
        """Oldest first; where something was sent again the latest: it came in place of what the oldest ones
        should have held.
        """
        if any(move.aftersales_resent_line_id for move in deliveries):
            return deliveries.sorted(lambda move: (move.date, move.id), reverse=True)
        return deliveries

    def _paid_left(self, spoken_for):
        """{(order line, product): pieces that may come back} where goods were sent again; else nothing.

        :param spoken_for: see ``_spoken_for``
        """
        left = {}
        for line in self:
            sold = line.sale_line_id.sudo()  # sudo: as in _deliveries
            for product in line._parts() if sold.aftersales_was_sent_again else ():
                if (line.sale_line_id, product) not in left:
                    others = sum(
                        pieces
                        for (of_line, _lot, goods), pieces in spoken_for.items()
                        if (of_line, goods) == (line.sale_line_id, product)
                    )
                    left[line.sale_line_id, product] = (
                        sold._aftersales_paid_left(product, besides=line.rma_id) - others
                    )
        return left

    def _returnable_each(self):
        """As ``_returnable``; what was sent again stands beside what it came in place of, where nobody knows
        which that is. Each of them can be asked for, not all of them.
        """
        alone = self.filtered(
            lambda line: line.sale_line_id.sudo().aftersales_was_sent_again  # sudo: as in _deliveries
        )
        left = (self - alone)._returnable()
        for line in alone:
            left.update(line._returnable())
        return left

    # === WHAT CANNOT COME BACK === #

    def _resent_sentence(self, left):
        """Why it cannot and what to do, where a re-shipment is the reason; else nothing."""
        sold = self.sale_line_id.sudo()  # sudo: as in _deliveries
        facts = {"rma": self.rma_id.display_name, "product": self.display_name}
        instead = sold._aftersales_replaced().get(self.lot_id)
        if instead and not self._deliveries():
            return self.env._(
                "%(rma)s: %(product)s cannot come back: %(reshipment)s has sent %(other)s in its place. "
                "Return that one. If %(product)s is in the parcel, receive it as not announced.",
                **facts,
                reshipment=instead.picking_id.aftersales_reshipment_id.name,
                other=", ".join(instead.move_line_ids.lot_id.mapped("name")),
            )
        elsewhere = self._sent_again_elsewhere()
        if elsewhere:
            return self._elsewhere_sentence(elsewhere, facts)
        each = [(move, self._left_of(move)) for move in self._deliveries()]
        if sold.aftersales_was_sent_again and self._units_in(each) >= self.quantity:
            again = sold.aftersales_resent_move_ids.filtered(lambda move: move.state == "done")
            return self.env._(
                "%(rma)s: of %(product)s %(quantity)s cannot come back, %(left)s can: no more than were "
                "paid. What %(reshipment)s brought came in place of others. Lower the quantity; what else is "
                "in the parcel is received as not announced, without money.",
                **facts,
                quantity=f"{self.quantity:g}",
                left=f"{left:g}",
                reshipment=", ".join(again.picking_id.aftersales_reshipment_id.mapped("name")),
            )
        return None

    def _sent_again_elsewhere(self):
        """The move of a re-shipment of the order that brought the number for another line, or for none."""
        if not self.lot_id or not self.sale_line_id:
            return self.env["stock.move"]
        # sudo: whoever enters a return is told what became of the piece, without stock rights
        brought = self.env["stock.move.line"].sudo().search(
            [
                ("lot_id", "=", self.lot_id.id),
                ("state", "=", "done"),
                ("picking_id.aftersales_reshipment_id.sale_order_id", "=", self.sale_line_id.order_id.id),
                ("move_id.aftersales_resent_line_id", "!=", self.sale_line_id.id),
            ],
            order="id desc",
            limit=1,
        )  # fmt: skip
        return brought.move_id

    def _elsewhere_sentence(self, brought, facts):
        reshipment = brought.picking_id.aftersales_reshipment_id
        if brought.aftersales_resent_line_id:
            return self.env._(
                "%(rma)s: %(product)s was sent again with %(reshipment)s for another line of %(order)s: "
                "%(line)s. Choose that line under 'Sold with'.",
                **facts,
                reshipment=reshipment.name,
                order=reshipment.sale_order_id.name,
                line=brought.aftersales_resent_line_id.name,
            )
        return self.env._(
            "%(rma)s: %(product)s was sent again with %(reshipment)s for no line of %(order)s, so nothing "
            "was paid for it. Settle it on ticket %(ticket)s; if it is here already, a supervisor can send "
            "its parcel back.",
            **facts,
            reshipment=reshipment.name,
            order=reshipment.sale_order_id.name,
            ticket=reshipment.ticket_id.name,
        )

    def _left_to_adopt(self, move):
        """What may still come back of a delivery to this customer, also of what had come unannounced."""
        sold, left = move._aftersales_sold_with(), self._left_of(move, count_own=True)
        if not sold.aftersales_was_sent_again:
            return left
        if move._aftersales_was_replaced(self.lot_id, sold._aftersales_replaced()):
            return 0.0
        return min(left, sold._aftersales_paid_left(move.product_id))
