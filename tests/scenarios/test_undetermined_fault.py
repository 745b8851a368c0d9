"""A scratch of which nobody can say where it came from, and nothing was agreed.

refunded   screen 2,415.00 + delivery 23.00; the way back stays the customer's
"""

from returns_case import FEE, SCREEN, ReturnsCase

from odoo.tests import tagged


@tagged("-at_install", "post_install")
class TestUndeterminedFault(ReturnsCase):
    def test_the_freight_is_split_and_the_goods_come_back_for_the_money(self):
        """FREIGHT-04, RMA-37: outbound the seller's, return the customer's."""
        scratched = self.env["aftersales.return.reason"].create(
            {"name": "Scratched", "code": "scratched", "kind": "carrier", "fault_party": "undetermined"}
        )
        self.env["ir.model.data"].create(
            {
                "module": "aftersales_returns",
                "name": "return_reason_scratched",
                "model": scratched._name,
                "res_id": scratched.id,
            }
        )
        self.sent_back("scratched", return_freight=18.00)
        self.assertEqual((self.deciding("outbound"), self.deciding("return")), (["F-03"], ["F-03"]))
        self.assert_freight(
            outbound=[("seller", FEE, "reimburse")], **{"return": [("customer", 18.00, "none")]}
        )
        self.the_parcel_is_received()
        self.the_warehouse_finds("a", fault_found="yes")
        self.assertEqual(self.the_money_goes_back().payout, SCREEN + FEE)

    def test_once_the_fault_is_found_it_decides(self):
        """FREIGHT-02: the carrier's report names him; the log keeps both verdicts."""
        self.sent_back("no_reason", return_freight=18.00)
        self.story.rma.write({"reason_id": self.env.ref("aftersales_returns.return_reason_transport").id})
        self.assertEqual(self.deciding("return"), ["F-01-T"])
        self.assertEqual(self.story.rma.return_borne_by, "carrier")
        kept = self.story.rma.verdict_ids.filtered(lambda row: row.kind == "freight").mapped("outcome")
        self.assertEqual(set(kept), {"customer", "carrier"})
