from unittest.mock import patch

from odoo.tests import tagged

from ..policy import lifecycle
from .common import AftersalesServiceCommon

TASK = "Answer the customer, who has come back"


@tagged("post_install", "-at_install")
class TestDisputedResult(AftersalesServiceCommon):
    """A customer who is not content is heard by somebody."""

    def solved(self, **vals):
        ticket = super().solved(solution="The fuse was changed.", **vals)
        self.env["mail.message"].search([("message_type", "=", "user_notification")]).unlink()
        return ticket

    def dispute(self, ticket):
        """As the portal does it."""
        ticket.sudo()._fire("reopen", actor=lifecycle.CUSTOMER, reason="Dark again.")

    def told(self, ticket):
        """Users who were notified of the ticket."""
        notices = self.env["mail.message"].search(
            [("message_type", "=", "user_notification"), ("res_id", "=", ticket.id)]
        )
        return notices.partner_ids.user_ids

    def tasks(self, ticket):
        return {(row.user_id, row.summary) for row in ticket.sudo().activity_ids}

    def test_a_disputed_result_is_the_assignees_task_and_the_supervisor_hears_of_it(self):
        """PROG-07: not only a line in the log."""
        ticket = self.solved()
        self.dispute(ticket)
        self.assertEqual(ticket.state, "in_progress")
        self.assertIn((self.agent, TASK), self.tasks(ticket))
        self.assertLessEqual(self.agent | self.supervisor, self.told(ticket))
        self.assertEqual(self.deadlines(ticket)["answer"].state, "running")

    def test_the_answer_to_the_customer_ends_the_task(self):
        """PROG-07."""
        ticket = self.solved()
        self.dispute(ticket)
        ticket.message_post(body="We look again", message_type="comment", subtype_xmlid="mail.mt_comment")
        self.assertEqual(self.deadlines(ticket)["answer"].state, "met")
        self.assertNotIn((self.agent, TASK), self.tasks(ticket))

    def test_without_an_assignee_it_is_the_supervisors_task(self):
        """PROG-07: a colleague who has left hears nothing."""
        ticket = self.solved()
        self.agent.sudo().active = False
        self.dispute(ticket)
        self.assertIn((self.supervisor, TASK), self.tasks(ticket))

    def test_ones_own_reopening_is_no_news(self):
        ticket = self.solved()
        ticket.action_reopen(reason="I have seen it myself")
        self.assertNotIn("answer", self.deadlines(ticket))
        self.assertNotIn(self.agent, self.told(ticket))
        self.assertIn(self.supervisor, self.told(ticket))

    def test_a_disputed_emergency_is_one_again(self):
        """PRIO-10: the same alarm as when it came in."""
        down = self.env.ref("aftersales_service.aftersales_ticket_category_failure")
        ticket = self.solved(urgency="urgent", impact="global", category_id=down.id)
        self.assertEqual(ticket.priority, "p0")
        self.dispute(ticket)
        notices = self.env["mail.message"].search(
            [("message_type", "=", "user_notification"), ("res_id", "=", ticket.id)]
        )
        self.assertIn("everything is down", notices.mapped("subject")[0])
        self.assertTrue(ticket.sudo().live_channel_id.active)

    def test_a_word_on_an_ended_request_is_noticed(self):
        """PROG-06: nothing starts again by itself, but somebody knows."""
        ticket = self.solved()
        ticket.action_close()
        ticket.sudo().message_post(
            body="It is broken again",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=self.customer.id,
        )
        self.assertEqual(ticket.state, "closed")
        self.assertLessEqual(self.agent | self.supervisor, self.told(ticket))

    def test_boards_look_again(self):
        ticket = self.solved()
        self.env.cr.precommit.run()
        with patch.object(type(self.env["res.groups"]), "_bus_send") as sent:
            self.dispute(ticket)
            self.env.cr.precommit.run()
        self.assertIn(ticket.team_id.id, sent.call_args.args[1]["team_ids"])
