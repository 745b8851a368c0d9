"""A faulty screen is exchanged; the customer has paid the courier 18.50 and gets it back, to the cent, once.

fee        delivery 20.00 + 15 % = 23.00, at the seller's expense since the first screen was faulty
freight    18.50 as on the receipt, no tax
back       23.00 + 18.50 = 41.50, one credit note; the screen itself stays sold, delivered and invoiced
"""

from returns_case import COST, FEE, SCREEN, ReturnsCase

from odoo.exceptions import AccessError
from odoo.tests import tagged

LAID_OUT = 18.50


@tagged("-at_install", "post_install")
class TestFreightOfAnExchange(ReturnsCase):
    def setUp(self):
        super().setUp()
        self.another_screen_is_in_stock()

    def accepted(self, **vals):
        """Sent back, found faulty; the customer wants another one, and it is about to leave."""
        rma = self.sent_back("quality", resolution="exchange", return_freight=LAID_OUT, **vals)
        self.the_parcel_is_received()
        self.the_warehouse_finds("a", fault_found="yes")
        self.story._as("agent", rma).action_pass_to_shipment()
        return rma

    def the_replacement_leaves(self):
        story = self.story
        story._validate(story._as("storekeeper", story.rma.sudo()._open_shipments()))
        self.assertEqual(story.rma.state, "done")

    def test_it_is_confirmed_approved_paid_and_told_like_every_refund(self):
        """FREIGHT-21, -22, EXCH-01, REFUND-25, -26, -28: by two persons, within their time, to the cent."""
        story, rma = self.story, self.accepted()
        self.the_replacement_leaves()
        refund = rma.sudo().refund_ids
        self.assertEqual((refund.kind, refund.next_kind), ("freight", "review"))
        self.assertRegex(rma.headline, "^Freight back: Customer service checks and confirms")
        with self.assertRaises(AccessError), self.cr.savepoint():
            story._as("agent", refund).action_approve()
        self.the_money_goes_back()
        note = story.credit_note
        self.assertEqual((refund.state, refund.payout, note.amount_total), ("paid", 41.50, FEE + LAID_OUT))
        self.assertEqual((note.amount_tax, note.reversed_entry_id), (3.00, story.invoice))
        self.assertEqual((rma.state, rma.sudo().amount_refunded), ("done", 41.50))
        self.assertEqual((rma.headline, rma.next_due_at), ("Done on Mar 3, 2031", False))
        line = story.order.order_line[0]
        self.assertEqual((line.qty_delivered, line.qty_invoiced, line.qty_to_invoice), (1, 1, 0))
        self.assert_freight(
            outbound=[("seller", FEE, "reimburse")], **{"return": [("seller", LAID_OUT, "reimburse")]}
        )
        self.assert_stock(story.screen, 1, COST, -COST)

    def test_money_after_all_takes_the_freight_along_once(self):
        """EXCH-04, FREIGHT-21: the freight was paid already; then nothing is left to exchange for."""
        story, rma = self.story, self.accepted()
        self.the_money_goes_back()
        first = story.refund
        self.assertEqual((first.amount, rma.state), (41.50, "to_ship"))
        story._as("agent", rma).action_pass_to_refund()
        rest = rma.sudo().refund_ids - first
        self.assertEqual((rest.kind, rest.amount), ("return", SCREEN), "neither fee nor freight again")
        story._as("agent", rma).action_confirm_refund()
        story._as("accountant", rest).action_approve()
        notes = (first | rest).credit_note_id
        self.assertEqual(sum(notes.mapped("amount_total")), SCREEN + FEE + LAID_OUT)

    def test_returned_later_the_screen_brings_its_price_and_no_fee(self):
        """FREIGHT-21: the replacement came at the expense of the seller; its fee went back before."""
        story, rma = self.story, self.accepted()
        self.the_replacement_leaves()
        self.the_money_goes_back()
        story.serial = story.spare
        self.sent_back("quality", return_freight=9.00)
        story.rma.tracking_ref = "PST-200003"
        self.the_parcel_is_received()
        self.the_warehouse_finds("a", fault_found="yes")
        self.assertEqual(story.rma.sudo().refund_ids.amount, SCREEN + 9.00)
        self.assertNotEqual(story.rma, rma)

    def test_a_courier_that_was_not_allowed_costs_the_customer_the_excess(self):
        """FREIGHT-23: what is given back is capped; 18.50 by a forbidden courier, 12.00 by our own."""
        rma = self.accepted(carrier_name="SF Express", same_mode_freight=12.00)
        refund = rma.sudo().refund_ids
        self.assertEqual(refund.amount, FEE + 12.00)
        self.assertEqual(self.deciding("return"), ["F-34"])
