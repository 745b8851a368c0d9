from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_lost_here import LostHere


@tagged("post_install", "-at_install")
class TestLostLater(LostHere):
    """Judged, and lost before it has left: what was decided stands, and the loss is ours."""

    def turned_down(self, quantity=2):
        rma = self.inspected(self.sell(self.cable, quantity), findings={"fault_found": "no"})
        rma.action_reject(reason="No fault")
        return rma

    def on_its_way_back(self, quantity=2):
        rma = self.turned_down(quantity)
        rma.action_return_goods()
        return rma, rma._open_shipments().with_user(self.storekeeper)

    def told(self, rma):
        tasks = rma.sudo().activity_ids.filtered(lambda task: "Lost in our hands" in task.summary)
        self.assertEqual(len(tasks), 1)
        return tasks.note

    def test_what_was_turned_down_stays_so_and_is_sent_no_more(self):
        """INSPECT-02: nothing of it was ever ours, so there is nothing to book but that it is gone."""
        rma, back = self.on_its_way_back()
        self.scrap(rma, 2)
        found = self.finding(rma)
        self.assertTrue(found.is_missing and found.rma_id.has_losses)
        self.write_off(found)
        self.assertEqual(
            (found.is_lost, found.grade, found.disposition), (True, "a", "return_to_customer")
        )
        self.assertEqual((rma.state, back.state), ("done", "cancel"))
        self.assertEqual((rma.line_ids.accepted_qty, rma.sale_order_id.order_line.qty_delivered), (0, 2))
        self.assertFalse(found.is_missing or rma.lacks_transfer or rma.refund_ids)
        self.assertEqual(self.quants(self.cable, self.quarantine), {})
        self.assertIn("agree with the customer", self.told(rma))

    def test_before_its_transfer_is_made_the_return_can_go_on_as_well(self):
        rma = self.turned_down()
        self.scrap(rma, 2)
        with self.assertRaisesRegex(UserError, "with 'Lost here'"), self.cr.savepoint():
            rma.action_return_goods()
        self.write_off(self.finding(rma, self.supervisor))
        self.assertEqual(rma.state, "rejected")
        rma.action_return_goods()
        self.assertEqual((rma.state, len(rma._open_shipments())), ("done", 0))

    def test_of_two_the_one_that_left_is_not_lost(self):
        rma, back = self.on_its_way_back()
        back.move_ids.write({"quantity": 1, "picked": True})
        back.with_context(skip_backorder=True).button_validate()
        self.assertFalse(self.finding(rma).is_missing)
        self.scrap(rma, 1)
        self.write_off(self.finding(rma))
        self.assertEqual(rma.state, "done")
        self.assertEqual(self.quants(self.cable, self.quarantine), {})

    def test_of_two_the_one_that_is_still_here_is_sent_first(self):
        rma, back = self.on_its_way_back()
        self.scrap(rma, 1)
        with self.assertRaisesRegex(UserError, "1 of 2 are missing"), self.cr.savepoint():
            self.write_off(self.finding(rma))
        self.assertEqual((rma.state, back.state in ("done", "cancel")), ("to_ship", False))

    def test_what_was_repaired_for_him_is_replaced_at_our_expense(self):
        """EXCH-04: another piece, and the cost of his own in our books."""
        loss = self.env["account.account"].create(
            {"name": "Loss", "code": "LOSTLATER", "account_type": "expense"}
        )
        self.warehouse.aftersales_scrap_location_id.valuation_account_id = loss
        rma = self.inspected(self.sell(self.cable, 2), findings={"fault_found": "yes"}, resolution="repair")
        rma.action_pass_to_shipment()
        back, order = rma._open_shipments(), rma.sudo().line_ids.workshop_order_ids
        self.scrap(rma, 2)
        self.write_off(self.finding(rma))
        self.assertEqual((rma.state, rma.resolution), ("to_ship", "exchange"))
        self.assertEqual((back.state, order.state), ("cancel", "cancel"))
        self.assertEqual(rma._open_shipments().move_ids.product_uom_qty, 2)
        self.assertEqual(self.quants(self.cable, self.quarantine), {})
        booked = self.env["account.move.line"].search([("account_id", "=", loss.id)])
        self.assertEqual(sum(booked.mapped("debit")), 10)
        self.assertNotIn("agree with the customer", self.told(rma))

    def test_what_was_for_the_supplier_lacks_no_transfer_any_more(self):
        rma = self.inspected(
            self.sell(self.cable, 2), "d", {"fault_found": "yes", "vendor_warranty": True}
        )
        out = rma.sudo().picking_ids.filtered(lambda p: p.location_dest_id.usage == "supplier")
        scrap = {"product_id": self.cable.id, "scrap_qty": 2, "location_id": self.quarantine.id}
        self.env["stock.scrap"].create(scrap).action_validate()
        self.write_off(self.finding(rma))
        self.assertEqual((rma.state, out.state, rma.lacks_vendor_transfer), ("to_refund", "cancel", False))
        self.assertEqual((rma.line_ids.accepted_qty, rma.line_ids.disposition), (2, "return_to_vendor"))
        self.told(rma)

    def test_what_lies_where_it_waits_is_not_lost_and_nobody_else_says_so(self):
        rma, _back = self.on_its_way_back()
        found = self.finding(rma)
        self.assertFalse(found.is_missing)
        with self.assertRaisesRegex(UserError, "0 of 2 are missing"), self.cr.savepoint():
            self.write_off(found)
        self.scrap(rma, 2)
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.finding(rma, self.agent)._write_off("Gone")
        self.write_off(found)
        with self.assertRaisesRegex(UserError, "written off after the inspection is settled|nothing of it"):
            found.action_found_again()
