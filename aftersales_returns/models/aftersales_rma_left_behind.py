"""Goods of a return that people in Inventory leave in quarantine, when no transfer takes them out any more.

The return itself may be over by then: the customer has his money, and the goods are the company's. So each
of these is where a task of somebody begins: a way back that is shipped in part, a repair that has ended. What
is for the supplier has a button, see aftersales_rma_vendor.py.
"""

from collections import defaultdict

from odoo import Command, fields, models

from ..policy import disposition, rma_flow
from .repair_order import OPEN


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    def _tell_left_behind(self, left, by):
        """A task for whoever handles the return.

        :param left: {product: pieces} that lie in quarantine for good
        :param by: name of the document that has left them there
        """
        goods = ", ".join(f"{pieces:g} {product.display_name}" for product, pieces in left.items())
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("Left in quarantine by %(document)s: %(goods)s", document=by, goods=goods),
            note=self.env._("No transfer takes them out of there: decide what becomes of them."),
            user_id=self._who_answers().id,
        )


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _aftersales_follow(self):
        result = super()._aftersales_follow()
        # sudo: the return of the goods, for a warehouse user without rights on returns
        done = self.sudo().filtered(lambda picking: picking.state == "done")
        done.filtered(lambda picking: picking._aftersales_empties_quarantine())._aftersales_tell_left_behind()
        return result

    def _aftersales_tell_cancelled(self):
        result = super()._aftersales_tell_cancelled()
        # sudo: as above; of goods for the customer somebody hears there
        others = self.sudo().filtered(lambda picking: not picking._aftersales_is_for_customer())
        others._aftersales_tell_left_behind()
        return result

    def _aftersales_empties_quarantine(self):
        """Whether people do it; what an inspection puts into stock goes at once and whole."""
        repaired = self.move_ids.aftersales_disposed_line_id.filtered(
            lambda line: line.disposition == disposition.REFURBISH
        )
        return self._aftersales_leaves_us() or bool(repaired)

    def _aftersales_tell_left_behind(self):
        for picking in self:
            rma = picking.aftersales_rma_id
            is_owed = picking._aftersales_is_for_customer() and rma.state == rma_flow.TO_SHIP
            left = picking.move_ids._aftersales_left_behind()
            # what the return still owes, or is for the supplier, has its button and a task of its own
            if left and not is_owed and picking.location_dest_id.usage != "supplier":
                rma._tell_left_behind(left, picking.name)


class StockMove(models.Model):
    _inherit = "stock.move"

    aftersales_way_out_ids = fields.One2many(
        "stock.move", "aftersales_received_move_id", "Taken out of quarantine by", readonly=True
    )

    def _aftersales_left_behind(self):
        """{product: pieces} that came in together with the goods of these moves and are on no way out."""
        left = defaultdict(float)
        for came in self._aftersales_came_with():
            out = came._aftersales_ways_out().filtered(lambda move: move.state != "cancel")
            left[came.product_id] += came._aftersales_qty() - sum(move._aftersales_qty() for move in out)
        return {product: pieces for product, pieces in left.items() if product.uom_id.compare(pieces, 0) > 0}

    def _aftersales_came_with(self):
        """The receipts of what these moves take out of quarantine."""
        turned_around = self.origin_returned_move_id.filtered("aftersales_rma_line_id")
        return self.aftersales_received_move_id | turned_around

    def _aftersales_ways_out(self):
        """Whatever takes goods of this receipt out: back to the customer, to the supplier, into stock."""
        return self.returned_move_ids | self.aftersales_way_out_ids

    def _aftersales_take_from(self, places):
        """Take these very pieces; they are ours.

        :param places: {(location, number, package): pieces that lie there}
        """
        common = self._prepare_move_line_vals(quantity=0)
        rows = [
            {"location_id": place.id, "lot_id": lot.id, "package_id": package.id, "quantity": pieces}
            for (place, lot, package), pieces in places.items()
        ]
        self.move_line_ids.unlink()
        self.move_line_ids = [Command.create({**common, **row}) for row in rows]


class RepairOrder(models.Model):
    _inherit = "repair.order"

    def action_repair_done(self):
        result = super().action_repair_done()
        # sudo: the workshop needs no rights on returns
        for repair in self.sudo().filtered(lambda repair: repair._aftersales_is_ours()):
            repair._aftersales_make_restock()
        return result

    def action_repair_cancel(self):
        result = super().action_repair_cancel()
        # sudo: as above
        self.sudo().filtered(lambda repair: repair._aftersales_is_ours())._aftersales_tell_given_up()
        return result

    def write(self, vals):
        if "product_qty" not in vals:
            return super().write(vals)
        # sudo: as above
        ours = self.sudo().filtered(lambda repair: repair.state in OPEN and repair._aftersales_is_ours())
        before = {repair: repair._aftersales_pieces() for repair in ours}
        result = super().write(vals)
        for repair, pieces in before.items():
            rest = pieces - repair._aftersales_pieces()
            if repair.product_id.uom_id.compare(rest, 0) > 0:
                left = {repair.product_id: rest}
                repair.aftersales_rma_line_id.rma_id._tell_left_behind(left, repair.name)
        return result

    def _aftersales_pieces(self):
        return self.product_uom._compute_quantity(self.product_qty, self.product_id.uom_id)

    def unlink(self):
        # sudo: as above; what was ended or cancelled has been seen to
        given_up = self.sudo().filtered(lambda repair: repair.state in OPEN and repair._aftersales_is_ours())
        given_up._aftersales_tell_given_up()
        return super().unlink()

    def _aftersales_is_ours(self):
        """Whether it makes returned goods ready for sale; what is repaired for the customer stays his."""
        line = self.aftersales_rma_line_id
        return bool(line) and line.rma_id.resolution != "repair"

    def _aftersales_tell_given_up(self):
        for repair in self:
            left = {repair.product_id: repair._aftersales_pieces()}
            repair.aftersales_rma_line_id.rma_id._tell_left_behind(left, repair.name)

    def _aftersales_make_restock(self):
        """A transfer into stock, ready for the warehouse: the goods can be sold once it validates that.

        Of goods that somebody has put away or scrapped meanwhile only the rest is taken.
        """
        line, place = self.aftersales_rma_line_id, self.product_location_dest_id
        if place != self.product_location_src_id:  # the workshop has put them away itself
            return
        places = self._aftersales_still_here()
        pieces = sum(places.values())
        if self.product_id.uom_id.compare(pieces, self.product_qty) < 0:
            self._aftersales_log_missing(self.product_qty - pieces)
        if not places:
            return
        transfer = self.env["stock.picking"].create(
            {**line._restock_vals(), "move_ids": [Command.create(self._aftersales_restock_row(pieces))]}
        )
        transfer.action_confirm()
        transfer.move_ids._aftersales_take_from(places)

    def _aftersales_still_here(self):
        """{(location, number, package): pieces} of these goods that lie there and wait for nothing else."""
        place, lot = self.product_location_dest_id, self.lot_id
        if not self.product_id.is_storable:  # Odoo keeps no stock of them: nobody can say
            return {(place, lot, self.env["stock.package"]): self.product_qty}
        ours = [
            ("product_id", "=", self.product_id.id),
            ("location_id", "=", place.id),
            ("lot_id", "=", lot.id),
            ("owner_id", "=", False),
        ]
        here, wanted = {}, self.product_qty
        for quant in self.env["stock.quant"].search(ours, order="in_date, id"):
            pieces = min(quant.available_quantity, wanted)
            if self.product_id.uom_id.compare(pieces, 0) > 0:
                here[place, lot, quant.package_id] = pieces
                wanted -= pieces
        return here

    def _aftersales_log_missing(self, pieces):
        self.aftersales_rma_line_id.rma_id._message_log(
            body=self.env._(
                "%(repair)s has ended, but %(pieces)s %(goods)s no longer lies in %(place)s: no transfer "
                "takes it into stock.",
                repair=self.name,
                pieces=f"{pieces:g}",
                goods=self.product_id.display_name,
                place=self.product_location_dest_id.display_name,
            )
        )

    def _aftersales_restock_row(self, pieces):
        line = self.aftersales_rma_line_id
        received = line._received_moves().filtered(
            lambda move: move.picking_id == self.picking_id and move.product_id == self.product_id
        )
        return {
            **line._disposal_vals(received[:1], line.rma_id.warehouse_id.lot_stock_id),
            "product_uom_qty": pieces,
            "product_uom": self.product_uom.id,
        }
