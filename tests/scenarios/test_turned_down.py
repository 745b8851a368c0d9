"""Goods that the warehouse does not take: back to the customer as his own; and a seller who takes no parcel.

refunded to nobody whose goods were turned down; the way back there, 18.00, stays his
refused twice without reason: screen 2,415.00 + the customer's two ways 36.00, and the delivery 23.00
"""

from returns_case import COST, FEE, SCREEN, ReturnsCase

from odoo.exceptions import UserError
from odoo.tests import tagged


@tagged("-at_install", "post_install")
class TestFailedInspection(ReturnsCase):
    def test_the_screen_goes_back_to_the_customer_and_no_money_leaves(self):
        """INSPECT-02, -03, FREIGHT-21: what he prepaid is not reimbursed, the screen was never ours."""
        self.sent_back("no_reason", return_freight=18.00)
        self.the_parcel_is_received()
        self.the_warehouse_finds("c", unused="no", packaging="no")
        story, rma = self.story, self.story.rma
        self.assertEqual((rma.state, rma.line_ids.disposition), ("inspected", "return_to_customer"))
        self.assertEqual((self.deciding("return"), rma.return_borne_by), (["F-29"], "customer"))
        with self.assertRaisesRegex(UserError, "accepted nothing"):
            story._as("agent", rma).action_pass_to_refund()
        story._as("agent", rma).action_reject(reason="Scratched all over")
        story._as("agent", rma).action_return_goods()
        self.assertEqual(rma.state, "to_ship")
        self.assert_serial_is(self.quarantine.complete_name, story.customer.name)
        self.assert_stock(story.screen, 0, 0.0, -COST)
        way_back = rma.sudo().picking_ids.filtered(lambda p: p.picking_type_id.code == "outgoing")
        story._validate(story._as("storekeeper", way_back))
        self.assertEqual(rma.state, "done")
        self.assert_where(story.serial)
        self.assertFalse(rma.sudo().refund_ids)
        self.assertEqual(story.order.order_line[0].qty_delivered, 1)


@tagged("-at_install", "post_install")
class TestSellerRefusesTheParcelTwice(ReturnsCase):
    def refused_at_the_door(self, why="unjustified"):
        rma = self.story._as("inspector", self.story.rma)
        rma.action_refuse_parcel(reason="The dock is full", parcel_refusal=why)

    def test_the_first_time_he_may_send_again_and_the_second_time_the_money_goes_back(self):
        """RMA-31, -33, FREIGHT-17, -19, CON-10: all freight of it is the seller's."""
        rma = self.sent_back("no_reason", return_freight=18.00)
        self.assertEqual(rma.return_borne_by, "customer")
        self.at("2031-03-05 08:00")
        self.refused_at_the_door()
        self.assertEqual((rma.state, self.deciding("return")), ("approved", ["F-19"]))
        self.assertEqual(str(rma.next_due_at), "2031-03-10 08:00:00", "five days to send it again")
        rma.write({"return_freight": 36.00})
        rma.action_register_shipment(tracking_ref="PST-200003")
        self.refused_at_the_door()
        self.assertEqual((rma.state, self.deciding("return")), ("to_refund", ["F-18"]))
        self.assert_freight(
            outbound=[("seller", FEE, "reimburse")], **{"return": [("seller", 36.00, "reimburse")]}
        )
        self.assertEqual(rma.sudo().picking_ids.mapped("state"), ["cancel"])
        self.assertEqual(self.the_money_goes_back().payout, SCREEN + FEE + 36.00)
        self.assert_stock(self.story.screen, 0, 0.0, -COST)

    def test_refused_for_a_good_reason_it_counts_for_nothing(self):
        """FREIGHT-18, -22: freight-collect without consent; the second time is still the first."""
        rma = self.sent_back("quality", return_freight=18.00, return_term="collect")
        self.assertEqual(self.deciding("return"), ["F-21"])
        self.refused_at_the_door("collect")
        rma.action_register_shipment(tracking_ref="PST-200003")
        self.refused_at_the_door("collect")
        self.assertEqual((rma.state, rma.parcel_refusals), ("approved", 0))
