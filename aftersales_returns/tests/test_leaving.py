from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import AftersalesReturnsCommon


@tagged("post_install", "-at_install")
class TestLeaving(AftersalesReturnsCommon):
    """Nothing waits for a colleague who has left."""

    def setUp(self):
        super().setUp()
        self.put_in_force()
        teams = self.env["aftersales.team"].search([("company_id", "=", self.company.id)])
        teams.supervisor_id = self.supervisor

    def owners(self, document):
        return document.sudo().activity_ids.user_id

    def test_the_decision_on_a_return_becomes_the_supervisors_task(self):
        """RMA-02: else silence would decide, and nobody would have been asked."""
        rma = self.rma(self.sell(self.cable), user_id=self.agent.id)
        rma.action_submit()
        self.assertEqual(self.owners(rma), self.agent)
        self.agent.active = False
        self.assertEqual(self.owners(rma), self.supervisor)
        tasks = rma.with_user(self.supervisor).activity_ids.mapped("summary")
        self.assertTrue(any("has left" in (summary or "") for summary in tasks))
        rma.with_user(self.supervisor).action_approve()
        self.assertEqual(rma.sudo().deadline_ids.filtered(lambda d: d.kind == "decide").state, "met")

    def test_what_is_promised_later_is_nobodys_task_who_has_left(self):
        rma = self.rma(self.sell(self.cable), user_id=self.agent.id)
        self.agent.active = False
        rma.with_user(self.supervisor).action_submit()
        self.assertEqual(self.owners(rma), self.supervisor)

    def test_a_return_that_is_over_asks_for_nobody(self):
        rma = self.rma(self.sell(self.cable), user_id=self.agent.id)
        rma.action_cancel(reason="Keeps it")
        self.agent.active = False
        self.assertFalse(self.owners(rma))

    def test_a_refund_that_did_not_arrive_is_the_supervisors_call(self):
        """REFUND-19: whoever had confirmed it has left."""
        order = self.sell(self.cable)
        order._create_invoices().action_post()
        rma = self.inspected(order)
        refund = rma.sudo().refund_ids
        refund.activity_schedule("mail.mail_activity_data_call", user_id=self.agent.id)
        self.agent.active = False
        self.assertEqual(self.owners(refund), self.supervisor)

    def test_a_visit_of_a_leaver_is_planned_anew_by_the_supervisor(self):
        rma = self.rma(self.sell(self.cable))
        start = fields.Datetime.now() + timedelta(days=1)
        visit = self.env["aftersales.visit"].create(
            {
                "ticket_id": rma.sudo().ticket_id.id,
                "user_id": self.engineer.id,
                "start": start,
                "stop": start + timedelta(hours=1),
            }
        )
        self.engineer.active = False
        self.assertIn(self.supervisor, self.owners(visit))
