from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import AftersalesServiceCommon


@tagged("post_install", "-at_install")
class TestUnstick(AftersalesServiceCommon):
    def urgent(self):
        """The whole system is down: a diagnosis is promised, whose clock a pause stops, and more."""
        core = self.env["aftersales.ticket.category"].create({"name": "Core", "function": "core"})
        return self.in_progress(urgency="urgent", impact="global", category_id=core.id)

    def resolved(self):
        ticket = self.urgent()
        ticket.action_resolve()
        return ticket

    def unstick(self, ticket, state="in_progress", reason="Resolved by mistake", user=None):
        return ticket.with_user(user or self.manager)._unstick(state, reason)

    def running(self, ticket, state="running"):
        return set(ticket.sudo().deadline_ids.filtered(lambda row: row.state == state).mapped("kind"))

    def test_a_manager_frees_what_is_stuck_and_the_log_says_why(self):
        """The reason, both states and the person stay in the ticket's log; nothing is mailed."""
        ticket = self.resolved()
        mails = self.env["mail.mail"].search_count([])
        self.unstick(ticket)
        self.assertEqual(ticket.state, "in_progress")
        line = ticket.sudo().message_ids[0]
        self.assertIn("from Solved to In progress. Resolved by mistake", line.body)
        self.assertEqual(line.author_id, self.manager.partner_id)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_promises_of_the_new_state_run_and_the_others_are_given_up(self):
        """As after a reopening: the emergency runs again, the customer's confirmation is not."""
        ticket = self.resolved()
        self.assertEqual(self.running(ticket), {"confirm"})
        self.unstick(ticket)
        self.assertIn("emergency", self.running(ticket))
        self.assertNotIn("confirm", self.running(ticket))
        self.assertEqual(ticket.next_due_at, min(ticket.sudo().deadline_ids.filtered(
            lambda row: row.state == "running").mapped("due_at")))  # fmt: skip

    def test_a_ticket_put_to_wait_stands_still_and_goes_on_again(self):
        """The clocks that a pause stops are stopped, and run on when it is put back to work."""
        ticket = self.urgent()
        self.unstick(ticket, "waiting")
        self.assertIn("diagnosis", self.running(ticket, "paused"))
        self.unstick(ticket, "in_progress")
        self.assertIn("diagnosis", self.running(ticket))

    def test_a_running_promise_is_not_promised_anew(self):
        ticket = self.urgent()
        due = self.deadlines(ticket)["diagnosis"].due_at
        self.unstick(ticket, "accepted")
        self.assertEqual(self.deadlines(ticket)["diagnosis"].due_at, due)

    def test_only_a_manager_and_only_with_a_reason(self):
        ticket = self.resolved()
        for user in (self.agent, self.supervisor, self.engineer):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.unstick(ticket, user=user)
        with self.assertRaisesRegex(UserError, "Say why"):
            self.unstick(ticket, reason="  ")
        self.assertEqual(ticket.state, "resolved")

    def test_only_states_of_the_table_and_not_the_present_one(self):
        ticket = self.resolved()
        with self.assertRaisesRegex(UserError, "There is no state 'paid'"):
            self.unstick(ticket, "paid")
        with self.assertRaisesRegex(UserError, "already"):
            self.unstick(ticket, "resolved")

    def test_all_of_them_or_none(self):
        first, second = self.resolved(), self.in_progress()
        with self.assertRaises(UserError):
            self.unstick(first + second)
        self.assertEqual((first.state, second.state), ("resolved", "in_progress"))

    def test_the_door_is_not_open_to_a_plain_write(self):
        """A manager still writes no state; the dialog is the only way."""
        ticket = self.resolved()
        with self.assertRaises(AccessError):
            ticket.with_user(self.manager).write({"state": "in_progress"})

    def test_closed_by_hand_is_kept_from_that_day_and_reopened_by_hand_is_not(self):
        """ARCHIVE-01: the time for which a ticket is kept follows its state."""
        ticket = self.resolved()
        self.unstick(ticket, "closed")
        self.assertEqual(ticket.ended_on, self.company._aftersales_today())
        self.unstick(ticket, "accepted")
        self.assertFalse(ticket.ended_on)

    def test_what_was_erased_is_not_taken_up_again(self):
        ticket = self.resolved()
        ticket.action_close()
        ticket.sudo()._erase_personal_data("Test.")
        with self.assertRaisesRegex(UserError, "Open a new ticket"):
            self.unstick(ticket)

    def test_the_dialog_takes_what_is_selected(self):
        tickets = self.resolved() + self.resolved()
        wizard = (
            self.env["aftersales.ticket.unstick"]
            .with_user(self.manager)
            .with_context(active_model="aftersales.ticket", active_ids=tickets.ids)
            .create({"state": "in_progress", "reason": "Both by mistake"})
        )
        self.assertEqual(wizard.document_ids, tickets)
        wizard.action_unstick()
        self.assertEqual(set(tickets.mapped("state")), {"in_progress"})

    def test_a_supervisor_has_no_dialog(self):
        values = {"document_ids": [Command.set(self.resolved().ids)], "state": "new", "reason": "x"}
        with self.assertRaises(AccessError):
            self.env["aftersales.ticket.unstick"].with_user(self.supervisor).create(values)

    def test_a_plan_that_costs_money_is_not_moved_by_hand(self):
        """A solution plan has its approval; nobody puts it to 'approved' by hand."""
        plan = self.env["aftersales.solution.plan"].create(
            {"name": "New seal", "ticket_id": self.in_progress().id}
        )
        with self.assertRaisesRegex(AccessError, "not moved by hand"):
            plan.with_user(self.manager)._unstick("approved", "in a hurry")
        self.assertEqual((plan.state, plan.approved_at), ("draft", False))
