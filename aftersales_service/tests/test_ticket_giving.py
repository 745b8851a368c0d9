from datetime import timedelta

from lxml import etree

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import AftersalesServiceCommon


@tagged("post_install", "-at_install")
class TestWhoAnswers(AftersalesServiceCommon):
    def test_nobody_accepts_or_declines_in_anothers_name(self):
        """SLA-08: the assignee confirms; a colleague of the team reads whom it asks."""
        ticket = self.ticket(user_id=self.agent.id)
        for person in (self.colleague, self.engineer):
            theirs = ticket.with_user(person)
            self.assertFalse({"accept", "decline"} & set(theirs.allowed_events))
            for answer in (theirs.action_accept, theirs.action_decline):
                with self.assertRaisesRegex(UserError, "asks Agent, who accepts or declines it"):
                    answer()
        self.assertEqual(ticket.state, "assigned")
        self.assertIn("accept", ticket.allowed_events)
        ticket.action_accept()
        self.assertEqual(ticket.state, "accepted")

    def test_in_a_list_each_accepts_what_asks_them(self):
        """SLA-08: the list says of the rest whom it asks."""
        mine = self.ticket(user_id=self.colleague.id)
        theirs = self.ticket(user_id=self.agent.id)
        told = (mine | theirs).with_user(self.colleague)._batch_action("accept")
        self.assertEqual((mine.state, theirs.state), ("accepted", "assigned"))
        self.assertIn("1 of 2 done", told["params"]["message"])
        self.assertIn("It asks Agent", told["params"]["message"])

    def test_the_supervisor_answers_for_the_team(self):
        """SLA-09: also one who is supervisor of this team alone."""
        self.team.supervisor_id = self.colleague
        for person in (self.supervisor, self.colleague):
            ticket = self.ticket(user_id=self.agent.id)
            self.assertIn("accept", ticket.with_user(person).allowed_events)
            ticket.with_user(person).action_accept()
            self.assertEqual(ticket.state, "accepted")

    def test_whoever_wants_it_becomes_the_assignee_first(self):
        """SLA-08."""
        ticket = self.ticket(user_id=self.agent.id).with_user(self.colleague)
        ticket.with_context(aftersales_take=True).action_assign()
        self.assertEqual((ticket.state, ticket.user_id), ("accepted", self.colleague))


@tagged("post_install", "-at_install")
class TestChangingHands(AftersalesServiceCommon):
    def waiting(self, **vals):
        ticket = self.in_progress(waiting_for="parts", **vals)
        ticket.action_wait()
        return ticket

    def test_what_waits_is_handed_over_like_any_other(self):
        """SLA-08: the new one is told, follows it and has to accept; the clocks run on."""
        ticket = self.waiting(urgency="urgent", impact="global")
        self.assertEqual(self.deadlines(ticket)["diagnosis"].state, "paused")
        ticket.user_id = self.colleague
        self.assertEqual(ticket.state, "assigned")
        rows = self.deadlines(ticket)
        self.assertEqual((rows["accept"].state, rows["diagnosis"].state), ("running", "running"))
        self.assertEqual(ticket.activity_ids.user_id, self.colleague)
        self.assertIn(self.colleague.partner_id, ticket.message_partner_ids)

    def test_engineers_hand_nothing_over_in_no_state(self):
        """ROLE-07: dispatching is a desk's right, by RPC as well."""
        open_ones = [self.ticket(), self.ticket(user_id=self.engineer.id), self.accepted()]
        open_ones += [self.in_progress(), self.waiting()]
        resolved = self.in_progress()
        resolved.action_resolve()
        for ticket in [*open_ones, resolved]:
            for vals in ({"user_id": self.colleague.id}, {"team_id": self.other_team().id}):
                with self.assertRaisesRegex(AccessError, "no right to 'Assign'"):
                    ticket.with_user(self.engineer).write(vals)

    def other_team(self):
        return self.env["aftersales.team"].create({"name": "Others"})

    def test_what_somebody_has_is_not_taken_away_for_nobody(self):
        for ticket in (self.ticket(user_id=self.agent.id), self.waiting()):
            with self.assertRaisesRegex(UserError, "choose who takes it over"):
                ticket.user_id = False
        untouched = self.ticket()
        untouched.user_id = False
        self.assertEqual(untouched.state, "new")

    def test_the_team_does_not_change_under_its_assignee(self):
        """A strange team needs its own assignee, or is a matter of handing on."""
        ticket, other = self.waiting(), self.other_team()
        with self.assertRaisesRegex(UserError, "does not work in Others"):
            ticket.team_id = other
        ticket.write({"team_id": other.id, "user_id": self.colleague.id})
        self.assertEqual((ticket.state, ticket.team_id), ("assigned", other))
        other.member_ids = [Command.link(self.agent.id)]
        mine = self.in_progress()
        mine.team_id = other
        self.assertEqual((mine.state, mine.user_id), ("in_progress", self.agent))

    def test_an_engineer_who_finds_everything_down_still_calls_the_emergency_team(self):
        """INTAKE-09: a rule hands it on, not the engineer."""
        seniors = self.env["aftersales.team"].create({"name": "Seniors", "is_emergency": True})
        down = self.env.ref("aftersales_service.aftersales_ticket_category_failure")
        ticket = self.ticket(category_id=down.id)
        ticket.with_user(self.engineer).write({"urgency": "urgent", "impact": "global"})
        self.assertEqual(ticket.sudo().team_id, seniors)


@tagged("post_install", "-at_install")
class TestEndOfTheLine(AftersalesServiceCommon):
    def test_the_supervisor_hears_what_nobody_takes(self):
        """SLA-09: a task and a notice, and no promise that would come back to the same person."""
        self.team.assignment = "auto"
        ticket = self.ticket()
        asked = self.env["res.users"]
        for _turn in range(3):
            asked |= ticket.user_id
            ticket.with_user(ticket.user_id).action_decline("Too much to do")
        self.assertEqual(ticket.user_id, self.supervisor)
        self.assertEqual(ticket.activity_ids.user_id, self.supervisor)
        self.assertEqual(ticket.activity_ids.summary, "Coordinate: nobody else has taken it")
        self.assertIn(self.supervisor.partner_id, ticket.message_partner_ids)
        self.assertFalse(asked.partner_id & ticket.message_partner_ids, "who declined follows it no more")
        self.assertNotIn("running", [r.state for r in ticket.deadline_ids if r.kind == "accept"])
        ticket.with_user(self.supervisor).action_accept()
        self.assertFalse(ticket.activity_ids)

    def test_the_task_goes_with_the_ticket(self):
        """SLA-09: given to somebody else, it is no longer the supervisor's."""
        ticket = self.ticket(user_id=self.supervisor.id)
        self.assertEqual(ticket.activity_ids.user_id, self.supervisor)
        ticket.user_id = self.agent.id
        self.assertNotIn(self.supervisor, ticket.activity_ids.user_id)


@tagged("post_install", "-at_install")
class TestWhoseItIs(AftersalesServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls.env["res.company"].create({"name": "Branch"})
        cls.other = cls.env["res.partner"].create({"name": "Zhang Hua"})

    def agreement(self, partner=None, **vals):
        values = {"partner_id": (partner or self.customer).id, "date_start": "2020-01-01", **vals}
        agreement = self.env["aftersales.agreement"].create(values)
        agreement._write_policy({"state": "active", "concluded_at": "2020-01-01 08:00:00"})
        return agreement

    def test_an_agreement_of_somebody_else_is_refused(self):
        """SLA-22: nobody is served by another customer's contract."""
        theirs = self.agreement(self.other)
        with self.assertRaisesRegex(UserError, "is the agreement of Zhang Hua, not of Li Ming"):
            self.ticket(agreement_id=theirs.id)
        ticket = self.ticket()
        with self.assertRaisesRegex(UserError, "is the agreement of Zhang Hua"):
            ticket.agreement_id = theirs

    def test_another_customer_brings_another_agreement(self):
        """SLA-22: the old one goes in the same step, the new one's own is found."""
        mine, theirs = self.agreement(), self.agreement(self.other)
        ticket = self.ticket()
        self.assertEqual(ticket.agreement_id, mine)
        ticket.partner_id = self.other
        self.assertEqual(ticket.agreement_id, theirs)
        ticket.partner_id = self.env["res.partner"].create({"name": "Nobody's"})
        self.assertFalse(ticket.agreement_id)

    def test_a_contact_that_moves_to_another_customer_takes_no_agreement_along(self):
        """SLA-22: what stands on the ticket from before judges nothing any more."""
        contact = self.env["res.partner"].create({"name": "Wang", "parent_id": self.customer.id})
        self.agreement()
        ticket = self.ticket(partner_id=contact.id)
        self.assertTrue(ticket._judging_agreement())
        contact.parent_id = self.other.id
        self.assertFalse(ticket._judging_agreement())
        ticket.action_check_agreement()
        verdict = ticket._verdict_of("scope")[ticket]
        self.assertEqual(ticket.agreement_scope, "outside")
        self.assertEqual([clause["code"] for clause in verdict.clauses], ["SCOPE-OTHER-CUSTOMER"])

    def test_nothing_of_another_company_is_put_on_a_ticket(self):
        theirs = {
            "team_id": self.env["aftersales.team"].create({"name": "T", "company_id": self.branch.id}),
            "category_id": self.env["aftersales.ticket.category"].create(
                {"name": "C", "company_id": self.branch.id}
            ),
            "agreement_id": self.agreement(company_id=self.branch.id),
        }
        ticket = self.ticket()
        for name, record in theirs.items():
            with self.assertRaisesRegex(UserError, "company"):
                ticket.write({name: record.id})

    def test_a_ticket_stays_with_its_company(self):
        self.agent.company_ids = [Command.link(self.branch.id)]
        with self.assertRaisesRegex(UserError, "stays with"):
            self.ticket().company_id = self.branch

    def test_engineers_do_not_say_whose_request_it_is(self):
        """ROLE-07: they work for the customer whom the desk has entered."""
        ticket = self.ticket(user_id=self.engineer.id)
        with self.assertRaisesRegex(AccessError, "Customer service enters whose request it is"):
            ticket.with_user(self.engineer).partner_id = self.other
        ticket.partner_id = self.other
        self.assertEqual(ticket.partner_id, self.other)


@tagged("post_install", "-at_install")
class TestAskingAfter(AftersalesServiceCommon):
    def waiting(self, cause="parts"):
        ticket = self.in_progress(waiting_for=cause)
        ticket.message_post(body="We wait.", message_type="comment", subtype_xmlid="mail.mt_comment")
        ticket.action_wait()
        return ticket

    def test_what_waits_comes_back_by_its_cause(self):
        """SO-6: whoever has it is to ask after it; an approval sooner than a part."""
        self.company.aftersales_ask_after_approval = 3
        for cause, days in (("parts", 7), ("approval", 3)):
            ticket = self.waiting(cause)
            row = self.deadlines(ticket)["ask_after"]
            due = fields.Datetime.now() + timedelta(days=days)
            self.assertAlmostEqual(row.due_at, due, delta=timedelta(minutes=1))
            self.assertEqual((row.activity_id.user_id, ticket.next_kind), (self.agent, "ask_after"))

    def test_what_was_heard_is_noted_and_it_comes_back_again(self):
        """SO-6: each asking opens the time anew; going on ends it."""
        ticket = self.waiting()
        first = self.deadlines(ticket)["ask_after"]
        ticket.action_ask_after("The part is at the customs.")
        self.assertEqual((first.state, ticket.state), ("met", "waiting"))
        self.assertIn("at the customs", ticket.message_ids[0].body)
        second = self.deadlines(ticket)["ask_after"]
        self.assertEqual(second.state, "running")
        ticket.action_resume()
        self.assertEqual(second.state, "met")

    def test_another_cause_is_another_time_and_0_is_none(self):
        self.company.aftersales_ask_after_supplier = 20
        self.company.aftersales_ask_after_customer = 0
        ticket = self.waiting()
        ticket.waiting_for = "supplier"
        row = self.deadlines(ticket)["ask_after"]
        self.assertGreater(row.due_at, fields.Datetime.now() + timedelta(days=19))
        self.assertNotIn("ask_after", self.deadlines(self.waiting("customer")))

    def test_a_year_of_silence_is_the_supervisors_business(self):
        """SO-6: what was forgotten is found, also in the list of what nobody has touched."""
        ticket = self.waiting()
        late = fields.Datetime.now() + timedelta(days=365)
        self.env["aftersales.deadline"]._run_due(now=late)
        self.assertIn(self.supervisor, ticket.activity_ids.user_id)
        self.assertTrue(ticket.is_breached)

    def test_what_nobody_has_and_what_nobody_touches_is_found(self):
        """The filters of the list: open without an assignee, and untouched for a week."""
        arch = self.env["aftersales.ticket"].get_view(view_type="search")["arch"]
        filters = {node.get("name"): node.get("domain") for node in self.nodes(arch)}
        ticket, written = self.waiting(), self.waiting()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE aftersales_ticket SET write_date = '2020-01-01' WHERE id IN %s", [(ticket.id, written.id)]
        )
        self.env.cr.execute(
            "UPDATE mail_message SET date = '2020-01-01' WHERE model = 'aftersales.ticket' AND res_id = %s",
            [ticket.id],
        )
        self.env.invalidate_all()
        found = self.env["aftersales.ticket"].search(self.domain(filters["untouched"]))
        self.assertIn(ticket, found)
        self.assertNotIn(written, found)
        new, given = self.ticket(), self.ticket(user_id=self.agent.id)
        found = self.env["aftersales.ticket"].search(self.domain(filters["unassigned"]))
        self.assertIn(new, found)
        self.assertNotIn(given, found)

    def nodes(self, arch):
        return etree.fromstring(arch).iter("filter")

    def domain(self, text):
        return safe_eval(text, {"uid": self.env.uid})
