from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.aftersales_service.tests.common import PNG

from .test_portal import ReturnsPortalCommon


@tagged("post_install", "-at_install")
class TestPortalReceipt(ReturnsPortalCommon):
    """What the customer tells of the parcel: when it came, and what sending it back has cost."""

    def test_the_customer_tells_what_the_way_back_has_cost_and_attaches_the_receipt(self):
        """FREIGHT-22, FREIGHT-24, AMB-19: amount and proof, as long as they can be counted."""
        rma = self.requested(self.sell(self.cable), reason_id=str(self.quality.id))
        rma.with_user(self.agent).action_approve()
        self.assertNotIn('id="return_freight"', self.url_open(f"/my/returns/{rma.id}").text)
        self.answer(rma, "register_shipment", tracking_ref="YT79", carrier_name="YTO")
        self.assertIn('id="return_freight"', self.url_open(f"/my/returns/{rma.id}").text)

        def told(amount, files):
            data = {"csrf_token": self.csrf(), "return_freight": amount}
            return self.url_open(f"/my/returns/{rma.id}/freight", data=data, files=files).text

        receipt = {"photos": ("receipt.png", PNG)}
        for amount, files in (("12", None), ("-3", receipt), ("nan", receipt), ("", receipt)):
            self.assertIn("attach the receipt", told(amount, files))
        self.assertIn("more than your order has cost", told("20.01", receipt))
        self.assertEqual(rma.return_freight, 0)
        told("12,50", receipt)
        self.assertEqual(rma.return_freight, 12.5)
        self.assertEqual(rma.freight_ids.filtered(lambda row: row.leg == "return").amount, 12.5)
        self.assertIn("receipt.png", rma.message_ids.attachment_ids.mapped("name"))
        self.assertTrue(rma.freight_receipt_seen)
        rma.with_user(self.supervisor).action_report_missing(reason="It never came")
        self.assertIn("not possible any more", told("99", receipt))
        self.assertEqual(rma.return_freight, 12.5)

    def test_the_day_of_receipt_is_asked_once(self):
        """RMA-13, RMA-18: after a refusal the form shows it; another day that is sent changes nothing."""
        today, order = self.company._aftersales_today(), self.sell(self.cable, 2)
        early = today - timedelta(days=9)
        order.picking_ids.date_done -= timedelta(days=10)
        order.picking_ids.move_ids.date = order.picking_ids.date_done
        rma = self.requested(order, signed_date=fields.Date.to_string(early))
        self.assertRecordValues(rma, [{"signed_date": early, "signed_word": "customer"}])
        self.assertEqual(rma.eligibility, "not_eligible")
        rma.with_user(self.agent).action_refuse(reason="Too late")
        page = self.url_open(f"/my/returns/{rma.id}/change").text
        self.assertNotIn('name="signed_date"', page)
        self.assertIn("As it was told us before", page)
        data = {
            "csrf_token": self.csrf(),
            f"qty_{order.order_line.id}_0": "1",
            "resolution": "return_refund",
            "reason_id": str(self.no_reason.id),
            "signed_date": fields.Date.to_string(today),
            "policy_read": "1",
            "step": "send",
        }
        self.url_open(f"/my/returns/{rma.id}/change", data=data)
        self.assertRecordValues(
            rma, [{"state": "requested", "signed_date": early, "eligibility": "not_eligible"}]
        )
