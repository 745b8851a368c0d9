from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.aftersales_service.policy import lifecycle

from ..policy import dispute_flow, rma_flow
from .aftersales_evidence import speaker_of

DEADLINES = [("dispute_answer", "Answer the dispute"), ("dispute_decide", "Decide the dispute")]
#: events of a return that open a dispute → (why, whose word it is)
OPENS = {"dispute": ("refusal", "customer"), "report_missing": ("missing", "seller")}


class AftersalesDispute(models.Model):
    """A customer does not accept our decision (维权, RMA-05): both sides are heard, a third person decides.

    It is opened, decided and withdrawn with its return, whose events lead; see aftersales.rma below.
    """

    _name = "aftersales.dispute"
    _description = "Dispute"
    _inherit = ["aftersales.deadline.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _mail_post_access = "read"
    _flow = dispute_flow.FLOW
    _policy_fields = ("name", "contested_by_id", "decided_by_id", "decision")

    name = fields.Char("Number", readonly=True, copy=False, index="trigram")
    rma_id = fields.Many2one(
        "aftersales.rma", "Return", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="rma_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="rma_id.partner_id", string="Customer", store=True, index=True)
    user_id = fields.Many2one(related="rma_id.user_id", string="Handled by", store=True)
    kind = fields.Selection(
        [("refusal", "We refused the request"), ("missing", "The parcel is said not to have come")],
        "About",
        readonly=True,
        required=True,
        default="refusal",
    )
    state = fields.Selection(
        [
            ("open", "Our answer is missing"),
            ("heard", "To decide"),
            ("upheld", "Customer is right"),
            ("dismissed", "Dismissed"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        readonly=True,
        copy=False,
        default=dispute_flow.OPEN,
    )
    contested_by_id = fields.Many2one(
        "res.users", "Decided against by", readonly=True, help="Whose decision it is about; not the judge."
    )
    statement_ids = fields.One2many("aftersales.dispute.statement", "dispute_id", "Statements")
    answered_at = fields.Datetime("Answered on", readonly=True, copy=False)
    decided_at = fields.Datetime("Decided on", readonly=True, copy=False)
    decided_by_id = fields.Many2one("res.users", "Decided by", readonly=True, copy=False)
    decision = fields.Text("Reasons", readonly=True, copy=False, help="The customer reads them.")
    headline = fields.Char(compute="_compute_headline", help="What is next, by when, who decides.")
    evidence_ids = fields.One2many(related="rma_id.evidence_ids")

    _name_uniq = models.UniqueIndex("(company_id, name)", "That number of a dispute is taken.")
    _open_uniq = models.UniqueIndex(
        "(rma_id) WHERE state IN ('open', 'heard')", "A return has one open dispute at a time."
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "next_due_at")
    @api.depends_context("lang", "tz")
    def _compute_headline(self):
        for dispute in self:
            parts = [dispute._next_step()]
            if dispute.next_due_at:
                parts.append(self.env._("by %s", dispute._moment(dispute.next_due_at)))
            dispute.headline = " · ".join(parts)

    def _next_step(self):
        return {
            "open": self.env._("Write our statement, add what proves it, then hand it over for decision"),
            "heard": self.env._(
                "A supervisor decides, who is not %s", self.contested_by_id.name or self.env._("involved")
            ),
            "upheld": self.env._("The customer was right: the return goes on"),
            "dismissed": self.env._("Dismissed: the return is closed"),
            "withdrawn": self.env._("The customer has withdrawn"),
        }[self.state]

    # === PROMISES === #

    def _deadline_terms(self, kind):
        terms = {}
        for dispute in self:
            company = dispute.company_id.sudo()  # sudo: the company's promise, whoever fires the event
            days = {
                "dispute_answer": company.aftersales_dispute_answer_days,
                "dispute_decide": company.aftersales_dispute_decide_days,
            }[kind]
            if days > 0:
                calendar = company._aftersales_calendar()
                terms[dispute] = self.env["aftersales.deadline"].terms(days, "working_days", calendar)
        return terms

    def _deadline_user(self, kind):
        return self.user_id if kind == "dispute_answer" else self._supervisor()

    def _supervisor(self):
        """Who decides by default: the ticket's supervisor, unless it is about a decision of his own.

        The promise is made before the dispute has its own fields: who refused is asked of the return then.
        """
        rma = self.rma_id.sudo()  # sudo: who is in charge, whoever fires the event
        team = rma.ticket_id.team_id
        others = team.search([("company_id", "in", (self.company_id.id, False))])
        in_charge = team.supervisor_id | team.manager_id | others.supervisor_id | others.manager_id
        fit = in_charge - (self.contested_by_id or rma.refused_by_id)
        return fit.filtered("active")[:1]

    def _on_deadline_missed(self, kind):
        """A late answer is the supervisor's business, a late decision as well."""
        labels = dict(self.env["aftersales.deadline"]._fields["kind"]._description_selection(self.env))
        for dispute in self:
            user = dispute._supervisor()
            if user:
                dispute.activity_schedule(
                    "mail.mail_activity_data_todo",
                    user_id=user.id,
                    summary=self.env._("Missed: %(promise)s", promise=labels[kind]),
                )

    def _refresh_next_due(self):
        super()._refresh_next_due()
        self.rma_id._refresh_next_due()

    # === FOUR EYES === #

    def _own_requests(self):
        user = self.env.user
        return self.filtered(
            lambda dispute: (
                dispute.contested_by_id == user
                # sudo: whose address it is, for whoever decides
                or user.partner_id in (dispute.partner_id, dispute.partner_id.sudo().parent_id)
            )
        )

    # === ACTIONS === #

    def action_answer(self):
        return self._fire("answer")

    def action_uphold(self, reason=None):
        return self.rma_id.action_uphold(reason)

    def action_dismiss(self, reason=None):
        return self.rma_id.action_dismiss(reason)

    def action_withdraw(self, reason=None):
        """The customer gives up the dispute and the return with it."""
        return self.rma_id.action_cancel(reason)

    def action_open_rma(self):
        return self.rma_id._open()

    # === WITH THE RETURN === #

    @api.model
    def _begin(self, vals):
        """A dispute with the values that only its return gives it."""
        self.flush_model(["state"])  # one that was just decided makes room for the next
        plain = {name: vals[name] for name in ("rma_id", "kind")}
        owned = {name: value for name, value in vals.items() if name not in plain}
        dispute = self.create(plain)
        dispute._write_policy(owned)
        return dispute

    def _follow(self, event, reason):
        """The return was decided or withdrawn."""
        if not self:
            return
        self._write_policy({"decision": reason, "decided_by_id": self.env.uid})
        self._fire(dispute_flow.FOLLOWS[event], actor=lifecycle.SYSTEM, reason=reason)

    # === WHAT AN EVENT CHECKS === #

    def _check_answer(self):
        silent = self.filtered(lambda dispute: "seller" not in dispute.statement_ids.mapped("side"))
        if silent:
            raise UserError(
                self.env._(
                    "%s: write our statement first, so that whoever decides hears both sides.",
                    ", ".join(silent.mapped("name")),
                )
            )

    # === WHAT THE SIDES SAY === #

    def _state(self, side, text, author=None):
        """Add a statement of one side; it becomes evidence.

        :param author: name; by default the customer's for his side, the user's for ours
        """
        self.ensure_one()
        # sudo: the customer has no rights, the warehouse none on disputes; who may speak was checked before
        statements = self.env["aftersales.dispute.statement"].sudo()
        return statements.create(
            {"dispute_id": self.id, "side": side, "text": text, **({"author": author} if author else {})}
        )

    def message_post(self, **kwargs):
        speaking = self.with_context(aftersales_speaker=speaker_of(self.env, kwargs))
        return super(AftersalesDispute, speaking).message_post(**kwargs)

    # === PORTAL === #

    def _portal_is_open(self):
        return self.state in (dispute_flow.OPEN, dispute_flow.HEARD)


class AftersalesDisputeStatement(models.Model):
    """What one side says; written once, never changed."""

    _name = "aftersales.dispute.statement"
    _description = "Statement in a dispute"
    _order = "dispute_id, id"
    _rec_name = "author"

    dispute_id = fields.Many2one("aftersales.dispute", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="dispute_id.company_id", store=True)
    side = fields.Selection(
        [("customer", "Customer"), ("seller", "We")], "Who", required=True, default="seller"
    )
    text = fields.Text("Statement", required=True)
    author = fields.Char(readonly=True)
    at = fields.Datetime("Said on", readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        now = fields.Datetime.now()
        trusted = self.env.su
        rows = [
            {
                **vals,
                "at": now,
                "author": (trusted and vals.get("author")) or self._author_of(vals),
            }
            for vals in vals_list
        ]
        statements = super().create(rows)
        statements._refuse_after_decision()
        self.env["aftersales.evidence"]._take(
            statements, "aftersales.dispute", lambda statement: statement.dispute_id.id
        )
        return statements

    def _author_of(self, vals):
        if vals.get("side") == "customer" and self.env.su:
            return self.env["aftersales.dispute"].browse(vals["dispute_id"]).partner_id.name
        return self.env.user.name

    def _refuse_after_decision(self):
        late = self.dispute_id.filtered(lambda dispute: not dispute._portal_is_open())
        if late:
            raise UserError(
                self.env._("%s is decided; nothing is added to it any more.", ", ".join(late.mapped("name")))
            )


class AftersalesEvidence(models.Model):
    _inherit = "aftersales.evidence"

    @api.model
    def _part_models(self):
        return {**super()._part_models(), "aftersales.dispute": "rma_id"}

    def _describe_aftersales_dispute_statement(self, statement):
        label = " ".join((statement.text or "").split())[:60]
        return "statement", label, statement.author, self._content(statement)

    def _content_aftersales_dispute_statement(self, statement):
        return f"{statement.side}: {statement.text}".encode()


class AftersalesRma(models.Model):
    """The return leads: it opens, decides and ends its dispute."""

    _inherit = "aftersales.rma"

    refused_by_id = fields.Many2one(
        "res.users", "Refused by", readonly=True, copy=False, help="Who refuses does not decide the dispute."
    )
    dispute_ids = fields.One2many("aftersales.dispute", "rma_id", "Disputes", readonly=True)
    dispute_count = fields.Integer("Number of disputes", compute="_compute_dispute_count")

    @api.depends("dispute_ids")
    def _compute_dispute_count(self):
        for rma in self:
            rma.dispute_count = len(rma.sudo().dispute_ids)  # sudo: a number on a button

    @api.model
    def _owned_fields(self):
        return super()._owned_fields() | {"refused_by_id"}

    def _own_requests(self):
        """In a dispute also the returns that the user has refused."""
        refused = self.filtered(
            lambda rma: rma.state == rma_flow.DISPUTED and rma.refused_by_id == self.env.user
        )
        return super()._own_requests() | refused

    def _open_dispute(self):
        # sudo: the dispute follows its return, whoever moves that
        return self.sudo().dispute_ids.filtered(lambda dispute: dispute._portal_is_open())

    # === WHAT IS NEXT === #

    @api.depends("dispute_ids.state", "dispute_ids.next_due_at")
    def _compute_headline(self):
        return super()._compute_headline()

    def _next_step(self):
        dispute = self.state == rma_flow.DISPUTED and self._open_dispute()[:1]
        return dispute._next_step() if dispute else super()._next_step()

    def _next_due(self):
        dispute = self.state == rma_flow.DISPUTED and self._open_dispute()[:1]
        return dispute.next_due_at if dispute else super()._next_due()

    def _refresh_next_due(self):
        """While a dispute is open, its day is the one that queues and filters of returns go by."""
        super()._refresh_next_due()
        disputed = self.filtered(lambda rma: rma.state == rma_flow.DISPUTED)
        if not disputed:
            return
        self.env["aftersales.dispute"].flush_model(["rma_id", "state", "next_due_at", "next_kind"])
        self.env.cr.execute(
            SQL(
                """UPDATE aftersales_rma AS rma SET next_due_at = due.next_due_at, next_kind = due.next_kind
                     FROM (SELECT DISTINCT ON (rma_id) rma_id, next_due_at, next_kind FROM aftersales_dispute
                            WHERE rma_id IN %s AND next_due_at IS NOT NULL
                            ORDER BY rma_id, next_due_at) AS due
                    WHERE rma.id = due.rma_id AND rma.next_due_at IS NULL""",
                disputed._ids,
            )
        )
        disputed.invalidate_recordset(["next_due_at", "next_kind"])

    # === EVENTS === #

    def _check_dismiss(self):
        """Both sides are heard before the customer is told no."""
        unheard = self._open_dispute().filtered(lambda dispute: dispute.state == dispute_flow.OPEN)
        if unheard:
            raise UserError(
                self.env._(
                    "%s cannot be dismissed yet: our statement is missing. Write it and hand the dispute "
                    "over for decision.",
                    ", ".join(unheard.mapped("name")),
                )
            )

    def _log_event(self, event, moves, reason):
        super()._log_event(event, moves, reason)
        if event in ("refuse", "report_missing"):
            self._write_policy({"refused_by_id": self.env.uid})
        if event in OPENS:
            self._begin_disputes(*OPENS[event], reason)
        elif event in dispute_flow.FOLLOWS:
            self._open_dispute()._follow(event, reason)

    def _begin_disputes(self, kind, side, reason):
        # sudo: the dispute follows from the event, which was allowed (portal, warehouse)
        disputes = self.env["aftersales.dispute"].sudo()
        for rma in self:
            number = len(rma.sudo().dispute_ids) + 1  # sudo: as above
            vals = {
                "rma_id": rma.id,
                "kind": kind,
                "contested_by_id": rma.refused_by_id.id,
                "name": f"{rma.name}/D{number}",
            }
            dispute = disputes._begin(vals)
            if reason:
                dispute._state(side, reason)

    def action_open_disputes(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("aftersales_returns.aftersales_dispute_action")
        if len(self.dispute_ids) == 1:
            return {**action, "views": [(False, "form")], "res_id": self.dispute_ids.id}
        return {**action, "domain": [("rma_id", "=", self.id)], "context": {}}


class AftersalesDeadline(models.Model):
    _inherit = "aftersales.deadline"

    kind = fields.Selection(selection_add=DEADLINES, ondelete={kind: "cascade" for kind, _label in DEADLINES})


class ResCompany(models.Model):
    _inherit = "res.company"

    aftersales_dispute_answer_days = fields.Integer(
        "Answer disputes within",
        default=2,
        help="Working days in which our side is told to whoever decides. 0: no deadline.",
    )
    aftersales_dispute_decide_days = fields.Integer(
        "Decide disputes within",
        default=5,
        help="Working days in which a dispute is decided. 0: no deadline.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_dispute_answer_days = fields.Integer(
        related="company_id.aftersales_dispute_answer_days", readonly=False
    )
    aftersales_dispute_decide_days = fields.Integer(
        related="company_id.aftersales_dispute_decide_days", readonly=False
    )
