from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from ..policy import ticket_flow, visit_flow
from .common import AftersalesServiceCommon


@tagged("post_install", "-at_install")
class TestSettled(AftersalesServiceCommon):
    """What is over stays as it was, in the form and past it."""

    def closed(self):
        ticket = self.in_progress()
        ticket.action_resolve()
        ticket.action_confirm_by_phone()
        ticket.sudo()._fire("close", actor="system")
        return ticket

    def node(self, model, name):
        arch = etree.fromstring(self.env[model].with_user(self.agent).get_view(view_type="form")["arch"])
        return arch.xpath(f"//field[@name='{name}'][not(ancestor::field)]")[0]

    def test_the_form_of_what_is_over_is_closed_by_the_table(self):
        """SETTLED_FIELDS, whatever addon has put them there; a condition of its own stays."""
        self.assertEqual(self.node("aftersales.ticket", "description").get("readonly"),
                         "state in ('closed', 'cancelled')")  # fmt: skip
        giving = self.node("aftersales.ticket", "user_id").get("readonly")
        self.assertEqual(
            giving, "('assign' not in allowed_events and id) or state in ('closed', 'cancelled')"
        )
        self.assertEqual(self.node("aftersales.visit", "start").get("readonly"),
                         "state in ('done', 'cancelled')")  # fmt: skip

    def test_what_somebody_is_asked_to_approve_is_closed_past_the_draft(self):
        """The content of a plan and of an application, in every state but the first."""
        for model, name in (
            ("aftersales.solution.plan", "steps"),
            ("aftersales.support.application", "request"),
        ):
            closed = self.node(model, name).get("readonly")
            for state in self.env[model]._flow.states:
                self.assertEqual(safe_eval(closed, {"state": state}), state != "draft", (model, state))

    def test_every_name_in_the_tables_is_a_field(self):
        for model, flow in (("aftersales.ticket", ticket_flow), ("aftersales.visit", visit_flow)):
            self.assertLessEqual(set(flow.SETTLED_FIELDS), set(self.env[model]._fields))
        for name in ("solution.plan", "support.application", "compensation"):
            document = self.env[f"aftersales.{name}"]
            self.assertLessEqual({*document._content, *document._decision}, set(document._fields))

    def test_nobody_writes_it_past_the_form(self):
        ticket = self.closed()
        with self.assertRaisesRegex(UserError, "Solution stays as it is"):
            ticket.solution = "Something else"
        with self.assertRaises(AssertionError):
            Form(ticket).solution = "Something else"

    def test_a_withdrawn_request_is_over_too(self):
        ticket = self.ticket()
        ticket.action_cancel(reason="Withdrawn")
        with self.assertRaisesRegex(UserError, "Urgency stays as it is"):
            ticket.urgency = "urgent"

    def test_what_comes_afterwards_is_still_noted(self):
        """What the customer said of the result; a new number is noted on the contact."""
        ticket = self.closed()
        ticket.customer_comment = "All fine"
        self.assertEqual(ticket.customer_comment, "All fine")
        self.customer.phone = "+86 20 5550 9999"
        self.assertNotEqual(ticket.phone, self.customer.phone)

    def test_who_asked_and_who_began_stays_too(self):
        """The contact of a closed ticket is the one who called then; a report counts who began (SCOPE-07)."""
        ticket = self.closed()
        for name, value in {
            "contact_name": "Somebody else",
            "phone": "+86 20 5550 9999",
            "email": "else@example.com",
            "origin_mode": "active",
        }.items():
            self.assertIn("'closed'", self.node("aftersales.ticket", name).get("readonly", ""), name)
            with self.assertRaisesRegex(UserError, "stays as it is"):
                ticket[name] = value

    def test_reopened_or_put_back_by_a_manager_it_is_open_again(self):
        """The way of correction: with a reason, in the log."""
        ticket = self.closed()
        ticket.with_user(self.manager)._unstick("in_progress", "The cause was another one")
        ticket.solution = "Compressor replaced"
        self.assertEqual(ticket.solution, "Compressor replaced")
        other = self.closed()
        other.action_reopen(reason="Again")
        other.solution = "Fan replaced"

    def test_a_visit_that_is_over_keeps_its_date(self):
        ticket = self.in_progress()
        visit = self.env["aftersales.visit"].with_user(self.agent).create(
            {"ticket_id": ticket.id, "user_id": self.engineer.id, "start": "2031-03-17 06:00:00"}
        )  # fmt: skip
        visit.action_cancel()
        with self.assertRaisesRegex(UserError, "Start stays as it is"):
            visit.start = "2031-03-18 06:00:00"
