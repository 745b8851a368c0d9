from collections import Counter, defaultdict

from odoo.tools import SQL

from odoo.addons.aftersales_service.policy import lifecycle

from ..policy import disposition, rma_flow

ENDS = (rma_flow.DONE, rma_flow.CLOSED, rma_flow.CANCELLED)
CENT = 0.005


class WhatMustAlwaysHold:
    """Looked at after every step of a walk, from Odoo's own figures."""

    # === WHAT MUST ALWAYS HOLD === #

    def look_at_everything(self):
        """Goods and money are looked at where their rows have changed since the last look."""
        self.env.invalidate_all()
        self.rmas = self.env["aftersales.rma"].search([("sale_order_id", "in", self.orders.ids)], order="id")
        if self.changed("stock_quant", "stock_move", "stock_move_line", "aftersales_rma_line"):
            self.costs_are_what_they_were()
            self.returned_never_exceeds_delivered()
            self.every_piece_is_somewhere_once()
            self.owners_are_kept_apart()
            self.orders_have_delivered_what_left_less_what_came_back()
        if self.changed("account_move", "account_partial_reconcile", "aftersales_refund"):
            self.money_back_never_exceeds_money_paid()
        over = ("aftersales_rma", "stock_move", "aftersales_deadline", "mail_activity", "repair_order")
        if self.changed(*over):
            self.what_is_over_leaves_nothing_behind()
        self.promises_are_the_declared_ones()
        self.nothing_is_stuck()
        self.everybody_can_read_what_is_next()

    def changed(self, *tables):
        """Whether any value in these tables is another one than at the last look."""
        found = []
        for table in tables:
            self.env.cr.execute(
                SQL("SELECT md5(string_agg(t::text, ';' ORDER BY id)) FROM %s t", SQL.identifier(table))
            )
            found += self.env.cr.fetchone()
        before, self.seen[tables] = self.seen.get(tables), found
        return before != found

    def returned_never_exceeds_delivered(self):
        """Per delivery, and per serial number of it."""
        for move in self.orders.order_line.move_ids.filtered(lambda m: m.state == "done"):
            if move.location_dest_id.usage != "customer":
                continue
            back = move.returned_move_ids.filtered(lambda m: m.state != "cancel")
            came = sum(m._aftersales_qty() for m in back)
            self.holds(came <= move._aftersales_qty(), f"{move.reference}: {came} of {move.quantity} back")
            per_lot = Counter()
            for line in back.filtered(lambda m: m.state == "done").move_line_ids.filtered("lot_id"):
                per_lot[line.lot_id] += line.quantity_product_uom
            for lot, quantity in per_lot.items():
                sent = move.move_line_ids.filtered(lambda ml, lot=lot: ml.lot_id == lot)
                delivered = sum(sent.mapped("quantity_product_uom"))
                self.holds(quantity <= delivered, f"{lot.name}: {quantity} of {delivered} came back")
        for line in self.rmas.line_ids:
            self.holds(line.received_qty <= line.quantity, f"{line.display_name}: more than asked for came")
            coming = line.return_move_ids.filtered(
                lambda move: move.state != "cancel" and move.location_id.usage == "customer"
            )
            announced = sum(move._aftersales_qty() for move in coming)
            self.holds(
                line.is_kit or announced <= line.quantity,
                f"{line.display_name}: {announced} came back or are expected, asked for were {line.quantity}",
            )
            self.holds(
                line.accepted_qty <= line.received_qty, f"{line.display_name}: more accepted than came"
            )

    def pieces(self):
        """{(product, lot): pieces over all locations and owners}."""
        rows = self.env["stock.quant"]._read_group(
            [("product_id", "in", self.goods.ids)], ["product_id", "lot_id"], ["quantity:sum"]
        )
        return {(product, lot): quantity for product, lot, quantity in rows if quantity}

    def every_piece_is_somewhere_once(self):
        """What is counted in or bought is taken out of a place outside, so that all places add up to none."""
        self.holds(self.pieces() == self.stocked, "pieces appeared or vanished")
        here = [("product_id", "in", self.goods.ids), ("location_id.usage", "=", "internal")]
        for quant in self.env["stock.quant"].search([*here, ("quantity", "<", 0)]):
            self.fail(self.story(f"{quant.display_name}: {quant.quantity} pieces left that were not there"))
        outside = self.camera.property_stock_inventory | self.env.ref("stock.stock_location_suppliers")
        rows = self.env["stock.quant"]._read_group(
            [("product_id", "=", self.camera.id)], ["lot_id", "location_id"], ["quantity:sum"]
        )
        places = defaultdict(dict)
        for lot, location, quantity in rows:  # whose it was while it was with the customer is no place
            if quantity > 0 or quantity < 0 and location not in outside:
                places[lot][location.name] = quantity
        for lot, found in places.items():
            self.holds(list(found.values()) == [1], f"{lot.name} lies in {found}")

    def owners_are_kept_apart(self):
        """A customer's goods lie in quarantine and nowhere else of ours, as many as came and were not taken
        over.
        """
        quants = self.env["stock.quant"].search(
            [("product_id", "in", self.goods.ids), ("location_id.usage", "=", "internal")]
        )
        lying = Counter()
        for quant in quants.filtered("owner_id"):
            self.holds(quant.location_id == self.quarantine, f"{quant.display_name} has an owner")
            lying[quant.product_id, quant.lot_id, quant.owner_id] += quant.quantity
        expected = Counter()
        for line in self.moved_by_people_of_returns():
            sign = 1 if line.location_dest_id == self.quarantine else -1
            expected[line.product_id, line.lot_id, line.owner_id] += sign * line.quantity_product_uom
        self.holds(+lying == +expected, f"in quarantine {dict(lying)}, by the transfers {dict(expected)}")

    def moved_by_people_of_returns(self):
        """Done lines with an owner of the transfers of returns and unknown parcels, and of scrap."""
        parcels = self.env["aftersales.unknown.parcel"].search([])
        transfers = self.rmas.picking_ids | parcels.picking_id | parcels.way_back_id
        scrapped = self.env["stock.scrap"].search([("location_id", "=", self.quarantine.id)])
        lines = (transfers.move_ids | scrapped.move_ids).move_line_ids
        return lines.filtered(lambda line: line.state == "done" and line.owner_id)

    def orders_have_delivered_what_left_less_what_came_back(self):
        """Of goods that are no kits: sale.order.line ``qty_delivered``."""
        for sold in self.orders.order_line.filtered("product_id.is_storable"):
            done = sold.move_ids.filtered(lambda move: move.state == "done")
            left = done.filtered(
                lambda move: (
                    move.location_dest_id.usage == "customer"
                    and not move.origin_returned_move_id
                    and not self.is_early(move)
                )
            )
            back = sold.aftersales_rma_line_ids.filtered(
                lambda line: line.rma_id.inspected_at and line.rma_id.resolution != "repair"
            )
            expected = sum(left.mapped("quantity")) - sum(back.mapped("accepted_qty"))
            self.holds(
                abs(sold.qty_delivered - expected) < CENT,
                f"{sold.order_id.name}: {sold.qty_delivered} {sold.name} delivered, {expected} left",
            )

    def is_early(self, move):
        """A replacement shipped in advance, for which nothing has been accepted or invoiced yet."""
        line = move.aftersales_exchange_line_id
        return line.rma_id.is_advance and not (line.accepted_qty or line.exchange_charged_qty)

    def what_is_over_leaves_nothing_behind(self):
        """Neither a promise nor a transfer nor goods in quarantine, unless somebody has them to do."""
        over = self.rmas.filtered(lambda rma: rma.state in ENDS)
        for rma in over:
            running = rma.deadline_ids.filtered(lambda row: row.state in ("running", "paused"))
            self.holds(not running, f"{rma.name} is {rma.state}, and {running.mapped('kind')} runs")
            waiting = rma.picking_ids.filtered(lambda p: p.state not in ("done", "cancel"))
            needless = waiting.filtered(lambda p: not self.still_makes_sense(p))
            self.holds(not needless, f"{rma.name} is {rma.state}, and {needless.mapped('name')} are open")
            left = self.left_in_quarantine(rma)
            tasks = (rma | rma.supplement_of_id).activity_ids
            self.holds(
                not left or waiting or tasks, f"{rma.name} is {rma.state}, {left} lie in quarantine for good"
            )

    def still_makes_sense(self, transfer):
        """Goods on their way out of quarantine, or a parcel that silence has accepted and may still come."""
        if transfer.picking_type_id.code == "incoming":
            return (
                transfer.aftersales_rma_id.state == rma_flow.DONE
                and not transfer.aftersales_rma_id.received_at
            )
        return transfer.location_id == self.quarantine

    def left_in_quarantine(self, rma):
        """{product: pieces} that came with the return and that nothing has taken out of there."""
        left = Counter()
        for line in rma.line_ids:
            for move in line._received_moves():
                if not (line.disposition == disposition.SCRAP or self.in_the_workshop(line)):
                    gone = sum(self.ways_out_of(move).mapped("quantity"))
                    left[move.product_id.name] += move.quantity - gone
        return dict(+left)

    def ways_out_of(self, came):
        """Done moves of the pieces that ``came``, also into scrap by the hand of a storekeeper."""
        out = came.returned_move_ids | came.search([("aftersales_received_move_id", "=", came.id)])
        out |= came.picking_id.move_ids.filtered(
            lambda move: (
                move.scrap_id
                and move.product_id == came.product_id
                and move.move_line_ids.lot_id == came.move_line_ids.lot_id
            )
        )
        return out.filtered(lambda move: move.state == "done")

    def in_the_workshop(self, line):
        repairs = self.env["repair.order"].search([("aftersales_rma_line_id", "=", line.id)])
        return any(repair.state not in ("done", "cancel") for repair in repairs)

    def costs_are_what_they_were(self):
        """Nothing becomes dearer or cheaper by going out and coming back; every piece of ours is worth its
        cost.
        """
        #: {product: (value in the books, on hand)} as Odoo's screens say
        self.worth = {p.id: (p.total_value, p.qty_available) for p in self.goods}
        for product in self.goods:
            ours = self.env["stock.quant"].search(
                [
                    ("product_id", "=", product.id),
                    ("location_id.usage", "=", "internal"),
                    ("owner_id", "=", False),
                ]
            )
            pieces, cost = sum(ours.mapped("quantity")), self.costs[product]
            self.holds(
                abs(product.standard_price - cost) < CENT, f"{product.name} costs {product.standard_price}"
            )
            self.holds(
                abs(product.total_value - pieces * cost) < CENT,
                f"{pieces} {product.name} are worth {product.total_value} in the books",
            )

    def promises_are_the_declared_ones(self):
        """What runs in a state is what the table declares for it, of what the return promises at all."""
        declared = lifecycle.open_promises(rma_flow.FLOW)
        latest = defaultdict(dict)
        rows = self.env["aftersales.deadline"].search(
            [("res_model", "=", "aftersales.rma"), ("res_id", "in", self.rmas.ids)], order="id"
        )
        for row in rows:
            latest[row.res_id][row.kind] = row
        for rma in self.rmas:
            found = latest[rma.id]
            running = {kind for kind, row in found.items() if row.state in ("running", "paused")}
            missed = {kind for kind, row in found.items() if row.state == "missed" and not row.met_at}
            sets = [{kind for kind in kinds if rma._terms(kind)} for kinds in declared[rma.state]]
            self.holds(
                any(running <= kinds and kinds - running <= missed for kinds in sets),
                f"{rma.name} is {rma.state}: {running} run, {missed} missed, declared {sets}",
            )
            due = min((row.due_at for row in found.values() if row.state == "running"), default=False)
            if rma.state == rma_flow.DISPUTED:  # the day of the dispute, which has promises of its own
                due = rma._open_dispute().next_due_at
            self.holds(rma.next_due_at == due, f"{rma.name}: next due {rma.next_due_at}, first {due}")

    def money_back_never_exceeds_money_paid(self):
        """Σ credited ≤ Σ invoiced a line and an order; Σ paid out ≤ Σ paid in, the way back apart."""
        for order in self.orders:
            self.look_at_the_books_of(order)
        for refund in self.rmas.refund_ids:
            alive = refund.env["account.move"].search(
                [("aftersales_refund_id", "=", refund.id), ("state", "=", "posted")]
            )
            self.holds(len(alive) == (refund.state in ("approved", "paid", "failed")) or not refund.amount,
                       f"{refund.name} is {refund.state} and has {len(alive)} credit notes")  # fmt: skip

    def look_at_the_books_of(self, order):
        posted = order.invoice_ids.filtered(lambda m: m.state == "posted")
        sold = posted.filtered(lambda m: m.move_type == "out_invoice")
        notes = posted.filtered(lambda m: m.move_type == "out_refund")
        returns = self.rmas.filtered(lambda rma: rma.sale_order_id == order)
        extra = sum(returns.mapped("return_freight")) + sum(returns.mapped("storage_fee"))
        total, credited = sum(sold.mapped("amount_total")), sum(notes.mapped("amount_total"))
        self.holds(credited <= total + extra + CENT, f"{order.name}: {credited} credited of {total}")
        for line in order.order_line:
            pieces = sum(line.invoice_lines.filtered(lambda li: li.move_id in notes).mapped("quantity"))
            self.holds(pieces <= line.product_uom_qty, f"{order.name}: {pieces} {line.name} credited")
        promised = sum(returns.refund_ids.filtered(lambda r: r.state != "cancelled").mapped("amount"))
        self.holds(promised <= total + extra + CENT, f"{order.name}: {promised} to refund of {total}")
        paid_in = sum(move.amount_total - move.amount_residual for move in sold)
        out = sum(notes._get_reconciled_payments().mapped("amount")) if notes else 0
        self.holds(out <= paid_in + extra + CENT, f"{order.name}: {out} paid out of {paid_in}")

    def nothing_is_stuck(self):
        """There is always somebody who can go on, also when the ledger could not."""
        going = self.rmas.filtered(lambda rma: rma.state not in ENDS)
        offers = Counter()
        for user in self.supervisor | self.inspector | self.accountant:
            for rma in going.with_user(user).sudo(False):
                offers[rma.id] += len(rma.allowed_events or ())
        for rma in going:
            refunds = rma.refund_ids.filtered(lambda refund: refund.state not in ("paid", "cancelled"))
            self.holds(
                offers[rma.id] or refunds or rma.lacks_refund,
                f"{rma.name} is {rma.state} and nobody can do anything",
            )
        self.holds(
            all(
                "can come back" in row.set_aside or "cannot come back" in row.set_aside
                for row in self.set_aside()
            ),
            f"set aside: {self.set_aside().mapped('set_aside')}",
        )

    def set_aside(self):
        return self.env["aftersales.deadline"].search([("set_aside", "!=", False)])

    def everybody_can_read_what_is_next(self):
        """Of the latest returns and of some others, which chance chooses."""
        for rma in self.rmas[-2:] | self.some_of(self.rmas):
            self.holds(rma.headline and rma.ticket_id.headline, f"{rma.name} says nothing")
            if rma.requested_at:
                self.holds(rma.why, f"{rma.name} has no reasons")
        for refund in self.some_of(self.rmas.refund_ids):
            self.holds(refund.headline and refund.why is not None, f"{refund.name} says nothing")
        reader = self.chance.choice(self.agent | self.inspector | self.accountant | self.supervisor)
        for rma in self.rmas[-2:].with_user(reader).sudo(False):
            rma.read(["headline", "state", "why", "allowed_events", "deadline_strip", "next_due_at"])

    def some_of(self, records, number=3):
        return records.browse(self.chance.sample(records.ids, min(number, len(records))))
