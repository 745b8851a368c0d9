"""What people in Inventory may do to the goods of a return.

Everybody there may raise a demand, choose another place, pack, unlock what is done or cancel it. Whatever he
does: no more comes in than was announced and delivered, it comes from the customer into quarantine as his,
and what was inspected stays as it was booked.
"""

from odoo import api, models
from odoo.exceptions import UserError

from ..policy import rma_flow
from .stock_picking import LOGGED_BELOW

# Proof that a return cancels its transfers itself. An object: no client can send it.
CANCELLED_BY_RETURN = object()
# Proof that a sales order is cancelled, which is no reason to leave goods of a return where they are.
CANCELLED_BY_ORDER = object()

#: states in which goods that are here may still be counted again: nobody has decided on them
UNDECIDED = (rma_flow.APPROVED, rma_flow.IN_TRANSIT, rma_flow.RECEIVED, rma_flow.DISPUTED)
#: states in which a parcel is expected or may be on the road
EXPECTED = (rma_flow.APPROVED, rma_flow.IN_TRANSIT, rma_flow.DISPUTED)
#: what a correction of a done line may change about the goods in stock
ABOUT_STOCK = {
    "quantity",
    "product_uom_id",
    "quant_id",
    "lot_id",
    "owner_id",
    "location_id",
    "location_dest_id",
    "package_id",
    "result_package_id",
}


class StockPicking(models.Model):
    _inherit = "stock.picking"

    # === COMING IN === #

    def _aftersales_check_receipt(self):
        """A receipt of a return takes in what was announced, as the customer's, into quarantine."""
        # sudo: the return behind the receipt, for a warehouse user without rights on returns
        for picking in self.sudo().filtered(lambda p: p.picking_type_id.code == "incoming"):
            picking._aftersales_keep_owner()
            picking.move_line_ids.filtered(lambda row: row.state != "done")._aftersales_check_places()
            coming = picking.move_ids.filtered(
                lambda move: move.aftersales_rma_line_id and move.state not in ("done", "cancel")
            )
            coming._aftersales_check_lots()
            coming._aftersales_check_quantity()

    def _aftersales_keep_owner(self):
        """Until the verdict the goods are the customer's; as the company's they would be worth something."""
        customer = self.aftersales_rma_id.partner_id
        if self.owner_id != customer:
            self.owner_id = customer

    def _aftersales_check_way_out(self):
        """To the supplier goes no more than came in: others' goods lie beside it."""
        # sudo: as in _aftersales_check_receipt
        leaving = self.sudo().filtered(lambda picking: picking._aftersales_leaves_us()).move_ids
        for move in leaving.filtered(lambda move: move.state not in ("done", "cancel")):
            move._aftersales_check_leaving()

    def _aftersales_leaves_us(self):
        """By where it goes: its operation type may be a direct delivery, or one that somebody has made."""
        place = self.location_dest_id
        return place.usage in ("customer", "supplier") or (place.usage == "transit" and not place.company_id)

    # === TAKEN AWAY === #

    def action_cancel(self):
        reason = self.env.context.get("aftersales_cancelled_by")
        if reason is CANCELLED_BY_RETURN:
            return super().action_cancel()
        # sudo: only whether there is a return
        of_returns = self.filtered(lambda picking: picking.sudo().aftersales_rma_id)
        if reason is CANCELLED_BY_ORDER:
            return super(StockPicking, self - of_returns).action_cancel()
        of_returns._aftersales_refuse_while_expected()
        open_ones = of_returns.filtered(lambda picking: picking.state not in ("done", "cancel"))
        result = super().action_cancel()
        open_ones._aftersales_tell_cancelled()
        return result

    def unlink(self):
        self._aftersales_refuse_while_expected()
        return super().unlink()

    def _aftersales_cancel(self):
        """The return is over: its transfers are not needed any more."""
        return self.with_context(aftersales_cancelled_by=CANCELLED_BY_RETURN).action_cancel()

    def _aftersales_refuse_while_expected(self):
        """Whoever opens the parcel at the gate has to find its transfer."""
        # sudo: the state of the return, for a warehouse user without rights on returns
        for picking in self.sudo().filtered("aftersales_rma_id"):
            waits = picking.picking_type_id.code == "incoming" and picking.state not in ("done", "cancel")
            rma = picking.aftersales_rma_id
            if waits and rma.state in EXPECTED:
                raise UserError(
                    self.env._(
                        "%(rma)s waits for the parcel of %(transfer)s. If it does not come any more, tell "
                        "customer service: the transfer is cancelled with the return.",
                        rma=rma.name,
                        transfer=picking.name,
                    )
                )

    def _aftersales_tell_cancelled(self):
        """Customer service hears that goods stay where they are; a parcel that lacks something is usual."""
        # sudo: the log and the tasks of the return, whoever works in Inventory
        for picking in self.sudo():
            rma = picking.aftersales_rma_id
            told = self.env._("%s was cancelled in Inventory.", picking.name)
            rma._message_log(body=told)
            if picking._aftersales_is_for_customer():
                rma.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=told,
                    note=self.env._(
                        "The goods for the customer have not left. Press 'New transfer' on the return when "
                        "they may."
                    ),
                    user_id=rma._who_answers().id,
                )


class StockMove(models.Model):
    _inherit = "stock.move"

    def _aftersales_check_lots(self):
        """Only what was delivered to this customer comes back under this return."""
        # sudo: the line of the return and its delivery, for a warehouse user without rights on returns
        for move in self.sudo():
            line = move.aftersales_rma_line_id
            came = move.move_line_ids.filtered("quantity").lot_id
            if not came:
                continue
            known = line.lot_id or move.origin_returned_move_id.move_line_ids.lot_id
            foreign = came - known
            if not known and move.origin_returned_move_id:
                foreign = came._aftersales_seen_before()
            if foreign and not (line.is_unexpected and not line.lot_id):  # of several unknown ones
                raise UserError(
                    self.env._(
                        "Serial number %(found)s was not delivered with %(rma)s; expected: %(known)s. "
                        "Put the parcel "
                        "aside and tell customer service, or correct the number on %(transfer)s.",
                        found=", ".join(foreign.mapped("name")),
                        rma=line.rma_id.name,
                        known=", ".join(known.mapped("name")) or "-",
                        transfer=move.picking_id.name,
                    )
                )

    def _aftersales_check_quantity(self):
        """Returned ≤ announced and ≤ delivered, whatever stands on the transfer as expected.

        Of a demand that somebody has raised nothing stays expected: it would be under way for nobody.
        """
        for move in self.sudo():  # sudo: as in _aftersales_check_lots
            room = move._aftersales_room()
            if move.product_uom.compare(move.quantity, room) > 0:
                move._aftersales_refuse_more(move.quantity, room)
            move._aftersales_check_quantity_of_lots()
            if move.state != "done" and move.product_uom.compare(move.product_uom_qty, room) > 0:
                move.with_context(do_not_unreserve=True).product_uom_qty = room

    def _aftersales_check_quantity_of_lots(self):
        """Where the line leaves open which lots come, each is held against the delivery by itself."""
        origin = self.origin_returned_move_id
        if not origin.move_line_ids.lot_id or self.aftersales_rma_line_id.lot_id:
            return
        for lot in self.move_line_ids.lot_id:
            others = origin.returned_move_ids.filtered(lambda back: back.state != "cancel") - self
            room = origin._aftersales_qty_of(lot) - sum(back._aftersales_qty_of(lot) for back in others)
            came = self._aftersales_qty_of(lot)
            if self.product_id.uom_id.compare(came, room) > 0:
                self._aftersales_refuse_more(came, room, lot)

    def _aftersales_room(self):
        """How much the move may bring in, in its own unit: of what was announced and of its delivery.

        Rounded as the demand was when the transfer was made: five pieces are 0.42 dozen, and a bit more.
        """
        line, origin = self.aftersales_rma_line_id, self.origin_returned_move_id
        # what came late counts under the supplement of the return; none is made before it is decided
        decided = line.rma_id.filtered(lambda rma: rma.state not in UNDECIDED)
        late = decided.supplement_ids.line_ids.filtered(lambda own: own.supplements_line_id == line)
        others = (line | late).return_move_ids.filtered(
            lambda move: move.state != "cancel" and move.product_id == self.product_id
        )
        room = line.quantity * line._parts().get(self.product_id, 1.0)
        room -= sum(move._aftersales_qty() for move in others - self)
        if origin:
            room = min(room, line._left_of(origin, count_own=True) + self._aftersales_qty())
        return self.product_id.uom_id._compute_quantity(max(0.0, room), self.product_uom)

    def _aftersales_refuse_more(self, came, room, lot=None):
        raise UserError(
            self.env._(
                "%(transfer)s: %(quantity)s of %(product)s are more than the %(expected)s that "
                "%(rma)s may bring "
                "back. Receive the announced quantity; put the rest aside and tell customer service.",
                transfer=self.picking_id.name,
                quantity=f"{came:g}",
                product=" ".join(filter(None, [self.product_id.display_name, lot and lot.name])),
                expected=f"{max(0.0, room):g}",
                rma=self.aftersales_rma_line_id.rma_id.name,
            )
        )

    def _aftersales_check_leaving(self):
        came = self.aftersales_received_move_id
        rma = came.aftersales_rma_line_id.rma_id
        if not rma:
            return
        left = came._aftersales_ways_out().filtered(lambda move: move.state == "done") - self
        room = came._aftersales_qty() - sum(move._aftersales_qty() for move in left)
        wanted = self.product_uom._compute_quantity(self.quantity, self.product_id.uom_id)
        if self.product_id.uom_id.compare(wanted, room) > 0:
            raise UserError(
                self.env._(
                    "%(transfer)s: %(quantity)s of %(product)s are more than the %(expected)s of %(rma)s "
                    "that lie here. Send what came in with it.",
                    transfer=self.picking_id.name,
                    quantity=f"{wanted:g}",
                    product=self.product_id.display_name,
                    expected=f"{max(0.0, room):g}",
                    rma=rma.name,
                )
            )


class StockLot(models.Model):
    _inherit = "stock.lot"

    def _aftersales_seen_before(self):
        """Those of these numbers that are known from a transfer: some other piece has them.

        Goods may have been sold before their product was given serial numbers. Whoever receives such a piece
        enters the number that he reads on it, which is a new one.
        """
        rows = self.env["stock.move.line"].sudo()  # sudo: whether there is one, wherever that piece is
        return rows.search([("lot_id", "in", self.ids), ("state", "=", "done")]).lot_id


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    # === CORRECTIONS === #

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        added = rows.filtered(lambda row: row.state == "done")._aftersales_of_receipts()
        added._aftersales_check_added()
        added._aftersales_check_undecided()
        added._aftersales_check_correction()
        return rows

    def write(self, vals):
        if ABOUT_STOCK.isdisjoint(vals) or self.env.context.get("aftersales_logged_by") is LOGGED_BELOW:
            return super().write(vals)
        corrected = self.filtered(lambda row: row.state == "done")._aftersales_of_receipts()
        corrected._aftersales_check_undecided()
        result = super().write(vals)
        corrected._aftersales_check_correction()
        return result

    def _aftersales_of_receipts(self):
        """Those by which goods of a return came in; what was scrapped on its receipt went out."""
        if not self:
            return self
        # sudo: the return behind the transfer, for a warehouse user without rights on returns
        return self.sudo().filtered(
            lambda row: (
                row.picking_id.aftersales_rma_id
                and row.picking_id.picking_type_id.code == "incoming"
                and (row.move_id.aftersales_rma_line_id or row.location_id.usage == "customer")
            )
        )

    def _aftersales_check_added(self):
        """What was in the parcel as well belongs to the return, which says what becomes of it."""
        for row in self.filtered(lambda row: not row.move_id.aftersales_rma_line_id):
            raise UserError(
                self.env._(
                    "%(transfer)s is done. Enter %(product)s on %(rma)s as not announced, or ask customer "
                    "service to.",
                    transfer=row.picking_id.name,
                    product=row.product_id.display_name,
                    rma=row.picking_id.aftersales_rma_id.name,
                )
            )

    def _aftersales_check_undecided(self):
        for rma, rows in self.grouped(lambda row: row.move_id.aftersales_rma_line_id.rma_id).items():
            if rma and (rma.state not in UNDECIDED or rma.inspected_at):
                raise UserError(
                    self.env._(
                        "%(rma)s has been inspected or is over: what %(transfer)s brought in stays as it was "
                        "booked. Tell customer service what is different.",
                        rma=rma.name,
                        transfer=rows.picking_id[:1].name,
                    )
                )

    def _aftersales_check_correction(self):
        """A done line is held to the same rules as the receipt was."""
        if not self:
            return
        self._aftersales_check_places()
        self._aftersales_check_owner()
        self.move_id._aftersales_check_lots()
        self.move_id._aftersales_check_quantity()
        for rma in self.move_id.aftersales_rma_line_id.rma_id:
            if not any(rma.line_ids._received_moves().mapped("quantity")):
                raise UserError(
                    self.env._(
                        "%(rma)s is received: nothing would be left of it. Leave what came in and let the "
                        "inspection turn it down, or tell customer service.",
                        rma=rma.name,
                    )
                )

    def _aftersales_check_places(self):
        """From the customer into quarantine, or a place under it: nothing is for sale before the verdict."""
        for row in self.filtered("quantity"):
            if row.location_id.usage != "customer":
                raise UserError(
                    self.env._(
                        "%(transfer)s: %(product)s of %(rma)s comes from the customer, not from %(place)s. "
                        "Set the source back.",
                        **row._aftersales_names(),
                        place=row.location_id.display_name,
                    )
                )
            quarantine = row.picking_id.aftersales_rma_id.warehouse_id.aftersales_quarantine_id
            if quarantine and not row.location_dest_id._child_of(quarantine):
                raise UserError(
                    self.env._(
                        "%(transfer)s: %(product)s of %(rma)s goes to %(quarantine)s first, not to "
                        "%(place)s; the inspection says where it belongs. Set the destination back.",
                        **row._aftersales_names(),
                        quarantine=quarantine.display_name,
                        place=row.location_dest_id.display_name,
                    )
                )

    def _aftersales_names(self):
        """Transfer, product and return, as a refusal calls them."""
        return {
            "transfer": self.picking_id.name,
            "product": self.product_id.display_name,
            "rma": self.picking_id.aftersales_rma_id.name,
        }

    def _aftersales_check_owner(self):
        for row in self:
            customer = row.picking_id.aftersales_rma_id.partner_id
            if row.owner_id.commercial_partner_id != customer.commercial_partner_id:
                raise UserError(
                    self.env._(
                        "%(product)s of %(rma)s belongs to %(customer)s until it is accepted.",
                        product=row.product_id.display_name,
                        rma=row.picking_id.aftersales_rma_id.name,
                        customer=customer.display_name,
                    )
                )

    # === WHERE THEY LIE === #

    def _aftersales_check_in_place(self):
        """What is judged still lies where it was received, as whose it was; packed or not.

        Of goods that Odoo keeps no stock of nobody can say where they lie.
        """
        for came, quants in self._aftersales_where_they_lie().items():
            if came.product_id.uom_id.compare(came._aftersales_missing(quants), 0) > 0:
                raise UserError(
                    self.env._(
                        "%(goods)s is no longer in %(place)s: somebody has moved it in Inventory. Bring it "
                        "back there, then go on. What got lost is written down on its inspection with 'Lost "
                        "here'.",
                        goods=came._aftersales_goods_name(),
                        place=came.location_dest_id.display_name,
                    )
                )
            came._aftersales_follow_packages(quants)

    def _aftersales_alike(self):
        """The lines in groups of what nobody can tell apart where it lies: article, place, number, owner."""
        kept = self.filtered(lambda row: row.product_id.is_storable)
        return kept.grouped(
            lambda row: (row.product_id, row.location_dest_id, row.lot_id, row.owner_id)
        ).values()

    def _aftersales_where_they_lie(self):
        """{lines, all alike: quants of what lies where they have brought their goods}; one search."""
        alike = self._aftersales_alike()
        if not alike:
            return {}
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "in", self.product_id.ids),
                ("location_id", "in", self.location_dest_id.ids),
                ("owner_id", "in", [*self.owner_id.ids, False]),
            ]
        )
        lying = quants.grouped(lambda quant: (quant.product_id, quant.location_id, quant.owner_id))
        where = {}
        for rows in alike:
            there = lying.get((rows.product_id, rows.location_dest_id, rows.owner_id), quants.browse())
            where[rows] = there.filtered(lambda quant, lot=rows.lot_id: quant.lot_id in (lot, lot.browse()))
        return where

    def _aftersales_missing(self, quants):
        """Pieces of these lines, all alike, that are not among ``quants``; negative: there are more."""
        return sum(self.mapped("quantity_product_uom")) - sum(quants.mapped("quantity"))

    def _aftersales_goods_name(self):
        return " ".join(filter(None, [self.product_id.display_name, self.lot_id.name]))

    def _aftersales_follow_packages(self, quants):
        """Pieces that were packed or unpacked where they lie are taken from the package they are in now."""
        there = {found: sum(rows.mapped("quantity")) for found, rows in quants.grouped("package_id").items()}
        repacked = self.browse()
        for row in self:
            if there.get(row.result_package_id, 0.0) < row.quantity_product_uom:
                repacked |= row
            else:
                there[row.result_package_id] -= row.quantity_product_uom
        for row in repacked:
            package = row._aftersales_package_among(there)
            there[package] -= row.quantity_product_uom
            # Odoo's own word for a line whose quants are right already
            noted = row.with_context(skip_uom_conversion=True, aftersales_logged_by=LOGGED_BELOW)
            noted.result_package_id = package

    def _aftersales_package_among(self, there):
        """The package that holds all pieces of the line; an empty one where they lie loose."""
        for package, left in there.items():
            if self.product_id.uom_id.compare(left, self.quantity_product_uom) >= 0:
                return package
        raise UserError(
            self.env._(
                "%(goods)s of %(transfer)s lies in several packages in %(place)s. Put it into one, or unpack "
                "it.",
                goods=self._aftersales_goods_name(),
                transfer=self.picking_id.name,
                place=self.location_dest_id.display_name,
            )
        )
