"""What is sent again stands for what was paid: which line of the order, and in place of which numbers.

Nothing of it is on the order, so that no figure of it changes. The transfer names the line, and so what comes
back of it is that line's. A line never stands for more than it sold.
"""

from collections import defaultdict

from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class AftersalesReshipment(models.Model):
    _inherit = "aftersales.reshipment"

    replaced_lot_ids = fields.Many2many(
        "stock.lot",
        "aftersales_reshipment_replaced_lot_rel",
        string="Numbers not with the customer",
        copy=False,
        domain="[('id', 'in', order_lot_ids)]",
        help="Serial numbers on the delivery that are missing, wrong or broken: what is sent again takes "
        "their place, and they cannot be returned. Filled in by itself where no others can be meant.",
    )

    order_lot_ids = fields.Many2many(
        "stock.lot", string="Numbers of the order", compute="_compute_order_lot_ids", compute_sudo=True
    )

    @api.depends("sale_order_id", "line_ids.product_id")
    def _compute_order_lot_ids(self):
        """Serial numbers that the customer should have, of what is sent again."""
        for row in self:
            row.order_lot_ids = row._numbers_in_hand()

    def _numbers_in_hand(self):
        lots = self.env["stock.lot"]
        for product in self._granted():
            if product.tracking == "serial":
                for line in self.sale_order_id.order_line:
                    lots |= line._aftersales_numbers_in_hand(product)
        return lots

    def _check_complete(self):
        super()._check_complete()
        for row in self.sudo():  # sudo: what was delivered, whoever decides
            foreign = row.replaced_lot_ids - row._numbers_in_hand()
            if foreign:
                raise UserError(
                    self.env._(
                        "%(row)s: %(numbers)s is not with the customer of %(order)s by our books, or not of "
                        "what is sent again. Take it out of 'Numbers not with the customer'.",
                        row=row.name,
                        numbers=", ".join(foreign.mapped("name")),
                        order=row.sale_order_id.name,
                    )
                )

    # === LINES OF THE ORDER === #

    def _create_deliveries(self):
        super()._create_deliveries()
        moves = self.sudo().delivery_ids.move_ids  # sudo: the order's lines, as for the delivery itself
        moves.aftersales_resent_line_id.aftersales_was_sent_again = True

    def _move_vals(self):
        """A move for each line of the order that pieces stand for."""
        rows = []
        for vals in super()._move_vals():
            product = self.env["product.product"].browse(vals["product_id"])
            for line, pieces in self._stands_for(product, vals["product_uom_qty"]).items():
                own = {"product_uom_qty": pieces, "aftersales_resent_line_id": line.id}
                rows.append({**vals, **line._aftersales_like_sold(product), **own})
        return rows

    def _stands_for(self, product, pieces):
        """{line of the order: pieces}; what no line has room for stands for none, and was not paid."""
        parts = defaultdict(float)
        for line, claimed in self._claims(product, pieces):
            room = line._aftersales_pieces_sold(product) - line._aftersales_sent_again(product) - parts[line]
            part = min(pieces, claimed, room)
            if product.uom_id.compare(part, 0) > 0:
                parts[line] += part
                pieces -= part
        if product.uom_id.compare(pieces, 0) > 0:
            parts[self.env["sale.order.line"]] = pieces
        return {line: part for line, part in parts.items() if part}

    def _claims(self, product, pieces):
        """[(line of the order, how many it may stand for)], the likeliest first: those whose numbers are
        named, the one that the ticket is about, those whose article is sent again.
        """
        lines = self.sale_order_id.order_line.sorted(
            lambda line: (
                line != self.ticket_id.sale_line_id,
                line.product_id not in self.line_ids.product_id,
                line.id,
            )
        )
        named = self.replaced_lot_ids.filtered(lambda lot: lot.product_id == product)
        by_number = [(line, len(named & line.move_ids.move_line_ids.lot_id)) for line in lines if named]
        return [*by_number, *((line, pieces) for line in lines)]

    # === NUMBERS === #

    def _delivered(self):
        self._note_replaced()
        super()._delivered()

    def _note_replaced(self):
        """Where the customer can have no more numbers than are sent again, it is those that he lacks."""
        for row in self:
            gone = row.delivery_ids.move_ids.filtered(
                lambda move: move.state == "done" and move.product_id.tracking == "serial"
            )
            for line, moves in gone.grouped("aftersales_resent_line_id").items():
                for product, own in moves.grouped("product_id").items():
                    told = row.replaced_lot_ids & line.move_ids.move_line_ids.lot_id
                    told = told.filtered(lambda lot, product=product: lot.product_id == product)
                    open_pieces = sum(move._aftersales_qty() for move in own) - len(told)
                    meant = line._aftersales_numbers_in_hand(product, besides=own)
                    if 0 < len(meant) <= open_pieces:
                        row._write_policy({"replaced_lot_ids": [Command.link(lot.id) for lot in meant]})


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    aftersales_was_sent_again = fields.Boolean(
        "Sent again",
        readonly=True,
        copy=False,
        help="Re-shipments have brought pieces of this line once more; they are counted in its returns.",
    )
    aftersales_resent_move_ids = fields.One2many(
        "stock.move", "aftersales_resent_line_id", "Moves of re-shipments", readonly=True, copy=False
    )

    def _aftersales_pieces_sold(self, product):
        """Pieces of ``product`` that a confirmed order sold with the line; of a kit its parts."""
        if self.order_id.state != "sale" or not self.product_id:
            return 0.0
        units = self.product_uom_id._compute_quantity(self.product_uom_qty, self.product_id.uom_id)
        return units * self._aftersales_sold_as().get(product, 0.0)

    def _aftersales_sent_again(self, product):
        """Pieces of ``product`` that were sent again for the line, or are about to be."""
        again = self.aftersales_resent_move_ids.filtered(
            lambda move: move.product_id == product and move.state != "cancel"
        )
        return sum(move._aftersales_sent_for_good() for move in again)

    def _aftersales_like_sold(self, product):
        """What the transfer of a kit's part says of the kit, where manufacturing is installed."""
        like = self.move_ids.filtered(lambda move: move.product_id == product)[:1]
        return {name: like[name].id for name in ("bom_line_id",) if name in like._fields and like}

    # === WHAT THE CUSTOMER HAS === #

    def _aftersales_brought(self):
        """Done moves that brought goods of the line to the customer, those of re-shipments included."""
        moves = self.move_ids
        if self.aftersales_was_sent_again:  # else without a look at them
            moves |= self.aftersales_resent_move_ids
        return moves.filtered(
            lambda move: (
                move.state == "done"
                and move.location_dest_id.usage == "customer"
                and move.location_id.usage != "customer"
            )
        )

    def _aftersales_replaced(self):
        """{serial number: the move that brought another piece in its place}."""
        if not self.aftersales_was_sent_again:
            return {}
        replaced = {}
        again = self.aftersales_resent_move_ids.filtered(lambda move: move.state == "done")
        for move in again.sorted(lambda move: (move.date, move.id)):
            if move.product_id.uom_id.compare(move._aftersales_sent_for_good(), 0) > 0:
                lots = move.picking_id.aftersales_reshipment_id.replaced_lot_ids
                replaced.update(
                    dict.fromkeys(
                        lots.filtered(lambda lot, move=move: lot.product_id == move.product_id), move
                    )
                )
        return replaced

    def _aftersales_numbers_in_hand(self, product, besides=None):
        """Serial numbers of ``product`` that came with the line, and neither came back nor were replaced.

        :param besides: moves that do not count
        """
        replaced = self._aftersales_replaced()
        lots = self.env["stock.lot"]
        moves = self._aftersales_brought().filtered(lambda move: move.product_id == product)
        for move in moves - (besides or moves.browse()):
            for lot in move.move_line_ids.lot_id:
                here = move._aftersales_qty_of(lot) - sum(
                    back._aftersales_qty_of(lot) for back in move._aftersales_coming_back()
                )
                if here > 0 and not move._aftersales_was_replaced(lot, replaced):
                    lots |= lot
        return lots

    def _aftersales_paid_left(self, product, besides=None):
        """Pieces of ``product`` that may still come back: no more than were paid for, whichever they are.

        What was sent again came in place of others. Those did not stay with the customer, so both deliveries
        together give back what the first one alone would have.

        :param besides: the return that asks; what it takes back itself is not taken away
        """
        moves = self._aftersales_brought().filtered(lambda move: move.product_id == product)
        left, again = 0.0, 0.0
        for move in moves:
            back = move._aftersales_coming_back()
            if besides:
                back = back.filtered(lambda one: one.aftersales_rma_line_id.rma_id != besides)
            left += move._aftersales_qty() - sum(one._aftersales_qty() for one in back)
            again += move._aftersales_in_place_of_others()
        return left - max(0.0, again)


class StockMove(models.Model):
    _inherit = "stock.move"

    aftersales_resent_line_id = fields.Many2one(
        "sale.order.line",
        "Sent again for",
        index="btree_not_null",
        copy=False,
        readonly=True,
        ondelete="set null",
        help="The line of the order that was paid for these goods; a re-shipment brings them at no charge.",
    )

    def _prepare_merge_moves_distinct_fields(self):
        return [*super()._prepare_merge_moves_distinct_fields(), "aftersales_resent_line_id"]

    def _prepare_move_split_vals(self, qty):
        own = {"aftersales_resent_line_id": self.aftersales_resent_line_id.id}
        return {**super()._prepare_move_split_vals(qty), **own}

    def _aftersales_sold_with(self):
        """The line of the order that was paid for the goods."""
        return self.sale_line_id | self.aftersales_resent_line_id

    def _aftersales_coming_back(self):
        """Moves by which goods of this delivery came back, or are on their way."""
        return self.returned_move_ids.filtered(
            lambda back: back.state != "cancel" and back.location_id.usage == "customer"
        )

    def _aftersales_sent_for_good(self):
        """Pieces of a re-shipment, in the product's unit; what was taken back in Inventory without a return
        of ours is as if it had not been sent: no money was given for it.
        """
        undone = self._aftersales_coming_back().filtered(lambda back: not back.aftersales_rma_line_id)
        return self._aftersales_qty() - sum(back._aftersales_qty() for back in undone)

    def _aftersales_in_place_of_others(self):
        """Pieces by which this move makes the deliveries hold more than was paid, in the product's unit.

        Negative where the first delivery was put right in Inventory: what it took back without money had not
        left, and needs no other to be left out for it.
        """
        if self.aftersales_resent_line_id:
            return self._aftersales_sent_for_good()
        put_right = self._aftersales_coming_back().filtered(
            lambda back: not back.aftersales_rma_line_id and not back.to_refund
        )
        return -sum(back._aftersales_qty() for back in put_right)

    def _aftersales_was_replaced(self, lot, replaced):
        """Whether another piece came later in place of the one that this delivery brought.

        :param replaced: see ``_aftersales_replaced``
        """
        by = replaced.get(lot)
        return bool(by) and (self.date, self.id) < (by.date, by.id)

    def _aftersales_replaced_lots(self, sold):
        """Serial numbers of these deliveries of ``sold`` that other pieces came in place of."""
        replaced = sold._aftersales_replaced()
        return self.move_line_ids.filtered(
            lambda row: row.move_id._aftersales_was_replaced(row.lot_id, replaced)
        ).lot_id
