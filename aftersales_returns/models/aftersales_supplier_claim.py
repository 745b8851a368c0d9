from datetime import datetime, time

import pytz

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.aftersales_service.policy import assessment_flow, lifecycle

from ..policy import supplier_claim_flow

SIGNED = ("signed", "exchanged", "closed")


class AftersalesSupplierClaim(models.Model):
    """A purchased part was found defective: its supplier makes it good within a month."""

    _name = "aftersales.supplier.claim"
    _description = "Claim on a supplier"
    _inherit = ["aftersales.deadline.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_names_search = ["name", "partner_id", "product_id"]
    _check_company_auto = True
    _flow = supplier_claim_flow.FLOW
    _number_code = "aftersales.supplier.claim"
    _policy_fields = ("name", "picking_id", "credit_note_id")

    name = fields.Char("Number", readonly=True, copy=False, index="trigram")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    assessment_id = fields.Many2one(
        "aftersales.assessment",
        required=True,
        check_company=True,
        index=True,
        domain="[('material_scrap', '=', True)]",
        help="The signed sheet, which the supplier gets.",
    )
    product_id = fields.Many2one(related="assessment_id.product_id", store=True)
    lot_id = fields.Many2one(related="assessment_id.lot_id", store=True, index="btree_not_null")
    quantity = fields.Float(
        compute="_compute_from_assessment", store=True, readonly=False, precompute=True, required=True
    )
    purchase_line_id = fields.Many2one(
        "purchase.order.line",
        "Bought with",
        compute="_compute_from_assessment",
        store=True,
        readonly=False,
        precompute=True,
        help="The purchase the part came with: by its serial number, else the last one.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Supplier",
        compute="_compute_from_assessment",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
    )
    user_id = fields.Many2one(
        "res.users",
        "Purchasing",
        default=lambda self: self.env.company.aftersales_purchasing_user_id or self.env.user,
        domain="[('share', '=', False)]",
    )
    state = fields.Selection(
        [
            ("draft", "To notify"),
            ("notified", "With the supplier"),
            ("replacing", "Replacement expected"),
            ("replaced", "Replaced"),
            ("credited", "Credited"),
            ("refused", "Refused by the supplier"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        copy=False,
        default=supplier_claim_flow.DRAFT,
    )
    terms = fields.Char(compute="_compute_terms", help="By what the supplier answers for the part.")
    note = fields.Text("Correspondence")
    notified_at = fields.Datetime("Notified on", readonly=True, copy=False)
    settled_at = fields.Datetime("Settled on", readonly=True, copy=False)
    picking_id = fields.Many2one("stock.picking", "Replacement", readonly=True, copy=False)
    picking_ids = fields.One2many("stock.picking", "aftersales_supplier_claim_id", "Replacements")
    owed_quantity = fields.Float(
        "Still owed",
        compute="_compute_owed_quantity",
        help="What was claimed, less what came in its place.",
    )
    credit_note_id = fields.Many2one(
        "account.move", "Supplier's credit note", readonly=True, copy=False, index="btree_not_null"
    )
    headline = fields.Char(compute="_compute_headline", help="What is next, by when.")
    # sudo: customer service claims without rights on purchases
    currency_id = fields.Many2one("res.currency", compute="_compute_amount", compute_sudo=True)
    amount = fields.Monetary(
        "Value claimed",
        compute="_compute_amount",
        compute_sudo=True,
        help="Untaxed, at the price that was paid; where no purchase is found, at what the item costs now.",
    )

    _name_uniq = models.UniqueIndex("(company_id, name)", "That number of a claim is taken.")
    _quantity_positive = models.Constraint("CHECK (quantity > 0)", "Enter how many pieces are claimed.")

    # === COMPUTE METHODS === #

    @api.depends("assessment_id")
    def _compute_from_assessment(self):
        for claim in self:
            assessment = claim.assessment_id
            claim.quantity = claim.quantity or assessment._unclaimed(claim) or assessment.quantity or 1
            # sudo: customer service finds the supplier without rights on purchases
            line = claim.purchase_line_id or assessment.sudo()._last_purchase()
            claim.purchase_line_id = line
            sellers = assessment.product_id.sudo().seller_ids  # sudo: as above
            claim.partner_id = claim.partner_id or line.sudo().partner_id or sellers[:1].partner_id

    @api.depends("quantity", "state")
    def _compute_owed_quantity(self):
        for claim in self:
            claim.owed_quantity = claim._owed()

    @api.depends("quantity", "purchase_line_id", "partner_id", "product_id", "company_id")
    def _compute_amount(self):
        for claim in self:
            price = claim._price_of_a_piece()
            claim.currency_id = claim._currency()
            claim.amount = claim.quantity * price["price_unit"] * (1 - price.get("discount", 0) / 100)

    @api.depends("partner_id")
    @api.depends_context("lang")
    def _compute_terms(self):
        for claim in self:
            days = claim.partner_id.commercial_partner_id.aftersales_claim_days
            if days:
                claim.terms = self.env._("The supplier's own commitment: %s days", days)
            else:
                claim.terms = self.env._("One calendar month")

    @api.depends("state", "next_due_at", "partner_id")
    @api.depends_context("lang", "tz")
    def _compute_headline(self):
        for claim in self:
            parts = [claim._next_step()]
            if claim.next_due_at:
                parts.append(self.env._("by %s", claim._moment(claim.next_due_at)))
            claim.headline = " · ".join(parts)

    def _next_step(self):
        return {
            "draft": self.env._("Send the claim with the assessment sheet to the supplier"),
            "notified": self.env._("%s sends good parts or a credit", self.partner_id.name or "-"),
            "replacing": self.env._("The warehouse receives the replacement"),
            "replaced": self.env._("Made good with new parts"),
            "credited": self.env._("Made good with a credit"),
            "refused": self.env._("The supplier refuses; claim again with better proof, or leave it"),
            "cancelled": self.env._("Cancelled"),
        }[self.state]

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        kept = self.filtered(lambda claim: claim.state != supplier_claim_flow.DRAFT)
        if kept:
            raise UserError(
                self.env._(
                    "%s has been sent to the supplier and is kept. Withdraw it.",
                    ", ".join(kept.mapped("name")),
                )
            )

    # === PROMISES === #

    def _deadline_terms(self, kind):
        """The end of the day on which the supplier's time is up, in the company's time zone."""
        return {claim: claim._supplier_terms() for claim in self}

    def _supplier_terms(self):
        own = self.partner_id.commercial_partner_id.aftersales_claim_days
        last = supplier_claim_flow.answer_by(self.company_id._aftersales_today(), own)
        zone = pytz.timezone(self.company_id._aftersales_tz())
        end = (
            zone.localize(datetime.combine(last, time(23, 59, 59))).astimezone(pytz.utc).replace(tzinfo=None)
        )
        minutes = int((end - fields.Datetime.now()).total_seconds() // 60)
        return self.env["aftersales.deadline"].terms(minutes, "minutes")

    def _deadline_user(self, kind):
        return self.user_id

    def _on_deadline_missed(self, kind):
        for claim in self.filtered("user_id"):
            claim.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=claim.user_id.id,
                summary=self.env._("%s has not made it good in time", claim.partner_id.name),
            )

    # === ACTIONS === #

    def action_notify(self):
        return self._fire("notify")

    def action_replace(self):
        return self._fire("replace")

    def action_credit(self):
        return self._fire("credit")

    def action_decline(self):
        return self._fire("decline")

    def action_withdraw(self):
        return self._fire("withdraw")

    def action_open_picking(self):
        return self._open(self.picking_ids)

    def action_open_credit_note(self):
        return self._open(self.credit_note_id)

    def action_open_assessment(self):
        return self._open(self.assessment_id)

    # === WHAT AN EVENT CHECKS AND ADDS === #

    def _check_notify(self):
        """SUPPLIER-01, -02: the sheet goes along, so it is signed and finds the supplier's part at fault."""
        for claim in self:
            assessment = claim.assessment_id
            if assessment.state not in SIGNED or not assessment.material_scrap:
                raise UserError(
                    self.env._(
                        "%(claim)s: %(sheet)s is not signed, or does not find a purchased part at fault. "
                        "The supplier gets a signed sheet only.",
                        claim=claim.name,
                        sheet=assessment.name,
                    )
                )
            if not claim.partner_id.email:
                raise UserError(self.env._("%s: enter the supplier, with an e-mail address.", claim.name))

    def _on_notify(self):
        template = self.env.ref("aftersales_returns.mail_template_supplier_claim")
        for claim in self.sudo():  # sudo: the sheet and the supplier's address, for customer service
            subject = template._render_field("subject", claim.ids, compute_lang=True)[claim.id]
            body = template._render_field("body_html", claim.ids, compute_lang=True)[claim.id]
            claim.message_post(
                subject=subject,
                body=body,
                partner_ids=claim.partner_id.ids,
                attachments=[claim._sheet()],
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )

    def _sheet(self):
        """(file name, content) of the signed assessment sheet."""
        reports = self.env["ir.actions.report"]
        sheet = "aftersales_service.aftersales_assessment_sheet"
        content, kind = reports._render_qweb_pdf(sheet, self.assessment_id.ids)
        return f"{self.assessment_id.name.replace('/', '-')}.{kind}", content

    # === THE REPLACEMENT === #

    def _came(self):
        """How many good parts the supplier has sent, in the product's unit."""
        # sudo: the number counts for whoever claims; the transfers are the warehouse's
        moves = self.sudo().picking_ids.move_ids.filtered(lambda move: move.state == "done")
        return sum(move._aftersales_qty() for move in moves)

    def _owed(self):
        """SUPPLIER-03: parts or money for so many pieces are still to come; not negative."""
        return max(0.0, self.quantity - self._came())

    def _expected(self):
        """Replacements that the warehouse waits for."""
        return self.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))

    def _on_replace(self):
        for claim in self.sudo():  # sudo: the receipt follows from the supplier's word
            claim._write_policy({"picking_id": claim._create_receipt().id})

    def _create_receipt(self):
        """As many as are still owed, from the supplier, into stock."""
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.company_id.id)], limit=1)
        vendors = self.env.ref("stock.stock_location_suppliers")
        move = {
            "product_id": self.product_id.id,
            "product_uom_qty": self._owed(),
            "product_uom": self.product_id.uom_id.id,
            "location_id": vendors.id,
            "location_dest_id": warehouse.lot_stock_id.id,
            "company_id": self.company_id.id,
        }
        receipt = self.env["stock.picking"].create(
            {
                "picking_type_id": warehouse.in_type_id.id,
                "location_id": vendors.id,
                "location_dest_id": warehouse.lot_stock_id.id,
                "partner_id": self.partner_id.id,
                "origin": self.name,
                "company_id": self.company_id.id,
                "aftersales_supplier_claim_id": self.id,
                "move_ids": [Command.create(move)],
            }
        )
        receipt.action_confirm()
        return receipt

    def _follow_receipts(self):
        """Made good once the whole quantity has come in; if less came and no more does, he is asked again."""
        for claim in self.filtered(lambda claim: claim.state == supplier_claim_flow.REPLACING):
            if claim.product_id.uom_id.is_zero(claim._owed()):
                claim._fire("settle", actor=lifecycle.SYSTEM)
            elif not claim._expected():
                claim._fire("lapse", actor=lifecycle.SYSTEM)

    def _on_lapse(self):
        for claim in self:
            claim.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=(claim.user_id or claim.create_uid).id,
                summary=self.env._(
                    "%(supplier)s still owes %(owed)s of %(quantity)s: no replacement is expected any more",
                    supplier=claim.partner_id.name,
                    owed=f"{claim._owed():g}",
                    quantity=f"{claim.quantity:g}",
                ),
            )

    def _expect_no_more(self):
        """It ends without (more) good parts: the warehouse does not wait, purchasing has no task."""
        for claim in self.sudo():  # sudo: transfers and tasks follow from the decision
            claim._expected().action_cancel()
        self._end_tasks()

    def _end_tasks(self):
        # sudo: the task is over when anybody with the right has decided, whosever it was
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])

    def _on_settle(self):
        self._end_tasks()

    def _on_decline(self):
        self._expect_no_more()

    def _on_withdraw(self):
        self._expect_no_more()

    # === THE CREDIT === #

    def _check_credit(self):
        for claim in self.filtered(lambda claim: not claim.partner_id):
            raise UserError(self.env._("%s: enter the supplier first.", claim.name))

    def _on_credit(self):
        """A draft of the supplier's credit note; finance completes it by what the supplier sends."""
        for claim in self.sudo():  # sudo: the draft follows from the event; finance posts it
            claim._write_policy({"credit_note_id": claim._create_credit_note().id})
        self._expect_no_more()

    def _create_credit_note(self):
        line = self._bought_from_supplier()
        values = {
            "product_id": self.product_id.id,
            "name": f"{self.name}: {self.product_id.display_name}",
            **self._price_of_a_piece(),
        }
        if line:
            values["tax_ids"] = [Command.set(line.tax_ids.ids)]
        return self.env["account.move"].create(
            {
                "move_type": "in_refund",
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
                "currency_id": self._currency().id,
                "invoice_origin": self.name,
                "ref": self.name,
                "invoice_line_ids": [Command.create(values | part) for part in self._credited_parts(line)],
            }
        )

    def _credited_parts(self, line):
        """What goes back to the supplier names its purchase, which would ask for the same money else."""
        back = min(self._owed(), self._gone_back(line))
        parts = [
            {"quantity": back, "purchase_line_id": line.id},
            {"quantity": self._owed() - back},
        ]
        return [part for part in parts if not self.product_id.uom_id.is_zero(part["quantity"])]

    def _gone_back(self, line):
        """Pieces of the claim that leave for the supplier, or have left, as returned on the purchase."""
        ways = line._aftersales_ways_back()
        if self.lot_id:
            rows = ways.move_line_ids.filtered(lambda row: row.lot_id == self.lot_id)
            return sum(rows.mapped("quantity_product_uom"))
        goods = self.assessment_id.ticket_id.rma_ids.line_ids
        return sum(way._aftersales_qty() for way in ways if way.aftersales_disposed_line_id in goods)

    def _bought_from_supplier(self):
        """The purchase whose price counts: of these goods, from whoever makes them good."""
        line = self.purchase_line_id
        his = line.partner_id.commercial_partner_id == self.partner_id.commercial_partner_id
        return line if his and line.product_id == self.product_id else line.browse()

    def _price_of_a_piece(self):
        """At the price of one piece, however it was bought: by the dozen, with a discount."""
        line = self._bought_from_supplier()
        if not line:
            return {"price_unit": self.product_id.with_company(self.company_id).standard_price}
        return {"price_unit": line.price_unit_product_uom, "discount": line.discount}

    def _currency(self):
        return self._bought_from_supplier().currency_id or self.company_id.currency_id


class AftersalesAssessment(models.Model):
    _inherit = "aftersales.assessment"

    supplier_claim_ids = fields.One2many("aftersales.supplier.claim", "assessment_id", "Claims on suppliers")
    supplier_claim_count = fields.Integer(
        "Number of supplier claims", compute="_compute_supplier_claim_count"
    )

    @api.depends("supplier_claim_ids")
    def _compute_supplier_claim_count(self):
        for assessment in self:
            claims = assessment.sudo().supplier_claim_ids  # sudo: a number on a button
            assessment.supplier_claim_count = len(claims)

    def _last_purchase(self):
        """The purchase line the item came with: by its serial number, else the last of the article."""
        moves = self.env["stock.move"]
        if self.lot_id:
            came = self.env["stock.move.line"].search(
                [
                    ("lot_id", "=", self.lot_id.id),
                    ("state", "=", "done"),
                    ("move_id.purchase_line_id", "!=", False),
                ],
                order="id desc",
                limit=1,
            )
            moves = came.move_id
        return moves.purchase_line_id or self.env["purchase.order.line"].search(
            [
                ("product_id", "=", self.product_id.id),
                ("order_id.state", "=", "purchase"),
                ("company_id", "=", self.company_id.id),
            ],
            order="id desc",
            limit=1,
        )

    def action_claim_supplier(self):
        """The claim on the supplier of a part that is material scrap; a new one where there is none."""
        self.ensure_one()
        self.check_access("write")
        self._decide_in_turn(self)
        claim = self.supplier_claim_ids.filtered(lambda claim: claim.state != "cancelled")[:1]
        if not claim:
            self._refuse_claim_for_others_fault()
            claim = self.env["aftersales.supplier.claim"].create(
                {"assessment_id": self.id, "company_id": self.company_id.id}
            )
        return claim._open()

    def _refuse_claim_for_others_fault(self):
        """SUPPLIER-01: before the opinion is signed a claim may be prepared; against it there is none."""
        if self.state in SIGNED and not self.material_scrap:
            raise UserError(
                self.env._(
                    "%s does not find a purchased part at fault: there is nothing to claim from a supplier.",
                    self.name,
                )
            )


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    def _check_pass_to_shipment(self):
        """EXCH-06: under the three guarantees goods are exchanged against a signed sheet only."""
        super()._check_pass_to_shipment()
        for rma in self:
            needs = rma.company_id.sudo().aftersales_exchange_needs_sheet  # sudo: the company's setting
            if needs and rma.resolution == "exchange" and rma.eligibility == "warranty":
                rma._check_signed_sheet()

    def _check_signed_sheet(self):
        # sudo: whether there is one
        sheets = self.sudo().ticket_id.assessment_ids.filtered(
            lambda sheet: sheet.state in SIGNED and sheet.liability == assessment_flow.OWN_QUALITY
        )
        missing = self.line_ids.filtered("accepted_qty").product_id - sheets.product_id
        if missing:
            raise UserError(
                self.env._(
                    "%(rma)s: an exchange under warranty needs a signed assessment that finds our own "
                    "quality problem, of: %(goods)s.",
                    rma=self.display_name,
                    goods=", ".join(missing.mapped("display_name")),
                )
            )

    def action_assess(self):
        """Quality assessments of what came in: one for each line that has none yet."""
        self.ensure_one()
        self.check_access("read")
        self._decide_in_turn(self)
        known = self.ticket_id.assessment_ids.mapped(lambda sheet: (sheet.product_id, sheet.lot_id))
        fresh = self.line_ids.filtered(
            lambda line: line.received_qty > 0 and (line.product_id, line.lot_id) not in known
        )
        self.env["aftersales.assessment"].create([self._assessment_vals(line) for line in fresh])
        return self.ticket_id.action_open_assessments()

    def _assessment_vals(self, line):
        return {
            "ticket_id": self.ticket_id.id,
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "product_id": line.product_id.id,
            "lot_id": line.lot_id.id,
            "quantity": line.received_qty,
            "fault": self.description or self.reason_id.name,
            "in_warranty": self.eligibility in ("with_reason", "warranty"),
            # QUAL-07: what came in with a return lies in quarantine
            "item_received": True,
            "place_note": self.warehouse_id.aftersales_quarantine_id.display_name,
        }


class StockPicking(models.Model):
    _inherit = "stock.picking"

    aftersales_supplier_claim_id = fields.Many2one(
        "aftersales.supplier.claim",
        "Claim on a supplier",
        index="btree_not_null",
        copy=False,
        ondelete="set null",
    )

    def _action_done(self):
        result = super()._action_done()
        # sudo: warehouse users have no rights on claims; the state follows the goods
        self.filtered(lambda p: p.state == "done").sudo().aftersales_supplier_claim_id._follow_receipts()
        return result

    def _create_backorder_picking(self):
        backorder = super()._create_backorder_picking()
        claim = self.sudo().aftersales_supplier_claim_id  # sudo: what comes later belongs to the same claim
        if claim:
            backorder.sudo().aftersales_supplier_claim_id = claim
        return backorder


class ResPartner(models.Model):
    _inherit = "res.partner"

    aftersales_claim_days = fields.Integer(
        "Makes good within",
        help="Days in which this supplier has promised to make defective parts good. 0: one calendar month.",
    )


class AftersalesDeadline(models.Model):
    _inherit = "aftersales.deadline"

    kind = fields.Selection(
        selection_add=[("supplier", "Supplier makes it good")], ondelete={"supplier": "cascade"}
    )


class ResCompany(models.Model):
    _inherit = "res.company"

    aftersales_exchange_needs_sheet = fields.Boolean(
        "Exchange under warranty needs a signed assessment",
        default=True,
        help="Goods whose time for a return is over are exchanged against a signed assessment sheet only.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_exchange_needs_sheet = fields.Boolean(
        related="company_id.aftersales_exchange_needs_sheet", readonly=False
    )


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_cancel(self):
        result = super()._action_cancel()
        # sudo: as when a replacement comes in
        self.picking_id.sudo().aftersales_supplier_claim_id._follow_receipts()
        return result
