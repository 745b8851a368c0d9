from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import AftersalesReturnsCommon


@tagged("post_install", "-at_install")
class TestGoodsReceipts(AftersalesReturnsCommon):
    """What may be in a parcel: less, more, something else, the parts of a kit, goods of a direct delivery."""

    # === NOT ANNOUNCED === #

    def unexpected(self, rma, product, quantity=1.0, **vals):
        wizard = self.env["aftersales.rma.unexpected"].with_user(self.inspector)
        values = {"rma_id": rma.id, "product_id": product.id, "quantity": quantity, **vals}
        wizard.create(values).action_confirm()
        return rma.line_ids.filtered("is_unexpected")

    def test_another_article_in_the_box_lies_in_quarantine_as_the_customers_and_goes_back(self):
        """INSPECT-04: checked against the request; the announced line stays open and nothing is refunded."""
        rma = self.sent_back(self.sell())
        line = self.unexpected(rma, self.cable, 2, note="A cable instead of a camera")
        self.assertEqual((rma.state, line.received_qty, line.is_unexpected), ("received", 2, True))
        self.assertEqual(
            self.quants(self.cable, self.quarantine), {(self.env["stock.lot"], self.customer): 2}
        )
        self.assertEqual((rma.line_ids - line).received_qty, 0)
        self.assertTrue(rma._open_receipts(), "what was announced stays expected")
        rma.with_user(self.inspector).action_complete_inspection()
        self.assertEqual((line.accepted_qty, line.disposition), (0, "return_to_customer"))
        with self.assertRaisesRegex(UserError, "accepted nothing"):
            rma.action_pass_to_refund()
        rma.action_reject(reason="Another article")
        rma.action_return_goods()
        back = rma._open_shipments()
        self.assertEqual((back.move_ids.product_id, back.move_ids.quantity), (self.cable, 2))
        self.validate(back)
        self.assertEqual((rma.state, self.quants(self.cable, self.quarantine)), ("done", {}))

    def add(self, receipt, product, quantity):
        """A storekeeper puts another article onto the receipt."""
        receipt.with_user(self.storekeeper).move_ids = [
            Command.create(
                {
                    "product_id": product.id,
                    "product_uom_qty": quantity,
                    "quantity": quantity,
                    "location_id": receipt.location_id.id,
                    "location_dest_id": receipt.location_dest_id.id,
                    "picking_type_id": receipt.picking_type_id.id,
                }
            )
        ]

    def test_a_delivery_in_two_rows_takes_back_whole_pieces(self):
        """Of a delivery that the warehouse had split, the first row gives back what it can; no halves."""
        order = self.sell(self.cable, 4, ship=False)
        delivery = order.picking_ids
        delivery.move_ids.copy({"product_uom_qty": 1})._action_confirm(merge=False)
        delivery.move_ids[0].product_uom_qty = 3
        delivery.action_assign()
        self.validate(delivery)
        rma = self.rma(order)
        rma.line_ids.quantity = 1
        rma.action_submit()
        rma.action_approve()
        self.assertEqual(rma._open_receipts().move_ids.mapped("product_uom_qty"), [1])

    def test_an_article_that_a_storekeeper_adds_to_the_receipt_is_recorded_as_not_announced(self):
        """He has no rights on returns, and need not know of them."""
        rma = self.sent_back(self.sell())
        receipt = rma.sudo().picking_ids
        self.add(receipt, self.cable, 1)
        self.validate(receipt)
        line = rma.line_ids.filtered("is_unexpected")
        self.assertRecordValues(
            line, [{"product_id": self.cable.id, "received_qty": 1, "sale_line_id": False}]
        )
        self.assertEqual(
            self.quants(self.cable, self.quarantine), {(self.env["stock.lot"], self.customer): 1}
        )
        self.assertEqual(
            rma.sale_order_id.order_line.product_id, self.camera, "no line was added to the order"
        )

    def test_another_serial_number_is_recorded_and_the_announced_one_stays_expected(self):
        """A number nobody knew yet is kept."""
        rma = self.sent_back(self.sell())
        line = self.unexpected(rma, self.camera, lot_name="SWAPPED-9")
        self.assertEqual((line.lot_id.name, line.received_qty), ("SWAPPED-9", 1))
        self.assertEqual((rma.line_ids - line).received_qty, 0)

    def test_one_more_than_announced_is_recorded_as_not_announced(self):
        order = self.sell(self.cable, 3)
        rma = self.rma(order)
        rma.line_ids.quantity = 1
        rma.action_submit()
        rma.action_approve()
        self.validate(rma.sudo().picking_ids)
        line = self.unexpected(rma, self.cable, 2)
        self.assertEqual((rma.state, sum(rma.line_ids.mapped("received_qty"))), ("received", 3))
        line.with_user(self.agent).action_adopt()
        self.assertEqual((line.is_unexpected, line.sale_line_id), (False, order.order_line))
        self.inspect(rma)
        self.assertEqual((rma.state, order.order_line.qty_delivered), ("to_refund", 0))

    def test_goods_of_another_order_of_the_customer_are_adopted(self):
        """They become goods like the announced ones: delivered, returned, restocked at their cost."""
        other = self.sell(self.cable, 2)
        rma = self.sent_back(self.sell())
        line = self.unexpected(rma, self.cable, 2)
        line.with_user(self.agent).action_adopt()
        self.assertEqual(line.sale_line_id, other.order_line)
        self.inspect(rma)
        self.assertEqual((rma.state, line.accepted_qty), ("to_refund", 2))
        self.assertEqual(other.order_line.qty_delivered, 0)
        self.assertEqual(line.return_move_ids.value, 10)

    def two_in_one_parcel(self, quantity=2, customer=None):
        """A return of a camera that is received, and one of cables whose parcel is under way."""
        rma = self.sent_back(self.sell())
        other = self.sent_back(self.sell(self.cable, quantity, customer=customer))
        return rma, other

    def test_what_another_return_of_the_customer_waits_for_is_handed_to_it(self):
        """INSPECT-04: two returns in one parcel; each of them receives its own goods, once."""
        rma, other = self.two_in_one_parcel()
        self.unexpected(rma, self.cable, 2).with_user(self.agent).action_adopt()
        self.assertEqual(rma.line_ids.product_id, self.camera)
        self.assertEqual((other.state, other.line_ids.received_qty), ("received", 2))
        self.assertFalse(other._open_receipts(), "nothing of it is waited for any more")
        self.assertEqual(
            self.quants(self.cable, self.quarantine), {(self.env["stock.lot"], self.customer): 2}
        )
        self.assertIn(other.name, "".join(rma.sudo().message_ids.mapped("body")))
        self.inspect(other)
        self.assertEqual((other.state, other.sale_order_id.order_line.qty_delivered), ("to_refund", 0))
        self.assertEqual(sum(self.quants(self.cable, self.stock).values()), 2)

    def test_added_to_the_receipt_in_inventory_it_is_handed_over_without_the_rest_of_it(self):
        """The camera stays where it was received, with its own return."""
        rma, other = self.two_in_one_parcel()
        receipt = rma._open_receipts()
        self.add(receipt, self.cable, 2)
        self.validate(receipt)
        rma.line_ids.filtered("is_unexpected").with_user(self.agent).action_adopt()
        self.assertEqual((other.state, other.line_ids.received_qty), ("received", 2))
        self.assertEqual(rma.line_ids.mapped("received_qty"), [1])
        self.assertNotEqual(
            rma.line_ids.return_move_ids.picking_id, other.line_ids.return_move_ids.picking_id
        )
        self.inspect(rma)
        self.inspect(other)
        self.assertEqual((rma.state, other.state), ("to_refund", "to_refund"))

    def test_what_is_too_many_for_the_other_return_too_is_not_announced_there(self):
        rma, other = self.two_in_one_parcel(2)
        self.unexpected(rma, self.cable, 3).with_user(self.agent).action_adopt()
        pieces = {line.is_unexpected: line.received_qty for line in other.line_ids}
        self.assertEqual(pieces, {False: 2, True: 1})

    def test_what_another_customer_sends_back_is_not_handed_over(self):
        """INSPECT-04: the same article, awaited from somebody else."""
        rma, other = self.two_in_one_parcel(customer=self.other_customer)
        line = self.unexpected(rma, self.cable, 2)
        with self.assertRaisesRegex(UserError, "has no delivery"), self.cr.savepoint():
            line.with_user(self.agent).action_adopt()
        self.assertEqual((line.is_unexpected, other.state), (True, "in_transit"))

    def test_goods_the_customer_never_bought_are_not_adopted(self):
        self.sell(self.cable, 2, customer=self.other_customer)
        line = self.unexpected(self.sent_back(self.sell()), self.cable, 2)
        with self.assertRaisesRegex(UserError, "has no delivery"):
            line.with_user(self.agent).action_adopt()
        self.assertTrue(line.is_unexpected)

    def test_a_serial_number_that_lies_in_stock_cannot_be_in_the_parcel(self):
        """A serial number sold twice, or misread: nothing moves."""
        self.lots("IN-STOCK")
        rma = self.sent_back(self.sell())
        with self.assertRaisesRegex(UserError, "IN-STOCK lies in"):
            self.unexpected(rma, self.camera, lot_name="IN-STOCK")
        self.assertEqual((rma.state, len(rma.line_ids)), ("in_transit", 1))

    def test_bad_input_about_what_was_not_announced(self):
        rma = self.sent_back(self.sell())
        for quantity in (0, -1):
            with self.assertRaisesRegex(UserError, "how many"):
                self.unexpected(rma, self.cable, quantity)
        with self.assertRaisesRegex(UserError, "serial number"):
            self.unexpected(rma, self.camera)
        with self.assertRaisesRegex(UserError, "one piece"):
            self.unexpected(rma, self.camera, 2, lot_name="X")
        announced = rma.line_ids.lot_id.name
        with self.assertRaisesRegex(UserError, "is announced on"):
            self.unexpected(rma, self.camera, lot_name=announced)
        with self.assertRaisesRegex(UserError, "no parcel is opened"):
            self.unexpected(self.rma(self.sell(lots=self.lots("OTHER"))), self.cable)
        self.assertEqual(len(rma.line_ids), 1)

    # === LOTS, OWNERS, LATE GOODS === #

    def test_a_lot_comes_back_in_its_quantity(self):
        """Tracked by lot: five of eight delivered, each to its place."""
        paint = self.product("Paint", 30, 7, tracking="lot")
        lot = self.env["stock.lot"].create({"name": "P-1", "product_id": paint.id})
        self.env["stock.quant"]._update_available_quantity(paint, self.stock, 8, lot_id=lot)
        order = self.sell(paint, 8)
        rma = self.rma(order)
        rma.line_ids.write({"quantity": 5, "lot_id": lot.id})
        rma.action_submit()
        rma.action_approve()
        rma.with_user(self.inspector).action_receive()
        self.assertEqual(self.quants(paint, self.quarantine), {(lot, self.customer): 5})
        self.inspect(rma)
        self.assertEqual(self.quants(paint, self.quarantine), {})
        self.assertEqual(self.quants(paint, self.stock), {(lot, self.env["res.partner"]): 5})
        self.assertEqual(order.order_line.qty_delivered, 3)

    def test_goods_of_two_customers_in_quarantine_are_not_mixed_up(self):
        """Restocked are the pieces that were judged, though the other ones came first."""
        first = self.received(self.sell(self.cable, 2, customer=self.other_customer))
        self.inspected(self.sell(self.cable, 2), findings={"fault_found": "yes"})
        none = self.env["stock.lot"]
        self.assertEqual(self.quants(self.cable, self.quarantine), {(none, self.other_customer): 2})
        self.assertEqual(first.state, "received")

    def test_what_comes_for_a_cancelled_return_goes_back(self):
        """It is the customer's, and nobody may keep it."""
        rma = self.received(self.sell(self.cable, 1))
        late = self.sent_back(self.sell(self.cable, 2))
        receipt = late.sudo().picking_ids
        late._write_policy({"state": "closed"})  # closed in the minute in which the parcel came
        self.validate(receipt)
        self.assertEqual(late.state, "closed")
        back = late._open_shipments()
        self.assertEqual((back.move_ids.product_uom_qty, back.owner_id), (2, self.customer))
        self.assertFalse(rma._open_shipments())

    def test_one_of_two_turned_down_is_on_its_way_back_when_the_other_is_refunded(self):
        """INSPECT-02: each line by its own verdict."""
        rma = self.received(self.sell(quantity=2))
        good, bad = rma.with_user(self.inspector).inspection_ids
        good.write({"grade": "a", "fault_found": "yes"})
        bad.write({"grade": "b", "fault_found": "no"})
        rma.with_user(self.inspector).action_complete_inspection()
        back = rma._open_shipments()
        self.assertEqual((rma.state, back.move_line_ids.lot_id), ("to_refund", bad.lot_id))
        self.validate(back)
        self.assertEqual((rma.state, self.quants(self.camera, self.quarantine)), ("to_refund", {}))

    def test_a_return_of_a_return_goes_through_again(self):
        """Turned down, sent back to the customer, returned a second time: his unit comes back once more."""
        order = self.sell()
        first = self.inspected(order, "c", {"unused": "no"}, reason_id=self.no_reason.id)
        first.action_reject(reason="Used")
        first.action_return_goods()
        with self.assertRaisesRegex(UserError, "0 can"):
            self.approved(order)
        self.validate(first._open_shipments())
        second = self.inspected(order, "a", {"fault_found": "yes"})
        self.assertEqual((second.state, order.order_line.qty_delivered), ("to_refund", 0))
        with self.assertRaisesRegex(UserError, "0 can"):
            self.approved(order)

    def test_a_serial_number_sold_twice_comes_back_to_the_sale_it_was_returned_for(self):
        """Sold, returned, sold again: only the present owner can return it."""
        order = self.sell()
        lot = order.picking_ids.move_line_ids.lot_id
        self.inspected(order, findings={"fault_found": "yes"})
        again = self.sell(customer=self.other_customer, lots=lot)
        with self.assertRaisesRegex(UserError, "0 can"):
            self.approved(order)
        rma = self.inspected(again, findings={"fault_found": "yes"})
        self.assertEqual((rma.state, again.order_line.qty_delivered), ("to_refund", 0))

    # === KITS === #

    def kit(self, kits=2):
        """A set of one camera strap and two lenses, delivered as components."""
        self.strap, self.lens = self.product("Strap", 0, 3), self.product("Lens", 0, 40)
        order = self.order_kit(
            self.product("Photo set", 200, 0, is_storable=False), {self.strap: 1, self.lens: 2}, kits
        )
        self.deliver(order)
        return order

    def test_a_kit_comes_back_by_its_components(self):
        """RMA-10: one line, counted in kits; each kit asks for all of its components."""
        order = self.kit()
        rma = self.approved(order, line_ids=self.kits(order, 1))
        moves = rma.sudo().picking_ids.move_ids
        self.assertEqual(
            {move.product_id: move.product_uom_qty for move in moves}, {self.strap: 1, self.lens: 2}
        )
        self.validate(moves.picking_id)
        self.assertEqual((rma.state, rma.line_ids.received_qty), ("received", 1))
        self.inspect(rma)
        self.assertEqual((rma.state, rma.line_ids.accepted_qty), ("to_refund", 1))
        self.assertEqual(sum(self.quants(self.lens, self.stock).values()), 2)
        self.assertEqual(sum(self.quants(self.strap, self.stock).values()), 1)

    def test_more_kits_than_delivered_are_refused(self):
        order = self.kit()
        with self.assertRaisesRegex(UserError, "3 cannot come back, 2 can"):
            self.approved(order, line_ids=self.kits(order, 3))

    def test_a_kit_with_a_part_missing_is_turned_down_as_a_whole(self):
        """RMA-10: parts alone are not returned; what came goes back to the customer."""
        order = self.kit()
        rma = self.approved(order, line_ids=self.kits(order, 1))
        receipt = rma.sudo().picking_ids
        receipt.move_ids.filtered(lambda move: move.product_id == self.lens).quantity = 1
        self.validate(receipt)
        self.assertEqual((rma.state, rma.line_ids.received_qty), ("received", 0))
        self.inspect(rma)
        self.assertEqual((rma.state, rma.line_ids.disposition), ("inspected", "return_to_customer"))
        rma.action_reject(reason="A lens is missing")
        rma.action_return_goods()
        back = rma._open_shipments().move_ids
        self.assertEqual({m.product_id: m.product_uom_qty for m in back}, {self.strap: 1, self.lens: 1})

    # === OTHER ROUTES === #

    def test_goods_the_supplier_had_sent_to_the_customer_come_to_our_quarantine(self):
        """A direct delivery: from the supplier to the customer, back to us, at what was paid for it."""
        order = self.sell(self.cable, 2, ship=False)
        picking = order.picking_ids
        supplier = self.env.ref("stock.stock_location_suppliers")
        picking.move_ids._do_unreserve()
        picking.location_id = supplier
        picking.move_ids.location_id = supplier
        picking.move_ids.write({"quantity": 2, "picked": True})
        picking.button_validate()
        self.assertEqual((picking.state, order.order_line.qty_delivered), ("done", 2))
        rma = self.received(order)
        self.assertEqual(
            self.quants(self.cable, self.quarantine), {(self.env["stock.lot"], self.customer): 2}
        )
        self.inspect(rma)
        self.assertEqual((rma.state, order.order_line.qty_delivered), ("to_refund", 0))
        self.assertEqual(rma.line_ids.return_move_ids.value, 10)

    def test_three_steps_in_and_out_do_not_divert_a_return(self):
        """From the customer straight to quarantine and from there to stock; the exchange goes all steps."""
        self.warehouse.write({"reception_steps": "three_steps", "delivery_steps": "pick_pack_ship"})
        order = self.sell(self.cable, 2, ship=False)
        self.walk_out(order)
        self.env["stock.quant"]._update_available_quantity(self.cable, self.stock, 2)
        rma = self.received(order, resolution="exchange")
        self.assertEqual(
            self.quants(self.cable, self.quarantine), {(self.env["stock.lot"], self.customer): 2}
        )
        self.inspect(rma)
        self.assertEqual(self.quants(self.cable, self.quarantine), {})
        rma.action_pass_to_shipment()
        self.assertEqual(rma.state, "to_ship")
        for _step in range(3):
            self.assertEqual(rma.state, "to_ship", "picked and packed is not shipped")
            self.validate(rma._open_shipments())
        self.assertEqual((rma.state, order.order_line.qty_delivered), ("done", 2))

    def walk_out(self, order):
        for _step in range(3):
            self.deliver(order)

    # === SEVERAL ORDERS === #

    def test_goods_of_two_orders_come_back_in_one_parcel(self):
        """A receipt for each delivery, a refund for each invoice."""
        first, second = self.sell(self.cable, 2), self.sell()
        for order in first + second:
            order._create_invoices().action_post()
        deliveries = first.picking_ids | second.picking_ids
        rma = self.rma(first)
        line = second.order_line
        rma.line_ids = [
            Command.create(
                {"sale_line_id": line.id, "lot_id": second.picking_ids.move_line_ids.lot_id.id, "quantity": 1}
            )
        ]
        rma.action_submit()
        rma.action_approve()
        self.assertEqual(rma.sudo().picking_ids.return_id, deliveries)
        for picking in rma.sudo().picking_ids:
            self.validate(picking)
        self.inspect(rma)
        refunds = rma.sudo().refund_ids
        self.assertEqual(refunds.invoice_id, (first + second).invoice_ids)
        self.assertEqual(
            {refund.invoice_id.amount_total: refund.amount for refund in refunds}, {40: 40, 500: 500}
        )
        self.assertEqual(refunds.sale_order_id, first + second)

    def test_orders_in_two_currencies_are_two_returns(self):
        usd, cny = self.env.ref("base.USD"), self.env.ref("base.CNY")
        other = (usd + cny).filtered(lambda currency: currency != self.company.currency_id)[:1]
        other.active = True
        first, second = self.sell(self.cable, 1), self.sell(self.cable, 1, ship=False)
        second.currency_id = other
        self.deliver(second)
        rma = self.rma(first)
        rma.line_ids = [Command.create({"sale_line_id": second.order_line.id, "quantity": 1})]
        with self.assertRaisesRegex(UserError, "another currency"):
            rma.action_submit()
