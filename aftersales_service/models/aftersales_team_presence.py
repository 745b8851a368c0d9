from dataclasses import replace
from datetime import timedelta

import pytz

from odoo import models
from odoo.tools.intervals import Intervals


class AftersalesTeam(models.Model):
    """When a team's people work: the team's hours, less what their own calendar and time off take away."""

    _inherit = "aftersales.team"

    def _working_spans(self, start, stop):
        """{user: Intervals of working time between two moments (naive UTC)}, over all of their teams here.

        A handful of queries for each different calendar, however many people share it.
        """
        team_spans = self._team_spans(start, stop)
        own_spans = self._own_spans(start, stop)
        spans = {}
        for team in self:
            for user in team.member_ids:
                present = team_spans[team] & own_spans[user] if user in own_spans else team_spans[team]
                spans[user] = spans[user] | present if user in spans else present
        return spans

    def _away_users(self, now):
        """Ids of members whose own calendar or time off says that they do not work at ``now``."""
        spans = self._own_spans(now, now + timedelta(minutes=1))
        return {user.id for user, present in spans.items() if not present}

    def _team_spans(self, start, stop):
        """{team: Intervals}; a team without any hours is always on duty, as it is for dispatch."""
        clocks = {team: (team._service_calendar(), team.company_id) for team in self}
        spans = {
            (calendar, company): self._spans_of(calendar, company, start, stop)[False]
            for calendar, company in set(clocks.values())
        }
        return {team: spans[clock] for team, clock in clocks.items()}

    def _own_spans(self, start, stop):
        """{user: Intervals} of members who have working hours of their own; one search."""
        # sudo: hours and days off are needed to count, whoever asks
        resources = (
            self.env["resource.resource"]
            .sudo()
            .search(
                [
                    ("user_id", "in", self.member_ids.ids),
                    ("company_id", "in", [False, *self.company_id.ids]),
                    ("calendar_id", "!=", False),
                ]
            )
        )
        spans = {}
        for calendar, group in resources.grouped("calendar_id").items():
            found = self._spans_of(calendar, self.company_id, start, stop, group)
            for resource in group:
                before = spans.get(resource.user_id)
                spans[resource.user_id] = before | found[resource.id] if before else found[resource.id]
        return {user.sudo(False): present for user, present in spans.items()}

    def _spans_of(self, calendar, company, start, stop, resources=None):
        """{resource id or False: Intervals in UTC}, holidays and time off taken out."""
        start, stop = start.replace(tzinfo=pytz.utc), stop.replace(tzinfo=pytz.utc)
        nothing = self.env["resource.calendar"]
        if not calendar.sudo().attendance_ids:  # sudo: as in _own_spans
            always = Intervals([(start, stop, nothing)])
            return dict.fromkeys([False, *(resources or nothing).ids], always)
        found = calendar._aftersales_intervals(start, stop, company, resources)
        return {
            resource_id: Intervals(
                [(span[0].astimezone(pytz.utc), span[1].astimezone(pytz.utc), nothing) for span in spans]
            )
            for resource_id, spans in found.items()
        }


class AftersalesTicket(models.Model):
    _inherit = "aftersales.ticket"

    def _dispatch_pool(self, now):
        return {**super()._dispatch_pool(now), "away": self.team_id._away_users(now)}

    def _dispatch_facts(self, pool, by_hand):
        """Whoever has a day off is off duty, though the team works."""
        facts = super()._dispatch_facts(pool, by_hand)
        if by_hand:
            return facts
        return replace(
            facts,
            candidates=tuple(
                replace(candidate, on_duty=candidate.on_duty and candidate.user_id not in pool["away"])
                for candidate in facts.candidates
            ),
        )
