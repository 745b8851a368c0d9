from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_agreement import AgreementCommon


@tagged("post_install", "-at_install")
class TestSlaPreview(AgreementCommon):
    def policy(self, **line):
        values = {
            "code": "own_reply",
            "sequence": 1,
            "target": "first_reply",
            "amount": 1,
            "unit": "hours",
            "explanation": "Own",
        }
        return self.env["aftersales.sla.policy"].create(
            {"name": "Draft", "active": False, "line_ids": [Command.create({**values, **line})]}
        )

    def preview(self, document):
        action = document.with_user(self.manager).action_preview()
        return self.env["aftersales.sla.preview"].browse(action["res_id"])

    def of(self, preview, ticket):
        return {line.target: line for line in preview.line_ids if line.ticket_id == ticket}

    def test_a_draft_policy_promises_nothing_and_shows_what_it_would_hit(self):
        ticket = self.ticket()
        policy = self.policy()
        due = self.deadlines(ticket)["first_reply"].due_at
        other = self.ticket(title="Another")
        self.assertEqual(other.sla_targets["first_reply"]["amount"], 24)
        line = self.of(self.preview(policy), ticket)["first_reply"]
        self.assertEqual((line.old_due, line.change), (due, "earlier"))
        self.assertEqual(line.new_due, due - timedelta(hours=23))
        self.assertEqual(self.deadlines(ticket)["first_reply"].due_at, due)
        self.assertEqual(ticket.sla_targets["first_reply"]["amount"], 24)
        policy.active = True
        ticket.urgency = "minor"
        self.assertEqual(self.deadlines(ticket)["first_reply"].due_at, line.new_due)

    def test_pauses_are_left_out(self):
        ticket = self.in_progress()
        policy = self.policy(target="resolve", amount=3, code="own_resolve")
        ticket.with_user(self.env.user)._write_policy(
            {"sla_targets": {"resolve": {"line": "x", "amount": 8, "unit": "hours", "hours": "always"}}}
        )
        ticket._open_deadlines(["resolve"])
        start = self.deadlines(ticket)["resolve"].started_at
        ticket.action_wait()
        self.later(hours=1)
        ticket.action_resume()
        line = self.of(self.preview(policy), ticket)["resolve"]
        self.assertAlmostEqual(line.new_due, start + timedelta(hours=4), delta=timedelta(minutes=1))

    def test_a_promise_taken_back_and_one_that_would_be_late_at_once(self):
        ticket = self.ticket()
        gone = self.of(self.preview(self.policy(amount=0)), ticket)["first_reply"]
        self.assertEqual((gone.change, gone.new_due), ("gone", False))
        self.later(hours=5)
        late = self.of(self.preview(self.policy(code="own_b")), ticket)["first_reply"]
        self.assertTrue(late.is_late)

    def test_an_active_policy_can_be_left_out(self):
        ticket = self.ticket()
        preview = self.preview(self.env.ref("aftersales_service.sla_policy_standard"))
        self.assertFalse(self.of(preview, ticket))
        preview.mode = "without"
        preview.action_refresh()
        self.assertEqual(self.of(preview, ticket)["first_reply"].change, "gone")

    def test_an_agreement_to_be_signed_shows_the_customers_tickets_only(self):
        """SLA-24: nothing holds before both have signed."""
        ticket = self.ticket()
        stranger = self.ticket(partner_id=self.env["res.partner"].create({"name": "Stranger"}).id)
        agreement = self.draft()
        agreement.action_offer()
        preview = self.preview(agreement)
        lines = self.of(preview, ticket)
        self.assertEqual(lines["on_site"].change, "new")
        self.assertEqual(lines["first_reply"].change, "earlier")
        self.assertFalse(self.of(preview, stranger))
        self.assertNotIn("on_site", self.deadlines(ticket))

    def test_a_thousand_tickets_take_a_fixed_number_of_queries(self):
        policy = self.policy()

        def queries(count):
            self.env["aftersales.ticket"].create(
                [{"title": "Cold", "partner_id": self.customer.id, "team_id": self.team.id}] * count
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.preview(policy)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(1)
        few, many = queries(5), queries(100)
        self.assertLess(many - few, 10)

    def test_only_managers_look_ahead(self):
        with self.assertRaises(AccessError):
            self.policy().with_user(self.agent).action_preview()
