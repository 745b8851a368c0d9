from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import date_utils

from ..policy import compensation, compensation_flow, compensation_route, deadline, ticket_flow
from .aftersales_agreement_term import COMPENSATED, FORMS

#: states in which an amount counts against the cap of its period
FIRM = (compensation_flow.PROPOSED, compensation_flow.APPROVED, compensation_flow.GRANTED)
#: what is decided about; fixed once proposed
CONTENT = {"kind", "ticket_id", "target", "form", "amount", "reason", "currency_id", "agreement_id"}
#: what leads to the decision; fixed once approved
ASSESSMENT = {"visit_id", "supervisor_on_site_id", "assessment", "agreed_on", "agreed_by"}


class AftersalesCompensation(models.Model):
    """What a customer gets for a promise that was broken, for damage, or as goodwill (赔偿).

    A missed target of a signed agreement makes the draft by itself, once; the verdicts say how much and who
    decides. Granting books one credit note: open credit for the customer, or a draft that finance pays out.
    """

    _name = "aftersales.compensation"
    _description = "Compensation"
    _inherit = [
        "aftersales.lifecycle.mixin",
        "aftersales.verdict.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"

    _flow = compensation_flow.FLOW
    _number_code = "aftersales.compensation"
    _policy_fields = (
        "name",
        "route",
        "proposed_by_id",
        "approved_by_id",
        "late_minutes",
        "missed_at",
        "move_id",
    )

    name = fields.Char("Number", readonly=True, copy=False)
    ticket_id = fields.Many2one("aftersales.ticket", required=True, ondelete="restrict", index=True)
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", compute="_compute_partner_id", store=True, index=True
    )
    agreement_id = fields.Many2one(
        "aftersales.agreement",
        compute="_compute_agreement_id",
        store=True,
        readonly=False,
        index="btree_not_null",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id", store=True)
    kind = fields.Selection(
        [("breach", "Broken promise"), ("damage", "Damage"), ("goodwill", "Goodwill")],
        required=True,
        default="goodwill",
        help="Damage that the customer has not caused; goodwill for a customer who insists.",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("negotiating", "With marketing"),
            ("proposed", "Proposed"),
            ("approved", "Approved"),
            ("granted", "Granted"),
            ("refused", "Refused"),
        ],
        required=True,
        readonly=True,
        default=compensation_flow.DRAFT,
        copy=False,
    )
    target = fields.Selection(COMPENSATED, "Broken promise of", copy=False)
    missed_at = fields.Datetime("Was due", readonly=True, copy=False)
    late_minutes = fields.Integer("Minutes late", readonly=True, copy=False)
    form = fields.Selection(
        FORMS,
        "Given as",
        required=True,
        default="voucher",
        help="Service credit stays open on the customer's account and pays later invoices; cash is paid out "
        "by finance.",
    )
    amount = fields.Monetary()
    reason = fields.Text(help="What happened, and why the customer gets something.")

    # Before a large one is decided
    route = fields.Selection(
        [("department", "Department"), ("general_manager", "General manager")],
        "Decided by",
        readonly=True,
        copy=False,
    )
    visit_id = fields.Many2one(
        "aftersales.visit",
        "Technician's visit",
        domain="[('ticket_id', '=', ticket_id)]",
        copy=False,
        index="btree_not_null",
    )
    supervisor_on_site_id = fields.Many2one(
        "res.users", "Supervisor on the spot", domain="[('share', '=', False)]", copy=False
    )
    assessment = fields.Text(help="What supervisor and technician have found on the spot.", copy=False)
    agreed_on = fields.Date("Customer agreed on", copy=False)
    agreed_by = fields.Char("Customer's word given by", copy=False)
    material = fields.Text(
        "Customer's papers",
        help="Invoice, photos, statement: what was collected for the declaration.",
        copy=False,
    )

    proposed_by_id = fields.Many2one("res.users", "Proposed by", readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", "Approved by", readonly=True, copy=False)
    proposed_at = fields.Datetime("Proposed at", readonly=True, copy=False)
    approved_at = fields.Datetime("Approved at", readonly=True, copy=False)
    granted_at = fields.Datetime("Granted at", readonly=True, copy=False)
    move_id = fields.Many2one(
        "account.move", "Credit note", readonly=True, copy=False, index="btree_not_null"
    )
    headline = fields.Char(compute="_compute_headline", help="What is next, and who decides.")

    _number_uniq = models.UniqueIndex("(name)", "That number is taken.")
    # a target is compensated once, however often it is looked at
    _breach_uniq = models.UniqueIndex(
        "(ticket_id, target) WHERE kind = 'breach'", "That broken promise is compensated already."
    )
    # _firm_sums: what counts in a period
    _period_idx = models.Index("(agreement_id, missed_at) WHERE kind = 'breach'")
    _amount_check = models.Constraint("CHECK (amount >= 0)", "A compensation is an amount from 0 on.")
    _breach_check = models.Constraint(
        "CHECK (kind != 'breach' OR target IS NOT NULL)", "Say which promise was broken."
    )

    # === COMPUTE METHODS === #

    @api.depends("ticket_id")
    def _compute_partner_id(self):
        for row in self:
            row.partner_id = row.ticket_id.partner_id.commercial_partner_id

    @api.depends("ticket_id")
    def _compute_agreement_id(self):
        for row in self:
            row.agreement_id = row.agreement_id or row.ticket_id._judging_agreement().sudo(False)

    @api.depends("agreement_id", "ticket_id")
    def _compute_currency_id(self):
        for row in self:
            # sudo: the currency of the fee, whoever opens the form
            row.currency_id = row.sudo().agreement_id.currency_id or row.ticket_id.company_id.currency_id

    @api.depends("state", "route", "amount", "form", "kind")
    @api.depends_context("lang")
    def _compute_headline(self):
        for row in self:
            amount = (row.currency_id or row.env.company.currency_id).format(row.amount)
            given = dict(self._fields["form"]._description_selection(self.env)).get(row.form, "")
            row.headline = f"{row._next_step()} · {amount} · {given}"

    def _next_step(self):
        by_manager = self.route == compensation_route.GENERAL_MANAGER
        return {
            "draft": self.env._("To be proposed"),
            "negotiating": self.env._("Marketing settles it with the customer"),
            "proposed": self.env._("The general manager decides")
            if by_manager
            else self.env._("The department decides"),
            "approved": self.env._("To be granted"),
            "granted": self.env._("Granted"),
            "refused": self.env._("Refused"),
        }[self.state]

    # === CRUD METHODS === #

    def write(self, vals):
        if not self._is_policy_write():
            self._refuse_fixed(vals)
        return super().write(vals)

    def _refuse_fixed(self, vals):
        """What was proposed is what gets approved and granted; a breach's amount follows from the terms."""
        decided = {compensation_flow.APPROVED, compensation_flow.GRANTED}
        fixed = self.filtered(
            lambda row: (
                (CONTENT.intersection(vals) and row.state != compensation_flow.DRAFT)
                or (ASSESSMENT.intersection(vals) and row.state in decided)
                or (
                    row.kind == compensation_route.BREACH and {"amount", "kind", "target", "form"} & set(vals)
                )
            )
        )
        if fixed:
            raise UserError(
                self.env._(
                    "%(rows)s is fixed: the amount of a broken promise follows from the agreement, and what "
                    "was proposed is what gets decided. Take it back to draft to change it.",
                    rows=", ".join(fixed.mapped("display_name")),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        kept = self.filtered(lambda row: row.state != compensation_flow.DRAFT)
        if kept:
            raise UserError(
                self.env._(
                    "%(rows)s was proposed or decided and is kept. Refuse it instead.",
                    rows=", ".join(kept.mapped("display_name")),
                )
            )

    # === BROKEN PROMISES === #

    @api.model
    def _draft_for(self, rows):
        """One draft for each missed promise of an agreement that compensates; in bulk, safe to run twice.

        :param rows: missed rows of the ledger, in sudo
        """
        rows = rows.filtered(lambda r: r.res_model == "aftersales.ticket" and r.kind in compensation.TARGETS)
        if not rows:
            return self.browse()
        tickets = (
            self.env["aftersales.ticket"].sudo().browse(rows.mapped("res_id")).exists()
        )  # sudo: the ledger acts
        agreed = tickets.filtered("agreement_id")
        owed = {ticket.id: ticket for ticket in agreed if ticket._owed_agreement().compensates}
        known = (
            self.sudo().search([("ticket_id", "in", list(owed)), ("kind", "=", "breach")]) if owed else self
        )
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
            fee=_exact(row.currency_id, agreement.fee),
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
        hours = promise and promise._working_time(promise.calendar_id, start, until + timedelta(days=1))
        return deadline.elapsed(hours or None, start, until) // 60

    def _ended_at(self):
        """A promise that nobody kept is late until the ticket was solved or given up."""
        ticket = self.ticket_id
        if ticket.state in ticket_flow.OPEN:
            return fields.Datetime.now()
        return ticket.resolved_at or ticket.closed_at or fields.Datetime.now()

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
            sums[row._period_key()] += _exact(row.currency_id, row.amount)
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
            left, amount = compensation.left_under_cap(facts), _exact(row.currency_id, row.amount)
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

    # === ACTION METHODS === #

    def action_propose(self):
        self.check_access("write")
        self._recompute()
        self._fire("propose")
        return True

    def action_approve(self):
        self._fire("approve")
        return True

    def action_refuse(self, reason=None):
        self._fire("refuse", reason=reason)
        return True

    def action_revise(self):
        self._fire("revise")
        return True

    def action_grant(self):
        self._fire("grant")
        return True

    def _batch_action(self, event):
        """Server action of the list: what went through, and why the rest did not."""
        if event == "propose":
            self._recompute()
        return self._batch_told(self._batch_fire(event)["refused"])

    # === WHO DECIDES === #

    def _own_requests(self):
        """Whoever has proposed it; the ledger drafts without asking for anything."""
        return self.filtered(lambda row: row.proposed_by_id == self.env.user)

    def _four_eyes_amount(self):
        return {row: row._company_amount() for row in self}

    def _company_amount(self):
        currency = self.company_id.currency_id
        day = self.company_id._aftersales_today()
        return _exact(currency, self.currency_id._convert(self.amount, currency, self.company_id, day))

    def _judge_route(self):
        facts = {
            row: compensation_route.Facts(
                kind=row.kind,
                amount=row._company_amount(),
                limit=_exact(
                    row.company_id.currency_id,
                    row.company_id.sudo().aftersales_compensation_limit,  # sudo: a setting, whoever proposes
                ),
            )
            for row in self
        }
        for row, answer in self._judge("compensation_route", facts).items():
            row._write_policy({"route": answer.outcome, "proposed_by_id": self.env.uid})

    # === WHAT AN EVENT CHECKS AND ADDS === #

    def _check_propose(self):
        for row in self:
            if row.kind == "breach" and row._is_still_late():
                raise UserError(
                    self.env._(
                        "%(row)s: %(target)s of %(ticket)s is still open, so the delay still grows. Propose "
                        "it once the promise is kept or the ticket is solved.",
                        row=row.name,
                        target=dict(COMPENSATED)[row.target],
                        ticket=row.ticket_id.name,
                    )
                )
            if not row.amount:
                raise UserError(
                    self.env._(
                        "%(row)s comes to nothing: see under Why. Enter an amount, or refuse it.",
                        row=row.name,
                    )
                )
            if row.kind != "breach" and not (row.reason or "").strip():
                raise UserError(self.env._("%(row)s: say what happened.", row=row.name))
            if row.kind == "damage" and row.ticket_id.cause_id.fault_party == "customer":
                raise UserError(
                    self.env._(
                        "%(row)s: the customer has caused this damage, so none is owed. As goodwill it may "
                        "be given all the same.",
                        row=row.name,
                    )
                )
            if not row.partner_id:
                raise UserError(
                    self.env._("Choose the customer of %(ticket)s first.", ticket=row.ticket_id.name)
                )

    def _is_still_late(self):
        # sudo: as in _lateness
        rows = self.ticket_id.sudo().deadline_ids.filtered(
            lambda row: row.kind == self.target and row.state == "missed"
        )
        return self.ticket_id.state in ticket_flow.OPEN and not any(rows.mapped("met_at"))

    def _on_propose(self):
        self._judge_route()
        self._end_tasks()

    def _check_approve(self):
        large = self.filtered(lambda row: row.route == compensation_route.GENERAL_MANAGER)
        if large and not self.env.su and "general_manager" not in self._roles():
            raise AccessError(
                self.env._(
                    "%(rows)s is more than the department may decide: ask the general manager.",
                    rows=", ".join(large.mapped("name")),
                )
            )
        small = self - large
        if small and not self.env.su and not self._roles() & {"supervisor"}:
            raise AccessError(
                self.env._("%(rows)s is decided by the department.", rows=", ".join(small.mapped("name")))
            )
        for row in large.filtered(lambda row: row.kind != compensation_route.BREACH):
            row._refuse_unseen()
        self._refuse_above_cap()

    def _refuse_unseen(self):
        """COMP-03, COMP-04: seen on the spot by both, and the customer has agreed, before it is decided."""
        self.ensure_one()
        # sudo: the general manager decides without rights on visits
        visit, supervisor = self.sudo().visit_id, self.sudo().supervisor_on_site_id
        missing = []
        if visit.state != "done":
            missing.append(self.env._("a finished visit of the technician"))
        if not supervisor or not supervisor.has_group("aftersales_service.group_supervisor"):
            missing.append(self.env._("the supervisor who was on the spot"))
        if supervisor and supervisor == visit.user_id:
            missing.append(self.env._("a technician other than the supervisor"))
        if not (self.assessment or "").strip():
            missing.append(self.env._("what they have found"))
        if not self.agreed_on or not (self.agreed_by or "").strip():
            missing.append(self.env._("the customer's word, with name and date"))
        if missing:
            raise UserError(
                self.env._(
                    "%(row)s is a large compensation. Before it is decided it needs: %(what)s.",
                    row=self.name,
                    what="; ".join(missing),
                )
            )

    def _on_approve(self):
        self._write_policy({"approved_by_id": self.env.uid})

    def _on_refuse(self):
        self._end_tasks()

    def _on_revise(self):
        """Decided anew, by whoever it is then for."""
        self._write_policy(
            {
                "route": False,
                "proposed_by_id": False,
                "approved_by_id": False,
                "proposed_at": False,
                "approved_at": False,
            }
        )

    def _end_tasks(self):
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])  # sudo: the task may be another user's


def _exact(currency, amount):
    return Decimal(str(currency.round(amount) if currency else amount))


def _period_start(day, period):
    return day if day == date.min else date_utils.start_of(day, period or "month")
