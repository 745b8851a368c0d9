"""Which SLA policy holds for whom: its company, its place in the list, and copies of it."""

from odoo import Command
from odoo.tests import tagged

from .common import AftersalesServiceCommon


@tagged("post_install", "-at_install")
class TestSlaPolicyScope(AftersalesServiceCommon):
    def policy(self, code, amount, **vals):
        line = {
            "code": code,
            "sequence": 1,
            "target": "resolve",
            "amount": amount,
            "unit": "minutes",
            "explanation": f"Resolved within {amount} minutes.",
        }
        return self.env["aftersales.sla.policy"].create(
            {"name": code, "line_ids": [Command.create(line)], **vals}
        )

    def promised(self):
        """The line by which a new ticket is to be resolved."""
        return self.ticket().sla_targets.get("resolve", {}).get("line")

    def test_a_policy_of_another_company_promises_nothing_here(self):
        """CON-01: its lines have its company; handed over, they promise at once, and back again not."""
        other = self.env["res.company"].create({"name": "Other"})
        policy = self.policy("theirs", 5, company_id=other.id)
        self.assertEqual(policy.line_ids.company_id, other)
        self.assertNotEqual(self.promised(), "theirs")
        policy.company_id = self.company
        self.assertEqual(self.promised(), "theirs")
        policy.company_id = other
        self.assertNotEqual(self.promised(), "theirs")
        policy.company_id = False
        self.assertEqual(self.promised(), "theirs")

    def test_the_lines_of_another_company_are_not_seen(self):
        """The record rule of targets goes by the company of their policy."""
        other = self.env["res.company"].create({"name": "Other"})
        policy = self.policy("theirs", 5, company_id=other.id)
        seen = self.env["aftersales.sla.line"].with_user(self.manager).search([("code", "=", "theirs")])
        self.assertFalse(seen)
        policy.company_id = self.company
        self.assertEqual(seen.search([("code", "=", "theirs")]), policy.line_ids)

    def test_of_lines_with_the_same_sequence_the_higher_policy_decides(self):
        """CON-01: moved up in the list, the second one decides at once."""
        self.policy("first", 5, sequence=30)
        second = self.policy("second", 10, sequence=40)
        self.assertEqual(self.promised(), "first")
        second.sequence = 20
        self.assertEqual(self.promised(), "second")

    def test_an_agreement_takes_over_no_terms_of_another_company(self):
        """SLA-24: the lines from which its terms are drawn up are those of its own company."""
        other = self.env["res.company"].create({"name": "Other"})
        self.policy("theirs", 5, company_id=other.id).line_ids.level = "project"
        agreement = self.env["aftersales.agreement"].create(
            {"partner_id": self.customer.id, "level": "project"}
        )
        rows = self.env["aftersales.sla.line"]._rows_for_level(agreement)
        self.assertTrue(rows)
        self.assertNotIn("theirs", rows.mapped("code"))
