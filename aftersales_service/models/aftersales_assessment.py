from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..policy import assessment_flow

DEADLINES = [("first_opinion", "First opinion for the customer"), ("assess", "Quality assessment")]
LIABILITIES = [
    (assessment_flow.OWN_QUALITY, "Own quality problem"),
    ("customer", "Caused by the customer"),
    ("transport", "Transport damage"),
    ("none", "No fault found"),
]


class AftersalesAssessment(models.Model):
    """A returned part or product is looked at by quality management (售后服务三包材料退换鉴定单).

    What customer service enters is the quality information (质量信息单); the printed label goes onto the
    item, the printed sheet to quality management and, signed, to the warehouse and the supplier.
    """

    _name = "aftersales.assessment"
    _description = "Quality assessment"
    _inherit = ["aftersales.deadline.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_names_search = ["name", "product_id", "lot_id", "partner_id"]
    _check_company_auto = True
    _mail_post_access = "read"
    _flow = assessment_flow.FLOW
    _number_code = "aftersales.assessment"
    _policy_fields = ("name", "signed_by_id", "material_scrap", "exchange_picking_id")

    name = fields.Char("Number", readonly=True, copy=False, index="trigram")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    ticket_id = fields.Many2one("aftersales.ticket", check_company=True, index="btree_not_null")
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        compute="_compute_from_ticket",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
    )
    product_id = fields.Many2one(
        "product.product",
        "Item",
        required=True,
        compute="_compute_from_ticket",
        store=True,
        readonly=False,
        precompute=True,
    )
    lot_id = fields.Many2one(
        "stock.lot",
        "Serial number",
        compute="_compute_from_ticket",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('product_id', '=', product_id)]",
    )
    quantity = fields.Float(default=1, required=True)
    user_id = fields.Many2one(
        "res.users", "After-sales", default=lambda self: self.env.user, domain="[('share', '=', False)]"
    )
    state = fields.Selection(
        [
            ("draft", "To grade"),
            ("submitted", "To assess"),
            ("out", "Out of the warehouse"),
            ("signed", "Signed"),
            ("exchanged", "Exchanged"),
            ("closed", "Closed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        copy=False,
        default=assessment_flow.DRAFT,
    )

    # What customer service sees (质量信息单)
    fault = fields.Text("What is wrong", help="The quality information, as it goes to quality management.")
    is_major = fields.Boolean(
        "Major problem",
        copy=False,
        help="Quality management and development are told at once; both send somebody.",
    )
    preliminary = fields.Selection(
        LIABILITIES, "First opinion", copy=False, help="Customer service's own grading."
    )
    in_warranty = fields.Boolean("Within the warranty", help="Within the three guarantees (三包).")
    origin = fields.Selection(
        [("own_made", "Own make"), ("purchased", "Purchased")],
        required=True,
        compute="_compute_origin",
        store=True,
        readonly=False,
        precompute=True,
        help="Decides who hears of the result: production or purchasing.",
    )
    place = fields.Selection(
        [
            ("warehouse", "In the quarantine of the warehouse"),
            ("outside", "Outside the warehouse"),
            ("customer", "At the customer"),
        ],
        "Place of assessment",
        required=True,
        default="warehouse",
    )
    place_note = fields.Char("Shelf", copy=False, help="Where in quarantine the item lies.")

    # What quality management says
    quality_user_id = fields.Many2one(
        "res.users",
        "Quality management",
        domain="[('share', '=', False)]",
        default=lambda self: self.env.company.aftersales_quality_user_id,
        help="Who assesses and signs.",
    )
    opinion = fields.Text(copy=False, help="As it stands on the sheet.")
    cause = fields.Text(copy=False, help="Why the item does not conform.")
    solution = fields.Selection(
        [("rework", "Rework"), ("repair", "Repair"), ("exchange", "Exchange"), ("scrap", "Scrap")],
        copy=False,
        help="What quality management proposes for the item.",
    )
    liability = fields.Selection(
        LIABILITIES, copy=False, help="Whose fault it is, as quality management finds."
    )
    signed_by_id = fields.Many2one("res.users", "Signed by", readonly=True, copy=False)
    material_scrap = fields.Boolean(
        "Material scrap", readonly=True, copy=False, help="料废: the supplier answers for the part."
    )
    submitted_at = fields.Datetime("Submitted at", readonly=True, copy=False)
    signed_at = fields.Datetime("Signed at", readonly=True, copy=False)
    exchanged_at = fields.Datetime("Exchanged at", readonly=True, copy=False)
    closed_at = fields.Datetime("Closed at", readonly=True, copy=False)

    handover_ids = fields.One2many("aftersales.assessment.handover", "assessment_id", "Handovers")
    item_received = fields.Boolean(
        "Defective item is here",
        copy=False,
        help="The item lies in quarantine; without it nothing is exchanged.",
    )
    exchange_picking_id = fields.Many2one("stock.picking", "Good part", readonly=True, copy=False)
    headline = fields.Char(compute="_compute_headline", help="What is next, by when.")

    _name_uniq = models.UniqueIndex("(company_id, name)", "That number of an assessment is taken.")
    _quantity_positive = models.Constraint("CHECK (quantity > 0)", "Enter how many pieces are assessed.")

    # === COMPUTE METHODS === #

    @api.depends("ticket_id")
    def _compute_from_ticket(self):
        for assessment in self:
            ticket = assessment.ticket_id
            for name in ("partner_id", "product_id", "lot_id"):
                if ticket[name] and not assessment[name]:
                    assessment[name] = ticket[name]

    @api.depends("product_id")
    def _compute_origin(self):
        """What has a supplier is purchased, as long as nobody says otherwise."""
        for assessment in self:
            # sudo: suppliers are not for everybody to read; whether there is one is
            purchased = assessment.product_id.sudo().seller_ids
            assessment.origin = "purchased" if purchased else "own_made"

    @api.depends("state", "next_due_at", "quality_user_id", "liability")
    @api.depends_context("lang", "tz")
    def _compute_headline(self):
        for assessment in self:
            parts = [assessment._next_step()]
            if assessment.next_due_at:
                parts.append(self.env._("by %s", assessment._moment(assessment.next_due_at)))
            assessment.headline = " · ".join(parts)

    def _next_step(self):
        who = self.quality_user_id.name or self.env._("Quality management")
        return {
            "draft": self.env._("Tell the customer a first opinion, grade the item and put its label on"),
            "submitted": self.env._("%s assesses the item and signs the sheet", who),
            "out": self.env._("The item is outside; bring it back before it is signed"),
            "signed": self.env._("Give a good part for the sheet and the defective item")
            if self.liability == assessment_flow.OWN_QUALITY
            else self.env._("Settle with the customer: it is not our fault"),
            "exchanged": self.env._("Exchanged"),
            "closed": self.env._("Closed"),
            "cancelled": self.env._("Cancelled"),
        }[self.state]

    # === CRUD METHODS === #

    def write(self, vals):
        """What is signed stays as it was signed."""
        said = {"opinion", "liability", "cause", "solution", "product_id", "lot_id", "quantity", "origin"}
        done = ("signed", "exchanged", "closed")
        signed = self.filtered(lambda assessment: assessment.state in done)
        if signed and said.intersection(vals):
            raise UserError(
                self.env._(
                    "%s is signed; the opinion is not changed any more. Make a new assessment.",
                    ", ".join(signed.mapped("name")),
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        kept = self.filtered(lambda assessment: assessment.state != assessment_flow.DRAFT)
        if kept:
            raise UserError(
                self.env._("%s is on its way and is kept. Withdraw it.", ", ".join(kept.mapped("name")))
            )

    # === PROMISES === #

    def _deadline_terms(self, kind):
        terms = {}
        for assessment in self:
            company = assessment.company_id.sudo()  # sudo: the company's promise
            days = {
                "first_opinion": company.aftersales_first_opinion_days,
                "assess": company.aftersales_assess_days,
            }[kind]
            if days > 0:
                calendar = company._aftersales_calendar()
                terms[assessment] = self.env["aftersales.deadline"].terms(days, "working_days", calendar)
        return terms

    def _deadline_user(self, kind):
        return self.user_id if kind == "first_opinion" else self.quality_user_id

    # === ACTIONS === #

    def action_submit(self):
        return self._fire("submit")

    def action_take_out(self):
        return self._fire("take_out")

    def action_bring_back(self):
        return self._fire("bring_back")

    def action_sign(self):
        return self._fire("sign")

    def action_exchange(self):
        return self._fire("exchange")

    def action_close(self):
        return self._fire("close")

    def action_withdraw(self):
        return self._fire("withdraw")

    def action_print_label(self):
        return self.env.ref("aftersales_service.aftersales_assessment_label").report_action(self)

    def action_print_sheet(self):
        return self.env.ref("aftersales_service.aftersales_assessment_sheet").report_action(self)

    def action_open_picking(self):
        self.ensure_one()
        return self._open(self.exchange_picking_id)

    # === WHAT AN EVENT CHECKS === #

    def _check_submit(self):
        for assessment in self:
            missing = {
                self.env._("what is wrong"): assessment.fault,
                self.env._("the first opinion"): assessment.preliminary,
                self.env._("who assesses (Quality)"): assessment.quality_user_id,
            }
            assessment._refuse_missing(missing)

    def _check_take_out(self):
        """QUAL-12, INSPECT-05: who hands over to whom is written down before the item leaves."""
        for assessment in self:
            last = assessment.handover_ids[-1:]
            if last.direction != "out":
                raise UserError(
                    self.env._(
                        "%s: enter the handover out of the warehouse first: who gives the item to whom.",
                        assessment.name,
                    )
                )

    def _check_bring_back(self):
        for assessment in self:
            if assessment.handover_ids[-1:].direction != "in":
                raise UserError(
                    self.env._("%s: enter the handover back into the warehouse first.", assessment.name)
                )

    def _check_sign(self):
        for assessment in self:
            if assessment.quality_user_id != self.env.user:
                raise AccessError(
                    self.env._(
                        "%(number)s is signed by %(who)s, who is responsible for quality.",
                        number=assessment.name,
                        who=assessment.quality_user_id.name or "-",
                    )
                )
            missing = {
                self.env._("the opinion"): assessment.opinion,
                self.env._("the liability"): assessment.liability,
            }
            assessment._refuse_missing(missing)
            assessment._check_both_staff()

    def _check_both_staff(self):
        """QUAL-13: to the end customer go two: after-sales and quality. INSPECT-05: outside by handover."""
        if self.place == "customer" and (not self.user_id or self.user_id == self.quality_user_id):
            raise UserError(
                self.env._(
                    "%s was assessed at the customer's: enter who of after-sales went along with quality.",
                    self.name,
                )
            )
        if self.place == "outside" and not self.handover_ids:
            raise UserError(
                self.env._("%s was assessed outside the warehouse: enter its handovers.", self.name)
            )

    def _check_exchange(self):
        """QUAL-14, SPARE-06: own fault, signed sheet, defective item; a good part only then."""
        for assessment in self:
            outcome = assessment_flow.outcome_of(assessment.liability, assessment.origin)
            if not outcome.exchange:
                raise UserError(
                    self.env._(
                        "%s is not found to be our own quality problem: there is no exchange for it.",
                        assessment.name,
                    )
                )
            if not assessment.item_received:
                raise UserError(
                    self.env._(
                        "%s: a good part is given against the sheet and the defective item only. Take the "
                        "item in first.",
                        assessment.name,
                    )
                )

    def _refuse_missing(self, told):
        missing = [what for what, value in told.items() if not value]
        if missing:
            raise UserError(
                self.env._("Enter on %(number)s: %(what)s.", number=self.name, what=", ".join(missing))
            )

    # === WHAT AN EVENT ADDS === #

    def _on_submit(self):
        """QUAL-02, -04: quality management is told; of a major problem development, too."""
        for assessment in self:
            company = assessment.company_id.sudo()  # sudo: who is in charge
            people = assessment.quality_user_id
            if assessment.is_major:
                people |= company.aftersales_development_user_id
            text = self.env._(
                "To assess: %(item)s. %(fault)s", item=assessment._item(), fault=assessment.fault
            )
            assessment._tell(people, text)

    def _on_sign(self):
        """QUAL-10, -11, -16: the liability is kept, and the departments concerned hear of it."""
        for assessment in self:
            outcome = assessment_flow.outcome_of(assessment.liability, assessment.origin)
            assessment._write_policy({"signed_by_id": self.env.uid, "material_scrap": outcome.material_scrap})
            company = assessment.company_id.sudo()  # sudo: who is in charge
            people = self.env["res.users"].union(
                *(company[f"aftersales_{department}_user_id"] for department in outcome.informed)
            )
            liability = dict(self._fields["liability"]._description_selection(self.env))
            text = self.env._(
                "Assessed: %(item)s: %(liability)s. %(opinion)s",
                item=assessment._item(),
                liability=liability[assessment.liability],
                opinion=assessment.opinion,
            )
            assessment._tell(people, text)

    def _on_exchange(self):
        for assessment in self.sudo():  # sudo: the good part follows from the signed sheet
            assessment._write_policy({"exchange_picking_id": assessment._create_exchange().id})

    def _create_exchange(self):
        """A delivery of the same article to the customer, at no charge: it is on no order."""
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.company_id.id)], limit=1)
        customers = self.env.ref("stock.stock_location_customers")
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": warehouse.out_type_id.id,
                "location_id": warehouse.lot_stock_id.id,
                "location_dest_id": customers.id,
                "partner_id": self.partner_id.id,
                "origin": self.name,
                "company_id": self.company_id.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.product_id.id,
                            "product_uom_qty": self.quantity,
                            "product_uom": self.product_id.uom_id.id,
                            "location_id": warehouse.lot_stock_id.id,
                            "location_dest_id": customers.id,
                            "company_id": self.company_id.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.action_assign()
        return picking

    def _item(self):
        return " ".join(filter(None, [self.product_id.display_name, self.lot_id.name]))

    def _tell(self, users, text):
        """A message to colleagues, who need no rights of after-sales to read their mail."""
        if users:
            self.message_post(
                body=text,
                partner_ids=users.partner_id.ids,
                message_type="comment",
                subtype_xmlid="mail.mt_note",
            )


class AftersalesTicket(models.Model):
    _inherit = "aftersales.ticket"

    assessment_ids = fields.One2many("aftersales.assessment", "ticket_id", "Quality assessments")
    assessment_count = fields.Integer("Number of assessments", compute="_compute_assessment_count")

    @api.depends("assessment_ids")
    def _compute_assessment_count(self):
        for ticket in self:
            ticket.assessment_count = len(ticket.sudo().assessment_ids)  # sudo: a number on a button

    def action_open_assessments(self):
        """The assessments of the ticket, or a new one filled in from it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_assessment_action"
        )
        context = {"default_ticket_id": self.id, "default_fault": self.description}
        return {**action, "domain": [("ticket_id", "=", self.id)], "context": context}


class AftersalesDeadline(models.Model):
    _inherit = "aftersales.deadline"

    kind = fields.Selection(selection_add=DEADLINES, ondelete={kind: "cascade" for kind, _label in DEADLINES})
