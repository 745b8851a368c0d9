"""Three people who do not take a ticket, and the supervisor at the end of the line.

All times are UTC; the company works from 7 to 11 and from 12 to 16 (Brussels, winter). 3 March is a Monday.
"""

from service_case import ServiceCase

from odoo.exceptions import UserError
from odoo.tests import tagged


@tagged("-at_install", "post_install")
class TestNobodyAccepts(ServiceCase):
    def setUp(self):
        super().setUp()
        self.story.dispatch_by_itself("first", "second", "third")

    def test_from_one_to_the_next_and_at_last_to_the_supervisor(self):
        """SLA-08, SLA-09: 30 working minutes each; who declines says why; nobody is asked at night."""
        self.given_a_ticket_a_quarter_of_an_hour_before_the_end_of_the_day()
        self.when_the_first_declines_with_a_reason()
        self.then_the_next_has_half_a_working_hour_over_night()
        self.when_the_second_lets_it_lie()
        self.then_the_third_is_asked()
        self.when_the_third_lets_it_lie_too()
        self.then_the_supervisor_coordinates()
        self.when_the_supervisor_accepts()

    def test_declined_in_the_evening_it_waits_for_the_morning(self):
        """SLA-09: the next one is asked when work begins, not at home."""
        self.given_a_ticket_a_quarter_of_an_hour_before_the_end_of_the_day()
        self.at("2031-03-03 16:05")
        self.story.declines("first", self.ticket, "My shift is over.")
        self.assert_with(self.ticket, "new", None)
        self.assert_verdict(
            self.ticket, "dispatch", "later",
            "DISP-02", "DISP-PASSED-OVER", "DISP-OFF-DUTY", "DISP-OFF-DUTY", "DISP-LATER",
        )  # fmt: skip
        for moment in ("2031-03-03 20:00", "2031-03-04 03:00", "2031-03-04 06:50"):
            self.until(moment)
            self.assert_with(self.ticket, "new", None)
        self.until("2031-03-04 07:00")
        self.assert_with(self.ticket, "assigned", "second")
        self.assertEqual(self.due("accept"), "2031-03-04 07:30")

    def test_what_comes_at_night_is_given_in_the_morning_and_the_urgent_first(self):
        """SLA-04, SLA-08, PRIO-01: in the order of priority, each to whom has the least to do; nobody is late
        with what could not be given at night."""
        self.at("2031-03-03 21:00")
        plain = self.story.mail_comes_in("The lamp flickers", "Since yesterday.")
        self.at("2031-03-03 22:00")
        core = self.env.ref("aftersales_service.aftersales_ticket_category_failure")
        urgent = self.story.customer_calls(
            title="Out of order", urgency="urgent", category_id=core.id, team_id=self.story.team.id
        )
        self.until("2031-03-04 06:59")
        self.assertEqual((plain + urgent).mapped("state"), ["new", "new"])
        self.until("2031-03-04 07:00")
        self.assertEqual((urgent.priority, plain.priority), ("p1", "p2"))
        self.assert_with(urgent, "assigned", "first")
        self.assert_with(plain, "assigned", "second")
        given = (urgent + plain).deadline_ids.filtered(lambda row: row.kind in ("assign", "accept"))
        self.assertEqual(set(given.mapped("state")), {"met", "running"})
        self.ticket = urgent
        self.assertEqual((self.due("accept"), self.due("diagnosis")), ("2031-03-04 07:30",) * 2)

    def test_nobody_declines_without_a_word(self):
        """SLA-09: the one who comes next has to know why."""
        self.given_a_ticket_a_quarter_of_an_hour_before_the_end_of_the_day()
        with self.assertRaisesRegex(UserError, "Say why"), self.env.cr.savepoint():
            self.story.declines("first", self.ticket, " ")
        self.assert_with(self.ticket, "assigned", "first")

    # === GIVEN, WHEN, THEN === #

    def given_a_ticket_a_quarter_of_an_hour_before_the_end_of_the_day(self):
        self.at("2031-03-03 15:45")
        self.ticket = self.story.mail_comes_in("The screen stays dark", "Since yesterday.")
        self.assert_with(self.ticket, "assigned", "first")
        self.assert_verdict(self.ticket, "dispatch", "assigned", "DISP-02", "DISP-LEAST-LOAD")
        self.assertEqual(self.due("accept"), "2031-03-04 07:15")

    def when_the_first_declines_with_a_reason(self):
        self.at("2031-03-03 15:50")
        self.story.declines("first", self.ticket, "I know nothing of screens.")

    def then_the_next_has_half_a_working_hour_over_night(self):
        self.assert_with(self.ticket, "assigned", "second")
        self.assertIn("I know nothing of screens.", self.history(self.ticket))
        self.assertEqual(self.due("accept"), "2031-03-04 07:20")
        self.assertEqual(self.tasks_of(self.story.people["second"], self.ticket), ["Accept"])
        self.assertFalse(self.tasks_of(self.story.people["first"], self.ticket))

    def when_the_second_lets_it_lie(self):
        for moment in ("2031-03-03 16:30", "2031-03-04 02:00", "2031-03-04 07:19"):
            self.until(moment)
            self.assert_with(self.ticket, "assigned", "second")
        self.until("2031-03-04 07:20")

    def then_the_third_is_asked(self):
        self.assert_with(self.ticket, "assigned", "third")
        self.assertEqual(self.due("accept"), "2031-03-04 07:50")
        self.assertFalse(self.tasks_of(self.story.people["second"], self.ticket))

    def when_the_third_lets_it_lie_too(self):
        self.until("2031-03-04 07:50")

    def then_the_supervisor_coordinates(self):
        self.assert_with(self.ticket, "assigned", "supervisor")
        people = self.story.people
        self.assertEqual(self.ticket.passed_over_ids, people["first"] + people["second"] + people["third"])
        self.assert_verdict(
            self.ticket, "dispatch", "supervisor",
            "DISP-02", "DISP-PASSED-OVER", "DISP-PASSED-OVER", "DISP-PASSED-OVER", "SLA-09",
        )  # fmt: skip
        states = self.ticket.deadline_ids.filtered(lambda row: row.kind == "accept").sorted("id")
        self.assertEqual(states.mapped("state"), ["cancelled", "missed", "missed"])
        self.assertIsNone(self.due("accept"), "the end of the line is passed over by nobody")
        told = ["Coordinate: nobody else has taken it"]
        self.assertEqual(self.tasks_of(people["supervisor"], self.ticket), told)
        followers = self.ticket.message_partner_ids
        self.assertIn(people["supervisor"].partner_id, followers)
        for role in ("first", "second", "third"):
            self.assertFalse(self.tasks_of(people[role], self.ticket))
            self.assertNotIn(people[role].partner_id, followers, role)

    def when_the_supervisor_accepts(self):
        self.at("2031-03-04 08:00")
        self.story.by("supervisor", self.ticket).action_accept()
        self.assert_with(self.ticket, "accepted", "supervisor")
        self.assertFalse(self.tasks_of(self.story.people["supervisor"], self.ticket))

    def due(self, kind):
        row = self.ticket.deadline_ids.filtered(lambda row: row.kind == kind and row.state == "running")
        return f"{row.due_at:%Y-%m-%d %H:%M}" if row else None
