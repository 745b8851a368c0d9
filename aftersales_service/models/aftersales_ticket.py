from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..policy import lifecycle, ticket_flow
from .aftersales_customer_mixin import COMMON
from .aftersales_priority_rule import IMPACTS, PRIORITIES, URGENCIES
from .aftersales_ticket_category import SERVICE_TYPES
from .kept_json import KeptJson

CHANNELS = [
    ("phone", "Telephone"),
    ("email", "E-mail"),
    ("web", "Website"),
    ("chat", "Chat"),
    ("app", "App"),
    ("wechat", "WeChat"),
    ("store", "Store"),
    ("visit", "Visit"),
    ("letter", "Letter"),
    ("other", "Other"),
]

STATES = [
    ("new", "New"),
    ("assigned", "Assigned"),
    ("accepted", "Accepted"),
    ("in_progress", "In progress"),
    ("waiting", "Waiting"),
    ("resolved", "Solved"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
]

WAITING_FOR = [
    ("customer", "Customer"),
    ("parts", "Parts"),
    ("supplier", "Supplier"),
    ("approval", "Approval"),
    ("third_party", "Somebody else"),
]

COVERAGES = [
    ("undetermined", "Undetermined"),
    ("covered", "Covered"),
    ("charged", "Charged"),
    ("goodwill", "Goodwill"),
]


class AftersalesTicket(models.Model):
    """A service ticket (服务单): one request of a customer from the first word to the closed file.

    What it is worth, what is promised and who takes it are verdicts (aftersales_ticket_policy.py); mails in
    and out are in aftersales_ticket_mail.py.
    """

    _name = "aftersales.ticket"
    _description = "Service ticket"
    _inherit = [
        "aftersales.deadline.mixin",
        "aftersales.verdict.mixin",
        "aftersales.customer.mixin",
        "portal.mixin",
        "mail.thread.cc",
        "mail.activity.mixin",
    ]
    _order = "priority, next_due_at, id"
    _rec_names_search = ["name", "title", "partner_id", "lot_id", "serial_number"]
    _primary_email = "email"
    _check_company_auto = True
    #: what the customer has told, what was promised to happen and what was done; opinions, costs, verdicts
    #: and the queue are ours
    _customer_fields = COMMON | {
        "title", "contact_name", "channel", "proof_of_purchase", "service_type",
        "product_id", "lot_id", "serial_number", "purchase_date", "description", "environment",
        "tried_solutions", "solution", "solve_by", "coverage",
        "assigned_at", "accepted_at", "started_at", "resolved_at",
        "closed_at", "confirmed_at", "confirmed_how", "customer_comment",
    }  # fmt: skip
    _customer_order = "id desc"

    _flow = ticket_flow.FLOW
    _policy_fields = (
        "name",
        "priority",
        "coverage",
        "sla_targets",
        "acknowledged_at",
        "first_reply_at",
        "diagnosed_at",
        "arrived_at",
        "restored_at",
        "passed_over_ids",
    )

    name = fields.Char("Number", readonly=True, copy=False, index="trigram")
    title = fields.Char("Subject", help="What it is about, in a few words.")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    state = fields.Selection(
        STATES,
        required=True,
        default=ticket_flow.NEW,
        readonly=True,
        copy=False,
        group_expand="_states_in_order",
    )

    # Who asks
    partner_id = fields.Many2one("res.partner", "Customer", index=True)
    contact_name = fields.Char(
        "Contact", compute="_compute_contact_name", store=True, readonly=False, help="Who called or wrote."
    )
    phone = fields.Char(compute="_compute_phone", store=True, readonly=False)
    email = fields.Char(compute="_compute_email", store=True, readonly=False)
    channel = fields.Selection(CHANNELS, required=True, default="phone")
    proof_of_purchase = fields.Char(
        "Proof of purchase", help="Number of the order or the invoice, as the customer told it."
    )

    # What about
    service_type = fields.Selection(SERVICE_TYPES, "Service type", required=True, default="repair")
    category_id = fields.Many2one("aftersales.ticket.category", ondelete="restrict", check_company=True)
    problem_type = fields.Selection(
        [("hardware", "Hardware"), ("software", "Software"), ("operation", "Operation")],
        "Problem type",
        help="First impression, at first contact.",
    )
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
    )
    lot_id = fields.Many2one(
        "stock.lot", "Serial number", index="btree_not_null", domain="[('product_id', '=?', product_id)]"
    )
    serial_number = fields.Char(
        "Serial number as told", help="Kept as it was told, also where no such number is known."
    )
    sale_line_id = fields.Many2one(
        "sale.order.line", "Sold with", index="btree_not_null", domain="[('product_id', '=?', product_id)]"
    )
    sale_order_id = fields.Many2one(related="sale_line_id.order_id", string="Sales order")
    purchase_date = fields.Date(
        "Purchased on",
        compute="_compute_purchase_date",
        store=True,
        readonly=False,
        help="From the sale, or as proved.",
    )
    warranty_card_id = fields.Many2one(
        "aftersales.warranty.card",
        "Warranty card",
        compute="_compute_warranty_card_id",
        store=True,
        readonly=False,
        index="btree_not_null",
    )
    description = fields.Text("Problem", help="Symptom, since when, in which use.")
    environment = fields.Char(help="Where it happens: system version, place, operating conditions.")
    tried_solutions = fields.Text("Tried already", help="What the customer has tried already.")
    preliminary_judgement = fields.Text(
        "First opinion", copy=False, help="The agent's first opinion of the cause."
    )
    cause_id = fields.Many2one(
        "aftersales.cause",
        ondelete="restrict",
        check_company=True,
        copy=False,
        help="The cause that was found.",
    )
    solution = fields.Text(copy=False, help="What was done.")
    parent_id = fields.Many2one("aftersales.ticket", "Follows on", index="btree_not_null", copy=False)
    is_repeat = fields.Boolean(
        "Repeat repair",
        compute="_compute_is_repeat",
        store=True,
        help="The same serial number with the same cause or category was repaired before.",
    )

    # What it is worth
    urgency = fields.Selection(URGENCIES, required=True, default="normal")
    impact = fields.Selection(IMPACTS, required=True, default="individual")
    priority = fields.Selection(PRIORITIES, required=True, default="p2", readonly=True, copy=False)
    coverage = fields.Selection(COVERAGES, required=True, default="undetermined", readonly=True, copy=False)
    agreement_id = fields.Many2one("aftersales.agreement", index="btree_not_null", check_company=True)
    sla_targets = KeptJson(
        "SLA targets",
        readonly=True,
        copy=False,
        help="What is promised: {target: line, amount, unit, hours}.",
    )

    # Who works on it
    team_id = fields.Many2one("aftersales.team", index=True, check_company=True, ondelete="restrict")
    user_id = fields.Many2one(
        "res.users", "Assignee", index=True, domain="[('share', '=', False)]", copy=False
    )
    passed_over_ids = fields.Many2many(
        "res.users", string="Passed over", readonly=True, copy=False, help="Have declined it or let it lie."
    )
    waiting_for = fields.Selection(
        WAITING_FOR,
        "Waiting for",
        default="customer",
        copy=False,
        help="Why the clock stands still while the ticket waits.",
    )

    # When
    acknowledged_at = fields.Datetime("Acknowledged", readonly=True, copy=False)
    assigned_at = fields.Datetime("Assigned", readonly=True, copy=False)
    accepted_at = fields.Datetime("Accepted", readonly=True, copy=False)
    started_at = fields.Datetime("Begun", readonly=True, copy=False)
    first_reply_at = fields.Datetime("First reply", readonly=True, copy=False)
    diagnosed_at = fields.Datetime("Diagnosed", readonly=True, copy=False)
    arrived_at = fields.Datetime("On site", readonly=True, copy=False)
    restored_at = fields.Datetime("Restored", readonly=True, copy=False)
    resolved_at = fields.Datetime("Solved", readonly=True, copy=False)
    closed_at = fields.Datetime("Closed", readonly=True, copy=False)

    # What belongs to it
    visit_ids = fields.One2many("aftersales.visit", "ticket_id", "Visits")
    repair_ids = fields.One2many("repair.order", "aftersales_ticket_id", "Repairs")
    quotation_ids = fields.One2many("sale.order", "aftersales_ticket_id", "Quotations")
    visit_count = fields.Integer("Visit count", compute="_compute_counts")
    repair_count = fields.Integer("Repair count", compute="_compute_counts")
    quotation_count = fields.Integer("Quotation count", compute="_compute_counts")
    serial_ticket_count = fields.Integer("Earlier tickets of the serial number", compute="_compute_counts")
    headline = fields.Char(compute="_compute_headline", help="What is next, by when, who pays.")
    is_breached = fields.Boolean(
        "Is breached",
        compute="_compute_is_breached",
        search="_search_is_breached",
        help="A promise was missed and still is open.",
    )

    _number_uniq = models.UniqueIndex("(company_id, name)", "That ticket number is taken.")
    # the default order of the open tickets' list, and the kanban's bounded filter
    _queue_idx = models.Index(
        "(priority, next_due_at, id) WHERE state IN ('new', 'assigned', 'accepted', 'in_progress', 'waiting')"
    )
    # counters and lists of a team
    _team_idx = models.Index("(team_id, state)")

    @api.model
    def _states_in_order(self, states, domain):
        """Columns of a board in the order of a ticket's life, without empty ones."""
        return [state for state, _label in STATES if state in states]

    # === COMPUTE METHODS === #

    @api.depends("name", "title")
    def _compute_display_name(self):
        for ticket in self:
            ticket.display_name = " ".join(filter(None, [ticket.name, ticket.title])) or self.env._(
                "New ticket"
            )

    def _compute_access_url(self):
        for ticket in self:
            ticket.access_url = f"/my/tickets/{ticket.id}"

    # Snapshots of the partner's data; what was entered by hand is kept. One method each: Odoo takes fields
    # of one method as given together.

    @api.depends("partner_id")
    def _compute_contact_name(self):
        for ticket in self:
            ticket.contact_name = ticket.contact_name or ticket.partner_id.name

    @api.depends("partner_id")
    def _compute_phone(self):
        for ticket in self:
            ticket.phone = ticket.phone or ticket.partner_id.phone

    @api.depends("partner_id")
    def _compute_email(self):
        for ticket in self:
            ticket.email = ticket.email or ticket.partner_id.email

    @api.depends("lot_id", "sale_line_id")
    def _compute_product_id(self):
        """A serial number or a sale line tells the product."""
        for ticket in self:
            # sudo: product of what the ticket names
            named = ticket.lot_id.sudo().product_id or ticket.sale_line_id.sudo().product_id
            ticket.product_id = named or ticket.product_id

    @api.depends("sale_line_id")
    def _compute_purchase_date(self):
        for ticket in self:
            # sudo: the date of the sale that the ticket is about
            sold = ticket.sale_line_id.sudo().order_id.date_order
            ticket.purchase_date = ticket.company_id._aftersales_day(sold) if sold else ticket.purchase_date

    @api.depends("lot_id", "sale_line_id")
    def _compute_warranty_card_id(self):
        # sudo: whether there is a card is asked for the customer, whoever takes the call
        cards = self.env["aftersales.warranty.card"].sudo()
        by_lot, by_sale_line = cards._cards_of(self.lot_id, self.sale_line_id)
        for ticket in self:
            found = by_lot.get(ticket.lot_id) if ticket.lot_id else by_sale_line.get(ticket.sale_line_id)
            ticket.warranty_card_id = found.sudo(False) if found else ticket.warranty_card_id

    @api.depends("lot_id", "cause_id", "category_id", "service_type", "parent_id")
    def _compute_is_repeat(self):
        """CON-25: a new ticket for the same serial number and the same fault is a repeat repair.

        So is one that follows on a repair that was closed before it came in: the customer says so.
        """
        repairs = self.filtered(lambda ticket: ticket.lot_id and ticket.service_type == "repair")
        # sudo: earlier repairs count, whoever did them
        earlier = (
            self.sudo().search(
                [
                    ("lot_id", "in", repairs.lot_id.ids),
                    ("service_type", "=", "repair"),
                    ("state", "in", ("resolved", "closed")),
                ]
            )
            if repairs
            else self.browse()
        )
        for ticket in self:
            same = ticket in repairs and any(ticket._same_fault(other) for other in earlier)
            ticket.is_repeat = same or ticket._follows_on_a_repair()

    def _follows_on_a_repair(self):
        before = self.sudo().parent_id  # sudo: as above
        came = self.create_date or fields.Datetime.now()
        return bool(
            self.service_type == before.service_type == "repair"
            and before.closed_at
            and before.closed_at <= came
        )

    def _same_fault(self, other):
        """Whether ``other`` is an earlier ticket about the same thing."""
        this = self._origin
        if other == this or other.lot_id != self.lot_id or (this.id and other.id > this.id):
            return False
        if self.cause_id and other.cause_id:
            return self.cause_id == other.cause_id
        return bool(self.category_id) and self.category_id == other.category_id

    @api.depends("visit_ids", "repair_ids", "quotation_ids", "lot_id")
    def _compute_counts(self):
        # sudo: numbers on the buttons; the lists behind them check access
        tickets = self.sudo()
        by_lot = (
            dict(tickets._read_group([("lot_id", "in", tickets.lot_id.ids)], ["lot_id"], ["__count"]))
            if tickets.lot_id
            else {}
        )
        for ticket in tickets:
            ticket.visit_count = len(ticket.visit_ids)
            ticket.repair_count = len(ticket.repair_ids)
            ticket.quotation_count = len(ticket.quotation_ids)
            # a form not saved yet is not counted, and a ticket without a number has no history
            itself = ticket.lot_id and ticket._origin.lot_id == ticket.lot_id
            ticket.serial_ticket_count = by_lot.get(ticket.lot_id._origin, 0) - int(bool(itself))

    @api.depends("state", "next_due_at", "next_kind", "coverage", "user_id")
    @api.depends_context("lang", "tz")
    def _compute_headline(self):
        kinds = dict(self._fields["next_kind"]._description_selection(self.env))
        for ticket in self:
            parts = [ticket._next_step(), ticket._next_due_text(kinds), ticket._payer_text()]
            ticket.headline = " · ".join(filter(None, parts))

    def _next_step(self):
        """What has to happen next, as a sentence part."""
        who = self.user_id.name or self.env._("somebody")
        return {
            "new": self.env._("Give it to somebody"),
            "assigned": self.env._("%(who)s has to accept it", who=who),
            "accepted": self.env._("%(who)s has to begin", who=who),
            "in_progress": self.env._("%(who)s is working on it", who=who),
            "waiting": self.env._("Waits for: %(what)s", what=self._waiting_label()),
            "resolved": self.env._("The customer has to confirm the result"),
            "closed": self.env._("Closed"),
            "cancelled": self.env._("Cancelled"),
        }[self.state]

    def _waiting_label(self):
        return dict(self._fields["waiting_for"]._description_selection(self.env)).get(self.waiting_for, "")

    def _next_due_text(self, kinds):
        if not self.next_due_at:
            return ""
        return self.env._(
            "%(what)s by %(when)s", what=kinds.get(self.next_kind, ""), when=self._moment(self.next_due_at)
        )

    def _payer_text(self):
        if self.state in ("closed", "cancelled"):
            return ""
        return {
            "undetermined": self.env._("who pays is open until the cause is known"),
            "covered": self.env._("free for the customer"),
            "charged": self.env._("the customer pays"),
            "goodwill": self.env._("free as goodwill"),
        }[self.coverage]

    @api.depends("deadline_ids.state", "deadline_ids.met_at")
    def _compute_is_breached(self):
        breached = self.browse(self.ids).filtered_domain(self._breached_domain())
        for ticket in self:
            ticket.is_breached = ticket._origin in breached

    @api.model
    def _search_is_breached(self, operator, value):
        return self._breached_domain() if operator == "in" else NotImplemented

    @api.model
    def _open_states(self):
        return list(ticket_flow.OPEN)

    @api.model
    def _breached_domain(self):
        """Open tickets with a missed promise."""
        missed = Domain("deadline_ids", "any", [("state", "=", "missed")])
        return Domain("state", "in", self._open_states()) & missed

    # === CONSTRAINTS === #

    @api.constrains("purchase_date")
    def _check_purchase_date(self):
        for ticket in self.filtered("purchase_date"):
            if ticket.purchase_date > ticket.company_id._aftersales_today():
                raise ValidationError(
                    self.env._(
                        "The purchase date %(date)s of %(ticket)s lies in the future. Enter the date on the "
                        "order or the invoice, or leave it empty.",
                        date=ticket.purchase_date,
                        ticket=ticket.display_name,
                    )
                )

    @api.constrains("lot_id", "product_id")
    def _check_lot(self):
        for ticket in self:
            if ticket.lot_id and ticket.product_id and ticket.lot_id.product_id != ticket.product_id:
                raise ValidationError(
                    self.env._(
                        "Serial number %(lot)s belongs to %(other)s, not to %(product)s. Choose the right "
                        "product or another serial number.",
                        lot=ticket.lot_id.name,
                        other=ticket.lot_id.product_id.display_name,
                        product=ticket.product_id.display_name,
                    )
                )

    # === CRUD METHODS === #

    @api.model
    def _add_precomputed_values(self, vals_list):
        """Where neither a serial number nor a sale is named, no record has to be tried for its product."""
        for vals in vals_list:
            if not vals.get("lot_id") and not vals.get("sale_line_id"):
                vals.setdefault("product_id", False)
        return super()._add_precomputed_values(vals_list)

    @api.model
    def load_history(self, vals_list):
        nameless = [vals for vals in vals_list if not vals.get("name")]
        companies = [self._company_of(vals) for vals in nameless]
        counts = {company: companies.count(company) for company in dict.fromkeys(companies)}
        # sudo: nobody has rights on the counter
        numbers = self.env["aftersales.ticket.counter"].sudo()._numbers(counts) if counts else {}
        named = iter(
            [{**vals, "name": next(numbers[c])} for vals, c in zip(nameless, companies, strict=True)]
        )
        return super().load_history([vals if vals.get("name") else next(named) for vals in vals_list])

    @api.model
    def _company_of(self, vals):
        return self.env["res.company"].browse(vals.get("company_id") or self.env.company.id)

    def _after_event(self, event, now):
        """A new ticket is numbered and judged before its promises open, and answered afterwards."""
        if event == lifecycle.CREATE:
            self._judge_at_intake()
            self._number()  # last: a ticket without a number is still at its intake
        super()._after_event(event, now)
        if event == lifecycle.CREATE:
            self._acknowledge(now)
            self._take_up(now)

    def _number(self):
        by_company = self.grouped("company_id")
        # sudo: nobody has rights on the counter
        counter = self.env["aftersales.ticket.counter"].sudo()
        numbers = counter._numbers({company: len(tickets) for company, tickets in by_company.items()})
        self._write_policy_each(
            {
                ticket: {"name": next(numbers[company])}
                for company, tickets in by_company.items()
                for ticket in tickets
            }
        )

    def _take_up(self, now):
        """What comes with an assignee is assigned; the rest goes to automatic dispatch."""
        given = self.filtered("user_id")
        given._fire("assign", actor=given._acting())
        (self - given).filtered(lambda ticket: ticket.team_id.assignment == "auto")._dispatch(now)

    def _acting(self):
        """The user, or the system where the code runs for somebody without rights (mail, portal)."""
        return lifecycle.SYSTEM if self.env.su else None

    def write(self, vals):
        by_hand = not self._is_policy_write()  # the dispatch assigns by itself
        if by_hand:
            self._refuse_giving(vals)
            self._refuse_other_customer(vals)
        before = {ticket: ticket.user_id for ticket in self} if by_hand and vals.get("user_id") else {}
        result = super().write(self._without_strange_agreement(vals))
        self._follow_up_facts(set(vals))
        given = self.browse(
            [
                ticket.id
                for ticket, user in before.items()
                if ticket.user_id != user and ticket._can_be_given()
            ]
        )
        if given:
            given._fire("assign", actor=given._acting())
        return result

    def _can_be_given(self):
        return (self.state, "assign") in self._flow.transitions

    @api.ondelete(at_uninstall=False)
    def _unlink_only_untouched(self):
        """Spam, tests and duplicates may go; everything else is kept three years (ARCHIVE-01)."""
        may = self.env.su or self.env.user.has_group("aftersales_service.group_supervisor")
        kept = self.filtered(
            lambda t: not may or t.state != "new" or t.visit_ids or t.repair_ids or t.quotation_ids
        )
        if kept:
            raise UserError(
                self.env._(
                    "%(tickets)s cannot be deleted: only a supervisor may delete, and only new tickets "
                    "without visits, repairs or quotations. Cancel it instead.",
                    tickets=", ".join(kept.mapped("display_name")),
                )
            )

    # === ACTION METHODS === #

    def action_assign(self):
        """Give to the assignee that is set, or else to whom the dispatch finds."""
        if self.env.context.get("aftersales_take"):
            self.filtered(lambda ticket: ticket.user_id != self.env.user).user_id = self.env.user
            return self.filtered(lambda ticket: ticket.state == "assigned").action_accept()
        self.filtered(lambda ticket: not ticket.user_id)._dispatch(fields.Datetime.now(), by_hand=True)
        self.filtered(lambda ticket: ticket.state == "new" and ticket.user_id)._fire("assign")
        return True

    def action_accept(self):
        self._fire("accept")
        return True

    def action_decline(self, reason=None):
        return self._fire_with_reason("decline", reason)

    def action_start(self):
        self._fire("start")
        return True

    def action_wait(self, reason=None):
        return self._fire_with_reason("wait", reason)

    def action_resume(self):
        self._fire("resume")
        return True

    def action_resolve(self):
        self._fire("resolve")
        return True

    def action_close(self):
        self._fire("close")
        return True

    def action_reopen(self, reason=None):
        return self._fire_with_reason("reopen", reason)

    def action_reinstate(self):
        self._fire("reinstate")
        return True

    def action_cancel(self, reason=None):
        return self._fire_with_reason("cancel", reason)

    def _fire_with_reason(self, event, reason):
        """Fire, or ask for the reason first where the button wants it."""
        if self.env.context.get("aftersales_ask_reason"):
            return {
                "type": "ir.actions.act_window",
                "name": self._event_label(event).capitalize(),
                "res_model": "aftersales.ticket.reason",
                "views": [(False, "form")],
                "target": "new",
                "context": {"default_event": event, "default_ticket_ids": self.ids},
            }
        self._fire(event, reason=reason)
        return True

    def _batch_action(self, event):
        """Fire ``event`` ticket by ticket and tell what went through and why the rest did not."""
        if event == "assign":
            self.filtered(lambda ticket: not ticket.user_id)._dispatch(fields.Datetime.now(), by_hand=True)
        pending = self.filtered(lambda ticket: event != "assign" or ticket.state != "assigned")
        return self._batch_told(pending._batch_fire(event)["refused"])

    def action_mark_restored(self):
        """The customer's system runs again, the repair itself may take longer (CON-03)."""
        self.check_access("write")
        self._stamp_fact("restored_at", "restore")
        return True

    def action_grant_goodwill(self, reason):
        """A supervisor bears what the customer would pay; the reason stays with the verdict."""
        self._override_verdict("coverage", "goodwill", reason)
        self._write_policy({"coverage": "goodwill"})
        return True

    def action_create_repair(self):
        """A repair order for the product, free under warranty as far as that is known."""
        self.ensure_one()
        self.check_access("write")
        if not self.product_id:
            raise UserError(
                self.env._(
                    "Say which product %(ticket)s is about before you send it to repair.", ticket=self.name
                )
            )
        # sudo: the agent asks the workshop; parts and stock stay with the warehouse
        repair = self.env["repair.order"].sudo().create(self._prepare_repair_vals())
        return self._open(repair)

    def _prepare_repair_vals(self):
        return {
            "aftersales_ticket_id": self.id,
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "product_id": self.product_id.id,
            "lot_id": self.lot_id.id,
            "under_warranty": self.coverage in ("covered", "goodwill"),
            "internal_notes": self.description,
        }

    def action_create_quotation(self):
        """A quotation for what the customer pays; confirming and invoicing stay with Sales."""
        self.ensure_one()
        self.check_access("write")
        if not self.partner_id:
            raise UserError(
                self.env._("Choose the customer of %(ticket)s before you make a quotation.", ticket=self.name)
            )
        # sudo: the agent drafts; Sales and the customer confirm
        quotation = self.env["sale.order"].sudo().create(self._prepare_quotation_vals())
        return self._open(quotation)

    def _prepare_quotation_vals(self):
        return {
            "aftersales_ticket_id": self.id,
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "origin": self.name,
        }

    def action_schedule_visit(self):
        """A dialog for a visit, with what the ticket knows."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Plan a visit"),
            "res_model": "aftersales.visit",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_ticket_id": self.id, "default_user_id": self.user_id.id},
        }

    def action_open_repairs(self):
        return self._open(self.repair_ids)

    def action_open_quotations(self):
        return self._open(self.quotation_ids)

    def action_open_visits(self):
        return self._open(self.visit_ids)

    def action_open_serial_tickets(self):
        """The history of the serial number."""
        self.ensure_one()
        return self._open(self.search([("lot_id", "=", self.lot_id.id), ("id", "!=", self.id)]))

    def _open(self, records):
        """Window on ``records``: the form of a single one, else the list."""
        action = {
            "type": "ir.actions.act_window",
            "res_model": records._name,
            "name": records._description,
        }
        if len(records) == 1:
            return {**action, "views": [(False, "form")], "res_id": records.id}
        return {**action, "views": [(False, "list"), (False, "form")], "domain": [("id", "in", records.ids)]}

    # === WHAT AN EVENT ADDS === #

    def _check_assign(self):
        nobody = self.filtered(lambda ticket: not ticket.user_id)
        if nobody:
            raise UserError(
                self.env._(
                    "%(tickets)s: choose an assignee, or give the team members on duty so that dispatch "
                    "finds one.",
                    tickets=", ".join(nobody.mapped("display_name")),
                )
            )
        away = self.filtered(lambda ticket: not ticket.user_id.active)
        if away:
            raise UserError(
                self.env._(
                    "%(users)s can no longer take tickets: choose another assignee for %(tickets)s.",
                    users=", ".join(away.user_id.mapped("name")),
                    tickets=", ".join(away.mapped("display_name")),
                )
            )

    def _check_wait(self):
        """The clock stops for a named reason only."""
        unnamed = self.filtered(lambda ticket: not ticket.waiting_for)
        if unnamed:
            raise UserError(
                self.env._(
                    "Say what %(tickets)s waits for.", tickets=", ".join(unnamed.mapped("display_name"))
                )
            )

    def _on_decline(self):
        """SLA-09: the next one is asked, then the supervisor."""
        self._give_to_next()

    def _on_pass_on(self):
        self._give_to_next()

    def _give_to_next(self):
        for user, tickets in self.grouped("user_id").items():
            tickets._write_policy(
                {"passed_over_ids": [Command.link(user.id)] if user else [], "user_id": False}
            )
        self.sudo()._dispatch(fields.Datetime.now())  # sudo: dispatch sees every candidate's load

    def _on_resolve(self):
        self._stop_deadlines(["restore"])

    def _stamp_fact(self, stamp, kind):
        """Keep the moment of a fact that is no event, and the promise that waited for it."""
        fresh = self.filtered(lambda ticket: not ticket[stamp])
        if fresh:
            now = fields.Datetime.now()
            fresh._write_policy({stamp: now})
            fresh._stop_deadlines([kind], at=now)
