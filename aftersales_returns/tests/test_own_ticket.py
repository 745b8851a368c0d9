from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from .common import AftersalesReturnsCommon


@tagged("post_install", "-at_install")
class TestOwnTicket(AftersalesReturnsCommon):
    """A return leads the ticket that was made for it, and no other."""

    def requested(self, order=None, **vals):
        rma = self.rma(order or self.sell(self.cable), **vals)
        rma.action_submit()
        return rma

    def ticket(self, rma):
        return rma.sudo().ticket_id

    def promises(self, ticket):
        ticket.invalidate_recordset()
        return {row.kind: row.state for row in ticket.deadline_ids}

    def test_the_decision_accepts_and_answers_the_ticket(self):
        """SLA-08: whoever decides has taken it; the customer is told the decision."""
        for decide in ("approve", "refuse"):
            with self.subTest(decide=decide):
                rma = self.requested()
                self.assertIn(self.ticket(rma).state, ("new", "assigned"))
                getattr(rma, f"action_{decide}")(*(["Used"] if decide == "refuse" else []))
                ticket = self.ticket(rma)
                self.assertEqual((ticket.state, ticket.user_id), ("accepted", self.agent))
                self.assertTrue(ticket.first_reply_at)

    def test_a_decision_after_the_time_to_accept_takes_the_ticket_all_the_same(self):
        """SLA-08: what was announced for that case goes first, also before the ledger has come round."""
        for asked in (self.agent, self.supervisor):
            rma = self.requested()
            ticket = self.ticket(rma)
            ticket.user_id = asked
            with freeze_time(fields.Datetime.now() + timedelta(days=7)):
                rma.action_approve()
            self.assertEqual((rma.state, ticket.state, ticket.user_id), ("approved", "accepted", self.agent))
            asked_twice = ticket.deadline_ids.filtered(lambda row: row.kind == "accept").sorted("id")
            self.assertEqual(asked_twice.mapped("state")[-1], "met")
            self.assertIn("missed", asked_twice.mapped("state"))

    def test_a_customer_without_an_address_has_not_been_answered(self):
        self.customer.email = False
        rma = self.requested()
        rma.action_approve()
        self.assertEqual(self.ticket(rma).state, "accepted")
        self.assertFalse(self.ticket(rma).first_reply_at)

    def test_a_return_that_is_done_breaks_no_promise_of_its_ticket(self):
        """SLA-08: five days after the end nothing was missed, and nobody is asked to accept it."""
        rma = self.inspected(self.sell(self.cable), findings={"fault_found": "yes"}, resolution="repair")
        self.repair(rma)
        rma.action_pass_to_shipment()
        self.validate(rma._open_shipments())
        self.assertEqual(rma.state, "done")
        ticket = self.ticket(rma)
        self.assertEqual(ticket.state, "resolved")
        self.assertIn(rma.name, "".join(ticket.message_ids.mapped(lambda m: m.body or "")))
        self.env["aftersales.deadline"]._run_due(now=fields.Datetime.now() + timedelta(days=5))
        promises = self.promises(ticket)
        self.assertNotIn("missed", {promises.get("accept"), promises.get("first_reply")})
        self.assertIn(ticket.state, ("resolved", "closed"))

    def test_a_request_that_is_withdrawn_takes_its_ticket_along(self):
        rma = self.requested()
        rma._fire("cancel", actor="customer", reason="Keeps it")
        self.assertEqual(self.ticket(rma).state, "cancelled")

    def test_silence_accepts_no_ticket(self):
        """RMA-02: nobody has looked at it, and the ticket says so."""
        rma = self.requested()
        rma._fire("approve", actor="system")
        self.assertIn(self.ticket(rma).state, ("new", "assigned"))
        self.assertFalse(self.ticket(rma).first_reply_at)

    def test_a_ticket_that_was_there_before_stays_its_agents(self):
        ticket = self.env["aftersales.ticket"].create(
            {"title": "Where is it?", "partner_id": self.customer.id, "service_type": "consultation"}
        )
        before = ticket.state
        rma = self.requested(ticket_id=ticket.id)
        rma.action_approve()
        rma.action_cancel(reason="Keeps it")
        self.assertEqual(ticket.state, before)
        self.assertFalse(ticket.first_reply_at)

    def test_what_is_open_beside_the_return_keeps_the_ticket_open(self):
        rma = self.requested()
        rma.action_approve()
        other = self.requested(ticket_id=self.ticket(rma).id)
        rma.action_cancel(reason="Keeps it")
        self.assertEqual(self.ticket(rma).state, "accepted")
        self.assertFalse(other.leads_ticket)

    def test_moved_to_another_ticket_it_leads_none(self):
        rma = self.requested()
        ticket = self.env["aftersales.ticket"].create({"title": "Both", "partner_id": self.customer.id})
        before = ticket.state
        rma.ticket_id = ticket
        rma.action_approve()
        self.assertEqual(ticket.state, before)

    def test_the_tickets_of_many_returns_are_taken_together(self):
        """Approved in bulk; the tickets of further returns cost next to nothing."""

        def cost(number):
            rmas = self.env["aftersales.rma"].union(*(self.requested() for _ in range(number)))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            rmas.with_user(self.agent)._take_ticket("approve")
            self.env.flush_all()
            self.assertEqual(set(rmas.sudo().ticket_id.mapped("state")), {"accepted"})
            return self.cr.sql_log_count - before

        cost(1)
        one, six = cost(1), cost(6)
        self.assertLessEqual((six - one) / 5, 1, (one, six))
