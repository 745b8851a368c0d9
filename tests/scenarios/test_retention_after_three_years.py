"""Three years later: the person goes, the figures stay, and a hold outlasts the time."""

from archive_case import PERSON, ArchiveCase

from odoo.tests import tagged


@tagged("-at_install", "post_install")
class TestRetentionAfterThreeYears(ArchiveCase):
    def test_kept_for_three_years_then_without_the_person(self):
        """ARCHIVE-01, AMB-39: from the last closing; not a day less; every figure stays."""
        self.given_two_closed_tickets_and_one_on_hold()
        self.when_three_years_less_a_day_have_passed()
        self.then_everything_is_there()
        self.when_three_years_have_passed()
        self.then_the_persons_are_gone_and_the_figures_are_not()
        self.when_the_lawsuit_is_over()
        self.then_the_last_one_goes_too()

    # === GIVEN, WHEN, THEN === #

    def given_two_closed_tickets_and_one_on_hold(self):
        self.first = self.closed_ticket("Dark at Joel's")
        self.held = self.closed_ticket("Dark again at Joel's")
        self.reopened = self.closed_ticket("Flickers at Joel's")
        self.story.by("supervisor", self.held).action_hold(reason="Lawsuit 12 C 345/31.")
        self.at("2031-09-01 08:00")
        self.story.by("agent", self.reopened).action_reopen(reason="Flickers again.")
        self.story.solves("agent", self.reopened, "Joel has changed the tube.")
        self.story.by("agent", self.reopened).action_confirm_by_phone()
        self.story.by("agent", self.reopened).action_close()
        self.assertEqual(str(self.first.erased_from), "2034-03-03")
        self.assertEqual(str(self.reopened.erased_from), "2034-09-01")
        self.assertFalse(self.held.erased_from)

    def when_three_years_less_a_day_have_passed(self):
        self.at("2034-03-02 12:00")
        self.before = self.figures()
        self.daily_run()

    def then_everything_is_there(self):
        for ticket in self.first, self.held, self.reopened:
            self.assertFalse(ticket.anonymised_at)
            self.assertEqual(self.traces(ticket), list(PERSON))

    def when_three_years_have_passed(self):
        self.at("2034-03-03 12:00")
        self.daily_run()

    def then_the_persons_are_gone_and_the_figures_are_not(self):
        self.assertEqual(str(self.first.anonymised_at), "2034-03-03 12:00:00")
        self.assertEqual(self.traces(self.first), [])
        self.assertIn("The personal data were erased", self.history(self.first))
        self.assertFalse(self.held.anonymised_at or self.reopened.anonymised_at)
        self.assertEqual(self.traces(self.held), list(PERSON))
        self.assertEqual(self.figures(), self.before)
        self.assertTrue(self.story.customer.exists(), "the contact belongs to Sales and Accounting, too")

    def when_the_lawsuit_is_over(self):
        self.at("2034-10-01 12:00")
        self.story.by("supervisor", self.held).action_release_hold(reason="Settled.")
        self.daily_run()

    def then_the_last_one_goes_too(self):
        for ticket in self.held, self.reopened:
            self.assertTrue(ticket.anonymised_at)
            self.assertEqual(self.traces(ticket), [])
        self.assertEqual(self.figures(), self.before)
