import dataclasses

from odoo import Command, api, fields, models

from ..models.aftersales_service_kinds import TARGETS
from ..models.aftersales_ticket_policy import STAMP_OF
from ..policy import deadline, priority, sla, ticket_flow, verdict

LIMIT = 2000  # tickets of one preview
#: targets that a ticket may get although work on it has begun
LATER = {*STAMP_OF, "resolve", "emergency"} - {"acknowledge"}


class AftersalesSlaPreview(models.TransientModel):
    """Which open tickets a policy or an agreement would hit: judged by its lines, nothing is changed."""

    _name = "aftersales.sla.preview"
    _description = "Preview of promises"

    policy_id = fields.Many2one("aftersales.sla.policy", readonly=True)
    agreement_id = fields.Many2one("aftersales.agreement", readonly=True)
    mode = fields.Selection(
        [("with", "As if its lines were in force"), ("without", "As if it were archived")],
        "Look at",
        required=True,
        default="with",
    )
    ticket_count = fields.Integer("Open tickets looked at", readonly=True)
    hit_count = fields.Integer("Tickets with other times", readonly=True)
    line_ids = fields.One2many("aftersales.sla.preview.line", "preview_id", readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        previews = super().create(vals_list)
        for preview in previews:
            preview._fill()
        return previews

    def action_refresh(self):
        self.ensure_one()
        self.line_ids.unlink()
        self._fill()
        return self._open()

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Which open tickets would this hit?"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    # === JUDGING === #

    def _fill(self):
        """One line for each promise that would change."""
        tickets = self._tickets()
        now = fields.Datetime.now()
        rows = self._promises_of(tickets)
        wanted = self._wanted(tickets)
        lines = self._due_times(tickets, wanted, rows, now)
        self.line_ids = [Command.create(line) for line in lines]
        self.ticket_count = len(tickets)
        self.hit_count = len({line["ticket_id"] for line in lines})

    def _tickets(self):
        domain = [("state", "in", list(ticket_flow.OPEN)), ("company_id", "in", self.env.companies.ids)]
        if self.policy_id.company_id:
            domain.append(("company_id", "=", self.policy_id.company_id.id))
        if self.agreement_id:
            domain += [
                ("company_id", "=", self.agreement_id.company_id.id),
                ("partner_id", "child_of", self.agreement_id.partner_id.ids),
            ]
        return self.env["aftersales.ticket"].search(domain, limit=LIMIT)

    def _promises_of(self, tickets):
        """{(ticket id, kind): its open row}."""
        # sudo: whoever sees the ticket sees its deadlines
        rows = (
            self.env["aftersales.deadline"]
            .sudo()
            .search(
                [
                    ("res_model", "=", tickets._name),
                    ("res_id", "in", tickets.ids),
                    ("kind", "in", list(sla.TARGETS)),
                    ("state", "in", ("running", "paused")),
                ]
            )
        )
        return {(row.res_id, row.kind): row for row in rows}

    def _wanted(self, tickets):
        """{ticket: {target: promise}} as the draft would have it."""
        found = {}
        for company, group in tickets.grouped("company_id").items():
            rules = self._rules(company)
            ranks = self.env["aftersales.priority.rule"]._policy_rows(company) if self.agreement_id else ()
            for ticket in group:
                found[ticket] = sla.judge(self._facts(ticket, ranks), rules).values
        return found

    def _rules(self, company):
        """The lines in force for ``company``, with or without those of the policy."""
        lines = self.env["aftersales.sla.line"].sudo()  # sudo: a policy judges by all rows
        records = lines.search(lines._policy_domain(company))
        if self.policy_id:
            own = self.policy_id.sudo().line_ids  # sudo: as above
            records -= own
            if self.mode == "with":
                records |= own.filtered("active")
        return verdict.rows_of(sla.Line, [record._row_values() for record in records.sorted()])

    def _facts(self, ticket, ranks):
        facts = ticket._sla_facts()
        agreement = self.agreement_id.sudo()  # sudo: the draft of whoever opens the preview
        if not agreement or ticket._goods_answer(agreement) == "other" or ticket._is_misused(agreement):
            return facts
        level = dataclasses.replace(ticket._priority_facts(), level=agreement.level)
        day = ticket.company_id._aftersales_day(ticket._came_in_at())
        return dataclasses.replace(
            facts,
            priority=priority.judge(level, ranks).outcome,
            level=agreement.level,
            phase=agreement._phase_on(day) or facts.phase,
            agreed=agreement._agreed_targets(),
        )

    # === DUE TIMES === #

    def _due_times(self, tickets, wanted, rows, now):
        plans = list(self._plans(tickets, wanted, rows, now))
        ledger = self.env["aftersales.deadline"]
        timed = [plan for plan in plans if plan["terms"]]
        working = ledger._working_times(
            [(self._clock(plan), plan["start"]) for plan in timed],
            [plan["terms"].target for plan in timed],
        )
        lines = [self._line_vals(plan, working, now) for plan in plans]
        return [
            line for line in lines if line["old_due"] != line["new_due"] or line["change"] in ("new", "gone")
        ]

    def _plans(self, tickets, wanted, rows, now):
        own = self._own_calendars()
        for ticket in tickets:
            for kind in sla.TARGETS:
                row, promise = rows.get((ticket.id, kind)), wanted[ticket].get(kind)
                if row or (promise and self._may_get(ticket, kind)):
                    terms = promise and self._terms(ticket, promise, own)
                    start = row.started_at if row else now
                    yield {"ticket": ticket, "kind": kind, "row": row, "terms": terms, "start": start}

    def _may_get(self, ticket, kind):
        stamp = STAMP_OF.get(kind)
        return kind in LATER and kind not in (ticket.sla_targets or {}) and not (stamp and ticket[stamp])

    def _own_calendars(self):
        """{line code: its calendar}, of drafts too."""
        # sudo: as in _rules
        lines = self.env["aftersales.sla.line"].sudo().with_context(active_test=False)
        return {line.code: line.calendar_id for line in lines.search([("hours", "=", "own")])}

    def _terms(self, ticket, promise, own):
        terms = ticket._terms_of(promise, own)
        around = self.agreement_id.sudo().around_the_clock  # sudo: as in _facts
        return terms._replace(calendar=self.env["resource.calendar"]) if around else terms

    def _line_vals(self, plan, working, now):
        row, old = plan["row"], plan["row"] and plan["row"].due_at
        new = plan["terms"] and self._new_due(plan, working, now)
        if not plan["terms"]:
            change = "gone"
        elif not row:
            change = "new"
        else:
            change = "earlier" if new and old and new < old else "later"
        return {
            "ticket_id": plan["ticket"].id,
            "target": plan["kind"],
            "old_due": old or False,
            "new_due": new or False,
            "change": change,
            "is_late": bool(new and new <= now),
        }

    def _clock(self, plan):
        ledger = self.env["aftersales.deadline"]
        return ledger._clock(ledger._clock_calendar(plan["terms"]), plan["ticket"].company_id)

    def _new_due(self, plan, working, now):
        """Due time on the promise's own clock, pauses left out, with the target it would have."""
        terms, row = plan["terms"], plan["row"]
        hours = working[self._clock(plan)]
        seconds = terms.target.seconds(plan["start"], hours)
        if not row:
            return deadline.add(hours, plan["start"], seconds)
        told = [event._as_clock_event() for event in row.event_ids]
        return row._fold([*told, deadline.ClockEvent(now, deadline.RETARGET, seconds)], hours).due_at


class AftersalesSlaPreviewLine(models.TransientModel):
    """One promise of an open ticket, as it is and as it would be."""

    _name = "aftersales.sla.preview.line"
    _description = "Line of a preview of promises"
    _order = "is_late desc, new_due, id"

    preview_id = fields.Many2one("aftersales.sla.preview", required=True, ondelete="cascade", index=True)
    ticket_id = fields.Many2one("aftersales.ticket", required=True, ondelete="cascade")
    priority = fields.Selection(related="ticket_id.priority")
    user_id = fields.Many2one(related="ticket_id.user_id")
    target = fields.Selection(TARGETS, "Promise", required=True)
    old_due = fields.Datetime("Due now")
    new_due = fields.Datetime("Would be due")
    change = fields.Selection(
        [("earlier", "Earlier"), ("later", "Later"), ("new", "New promise"), ("gone", "No longer promised")],
        required=True,
    )
    is_late = fields.Boolean("Late at once", help="Would be overdue the moment it came into force.")


class AftersalesSlaPolicy(models.Model):
    _inherit = "aftersales.sla.policy"

    def action_preview(self):
        """What the lines would do to open tickets; those of an archived policy are a draft."""
        self.ensure_one()
        self.check_access("read")
        return self.env["aftersales.sla.preview"].create({"policy_id": self.id})._open()


class AftersalesAgreement(models.Model):
    _inherit = "aftersales.agreement"

    def action_preview(self):
        self.ensure_one()
        self.check_access("read")
        return self.env["aftersales.sla.preview"].create({"agreement_id": self.id})._open()
