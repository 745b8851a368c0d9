from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import AftersalesReturnsCommon


@tagged("post_install", "-at_install")
class TestGoodsNotKeptInStock(AftersalesReturnsCommon):
    """Odoo delivers and takes back goods that it counts nowhere, as new products are by default."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.screw = cls.product("Screw", 1, 0.5, is_storable=False)

    def sold(self, screws=10, cables=1):
        if cables:
            self.env["stock.quant"]._update_available_quantity(self.cable, self.stock, cables)
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": quantity})
                    for product, quantity in ((self.cable, cables), (self.screw, screws))
                    if quantity
                ],
            }
        )
        order.action_confirm()
        self.deliver(order)
        return order

    def asked(self, order, **vals):
        lines = [
            Command.create({"sale_line_id": line.id, "quantity": line.product_uom_qty})
            for line in order.order_line
        ]
        return self.received(order, line_ids=lines, **vals)

    def test_they_come_back_with_the_goods_that_are(self):
        """RMA-01, INSPECT-03: nothing of the parcel is left out of receipt, inspection and delivery."""
        order = self.sold()
        rma = self.asked(order)
        self.assertEqual(rma.line_ids.mapped("received_qty"), [1, 10])
        self.inspect(rma)
        self.assertEqual(rma.line_ids.mapped("accepted_qty"), [1, 10])
        self.assertEqual(set(rma.line_ids.mapped("disposition")), {"restock"})
        self.assertEqual(order.order_line.mapped("qty_delivered"), [0, 0])
        self.assertEqual(set(rma.picking_ids.mapped("state")), {"done"})

    def test_no_more_comes_back_than_was_delivered(self):
        """RMA-01: the ceiling is that of their deliveries, also over two returns."""
        order = self.sold(cables=0)
        line = order.order_line
        first = self.approved(order, line_ids=[Command.create({"sale_line_id": line.id, "quantity": 7})])
        self.assertEqual(first.picking_ids.move_ids.product_uom_qty, 7)
        second = self.rma(order, line_ids=[Command.create({"sale_line_id": line.id, "quantity": 4})])
        with self.assertRaisesRegex(UserError, "4 cannot come back, 3 can"):
            second.action_submit()

    def test_each_way_out_of_quarantine_is_open_to_them(self):
        """INSPECT-02: turned down, scrapped or made ready, though they lie nowhere by the books."""
        turned_down = self.asked(self.sold(cables=0))
        self.inspect(turned_down, fault_found="no")
        self.assertEqual(turned_down.line_ids.disposition, "return_to_customer")
        turned_down.action_reject(reason="Nothing is wrong with it")
        turned_down.action_return_goods()
        self.validate(turned_down._open_shipments())
        self.assertEqual(turned_down.state, "done")
        for grade, disposition in (("d", "scrap"), ("c", "refurbish")):
            rma = self.asked(self.sold(cables=0))
            self.inspect(rma, grade=grade)
            self.assertEqual((rma.line_ids.disposition, rma.state), (disposition, "to_refund"))

    def test_customers_may_ask_for_them_in_the_portal(self):
        """RMA-01: what the page offers is what the request accepts."""
        order = self.sold(cables=0)
        row = order._aftersales_returnable_rows()[0]
        self.assertEqual((row["left"], row["here"]), (10, False))


@tagged("post_install", "-at_install")
class TestKitsOfAnOrder(AftersalesReturnsCommon):
    """What a kit consists of is the order's, whatever becomes of its transfers (RMA-10)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tea_set = cls.product("Tea set", 100, 0, is_storable=False)
        cls.cup, cls.pot = cls.product("Cup", 10, 5), cls.product("Pot", 50, 20)

    def one_of_four_delivered(self):
        """Four sets ordered, one delivered, and the rest called off in Inventory."""
        order = self.order_kit(self.tea_set, {self.cup: 2, self.pot: 1}, kits=4)
        order.order_line._aftersales_note_kits()  # as the order does when it plans its transfers
        picking = order.picking_ids
        for move in picking.move_ids:
            move.quantity = {self.cup: 2, self.pot: 1}[move.product_id]
            move.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        picking.backorder_ids.action_cancel()
        return order

    def test_a_cancelled_backorder_does_not_change_what_a_kit_is(self):
        """RMA-10: of one delivered set one comes back, with all of its parts."""
        order = self.one_of_four_delivered()
        with self.assertRaisesRegex(UserError, "4 cannot come back, 1 can"), self.cr.savepoint():
            self.rma(order, line_ids=self.kits(order, 4)).action_submit()
        rma = self.approved(order, line_ids=self.kits(order, 1))
        asked = {move.product_id: move.product_uom_qty for move in rma.picking_ids.move_ids}
        self.assertEqual(asked, {self.cup: 2, self.pot: 1})

    def test_the_order_notes_it_when_it_plans_its_transfers(self):
        """RMA-10: other goods have no parts; what is noted stays."""
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": 2})
                    for product in (self.tea_set, self.cable)
                ],
            }
        )
        moves = type(self.env["stock.move"])
        confirm = moves._action_confirm

        def exploded(these, *args, **kwargs):
            """Sets become their parts, as a bill of materials has it."""
            for move in these.filtered(lambda move: move.product_id == self.tea_set):
                for part, pieces in ((self.cup, 4), (self.pot, 2)):
                    these += move.copy({"product_id": part.id, "product_uom_qty": pieces})
                    these[-1:].sale_line_id = move.sale_line_id
                these -= move
                move.unlink()
            return confirm(these, *args, **kwargs)

        with patch.object(moves, "_action_confirm", exploded):
            order.action_confirm()
        sets, cables = order.order_line
        self.assertEqual(dict(sets.aftersales_kit_needs), {self.cup.id: 2, self.pot.id: 1})
        self.assertFalse(cables.aftersales_kit_needs)
        sets.move_ids.product_uom_qty = 1
        sets._aftersales_note_kits()
        self.assertEqual(dict(sets.aftersales_kit_needs), {self.cup.id: 2, self.pot.id: 1})

    def test_a_kit_is_replaced_by_the_parts_that_were_sold(self):
        """EXCH-04, RMA-10: whatever its bill of materials says; a part that is missing follows."""
        order = self.one_of_four_delivered()
        for part in (self.cup, self.pot):
            self.env["stock.quant"]._update_available_quantity(part, self.stock, 2)
        rma = self.approved(order, line_ids=self.kits(order, 1), resolution="exchange")
        rma.action_register_shipment(tracking_ref="KIT")
        self.validate(rma._open_receipts())
        self.inspect(rma)
        rma.action_pass_to_shipment()
        sent = rma._open_shipments()
        self.assertEqual(
            {move.product_id: move.quantity for move in sent.move_ids}, {self.cup: 2, self.pot: 1}
        )
        sent = sent.with_user(self.storekeeper)
        sent.move_ids.filtered(lambda move: move.product_id == self.cup).picked = True
        sent.with_context(skip_backorder=True, picking_ids_not_to_backorder=sent.ids).button_validate()
        self.assertEqual((rma.state, rma.lacks_transfer), ("to_ship", True))
        rma.action_send_rest()
        rest = rma._open_shipments()
        self.assertEqual((rest.move_ids.product_id, rest.move_ids.product_uom_qty), (self.pot, 1))
        self.validate(rest)
        self.assertEqual(rma.state, "done")

    def test_what_a_kit_consists_of_is_nobodys_to_type(self):
        """RMA-10: neither in a request nor on the order, and no other figure that transfers tell."""
        order = self.one_of_four_delivered()
        preset = {"default_kit_needs": [[self.cup.id, 1]], "default_received_qty": 9}
        rma = self.rma(order, line_ids=self.kits(order, 1))
        line = rma.line_ids.with_user(self.agent)
        for name, value in (("kit_needs", [[self.cup.id, 1]]), ("received_qty", 1), ("is_kit", False)):
            with self.assertRaisesRegex(AccessError, "not typed"), self.cr.savepoint():
                line.write({name: value})
        rows = {"rma_id": rma.id, "sale_line_id": order.order_line.id, "kit_needs": [[self.cup.id, 9]]}
        another = line.with_context(**preset).create({**rows, "received_qty": 5, "is_kit": False})
        self.assertEqual(dict(another.kit_needs), {self.cup.id: 2, self.pot.id: 1})
        self.assertEqual((another.received_qty, another.is_kit), (0, True))
        seller = new_test_user(self.env, "kit_seller", "sales_team.group_sale_salesman_all_leads")
        sold = order.order_line.with_user(seller)
        with self.assertRaises(AccessError), self.cr.savepoint():
            sold.aftersales_kit_needs = [[self.cup.id, 1]]
        row = {"order_id": order.id, "product_id": self.cable.id, "aftersales_kit_needs": [[self.cup.id, 1]]}
        row = sold.with_context(default_aftersales_kit_needs=[[self.cup.id, 1]]).create(row)
        self.assertFalse(row.aftersales_kit_needs)

    def test_an_order_made_a_quotation_again_forgets_what_its_kit_consisted_of(self):
        """RMA-10: the line may then sell other goods, which come back as themselves."""
        order = self.order_kit(self.tea_set, {self.cup: 4, self.pot: 1}, kits=2)
        line = order.order_line
        line._aftersales_note_kits()
        self.assertTrue(line.aftersales_kit_needs)
        order._action_cancel()
        order.action_draft()
        line.product_id = self.cable
        self.env["stock.quant"]._update_available_quantity(self.cable, self.stock, 2)
        order.action_confirm()
        self.assertFalse(line.aftersales_kit_needs)
        self.deliver(order)
        receipt = self.approved(order)._open_receipts()
        self.assertEqual((receipt.move_ids.product_id, receipt.move_ids.product_uom_qty), (self.cable, 2))

    def test_a_part_that_a_kit_has_in_two_places_comes_back_from_both(self):
        """RMA-10: Sales counts the kits by the places, so each gives back its share."""
        order = self.order_kit(self.tea_set, {self.cup: 4, self.pot: 1}, kits=2)
        picking = order.picking_ids
        again = picking.move_ids.filtered(lambda move: move.product_id == self.cup).copy(
            {"product_uom_qty": 2}
        )
        again.sale_line_id = order.order_line
        self.env["stock.quant"]._update_available_quantity(self.cup, self.stock, 2)
        again._action_confirm(merge=False)
        picking.action_assign()
        self.deliver(order)
        rma = self.approved(order, line_ids=self.kits(order, 1))
        asked = {move.origin_returned_move_id: move.product_uom_qty for move in rma.picking_ids.move_ids}
        cups = {out.product_uom_qty: back for out, back in asked.items() if out.product_id == self.cup}
        self.assertEqual(cups, {8: 4, 2: 1})

    def test_a_kit_with_a_fraction_of_a_part_came_whole(self):
        """INSPECT-03: transfers are rounded to a hundredth, that makes no kit incomplete."""
        order = self.order_kit(self.tea_set, {self.cup: 7 / 3}, kits=2)
        self.deliver(order)
        rma = self.received(order, line_ids=self.kits(order, 1))
        self.assertEqual((rma.line_ids.received_qty, rma.line_ids.missing_parts), (1, ""))
        self.inspect(rma)
        self.assertEqual(rma.line_ids.accepted_qty, 1)


@tagged("post_install", "-at_install")
class TestQuestionsOfInventory(AftersalesReturnsCommon):
    def test_goods_that_expired_on_the_way_are_inspected_all_the_same(self):
        """INSPECT-03: Inventory asks whether expired goods are meant; whoever inspects has said so."""
        order, transfers = self.sell(self.cable), type(self.env["stock.picking"])
        validate = transfers.button_validate

        def asking(these):
            return validate(these) if these.env.context.get("skip_expired") else {"name": "Expired?"}

        rma = self.sent_back(order)
        with patch.object(transfers, "button_validate", asking):
            rma.with_user(self.inspector).action_receive()
            self.inspect(rma)
        self.assertEqual((rma.state, rma.line_ids.disposition), ("to_refund", "restock"))

    def test_what_the_supplier_sends_himself_is_replaced_out_of_stock(self):
        """EXCH-04: one transfer for one replacement, held until the inspection, and nothing is bought."""
        place = self.env.ref("stock.stock_location_customers")
        vendor = self.env["res.partner"].create({"name": "Cable Works"})
        order = self.sell(self.cable, 3)
        kind = self.warehouse.in_type_id.copy({"name": "Straight to customers", "sequence_code": "STC"})
        route = self.env["stock.route"].create(
            {
                "name": "Straight to customers",
                "product_selectable": True,
                "rule_ids": [
                    Command.create(
                        {
                            "name": "Buy to customers",
                            "action": "buy",
                            "location_dest_id": place.id,
                            "picking_type_id": kind.id,
                        }
                    )
                ],
            }
        )
        self.cable.write(
            {
                "route_ids": [Command.set(route.ids)],
                "seller_ids": [Command.create({"partner_id": vendor.id, "price": 5})],
            }
        )
        lines = [Command.create({"sale_line_id": order.order_line.id, "quantity": 1})]
        rma = self.inspected(order, findings={"fault_found": "yes"}, resolution="exchange", line_ids=lines)
        rma.action_pass_to_shipment()
        self.assertFalse(self.env["purchase.order.line"].search([("product_id", "=", self.cable.id)]))
        shipment = rma._open_shipments()
        self.assertEqual((rma.state, shipment.move_ids.product_uom_qty), ("to_ship", 1))
        shipment.action_assign()
        self.validate(shipment)
        self.assertEqual((rma.state, order.order_line.qty_delivered), ("done", 3))
