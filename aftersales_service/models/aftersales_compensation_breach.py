from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import date_utils

from ..policy import compensation, compensation_flow, compensation_route, deadline, ticket_flow
from .aftersales_agreement_term import COMPENSATED
from .exact_amount import exact_amount

#: states in which an amount counts against the cap of its period
FIRM = (compensation_flow.PROPOSED, compensation_flow.APPROVED, compensation_flow.GRANTED)


class AftersalesCompensation(models.Model):
    """A missed target of a signed agreement: drafted once, judged by its terms, within the cap (SLA-23)."""

    _inherit = "aftersales.compensation"

    @api.model
    def _draft_for(self, rows):
        """One draft for each missed promise of an agreement that compensates; in bulk, safe to run twice.

        :param rows: missed rows of the ledger, in sudo
        """
        rows = rows.filtered(lambda r: r.res_model == "aftersales.ticket" and r.kind in compensation.TARGETS)
        if not rows:
            return self.browse()
        # sudo: the ledger acts
        tickets = self.env["aftersales.ticket"].sudo().browse(rows.mapped("res_id")).exists()
        agreed = tickets.filtered("agreement_id")
        owed = {ticket.id: ticket for ticket in agreed if ticket._owed_agreement().compensates}
        known = self.sudo()  # sudo: as above
        known = known.search([("ticket_id", "in", list(owed)), ("kind", "=", "breach")]) if owed else self
        taken = {(row.ticket_id.id, row.target) for row in known}
        wanted = {}
        for row in rows:
            ticket = owed.get(row.res_id)
            signed = ticket and ((ticket.sla_targets or {}).get(row.kind) or {}).get("agreed")
            if signed and (ticket.id, row.kind) not in taken:
                wanted[ticket.id, row.kind] = row.due_at
        return self.sudo()._create_drafts(wanted)  # sudo: the ledger drafts, people decide

    @api.model
    def _create_drafts(self, wanted):
        drafts = self.create(
            [
                {"ticket_id": ticket_id, "target": kind, "kind": compensation_route.BREACH}
                for ticket_id, kind in wanted
            ]
        )
        for draft, missed_at in zip(drafts, wanted.values(), strict=True):
            draft._write_policy({"missed_at": missed_at})
        drafts._recompute()
        drafts._open_tasks()
        return drafts

    def _open_tasks(self):
        """The supervisor proposes what is owed; one create."""
        activity_type = self.env.ref("mail.mail_activity_data_todo", False)
        tasks = [(row, row.ticket_id.team_id.supervisor_id) for row in self]
        # sudo: the task goes to whoever is in charge, whoever started the cron
        self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True).create(
            [
                {
                    "res_model_id": self.env["ir.model"]._get_id(self._name),
                    "res_id": row.id,
                    "activity_type_id": activity_type and activity_type.id,
                    "summary": self.env._("A promise of the agreement was broken: propose the compensation"),
                    "user_id": user.id,
                    "date_deadline": fields.Date.context_today(self),
                }
                for row, user in tasks
                if user.active
            ]
        )

    def action_recompute(self):
        self.check_access("write")
        self._recompute()
        return True

    def _recompute(self):
        """SLA-23: lateness up to now and what follows from it, as long as nothing is proposed.

        One after the other, since what the first ones take is no longer under the cap for the rest.
        """
        drafts = self.filtered(lambda row: row.kind == "breach" and row.state == compensation_flow.DRAFT)
        if not drafts:
            return
        late, firm = drafts._lateness(), drafts._firm_sums()
        rules = self.env["aftersales.compensation.rule"]._policy_rows
        tables = {company: rules(company) for company in drafts.company_id}
        facts = {}
        for row in drafts.sorted("id"):
            key = row._period_key()
            facts[row] = row._compensation_facts(late[row], firm[key])
            answer = compensation.judge(facts[row], tables[row.company_id])
            firm[key] += Decimal(answer.values["amount"])
        for row, answer in drafts._judge("compensation", facts).items():
            row._write_policy(
                {
                    "late_minutes": late[row],
                    "amount": float(answer.values["amount"]),
                    "form": answer.values["form"],
                }
            )

    def _compensation_facts(self, late, firm):
        row = self.sudo()  # sudo: terms and fee of the agreement, whoever proposes
        agreement = row.agreement_id
        return compensation.Facts(
            target=row.target,
            priority=row.ticket_id._response_level(),
            level=agreement.level or None,
            late_minutes=late,
            fee=exact_amount(row.currency_id, agreement.fee),
            terms=agreement._compensation_terms(),
            firm=firm,
            cap_percent=Decimal(str(round(agreement.cap_percent, 2))),
            normal_use=not row.ticket_id._is_misused(agreement),
            digits=row.currency_id.decimal_places,
        )

    def _lateness(self):
        """{row: minutes on the clock of the promise from its due time to when it was kept, or to now}."""
        ledger = self.env["aftersales.deadline"].sudo()  # sudo: whoever sees the ticket sees its deadlines
        rows = ledger.search(
            [
                ("res_model", "=", "aftersales.ticket"),
                ("res_id", "in", self.ticket_id.ids),
                ("kind", "in", list(set(self.mapped("target")))),
                ("state", "=", "missed"),
            ]
        )
        by_promise = {(row.res_id, row.kind): row for row in rows.sorted("id", reverse=True)}
        return {row: row._late_minutes(by_promise.get((row.ticket_id.id, row.target))) for row in self}

    def _late_minutes(self, promise):
        start, until = self.missed_at, (promise and promise.met_at) or self._ended_at()
        if not start or until <= start:
            return 0
        hours = promise and promise._working_time(promise._own_clock(), start, until + timedelta(days=1))
        return deadline.elapsed(hours or None, start, until) // 60

    def _ended_at(self):
        """A promise that nobody kept is late until the ticket was solved or given up."""
        ticket = self.ticket_id
        if ticket.state in ticket_flow.OPEN:
            return fields.Datetime.now()
        return ticket.resolved_at or ticket.closed_at or fields.Datetime.now()

    def _refuse_while_still_late(self):
        """What a delay costs is known once it is over."""
        if self.kind == compensation_route.BREACH and self._is_still_late():
            raise UserError(
                self.env._(
                    "%(row)s: %(target)s of %(ticket)s is still open, so the delay still grows. Propose it "
                    "once the promise is kept or the ticket is solved.",
                    row=self.name,
                    target=dict(COMPENSATED)[self.target],
                    ticket=self.ticket_id.name,
                )
            )

    def _is_still_late(self):
        # sudo: as in _lateness
        rows = self.ticket_id.sudo().deadline_ids.filtered(
            lambda row: row.kind == self.target and row.state == "missed"
        )
        return self.ticket_id.state in ticket_flow.OPEN and not any(rows.mapped("met_at"))

    # === CAP === #

    def _period_key(self):
        """(agreement, first day of the period) that the cap is counted in; all versions share it."""
        agreement = self.sudo().agreement_id  # sudo: as in _compensation_facts
        day = self.company_id._aftersales_day(self.missed_at) if self.missed_at else date.min
        return (agreement.first_id or agreement).id, _period_start(day, agreement.fee_period)

    def _firm_sums(self):
        """{period key: amount that others have taken already}; one search."""
        agreements = self.sudo().agreement_id  # sudo: the cap counts what anybody has decided
        roots = (agreements.first_id | agreements.filtered(lambda a: not a.first_id)).ids
        others = self.sudo().search(
            [
                ("kind", "=", "breach"),
                ("state", "in", FIRM),
                ("id", "not in", self.ids),
                "|",
                ("agreement_id", "in", roots),
                ("agreement_id.first_id", "in", roots),
            ]
        )
        sums = defaultdict(Decimal)
        for row in others:
            sums[row._period_key()] += exact_amount(row.currency_id, row.amount)
        return sums

    def _refuse_above_cap(self):
        """Never more than the cap. What is proposed counts against it as well, so of two that are decided at
        once each finds the other: no lock is needed.
        """
        breaches = self.filtered(lambda row: row.kind == "breach" and row.agreement_id)
        if not breaches:
            return
        sums = breaches._firm_sums()
        for row in breaches.sorted("id"):
            facts = row._compensation_facts(row.late_minutes, sums[row._period_key()])
            left, amount = compensation.left_under_cap(facts), exact_amount(row.currency_id, row.amount)
            if left is not None and amount > left:
                raise UserError(
                    self.env._(
                        "%(row)s of %(amount)s goes beyond what the agreement grants in one period; "
                        "%(left)s is left. Take it back to draft, it is then counted anew.",
                        row=row.display_name,
                        amount=row.currency_id.format(row.amount),
                        left=row.currency_id.format(float(left)),
                    )
                )
            sums[row._period_key()] += amount


def _period_start(day, period):
    return day if day == date.min else date_utils.start_of(day, period or "month")
