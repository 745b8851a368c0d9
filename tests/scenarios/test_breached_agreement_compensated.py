"""A project's system is down at night, the signed time runs out, and the customer is compensated.

What is expected, added up by hand:

    signed     10:00, two hours to restore around the clock, fee 999.99 a month, at most 10.05 % of it
    restore    reported 20:00 on a Monday evening, due 22:00, runs again 23:10: 70 minutes late
    P0         from 60 minutes late 10 % of 999.99 = 99.999, that is 100.00, in cash
    cap        10.05 % of 999.99 = 100.498995, that is 100.49: 0.49 is left for the late engineer on site
"""

from story_case import StoryCase

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.aftersales_service.policy import lifecycle

DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@tagged("-at_install", "post_install")
class TestBreachedAgreementCompensated(StoryCase):
    def test_a_broken_promise_of_a_signed_agreement_is_paid_to_the_cent(self):
        """SLA-02, SLA-14, SLA-19, SLA-23, SLA-24, WARR-30, COMP-01, COMP-02 and COMP-16, as one story."""
        self.people()
        self.both_sides_sign()
        self.the_system_goes_down_at_night()
        self.time_runs_out()
        self.the_system_runs_again()
        self.the_agent_proposes()
        self.another_person_approves()
        self.finance_grants_once()

    def people(self):
        env = self.env
        self.customer = env["res.partner"].create(
            {"name": "Harbour Cranes Ltd", "is_company": True, "email": "office@harbour.example.com"}
        )
        people = {role: self.story._hire(role) for role in ("manager", "supervisor", "agent", "accountant")}
        self.manager, self.supervisor = people["manager"], people["supervisor"]
        self.agent, self.accountant = people["agent"], people["accountant"]
        self.team = env["aftersales.team"].create(
            {"name": "Cranes", "supervisor_id": self.supervisor.id, "member_ids": self.agent.ids}
        )

    def both_sides_sign(self):
        self.at("2031-03-03 10:00")
        agreement = (
            self.env["aftersales.agreement"]
            .with_user(self.manager)
            .create(
                {
                    "partner_id": self.customer.id,
                    "level": "project",
                    "around_the_clock": True,
                    "fee": 999.99,
                    "compensates": True,
                    "cap_percent": 10.05,
                }
            )
        )
        agreement.action_offer()
        agreement._sign("company", "Mona Manager", DOT)
        self.assertEqual(agreement.state, "offered")
        agreement._sign("customer", "Harry Harbour", DOT, actor=lifecycle.CUSTOMER)
        self.assertEqual((agreement.state, str(agreement.date_start)), ("active", "2031-03-03"))
        self.agreement = agreement

    def the_system_goes_down_at_night(self):
        self.at("2031-03-03 20:00")
        failure = self.env.ref("aftersales_service.aftersales_ticket_category_failure")
        self.ticket = (
            self.env["aftersales.ticket"]
            .with_user(self.agent)
            .create(
                {
                    "title": "All cranes stand still",
                    "partner_id": self.customer.id,
                    "team_id": self.team.id,
                    "user_id": self.agent.id,
                    "urgency": "urgent",
                    "impact": "global",
                    "category_id": failure.id,
                }
            )
        )
        self.assertEqual((self.ticket.priority, self.ticket.agreement_id), ("p0", self.agreement))
        self.assertTrue(self.ticket.live_url)
        self.assert_verdict(
            self.ticket,
            "sla",
            "promised",
            "sla_acknowledge",
            "sla_p0_assign",
            "sla_p0_accept",
            "SLA-AGREED",
            "sla_p0_diagnosis",
            "SLA-AGREED",
            "SLA-AGREED",
            "SLA-AGREED",
            "SLA-AGREED",
        )
        self.ticket.action_accept()
        self.ticket.message_post(
            body="We are on it.", subtype_xmlid="mail.mt_comment", message_type="comment"
        )
        self.ticket.action_start()

    def time_runs_out(self):
        self.at("2031-03-03 22:01")
        self.env["aftersales.deadline"]._run_due()
        self.env["aftersales.deadline"]._run_due()
        rows = self.env["aftersales.compensation"].search([("ticket_id", "=", self.ticket.id)])
        self.assertEqual(sorted(rows.mapped("target")), ["on_site", "restore"])
        self.assertEqual(set(rows.mapped("state")), {"draft"})
        self.row = rows.filtered(lambda row: row.target == "restore").with_user(self.agent)
        self.other = (rows - self.row).with_user(self.agent)
        with self.assertRaisesRegex(UserError, "still open"):
            self.row.action_propose()

    def the_system_runs_again(self):
        self.at("2031-03-03 23:10")
        self.ticket.action_mark_restored()
        self.ticket.action_resolve()

    def the_agent_proposes(self):
        self.at("2031-03-04 08:00")
        self.row.action_propose()
        self.assertEqual((self.row.late_minutes, self.row.amount, self.row.form), (70, 100.0, "cash"))
        self.assert_verdict(self.row, "compensation", "owed", "SLA-23")
        self.assert_verdict(self.row, "compensation_route", "department", "COMP-01")
        self.other.action_propose()
        self.assertEqual(self.other.amount, 0.49)
        self.assert_verdict(self.other, "compensation", "owed", "SLA-23", "COMP-CAP")

    def another_person_approves(self):
        with self.assertRaises(AccessError):
            self.row.action_approve()
        self.row.with_user(self.supervisor).action_approve()

    def finance_grants_once(self):
        granting = self.row.with_user(self.accountant)
        granting.action_grant()
        with self.assertRaises(UserError):
            granting.action_grant()
        notes = self.env["account.move"].search([("aftersales_compensation_id", "=", self.row.id)])
        self.assertEqual((len(notes), notes.state, notes.amount_total), (1, "draft", 100.0))
        notes.action_post()
        expense = notes.invoice_line_ids.account_id
        receivable = self.customer.property_account_receivable_id
        self.assert_entry(notes, [(expense.code, 100.0, 0.0), (receivable.code, 0.0, 100.0)])
        self.assertEqual(notes.amount_residual, 100.0)
