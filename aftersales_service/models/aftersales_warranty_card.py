import secrets
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ..policy import coverage, warranty
from .whole_rows import WholeRows

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that looks like something else

STATES = [("active", "Active"), ("suspended", "Suspended"), ("expired", "Expired"), ("void", "Void")]


class AftersalesWarrantyCard(models.Model):
    """The customer's voucher for the warranty of one product or serial number (WARR-08, WARR-09)."""

    _name = "aftersales.warranty.card"
    _description = "Warranty card"
    _inherit = ["mail.thread"]
    _order = "start_date desc, id desc"

    name = fields.Char(
        "Code", required=True, readonly=True, copy=False, default=lambda self: self._random_code()
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one("res.partner", "Holder", index=True)
    product_id = fields.Many2one("product.product", required=True, index=True)
    lot_id = fields.Many2one("stock.lot", "Serial number", index="btree_not_null")
    quantity = fields.Float(default=1.0, digits="Product Unit")
    sale_line_id = fields.Many2one("sale.order.line", "Sold with", index="btree_not_null", copy=False)
    move_line_id = fields.Many2one("stock.move.line", "Delivered with", readonly=True, copy=False)
    plan_id = fields.Many2one("aftersales.warranty.plan", required=True)
    purchase_date = fields.Date("Purchase date")
    delivery_date = fields.Date("Delivery date")
    acceptance_date = fields.Date(
        "Acceptance date", help="A plan that runs from the acceptance begins on this day."
    )
    start_date = fields.Date("First day", compute="_compute_dates", store=True, readonly=False)
    end_date = fields.Date(
        "Last day",
        compute="_compute_dates",
        store=True,
        readonly=False,
        help="Last day of cover without extensions, included.",
    )
    entry_ids = WholeRows("aftersales.warranty.card.entry", "card_id", "Ledger", readonly=True)
    last_day = fields.Date(
        "Covered until", compute="_compute_ledger", store=True, help="Last day with extensions, included."
    )
    ledger_state = fields.Selection(
        [("active", "Active"), ("suspended", "Suspended"), ("void", "Void")],
        "Ledger state",
        compute="_compute_ledger",
        store=True,
        help="What the entries say, whatever the date.",
    )
    state = fields.Selection(STATES, compute="_compute_state", search="_search_state")
    ticket_count = fields.Integer("Ticket count", compute="_compute_ticket_count")

    _name_uniq = models.UniqueIndex("(name)", "That code is taken.")
    # one card for each delivered line and serial, whatever is validated twice
    _delivery_uniq = models.UniqueIndex(
        "(move_line_id, COALESCE(lot_id, 0)) WHERE move_line_id IS NOT NULL",
        "There is a card for that delivery already.",
    )

    # === COMPUTE METHODS === #

    @api.depends("plan_id", "purchase_date", "delivery_date", "acceptance_date")
    def _compute_dates(self):
        for card in self:
            start = warranty.starts_on(
                card.plan_id.start_event or "purchase",
                card.purchase_date or None,
                card.delivery_date or None,
                card.acceptance_date or None,
            )
            card.start_date = start
            card.end_date = start and warranty.end_of_term(start, card.plan_id.months)

    @api.depends("end_date", "entry_ids.kind", "entry_ids.days", "entry_ids.date")
    def _compute_ledger(self):
        for card in self:
            told = card.entry_ids._as_entries()
            card.last_day = card.end_date and warranty.last_day(card.end_date, told)
            card.ledger_state = warranty.state_on(told, date.max, date.max)

    @api.depends("last_day", "ledger_state")
    def _compute_state(self):
        for card in self:
            card.state = card._state_on(card.company_id._aftersales_today())

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.OR(self._state_domain(state) for state in value)

    @api.model
    def _state_domain(self, state):
        expired = Domain("last_day", "<", self.env.company._aftersales_today())
        if state == warranty.VOID:
            return Domain("ledger_state", "=", warranty.VOID)
        if state == warranty.EXPIRED:
            return Domain("ledger_state", "!=", warranty.VOID) & expired
        return Domain("ledger_state", "=", state) & ~expired

    def _compute_ticket_count(self):
        counted = dict(
            self.env["aftersales.ticket"]._read_group(
                [("warranty_card_id", "in", self.ids)], ["warranty_card_id"], ["__count"]
            )
        )
        for card in self:
            card.ticket_count = counted.get(card, 0)

    # === CONSTRAINTS === #

    @api.constrains("start_date", "end_date")
    def _check_dates(self):
        for card in self:
            if card.start_date and card.end_date and card.end_date < card.start_date:
                raise ValidationError(
                    self.env._(
                        "Warranty card %(card)s would end before it begins. Correct its dates.",
                        card=card.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        cards = super().create(vals_list)
        cards._enter(warranty.ISSUE)
        return cards

    @api.model
    def _random_code(self):
        """A code that nobody guesses: 60 bits, in three groups of four."""
        groups = ("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))
        return "W-" + "-".join(groups)

    # === ACTION METHODS === #

    def action_suspend(self, reason=None):
        return self._enter_by_hand(warranty.SUSPEND, reason)

    def action_resume(self, reason=None):
        return self._enter_by_hand(warranty.RESUME, reason)

    def action_void(self, reason=None):
        return self._enter_by_hand(warranty.VOIDED, reason)

    def extend(self, days, reason):
        """Lengthen the term by ``days`` (from 1 on), for a reason that the customer may hear."""
        if int(days) < 1 or not (reason or "").strip():
            raise UserError(self.env._("Extend a warranty by at least one day, and say why."))
        return self._enter_by_hand(warranty.EXTEND, reason, int(days))

    def _enter_by_hand(self, kind, reason, days=0):
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group("aftersales_service.group_supervisor"):
            raise AccessError(self.env._("Only a supervisor may change a warranty by hand."))
        self._enter(kind, reason=reason, days=days)
        return True

    def action_open_tickets(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("aftersales_service.aftersales_ticket_action")
        return {**action, "domain": [("warranty_card_id", "=", self.id)], "context": {}}

    # === BUSINESS METHODS === #

    def _enter(self, kind, reason=None, days=0, move_line=None):
        """Add one entry to each card's ledger, in one create."""
        rows = [
            {
                "card_id": card.id,
                "kind": kind,
                "date": card.company_id._aftersales_today(),
                "days": days,
                "reason": reason,
                "move_line_id": move_line and move_line.id,
            }
            for card in self
        ]
        # sudo: nobody may write the ledger; the caller has checked the right or acts for Stock
        self.env["aftersales.warranty.card.entry"].sudo().create(rows)

    def _state_on(self, day):
        self.ensure_one()
        return warranty.state_on(self.entry_ids._as_entries(), self.last_day or date.max, day)

    def coverage_on(self, date, cause=None):
        """Who bears a fault that is reported on ``date``: covered, charged or undetermined.

        :param date: a date or ``YYYY-MM-DD``
        :param cause: aftersales.cause, its id, or nothing while it is unknown
        """
        self.ensure_one()
        self.check_access("read")
        cause = self.env["aftersales.cause"].browse(cause if isinstance(cause, int) else cause and cause.id)
        day = fields.Date.to_date(date)
        return coverage.judge(self._coverage_facts(day, cause)).outcome

    def _coverage_facts(self, day, cause):
        """Facts of coverage.judge for a fault reported on ``day``; ``self`` is a card."""
        return coverage.Facts(
            reported_on=day,
            starts_on=self.start_date or None,
            ends_on=self.last_day or None,
            card_state=self._state_on(day),
            cause_known=bool(cause),
            cause_covered=cause.is_covered,
        )

    @api.model
    def _cards_of(self, lots, sale_lines):
        """The latest card that is not void, of each lot and of each sale line; one search.

        :return: ({lot: card}, {sale line: card})
        """
        asked = {"lot_id": lots.ids, "sale_line_id": sale_lines.ids}
        about = Domain.OR(Domain(name, "in", ids) for name, ids in asked.items() if ids)
        alive = Domain("ledger_state", "!=", warranty.VOID)
        cards = self.search_fetch(alive & about, order="start_date, id") if lots or sale_lines else self
        return {card.lot_id: card for card in cards}, {card.sale_line_id: card for card in cards}
