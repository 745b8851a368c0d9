from datetime import timedelta

import pytz

from odoo import models


# hours and holidays, by which promises are counted
class ResourceCalendarAttendance(models.Model):
    _name = "resource.calendar.attendance"
    _inherit = ["resource.calendar.attendance", "aftersales.remembered.mixin"]


class ResourceCalendarLeaves(models.Model):
    _name = "resource.calendar.leaves"
    _inherit = ["resource.calendar.leaves", "aftersales.remembered.mixin"]

    def _is_remembered(self):
        """Holidays are everybody's; the time off of one person or machine counts for no promise."""
        return any(not leave.resource_id for leave in self)


class ResourceCalendar(models.Model):
    _name = "resource.calendar"
    _inherit = ["resource.calendar", "aftersales.remembered.mixin"]

    def _aftersales_intervals(self, start, stop, company, resources=None):
        """{resource id or False: Intervals} of working time, as Odoo counts it for ``company``.

        Holidays of another company do not count here; most of them name no calendar, so that they would for
        every one. Time off of one person is told apart by the person.
        """
        holidays = [
            ("time_type", "=", "leave"),
            "|",
            ("resource_id", "!=", False),
            ("company_id", "in", [False, *company.ids]),
        ]
        # sudo: hours and holidays are needed to count, whoever asks; in the calendar's own time zone
        calendar = self.sudo().with_context(employee_timezone=False)
        return calendar._work_intervals_batch(start, stop, resources=resources, domain=holidays)

    def _aftersales_is_open(self, moment, company):
        """Whether ``moment`` (naive UTC) is working time of ``company``; a calendar without hours never
        closes.
        """
        if not self or not self.attendance_ids:
            return True
        start = moment.replace(tzinfo=pytz.utc)
        return bool(self._aftersales_intervals(start, start + timedelta(minutes=1), company)[False])
