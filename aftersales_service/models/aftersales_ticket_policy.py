from collections import Counter

from odoo import api, fields, models

from ..policy import coverage, dispatch, lifecycle, priority, sla, ticket_flow
from .aftersales_verdict_mixin import VerdictPage

#: facts that count for the priority, the coverage, the promises, the team
PRIORITY_FACTS = {
    "urgency",
    "impact",
    "core_impact",
    "loss_per_day",
    "relief",
    "category_id",
    "partner_id",
    "agreement_id",
}
COVERAGE_FACTS = {
    "product_id",
    "lot_id",
    "sale_line_id",
    "purchase_date",
    "warranty_card_id",
    "cause_id",
    "service_type",
}
SLA_FACTS = PRIORITY_FACTS | {"service_type", "team_id", "company_id", "warranty_card_id"}
DIAGNOSIS_FACTS = {"cause_id", "preliminary_judgement", "solve_by"}

#: service types that need goods with a warranty; a question or a complaint costs nothing
GOODS = {"repair", "return", "installation"}


class AftersalesTicket(models.Model):
    """A ticket's verdicts: facts are gathered here, judged in policy/, and the answers stored."""

    _inherit = "aftersales.ticket"

    # === WHEN === #

    def _judge_at_intake(self):
        """Agreement, team, priority, coverage and promises of new tickets, each in bulk."""
        page = VerdictPage()
        self._find_agreements()
        self._judge_priority(page)
        self._find_teams()
        self._judge_coverage(page)
        self._judge_sla(page)
        page.keep(self.env)
        self._stamp_diagnosis()

    def _follow_up_facts(self, changed):
        """Judge again what the changed fields count for, and give open promises the terms that hold now.

        A ticket without a number is still at its intake: everything is judged there anyway.
        """
        tickets = self.filtered(lambda ticket: ticket.name)
        if changed & DIAGNOSIS_FACTS:
            tickets._stamp_diagnosis()
        if changed & {"partner_id"} and "agreement_id" not in changed:
            tickets._find_agreements(anew=True)
        if changed & PRIORITY_FACTS:
            tickets._judge_priority()
        if changed & COVERAGE_FACTS:
            tickets._judge_coverage()
        if changed & SLA_FACTS:
            before = {ticket: set(ticket.sla_targets or ()) for ticket in tickets}
            tickets._judge_sla()
            tickets._retarget_deadlines()
            tickets._open_new_promises(before)

    def _open_new_promises(self, before):
        """What is promised only since the facts changed runs from now: a mail is urgent once it was read.

        :param before: {ticket: targets that were promised already}
        """
        for kind, promise in ticket_flow.PROMISES.items():
            fresh = self.filtered(
                lambda t, kind=kind: (
                    t.state in ticket_flow.OPEN and kind in t.sla_targets and kind not in before[t]
                )
            )
            if fresh and lifecycle.CREATE in promise.opens:
                fresh._open_deadlines([kind])

    def _stamp_diagnosis(self):
        """SLA-03: a first diagnosis, of high priority together with the day of the solution."""
        told = self.filtered(lambda ticket: ticket._has_diagnosis() and not ticket._lacks_timetable())
        told._stamp_fact("diagnosed_at", "diagnosis")

    def _has_diagnosis(self):
        """A cause, or an opinion of it once somebody has the ticket.

        What is written down while the request is taken in is what the caller says, not what was found.
        """
        taken = self.state not in (ticket_flow.NEW, ticket_flow.ASSIGNED)
        return bool(self.cause_id or (self.preliminary_judgement and taken))

    def _lacks_timetable(self):
        return self.priority == "p1" and "diagnosis" in (self.sla_targets or {}) and not self.solve_by

    def _may_be_judged(self, kind):
        """A ticket that has no number yet has just come into being."""
        return any(ticket.name for ticket in self)

    # === AGREEMENT === #

    def _find_agreements(self, anew=False):
        """The version of each customer's agreement that judges the ticket; one search a company."""
        wanted = self.filtered(lambda t: t.partner_id and (anew or not t.agreement_id))
        for company, tickets in wanted.grouped("company_id").items():
            found = self.env["aftersales.agreement"]._of_customers(company, tickets.partner_id)
            for agreement, group in tickets.grouped(lambda t, found=found: t._agreement_among(found)).items():
                if agreement or anew:
                    group.agreement_id = agreement

    def _level(self):
        """Service level of the version that judges the ticket."""
        return self._judging_agreement().level or None

    # === PRIORITY === #

    def _judge_priority(self, page=None):
        answers = self._judge("priority", {ticket: ticket._priority_facts() for ticket in self}, page)
        self._apply("priority", answers)

    def _priority_facts(self):
        return priority.Facts(
            urgency=self.urgency,
            impact=self.impact,
            function=self.category_id.function or "auxiliary",
            level=self._level(),
        )

    def _apply(self, field, answers):
        """Store the outcomes in ``field``, one write for each outcome that is new."""
        changed = self.filtered(lambda ticket: ticket[field] != answers[ticket].outcome)
        for outcome, tickets in changed.grouped(lambda ticket: answers[ticket].outcome).items():
            tickets._write_policy({field: outcome})

    # === COVERAGE === #

    def _judge_coverage(self, page=None):
        answers = self._judge("coverage", {ticket: ticket._coverage_facts() for ticket in self}, page)
        self._apply("coverage", answers)

    def _coverage_facts(self):
        """By the card; without one by the proved purchase and the plan; on the day of the report."""
        day = self.company_id._aftersales_day(self.create_date or fields.Datetime.now())
        if self.service_type not in GOODS:
            return coverage.Facts(reported_on=day, goods=False)
        # sudo: the card is asked for the customer, whoever takes the call
        card = self.sudo().warranty_card_id
        if card:
            return card._coverage_facts(day, self.cause_id)
        start, end = self._term_by_purchase()
        return coverage.Facts(
            reported_on=day,
            starts_on=start,
            ends_on=end,
            cause_known=bool(self.cause_id),
            cause_covered=self.cause_id.is_covered,
        )

    def _term_by_purchase(self):
        """Term of a product without a card, from the purchase date."""
        if not self.product_id or not self.purchase_date:
            return None, None
        plan = self.product_id.aftersales_warranty_plan_id or self.company_id._aftersales_warranty_plan()
        return plan._term(self.purchase_date, self.purchase_date) if plan else (None, None)

    # === PROMISES === #

    def _judge_sla(self, page=None):
        answers = self._judge("sla", {ticket: ticket._sla_facts() for ticket in self}, page)
        targets = {ticket: dict(answer.values) for ticket, answer in answers.items()}
        self._write_policy_each(
            {
                ticket: {"sla_targets": promised}
                for ticket, promised in targets.items()
                if ticket.sla_targets != promised
            }
        )

    def _sla_facts(self):
        owed = self._owed_agreement()
        return sla.Facts(
            service_type=self.service_type,
            priority=self.priority,
            level=owed.level or None,
            phase=self._phase(),
            agreed=owed._agreed_targets(),
        )

    def _phase(self):
        """Trial run by the agreement; otherwise what the warranty card says."""
        agreement, card = self.sudo().agreement_id, self.sudo().warranty_card_id  # sudo: the facts' own
        if not agreement and not card:
            return None
        day = self.company_id._aftersales_day(self.create_date or fields.Datetime.now())
        trial = agreement._phase_on(day)
        if trial or not card:
            return trial
        return "warranty" if card._state_on(day) == "active" else "after"

    def _open_deadlines(self, kinds, **known):
        """Targets that none of the tickets promises need no second look."""
        silent = set(sla.TARGETS) - self._promised_targets()
        return super()._open_deadlines([kind for kind in kinds if kind not in silent], **known)

    def _promised_targets(self):
        """Targets that at least one of the tickets promises."""
        return set().union(*(ticket.sla_targets or () for ticket in self))

    def _deadline_terms(self, kind):
        if kind == "confirm":
            return self._confirm_terms()
        targets = {ticket: (ticket.sla_targets or {}).get(kind) for ticket in self}
        promised = self.filtered(targets.get)
        if kind == "accept":
            # the supervisor is the end of the line: passing on would come back to the same person
            promised = promised.filtered(lambda t: t.user_id and t.user_id != t.team_id.supervisor_id)
        done = STAMP_OF.get(kind)
        promised = promised.filtered(lambda ticket: not done or not ticket[done] or ticket.state == "new")
        own = self._own_calendars([targets[ticket] for ticket in promised])
        return {ticket: ticket._terms_of(targets[ticket], own) for ticket in promised}

    @api.model
    def _own_calendars(self, targets):
        """{line code: its calendar} for lines that run in one of their own."""
        codes = {target["line"] for target in targets if target["hours"] == "own"}
        if not codes:
            return {}
        # sudo: the hours of a promise, whoever opens the ticket
        lines = self.env["aftersales.sla.line"].sudo().with_context(active_test=False)
        return {line.code: line.calendar_id for line in lines.search([("code", "in", list(codes))])}

    def _terms_of(self, target, own):
        return self.env["aftersales.deadline"].terms(
            target["amount"],
            target["unit"],
            self._calendar_of(target, own),
            urgent=self.priority in ("p0", "p1"),
        )

    def _calendar_of(self, target, own):
        if target["hours"] == "service":
            return self._service_calendar()
        return own.get(target["line"]) if target["hours"] == "own" else self.env["resource.calendar"]

    def _service_calendar(self):
        """Hours of the agreement, the team or the company; none of them may be without working hours."""
        ticket = self.sudo()  # sudo: the hours of a promise, whoever opens the ticket
        team = ticket.team_id
        calendar = ticket.agreement_id.calendar_id or (
            team._service_calendar() if team else ticket.company_id._aftersales_calendar()
        )
        return calendar if calendar.attendance_ids else self.env["resource.calendar"]

    def _confirm_terms(self):
        deadline = self.env["aftersales.deadline"]
        return {
            ticket: deadline.terms(ticket.company_id.aftersales_confirm_days, "days")
            for ticket in self
            if ticket.company_id.aftersales_confirm_days > 0
        }

    def _deadline_user(self, kind):
        return self.user_id if kind == "accept" else self.env["res.users"]

    # === TEAM AND ASSIGNEE === #

    def _find_teams(self):
        """The team by service type and region, where nobody has chosen one."""
        wanted = self.filtered(lambda ticket: not ticket.team_id)
        if not wanted:
            return
        rows = self.env["aftersales.team"]._team_rows(wanted.company_id)
        chosen = {ticket: ticket._team_among(rows[ticket.company_id]) for ticket in wanted}
        # the rows are of the ticket's company, and at the intake nothing follows from a team yet
        self._write_policy_each({ticket: {"team_id": team} for ticket, team in chosen.items() if team})

    def _team_among(self, rows):
        """Id of the team out of ``rows`` for the ticket's type and the customer's region, or None."""
        partner = self.partner_id
        return dispatch.team_for(
            self.service_type,
            partner.state_id.id,
            partner.country_id.id,
            rows,
            urgent=self.priority == priority.P0,
        )

    def _dispatch(self, now, by_hand=False):
        """Give new tickets to somebody, urgent ones first; each given one counts for the next one's choice.

        :param by_hand: a dispatcher asks now, so working hours do not matter
        """
        queue = self.filtered(lambda t: t.state == "new").sorted(lambda t: (t.priority, t.id))
        if not queue:
            return
        pool = queue.sudo()._dispatch_pool(now)  # sudo: dispatch sees every candidate's load
        facts = {}
        for ticket in queue:
            facts[ticket] = ticket.sudo()._dispatch_facts(pool, by_hand)  # sudo: as above
            user_id = dispatch.judge(facts[ticket]).values["user_id"]
            pool["load"][user_id] += 1
        answers = queue._judge("dispatch", facts)
        queue._give(answers)

    def _give(self, answers):
        """Assign to whom the verdicts name, one write a person."""
        given = self.filtered(lambda ticket: answers[ticket].values["user_id"])
        for user_id, tickets in given.grouped(lambda ticket: answers[ticket].values["user_id"]).items():
            tickets._write_policy({"user_id": user_id})
        given._fire("assign", actor=lifecycle.SYSTEM)

    def _dispatch_pool(self, now):
        """What candidates are judged by: open tickets each has, teams on duty."""
        members = self.team_id.member_ids
        load = self._read_group(
            [("user_id", "in", members.ids), ("state", "in", self._open_states())], ["user_id"], ["__count"]
        )
        return {
            "load": Counter({user.id: count for user, count in load}),
            "on_duty": self.team_id._on_duty(now),
        }

    def _dispatch_facts(self, pool, by_hand):
        team, wanted = self.team_id, self.category_id.skill_ids
        candidates = tuple(
            dispatch.Candidate(
                user_id=user.id,
                open_tickets=pool["load"][user.id],
                capacity=team.capacity,
                on_duty=by_hand or team in pool["on_duty"],
                missing_skills=len(wanted - user.aftersales_skill_ids),
                passed_over=user in self.passed_over_ids,
            )
            for user in team.member_ids.filtered("active")
        )
        return dispatch.Facts(
            service_type=self.service_type,
            team_id=team.id or None,
            candidates=candidates,
            supervisor_id=team.supervisor_id.active and team.supervisor_id.id or None,
            urgent=self.priority == priority.P0,
        )

    @api.model
    def _cron_dispatch(self):
        """Give what came in outside working hours, once work has begun; safe to run twice."""
        waiting = self.search(
            [("state", "=", "new"), ("user_id", "=", False), ("team_id.assignment", "=", "auto")], limit=500
        )
        waiting._dispatch(fields.Datetime.now())


#: a promise whose fact has been seen is not opened again by a later event
STAMP_OF = {
    "acknowledge": "acknowledged_at",
    "first_reply": "first_reply_at",
    "diagnosis": "diagnosed_at",
    "on_site": "arrived_at",
    "restore": "restored_at",
}
