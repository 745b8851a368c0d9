import csv
from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import file_open

from ..policy import coverage, dispatch, priority, sla, ticket_flow, visit_flow
from .common import AftersalesServiceCommon


@tagged("post_install", "-at_install")
class TestPriorityAndPromises(AftersalesServiceCommon):
    def agreement(self, level="vip", **vals):
        signed = {"name": f"AG-{level}", "partner_id": self.customer.id, "level": level, "state": "active"}
        return self.env["aftersales.agreement"].load_history([{**signed, **vals}])

    def target(self, ticket, kind):
        row = self.deadlines(ticket).get(kind)
        return row and row.target_seconds

    def test_urgency_impact_and_category_make_the_priority_with_its_reason(self):
        """PRIO-01, PRIO-02, PRIO-04, PRIO-05, PRIO-06."""
        down = self.env.ref("aftersales_service.aftersales_ticket_category_failure")
        ticket = self.ticket(urgency="urgent", impact="global", category_id=down.id)
        self.assertEqual(ticket.priority, "p0")
        clause = ticket._verdict_of("priority")[ticket].explanation[0]
        self.assertIn("the whole system is down", clause["text"])

    def test_the_priority_follows_the_facts(self):
        """PRIO-07: the queue is adjusted when the facts change."""
        ticket = self.ticket()
        self.assertEqual(ticket.priority, "p2")
        ticket.urgency = "minor"
        self.assertEqual(ticket.priority, "p3")

    def test_a_vip_goes_before_others(self):
        """PRIO-08."""
        self.agreement()
        ticket = self.ticket()
        self.assertEqual((ticket.agreement_id.level, ticket.priority), ("vip", "p1"))

    def test_an_agreement_that_is_over_counts_no_more(self):
        """SLA-22: the version in force judges."""
        today = fields.Date.today()
        self.agreement(date_start=today - timedelta(days=400), date_end=today - timedelta(days=30))
        self.agreement("project", state="draft")
        ticket = self.ticket()
        self.assertFalse(ticket.agreement_id)
        self.assertEqual(ticket.priority, "p2")

    def test_each_step_has_its_own_deadline(self):
        """SLA-04, SLA-06, SLA-08, CON-02."""
        ticket = self.ticket()
        self.assertEqual(self.target(ticket, "assign"), 2 * 3600)
        self.assertEqual(self.target(ticket, "first_reply"), 24 * 3600)
        self.assertFalse(self.target(ticket, "accept"))
        ticket.user_id = self.agent
        self.assertEqual(self.target(ticket, "accept"), 30 * 60)

    def test_a_question_is_answered_within_two_hours(self):
        """SLA-07."""
        self.assertEqual(self.target(self.ticket(service_type="consultation"), "first_reply"), 2 * 3600)

    def test_a_project_is_owed_its_own_times(self):
        """SLA-12, SLA-13, SLA-14, SLA-17."""
        self.agreement("project")
        ticket = self.ticket()
        owed = {kind: self.target(ticket, kind) for kind in ("first_reply", "on_site", "restore", "resolve")}
        self.assertEqual(owed, {"first_reply": 1800, "on_site": 7200, "restore": 7200, "resolve": 14400})

    def test_changing_the_priority_gives_open_promises_their_new_times(self):
        """Known to go wrong elsewhere: a changed priority is re-targeted."""
        ticket = self.ticket()
        down = self.env.ref("aftersales_service.aftersales_ticket_category_failure")
        ticket.write({"urgency": "urgent", "impact": "global", "category_id": down.id})
        rows = self.deadlines(ticket)
        self.assertEqual(rows["first_reply"].due_at, rows["first_reply"].started_at + timedelta(minutes=5))
        self.assertTrue(rows["first_reply"].state == "running")

    def test_changing_the_team_counts_its_hours(self):
        """Known to go wrong elsewhere: a changed team is re-targeted."""
        ticket = self.ticket()
        night = self.env["aftersales.team"].create({"name": "Night", "calendar_id": self.closed_now().id})
        before = self.deadlines(ticket)["assign"].due_at
        ticket.team_id = night
        self.assertGreater(self.deadlines(ticket)["assign"].due_at, before + timedelta(hours=6))

    def test_a_team_without_working_hours_does_not_stop_the_intake(self):
        """Bad input: a calendar without hours counts around the clock."""
        empty = self.env["resource.calendar"].create({"name": "Empty", "attendance_ids": [Command.clear()]})
        self.team.calendar_id = empty
        ticket = self.ticket()
        rows = self.deadlines(ticket)
        self.assertEqual(rows["assign"].due_at, rows["assign"].started_at + timedelta(hours=2))

    def test_a_holiday_counts_from_the_moment_it_is_entered(self):
        """Working hours are remembered; a changed holiday or changed hours are not overlooked."""
        calendar = self.env["resource.calendar"].create({"name": "Mondays to Fridays"})
        monday, thursday = datetime(2031, 3, 3), datetime(2031, 3, 6)

        def days():
            clock = calendar, self.company
            return len(self.env["aftersales.deadline"]._working_time(clock, monday, thursday).days)

        whole = days()
        holiday = self.env["resource.calendar.leaves"].create(
            {
                "name": "Spring",
                "calendar_id": calendar.id,
                "date_from": datetime(2031, 3, 4),
                "date_to": datetime(2031, 3, 5),
            }
        )
        self.assertEqual(days(), whole - 1)
        holiday.date_to = datetime(2031, 3, 6)
        self.assertEqual(days(), whole - 2)
        holiday.unlink()
        self.assertEqual(days(), whole)
        calendar.attendance_ids.filtered(lambda row: row.dayofweek == "0").unlink()
        self.assertLess(days(), whole)

    def test_a_target_on_a_calendar_without_hours_is_refused(self):
        empty = self.env["resource.calendar"].create({"name": "Empty", "attendance_ids": [Command.clear()]})
        with self.assertRaisesRegex(ValidationError, "no working hours"):
            self.env["aftersales.sla.line"].create(
                {
                    "policy_id": self.env.ref("aftersales_service.sla_policy_standard").id,
                    "code": "own_hours",
                    "target": "resolve",
                    "amount": 8,
                    "unit": "hours",
                    "hours": "own",
                    "calendar_id": empty.id,
                    "explanation": "Own hours",
                }
            )

    def test_waiting_stops_the_clock_of_the_repair_and_closing_out_of_it_is_in_time(self):
        """SLA: closed straight from a pause is not late."""
        self.agreement("project")
        ticket = self.in_progress()
        ticket.action_wait()
        self.assertEqual(self.deadlines(ticket)["resolve"].state, "paused")
        ticket.action_resolve()
        self.assertEqual(self.deadlines(ticket)["resolve"].state, "met")

    def test_the_first_answer_of_a_colleague_keeps_the_promise_and_a_note_does_not(self):
        """SLA-10: within 24 hours; the answer goes to the customer."""
        ticket = self.accepted()
        self.assertEqual(self.target(ticket, "first_reply"), 24 * 3600)
        ticket.message_post(body="internal", subtype_xmlid="mail.mt_note", message_type="comment")
        self.assertFalse(ticket.first_reply_at)
        answer = ticket.message_post(body="We come", subtype_xmlid="mail.mt_comment", message_type="comment")
        self.assertEqual(answer.notified_partner_ids, self.customer)
        self.assertTrue(ticket.first_reply_at)
        self.assertEqual(self.deadlines(ticket)["first_reply"].state, "met")

    def test_a_first_opinion_at_intake_is_no_diagnosis_yet(self):
        """SLA-03: nobody has looked at it; said once it is worked on it counts."""
        ticket = self.ticket(urgency="urgent", impact="partial", preliminary_judgement="Perhaps the sensor")
        self.assertFalse(ticket.diagnosed_at)
        self.assertEqual(self.deadlines(ticket)["diagnosis"].state, "running")
        ticket.user_id = self.agent
        ticket.action_accept()
        ticket.preliminary_judgement = "The sensor, measured"
        self.assertEqual(self.deadlines(ticket)["diagnosis"].state, "running", "the timetable is missing")
        ticket.solve_by = "2031-03-05 15:00:00"
        self.assertEqual(self.deadlines(ticket)["diagnosis"].state, "met")
        ticket.action_start()
        self.assertIn("solved by Mar 5, 2031", ticket.with_context(lang="en_US")._portal_next())

    def test_naming_the_cause_is_the_diagnosis(self):
        """DIAG-03: within the 30 minutes of SLA-03, with the day by which it is to be solved."""
        ticket = self.accepted(urgency="urgent", impact="partial", solve_by="2031-03-05 15:00:00")
        self.assertEqual(self.target(ticket, "diagnosis"), 1800)
        ticket.cause_id = self.env.ref("aftersales_service.aftersales_cause_material")
        self.assertTrue(ticket.diagnosed_at)
        self.assertEqual(self.deadlines(ticket)["diagnosis"].state, "met")

    def test_a_missed_promise_is_the_supervisors_business_and_can_be_filtered(self):
        """SLA-29: overdue tickets are in one list."""
        ticket = self.ticket()
        self.env["aftersales.deadline"]._run_due(now=fields.Datetime.now() + timedelta(hours=3))
        self.assertTrue(ticket.is_breached)
        self.assertIn(ticket, self.env["aftersales.ticket"].search([("is_breached", "=", True)]))
        self.assertIn(self.supervisor, ticket.activity_ids.user_id)
        self.assertEqual(self.team.breached_count, 1)

    def test_shipped_rows_are_not_edited_but_own_rows_win(self):
        row = self.env["aftersales.priority.rule"].search([("code", "=", "prio_normal")])
        with self.assertRaisesRegex(Exception, "would be overwritten"):
            row.with_user(self.manager).priority = "p0"
        row.with_user(self.manager).copy({"code": "own_normal", "sequence": 1, "priority": "p1"})
        self.assertEqual(self.ticket().priority, "p1")


@tagged("post_install", "-at_install")
class TestCoverage(AftersalesServiceCommon):
    def covered(self, **vals):
        order = self.sell()
        return self.in_progress(lot_id=order.picking_ids.move_line_ids.lot_id.id, **vals)

    def test_in_warranty_it_waits_for_the_cause(self):
        """WARR-11, WARR-22."""
        ticket = self.covered()
        self.assertEqual(ticket.coverage, "undetermined")
        ticket.cause_id = self.env.ref("aftersales_service.aftersales_cause_material")
        self.assertEqual(ticket.coverage, "covered")

    def test_what_the_customer_has_caused_is_charged_within_the_period(self):
        """WARR-06, WARR-25, CON-13."""
        ticket = self.covered(cause_id=self.env.ref("aftersales_service.aftersales_cause_misuse").id)
        self.assertEqual(ticket.coverage, "charged")
        self.assertIn("the customer pays", ticket.headline)

    def test_after_the_period_repair_is_charged(self):
        """WARR-04: proved by the purchase date where there is no card."""
        old = fields.Date.today() - timedelta(days=400)
        ticket = self.ticket(product_id=self.product.id, purchase_date=old)
        self.assertEqual(ticket.coverage, "charged")

    def test_without_product_or_proof_nobody_knows(self):
        """WARR-22."""
        self.assertEqual(self.ticket().coverage, "undetermined")

    def test_a_question_costs_nothing(self):
        self.assertEqual(self.ticket(service_type="consultation").coverage, "covered")

    def test_goodwill_is_a_supervisors_decision_with_a_reason(self):
        """WARR-06: a person may decide otherwise, and it is written down."""
        ticket = self.covered(cause_id=self.env.ref("aftersales_service.aftersales_cause_misuse").id)
        with self.assertRaises(AccessError):
            ticket.action_grant_goodwill("Regular customer")
        ticket.with_user(self.supervisor).action_grant_goodwill("Regular customer")
        self.assertEqual(ticket.coverage, "goodwill")
        last = ticket._verdict_of("coverage")[ticket]
        self.assertEqual((last.overridden_by_id, last.override_reason), (self.supervisor, "Regular customer"))

    def test_every_clause_that_a_policy_can_name_has_a_sentence(self):
        codes = self.policy_codes()
        missing = [code for code in sorted(codes) if not self.env["aftersales.clause"]._text_of(code)]
        self.assertEqual(missing, [])

    def policy_codes(self):
        codes = {
            *coverage.ANSWERED_BY_PERIOD,
            *coverage.ANSWERED_BY_CAUSE,
            "WARR-11",
            "PRIO-08",
            "PRIO-NO-ROW",
        }
        codes |= {"DISP-02", "DISP-NO-TEAM", "DISP-PASSED-OVER", "DISP-SKILL", "DISP-FULL", "DISP-OFF-DUTY"}
        codes |= {dispatch.OTHER_TEAM}
        codes |= {"DISP-LEAST-LOAD", "DISP-LATER", "SLA-09", "DISP-NOBODY"}
        codes |= {f"coverage:{outcome}" for outcome in coverage.OUTCOMES}
        codes |= {f"priority:{level}" for level in priority.LEVELS} | {"sla:promised", "sla:none"}
        codes |= {
            f"dispatch:{outcome}"
            for outcome in (dispatch.ASSIGNED, dispatch.SUPERVISOR, dispatch.LATER, dispatch.NOBODY)
        }
        flows = (ticket_flow.FLOW, visit_flow.FLOW)
        return codes | {f"event:{event}" for flow in flows for event in flow.events}

    def test_the_tables_in_the_database_are_the_ones_that_the_pure_tests_read(self):
        for model, name in (("aftersales.priority.rule", priority.Rule), ("aftersales.sla.line", sla.Line)):
            with file_open(f"aftersales_service/data/{model}.csv", "r") as table:
                codes = {row["code"] for row in csv.DictReader(table)}
            self.assertEqual({row.code for row in self.env[model]._policy_rows(self.company)}, codes, name)


@tagged("post_install", "-at_install")
class TestDispatch(AftersalesServiceCommon):
    def auto(self, **vals):
        self.team.write({"assignment": "auto", **vals})

    def test_the_team_follows_from_type_and_region(self):
        """DISP-02, DISP-03, DISP-04, DISP-05."""
        teams = self.env["aftersales.team"]
        california = self.env.ref("base.state_us_5")
        region = teams.create(
            {"name": "West", "takes_repair": True, "state_ids": [Command.set(california.ids)]}
        )
        support = teams.create({"name": "Support", "takes_consultation": True, "sequence": 1})
        self.team.takes_repair = True
        self.customer.write({"state_id": california.id, "country_id": california.country_id.id})
        chosen = [
            self.ticket(team_id=False, service_type=kind).team_id
            for kind in ("repair", "consultation", "complaint")
        ]
        self.assertEqual(chosen, [region, support, teams])

    def test_a_new_ticket_goes_to_whom_has_the_least_to_do(self):
        """DISP-02."""
        self.ticket(user_id=self.agent.id)
        self.ticket(user_id=self.engineer.id)
        self.auto()
        ticket = self.ticket()
        self.assertEqual((ticket.state, ticket.user_id), ("assigned", self.colleague))

    def test_a_batch_is_spread_over_the_team(self):
        self.auto()
        tickets = self.env["aftersales.ticket"].create([{"title": "x", "team_id": self.team.id}] * 6)
        load = tickets._read_group([("id", "in", tickets.ids)], ["user_id"], ["__count"])
        self.assertEqual([count for _user, count in load], [2, 2, 2])

    def test_a_needed_skill_rules_out_who_lacks_it(self):
        """DISP-21: a suitable person."""
        skill = self.env["aftersales.skill"].create({"name": "Cooling"})
        self.engineer.aftersales_skill_ids = skill
        category = self.env["aftersales.ticket.category"].create({"name": "Cooling", "skill_ids": skill.ids})
        self.auto()
        self.assertEqual(self.ticket(category_id=category.id).user_id, self.engineer)

    def test_nobody_is_asked_outside_working_time_until_work_begins(self):
        """Never outside working time; a system that is down does not wait (PRIO-10)."""
        self.auto(calendar_id=self.closed_now().id)
        ticket = self.ticket()
        self.assertEqual((ticket.state, ticket._verdict_of("dispatch")[ticket].outcome), ("new", "later"))
        down = self.env.ref("aftersales_service.aftersales_ticket_category_failure")
        urgent = self.ticket(urgency="urgent", impact="global", category_id=down.id)
        self.assertEqual(urgent.state, "assigned")
        self.team.calendar_id = False
        self.env["aftersales.ticket"]._cron_dispatch()
        self.assertEqual(ticket.state, "assigned")

    def test_declined_goes_to_the_next_and_in_the_end_to_the_supervisor(self):
        """SLA-09."""
        self.auto()
        ticket = self.ticket()
        asked = self.env["res.users"]
        for _turn in range(3):
            self.assertNotIn(ticket.user_id, asked)
            asked |= ticket.user_id
            ticket.with_user(ticket.user_id).action_decline("Too much to do")
        self.assertEqual((ticket.state, ticket.user_id), ("assigned", self.supervisor))
        self.assertEqual(ticket.passed_over_ids, asked)

    def test_not_accepted_within_half_an_hour_goes_to_the_next(self):
        """SLA-08: 30 minutes."""
        self.auto()
        ticket = self.ticket()
        first = ticket.user_id
        soon, late = (fields.Datetime.now() + timedelta(minutes=minutes) for minutes in (29, 31))
        with freeze_time(soon):
            self.env["aftersales.deadline"]._run_due()
        self.assertEqual(ticket.user_id, first)
        with freeze_time(late):
            self.env["aftersales.deadline"]._run_due()
        self.assertEqual(ticket.state, "assigned")
        self.assertNotEqual(ticket.user_id, first)
        self.assertEqual(ticket.passed_over_ids, first)

    def test_the_supervisor_is_not_passed_over(self):
        """SLA-09: the supervisor is the end of the line."""
        self.team.member_ids = False
        self.auto()
        ticket = self.ticket()
        self.assertEqual(ticket.user_id, self.supervisor)
        self.assertNotIn("accept", self.deadlines(ticket))

    def test_the_verdict_names_the_rejected_candidates(self):
        """DISP-02: scores and rejected candidates are kept."""
        self.auto(capacity=1)
        self.ticket(user_id=self.agent.id)
        ticket = self.ticket()
        texts = [clause["text"] for clause in ticket._verdict_of("dispatch")[ticket].explanation]
        self.assertIn("Agent has a full desk.", texts)

    def test_no_team_for_a_type_leaves_the_ticket_in_sight(self):
        """SLA-29: nothing is lost."""
        self.team.active = False
        ticket = self.ticket(team_id=False)
        self.assertFalse(ticket.team_id)
        self.assertEqual(ticket.state, "new")

    def test_an_engineer_in_two_teams_counts_both_desks(self):
        second = self.team.copy(
            {"name": "Second", "member_ids": [Command.set((self.engineer + self.agent).ids)]}
        )
        self.ticket(user_id=self.engineer.id)
        second.assignment = "auto"
        self.assertEqual(self.ticket(team_id=second.id).user_id, self.agent)
