from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import date_utils

from ..policy import agreement_flow
from .aftersales_customer_mixin import COMMON

LEVELS = [("standard", "Standard"), ("vip", "VIP"), ("project", "Project")]
PHASES = [("trial", "Trial run"), ("warranty", "Warranty"), ("after", "After the warranty")]

#: what both sides sign; fixed from the moment at which a version is offered
TERMS = (
    "partner_id",
    "level",
    "date_start",
    "date_end",
    "around_the_clock",
    "calendar_id",
    "acceptance_date",
    "trial_end",
    "warranty_months",
    "has_resident",
    "resident_people",
    "resident_until",
    "normal_use_only",
    "product_ids",
    "lot_ids",
    "fee",
    "fee_period",
    "compensates",
    "cap_percent",
    "note",
    "target_ids",
    "compensation_term_ids",
)
FIXED = {*TERMS, "name", "company_id", "currency_id"}
RESIDENT_MONTHS = 12  # of resident service after the acceptance, unless both agree on another end


class AftersalesAgreement(models.Model):
    """A service contract (服务协议): what a customer is owed, and when, as both sides have signed.

    One record is one version; a supplement is the next one (aftersales_agreement_version.py). Signatures are
    in aftersales_agreement_signature.py, the lines of its terms in aftersales_agreement_term.py.
    """

    _name = "aftersales.agreement"
    _description = "Service agreement"
    _inherit = [
        "aftersales.lifecycle.mixin",
        "aftersales.customer.mixin",
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_start desc, id desc"
    #: the contract as both sides read it
    _customer_fields = COMMON | {
        *TERMS, "currency_id", "version", "previous_id", "change_reason", "changes", "warranty_end",
        "offered_at", "concluded_at", "over_at", "end_party", "end_reason", "customer_signature",
        "customer_signed_by", "customer_signed_at", "company_signature", "company_signed_by",
        "company_signed_at",
    }  # fmt: skip

    _flow = agreement_flow.FLOW
    _policy_fields = (
        "version",
        "previous_id",
        "first_id",
        "warned_on",
        "customer_signature",
        "customer_signed_by",
        "customer_signed_via",
        "company_signature",
        "company_signed_by",
        "company_signed_by_id",
        "end_party",
        "end_reason",
    )

    name = fields.Char(
        "Number", required=True, copy=False, default="/", help="Given by itself where it is left as it is."
    )
    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        help="Is reminded before the agreement, the warranty or the resident service ends.",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("offered", "To be signed"),
            ("active", "In force"),
            ("superseded", "Superseded"),
            ("ended", "Ended"),
            ("terminated", "Terminated"),
        ],
        default=agreement_flow.DRAFT,
        required=True,
        readonly=True,
        copy=False,
    )
    level = fields.Selection(LEVELS, "Service level", required=True, default="standard")
    date_start = fields.Date(
        "In force from",
        required=True,
        default=fields.Date.context_today,
        help="Never before the day on which the second side signs.",
    )
    date_end = fields.Date("In force until", help="Last day, included. Empty: until further notice.")
    around_the_clock = fields.Boolean(
        "Support 7 × 24",
        help="Everything that is promised runs around the clock, nights and holidays included, during the "
        "warranty and after it.",
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        "Service hours",
        ondelete="restrict",
        help="Hours agreed on. Empty: those of each target.",
    )

    # Phases
    acceptance_date = fields.Date(
        "Project accepted on", help="The warranty of a project begins with its acceptance."
    )
    trial_end = fields.Date("Trial run until", help="Last day of the trial run, if there is one.")
    warranty_months = fields.Integer("Warranty", default=36, help="Months from the acceptance on.")
    warranty_end = fields.Date(
        "Warranty until", compute="_compute_warranty_end", store=True, help="Last day, included."
    )
    normal_use_only = fields.Boolean(
        "In normal use only",
        default=True,
        help="Times, free repair and compensation are owed for faults in normal use. Where the cause that "
        "was found lies with the customer, the general terms apply.",
    )

    # Resident service
    has_resident = fields.Boolean("Resident service", help="Somebody of ours works at the customer's place.")
    resident_people = fields.Integer("Persons on site", default=1)
    resident_until = fields.Date(
        "Resident until",
        compute="_compute_resident_until",
        store=True,
        readonly=False,
        help="Free until then, included. A year from the acceptance unless agreed otherwise.",
    )
    resident_user_ids = fields.Many2many("res.users", string="On site", domain="[('share', '=', False)]")

    # Goods
    product_ids = fields.Many2many(
        "product.product", string="Products", ondelete="restrict", help="Covered products."
    )
    lot_ids = fields.Many2many(
        "stock.lot",
        string="Serial numbers",
        ondelete="restrict",
        help="Covered pieces. Without products and serial numbers: all.",
    )

    # Money
    fee = fields.Monetary(help="What the customer pays for one period; compensation is a share of it.")
    fee_period = fields.Selection(
        [("month", "Month"), ("quarter", "Quarter"), ("year", "Year")],
        "Period",
        required=True,
        default="month",
    )
    compensates = fields.Boolean(
        "Breach is compensated", help="A missed target of this agreement makes a compensation by itself."
    )
    cap_percent = fields.Float(
        "At most",
        default=30,
        digits=(5, 2),
        help="Percent of the fee, for all that happens in one period. 0: no cap.",
    )

    target_ids = fields.One2many("aftersales.agreement.target", "agreement_id", "Response times", copy=True)
    compensation_term_ids = fields.One2many(
        "aftersales.agreement.compensation", "agreement_id", "Compensation terms", copy=True
    )
    note = fields.Html("Terms")

    offered_at = fields.Datetime("Offered", readonly=True, copy=False)
    concluded_at = fields.Datetime("Signed by both", readonly=True, copy=False)
    over_at = fields.Datetime("Over since", readonly=True, copy=False)
    end_party = fields.Selection(
        [("company", "Us"), ("customer", "The customer"), ("both", "Both")],
        "Ended by",
        readonly=True,
        copy=False,
    )
    end_reason = fields.Char("Why it ended", readonly=True, copy=False)
    headline = fields.Char(compute="_compute_headline", help="What is next, and by when.")

    _dates_check = models.Constraint(
        "CHECK (date_end IS NULL OR date_end >= date_start)", "An agreement ends after it begins."
    )
    _fee_check = models.Constraint("CHECK (fee >= 0)", "The fee is an amount from 0 on.")
    _cap_check = models.Constraint(
        "CHECK (cap_percent BETWEEN 0 AND 100)", "The cap is a share of the fee from 0 to 100 percent."
    )
    _months_check = models.Constraint(
        "CHECK (warranty_months >= 0)", "The warranty is a number of months from 0 on."
    )
    _version_uniq = models.UniqueIndex(
        "(company_id, name, version)",
        "An agreement with that number is there already: make a supplement of it.",
    )
    # _of_customers: versions of the customers of a batch
    _signed_idx = models.Index(
        "(company_id, partner_id, date_start) WHERE state IN ('active', 'superseded', 'ended', 'terminated')"
    )
    # _cron_day: what ends
    _end_idx = models.Index("(date_end) WHERE state = 'active'")

    # === COMPUTE METHODS === #

    @api.depends("acceptance_date", "warranty_months")
    def _compute_warranty_end(self):
        """WARR-14: from the acceptance on, not from the purchase."""
        for agreement in self:
            start, months = agreement.acceptance_date, agreement.warranty_months
            agreement.warranty_end = start and months and _last_day(start, months)

    @api.depends("acceptance_date", "has_resident")
    def _compute_resident_until(self):
        """SLA-21: a year; kept where another date was agreed on."""
        for agreement in self:
            day = agreement.resident_until
            if agreement.has_resident and agreement.acceptance_date and not day:
                day = _last_day(agreement.acceptance_date, RESIDENT_MONTHS)
            agreement.resident_until = agreement.has_resident and day

    @api.depends("state", "date_start", "date_end", "company_signed_at", "customer_signed_at", "end_reason")
    @api.depends_context("lang")
    def _compute_headline(self):
        for agreement in self:
            agreement.headline = agreement._headline_text()

    def _headline_text(self):
        env, start, end = self.env, self.date_start, self.date_end
        if self.state == agreement_flow.DRAFT:
            return env._("Complete the terms, then offer them to the customer")
        if self.state == agreement_flow.OFFERED:
            missing = [] if self.company_signed_at else [env._("our representative")]
            missing += [] if self.customer_signed_at else [env._("the customer")]
            return env._("Waits for the signature of: %(who)s", who=", ".join(missing))
        if self.state == agreement_flow.ACTIVE and end:
            return env._("In force from %(start)s to %(end)s", start=start, end=end)
        if self.state == agreement_flow.ACTIVE:
            return env._("In force from %(start)s until further notice", start=start)
        label = dict(self._fields["state"]._description_selection(env))[self.state]
        return " · ".join(filter(None, [label, self.end_reason]))

    # === WHAT IT HOLDS FOR === #

    @api.model
    def _of_customers(self, company, partners):
        """{commercial partner: signed versions}, the highest level first, then the latest. One search."""
        # sudo: a policy judges by the agreement, whoever takes the call
        found = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", partners.commercial_partner_id.ids),
                ("state", "in", agreement_flow.SIGNED),
            ]
        )
        rank = [level for level, _label in LEVELS]
        best = found.sorted(lambda row: (rank.index(row.level), row.date_start, row.id), reverse=True)
        return {partner: rows.sudo(False) for partner, rows in best.grouped("partner_id").items()}

    @api.model
    def _in_force(self, company, partners, moment=None):
        """{commercial partner: best version in force at ``moment`` (naive UTC, now)}."""
        moment = moment or fields.Datetime.now()
        versions = self._of_customers(company, partners)
        found = {
            partner: rows.filtered(lambda row: row.sudo()._was_in_force(moment))[:1]  # sudo: as above
            for partner, rows in versions.items()
        }
        return {partner: row for partner, row in found.items() if row}

    def _was_in_force(self, moment):
        """Whether this version judges what came in at ``moment``: the chain has one answer at any moment."""
        day = self.company_id._aftersales_day(moment)
        return (
            self.state in agreement_flow.SIGNED
            and self.date_start <= day
            and (not self.date_end or day <= self.date_end)
            and (not self.concluded_at or self.concluded_at <= moment)
            and (not self.over_at or moment < self.over_at)
        )

    def _goods_answer(self, product, lot):
        """covered, other, or unknown where the request does not say which goods it is about."""
        if not self.product_ids and not self.lot_ids:
            return "covered"
        if (lot and lot in self.lot_ids) or (product and product in self.product_ids):
            return "covered"
        return "other" if product or lot else "unknown"

    def _phase_on(self, day):
        """Trial run, warranty or after it, by the acceptance; None where only the goods' card knows."""
        if self.trial_end and day <= self.trial_end:
            return "trial"
        if not self.acceptance_date or day < self.acceptance_date:
            return None
        return "warranty" if self.warranty_end and day <= self.warranty_end else "after"

    # === CONSTRAINTS === #

    @api.constrains("partner_id")
    def _check_partner(self):
        for agreement in self:
            if agreement.partner_id != agreement.partner_id.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(agreement)s is made with the company, not with one of its contacts: choose "
                        "%(partner)s.",
                        agreement=agreement.name,
                        partner=agreement.partner_id.commercial_partner_id.display_name,
                    )
                )

    @api.constrains("has_resident", "resident_people")
    def _check_resident(self):
        """SLA-21: resident service is at least one person."""
        for agreement in self.filtered("has_resident"):
            if agreement.resident_people < 1:
                raise ValidationError(
                    self.env._(
                        "Resident service of %(agreement)s is at least one person on site.",
                        agreement=agreement.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([{**vals, "name": self._number(vals)} for vals in vals_list])

    @api.model
    def _number(self, vals):
        given = (vals.get("name") or "/").strip()
        # sudo: nobody has rights on sequences
        return given if given != "/" else self.env["ir.sequence"].sudo().next_by_code("aftersales.agreement")

    def write(self, vals):
        own = self._is_policy_write()
        if FIXED.intersection(vals) and not own:
            self._refuse_unless_draft()
        return super().write(vals)

    def _refuse_unless_draft(self):
        """SLA-24: what was offered or signed is not edited; a change is a version of its own."""
        fixed = self.filtered(lambda agreement: agreement.state != agreement_flow.DRAFT)
        if fixed:
            raise UserError(
                self.env._(
                    "The terms of %(agreements)s are fixed. While it is to be signed, take it back to draft; "
                    "once it is signed, make a supplement, which both sides sign.",
                    agreements=", ".join(fixed.mapped("display_name")),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        """ARCHIVE-12: the chain of versions stays complete."""
        self._refuse_unless_draft()


def _last_day(start, months):
    return date_utils.subtract(date_utils.add(start, months=months), days=1)
