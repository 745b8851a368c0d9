from odoo.tests import tagged

from .common import AftersalesReturnsCommon

#: reasons that customer service has to verify and correct
TO_VERIFY = {
    "quality": "a fault of the goods",
    "late": "not shipped at the agreed time",
    "out_of_stock": "out of stock",
    "counterfeit": "counterfeit",
    "fake_shipment": "fake shipment",
    "not_as_described": "not as described",
    "invoice": "invoice",
}


@tagged("-at_install", "post_install")
class TestReturnReasons(AftersalesReturnsCommon):
    def test_every_reason_that_has_to_be_verified_is_there_and_charges_the_seller(self):
        """RMA-28."""
        reasons = self.env["aftersales.return.reason"].search([("code", "in", list(TO_VERIFY))])
        self.assertEqual(set(reasons.mapped("code")), set(TO_VERIFY))
        self.assertEqual(set(reasons.mapped("fault_party")), {"seller"})

    def test_customer_service_corrects_the_reason_and_the_freight_is_judged_again(self):
        """RMA-28: what the customer chose is checked, and the money follows what is true."""
        rma = self.rma(self.sell(self.cable), reason_id=self.no_reason.id)
        rma.action_submit()
        self.assertEqual((rma.fault_party, rma.return_borne_by), ("none", "customer"))
        rma.reason_id = self.quality
        self.assertEqual((rma.fault_party, rma.return_borne_by), ("seller", "seller"))

    def test_replacement_and_return_are_both_work_of_after_sales(self):
        """RMA-35: each has its ticket in the queue of after-sales, and says which of the two it is."""
        returns = self.env["aftersales.rma"]
        for resolution in ("exchange", "return_refund"):
            returns |= self.rma(self.sell(self.cable), resolution=resolution)
        self.assertEqual(returns.ticket_id.mapped("service_type"), ["return", "return"])
        self.assertEqual(returns.mapped("resolution"), ["exchange", "return_refund"])
        found = self.env["aftersales.rma"].search(
            [("id", "in", returns.ids), ("resolution", "=", "exchange")]
        )
        self.assertEqual(found, returns[0])
