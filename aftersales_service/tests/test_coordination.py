from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import AftersalesServiceCommon


@tagged("post_install", "-at_install")
class TestCoordination(AftersalesServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = cls.user("agent", "buyer")
        cls.purchasing = cls.env["aftersales.team"].create(
            {"name": "Purchasing", "supervisor_id": cls.buyer.id, "member_ids": [Command.set(cls.buyer.ids)]}
        )
        cls.day = fields.Date.today() + timedelta(days=3)

    def ask(self, ticket=None, user=None, **vals):
        ticket = ticket or self.in_progress()
        values = {
            "ticket_id": ticket.id,
            "team_id": self.purchasing.id,
            "request": "When does the compressor come?",
            "due_on": self.day,
            **vals,
        }
        return self.env["aftersales.coordination"].with_user(user or self.agent).create(values)

    def task_of(self, row):
        return row.sudo().activity_id

    def form_of(self, ticket):
        report = self.env["ir.actions.report"].with_user(self.agent)
        page, _kind = report._render_qweb_html("aftersales_service.report_coordination", ticket.ids)
        return page.decode()

    def test_a_department_is_asked_from_the_ticket(self):
        """INTAKE-32: who, what, by when; a task for the asked person, a line on the ticket."""
        ticket = self.in_progress()
        action = ticket.action_ask_department()
        form = Form(self.env[action["res_model"]].with_user(self.agent).with_context(**action["context"]))
        form.team_id = self.purchasing
        self.assertEqual(form.user_id, self.buyer, "the department's supervisor answers")
        form.request = "When does the compressor come?"
        form.due_on = self.day
        row = form.save()
        self.assertEqual((row.asked_by_id, row.from_team_id), (self.agent, self.team))
        task = self.task_of(row)
        self.assertEqual((task.res_id, task.user_id, task.date_deadline), (ticket.id, self.buyer, self.day))
        self.assertEqual(
            task.activity_type_id, self.env.ref("aftersales_service.mail_activity_type_coordination")
        )
        self.assertIn("When does the compressor come?", ticket.message_ids[0].body)

    def test_an_urgent_problem_brings_several_departments_together_at_once(self):
        """PRIO-11: each asked team has its task today; what is not urgent gets a day of its own."""
        technical = self.env["aftersales.team"].create(
            {"name": "Technical", "supervisor_id": self.supervisor.id}
        )
        ticket = self.in_progress()
        self.assertNotIn("default_due_on", ticket.action_ask_department()["context"])
        ticket._write_policy({"priority": "p0"})
        context = ticket.action_ask_department()["context"]
        for team in (self.purchasing, technical):
            form = Form(self.env["aftersales.coordination"].with_user(self.agent).with_context(**context))
            form.team_id = team
            form.request = "Everything stands still"
            row = form.save()
            self.assertEqual(row.due_on, fields.Date.today())
        asked = self.env["aftersales.coordination"].search([("ticket_id", "=", ticket.id)])
        self.assertEqual(asked.user_id, self.buyer + self.supervisor)
        self.assertEqual(ticket.sudo().activity_ids.user_id & asked.user_id, asked.user_id)

    def test_completing_the_task_is_the_answer(self):
        """INTAKE-32: the answer is kept with person and moment."""
        row = self.ask()
        self.task_of(row).with_user(self.buyer).action_feedback(feedback="On Thursday")
        self.assertEqual((row.answer, row.answered_by_id), ("On Thursday", self.buyer))
        self.assertTrue(row.answered_at)

    def test_the_answer_written_on_the_form_completes_the_task(self):
        row = self.ask()
        mine = row.with_user(self.buyer)
        mine.answer = "On Friday"
        self.assertFalse(row.answered_at, "a draft is no answer")
        mine.action_answer()
        self.assertEqual((row.answer, row.answered_by_id), ("On Friday", self.buyer))
        self.assertFalse(self.task_of(row).active)
        self.assertIn("On Friday", row.ticket_id.message_ids[0].body)

    def test_an_answer_without_its_task_is_kept_all_the_same(self):
        row = self.ask()
        self.task_of(row).unlink()
        row.with_user(self.buyer).answer = "It is here"
        row.with_user(self.buyer).action_answer()
        self.assertEqual((row.answer, row.answered_by_id), ("It is here", self.buyer))

    def test_other_tasks_of_the_ticket_answer_nothing(self):
        row = self.ask()
        other = row.ticket_id.activity_schedule("mail.mail_activity_data_todo", user_id=self.buyer.id)
        other.with_user(self.buyer).action_feedback(feedback="Done")
        self.assertFalse(row.answered_at)

    def test_an_empty_answer_and_a_second_one_get_a_sentence(self):
        row = self.ask().with_user(self.buyer)
        with self.assertRaisesRegex(UserError, "Write the answer first"):
            row.action_answer()
        row.answer = "Yes"
        row.action_answer()
        with self.assertRaisesRegex(UserError, "answered already"):
            row.action_answer()
        with self.assertRaisesRegex(UserError, "answered already"):
            row.answer = "No"
        self.assertEqual(row.answer, "Yes")

    def test_the_task_follows_what_is_asked(self):
        row = self.ask()
        later = self.day + timedelta(days=1)
        row.write({"due_on": later, "user_id": self.colleague.id})
        self.assertEqual(
            (self.task_of(row).date_deadline, self.task_of(row).user_id), (later, self.colleague)
        )

    def test_the_printed_form_lists_every_request(self):
        """INTAKE-32: who asked whom, what, by when, answered when and what."""
        ticket = self.in_progress()
        first = self.ask(ticket)
        self.ask(ticket, request="Is the serial number ours?", user_id=self.colleague.id)
        self.task_of(first).with_user(self.buyer).action_feedback(feedback="On Thursday")
        page = self.form_of(ticket)
        for told in ("Purchasing, Buyer", "Repairs, Agent", "Is the serial number ours?", "On Thursday"):
            self.assertIn(told, page)
        self.assertIn("No department was asked", self.form_of(self.ticket()))

    def test_nobody_to_answer_and_a_closed_ticket_get_a_sentence(self):
        with self.assertRaisesRegex(UserError, "has no supervisor"):
            self.ask(team_id=self.env["aftersales.team"].create({"name": "Empty"}).id)
        ticket = self.ticket()
        ticket.action_cancel(reason="Mistake")
        with self.assertRaisesRegex(UserError, "not open any more"):
            ticket.action_ask_department()
        with self.assertRaisesRegex(UserError, "not open any more"):
            self.ask(ticket)

    def test_nobody_signs_for_somebody_else(self):
        """Who asked, who answered and when are the row's own."""
        row = self.ask(asked_by_id=self.supervisor.id, answered_at="2026-01-01 00:00:00")
        self.assertEqual((row.asked_by_id, row.answered_at), (self.agent, False))
        with self.assertRaisesRegex(UserError, "noted by itself"):
            row.answered_at = "2026-01-01 00:00:00"

    def test_agents_write_their_own_and_read_all(self):
        row = self.ask()
        other = row.with_user(self.colleague)
        self.assertEqual(other.request, "When does the compressor come?")
        with self.assertRaises(AccessError):
            other.request = "Never mind"
        row.with_user(self.supervisor).request = "When exactly?"

    def test_engineers_read_what_concerns_them(self):
        foreign = self.env["aftersales.team"].create({"name": "Other"})
        row = self.ask(self.ticket(team_id=foreign.id))
        rows = self.env["aftersales.coordination"].with_user(self.engineer)
        self.assertNotIn(row, rows.search([]))
        self.assertIn(self.ask(), rows.search([]), "of a ticket of the engineer's team")
        self.assertIn(self.ask(row.ticket_id, user_id=self.engineer.id), rows.search([]))

    def test_an_engineer_who_may_not_see_the_ticket_can_be_asked_and_answers(self):
        foreign = self.env["aftersales.team"].create({"name": "Other"})
        row = self.ask(self.ticket(team_id=foreign.id), user_id=self.engineer.id)
        mine = row.with_user(self.engineer)
        mine.answer = "The board is no longer made"
        mine.action_answer()
        self.assertEqual((row.answer, row.answered_by_id), ("The board is no longer made", self.engineer))

    def test_people_outside_after_sales_see_nothing(self):
        clerk = new_test_user(self.env, "as_clerk", "base.group_user")
        with self.assertRaises(AccessError):
            self.ask().with_user(clerk).read(["request"])

    def test_another_companys_requests_stay_there(self):
        other = self.env["res.company"].create({"name": "Other company"})
        ticket = self.env["aftersales.ticket"].create(
            {"title": "Elsewhere", "company_id": other.id, "partner_id": self.customer.id}
        )
        row = self.env["aftersales.coordination"].create(
            {"ticket_id": ticket.id, "user_id": self.env.uid, "request": "?", "due_on": self.day}
        )
        self.assertNotIn(row, self.env["aftersales.coordination"].with_user(self.agent).search([]))

    def test_erasing_the_person_erases_what_was_written_about_them(self):
        """PRIV-03."""
        row = self.ask(request="Did Li Ming call you?")
        ticket = row.ticket_id
        ticket.action_cancel(reason="Mistake")
        ticket.sudo()._erase_personal_data("Asked for")
        self.assertEqual((row.request, row.answer), ("-", False))
