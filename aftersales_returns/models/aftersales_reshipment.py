from odoo import api, fields, models
from odoo.exceptions import UserError

from ..policy import reshipment, reshipment_flow

YES_NO = [("yes", "Yes"), ("no", "No")]
#: what is judged; fixed once it was decided
FACTS = {
    "ticket_id",
    "sale_order_id",
    "picking_id",
    "complaint",
    "photo_ids",
    "waybill_on_photo",
    "photo_proves",
    "detail_fits",
    "weight_expected",
    "weight_measured",
    "weight_fits",
    "is_damaged",
    "line_ids",
    "replaced_lot_ids",
}
#: where it goes; fixed once it was shipped
ADDRESS = {"recipient", "phone", "country_id", "state_id", "city", "district", "street", "zip"}
OPEN = (reshipment_flow.DRAFT, reshipment_flow.PROPOSED, reshipment_flow.APPROVED, reshipment_flow.SHIPPED)


class AftersalesReshipment(models.Model):
    """Something was missing or wrong in a parcel, and is sent again at our cost (补发)."""

    _name = "aftersales.reshipment"
    _description = "Re-shipment"
    _inherit = [
        "aftersales.lifecycle.mixin",
        "aftersales.verdict.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _rec_names_search = ["name", "partner_id", "sale_order_id"]
    _check_company_auto = True
    _flow = reshipment_flow.FLOW
    _number_code = "aftersales.reshipment"
    _policy_fields = (
        "name",
        "outcome",
        "is_exception",
        "proposed_by_id",
        "listed_on",
        "coupon_id",
        "told_at",
    )

    name = fields.Char("Number", readonly=True, copy=False, index="trigram")
    ticket_id = fields.Many2one("aftersales.ticket", required=True, ondelete="restrict", index=True)
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(related="ticket_id.partner_id", string="Customer", store=True, index=True)
    commercial_partner_id = fields.Many2one(
        "res.partner", "Commercial entity", compute="_compute_commercial_partner_id", store=True
    )
    sale_order_id = fields.Many2one(
        "sale.order",
        "Order",
        compute="_compute_sale_order_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        index="btree_not_null",
        help="What the parcel belonged to.",
    )
    picking_id = fields.Many2one(
        "stock.picking",
        "Parcel",
        compute="_compute_picking_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        domain="[('sale_id', '=', sale_order_id), ('state', '=', 'done')]",
        help="The delivery in which something was missing or wrong.",
    )
    state = fields.Selection(
        [
            ("draft", "To be judged"),
            ("proposed", "To be approved"),
            ("approved", "To be shipped"),
            ("shipped", "Shipped"),
            ("done", "Done"),
            ("refused", "Refused"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        copy=False,
        default=reshipment_flow.DRAFT,
    )
    line_ids = fields.One2many("aftersales.reshipment.line", "reshipment_id", "To be sent again")
    user_id = fields.Many2one(
        "res.users", "Handled by", default=lambda self: self.env.user, domain="[('share', '=', False)]"
    )

    # What was found
    complaint = fields.Selection(
        [("missing", "Something is missing"), ("wrong", "Wrong article")], required=True, default="missing"
    )
    photo_ids = fields.Many2many(
        "ir.attachment",
        "aftersales_reshipment_photo_rel",
        string="Customer's photos",
        copy=False,
        help="Of the wrong article, best with the number of the waybill on it: that proves the order.",
    )
    waybill_on_photo = fields.Boolean("Waybill number on the photo", copy=False)
    photo_proves = fields.Selection(YES_NO, "Photo shows a wrong article", copy=False)
    detail_fits = fields.Selection(
        YES_NO, "Detail list is right", copy=False, help="The shipment detail list holds all that was sold."
    )
    weight_expected = fields.Float(
        "Weight it should have",
        digits="Stock Weight",
        compute="_compute_weights",
        store=True,
        readonly=False,
        help="Goods and packaging.",
    )
    weight_measured = fields.Float(
        "Weight it had",
        digits="Stock Weight",
        compute="_compute_weights",
        store=True,
        readonly=False,
        copy=False,
        help="As the carrier or the warehouse weighed it. 0: nobody knows.",
    )
    weight_uom_name = fields.Char("Unit of weight", compute="_compute_weight_uom_name")
    weight_fits = fields.Selection(
        YES_NO, "Weight is right", copy=False, help="Your judgment, where the weights are not known."
    )
    is_damaged = fields.Selection(YES_NO, "Parcel was damaged", copy=False)

    # What was decided
    outcome = fields.Selection(
        [
            ("ask", "Something has to be looked at first"),
            ("reship", "Sent again at our cost"),
            ("goodwill", "Sent again as an exception"),
            ("refuse", "Not sent again"),
        ],
        "Judgment",
        readonly=True,
        copy=False,
    )
    is_exception = fields.Boolean("Exception", readonly=True, copy=False)
    proposed_by_id = fields.Many2one("res.users", "Proposed by", readonly=True, copy=False)
    approved_at = fields.Datetime("Approved on", readonly=True, copy=False)
    shipped_at = fields.Datetime("Shipped on", readonly=True, copy=False)
    closed_at = fields.Datetime("Closed on", readonly=True, copy=False)
    delivery_ids = fields.One2many("stock.picking", "aftersales_reshipment_id", "Deliveries", readonly=True)
    needs_delivery = fields.Boolean("Delivery is missing", compute="_compute_needs_delivery")

    # Where it goes
    recipient = fields.Char(compute="_compute_address", store=True, readonly=False)
    phone = fields.Char("Telephone", compute="_compute_address", store=True, readonly=False)
    country_id = fields.Many2one("res.country", compute="_compute_address", store=True, readonly=False)
    state_id = fields.Many2one(
        "res.country.state",
        "Province",
        compute="_compute_address",
        store=True,
        readonly=False,
        domain="[('country_id', '=?', country_id)]",
    )
    city = fields.Char(compute="_compute_address", store=True, readonly=False)
    district = fields.Char("District, county", compute="_compute_address", store=True, readonly=False)
    street = fields.Char("Street, house", compute="_compute_address", store=True, readonly=False)
    zip = fields.Char("Postal code", compute="_compute_address", store=True, readonly=False)

    # What the customer is told
    summary = fields.Text(
        "What happened", help="In the closing message: what went wrong and what was done. Needed to close."
    )
    told_at = fields.Datetime("Customer told on", readonly=True, copy=False)
    substitute_ids = fields.Many2many(
        "product.product",
        "aftersales_reshipment_substitute_rel",
        string="Similar goods",
        help="Named to the customer when a discount is offered because the goods are out of stock.",
    )
    coupon_id = fields.Many2one("loyalty.card", "Discount code", readonly=True, copy=False)
    coupon_code = fields.Char("Code", related="coupon_id.code", related_sudo=True)
    listed_on = fields.Date("On the list of", readonly=True, copy=False, help="End of that month.")
    headline = fields.Char(compute="_compute_headline", help="What is next, and why.")

    _name_uniq = models.UniqueIndex("(company_id, name)", "That number of a re-shipment is taken.")
    _exception_idx = models.Index("(commercial_partner_id) WHERE is_exception")
    _list_idx = models.Index("(company_id, shipped_at) WHERE listed_on IS NULL AND shipped_at IS NOT NULL")

    # === COMPUTE METHODS === #

    @api.depends("partner_id")
    def _compute_commercial_partner_id(self):
        for row in self:
            row.commercial_partner_id = row.partner_id.commercial_partner_id

    @api.depends("ticket_id")
    def _compute_sale_order_id(self):
        for row in self:
            sold = row.ticket_id.sudo().sale_line_id  # sudo: which sale the goods came with
            row.sale_order_id = row.sale_order_id or sold.order_id.sudo(False)

    @api.depends("sale_order_id")
    def _compute_picking_id(self):
        for row in self:
            sent = row.sale_order_id.sudo().picking_ids.filtered(  # sudo: the parcel of the order
                lambda picking: picking.state == "done" and picking.location_dest_id.usage == "customer"
            )
            if row.picking_id not in sent.sudo(False):
                row.picking_id = sent.sorted("date_done")[-1:].sudo(False)

    def _compute_weight_uom_name(self):
        self.weight_uom_name = self.env["product.template"]._get_weight_uom_name_from_ir_config_parameter()

    @api.depends("picking_id")
    def _compute_weights(self):
        """COMP-10: packaging included. A parcel weighs what was entered for it, not what Odoo adds up."""
        for row in self:
            parcel = row.picking_id.sudo()  # sudo: weights of the parcel, without stock rights
            packaging = sum(parcel.move_line_ids.result_package_id.package_type_id.mapped("base_weight"))
            packaging = packaging or row.company_id.sudo().aftersales_reship_packaging  # sudo: a setting
            row.weight_expected = parcel.weight + packaging if parcel.weight else 0
            weighed = parcel.shipping_weight
            row.weight_measured = weighed if abs(weighed - parcel.weight_bulk) > 0.0005 else 0

    @api.depends("ticket_id", "sale_order_id")
    def _compute_address(self):
        for row in self:
            # sudo: the address of the delivery, as the order has it
            partner = row.sale_order_id.sudo().partner_shipping_id or row.ticket_id.sudo().partner_id
            row.recipient = partner.name or partner.parent_id.name
            row.phone = partner.phone or partner.commercial_partner_id.phone
            row.country_id = partner.country_id or row.company_id.sudo().country_id  # sudo: as above
            row.state_id = partner.state_id
            row.city, row.district = partner.city, partner.street2
            row.street, row.zip = partner.street, partner.zip

    @api.depends("state", "delivery_ids.state")
    def _compute_needs_delivery(self):
        for row in self:
            coming = row.sudo()._open_deliveries()  # sudo: whether there is one
            row.needs_delivery = row.state == reshipment_flow.APPROVED and not coming

    @api.depends("state", "outcome", "complaint", "waybill_on_photo", "photo_ids", "needs_delivery")
    @api.depends_context("lang")
    def _compute_headline(self):
        for row in self:
            parts = [row._next_step()]
            if row.complaint == "wrong" and row.photo_ids and not row.waybill_on_photo:
                parts.append(self.env._("better with the number of the waybill on the photo"))
            row.headline = " · ".join(parts)

    def _next_step(self):
        if self.state == reshipment_flow.DRAFT:
            return self._first_step()
        if self.needs_delivery:
            return self.env._("Prepare a new delivery: %s has not left", self._unsent_text())
        return {
            "proposed": self.env._("A supervisor decides on the exception"),
            "approved": self.env._("The warehouse ships at our cost"),
            "shipped": self.env._("Write what happened and close: the customer gets a message"),
            "done": self.env._("The customer has been told"),
            "refused": self.env._("Not sent again; see 'Why?' for what would change it"),
            "cancelled": self.env._("Cancelled"),
        }[self.state]

    def _first_step(self):
        asked = {
            "reship": self.env._("Send again: our cost"),
            "goodwill": self.env._("Propose as an exception: our cost, a supervisor approves"),
            "refuse": self.env._("Refuse: list and weight are right, and no exception is possible"),
        }
        return asked.get(self.outcome) or self._open_question() or self.env._("Enter what was found")

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        self.env["ir.attachment"]._aftersales_adopt(rows, "photo_ids")
        rows._rejudge()
        return rows

    def write(self, vals):
        if self._is_policy_write():
            return super().write(vals)
        self._refuse_fixed(vals)
        result = super().write(vals)
        if "photo_ids" in vals:
            self.env["ir.attachment"]._aftersales_adopt(self, "photo_ids")
        if FACTS.intersection(vals):
            self._rejudge()
        return result

    def _refuse_fixed(self, vals):
        fixed = self.filtered(
            lambda row: (
                (FACTS.intersection(vals) and row.state != reshipment_flow.DRAFT)
                or (ADDRESS.intersection(vals) and row.state not in OPEN[:2])
            )
        )
        if fixed:
            raise UserError(
                self.env._(
                    "%s has been decided: what was found and where it goes stay. Cancel it and enter a new "
                    "one.",
                    ", ".join(fixed.mapped("name")),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        kept = self.filtered(lambda row: row.state != reshipment_flow.DRAFT)
        if kept:
            raise UserError(
                self.env._("%s is on the log and is kept. Cancel it instead.", ", ".join(kept.mapped("name")))
            )

    # === ACTIONS === #

    def action_accept(self):
        return self._fire("accept")

    def action_propose(self):
        return self._fire("propose")

    def action_approve(self):
        return self._fire("approve")

    def action_refuse(self):
        return self._fire("refuse")

    def action_revise(self):
        return self._fire("revise")

    def action_withdraw(self):
        return self._fire("withdraw")

    def action_close(self):
        return self._fire("close")

    def action_open_ticket(self):
        self.ensure_one()
        return self._open(self.ticket_id)

    def action_open_deliveries(self):
        self.ensure_one()
        if len(self.delivery_ids) == 1:
            return self._open(self.delivery_ids)
        action = self.env["ir.actions.act_window"]._for_xml_id("stock.action_picking_tree_all")
        return {**action, "domain": [("aftersales_reshipment_id", "=", self.id)], "context": {}}

    def _own_requests(self):
        """Nobody approves an exception they have proposed."""
        return self.filtered(lambda row: row.proposed_by_id == self.env.user)

    # === WHAT AN EVENT CHECKS AND ADDS === #

    def _check_accept(self):
        self._check_outcome(reshipment.RESHIP)
        self._check_complete()

    def _check_propose(self):
        self._check_outcome(reshipment.GOODWILL)
        self._check_complete()

    def _check_approve(self):
        """COMP-11: two at the same moment are decided one after the other."""
        self._decide_in_turn(self.commercial_partner_id)
        self._check_outcome(reshipment.GOODWILL)
        self._check_complete()

    def _check_complete(self):
        """COMP-14: goods, and an address that a courier can work with."""
        for row in self:
            if not row.line_ids:
                raise UserError(self.env._("%s: enter what is to be sent again.", row.name))
            missing = row._missing_parts()
            if missing:
                raise UserError(
                    self.env._(
                        "%(row)s: the address lacks: %(parts)s. Ask the customer and complete it.",
                        row=row.name,
                        parts=", ".join(missing),
                    )
                )

    def _missing_parts(self):
        """Labels of what the slip still lacks; districts are asked for where addresses have them."""
        address = {"province": self.state_id.name}
        address |= {part: self[part] for part in reshipment.ADDRESS if part != "province"}
        country = self.country_id
        parts = reshipment.missing_parts(
            address,
            has_provinces=not country or bool(country.state_ids),
            has_districts=not country or country.code == "CN",
        )
        names = [{"province": "state_id"}.get(part, part) for part in parts]
        return [self._fields[name]._description_string(self.env) for name in names]

    def _on_propose(self):
        self._write_policy({"is_exception": True, "proposed_by_id": self.env.uid})

    def _on_revise(self):
        self._write_policy({"is_exception": False, "proposed_by_id": False})
        self._rejudge()

    def _on_accept(self):
        self._create_deliveries()

    def _on_approve(self):
        self._create_deliveries()

    def _check_close(self):
        """COMP-15: the message needs its words."""
        for row in self.filtered(lambda row: not (row.summary or "").strip()):
            raise UserError(
                self.env._("%s: write what happened and what was done; the customer gets it.", row.name)
            )
