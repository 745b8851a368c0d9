from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, format_date

from ..policy import solution_plan, solution_plan_flow
from .exact_amount import exact_amount

LEVELS = [("low", "Low"), ("medium", "Medium"), ("high", "High")]


class AftersalesSolutionPlan(models.Model):
    """How a fault is going to be mended: steps, means, effect and cost, approved before it is carried out."""

    _name = "aftersales.solution.plan"
    _description = "Solution plan"
    _inherit = [
        "aftersales.approval.mixin",
        "aftersales.verdict.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"

    _flow = solution_plan_flow.FLOW
    _policy_fields = ("approver", "submitted_by_id", "approved_by_id")
    _content = (
        "ticket_id",
        "package",
        "steps",
        "resources",
        "expected_effect",
        "contingency",
        "feasibility",
        "safety",
        "benefit",
        "evaluation",
        "cost",
        "ready_on",
    )
    _decision = ("approver", "approved_by_id", "submitted_at", "approved_at", "told_at")

    name = fields.Char("Plan", required=True)
    ticket_id = fields.Many2one("aftersales.ticket", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(related="ticket_id.partner_id", string="Customer")
    coverage = fields.Selection(related="ticket_id.coverage")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("submitted", "To approve"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("told", "Customer told"),
            ("done", "Done"),
            ("cancelled", "Dropped"),
        ],
        required=True,
        readonly=True,
        default=solution_plan_flow.DRAFT,
        copy=False,
    )
    package = fields.Selection(
        [
            ("standard", "Standard service"),
            ("customised", "Customised service"),
            ("added_value", "Added-value service"),
        ],
        required=True,
        default="standard",
    )

    # SOLN-01
    steps = fields.Text(help="What is done, one step a line.")
    resources = fields.Text(help="People, parts, tools, access and time that it needs.")
    expected_effect = fields.Text(
        "Expected effect", help="What works afterwards, and how that will be tested."
    )
    contingency = fields.Text("If it fails", help="How the customer is helped if the plan does not work.")
    # SOLN-02
    feasibility = fields.Selection(LEVELS, "Technical feasibility")
    safety = fields.Selection(LEVELS)
    benefit = fields.Selection(LEVELS, "Benefit for its cost")
    evaluation = fields.Text(help="Reasons for the three marks.")
    # money and time
    cost = fields.Monetary(help="What it costs us: work, parts, travel.")
    fee = fields.Monetary(
        compute="_compute_fee",
        store=True,
        readonly=False,
        help="What the customer pays where neither warranty nor goodwill does; from the quotation, if there "
        "is one.",
    )
    ready_on = fields.Date("Expected ready on", help="When the customer may expect it to be done.")
    headline = fields.Char(compute="_compute_headline", help="What is next, by when, who pays.")
    test_result = fields.Text("Test result", help="How it was tested, and that it is solved.", copy=False)

    approver = fields.Selection(
        [("supervisor", "Supervisor"), ("general_manager", "General manager")],
        readonly=True,
        copy=False,
    )
    submitted_by_id = fields.Many2one("res.users", "Submitted by", readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", "Approved by", readonly=True, copy=False)
    submitted_at = fields.Datetime("Submitted at", readonly=True, copy=False)
    approved_at = fields.Datetime("Approved at", readonly=True, copy=False)
    told_at = fields.Datetime("Told at", readonly=True, copy=False)
    done_at = fields.Datetime("Done at", readonly=True, copy=False)

    _amounts_check = models.Constraint(
        "CHECK (cost >= 0 AND fee >= 0)", "Cost and fee of a plan are amounts from 0 on."
    )

    # === COMPUTE METHODS === #

    @api.depends("ticket_id.quotation_ids.amount_total", "ticket_id.quotation_ids.state")
    def _compute_fee(self):
        """The quotation's total, in the company's currency; kept as entered where there is none."""
        for plan in self:
            # sudo: what the customer was offered counts, whoever may see quotations
            offers = plan.sudo().ticket_id.quotation_ids.filtered(lambda order: order.state != "cancel")
            offer = offers.sorted("id")[-1:]
            if not offer:
                plan.fee = plan.fee or 0.0
                continue
            plan.fee = offer.currency_id._convert(
                offer.amount_total,
                plan.currency_id,
                offer.company_id,
                offer.date_order or fields.Date.today(),
            )

    @api.depends("state", "ready_on", "fee", "coverage", "approver")
    @api.depends_context("lang")
    def _compute_headline(self):
        for plan in self:
            over = plan.state in ("done", "cancelled")
            facts = [] if over else [plan._ready_text(), plan._payer_text()]
            plan.headline = " · ".join(filter(None, [plan._next_step(), *facts]))

    def _next_step(self):
        """What has to happen next with the plan, as a sentence part."""
        approver = dict(self._fields["approver"]._description_selection(self.env)).get(self.approver, "")
        return {
            "draft": self.env._("Submit it for approval"),
            "submitted": self.env._("Has to be approved: %s", approver.lower()),
            "approved": self.env._("Tell the customer"),
            "refused": self.env._("Refused: revise it or drop it"),
            "told": self.env._("Carry it out and test it"),
            "done": self.env._("Done"),
            "cancelled": self.env._("Dropped"),
        }[self.state]

    def _ready_text(self):
        """By when the customer may expect it, where that is known."""
        return self.ready_on and self.env._(
            "ready on %s", format_date(self.env, self.ready_on, date_format="medium")
        )

    def _payer_text(self):
        """Who pays, and how much where it is the customer."""
        if self.coverage == "charged":
            return self.env._("the customer pays %s", self.currency_id.with_env(self.env).format(self.fee))
        # sudo: the headline of a ticket, as the plan's reader sees it
        return self.sudo().ticket_id._payer_text()

    # === ACTION METHODS === #

    def action_submit_plan(self):
        self._fire("submit_plan")
        return True

    def action_approve_plan(self):
        self._fire("approve_plan")
        return True

    def action_refuse_plan(self, reason=None):
        self._fire("refuse_plan", reason=reason)
        return True

    def action_revise(self):
        self._fire("revise")
        return True

    def action_tell(self):
        self._fire("tell")
        return True

    def action_complete(self):
        self._fire("complete")
        return True

    def action_drop(self):
        self._fire("drop")
        return True

    # === WHO APPROVES === #

    def _own_requests(self):
        """Whoever has submitted it asks; a plan that was only written down belongs to its writer."""
        return self.filtered(lambda plan: (plan.submitted_by_id or plan.create_uid) == self.env.user)

    def _four_eyes_amount(self):
        return {plan: exact_amount(plan.currency_id, plan.cost) for plan in self}

    def _judge_approver(self):
        facts = {
            plan: solution_plan.Facts(
                cost=exact_amount(plan.currency_id, plan.cost),
                # sudo: the company's limit, whoever submits
                limit=Decimal(str(plan.company_id.sudo().aftersales_plan_limit)),
            )
            for plan in self
        }
        for plan, answer in self._judge("plan", facts).items():
            plan._write_policy({"approver": answer.outcome, "submitted_by_id": self.env.uid})

    # === WHAT AN EVENT CHECKS AND ADDS === #

    def _check_submit_plan(self):
        """SOLN-01, SOLN-02: a plan says what, with what, to what effect, and was weighed."""
        self._refuse_incomplete(("steps", "resources", "expected_effect", "feasibility", "safety", "benefit"))

    def _on_submit_plan(self):
        self._judge_approver()
        for plan in self.filtered("ticket_id.team_id.supervisor_id"):
            supervisor = plan.sudo().ticket_id.team_id.supervisor_id  # sudo: the name of the one to ask
            if plan.approver == solution_plan.SUPERVISOR and supervisor != self.env.user:
                plan.activity_schedule(
                    "mail.mail_activity_data_todo",
                    user_id=supervisor.id,
                    summary=self.env._("Approve the solution plan"),
                )

    def _check_approve_plan(self):
        """Above the company's limit the general manager decides (SOLN-03)."""
        high = self.filtered(lambda plan: plan.approver == solution_plan.GENERAL_MANAGER)
        high._refuse_unless_general_manager()

    def _on_approve_plan(self):
        self._write_policy({"approved_by_id": self.env.uid})
        self._end_tasks()

    def _on_refuse_plan(self):
        self._end_tasks()

    def _check_tell(self):
        """SOLN-05: cause, plan, who pays and when; without these there is nothing to tell."""
        for plan in self:
            ticket = plan.ticket_id
            empty = [] if ticket.cause_id else [self.env._("the cause, on the ticket")]
            if ticket.coverage == "undetermined":
                empty.append(self.env._("who pays, by product and proof of purchase on the ticket"))
            if not plan.ready_on:
                empty.append(self.env._("when it will be ready"))
            if empty:
                raise UserError(
                    self.env._(
                        "The customer cannot be told of %(plan)s yet. Missing: %(what)s.",
                        plan=plan.name,
                        what="; ".join(empty),
                    )
                )

    def _on_tell(self):
        """By queued mail; without an address the log says that the customer is told by telephone."""
        template = self.env.ref("aftersales_service.mail_template_solution_plan", raise_if_not_found=False)
        # sudo: the address is used, not shown to whoever tells
        told = self.sudo().filtered(
            lambda plan: email_normalize(plan.ticket_id.email or plan.partner_id.email or "")
        )
        written = self & told
        if template and written:
            # sudo: the mail goes out for the company
            template.sudo().send_mail_batch(written.ids, force_send=False)
        for plan in self - written:
            plan.ticket_id._message_log(
                body=self.env._("%(plan)s: no mail address, tell the customer by telephone.", plan=plan.name)
            )

    def _check_complete(self):
        """DIAG-05: carried out means tested."""
        untested = self.filtered(lambda plan: not (plan.test_result or "").strip())
        if untested:
            raise UserError(
                self.env._(
                    "%(plans)s: write down how it was tested before you call it done.",
                    plans=", ".join(untested.mapped("name")),
                )
            )

    def _price_text(self):
        """Free, or the fee, as the customer reads it (SOLN-05)."""
        self.ensure_one()
        if self.coverage in ("covered", "goodwill"):
            return self.env._("free of charge for you")
        return self.env._(
            "%(amount)s, to be paid by you", amount=self.currency_id.with_env(self.env).format(self.fee)
        )


class AftersalesTicket(models.Model):
    _inherit = "aftersales.ticket"

    plan_ids = fields.One2many("aftersales.solution.plan", "ticket_id", "Solution plans")
    plan_count = fields.Integer("Plan count", compute="_compute_plan_count")

    @api.depends("plan_ids")
    def _compute_plan_count(self):
        for ticket in self:
            ticket.plan_count = len(ticket.sudo().plan_ids)  # sudo: a number on a button

    def action_open_plans(self):
        """The plans of the ticket, or a new one."""
        self.ensure_one()
        action = self._open(self.plan_ids) if self.plan_ids else self._new_plan_action()
        return {**action, "context": {"default_ticket_id": self.id, "default_name": self._plan_name()}}

    def _new_plan_action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Solution plan"),
            "res_model": "aftersales.solution.plan",
            "views": [(False, "form")],
        }

    def _plan_code(self):
        """How the ticket stands with its plans: the policy's word for it, or None."""
        plans = self.sudo().plan_ids.sorted("id")  # sudo: every plan counts, whoever works on the ticket
        return solution_plan.standing(plans.mapped("state"))

    def _plan_name(self):
        return self.env._("Plan for %s", self.title or self.name)
