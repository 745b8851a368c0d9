from odoo import fields, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    aftersales_rma_line_ids = fields.One2many(
        "aftersales.rma.line",
        "sale_line_id",
        string="Asked to come back",
        copy=False,
        groups="aftersales_service.group_agent",
    )

    def _aftersales_is_part_of_a_piece(self, quantity):
        """Whether ``quantity`` is no whole number of goods that are counted, and were sold, in pieces.

        :param quantity: in the product's unit
        """
        unit = self.product_id.uom_id
        if unit != self.env.ref("uom.product_uom_unit"):
            return False
        sold = self.product_uom_id._compute_quantity(self.product_uom_qty, unit)
        return not _is_whole(quantity) and _is_whole(sold)

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


def _is_whole(quantity):
    return abs(quantity - round(quantity)) < 1e-6
