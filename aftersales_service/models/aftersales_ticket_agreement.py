from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..policy import agreement_scope, deadline, sla, ticket_flow

SCOPES = [
    ("within", "Within the agreement"),
    ("unclear", "To be clarified"),
    ("outside", "Outside the agreement"),
    ("none", "No agreement"),
]
#: facts on which it depends whether, and how far, the agreement holds for a ticket
GOODS_FACTS = {"product_id", "lot_id"}


class AftersalesTicket(models.Model):
    """What a customer's agreement means for a ticket: the version that judges, what it owes, its scope."""

    _inherit = "aftersales.ticket"

    requested_on_site_at = fields.Datetime(
        "On site by",
        copy=False,
        help="By when the customer wants somebody on site. The promise takes the earlier of this and what "
        "the agreement says.",
    )
    agreement_scope = fields.Selection(
        SCOPES, "Scope", readonly=True, copy=False, help="Whether the request lies within the agreement."
    )
    legal_asked_at = fields.Datetime("Legal asked", readonly=True, copy=False)

    def _owned_fields(self):
        return super()._owned_fields() | {"agreement_scope", "legal_asked_at"}

    # === WHICH VERSION JUDGES === #

    def _came_in_at(self):
        return self.create_date or fields.Datetime.now()

    def _agreement_among(self, found):
        """The best version of ``found`` that was in force when the ticket came in and covers its goods."""
        versions = found.get(self.partner_id.commercial_partner_id) or self.env["aftersales.agreement"]
        moment = self._came_in_at()
        for version in versions.sudo():  # sudo: a policy judges by the agreement, whoever takes the call
            if version._was_in_force(moment) and self._goods_answer(version) != "other":
                return version.sudo(False)
        return versions.browse()

    def _goods_answer(self, agreement):
        ticket = self.sudo()  # sudo: as above
        return agreement._goods_answer(ticket.product_id, ticket.lot_id)

    def _judging_agreement(self):
        """The version that judges this ticket, in sudo; empty where none was in force when it came in."""
        agreement = self.sudo().agreement_id  # sudo: as above
        return agreement if agreement and agreement._was_in_force(self._came_in_at()) else agreement.browse()

    def _owed_agreement(self):
        """The judging version as far as it is owed: for faults in normal use (WARR-31)."""
        agreement = self._judging_agreement()
        return agreement.browse() if agreement and self._is_misused(agreement) else agreement

    def _is_misused(self, agreement):
        return agreement.normal_use_only and self.cause_id.fault_party == "customer"

    def _follow_up_facts(self, changed):
        """Other goods may fall under another agreement, and a cause may end what was owed."""
        tickets = self.filtered("name")
        if changed & GOODS_FACTS and "agreement_id" not in changed:
            # sudo: what the agreement covers, whoever enters the goods
            lost = tickets.filtered(
                lambda t: t.agreement_id and t._goods_answer(t.sudo().agreement_id) == "other"
            )
            (lost | tickets.filtered(lambda t: not t.agreement_id))._find_agreements(anew=True)
        super()._follow_up_facts(changed)
        if "cause_id" in changed:
            tickets.filtered(lambda t: t.agreement_id)._judge_promises_anew()
            tickets.filtered("agreement_scope").action_check_agreement()
        if "requested_on_site_at" in changed:
            tickets._promise_arrival()

    def _judge_promises_anew(self):
        before = {ticket: set(ticket.sla_targets or ()) for ticket in self}
        self._judge_sla()
        self._retarget_deadlines(list(sla.TARGETS))
        self._open_new_promises(before)

    # === PROMISES === #

    def _terms_of(self, target, own):
        """SLA-19, SLA-20: an agreement for support around the clock knows no closing time."""
        terms = super()._terms_of(target, own)
        if self.agreement_id and self._owed_agreement().around_the_clock:
            return terms._replace(calendar=self.env["resource.calendar"])
        return terms

    def _deadline_terms(self, kind):
        terms = super()._deadline_terms(kind)
        return self._arrival_terms(terms) if kind == "on_site" else terms

    def _promised_targets(self):
        """The time that the customer has asked for is a promise of its own (SLA-11)."""
        asked = {"on_site"} if any(self.mapped("requested_on_site_at")) else set()
        return super()._promised_targets() | asked

    def _arrival_terms(self, terms):
        """SLA-11, CON-34: what was promised, or what the customer has asked for where that is earlier."""
        asked = self.filtered(lambda t: t.requested_on_site_at and not t.arrived_at)
        if not asked:
            return terms
        ledger, now = self.env["aftersales.deadline"], fields.Datetime.now()
        running = {row.res_id: row.started_at for row in asked._open_rows(["on_site"])}
        starts = {ticket: running.get(ticket.id) or now for ticket in asked}
        due = asked._due_times({ticket: terms[ticket] for ticket in asked if ticket in terms}, starts)
        for ticket, start in starts.items():
            minutes = max(int((ticket.requested_on_site_at - start).total_seconds() // 60), 0)
            if ticket not in due or start + timedelta(minutes=minutes) < due[ticket]:
                urgent = ticket.priority in ("p0", "p1")
                terms[ticket] = ledger.terms(minutes, deadline.MINUTES, urgent=urgent)
        return terms

    @api.model
    def _due_times(self, terms, starts):
        """{ticket: when ``terms`` run out that begin at its start}; working time once a calendar."""
        ledger = self.env["aftersales.deadline"]
        clocks = {
            ticket: ledger._clock(ledger._clock_calendar(promise), ticket.company_id)
            for ticket, promise in terms.items()
        }
        pairs = [(clock, starts[ticket]) for ticket, clock in clocks.items()]
        hours = ledger._working_times(pairs, [promise.target for promise in terms.values()])
        return {
            ticket: promise.target.due_at(starts[ticket], hours[clocks[ticket]])
            for ticket, promise in terms.items()
        }

    def _promise_arrival(self):
        """The customer has named a time, or taken it back."""
        self._retarget_deadlines(["on_site"])
        wanted = self.filtered(
            lambda t: t.state in ticket_flow.OPEN and t.requested_on_site_at and not t.arrived_at
        )
        wanted._open_deadlines(["on_site"])

    @api.constrains("requested_on_site_at")
    def _check_requested_on_site_at(self):
        for ticket in self.filtered("requested_on_site_at"):
            if ticket.requested_on_site_at < ticket._came_in_at():
                raise ValidationError(
                    self.env._(
                        "%(ticket)s: the time by which the customer wants somebody on site lies before the "
                        "request. Enter a time to come, or leave it empty.",
                        ticket=ticket.display_name,
                    )
                )

    # === SCOPE === #

    def action_check_agreement(self):
        """SLA-22: hold the request against the clauses of the agreement."""
        self.check_access("write")
        answers = self._judge("scope", {ticket: ticket._scope_facts() for ticket in self})
        self._apply("agreement_scope", answers)
        return True

    def _scope_facts(self):
        agreement = self.sudo().agreement_id  # sudo: as above
        if not agreement:
            return agreement_scope.Facts(agreed=False)
        promised = any(target.get("agreed") for target in (self.sla_targets or {}).values())
        return agreement_scope.Facts(
            agreed=True,
            in_force=bool(self._judging_agreement()),
            goods=self._goods_answer(agreement),
            misused=bool(self._is_misused(agreement)),
            promised=promised,
        )

    def action_ask_legal(self, reason=None):
        """SLA-22: legal says how far the agreement reaches; the reason is their task."""
        self.check_access("write")
        if not reason:
            return self._open_dialog("aftersales.ticket.legal", self.env._("Ask legal"))
        self._write_policy({"legal_asked_at": fields.Datetime.now()})
        for company, tickets in self.grouped("company_id").items():
            user = company.sudo().aftersales_legal_user_id  # sudo: whom the company has named
            tickets._give_to_legal(user, reason)
        return True

    def _give_to_legal(self, user, reason):
        if not user:
            raise UserError(
                self.env._(
                    "%(company)s has not said who answers for legal. Set the person in the After-sales "
                    "settings.",
                    company=self.company_id.name,
                )
            )
        if not self.with_user(user).has_access("read"):
            raise UserError(
                self.env._(
                    "%(user)s answers for legal but may not read tickets: ask the administrator for the "
                    "right.",
                    user=user.name,
                )
            )
        for ticket in self:
            ticket.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=self.env._("Does the agreement cover this?"),
                note=reason,
            )
        self._message_log_batch(dict.fromkeys(self.ids, self.env._("Legal was asked: %s", reason)))

    def action_settle_scope(self, scope, reason):
        """What legal has answered; a supervisor enters it, with the reason."""
        if scope not in dict(SCOPES):
            raise UserError(self.env._("Say whether it lies within the agreement or outside."))
        if not self.env.user.has_group("aftersales_service.group_supervisor"):
            raise AccessError(self.env._("Only a supervisor may enter what legal has answered."))
        self.filtered(lambda ticket: not ticket.agreement_scope).action_check_agreement()
        self._override_verdict("scope", scope, reason)
        self._write_policy({"agreement_scope": scope})
        return True

    def action_open_agreement(self):
        self.ensure_one()
        return self._open(self.agreement_id)
