"""A customer asks that everything about him be erased."""

from archive_case import PERSON, ArchiveCase

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged


@tagged("-at_install", "post_install")
class TestErasureAskedFor(ArchiveCase):
    def test_what_is_closed_goes_at_once_what_is_open_or_held_goes_later(self):
        """PRIV-03, AMB-39: the customer writes, a manager erases, and is told what has to stay for now."""
        self.given_closed_open_and_held_tickets_and_somebody_elses()
        self.when_the_customer_asks_for_it_by_mail()
        self.then_the_agent_cannot_do_it()
        self.when_the_manager_does_it()
        self.then_the_closed_one_is_without_the_person()
        self.then_the_others_are_untouched_and_named()
        self.when_the_open_ones_are_closed_and_the_claim_is_settled()
        self.then_the_rest_goes_on_the_same_request()

    def test_nothing_goes_without_a_reason_and_nothing_twice(self):
        """PRIV-03."""
        ticket = self.closed_ticket("Dark at Joel's")
        with self.assertRaisesRegex(UserError, "Say on what request"), self.env.cr.savepoint():
            self.dialog(reason=" ").action_erase()
        self.assertFalse(ticket.anonymised_at)
        self.dialog(reason="Letter of 3 March").action_erase()
        with self.assertRaisesRegex(UserError, "Nothing can be erased now"), self.env.cr.savepoint():
            self.dialog(reason="Letter of 3 March", ticket_ids=ticket.ids).action_erase()

    # === GIVEN, WHEN, THEN === #

    def given_closed_open_and_held_tickets_and_somebody_elses(self):
        self.closed = self.closed_ticket("Dark at Joel's")
        self.held = self.closed_ticket("Fire at Joel's")
        self.story.by("supervisor", self.held).action_hold(reason="Claim of the insurance.")
        self.open = self.story.customer_calls(title="Flickers at Joel's", description="Canton Road 5")
        self.other = self.closed_ticket("Dark elsewhere", partner_id=self.story.other_customer.id)

    def when_the_customer_asks_for_it_by_mail(self):
        self.at("2031-04-01 08:00")
        self.request = self.story.mail_comes_in("My data", "Please erase everything about me. Joel Willis")
        self.assertEqual(self.request.partner_id, self.story.customer)

    def then_the_agent_cannot_do_it(self):
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.dialog("agent", reason="Mail of 1 April").action_erase()
        self.assertFalse(self.closed.anonymised_at)

    def when_the_manager_does_it(self):
        self.before = self.figures()
        dialog = self.dialog(reason="Mail of 1 April")
        mine = self.closed + self.held + self.open + self.request
        self.assertLessEqual(mine, dialog.ticket_ids.with_env(self.env))
        self.assertNotIn(self.other, dialog.ticket_ids)
        self.told = dialog.action_erase()["params"]["message"]
        self.assertFalse(dialog.partner_id, "the request itself names the person")

    def then_the_closed_one_is_without_the_person(self):
        self.assertTrue(self.closed.anonymised_at)
        self.assertFalse(self.closed.partner_id)
        self.assertEqual(self.traces(self.closed), [])
        self.assertIn("Mail of 1 April", self.history(self.closed))
        self.assertEqual(self.figures(), self.before)

    def then_the_others_are_untouched_and_named(self):
        self.assertIn(f"Stays, on hold: {self.held.name}", self.told)
        self.assertRegex(self.told, f"Stays until it is closed: .*{self.open.name}")
        self.assertRegex(self.told, f"Erased: .*{self.closed.name}")
        for ticket in self.held, self.open, self.request, self.other:
            self.assertFalse(ticket.anonymised_at)
        self.assertEqual(self.traces(self.held), list(PERSON))
        with self.assertRaisesRegex(UserError, "Open a new ticket instead"), self.env.cr.savepoint():
            self.story.by("agent", self.closed).action_reopen(reason="Joel again.")

    def when_the_open_ones_are_closed_and_the_claim_is_settled(self):
        self.at("2031-04-02 08:00")
        for ticket in self.open, self.request:
            self.story.by("agent", ticket).action_cancel(reason="Withdrawn.")
        self.story.by("supervisor", self.held).action_release_hold(reason="Settled.")

    def then_the_rest_goes_on_the_same_request(self):
        self.before = self.figures()
        self.dialog(reason="Mail of 1 April").action_erase()
        for ticket in self.held, self.open, self.request:
            self.assertTrue(ticket.anonymised_at)
            self.assertEqual(self.traces(ticket), [])
        self.assertFalse(self.other.anonymised_at)
        self.assertEqual(self.figures(), self.before)

    # === HANDS === #

    def dialog(self, role="manager", **values):
        """The manager's dialog, as the screen fills it in."""
        wizard = self.story.by(role, self.env["aftersales.ticket.erase"])
        with Form(wizard) as form:
            form.partner_id = self.story.customer
            form.reason = values["reason"]
        dialog = form.record
        if "ticket_ids" in values:
            dialog.ticket_ids = values["ticket_ids"]
        return dialog
