import babel.dates

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import babel_locale_parse, get_lang

from odoo.addons.aftersales_service.models.whole_rows import WholeRows
from odoo.addons.aftersales_service.policy import lifecycle

from ..policy import eligibility, rma_flow, scan
from .aftersales_freight_rule import (
    BEARERS,
    DELIVERIES,
    OUTBOUND_TERMS,
    REFUSALS,
    RESOLUTIONS,
    UNDELIVERABLE,
    YES_NO,
)
from .aftersales_return_reason import FAULT_PARTIES
from .stock_picking import SIGNED_WORDS

STATES = [
    ("draft", "Draft"),
    ("requested", "Requested"),
    ("refused", "Refused"),
    ("disputed", "Disputed"),
    ("approved", "Waiting for the goods"),
    ("in_transit", "On the way back"),
    ("received", "Received"),
    ("inspected", "Inspected"),
    ("to_refund", "To refund"),
    ("to_ship", "To ship"),
    ("done", "Done"),
    ("rejected", "Goods turned down"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
]
ELIGIBILITY = [
    (eligibility.REFUND_ONLY, "Refund without goods"),
    (eligibility.WITH_REASON, "Return for a fault"),
    (eligibility.NO_REASON, "Return without a reason"),
    (eligibility.WARRANTY, "Warranty only"),
    (eligibility.NOT_ELIGIBLE, "No right to return"),
]

#: facts of the freight verdict; a change judges again
FREIGHT_FACTS = {
    "agreed_outbound",
    "agreed_reship",
    "agreed_return",
    "agreed_storage",
    "carrier_id",
    "carrier_name",
    "collect_consent",
    "delivery_result",
    "fault_party",
    "goods_wanted",
    "is_freight_agreed",
    "is_remote",
    "outbound_freight",
    "outbound_prepaid_by",
    "outbound_term",
    "reason_id",
    "refusal",
    "reimburse_as",
    "reship_freight",
    "resolution",
    "retrieval_late",
    "return_consent",
    "return_freight",
    "return_place",
    "return_prepaid_by",
    "return_term",
    "right_blocked",
    "same_mode_freight",
    "storage_fee",
    "undeliverable",
}
#: states in which it does; later the money follows what was decided
JUDGED_AGAIN = ("requested", "refused", "disputed", "approved", "in_transit", "received", "inspected")


class AftersalesRma(models.Model):
    """A return authorization (退换货授权): goods a customer wants to give back.

    Facts are here; what they mean is judged in aftersales_rma_verdicts.py, what the events do stands in
    aftersales_rma_events.py, and goods move in aftersales_rma_goods.py.
    """

    _name = "aftersales.rma"
    _description = "Return"
    _inherit = [
        "aftersales.once.mixin",
        "aftersales.deadline.mixin",
        "aftersales.verdict.mixin",
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _rec_names_search = ["name", "partner_id", "sale_order_id", "tracking_ref"]
    _check_company_auto = True
    _mail_post_access = "read"
    _flow = rma_flow.FLOW
    _policy_fields = (
        "name",
        "currency_id",
        "policy_id",
        "eligibility",
        "return_borne_by",
        "parcel_refusals",
        "decision_reason",
    )

    name = fields.Char("Number", readonly=True, copy=False, index="trigram")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True)
    ticket_id = fields.Many2one("aftersales.ticket", index="btree_not_null", check_company=True, copy=False)
    sale_order_id = fields.Many2one(
        "sale.order",
        "Sales order",
        index="btree_not_null",
        check_company=True,
        domain="[('partner_id', 'child_of', partner_id), ('state', '=', 'sale')]",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id", store=True, precompute=True)
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        compute="_compute_warehouse_id",
        store=True,
        precompute=True,
        readonly=False,
        check_company=True,
        help="Where the goods are received.",
    )
    policy_id = fields.Many2one(
        "aftersales.return.policy",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The version that was in force when the customer asked.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Handled by",
        index=True,
        domain="[('share', '=', False)]",
        default=lambda self: self._default_user(),
        copy=False,
    )
    state = fields.Selection(
        STATES,
        required=True,
        readonly=True,
        copy=False,
        default=rma_flow.DRAFT,
        group_expand="_expand_states",
    )

    # What the customer wants and why
    resolution = fields.Selection(RESOLUTIONS, "Wanted", required=True, default="return_refund")
    reason_id = fields.Many2one("aftersales.return.reason", index="btree_not_null", ondelete="restrict")
    reason_kind = fields.Selection(related="reason_id.kind", store=True, precompute=True)  # for every scan
    description = fields.Text("In the customer's words")
    fault_party = fields.Selection(
        FAULT_PARTIES,
        "At fault",
        compute="_compute_fault_party",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    pictures_received = fields.Boolean(
        "Pictures received", help="Pictures of the fault have come in (quality).", copy=False
    )
    policy_read = fields.Boolean("Has read the policy", copy=False)
    right_blocked = fields.Boolean(
        "Right made useless", help="A fault of the seller kept the customer from returning in time."
    )
    said_tried_on = fields.Selection(YES_NO, "Tried on", copy=False)
    said_unused = fields.Selection(YES_NO, "Unused", copy=False)
    said_altered = fields.Selection(YES_NO, "Altered", copy=False)
    said_packaging = fields.Selection(YES_NO, "Packaging intact", copy=False)
    said_accessories = fields.Selection(YES_NO, "Accessories complete", copy=False)
    eligibility = fields.Selection(ELIGIBILITY, "Right to return", readonly=True, copy=False)
    line_ids = WholeRows("aftersales.rma.line", "rma_id", "Goods", copy=True)

    # How it was delivered
    delivery_result = fields.Selection(
        DELIVERIES,
        "Delivery",
        compute="_compute_delivery_result",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    signed_date = fields.Date("Signed for on", help="Day on the courier's slip.")
    signed_word = fields.Selection(
        SIGNED_WORDS,
        "According to",
        readonly=True,
        copy=False,
        help="Whose word the day of signing is. The carrier's is recorded on the delivery.",
    )
    confirmed_at = fields.Datetime("Receipt confirmed on", help="When the customer confirmed the receipt.")
    refusal = fields.Selection(REFUSALS, "Refused because")
    undeliverable = fields.Selection(UNDELIVERABLE, "Undeliverable because")
    outbound_term = fields.Selection(
        OUTBOUND_TERMS,
        "Outbound term",
        compute="_compute_delivery",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    collect_consent = fields.Selection(YES_NO, "Customer agreed to freight-collect")
    retrieval_late = fields.Boolean("Fetched late", help="The seller left a refused parcel with the carrier.")
    is_remote = fields.Boolean("Remote area")

    # How it comes back
    carrier_id = fields.Many2one("delivery.carrier", "Shipping method back", copy=False, check_company=True)
    carrier_name = fields.Char(
        "Courier", copy=False, help="Where the courier is none of the shipping methods."
    )
    tracking_ref = fields.Char("Tracking number", copy=False, index="trigram")
    return_place = fields.Selection(
        [("missing", "Missing"), ("wrong", "Wrong")],
        "Return address",
        copy=False,
        help="The seller gave the customer none in time, or a wrong one.",
    )
    return_term = fields.Selection(
        [("prepaid", "Prepaid"), ("collect", "Freight-collect")],
        "Return term",
        required=True,
        default="prepaid",
        copy=False,
    )
    return_consent = fields.Selection(YES_NO, "We agreed to freight-collect", copy=False)
    parcel_refusals = fields.Integer(
        "Parcels refused",
        readonly=True,
        copy=False,
        help="How often we refused the parcel without a valid reason.",
    )
    parcel_refusal = fields.Selection(
        [
            ("unjustified", "No valid reason"),
            ("collect", "Freight-collect without consent"),
            ("other", "Another valid reason"),
        ],
        "Parcel refused because",
        copy=False,
    )
    goods_wanted = fields.Boolean("Goods wanted after all", copy=False)

    # Freight
    is_freight_agreed = fields.Boolean("Freight was agreed")
    agreed_outbound = fields.Selection(BEARERS, "Agreed outbound")
    agreed_return = fields.Selection(BEARERS, "Agreed way back")
    agreed_reship = fields.Selection(BEARERS, "Agreed sending again")
    agreed_storage = fields.Selection(BEARERS, "Agreed storage")
    outbound_freight = fields.Monetary(
        "Outbound freight",
        compute="_compute_delivery",
        store=True,
        precompute=True,
        readonly=False,
        help="Delivery fee of the order, tax included.",
    )
    return_freight = fields.Monetary(
        "Return freight", copy=False, help="As on the customer's receipt, tax included."
    )
    reship_freight = fields.Monetary("Freight of sending again", copy=False)
    storage_fee = fields.Monetary(
        "Storage and other fees",
        copy=False,
        help="Safekeeping and whatever the carrier charges besides freight.",
    )
    same_mode_freight = fields.Monetary(
        "Freight of our own mode",
        copy=False,
        help="Freight of the way back in our own shipping mode; 0: the outbound freight is the measure.",
    )
    outbound_prepaid_by = fields.Selection(
        [("seller", "Seller"), ("customer", "Customer")],
        "Outbound prepaid by",
        compute="_compute_delivery",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    return_prepaid_by = fields.Selection(
        [("seller", "Seller"), ("customer", "Customer")],
        "Return prepaid by",
        required=True,
        default="customer",
    )
    reimburse_as = fields.Selection(
        [("reimburse", "With the refund"), ("balance", "To the account balance"), ("cash_out", "Paid out")],
        "Prepaid freight back",
        required=True,
        default="reimburse",
    )
    freight_ids = WholeRows("aftersales.freight.charge", "rma_id", readonly=True)
    return_borne_by = fields.Selection(
        [*BEARERS, ("shared", "Shared")], "Return freight borne by", readonly=True, copy=False
    )

    # When
    requested_at = fields.Datetime("Requested on", readonly=True, copy=False)
    approved_at = fields.Datetime("Approved on", readonly=True, copy=False)
    refused_at = fields.Datetime("Refused on", readonly=True, copy=False)
    shipped_at = fields.Datetime("Sent back on", readonly=True, copy=False)
    received_at = fields.Datetime("Received on", readonly=True, copy=False)
    inspected_at = fields.Datetime("Inspected on", readonly=True, copy=False)
    refund_confirmed_at = fields.Datetime("Refund confirmed on", readonly=True, copy=False)
    done_at = fields.Datetime("Done on", readonly=True, copy=False)
    closed_at = fields.Datetime("Closed on", readonly=True, copy=False)

    # What belongs to it
    picking_ids = WholeRows("stock.picking", "aftersales_rma_id", "Transfers", readonly=True)
    picking_count = fields.Integer("Number of transfers", compute="_compute_picking_count")
    inspection_ids = WholeRows("aftersales.inspection", "rma_id", "Inspections")
    headline = fields.Char(compute="_compute_headline", help="What is next, by when, who pays.")
    next_step = fields.Char("What is next", compute="_compute_headline")
    is_turned_down = fields.Boolean("Nothing accepted", compute="_compute_what_there_is")
    has_received = fields.Boolean("Something received", compute="_compute_what_there_is")
    has_gift = fields.Boolean("With a gift", compute="_compute_what_there_is")

    _name_uniq = models.UniqueIndex("(company_id, name)", "That number of a return is taken.")
    # one parcel, one return, as long as it is on its way or being looked at
    _tracking_uniq = models.UniqueIndex(
        "(company_id, tracking_ref) WHERE tracking_ref IS NOT NULL "
        "AND state IN ('in_transit', 'received', 'inspected')",
        "That tracking number is on another return already.",
    )
    # queues: to authorize, to receive, to inspect, the most urgent first
    _queue_idx = models.Index(
        "(state, next_due_at) WHERE state IN ('requested', 'disputed', 'in_transit', 'received', "
        "'inspected', 'to_ship')"
    )
    _freight_positive = models.Constraint(
        "CHECK (COALESCE(outbound_freight, 0) >= 0 AND COALESCE(return_freight, 0) >= 0 "
        "AND COALESCE(reship_freight, 0) >= 0 AND COALESCE(storage_fee, 0) >= 0 "
        "AND COALESCE(same_mode_freight, 0) >= 0)",
        "Freight is not negative.",
    )

    @api.model
    def _expand_states(self, states, domain):
        """Columns of the board: the usual way always, what is rare or over only where something is there."""
        shown = {*rma_flow.USUAL, *states}
        return [state for state, _label in STATES if state in shown]

    # === COMPUTE METHODS === #

    def _default_user(self):
        """Whoever makes the return handles it, if that is a person of customer service."""
        user = self.env.user
        return user if user.active and user.has_group("aftersales_service.group_agent") else False

    @api.depends("name")
    def _compute_display_name(self):
        for rma in self:
            rma.display_name = rma.name or self.env._("New return")

    def _compute_access_url(self):
        for rma in self:
            rma.access_url = f"/my/returns/{rma.id}"

    @api.depends("sale_order_id", "company_id")
    def _compute_currency_id(self):
        for rma in self:
            # sudo: currency and warehouse of the sale, for customer service without sales rights
            order = rma.sale_order_id.sudo()
            rma.currency_id = order.currency_id or rma.company_id.currency_id

    @api.depends("sale_order_id", "company_id")
    def _compute_warehouse_id(self):
        fallback = {}
        for rma in self:
            order = rma.sale_order_id.sudo()  # sudo: see _compute_currency_id
            own = order.warehouse_id.filtered("active")  # one that was given up takes nothing in
            if not own and rma.company_id not in fallback:
                fallback[rma.company_id] = (
                    self.env["stock.warehouse"]
                    .sudo()
                    .search(  # sudo: as above
                        [("company_id", "=", rma.company_id.id)], limit=1
                    )
                )
            rma.warehouse_id = own or fallback.get(rma.company_id)

    @api.depends("reason_id")
    def _compute_fault_party(self):
        for rma in self:
            rma.fault_party = rma.reason_id.fault_party or rma.fault_party or "undetermined"

    @api.depends("sale_order_id")
    def _compute_delivery(self):
        """What the sale says about the outbound freight; whoever handles the return may know better."""
        for rma in self:
            order = rma.sale_order_id.sudo()  # sudo: see _compute_currency_id
            fee = sum(order.order_line.filtered("is_delivery").mapped("price_total"))
            sent = order._aftersales_parcels()
            rma.outbound_freight = max(fee, 0) or sum(sent.mapped("carrier_price"))
            rma.outbound_prepaid_by = "customer" if fee > 0 else "seller"
            rma.outbound_term = "free_shipping" if order.carrier_id and fee <= 0 else "prepaid"

    @api.depends("picking_ids")
    def _compute_picking_count(self):
        counts = dict(
            self.env["stock.picking"]
            .sudo()
            ._read_group(  # sudo: a number; the list behind it checks access
                [("aftersales_rma_id", "in", self.ids)], ["aftersales_rma_id"], ["__count"]
            )
        )
        for rma in self:
            rma.picking_count = counts.get(rma._origin, 0)

    @api.depends(
        "inspected_at", "received_at", "line_ids.received_qty", "line_ids.accepted_qty", "line_ids.is_gift"
    )
    def _compute_what_there_is(self):
        """Which buttons and columns make sense."""
        for rma in self:
            rma.is_turned_down = rma._is_turned_down()
            rma.has_received = bool(rma.received_at) or any(line.received_qty for line in rma.line_ids)
            rma.has_gift = any(line.is_gift for line in rma.line_ids)

    @api.depends(
        "state",
        "next_due_at",
        "return_borne_by",
        "resolution",
        "return_place",
        "delivery_result",
        "is_turned_down",
        "sale_order_id.state",
    )
    @api.depends_context("lang", "tz")
    def _compute_headline(self):
        bearers = dict(self._fields["return_borne_by"]._description_selection(self.env))
        for rma in self:
            rma.next_step = rma._next_step()
            parts = [rma.next_step, rma._next_due_text(), rma._payer_text(bearers)]
            rma.headline = " · ".join(filter(None, parts))

    def _next_step(self):
        """What has to happen next, as a sentence part."""
        return (
            self._special_step()
            or {
                "draft": self.env._("Complete the request and submit it"),
                "requested": self.env._("Decide whether the goods may come back"),
                "refused": self.env._("The customer changes the request or disputes the decision"),
                "disputed": self.env._("A supervisor decides the dispute"),
                "approved": self.env._("The customer sends the goods and tells the tracking number"),
                "in_transit": self.env._("The warehouse receives the parcel"),
                "received": self.env._("The warehouse inspects the goods"),
                "inspected": self.env._("Settle with the customer: refund, shipment or return of the goods"),
                "to_refund": self.env._("Customer service confirms the refund, finance approves and pays it"),
                "to_ship": self.env._("Send the goods to the customer"),
                "rejected": self.env._("Tell the customer and send the goods back"),
                "done": self.env._("Done on %s", self._day(self.done_at)),
                "closed": self.env._("Closed on %s", self._day(self.closed_at)),
                "cancelled": self.env._("Cancelled on %s", self._day(self.closed_at)),
            }[self.state]
        )

    def _special_step(self):
        """The next step where the goods do not go the usual way, or None."""
        if self.state == "requested" and self.resolution == "refund_only":
            return self.env._("Decide whether the customer is refunded without goods")
        if self.state == "in_transit" and self.delivery_result in ("refused", "unsigned"):
            return self.env._("The refused parcel comes back to the warehouse")
        # sudo: whether the sale still stands, for whoever reads the return
        if self.state == "in_transit" and self.sale_order_id.sudo().state == "cancel":
            return self.env._("The warehouse receives the parcel, though the order is cancelled")
        if self.state == "approved" and self.return_place and self.resolution != "refund_only":
            return self.env._("Give the customer the right return address")
        if self.state == "inspected" and self._is_turned_down():
            return self.env._("Nothing was accepted: turn the goods down")
        return None

    def _day(self, at):
        """The day of ``at`` (naive UTC) in the reader's language and time zone."""
        if not at:
            return "-"
        locale = babel_locale_parse(get_lang(self.env).code)
        day = fields.Datetime.context_timestamp(self, at).date()
        return babel.dates.format_skeleton("yMMMd", day, locale=locale)

    def _next_due(self):
        """By when (naive UTC) the step has to be done, or nothing; a dispute or a refund has its own day."""
        return self.next_due_at

    def _next_due_text(self):
        due = self._next_due()
        return self.env._("by %s", self._moment(due)) if due else ""

    def _payer_text(self, bearers):
        is_over = self.state in ("done", "closed", "cancelled")
        if not self.return_borne_by or is_over or self._needs_no_way_back():
            return ""
        return self.env._("return freight: %s", bearers[self.return_borne_by])

    def _needs_no_way_back(self):
        """A refund without goods, unless a parcel is on its way back to us."""
        return self.resolution == "refund_only" and not self.shipped_at

    # === CONSTRAINTS === #

    @api.constrains("line_ids", "sale_order_id", "company_id", "partner_id")
    def _check_one_customer(self):
        """Goods of one customer and one company."""
        for rma in self:
            # sudo: ids compared, of the orders and of their customers
            orders = rma.line_ids.sale_line_id.sudo().order_id | rma.sale_order_id.sudo()
            foreign = orders.filtered(
                lambda order, rma=rma: (
                    order.company_id != rma.company_id
                    or order.partner_id.commercial_partner_id != rma.partner_id.sudo().commercial_partner_id
                )
            )
            if foreign:
                raise ValidationError(
                    self.env._(
                        "%(orders)s belongs to another customer or company than %(rma)s. Make a "
                        "return of its own.",
                        orders=", ".join(foreign.mapped("name")),
                        rma=rma.display_name,
                    )
                )

    @api.constrains("ticket_id", "partner_id")
    def _check_ticket(self):
        for rma in self:
            # sudo: whose ticket it is, whoever handles the return
            ticket = rma.ticket_id.sudo()
            if rma.name and not ticket:  # a new one, without a number yet, gets its own in a moment
                raise ValidationError(
                    self.env._("%s needs its ticket. Choose another one instead of none.", rma.name)
                )
            customers = (ticket.partner_id | rma.partner_id.sudo()).commercial_partner_id
            if len(customers) > 1:
                raise ValidationError(
                    self.env._(
                        "%(ticket)s is a ticket of another customer than %(rma)s. Choose one of "
                        "%(customer)s, or none for a new return: it gets its own.",
                        ticket=ticket.display_name,
                        rma=rma.display_name,
                        customer=rma.partner_id.display_name,
                    )
                )

    # === CRUD METHODS === #

    def _after_event(self, event, now):
        if event == lifecycle.CREATE:
            self._number()
            self._link_ticket()
            self._add_gifts()
        super()._after_event(event, now)
        if event in ("settle", "ship"):
            self._release_what_did_not_come()

    @api.model
    def load_history(self, vals_list):
        returns = super().load_history(vals_list)
        returns._number()
        return returns

    def _number(self):
        """RMA/YYYY/NNNNN; the year is the company's own."""
        for company, rmas in self.filtered(lambda rma: not rma.name).grouped("company_id").items():
            day = company._aftersales_today()
            numbers = self._draw_from_series("aftersales.rma", company, len(rmas), day)
            rmas._write_policy_each(
                {rma: {"name": number} for rma, number in zip(rmas, numbers, strict=True)}
            )

    def _link_ticket(self):
        """Every return has a ticket; one that came without gets its own, quietly: the return has a log."""
        missing = self.filtered(lambda rma: not rma.ticket_id)
        # sudo: the ticket follows from the return, which was allowed (portal, automation)
        tickets = self.env["aftersales.ticket"].sudo().with_context(mail_create_nolog=True)
        tickets = tickets.create([rma._prepare_ticket_vals() for rma in missing])
        own = zip(missing.sudo(), tickets, strict=True)  # sudo: as above
        self._write_policy_each({rma: {"ticket_id": ticket.id, "leads_ticket": True} for rma, ticket in own})

    def _prepare_ticket_vals(self):
        line = self.line_ids[:1]
        return {
            "service_type": "return",
            "channel": "other",
            "title": self.env._("Return %s", self.name),
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "product_id": line.product_id.id,
            "lot_id": line.lot_id.id,
            "sale_line_id": line.sale_line_id.id,
            "description": self.description,
            "user_id": self.user_id.id,
        }

    def _add_gifts(self):
        """Gifts come back with their goods (RMA-22): what was given free on the order joins the return."""
        rows = [{"rma_id": rma.id, **row} for rma in self.filtered("line_ids") for row in rma._gift_rows()]
        # sudo: the line is the policy's, not the user's
        self.env["aftersales.rma.line"].sudo().create(rows)

    def _gift_rows(self):
        """Values of the lines of gifts that go with the goods and are not in the return yet."""
        taken = self.line_ids.sale_line_id
        orders = taken.sudo().order_id  # sudo: which lines of the order were gifts
        gifts = orders.order_line.filtered(lambda line: line._aftersales_is_gift()) - taken
        left = self._gifts_left(gifts)
        return [{"sale_line_id": gift.id, "quantity": left[gift]} for gift in gifts if left[gift] > 0]

    def _gifts_left(self, gifts):
        """{gift line of an order: how many no other return has asked for yet}, never negative.

        One that was turned down lies with the customer again and counts as his.
        """
        # sudo: returns of the same order, whoever made them
        others = (
            self.env["aftersales.rma.line"]
            .sudo()
            .search(
                [
                    ("sale_line_id", "in", gifts.ids),
                    ("rma_id", "not in", self._origin.ids),
                    ("rma_id.state", "in", rma_flow.HOLDING),
                    ("disposition", "!=", "return_to_customer"),
                ]
            )
        )
        named = {gift: sum(rows.mapped("quantity")) for gift, rows in others.grouped("sale_line_id").items()}
        return {gift: max(0.0, gift._aftersales_sent() - named.get(gift, 0.0)) for gift in gifts}

    def _drop_gifts_given_back(self):
        """A gift that another return has asked for meanwhile is not asked for twice."""
        for rma in self:
            rows = rma.line_ids.filtered(lambda line: line.is_gift and line.sale_line_id).sudo()
            left = rma._gifts_left(rows.sale_line_id)  # sudo (rows): the line is the policy's, not the user's
            for row in rows:
                if not left[row.sale_line_id]:
                    row.unlink()
                elif row.quantity > left[row.sale_line_id]:
                    row.quantity = left[row.sale_line_id]

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._with_clean_number(vals) for vals in vals_list])

    @api.model
    def _with_clean_number(self, vals):
        """Tracking numbers are kept as scanners read them, so that one number is written in one way."""
        if "tracking_ref" not in vals:
            return vals
        return {**vals, "tracking_ref": scan.clean(vals["tracking_ref"]) or False}

    def _refuse_settled_fields(self, vals):
        """What was asked for and decided upon stays as it was, also for who writes past the form."""
        if self.env.su:
            return
        self.check_access("write")
        for rma in self:
            closed = rma_flow.closed_fields(rma.state) & set(vals)
            if rma.state == rma_flow.REQUESTED and rma.eligibility == "warranty":
                closed -= {"resolution"}  # RMA-13: money is not to be had, a repair or an exchange is
            if closed:
                raise UserError(
                    self.env._(
                        "%(fields)s of %(rma)s stays as it is: the return is %(state)s.",
                        fields=", ".join(
                            sorted(self._fields[name]._description_string(self.env) for name in closed)
                        ),
                        rma=rma.display_name,
                        state=rma._state_label(),
                    )
                )

    def write(self, vals):
        vals = self._with_clean_number(vals)
        self._refuse_settled_fields(vals)
        if "signed_date" in vals and "signed_word" not in vals:
            vals = {**vals, "signed_word": vals["signed_date"] and "staff"}
        result = super().write(vals)
        if FREIGHT_FACTS.intersection(vals):
            # who pays must not stand there stale: judge again what was judged before and is still open
            judged = self.filtered("return_borne_by")
            judged.filtered(lambda rma: rma.state in JUDGED_AGAIN)._judge_freight()
            judged.filtered("freight_is_open")._judge_freight_of_draft()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        kept = self.filtered(lambda rma: rma.state != "draft")
        if kept:
            raise UserError(
                self.env._(
                    "%s is more than a draft and is kept. Cancel it instead.", ", ".join(kept.mapped("name"))
                )
            )

    def _own_requests(self):
        """Returns of one's own goods; nobody decides on those, however the return was entered, and under
        whichever of one's addresses.
        """
        mine = self.env.user.partner_id
        # sudo: whose address it is, for whoever decides
        return self.filtered(lambda rma: mine in (rma.partner_id, rma.partner_id.sudo().parent_id))

    # === ACTIONS === #

    def action_submit(self):
        return self._fire("submit")

    def action_approve(self):
        return self._fire("approve")

    def action_refuse(self, reason=None):
        return self._fire_with_reason("refuse", reason)

    def action_resubmit(self):
        return self._fire("resubmit")

    def action_dispute(self, reason=None):
        return self._fire_with_reason("dispute", reason)

    def action_uphold(self, reason=None):
        return self._fire_with_reason("uphold", reason)

    def action_dismiss(self, reason=None):
        return self._fire_with_reason("dismiss", reason)

    def action_miss_address(self):
        """The customer has no return address, or a wrong one."""
        return self._fire("miss_address")

    def action_charge_kept(self, reason=None):
        return self._fire_with_reason("charge_kept", reason)

    def action_give_address(self):
        """The customer has the right address now."""
        return self._fire("give_address")

    def action_register_shipment(self, tracking_ref=None, carrier_name=None):
        """The customer has told the tracking number; given here, it is written first."""
        vals = {"tracking_ref": tracking_ref, "carrier_name": carrier_name}
        vals = {name: value for name, value in vals.items() if value}
        if vals:
            self.write(vals)
        return self._fire("register_shipment")

    def action_receive(self):
        """Everything announced has come in. Less than that is received in Inventory."""
        return self._fire_on_read("receive")

    def action_refuse_parcel(self, reason=None, parcel_refusal=None):
        if parcel_refusal and reason:
            self._note_parcel_refusal(parcel_refusal)
        return self._fire_with_reason("refuse_parcel", reason)

    def action_report_missing(self, reason=None):
        return self._fire_with_reason("report_missing", reason)

    def action_complete_inspection(self):
        return self._fire_on_read("complete_inspection")

    def action_pass_to_refund(self):
        return self._fire("pass_to_refund")

    def action_pass_to_shipment(self):
        return self._fire("pass_to_shipment")

    def action_reject(self, reason=None):
        return self._fire_with_reason("reject", reason)

    def action_return_goods(self):
        return self._fire("return_goods")

    def action_ship(self):
        return self._fire_on_read("ship")

    def action_waive_goods(self, reason=None):
        return self._fire_with_reason("waive_goods", reason)

    def action_close(self, reason=None):
        return self._fire_with_reason("close", reason)

    def action_cancel(self, reason=None):
        return self._fire_with_reason("cancel", reason)

    def _fire_on_read(self, event, reason=None):
        """Fire for people who move a return along but may not write into it (warehouse).

        Every other event is fired as what it is: an event of somebody who may write the return.
        """
        if "inspector" not in self._flow.rights[event]:
            self._fire(event, reason=reason)
            return True
        self.check_access("read")
        # sudo: they only read returns; whether the event is theirs is judged for the user
        self.sudo()._fire(event, reason=reason)
        return True

    def _fire_with_reason(self, event, reason):
        """Fire with the reason, or ask for one."""
        if (reason or "").strip():
            return self._fire_on_read(event, reason=reason.strip())
        return {
            "type": "ir.actions.act_window",
            "name": self._event_label(event),
            "res_model": "aftersales.rma.reason",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_rma_ids": self.ids, "default_event": event},
        }

    def action_judge(self):
        """Judge eligibility and freight again with the facts as they stand."""
        self.check_access("write")
        drafts = self.filtered("freight_is_open")  # the right is decided there, the receipt may come late
        (self - drafts)._judge_eligibility()
        (self - drafts)._judge_freight()
        drafts._judge_freight_of_draft()

    def action_open_pickings(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("stock.action_picking_tree_all")
        return {**action, "domain": [("aftersales_rma_id", "=", self.id)], "context": {}}

    def action_open_inspections(self):
        """The checklist of the return; of several lines one is chosen first."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_returns.aftersales_inspection_action"
        )
        if len(self.inspection_ids) == 1:
            return {**action, "views": [(False, "form")], "res_id": self.inspection_ids.id}
        return {**action, "display_name": self.name, "domain": [("rma_id", "=", self.id)]}

    def action_open_ticket(self):
        self.ensure_one()
        return self._open(self.ticket_id)
