"""A customer who says nothing agrees after a while, and may still come back."""

from service_case import ServiceCase

from odoo.tests import tagged

from odoo.addons.aftersales_service.policy import lifecycle


@tagged("-at_install", "post_install")
class TestCustomerSilent(ServiceCase):
    def test_silence_closes_and_the_customer_comes_back_with_the_history(self):
        """PROG-01, PROG-02, PROG-07: solved, asked, closed by silence, reopened, confirmed, asked anew."""
        self.given_a_solved_ticket()
        self.then_customer_and_agent_are_asked_for_the_confirmation()
        self.when_the_customer_says_nothing()
        self.then_silence_has_closed_it()
        self.when_the_fault_comes_back_after_three_days()
        self.then_it_goes_on_with_its_whole_history()
        self.when_it_is_solved_again()
        self.then_the_customer_is_asked_again_and_confirms()
        self.when_it_fails_again_after_the_confirmation()
        self.then_the_word_given_before_counts_no_longer()

    def test_a_company_that_wants_a_word_waits_for_it(self):
        """PROG-07: 0 days switch the silence off; the task stays with whoever solved it."""
        self.story.company.aftersales_confirm_days = 0
        self.given_a_solved_ticket()
        self.until("2031-06-03 10:00")
        self.assertEqual(self.ticket.state, "resolved")

    # === GIVEN, WHEN, THEN === #

    def given_a_solved_ticket(self):
        self.at("2031-03-03 08:00")
        self.ticket = self.story.mail_comes_in("The screen stays dark", "Since yesterday.")
        self.at("2031-03-03 08:30")
        self.story.takes("agent", self.ticket)
        self.story.answers("agent", self.ticket, "Please change the fuse.")
        self.at("2031-03-03 10:00")
        self.story.solves("agent", self.ticket, "The fuse was changed.")

    def then_customer_and_agent_are_asked_for_the_confirmation(self):
        self.assertEqual(self.ticket.state, "resolved")
        self.days = self.story.company.aftersales_confirm_days
        self.assertEqual(self.days, 7)
        self.assertEqual(self.asked(), 1)
        agent = self.story.people["agent"]
        self.assertIn("Customer confirms", self.tasks_of(agent, self.ticket))
        confirm = self.ticket.deadline_ids.filtered(lambda row: row.kind == "confirm")
        self.assertEqual((confirm.state, str(confirm.due_at)), ("running", "2031-03-10 10:00:00"))
        self.assertIn("The customer has to confirm the result", self.ticket.headline)

    def when_the_customer_says_nothing(self):
        self.until("2031-03-10 09:59")
        self.assertEqual(self.ticket.state, "resolved")
        self.until("2031-03-10 10:00")

    def then_silence_has_closed_it(self):
        self.assertEqual((self.ticket.state, str(self.ticket.closed_at)), ("closed", "2031-03-10 10:00:00"))
        self.assert_verdict(self.ticket, "closing", "complete", "CLOSE-SILENT")
        self.assertFalse(self.ticket.confirmed_at, "silence is no word of the customer's")
        self.assertFalse(self.tasks_of(self.story.people["agent"], self.ticket))
        self.assertIn("Time was up", self.history(self.ticket))

    def when_the_fault_comes_back_after_three_days(self):
        """The page behind the link in the mail still has the button (by HTTP: test_portal)."""
        self.at("2031-03-13 09:00")
        self.before = self.history(self.ticket)
        self.assertTrue(self.ticket._can_be_reopened())
        self.ticket.sudo()._fire("reopen", actor=lifecycle.CUSTOMER, reason="Dark again.")

    def then_it_goes_on_with_its_whole_history(self):
        self.assert_with(self.ticket, "in_progress", "agent")
        tasks = self.tasks_of(self.story.people["agent"], self.ticket)
        self.assertIn("Answer the customer, who has come back", tasks)
        told = self.history(self.ticket)
        self.assertTrue(told.startswith(self.before), "nothing of the first handling is lost")
        self.assertIn("Dark again.", told)
        self.assertEqual(self.ticket.solution, "The fuse was changed.")
        self.assertFalse(self.ticket.ended_on, "kept from its last closing, not from its first")

    def when_it_is_solved_again(self):
        self.at("2031-03-13 15:00")
        self.story.solves("agent", self.ticket, "The power supply was changed.")

    def then_the_customer_is_asked_again_and_confirms(self):
        self.assertEqual(self.asked(), 2)
        self.at("2031-03-14 08:00")
        self.ticket.sudo()._fire("close", actor=lifecycle.CUSTOMER)
        self.assertEqual((self.ticket.state, self.ticket.confirmed_how), ("closed", "portal"))
        self.assert_verdict(self.ticket, "closing", "complete", "PROG-07")
        confirms = self.ticket.deadline_ids.filtered(lambda row: row.kind == "confirm").sorted("id")
        self.assertEqual(confirms.mapped("state"), ["missed", "met"])

    def when_it_fails_again_after_the_confirmation(self):
        self.assertEqual(str(self.ticket.confirmed_at), "2031-03-14 08:00:00")
        self.at("2031-03-16 09:00")
        self.ticket.sudo()._fire("reopen", actor=lifecycle.CUSTOMER, reason="And again.")

    def then_the_word_given_before_counts_no_longer(self):
        """Solved a third time it is asked a third time, and silence is not taken for the old yes."""
        self.assertEqual((self.ticket.confirmed_at, self.ticket.confirmed_how), (False, False))
        self.at("2031-03-16 15:00")
        self.story.solves("agent", self.ticket, "The main board was changed.")
        self.assertEqual(self.asked(), 3)
        self.until("2031-03-23 15:00")
        self.assertEqual((self.ticket.state, self.ticket.confirmed_at), ("closed", False))
        self.assert_verdict(self.ticket, "closing", "complete", "CLOSE-SILENT")

    def asked(self):
        """How often the customer was asked to look at the result."""
        subjects = self.subjects_to(self.story.customer, self.ticket)
        return sum("please look at the result" in subject for subject in subjects)
