from typing import NamedTuple

from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

from odoo.addons.aftersales_service.models.whole_rows import WholeRows
from odoo.addons.aftersales_service.policy import deadline, lifecycle

from ..policy import return_policy_flow, return_silence, return_window

STEPS = [
    ("decide", "Seller decides on a return"),
    ("decide_refund", "Seller decides on a refund before shipping"),
    ("resubmit", "Customer changes a refused request"),
    ("send_back", "Customer gives the tracking number"),
    ("receive", "Seller confirms the receipt"),
    ("inspect", "Warehouse inspects"),
    ("review", "Review of a refund after a return"),
    ("review_refused", "Review of a refund after a refused parcel"),
]
UNITS = [
    (deadline.MINUTES, "Minutes"),
    (deadline.HOURS, "Hours"),
    (deadline.DAYS, "Days"),
    (deadline.WORKING_DAYS, "Working days"),
]
SILENCE = [
    ("approve", "Counts as approved"),
    ("refuse", "Counts as refused"),
    ("accept", "Parcel counts as accepted"),
    ("close", "Is closed"),
    (return_silence.ESCALATE, "Supervisor gets a task"),
    (return_silence.MARK, "Only marked as late"),
]


class Span(NamedTuple):
    """How long a step of a return may take, and what silence means."""

    amount: int
    unit: str
    on_silence: str


class AftersalesReturnPolicy(models.Model):
    """One version of the rules for returns: windows, limits, deadlines and what silence means.

    Nothing acts by time until a manager has activated one. A version in force is never edited; activating
    the next one retires it, and returns that began under it keep it.
    """

    _name = "aftersales.return.policy"
    _description = "Return policy"
    _inherit = ["aftersales.lifecycle.mixin", "mail.thread"]
    _order = "company_id, version desc, id desc"
    _flow = return_policy_flow.FLOW
    _policy_fields = ("version",)

    name = fields.Char(required=True, translate=True)
    version = fields.Integer(readonly=True, copy=False, default=1)
    company_id = fields.Many2one(
        "res.company", index=True, ondelete="restrict", help="Empty: for every company without its own."
    )
    state = fields.Selection(
        [("draft", "Draft"), ("active", "In force"), ("retired", "Out of force")],
        required=True,
        readonly=True,
        copy=False,
        default=return_policy_flow.DRAFT,
    )
    activated_at = fields.Datetime("In force from", readonly=True, copy=False)
    retired_at = fields.Datetime("In force until", readonly=True, copy=False)

    rule_set = fields.Selection(
        [("shop", "Own shop and warehouse"), ("platform", "Platform")],
        "Rule set",
        required=True,
        default="shop",
        help="Which freight rules apply where shop and platform differ; only the platform pays a subsidy.",
    )
    window_base = fields.Selection(
        [
            (return_window.CONFIRMED, "Receipt confirmed by the customer"),
            (return_window.SIGNED, "Day of signing for the parcel"),
        ],
        "Window counts from",
        required=True,
        default=return_window.CONFIRMED,
        help="Where the chosen event is not known, the other one stands in for it.",
    )
    window_hours = fields.Integer("Window, hours", required=True, default=168)
    transit_days = fields.Integer(
        "Arrival within, days",
        required=True,
        default=10,
        help="A parcel has arrived at the latest so many days after its dispatch, unless the carrier says "
        "otherwise: a later day that customer or customer service name does not count, and without any day "
        "the window counts from this one.",
    )
    unconditional_limit = fields.Integer(
        "Returns without a reason", required=True, default=1, help="Per line of the order."
    )
    pictures_required = fields.Boolean("Pictures for quality", default=True)
    send_back_days = fields.Integer(
        "Goods back within, days",
        required=True,
        default=10,
        help="The goods themselves have to be back so many days after the approval (AMB-07: of the three "
        "days that could be meant, it is the latest). The tracking number has a deadline of its own. Without "
        "a number the return is closed then; with one the handler asks the carrier.",
    )
    return_address_hours = fields.Integer(
        "Return address within, hours",
        required=True,
        default=24,
        help="A customer who has no return address, or a wrong one, gets it within this time; else he is "
        "refunded without sending anything back (AMB-10: the rules give no number).",
    )
    custody_days = fields.Integer(
        "Custody in an advance exchange, days",
        required=True,
        default=10,
        help="Counted from the shipment of the replacement. What is not on its way back by then is invoiced.",
    )
    parcel_refusals = fields.Integer(
        "Refusals of a parcel",
        required=True,
        default=2,
        help="The refusal without reason that leads to a refund; before it the customer may send again.",
    )
    accepts_collect = fields.Boolean(
        "Warehouse accepts freight-collect", help="Only then does a consent to freight-collect count."
    )
    forbidden_carriers = fields.Char(
        "Forbidden carriers",
        default="SF Express, EMS, FedEx",
        help="Names, separated by commas: carriers by which a prepaid quality return must not be sent.",
    )
    step_ids = WholeRows("aftersales.return.policy.step", "policy_id", "Deadlines", copy=True)

    # one version in force for a company, and one for all
    _active_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0)) WHERE state = 'active'",
        "Another version is in force; activate the new one, which retires it.",
    )
    _positive = models.Constraint(
        "CHECK (window_hours > 0 AND transit_days > 0 AND unconditional_limit >= 0 AND "
        "send_back_days > 0 AND return_address_hours > 0 AND custody_days > 0 AND parcel_refusals > 0)",
        "Windows, limits and days of a return policy are positive numbers.",
    )

    @api.depends("name", "version")
    def _compute_display_name(self):
        for policy in self:
            policy.display_name = self.env._(
                "%(name)s, version %(version)s", name=policy.name, version=policy.version
            )

    def action_activate(self):
        return self._fire("activate")

    def action_retire(self):
        return self._fire("retire")

    def action_read(self):
        """The page of the version in force, as the portal shows it."""
        return {"type": "ir.actions.act_url", "url": "/returns/policy", "target": "new"}

    def action_new_version(self):
        """A draft with the same terms, to be changed and activated."""
        self.ensure_one()
        draft = self.copy()
        draft._write_policy({"version": self._highest_version() + 1})
        return draft._open()

    def _highest_version(self):
        versions = self._read_group([("company_id", "=", self.company_id.id)], [], ["version:max"])
        return versions[0][0] or 0

    def _check_activate(self):
        for policy in self:
            missing = {step for step, _label in STEPS} - set(policy.step_ids.mapped("step"))
            if missing:
                raise UserError(
                    self.env._(
                        "%(policy)s has no deadline for: %(steps)s. Add a line for each; a deadline "
                        "that must "
                        "not act needs a long one.",
                        policy=policy.display_name,
                        steps=", ".join(sorted(missing)),
                    )
                )
        companies = {policy.company_id.id for policy in self}
        rivals = self.search([("state", "=", "active"), ("company_id", "in", list(companies))])
        rivals._fire("retire", actor=lifecycle.SYSTEM, reason=self.env._("A newer version is in force."))
        rivals.flush_recordset(["state"])  # what goes out of force makes room for what comes into it

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        used = self.filtered(lambda policy: policy.state != "draft")
        if used and not set(vals) <= {"state", "activated_at", "retired_at"} | self._log_fields():
            self._refuse_edit(used)
        if {"state", "company_id"} & set(vals):
            self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    def _log_fields(self):
        return {name for name in self._fields if name.startswith(("message_", "activity_"))}

    def _refuse_edit(self, used):
        raise UserError(
            self.env._(
                "%s is or was in force and stays as it is. Make a new version of it and change that one.",
                ", ".join(used.mapped("display_name")),
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = self.filtered(lambda policy: policy.state != "draft")
        if used:
            self._refuse_edit(used)

    @api.model
    def _in_force(self, companies):
        """{company: the version in force, or an empty one}; a company's own wins."""
        # sudo: the rules in force hold for whoever makes a return
        return {company: self.sudo().browse(self._ids_in_force(company.id)) for company in companies}

    @api.model
    @tools.ormcache("company_id")
    def _ids_in_force(self, company_id):
        """Ids of the version in force; asked for at every step of a return, and seldom another one."""
        # sudo: as above
        found = self.sudo().search([("state", "=", "active"), ("company_id", "in", [False, company_id])])
        own = found.filtered("company_id")
        return (own or found).ids

    def _span(self, step):
        """How long the step may take and what silence means, or None; asked for at each step of a return."""
        return self._spans(self.id).get(step)

    @api.model
    @tools.ormcache("policy_id")
    def _spans(self, policy_id):
        rows = self.sudo().browse(policy_id).step_ids  # sudo: as above
        return {row.step: Span(row.amount, row.unit, row.on_silence) for row in rows}

    def _step(self, step):
        return self.step_ids.filtered(lambda row: row.step == step)[:1]

    def _is_forbidden_carrier(self, name):
        """Whether a courier of that name must not be used (FREIGHT-23)."""
        names = [part.strip().casefold() for part in (self.forbidden_carriers or "").split(",")]
        return any(part and part in (name or "").casefold() for part in names)


class AftersalesReturnPolicyStep(models.Model):
    """How long one step of a return may take."""

    _name = "aftersales.return.policy.step"
    _description = "Deadline of a return policy"
    _inherit = "aftersales.remembered.mixin"
    _order = "policy_id, sequence, id"

    policy_id = fields.Many2one("aftersales.return.policy", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="policy_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    step = fields.Selection(STEPS, required=True)
    amount = fields.Integer("How long", required=True)
    unit = fields.Selection(UNITS, required=True)
    on_silence = fields.Selection(
        SILENCE,
        "When time is up",
        compute="_compute_on_silence",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        help="What happens by itself. A version may do less than the rules say, never what the process does "
        "not know: silence refuses nothing, and what money follows is decided by persons.",
    )
    silence = fields.Char(
        "Otherwise",
        compute="_compute_silence",
        help="What happens by itself when the time is over, as customers read it.",
    )

    _step_uniq = models.UniqueIndex("(policy_id, step)", "A policy has one deadline for each step.")
    _positive = models.Constraint("CHECK (amount > 0)", "A deadline is a positive number.")

    @api.depends("step")
    def _compute_on_silence(self):
        """As the rules say, until a manager chooses otherwise."""
        for row in self:
            row.on_silence = return_silence.rule(row.step) if row.step else return_silence.MARK

    @api.depends("step", "on_silence")
    @api.depends_context("lang")
    def _compute_silence(self):
        marked = self.env._("It is marked as late, and nothing happens by itself.")
        for row in self:
            row.silence = (row._silence_told() or marked) if row.step else False

    def _silence_told(self):
        """What silence means, in words for customers; empty where nothing follows that concerns them."""
        is_ours = self.step not in ("resubmit", "send_back")
        if self.on_silence == return_silence.ESCALATE:
            return (
                self.env._("If you hear nothing from us by then, a supervisor takes the matter in hand.")
                if is_ours
                else self.env._("If we hear nothing from you by then, a person here looks into it.")
            )
        meaning = self.env["aftersales.rma"]._silence_of_events()
        return meaning.get(return_silence.EVENTS.get(self.on_silence), "")

    @api.constrains("step", "on_silence")
    def _check_on_silence(self):
        steps, labels = (
            dict(self._fields[name]._description_selection(self.env)) for name in ("step", "on_silence")
        )
        for row in self:
            if not return_silence.allows(row.step, row.on_silence):
                raise ValidationError(
                    self.env._(
                        "%(step)s: the process does not know '%(choice)s' as the meaning of silence. Choose "
                        "one of: %(choices)s.",
                        step=steps[row.step],
                        choice=labels[row.on_silence],
                        choices=", ".join(labels[choice] for choice in return_silence.choices(row.step)),
                    )
                )

    def write(self, vals):
        self._check_draft()  # of the version it leaves, where it is moved to another one
        return super().write(vals)

    @api.constrains("policy_id", "step", "amount", "unit", "on_silence")
    def _check_draft(self):
        # while an addon is being loaded its own data may be written; nothing that a client sends says so
        if self.pool.ready and any(row.policy_id.state != "draft" for row in self):
            raise ValidationError(
                self.env._(
                    "Deadlines of a policy that is or was in force stay as they are. Make a new version."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_draft()
