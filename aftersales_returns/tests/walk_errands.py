from collections import Counter
from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError

from ..policy import rma_flow
from .walk_common import NothingToDo, WalkCommon
from .walk_invariants import ENDS

#: cases that are under way beside each other
AT_ONCE = 6
ERRAND = "case_"
#: a return that no longer holds on to its goods
GIVEN_UP = (rma_flow.CLOSED, rma_flow.CANCELLED)


class WalkErrands(WalkCommon):
    """Whole cases that chance alone would hardly come to, told one step at a time and beside each other.

    Each ``case_...`` is a generator: what stands between two ``yield`` is one step. Chance says which case
    goes on and what happens in between, so that they meet: on the same order, in the same quarantine, on the
    same day. A case that is refused on its way is given up, and may be begun anew.
    """

    #: names of the cases to play; none: all of them
    only = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        category = cls.camera.categ_id
        cls.stand = cls.product("Stand", 60, 30, categ_id=category.id)
        cls.lamp = cls.product("Lamp", 9, 4, categ_id=category.id)
        cls.kit = cls.product(
            "Workplace", 105, 0, is_storable=False, invoice_policy="order", categ_id=category.id
        )
        cls.goods |= cls.stand | cls.lamp
        cls.costs |= {product: product.standard_price for product in cls.stand | cls.lamp}
        cls.quality_user = cls.user("aftersales_service.group_inspector", "quality")
        cls.company.aftersales_quality_user_id = cls.quality_user
        cls.vendor = cls.env["res.partner"].create({"name": "Lens Works", "email": "lens@example.com"})
        for product in cls.goods:
            product.seller_ids = [Command.create({"partner_id": cls.vendor.id, "price": cls.costs[product]})]
        sheet = patch.object(
            type(cls.env["ir.actions.report"]), "_render_qweb_pdf", lambda *_a, **_kw: (b"%PDF-1.4", "pdf")
        )
        cls.startClassPatcher(sheet)

    # === CASES BESIDE EACH OTHER === #

    @property
    def cases(self):
        names = self.only or dir(type(self))
        return sorted(name for name in names if name.startswith(ERRAND))

    def begin(self, seed):
        self.under_way, self.ways, self.given_up = [], Counter(), {}
        super().begin(seed)

    def a_case_goes_on(self):
        """The next step of a case that is under way, or of one that was not played to its end yet."""
        if len(self.under_way) < AT_ONCE:
            self.open_a_case()
        if not self.under_way:
            raise NothingToDo
        case = self.chance.choice(self.under_way)
        name, steps = case
        self.note(f"  {name}")
        self.under_way.remove(case)  # what is refused is given up
        try:
            next(steps)
        except StopIteration:
            self.ways[name] += 1
        except (UserError, NothingToDo) as error:
            self.given_up[name] = str(error)
            raise
        else:
            self.under_way.append(case)

    def open_a_case(self):
        busy = [name for name, _steps in self.under_way]
        waiting = [name for name in self.cases if not self.ways[name] and name not in busy]
        if waiting:
            name = self.chance.choice(waiting)
            self.under_way.append((name, getattr(self, name)()))

    def walk_of_cases(self, seed, limit, disturbed=False):
        """Until every case was played to its end; then nothing but work until every return is over.

        :param disturbed: other people come between, as in any walk
        :return: {case: how often it came to its end}; of the others ``given_up`` says why they did not
        """
        self.begin(seed)
        others = self.steps() if disturbed else []
        steps, weights = zip((self.a_case_goes_on, 60), *others, strict=True)
        for _step in range(limit):
            self.take(self.chance.choices(steps, weights)[0])
            if not set(self.cases) - set(self.ways):
                break
        self.bring_everything_to_an_end()
        return self.ways

    # === WORDS OF A CASE === #

    def bought(self, product, quantity=1):
        """A line of an order of which so many were delivered and are in no other return."""
        lines = self.orders.order_line.filtered(
            lambda line: (
                line.product_id == product and line.order_id.state == "sale" and line.order_id.invoice_ids
            )
        )
        lines = list(lines.filtered(lambda line: self.left_of(line) >= quantity))
        return self.chance.choice(lines) if lines else self.sell_one_more(product)

    def left_of(self, line):
        return line.qty_delivered - sum(self.holding(line).mapped("quantity"))

    def holding(self, line):
        return line.aftersales_rma_line_ids.filtered(lambda asked: asked.rma_id.state not in GIVEN_UP)

    def sell_one_more(self, product):
        customer = self.chance.choice([self.customer, self.other_customer])
        order = self.sell_everything(customer, len(self.orders))
        self.invoice(order, paid=True)
        self.orders |= order
        self.may_move_the_books = True
        return order.order_line.filtered(lambda line: line.product_id == product)

    def asks_for(self, sold, quantity=1, **vals):
        """A return of so many of one line of an order, asked for."""
        lot = sold.move_ids.filtered(lambda move: move.state == "done").move_line_ids.lot_id
        if sold.product_id.tracking != "none":
            lot = self.chance.choice(list(lot - self.holding(sold).lot_id) or [lot[:1]])
        asked = {"sale_line_id": sold.id, "lot_id": lot.id, "quantity": quantity}
        rma = self.env["aftersales.rma"].with_user(self.agent).create(
            {
                "partner_id": sold.order_id.partner_id.id,
                "sale_order_id": sold.order_id.id,
                "reason_id": self.quality.id,
                "pictures_received": True,
                "line_ids": [Command.create(asked)],
                **vals,
            }
        )  # fmt: skip
        rma.action_submit()
        self.note(f"  {rma.name} of {quantity} {sold.product_id.name}, {sold.order_id.name}")
        return rma

    def sent_back_by(self, sold, quantity=1, **vals):
        """Asked for, approved by a second person, and handed to a courier."""
        rma = self.asks_for(sold, quantity, **vals)
        yield
        rma.with_user(self.clerk).sudo(False).action_approve()
        yield
        self.handed_in(rma)
        yield
        return rma

    def handed_in(self, rma):
        rma.with_user(self.clerk).action_register_shipment(tracking_ref=f"W{rma.id}")

    def received_from(self, sold, quantity=1, **vals):
        rma = yield from self.sent_back_by(sold, quantity, **vals)
        self.arrives(rma)
        yield
        return rma

    def arrives(self, rma, pieces=None, backorder=False):
        """The storekeeper validates the receipt: all of it, or so many pieces of each article."""
        for receipt in rma.sudo()._open_receipts().with_user(self.storekeeper):
            if pieces is not None:
                receipt.move_ids.quantity = pieces
            receipt.move_ids.picked = True
            # asked what becomes of the rest, he presses one of Odoo's two buttons
            context = {} if backorder else {"picking_ids_not_to_backorder": receipt.ids}
            receipt.with_context(skip_backorder=True, **context).button_validate()

    def inspected_as(self, rma, grade, **findings):
        self.may_move_the_books = True
        inspector = rma.with_user(self.inspector)
        facts = {"grade": grade, "fault_found": "yes", "serial_matches": "yes"}
        inspector.inspection_ids.write(facts | findings)
        inspector.action_complete_inspection()

    def turned_down(self, rma):
        self.inspected_as(rma, "b", fault_found="no")

    def leaves(self, transfers):
        """The warehouse hands over what is ready."""
        if not transfers:
            nothing = "There is nothing to hand over any more."
            raise UserError(nothing)
        self.may_move_the_books = True
        transfers = transfers.with_user(self.storekeeper)
        transfers.action_assign()
        transfers.move_ids.picked = True
        transfers.with_context(skip_backorder=True).button_validate()

    def leaves_in_part(self, transfer):
        """One piece of it, and Odoo's 'No backorder'."""
        self.may_move_the_books = True
        transfer = transfer.with_user(self.storekeeper)
        transfer.move_ids.quantity = 1
        transfer.move_ids.picked = True
        no_rest = {"picking_ids_not_to_backorder": transfer.ids}
        transfer.with_context(skip_backorder=True, **no_rest).button_validate()

    def open_transfers(self, rma, usage):
        return rma.sudo().picking_ids.filtered(
            lambda p: p.state not in ("done", "cancel") and p.location_dest_id.usage == usage
        )

    def money_goes_back(self, rma):
        """Confirmed by customer service, approved and paid by finance."""
        refund = rma.sudo().refund_ids.filtered(lambda refund: refund.state == "draft")[:1]
        self.confirm_it(refund)
        yield
        self.may_move_the_books = True
        self.approve_it(refund)
        yield
        if refund.payout:
            self.pay_it(refund)
        self.must(refund.state == "paid", f"{refund.name} is {refund.state} and not paid")

    def must(self, condition, what):
        """An end that a case has to come to, unless somebody crossed it."""
        if not condition:
            raise NothingToDo(what)

    # === TO AND FROM THE SUPPLIER === #

    def case_goes_back_to_the_supplier(self):
        rma = yield from self.received_from(self.bought(self.camera))
        self.inspected_as(rma, "d", vendor_warranty=True)
        yield
        yield from self.money_goes_back(rma)
        yield
        self.leaves(self.open_transfers(rma, "supplier"))

    def case_delivery_to_the_supplier_is_cancelled(self):
        """Whoever handles the return hears of it: the goods lie in quarantine, and are ours."""
        rma = yield from self.received_from(self.bought(self.cable))
        self.inspected_as(rma, "d", vendor_warranty=True)
        yield
        self.open_transfers(rma, "supplier").with_user(self.storekeeper).action_cancel()

    def case_supplier_takes_a_part(self):
        """One of two is handed over without a backorder."""
        rma = yield from self.received_from(self.bought(self.cable, 2), 2)
        self.inspected_as(rma, "d", vendor_warranty=True)
        yield
        self.leaves_in_part(self.open_transfers(rma, "supplier"))

    def claim_on_the_supplier(self):
        """Notified, with a signed sheet about a return that lies in quarantine."""
        rma = yield from self.received_from(self.bought(self.cable))
        rma.action_assess()
        sheet = rma.ticket_id.sudo().assessment_ids.filtered(lambda sheet: sheet.state == "draft")[:1]
        mine = sheet.with_user(self.agent).sudo(False)
        mine.write(
            {
                "origin": "purchased",
                "preliminary": "own_quality",
                "fault": "Broken",
                "quality_user_id": self.quality_user.id,
            }
        )
        mine.action_submit()
        yield
        theirs = sheet.with_user(self.quality_user).sudo(False)
        theirs.write({"opinion": "The core is broken", "liability": "own_quality"})
        theirs.action_sign()
        claim = mine.env["aftersales.supplier.claim"].browse(mine.action_claim_supplier()["res_id"])
        claim.partner_id = self.vendor
        claim.action_notify()
        yield
        return claim

    def case_supplier_replaces_it(self):
        claim = yield from self.claim_on_the_supplier()
        claim.action_replace()
        yield
        self.leaves(claim.sudo().picking_id)
        self.must(claim.state == "replaced", f"{claim.name} is {claim.state}")

    def case_supplier_credits_it(self):
        claim = yield from self.claim_on_the_supplier()
        claim.with_user(self.supervisor).sudo(False).action_credit()

    def case_supplier_refuses_and_is_claimed_again(self):
        claim = yield from self.claim_on_the_supplier()
        claim.action_decline()
        yield
        claim.action_notify()
        yield
        claim.with_user(self.supervisor).sudo(False).action_withdraw()

    # === PARCELS WITHOUT PAPER === #

    def parcel_with(self, product, quantity=1, lot=None, **vals):
        line = {"product_id": product.id, "quantity": quantity, "lot_id": lot.id if lot else False}
        parcel = self.env["aftersales.unknown.parcel"].with_user(self.inspector)
        parcel = parcel.create({"line_ids": [Command.create(line)], **vals})
        parcel.action_book()
        return parcel.with_user(self.agent)

    def case_unknown_parcel_is_a_return_on_its_way(self):
        rma = yield from self.sent_back_by(self.bought(self.camera))
        parcel = self.parcel_with(self.camera, lot=rma.line_ids.lot_id)
        yield
        parcel.action_adopt(rma=rma)
        self.must((parcel.state, rma.state) == ("handed_over", "received"), f"{parcel.name}: {rma.state}")
        yield
        self.inspected_as(rma, "a")
        yield
        yield from self.money_goes_back(rma)

    def case_unknown_parcel_gets_a_return_of_its_own(self):
        sold = self.bought(self.cable)
        parcel = self.parcel_with(self.cable, order_ref=sold.order_id.name)
        yield
        parcel.action_adopt(order=sold.order_id.with_user(self.agent))
        rma = parcel.rma_id
        yield
        rma.reason_id = self.quality
        rma.action_submit()
        yield
        rma.with_user(self.clerk).sudo(False).action_approve()
        self.must((parcel.state, rma.state) == ("handed_over", "received"), f"{parcel.name}: {rma.state}")
        yield
        self.inspected_as(rma, "a")

    def case_unknown_parcel_stays_unknown(self):
        """Adopted, not his after all, and back to where it came from."""
        sold = self.bought(self.cable)
        parcel = self.parcel_with(self.cable)
        yield
        parcel.action_adopt(partner=sold.order_id.partner_id)
        yield
        parcel.with_user(self.supervisor).action_release()
        yield
        parcel.with_user(self.supervisor).action_send_back()
        yield
        self.leaves(parcel.sudo().way_back_id)

    def case_unknown_parcel_holds_the_rest(self):
        """Two were sent, one came with the slip and one without, after the refund."""
        rma = yield from self.sent_back_by(self.bought(self.cable, 2), 2)
        self.arrives(rma, pieces=1)
        yield
        self.inspected_as(rma, "a")
        yield
        parcel = self.parcel_with(self.cable, tracking_ref=rma.tracking_ref)
        yield
        parcel.action_adopt(rma=rma)
        late = rma.supplement_ids
        self.must(late.state == "received", f"{parcel.name}: {late.state}")
        yield
        self.inspected_as(late, "a")
        yield
        yield from self.money_goes_back(late)

    # === WHAT WE NEVER HAD, AND WHAT IS MADE OF PARTS === #

    def case_dropshipped(self):
        """The supplier has sent it to the customer; it comes back to us."""
        number = len(self.orders)
        lot = self.env["stock.lot"].create({"name": f"DROP-{number}", "product_id": self.camera.id})
        order = self.order_of(self.camera)
        supplier = self.env.ref("stock.stock_location_suppliers")
        order.picking_ids.do_unreserve()
        order.picking_ids.location_id = supplier
        order.picking_ids.move_ids.location_id = supplier
        self.may_move_the_books = True
        self.deliver(order, lot)
        self.invoice(order, paid=True)
        yield
        rma = yield from self.received_from(order.order_line)
        self.inspected_as(rma, self.chance.choice("ab"))
        yield
        yield from self.money_goes_back(rma)

    def order_of(self, product, quantity=1):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.chance.choice([self.customer, self.other_customer]).id,
                "order_line": [Command.create({"product_id": product.id, "product_uom_qty": quantity})],
            }
        )
        order.action_confirm()
        self.orders |= order
        return order

    def kits_bought(self, kits):
        """Delivered as Odoo's bills of materials deliver: moves of the parts under the line of the kit."""
        parts = {self.stand: 1, self.lamp: 2}
        for part, pieces in parts.items():
            self.stock_up(part, pieces * kits)
        order = self.order_of(self.kit, kits)
        transfer, whole = order.picking_ids, order.picking_ids.move_ids
        for part, pieces in parts.items():
            move = whole.copy({"product_id": part.id, "product_uom_qty": pieces * kits})
            move.sale_line_id = order.order_line
        whole._action_cancel()
        whole.unlink()
        transfer.action_confirm()
        transfer.action_assign()
        self.may_move_the_books = True
        self.deliver(order)
        self.invoice(order, paid=True)
        return order.order_line

    def case_kit_comes_back_whole(self):
        sold = self.kits_bought(2)
        yield
        rma = yield from self.received_from(sold)
        self.inspected_as(rma, "a")
        yield
        yield from self.money_goes_back(rma)

    def case_kit_comes_back_in_parts(self):
        """Without its stand it is turned down; with the second parcel it is whole, or has left meanwhile."""
        sold = self.kits_bought(1)
        yield
        rma = yield from self.sent_back_by(sold)
        receipt = rma.sudo()._open_receipts().with_user(self.storekeeper)
        receipt.move_ids.filtered(lambda move: move.product_id == self.stand).quantity = 0
        receipt.move_ids.filtered(lambda move: move.product_id == self.lamp).quantity = 2
        receipt.move_ids.filtered("quantity").picked = True
        receipt.with_context(skip_backorder=True).button_validate()
        self.must(rma.state == "received", f"{rma.name} is {rma.state}")
        yield
        self.inspected_as(rma, "a")
        yield
        rma.with_user(self.clerk).action_reject(reason="A part is missing")
        yield
        self.arrives(rma)
        yield
        late = rma.supplement_ids[:1]
        self.inspected_as(late or rma, "a")

    # === SEVERAL AT ONCE, AND LOTS === #

    def case_several_returns_of_one_order(self):
        """Two and one of four, each on its way while the others are."""
        sold = self.bought(self.cable, 3)
        first = self.asks_for(sold, 2)
        second = self.asks_for(sold, 1)
        yield
        for rma in (second, first):
            rma.with_user(self.clerk).sudo(False).action_approve()
            yield
        for rma in (first, second):
            self.handed_in(rma)
            yield
        open_now = (first | second).filtered(lambda rma: rma.state == "in_transit")
        self.must(len(open_now) == 2, "only one of two is on its way")
        for rma in (second, first):
            self.arrives(rma)
            yield
        self.inspected_as(first, "a")
        yield
        self.inspected_as(second, "d")
        yield
        yield from self.money_goes_back(second)
        yield
        yield from self.money_goes_back(first)

    def case_of_a_lot(self):
        rma = yield from self.received_from(self.bought(self.film))
        self.inspected_as(rma, self.chance.choice("abd"))
        yield
        yield from self.money_goes_back(rma)

    # === EXCHANGE AND REPAIR === #

    def shipped_ahead(self):
        """The customer has two for one."""
        self.stock_up(self.cable, 2)
        self.may_move_the_books = True
        rma = self.asks_for(self.bought(self.cable), 1, resolution="exchange", is_advance=True)
        yield
        rma.with_user(self.clerk).sudo(False).action_approve()
        yield
        self.leaves(self.open_transfers(rma, "customer"))
        self.must(rma.next_kind == "custody", f"{rma.name}: {rma.next_kind} runs, not custody")
        yield
        return rma

    def case_custody_ends_with_the_goods(self):
        rma = yield from self.shipped_ahead()
        self.handed_in(rma)
        yield
        self.arrives(rma)
        yield
        self.inspected_as(rma, "a")
        yield
        self.may_move_the_books = True
        rma.with_user(self.clerk).sudo(False).action_pass_to_shipment()
        self.must(rma.state == "done", f"{rma.name} is {rma.state}")

    def case_custody_ends_without_them(self):
        """What he keeps is invoiced."""
        rma = yield from self.shipped_ahead()
        self.turn_to(rma.next_due_at + timedelta(minutes=1))
        self.env["aftersales.deadline"]._run_due()
        self.must(rma.state == "closed", f"{rma.name} is {rma.state}")
        self.must(rma.sudo().exchange_invoice_ids, f"{rma.name}: nothing invoiced")

    def case_exchange_becomes_money(self):
        self.stock_up(self.cable, 1)
        self.may_move_the_books = True
        rma = yield from self.received_from(self.bought(self.cable), resolution="exchange")
        self.inspected_as(rma, "a")
        yield
        rma.with_user(self.clerk).sudo(False).action_pass_to_refund()
        yield
        yield from self.money_goes_back(rma)

    def case_repair(self):
        """To the workshop and back to the customer, whose it stays."""
        rma = yield from self.received_from(self.bought(self.camera), resolution="repair")
        self.inspected_as(rma, self.chance.choice("cd"))
        yield
        self.repaired(rma)
        yield
        rma.with_user(self.clerk).sudo(False).action_pass_to_shipment()
        yield
        self.leaves(self.open_transfers(rma, "customer"))
        self.must(rma.state == "done", f"{rma.name} is {rma.state}")

    def case_made_ready_in_the_workshop(self):
        """Used, and ours: repaired, it is not left in quarantine."""
        rma = yield from self.received_from(self.bought(self.camera))
        self.inspected_as(rma, "c")
        yield
        self.repaired(rma)
        yield
        yield from self.money_goes_back(rma)
        yield
        self.leaves(self.open_transfers(rma, "internal"))
        self.must(not self.open_transfers(rma, "internal"), f"{rma.name}: not in stock")

    def repaired(self, rma):
        self.may_move_the_books = True
        orders = self.with_the_workshop(rma)
        orders.filtered(lambda order: order.state == "draft").action_validate()
        orders.filtered(lambda order: order.state == "confirmed").action_repair_start()
        orders.action_repair_end()
        self.must(set(orders.mapped("state")) == {"done"}, f"{rma.name}: not repaired")

    def with_the_workshop(self, rma):
        """Repair orders of the return that have not ended."""
        going = [("aftersales_rma_line_id.rma_id", "=", rma.id), ("state", "not in", ("done", "cancel"))]
        return self.env["repair.order"].search(going)

    # === PEOPLE IN INVENTORY, SALES AND FINANCE === #

    def case_rest_comes_later(self):
        """Odoo's backorder: the rest comes before the inspection."""
        rma = yield from self.sent_back_by(self.bought(self.cable, 2), 2)
        self.arrives(rma, pieces=1, backorder=True)
        yield
        self.must(len(rma.sudo()._open_receipts()) == 1, f"{rma.name}: no backorder")
        self.arrives(rma)
        self.must(rma.line_ids.received_qty == 2, f"{rma.name}: the rest did not come")
        yield
        self.inspected_as(rma, "a")

    def case_rest_does_not_come(self):
        """Odoo's 'no backorder', and what came is settled."""
        rma = yield from self.sent_back_by(self.bought(self.cable, 2), 2)
        self.arrives(rma, pieces=1)
        yield
        rest = rma.sudo()._open_receipts().with_user(self.storekeeper)
        if rest:
            rest.action_cancel()
            yield
        self.inspected_as(rma, "a")
        yield
        yield from self.money_goes_back(rma)
        yield
        self.must(rma.state == "done", f"{rma.name} is {rma.state}")

    def case_receipt_is_cancelled(self):
        """Refused as long as a parcel is on the road; Odoo's own way around it is mended at the gate."""
        rma = yield from self.sent_back_by(self.bought(self.cable))
        receipt = rma.sudo()._open_receipts()
        try:
            with self.env.cr.savepoint():
                receipt.with_user(self.storekeeper).action_cancel()
        except UserError:
            self.env.invalidate_all()
        else:
            self.fail(self.story(f"{receipt.name} was cancelled while {rma.name} waits for it"))
        receipt.move_ids._action_cancel()
        yield
        rma.with_user(self.inspector).action_receive()
        yield
        self.inspected_as(rma, "a")

    def case_scrapped_in_quarantine(self):
        """Odoo's 'Scrap' before the verdict: nothing is taken over of what is gone."""
        rma = yield from self.received_from(self.bought(self.camera))
        receipt = rma.sudo().picking_ids.filtered(lambda p: p.picking_type_id.code == "incoming")[:1]
        self.env["stock.scrap"].with_user(self.storekeeper).create(
            {
                "product_id": self.camera.id,
                "lot_id": rma.line_ids.lot_id.id,
                "scrap_qty": 1,
                "picking_id": receipt.id,
                "location_id": self.quarantine.id,
                "owner_id": rma.partner_id.id,
            }
        ).action_validate()  # fmt: skip
        yield
        try:
            with self.env.cr.savepoint():
                self.inspected_as(rma, "a")
        except UserError:
            self.env.invalidate_all()
        else:
            self.fail(self.story(f"{rma.name} took over what was scrapped"))

    def case_way_back_is_shipped_in_parts(self):
        """Turned down; one of two leaves, the other one is somebody's task."""
        rma = yield from self.received_from(self.bought(self.cable, 2), 2)
        self.turned_down(rma)
        yield
        rma.with_user(self.clerk).sudo(False).action_reject(reason="No fault")
        yield
        rma.with_user(self.clerk).sudo(False).action_return_goods()
        yield
        self.leaves_in_part(self.open_transfers(rma, "customer"))
        yield
        self.must(rma.lacks_transfer, f"{rma.name}: nobody is told of the piece that has not left")
        rma.with_user(self.clerk).sudo(False).action_send_rest()
        yield
        self.leaves(self.open_transfers(rma, "customer"))
        self.must(rma.state == "done", f"{rma.name} is {rma.state}")

    def case_way_back_after_the_end_is_shipped_in_parts(self):
        """Said to be lost, it came all the same; the customer wants nothing more and gets it back."""
        rma = yield from self.sent_back_by(self.bought(self.cable, 2), 2)
        rma.with_user(self.clerk).sudo(False).action_report_missing(reason="Lost")
        yield
        self.arrives(rma)
        yield
        rma.with_user(self.clerk).sudo(False).action_cancel(reason="Never mind")
        yield
        self.leaves_in_part(self.open_transfers(rma, "customer"))
        self.must(rma.state == "cancelled", f"{rma.name} is {rma.state}")

    def case_order_is_cancelled(self):
        """While the parcel is on the road: it is received and settled all the same."""
        self.sell_one_more(self.cable)
        sold = self.orders[-1:].order_line.filtered(lambda line: line.product_id == self.cable)
        yield
        rma = yield from self.sent_back_by(sold)
        sold.order_id._action_cancel()
        yield
        self.arrives(rma)
        yield
        self.inspected_as(rma, "a")
        yield
        yield from self.money_goes_back(rma)

    def case_refund_is_cancelled_and_prepared_again(self):
        rma = yield from self.received_from(self.bought(self.cable))
        self.inspected_as(rma, "a")
        yield
        rma.sudo().refund_ids.with_user(self.supervisor).sudo(False).action_cancel()
        self.must(rma.lacks_refund, f"{rma.name} has a refund")
        yield
        rma.with_user(self.clerk).sudo(False).action_prepare_refund()
        yield
        yield from self.money_goes_back(rma)
        self.must(rma.state == "done", f"{rma.name} is {rma.state}")

    # === EVERYTHING COMES TO AN END === #

    def bring_everything_to_an_end(self):
        """People who only do their work finish every return: there is no dead end, whatever happened."""
        for _round in range(12):
            going = self.rmas.filtered(lambda rma: rma.state not in ENDS)
            if not going:
                return
            self.tell_the_planner()
            for rma in going:
                self.go_on_with(rma)
            self.look_at_everything()
        self.fail(self.story(", ".join(f"{rma.name} is {rma.state} for good" for rma in going)))

    def go_on_with(self, rma):
        """The first thing that can be done for the return: what is next, else its alternative."""
        self.note(f"  an end for {rma.name} ({rma.state})")
        for way in self.ways_on(rma):
            try:
                with self.env.cr.savepoint():
                    way()
                    self.env.flush_all()
                return
            except UserError as error:
                self.env.invalidate_all()
                self.note(f"    refused: {str(error)[:100]}")

    def ways_on(self, rma):
        mine, boss = rma.with_user(self.agent).sudo(False), rma.with_user(self.supervisor).sudo(False)
        clerk = rma.with_user(self.clerk).sudo(False)
        shipped = lambda: self.leaves(self.open_transfers(rma, "customer"))  # noqa: E731
        workshop = [lambda: self.repaired(rma)] if self.with_the_workshop(rma) else []
        return {
            "draft": [lambda: mine.action_cancel(reason="Over")],
            "requested": [clerk.action_approve, lambda: clerk.action_refuse(reason="No right")],
            "refused": [lambda: boss.action_close(reason="Over")],
            "disputed": [lambda: self.decided(rma, "uphold"), lambda: self.decided(rma, "dismiss")],
            "approved": [lambda: self.handed_in(rma), lambda: boss.action_close(reason="Over"),
                         lambda: boss.action_charge_kept(reason="Kept"), self.time_runs_out],
            "in_transit": [rma.with_user(self.inspector).sudo(False).action_receive, self.time_runs_out],
            "received": [lambda: self.inspected_as(rma, "a"), lambda: self.turned_down(rma)],
            "inspected": [clerk.action_pass_to_refund, clerk.action_pass_to_shipment, clerk.action_conclude,
                          lambda: clerk.action_reject(reason="Turned down")],
            "to_refund": [lambda: self.next_of_the_money(rma)],
            "rejected": [clerk.action_return_goods, lambda: self.freed_by_a_manager(rma)],
            "to_ship": [*workshop, shipped, clerk.action_send_rest, clerk.action_ship,
                        clerk.action_pass_to_refund],
        }[rma.state]  # fmt: skip

    def freed_by_a_manager(self, rma):
        """What somebody has scrapped in quarantine cannot be sent back any more."""
        rma.with_user(self.manager).sudo(False)._unstick("closed", "Scrapped by mistake")

    def decided(self, rma, how):
        dispute = rma._open_dispute().with_user(self.manager).sudo(False)
        getattr(dispute, f"action_{how}")(reason="Decided")

    def time_runs_out(self):
        self.turn_to(self.now + timedelta(days=12))
        self.env["aftersales.deadline"]._run_due()

    def next_of_the_money(self, rma):
        """Confirmed, approved, paid; where the order was never invoiced, it is now."""
        refunds = rma.sudo().refund_ids.filtered(lambda refund: refund.state not in ("paid", "cancelled"))
        if not refunds:
            return rma.with_user(self.clerk).sudo(False).action_prepare_refund()
        refund = refunds[0]
        if not refund.invoice_id:
            return self.invoice(rma.sale_order_id, paid=True)
        step = {"draft": self.confirm_it, "confirmed": self.approve_it}.get(refund.state, self.pay_it)
        return step(refund)
