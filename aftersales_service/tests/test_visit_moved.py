from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import AftersalesServiceCommon


@tagged("post_install", "-at_install")
class TestVisitMoved(AftersalesServiceCommon):
    """PROG-01, PROG-02: another date of a visit is a node of its own, told once."""

    def setUp(self):
        super().setUp()
        self.customer.tz = "Asia/Shanghai"
        self.progress = self.in_progress()
        self.visit = (
            self.env["aftersales.visit"]
            .with_user(self.agent)
            .create(
                {
                    "ticket_id": self.progress.id,
                    "user_id": self.engineer.id,
                    "start": "2031-03-17 06:00:00",
                    "stop": "2031-03-17 08:00:00",
                }
            )
        )
        self.end_of_transaction()

    def end_of_transaction(self):
        self.env.cr.precommit.run()

    def move(self, day, visit=None):
        (visit or self.visit).write({"start": f"{day} 01:00:00", "stop": f"{day} 03:00:00"})

    def told(self):
        return self.env["mail.mail"].search([("subject", "like", "has another date")])

    def test_another_date_is_told_with_both_dates_in_the_customers_time(self):
        """PROG-01, PROG-02."""
        self.move("2031-03-20")
        self.end_of_transaction()
        self.assertEqual(len(self.told()), 1)
        self.assertIn("We do not come on Mar 17, 2031, 14:00.", self.told().body_html)
        self.assertIn("comes on Mar 20, 2031, 09:00 to 11:00 instead (China Standard", self.told().body_html)
        self.move("2031-03-21")
        self.end_of_transaction()
        self.assertEqual(len(self.told()), 2, "each new date is news")

    def test_what_is_tried_out_and_taken_back_tells_nothing(self):
        """PROG-02: within one transaction the last date counts; the same date is no news."""
        self.move("2031-03-20")
        self.visit.write({"start": "2031-03-17 06:00:00", "stop": "2031-03-17 08:00:00"})
        self.end_of_transaction()
        self.visit.write({"start": self.visit.start, "report": "Bring a ladder"})
        self.visit.stop = "2031-03-17 09:00:00"
        self.end_of_transaction()
        self.assertFalse(self.told())

    def test_two_changes_in_one_transaction_are_one_word(self):
        """PROG-02."""
        self.move("2031-03-20")
        self.move("2031-03-25")
        self.end_of_transaction()
        self.assertEqual(len(self.told()), 1)
        self.assertIn("comes on Mar 25", self.told().body_html)

    def test_a_visit_of_the_past_or_of_an_ended_request_tells_nothing(self):
        """PROG-02: nobody is told of a date that is over, or of one that nobody needs."""
        self.move("2020-03-20")
        self.end_of_transaction()
        self.move("2031-03-20")
        self.progress.action_cancel(reason="Withdrawn")
        self.end_of_transaction()
        self.assertFalse(self.told())

    def test_a_missed_visit_planned_anew_is_told_in_whatever_order(self):
        """PROG-02, DISP-38: the date first and the button afterwards, or the other way round."""
        self.visit.action_miss()
        self.move("2031-03-20")
        self.end_of_transaction()
        self.assertFalse(self.told(), "not planned yet")
        self.visit.action_reschedule()
        self.end_of_transaction()
        self.assertEqual(len(self.told()), 1)

    def test_by_text_message_where_the_company_wants_it(self):
        """PROG-02: the choice for visits holds for their dates."""
        self.company.write({"aftersales_tell_visit": False, "aftersales_sms_visit": True})
        self.move("2031-03-20")
        self.end_of_transaction()
        self.assertFalse(self.told())
        text = self.env["sms.sms"].search([("body", "like", self.progress.name)], order="id desc", limit=1)
        self.assertIn("comes on Mar 20, 2031, 09:00", text.body)

    def test_who_hears_of_the_date_on_the_day_before_is_not_reminded_as_well(self):
        """INSTALL-02: one word is enough."""
        soon = fields.Datetime.now().replace(microsecond=0) + timedelta(hours=20)
        self.visit.write({"start": soon, "stop": soon + timedelta(hours=1)})
        self.end_of_transaction()
        self.assertEqual(len(self.told()), 1)
        self.assertEqual(self.visit.reminded_for, soon)
        self.assertNotIn(self.visit, self.visit._to_remind(fields.Datetime.now()))
