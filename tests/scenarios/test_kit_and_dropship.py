"""Goods that one line of the order stands for, though several moves carried them; and goods we never had.

kit        two workplaces at 1,050.00, each of one stand (cost 600.00) and two lamps (35.00 each), in two
           parcels; one comes back: 1,050.00 + 15 % = 1,207.50, and 670.00 go back into stock
dropship   the supplier sent the screen to the customer; it comes back to our quarantine, not to him:
           2,415.00 + 23.00 refunded, and it enters our stock at 2,010.00
"""

from returns_case import COST, FEE, SCREEN, ReturnsCase

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

KIT, STAND_COST, LAMP_COST = 1207.50, 600.00, 35.00


@tagged("-at_install", "post_install")
class TestKit(ReturnsCase):
    @classmethod
    def a_screen_is_in_stock(cls):
        """No screen, but what two workplaces are made of."""
        story = cls.sale
        goods = {
            "type": "consu",
            "categ_id": story.screen.categ_id.id,
            "taxes_id": [Command.set(story.screen.taxes_id.ids)],
        }
        products = cls.env["product.product"]
        story.serial = cls.env["stock.lot"]
        story.kit = products.create({"name": "Workplace", "list_price": 1050.00, **goods})
        story.stand = products.create(
            {"name": "Stand", "is_storable": True, "standard_price": STAND_COST, **goods}
        )
        story.lamp.standard_price = LAMP_COST
        place = cls.env["stock.warehouse"].search([("company_id", "=", cls.env.company.id)], limit=1)
        for product, pieces in ((story.stand, 2), (story.lamp, 4)):
            cls.env["stock.quant"]._update_available_quantity(product, place.lot_stock_id, pieces)
        cls.quarantine = place.aftersales_quarantine_id

    @classmethod
    def the_customer_buys_it(cls):
        story = cls.sale
        story.kit.invoice_policy = "order"
        story.order = story._as("seller", cls.env["sale.order"]).create(
            {
                "partner_id": story.customer.id,
                "order_line": [Command.create({"product_id": story.kit.id, "product_uom_qty": 2})],
            }
        )
        story._choose_carrier()
        story.order.action_confirm()

    @classmethod
    def the_warehouse_ships_it(cls):
        """The moves that a bill of materials makes; two of the lamps come in a parcel of their own."""
        story = cls.sale
        picking = story.order.sudo().picking_ids
        whole = picking.move_ids
        for product, pieces in ((story.stand, 2), (story.lamp, 4)):
            part = whole.copy({"product_id": product.id, "product_uom_qty": pieces})
            part.sale_line_id = story.order.order_line[0]
        whole._action_cancel()
        whole.unlink()
        picking.action_confirm()
        picking.action_assign()
        picking.move_ids.filtered(lambda move: move.product_id == story.lamp).quantity = 2
        story._validate(story._as("storekeeper", picking).with_context(skip_backorder=True))
        story._validate(story._as("storekeeper", picking.backorder_ids))
        story.delivery = picking

    # === WORDS === #

    def workplaces(self, quantity):
        """A return of so many of them, submitted and approved."""
        story = self.story
        sold = story.order.order_line[0]
        return self.approved(
            "quality", line_ids=[Command.create({"sale_line_id": sold.id, "quantity": quantity})]
        )

    def on_its_way(self, quantity):
        rma = self.workplaces(quantity)
        rma.action_register_shipment(tracking_ref="PST-200002")
        return rma

    def expected(self):
        """{product: pieces} on the open receipts of the return."""
        found = {}
        for move in self.story.rma.sudo()._open_receipts().move_ids:
            found[move.product_id] = found.get(move.product_id, 0) + move.product_uom_qty
        return found

    def lying_in(self, place):
        """{product: pieces} of the components there."""
        story, found = self.story, {}
        domain = [("product_id", "in", (story.stand | story.lamp).ids), ("location_id", "=", place.id)]
        for quant in self.env["stock.quant"].search([*domain, ("quantity", ">", 0)]):
            found[quant.product_id] = found.get(quant.product_id, 0) + quant.quantity
        return found

    # === TOLD === #

    def test_one_of_two_comes_back_with_all_its_parts_and_is_refunded_as_one(self):
        """RMA-10: the line counts workplaces, the parcel stands and lamps, the refund one price."""
        story = self.story
        sold = story.order.order_line[0]
        self.assertEqual(len(sold.move_ids), 3, "stands, and lamps in two parcels")
        rma = self.on_its_way(1)
        self.assertEqual(self.expected(), {story.stand: 1, story.lamp: 2})
        for receipt in rma.sudo()._open_receipts():
            story._validate(story._as("storekeeper", receipt))
        self.assertEqual((rma.state, rma.line_ids.received_qty), ("received", 1))
        self.assertEqual(self.lying_in(self.quarantine), {story.stand: 1, story.lamp: 2})
        self.the_warehouse_finds("a", fault_found="yes")
        self.assertEqual((rma.state, rma.line_ids.accepted_qty), ("to_refund", 1))
        self.assertEqual(self.lying_in(self.quarantine), {})
        refund = self.the_money_goes_back()
        goods = refund.line_ids.filtered(lambda part: part.kind == "goods")
        self.assertEqual(sum(goods.mapped("total")), KIT)
        self.assertEqual(rma.state, "done")
        back = rma.line_ids.return_move_ids.filtered(lambda move: move.state == "done")
        self.assertEqual(sum(back.mapped("value")), STAND_COST + 2 * LAMP_COST)

    def test_a_workplace_without_one_of_its_lamps_is_turned_down_as_a_whole(self):
        """RMA-10, INSPECT-02: parts alone are not returned; what came goes back to the customer."""
        story = self.story
        rma = self.on_its_way(1)
        for receipt in rma.sudo()._open_receipts():
            lamps = receipt.move_ids.filtered(lambda move: move.product_id == story.lamp)
            lamps.quantity = min(1, lamps.quantity)
            story._validate(story._as("storekeeper", receipt).with_context(skip_backorder=True))
        self.assertEqual((rma.state, rma.line_ids.received_qty), ("received", 0))
        self.the_warehouse_finds("a", fault_found="yes")
        self.assertEqual((rma.state, rma.line_ids.disposition), ("inspected", "return_to_customer"))
        with self.assertRaisesRegex(UserError, "accepted nothing"):
            story._as("agent", rma).action_pass_to_refund()
        story._as("agent", rma).action_reject(reason="A lamp is missing")
        story._as("agent", rma).action_return_goods()
        back = rma.sudo()._open_shipments().move_ids
        self.assertEqual(
            {move.product_id: move.product_uom_qty for move in back}, {story.stand: 1, story.lamp: 1}
        )

    def test_more_workplaces_than_were_delivered_do_not_come_back(self):
        """RMA-10: three of two; nothing is asked of the warehouse."""
        with self.assertRaisesRegex(UserError, "3 cannot come back, 2 can"):
            self.workplaces(3)
        self.assertEqual(self.story.order.picking_ids.mapped("picking_type_code"), ["outgoing"] * 2)


@tagged("-at_install", "post_install")
class TestDropship(ReturnsCase):
    @classmethod
    def a_screen_is_in_stock(cls):
        """There is none: the supplier has it, and its number is on his delivery note."""
        story = cls.sale
        story.screen.standard_price = COST
        story.serial = cls.env["stock.lot"].create({"name": "SCR-1", "product_id": story.screen.id})
        place = cls.env["stock.warehouse"].search([("company_id", "=", cls.env.company.id)], limit=1)
        cls.quarantine = place.aftersales_quarantine_id

    @classmethod
    def the_warehouse_ships_it(cls):
        """Not we: the goods move from the supplier to the customer."""
        story = cls.sale
        supplier = cls.env.ref("stock.stock_location_suppliers")
        picking = story.order.sudo().picking_ids
        picking.location_id = supplier
        picking.move_ids.location_id = supplier
        picking.move_ids.lot_ids = story.serial
        story.delivery = story._as("storekeeper", picking)
        story._validate(story.delivery)

    def test_what_we_never_had_comes_to_us_and_is_refunded(self):
        """RMA-34, INSPECT-03: quarantine, the customer's until it is accepted, then ours at what it cost."""
        story = self.story
        self.assertEqual(story.order.order_line[0].qty_delivered, 1)
        self.assertEqual(story.screen.qty_available, 0)
        self.sent_back("quality", return_freight=18.00)
        receipt = story.rma.sudo().picking_ids
        self.assertEqual((receipt.location_id.usage, receipt.location_dest_id), ("customer", self.quarantine))
        self.the_parcel_is_received()
        self.assert_serial_is(self.quarantine.complete_name, story.customer.name)
        self.assertEqual(story.screen.qty_available, 0, "his, and in quarantine")
        self.the_warehouse_finds("a", fault_found="yes")
        self.assert_serial_is("WH/Stock")
        self.assertEqual(story.rma.line_ids.return_move_ids.value, COST)
        refund = self.the_money_goes_back()
        self.assertEqual((refund.payout, story.rma.state), (SCREEN + FEE + 18.00, "done"))
        self.assertEqual((story.order.order_line[0].qty_delivered, story.screen.qty_available), (0, 1))
        self.env.invalidate_all()
        self.assertEqual(story.screen.total_value, COST)
