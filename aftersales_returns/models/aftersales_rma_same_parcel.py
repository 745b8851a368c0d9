"""Two returns of one customer in one parcel.

A tracking number is one parcel and one return: on two of them it is a slip of the pen, more often than not.
So the second return has '/2' behind it. Its goods come out of the parcel as not announced with the first, and
adopting them there hands them to the return that waits for them. They were received and lie in quarantine;
only whose receipt it was is put right, by the same way as that of a parcel without paper.
"""

from odoo import Command, models
from odoo.exceptions import UserError

from ..policy import rma_flow


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    def _refuse_one_parcel_of_two(self, other):
        """What to do where ``other``, with the same number, is the same customer's."""
        customers = (self | other).partner_id.commercial_partner_id
        if len(customers) > 1:
            return
        raise UserError(
            self.env._(
                "Tracking number %(number)s is on %(other)s of the same customer already. Where both came in "
                "one parcel, enter %(number)s/2 for %(rma)s: its goods are then recorded on %(other)s as not "
                "announced, and 'Adopt' there hands them to %(rma)s. Else check the number.",
                number=other.tracking_ref,
                other=other.name,
                rma=self.display_name,
            )
        )


class AftersalesRmaLine(models.Model):
    _inherit = "aftersales.rma.line"

    def _awaited_on(self):
        """The return of the same customer that waits for such goods, the oldest first; or none."""
        # sudo: what this customer sends back, whoever works on it
        returns = self.env["aftersales.rma"].sudo()
        waiting = returns.search(
            [
                ("partner_id", "child_of", self.partner_id.commercial_partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "in", rma_flow.EXPECTING),
                ("line_ids.product_id", "=", self.product_id.id),
                ("id", "!=", self.rma_id.id),
            ],
            order="id",
        )
        return next((rma for rma in waiting if self._is_awaited_by(rma)), returns)

    def _is_awaited_by(self, rma):
        awaited = rma._open_receipts().move_ids.filtered(lambda move: move.product_id == self.product_id)
        return bool(awaited) and (not self.lot_id or self.lot_id in awaited.aftersales_rma_line_id.lot_id)

    def _pass_to(self, other):
        """``other`` receives these goods, as if they had come without paper and were adopted for it."""
        first, goods = self.rma_id, self.display_name
        moves = self._received_moves()
        moves._aftersales_take_apart()
        parcel = self.env["aftersales.unknown.parcel"].create(
            {
                "company_id": first.company_id.id,
                "warehouse_id": first.warehouse_id.id,
                "tracking_ref": first.tracking_ref,
                "carrier_name": first.carrier_name,
                "order_ref": first.name,
                "line_ids": [Command.create(move._aftersales_parcel_vals(self.lot_id)) for move in moves],
            }
        )
        moves.picking_id.aftersales_rma_id = False
        moves.aftersales_rma_line_id = False
        self.unlink()
        parcel.action_adopt(rma=other)
        first._message_log(
            body=self.env._(
                "%(goods)s: handed to %(other)s, which waited for it.", goods=goods, other=other.name
            )
        )


class StockMove(models.Model):
    _inherit = "stock.move"

    def _aftersales_take_apart(self):
        """Give these receipts a transfer of their own; the goods do not move."""
        for picking, moves in self.grouped("picking_id").items():
            if picking.move_ids != moves:
                own = picking.copy({"move_ids": False, "origin": picking.origin})
                moves.picking_id = own
                moves.move_line_ids.picking_id = own

    def _aftersales_parcel_vals(self, lot):
        return {
            "product_id": self.product_id.id,
            "lot_id": lot.id,
            "quantity": self._aftersales_qty(),
            "move_id": self.id,
        }
