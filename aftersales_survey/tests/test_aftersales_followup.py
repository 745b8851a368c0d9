from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import SurveyCommon


@tagged("post_install", "-at_install")
class TestAftersalesFollowup(SurveyCommon):
    def contact(self, **vals):
        return self.env["aftersales.followup"].create(
            {"ticket_id": self.resolved(service_type="consultation").id, "user_id": self.agent.id, **vals}
        )

    # --- planning ---------------------------------------------------------------------------------------

    def test_a_solved_repair_plans_the_engineers_and_the_final_call(self):
        """FOLLOWUP-01, FOLLOWUP-02, CON-20, CON-21"""
        ticket = self.resolved()
        contacts = ticket.followup_ids.sorted("due_at")
        self.assertEqual(contacts.mapped("purpose"), ["satisfaction", "final"])
        self.assertEqual(contacts[0].user_id, self.engineer)
        self.assertEqual(contacts.mapped("state"), ["planned", "planned"])
        self.assertLessEqual(contacts[0].due_at, fields.Datetime.now() + timedelta(days=4))
        self.assertGreater(contacts[1].due_at, fields.Datetime.now() + timedelta(days=7))

    def test_an_operator_registers_the_dispatch_of_a_repair_and_does_the_follow_up_call(self):
        """DISP-31"""
        self.team.calendar_id = self.around_the_clock()
        ticket = (
            self.env["aftersales.ticket"]
            .with_user(self.agent)
            .create({"partner_id": self.customer.id, "team_id": self.team.id, "service_type": "repair"})
        )
        first = ticket.board_suggest()["first"]
        ticket.board_assign(first)
        row = ticket._verdict_of("dispatch")[ticket]
        self.assertEqual((row.create_uid, row.chosen_user_id.id), (self.agent, first))
        ticket.sudo()._fire("accept")._fire("resolve")
        call = ticket.followup_ids.sorted("due_at")[-1]
        call.sudo().user_id = self.agent
        call.with_user(self.agent).outcome = "satisfied"
        call.with_user(self.agent).action_complete()
        self.assertEqual((call.state, call.user_id), ("done", self.agent))

    def around_the_clock(self):
        days = [
            (0, 0, {"name": str(day), "dayofweek": str(day), "hour_from": 0, "hour_to": 24})
            for day in range(7)
        ]
        return self.env["resource.calendar"].create(
            {"name": "Around the clock", "tz": "UTC", "attendance_ids": days}
        )

    def test_an_installation_plans_a_year(self):
        """FOLLOWUP-03"""
        ticket = self.resolved(service_type="installation")
        self.assertEqual(
            ticket.followup_ids.sorted("due_at").mapped("purpose"),
            ["week", "month", "quarter", "half_year", "year"],
        )

    def test_an_urgent_problem_is_confirmed_by_whoever_solved_it(self):
        """PRIO-13"""
        ticket = self.resolved(service_type="consultation", urgency="urgent")
        self.assertRecordValues(
            ticket.followup_ids, [{"purpose": "confirmation", "user_id": self.engineer.id}]
        )
        self.assertEqual(ticket._verdict_of("followup_plan")[ticket].outcome, "planned")

    def test_a_companys_own_contact_replaces_the_shipped_one(self):
        """FOLLOWUP-11, CON-21"""
        plan = self.env["aftersales.followup.plan"].create(
            {
                "name": "Ours",
                "service_type": "repair",
                "company_id": self.company.id,
                "line_ids": [
                    (
                        0,
                        0,
                        {
                            "code": "ours_final",
                            "sequence": 1,
                            "purpose": "final",
                            "role": "supervisor",
                            "offset": 3,
                            "unit": "days",
                            "explanation": "We call after three days.",
                        },
                    )
                ],
            }
        )
        final = self.resolved().followup_ids.filtered(lambda c: c.purpose == "final")
        self.assertEqual((final.plan_line_id, final.user_id), (plan.line_ids, self.supervisor))

    def test_an_archived_plan_plans_nothing(self):
        """FOLLOWUP-11"""
        self.env.ref("aftersales_survey.followup_plan_repair").active = False
        self.assertFalse(self.resolved().followup_ids)

    def test_a_shipped_contact_is_not_edited(self):
        """FOLLOWUP-11: the next update would undo it"""
        line = self.env.ref("aftersales_survey.followup_repair_final")
        with self.assertRaisesRegex(UserError, "lower sequence"):
            line.with_user(self.manager).offset = 9

    def test_taking_the_ticket_up_again_cancels_its_calls(self):
        """SURVEY-02: nobody asks whether it works while it does not"""
        ticket = self.resolved()
        first = ticket.followup_ids
        ticket._fire("reopen")
        self.assertEqual(set(first.mapped("state")), {"cancelled"})
        ticket._fire("resolve")
        self.assertEqual(len(ticket.followup_ids - first), 2)

    # --- the promise ------------------------------------------------------------------------------------

    def test_a_contact_is_a_promise_and_a_task_of_its_person(self):
        """FOLLOWUP-02, FOLLOWUP-12"""
        due_at = fields.Datetime.now().replace(second=0) + timedelta(days=2)
        contact = self.contact(planned_at=due_at)
        self.assertEqual((contact.next_kind, contact.state), ("followup", "planned"))
        self.assertLess(abs(contact.next_due_at - due_at), timedelta(minutes=1))
        self.assertEqual(contact.activity_ids.user_id, self.agent)
        contact.outcome = "satisfied"
        contact.with_user(self.agent).action_complete()
        self.assertEqual(contact.deadline_ids.state, "met")
        self.assertFalse(contact.activity_ids)

    def test_a_late_contact_is_marked_and_stays_a_task(self):
        """FOLLOWUP-02: a late call is still a call"""
        contact = self.contact(planned_at=fields.Datetime.now() + timedelta(days=2))
        self.env["aftersales.deadline"]._run_due(now=fields.Datetime.now() + timedelta(days=3))
        self.assertEqual((contact.state, contact.deadline_ids.state), ("planned", "missed"))
        self.assertEqual(contact.activity_ids.user_id, self.agent)

    def test_another_person_takes_the_task_over(self):
        """FOLLOWUP-01"""
        contact = self.contact(planned_at=fields.Datetime.now() + timedelta(days=2))
        contact.with_user(self.supervisor).user_id = self.supervisor
        self.assertEqual(contact.activity_ids.user_id, self.supervisor)
        self.assertEqual(contact.next_kind, "followup")

    # --- events -----------------------------------------------------------------------------------------

    def test_a_contact_without_a_record_is_not_done(self):
        """FOLLOWUP-08"""
        contact = self.contact()
        with self.assertRaisesRegex(UserError, "Outcome"):
            contact.with_user(self.agent).action_complete()
        self.assertEqual(contact.state, "planned")

    def test_dissatisfaction_is_written_down_and_taken_up(self):
        """FOLLOWUP-07, FOLLOWUP-18"""
        contact = self.contact(outcome="dissatisfied")
        with self.assertRaisesRegex(UserError, "Write down"):
            contact.with_user(self.agent).action_complete()
        contact.notes = "The door still does not close."
        contact.with_user(self.agent).action_complete()
        self.assertEqual((contact.state, contact.ticket_id.state), ("done", "in_progress"))
        self.assertIn(self.supervisor, contact.ticket_id.activity_ids.user_id)

    def test_an_inconvenient_moment_moves_the_call_and_keeps_the_number(self):
        """FOLLOWUP-04, FOLLOWUP-05"""
        contact = self.contact(planned_at=fields.Datetime.now() + timedelta(hours=1))
        later = fields.Datetime.now().replace(second=0) + timedelta(days=1)
        self.env["aftersales.followup.reschedule"].with_user(self.agent).create(
            {"followup_ids": [(6, 0, contact.ids)], "due_at": later, "callback_phone": "021 555"}
        ).action_confirm()
        self.assertRecordValues(
            contact, [{"state": "rescheduled", "due_at": later, "callback_phone": "021 555"}]
        )
        running = contact.deadline_ids.filtered(lambda row: row.state == "running")
        self.assertEqual(len(running), 1)
        self.assertLess(abs(running.due_at - later), timedelta(minutes=1))

    def test_a_call_is_not_moved_into_the_past(self):
        """FOLLOWUP-04"""
        contact = self.contact(planned_at=fields.Datetime.now() + timedelta(hours=1))
        due_at = contact.due_at
        with self.assertRaisesRegex(UserError, "future"):
            contact._reschedule_to(fields.Datetime.now() - timedelta(days=1), None)
        self.assertEqual((contact.state, contact.due_at), ("planned", due_at))

    def test_a_finished_contact_is_not_moved(self):
        """FOLLOWUP-08: the refused event changes nothing"""
        contact = self.contact(outcome="praise")
        contact.action_complete()
        due_at = contact.due_at
        try:  # not assertRaises, which would roll back what must not be written in the first place
            contact._reschedule_to(fields.Datetime.now() + timedelta(days=1), None)
        except UserError as refusal:
            self.assertIn("does not apply", str(refusal))
        self.assertEqual((contact.state, contact.due_at), ("done", due_at))

    def test_whoever_does_not_answer_is_called_again_twice(self):
        """FOLLOWUP-04"""
        contact = self.contact().with_user(self.agent)
        states = []
        for _try in range(3):
            contact.action_no_answer()
            states.append((contact.state, contact.attempts, bool(contact.next_due_at)))
        self.assertEqual(
            states, [("rescheduled", 1, True), ("rescheduled", 2, True), ("unreachable", 3, False)]
        )

    def test_the_list_tells_what_went_through_and_why_the_rest_did_not(self):
        """FOLLOWUP-12"""
        contacts = self.contact() | self.contact(outcome="praise")
        contacts[1].action_complete()
        told = contacts.with_user(self.supervisor).action_batch("cancel")
        self.assertEqual(contacts.mapped("state"), ["cancelled", "done"])
        self.assertEqual(told["params"]["type"], "warning")
        self.assertIn("does not apply", told["params"]["message"])

    # --- what only the policy writes --------------------------------------------------------------------

    def test_state_and_dates_are_not_written_by_hand(self):
        """FOLLOWUP-08"""
        contact = self.contact()
        for vals in ({"state": "done"}, {"due_at": "2030-01-01"}, {"done_at": "2030-01-01"}, {"attempts": 0}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                contact.with_user(self.manager).write(vals)

    def test_a_contact_begins_as_planned_whatever_is_sent(self):
        """FOLLOWUP-08"""
        contact = (
            self.env["aftersales.followup"]
            .with_context(default_state="done")
            .create({"ticket_id": self.resolved().id, "state": "done", "attempts": 9})
        )
        self.assertRecordValues(contact, [{"state": "planned", "attempts": 0}])

    def test_an_agent_does_not_cancel_what_was_promised(self):
        """FOLLOWUP-11"""
        contact = self.contact()
        self.assertNotIn("cancel", contact.with_user(self.agent).allowed_events)
        with self.assertRaises(AccessError):
            contact.with_user(self.agent).action_cancel()
        contact.with_user(self.supervisor).action_cancel()
        self.assertEqual(contact.state, "cancelled")
