"""Shipped free, returned without a reason: the postage of both ways is the customer's.

refunded   screen 2,415.00 − the outbound freight 12.00 that the seller had paid = 2,403.00
           the way back 18.00 he has paid already
"""

from returns_case import SCREEN, ReturnsCase

from odoo.tests import tagged


@tagged("-at_install", "post_install")
class TestFreeShippingNoReason(ReturnsCase):
    pays_delivery = False

    def test_both_ways_are_the_customers(self):
        """FREIGHT-26, AMB-23: the outbound freight is deducted from the refund."""
        rma = self.sent_back("no_reason", return_freight=18.00, outbound_freight=12.00)
        self.assertEqual((rma.outbound_term, rma.outbound_prepaid_by), ("free_shipping", "seller"))
        self.assertEqual((self.deciding("outbound"), self.deciding("return")), (["F-27"], ["F-27"]))
        self.assert_freight(
            outbound=[("customer", 12.00, "deduct")], **{"return": [("customer", 18.00, "none")]}
        )
        self.the_parcel_is_received()
        self.the_warehouse_finds("a")
        refund = self.the_money_goes_back()
        self.assertEqual(refund.payout, SCREEN - 12.00)
        self.assertEqual(self.story.rma.state, "done")
