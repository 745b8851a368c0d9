from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError

from .aftersales_unknown_parcel import EXPECTING, LATE
from .stock_picking import LOGGED_BELOW

#: what the booking has made of a line; nobody writes it afterwards
BOOKED_FACTS = {"parcel_id", "product_id", "lot_id", "quantity", "move_id"}


class AftersalesUnknownParcelLine(models.Model):
    """A piece that was in the parcel; what is known as an article of ours is booked into quarantine."""

    _name = "aftersales.unknown.parcel.line"
    _description = "Goods in an unknown parcel"
    _order = "parcel_id, id"

    parcel_id = fields.Many2one(
        "aftersales.unknown.parcel", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="parcel_id.company_id", store=True)
    product_id = fields.Many2one("product.product", "Article", domain="[('type', '=', 'consu')]")
    name = fields.Char("What it is", help="For goods that are none of ours, or not recognized.")
    lot_id = fields.Many2one(
        "stock.lot", "Serial number", domain="[('product_id', '=', product_id)]", index="btree_not_null"
    )
    serial = fields.Char("Number on it", help="As it stands on the goods, also where it is not known here.")
    quantity = fields.Float(default=1, required=True)
    move_id = fields.Many2one("stock.move", "Booked by", readonly=True, copy=False, index="btree_not_null")

    _quantity_positive = models.Constraint("CHECK (quantity > 0)", "Enter how many pieces there are.")

    @api.onchange("serial")
    def _onchange_serial(self):
        """A number that is known here tells the article."""
        lots = self._lots()
        if len(lots) == 1:
            self.lot_id, self.product_id = lots, lots.product_id

    @api.constrains("lot_id", "quantity")
    def _check_one_piece(self):
        for line in self:
            if line.lot_id.product_id.tracking == "serial" and line.quantity != 1:
                raise ValidationError(
                    self.env._(
                        "Serial number %s is one piece: the quantity of its line is 1.", line.lot_id.name
                    )
                )

    # === WHAT WAS BOOKED === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._refuse_when_booked()
        for line in lines.filtered(lambda line: line.serial and not line.lot_id):
            line._onchange_serial()
        return lines

    def write(self, vals):
        if BOOKED_FACTS.intersection(vals):
            self._refuse_when_booked()
        result = super().write(vals)
        if "move_id" in vals:
            self._refuse_when_booked()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_unbooked(self):
        """Without its line nobody would know whose goods lie in quarantine."""
        self._refuse_when_booked()

    def _refuse_when_booked(self):
        booked = self.filtered("move_id")
        if booked and not self.env.su:
            raise UserError(
                self.env._(
                    "%s is in quarantine already; what was booked is not changed here.",
                    ", ".join(booked.mapped("display_name")),
                )
            )

    # === GOODS === #

    @api.depends("product_id", "name", "serial")
    def _compute_display_name(self):
        for line in self:
            parts = [line.product_id.display_name or line.name or "", line.lot_id.name or line.serial or ""]
            line.display_name = " ".join(filter(None, parts)) or self.env._("Piece")

    def _lots(self):
        """Serial numbers of the pieces that are known here."""
        told = [line.serial.strip() for line in self if line.serial and not line.lot_id]
        # sudo: numbers are looked up for the warehouse, which may not read all of them
        known = self.env["stock.lot"].sudo().search([("name", "in", told)]) if told else self.lot_id.browse()
        return self.lot_id | known

    def _known(self):
        return self.filtered("product_id")

    def _is_bookable(self):
        """Goods of ours, kept in stock or not, whose number is known where they have one."""
        goods = self.product_id.type == "consu"
        return bool(goods and not self.move_id and (self.product_id.tracking == "none" or self.lot_id))

    def _move_vals(self, receipt):
        return {
            "picking_id": receipt.id,
            "product_id": self.product_id.id,
            "product_uom_qty": self.quantity,
            "product_uom": self.product_id.uom_id.id,
            "location_id": receipt.location_id.id,
            "location_dest_id": receipt.location_dest_id.id,
            "picking_type_id": receipt.picking_type_id.id,
            "company_id": receipt.company_id.id,
            "to_refund": False,
        }

    def _way_back_vals(self, quarantine, place):
        """Values of the move that takes out of quarantine what was booked by this line."""
        return {
            "product_id": self.product_id.id,
            "product_uom_qty": self.quantity,
            "product_uom": self.product_id.uom_id.id,
            "location_id": quarantine.id,
            "location_dest_id": place.id,
            "restrict_partner_id": self.parcel_id._owner().id,
            "company_id": self.company_id.id,
            # also when it is reserved anew in Inventory
            "move_orig_ids": [Command.set(self.move_id.ids)],
            "aftersales_received_move_id": self.move_id.id,
        }

    def _return_line_vals(self, order):
        """A line of the return; of the order's lines the one with this article and number."""
        sold = (
            (order or self.env["sale.order"])
            .sudo()
            .order_line.filtered(  # sudo: what was sold, by id
                lambda line: line.product_id == self.product_id
            )
        )
        with_lot = sold.filtered(lambda line: self.lot_id in line._aftersales_brought().move_line_ids.lot_id)
        return {
            "sale_line_id": (with_lot or sold)[:1].id,
            "product_id": self.product_id.id,
            "lot_id": self.lot_id.id,
            "quantity": self.quantity,
        }

    # === HANDED OVER === #

    def _become_returned(self, rma):
        """This receipt is what the return expects; the expected transfer asks for that much less."""
        if rma.state in EXPECTING:
            rma._renew_receipts()
        for piece in self:
            while piece:
                piece = piece._take_a_place(rma)

    def _take_a_place(self, rma):
        """Count as many as it waits for under one line of ``rma``.

        :return: the rest, for another line; nothing where no line takes any
        """
        rest = self.browse()
        if awaited := self._awaited_by(rma):
            rest = self._split_off(self.quantity - awaited._aftersales_qty())
            self._count_under(awaited.aftersales_rma_line_id, awaited.origin_returned_move_id)
            self._take_off(awaited)
        elif rma.state in LATE and (lacking := self._lacking(rma)):
            line, delivery, quantity = lacking[self]
            rest = self._split_off(self.quantity - quantity)
            self._count_under(line, delivery)
        return rest

    def _awaited_by(self, rma):
        """A move by which ``rma`` expects such a piece."""
        return rma._open_receipts().move_ids.filtered(
            lambda move: (
                move.product_id == self.product_id
                and move.state not in ("done", "cancel")
                and (not self.lot_id or self.lot_id in move.aftersales_rma_line_id.lot_id)
            )
        )[:1]

    def _count_under(self, line, delivery):
        """It comes under the line that asks for it, out of the delivery it had left with."""
        self.move_id.write(
            {
                "aftersales_rma_line_id": line.id,
                "origin_returned_move_id": delivery.id,
                "sale_line_id": delivery._aftersales_sold_with().id,
            }
        )

    def _take_off(self, awaited):
        rest = awaited._aftersales_qty() - self.quantity
        if awaited.product_id.uom_id.is_zero(rest):
            awaited._action_cancel()
        else:
            awaited.product_uom_qty = awaited.product_id.uom_id._compute_quantity(rest, awaited.product_uom)

    def _split_off(self, quantity):
        """``quantity`` of it as a line with a move of its own on the same receipt; the goods do not move.

        :return: the new line; none where there is nothing to split off
        """
        if self.product_id.uom_id.compare(quantity, 0) <= 0:
            return self.browse()
        move = self.move_id
        came = move.move_line_ids.with_context(aftersales_logged_by=LOGGED_BELOW)
        rest = move.copy({"state": "done", "picked": True, "date": move.date, "product_uom_qty": quantity})
        left = quantity
        for row in came:
            part = min(left, row.quantity)
            row.quantity -= part
            row.copy({"move_id": rest.id, "quantity": part})
            left -= part
        move.product_uom_qty = self.quantity - quantity
        self.quantity -= quantity
        return self.copy({"quantity": quantity, "move_id": rest.id})

    def _become_unexpected(self, rma):
        """What ``rma`` does not wait for; the inspection and customer service say what becomes of it."""
        if not self:
            return
        for piece in self:
            piece.move_id._aftersales_come_unexpected(rma)
        rma._message_log(
            body=self.env._(
                "Not announced, in %(parcel)s: %(goods)s", parcel=self.parcel_id.name, goods=self._told()
            )
        )

    def _unexpected(self):
        # sudo: which goods of the return they are, for whoever reads the parcel
        return self.filtered(lambda line: line.sudo().move_id.aftersales_rma_line_id.is_unexpected)

    def _told(self):
        return ", ".join(f"{line.quantity:g} {line.display_name}" for line in self)

    def _are_owed_to(self, rma):
        """Whether the return still waits for one of the pieces, or has never had it."""
        awaited = rma._open_receipts().move_ids.product_id & self.product_id
        return bool(awaited or self._lacking(rma))

    def _lacking(self, rma):
        """{piece: (line of ``rma``, its delivery, how many)} of goods that the return has never had.

        Neither awaited any more nor come by any other way: left out of the parcel that was inspected.
        """
        found = {}
        for piece in self:
            for line in rma.line_ids:
                lacks = min(piece.quantity, line._lacks(piece))
                for delivery in line._deliveries() if lacks > 0 else ():
                    quantity = min(lacks, line._left_of(delivery, count_own=True))
                    if piece.product_id.uom_id.compare(quantity, 0) > 0:
                        found[piece] = (line, delivery, quantity)
        return found


class AftersalesRmaLine(models.Model):
    _inherit = "aftersales.rma.line"

    def _lacks(self, piece):
        """How many like the piece of a parcel this line asked for and has not had."""
        same = piece.product_id == self.product_id and self.lot_id in (piece.lot_id.browse(), piece.lot_id)
        if not same:
            return 0.0
        return self.quantity - self.received_qty - sum(self._supplementing().mapped("received_qty"))

    def _supplementing(self):
        """Lines of supplements under which goods of this line came."""
        return self.search([("supplements_line_id", "=", self.id)]) if self.ids else self.browse()
