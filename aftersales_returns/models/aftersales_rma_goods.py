"""How goods of a return move: back into quarantine as the customer's, and from there where they belong.

Odoo caps nothing here: every quantity is held against delivered − returned − under way, and every serial
number against the delivery, while the deliveries are locked.
"""

from collections import defaultdict

from odoo import Command, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.aftersales_service.policy import lifecycle

from ..policy import disposition, rma_flow
from .stock_picking import FROM_RETURN, LOGGED_BELOW

# Proof that a receipt was validated in Inventory, where the goods have moved already. An object: no client
# can send it.
FROM_STOCK = object()


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    # === CEILING === #

    def _take_deliveries(self):
        """Nothing is promised back twice, also when two people approve at the same moment."""
        # sudo: a warehouse that was given up takes nothing in; also silence has to find an open one
        given_up = self.sudo().warehouse_id.filtered(lambda warehouse: not warehouse.active)
        self.sudo().filtered(lambda rma: rma.warehouse_id in given_up)._compute_warehouse_id()
        for rma in self.filtered(lambda rma: not rma.warehouse_id):
            rma._refuse_incomplete(self.env._("the warehouse where the goods are received"))
        self.line_ids._lock_deliveries()
        self._check_quantities()

    def _announced_lines(self):
        """Lines of the request that are of goods, whether they have to come back or not."""
        return self.line_ids.filtered(lambda line: line._has_goods() and not line.is_unexpected)

    def _check_quantities(self):
        """Nothing comes back that was not delivered, or that is under way already; what counts as not
        shipped has not left.
        """
        self._check_unshipped()
        lines = self.filtered(lambda rma: not rma._is_unshipped())._announced_lines()
        left = lines._returnable()
        for line in lines:
            if line.product_uom_id.compare(line.quantity, left.get(line, 0)) > 0:
                raise UserError(line._too_many_sentence(left.get(line, 0)))

    # === BACK TO US === #

    def _create_return_pickings(self):
        """A receipt into quarantine for each delivery that goods of the returns came with, in one go."""
        waiting = self.filtered(lambda rma: not rma._live_receipts())  # upheld after "not received"
        for group in waiting._without_goods_in_common():
            parts = defaultdict(list)
            for line, moves in group._announced_lines()._allocate().items():
                for move, quantity in moves:
                    parts[line.rma_id, move.picking_id].append((line, move, quantity))
            if parts:  # of services nothing comes back
                group._create_receipts(parts)

    def _without_goods_in_common(self):
        """The returns in groups, so that returns of one sold line come one after the other: what the first
        takes back is under way for the second.
        """
        groups = []
        for rma in self:
            sold = rma.line_ids.sale_line_id
            for number, (group, taken) in enumerate(groups):
                if not sold & taken:
                    groups[number] = (group | rma, taken | sold)
                    break
            else:
                groups.append((rma, sold))
        return [group for group, _taken in groups]

    def _create_receipts(self, parts):
        """Odoo's own returns, as the customers' property, into quarantine.

        :param parts: {(return, delivery): [(line, delivery move, quantity in the product's unit)]}
        """
        # sudo: customer service approves returns without stock rights; the right was checked by the event
        self.env["stock.return.picking"].sudo()._aftersales_create_returns(parts)._aftersales_announce_lots()

    def _return_wizard(self, picking, rows):
        """Odoo's form of the return of one delivery, filled in and not stored."""
        # sudo: as in _create_receipts
        return (
            self.env["stock.return.picking"]
            .sudo()
            .new(
                {
                    "aftersales_rma_id": self.id,
                    "picking_id": picking.id,
                    "product_return_moves": [
                        Command.create(
                            {
                                "product_id": move.product_id.id,
                                "move_id": move.id,
                                "quantity": move.product_id.uom_id._compute_quantity(
                                    quantity, move.product_uom
                                ),
                                "to_refund": False,  # until the inspection has accepted the goods
                                "aftersales_rma_line_id": line.id,
                            }
                        )
                        for line, move, quantity in rows
                    ],
                }
            )
        )

    def _open_receipts(self):
        """Transfers of returned goods that have not come in yet."""
        # sudo: the transfers of the return, whoever works on it
        return self.sudo().picking_ids.filtered(
            lambda p: p.picking_type_id.code == "incoming" and p.state not in ("done", "cancel")
        )

    def _live_receipts(self):
        """Transfers of returned goods, come in or not."""
        # sudo: as in _open_receipts
        return self.sudo().picking_ids.filtered(
            lambda p: p.picking_type_id.code == "incoming" and p.state != "cancel"
        )

    def _cancel_open_receipts(self):
        self._open_receipts()._aftersales_cancel()

    def _release_what_did_not_come(self):
        """The parcel was inspected and the return is over: what it lacked is not under way any more, and may
        be asked for anew. A parcel that never came stays expected, see ``_on_accept_by_silence``.
        """
        for rma in self.filtered(lambda rma: rma.state == rma_flow.DONE and rma.inspected_at):
            missing = rma._open_receipts()
            if missing:
                missing._aftersales_cancel()
                # sudo: the log of an event that may be anybody's
                rma.sudo()._message_log(
                    body=self.env._(
                        "%s has not come and is not expected any more.", ", ".join(missing.mapped("name"))
                    )
                )

    def _receive_announced(self):
        """Receive what was announced, unless the receipt was validated in Inventory."""
        if self.env.context.get("aftersales_from_stock") is FROM_STOCK:
            return
        self._renew_receipts()
        left_out = self.env.context.get("aftersales_left_out") or ()  # parcels of which nothing came
        came = self._open_receipts().filtered(lambda picking: picking.id not in left_out)
        came._aftersales_announce_again()
        came.with_context(aftersales_validated_by=FROM_RETURN)._aftersales_validate()

    def _renew_receipts(self):
        """Not made yet, or taken away by whatever it was: what a return announced comes in by new ones."""
        lost = self.filtered(lambda rma: not rma._live_receipts() and rma._announced_lines())
        if lost:
            lost._take_deliveries()
            lost._create_return_pickings()

    def _receipt_validated(self):
        """A receipt of these returns was validated in Inventory; the state follows."""
        returns = self.with_context(aftersales_from_stock=FROM_STOCK)
        waiting = returns.filtered(lambda rma: rma.state in rma_flow.EXPECTING)
        waiting._fire("receive", actor=lifecycle.SYSTEM)
        late = (returns - waiting).filtered(lambda rma: (rma.state, "receive_more") in rma_flow.TRANSITIONS)
        late._fire("receive_more", actor=lifecycle.SYSTEM)

    def _has_received_goods(self):
        return any(line.received_qty for line in self.line_ids)

    def _prepare_inspections(self):
        """One finding to make for each line that came in."""
        received = self.line_ids.filtered(lambda line: line.received_qty > 0 or line.is_incomplete)
        fresh = received - self.inspection_ids.line_id
        # sudo: the list to work through is the policy's; the warehouse fills it in
        inspections = self.env["aftersales.inspection"].sudo().with_context(mail_create_nolog=True)
        inspections.create(
            [
                {"rma_id": line.rma_id.id, "line_id": line.id, "ownership": whose}
                for line, whose in fresh._ownership().items()
            ]
        )

    # === FROM QUARANTINE === #

    def _execute_dispositions(self):
        """Let accepted goods go where the verdict says, as one transaction."""
        # sudo: the warehouse's verdict moves goods; the right was checked by the event
        lines = self.sudo().line_ids
        lines._settle_losses()
        # of a repair the rest stays the customer's
        given_up = lines.filtered(lambda line: line.rma_id.resolution != "repair" or line._is_lost())
        accepted = given_up.filtered(lambda line: not line.is_unexpected)
        accepted.filtered(lambda line: line.disposition in disposition.TAKEN_OVER)._take_over()
        lines.filtered(lambda line: line.disposition == "restock")._restock()
        lines.filtered(lambda line: line.disposition == "scrap")._scrap()
        lines.filtered(lambda line: line.disposition == "refurbish")._send_to_workshop()
        to_vendor = lines.filtered(lambda line: line.disposition == "return_to_vendor")
        for group in to_vendor.grouped("rma_id").values():
            group._send_to_vendor()

    def _create_way_back(self):
        """Goods that were turned down go back to the customer, as they came: still his."""
        for rma in self:
            rma._create_way_back_of_moves(rma._moves_to_send_back())

    def _moves_to_send_back(self):
        """The receipts of what is not kept, whether it has gone back by now or not."""
        lines = self.sudo().line_ids  # sudo: as in _create_receipts
        if self.resolution != "repair":  # of which all is the customer's
            lines = lines.filtered_domain([("disposition", "=", disposition.RETURN_TO_CUSTOMER)])
        return lines.filtered(lambda line: not line._is_lost())._received_moves()

    def _create_way_back_of(self, picking, moves):
        # sudo: as in _create_receipts; where a part has gone back already, the rest is what lies there
        whole = moves.sudo().filtered(lambda move: "done" not in move.returned_move_ids.mapped("state"))
        whole.move_line_ids._aftersales_check_in_place()
        wizard = self.env["stock.return.picking"].sudo().with_context(aftersales_way_back_id=self.id)
        transfer = wizard.create(
            {
                "picking_id": picking.id,
                "product_return_moves": [
                    Command.create(
                        {
                            "product_id": move.product_id.id,
                            "move_id": move.id,
                            "quantity": move._aftersales_to_send_back(),
                            "to_refund": False,
                        }
                    )
                    for move in moves
                ],
            }
        )._create_return()
        moves = transfer.move_ids
        moves._aftersales_take_like({move: move.origin_returned_move_id.move_line_ids for move in moves})
        moves._aftersales_leave_out_sent()
        return transfer

    def _shipment_validated(self):
        """Goods for the customer have left; the return is done when nothing is left to ship."""
        short = self.filtered(lambda rma: rma._lacks_transfer())
        short._tell_unsent()
        sent = (self - short).filtered(lambda rma: rma.state == rma_flow.TO_SHIP)
        sent.filtered(lambda rma: not rma._open_shipments())._fire("ship", actor=lifecycle.SYSTEM)

    def _open_shipments(self):
        """Transfers to the customer that have not left yet."""
        # sudo: the transfers of the return, whoever works on it
        return self.sudo().picking_ids.filtered(
            lambda p: p._aftersales_is_for_customer() and p.state not in ("done", "cancel")
        )


class AftersalesRmaLine(models.Model):
    _inherit = "aftersales.rma.line"

    def _lock_deliveries(self):
        """Make two returns of the same goods be decided one after the other, and none while they leave.

        A lock alone would not do: whoever waited would go on with figures from before. Writing makes the
        second one fail, and be done again with figures from after. The line of the order stands for goods
        that have no transfer, its transfers for what somebody validates at this moment.
        """
        sold = self.sale_line_id.sudo()  # sudo: locked, not read
        if not sold:
            return
        moves = sold.move_ids
        if again := sold.filtered("aftersales_was_sent_again"):
            moves |= again.aftersales_resent_move_ids
        moves = moves.filtered(lambda move: move.state != "cancel")
        moves.flush_recordset()
        self.env.cr.execute(
            SQL(
                """WITH promised AS (
                        UPDATE stock_move
                           SET aftersales_times_promised = COALESCE(aftersales_times_promised, 0) + 1
                         WHERE id = ANY(%s))
                   UPDATE sale_order_line SET write_date = write_date WHERE id IN %s""",
                sorted(moves.ids),
                tuple(sorted(sold.ids)),
            )
        )

    def _returnable(self):
        """{line: how many of it may come back}: delivered − returned − under way, in the product's unit.

        Lines of one call that name the same goods share what is left, in their order.
        """
        return {line: line._units_in(moves) for line, moves in self._allocate(strict=False).items()}

    def _units_in(self, moves):
        """Whole units of the line in [(delivery move, quantity)]."""
        pieces = defaultdict(float)
        for move, quantity in moves:
            pieces[move.product_id] += quantity
        return self._whole_units(pieces)

    def _allocate(self, strict=True):
        """{line: [(delivery move, quantity)]}, oldest delivery first, see ``_in_turn``.

        :param strict: raise where the deliveries do not cover a line
        """
        left, taken = {}, {}
        spoken_for = self._spoken_for()
        paid = self._paid_left(spoken_for)
        # sudo: as in _deliveries; for all lines at once
        self.sale_line_id.sudo().move_ids.returned_move_ids.mapped("aftersales_rma_line_id")
        for line in self:
            wanted = {product: line.quantity * need for product, need in line._parts().items()}
            taken[line] = []
            deliveries = line._in_turn(line._deliveries())
            for move in deliveries:
                key = (move, line.lot_id)
                if key not in left:
                    left[key] = line._left_of(move)
                    left[key] -= line._take_spoken_for(spoken_for, left[key], move.product_id)
            for moves in deliveries.grouped(lambda move: (move.picking_id, move.product_id)).values():
                rooms = {move: left[move, line.lot_id] for move in moves}
                goods = (line.sale_line_id, moves.product_id)
                most = min(wanted[moves.product_id], paid.get(goods, float("inf")))
                for move, part in line._shared(most, rooms).items():
                    taken[line].append((move, part))
                    left[move, line.lot_id] -= part
                    wanted[move.product_id] -= part
                    if goods in paid:
                        paid[goods] -= part
            missing = [
                product for product, open_qty in wanted.items() if product.uom_id.compare(open_qty, 0) > 0
            ]
            if strict and missing:
                raise UserError(line._too_many_sentence(line._units_in(taken[line])))
        return taken

    def _shared(self, wanted, rooms):
        """{move: its part} of ``wanted`` pieces, of the moves of one product in one delivery.

        The first moves first. Only where a kit has a part in several places, each of them gives back its
        share: by the places Sales counts how many kits were delivered.

        :param rooms: {move: pieces that may still come back of it}
        """
        rooms = {move: room for move, room in rooms.items() if room > 0}
        shares, whole = {}, sum(rooms.values())
        wanted = min(wanted, whole)
        for move, room in rooms.items():
            share = move.product_id.uom_id.round(wanted * room / whole) if self.is_kit and whole else wanted
            part = min(room, wanted, share)
            wanted, whole = wanted - part, whole - room
            if part > 0:
                shares[move] = part
        return shares

    def _spoken_for(self):
        """{(order line, serial number, product): pieces} of other returns that no transfer tells of.

        Refunded and staying where it is: nothing of it is under way, and it cannot be given back a second
        time. Approved, and its transfer is still to be made: it is promised as if it were on its way. What an
        inspected parcel lacked was not refunded, and what silence accepted may still come: neither is meant.
        """
        # sudo: returns of the same goods, whoever made them; read once, however often a step asks
        found = self.sale_line_id.sudo().aftersales_rma_line_ids.filtered(
            lambda line: (
                line.rma_id not in self.rma_id._origin
                and line.rma_id.state in (*rma_flow.EXPECTING, rma_flow.TO_REFUND, rma_flow.DONE)
                and not line.rma_id.received_at
                and not line.is_unexpected
            )
        )
        spoken_for = defaultdict(float)
        for line in found.filtered(lambda line: not line.rma_id._is_unshipped()):
            if all(move.state == "cancel" for move in line.return_move_ids):
                for product, need in line._parts().items():
                    spoken_for[line.sale_line_id, line.lot_id, product] += line.quantity * need
        return spoken_for

    def _take_spoken_for(self, spoken_for, room, product):
        """Pieces of ``product`` out of ``spoken_for``, at most ``room``; each counts once."""
        taken = 0.0
        for key, pieces in spoken_for.items():
            sold, lot, goods = key
            fits = not self.lot_id or not lot or lot == self.lot_id
            if fits and sold == self.sale_line_id and goods == product:
                part = max(0.0, min(room - taken, pieces))
                spoken_for[key] -= part
                taken += part
        return taken

    def _left_of(self, move, count_own=False):
        """What may still come back of one delivery, of the line's serial number if it has one.

        :param count_own: count what this very return takes back of it as well
        """
        back = move.returned_move_ids.filtered(
            lambda returned: (
                returned.state != "cancel"
                and returned.location_id.usage == "customer"
                and (count_own or returned.aftersales_rma_line_id.rma_id != self.rma_id)
            )
        )
        left = move._aftersales_qty() - sum(returned._aftersales_qty() for returned in back)
        if not self.lot_id:
            return left
        delivered = move.move_line_ids.filtered(lambda ml: ml.lot_id == self.lot_id)
        returned = sum(one._aftersales_qty_of(self.lot_id) for one in back)
        return min(left, sum(delivered.mapped("quantity_product_uom")) - returned)

    def _too_many_sentence(self, left):
        told = self._resent_sentence(left)
        if told:
            return told
        return self.env._(
            "%(rma)s: of %(product)s %(quantity)s cannot come back, %(left)s can. The rest was not "
            "delivered to this "
            "customer, has come back already or is on its way; correct the quantity or the serial number.",
            rma=self.rma_id.display_name,
            product=self.display_name,
            quantity=f"{self.quantity:g}",
            left=f"{left:g}",
        )

    # === WHERE GOODS GO === #

    def _take_over(self):
        """Accepted goods become the company's, at the cost at which they had left."""
        if not self:
            return
        moves = self._received_moves()
        moves.move_line_ids._aftersales_check_in_place()
        self._hand_to_owners(moves.move_line_ids.with_context(aftersales_logged_by=LOGGED_BELOW))
        moves.write({"restrict_partner_id": False, "to_refund": True})
        self._log_takeover(moves.picking_id)
        # Neither owner nor to_refund of a done move starts these by itself.
        self.env.add_to_compute(moves._fields["is_in"], moves)
        sold = moves.sale_line_id
        self.env.add_to_compute(sold._fields["qty_delivered"], sold)
        moves._recompute_recordset(["is_in"])
        sold._recompute_recordset(["qty_delivered"])
        sold.modified(["qty_delivered"])
        # Nor does the owner of a quant start the quantities, by which a new average cost is found.
        moves.product_id.invalidate_recordset(["qty_available", "total_value", "avg_cost"])
        moves._set_value()
        self._void_warranty_cards()

    def _log_takeover(self, receipts):
        """One line in the log of each receipt, where Odoo would write one for each piece."""
        note = self.env._("The accepted goods are no longer the customer's.")
        receipts._message_log_batch(dict.fromkeys(receipts.ids, note))

    def _void_warranty_cards(self):
        """The buyer's warranty ends with his property; a unit that is sold again gets a card of its own."""
        # sudo: whoever inspects needs no rights on warranties
        cards = self.env["aftersales.warranty.card"].sudo()
        untracked = self.filtered(lambda line: not line.lot_id)
        by_lot, by_sale_line = cards._cards_of(self.lot_id, untracked.sale_line_id)
        for line in self:
            card = by_lot.get(line.lot_id) if line.lot_id else by_sale_line.get(line.sale_line_id)
            if card and card.ledger_state == "suspended":  # of several pieces the others stay covered
                card._enter("void", reason=line.rma_id.name)

    def _quarantine(self):
        return self.rma_id.warehouse_id.aftersales_quarantine_id

    def _restock(self):
        """An internal transfer from quarantine to stock for each return."""
        if not self:
            return
        of_returns = self.grouped("rma_id").values()
        quiet = self.env["stock.picking"].with_context(mail_create_nolog=True)  # done at once, not awaited
        transfers = quiet.create([lines._restock_vals() for lines in of_returns]).with_env(self.env)
        transfers._aftersales_take_received()  # whose lines make them ready: nothing is left to reserve
        transfers._aftersales_validate()

    def _restock_vals(self):
        """Values of the transfer for lines of one return."""
        warehouse = self.rma_id.warehouse_id
        return {
            "picking_type_id": warehouse.int_type_id.id,
            "location_id": self._quarantine().id,
            "location_dest_id": warehouse.lot_stock_id.id,
            "origin": self.rma_id.name,
            "aftersales_rma_id": self.rma_id.id,
            "company_id": self.company_id.id,
            "move_ids": [
                Command.create(line._disposal_vals(move, warehouse.lot_stock_id))
                for line in self
                for move in line._received_moves()
            ],
        }

    def _disposal_vals(self, received, place):
        """Values of the move that takes what ``received`` brought in out of quarantine."""
        return {
            "product_id": received.product_id.id,
            "product_uom_qty": received.quantity,
            "product_uom": received.product_uom.id,
            "location_id": received.location_dest_id.id,
            "location_dest_id": place.id,
            "company_id": self.company_id.id,
            # these very pieces: the same product of other customers may lie beside them
            "move_orig_ids": [Command.set(self._received_moves().ids)],
            "aftersales_disposed_line_id": self.id,
            "aftersales_received_move_id": received.id,
        }

    def _scrap(self):
        """Scrap from quarantine into the location whose account takes the loss."""
        for line in self:
            for move_line in line._received_moves().move_line_ids:
                line._scrap_pieces(
                    move_line, move_line.quantity_product_uom, package=move_line.result_package_id
                )

    def _scrap_pieces(self, came, pieces, package=None):
        """So many of what the row ``came`` brought in, from where it was received."""
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": came.product_id.id,
                "lot_id": came.lot_id.id,
                "package_id": package and package.id,
                "owner_id": came.owner_id.id,
                "scrap_qty": pieces,
                "product_uom_id": came.product_id.uom_id.id,
                "location_id": came.location_dest_id.id,
                "scrap_location_id": self.rma_id.warehouse_id.aftersales_scrap_location_id.id,
                "origin": self.rma_id.name,
                "company_id": self.company_id.id,
            }
        )
        scrap.action_validate()
        if scrap.state != "done":
            raise UserError(
                self.env._(
                    "%(goods)s of %(rma)s cannot be scrapped: it is no longer in %(place)s.",
                    goods=self.display_name,
                    rma=self.rma_id.name,
                    place=came.location_dest_id.display_name,
                )
            )

    def _send_to_workshop(self):
        """A repair order for goods that lie in quarantine; they stay there, so that their owner stays
        known.
        """
        for line in self:
            for move_line in line._received_moves().move_line_ids:
                move = move_line.move_id
                self.env["repair.order"].create(
                    {
                        "aftersales_rma_line_id": line.id,
                        "picking_id": move.picking_id.id,
                        "product_id": move.product_id.id,
                        "lot_id": move_line.lot_id.id,
                        "product_qty": move_line.quantity_product_uom,
                        "partner_id": line.rma_id.partner_id.id,
                        "under_warranty": line.rma_id.eligibility in ("with_reason", "warranty"),
                        "product_location_src_id": move_line.location_dest_id.id,
                        "product_location_dest_id": move_line.location_dest_id.id,
                        "picking_type_id": line.rma_id.warehouse_id.repair_type_id.id,
                        "company_id": line.company_id.id,
                        "aftersales_ticket_id": line.rma_id.ticket_id.id,
                    }
                )
