"""A question by telephone, answered within two working hours and closed without anybody going there.

All times are UTC; the company works from 7 to 11 and from 12 to 16 (Brussels, winter).
"""

from service_case import SCREENSHOT, ServiceCase

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged


@tagged("-at_install", "post_install")
class TestConsultationInTime(ServiceCase):
    def test_a_question_is_answered_in_time_and_closed_with_evidence(self):
        """SLA-04, SLA-07, INTAKE-13, PROG-07, PROG-09: two working hours, the lunch break not counted."""
        self.when_a_customer_asks_by_telephone_before_lunch()
        self.then_two_working_hours_are_promised_and_told()
        self.when_the_agent_answers_after_lunch()
        self.then_the_promise_is_kept()
        self.when_the_agent_calls_it_solved()
        self.then_it_cannot_be_closed_without_evidence()
        self.when_the_answer_of_the_customer_is_kept()
        self.then_it_is_closed_and_nobody_went_anywhere()

    def test_one_minute_late_is_late(self):
        """SLA-07, SLA-29: the supervisor hears of it, and an answer afterwards does not undo it."""
        self.when_a_customer_asks_by_telephone_before_lunch()
        self.story.takes("agent", self.ticket)
        self.until("2031-03-03 12:30")
        agent, supervisor = self.story.people["agent"], self.story.people["supervisor"]
        self.assertEqual(self.tasks_of(agent, self.ticket), ["Soon due: First reply"])
        self.until("2031-03-03 13:01")
        self.assertEqual(self.tasks_of(supervisor, self.ticket), ["Missed: First reply"])
        self.story.answers("agent", self.ticket, "Hold the left key for three seconds.")
        reply = self.ticket.deadline_ids.filtered(lambda row: row.kind == "first_reply")
        self.assertEqual((reply.state, str(reply.met_at)), ("missed", "2031-03-03 13:01:00"))
        self.assertTrue(self.ticket.is_breached)

    # === GIVEN, WHEN, THEN === #

    def when_a_customer_asks_by_telephone_before_lunch(self):
        self.at("2031-03-03 10:00")
        self.ticket = self.story.customer_calls(
            service_type="consultation",
            title="How do I lock the keys?",
            description="The cat walks over the panel.",
            category_id=self.env.ref("aftersales_service.aftersales_ticket_category_usage").id,
        )

    def then_two_working_hours_are_promised_and_told(self):
        self.assert_verdict(self.ticket, "priority", "p2", "prio_normal")
        self.assertEqual(self.ticket.team_id, self.story.team)
        self.assert_promises(
            self.ticket,
            {
                "acknowledge": ("met", "03-03 10:15", "03-03 10:00"),
                "assign": ("running", "03-03 13:00", None),
                "first_reply": ("running", "03-03 13:00", None),
            },
        )
        mail = self.env["mail.mail"].search(
            [("model", "=", self.ticket._name), ("res_id", "=", self.ticket.id)]
        )
        self.assertIn("Mar 3, 2031, 14:00", mail.body_html, "in the customer's own time")

    def when_the_agent_answers_after_lunch(self):
        self.at("2031-03-03 12:10")
        self.story.takes("agent", self.ticket)
        self.at("2031-03-03 12:40")
        self.story.answers("agent", self.ticket, "Hold the left key for three seconds.")

    def then_the_promise_is_kept(self):
        self.assert_promises(
            self.ticket,
            {
                "acknowledge": ("met", "03-03 10:15", "03-03 10:00"),
                "assign": ("met", "03-03 13:00", "03-03 12:10"),
                "accept": ("met", "03-03 12:40", "03-03 12:10"),
                "first_reply": ("met", "03-03 13:00", "03-03 12:40"),
            },
        )
        self.assertFalse(self.ticket.is_breached)

    def when_the_agent_calls_it_solved(self):
        self.at("2031-03-03 12:50")
        self.story.by("agent", self.ticket).intervention_mode = "phone"
        self.story.solves("agent", self.ticket, "The key lock was explained.")
        self.assertEqual(self.ticket.state, "resolved")
        self.assert_verdict(self.ticket, "closing", "complete", "CLOSE-LATER")
        self.assertEqual(self.tasks_of(self.story.people["agent"], self.ticket)[:1], ["Customer confirms"])
        self.assertIn("please look at the result", self.subjects_to(self.story.customer, self.ticket)[-1])

    def then_it_cannot_be_closed_without_evidence(self):
        with self.assertRaisesRegex(UserError, "cannot be finished yet"), self.env.cr.savepoint():
            self.story.by("agent", self.ticket).action_close()
        self.assertEqual(self.ticket.state, "resolved")

    def when_the_answer_of_the_customer_is_kept(self):
        self.at("2031-03-03 13:10")
        shot = {
            "name": "answer.png",
            "datas": SCREENSHOT,
            "res_model": self.ticket._name,
            "res_id": self.ticket.id,
        }
        self.story.by("agent", self.ticket).proof_ids = [Command.create(shot)]
        self.story.by("agent", self.ticket).action_close()

    def then_it_is_closed_and_nobody_went_anywhere(self):
        self.assertEqual((self.ticket.state, str(self.ticket.closed_at)), ("closed", "2031-03-03 13:10:00"))
        self.assert_verdict(self.ticket, "closing", "complete", "PROG-09")
        self.assertFalse(self.ticket.visit_ids or self.ticket.repair_ids or self.ticket.quotation_ids)
        self.assertFalse(self.ticket.next_due_at, "nothing is owed any more")
        self.assertFalse(self.tasks_of(self.story.people["agent"], self.ticket))
