from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_agreement import AgreementCommon


@tagged("post_install", "-at_install")
class TestCompensation(AgreementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls.user("accountant")
        cls.expense = cls.env["account.account"].create(
            {"name": "Compensation", "code": "649900", "account_type": "expense"}
        )
        cls.company.aftersales_compensation_account_id = cls.expense

    def compensated(self, **vals):
        return self.signed(**{"fee": 1000, "compensates": True, **vals})

    def rows(self, ticket, kind=None):
        found = self.env["aftersales.compensation"].search([("ticket_id", "=", ticket.id)])
        return found.filtered(lambda row: row.target == kind) if kind else found

    def run_out(self, **delta):
        moment = self.later(**delta)
        self.env["aftersales.deadline"]._run_due(now=moment)

    def breach(self, **vals):
        """A ticket whose restore target was kept an hour late, and its drafted compensation."""
        self.compensated(**vals)
        ticket = self.in_progress()
        self.run_out(hours=2, minutes=1)
        self.later(minutes=59)
        ticket.action_mark_restored()
        return ticket, self.rows(ticket, "restore").with_user(self.agent)

    def damage(self, amount, **vals):
        values = {"kind": "damage", "amount": amount, "reason": "Floor wet", "form": "cash"}
        ticket = self.in_progress()
        return (
            self.env["aftersales.compensation"]
            .with_user(self.agent)
            .create({"ticket_id": ticket.id, **values, **vals})
        )

    # === BROKEN PROMISES === #

    def test_a_broken_promise_of_the_agreement_is_drafted_once(self):
        """SLA-23: by the ledger, one for each target, whatever runs twice; and the supervisor's task."""
        self.compensated()
        ticket = self.in_progress()
        self.run_out(hours=5)
        self.env["aftersales.deadline"]._run_due(now=fields.Datetime.now())
        ledger = ticket.sudo().deadline_ids.filtered(lambda row: row.state == "missed")
        self.env["aftersales.compensation"]._draft_for(ledger)
        rows = self.rows(ticket)
        self.assertEqual(sorted(rows.mapped("target")), ["first_reply", "on_site", "resolve", "restore"])
        self.assertEqual(rows.activity_ids.user_id, self.supervisor)
        with self.assertRaises(UniqueViolation), self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
            self.env["aftersales.compensation"].create(
                {"ticket_id": ticket.id, "kind": "breach", "target": "restore"}
            )

    def test_a_late_answer_counts_before_the_cron_has_come_round(self):
        """SLA-23: late is late."""
        ticket, row = self.breach()
        self.assertEqual(row.state, "draft")
        self.env["aftersales.deadline"]._run_due(now=fields.Datetime.now())
        self.assertEqual(len(self.rows(ticket, "restore")), 1)

    def test_terms_delay_and_fee_make_the_amount(self):
        """SLA-23: a project ticket is a P1; 60 minutes late: 3 % of 1000 as credit, with its reason.

        That it runs again by now makes it a P2, and what was broken no cheaper.
        """
        ticket, row = self.breach()
        self.assertEqual(ticket.priority, "p2")
        row.action_recompute()
        self.assertEqual((row.late_minutes, row.amount, row.form), (60, 30.0, "voucher"))
        self.assertIn("SLA-23", str(row.why))
        self.assertIn("60 minutes late", str(row.why))

    def test_without_compensation_in_the_agreement_nothing_is_drafted(self):
        self.signed(fee=1000)
        ticket = self.in_progress()
        self.run_out(hours=5)
        self.assertFalse(self.rows(ticket))

    def test_the_companys_own_targets_are_not_compensated(self):
        """SLA-23: what the general table promises is no agreement."""
        self.compensated(level="vip")
        ticket = self.in_progress(service_type="consultation")
        self.run_out(days=5)
        self.assertIn(
            "first_reply", ticket.deadline_ids.filtered(lambda row: row.state == "missed").mapped("kind")
        )
        self.assertFalse(self.rows(ticket))

    def test_misuse_is_not_compensated(self):
        """WARR-31: found out before it is proposed, it comes to nothing."""
        ticket, row = self.breach()
        ticket.cause_id = self.env["aftersales.cause"].create(
            {"name": "Misuse", "code": "misuse_y", "fault_party": "customer"}
        )
        with self.assertRaisesRegex(UserError, "comes to nothing"):
            row.action_propose()
        self.assertEqual(row.state, "draft")

    def test_a_delay_that_still_grows_is_not_proposed(self):
        self.compensated()
        ticket = self.in_progress()
        self.run_out(hours=2, minutes=1)
        row = self.rows(ticket, "restore").with_user(self.agent)
        with self.assertRaisesRegex(UserError, "still open"):
            row.action_propose()
        self.later(hours=25)
        ticket.action_resolve()
        row.action_propose()
        self.assertEqual((row.state, row.amount), ("proposed", 100.0))

    def test_all_compensation_of_a_period_stays_within_the_cap(self):
        """SLA-23: 4.5 percent of 1000 are 45, over all tickets of the month, to the cent."""
        self.compensated(cap_percent=4.5)
        first, second = self.in_progress(), self.in_progress()
        self.run_out(hours=2, minutes=1)
        (first + second).action_mark_restored()
        row, other = self.rows(first, "restore"), self.rows(second, "restore")
        (row + other).with_user(self.agent).action_propose()
        self.assertEqual(sorted((row + other).mapped("amount")), [15.0, 30.0])
        (row + other).with_user(self.supervisor).action_approve()
        last = self.rows(first, "first_reply").with_user(self.agent)
        first.message_post(body="?", subtype_xmlid="mail.mt_comment", message_type="comment")
        with self.assertRaisesRegex(UserError, "comes to nothing"):
            last.action_propose()

    def test_the_amount_of_a_broken_promise_is_not_typed(self):
        _ticket, row = self.breach()
        with self.assertRaisesRegex(UserError, "follows from the agreement"):
            row.amount = 9999
        for vals in ({"state": "granted"}, {"late_minutes": 9}, {"route": "department"}):
            with self.subTest(vals), self.assertRaises(AccessError):
                row.write(vals)

    # === DECIDING === #

    def test_a_small_one_is_decided_and_granted_in_the_department_and_reported(self):
        """COMP-01, COMP-02: finance and the manager in charge hear of it when it is granted."""
        self.team.manager_id = self.manager
        self.company.aftersales_finance_user_id = self.accountant
        row = self.damage(200)
        row.action_propose()
        self.assertEqual(row.route, "department")
        row.with_user(self.supervisor).action_approve()
        row.with_user(self.supervisor).action_grant()
        told = (
            self.env["mail.message"]
            .sudo()
            .search([("subject", "like", row.name), ("message_type", "=", "user_notification")])
        )
        self.assertEqual(told.notified_partner_ids, (self.accountant + self.manager).partner_id)
        self.assertIn("200", told.body)

    def test_a_large_one_is_seen_agreed_and_decided_by_the_general_manager(self):
        """COMP-03, COMP-04: technician's visit, supervisor on the spot, the customer's word; only then."""
        row = self.damage(800)
        row.action_propose()
        self.assertEqual(row.route, "general_manager")
        with self.assertRaisesRegex(AccessError, "ask the general manager"):
            row.with_user(self.supervisor).action_approve()
        with self.assertRaisesRegex(UserError, "finished visit.*supervisor who was.*customer's word"):
            row.with_user(self.boss).action_approve()
        visit = self.env["aftersales.visit"].create(
            {"ticket_id": row.ticket_id.id, "user_id": self.engineer.id, "start": fields.Datetime.now()}
        )
        visit.action_arrive()
        visit.signature = (
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
        )
        visit.action_complete()
        row.write(
            {"visit_id": visit.id, "supervisor_on_site_id": self.supervisor.id, "assessment": "Pipe burst"}
        )
        with self.assertRaisesRegex(UserError, "customer's word"):
            row.with_user(self.boss).action_approve()
        row.write({"agreed_on": self.today, "agreed_by": "Li Ming"})
        self.env.invalidate_all()  # nobody reads from the cache what others have read
        row.with_user(self.boss).action_approve()
        self.assertEqual((row.state, row.approved_by_id), ("approved", self.boss))
        self.env.invalidate_all()
        row.with_user(self.accountant).action_grant()
        self.assertEqual(row.state, "granted")

    def test_nobody_approves_what_they_have_proposed(self):
        """COMP-01: four eyes."""
        row = self.damage(100).with_user(self.supervisor)
        row.action_propose()
        with self.assertRaisesRegex(AccessError, "another person"):
            row.action_approve()
        self.assertEqual(row.state, "proposed")

    def test_damage_by_the_customer_is_goodwill_at_most(self):
        """COMP-01, COMP-06: who insists may get something all the same, by hand and with the reason."""
        row = self.damage(100)
        row.ticket_id.cause_id = self.env["aftersales.cause"].create(
            {"name": "Misuse", "code": "misuse_z", "fault_party": "customer"}
        )
        with self.assertRaisesRegex(UserError, "As goodwill"):
            row.action_propose()
        row.write({"kind": "goodwill", "reason": False})
        with self.assertRaisesRegex(UserError, "say what happened"):
            row.action_propose()
        row.reason = "Has called every day"
        row.action_propose()
        self.assertEqual((row.state, row.route), ("proposed", "department"))

    def test_what_was_proposed_is_what_gets_decided(self):
        row = self.damage(100)
        row.action_propose()
        with self.assertRaisesRegex(UserError, "Take it back to draft"):
            row.amount = 499
        row.action_revise()
        row.amount = 499
        self.assertFalse(row.route)

    # === BOOKS === #

    def test_credit_stays_open_on_the_customers_account(self):
        """COMP-16, SLA-23: one posted credit note over the amount, on its account, without tax."""
        row = self.damage("123.45", form="voucher")
        row.action_propose()
        row.with_user(self.supervisor).action_approve()
        row.with_user(self.supervisor).action_grant()
        note = row.sudo().move_id
        self.assertRecordValues(
            note,
            [
                {
                    "move_type": "out_refund",
                    "state": "posted",
                    "partner_id": self.customer.id,
                    "amount_total": 123.45,
                    "amount_residual": 123.45,
                    "amount_tax": 0.0,
                }
            ],
        )
        self.assertEqual(note.invoice_line_ids.account_id, self.expense)
        with self.assertRaisesRegex(UserError, "does not apply"):
            row.with_user(self.supervisor).action_grant()
        with self.assertRaises(UniqueViolation), self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
            self.env["account.move"].create({**row.sudo()._prepare_credit_note_vals()})
            self.env.flush_all()

    def test_cash_waits_for_finance_and_comes_back_when_the_note_is_cancelled(self):
        """COMP-16: a draft that finance posts and pays; cancelled, the money may be granted anew, once."""
        row = self.damage(50)
        row.action_propose()
        row.with_user(self.supervisor).action_approve()
        row.with_user(self.accountant).action_grant()
        note = row.sudo().move_id
        self.assertEqual((note.state, note.amount_total), ("draft", 50.0))
        note.button_cancel()
        self.assertEqual((row.state, row.sudo().move_id.id), ("approved", False))
        row.with_user(self.accountant).action_grant()
        row.sudo().move_id.unlink()
        self.assertEqual(row.state, "approved")

    def test_without_an_account_it_says_what_to_do(self):
        self.company.aftersales_compensation_account_id = False
        self.company.expense_account_id = False
        row = self.damage(50)
        row.action_propose()
        row.with_user(self.supervisor).action_approve()
        with self.assertRaisesRegex(UserError, "no account for compensation"):
            row.with_user(self.accountant).action_grant()
        self.assertEqual(row.state, "approved")

    def test_the_write_off_declaration_is_printed(self):
        """COMP-05: with the customer's papers, the assessment, amount and who declared and approved."""
        row = self.damage(200)
        row.action_propose()
        row.with_user(self.supervisor).action_approve()
        row.material = "Invoice 4711, two photos"
        row.with_user(self.supervisor).action_grant()
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html("aftersales_service.aftersales_compensation_declaration", row.ids)[0]
            .decode()
        )
        for text in ("write-off declaration", "Invoice 4711", "200", self.supervisor.name, self.agent.name):
            self.assertIn(text, html)

    # === BULK AND RIGHTS === #

    def test_many_broken_promises_cost_little(self):
        """SLA-23: drafts of a run are one create; the number of queries hardly grows with the tickets."""
        self.compensated()

        def queries(count):
            tickets = self.env["aftersales.ticket"].create(
                [{"title": "Cold", "partner_id": self.customer.id, "team_id": self.team.id}] * count
            )
            ledger = tickets.sudo().deadline_ids.filtered(lambda row: row.kind == "restore")
            ledger.write({"state": "missed", "missed_at": fields.Datetime.now()})
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["aftersales.compensation"]._draft_for(ledger)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(1)
        few, many = queries(2), queries(22)
        self.assertLess((many - few) / 20, 3, "two: its facts and what is written of it")

    def test_engineers_read_no_amounts_and_accountants_do_not_approve(self):
        row = self.damage(10)
        with self.assertRaises(AccessError):
            row.with_user(self.engineer).read(["amount"])
        row.action_propose()
        with self.assertRaises(AccessError):
            row.with_user(self.accountant).action_approve()
        with self.assertRaises(UserError):
            row.with_user(self.supervisor).unlink()
        result = row.with_user(self.supervisor)._batch_action("grant")
        self.assertIn("does not apply", result["params"]["message"])
        self.assertEqual(row.state, "proposed")

    def test_an_agreement_in_another_currency_is_compensated_in_it(self):
        currency = self.env["res.currency"].create(
            {"name": "XAG", "symbol": "X", "rounding": 0.01, "rate_ids": [Command.create({"rate": 2})]}
        )
        _ticket, row = self.breach(currency_id=currency.id)
        row.action_propose()
        self.assertEqual((row.currency_id, row.amount), (currency, 30.0))
        self.assertEqual(row._company_amount(), 15)

    def test_later_than_the_period_the_cap_begins_anew(self):
        """SLA-23: fee and cap are those of the calendar period in which the promise was broken."""
        _ticket, row = self.breach(cap_percent=1)
        row.action_propose()
        self.later(days=32)
        ticket = self.in_progress()
        self.run_out(hours=2, minutes=1)
        ticket.action_mark_restored()
        again = self.rows(ticket, "restore").with_user(self.agent)
        again.action_propose()
        self.assertEqual((row.amount, again.amount), (10.0, 10.0))
        self.assertGreater(again.missed_at - row.missed_at, timedelta(days=31))
