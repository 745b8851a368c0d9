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

    def _aftersales_is_open(self, moment):
        """Whether ``moment`` (naive UTC) is working time; a calendar without hours never closes."""
        if not self or not self.attendance_ids:
            return True
        start = moment.replace(tzinfo=pytz.utc)
        # sudo: hours and holidays are needed to count, whoever asks
        return bool(self.sudo()._work_intervals_batch(start, start + timedelta(minutes=1))[False])
