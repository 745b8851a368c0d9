from odoo.tests import tagged

from .test_portal import ReturnsPortalCommon


@tagged("-at_install", "post_install", "aftersales_tour", "-standard")
class TestReturnTours(ReturnsPortalCommon):
    """What the customer clicks in the portal, and customer service in the back office, for one return."""

    def setUp(self):
        super().setUp()
        self.put_in_force()
        self.order = self.sell(lots=self.lots("CAM-TOUR"))
        invoice = self.order._create_invoices()
        invoice.action_post()
        paying = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        paying.create({})._create_payments()

    def in_the_portal(self, tour, where=None):
        self.env.flush_all()
        self.start_tour(where or f"/my/returns/{self.rma_.id}", tour, login="ret_portal", timeout=150)
        self.env.invalidate_all()

    def service(self, tour):
        self.env.flush_all()
        self.start_tour("/odoo/returns", tour, login=self.agent.login, timeout=150)
        self.env.invalidate_all()

    def he_asks_for_an_exchange(self):
        self.in_the_portal("aftersales_customer_exchange", f"/my/orders/{self.order.id}")
        self.rma_ = self.order.aftersales_rma_ids

    def test_from_the_request_to_the_refund(self):
        """RMA-25, -26, -27, EXCH-04: photo, authorization, tracking number, and money instead of goods."""
        self.he_asks_for_an_exchange()
        rma = self.rma_
        self.assertRecordValues(
            rma,
            [
                {
                    "state": "requested",
                    "resolution": "exchange",
                    "policy_read": True,
                    "pictures_received": True,
                    "return_borne_by": "seller",
                    "description": "It does not focus",
                }
            ],
        )
        self.assertEqual(rma.line_ids.lot_id.name, "CAM-TOUR")
        self.assertIn("blurred.png", rma.evidence_ids.mapped("label"))
        self.service("aftersales_agent_authorizes")
        self.assertEqual(rma.state, "approved")
        self.in_the_portal("aftersales_customer_ships", "/my/returns")
        self.assertRecordValues(
            rma, [{"state": "in_transit", "tracking_ref": "PST-TOUR-1", "carrier_name": "The Poste"}]
        )
        self.the_warehouse_does_its_part()
        self.service("aftersales_agent_refunds")
        refund = rma.sudo().refund_ids
        self.assertEqual((rma.state, refund.state, refund.payout), ("to_refund", "confirmed", 500))
        self.in_the_portal("aftersales_customer_follows")

    def the_warehouse_does_its_part(self):
        self.validate(self.rma_.sudo()._open_receipts())
        found = self.rma_.with_user(self.inspector).inspection_ids
        found.write({"grade": "a", "serial_matches": "yes", "fault_found": "yes"})
        self.rma_.with_user(self.inspector).action_complete_inspection()
        self.assertEqual(self.rma_.state, "inspected")

    def test_a_refused_customer_appeals(self):
        """RMA-05, REFUND-09: the agent says why, the customer answers with a proof."""
        self.he_asks_for_an_exchange()
        self.service("aftersales_agent_refuses")
        rma = self.rma_
        self.assertEqual((rma.state, rma.decision_reason), ("refused", "Traces of sand in the lens"))
        self.in_the_portal("aftersales_customer_appeals")
        dispute = rma.dispute_ids
        self.assertEqual((rma.state, dispute.state), ("disputed", "open"))
        self.assertEqual(dispute.contested_by_id, self.agent)
        self.assertEqual(dispute.statement_ids.text, "It was blurred out of the box")
        self.assertIn("unpacking.png", rma.evidence_ids.mapped("label"))
