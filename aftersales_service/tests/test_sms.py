from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import AftersalesServiceCommon

#: a Monday with a working week around it
MONDAY = "2031-03-10"


class SmsCase(AftersalesServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.write({"phone": "+86 138 0013 8000", "country_id": cls.env.ref("base.cn").id})

    def texts(self, ticket):
        """Text messages in the outbox of a ticket, the oldest first."""
        messages = ticket.sudo().message_ids
        return self.env["sms.sms"].search([("mail_message_id", "in", messages.ids)], order="id")


@tagged("post_install", "-at_install")
class TestProgressBySms(SmsCase):
    def test_each_step_is_told_by_mail_by_text_message_or_by_both(self):
        """PROG-02: the company chooses for each step; both leave at the same time."""
        self.company.write(
            {
                "aftersales_tell_accepted": True,
                "aftersales_sms_accepted": True,
                "aftersales_tell_in_progress": False,
                "aftersales_sms_in_progress": True,
                "aftersales_sms_resolved": False,
            }
        )
        ticket = self.in_progress()
        ticket.action_resolve()
        bodies = self.texts(ticket).mapped("body")
        self.assertEqual(len(bodies), 2)
        self.assertIn("has taken your request", bodies[0])
        self.assertIn("has begun to work", bodies[1])
        self.assertEqual(set(ticket.told_nodes), {"accepted", "sms:accepted", "sms:in_progress", "resolved"})

    def test_it_is_queued_with_number_and_link_and_lies_in_the_log(self):
        """PROG-02: nothing goes out before the transaction is through."""
        self.company.aftersales_sms_accepted = True
        ticket = self.accepted()
        text = self.texts(ticket)
        self.assertEqual((text.state, text.number), ("outgoing", "+8613800138000"))
        self.assertIn(ticket.name, text.body)
        self.assertIn(f"/my/tickets/{ticket.id}", text.body)
        self.assertEqual(text.mail_message_id.message_type, "sms")

    def test_a_step_is_told_once_and_again_after_a_reopening(self):
        """PROG-01, PROG-02: a new assignee is no news, a second result is."""
        self.company.write({"aftersales_sms_accepted": True, "aftersales_sms_resolved": True})
        ticket = self.accepted()
        ticket.user_id = self.colleague
        ticket.with_user(self.colleague).action_accept()
        self.assertEqual(len(self.texts(ticket)), 1)
        ticket.action_resolve()
        ticket.action_reopen(reason="drips again")
        ticket.action_resolve()
        self.assertEqual(len(self.texts(ticket)), 3)

    def test_who_has_no_number_gets_none_and_nothing_fails(self):
        self.company.aftersales_sms_accepted = True
        stranger = self.env["res.partner"].create({"name": "No phone"})
        ticket = self.accepted(partner_id=stranger.id)
        self.assertFalse(self.texts(ticket))
        garbled = self.accepted(partner_id=stranger.id, phone="call my neighbour")
        self.assertFalse(self.texts(garbled))

    def test_by_default_no_text_message_is_paid_for(self):
        self.assertFalse(self.texts(self.in_progress()))


@tagged("post_install", "-at_install")
class TestReminder(SmsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.aftersales_calendar_id = cls.env["resource.calendar"].create(
            {
                "name": "Monday to Friday, 9 to 17",
                "tz": "UTC",
                "attendance_ids": [Command.clear()]
                + [
                    Command.create({"name": str(d), "dayofweek": str(d), "hour_from": 9, "hour_to": 17})
                    for d in range(5)
                ],
            }
        )

    def visit(self, start, agreed="2031-03-03 10:00:00"):
        """A visit that was agreed on that day."""
        ticket = self.ticket(user_id=self.agent.id)
        values = {"ticket_id": ticket.id, "user_id": self.engineer.id, "start": start}
        visit = self.env["aftersales.visit"].create(values)
        self.env.flush_all()
        self.env.cr.execute("UPDATE aftersales_visit SET create_date = %s WHERE id = %s", [agreed, visit.id])
        self.env.invalidate_all()
        return visit

    def remind(self, moment):
        with freeze_time(moment), self.enter_registry_test_mode():
            self.env.ref("aftersales_service.ir_cron_remind").method_direct_trigger()
        self.env.invalidate_all()

    def reminders(self, visit):
        return self.texts(visit.ticket_id).filtered(lambda text: "comes on" in text.body)

    def test_one_day_before_and_once(self):
        """INSTALL-02"""
        visit = self.visit("2031-03-12 14:00:00")
        self.remind("2031-03-11 13:00:00")
        self.assertFalse(self.reminders(visit))
        self.remind("2031-03-11 14:00:00")
        self.remind("2031-03-11 15:00:00")
        self.assertEqual(len(self.reminders(visit)), 1)
        self.assertIn("Engineer comes on Mar 12, 2031", self.reminders(visit).body)

    def test_a_visit_on_monday_is_announced_on_friday(self):
        """INSTALL-02: in working time, and before, not on the morning of the visit."""
        visit = self.visit(f"{MONDAY} 09:00:00")
        self.remind("2031-03-07 15:00:00")
        self.assertFalse(self.reminders(visit))
        self.remind("2031-03-07 16:00:00")
        self.assertEqual(len(self.reminders(visit)), 1)

    def test_at_night_and_on_sunday_nobody_is_woken(self):
        """INSTALL-02: a cron that was down makes up for it when work begins."""
        visit = self.visit("2031-03-11 08:00:00")
        for moment in ("2031-03-09 12:00:00", "2031-03-10 03:00:00"):
            self.remind(moment)
        self.assertFalse(self.reminders(visit))
        self.remind("2031-03-10 09:00:00")
        self.assertEqual(len(self.reminders(visit)), 1)

    def test_another_date_is_announced_again(self):
        """INSTALL-02"""
        visit = self.visit("2031-03-12 14:00:00")
        self.remind("2031-03-11 14:00:00")
        visit.write({"start": "2031-03-14 14:00:00", "stop": "2031-03-14 16:00:00"})
        self.remind("2031-03-13 14:00:00")
        self.assertEqual(len(self.reminders(visit)), 2)

    def test_a_cancelled_visit_and_one_of_today_are_not_announced(self):
        cancelled = self.visit("2031-03-12 14:00:00")
        cancelled.with_user(self.agent).action_cancel()
        self.remind("2031-03-11 14:00:00")
        self.assertFalse(self.reminders(cancelled))
        late = self.visit("2031-03-12 14:00:00", agreed="2031-03-11 15:00:00")
        self.remind("2031-03-11 15:30:00")
        self.assertFalse(self.reminders(late))

    def test_a_request_that_has_ended_is_not_announced(self):
        """INSTALL-02: also where its visit got another date afterwards."""
        visit = self.visit("2031-03-12 14:00:00").with_user(self.agent)
        visit.action_miss()
        visit.ticket_id.with_user(self.agent).action_cancel()
        visit.action_reschedule()
        self.remind("2031-03-11 14:00:00")
        self.assertFalse(self.reminders(visit))

    def test_who_has_no_number_gets_the_mail(self):
        """INSTALL-02: nobody is forgotten."""
        self.customer.phone = False
        visit = self.visit("2031-03-12 14:00:00")
        visit.ticket_id.phone = False
        before = self.env["mail.mail"].search_count([("subject", "ilike", "reminder")])
        self.remind("2031-03-11 14:00:00")
        self.assertEqual(self.env["mail.mail"].search_count([("subject", "ilike", "reminder")]), before + 1)

    def test_a_company_may_leave_it(self):
        self.company.aftersales_remind_visit = "no"
        visit = self.visit("2031-03-12 14:00:00")
        self.remind("2031-03-11 14:00:00")
        self.assertFalse(self.reminders(visit) or visit.reminded_for)

    def test_nobody_writes_that_a_customer_was_reminded(self):
        visit = self.visit("2031-03-12 14:00:00")
        with self.assertRaises(AccessError):
            visit.with_user(self.manager).write({"reminded_for": visit.start - timedelta(days=1)})
