"""Two o'clock at night on a public holiday, and everything stands still.

The company works from 8 to 12 and from 13 to 17 in Brussels, an hour later than UTC in winter. All times
below are UTC; the mail comes at 01:00, the shop opens at 07:00, but on 3 March not at all.
"""

from service_case import ServiceCase

from odoo.tests import tagged


@tagged("-at_install", "post_install")
class TestP0AtNight(ServiceCase):
    def setUp(self):
        super().setUp()
        self.story.open_an_emergency_line()
        self.story.close_on("2031-03-03")
        self.expert, self.chief = self.story.people["expert"], self.story.people["chief"]

    def test_the_emergency_line_acts_at_two_in_the_night(self):
        """SLA-01, SLA-03, SLA-15, SLA-26, PRIO-06, PRIO-10, PRIO-12, INTAKE-09: one night, from the mail to
        the result that everybody concerned hears of."""
        self.when_the_customer_writes_to_the_emergency_address()
        self.then_the_expert_has_it_at_once()
        self.then_expert_and_supervisor_are_told_on_the_screen_and_by_mail()
        self.then_the_customer_knows_the_number()
        self.when_the_expert_answers_after_four_minutes()
        self.then_the_promise_of_five_minutes_is_kept()
        self.when_four_hours_of_the_holiday_have_passed()
        self.then_the_emergency_plan_begins()
        self.when_it_lasts_for_two_hours_more()
        self.then_the_manager_takes_care()
        self.when_the_expert_has_solved_it()
        self.then_everybody_concerned_hears_of_the_result()

    def test_nobody_of_the_team_stirs_and_the_supervisor_has_it_after_five_minutes(self):
        """SLA-01, SLA-09, PRIO-10: at night too."""
        self.when_the_customer_writes_to_the_emergency_address()
        self.until("2031-03-03 01:05")
        self.assert_with(self.ticket, "assigned", "chief")
        self.assertIn(self.expert, self.ticket.passed_over_ids)
        self.assert_verdict(self.ticket, "dispatch", "supervisor", "DISP-02", "DISP-PASSED-OVER", "SLA-09")
        self.assertIn("Missed: First reply", self.tasks_of(self.chief, self.ticket))

    def test_the_same_words_to_the_ordinary_address_wake_nobody(self):
        """INTAKE-09, PRIO-07: a line of its own; the other mail is a p0 when somebody has read it."""
        self.at("2031-03-03 01:00")
        shown = self.screens()
        ticket = self.story.mail_comes_in("Everything is down", "The whole plant stands still.")
        self.until("2031-03-03 06:00")
        self.assertEqual((ticket.priority, ticket.state, ticket.user_id.id), ("p2", "new", False))
        self.assertFalse(shown)
        self.at("2031-03-03 06:10")
        core = self.env.ref("aftersales_service.aftersales_ticket_category_failure")
        self.story.by("supervisor", ticket).write(
            {"urgency": "urgent", "impact": "global", "category_id": core.id}
        )
        self.assertEqual((ticket.priority, ticket.team_id), ("p0", self.story.emergency))
        self.assert_with(ticket, "assigned", "expert")
        self.assertIn((self.chief, f"{ticket.name}: everything is down"), shown)

    # === GIVEN, WHEN, THEN === #

    def when_the_customer_writes_to_the_emergency_address(self):
        self.at("2031-03-03 01:00")
        self.shown = self.screens()
        self.ticket = self.story.mail_comes_in(
            "Everything is down", "The whole plant stands still.", to=self.story.emergency.alias_email
        )

    def then_the_expert_has_it_at_once(self):
        self.assertEqual((self.ticket.priority, self.ticket.team_id), ("p0", self.story.emergency))
        self.assert_with(self.ticket, "assigned", "expert")
        self.assert_verdict(self.ticket, "priority", "p0", "prio_urgent_global_core")
        self.assert_promises(
            self.ticket,
            {
                "acknowledge": ("met", "03-03 01:15", "03-03 01:00"),
                "assign": ("met", "03-03 01:05", "03-03 01:00"),
                "accept": ("running", "03-03 01:05", None),
                "first_reply": ("running", "03-03 01:05", None),
                "diagnosis": ("running", "03-03 01:30", None),
                "emergency": ("running", "03-03 05:00", None),
            },
        )

    def then_expert_and_supervisor_are_told_on_the_screen_and_by_mail(self):
        alarm = f"{self.ticket.name}: everything is down"
        for user in self.expert, self.chief:
            self.assertIn((user, alarm), self.shown)
            self.assertEqual(self.notices_to(user, self.ticket), [alarm])
            self.assertIn(alarm, self.subjects_to(user, self.ticket))

    def then_the_customer_knows_the_number(self):
        self.assertEqual(
            self.subjects_to(self.story.customer, self.ticket),
            [f"{self.ticket.name}: we have received your request", f"{self.ticket.name}: talk to us now"],
        )

    def when_the_expert_answers_after_four_minutes(self):
        self.until("2031-03-03 01:04")
        self.assertEqual(self.tasks_of(self.expert, self.ticket)[0], "Accept")
        self.assertIn("Soon due: First reply", self.tasks_of(self.expert, self.ticket))
        self.story.by("expert", self.ticket).action_accept()
        self.story.by("expert", self.ticket).action_start()
        self.story.answers("expert", self.ticket, "I am looking at it. Do not restart anything.")
        self.at("2031-03-03 01:25")
        self.story.by("expert", self.ticket).preliminary_judgement = "The storage is full."

    def then_the_promise_of_five_minutes_is_kept(self):
        self.assert_promises(
            self.ticket,
            {
                "acknowledge": ("met", "03-03 01:15", "03-03 01:00"),
                "assign": ("met", "03-03 01:05", "03-03 01:00"),
                "accept": ("met", "03-03 01:05", "03-03 01:04"),
                "first_reply": ("met", "03-03 01:05", "03-03 01:04"),
                "diagnosis": ("met", "03-03 01:30", "03-03 01:25"),
                "emergency": ("running", "03-03 05:00", None),
            },
        )
        self.assertFalse(self.tasks_of(self.expert, self.ticket), "a kept promise is nobody's task")
        self.assertFalse(self.ticket.is_breached)

    def when_four_hours_of_the_holiday_have_passed(self):
        self.until("2031-03-03 04:59")
        self.assertFalse(self.ticket.emergency_plan_at)
        self.until("2031-03-03 05:00")

    def then_the_emergency_plan_begins(self):
        self.assertEqual(str(self.ticket.emergency_plan_at), "2031-03-03 05:00:00")
        self.assertEqual(self.tasks_of(self.chief, self.ticket), ["Start the emergency plan"])
        plan = f"{self.ticket.name}: emergency plan"
        for user in self.expert, self.chief:
            self.assertIn((user, plan), self.shown)
            self.assertIn(plan, self.notices_to(user, self.ticket))
        self.assertTrue(self.ticket.is_breached)

    def when_it_lasts_for_two_hours_more(self):
        self.until("2031-03-03 07:00")

    def then_the_manager_takes_care(self):
        tasks = self.tasks_of(self.story.people["manager"], self.ticket)
        self.assertEqual(len(tasks), 1, tasks)
        self.assertTrue(tasks[0].startswith("Still missed"), tasks)
        self.assertEqual(str(self.ticket.emergency_plan_at), "2031-03-03 05:00:00", "it began once")

    def when_the_expert_has_solved_it(self):
        self.at("2031-03-03 07:30")
        self.story.solves("expert", self.ticket, "The storage was cleared; everything runs.")

    def then_everybody_concerned_hears_of_the_result(self):
        self.assertEqual(self.ticket.state, "resolved")
        solved = f"{self.ticket.name} is solved"
        for user in self.expert, self.chief:
            self.assertIn((user, solved), self.shown)
            self.assertEqual(self.notices_to(user, self.ticket)[-1], solved)
        self.assertIn("please look at the result", self.subjects_to(self.story.customer, self.ticket)[-1])
        late = self.ticket.deadline_ids.filtered(lambda row: row.kind == "emergency")
        self.assertEqual((late.state, str(late.met_at)), ("missed", "2031-03-03 07:30:00"))
