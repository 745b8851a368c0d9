"""A box without any paper: it waits as nobody's, its serial number names the buyer, and he gets his money.

refunded   screen 2,415.00 + delivery 23.00 = 2,438.00; before that nothing is on hand and nothing is valued
"""

from returns_case import COST, FEE, SCREEN, ReturnsCase

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged


@tagged("-at_install", "post_install")
class TestUnknownParcelAdopted(ReturnsCase):
    def a_box_comes_in(self, **vals):
        """The inspector opens it and writes down what lies in it."""
        parcels = self.story._as("inspector", self.env["aftersales.unknown.parcel"])
        parcel = parcels.create({"line_ids": [Command.create({"serial": "SCR-1"})], **vals})
        parcel.action_book()
        return parcel

    def the_likeliest(self, parcel):
        return self.story._as("agent", parcel.candidate_ids.sorted("score", reverse=True)[:1])

    def test_the_serial_number_names_the_buyer_and_the_box_becomes_his_return(self):
        """Issue 4, part 2: nobody's until adopted; then received like any other, graded and refunded."""
        story = self.story
        self.at("2031-03-05 08:00")
        parcel = self.a_box_comes_in(note="It stays dark")
        nobody = self.env.ref("aftersales_returns.partner_unknown_owner")
        self.assert_serial_is(self.quarantine.complete_name, nobody.name)
        self.assert_stock(story.screen, 0, 0.0, -COST)
        found = self.the_likeliest(parcel)
        self.assertEqual(
            (found.partner_id, found.order_id, found.reasons), (story.customer, story.order, ["serial"])
        )
        with self.assertRaises(AccessError):
            story._as("inspector", found).action_adopt_for()
        found.action_adopt_for()
        story.rma = parcel.sudo().rma_id
        self.assertEqual((parcel.state, story.rma.state), ("adopted", "draft"))
        self.assert_serial_is(self.quarantine.complete_name, story.customer.name)
        self.customer_service_asks_and_approves()
        self.assertEqual((parcel.state, story.rma.state), ("handed_over", "received"))
        self.assertEqual(story.rma.line_ids.received_qty, 1)
        self.the_warehouse_finds("a", fault_found="yes")
        self.assert_serial_is("WH/Stock")
        refund = self.the_money_goes_back()
        self.assertEqual((refund.payout, story.rma.state), (SCREEN + FEE, "done"))
        self.assertEqual(story.order.order_line[0].qty_delivered, 0)
        self.assert_stock(story.screen, 1, COST, 0.0)

    def customer_service_asks_and_approves(self):
        """By telephone: a fault, and a picture of it."""
        rma = self.story._as("agent", self.story.rma)
        rma.write({"reason_id": self.env.ref("aftersales_returns.return_reason_quality").id})
        rma.pictures_received = True
        rma.action_submit()
        rma.action_approve()

    def test_a_return_that_waits_for_the_box_takes_it_and_its_own_receipt_is_not_needed(self):
        """Issue 4, part 2: the screen comes once."""
        story = self.story
        rma = self.sent_back("quality", return_freight=18.00)
        expected = rma.sudo().picking_ids
        parcel = self.a_box_comes_in(tracking_ref="PST-200002")
        found = self.the_likeliest(parcel)
        self.assertEqual((found.rma_id, found.reasons), (rma, ["serial", "tracking"]))
        found.action_adopt_for()
        self.assertEqual((parcel.state, rma.state, expected.state), ("handed_over", "received", "cancel"))
        self.the_warehouse_finds("a", fault_found="yes")
        self.assertEqual(self.the_money_goes_back().payout, SCREEN + FEE + 18.00)
        self.assert_stock(story.screen, 1, COST, 0.0)

    def test_a_box_that_nobody_owns_is_remembered_and_sent_back_by_a_supervisor(self):
        """Issue 4, part 2: not forgotten, and never taken for ours."""
        story = self.story
        parcel = self.a_box_comes_in()
        promise = parcel.sudo().deadline_ids
        self.assertEqual(str(promise.due_at)[:10], "2031-03-10", "a week to find the owner")
        self.until("2031-03-11 08:00")
        self.assertEqual((promise.state, parcel.state), ("missed", "waiting"))
        with self.assertRaises(AccessError):
            story._as("agent", parcel).action_send_back()
        story._as("supervisor", parcel).action_send_back()
        story._validate(story._as("storekeeper", parcel.sudo().way_back_id))
        self.assert_where(story.serial)
        self.assert_stock(story.screen, 0, 0.0, -COST)
