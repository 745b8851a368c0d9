from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged

from ..policy import lifecycle
from .common import PNG_BASE64, AftersalesServiceCommon


class TripCommon(AftersalesServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.write(
            {
                "street": "Tianhe Road 12",
                "city": "Guangzhou",
                "country_id": cls.env.ref("base.cn").id,
                "state_id": cls.env.ref("base.state_cn_GD").id,
            }
        )
        cls.companion = cls.user("engineer", "companion")
        cls.general_manager = cls.user("general_manager", "gm")
        cls.accountant = cls.user("accountant")
        cls.seller = new_test_user(
            cls.env, "as_seller", "base.group_user,sales_team.group_sale_salesman", name="Seller"
        )

    def visit(self, ticket=None, **vals):
        """A visit of the engineer that is planned by the agent."""
        return (
            self.env["aftersales.visit"]
            .with_user(self.agent)
            .create(
                {
                    "ticket_id": (ticket or self.in_progress()).id,
                    "user_id": self.engineer.id,
                    "start": "2027-03-15 06:00:00",
                    **vals,
                }
            )
        )

    def ready(self, ticket=None, **vals):
        checks = dict.fromkeys(("user_contacted", "fault_asked", "route_confirmed"), True)
        return self.visit(ticket, **{**checks, "trip_hours": 30, **vals}).with_user(self.engineer)

    def out(self, ticket=None, **vals):
        visit = self.ready(ticket, **vals)
        visit.action_depart()
        return visit

    def finished(self, **vals):
        """Out, worked, signed and done."""
        visit = self.out(**vals)
        visit.action_arrive()
        visit.write({"signature": PNG_BASE64, "signed_by": "Li Ming"})
        visit.action_complete()
        return visit

    def mails_to(self, user):
        return self.env["mail.message"].search(
            [("notified_partner_ids", "in", user.partner_id.ids), ("message_type", "=", "user_notification")]
        )


@tagged("post_install", "-at_install")
class TestBeforeTheTrip(TripCommon):
    def test_every_traveller_is_told_of_the_destination_once(self):
        """DISP-16, DISP-23, DISP-26: model, number, address, telephone, contact and reference material."""
        files = self.env["ir.attachment"].with_user(self.agent)
        file = files.create({"name": "wiring.pdf", "raw": b"%PDF-1.4", "res_model": "aftersales.visit"})
        ticket = self.in_progress(product_id=self.product.id, serial_number="SN-77")
        visit = self.visit(
            ticket,
            participant_ids=[Command.link(self.companion.id)],
            reference_ids=[Command.link(file.id)],
        )
        for user in (self.engineer, self.companion):
            mail = self.mails_to(user)
            self.assertEqual(len(mail), 1)
            told = ("Tianhe Road", "Li Ming", "+86 20 5550 1234", "Refrigerator", "SN-77", "wiring.pdf")
            for fact in told:
                self.assertIn(fact, mail.body)
        self.assertEqual(visit.reference_ids.with_user(self.companion).name, "wiring.pdf")
        visit.participant_ids = [Command.link(self.colleague.id)]
        self.assertEqual(len(self.mails_to(self.engineer)), 1)
        self.assertEqual(len(self.mails_to(self.colleague)), 1)

    def test_another_place_or_time_is_told_again(self):
        """DISP-16."""
        visit = self.visit()
        visit.start = "2027-03-16 06:00:00"
        self.assertEqual(len(self.mails_to(self.engineer)), 2)

    def test_two_people_do_not_leave_without_a_leader(self):
        """DISP-25."""
        visit = self.ready(participant_ids=[Command.link(self.companion.id)])
        with self.assertRaisesRegex(UserError, "Two or more people travel: name one of them as the leader"):
            visit.action_depart()
        with self.assertRaisesRegex(UserError, "name one of them as the leader"):
            visit.action_arrive()
        visit.leader_id = self.companion
        visit.action_depart()
        self.assertEqual(visit.state, "departed")

    def test_the_leader_is_one_of_those_who_go(self):
        """DISP-25."""
        with self.assertRaisesRegex(ValidationError, "does not travel"):
            self.visit(leader_id=self.companion.id)

    def test_nobody_leaves_before_everything_is_checked(self):
        """DISP-13, DISP-22, DISP-26: one sentence names all that is missing."""
        visit = self.visit(
            station_id=self.customer.id,
            item_ids=[
                Command.create({"name": "Compressor"}),
                Command.create({"name": "Meter", "kind": "tool"}),
            ],
        ).with_user(self.engineer)
        with self.assertRaises(UserError) as refused:
            visit.action_depart()
        for what in ("how long", "Call the user", "concrete fault", "service station", "Pack", "traffic"):
            self.assertIn(what, str(refused.exception))
        self.assertEqual(visit.state, "planned")
        visit.write(
            {
                "trip_hours": 5,
                "user_contacted": True,
                "fault_asked": True,
                "station_contacted": True,
                "route_confirmed": True,
            }
        )
        visit.item_ids.packed = True
        visit.action_depart()
        self.assertTrue(visit.departed_at)
        self.assertEqual(visit._verdict_of("trip")[visit].outcome, "ready")

    def test_time_place_people_parts_and_tools_are_planned_together(self):
        """DISP-32, DISP-33: the plan of a repair names when, where, who, with which parts and tools."""
        visit = self.visit(
            participant_ids=[Command.link(self.companion.id)],
            leader_id=self.engineer.id,
            item_ids=[
                Command.create({"product_id": self.product.id, "quantity": 2}),
                Command.create({"name": "Vacuum pump", "kind": "tool"}),
            ],
        )
        self.assertEqual(visit.people_count, 2)
        self.assertIn("Guangzhou", visit.address)
        self.assertEqual(set(visit.item_ids.mapped("kind")), {"part", "tool"})
        self.assertIn("Refrigerator", visit.item_ids.mapped("name"))

    def test_another_date_is_another_trip(self):
        """DISP-26: what was checked for the first date has to be checked anew."""
        visit = self.out()
        visit.action_miss()
        visit.action_reschedule()
        self.assertFalse(visit.departed_at or visit.user_contacted or visit.route_confirmed)

    def test_the_set_of_papers_is_printed_for_the_job(self):
        """DISP-14, DISP-15, DISP-22, DISP-24: work order, service report, satisfaction and feedback form."""
        visit = self.visit(purpose="Take the long ladder")
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "aftersales_service.report_visit_set", visit.ids
        )
        text = html.decode()
        for title in ("Work order", "Service report", "How content are you?", "Service feedback form"):
            self.assertIn(title, text)
        self.assertIn("Take the long ladder", text)
        self.assertIn("Tianhe Road", text)


@tagged("post_install", "-at_install")
class TestOnTheTrip(TripCommon):
    def test_a_report_is_logged_and_heard_by_whoever_has_the_ticket(self):
        """DISP-17."""
        visit = self.out()
        wizard = self.env["aftersales.visit.status"].with_user(self.engineer)
        wizard.create({"visit_id": visit.id, "text": "Compressor is out"}).action_apply()
        self.assertEqual(visit.last_report, "Compressor is out")
        self.assertIn("Compressor is out", visit.message_ids[0].body)
        self.assertIn("Compressor is out", visit.ticket_id.sudo().message_ids[:2].mapped("body")[0])
        self.assertTrue(self.mails_to(self.agent).filtered(lambda m: "Compressor is out" in m.body))

    def test_an_empty_report_is_none(self):
        with self.assertRaisesRegex(UserError, "Say how it is going"):
            self.out().action_report(reason="  ")

    def test_whoever_is_not_heard_of_in_time_is_asked_after(self):
        """DISP-17: the time between reports is a promise; each report begins it anew."""
        visit = self.out()
        first = self.deadlines(visit)["trip_report"]
        self.assertEqual(first.due_at - first.started_at, timedelta(hours=8))
        with freeze_time(fields.Datetime.now() + timedelta(hours=7)):
            visit.action_report(reason="Still driving")
            self.assertEqual(first.state, "met")
            second = self.deadlines(visit)["trip_report"]
            self.assertGreater(second.due_at, first.due_at)
        self.env["aftersales.deadline"]._run_due(now=second.due_at + timedelta(minutes=1))
        self.assertEqual(second.state, "missed")
        asked = visit.sudo().activity_ids.filtered(lambda a: a.user_id == self.supervisor)
        self.assertIn("Report from the trip", asked.summary)

    def test_a_visit_around_the_corner_owes_neither_reports_nor_forms(self):
        visit = self.visit().with_user(self.engineer)
        visit.action_arrive()
        visit.write({"signature": PNG_BASE64, "signed_by": "Li Ming"})
        visit.action_complete()
        self.assertFalse(visit.sudo().deadline_ids)
        with self.assertRaisesRegex(UserError, "nobody is out"):
            visit.action_come_back()

    def test_the_company_may_ask_for_no_reports_and_no_forms(self):
        self.company.write({"aftersales_trip_report_hours": 0, "aftersales_feedback_days": 0})
        self.assertFalse(self.finished().sudo().deadline_ids)

    def test_expenses_add_up_and_are_no_bookkeeping(self):
        """DISP-27."""
        moves = self.env["account.move"].search_count([])
        visit = self.out(
            expense_ids=[
                Command.create({"expense_type": "transport", "amount": 85.5}),
                Command.create({"expense_type": "meals", "amount": 14.25}),
            ]
        )
        self.assertEqual(visit.expense_total, 99.75)
        self.assertEqual(self.env["account.move"].search_count([]), moves)
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "aftersales_service.report_visit_record", visit.ids
        )
        self.assertIn("99.75", html.decode())

    def test_the_trip_record_tells_who_was_away_for_how_long(self):
        """DISP-14, DISP-27."""
        visit = self.finished()
        with freeze_time(visit.departed_at + timedelta(hours=12)):
            visit.action_come_back()
        self.assertAlmostEqual(visit.away_hours, 12, places=2)
        action = self.env.ref("aftersales_service.aftersales_visit_action_trips")
        domain = [("departed_at", "!=", False)]
        self.assertEqual(action.domain, str(domain))
        rows = self.env["aftersales.visit"]._read_group(domain, ["user_id"], ["away_hours:sum"])
        self.assertAlmostEqual(dict(rows)[self.engineer], 12, places=2)


@tagged("post_install", "-at_install")
class TestCalledOff(TripCommon):
    def test_a_withdrawn_request_calls_the_engineer_back(self):
        """SO-2: whoever is to go, or is on the way, hears that nobody expects them any more, and why."""
        for visit in (self.visit(), self.out()):
            ticket, told = visit.ticket_id.with_user(self.agent), self.mails_to(self.engineer)
            ticket.action_cancel(reason="Bought a new one")
            self.assertEqual(visit.state, "cancelled")
            self.assertIn("The request was withdrawn", visit.message_ids[-2:].mapped("body")[0])
            fresh = self.mails_to(self.engineer) - told
            self.assertIn("Called off", fresh.subject)
            self.assertIn("The request was withdrawn", fresh.body)
            self.assertFalse(visit.sudo().deadline_ids.filtered(lambda row: row.state == "running"))

    def test_a_customer_who_withdraws_or_agrees_calls_it_off_too(self):
        """The portal acts without rights of its own; the clock that closes does as well."""
        visit = self.visit()
        visit.ticket_id.sudo()._fire("cancel", actor=lifecycle.CUSTOMER)
        self.assertEqual(visit.state, "cancelled")
        ticket = self.in_progress()
        ticket.action_resolve()
        visit = self.visit(ticket)
        ticket.sudo()._fire("close", actor=lifecycle.SYSTEM)
        self.assertEqual(visit.state, "cancelled")

    def test_whoever_is_there_already_finishes_and_is_told(self):
        visit = self.out()
        visit.action_arrive()
        told = self.mails_to(self.engineer)
        visit.ticket_id.with_user(self.agent).action_cancel()
        self.assertEqual(visit.state, "arrived")
        self.assertIn("The request was withdrawn", (self.mails_to(self.engineer) - told).body)

    def test_nobody_arrives_for_a_request_that_has_ended(self):
        """A visit that was missed and gets a new date waits for the request to be taken up again."""
        visit = self.ready()
        visit.action_miss()
        visit.ticket_id.with_user(self.agent).action_cancel()
        self.assertEqual(visit.state, "missed")
        visit.action_reschedule()
        for step in (visit.action_confirm, visit.action_depart, visit.action_arrive):
            with self.assertRaisesRegex(UserError, "withdrawn or closed: nobody is expected there"):
                step()
        visit.ticket_id.with_user(self.agent).action_reinstate()
        visit.action_arrive()
        self.assertEqual(visit.state, "arrived")

    def test_what_is_merged_keeps_its_visit(self):
        """The visit goes on under the number that stays."""
        visit = self.visit()
        target = self.in_progress(title="The same")
        visit.ticket_id.with_user(self.agent)._merge_into(target)
        self.assertEqual((visit.ticket_id, visit.state), (target, "planned"))


@tagged("post_install", "-at_install")
class TestAfterTheTrip(TripCommon):
    def handed_in(self):
        visit = self.finished()
        visit.action_come_back()
        visit.write({"feedback_result": "solved", "feedback": "Seal replaced, runs quietly"})
        visit.action_hand_in()
        return visit

    def test_the_feedback_form_is_due_days_after_the_return(self):
        """DISP-15."""
        visit = self.finished()
        early = self.deadlines(visit)["feedback_form"]
        self.assertEqual(early.due_at - early.started_at, timedelta(days=3 + 2), "two days still to go")
        visit.action_come_back()
        row = self.deadlines(visit)["feedback_form"]
        self.assertEqual((early.state, row.state), ("cancelled", "running"))
        self.assertEqual(row.due_at - row.started_at, timedelta(days=3))
        self.assertEqual(row.activity_id.user_id, self.engineer)

    def test_an_empty_form_cannot_be_handed_in(self):
        """DISP-15."""
        visit = self.finished()
        with self.assertRaisesRegex(UserError, "fill in the feedback"):
            visit.action_hand_in()

    def test_handing_in_keeps_the_promise_and_after_sales_archives(self):
        """DISP-15, DISP-18, ARCHIVE-04."""
        visit = self.handed_in()
        self.assertEqual(self.deadlines(visit)["feedback_form"].state, "met")
        self.assertIn(self.agent, visit.sudo().activity_ids.user_id)
        visit.with_user(self.agent).write({"debrief_note": "Order two more seals"})
        visit.with_user(self.agent).action_debrief()
        self.assertEqual(visit.debriefed_by_id, self.agent)
        self.assertTrue(visit.debriefed_at)
        self.assertFalse(visit.sudo().activity_ids)

    def test_whoever_was_out_does_not_archive_their_own_form(self):
        """DISP-18: the result is talked over with after-sales."""
        visit = self.handed_in()
        with self.assertRaises(AccessError):
            visit.action_debrief()
        self.engineer.group_ids = [Command.link(self.env.ref("aftersales_service.group_agent").id)]
        with self.assertRaisesRegex(UserError, "talks the result over"):
            visit.action_debrief()

    def test_the_archived_form_stays_as_it_is(self):
        """ARCHIVE-04."""
        visit = self.handed_in()
        visit.with_user(self.agent).action_debrief()
        with self.assertRaisesRegex(UserError, "archived and stays"):
            visit.feedback = "Something else"

    def test_the_form_is_a_paper_of_the_closed_file(self):
        """ARCHIVE-04, ARCHIVE-08: changed afterwards it shows in the file."""
        visit = self.handed_in()
        ticket = visit.ticket_id.with_user(self.agent)
        ticket.write({"intervention_mode": "on_site", "usage_record": "Two years, indoors"})
        ticket.action_resolve()
        ticket.action_close()
        self.assertIn("feedback", {entry["kind"] for entry in ticket.archive_index})
        self.assertEqual(ticket.archive_state, "intact")
        visit.sudo().feedback = "Rewritten"
        ticket.invalidate_recordset(["archive_state"])
        self.assertEqual(ticket.archive_state, "changed")

    def test_erasure_takes_what_the_trip_told_of_the_person(self):
        visit = self.handed_in()
        told = self.env["mail.message"].search_count([])
        visit.ticket_id.sudo()._erase_personal_data("asked for")
        self.assertFalse(visit.feedback or visit.site_contact or visit.site_id or visit.last_report)
        self.assertLessEqual(self.env["mail.message"].search_count([]), told, "nobody is told of a new place")


@tagged("post_install", "-at_install")
class TestWhoSeesTrips(TripCommon):
    def test_whoever_travels_along_sees_the_ticket_and_the_number(self):
        """DISP-16: also from another team."""
        stranger = self.user("engineer", "stranger")
        visit = self.visit()
        self.assertFalse(visit.with_user(stranger)._filtered_access("read"))
        self.assertFalse(visit.ticket_id.with_user(stranger)._filtered_access("read"))
        visit.participant_ids = [Command.link(stranger.id)]
        self.assertTrue(visit.with_user(stranger)._filtered_access("write"))
        self.assertEqual(visit.ticket_id.with_user(stranger).phone_shown, "+86 20 5550 1234")

    def test_expenses_are_read_by_accountants_and_by_no_strangers(self):
        """DISP-27, ROLE-03: finance sees the costs."""
        visit = self.out(expense_ids=[Command.create({"amount": 10})])
        self.assertEqual(visit.expense_ids.with_user(self.accountant).amount, 10)
        with self.assertRaises(AccessError):
            visit.expense_ids.with_user(self.accountant).amount = 1
        stranger = self.user("engineer", "stranger")
        self.assertFalse(visit.expense_ids.with_user(stranger)._filtered_access("read"))

    def test_stamps_of_a_trip_are_nobodys_to_write(self):
        visit = self.visit().with_user(self.engineer)
        for field in ("departed_at", "returned_at", "handed_in_at", "debriefed_at"):
            with self.assertRaises(AccessError):
                visit[field] = fields.Datetime.now()
