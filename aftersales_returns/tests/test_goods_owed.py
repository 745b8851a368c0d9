from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import AftersalesReturnsCommon


@tagged("post_install", "-at_install")
class TestGoodsOwed(AftersalesReturnsCommon):
    """A return that sends goods is done when they have left: all of them, and none twice."""

    def exchange(self, quantity=2, order=None):
        """An exchange whose replacement may leave."""
        order = order or self.sell(self.cable, quantity)
        self.env["stock.quant"]._update_available_quantity(self.cable, self.stock, 10)
        rma = self.inspected(order, findings={"fault_found": "yes"}, resolution="exchange")
        rma.action_pass_to_shipment()
        return rma

    def turned_down(self, quantity=2):
        """A return whose goods go back to the customer as they came."""
        rma = self.inspected(self.sell(self.cable, quantity), grade="c", findings={"serial_matches": "no"})
        rma.action_reject(reason="Used")
        rma.action_return_goods()
        return rma

    def ship(self, rma, quantity, demand=None):
        """A storekeeper lets so many leave and wants no backorder."""
        picking = rma._open_shipments().with_user(self.storekeeper)
        if demand:
            picking.move_ids.product_uom_qty = demand
        picking.move_ids.write({"quantity": quantity, "picked": True})
        picking.with_context(skip_backorder=True, picking_ids_not_to_backorder=picking.ids).button_validate()
        rma.invalidate_recordset()
        return picking

    def sent(self, rma):
        """Pieces of the replacement that the customer has."""
        return sum(rma.sudo().line_ids.mapped(lambda line: line._replacement_shipped()))

    def assert_owes(self, rma, text):
        self.assertEqual(rma.state, "to_ship")
        self.assertIn(text, rma.headline)
        with self.assertRaisesRegex(UserError, "has not left"), self.cr.savepoint():
            rma.action_ship()

    # === EXCHANGE === #

    def test_a_replacement_whose_delivery_was_cancelled_is_still_owed(self):
        """EX-7: nothing has left, so the exchange is not done; a new transfer brings it."""
        rma = self.exchange()
        rma._open_shipments().with_user(self.storekeeper).action_cancel()
        rma.invalidate_recordset()
        self.assert_owes(rma, "2 Cable")
        rma.action_send_rest()
        self.validate(rma._open_shipments())
        self.assertEqual((rma.state, self.sent(rma)), ("done", 2))

    def test_the_rest_of_a_replacement_without_backorder_is_still_owed(self):
        """EX-7: one of two has left."""
        rma = self.exchange()
        self.ship(rma, 1)
        self.assert_owes(rma, "1 Cable")
        rma.action_send_rest()
        self.assertEqual(rma._open_shipments().move_ids.product_uom_qty, 1)
        self.validate(rma._open_shipments())
        order = rma.sudo().sale_order_id
        self.assertEqual((rma.state, self.sent(rma), order.order_line.qty_delivered), ("done", 2, 2))

    def test_a_lowered_demand_is_still_owed(self):
        rma = self.exchange()
        self.ship(rma, 1, demand=1)
        self.assert_owes(rma, "1 Cable")

    def test_no_more_leaves_than_the_return_owes(self):
        """EXCH-04: who raises the demand in Inventory is stopped, and nothing has moved."""
        rma = self.exchange()
        with self.assertRaisesRegex(UserError, "owes 2"), self.cr.savepoint():
            self.ship(rma, 5, demand=5)
        self.assertEqual((rma.state, self.sent(rma)), ("to_ship", 0))
        self.ship(rma, 1)
        rma.action_send_rest()
        with self.assertRaisesRegex(UserError, "owes 1"), self.cr.savepoint():
            self.ship(rma, 2, demand=2)
        self.ship(rma, 1)
        self.assertEqual((rma.state, self.sent(rma)), ("done", 2))

    def test_a_new_transfer_is_made_once(self):
        """While one is open, or where nothing is owed, the button says so."""
        rma = self.exchange()
        with self.assertRaisesRegex(UserError, "Nothing"), self.cr.savepoint():
            rma.action_send_rest()
        self.ship(rma, 2)
        self.assertEqual(rma.state, "done")
        with self.assertRaisesRegex(UserError, "Nothing"), self.cr.savepoint():
            rma.action_send_rest()

    def test_a_rest_is_not_made_by_whoever_only_reads_returns(self):
        rma = self.exchange()
        rma._open_shipments().action_cancel()
        with self.assertRaises(UserError), self.cr.savepoint():
            rma.with_user(self.accountant).action_send_rest()

    def test_two_steps_of_a_delivery_are_one_piece_under_way(self):
        """The replacement is picked, its delivery is cancelled: one new transfer, none twice."""
        order = self.sell(self.cable)
        self.warehouse.delivery_steps = "pick_ship"
        rma = self.exchange(1, order=order)
        self.validate(rma._open_shipments())  # picked
        self.assertEqual(rma.state, "to_ship")
        rma._open_shipments().action_cancel()
        rma.invalidate_recordset()
        self.assert_owes(rma, "1 Cable")
        rma.action_send_rest()
        while rma._open_shipments():
            self.validate(rma._open_shipments())
        self.assertEqual((rma.state, self.sent(rma)), ("done", 1))

    # === THE WAY BACK === #

    def test_a_way_back_that_was_cancelled_is_still_owed(self):
        """RS-8: the customer's goods lie here, so the return is not over."""
        rma = self.turned_down()
        rma._open_shipments().with_user(self.storekeeper).action_cancel()
        rma.invalidate_recordset()
        self.assert_owes(rma, "2 Cable")
        rma.action_send_rest()
        self.validate(rma._open_shipments())
        self.assertEqual((rma.state, self.quants(self.cable, self.quarantine)), ("done", {}))

    def test_the_rest_of_a_way_back_without_backorder_is_still_owed(self):
        """RS-8: one of two went back, the other one lies in quarantine."""
        rma = self.turned_down()
        self.ship(rma, 1)
        self.assert_owes(rma, "1 Cable")
        rma.action_send_rest()
        self.assertEqual(rma._open_shipments().move_ids.product_uom_qty, 1)
        self.validate(rma._open_shipments())
        self.assertEqual((rma.state, self.quants(self.cable, self.quarantine)), ("done", {}))

    def test_of_numbered_goods_the_very_piece_that_stayed_goes_back(self):
        lots = self.lots("STAY-1", "STAY-2")
        rma = self.inspected(self.sell(quantity=2, lots=lots), grade="c", findings={"serial_matches": "no"})
        rma.action_reject(reason="Used")
        rma.action_return_goods()
        back = rma._open_shipments()
        kept = back.move_ids[1].lot_ids
        back.move_ids[1].quantity = 0
        back.move_ids[0].picked = True
        back.with_context(skip_backorder=True, picking_ids_not_to_backorder=back.ids).button_validate()
        rma.action_send_rest()
        self.assertEqual(rma._open_shipments().move_ids.lot_ids, kept)
        self.validate(rma._open_shipments())
        self.assertEqual((rma.state, self.quants(self.camera, self.quarantine)), ("done", {}))

    def test_no_more_goes_back_than_came(self):
        """The same article of another customer may lie beside it."""
        rma = self.turned_down()
        with self.assertRaisesRegex(UserError, "owes 2"), self.cr.savepoint():
            self.ship(rma, 3, demand=3)
        self.assertEqual(rma.state, "to_ship")

    # === THE WAY BACK BESIDE A REFUND === #

    def partly_turned_down(self):
        """Of two cameras one is refunded, the other one goes back to the customer."""
        order = self.sell(quantity=2, lots=self.lots("GOOD-1", "BAD-1"))
        rma = self.received(order)
        good, bad = rma.with_user(self.inspector).inspection_ids
        good.write({"grade": "a", "serial_matches": "yes", "fault_found": "yes"})
        bad.write({"grade": "c", "serial_matches": "no"})
        rma.with_user(self.inspector).action_complete_inspection()
        self.assertEqual(rma.state, "to_refund")
        return rma

    def test_a_way_back_cancelled_beside_a_refund_gets_a_new_transfer(self):
        """RS-8: money is on its way for one piece; the other one lies here and is the customer's."""
        rma = self.partly_turned_down()
        back = rma._open_shipments()
        turned_down = back.move_ids.lot_ids
        self.assertFalse(rma.lacks_transfer)
        back.with_user(self.storekeeper).action_cancel()
        rma.invalidate_recordset()
        self.assertTrue(rma.lacks_transfer)
        self.assertIn("New transfer", rma.activity_ids[-1:].note)
        rma.action_send_rest()
        self.assertEqual(rma._open_shipments().move_ids.lot_ids, turned_down)
        self.validate(rma._open_shipments())
        rma.invalidate_recordset()
        self.assertFalse(rma.lacks_transfer)
        self.assertEqual((rma.state, self.quants(self.camera, self.quarantine)), ("to_refund", {}))

    def test_a_part_of_a_way_back_beside_a_refund_is_told(self):
        """RS-8: one of two leaves and no backorder is wanted: the rest is somebody's task."""
        order = self.sell(quantity=3, lots=self.lots("GOOD-2", "BAD-2", "BAD-3"))
        rma = self.received(order)
        good, *bad = rma.with_user(self.inspector).inspection_ids
        good.write({"grade": "a", "serial_matches": "yes", "fault_found": "yes"})
        for found in bad:
            found.write({"grade": "c", "serial_matches": "no"})
        rma.with_user(self.inspector).action_complete_inspection()
        back = rma._open_shipments()
        back.move_ids[1].quantity = 0
        back.move_ids[0].picked = True
        back.with_context(skip_backorder=True, picking_ids_not_to_backorder=back.ids).button_validate()
        rma.invalidate_recordset()
        self.assertIn("Still owed to the customer: 1 Camera", rma.activity_ids.mapped("summary"))
        self.assertTrue(rma.lacks_transfer)

    def test_of_goods_kept_for_a_refund_nothing_is_owed(self):
        """INSPECT-03: what was accepted is ours; no transfer is offered for it."""
        rma = self.inspected(self.sell(self.cable, 2), findings={"fault_found": "yes"})
        self.assertEqual((rma.state, rma.lacks_transfer), ("to_refund", False))
        with self.assertRaisesRegex(UserError, "Nothing"), self.cr.savepoint():
            rma.action_send_rest()

    def test_goods_that_came_for_a_cancelled_return_go_back_by_a_new_transfer(self):
        """The return is over, its parcel came all the same and its way back was cancelled."""
        rma = self.sent_back(self.sell(self.cable, 2))
        receipt = rma._open_receipts()
        rma.action_report_missing(reason="Nothing came")
        self.validate(receipt)
        rma.action_cancel(reason="Bought elsewhere")
        self.assertEqual(rma.state, "cancelled")
        rma._open_shipments().with_user(self.storekeeper).action_cancel()
        rma.invalidate_recordset()
        self.assertTrue(rma.lacks_transfer)
        rma.action_send_rest()
        self.validate(rma._open_shipments())
        self.assertEqual(self.quants(self.cable, self.quarantine), {})

    # === REPAIR === #

    def test_the_rest_of_repaired_goods_is_still_owed(self):
        rma = self.received(self.sell(self.cable, 2), resolution="repair")
        rma.with_user(self.inspector).inspection_ids.write({"grade": "b", "fault_found": "yes"})
        rma.with_user(self.inspector).action_complete_inspection()
        self.repair(rma)
        rma.action_pass_to_shipment()
        self.ship(rma, 1)
        self.assert_owes(rma, "1 Cable")
        rma.action_send_rest()
        self.validate(rma._open_shipments())
        self.assertEqual((rma.state, self.quants(self.cable, self.quarantine)), ("done", {}))

    def test_goods_do_not_leave_before_the_workshop_is_through(self):
        """EX-6: the transfer is ready, and the repair order is still a draft."""
        rma = self.inspected(self.sell(), findings={"fault_found": "yes"}, resolution="repair")
        rma.action_pass_to_shipment()
        order = rma.sudo().line_ids.workshop_order_ids
        self.assertIn(f"The workshop ends {order.name}", rma.headline)
        with self.assertRaisesRegex(UserError, order.name), self.cr.savepoint():
            self.validate(rma._open_shipments())
        self.assertEqual(rma.state, "to_ship")
        self.repair(rma)
        rma.invalidate_recordset()
        self.assertNotIn("workshop", rma.headline)
        self.validate(rma._open_shipments())
        self.assertEqual((rma.state, self.quants(self.camera, self.quarantine)), ("done", {}))

    def test_goods_whose_repair_is_given_up_leave_as_they_are(self):
        rma = self.inspected(self.sell(), findings={"fault_found": "yes"}, resolution="repair")
        rma.action_pass_to_shipment()
        rma.sudo().line_ids.workshop_order_ids.action_repair_cancel()
        self.validate(rma._open_shipments())
        self.assertEqual(rma.state, "done")
