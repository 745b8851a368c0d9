from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import AftersalesServiceCommon


class EscalationCase(AftersalesServiceCommon):
    def down(self):
        """Values of a ticket whose whole system is down."""
        category = self.env.ref("aftersales_service.aftersales_ticket_category_failure")
        return {"urgency": "urgent", "impact": "global", "category_id": category.id}

    def row(self, ticket, kind):
        return self.deadlines(ticket)[kind]

    def notices(self, moment):
        with freeze_time(moment):
            return self.env["aftersales.deadline"]._run_notices(now=moment)

    def due(self, moment):
        with freeze_time(moment):
            return self.env["aftersales.deadline"]._run_due(now=moment)

    def tasks(self, ticket, user, begins="Soon due"):
        activities = self.env["mail.activity"].search(
            [("res_model", "=", ticket._name), ("res_id", "=", ticket.id), ("user_id", "=", user.id)]
        )
        return activities.filtered(lambda activity: (activity.summary or "").startswith(begins))


@tagged("post_install", "-at_install")
class TestWarningAndEscalation(EscalationCase):
    def share(self, row, percent):
        return row.started_at + timedelta(seconds=row.target_seconds * percent / 100)

    def test_the_assignee_is_warned_while_there_is_time(self):
        """PRIO-08, SLA-29: one task at three quarters of the time, not two."""
        ticket = self.accepted(service_type="consultation")
        row = self.row(ticket, "first_reply")
        self.assertEqual(row.notice_at, self.share(row, 75))
        self.assertFalse(self.tasks(ticket, self.agent))
        self.notices(row.notice_at)
        self.assertEqual(self.tasks(ticket, self.agent).summary, "Soon due: First reply")
        self.notices(self.share(row, 90))
        self.assertEqual(len(self.tasks(ticket, self.agent)), 1)

    def test_the_warning_goes_when_the_promise_is_kept(self):
        ticket = self.accepted(service_type="consultation")
        self.notices(self.row(ticket, "first_reply").notice_at)
        ticket.message_post(
            body="Press the left key.", subtype_xmlid="mail.mt_comment", message_type="comment"
        )
        self.assertFalse(self.tasks(ticket, self.agent))

    def test_nobody_is_warned_of_what_was_kept(self):
        ticket = self.accepted(service_type="consultation")
        moment = self.row(ticket, "first_reply").notice_at
        ticket.message_post(
            body="Press the left key.", subtype_xmlid="mail.mt_comment", message_type="comment"
        )
        self.notices(moment)
        self.assertFalse(self.tasks(ticket, self.agent))

    def test_a_broken_promise_is_the_supervisors_and_then_the_managers(self):
        """SLA-09: the chain goes on while nobody acts."""
        self.team.manager_id = self.manager
        ticket = self.accepted(service_type="consultation")
        row = self.row(ticket, "first_reply")
        self.due(row.due_at)
        self.assertTrue(self.tasks(ticket, self.supervisor, "Missed"))
        self.notices(row.due_at)
        self.assertFalse(self.tasks(ticket, self.manager, "Still missed"))
        self.notices(self.share(row, 150))
        self.assertEqual(len(self.tasks(ticket, self.manager, "Still missed: First reply")), 1)
        self.assertFalse(row.notice_at)

    def test_after_an_outage_nobody_is_warned_of_what_is_broken_already(self):
        """The crons stood still beyond the due time: the supervisor hears of it, no late warning comes."""
        ticket = self.accepted(service_type="consultation")
        late = self.row(ticket, "first_reply").due_at + timedelta(minutes=1)
        self.due(late)
        self.notices(late)
        self.assertFalse(self.tasks(ticket, self.agent))
        self.assertTrue(self.tasks(ticket, self.supervisor, "Missed"))

    def test_a_pause_moves_the_warning(self):
        """Only named pauses stop the clock; the share is one of the time spent."""
        self.env["aftersales.agreement"].load_history(
            [{"name": "AG", "partner_id": self.customer.id, "level": "project", "state": "active"}]
        )
        ticket = self.in_progress()
        before = self.row(ticket, "resolve").notice_at
        ticket.action_wait()
        self.assertFalse(self.row(ticket, "resolve").notice_at)
        with freeze_time(fields.Datetime.now() + timedelta(hours=1)):
            ticket.action_resume()
        moved = self.row(ticket, "resolve").notice_at - before
        self.assertAlmostEqual(moved.total_seconds(), 3600, delta=5)

    def test_another_target_moves_the_warning(self):
        ticket = self.accepted(service_type="consultation")
        ticket.write(self.down())
        row = self.row(ticket, "first_reply")
        self.assertEqual(row.target_seconds, 300)
        self.assertEqual(row.notice_at, row.started_at + timedelta(seconds=225))

    def test_without_assignee_the_supervisor_is_warned(self):
        """SLA-29: nothing lies unseen."""
        ticket = self.ticket(service_type="consultation")
        self.notices(self.row(ticket, "first_reply").notice_at)
        self.assertTrue(self.tasks(ticket, self.supervisor))

    def test_a_company_switches_the_steps_off(self):
        self.company.write({"aftersales_warn_percent": 0, "aftersales_escalate_percent": 0})
        ticket = self.accepted(service_type="consultation")
        self.assertFalse(self.row(ticket, "first_reply").notice_at)

    def test_shares_that_make_no_sense_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "before the promise is broken"):
            self.company.aftersales_warn_percent = 120

    def test_many_warnings_cost_little(self):
        """Bulk: the activities of a run are one create."""
        tickets = (
            self.env["aftersales.ticket"]
            .with_user(self.agent)
            .create(
                [
                    {"title": str(n), "partner_id": self.customer.id, "team_id": self.team.id}
                    for n in range(30)
                ]
            )
        )
        moment = max(self.row(ticket, "first_reply").notice_at for ticket in tickets)
        self.env["aftersales.deadline"]._run_due(now=moment)
        creates = []
        create = type(self.env["mail.activity"]).create

        def counted(model, vals_list):
            creates.append(len(vals_list))
            return create(model, vals_list)

        with patch.object(type(self.env["mail.activity"]), "create", counted):
            self.notices(moment)
        self.assertIn(30, creates)

    def test_reminding_by_hand_tells_what_went_through(self):
        """Design 4.5: a batch reports what went through and why the rest did not."""
        given, alone = self.accepted(), self.ticket()
        answer = (given + alone).with_user(self.supervisor)._batch_remind()["params"]
        self.assertIn("1 of 2 done.", answer["message"])
        self.assertIn("nobody to remind", answer["message"])
        self.assertTrue(self.tasks(given, self.agent, "Reminder"))


@tagged("post_install", "-at_install")
class TestEmergency(EscalationCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.expert = cls.user("engineer", "expert")
        cls.chief = cls.user("supervisor", "chief")
        cls.emergency = cls.env["aftersales.team"].create(
            {
                "name": "Emergency",
                "is_emergency": True,
                "sequence": 1,
                "member_ids": [Command.set(cls.expert.ids)],
                "supervisor_id": cls.chief.id,
                "calendar_id": cls.closed_now().id,
            }
        )

    def told(self, ticket):
        notices = self.env["mail.message"].search(
            [
                ("model", "=", ticket._name),
                ("res_id", "=", ticket.id),
                ("message_type", "=", "user_notification"),
            ]
        )
        return notices.notified_partner_ids

    def test_a_p0_is_with_the_emergency_team_at_once_at_any_hour(self):
        """SLA-01, INTAKE-09, PRIO-06, PRIO-10: past the first line, out of working hours too."""
        ticket = self.ticket(team_id=False, **self.down())
        self.assertEqual((ticket.team_id, ticket.user_id), (self.emergency, self.expert))
        self.assertEqual(ticket.state, "assigned")

    def test_nothing_else_goes_there(self):
        self.assertEqual(self.ticket(team_id=False).team_id, self.team)

    def test_team_and_supervisor_hear_of_it_at_once(self):
        """PRIO-12: whom it concerns, in real time and by mail."""
        ticket = self.ticket(team_id=False, **self.down())
        self.assertEqual(self.told(ticket), (self.expert + self.chief).partner_id)

    def test_it_stands_on_their_screens_at_once(self):
        """PRIO-10, PRIO-12: in real time."""
        shown = []

        def send(user, kind, message, **_channel):
            if "title" in message:
                shown.append((user, kind, message.get("title")))

        with patch.object(type(self.env["res.users"]), "_bus_send", send):
            ticket = self.ticket(team_id=False, **self.down())
        title = f"{ticket.name}: everything is down"
        for user in self.expert + self.chief:
            self.assertIn((user, "simple_notification", title), shown)

    def test_a_mail_that_turns_out_to_be_a_p0_goes_there_when_it_is_read(self):
        """PRIO-07, PRIO-10."""
        ticket = self.ticket()
        ticket.write(self.down())
        self.assertEqual((ticket.team_id, ticket.user_id), (self.emergency, self.expert))
        self.assertIn(self.chief.partner_id, self.told(ticket))

    def test_who_works_on_it_keeps_it_and_the_supervisor_hears_of_it(self):
        """PRIO-12: whom it concerns hears of it, and nobody takes the work away."""
        ticket = self.in_progress()
        ticket.write(self.down())
        self.assertEqual((ticket.team_id, ticket.user_id), (self.team, self.agent))
        self.assertIn(self.supervisor.partner_id, self.told(ticket))

    def test_a_change_that_changes_nothing_alarms_nobody_again(self):
        ticket = self.ticket(team_id=False, **self.down())
        before = self.env["mail.message"].search_count([("message_type", "=", "user_notification")])
        ticket.write(self.down())
        after = self.env["mail.message"].search_count([("message_type", "=", "user_notification")])
        self.assertEqual(before, after)

    def test_after_four_hours_the_emergency_plan_begins(self):
        """SLA-15, SLA-26, DISP-34: holidays included, once, and the supervisor's task."""
        ticket = self.ticket(team_id=False, **self.down())
        row = self.row(ticket, "emergency")
        self.assertEqual((row.target_seconds, bool(row.calendar_id)), (4 * 3600, False))
        ticket.with_user(self.expert).action_accept()
        self.due(row.due_at)
        self.assertEqual(ticket.emergency_plan_at, row.due_at)
        self.assertTrue(self.tasks(ticket, self.chief, "Start the emergency plan"))

    def test_what_runs_again_needs_no_plan(self):
        """SLA-15."""
        ticket = self.ticket(team_id=False, **self.down())
        ticket.with_user(self.expert).action_accept()
        ticket.with_user(self.expert).action_mark_restored()
        self.due(self.row(ticket, "emergency").due_at + timedelta(hours=1))
        self.assertFalse(ticket.emergency_plan_at)

    def test_whom_it_concerned_hears_of_the_result(self):
        """PRIO-12: the result is fed back."""
        ticket = self.ticket(team_id=False, **self.down())
        ticket.with_user(self.expert).action_accept()
        ticket.with_user(self.expert).action_resolve()
        last = self.env["mail.message"].search(
            [("res_id", "=", ticket.id), ("message_type", "=", "user_notification")], limit=1
        )
        self.assertIn("is solved", last.subject)
        self.assertEqual(last.notified_partner_ids, (self.expert + self.chief).partner_id)

    def test_nobody_starts_the_plan_by_writing_a_date(self):
        ticket = self.ticket(team_id=False, **self.down())
        with self.assertRaises(AccessError):
            ticket.emergency_plan_at = fields.Datetime.now()
