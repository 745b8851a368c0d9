from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import AftersalesServiceCommon


@tagged("post_install", "-at_install")
class TestBatch(AftersalesServiceCommon):
    """Design 4.5: one word on a whole list; what cannot be done says why, the rest is done."""

    def do(self, tickets, what, user=None, **values):
        """The message of the batch."""
        batch = (
            self.env["aftersales.ticket.batch"]
            .with_user(user or self.agent)
            .with_context(active_model="aftersales.ticket", active_ids=tickets.ids, default_what=what)
            .create(values)
        )
        self.assertEqual(batch.ticket_ids, tickets)
        return batch.action_apply()["params"]["message"]

    def tickets(self, count):
        rows = [{"title": f"No. {n}", "partner_id": self.customer.id} for n in range(count)]
        self.team.assignment = "manual"
        return self.env["aftersales.ticket"].with_user(self.agent).create(rows)

    def cost_each(self, count, what, user, values):
        """Queries for each of ``count`` tickets."""
        tickets = self.tickets(count)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.do(tickets, what, user, **values)
        self.env.flush_all()
        return (self.env.cr.sql_log_count - before) / count

    def test_a_list_is_given_to_a_colleague_and_what_is_over_is_named(self):
        """DISP-02, DISP-29: the assignee is asked, with the promise to accept."""
        tickets = self.tickets(3)
        tickets[2].action_cancel(reason="Spam")
        told = self.do(tickets, "give", user_id=self.colleague.id)
        self.assertIn("2 of 3 done.", told)
        self.assertIn(f"{tickets[2].display_name}: It is not open any more", told)
        self.assertEqual(tickets[:2].mapped("state"), ["assigned", "assigned"])
        self.assertEqual(tickets[:2].user_id, self.colleague)

    def test_a_list_is_given_to_a_team_whose_dispatch_finds_people(self):
        """DISP-02."""
        tickets = self.tickets(4)
        other = self.env["aftersales.team"].create(
            {"name": "Others", "assignment": "auto", "member_ids": (self.agent + self.colleague).ids}
        )
        self.do(tickets, "give", team_id=other.id)
        self.assertEqual(tickets.team_id, other)
        self.assertEqual(sorted(tickets.user_id.mapped("name")), ["Agent", "Colleague"])

    def test_a_supervisor_changes_the_priority_of_a_list_with_a_reason(self):
        """PRIO-07: agents do not; the reason stays with each verdict."""
        tickets = self.tickets(2)
        self.do(tickets, "priority", self.supervisor, priority="p1", reason="Recall of the batch")
        self.assertEqual(tickets.mapped("priority"), ["p1", "p1"])
        kept = tickets[0]._verdict_of("priority")[tickets[0]]
        self.assertEqual(kept.override_reason, "Recall of the batch")
        with self.assertRaises(AccessError):
            self.do(tickets, "priority", priority="p0", reason="Please")
        with self.assertRaisesRegex(UserError, "Say why"):
            self.do(tickets, "priority", self.supervisor, priority="p0", reason=" ")

    def test_a_list_is_cancelled_and_each_of_the_rest_is_told_with_its_state(self):
        """One sentence for all that are in the same state."""
        tickets = self.tickets(9)
        self.do(tickets[2:], "cancel", reason="Test of the web form")
        told = self.do(tickets, "cancel", reason="Test of the web form")
        self.assertIn("2 of 9 done.", told)
        self.assertIn("and 2 more: 'Cancel' does not apply in the state 'Cancelled'.", told)
        self.assertEqual(set(tickets.mapped("state")), {"cancelled"})

    def test_a_canned_answer_goes_to_each_customer_who_can_be_reached(self):
        """SLA-10: it is the first reply; who has no address is named."""
        tickets = self.tickets(2)
        mute = self.ticket(partner_id=False, contact_name="Mr Wang")
        canned = self.env.ref("aftersales_service.canned_response_photo")
        told = self.do(tickets + mute, "answer", canned_id=canned.id)
        self.assertIn(f"{mute.display_name}: It has no e-mail address to answer to.", told)
        for ticket in tickets:
            self.assertTrue(ticket.first_reply_at)
            self.assertIn("Please send us one photo", ticket.message_ids[0].body)
            self.assertEqual(ticket.message_ids[0].notified_partner_ids, self.customer)

    def test_long_lists_cost_no_more_a_ticket_than_short_ones(self):
        """Each of 120 costs no more than each of 40; the bad one among them is found by halves."""
        for what, user, values in (
            ("give", self.agent, {"user_id": self.colleague.id}),
            ("priority", self.supervisor, {"priority": "p1", "reason": "Recall"}),
            ("cancel", self.agent, {"reason": "Test"}),
        ):
            few, many = (self.cost_each(count, what, user, values) for count in (40, 120))
            self.assertLess(many, few, what)

    def test_what_only_one_of_many_refuses_stops_nobody_else(self):
        """Found by halves: the others go through."""
        tickets = self.tickets(20)
        tickets.user_id = self.agent
        tickets.action_accept()
        bad = tickets[7]
        other = self.env["aftersales.team"].create({"name": "Others", "member_ids": self.agent.ids})
        bad.user_id = self.colleague
        told = self.do(tickets, "give", self.supervisor, team_id=other.id)
        self.assertIn("19 of 20 done.", told)
        self.assertIn("does not work in Others", told)
        self.assertEqual(tickets.filtered(lambda t: t.team_id != other), bad)
