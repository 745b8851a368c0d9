from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..policy import assessment_flow, claim_negotiation, compensation_flow
from .aftersales_verdict import Policy

#: what the negotiation is about; fixed once it has begun
CLAIM = {"kind", "ticket_id", "ground", "claimed_amount", "reason", "assessment_id", "agreement_id"}
#: what comes out of it; entered by whoever negotiates
RESULT = {"amount", "form", "negotiation", "agreed_on", "agreed_by"}


class AftersalesCompensation(models.Model):
    """A customer's claim (索赔) because of quality or production: marketing settles it with him (QUAL-15).

    Marketing enters what was agreed and with whom, and proposes it; who decides about the money stays as for
    every compensation (COMP-01, COMP-04).
    """

    _inherit = "aftersales.compensation"

    ground = fields.Selection(
        [
            (claim_negotiation.QUALITY, "Product quality"),
            (claim_negotiation.PRODUCTION, "Production"),
            (claim_negotiation.OTHER, "Something else"),
        ],
        "Claimed because of",
        compute="_compute_ground",
        store=True,
        readonly=False,
        help="Marketing settles claims because of quality or production with the customer.",
    )
    claimed_amount = fields.Monetary("Customer claims", copy=False, help="What the customer asks for.")
    assessment_id = fields.Many2one(
        "aftersales.assessment",
        "Quality assessment",
        domain="[('ticket_id', '=', ticket_id)]",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
    )
    negotiator_id = fields.Many2one("res.users", "Settles it", readonly=True, copy=False)
    negotiated_at = fields.Datetime("With marketing since", readonly=True, copy=False)
    negotiation = fields.Text(
        "Talks with the customer", copy=False, help="What was offered and answered, by whom and when."
    )

    @api.model
    def _owned_fields(self):
        return super()._owned_fields() | {"negotiator_id"}

    @api.depends("kind", "assessment_id", "ticket_id")
    def _compute_ground(self):
        """As quality management found, else as the fault's cause says; whoever takes the claim may know."""
        for row in self:
            if row.kind != "damage":
                row.ground = False
            elif row.state == compensation_flow.DRAFT or not row.ground:
                row.ground = row._likely_ground()

    def _likely_ground(self):
        # sudo: liability and cause, whoever enters the claim
        if self.sudo().assessment_id.liability == assessment_flow.OWN_QUALITY:
            return claim_negotiation.QUALITY
        cause = self.sudo().ticket_id.cause_id  # sudo: as above
        ours = cause.is_covered and cause.fault_party == "seller"
        return claim_negotiation.QUALITY if ours else claim_negotiation.OTHER

    def _next_step(self):
        if self.state == compensation_flow.DRAFT and self._is_for_marketing():
            return self.env._("To be handed over to marketing")
        if self.state == compensation_flow.NEGOTIATING and self.negotiator_id:
            # sudo: a name
            return self.env._("%s settles it with the customer", self.sudo().negotiator_id.name)
        return super()._next_step()

    # === WHO NEGOTIATES === #

    def _negotiation_facts(self):
        return claim_negotiation.Facts(kind=self.kind, ground=self.ground or None)

    def _is_for_marketing(self):
        return claim_negotiation.judge(self._negotiation_facts()).outcome == claim_negotiation.MARKETING

    def _check_negotiate(self):
        for row in self:
            row._refuse_other_ground()
            row._refuse_unfounded()
            row._refuse_without_marketing()

    def _refuse_other_ground(self):
        if not self._is_for_marketing():
            raise UserError(
                self.env._(
                    "%s is no claim because of quality or production: propose it, marketing is not asked.",
                    self.name,
                )
            )

    def _refuse_unfounded(self):
        """What is negotiated is said before: what happened, and what the customer asks for."""
        if not (self.reason or "").strip() or self.claimed_amount <= 0:
            raise UserError(
                self.env._("%s: enter what happened and how much the customer claims.", self.name)
            )
        # sudo: whose fault quality management found, whoever hands the claim over
        if self.sudo().assessment_id.liability == "customer":
            raise UserError(
                self.env._(
                    "%(row)s: %(sheet)s finds that the customer caused the damage. As goodwill something may "
                    "be given all the same.",
                    row=self.name,
                    sheet=self.sudo().assessment_id.name,  # sudo: as above
                )
            )

    def _refuse_without_marketing(self):
        marketing = self.company_id.sudo().aftersales_marketing_user_id  # sudo: whom the company has named
        if not marketing.active:
            raise UserError(
                self.env._(
                    "%s is settled by marketing, and nobody is named for it: Settings, After-sales, Quality.",
                    self.name,
                )
            )
        if not marketing.has_group("aftersales_service.group_agent"):
            raise UserError(
                self.env._(
                    "%(user)s answers for marketing, but cannot enter what is agreed on %(row)s: give him "
                    "the rights of an agent of after-sales.",
                    user=marketing.name,
                    row=self.name,
                )
            )

    def _on_negotiate(self):
        """The verdict is kept, and marketing has a task."""
        self._judge("claim_negotiation", {row: row._negotiation_facts() for row in self})
        for row in self:
            marketing = row.company_id.sudo().aftersales_marketing_user_id  # sudo: as above
            row._write_policy({"negotiator_id": marketing.id})
            # sudo: the task is another user's
            row.sudo().activity_schedule(
                "mail.mail_activity_data_todo",
                summary=row.env._(
                    "Settle the claim of %(amount)s with %(customer)s",
                    amount=row.currency_id.format(row.claimed_amount),
                    customer=row.partner_id.display_name or row.ticket_id.name,
                ),
                user_id=marketing.id,
            )

    # === WHAT COMES OUT OF IT === #

    def _check_propose(self):
        super()._check_propose()
        for row in self.filtered(lambda row: row._is_for_marketing()):
            if row.state == compensation_flow.DRAFT:
                raise UserError(
                    self.env._(
                        "%s is a claim because of quality or production: marketing settles it with the "
                        "customer first. Hand it over.",
                        row.name,
                    )
                )
            row._refuse_other_than_negotiator()
            row._refuse_without_result()

    def _refuse_other_than_negotiator(self):
        others = self.filtered(lambda row: row.negotiator_id != row.env.user)
        if others and not self.env.su:
            raise AccessError(
                self.env._(
                    "%(rows)s is settled with the customer by %(who)s, who enters and proposes what was "
                    "agreed.",
                    rows=", ".join(others.mapped("name")),
                    who=", ".join(others.sudo().negotiator_id.mapped("name")),  # sudo: names
                )
            )

    def _refuse_without_result(self):
        lacking = []
        if not (self.negotiation or "").strip():
            lacking.append(self.env._("the talks with the customer"))
        if not self.agreed_on or not (self.agreed_by or "").strip():
            lacking.append(self.env._("the customer's word, with name and date"))
        if lacking:
            what = ", ".join(lacking)
            raise UserError(self.env._("Enter on %(number)s: %(what)s.", number=self.name, what=what))
        if self.currency_id.compare_amounts(self.amount, self.claimed_amount) > 0:
            raise UserError(
                self.env._(
                    "%(row)s: %(amount)s is more than the customer claims (%(claimed)s).",
                    row=self.name,
                    amount=self.currency_id.format(self.amount),
                    claimed=self.currency_id.format(self.claimed_amount),
                )
            )

    def _on_revise(self):
        super()._on_revise()
        self._write_policy({"negotiator_id": False, "negotiated_at": False})

    def _own_requests(self):
        """Nobody approves what they have negotiated."""
        return super()._own_requests() | self.filtered(lambda row: row.negotiator_id == self.env.user)

    # === WHAT IS FIXED === #

    def _refuse_fixed(self, vals):
        """The claim is fixed with the hand-over, what was agreed with the proposal."""
        with_marketing = self.filtered(lambda row: row.state == compensation_flow.NEGOTIATING)
        others = self - with_marketing
        super(AftersalesCompensation, others)._refuse_fixed(vals)
        if RESULT.intersection(vals):
            with_marketing._refuse_other_than_negotiator()
        over = others.filtered(lambda row: row.state != compensation_flow.DRAFT)
        fixed = with_marketing | over if CLAIM.intersection(vals) else self.browse()
        if RESULT.intersection(vals):
            fixed |= over.filtered(lambda row: row._is_for_marketing())
        if fixed:
            raise UserError(
                self.env._(
                    "%s: a claim is not changed while it is settled or decided. Take it back to draft.",
                    ", ".join(fixed.mapped("name")),
                )
            )

    def action_negotiate(self):
        self._fire("negotiate")
        return True


class AftersalesAssessment(models.Model):
    _inherit = "aftersales.assessment"

    claim_ids = fields.One2many("aftersales.compensation", "assessment_id", "Customer's claims")
    claim_count = fields.Integer("Number of claims", compute="_compute_claim_count")

    @api.depends("claim_ids")
    def _compute_claim_count(self):
        for assessment in self:
            assessment.claim_count = len(assessment.sudo().claim_ids)  # sudo: a number on a button

    def action_open_claims(self):
        """The claims because of this item, or a new one filled in from the sheet."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_compensation_action"
        )
        context = {
            "default_kind": "damage",
            "default_ticket_id": self.ticket_id.id,
            "default_assessment_id": self.id,
            "default_reason": self.fault,
        }
        return {**action, "domain": [("assessment_id", "=", self.id)], "context": context}


class AftersalesVerdict(models.Model):
    _inherit = "aftersales.verdict"

    kind = fields.Selection(
        selection_add=[("claim_negotiation", "Who negotiates")], ondelete={"claim_negotiation": "cascade"}
    )

    @api.model
    def _policies(self):
        return {
            **super()._policies(),
            "claim_negotiation": Policy(claim_negotiation, claim_negotiation.Facts),
        }
