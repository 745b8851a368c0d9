from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..policy import lifecycle
from .common import PNG_BASE64, AftersalesServiceCommon


@tagged("post_install", "-at_install")
class TestTakeNext(AftersalesServiceCommon):
    def take(self, user=None):
        action = self.env["aftersales.ticket"].with_user(user or self.agent).action_take_next()
        return self.env["aftersales.ticket"].browse(action.get("res_id"))

    def test_the_most_urgent_ticket_that_nobody_has_comes_first(self):
        """PRIO: p0 first, then what is due first."""
        normal = self.ticket()
        urgent = self.ticket(urgency="urgent", impact="global")
        self.assertEqual(self.take(), urgent)
        self.assertEqual((urgent.state, urgent.user_id), ("accepted", self.agent))
        self.assertEqual(self.take(self.colleague), normal)

    def test_an_engineer_takes_from_the_team_without_the_right_to_dispatch(self):
        ticket = self.ticket()
        self.assertEqual(self.take(self.engineer), ticket)
        self.assertEqual(ticket.user_id, self.engineer)

    def test_other_teams_tickets_and_what_one_has_declined_are_left(self):
        others = self.env["aftersales.team"].create({"name": "Others"})
        self.ticket(team_id=others.id)
        self.team.write({"member_ids": [Command.set(self.agent.ids)], "supervisor_id": False})
        declined = self.ticket(user_id=self.agent.id)
        declined.action_decline()
        self.assertEqual(declined.state, "new")
        self.assertFalse(self.take())

    def test_the_button_of_the_list_passes_its_selection(self):
        """The way of the web client: the ids of the selection come first, also where there are none."""
        ticket = self.ticket()
        tickets = self.env["aftersales.ticket"].with_user(self.agent)
        answer = call_kw(tickets, "action_take_next", [[]], {})
        self.assertEqual(answer["res_id"], ticket.id)

    def test_with_nothing_to_do_one_is_told_so(self):
        answer = self.env["aftersales.ticket"].with_user(self.agent).action_take_next()
        self.assertEqual(answer["tag"], "display_notification")


@tagged("post_install", "-at_install")
class TestProgressMails(AftersalesServiceCommon):
    """PROG-01, PROG-02: every node is told to the customer at the same time, and once."""

    def setUp(self):
        super().setUp()
        self.env["mail.mail"].search([]).unlink()

    def subjects(self, ticket):
        mails = self.env["mail.mail"].search([("subject", "like", ticket.name)], order="id")
        return [mail.subject.split(": ", 1)[1] for mail in mails]

    def test_each_node_is_one_queued_mail(self):
        """PROG-01, PROG-02, PROG-06."""
        ticket = self.in_progress()
        ticket.waiting_for = "parts"
        ticket.action_wait()
        ticket.action_resume()
        ticket.action_resolve()
        self.assertEqual(
            self.subjects(ticket)[1:],
            [
                "your request is in good hands",
                "we are working on it",
                "work is interrupted",
                "work goes on",
                "please look at the result",
            ],
        )

    def test_a_new_assignee_is_no_news(self):
        """Known to go wrong elsewhere: reassigning mails the customer again."""
        ticket = self.in_progress()
        told = self.subjects(ticket)
        ticket.user_id = self.colleague
        ticket.with_user(self.colleague).action_accept()
        ticket.with_user(self.colleague).action_start()
        self.assertEqual(self.subjects(ticket), told)

    def test_waiting_for_something_else_is_another_node(self):
        ticket = self.in_progress()
        for what in ("parts", "customer", "parts"):
            ticket.waiting_for = what
            ticket.action_wait()
            ticket.action_resume()
        self.assertEqual(self.subjects(ticket).count("work is interrupted"), 2)

    def test_the_result_of_a_second_handling_is_told_again(self):
        """PROG-07."""
        ticket = self.in_progress()
        ticket.action_resolve()
        ticket.action_reopen()
        ticket.action_resolve()
        self.assertEqual(self.subjects(ticket).count("please look at the result"), 2)

    def test_the_company_chooses_which_nodes_are_told(self):
        self.company.write({"aftersales_tell_accepted": False, "aftersales_tell_in_progress": False})
        self.assertEqual(len(self.subjects(self.in_progress())), 1, "only the receipt")

    def test_a_customer_without_an_address_is_not_counted_as_told(self):
        self.customer.email = False
        ticket = self.in_progress()
        self.assertFalse(ticket.told_nodes)

    def test_a_planned_visit_is_told_with_its_day_in_the_customers_time(self):
        """PROG-01, PROG-02, INSTALL-01: a second visit is told, too."""
        self.customer.tz = "Asia/Shanghai"
        ticket = self.in_progress()
        visits = self.env["aftersales.visit"].with_user(self.agent)
        first = visits.create(
            {"ticket_id": ticket.id, "user_id": self.engineer.id, "start": "2027-03-15 06:00:00"}
        )
        mail = self.env["mail.mail"].search([("subject", "like", "we are coming")])
        self.assertIn("comes on Mar 15, 2027, 14:00 to 16:00 (China Standard Time)", mail.body_html)
        first.action_cancel()
        visits.create({"ticket_id": ticket.id, "user_id": self.engineer.id, "start": "2027-03-16 06:00:00"})
        self.assertEqual(self.subjects(ticket).count("we are coming"), 2)

    def test_that_the_part_has_come_is_told_but_not_that_the_customer_has_answered(self):
        """PROG-01, PROG-02: each once."""
        ticket = self.in_progress()
        for what in ("parts", "customer", "parts"):
            ticket.waiting_for = what
            ticket.action_wait()
            ticket.action_resume()
        self.assertEqual(self.subjects(ticket).count("work goes on"), 1)
        mail = self.env["mail.mail"].search([("subject", "like", "work goes on")])
        self.assertIn("What we were waiting for has come (Parts)", mail.body_html)

    def test_a_visit_that_was_made_and_one_that_is_not_are_told(self):
        """PROG-01, PROG-02: inspected, and called off."""
        self.customer.tz = "Asia/Shanghai"
        ticket = self.in_progress()
        visits = self.env["aftersales.visit"].with_user(self.agent)
        visit = {"ticket_id": ticket.id, "user_id": self.engineer.id}
        made = visits.create({**visit, "start": "2026-05-04 01:00:00"})
        made.action_arrive()
        made.signature = PNG_BASE64
        made.action_complete()
        self.assertEqual(self.subjects(ticket)[-1], "we have been with you")
        visits.create({**visit, "start": "2027-03-16 06:00:00"}).action_cancel()
        self.assertEqual(self.subjects(ticket)[-1], "the visit does not take place")
        mail = self.env["mail.mail"].search([("subject", "like", "does not take place")])
        self.assertIn("do not come on Mar 16, 2027, 14:00 (China Standard Time)", mail.body_html)

    def test_a_request_that_we_cancel_is_told_and_one_that_the_customer_withdraws_is_not(self):
        """PROG-01, PROG-02."""
        ours, theirs = self.in_progress(), self.in_progress()
        ours.action_cancel(reason="Spare parts no longer exist")
        theirs.sudo()._fire("cancel", actor=lifecycle.CUSTOMER)
        self.assertEqual(self.subjects(ours)[-1], "your request is cancelled")
        self.assertNotIn("your request is cancelled", self.subjects(theirs))

    def test_a_merged_request_is_told_where_it_goes_on(self):
        """PROG-02: and not that it is cancelled."""
        kept, other = self.in_progress(), self.in_progress()
        other._merge_into(kept)
        self.assertEqual(self.subjects(other)[-1], "it goes on under another number")
        self.assertNotIn("your request is cancelled", self.subjects(other))
        mail = self.env["mail.mail"].search([("subject", "like", f"{other.name}: it goes on")])
        self.assertIn(f"It goes on as {kept.name}", mail.body_html)

    def test_nobody_writes_by_hand_what_was_told(self):
        with self.assertRaises(AccessError):
            self.in_progress().told_nodes = {}

    def test_many_tickets_are_told_in_bulk(self):
        """Cost: the mails of a batch are made together."""
        tickets = self.env["aftersales.ticket"].concat(
            *[self.ticket(user_id=self.agent.id) for _ in range(20)]
        )
        self.env["mail.mail"].search([]).unlink()
        tickets.action_accept()
        self.env.flush_all()
        self.assertEqual(self.env["mail.mail"].search_count([("subject", "like", "good hands")]), 20)


@tagged("post_install", "-at_install")
class TestClosing(AftersalesServiceCommon):
    def resolved(self, **vals):
        ticket = self.in_progress(**vals)
        ticket.action_resolve()
        return ticket

    def visit(self, ticket, signed=True):
        visit = (
            self.env["aftersales.visit"]
            .with_user(self.agent)
            .create({"ticket_id": ticket.id, "user_id": self.engineer.id, "start": "2026-05-04 01:00:00"})
        )
        if signed:
            visit.action_arrive()
            visit.signature = PNG_BASE64
            visit.action_complete()
        return visit

    def test_work_on_site_is_solved_with_the_customers_signature(self):
        """PROG-08, PROG-10, PROG-12."""
        ticket = self.in_progress(intervention_mode="on_site", usage_record="Two years, indoors")
        with self.assertRaisesRegex(UserError, "visit that the customer has signed"):
            ticket.action_resolve()
        self.visit(ticket)
        ticket.action_resolve()
        ticket.action_close()
        self.assertEqual(ticket.state, "closed")
        self.assertIn("PROG-08", str(ticket._verdict_of("closing")[ticket].clauses))

    def test_a_visit_that_is_still_ahead_keeps_the_ticket_open(self):
        """PROG-11."""
        ticket = self.in_progress()
        visit = self.visit(ticket, signed=False)
        with self.assertRaisesRegex(UserError, "visit that is still ahead"):
            ticket.action_resolve()
        visit.action_cancel()
        ticket.action_resolve()
        self.assertEqual(ticket.state, "resolved")

    def test_work_from_afar_is_closed_with_a_screenshot_or_recording(self):
        """PROG-09."""
        ticket = self.resolved(intervention_mode="remote")
        with self.assertRaisesRegex(UserError, "screenshot of the customer's answer"):
            ticket.action_close()
        self.assertEqual(ticket.state, "resolved")
        ticket.proof_ids = [Command.create({"name": "chat.png", "datas": PNG_BASE64})]
        ticket.action_close()
        self.assertEqual(ticket.state, "closed")

    def test_or_with_the_customers_word_on_the_telephone(self):
        """PROG-07, PROG-13."""
        ticket = self.resolved(intervention_mode="phone")
        ticket.action_confirm_by_phone()
        self.assertEqual(ticket.confirmed_how, "phone")
        self.assertIn("has confirmed", ticket.message_ids[0].body)
        ticket.action_close()
        self.assertEqual(ticket.state, "closed")

    def test_or_with_what_he_has_written(self):
        """PROG-07, PROG-13: a mail, a chat, a note; the form has a button for it."""
        ticket = self.resolved(intervention_mode="remote")
        self.assertIn("action_confirm_in_writing", ticket.get_view(view_type="form")["arch"])
        ticket.action_confirm_in_writing()
        self.assertEqual(ticket.confirmed_how, "written")
        ticket.action_close()
        self.assertEqual(ticket.state, "closed")

    def test_nothing_is_confirmed_before_it_is_solved(self):
        """PROG-11: no signature or yes in advance."""
        ticket = self.in_progress()
        with self.assertRaisesRegex(UserError, "not solved yet"):
            ticket.action_confirm_by_phone()
        with self.assertRaises(AccessError):
            ticket.confirmed_at = "2026-01-01 00:00:00"

    def test_the_customers_yes_in_the_portal_is_proof_enough(self):
        """PROG-07."""
        ticket = self.resolved(intervention_mode="remote")
        ticket._fire("close", actor=lifecycle.CUSTOMER)
        self.assertEqual((ticket.state, ticket.confirmed_how), ("closed", "portal"))

    def test_an_agent_does_not_pass_for_the_customer(self):
        """PROG-09: a word in the context is no confirmation."""
        ticket = self.resolved(intervention_mode="remote").with_context(aftersales_customer=True)
        with self.assertRaises(UserError):
            ticket.action_close()

    def test_the_customers_silence_closes(self):
        """PROG-07: the clock asks nobody for proof."""
        ticket = self.resolved(intervention_mode="remote")
        ticket._fire("close", actor=lifecycle.SYSTEM)
        self.assertEqual(ticket.state, "closed")

    def test_whoever_solved_it_has_to_ask_the_customer(self):
        """PROG-07: a task for the responsible person, until the customer has answered."""
        ticket = self.resolved()
        self.assertIn(self.agent, ticket.activity_ids.user_id)
        ticket.action_confirm_by_phone()
        ticket.action_close()
        self.assertFalse(ticket.activity_ids)

    def test_a_second_result_is_confirmed_anew(self):
        """PROG-07."""
        ticket = self.resolved(intervention_mode="phone")
        ticket.action_confirm_by_phone()
        ticket.action_reopen()
        self.assertFalse(ticket.confirmed_at)
        ticket.action_resolve()
        with self.assertRaises(UserError):
            ticket.action_close()

    def test_a_strict_company_wants_cause_resolution_and_way(self):
        """DIAG-04: settings say so, the sentence says what is missing."""
        self.company.aftersales_closing_strict = True
        ticket = self.in_progress()
        with self.assertRaisesRegex(UserError, "Name the cause. Name the resolution."):
            ticket.action_resolve()
        ticket.cause_id = self.env.ref("aftersales_service.aftersales_cause_material")
        ticket.resolution_id = self.env.ref("aftersales_service.aftersales_resolution_part")
        ticket.action_resolve()
        with self.assertRaisesRegex(UserError, "Say how it was worked on"):
            ticket.action_close()

    def test_in_a_batch_each_refusal_is_told(self):
        """Batch work: what lacks its proof is named, the rest goes through."""
        ready = self.resolved(intervention_mode="phone")
        ready.action_confirm_by_phone()
        bare = self.resolved(intervention_mode="remote")
        answer = (ready + bare)._batch_action("close")
        self.assertEqual((ready.state, bare.state), ("closed", "resolved"))
        self.assertIn(bare.name, answer["params"]["message"])


@tagged("post_install", "-at_install")
class TestWorkTime(AftersalesServiceCommon):
    def spend(self, ticket, user, minutes=90, **vals):
        rows = self.env["aftersales.work.time"].with_user(user)
        return rows.create({"ticket_id": ticket.id, "minutes": minutes, **vals})

    def test_time_is_a_cost_of_the_ticket_at_the_persons_or_the_companys_rate(self):
        """Cost of labour, in the company's currency."""
        self.company.aftersales_hourly_cost = 40
        self.engineer.aftersales_hourly_cost = 60
        ticket = self.in_progress()
        self.spend(ticket, self.agent, 30)
        self.spend(ticket, self.engineer, 90)
        seen = ticket.with_user(self.supervisor)
        self.assertEqual((seen.work_minutes, seen.labour_cost), (120, 20 + 90))

    def test_a_later_raise_does_not_change_what_was_spent(self):
        self.company.aftersales_hourly_cost = 40
        ticket = self.in_progress()
        row = self.spend(ticket, self.agent, 60)
        self.env.flush_all()
        self.company.aftersales_hourly_cost = 400
        self.spend(ticket, self.agent, 60)
        self.assertEqual(row.sudo().cost, 40)
        self.assertEqual(ticket.sudo().labour_cost, 440)

    def test_an_agent_sees_the_time_but_not_what_a_colleague_costs(self):
        self.company.aftersales_hourly_cost = 40
        row = self.spend(self.in_progress(), self.engineer)
        self.assertEqual(row.with_user(self.agent).minutes, 90)
        with self.assertRaises(AccessError):
            row.with_user(self.agent).read(["cost"])

    def test_nobody_writes_down_another_persons_time(self):
        ticket = self.in_progress()
        with self.assertRaises(AccessError):
            self.spend(ticket, self.agent, user_id=self.colleague.id)
        row = self.spend(ticket, self.colleague)
        with self.assertRaises(AccessError):
            row.with_user(self.agent).minutes = 1
        row.with_user(self.supervisor).minutes = 45
        self.assertEqual(row.minutes, 45)

    def test_time_is_between_a_minute_and_a_day(self):
        ticket = self.in_progress()
        for minutes in (0, -5, 1441):
            with self.subTest(minutes), mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
                self.spend(ticket, self.agent, minutes)


@tagged("post_install", "-at_install")
class TestCannedReplies(AftersalesServiceCommon):
    def test_agents_and_engineers_find_the_replies_for_every_day(self):
        for user in (self.agent, self.engineer):
            with self.subTest(user.name):
                found = self.env["mail.canned.response"].with_user(user).search([])
                self.assertLessEqual({"received", "serial", "photo", "result"}, set(found.mapped("source")))
