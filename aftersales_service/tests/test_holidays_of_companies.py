from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from .common import AftersalesServiceCommon

MONDAY = datetime(2031, 3, 3)
WEEK = timedelta(days=5)
NOON = timedelta(hours=10)  # well within working time


@tagged("post_install", "-at_install")
class TestHolidaysOfCompanies(AftersalesServiceCommon):
    """A holiday that names no calendar, as they are entered in Odoo, is its company's alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Company of another country"})
        calendars = cls.env["resource.calendar"]
        cls.own = calendars.create({"name": "Own", "company_id": cls.company.id, "tz": "UTC"})
        cls.shared = calendars.create({"name": "Of all companies", "company_id": False, "tz": "UTC"})

    def holiday(self, company, **vals):
        """A week without work."""
        values = {"name": "Holiday", "date_from": MONDAY, "date_to": MONDAY + WEEK, **vals}
        leave = self.env["resource.calendar.leaves"].create(values)
        leave.company_id = company  # Odoo: the company of whoever enters it, worked out anew

    def days(self, calendar, company):
        """Working days of that week, by the ledger."""
        ledger = self.env["aftersales.deadline"]
        hours = ledger._working_time(ledger._clock(calendar, company), MONDAY, MONDAY + WEEK)
        return sum(MONDAY <= midnight < MONDAY + WEEK for midnight, _closing in hours.days)

    def assign_due(self):
        """When a ticket that comes in on Monday morning has to be assigned."""
        with freeze_time(MONDAY + NOON):
            return self.deadlines(self.ticket())["assign"].due_at

    def test_a_promise_is_not_postponed_by_the_holiday_of_another_company(self):
        self.team.calendar_id = self.own
        due = self.assign_due()
        self.holiday(self.other)
        self.assertEqual(self.assign_due(), due)
        self.holiday(self.company)
        self.assertGreater(self.assign_due(), due + WEEK - timedelta(days=1))

    def test_one_calendar_of_two_companies_has_the_holidays_of_each(self):
        """What is remembered for one company is not told to the other."""
        self.holiday(self.other)
        self.assertEqual(self.days(self.shared, self.company), 5)
        self.assertEqual(self.days(self.shared, self.other), 0)
        self.assertEqual(self.days(self.shared, self.company), 5)

    def test_promises_of_two_companies_on_one_calendar_are_counted_together(self):
        """A batch of the clock holds rows of many companies."""
        self.holiday(self.other)
        ledger = self.env["aftersales.deadline"]
        clocks = [ledger._clock(self.shared, company) for company in (self.company, self.other)]
        hours = ledger._working_times([(clock, MONDAY) for clock in clocks], [])
        here, there = (hours[clock].days[0][0] for clock in clocks)
        self.assertLess(here, there)

    def test_a_team_is_at_work_while_another_company_has_a_holiday(self):
        self.team.calendar_id = self.own
        self.holiday(self.other)
        self.assertTrue(self.team._on_duty(MONDAY + NOON))
        self.holiday(self.company)
        self.assertFalse(self.team._on_duty(MONDAY + NOON))

    def test_a_colleague_is_present_while_another_company_has_a_holiday(self):
        self.team.calendar_id = self.own
        start, stop = MONDAY + NOON, MONDAY + NOON + timedelta(hours=1)
        self.holiday(self.other)
        self.assertTrue(self.team._team_spans(start, stop)[self.team])
        self.holiday(self.company)
        self.assertFalse(self.team._team_spans(start, stop)[self.team])

    def test_visits_are_reminded_of_while_another_company_has_a_holiday(self):
        self.holiday(self.other)
        spans = self.own._aftersales_working(MONDAY, MONDAY + WEEK, self.company)
        self.assertEqual(len({begin.date() for begin, _end in spans}), 5)

    def test_the_time_off_of_one_person_keeps_counting_for_him(self):
        """Whatever company it was entered in."""
        resource = self.env["resource.resource"].create(
            {"name": "Colleague", "company_id": self.company.id, "calendar_id": self.shared.id}
        )
        self.holiday(self.other, resource_id=resource.id, calendar_id=self.shared.id)
        start, stop = MONDAY + NOON, MONDAY + NOON + timedelta(hours=1)
        spans = self.team._spans_of(self.shared, self.company, start, stop, resource)
        self.assertFalse(spans[resource.id])
        self.assertTrue(spans[False])
