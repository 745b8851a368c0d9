"""Returned without a reason on a platform that adds 5.00 to the freight of the customer's region.

the way back   18.00, of which the platform bears 5.00 and the customer 13.00
refunded       screen 2,415.00 and the delivery 23.00, which stays the seller's
"""

from returns_case import FEE, SCREEN, ReturnsCase

from odoo.tests import tagged


@tagged("-at_install", "post_install")
class TestNoReasonWithSubsidy(ReturnsCase):
    def setUp(self):
        super().setUp()
        self.in_force(rule_set="platform")
        self.env["aftersales.freight.subsidy"].create(
            {"country_id": self.story.customer.country_id.id, "amount": 5.00}
        )

    def test_the_platform_bears_its_part_of_the_way_back(self):
        """FREIGHT-12, -13, RMA-17: the customer bears the way back, less the subsidy of his region."""
        self.sent_back("no_reason", return_freight=18.00)
        self.assert_verdict(self.story.rma, "eligibility", "no_reason", "eligibility_by_right")
        self.assertEqual((self.story.rma.return_borne_by, self.deciding("return")), ("shared", ["F-12"]))
        self.assert_freight(
            outbound=[("seller", FEE, "reimburse")],
            **{"return": [("platform", 5.00, "subsidy"), ("customer", 13.00, "none")]},
        )
        self.the_parcel_is_received()
        self.the_warehouse_finds("a")
        self.assertEqual(self.the_money_goes_back().payout, SCREEN + FEE + 5.00)

    def test_the_own_shop_knows_no_subsidy(self):
        """CON-09: the same facts by the shop's rule."""
        self.in_force(rule_set="shop")
        self.sent_back("no_reason", return_freight=18.00)
        self.assertEqual(self.deciding("return"), ["F-26"])
        self.assertEqual(self.story.rma.return_borne_by, "customer")
