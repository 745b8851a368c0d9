"""What a return still owes in goods: replacements, and the customer's own goods on their way back.

Inventory lets people cancel a delivery, ship a part of it without a backorder and change its quantity. None
of that makes the customer owed less or more: the return is done when what it owes has left, and no more does.
"""

from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import UserError

from ..policy import rma_flow

#: states in which the return goes on, or is over, while goods that are not kept are on their way back
BESIDE = (rma_flow.TO_REFUND, rma_flow.DONE, rma_flow.CLOSED, rma_flow.CANCELLED)


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    lacks_transfer = fields.Boolean(
        "Owed without a transfer",
        compute="_compute_lacks_transfer",
        help="Goods are owed to the customer, and no open transfer brings them.",
    )

    def _compute_lacks_transfer(self):
        for rma in self:
            rma.lacks_transfer = rma._lacks_transfer()

    leaves_by_itself = fields.Boolean(
        "Leaves with its transfer",
        compute="_compute_leaves_by_itself",
        help="A transfer or the workshop has the goods; the return follows when they leave.",
    )

    def _compute_leaves_by_itself(self):
        for rma in self:
            waits = rma._open_shipments() or rma.line_ids._open_workshop_orders()
            rma.leaves_by_itself = rma.state == rma_flow.TO_SHIP and bool(waits)

    def _lacks_transfer(self):
        """As things are now: transfers change within one request."""
        decided = self.state == rma_flow.TO_SHIP or self.state in BESIDE
        return decided and not self._open_shipments() and bool(self._unsent())

    # === WHAT IS OWED === #

    def _unsent(self):
        """{product: pieces} that the customer is to get and that have not left yet."""
        unsent = defaultdict(float)
        for line in self._lines_to_replace():
            unsent[line._replacement_product()] += line._replacement_due() - line._replacement_shipped()
        for move in self._moves_going_back():
            unsent[move.product_id] += move.product_uom._compute_quantity(
                move._aftersales_to_send_back(), move.product_id.uom_id
            )
        return {product: left for product, left in unsent.items() if product.uom_id.compare(left, 0) > 0}

    def _lines_to_replace(self):
        """Lines for which a replacement is to leave."""
        # sudo: quantities of the transfers, whoever works on the return
        lines = self.sudo().filtered(lambda rma: rma.state == rma_flow.TO_SHIP).line_ids
        return lines.filtered(lambda line: line._is_replaceable())

    def _moves_going_back(self):
        """Receipts of what goes back to the customer by now; what comes for a return that was given up is
        all his.
        """
        if self.state in (rma_flow.CLOSED, rma_flow.CANCELLED):
            return self._received_moves()
        return self._moves_to_send_back()

    def _unsent_text(self):
        return ", ".join(f"{left:g} {product.display_name}" for product, left in self._unsent().items())

    def _special_step(self):
        if self.state == rma_flow.TO_SHIP and self.lacks_transfer:
            return self.env._("Make a new transfer: %s has not left", self._unsent_text())
        return super()._special_step()

    def _refuse_unsent(self):
        for rma in self:
            unsent = rma._unsent_text()
            if unsent:
                raise UserError(
                    self.env._(
                        "%(rma)s: %(goods)s has not left, and the customer is to get it. Press 'New "
                        "transfer' and let the warehouse send it.",
                        rma=rma.display_name,
                        goods=unsent,
                    )
                )

    def _tell_unsent(self):
        """A part has left and nothing brings the rest; whoever handles the return hears of it."""
        for rma in self:
            rma.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Still owed to the customer: %s", rma._unsent_text()),
                user_id=rma._who_answers().id,
            )

    # === THE REST === #

    def action_send_rest(self):
        """A new transfer for what is owed and on no transfer any more."""
        self.check_access("write")
        self._decide_in_turn(self)  # two at once make one transfer
        for rma in self:
            if not rma._lacks_transfer():
                raise UserError(
                    self.env._(
                        "Nothing of %s lacks a transfer: what is owed has left, or waits in Inventory.",
                        rma.display_name,
                    )
                )
            rma._lines_to_replace()._procure_replacements()
            rma._create_way_back_of_moves(rma._moves_going_back())
        return True


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _action_done(self):
        for picking in self.filtered(lambda picking: picking.location_dest_id.usage == "customer"):
            # sudo: what a return owes, for a warehouse user without rights on returns
            moves = picking.sudo().move_ids.filtered(lambda move: move.quantity and move.state != "cancel")
            moves._aftersales_check_replaced()
            moves._aftersales_check_sent_back()
            moves._aftersales_check_repaired()
        return super()._action_done()


class StockMove(models.Model):
    _inherit = "stock.move"

    def _aftersales_is_last_step(self):
        """Whether the move has brought its goods to the customer, or no other open one follows it there."""
        if self.state in ("done", "cancel"):
            return self.state == "done" and self.location_dest_id.usage == "customer"
        return all(move.state in ("done", "cancel") for move in self.move_dest_ids)

    def _aftersales_to_send_back(self):
        """How much of a receipt has not gone back to the customer, in the move's unit; never negative."""
        gone = self.returned_move_ids.filtered(lambda back: back.state == "done")
        return max(0.0, self.quantity - sum(gone.mapped("quantity")))

    def _aftersales_leave_out_sent(self):
        """Of a second way back: leave out what the first one took, number by number."""
        for move in self:
            gone = (move.origin_returned_move_id.returned_move_ids - move).filtered(
                lambda back: back.state == "done"
            )
            for sent in gone.move_line_ids:
                move._aftersales_leave_out(sent.lot_id, sent.quantity)

    def _aftersales_leave_out(self, lot, quantity):
        for line in self.move_line_ids.filtered(lambda line: line.lot_id == lot):
            part = min(line.quantity, quantity)
            quantity -= part
            line.quantity -= part
            if line.product_uom_id.is_zero(line.quantity):
                line.unlink()

    # === NO MORE THAN IS OWED === #

    def _aftersales_check_replaced(self):
        """A replacement is no more than what was accepted, or asked for where it leaves in advance."""
        for line, moves in self.grouped("aftersales_exchange_line_id").items():
            if not line:
                continue
            needs = line._replacement_needs()
            for product, leaving in moves.grouped("product_id").items():
                owed = line._replacement_due() * needs.get(product, 0.0) - line._pieces_replaced(product)
                leaving._aftersales_refuse_more_than(owed, line.rma_id)

    def _aftersales_check_sent_back(self):
        """Of what goes back to the customer no more leaves than came in."""
        back = self.filtered(lambda move: move.picking_id.aftersales_rma_id and move.origin_returned_move_id)
        for received, moves in back.grouped("origin_returned_move_id").items():
            owed = received.product_uom._compute_quantity(
                received._aftersales_to_send_back(), received.product_id.uom_id
            )
            moves._aftersales_refuse_more_than(owed, moves.picking_id.aftersales_rma_id)

    def _aftersales_refuse_more_than(self, owed, rma):
        """:param owed: pieces in the product's unit"""
        leaving = sum(
            move.product_uom._compute_quantity(move.quantity, move.product_id.uom_id) for move in self
        )
        if self.product_id.uom_id.compare(leaving, owed) > 0:
            raise UserError(
                self.env._(
                    "%(transfer)s: %(quantity)s of %(product)s are more than %(rma)s owes the customer; it "
                    "owes %(owed)s. Ship so many, and sell the rest with an order.",
                    transfer=", ".join(self.picking_id.mapped("name")),
                    quantity=f"{leaving:g}",
                    product=self.product_id.display_name,
                    rma=", ".join(rma.mapped("name")),
                    owed=f"{max(0.0, owed):g}",
                )
            )


class AftersalesRmaLine(models.Model):
    _inherit = "aftersales.rma.line"

    def _replacement_needs(self):
        """{product: pieces of it in one replacement}; a kit has several products."""
        return {self.exchange_product_id: 1.0} if self._is_other_product() else self._parts()

    def _pieces_replaced(self, product):
        """Pieces of ``product`` that have reached the customer as a replacement, in its unit."""
        gone = self.exchange_move_ids.filtered(
            lambda move: (
                move.product_id == product
                and move.state == "done"
                and move.location_dest_id.usage == "customer"
            )
        )
        return sum(move._aftersales_qty() for move in gone)
