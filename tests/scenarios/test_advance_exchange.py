"""A new screen is shipped before the broken one is back; what does not come back in time is charged.

kept       ten days of custody; then a draft invoice for a second screen, 2,415.00, which finance posts
back       in time: two screens left, one came back at its cost, and the order has delivered and invoiced one
"""

from returns_case import COST, FEE, SCREEN, ReturnsCase

from odoo.exceptions import UserError
from odoo.tests import tagged


@tagged("-at_install", "post_install")
class TestAdvanceExchange(ReturnsCase):
    def setUp(self):
        super().setUp()
        self.another_screen_is_in_stock()
        self.assert_stock(self.story.screen, 1, COST, -COST)

    def shipped_ahead(self):
        """Approved on Monday, shipped on Tuesday morning."""
        story = self.story
        rma = self.approved("quality", resolution="exchange", is_advance=True)
        delivery = rma.sudo()._open_shipments()
        self.assertEqual((delivery.move_ids.lot_ids, story.screen.free_qty), (story.spare, 0))
        self.at("2031-03-04 09:00")
        story._validate(story._as("storekeeper", delivery))
        self.assert_where(story.spare)
        return rma

    def sold(self):
        """(delivered, invoiced, still to invoice) of the screen on the order."""
        self.env.invalidate_all()
        line = self.story.order.order_line[0]
        return line.qty_delivered, line.qty_invoiced, line.qty_to_invoice

    def test_what_is_not_given_back_in_the_time_of_custody_is_charged(self):
        """EXCH-01: custody takes the place of the days to send back; at its end he owes one screen."""
        story, rma = self.story, self.shipped_ahead()
        self.assertEqual((rma.state, rma.next_kind), ("approved", "custody"))
        self.assertEqual(str(rma.next_due_at), "2031-03-14 09:00:00", "ten days, counted from the shipment")
        self.assertEqual(self.sold(), (1, 1, 0))
        self.until("2031-03-14 08:59")
        self.assertEqual(rma.state, "approved")
        self.until("2031-03-14 09:01")
        self.assertEqual(rma.state, "closed")
        charged = rma.sudo().exchange_invoice_ids
        self.assertEqual((charged.move_type, charged.state), ("out_invoice", "draft"))
        self.assertEqual((charged.partner_id, charged.amount_total), (story.customer, SCREEN))
        expected = rma.sudo().picking_ids.filtered(lambda picking: picking.picking_type_id.code == "incoming")
        self.assertEqual(expected.mapped("state"), ["cancel"])
        story._as("biller", charged).action_post()
        self.assertEqual(self.sold(), (2, 2, 0))
        self.assertFalse(rma.sudo().refund_ids)
        self.assert_stock(story.screen, 0, 0.0, -2 * COST)

    def test_goods_back_in_time_end_it_without_a_bill(self):
        """EXCH-01, -04: one screen for one screen; sending again is the seller's."""
        story, rma = self.story, self.shipped_ahead()
        rma.write({"reship_freight": 23.00})
        story._as("agent", rma).action_register_shipment(tracking_ref="PST-200002")
        self.assertEqual((rma.state, rma.next_kind), ("in_transit", "receive"))
        self.at("2031-03-07 09:00")
        self.the_parcel_is_received()
        self.assert_serial_is(self.quarantine.complete_name, story.customer.name)
        self.the_warehouse_finds("a", fault_found="yes")
        self.assertEqual((rma.state, self.sold()), ("inspected", (1, 1, 0)))
        story._as("agent", rma).action_pass_to_shipment()
        self.assertEqual((rma.state, self.sold()), ("done", (1, 1, 0)))
        self.assertFalse(rma.sudo().exchange_invoice_ids)
        self.assert_freight(outbound=[("seller", FEE, "reimburse")], reship=[("seller", 23.00, "none")])
        self.assert_serial_is("WH/Stock")
        self.assert_stock(story.screen, 1, COST, -COST)
        self.until("2031-03-20 08:00")
        self.assertEqual(rma.state, "done", "custody is over with the goods")

    def test_without_the_mark_nothing_leaves_before_the_inspection(self):
        """EXCH-04: the same exchange, not in advance: the new screen is set aside and waits."""
        story = self.story
        rma = self.sent_back("quality", resolution="exchange")
        waiting = rma.sudo()._open_shipments()
        self.assertEqual(story.screen.free_qty, 0, "nobody else is sold it")
        with self.assertRaisesRegex(UserError, "is set aside for"), self.cr.savepoint():
            story._as("storekeeper", waiting).button_validate()
        self.assert_where(story.spare, ("WH/Stock", False))
