import json
import unittest.mock
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, TransactionCase, new_test_user, tagged

from ..models.bulk_insert import bulk_insert
from ..policy import lifecycle, priority

TICKET = {"service_type": "repair", "title": "Leaks"}


@tagged("-at_install", "post_install")
class TestLifecycleGuard(TransactionCase):
    """State and what policy decided are written by the policy's own path, and by nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = new_test_user(cls.env, "kernel_agent", groups="aftersales_service.group_agent")
        cls.manager = new_test_user(cls.env, "kernel_manager", groups="aftersales_service.group_manager")
        cls.tickets = cls.env["aftersales.ticket"].with_user(cls.agent)
        cls.ticket = cls.tickets.create(TICKET)

    def test_create_sets_the_first_state_whatever_is_asked_for(self):
        tricky = self.tickets.with_context(default_state="closed", default_priority="p0")
        ticket = tricky.create({**TICKET, "state": "resolved", "closed_at": "2020-01-01 00:00:00"})
        self.assertEqual(ticket.state, "new")
        self.assertFalse(ticket.closed_at)
        self.assertNotEqual(ticket.priority, "p0")

    def test_a_form_cannot_set_the_state(self):
        with Form(self.tickets.with_context(default_state="closed")) as form:
            form.title = "Leaks"
            form.problem_type = "hardware"
        self.assertEqual(form.record.state, "new")

    def test_write_is_refused_by_name_and_changes_nothing(self):
        for field, value in [("state", "closed"), ("priority", "p0"), ("next_due_at", False)]:
            with self.subTest(field), self.assertRaisesRegex(AccessError, "use the buttons"):
                self.ticket.write({field: value, "title": "Sneaked in"})
        self.assertEqual((self.ticket.state, self.ticket.title), ("new", "Leaks"))

    def test_the_superuser_cannot_write_it_either(self):
        with self.assertRaises(AccessError):
            self.ticket.sudo().write({"state": "closed"})

    def test_a_context_key_is_no_token(self):
        for forged in (True, "1", object()):
            with self.subTest(forged), self.assertRaises(AccessError):
                self.ticket.with_context(aftersales_own_write=forged).write({"state": "closed"})

    def test_a_copy_begins_anew(self):
        self.ticket._fire("cancel")
        self.assertEqual(self.ticket.copy({"state": "closed"}).state, "new")

    def test_an_import_cannot_set_the_state(self):
        result = self.tickets.load(["title", "service_type", "state"], [["Imported", "repair", "closed"]])
        self.assertIn("cannot be imported", result["messages"][0]["message"])
        self.assertFalse(result["ids"])

    def test_an_import_cannot_change_the_state(self):
        xmlid = (
            self.env["ir.model.data"]
            .sudo()
            .create(
                {"module": "__import__", "name": "t1", "model": self.ticket._name, "res_id": self.ticket.id}
            )
        )
        result = self.tickets.load(["id", "state"], [[xmlid.complete_name, "closed"]])
        self.assertTrue(result["messages"])
        self.assertEqual(self.ticket.state, "new")

    def test_effects_do_not_inherit_the_token(self):
        seen = []

        def spy(tickets):
            seen.append(tickets.env.context.get("aftersales_own_write"))
            with self.assertRaises(AccessError):
                tickets.write({"state": "closed"})

        with unittest.mock.patch.object(type(self.ticket), "_on_cancel", spy, create=True):
            self.ticket._fire("cancel")
        self.assertEqual(seen, [None])

    def test_an_illegal_event_changes_nothing_on_any_document(self):
        cancelled = self.tickets.create(TICKET)
        cancelled._fire("cancel")
        with self.assertRaisesRegex(UserError, "does not apply"):
            (self.ticket | cancelled)._fire("cancel")
        self.assertEqual(self.ticket.state, "new")

    def test_an_event_without_the_right_is_refused(self):
        engineer = new_test_user(self.env, "kernel_engineer", groups="aftersales_service.group_engineer")
        self.ticket.sudo().user_id = engineer
        with self.assertRaisesRegex(AccessError, "no right"):
            self.ticket.with_user(engineer)._fire("cancel")
        self.assertNotIn("cancel", self.ticket.with_user(engineer).allowed_events)
        self.assertIn("cancel", self.ticket.allowed_events)

    def test_allowed_events_are_exactly_those_that_go_through(self):
        """A button that shows works, and one that does not show is refused."""
        shown = set(self.ticket.allowed_events)
        for event in self.ticket._flow.events:
            may = lifecycle.may_fire(self.ticket._flow, event, self.ticket._roles())
            applies = ("new", event) in self.ticket._flow.transitions
            self.assertEqual(event in shown, may and applies, event)

    def test_history_is_loaded_by_a_manager_with_its_states_and_dates(self):
        past = {**TICKET, "state": "closed", "closed_at": "2024-05-06 07:08:09"}
        with self.assertRaisesRegex(AccessError, "Only a manager"):
            self.tickets.load_history([past])
        loaded = self.tickets.with_user(self.manager).load_history([past])
        self.assertEqual((loaded.state, str(loaded.closed_at)), ("closed", "2024-05-06 07:08:09"))
        self.assertFalse(loaded.deadline_ids, "nothing is promised in the past")

    def test_history_with_an_unknown_state_is_refused_with_the_known_ones(self):
        with self.assertRaisesRegex(UserError, "Use one of: new"):
            self.tickets.with_user(self.manager).load_history([{**TICKET, "state": "lost"}])


@tagged("-at_install", "post_install")
class TestLifecycleOverRpc(HttpCase):
    """The same from outside, with a real session."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = new_test_user(cls.env, "rpc_agent", groups="aftersales_service.group_agent")
        cls.engineer = new_test_user(cls.env, "rpc_engineer", groups="aftersales_service.group_engineer")
        cls.ticket = cls.env["aftersales.ticket"].with_user(cls.agent).create(TICKET)
        cls.ticket.sudo().user_id = cls.engineer
        cls.before = cls.ticket.state

    def call(self, login, model, method, *args, **kwargs):
        """The name of the error that comes back, or None."""
        self.authenticate(login, login)
        answer = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            data=json.dumps(
                {
                    "jsonrpc": "2.0",
                    "params": {"model": model, "method": method, "args": args, "kwargs": kwargs},
                }
            ),
            headers={"Content-Type": "application/json"},
        ).json()
        return answer.get("error", {}).get("data", {}).get("name")

    def test_state_and_log_cannot_be_written_over_rpc(self):
        access_error = "odoo.exceptions.AccessError"
        row = self.ticket.deadline_ids[:1]
        verdict = self.ticket.verdict_ids[:1]
        attempts = [
            ("aftersales.ticket", "write", [self.ticket.id], {"state": "closed"}),
            ("aftersales.ticket", "web_save", [self.ticket.id], {"priority": "p0"}),
            ("aftersales.deadline", "write", [row.id], {"state": "met"}),
            ("aftersales.deadline", "unlink", [row.id]),
            (
                "aftersales.deadline",
                "create",
                [{"kind": "resolve", "res_model": "aftersales.ticket", "res_id": 1}],
            ),
            ("aftersales.deadline.event", "create", [{"deadline_id": row.id, "kind": "stop"}]),
            ("aftersales.verdict", "write", [verdict.id], {"outcome": "p0"}),
            ("aftersales.verdict", "create", [{"kind": "priority"}]),
            ("aftersales.verdict", "unlink", [verdict.id]),
        ]
        self.assertTrue(row and verdict, "the ticket has promises and verdicts to attack")
        for model, method, *args in attempts:
            with self.subTest(f"{model}.{method}"):
                save = {"specification": {}} if method == "web_save" else {}
                self.assertEqual(self.call("rpc_agent", model, method, *args, **save), access_error)
        self.env.invalidate_all()
        self.assertEqual(self.ticket.state, self.before)

    def test_private_doors_are_shut(self):
        for method in ("_fire", "_write_policy", "_judge", "_open_deadlines"):
            with self.subTest(method):
                error = self.call("rpc_agent", "aftersales.ticket", method, [self.ticket.id], "cancel")
                self.assertTrue(error, "a private method must not be reachable")
        self.env.invalidate_all()
        self.assertEqual(self.ticket.state, self.before)

    def test_an_event_without_the_right_is_refused_over_rpc(self):
        error = self.call("rpc_engineer", "aftersales.ticket", "action_cancel", [self.ticket.id])
        self.assertEqual(error, "odoo.exceptions.AccessError")
        self.env.invalidate_all()
        self.assertEqual(self.ticket.state, self.before)


@tagged("-at_install", "post_install")
class TestLedger(TransactionCase):
    """Promises of a document: open and closed by its events, in the ledger and in the inbox."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = new_test_user(cls.env, "ledger_agent", groups="aftersales_service.group_agent")
        cls.ledger = cls.env["aftersales.deadline"]
        promised = {"line": "x", "amount": 30, "unit": "minutes", "hours": "always"}
        cls.tickets = cls.env["aftersales.ticket"].load_history(
            [
                {
                    **TICKET,
                    "state": "assigned",
                    "user_id": cls.agent.id,
                    "sla_targets": {"accept": promised, "resolve": {**promised, "amount": 240}},
                }
            ]
            * 3
        )
        cls.ticket = cls.tickets[0]

    def open(self, *kinds, minutes_ago=0):
        since = fields.Datetime.now() - timedelta(minutes=minutes_ago)
        return self.tickets._open_deadlines(kinds, since=since)

    def test_the_next_promise_stands_on_the_document(self):
        rows = self.open("accept", "resolve")
        self.assertEqual(len(rows), 6)
        self.assertEqual(self.ticket.next_kind, "accept")
        self.assertEqual(self.ticket.next_due_at, self.ticket.deadline_ids.sorted("due_at")[0].due_at)

    def test_a_promise_of_a_kind_is_opened_once(self):
        self.open("accept")
        self.assertFalse(self.open("accept"))

    def test_a_task_opens_and_closes_with_its_promise(self):
        self.open("accept")
        self.assertEqual(self.ticket.activity_ids.user_id, self.agent)
        self.ticket.with_user(self.agent)._fire("accept")
        self.assertFalse(self.ticket.activity_ids)
        self.assertEqual(self.ticket.deadline_ids.state, "met")

    def test_late_is_late_also_before_the_cron(self):
        """SLA-08: after thirty minutes the ticket is on its way to the next one."""
        self.open("accept", minutes_ago=31)
        ticket = self.ticket.with_user(self.agent)
        self.assertNotIn("accept", ticket.allowed_events)
        with self.assertRaisesRegex(UserError, "Time has run out"):
            ticket._fire("accept")
        self.assertEqual(ticket.state, "assigned")

    def test_what_was_announced_happens_by_itself(self):
        """SLA-08, SLA-09"""
        self.ledger._run_due()  # whatever else the database holds
        self.open("accept", minutes_ago=31)
        self.assertEqual(self.ledger._run_due(), 3)
        self.assertEqual(set(self.tickets.mapped("state")) - {"new", "assigned"}, set())
        row = self.ticket.deadline_ids.filtered(lambda row: row.state == "missed")
        self.assertEqual(row.missed_at, row.due_at)
        self.assertEqual(self.ledger._run_due(), 0, "a second run finds nothing to do")

    def test_kept_too_late_is_missed_and_says_when_it_was_done(self):
        self.open("resolve", minutes_ago=241)
        self.ticket.with_user(self.agent)._fire("accept")
        self.ticket.with_user(self.agent)._fire("resolve")
        row = self.ticket.deadline_ids.filtered(lambda row: row.kind == "resolve")
        self.assertEqual(row.state, "missed")
        self.assertGreater(row.met_at, row.missed_at)

    def test_a_pause_stops_the_clock_and_closing_out_of_it_is_in_time(self):
        """A ticket solved straight from a pause must not be counted as late later."""
        self.ticket.company_id.aftersales_ask_after_customer = 0  # one promise is looked at
        self.open("resolve", minutes_ago=10)
        ticket = self.ticket.with_user(self.agent)
        ticket._fire("accept")
        ticket._fire("wait")
        row = ticket.deadline_ids
        self.assertEqual((row.state, row.due_at, ticket.next_due_at), ("paused", False, False))
        self.ledger._run_due(now=fields.Datetime.now() + timedelta(days=30))
        self.assertEqual(self.tickets.deadline_ids.mapped("state"), ["paused", "missed", "missed"])
        ticket._fire("resolve")
        self.assertEqual(row.state, "met")

    def test_another_target_keeps_the_time_that_is_spent(self):
        self.open("resolve", minutes_ago=60)
        row = self.ticket.deadline_ids
        self.ticket._write_policy(
            {"sla_targets": {"resolve": {"line": "x", "amount": 90, "unit": "minutes", "hours": "always"}}}
        )
        self.ticket._retarget_deadlines()
        self.assertEqual(row.due_at, row.started_at + timedelta(minutes=90))
        self.assertEqual(self.ticket.next_due_at, row.due_at)
        self.assertEqual(row.event_ids.mapped("kind"), ["start", "retarget"])

    def test_a_calendar_without_hours_does_not_stop_the_intake(self):
        empty = self.env["resource.calendar"].create({"name": "Never", "attendance_ids": False})
        empty.attendance_ids.unlink()
        terms = self.ledger.terms(4, "hours", empty)
        promised = {"line": "x", "amount": 4, "unit": "hours", "hours": "service"}
        self.ticket._write_policy({"sla_targets": {"diagnosis": promised}})
        with (
            unittest.mock.patch.object(
                type(self.ticket), "_deadline_terms", lambda tickets, kind: dict.fromkeys(tickets, terms)
            ),
            self.assertLogs("odoo.addons.aftersales_service.models.aftersales_deadline", "WARNING"),
        ):
            (row,) = self.ticket._open_deadlines(["diagnosis"])
        self.assertEqual(row.due_at, row.started_at + timedelta(hours=4))

    def test_a_documents_rows_go_with_it(self):
        tickets = self.env["aftersales.ticket"].create([TICKET] * 3)
        self.assertTrue(tickets.deadline_ids)
        ids = tickets.ids
        tickets.unlink()
        rows = self.ledger.search([("res_model", "=", "aftersales.ticket"), ("res_id", "in", ids)])
        self.assertFalse(rows)
        self.assertFalse(
            self.env["mail.activity"].search([("res_id", "in", ids), ("res_model", "=", "aftersales.ticket")])
        )

    def test_ledger_and_log_follow_their_document(self):
        """Neither a user of another company nor an engineer with other tickets reads any of the rows."""
        self.open("accept")
        self.ticket._judge_priority()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "ledger_stranger",
            groups="aftersales_service.group_agent",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        engineer = new_test_user(self.env, "ledger_engineer", groups="aftersales_service.group_engineer")
        for name in ("aftersales.deadline", "aftersales.verdict"):
            rows = self.env[name].search(
                [("res_model", "=", "aftersales.ticket"), ("res_id", "=", self.ticket.id)]
            )
            self.assertTrue(rows, name)
            self.assertEqual(rows.with_user(self.agent).search([("id", "in", rows.ids)]), rows)
            for user in (stranger, engineer):
                with self.subTest(f"{name} {user.login}"):
                    self.assertFalse(rows.with_user(user).search([("id", "in", rows.ids)]))
                    with self.assertRaises(AccessError):
                        rows.with_user(user).read(["kind"])

    def test_a_missed_promise_stays_missed_when_the_document_goes_another_way(self):
        ticket = self.ticket
        row = (
            self.env["aftersales.deadline"]
            .sudo()
            .create(
                {
                    "res_model": ticket._name,
                    "res_id": ticket.id,
                    "kind": "resolve",
                    "started_at": "2026-01-05 08:00:00",
                    "due_at": "2026-01-05 09:00:00",
                    "missed_at": "2026-01-05 09:00:00",
                    "state": "missed",
                }
            )
        )
        row._drop(fields.Datetime.now())
        self.assertEqual(row.state, "missed")

    def test_a_default_for_the_document_is_none_for_its_promises(self):
        ticket = (
            self.env["aftersales.ticket"]
            .with_context(default_state="closed", default_kind="x")
            .create(TICKET)
        )
        self.assertTrue(ticket.deadline_ids)
        self.assertLessEqual(set(ticket.deadline_ids.mapped("state")), {"running", "met"})

    def test_opening_promises_of_many_documents_costs_no_more_queries_than_of_one(self):
        def queries(tickets):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            tickets._open_deadlines(["resolve"])
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        many = self.env["aftersales.ticket"].load_history(
            [{**TICKET, "state": "accepted", "sla_targets": self.ticket.sla_targets}] * 60
        )
        queries(self.tickets[0])  # warm
        self.assertLessEqual(queries(many), queries(self.tickets[1]) + 2)


@tagged("-at_install", "post_install")
class TestVerdictLog(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supervisor = new_test_user(
            cls.env, "log_supervisor", groups="aftersales_service.group_supervisor"
        )
        cls.agent = new_test_user(cls.env, "log_agent", groups="aftersales_service.group_agent")
        cls.ticket = cls.env["aftersales.ticket"].with_user(cls.agent).create(TICKET)

    def priority_rows(self):
        return self.ticket.verdict_ids.filtered(lambda row: row.kind == "priority")

    def test_every_verdict_of_a_ticket_replays_from_its_facts(self):
        self.assertTrue(self.ticket.verdict_ids)
        for row in self.ticket.verdict_ids:
            with self.subTest(row.kind):
                self.assertEqual(row._replay().outcome, row.outcome)

    def test_every_clause_of_a_verdict_has_a_sentence(self):
        for row in self.ticket.verdict_ids:
            for clause in row.explanation:
                with self.subTest(clause["code"]):
                    self.assertNotEqual(clause["text"], clause["code"])

    def test_an_unchanged_case_is_not_kept_twice(self):
        before = self.ticket.verdict_ids
        self.ticket._judge_priority()
        self.assertEqual(self.ticket.verdict_ids, before)

    def test_tickets_that_are_alike_are_judged_once_and_each_keeps_its_verdicts(self):
        rare = {**TICKET, "urgency": "urgent", "impact": "global"}
        with unittest.mock.patch.object(priority, "judge", wraps=priority.judge) as judge:
            many = self.env["aftersales.ticket"].create([TICKET, TICKET, rare, TICKET])
        self.assertEqual(judge.call_count, 2)
        rows = many._verdict_of("priority")
        self.assertEqual([rows[ticket].outcome for ticket in many], many.mapped("priority"))
        self.assertEqual(rows[many[2]].facts["urgency"], "urgent")
        self.assertEqual(len(set(many.mapped("name"))), 4)

    def test_tickets_in_one_create_cost_no_more_queries_than_one(self):
        def queries(count):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["aftersales.ticket"].create([dict(TICKET) for _ in range(count)])
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(1)  # warm
        self.assertLessEqual(queries(60), queries(1) + 3)

    def test_the_log_keeps_every_text_and_the_order_of_its_rows(self):
        """What is written at once is read as it was given, also quotes, Chinese and empty cells."""
        told = ["quote ' \" \\ %s", "压缩机漏水", ""]
        moment = fields.Datetime.to_datetime("2026-02-28 23:59:59")
        values = [
            {
                "res_model": "aftersales.ticket",
                "res_id": self.ticket.id,
                "company_id": number == 0 and self.env.company.id,
                "kind": "resolve",
                "state": "met",
                "urgent": number == 0,
                "set_aside": text,
                "met_at": number == 0 and moment,
                "started_at": moment,
                "target_seconds": number,
            }
            for number, text in enumerate(told)
        ]
        rows = bulk_insert(self.env["aftersales.deadline"].sudo(), values)
        self.assertEqual(rows.mapped("target_seconds"), [0, 1, 2])
        self.assertEqual(rows.mapped("set_aside"), told)
        self.assertEqual(rows.mapped("urgent"), [True, False, False])
        self.assertEqual(rows.mapped("met_at"), [moment, False, False])
        self.assertEqual(rows.company_id, self.env.company)
        self.assertEqual(rows[0].create_uid, self.env.user)

    def test_a_supervisor_decides_otherwise_with_a_reason_and_it_stands(self):
        ticket = self.ticket.with_user(self.supervisor)
        with self.assertRaisesRegex(UserError, "Give the reason"):
            ticket._override_verdict("priority", "p0", " ")
        ticket._override_verdict("priority", "p0", "The minister called")
        row = self.priority_rows()[0]
        self.assertEqual((row.outcome, row.overridden_by_id), ("p0", self.supervisor))
        self.assertIn("The minister called", row.explanation[-1]["text"])
        self.ticket._judge_priority()
        self.assertEqual(self.ticket.priority, "p0", "judging the same facts again does not undo it")
        self.assertEqual(len(self.priority_rows()), 2)

    def test_an_agent_may_not_override(self):
        with self.assertRaisesRegex(AccessError, "supervisor"):
            self.ticket._override_verdict("priority", "p0", "Please")

    def test_new_facts_are_judged_anew_after_an_override(self):
        self.ticket.with_user(self.supervisor)._override_verdict("priority", "p3", "Can wait")
        self.ticket.urgency = "urgent"
        self.ticket.impact = "global"
        self.assertNotEqual(self.ticket.priority, "p3")

    def test_the_reasons_are_read_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        clause = self.env.ref("aftersales_service.clause_override")
        clause.with_context(lang="zh_CN").text = "由%(user)s改判：%(reason)s"
        self.ticket.with_user(self.supervisor)._override_verdict("priority", "p0", "急")
        row = self.priority_rows()[0]
        self.assertIn("改判", row.with_context(lang="zh_CN").explanation[-1]["text"])
        self.assertIn("Decided otherwise", row.with_context(lang="en_US").explanation[-1]["text"])
