import os
import random

from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged

from ..policy import lifecycle

STEPS = 400 if os.environ.get("HYPOTHESIS_PROFILE") == "deep" else 60


@tagged("-at_install", "post_install", "deep")
class TestTicketWalks(TransactionCase):
    """Tickets walked through the ORM by people of every role, with every event, allowed or not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        roles = ("agent", "supervisor", "manager", "engineer", "inspector", "accountant")
        cls.people = [
            new_test_user(cls.env, f"walk_{role}", groups=f"aftersales_service.group_{role}")
            for role in roles
        ]
        cls.flow = cls.env["aftersales.ticket"]._flow

    def test_a_random_walk_never_leaves_the_table(self):
        """Whatever is tried: a step is one of the table, and a refused one changes nothing at all."""
        chance = random.Random(20260302)  # the same walk every time
        tickets = self.env["aftersales.ticket"].create(
            [{"service_type": "consultation", "title": str(n)} for n in range(3)]
        )
        moved = 0
        for _step in range(STEPS):
            ticket, user = chance.choice(tickets), chance.choice(self.people)
            event = chance.choice(self.flow.events)
            ticket.sudo().user_id = user  # who may write depends on whose it is
            moved += self.attempt(ticket, user, event)
        self.assertGreater(moved, 5, "the walk got somewhere")

    def attempt(self, ticket, user, event):
        """Fire ``event`` as ``user``; True when the ticket moved."""
        before = self.snapshot(ticket)
        expected = self.flow.transitions.get((ticket.state, event))
        may = lifecycle.may_fire(self.flow, event, self.env["aftersales.ticket"].with_user(user)._roles())
        try:
            with self.env.cr.savepoint():
                ticket.with_user(user)._fire(event)
        except (UserError, AccessError):
            self.env.invalidate_all()
            self.assertEqual(self.snapshot(ticket), before, f"{event} was refused and changed something")
            return False
        self.assertTrue(may and expected, f"{event} went through without right or row")
        self.assert_promises_are_open_ones(ticket)
        return True

    def snapshot(self, ticket):
        ticket = ticket.sudo()
        stamps = [ticket[stamp] for stamp in self.flow.stamps.values()]
        rows = [(row.kind, row.state, row.due_at, row.met_at) for row in ticket.deadline_ids.sorted("id")]
        return ticket.state, stamps, rows, len(ticket.message_ids)

    def assert_promises_are_open_ones(self, ticket):
        """What runs is what the table lets run in that state."""
        declared = set().union(*lifecycle.open_promises(self.flow)[ticket.state])
        open_rows = ticket.deadline_ids.filtered(lambda row: row.state in ("running", "paused"))
        self.assertLessEqual(set(open_rows.mapped("kind")), declared)
