from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import AftersalesReturnsCommon


@tagged("post_install", "-at_install")
class TestRmaGoods(AftersalesReturnsCommon):
    """Odoo caps nothing: quantities and serial numbers are ours to hold."""

    def test_more_than_was_delivered_is_refused(self):
        order = self.sell(self.cable, 2)
        rma = self.rma(order)
        rma.line_ids.quantity = 3
        with self.assertRaisesRegex(UserError, "3 cannot come back, 2 can"):
            rma.action_submit()
        self.assertEqual(rma.state, "draft")

    def test_the_same_goods_are_not_returned_twice(self):
        """Two drafts on the same goods: the first approval takes them."""
        order = self.sell(self.cable, 2)
        first, second = self.rma(order), self.rma(order)
        first.action_submit()
        second.action_submit()
        first.action_approve()
        with self.assertRaisesRegex(UserError, "0 can"):
            second.action_approve()
        self.assertEqual((second.state, second.picking_ids.ids), ("requested", []))

    def test_a_closed_return_gives_its_goods_free(self):
        order = self.sell(self.cable, 2)
        self.approved(order).action_cancel(reason="Found the mistake")
        self.assertEqual(self.approved(order).state, "approved")

    def test_a_serial_number_of_another_customer_is_refused(self):
        order, other = self.sell(), self.sell(customer=self.other_customer, lots=self.lots("FOREIGN"))
        lot = other.picking_ids.move_line_ids.lot_id
        rma = self.rma(order)
        rma.line_ids.lot_id = lot
        with self.assertRaisesRegex(UserError, "FOREIGN"):
            rma.action_submit()

    def test_a_foreign_serial_number_in_the_parcel_is_refused_and_stock_unchanged(self):
        """The storekeeper reads what to do; nothing has moved."""
        rma = self.sent_back(self.sell())
        foreign = self.lots("SWAPPED")
        receipt = rma.sudo().picking_ids
        receipt.move_ids.lot_ids = foreign
        receipt.move_ids.picked = True
        with self.assertRaisesRegex(UserError, "SWAPPED was not delivered"), self.cr.savepoint():
            receipt.with_user(self.storekeeper).button_validate()
        self.assertEqual(rma.state, "in_transit")
        self.assertEqual(self.quants(self.camera, self.quarantine), {})

    def test_more_in_the_parcel_than_announced_is_refused(self):
        order = self.sell(self.cable, 3)
        rma = self.rma(order)
        rma.line_ids.quantity = 1
        rma.action_submit()
        rma.action_approve()
        receipt = rma.sudo().picking_ids
        receipt.move_ids.quantity = 3
        receipt.move_ids.picked = True
        with self.assertRaisesRegex(UserError, "more than the 1"):
            receipt.with_user(self.storekeeper).button_validate()

    def test_a_partial_receipt_is_received_and_the_rest_follows(self):
        order = self.sell(self.cable, 3)
        rma = self.sent_back(order)
        receipt = rma.sudo().picking_ids
        receipt.move_ids.quantity = 2
        self.validate(receipt)
        self.assertEqual((rma.state, rma.line_ids.received_qty), ("received", 2))
        rest = rma.sudo().picking_ids - receipt
        self.validate(rest)
        self.assertEqual((rma.state, rma.line_ids.received_qty), ("received", 3))

    def test_a_serial_number_still_to_come_after_a_partial_receipt_is_not_promised_again(self):
        """Returned ≤ delivered: what the parcel lacked is expected under the same return."""
        order = self.sell(quantity=2)
        rma = self.sent_back(order)
        receipt = rma.sudo().picking_ids
        missing = receipt.move_ids[1]
        lot = missing.aftersales_rma_line_id.lot_id
        missing.quantity = 0
        receipt.move_ids[0].picked = True
        receipt.with_user(self.storekeeper).with_context(skip_backorder=True).button_validate()
        self.assertEqual(rma.line_ids.mapped("received_qty"), [1, 0])
        again = self.rma(order)
        again.line_ids.filtered(lambda line: line.lot_id != lot).unlink()
        with self.assertRaisesRegex(UserError, "0 can"):
            again.action_submit()

    def test_two_serial_numbers_of_one_delivery_keep_their_own_lines(self):
        order = self.sell(quantity=2)
        rma = self.inspected(order, findings={"fault_found": "yes"})
        self.assertEqual(rma.line_ids.mapped("received_qty"), [1, 1])
        self.assertEqual(rma.line_ids.mapped("disposition"), ["restock", "restock"])
        self.assertEqual(order.order_line.qty_delivered, 0)

    def test_one_of_two_is_accepted_and_the_other_goes_back(self):
        """A verdict a line: ownership follows it."""
        order = self.sell(quantity=2)
        rma = self.received(order)
        good, bad = rma.with_user(self.inspector).inspection_ids
        good.write({"grade": "a", "fault_found": "yes"})
        bad.write({"grade": "b", "fault_found": "no"})
        rma.with_user(self.inspector).action_complete_inspection()
        self.assertEqual(rma.state, "to_refund")
        self.assertEqual(self.quants(self.camera, self.quarantine), {(bad.lot_id, self.customer): 1})
        self.assertEqual(order.order_line.qty_delivered, 1)

    def test_what_goes_into_stock_is_what_was_accepted_and_not_another_customers(self):
        """INSPECT-03: the same goods of two customers lie side by side; only accepted ones are sold again."""
        first = self.received(self.sell(self.cable, 2, customer=self.other_customer))
        self.assertEqual(first.state, "received")
        self.inspected(self.sell(self.cable, 3), findings={"fault_found": "yes"})
        nothing, nobody = self.env["stock.lot"], self.env["res.partner"]
        self.assertEqual(self.quants(self.cable, self.stock), {(nothing, nobody): 3})
        self.assertEqual(self.quants(self.cable, self.quarantine), {(nothing, self.other_customer): 2})

    def test_the_button_receives_what_was_announced(self):
        rma = self.sent_back(self.sell(self.cable, 2))
        rma.with_user(self.inspector).action_receive()
        self.assertEqual((rma.state, rma.line_ids.received_qty), ("received", 2))
        self.assertEqual(rma.sudo().picking_ids.state, "done")

    def test_goods_may_come_without_a_tracking_number(self):
        rma = self.approved(self.sell())
        self.validate(rma.sudo().picking_ids)
        self.assertEqual(rma.state, "received")

    def test_a_storekeeper_without_our_rights_works_as_before(self):
        """A return that has nothing to do with us is Odoo's own."""
        order = self.sell(self.cable, 2)
        delivery = order.picking_ids.with_user(self.storekeeper)
        wizard = (
            self.env["stock.return.picking"].with_user(self.storekeeper).create({"picking_id": delivery.id})
        )
        wizard.product_return_moves.quantity = 2
        receipt = wizard._create_return()
        receipt.move_ids.picked = True
        receipt.button_validate()
        self.assertEqual((receipt.state, receipt.aftersales_rma_id.id), ("done", False))
        self.assertEqual(receipt.location_dest_id, self.stock)

    def test_the_operation_type_is_named_in_every_language_also_in_one_that_comes_later(self):
        """Chinese complete: what is made for a warehouse, too; a name that somebody gave it stays."""
        self.env["res.lang"]._activate_lang("zh_CN")
        kind = self.warehouse.aftersales_return_type_id
        chinese = kind.with_context(lang="zh_CN")
        renamed = self.env["stock.warehouse"].create({"name": "Second", "code": "W2R"})
        for code in ("en_US", "zh_CN"):
            renamed.aftersales_return_type_id.with_context(lang=code).name = "Gate 4"
        chinese.name = "Return receipts"  # as it is where the language comes later
        modules = self.env["ir.module.module"].search([("name", "=", "aftersales_returns")])
        modules._update_translations(["zh_CN"])
        self.assertEqual(chinese.name, "退货收货")
        self.assertEqual(kind.with_context(lang="en_US").name, "Return receipts")
        self.assertEqual(renamed.aftersales_return_type_id.with_context(lang="zh_CN").name, "Gate 4")
        later = self.env["stock.warehouse"].create({"name": "Third", "code": "W3R"})
        self.assertEqual(later.aftersales_return_type_id.with_context(lang="zh_CN").name, "退货收货")

    def test_a_new_warehouse_and_a_new_company_are_provided_for(self):
        """Locations outside the warehouse, an operation type and numbers of their own."""
        company = self.env["res.company"].create({"name": "Later Ltd"})
        warehouse = self.env["stock.warehouse"].create(
            {"name": "Later", "code": "LATER", "company_id": company.id}
        )
        quarantine = warehouse.aftersales_quarantine_id
        self.assertEqual((quarantine.usage, quarantine.company_id), ("internal", company))
        self.assertFalse(quarantine.warehouse_id)
        receipts = warehouse.aftersales_return_type_id
        self.assertRecordValues(
            receipts,
            [
                {
                    "code": "incoming",
                    "use_existing_lots": True,
                    "use_create_lots": False,
                    "default_location_dest_id": quarantine.id,
                }
            ],
        )
        numbers = self.env["ir.sequence"].search(
            [("code", "=", "aftersales.rma"), ("company_id", "=", company.id)]
        )
        self.assertEqual(len(numbers), 1)
        warehouse._aftersales_provision()
        self.assertEqual(warehouse.aftersales_quarantine_id, quarantine)

    def test_without_a_number_series_nothing_is_entered(self):
        """Bad input: somebody has deleted it; the sentence says whose and which."""
        order = self.sell(self.cable)
        self.env["ir.sequence"].search([("code", "=", "aftersales.rma")]).unlink()
        with self.assertRaisesRegex(UserError, "has no number series 'aftersales.rma'"):
            self.rma(order)

    def test_an_imported_return_is_judged_when_it_is_shipped(self):
        """Who pays the way back stands on it before the goods are here."""
        rma = self.approved(self.sell(self.cable))
        borne_by = rma.return_borne_by
        rma.sudo()._write_policy({"return_borne_by": False})
        rma.action_register_shipment(tracking_ref="IMPORTED")
        self.assertTrue(borne_by)
        self.assertEqual(rma.return_borne_by, borne_by)

    def test_a_return_on_two_deliveries_has_a_receipt_for_each(self):
        order = self.sell(self.cable, 2)
        self.env["stock.quant"]._update_available_quantity(self.cable, self.stock, 3)
        order.order_line.product_uom_qty = 5
        self.deliver(order)
        rma = self.approved(order)
        self.assertEqual(sorted(rma.sudo().picking_ids.move_ids.mapped("product_uom_qty")), [2, 3])

    def test_quantities_are_counted_in_the_unit_of_the_product(self):
        """Sold by the dozen, returned by the piece."""
        dozen = self.env.ref("uom.product_uom_dozen")
        self.env["stock.quant"]._update_available_quantity(self.cable, self.stock, 12)
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create(
                        {"product_id": self.cable.id, "product_uom_qty": 1, "product_uom_id": dozen.id}
                    )
                ],
            }
        )
        order.action_confirm()
        self.deliver(order)
        rma = self.rma(order)
        rma.line_ids.quantity = 5
        rma.action_submit()
        rma.action_approve()
        self.validate(rma.sudo().picking_ids)
        self.assertEqual(rma.line_ids.received_qty, 5)
