from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import AftersalesReturnsCommon


class InInventory(AftersalesReturnsCommon):
    """People of the warehouse without rights on returns, who work with Odoo's own screens."""

    def setUp(self):
        super().setUp()
        self.put_in_force()

    def two_of_five(self, sent=True, **vals):
        """Five cables were sold and delivered, two of them are on their way back."""
        rma = self.rma(self.sell(self.cable, 5), **vals)
        rma.line_ids.quantity = 2
        rma.action_submit()
        rma.action_approve()
        if sent:
            rma.action_register_shipment(tracking_ref=f"YT{rma.id}")
        return rma

    def receipt(self, rma):
        return (
            rma.sudo()
            .picking_ids.filtered(lambda p: p.picking_type_code == "incoming")[:1]
            .with_user(self.storekeeper)
        )

    def finish(self, picking):
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()

    def grade(self, rma, grade="a", **findings):
        rma = rma.with_user(self.inspector)
        rma.inspection_ids.write({"grade": grade, "fault_found": "yes", "serial_matches": "yes", **findings})
        rma.action_complete_inspection()

    def lying_in(self, place):
        found = self.env["stock.quant"].search(
            [("product_id", "=", self.cable.id), ("location_id", "=", place.id)]
        )
        return found.filtered("quantity")

    def pieces(self, product=None):
        """{(location, owner's name or empty): quantity} of what is in our hands."""
        found = self.env["stock.quant"].search(
            [("product_id", "=", (product or self.cable).id), ("location_id.usage", "=", "internal")]
        )
        return {(q.location_id, q.owner_id.name or ""): q.quantity for q in found if q.quantity}

    def shelf(self):
        return self.env["stock.location"].create({"name": "Shelf 3", "location_id": self.quarantine.id})


@tagged("post_install", "-at_install")
class TestReceiptInInventory(InInventory):
    """Returned ≤ delivered, whatever somebody does to the receipt in Inventory."""

    # === HOW MANY === #

    def test_a_demand_that_somebody_raised_lets_no_more_in(self):
        """The ceiling is what was announced: stock and refund unchanged."""
        rma = self.two_of_five()
        receipt = self.receipt(rma)
        receipt.move_ids.product_uom_qty = 70
        receipt.move_ids.quantity = 70
        with self.assertRaisesRegex(UserError, "70 of Cable are more than the 2"), self.cr.savepoint():
            self.finish(receipt)
        self.assertEqual((rma.state, self.pieces()), ("in_transit", {}))

    def test_of_a_demand_that_somebody_raised_nothing_stays_expected(self):
        """The rest that Odoo would wait for would be under way in no other return."""
        rma = self.two_of_five()
        receipt = self.receipt(rma)
        receipt.move_ids.product_uom_qty = 70
        receipt.move_ids.quantity = 2
        self.finish(receipt)
        self.assertEqual((rma.state, rma.line_ids.received_qty), ("received", 2))
        self.assertFalse(rma._open_receipts())
        rest = self.rma(rma.sale_order_id)
        rest.line_ids.quantity = 3
        rest.action_submit()

    def test_the_rest_of_a_partial_receipt_is_no_more_than_the_rest(self):
        rma = self.two_of_five()
        receipt = self.receipt(rma)
        receipt.move_ids.quantity = 1
        self.finish(receipt)
        rest = rma._open_receipts().with_user(self.storekeeper)
        rest.move_ids.product_uom_qty = 4
        rest.move_ids.quantity = 4
        with self.assertRaisesRegex(UserError, "4 of Cable are more than the 1"), self.cr.savepoint():
            self.finish(rest)
        rest.move_ids.quantity = 1
        self.finish(rest)
        self.assertEqual((rma.line_ids.received_qty, self.pieces()), (2, {(self.quarantine, "Li Ming"): 2}))

    def test_each_delivery_gets_back_no_more_than_it_brought(self):
        """Two deliveries of two and three: five cannot come back with the receipt of the first one."""
        order = self.sell(self.cable, 2)
        self.env["stock.quant"]._update_available_quantity(self.cable, self.stock, 3)
        order.order_line.product_uom_qty = 5
        self.deliver(order)
        rma = self.sent_back(order)
        first = self.receipt(rma)
        first.move_ids.write({"product_uom_qty": 5, "quantity": 5})
        with self.assertRaisesRegex(UserError, "more than the"), self.cr.savepoint():
            self.finish(first)
        self.assertEqual((rma.state, self.pieces()), ("in_transit", {}))

    def test_a_done_receipt_is_corrected_within_the_ceiling_until_the_inspection(self):
        """A typing error is mended after 'Unlock'; what was inspected is not changed any more."""
        rma = self.two_of_five()
        receipt = self.receipt(rma)
        self.finish(receipt)
        row = receipt.move_line_ids
        with self.assertRaisesRegex(UserError, "50 of Cable are more than the 2"), self.cr.savepoint():
            row.quantity = 50
        row.invalidate_recordset()
        row.quantity = 1
        self.assertEqual((rma.line_ids.received_qty, self.pieces()), (1, {(self.quarantine, "Li Ming"): 1}))
        row.quantity = 2
        self.grade(rma)
        for quantity in (1, 3):
            with self.assertRaisesRegex(UserError, "has been inspected"), self.cr.savepoint():
                row.quantity = quantity
        self.assertEqual((rma.line_ids.received_qty, self.pieces()), (2, {(self.stock, ""): 2}))

    def test_a_received_return_is_not_emptied(self):
        """No return stays received with nothing received."""
        rma = self.two_of_five()
        receipt = self.receipt(rma)
        self.finish(receipt)
        with self.assertRaisesRegex(UserError, "nothing would be left"), self.cr.savepoint():
            receipt.move_line_ids.quantity = 0
        self.assertEqual(rma.line_ids.received_qty, 2)

    def test_a_line_added_to_a_done_receipt_is_held_to_the_ceiling(self):
        rma = self.two_of_five()
        receipt = self.receipt(rma)
        self.finish(receipt)
        row = receipt.move_line_ids
        with self.assertRaisesRegex(UserError, "7 of Cable are more than the 2"), self.cr.savepoint():
            row.copy({"move_id": row.move_id.id, "picking_id": receipt.id, "quantity": 5})
        pen = self.product("Pen", 2, 1)
        with self.assertRaisesRegex(UserError, "not announced"), self.cr.savepoint():
            receipt.move_ids = [
                Command.create(
                    {
                        "product_id": pen.id,
                        "product_uom_qty": 1,
                        "quantity": 1,
                        "location_id": receipt.location_id.id,
                        "location_dest_id": receipt.location_dest_id.id,
                    }
                )
            ]
        self.assertEqual((self.pieces(), self.pieces(pen)), ({(self.quarantine, "Li Ming"): 2}, {}))

    def test_another_serial_number_is_not_written_into_a_done_receipt(self):
        rma = self.received(self.sell())
        row = self.receipt(rma).move_line_ids
        foreign = self.lots("SWAPPED")
        with self.assertRaisesRegex(UserError, "SWAPPED was not delivered"), self.cr.savepoint():
            row.lot_id = foreign

    def test_of_a_lot_no_more_comes_back_than_was_delivered_of_it(self):
        """Returned ≤ delivered per lot, also where the line leaves open which one comes."""
        paint = self.product("Paint", 30, 7, tracking="lot")
        lots = self.env["stock.lot"].create([{"name": f"P-{n}", "product_id": paint.id} for n in (1, 2)])
        for lot, quantity in zip(lots, (5, 3), strict=True):
            self.env["stock.quant"]._update_available_quantity(paint, self.stock, quantity, lot_id=lot)
        order = self.sell(paint, 8)
        rma = self.rma(order)
        rma.line_ids[1:].unlink()
        rma.line_ids.write({"quantity": 8, "lot_id": False})
        rma.action_submit()
        rma.action_approve()
        receipt = self.receipt(rma)
        receipt.move_ids.sudo()._aftersales_take_lots({lots[0]: 8})
        with self.assertRaisesRegex(UserError, "8 of Paint P-1 are more than the 5"), self.cr.savepoint():
            self.finish(receipt)
        receipt.move_ids.sudo()._aftersales_take_lots({lots[0]: 5, lots[1]: 3})
        self.finish(receipt)
        self.assertEqual(rma.line_ids.received_qty, 8)

    # === WHERE FROM, WHERE TO, WHOSE === #

    def test_returned_goods_go_to_quarantine_first(self):
        """Customer-owned and outside the warehouse until the verdict: nothing of it is for sale."""
        self.env["stock.quant"]._update_available_quantity(self.cable, self.stock, 10)
        rma = self.two_of_five()
        receipt = self.receipt(rma)
        receipt.move_line_ids.location_dest_id = self.stock
        with self.assertRaisesRegex(UserError, "goes to Returns quarantine"), self.cr.savepoint():
            self.finish(receipt)
        self.assertEqual(self.pieces(), {(self.stock, ""): 10})
        receipt.move_line_ids.location_dest_id = self.quarantine
        self.finish(receipt)
        with self.assertRaisesRegex(UserError, "goes to Returns quarantine"), self.cr.savepoint():
            receipt.move_line_ids.location_dest_id = self.stock
        self.grade(rma)
        self.assertEqual(self.pieces(), {(self.stock, ""): 12})

    def test_returned_goods_come_from_the_customer(self):
        """Taken out of our own stock they would be received without having come."""
        self.env["stock.quant"]._update_available_quantity(self.cable, self.stock, 10)
        rma = self.two_of_five()
        receipt = self.receipt(rma)
        receipt.location_id = self.stock
        receipt.move_ids.location_id = self.stock
        receipt.move_line_ids.location_id = self.stock
        with self.assertRaisesRegex(UserError, "comes from the customer"), self.cr.savepoint():
            self.finish(receipt)
        self.assertEqual((rma.state, self.pieces()), ("in_transit", {(self.stock, ""): 10}))

    def test_they_stay_the_customers_whoever_is_written_on_the_receipt(self):
        rma = self.two_of_five()
        receipt = self.receipt(rma)
        receipt.owner_id = False
        receipt.move_line_ids.owner_id = self.other_customer
        self.finish(receipt)
        self.assertEqual(self.pieces(), {(self.quarantine, "Li Ming"): 2})
        with self.assertRaisesRegex(UserError, "belongs to Li Ming"), self.cr.savepoint():
            receipt.move_line_ids.owner_id = False
        self.grade(rma)
        self.assertEqual(self.pieces(), {(self.stock, ""): 2})

    # === PLACES UNDER THE QUARANTINE === #

    def on_the_shelf(self, **vals):
        """Received onto a shelf of the quarantine, as a put-away rule would have it."""
        rma = self.two_of_five(**vals)
        shelf = self.shelf()
        receipt = self.receipt(rma)
        receipt.move_line_ids.location_dest_id = shelf
        self.finish(receipt)
        self.assertEqual(self.pieces(), {(shelf, "Li Ming"): 2})
        return rma

    def test_goods_on_a_shelf_of_the_quarantine_are_restocked_from_there(self):
        self.grade(self.on_the_shelf())
        self.assertEqual(self.pieces(), {(self.stock, ""): 2})

    def test_goods_on_a_shelf_of_the_quarantine_are_scrapped_from_there(self):
        self.grade(self.on_the_shelf(), "d")
        self.assertEqual(self.pieces(), {})

    def test_goods_on_a_shelf_of_the_quarantine_go_back_to_the_customer_from_there(self):
        rma = self.on_the_shelf()
        self.grade(rma, "b", fault_found="no")
        rma.action_reject(reason="Used")
        rma.action_return_goods()
        self.finish(rma._open_shipments().with_user(self.storekeeper))
        self.assertEqual((rma.state, self.pieces()), ("done", {}))

    def test_a_put_away_rule_under_the_quarantine_is_followed(self):
        shelf = self.shelf()
        self.env["stock.putaway.rule"].create(
            {
                "location_in_id": self.quarantine.id,
                "location_out_id": shelf.id,
                "product_id": self.cable.id,
            }
        )
        rma = self.two_of_five()
        self.finish(self.receipt(rma))
        self.assertEqual(self.pieces(), {(shelf, "Li Ming"): 2})
        self.grade(rma)
        self.assertEqual(self.pieces(), {(self.stock, ""): 2})

    # === PACKAGES === #

    def packed(self, **vals):
        self.storekeeper.group_ids += self.env.ref("stock.group_tracking_lot")
        rma = self.two_of_five(**vals)
        receipt = self.receipt(rma)
        receipt.action_put_in_pack()
        self.finish(receipt)
        self.assertTrue(receipt.move_line_ids.result_package_id)
        return rma

    def test_goods_in_a_package_are_inspected_and_restocked(self):
        self.grade(self.packed())
        self.assertEqual(self.pieces(), {(self.stock, ""): 2})

    def test_goods_in_a_package_are_scrapped(self):
        self.grade(self.packed(), "d")
        self.assertEqual(self.pieces(), {})

    def test_goods_in_a_package_go_back_to_the_customer(self):
        rma = self.packed()
        self.grade(rma, "b", fault_found="no")
        rma.action_reject(reason="Used")
        rma.action_return_goods()
        self.finish(rma._open_shipments().with_user(self.storekeeper))
        self.assertEqual((rma.state, self.pieces()), ("done", {}))

    def test_a_package_that_was_opened_in_quarantine_does_not_stand_in_the_way(self):
        rma = self.packed()
        self.receipt(rma).move_line_ids.result_package_id.unpack()
        self.grade(rma)
        self.assertEqual(self.pieces(), {(self.stock, ""): 2})
        self.assertFalse(self.lying_in(self.quarantine))

    def test_loose_goods_that_were_packed_in_quarantine_do_not_stand_in_the_way(self):
        rma = self.two_of_five()
        self.finish(self.receipt(rma))
        self.storekeeper.group_ids += self.env.ref("stock.group_tracking_lot")
        package = self.env["stock.package"].create({"name": "TOTE-1"})
        self.lying_in(self.quarantine).move_quants(package_dest_id=package, message="Tote")
        self.grade(rma)
        self.assertEqual(self.pieces(), {(self.stock, ""): 2})


@tagged("post_install", "-at_install")
class TestTransfersTakenAway(InInventory):
    """Transfers of a return that somebody cancels, deletes or turns around."""

    def test_cancelling_the_order_leaves_the_parcel_under_way_expected(self):
        rma = self.two_of_five()
        order = rma.sale_order_id.with_env(self.env)
        order._action_cancel()
        self.assertEqual((order.state, self.receipt(rma).state), ("cancel", "assigned"))
        self.assertTrue([m for m in rma.sudo().message_ids if order.name in (m.body or "")])
        self.assertIn("though the order is cancelled", rma.headline)
        rma.with_user(self.inspector).action_receive()
        self.assertEqual((rma.state, rma.line_ids.received_qty), ("received", 2))
        self.grade(rma)
        self.assertEqual(self.pieces(), {(self.stock, ""): 2})

    def test_cancelling_the_order_leaves_goods_on_their_way_back_to_the_customer(self):
        rma = self.two_of_five()
        self.finish(self.receipt(rma))
        self.grade(rma, "b", fault_found="no")
        rma.action_reject(reason="Used")
        rma.action_return_goods()
        rma.sale_order_id.with_env(self.env)._action_cancel()
        self.finish(rma._open_shipments().with_user(self.storekeeper))
        self.assertEqual((rma.state, self.pieces()), ("done", {}))

    def test_what_was_not_delivered_yet_is_cancelled_with_the_order_as_before(self):
        self.env["stock.quant"]._update_available_quantity(self.cable, self.stock, 9)
        rma = self.two_of_five()
        order = rma.sale_order_id.with_env(self.env)
        order.order_line.product_uom_qty = 8
        rest = (
            order.picking_ids.filtered(lambda p: p.state not in ("done", "cancel")) - rma.sudo().picking_ids
        )
        order._action_cancel()
        self.assertEqual(rest.state, "cancel")

    def test_the_receipt_of_a_parcel_under_way_is_neither_cancelled_nor_deleted(self):
        rma = self.two_of_five()
        receipt = self.receipt(rma)
        for take_away in (receipt.action_cancel, receipt.unlink):
            with self.assertRaisesRegex(UserError, f"{rma.name} waits"), self.cr.savepoint():
                take_away()
        self.assertEqual(receipt.state, "assigned")

    def test_the_rest_that_does_not_come_is_cancelled(self):
        """As with 'No backorder'; it may be asked for anew."""
        rma = self.two_of_five()
        receipt = self.receipt(rma)
        receipt.move_ids.quantity = 1
        self.finish(receipt)
        rma._open_receipts().with_user(self.storekeeper).action_cancel()
        self.grade(rma)
        self.assertEqual((rma.state, self.pieces()), ("to_refund", {(self.stock, ""): 1}))

    def test_a_receipt_that_is_gone_all_the_same_is_made_anew_when_the_parcel_comes(self):
        """Whatever has cancelled it: goods that were announced are received, or nothing is."""
        rma = self.two_of_five()
        self.receipt(rma).sudo().move_ids._action_cancel()
        self.assertEqual(self.receipt(rma).state, "cancel")
        rma.with_user(self.inspector).action_receive()
        self.assertEqual((rma.state, rma.line_ids.received_qty), ("received", 2))
        self.assertEqual(self.pieces(), {(self.quarantine, "Li Ming"): 2})

    def test_goods_promised_elsewhere_meanwhile_are_not_received_a_second_time(self):
        """RMA-01: what is approved stays promised, also while its transfer is gone."""
        rma = self.two_of_five()
        self.receipt(rma).sudo().move_ids._action_cancel()
        with self.assertRaisesRegex(UserError, "5 cannot come back, 3 can"), self.cr.savepoint():
            self.received(rma.sale_order_id)  # all five
        rma.with_user(self.inspector).action_receive()
        self.assertEqual((rma.state, rma.line_ids.received_qty), ("received", 2))

    def test_goods_taken_out_of_quarantine_by_hand_are_not_sent_from_there(self):
        """A delivery of what is elsewhere would leave it in the books twice."""
        rma = self.two_of_five()
        self.finish(self.receipt(rma))
        self.grade(rma, "b", fault_found="no")
        self.lying_in(self.quarantine).move_quants(location_dest_id=self.stock, message="By hand")
        rma.action_reject(reason="Used")
        with self.assertRaisesRegex(UserError, "no longer in"), self.cr.savepoint():
            rma.action_return_goods()
        self.assertEqual((rma.state, self.pieces()), ("rejected", {(self.stock, "Li Ming"): 2}))

    # === OTHER THINGS THAT INVENTORY OFFERS === #

    def test_a_receipt_that_was_split_brings_in_no_more_than_was_announced(self):
        """Odoo's 'Split': both halves belong to the return, and raised both they are refused."""
        rma = self.two_of_five()
        receipt = self.receipt(rma)
        receipt.move_ids.quantity = 1
        receipt.action_split_transfer()
        both = rma._open_receipts().with_user(self.storekeeper)
        self.assertEqual(both.move_ids.mapped("product_uom_qty"), [1, 1])
        both.move_ids.write({"product_uom_qty": 2, "quantity": 2})
        with self.assertRaisesRegex(UserError, "2 of Cable are more than"), self.cr.savepoint():
            self.finish(both)
        both.move_ids.write({"product_uom_qty": 1, "quantity": 1})
        for half in both:
            self.finish(half)
        self.assertEqual((rma.state, rma.line_ids.received_qty), ("received", 2))

    def test_goods_that_came_back_without_a_return_meanwhile_come_back_once(self):
        """Somebody used Odoo's own 'Return' on the delivery while ours was under way."""
        rma = self.sent_back(self.sell(self.cable, 2))
        self.odoo_return(rma.sale_order_id.with_env(self.env).picking_ids - rma.sudo().picking_ids)
        receipt = self.receipt(rma)
        receipt.move_ids.quantity = 2
        with self.assertRaisesRegex(UserError, "2 of Cable are more than the 0"), self.cr.savepoint():
            self.finish(receipt)
        self.assertEqual(self.pieces(), {(self.stock, ""): 2})

    def odoo_return(self, picking):
        wizard = self.env["stock.return.picking"].with_user(self.storekeeper)
        wizard = wizard.create({"picking_id": picking.id})
        for row in wizard.product_return_moves:
            row.quantity = row.move_id.quantity
        self.finish(wizard._create_return())

    def test_a_receipt_turned_around_in_inventory_is_not_sent_back_a_second_time(self):
        rma = self.two_of_five()
        self.finish(self.receipt(rma))
        self.odoo_return(self.receipt(rma).sudo())
        self.assertEqual(self.pieces(), {})
        with self.assertRaisesRegex(UserError, "no longer in"), self.cr.savepoint():
            self.grade(rma)
        self.grade(rma, "b", fault_found="no")
        rma.action_reject(reason="Used")
        rma.action_return_goods()
        self.assertEqual((len(rma._open_shipments()), self.pieces()), (0, {}))

    def test_goods_scrapped_on_the_receipt_are_not_taken_over(self):
        """Odoo's 'Scrap' on the transfer: nothing is refunded or restocked of what is gone."""
        rma = self.two_of_five()
        receipt = self.receipt(rma)
        self.finish(receipt)
        scrap = self.env["stock.scrap"].with_user(self.storekeeper).create(
            {
                "product_id": self.cable.id,
                "scrap_qty": 2,
                "picking_id": receipt.id,
                "location_id": self.quarantine.id,
                "owner_id": self.customer.id,
            }
        )  # fmt: skip
        scrap.action_validate()
        self.assertEqual((scrap.state, self.pieces()), ("done", {}))
        with self.assertRaisesRegex(UserError, "no longer in"), self.cr.savepoint():
            self.grade(rma)
        self.assertEqual(rma.state, "received")

    def on_the_way_back(self):
        rma = self.two_of_five()
        self.finish(self.receipt(rma))
        self.grade(rma, "b", fault_found="no")
        rma.action_reject(reason="Used")
        rma.action_return_goods()
        return rma, rma._open_shipments().with_user(self.storekeeper)

    def test_a_delivery_back_to_the_customer_that_is_cancelled_is_somebodys_task(self):
        """His goods stay in quarantine, and whoever handles the return hears of it."""
        rma, back = self.on_the_way_back()
        back.action_cancel()
        task = rma.sudo().activity_ids.filtered(lambda task: back.name in (task.summary or ""))
        self.assertEqual(task.user_id, self.agent)
        self.assertEqual(self.pieces(), {(self.quarantine, "Li Ming"): 2})

    def test_no_more_leaves_quarantine_than_came_in(self):
        """Another customer's pieces of the same article may lie beside them."""
        rma, back = self.on_the_way_back()
        back.move_ids.write({"product_uom_qty": 5, "quantity": 5})
        with self.assertRaisesRegex(UserError, "5 of Cable are more than RMA.* owes"), self.cr.savepoint():
            self.finish(back)
        back.move_ids.quantity = 1
        self.finish(back)
        rest = rma._open_shipments().with_user(self.storekeeper)
        rest.move_ids.quantity = 2
        with self.assertRaisesRegex(UserError, "2 of Cable are more than RMA.* owes"), self.cr.savepoint():
            self.finish(rest)
        self.assertEqual(self.pieces(), {(self.quarantine, "Li Ming"): 1})
