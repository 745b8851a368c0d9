from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

from .common import AftersalesServiceCommon


@tagged("-at_install", "post_install", "aftersales_tour", "-standard")
class TestTours(AftersalesServiceCommon, HttpCase):
    """What agent, supervisor and customer click, each with their own login; a console error fails it."""

    def test_an_agent_takes_a_call(self):
        """INTAKE-10, INTAKE-15, PROG-13: from the number that is read out to the closed file."""
        order = self.sell(deliver=False)
        self.env["stock.lot"].create({"name": "TOUR-CALL-1", "product_id": self.product.id})
        self.deliver_piece(order, "TOUR-CALL-1")
        self.start_tour(
            "/odoo/aftersales-tickets", "aftersales_agent_call", login=self.agent.login, timeout=180
        )
        ticket = self.env["aftersales.ticket"].search([("title", "=", "Does not cool since yesterday")])
        self.assertRecordValues(
            ticket,
            [
                {
                    "state": "closed",
                    "partner_id": self.customer.id,
                    "user_id": self.agent.id,
                    "product_id": self.product.id,
                    "confirmed_how": "phone",
                }
            ],
        )
        self.assertEqual(ticket.lot_id.name, "TOUR-CALL-1")
        self.assertEqual(ticket.warranty_card_id.partner_id, self.customer)
        self.assertTrue(ticket.first_reply_at)

    def deliver_piece(self, order, serial):
        """Deliver that very piece, so that its warranty card names the customer."""
        lot = self.env["stock.lot"].search([("name", "=", serial)])
        picking = order.picking_ids
        stock = picking.location_id
        self.env["stock.quant"]._update_available_quantity(self.product, stock, 1, lot_id=lot)
        picking.move_ids.lot_ids = lot
        picking.move_ids.write({"quantity": 1, "picked": True})
        picking.button_validate()

    def test_what_is_rare_stands_in_the_cog_menu(self):
        """A ticket is cancelled from there, with the reason, and taken back from the header."""
        ticket = self.ticket(title="Tour cancels this")
        self.start_tour(
            f"/odoo/aftersales-tickets/{ticket.id}", "aftersales_header", login=self.agent.login, timeout=120
        )
        self.assertEqual(ticket.state, "new")
        self.assertIn("Asked twice", " ".join(ticket.message_ids.mapped("preview")))

    def test_a_supervisor_gives_away_looks_after_and_decides(self):
        """SLA-09, SLA-29, PRIO-07: assigns a batch, sees what was left lying, changes the priority."""
        nobodys = self.ticket(title="Nobody has it 1") + self.ticket(title="Nobody has it 2")
        lying = self.in_progress(title="Left lying", service_type="consultation")
        due = self.deadlines(lying)["first_reply"].due_at + timedelta(minutes=1)
        with freeze_time(due):
            self.env["aftersales.deadline"]._run_due(now=due)
        self.start_tour(
            "/odoo/action-aftersales_service.aftersales_ticket_action_all",
            "aftersales_supervisor_morning",
            login=self.supervisor.login,
            timeout=180,
        )
        self.assertEqual(nobodys.mapped("state"), ["assigned", "assigned"])
        self.assertEqual(lying.priority, "p1")
        kept = lying._verdict_of("priority")[lying]
        self.assertEqual(kept.override_reason, "Their production line stands still")

    def test_a_customer_asks_follows_disputes_and_confirms(self):
        """INTAKE-18, PROG-04, PROG-06, PROG-07, SO-8: in the portal, from the photo to the last word."""
        customer = new_test_user(self.env, "as_portal", "base.group_portal", email="p@example.com")
        customer.partner_id.parent_id = self.customer
        self.start_tour("/my/tickets", "aftersales_customer_request", login=customer.login)
        ticket = self.env["aftersales.ticket"].search([("title", "=", "It leaks")])
        self.assertEqual((ticket.channel, ticket.state), ("web", "new"))
        self.assertEqual(ticket.message_ids.attachment_ids.mapped("name"), ["puddle.png"])
        by_agent = ticket.with_user(self.agent).with_context(aftersales_take=True)
        by_agent.action_assign()
        by_agent.action_start()
        self.solve(by_agent, "The hose was fastened.")
        page = f"/my/tickets/{ticket.id}"
        self.start_tour(page, "aftersales_customer_disputes", login=customer.login)
        self.assertEqual(ticket.state, "in_progress")
        self.assertIn("It still leaks", " ".join(ticket.message_ids.mapped("body")))
        self.solve(by_agent, "The hose was replaced.")
        self.start_tour(page, "aftersales_customer_confirms", login=customer.login)
        self.assertEqual((ticket.state, ticket.confirmed_how), ("closed", "portal"))
        self.assertLessEqual(ticket.confirmed_at, fields.Datetime.now())

    def solve(self, ticket, solution):
        ticket.solution = solution
        ticket.action_resolve()
