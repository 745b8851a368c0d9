from collections import Counter
from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..policy import dispatch, ticket_flow, visit_flow

#: tickets that the board shows at once, most urgent first; the rest is a number
SHOWN = 80

#: hours of the axis where nobody's working time says otherwise
AXIS = (8, 18)


class AftersalesTicket(models.Model):
    """The dispatcher's board: what has nobody, who is there today, and giving the one to the other.

    Whatever is given here goes through the dispatch policy: the board can do nothing that the policy rules
    out, and what it ranks otherwise asks for a reason, which stays with the verdict.
    """

    _inherit = "aftersales.ticket"

    # === WHAT THE BOARD SHOWS === #

    @api.model
    def board_read(self, day=False, team_ids=None):
        """Everything on the board for one day of the reader's time zone, in a fixed number of queries.

        :param day: "YYYY-MM-DD", today by default
        :param team_ids: ids of teams; None: those the reader leads, or else all
        """
        self._refuse_without_dispatch()
        every = self.env["aftersales.team"].search([])
        teams = self._board_teams(every, team_ids)
        day, start, stop = self._board_day(day)
        tickets, count = self._board_queue(teams)
        engineers = self._board_engineers(teams, start, stop)
        return {
            "day": fields.Date.to_string(day),
            "today": fields.Date.to_string(self._board_today()),
            "teams": [{"id": team.id, "name": team.name, "on": team in teams} for team in every],
            "tickets": tickets._board_rows(),
            "count": count,
            "engineers": engineers,
            "axis": self._board_axis(engineers, start),
        }

    def _refuse_without_dispatch(self):
        if not self.env.user.has_group("aftersales_service.group_agent"):
            raise AccessError(self.env._("The board is for those who give tickets to others."))

    @api.model
    def _board_teams(self, every, team_ids):
        if team_ids is None:
            return every.filtered(lambda team: team._is_led_by(self.env.user)) or every
        return every.filtered(lambda team: team.id in team_ids) or every

    @api.model
    def _board_today(self):
        return fields.Datetime.context_timestamp(self, fields.Datetime.now()).date()

    @api.model
    def _board_day(self, day):
        """(day, its begin, its end) as the reader's clock has them; moments are naive UTC."""
        day = fields.Date.to_date(day) if day else self._board_today()
        bounds = [
            self.env.tz.localize(datetime.combine(at, time.min)).astimezone(pytz.utc).replace(tzinfo=None)
            for at in (day, day + timedelta(days=1))
        ]
        return day, *bounds

    @api.model
    def _board_queue(self, teams):
        """(tickets that nobody has accepted, how many there are): p0 first, then by what is due next.

        What no team takes is on every board, so that nothing is lost (SLA-29).
        """
        domain = [
            ("state", "in", (ticket_flow.NEW, ticket_flow.ASSIGNED)),
            ("team_id", "in", [*teams.ids, False]),
        ]
        return self.search(domain, limit=SHOWN), self.search_count(domain)

    def _board_rows(self):
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("service_type", "next_kind")
        }
        return [ticket._board_row(labels) for ticket in self]

    def _board_row(self, labels):
        """A ticket as a card; shapes are read in static/src/board/board.js."""
        partner = self.partner_id
        return {
            "id": self.id,
            "name": self.name,
            "title": self.title or "",
            "customer": partner.name or self.contact_name or "",
            "priority": self.priority,
            "type": labels["service_type"].get(self.service_type, ""),
            "state": self.state,
            "team_id": self.team_id.id,
            "team": self.team_id.name or "",
            "region": ", ".join(filter(None, [partner.city, partner.state_id.name, partner.country_id.code])),
            "skills": self.category_id.skill_ids.mapped("name"),
            "due_at": fields.Datetime.to_string(self.next_due_at) or "",
            "due_kind": labels["next_kind"].get(self.next_kind, ""),
            "is_late": self.is_breached,
            "asked": self.user_id.name or "" if self.state == ticket_flow.ASSIGNED else "",
            "declined": self.sudo().passed_over_ids.mapped("name"),  # sudo: names of colleagues
        }

    @api.model
    def _board_engineers(self, teams, start, stop):
        """One column a person: desk, working time and visits of the day."""
        # sudo: names, skills and desks of colleagues, for whoever dispatches
        teams = teams.sudo()
        people = teams.member_ids.filtered("active").sorted("name")
        now = fields.Datetime.now()
        spans = teams._working_spans(start, stop)
        present = teams._working_spans(now, now + timedelta(minutes=1))
        load, asked = self._board_load(people)
        visits = self._board_visits(people, start, stop)
        teams_of = {user: teams.filtered(lambda team, u=user: u in team.member_ids) for user in people}
        return [
            {
                "id": user.id,
                "name": user.name,
                "skills": user.aftersales_skill_ids.mapped("name"),
                "load": load[user.id],
                "asked": asked[user.id],
                "capacity": max(teams_of[user].mapped("capacity")),
                "works_now": bool(present[user]),
                "spans": [[self._board_moment(span[0]), self._board_moment(span[1])] for span in spans[user]],
                "visits": visits.get(user.id, []),
            }
            for user in people
        ]

    @api.model
    def _board_moment(self, moment):
        return fields.Datetime.to_string(moment.astimezone(pytz.utc).replace(tzinfo=None))

    @api.model
    def _board_load(self, people):
        """(open tickets, of them not accepted yet) a person, over all teams."""
        load, asked = Counter(), Counter()
        # sudo: as in _board_engineers
        rows = self.sudo()._read_group(
            [("user_id", "in", people.ids), ("state", "in", self._open_states())],
            ["user_id", "state"],
            ["__count"],
        )
        for user, state, count in rows:
            load[user.id] += count
            asked[user.id] += count if state == ticket_flow.ASSIGNED else 0
        return load, asked

    @api.model
    def _board_visits(self, people, start, stop):
        """{user id: visits of the day}; one search."""
        visits = self.env["aftersales.visit"].search(
            [
                ("user_id", "in", people.ids),
                ("start", "<", stop),
                ("stop", ">", start),
                ("state", "!=", visit_flow.CANCELLED),
            ],
            order="start, id",
        )
        labels = dict(visits._fields["state"]._description_selection(self.env))
        rows = {}
        for visit in visits:
            rows.setdefault(visit.user_id.id, []).append(
                {
                    "id": visit.id,
                    "name": visit.name,
                    "state": visit.state,
                    "state_label": labels[visit.state],
                    "place": visit.partner_id.city or "",
                    "start": fields.Datetime.to_string(visit.start),
                    "stop": fields.Datetime.to_string(visit.stop),
                }
            )
        return rows

    @api.model
    def _board_axis(self, engineers, start):
        """[first hour, last hour] of the day that somebody works or is on a visit."""
        blocks = [span for row in engineers for span in row["spans"]]
        blocks += [(visit["start"], visit["stop"]) for row in engineers for visit in row["visits"]]
        first, last = AXIS
        for begin, end in blocks:
            first = min(first, int(self._board_hour(begin, start)))
            last = max(last, -int(-self._board_hour(end, start) // 1))
        return [max(first, 0), min(last, 24)]

    @api.model
    def _board_hour(self, moment, start):
        return (fields.Datetime.to_datetime(moment) - start).total_seconds() / 3600

    # === WHAT DISPATCH SAYS === #

    def board_suggest(self):
        """Who fits, best first, and who does not and why; nothing is decided or kept by asking."""
        self.ensure_one()
        self._refuse_without_dispatch()
        self.check_access("read")
        facts = self._board_facts()[self]
        ranked = dispatch.ranking(facts)
        first = dispatch.judge(facts).values["user_id"]
        rows = [
            {
                "user_id": candidate.user_id,
                "name": self._board_person(candidate.user_id),
                "load": candidate.open_tickets,
                "refusal": self._board_sentence(code, candidate.user_id) if code else "",
                "firm": code in dispatch.FIRM,
            }
            for candidate, code in ranked
        ]
        return {"candidates": rows, "outcome": self._board_outcome(facts), "first": first or False}

    @api.model
    def _board_outcome(self, facts):
        """What dispatch would do, as a sentence."""
        answer = dispatch.judge(facts)
        if answer.values["user_id"]:
            return self.env._("Dispatch would ask %(who)s.", who=self._board_person(answer.values["user_id"]))
        text_of = self.env["aftersales.clause"]._text_of
        return text_of(answer.clauses[-1].code) or text_of(f"dispatch:{answer.outcome}")

    def _board_facts(self):
        """{ticket: facts as of now}: dispatching by hand keeps to working time, too."""
        docs = self.sudo()  # sudo: dispatch sees every candidate's load
        pool = docs._dispatch_pool(fields.Datetime.now())
        return {ticket: ticket.sudo()._dispatch_facts(pool, by_hand=False) for ticket in self}

    @api.model
    def _board_person(self, user_id):
        # sudo: the name of a colleague
        return self.env["res.users"].sudo().browse(user_id).name

    @api.model
    def _board_sentence(self, code, user_id):
        """The clause's sentence about a person."""
        text = self.env["aftersales.clause"]._text_of(code) or code
        return text % {"candidate": self._board_person(user_id)}

    # === GIVING === #

    def board_assign(self, user_id, reason=False):
        """Give to ``user_id`` what may be given; the rest stays as it was and comes back with a sentence.

        :param reason: why the dispatcher decides otherwise than the policy ranks, where that is so
        :return: {"done": [...], "ask": [...], "refused": [...]}, each of {id, name, text}
        """
        self._refuse_without_dispatch()
        user = self.env["res.users"].browse(user_id).exists()
        answer = {"done": [], "ask": [], "refused": []}
        for ticket in self:
            savepoint = self.env.cr.savepoint()
            try:
                stand, text = ticket._board_try(user, (reason or "").strip())
            except (AccessError, UserError) as error:
                stand, text = "refused", str(error)
            savepoint.close(rollback=stand != "done")
            answer[stand].append({"id": ticket.id, "name": ticket.name, "text": text})
        return answer

    def board_dispatch(self):
        """Let the policy give the selection, urgent ones first; a sentence for each ticket."""
        self._refuse_without_dispatch()
        self.check_access("write")
        self.filtered(lambda ticket: not ticket.user_id)._dispatch(fields.Datetime.now())
        answer = {"done": [], "ask": [], "refused": []}
        for ticket, row in zip(self, self._board_results(), strict=True):
            answer["done" if ticket.user_id else "refused"].append(row)
        return answer

    def _board_results(self):
        verdicts = self._verdict_of("dispatch")
        return [
            {
                "id": ticket.id,
                "name": ticket.name,
                "text": self.env._("asks %(who)s", who=ticket.user_id.name)
                if ticket.user_id
                else verdicts[ticket].outcome_label or "",
            }
            for ticket in self
        ]

    def _board_try(self, user, reason):
        """("done" | "ask" | "refused", sentence): give the ticket, or say why not."""
        refusal = self._board_refusal(user)
        if refusal:
            return "refused", refusal
        if not self.team_id:
            self.team_id = self._board_team_of(user)
        facts = self._board_facts()[self]
        stand, code = dispatch.choice(facts, user.id)
        if stand != dispatch.AGREED:
            why = self._board_otherwise(facts, code, user.id)
            if stand == dispatch.REFUSED or not self._board_may_override():
                return "refused", self._board_no(stand, why)
            if not reason:
                return "ask", why
        self._board_give(user, facts, reason if stand == dispatch.REASON else "")
        return "done", self.env._("asks %(who)s", who=self._board_person(user.id))

    def _board_no(self, stand, why):
        if stand == dispatch.REFUSED:
            return why
        return self.env._("%(why)s Only dispatcher and supervisor decide otherwise.", why=why)

    def _board_give(self, user, facts, reason):
        """Keep the verdict, and the dispatcher's reason where it ranks somebody else first; then ask."""
        self._judge("dispatch", {self: facts})
        if reason:
            # sudo: the team's dispatcher, who need not be a supervisor, was checked in _board_may_override
            self.sudo()._override_verdict("dispatch", dispatch.ASSIGNED, reason, {"user_id": user.id})
        self.user_id = user

    def _board_refusal(self, user):
        """Why the ticket cannot be given at all, before any policy is asked."""
        # sudo: names of colleagues, and who is still there
        colleague, holder = user.sudo(), self.sudo().user_id
        if not colleague.active:
            return self.env._(
                "%(who)s can no longer take tickets.", who=colleague.name or self.env._("This person")
            )
        if self.state not in (ticket_flow.NEW, ticket_flow.ASSIGNED):
            return self.env._(
                "%(who)s has it already (%(state)s). Reload the board.",
                who=holder.name or self.env._("Nobody"),
                state=self._state_label(),
            )
        if holder == colleague and self.state == ticket_flow.ASSIGNED:
            return self.env._("%(who)s has been asked already.", who=holder.name)
        return ""

    def _board_team_of(self, user):
        """The person's team for a ticket that no team takes: one that takes the type, else any."""
        # sudo: which teams somebody is a member of
        teams = (
            self.env["aftersales.team"]
            .sudo()
            .search([("member_ids", "in", user.ids), ("company_id", "=", self.company_id.id)])
        )
        return (teams.filtered(f"takes_{self.service_type}") or teams)[:1].sudo(False)

    def _board_otherwise(self, facts, code, user_id):
        """What speaks against the dispatcher's choice, as a sentence."""
        if code != "DISP-LEAST-LOAD":
            return self._board_sentence(code, user_id)
        first = dispatch.judge(facts).values["user_id"]
        if not first:
            return self.env._("Dispatch finds nobody.")
        return self.env._("Dispatch ranks %(first)s first.", first=self._board_person(first))

    def _board_may_override(self):
        team = self.sudo().team_id  # sudo: who leads the team
        return self.env.user.has_group("aftersales_service.group_supervisor") or team._is_led_by(
            self.env.user
        )


class AftersalesVerdict(models.Model):
    """A dispatch verdict is a line of the register: who was given the ticket."""

    _inherit = "aftersales.verdict"

    chosen_user_id = fields.Many2one("res.users", "Given to", compute="_compute_chosen_user_id")

    @api.depends("outcome_values")
    def _compute_chosen_user_id(self):
        ids = {row: (row.outcome_values or {}).get("user_id") for row in self}
        # sudo: whether the person still exists
        people = (
            self.env["res.users"].sudo().browse([user_id for user_id in ids.values() if user_id]).exists()
        )
        for row in self:
            row.chosen_user_id = people.filtered(lambda user, found=ids[row]: user.id == found).sudo(False)
