import random
from collections import Counter
from datetime import datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time
from odoo.tools import SQL

from odoo.addons.aftersales_service.policy import lifecycle

from ..policy import rma_flow
from .common import AftersalesReturnsCommon
from .walk_invariants import ENDS, WhatMustAlwaysHold

#: a Monday, later than anything that other tests have put into the database
OPENING = datetime(2031, 3, 3, 8)
#: what people seldom choose although they may, so that walks come to an end worth looking at
SELDOM = ("cancel", "close", "report_missing", "refuse", "reject", "dismiss", "waive_goods", "confirm_refund",
          "approve_refund")  # fmt: skip
WITH_REASON = ("refuse", "dispute", "uphold", "dismiss", "report_missing", "reject", "waive_goods", "close",
               "cancel", "charge_kept")  # fmt: skip


class NothingToDo(Exception):
    """There is no document on which the step could be tried."""


class WalkCommon(WhatMustAlwaysHold, AftersalesReturnsCommon):
    """Whole returns walked through the ORM by chance: customers, goods, people, the clock and the books.

    A walk is a shop with a few sales and people who do what comes to their minds: mostly what is next,
    often enough what they may not do, at the wrong moment, with goods that are not theirs to give. After
    every step everything that must always hold is looked at anew, from Odoo's own figures.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.put_in_force()
        category = cls.camera.categ_id
        cls.film = cls.product("Film", 12, 3, tracking="lot", categ_id=category.id)
        cls.goods = cls.camera | cls.cable | cls.film
        cls.costs = {product: product.standard_price for product in cls.goods}
        # four eyes: whoever enters and confirms is another person than whoever approves
        cls.clerk = cls.user("aftersales_service.group_agent", "clerk")
        cls.biller = cls.user("account.group_account_invoice", "biller")
        cls.people = (
            cls.agent | cls.clerk | cls.supervisor | cls.manager | cls.inspector | cls.accountant
            | cls.engineer | cls.storekeeper
        )  # fmt: skip

    def setUp(self):
        super().setUp()
        self.clock = None
        self.turn_to(OPENING)

    def turn_to(self, moment):
        """The clock, also the transaction's, from which create dates are taken."""
        if self.clock:
            self.clock.stop()
        else:
            self.addCleanup(lambda: self.clock.stop())
        self.now = moment
        self.clock = freeze_time(moment)
        self.clock.start()
        self.env.cr._now = moment

    # === THE WALK === #

    def steps(self):
        """What may happen next, and how often it does."""
        return [
            (self.somebody_asks_for_a_return, 5), (self.somebody_does_what_is_next, 14),
            (self.somebody_tries_something, 4), (self.a_parcel_arrives, 4), (self.goods_are_inspected, 4),
            (self.goods_leave, 2), (self.facts_change, 2), (self.money_moves, 6), (self.time_passes, 2),
        ]  # fmt: skip

    def walk(self, seed, length):
        self.begin(seed)
        names, weights = zip(*self.steps(), strict=True)
        for _request in range(3):
            self.take(self.somebody_asks_for_a_return)
        taken = 0
        while taken < length:
            taken += self.take(self.chance.choices(names, weights)[0])
        return Counter(self.rmas.mapped("state"))

    def tell_the_planner(self):
        """Nothing of a walk is ever committed, so that PostgreSQL would go on taking its tables for empty:
        Odoo's search for the payments of an invoice would take a second instead of a millisecond.
        """
        self.env.flush_all()
        books = SQL("account_move, account_move_line, account_payment, account_partial_reconcile")
        goods = SQL("stock_move, stock_move_line, stock_quant")
        self.env.cr.execute(SQL("ANALYZE %s, %s", books, goods))

    def begin(self, seed):
        self.chance = random.Random(seed)  # the same walk every time
        self.turn_to(OPENING)
        self.orders = self.first_orders
        self.trail, self.seen, self.taken = [], {}, 0
        self.tell_the_planner()
        self.look_at_everything()

    def take(self, step):
        """One step, whole or not at all; afterwards everything is looked at.

        :return: whether there was anything to try it on
        """
        before, told = self.worth, len(self.trail)
        self.taken += 1
        if self.taken % 25 == 0:
            self.tell_the_planner()
        self.may_move_the_books = False
        try:
            with self.env.cr.savepoint():
                self.note(step.__name__)
                step()
                self.env.flush_all()
        except NothingToDo:
            del self.trail[told:]
            return False
        except (UserError, AccessError, ValidationError) as error:
            self.note(f"  refused: {str(error)[:100]}")
        except Exception as error:
            raise AssertionError(self.story(f"{type(error).__name__}: {error}")) from error
        self.look_at_everything()
        if not self.may_move_the_books:
            self.holds(self.worth == before, f"books and stock moved: {before} → {self.worth}")
        return True

    def note(self, sentence):
        self.trail.append(f"{self.now:%m-%d %H:%M} {sentence}")

    def story(self, what):
        return "\n".join([what, *self.trail[-25:]])

    def holds(self, condition, what):
        if not condition:
            self.fail(self.story(what))

    # === THE SHOP === #

    def open_the_shop(self):
        """Two customers with two paid orders of everything each, and one who has not paid."""
        self.rmas = self.env["aftersales.rma"]
        self.orders = self.env["sale.order"]
        self.lots_of_film = self.env["stock.lot"].create(
            [{"name": f"FILM-{n}", "product_id": self.film.id} for n in range(2)]
        )
        for number in range(5):
            customer = self.other_customer if number % 2 else self.customer
            self.orders |= self.sell_everything(customer, number)
        self.first_orders, self.stocked = self.orders, self.pieces()

    def sell_everything(self, customer, number):
        names = (f"CAM-{number}-0", f"CAM-{number}-1", f"SPARE-{number}")  # the spare one stays in stock
        cameras = self.env["stock.lot"].create(
            [{"name": name, "product_id": self.camera.id} for name in names]
        )
        for lot in cameras:
            self.stock_up(self.camera, 1, lot)
        for lot in self.lots_of_film:
            self.stock_up(self.film, 2, lot)
        self.stock_up(self.cable, 5)
        order = self.env["sale.order"].create(
            {
                "partner_id": customer.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": quantity})
                    for product, quantity in ((self.camera, 2), (self.cable, 4), (self.film, 3))
                ],
            }
        )
        order.action_confirm()
        self.deliver(order, cameras[:2])
        if number < 4:
            self.invoice(order, paid=number < 3)
        return order

    def stock_up(self, product, quantity, lot=None):
        """Counted in, so that the pieces have a value that came from somewhere."""
        counted = self.env["stock.quant"].with_context(inventory_mode=True)
        here = [("product_id", "=", product.id), ("location_id", "=", self.stock.id)]
        before = sum(counted.search([*here, ("lot_id", "=", lot and lot.id)]).mapped("quantity"))
        counted.create(
            {
                "product_id": product.id,
                "location_id": self.stock.id,
                "lot_id": lot and lot.id,
                "inventory_quantity": before + quantity,
            }
        ).action_apply_inventory()

    def invoice(self, order, paid):
        invoice = order._create_invoices()
        invoice.action_post()
        if paid:
            self.pay(invoice)

    def pay(self, moves):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=moves.ids
        )
        return wizard.create({})._create_payments()

    # === WHAT PEOPLE DO === #

    def somebody_asks_for_a_return(self):
        if len(self.rmas.filtered(lambda rma: rma.state not in ENDS)) > 7:
            raise NothingToDo
        order = self.chance.choice(self.orders)
        chance = self.chance
        sold = list(order.order_line)
        rows = [self.wanted(line) for line in chance.sample(sold, chance.randint(1, len(sold)))]
        rma = self.env["aftersales.rma"].with_user(chance.choice([self.agent, self.clerk])).create(
            {
                "partner_id": order.partner_id.id,
                "sale_order_id": order.id,
                "reason_id": chance.choice(
                    [self.quality, self.no_reason, self.env.ref("aftersales_returns.return_reason_late")]
                ).id,
                "resolution": chance.choice(
                    ["return_refund"] * 4 + ["exchange", "exchange", "repair", "refund_only"]
                ),
                "pictures_received": chance.random() < 0.8,
                "return_freight": chance.choice([0, 6, 12.5]),
                "line_ids": [Command.create(vals) for row in rows for vals in row],
            }
        )  # fmt: skip
        self.rmas |= rma.sudo().with_user(self.env.user)
        self.note(f"  {rma.name} on {order.name}: {rma.resolution}, {rma.reason_id.code}")
        if chance.random() < 0.8:
            rma.action_submit()

    def wanted(self, line):
        """Lines of a return for ``line``: mostly what was delivered, sometimes more or somebody else's."""
        product, chance = line.product_id, self.chance
        delivered = line.move_ids.move_line_ids.lot_id
        if product.tracking == "serial":
            lots = chance.sample(list(delivered), chance.randint(1, len(delivered)))
            if chance.random() < 0.1:
                lots = [self.env["stock.lot"].search([("name", "=", "SPARE-1")])]
            return [{"sale_line_id": line.id, "lot_id": lot.id, "quantity": 1} for lot in lots]
        lot = chance.choice(delivered) if product.tracking == "lot" else delivered.browse()
        return [{"sale_line_id": line.id, "lot_id": lot.id, "quantity": chance.choice([1, 1, 1, 2, 2, 9])}]

    def somebody_does_what_is_next(self):
        """A person who may does what the document offers."""
        rma = self.a_return(lambda rma: rma.state not in ENDS)
        offers = [
            (user, event)
            for user in self.people - self.storekeeper - self.engineer
            for event in rma.with_user(user).sudo(False).allowed_events or ()
            if event not in SELDOM or self.chance.random() < 0.15
        ]
        if not offers:
            raise NothingToDo
        self.press(rma, *self.chance.choice(offers))

    def somebody_tries_something(self):
        """Anybody presses any button."""
        event = self.chance.choice(rma_flow.FLOW.events)
        self.press(self.a_return(), self.chance.choice(self.people), event)

    def press(self, rma, user, event):
        """The button of ``event``; what goes through must have had a right and a row."""
        self.note(f"  {user.name}: {event} on {rma.name} ({rma.state})")
        self.may_move_the_books = event in ("complete_inspection", "ship", "approve_refund")
        state = rma.state
        roles = self.env["aftersales.rma"].with_user(user)._roles()
        may = lifecycle.may_fire(rma_flow.FLOW, event, roles)
        answer = self.button(rma.with_user(user).sudo(False), event)
        self.holds(
            may and (state, event) in rma_flow.TRANSITIONS,
            f"{event} went through without right or row: {answer}",
        )

    def button(self, rma, event):
        chance = self.chance
        if event in WITH_REASON:
            return getattr(rma, f"action_{event}")(reason="Because")
        if event == "register_shipment":
            return rma.action_register_shipment(
                tracking_ref=f"YT{chance.randint(1, 30)}", carrier_name=chance.choice(["YTO", "SF Express"])
            )
        if event == "refuse_parcel":
            why = chance.choice(["unjustified", "collect", "other"])
            return rma.action_refuse_parcel(reason="Full", parcel_refusal=why)
        if hasattr(rma, f"action_{event}"):
            return getattr(rma, f"action_{event}")()
        return rma._fire(event)

    def a_return(self, wanted=lambda rma: True):
        found = self.rmas.filtered(wanted)
        if not found:
            raise NothingToDo
        return self.chance.choice(found)

    def a_parcel_arrives(self):
        """The storekeeper validates a receipt in Inventory, all of it or a part."""
        receipts = self.rmas.picking_ids.filtered(
            lambda p: p.picking_type_id.code == "incoming" and p.state == "assigned"
        )
        if not receipts:
            raise NothingToDo
        receipt = self.chance.choice(receipts).with_user(self.storekeeper)
        self.note(f"  {receipt.name} of {receipt.sudo().aftersales_rma_id.name}")
        for move in receipt.move_ids:
            move.quantity = self.chance.choice([move.product_uom_qty] * 4 + [0, 1, move.product_uom_qty + 1])
        if self.chance.random() < 0.15:
            self.another_number_is_scanned(receipt)
        receipt.move_ids.picked = True
        receipt.with_context(skip_backorder=self.chance.random() < 0.8).button_validate()

    def another_number_is_scanned(self, receipt):
        """Of the camera that lies in stock, or of one that somebody else has bought."""
        rows = receipt.move_line_ids.filtered(lambda row: row.product_id == self.camera and row.quantity)
        numbers = self.env["stock.lot"].search([("product_id", "=", self.camera.id)]) - rows.lot_id
        for row in rows[:1]:
            row.lot_id = self.chance.choice(numbers)
            self.note(f"  the number {row.lot_id.name} is scanned")

    def goods_are_inspected(self):
        rma = self.a_return(lambda rma: rma.state == "received")
        chance = self.chance
        for found in rma.with_user(self.inspector).sudo(False).inspection_ids:
            found.write(
                {
                    "grade": chance.choice(["a"] * 6 + ["b", "b", "c", "d", False]),
                    "unused": chance.choice(["yes", "yes", "no"]),
                    "fault_found": chance.choice(["yes", "yes", "no"]),
                    "serial_matches": chance.choice(["yes", "yes", "yes", "no"]),
                    "vendor_warranty": chance.random() < 0.1,
                }
            )
        self.press(rma, self.inspector, "complete_inspection")

    def goods_leave(self):
        """What is owed to a customer is shipped in Inventory."""
        ready = self.rmas.picking_ids.filtered(
            lambda p: p.picking_type_id.code == "outgoing" and p.state in ("assigned", "confirmed")
        )
        if not ready:
            raise NothingToDo
        self.may_move_the_books = True
        transfer = self.chance.choice(ready).with_user(self.storekeeper)
        self.note(f"  {transfer.name} of {transfer.sudo().aftersales_rma_id.name} leaves")
        transfer.action_assign()
        transfer.move_ids.picked = True
        transfer.with_context(skip_backorder=True).button_validate()

    def facts_change(self):
        """An agent learns more: an agreement, the freight, whose fault it was."""
        rma = self.a_return().with_user(self.agent).sudo(False)
        name, value = self.chance.choice(
            [
                ("return_freight", 20), ("is_freight_agreed", True), ("agreed_return", "seller"),
                ("fault_party", "customer"), ("return_term", "collect"), ("return_place", "wrong"),
                ("retrieval_late", True), ("storage_fee", 3), ("reimburse_as", "balance"),
            ]
        )  # fmt: skip
        self.note(f"  {name} of {rma.name} is {value}")
        rma.write({name: value})

    def money_moves(self):
        """Finance and customer service work on refunds; payments are made and undone."""
        refunds = self.rmas.refund_ids
        if not refunds:
            raise NothingToDo
        refund = self.chance.choice(refunds)
        anything = (self.confirm_it, self.approve_it, self.pay_it, self.send_it_back, self.undo_the_payment,
                    self.withdraw_the_credit_note)  # fmt: skip
        due = {"draft": self.confirm_it, "confirmed": self.approve_it, "approved": self.pay_it}
        what = self.chance.choice([*anything, *[due.get(refund.state, self.undo_the_payment)] * 14])
        self.note(f"  {what.__name__} {refund.name} ({refund.state})")
        self.may_move_the_books = what in (self.approve_it, self.withdraw_the_credit_note)
        what(refund)

    def confirm_it(self, refund):
        refund.with_user(self.clerk).sudo(False).action_confirm()

    def approve_it(self, refund):
        refund.with_user(self.accountant).sudo(False).action_approve()

    def send_it_back(self, refund):
        refund.with_user(self.accountant).sudo(False).action_reject(reason="Look again")

    def pay_it(self, refund):
        action = refund.with_user(self.accountant).sudo(False).action_register_payment()
        wizard = self.env[action["res_model"]].with_user(self.accountant).with_context(**action["context"])
        wizard.create({})._create_payments()

    def undo_the_payment(self, refund):
        payments = refund.payment_ids.filtered(lambda payment: payment.state != "canceled")
        payments.action_draft()
        payments.action_cancel()

    def withdraw_the_credit_note(self, refund):
        note = refund.credit_note_id.filtered(lambda note: note.state == "posted")
        note.button_draft()
        if self.chance.random() < 0.5:
            note.button_cancel()

    def time_passes(self):
        """Hours or days, and mostly the ledger comes round."""
        self.turn_to(self.now + timedelta(hours=self.chance.choice([1, 5, 20, 30, 75, 130, 250])))
        if self.chance.random() < 0.8:
            self.note("  the ledger runs")
            self.env["aftersales.deadline"]._run_due()
