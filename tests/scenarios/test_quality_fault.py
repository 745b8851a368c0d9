"""A screen that stays dark: the seller bears both ways, the customer has his money, the screen is sold again.

What is expected, added up by hand:

    refunded   screen 2,415.00 + delivery 23.00 + the customer's freight 18.00 = 2,456.00
    in stock   one screen at 2,010.00, as before the sale; the credit note takes back its cost
"""

from returns_case import COST, FEE, SCREEN, ReturnsCase

from odoo.tests import tagged


@tagged("-at_install", "post_install")
class TestQualityFault(ReturnsCase):
    def test_the_seller_pays_for_goods_and_both_ways(self):
        """RMA-34, FREIGHT-21, -22, -24: prepaid by the customer, not freight-collect, reimbursed."""
        self.sent_back("quality", return_freight=18.00)
        self.assert_verdict(self.story.rma, "eligibility", "with_reason", "eligibility_by_fault")
        self.at("2031-03-06 09:00")
        self.the_parcel_is_received()
        self.assert_serial_is(self.quarantine.complete_name, self.story.customer.name)
        self.assert_stock(self.story.screen, 0, 0.0, -COST)
        self.the_warehouse_finds("a", fault_found="yes")
        self.assert_serial_is("WH/Stock")
        self.assertEqual(self.deciding("return"), ["F-24"])
        self.assert_freight(
            outbound=[("seller", FEE, "reimburse")], **{"return": [("seller", 18.00, "reimburse")]}
        )
        refund = self.the_money_goes_back()
        self.assertEqual((refund.payout, refund.amount), (SCREEN + FEE + 18.00, 2456.00))
        self.assertEqual(self.story.rma.state, "done")
        self.assert_stock(self.story.screen, 1, COST, 0.0)

    def test_a_forbidden_carrier_costs_the_customer_what_it_costs_more(self):
        """FREIGHT-23, AMB-51: sent by SF Express for 40.00, the seller's own mode being 23.00."""
        self.sent_back("quality", return_freight=40.00, carrier_name="SF Express")
        self.assertEqual(self.deciding("return"), ["F-34"])
        self.assert_freight(
            outbound=[("seller", FEE, "reimburse")],
            **{"return": [("seller", 23.00, "reimburse"), ("customer", 17.00, "none")]},
        )
