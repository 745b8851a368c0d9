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

    What it is worth, what is promised and who takes it are verdicts (aftersales_ticket_policy.py). Each
    further topic has its file: mails in aftersales_ticket_mail.py, repairs in aftersales_ticket_repair.py.
    """

    _name = "aftersales.ticket"
    _description = "Service ticket"
    _inherit = [
        "aftersales.once.mixin",
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
        self._refuse_what_stands("coverage", "goodwill")
        self._override_verdict("coverage", "goodwill", reason)
        self._write_policy({"coverage": "goodwill"})
        return True

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
