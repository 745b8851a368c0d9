from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import AftersalesReturnsCommon


@tagged("post_install", "-at_install")
class TestGoodsDisposition(AftersalesReturnsCommon):
    """What was foretold happens, wholly: owner, place, value, papers."""

    def setUp(self):
        super().setUp()
        loss = self.env["account.account"].search(
            [("account_type", "=", "expense"), ("company_ids", "in", self.company.id)], limit=1
        )
        self.loss = loss or self.env["account.account"].create(
            {"name": "Loss", "code": "LOSS1", "account_type": "expense"}
        )
        self.warehouse.aftersales_scrap_location_id.valuation_account_id = self.loss

    def graded(self, *grades):
        """A received return of as many cameras, each with a grade; ``None``: its fault was not found."""
        lots = self.env["stock.lot"].create(
            [{"name": f"G-{number}", "product_id": self.camera.id} for number in range(len(grades))]
        )
        self.buy(self.camera, lots, price=60)
        rma = self.received(self.sell(quantity=len(grades), lots=lots))
        for found, grade in zip(rma.with_user(self.inspector).inspection_ids, grades, strict=True):
            found.write({"grade": grade or "b", "fault_found": "yes" if grade else "no"})
        return rma

    def place_of(self, lot):
        quants = lot.quant_ids.filtered(lambda q: q.quantity > 0 and q.location_id.usage != "customer")
        return quants.location_id, quants.owner_id

    def test_what_the_preview_says_is_what_happens(self):
        """INSPECT-03: restock, workshop, scrap and back to the customer in one transaction."""
        rma = self.graded("a", "c", "d", None)
        plan = rma.with_user(self.inspector)._disposition_plan()
        self.assertEqual(
            [row["outcome"] for row in plan], ["restock", "refurbish", "scrap", "return_to_customer"]
        )
        self.assertEqual(self.quants(self.camera, self.stock), {}, "a preview moves nothing")
        before = self.camera.total_value
        rma.with_user(self.inspector).action_complete_inspection()
        for row in plan:
            self.assertEqual(self.place_of(row["lot"]), (row["place_after"], row["owner_after"]))
            self.assertEqual(row["line"].disposition, row["outcome"])
            self.assertEqual(bool(row["line"].accepted_qty), row["accepted"])
        self.camera.invalidate_recordset()
        kept = sum(row["value"] for row in plan if row["outcome"] != "scrap")
        self.assertEqual((kept, self.camera.total_value - before), (120, 120))

    def test_the_loss_of_scrapped_goods_is_booked_where_the_preview_says(self):
        """The account of the location, at the cost at which the goods had left."""
        rma = self.graded("d")
        (row,) = rma._disposition_plan()
        self.assertEqual((row["account"], row["value"]), (self.loss, 60))
        rma.with_user(self.inspector).action_complete_inspection()
        scrapped = row["lot"].quant_ids.filtered(
            lambda quant: quant.location_id == self.warehouse.aftersales_scrap_location_id
        )
        move = self.env["stock.move"].search(
            [("location_dest_id", "=", scrapped.location_id.id), ("product_id", "=", self.camera.id)]
        )
        self.assertEqual(move.value, 60)
        entry = self.env["account.move.line"].search(
            [("account_id", "=", self.loss.id), ("product_id", "=", self.camera.id)]
        )
        self.assertEqual(sum(entry.mapped("debit")), 60)

    def test_the_preview_is_shown_and_completes_from_there(self):
        """Rows as the transaction will make them; what is not graded yet is named."""
        rma = self.received(self.sell(self.cable, 2))
        action = rma.with_user(self.inspector).action_preview_disposition()
        preview = self.env[action["res_model"]].with_user(self.inspector).browse(action["res_id"])
        self.assertEqual((preview.missing, preview.line_ids.ids), ("Cable", []))
        rma.with_user(self.inspector).inspection_ids.write({"grade": "a", "fault_found": "yes"})
        action = rma.with_user(self.inspector).action_preview_disposition()
        preview = preview.browse(action["res_id"])
        self.assertRecordValues(
            preview.line_ids,
            [
                {
                    "quantity": 2,
                    "disposition": "restock",
                    "owner_before_id": self.customer.id,
                    "owner_after_id": False,
                    "place_after": self.stock.display_name,
                    "value": 10,
                }
            ],
        )
        preview.action_complete()
        self.assertEqual(rma.state, "to_refund")

    def test_nothing_is_done_by_half(self):
        """Where one piece cannot be scrapped, no other one is restocked."""
        rma = self.graded("a", "d")
        kept, lost = rma.line_ids.lot_id
        # somebody took the piece out of quarantine, past the return
        self.env["stock.quant"]._update_available_quantity(
            self.camera, self.quarantine, -1, lot_id=lost, owner_id=self.customer
        )
        with self.assertRaises(UserError), self.cr.savepoint():
            rma.with_user(self.inspector).action_complete_inspection()
        self.env.invalidate_all()
        self.assertEqual(rma.state, "received")
        self.assertEqual(self.quants(self.camera, self.quarantine), {(kept, self.customer): 1})

    def test_the_workshop_gets_a_repair_order_that_names_the_return(self):
        """From the goods to the repair and back."""
        rma = self.graded("c")
        rma.with_user(self.inspector).action_complete_inspection()
        repair = self.env["repair.order"].search([("aftersales_rma_line_id", "=", rma.line_ids.id)])
        self.assertRecordValues(
            repair,
            [
                {
                    "lot_id": rma.line_ids.lot_id.id,
                    "product_location_src_id": self.quarantine.id,
                    "aftersales_ticket_id": rma.ticket_id.id,
                }
            ],
        )

    # === BACK TO THE SUPPLIER === #

    def buy(self, product, lots, price=55):
        """A received purchase of as many pieces as there are serial numbers."""
        vendor = self.env["res.partner"].create({"name": "Lens Works"})
        order = self.env["purchase.order"].create(
            {
                "partner_id": vendor.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_qty": len(lots), "price_unit": price})
                ],
            }
        )
        order.button_confirm()
        receipt = order.picking_ids
        receipt.move_ids._aftersales_take_lots(dict.fromkeys(lots, 1))
        receipt.move_ids.picked = True
        receipt.button_validate()
        return order

    def test_defective_goods_under_the_suppliers_warranty_go_back_to_him_at_cost(self):
        """From quarantine, against the purchase the serial number came with."""
        lot = self.env["stock.lot"].create({"name": "V-1", "product_id": self.camera.id})
        purchase = self.buy(self.camera, lot)
        self.buy(self.camera, self.env["stock.lot"].create({"name": "V-2", "product_id": self.camera.id}))
        rma = self.received(self.sell(lots=lot))
        rma.with_user(self.inspector).inspection_ids.write(
            {"grade": "d", "fault_found": "yes", "vendor_warranty": True}
        )
        rma.with_user(self.inspector).action_complete_inspection()
        self.assertEqual((rma.state, rma.line_ids.disposition), ("to_refund", "return_to_vendor"))
        out = rma.sudo().picking_ids.filtered(lambda p: p.location_dest_id.usage == "supplier")
        self.assertEqual(
            (out.partner_id, out.move_ids.purchase_line_id), (purchase.partner_id, purchase.order_line)
        )
        self.assertEqual(
            self.quants(self.camera, self.quarantine), {(lot, self.env["res.partner"]): 1}, "ours until then"
        )
        self.camera.invalidate_recordset()
        before = self.camera.total_value
        self.validate(out)
        self.camera.invalidate_recordset()
        self.assertEqual(self.quants(self.camera, self.quarantine), {})
        self.assertEqual(purchase.order_line.qty_received, 0)
        self.assertAlmostEqual(before - self.camera.total_value, out.move_ids.value)
        self.assertEqual(
            rma.state, "to_refund", "a delivery to the supplier settles nothing with the customer"
        )

    def test_without_a_purchase_the_articles_supplier_gets_it(self):
        vendor = self.env["res.partner"].create({"name": "Cable Works"})
        self.cable.seller_ids = [Command.create({"partner_id": vendor.id, "price": 5})]
        rma = self.received(self.sell(self.cable, 2))
        rma.with_user(self.inspector).inspection_ids.write(
            {"grade": "d", "fault_found": "yes", "vendor_warranty": True}
        )
        rma.with_user(self.inspector).action_complete_inspection()
        out = rma.sudo().picking_ids.filtered(lambda p: p.location_dest_id.usage == "supplier")
        self.assertEqual((out.partner_id, out.move_ids.quantity, out.state), (vendor, 2, "assigned"))

    def for_vendor(self, quantity):
        """A return of so many cables that go to their supplier, and the transfer that brings them there."""
        vendor = self.env["res.partner"].create({"name": "Cable Works"})
        self.cable.seller_ids = [Command.create({"partner_id": vendor.id, "price": 5})]
        rma = self.received(self.sell(self.cable, quantity))
        rma.with_user(self.inspector).inspection_ids.write(
            {"grade": "d", "fault_found": "yes", "vendor_warranty": True}
        )
        rma.with_user(self.inspector).action_complete_inspection()
        return rma.with_user(self.agent), self.vendor_transfers(rma)

    def vendor_transfers(self, rma):
        return rma.sudo().picking_ids.filtered(lambda p: p.location_dest_id.usage == "supplier")

    def test_a_way_to_the_supplier_that_was_cancelled_is_a_task_and_made_anew(self):
        """The goods are ours and lie in quarantine, where nobody looks for them."""
        rma, out = self.for_vendor(2)
        self.assertFalse(rma.lacks_vendor_transfer)
        with self.assertRaisesRegex(UserError, "Nothing of"):
            rma.action_send_to_vendor()
        out.with_user(self.storekeeper).action_cancel()
        self.assertIn("2 Cable", rma.activity_ids[-1:].summary)
        self.assertTrue(rma.lacks_vendor_transfer)
        rma.action_send_to_vendor()
        rma.invalidate_recordset()
        self.assertFalse(rma.lacks_vendor_transfer)
        again = self.vendor_transfers(rma) - out
        self.assertEqual((again.move_ids.quantity, again.state), (2, "assigned"))
        self.validate(again)
        self.assertEqual(self.quants(self.cable, self.quarantine), {})

    def test_what_the_supplier_did_not_get_goes_with_another_transfer(self):
        """One of two lenses left and nothing was to follow: the other one follows, and no other than it."""
        lots = self.env["stock.lot"].create(
            [{"name": f"V-{number}", "product_id": self.camera.id} for number in range(2)]
        )
        self.buy(self.camera, lots)
        rma = self.received(self.sell(quantity=2, lots=lots))
        rma.with_user(self.inspector).inspection_ids.write(
            {"grade": "d", "fault_found": "yes", "vendor_warranty": True}
        )
        rma.with_user(self.inspector).action_complete_inspection()
        out = self.vendor_transfers(rma)
        first, second = out.move_ids
        first.picked, second.quantity = True, 0
        out.with_context(skip_backorder=True, picking_ids_not_to_backorder=out.ids).button_validate()
        self.assertIn("1 Camera", rma.activity_ids[-1:].summary)
        rma.with_user(self.agent).action_send_to_vendor()
        again = self.vendor_transfers(rma) - out
        self.assertEqual(again.move_line_ids.lot_id, second.aftersales_disposed_line_id.lot_id)
        self.validate(again)
        self.assertEqual(self.quants(self.camera, self.quarantine), {})

    def test_a_part_of_one_line_that_stayed_goes_with_another_transfer(self):
        rma, out = self.for_vendor(5)
        out.move_ids.write({"quantity": 3, "picked": True})
        out.with_context(skip_backorder=True, picking_ids_not_to_backorder=out.ids).button_validate()
        rma.action_send_to_vendor()
        again = self.vendor_transfers(rma) - out
        self.assertEqual((again.move_ids.product_uom_qty, again.move_ids.quantity), (2, 2))

    def test_a_backorder_to_the_supplier_lacks_nothing(self):
        rma, out = self.for_vendor(5)
        out.move_ids.write({"quantity": 3, "picked": True})
        out.with_context(skip_backorder=True).button_validate()
        self.assertFalse(rma.lacks_vendor_transfer)
        self.assertFalse(rma.activity_ids)

    def to_vendor(self, quantity):
        """A transfer to the supplier of so many cables; as many of somebody else lie beside them."""
        self.env["stock.quant"]._update_available_quantity(self.cable, self.quarantine, quantity)
        return self.for_vendor(quantity)[1].with_user(self.storekeeper)

    def send(self, transfer, quantity):
        transfer.move_ids.write({"quantity": quantity, "picked": True})
        transfer.with_context(skip_backorder=True).button_validate()

    def test_to_the_supplier_goes_no_more_than_came_in(self):
        """Raised by hand in Inventory, in demand and quantity."""
        out = self.to_vendor(2)
        out.move_ids.product_uom_qty = 3
        with self.assertRaisesRegex(UserError, "more than the 2"), self.cr.savepoint():
            self.send(out, 3)
        self.send(out, 2)
        self.assertEqual(out.state, "done")

    def test_a_backorder_to_the_supplier_brings_the_rest_and_no_more(self):
        """Three of five have left: the rest is two, whatever somebody enters."""
        out = self.to_vendor(5)
        self.send(out, 3)
        rest = out.backorder_ids
        self.assertEqual((out.state, rest.move_ids.product_uom_qty), ("done", 2))
        goods = rest.sudo().move_ids.aftersales_disposed_line_id
        self.assertEqual(goods.rma_id, rest.sudo().aftersales_rma_id)
        with self.assertRaisesRegex(UserError, "more than the 2"), self.cr.savepoint():
            self.send(rest, 4)
        self.send(rest, 2)
        self.assertEqual(sum(self.quants(self.cable, self.quarantine).values()), 5, "the other ones stay")

    # === MONEY INSTEAD OF A REPAIR === #

    def owners(self):
        """{name of the owner, False: ours: cables in quarantine}."""
        return {
            owner.name: pieces for (_lot, owner), pieces in self.quants(self.cable, self.quarantine).items()
        }

    def test_who_gets_money_instead_of_a_repair_does_not_get_the_goods_as_well(self):
        """REFUND-05, INSPECT-03: they become ours where they lie, and nothing offers to send them back."""
        order = self.sell(self.cable, 2)
        rma = self.inspected(order, findings={"fault_found": "yes"}, resolution="repair")
        self.assertEqual(self.owners(), {self.customer.name: 2})
        rma.action_pass_to_refund()
        self.assertEqual(
            (rma.state, rma.resolution, rma.lacks_transfer), ("to_refund", "return_refund", False)
        )
        self.assertEqual(self.owners(), {False: 2})
        self.assertEqual(order.order_line.qty_delivered, 0)

    def test_the_way_back_that_was_ready_is_called_off_with_the_repair(self):
        """INSPECT-03: also when the goods stood packed already."""
        order = self.sell(self.cable, 2)
        rma = self.inspected(order, findings={"fault_found": "yes"}, resolution="repair")
        rma.action_pass_to_shipment()
        back = rma._open_shipments()
        rma.action_pass_to_refund()
        self.assertEqual((back.state, rma._open_shipments().ids), ("cancel", []))
        self.assertEqual(self.owners(), {False: 2})

    # === SPLIT === #

    def test_pieces_in_another_condition_are_split_off_on_the_form(self):
        """Two of five are damaged: each part has its own finding and goes its own way."""
        rma = self.received(self.sell(self.cable, 5))
        found = rma.with_user(self.inspector).inspection_ids
        wizard = self.env["aftersales.rma.split"].with_user(self.inspector)
        wizard.create({"inspection_id": found.id, "pieces": 2}).action_confirm()
        rest, part = rma.with_user(self.inspector).inspection_ids.sorted("received_qty", reverse=True)
        self.assertEqual((rest.received_qty, part.received_qty), (3, 2))
        rest.write({"grade": "a", "fault_found": "yes"})
        part.write({"grade": "d", "fault_found": "yes"})
        rma.with_user(self.inspector).action_complete_inspection()
        self.assertEqual(sum(self.quants(self.cable, self.stock).values()), 3)
        scrap = self.warehouse.aftersales_scrap_location_id
        self.assertEqual(sum(self.quants(self.cable, scrap).values()), 2)
        self.assertEqual(self.quants(self.cable, self.quarantine), {})

    def test_a_split_that_leaves_nothing_is_refused(self):
        rma = self.received(self.sell(self.cable, 2))
        found = rma.inspection_ids
        for pieces in (0, -1, 2, 3):
            with self.assertRaisesRegex(UserError, "cannot be split"):
                found.with_user(self.inspector)._split_off(pieces)
        with self.assertRaises(AccessError):
            found.with_user(self.agent)._split_off(1)
        self.assertEqual(len(rma.line_ids), 1)
