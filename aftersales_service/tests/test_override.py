import ast

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_escalation import EscalationCase


@tagged("post_install", "-at_install")
class TestOverride(EscalationCase):
    def decide(self, ticket, user=None, **values):
        dialog = self.env["aftersales.ticket.override"].with_user(user or self.supervisor)
        values = {"ticket_ids": ticket.ids, "reason": "Their plant stands still", **values}
        return dialog.create(values).action_apply()

    def test_a_supervisor_changes_the_priority_and_the_promises_follow(self):
        """PRIO-07, SLA-03: with a reason that is kept; the clock runs by the new terms from the start."""
        ticket = self.accepted()
        self.assertNotIn("diagnosis", self.deadlines(ticket))
        self.decide(ticket, priority="p1")
        self.assertEqual(ticket.priority, "p1")
        row = self.row(ticket, "diagnosis")
        self.assertEqual((row.state, row.target_seconds), ("running", 1800))
        kept = ticket._verdict_of("priority")[ticket]
        self.assertEqual((kept.outcome, kept.overridden_by_id), ("p1", self.supervisor))
        self.assertEqual(kept.override_reason, "Their plant stands still")

    def test_back_to_an_ordinary_one_drops_what_is_not_promised(self):
        """PRIO-07."""
        ticket = self.accepted(**self.down())
        self.decide(ticket, priority="p2")
        self.assertEqual(self.row(ticket, "emergency").state, "cancelled")
        self.assertEqual(self.row(ticket, "first_reply").target_seconds, 24 * 3600)

    def test_what_is_made_a_p0_takes_the_emergency_path(self):
        """PRIO-10, INTAKE-09."""
        emergency = self.env["aftersales.team"].create(
            {
                "name": "Emergency",
                "is_emergency": True,
                "member_ids": [Command.set(self.engineer.ids)],
                "supervisor_id": self.supervisor.id,
                "calendar_id": self.closed_now().id,
            }
        )
        ticket = self.ticket()
        self.decide(ticket, priority="p0")
        self.assertEqual((ticket.team_id, ticket.user_id), (emergency, self.engineer))
        self.assertEqual(self.row(ticket, "emergency").state, "running")

    def test_the_decision_stands_while_the_facts_do(self):
        """PRIO-07: other words change nothing, another urgency is judged anew."""
        ticket = self.accepted()
        self.decide(ticket, priority="p1")
        ticket.write({"description": "It hums"})
        ticket._judge_priority()
        self.assertEqual(ticket.priority, "p1")
        ticket.urgency = "minor"
        self.assertEqual(ticket.priority, "p3")

    def test_goodwill_by_the_same_dialog(self):
        ticket = self.accepted()
        self.decide(ticket, what="goodwill")
        self.assertEqual(ticket.coverage, "goodwill")

    def test_what_stands_already_is_not_decided_once_more(self):
        """PRIO-07: the outcome by the rules, or by an earlier decision, whose reason stays the last one."""
        ticket = self.accepted()
        with self.assertRaisesRegex(UserError, "stands already"):
            self.decide(ticket, priority=ticket.priority)
        self.assertFalse(ticket._verdict_of("priority")[ticket].overridden_by_id)
        self.decide(ticket, what="goodwill")
        with self.assertRaisesRegex(UserError, "stands already"):
            self.decide(ticket, what="goodwill", reason="Once more")
        kept = ticket._verdict_of("coverage")[ticket]
        self.assertEqual(kept.override_reason, "Their plant stands still")

    def test_agents_decide_nothing_and_reasons_are_not_empty(self):
        ticket = self.accepted()
        with self.assertRaises(AccessError):
            self.decide(ticket, user=self.agent, priority="p0")
        with self.assertRaises(AccessError):
            ticket.with_user(self.agent).action_override_priority("p0", "Please")
        with self.assertRaisesRegex(UserError, "Give the reason"):
            self.decide(ticket, priority="p1", reason=" ")
        with self.assertRaisesRegex(UserError, "Choose the priority"):
            self.decide(ticket, priority=False)
        self.assertEqual(ticket.priority, "p2")

    def test_what_is_over_keeps_its_priority(self):
        ticket = self.in_progress()
        ticket.action_resolve()
        with self.assertRaisesRegex(UserError, "Reopen it first"):
            self.decide(ticket, priority="p1")


@tagged("post_install", "-at_install")
class TestEmergencyAddress(EscalationCase):
    def defaults(self, team):
        return ast.literal_eval(team.alias_defaults)

    def test_the_address_of_an_emergency_team_says_how_bad_it_is(self):
        """INTAKE-09: at night nobody reads a mail before it is a p0."""
        team = self.env["aftersales.team"].create(
            {"name": "Hotline", "alias_name": "hotline", "is_emergency": True}
        )
        told = self.defaults(team)
        self.assertEqual((told["urgency"], told["impact"]), ("urgent", "global"))
        category = self.env["aftersales.ticket.category"].browse(told["category_id"])
        self.assertEqual(category.function, "core")
        team.is_emergency = False
        self.assertNotIn("urgency", self.defaults(team))
        self.assertNotIn("category_id", self.defaults(team))

    def test_a_team_names_the_category_of_its_mails(self):
        usage = self.env.ref("aftersales_service.aftersales_ticket_category_usage")
        self.team.mail_category_id = usage
        self.assertEqual(self.defaults(self.team)["category_id"], usage.id)
        self.assertEqual(self.defaults(self.team)["team_id"], self.team.id)
