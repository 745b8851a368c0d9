"""Nobody answers: what then happens by itself, what never does, and who may still turn the matter.

The clock is turned and the ledger comes round as its cron does; days run around the clock.
"""

from returns_case import ReturnsCase

from odoo.exceptions import UserError
from odoo.tests import tagged


@tagged("-at_install", "post_install")
class TestSellerSilent(ReturnsCase):
    def test_silence_approves_and_accepts_and_pays_nothing(self):
        """RMA-02, -08, AMB-09: three days for the answer, ten for the parcel; money waits for two persons."""
        self.returned("no_reason")
        self.until("2031-03-06 07:59")
        self.assertEqual(self.story.rma.state, "requested")
        self.until("2031-03-06 08:01")
        rma = self.story.rma
        self.assertEqual((rma.state, len(rma.picking_ids)), ("approved", 1))
        self.story._as("agent", rma).action_register_shipment(tracking_ref="PST-200002")
        self.until("2031-03-16 08:00")
        self.assertEqual(rma.state, "in_transit")
        self.until("2031-03-16 08:02")
        self.assertEqual(rma.state, "to_refund")
        self.assertEqual(rma.sudo().refund_ids.state, "draft")
        self.assertEqual((rma.picking_ids.state, rma.line_ids.received_qty), ("assigned", 0))
        self.until("2031-05-01 08:00")
        self.assertEqual((rma.state, rma.sudo().refund_ids.state), ("to_refund", "draft"))

    def test_too_late_is_too_late_also_before_the_clock_has_come_round(self):
        """RMA-02: after the three days nobody refuses any more."""
        rma = self.returned("quality")
        self.at("2031-03-06 08:01")
        with self.assertRaisesRegex(UserError, "Time has run out"):
            rma.action_refuse(reason="No")
        self.assertNotIn("refuse", rma.allowed_events)
        self.until("2031-03-06 08:01")
        self.assertEqual(rma.state, "approved")

    def test_what_silence_cannot_do_is_left_to_a_person(self):
        """RMA-02: the goods are on their way back already, so time cannot approve them once more."""
        first, second = self.returned("quality"), self.returned("no_reason")
        first.action_approve()
        self.until("2031-03-06 08:01")
        self.assertEqual(second.state, "requested")
        self.assertIn("cannot come back", second.deadline_ids.set_aside)
        self.assertIn("refuse", second.allowed_events)
        second.action_refuse(reason="It is on its way already")
        self.assertEqual(second.state, "refused")

    def test_no_answer_about_a_refund_before_shipping_pays_nothing(self):
        """REFUND-01: 24 hours are marked as missed, and a person decides."""
        self.returned("no_reason", resolution="refund_only", delivery_result="refused")
        self.until("2031-03-04 08:01")
        rma = self.story.rma
        self.assertEqual((rma.state, rma.deadline_ids.mapped("state")), ("requested", ["missed"]))
        self.story._as("agent", rma).action_approve()
        self.assertEqual(rma.state, "in_transit")


@tagged("-at_install", "post_install")
class TestCustomerSilent(ReturnsCase):
    def test_no_word_after_a_refusal_closes_the_request(self):
        """RMA-03, -04: five days, and the goods are free for another request."""
        rma = self.returned("quality")
        rma.action_refuse(reason="Pictures do not show it")
        self.until("2031-03-08 07:59")
        self.assertEqual(rma.state, "refused")
        self.until("2031-03-08 08:01")
        self.assertEqual(rma.state, "closed")
        self.assertEqual(self.approved("quality").state, "approved")

    def test_no_parcel_after_an_approval_closes_the_return(self):
        """RMA-06, -07: the expected receipt is taken away, the screen stays sold."""
        rma = self.approved("quality")
        self.until("2031-03-08 07:59")
        self.assertEqual(rma.state, "approved")
        self.until("2031-03-08 08:01")
        self.assertEqual((rma.state, rma.sudo().picking_ids.state), ("closed", "cancel"))
        self.assertEqual(self.story.order.order_line[0].qty_delivered, 1)
        self.assertFalse(rma.sudo().refund_ids)

    def test_a_change_in_time_starts_the_answer_anew(self):
        """RMA-03: resubmitted on the fifth day, answered by the eighth."""
        rma = self.returned("quality")
        rma.action_refuse(reason="No pictures")
        self.until("2031-03-08 07:00")
        rma.action_resubmit()
        self.assertEqual((rma.state, str(rma.next_due_at)), ("requested", "2031-03-11 07:00:00"))
