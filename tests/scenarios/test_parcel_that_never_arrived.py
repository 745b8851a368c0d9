"""Parcels that the customer refused or the carrier could not deliver: they come back, and so does the money.

refunded   screen 2,415.00; the way back, which the seller has paid to the carrier, is the customer's
           where he is the cause: 2,415.00 − 18.00 = 2,397.00; the delivery 23.00 goes by the fault
"""

from returns_case import FEE, SCREEN, ReturnsCase

from odoo.tests import tagged


@tagged("-at_install", "post_install")
class TestParcelThatNeverArrived(ReturnsCase):
    def came_back(self, reason="no_reason", **vals):
        """Refund only; the carrier brings the parcel back at the seller's expense."""
        return self.approved(
            reason, resolution="refund_only", return_freight=18.00, return_prepaid_by="seller", **vals
        )

    def back_way(self):
        return self.story.rma.freight_ids.filtered(lambda charge: charge.leg == "return")

    def the_parcel_is_looked_at(self):
        self.assertEqual(self.story.rma.state, "in_transit", "nobody has to tell a tracking number")
        self.the_parcel_is_received()
        self.the_warehouse_finds("a")
        self.assertEqual(self.story.rma.state, "to_refund")


@tagged("-at_install", "post_install")
class TestRefusedParcel(TestParcelThatNeverArrived):
    def test_refused_without_a_reason_costs_the_customer_the_way_back(self):
        """FREIGHT-08, REFUND-02, REFUND-03: reviewed within 12 hours from the receipt of the parcel, also
        when the inspection takes two days.
        """
        self.came_back(delivery_result="refused", refusal="unjustified", fault_party="customer")
        self.assert_verdict(self.story.rma, "eligibility", "refund_only", "eligibility_by_refund_only")
        rma = self.story.rma
        self.at("2031-03-05 09:00")
        self.the_parcel_is_received()
        self.assertEqual((rma.next_kind, str(rma.next_due_at)), ("review", "2031-03-05 21:00:00"))
        self.until("2031-03-07 08:00")
        self.the_warehouse_finds("a")
        self.assertEqual(rma.state, "to_refund")
        self.assertEqual((self.deciding("return"), self.back_way().settlement), (["F-08"], "deduct"))
        review = rma.deadline_ids.filtered(lambda row: row.kind == "review")
        self.assertEqual(
            [(str(row.due_at), row.state) for row in review], [("2031-03-05 21:00:00", "missed")]
        )
        refund = self.the_money_goes_back()
        self.assertEqual(refund.payout, SCREEN - 18.00)

    def test_left_with_the_carrier_the_storage_is_the_sellers(self):
        """FREIGHT-09, -28: he did not fetch it in time, so what that costs is not the customer's."""
        self.came_back(
            delivery_result="refused",
            refusal="unjustified",
            fault_party="customer",
            retrieval_late=True,
            storage_fee=7.00,
        )
        self.assertEqual((self.deciding("storage"), self.deciding("return")), (["F-09"], ["F-08"]))
        self.assert_freight(
            outbound=[("customer", FEE, "none")],
            storage=[("seller", 7.00, "none")],
            **{"return": [("customer", 18.00, "deduct")]},
        )

    def test_refused_because_it_was_not_shipped_as_required(self):
        """FREIGHT-07: both ways are the seller's and all the money goes back."""
        self.came_back("late", delivery_result="refused", refusal="violation")
        self.the_parcel_is_looked_at()
        self.assertEqual((self.deciding("outbound"), self.deciding("return")), (["F-07"], ["F-07"]))
        self.assertEqual(self.the_money_goes_back().payout, SCREEN + FEE)


@tagged("-at_install", "post_install")
class TestWrongAddress(TestParcelThatNeverArrived):
    def test_a_wrong_address_costs_the_customer_the_way_back(self):
        """FREIGHT-10: what the seller has paid to the carrier is deducted."""
        self.came_back(delivery_result="undeliverable", undeliverable="wrong", fault_party="customer")
        self.the_parcel_is_looked_at()
        self.assertEqual((self.deciding("return"), self.back_way().settlement), (["F-10"], "deduct"))
        self.assertEqual(self.the_money_goes_back().payout, SCREEN - 18.00)

    def test_an_address_changed_without_consent_does_too(self):
        """FREIGHT-11."""
        self.came_back(delivery_result="undeliverable", undeliverable="changed", fault_party="customer")
        self.assertEqual((self.deciding("return"), self.back_way().borne_by), (["F-11"], "customer"))


@tagged("-at_install", "post_install")
class TestFreightCollect(TestParcelThatNeverArrived):
    """Sent freight-collect, 20.00 at the door, and nobody had asked the customer."""

    pays_delivery = False

    def test_refused_it_costs_him_nothing(self):
        """FREIGHT-05: silence is no consent; he might refuse it, and all the money goes back."""
        self.came_back(
            "late",
            delivery_result="refused",
            refusal="collect",
            outbound_term="collect",
            fault_party="undetermined",
        )
        self.the_parcel_is_looked_at()
        self.assertEqual((self.deciding("outbound"), self.deciding("return")), (["F-04"], ["F-04"]))
        self.assertEqual(self.the_money_goes_back().payout, SCREEN)

    def test_signed_for_all_the_same_what_he_paid_at_the_door_comes_back(self):
        """FREIGHT-06: returned without a reason later, the freight at the door stays the seller's."""
        self.sent_back(
            "no_reason",
            outbound_term="collect",
            outbound_freight=20.00,
            outbound_prepaid_by="customer",
            return_freight=18.00,
        )
        self.assertEqual((self.deciding("outbound"), self.deciding("return")), (["F-05"], ["F-26"]))
        self.the_parcel_is_received()
        self.the_warehouse_finds("a")
        self.assertEqual(self.the_money_goes_back().payout, SCREEN + 20.00)

    def test_with_his_consent_it_is_his(self):
        """FREIGHT-05: the other way round."""
        self.sent_back(
            "no_reason",
            outbound_term="collect",
            collect_consent="yes",
            outbound_freight=20.00,
            outbound_prepaid_by="customer",
        )
        self.assertEqual(self.deciding("outbound"), ["F-06"])
        self.assert_freight(outbound=[("customer", 20.00, "none")])
