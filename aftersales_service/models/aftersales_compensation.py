from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..policy import compensation_flow, compensation_route
from .aftersales_agreement_term import COMPENSATED, FORMS
from .exact_amount import exact_amount

#: what is decided about; fixed once proposed
CONTENT = {"kind", "ticket_id", "target", "form", "amount", "reason", "currency_id", "agreement_id"}
#: what leads to the decision; fixed once approved
ASSESSMENT = {"visit_id", "supervisor_on_site_id", "assessment", "agreed_on", "agreed_by"}


class AftersalesCompensation(models.Model):
    """What a customer gets for a promise that was broken, for damage, or as goodwill (赔偿).

    A missed target of a signed agreement makes the draft by itself (aftersales_compensation_breach.py). The
    verdicts say how much and who decides. Granting books one credit note: open credit for the customer, or a
    draft that finance pays out.
    """

    _name = "aftersales.compensation"
    _description = "Compensation"
    _inherit = [
        "aftersales.approval.mixin",
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
    _decision = ("route", "proposed_by_id", "approved_by_id", "proposed_at", "approved_at")

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
        return exact_amount(currency, self.currency_id._convert(self.amount, currency, self.company_id, day))

    def _judge_route(self):
        facts = {
            row: compensation_route.Facts(
                kind=row.kind,
                amount=row._company_amount(),
                limit=exact_amount(
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
            row._refuse_while_still_late()
            row._refuse_undue()

    def _refuse_undue(self):
        """Something is given, to somebody, for something that the customer has not caused himself."""
        if not self.amount:
            raise UserError(
                self.env._(
                    "%(row)s comes to nothing: see under Why. Enter an amount, or refuse it.", row=self.name
                )
            )
        if self.kind != "breach" and not (self.reason or "").strip():
            raise UserError(self.env._("%(row)s: say what happened.", row=self.name))
        if self.kind == "damage" and self.ticket_id.cause_id.fault_party == "customer":
            raise UserError(
                self.env._(
                    "%(row)s: the customer has caused this damage, so none is owed. As goodwill it may be "
                    "given all the same.",
                    row=self.name,
                )
            )
        if not self.partner_id:
            raise UserError(
                self.env._("Choose the customer of %(ticket)s first.", ticket=self.ticket_id.name)
            )

    def _on_propose(self):
        self._judge_route()
        self._end_tasks()

    def _check_approve(self):
        large = self.filtered(lambda row: row.route == compensation_route.GENERAL_MANAGER)
        large._refuse_unless_general_manager()
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
