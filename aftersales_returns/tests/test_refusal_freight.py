from odoo.tests import tagged

from .test_portal import ReturnsPortalCommon


@tagged("post_install", "-at_install")
class TestRefusalFreight(ReturnsPortalCommon):
    """Whoever refuses a parcel knows before what it costs him."""

    def refusal(self, order, **told):
        return {"resolution": "refuse_parcel", "signed_date": "", "said_unused": "", **told}

    def test_the_customer_reads_the_freight_of_a_refusal_before_he_refuses(self):
        """CON-44, REFUND-02: bearers by reason, from the table, on the page before anything is sent."""
        order = self.sell(self.cable)
        page = self.post_form(order, "check", **self.refusal(order)).text
        self.assertIn('id="return_refusal"', page)
        self.assertIn("Shipped as agreed and refused without a valid reason", page)
        self.assertIn("The seller did not ship as required", page)
        self.assertFalse(order.aftersales_rma_ids)
        self.assertNotIn('id="return_refusal"', self.post_form(order, "check").text)

    def test_announced_it_is_a_refund_without_goods_with_its_reason(self):
        """REFUND-02: the parcel is not signed for, so the goods are not the customer's to keep."""
        order = self.sell(self.cable)
        rma = self.requested(order, **self.refusal(order))
        self.assertRecordValues(
            rma,
            [
                {
                    "state": "requested",
                    "resolution": "refund_only",
                    "delivery_result": "unsigned",
                    "signed_date": False,
                    "reason_id": self.no_reason.id,
                }
            ],
        )
        rma.with_user(self.agent).action_approve()
        self.assertEqual(rma.state, "in_transit")
        self.assertTrue(rma.sudo().picking_ids, "the parcel is expected back")

    def test_a_parcel_is_refused_as_a_whole_and_only_while_nobody_has_signed(self):
        order = self.sell(self.cable, 3)
        page = self.post_form(order, "check", **self.refusal(order)).text
        self.assertIn("A parcel is refused as a whole", page)
        order.picking_ids.aftersales_signed_date = self.company._aftersales_today()
        page = self.post_form(order, "check", **self.refusal(order)).text
        self.assertIn("Choose what you would like us to do", page)
        self.assertNotIn("Refuse the parcel and be refunded", page)

    def test_a_refusal_can_be_changed_into_a_return_once_he_has_the_parcel(self):
        """RMA-03: changed and sent again with the day of signing."""
        order = self.sell(self.cable)
        rma = self.requested(order, **self.refusal(order))
        rma.with_user(self.agent).action_refuse(reason="Please take it")
        page = self.url_open(f"/my/returns/{rma.id}/change").text
        self.assertRegex(page, r'value="refuse_parcel"[^>]*selected')
        form = {**self.form(order), "policy_read": "1", "step": "send"}
        self.url_open(f"/my/returns/{rma.id}/change", data=form)
        rma.invalidate_recordset()
        self.assertEqual(
            (rma.state, rma.resolution, rma.delivery_result), ("requested", "return_refund", "signed")
        )

    def test_customer_service_reads_it_as_well(self):
        """CON-44: on the return, as long as the parcel is not signed for."""
        rma = self.rma(self.sell(self.cable), resolution="refund_only", delivery_result="unsigned")
        told = rma.refusal_freight.splitlines()
        self.assertEqual(len(told), 3)
        self.assertIn("No valid reason", told[2])
        self.assertIn("way back: Customer", told[2])
        self.assertIn("way back: Seller", told[1])
        rma.delivery_result = "signed"
        self.assertFalse(rma.refusal_freight)
