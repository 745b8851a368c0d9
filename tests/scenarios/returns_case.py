"""What stories of returns share: one screen sold for 2,415.00, and the words for what happens to it.

sold       screen 2,100.00 · delivery 20.00 · tax 15 %  →  2,415.00 + 23.00 = 2,438.00, paid
cost       2,010.00
"""

import copy
from datetime import datetime

from story import Story
from story_case import StoryCase

from odoo import Command
from odoo.tests import freeze_time

REASON = "aftersales_returns.return_reason_"
SCREEN, FEE, COST = 2415.00, 23.00, 2010.00


class ReturnsCase(StoryCase):
    """A screen that was sold, delivered, invoiced and paid on Monday; what follows is the test's story.

    The shop and the sale are the same for all tests of a class, so they are made once.
    """

    #: the customer pays for the delivery of his order
    pays_delivery = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(cls.opening):
            cls.env.cr._now = datetime.fromisoformat(cls.opening)
            cls.sale = Story(cls.env)
            cls.sale.open_the_shop()
            cls.a_screen_is_in_stock()
            cls.the_customer_buys_it()
            cls.the_warehouse_ships_it()
            cls.sale.customer_is_invoiced()
            cls.sale.customer_pays()

    def setUp(self):
        super(StoryCase, self).setUp()  # the shop is open already
        self.at(self.opening)
        self.story = copy.copy(self.sale)
        self.assertEqual(self.story.invoice.payment_state, "paid")
        self.assertEqual(self.story.invoice.amount_total, SCREEN + FEE if self.pays_delivery else SCREEN)

    # === THE SALE === #

    @classmethod
    def a_screen_is_in_stock(cls):
        story = cls.sale
        story.screen.standard_price = COST
        cls.place = cls.env["stock.warehouse"].search([("company_id", "=", cls.env.company.id)], limit=1)
        cls.quarantine = cls.place.aftersales_quarantine_id
        story.serial = cls.a_screen_is_counted("SCR-1")

    @classmethod
    def a_screen_is_counted(cls, name):
        """One more in the warehouse; its serial number."""
        lot = cls.env["stock.lot"].create({"name": name, "product_id": cls.sale.screen.id})
        cls.env["stock.quant"].with_context(inventory_mode=True).create(
            {
                "product_id": lot.product_id.id,
                "location_id": cls.place.lot_stock_id.id,
                "lot_id": lot.id,
                "inventory_quantity": 1,
            }
        ).action_apply_inventory()
        return lot

    @classmethod
    def the_customer_buys_it(cls):
        story = cls.sale
        story.order = story._as("seller", cls.env["sale.order"]).create(
            {
                "partner_id": story.customer.id,
                "order_line": [Command.create({"product_id": story.screen.id, "product_uom_qty": 1})],
            }
        )
        story.screen.invoice_policy = "order"
        if cls.pays_delivery:
            story._choose_carrier()
        else:
            story.order.carrier_id = story.carrier
        story.order.action_confirm()

    @classmethod
    def the_warehouse_ships_it(cls):
        story = cls.sale
        story.delivery = story._as("storekeeper", story.order.sudo().picking_ids)
        story.delivery.move_ids.lot_ids = story.serial
        story._validate(story.delivery)

    # === WORDS === #

    def another_screen_is_in_stock(self):
        self.story.spare = self.a_screen_is_counted("SCR-2")

    def returned(self, reason, **vals):
        """The agent has entered what the customer asks for, and submitted it."""
        story = self.story
        rma = story._as("agent", self.env["aftersales.rma"]).create(
            {
                "partner_id": story.customer.id,
                "sale_order_id": story.order.id,
                "reason_id": self.env.ref(REASON + reason).id,
                "pictures_received": True,
                "line_ids": [
                    Command.create({"sale_line_id": story.order.order_line[0].id, "lot_id": story.serial.id})
                ],
                **vals,
            }
        )
        rma.action_submit()
        story.rma = rma.with_user(self.env.user)
        return rma

    def approved(self, reason, **vals):
        rma = self.returned(reason, **vals)
        rma.action_approve()
        return rma

    def sent_back(self, reason, **vals):
        rma = self.approved(reason, **vals)
        rma.action_register_shipment(tracking_ref="PST-200002")
        return rma

    def the_parcel_is_received(self):
        story = self.story
        story._validate(story._as("storekeeper", story.rma.sudo()._open_receipts()))

    def the_warehouse_finds(self, grade="a", **findings):
        """The checklist as the inspector ticks it, and his grade."""
        rma = self.story._as("inspector", self.story.rma)
        rma.inspection_ids.write(
            {"grade": grade, "unused": "yes", "packaging": "yes", "serial_matches": "yes", **findings}
        )
        rma.action_complete_inspection()

    def the_money_goes_back(self):
        """Confirmed, approved, paid: three steps by two persons."""
        story = self.story
        story.refund = story.rma.sudo().refund_ids
        story._as("agent", story.rma).action_confirm_refund()
        story._as("accountant", story.refund).action_approve()
        story.credit_note = story.refund.credit_note_id
        if story.refund.payout:
            story.accountant_pays()
        return story.refund

    def until(self, moment):
        """The clock is turned and the ledger comes round."""
        self.at(moment)
        self.env["aftersales.deadline"]._run_due()
        self.env.invalidate_all()

    def in_force(self, **vals):
        """A new version of the return policy with other terms, put in force by the manager."""
        policy = self.env["aftersales.return.policy"].search([("state", "=", "active")], limit=1)
        newer = policy.browse(self.story._as("manager", policy).action_new_version()["res_id"])
        newer.write(vals)
        self.story._as("manager", newer).action_activate()
        return newer

    # === LOOKING === #

    def assert_freight(self, **expected):
        """leg=[(bearer, amount, settlement), …] of the legs that cost something."""
        found = {}
        for charge in self.story.rma.freight_ids.filtered("amount"):
            found.setdefault(charge.leg, []).append((charge.borne_by, charge.amount, charge.settlement))
        self.assertEqual(found, expected)

    def deciding(self, leg):
        """The row of the freight table that decided ``leg`` in the verdict that stands."""
        row = self.story.rma._verdict_of("freight")[self.story.rma]
        return [clause["code"] for clause in row.clauses if leg in clause["params"].get("legs", "")]

    def assert_serial_is(self, place, owner=False):
        self.assert_where(self.story.serial, (place, owner))
