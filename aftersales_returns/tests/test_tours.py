from odoo.tests import HttpCase, tagged

from .refund_common import RefundCommon


@tagged("-at_install", "post_install", "aftersales_tour", "-standard")
class TestTours(RefundCommon, HttpCase):
    """What agent, inspector and accountant click, each with their own login and group."""

    def test_agent_inspector_and_accountant_do_their_parts(self):
        """DESIGN 4.4, REFUND-25, REFUND-28: three logins take one return from the ticket to the payment."""
        ticket = self.ticket_of_a_paid_order()
        self.start_tour(f"/odoo/aftersales-tickets/{ticket.id}", "aftersales_agent", login=self.agent.login)
        rma = ticket.rma_ids
        self.assertEqual(rma.state, "approved")
        self.parcel_arrives(rma)
        self.start_tour("/odoo/inspections", "aftersales_inspector", login=self.inspector.login)
        self.assertEqual(rma.state, "to_refund")
        self.assertEqual(rma.inspection_ids.user_id, self.inspector)
        self._confirm(rma.refund_ids)
        self.start_tour("/odoo/refunds", "aftersales_accountant", login=self.accountant.login)
        self.assertEqual((rma.refund_ids.state, rma.state), ("paid", "done"))
        self.assertEqual(rma.refund_ids.approved_by_id, self.accountant)

    def ticket_of_a_paid_order(self):
        """The customer's ticket about goods of 115.00 with tax, delivered for 10.00."""
        order = self._sell(fee=10.0)
        self._invoice(order)
        ticket = (
            self.env["aftersales.ticket"]
            .with_user(self.agent)
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "title": "The kettle does not boil",
                    "sale_line_id": order.order_line[0].id,
                    "user_id": self.agent.id,
                }
            )
        )
        ticket.action_accept()
        return ticket.with_env(self.env)

    def parcel_arrives(self, rma):
        """The agent enters the tracking number, and the parcel comes in."""
        rma.with_user(self.agent).action_register_shipment(tracking_ref="YT100200300")
        self._receive(rma, gift_back=True)
