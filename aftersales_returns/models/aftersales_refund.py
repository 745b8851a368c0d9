from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.aftersales_service.policy import lifecycle

from ..policy import refund, refund_channel, refund_flow
from .aftersales_freight_rule import LEGS

#: what the customer told about his account; settled once the refund is confirmed
PAYEE_FIELDS = {"account_kind", "payee_account_id", "payee_branch", "payee_real_name"}


class AftersalesRefund(models.Model):
    """What one return gives back on one customer invoice, and the credit note that does it."""

    _name = "aftersales.refund"
    _description = "Refund"
    _inherit = [
        "aftersales.deadline.mixin",
        "aftersales.verdict.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _flow = refund_flow.FLOW
    _policy_fields = (
        "name",
        "kind",
        "invoice_id",
        "line_ids",
        "amount",
        "payout",
        "shortfall",
        "channel_id",
        "confirmed_by_id",
        "approved_by_id",
        "credit_note_id",
    )

    name = fields.Char("Number", readonly=True, copy=False)
    rma_id = fields.Many2one(
        "aftersales.rma", "Return", required=True, readonly=True, index=True, ondelete="restrict"
    )
    kind = fields.Selection(
        [("return", "Goods and freight"), ("freight", "Freight only")],
        "Gives back",
        required=True,
        readonly=True,
        default="return",
        copy=False,
        help="Freight only: goods were exchanged or repaired, and the customer had laid out freight.",
    )
    company_id = fields.Many2one(related="rma_id.company_id", store=True, index=True, precompute=True)
    partner_id = fields.Many2one(related="rma_id.partner_id", store=True)
    sale_order_id = fields.Many2one(
        "sale.order", "Sales order", compute="_compute_sale_order_id", compute_sudo=True
    )
    invoice_id = fields.Many2one("account.move", readonly=True, index="btree_not_null", check_company=True)
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id", store=True)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("confirmed", "Confirmed"),
            ("approved", "Approved"),
            ("paid", "Paid"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default=refund_flow.FLOW.initial,
        copy=False,
        index=True,
    )
    line_ids = fields.One2many("aftersales.refund.line", "refund_id", "Parts", readonly=True)
    amount = fields.Monetary(readonly=True, copy=False, help="Total of the credit note, tax included.")
    payout = fields.Monetary(
        "To pay out", readonly=True, copy=False, help="What leaves after the open invoice is lowered."
    )
    outstanding = fields.Monetary(
        "Still to pay", compute="_compute_outstanding", store=True, help="Nothing once paid or cancelled."
    )
    shortfall = fields.Monetary(
        "Not covered", readonly=True, copy=False, help="Deductions that exceed the refund; not booked."
    )
    confirmed_by_id = fields.Many2one("res.users", "Confirmed by", readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", "Approved by", readonly=True, copy=False)
    arrived_at = fields.Datetime("Money arrived on", readonly=True, copy=False)
    credit_note_id = fields.Many2one(
        "account.move", "Credit note", readonly=True, copy=False, index="btree_not_null"
    )
    payment_state = fields.Selection(string="Payment status", related="credit_note_id.payment_state")
    payment_ids = fields.Many2many("account.payment", compute="_compute_payment_ids")
    payment_count = fields.Integer("Number of payments", compute="_compute_payment_ids")
    has_points = fields.Boolean("With points", compute="_compute_has_points")
    headline = fields.Char(compute="_compute_headline")
    review_due_at = fields.Datetime(
        "Review until", related="rma_id.next_due_at", help="A draft is due on the day of its return."
    )

    # === WHERE THE MONEY GOES: only customer service and finance read these === #

    _payee_groups = "aftersales_service.group_agent,aftersales_service.group_accountant"

    channel_id = fields.Many2one("aftersales.refund.channel", readonly=True, copy=False, ondelete="restrict")
    account_kind = fields.Selection(
        [("alipay", "Alipay account"), ("bank", "Bank account")],
        string="Account named by the customer",
        groups=_payee_groups,
        help="Only where the customer wants, or needs, another way than the one the money came by.",
    )
    payee_account_id = fields.Many2one(
        "res.partner.bank", "Bank account", groups=_payee_groups, ondelete="restrict"
    )
    payee_branch = fields.Char("Branch", groups=_payee_groups)
    payee_real_name = fields.Char(
        "Real name at Alipay", groups=_payee_groups, help="The name used at registration."
    )

    # queue of the accountant: what is confirmed, most urgent first
    _queue_idx = models.Index("(state, next_due_at) WHERE state IN ('draft', 'confirmed', 'approved')")
    _one_per_invoice = models.UniqueIndex(
        "(rma_id, invoice_id, kind) WHERE state != 'cancelled'",
        "This return has a refund on that invoice already; work on that one.",
    )

    @api.depends("invoice_id", "rma_id.sale_order_id")
    def _compute_sale_order_id(self):
        """The order that was invoiced: goods of several orders may come back in one return."""
        for record in self:
            orders = record.invoice_id.invoice_line_ids.sale_line_ids.order_id
            own = record.rma_id.sale_order_id
            record.sale_order_id = own if own in orders or not orders else orders[:1]

    # === COMPUTED === #

    @api.depends("invoice_id", "rma_id")
    def _compute_currency_id(self):
        for record in self:
            record.currency_id = record.invoice_id.currency_id or record.rma_id.currency_id

    @api.depends("line_ids.points")
    def _compute_has_points(self):
        for record in self:
            record.has_points = any(line.points for line in record.line_ids)

    @api.depends("credit_note_id.payment_state")
    def _compute_payment_ids(self):
        for record in self:
            # sudo: customer service sees which payments exist, their own rights open them
            record.payment_ids = record.credit_note_id.sudo()._get_reconciled_payments()
            record.payment_count = len(record.payment_ids)

    @api.depends("state", "payout")
    def _compute_outstanding(self):
        for record in self:
            record.outstanding = 0.0 if record.state in ("paid", "cancelled") else record.payout

    @api.depends("state", "payout", "amount", "next_due_at", "review_due_at", "invoice_id.state")
    @api.depends_context("lang", "tz")
    def _compute_headline(self):
        for record in self:
            record.headline = record._headline()

    def _headline(self):
        """One line: what is next, by when, how much."""
        if not self.invoice_id and not self._is_before_any_invoice():
            return self.env._("There is no posted invoice to credit yet.")
        if self._has_lost_its_invoice():
            return self._way_out_without_invoice()
        money = self.state != "cancelled" and self.currency_id.format(self.payout)
        return " · ".join(part for part in (self._step(), money, self._due_text()) if part)

    def _step(self):
        """Who has to do what next, without the amount: the return's headline says it too."""
        return {
            "draft": self.env._("Customer service checks and confirms"),
            "confirmed": self.env._("Finance re-checks and approves"),
            "approved": self.env._("Finance pays"),
            "failed": self.env._("The payment came back: contact the customer, then pay again"),
            "paid": self._paid_step(),
            "cancelled": self.env._("Cancelled"),
        }[self.state]

    def _paid_step(self):
        """Paid is not arrived: as long as the bank is promised a day, that day is about the arrival."""
        is_on_its_way = self.state == "paid" and self.next_due_at
        return self.env._("Paid; the money reaches the customer") if is_on_its_way else self.env._("Paid")

    def _due_text(self):
        due = self.review_due_at if self.state == "draft" else self.next_due_at
        return self.env._("by %s", self._moment(due)) if due else ""

    # === WHOSE WORK === #

    def _own_requests(self):
        """Nobody approves what they confirmed, asked for, or would get themselves (REFUND-28)."""
        user = self.env.user
        # sudo: an accountant need not read who created the return, nor whose address it is
        return self.filtered(
            lambda r: (
                user in (r.confirmed_by_id, r.sudo().rma_id.create_uid)
                or r.partner_id.commercial_partner_id == user.partner_id.commercial_partner_id
                and not user._is_internal()
                or user.partner_id in (r.partner_id, r.sudo().partner_id.parent_id)
            )
        )

    def _four_eyes_amount(self):
        return {
            record: Decimal(
                str(
                    record.currency_id._convert(
                        record.amount,
                        record.company_id.currency_id,
                        record.company_id,
                        fields.Date.context_today(record),
                    )
                )
            )
            for record in self
        }

    def _deadline_terms(self, kind):
        terms = self.env["aftersales.deadline"].terms
        if kind == "arrival":
            return {
                r: terms(r.channel_id.days_max, "working_days", r.company_id._aftersales_calendar())
                for r in self
                if r.channel_id and r.payout
            }
        return {r: terms(*r._finance_time(), r.company_id._aftersales_calendar()) for r in self}

    def _finance_time(self):
        """(amount, unit) that finance has: a working day unless the return policy differs (CON-08)."""
        step = self.rma_id.sudo().policy_id._span("finance")  # sudo: the version that holds, whoever fires
        return (step.amount, step.unit) if step else (1, "working_days")

    def _deadline_user(self, kind):
        """A late arrival is a task of whoever confirmed (REFUND-19)."""
        return self.confirmed_by_id if kind == "arrival" else self.env["res.users"]

    # === BUTTONS === #

    def action_recompute(self):
        """Judge drafts again from today's facts."""
        self.check_access("write")
        rmas = self.filtered(lambda r: r.state == "draft").rma_id.sudo()  # sudo: facts, see facts file
        rmas._judge_freight()
        rmas._prepare_refunds()

    def action_confirm(self):
        """Customer service has checked the amounts (REFUND-25)."""
        self.rma_id.action_confirm_refund()

    def action_approve(self):
        """Finance has re-checked; the credit note is posted (REFUND-28)."""
        self.check_access("read")
        # sudo: finance reads returns only; whether the event is theirs is judged for the user
        rmas = self.rma_id.sudo()
        rmas.with_context(aftersales_refund_ids=self.ids)._fire("approve_refund")

    def action_reject(self, reason=None):
        """Finance sends it back to customer service and says why."""
        return self._fire_with_reason("reject", reason)

    def action_cancel(self):
        self._fire("cancel")

    def action_fail(self, reason=None):
        """The bank or platform did not carry it out; customer service contacts the customer (REFUND-19)."""
        return self._fire_with_reason("fail", reason)

    def action_retry(self):
        self._fire("retry")

    def action_arrive(self):
        self._fire("arrive")

    def _fire_with_reason(self, event, reason):
        """Fire with a reason, or ask for it first."""
        if (reason or "").strip():
            return self._fire(event, reason=reason.strip())
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_returns.aftersales_refund_reason_action"
        )
        context = {"default_refund_ids": self.ids, "default_event": event}
        title = self._event_label(event)
        return {**action, "name": title, "display_name": title, "context": context}

    def action_register_payment(self):
        """Odoo's own payment wizard on the credit notes."""
        for record in self:
            record._refuse_withdrawn_invoice()
        unpaid = self.filtered(lambda r: r.state in ("approved", "failed")).credit_note_id
        if not unpaid:
            raise UserError(
                self.env._(
                    "There is nothing to pay on %s: approve it first.",
                    ", ".join(self.mapped("name")),
                )
            )
        return unpaid.action_register_payment()

    def action_view_credit_note(self):
        return self._action_on(self.credit_note_id)

    def action_view_payments(self):
        return self._action_on(self.payment_ids)

    def _action_on(self, records):
        one = len(records) == 1
        return {
            "type": "ir.actions.act_window",
            "res_model": records._name,
            "views": [(False, "form")] if one else [(False, "list"), (False, "form")],
            "res_id": records.id if one else False,
            "domain": [("id", "in", records.ids)],
        }

    # === EVENTS === #

    def _check_confirm(self):
        records = self.sudo()  # sudo: customer service has no rights in Accounting, the facts are there
        records._lock()
        for record in records:
            record._refuse_without_invoice()
        records._recompute_amounts()
        for record in records:
            record._refuse_blocked()
            record._refuse_incomplete_channel()

    def _on_confirm(self):
        self._write_policy({"confirmed_by_id": self.env.uid, "approved_by_id": False})

    def _check_approve(self):
        records = self.sudo()  # sudo: the same facts as at the confirmation, see _check_confirm
        records._lock()
        for record in records:
            record._refuse_withdrawn_invoice()
        before = {record: record._fingerprint() for record in records}
        records._recompute_amounts()
        for record in records:
            record._refuse_blocked()
            if record._fingerprint() != before[record]:
                raise UserError(
                    record.env._(
                        "The facts of %s have changed since customer service confirmed it (another "
                        "credit note, freight or goods). Send it back and let it be confirmed again.",
                        record.name,
                    )
                )

    def _on_approve(self):
        self._write_policy({"approved_by_id": self.env.uid})
        for record in self:  # one by one: credit notes of one invoice must not be posted together
            record._post_credit_note()
            record._apply_points()
        settled = self.filtered(lambda r: not r.credit_note_id and r.state == "approved")
        settled._fire("pay", actor=lifecycle.SYSTEM)

    def _on_pay(self):
        rmas = self.rma_id.filtered(lambda rma: rma.state == "to_refund" and rma._is_refunded())
        rmas._fire("settle", actor=lifecycle.SYSTEM)

    def _on_unpay(self):
        """The return has money to give back again; an exchange stays done, its freight alone is open."""
        rmas = self.rma_id.filtered(lambda rma: rma.state == "done" and rma._gives_goods_back())
        rmas._fire("unsettle", actor=lifecycle.SYSTEM)

    def _on_revoke(self):
        """Without its credit note a refund is worth nothing: points go back, approval is asked for anew."""
        self._revert_points()
        self._write_policy({"approved_by_id": False})

    def _on_fail(self):
        """REFUND-19: customer service calls the customer and finds another way."""
        for record in self:
            record.activity_schedule(
                "mail.mail_activity_data_call",
                summary=record.env._("The refund did not arrive: contact the customer"),
                user_id=record.confirmed_by_id.id,
            )

    def _on_reject(self):
        self._write_policy({"confirmed_by_id": False})

    def _check_arrive(self):
        known = self.filtered("arrived_at")
        if known:
            raise UserError(
                self.env._("%s: the arrival is recorded already.", ", ".join(known.mapped("name")))
            )

    # === REFUSALS === #

    def _is_before_any_invoice(self):
        """Whether the goods came back before anything was invoiced or paid: then nothing is paid back.

        Freight that the customer laid out is owed to him all the same.
        """
        sold = self.rma_id.line_ids.sale_line_id
        billed = sold.invoice_lines.filtered(lambda line: line.parent_state != "cancel")
        prepaid = any(order._aftersales_is_prepaid() for order in sold.order_id)
        return bool(self.kind == "return" and sold and not billed and not prepaid)

    def _refuse_without_invoice(self):
        if not self.invoice_id and not self._is_before_any_invoice():
            raise UserError(
                self.env._(
                    "%(refund)s: %(order)s has no posted customer invoice for these goods. Post the "
                    "invoice, then press Recompute.",
                    refund=self.name,
                    order=self.sale_order_id.name or self.rma_id.name,
                )
            )
        self._refuse_withdrawn_invoice()
        if self.invoice_id.invoice_line_ids.filtered("is_downpayment"):
            raise UserError(
                self.env._(
                    "%(refund)s: invoice %(invoice)s deducts a down payment. Credit it by hand in "
                    "Accounting, together with the down payment invoice.",
                    refund=self.name,
                    invoice=self.invoice_id.name,
                )
            )

    def _refuse_withdrawn_invoice(self):
        """What Accounting has reset or cancelled was perhaps never paid: nothing goes back on it."""
        if self._has_lost_its_invoice():
            told = f"{self.name}: {self._way_out_without_invoice()}"
            raise UserError(told)

    def _has_lost_its_invoice(self):
        """Whether work on it goes on although its invoice is no longer posted."""
        # sudo: customer service has no rights in Accounting
        invoice = self.sudo().invoice_id
        return self.state not in ("paid", "cancelled") and bool(invoice) and invoice.state != "posted"

    def _way_out_without_invoice(self):
        """What to do in each state once the invoice was reset or cancelled in Accounting."""
        invoice = self.sudo().invoice_id.display_name  # sudo: see _has_lost_its_invoice
        if self.credit_note_id and self.state in ("approved", "failed", "paid"):
            return self.env._(
                "Invoice %(invoice)s is no longer posted, so credit note %(note)s stands without it. Post "
                "the invoice again, or cancel the credit note.",
                invoice=invoice,
                note=self.sudo().credit_note_id.name,  # sudo: see _has_lost_its_invoice
            )
        if self.state == "confirmed":
            return self.env._(
                "Invoice %s is no longer posted. Send the refund back; Recompute then takes up the invoice "
                "that is posted instead. If nothing was paid, cancel the refund.",
                invoice,
            )
        return self.env._(
            "Invoice %s is no longer posted. Press Recompute: it takes up the invoice that is posted "
            "instead. If nothing was paid, cancel the refund.",
            invoice,
        )

    def _refuse_blocked(self):
        answer = self._verdict_of("refund")[self]
        if answer.outcome == refund.BLOCKED:
            reasons = [c["text"] for c in answer.explanation if c["code"].endswith("_ceiling")]
            raise UserError(
                self.env._(
                    "%(refund)s cannot go out: %(reasons)s Look for another refund or credit note of "
                    "invoice %(invoice)s.",
                    refund=self.name,
                    reasons=" ".join(reasons),
                    invoice=self.invoice_id.name,
                )
            )

    def _refuse_incomplete_channel(self):
        answer = self._verdict_of("refund_channel")[self]
        if answer.outcome == refund_channel.MISMATCH:
            raise UserError(
                self.env._(
                    "%s: the holder of the account is not the consignee. Ask the customer for an account "
                    "of the consignee.",
                    self.name,
                )
            )
        if answer.outcome == refund_channel.INCOMPLETE:
            raise UserError(
                self.env._(
                    "%(refund)s: ask the customer where the money shall go. Still missing: %(missing)s.",
                    refund=self.name,
                    missing=", ".join(self._labels_of_missing(answer)) or "-",
                )
            )

    def _labels_of_missing(self, answer):
        labels = self._labels_of_payee_data()
        return [labels[code] for code in answer.outcome_values.get("missing", ())]

    @api.model
    def _labels_of_payee_data(self):
        """{what a channel may need, as its table says it: words for it}."""
        return {
            "account_kind": self.env._("Alipay or bank account"),
            "real_name": self.env._("real name at Alipay"),
            "account": self.env._("account number"),
            "holder": self.env._("account holder"),
            "bank": self.env._("bank"),
            "branch": self.env._("branch"),
        }

    def write(self, vals):
        if "rma_id" in vals:
            raise UserError(self.env._("A refund stays with its return: %s.", self.rma_id.display_name))
        settled = PAYEE_FIELDS.intersection(vals) and self.filtered(
            lambda r: r.state in ("confirmed", "approved", "paid")
        )
        if settled:
            raise UserError(
                self.env._(
                    "The account of %s is settled with its confirmation. Send the refund back first.",
                    ", ".join(settled.mapped("name")),
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Refunds are kept. Cancel %s instead.", ", ".join(self.mapped("name"))))

    # === LOCK === #

    def _lock(self):
        """Wait for whoever works on these refunds or credits the same invoices."""
        self.env.cr.execute(
            SQL("SELECT id FROM aftersales_refund WHERE id IN %s FOR NO KEY UPDATE", tuple(self.ids))
        )
        self.invoice_id._aftersales_count_credit_round()

    def _fingerprint(self):
        """What was confirmed, comparable: the parts with their amounts, sorted."""
        return sorted(line._key() for line in self.line_ids)


class AftersalesRefundLine(models.Model):
    """A part of a refund: money with its sign as the customer sees it, or points of a card."""

    _name = "aftersales.refund.line"
    _description = "Part of a refund"
    _order = "refund_id, sequence, id"

    refund_id = fields.Many2one("aftersales.refund", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="refund_id.company_id", store=True)
    currency_id = fields.Many2one(related="refund_id.currency_id")
    sequence = fields.Integer(readonly=True)
    kind = fields.Selection(
        [
            ("goods", "Goods"),
            ("promotion", "Promotion"),
            ("non_cash", "Paid by card or points"),
            ("rounding", "Cash rounding"),
            ("delivery", "Delivery fee"),
            ("early", "Discount for early payment"),
            ("freight", "Freight reimbursed"),
            ("balance", "Freight to the balance"),
            ("owed_freight", "Freight deducted"),
            ("gift", "Gift not returned"),
            ("gift_back", "Gift returned after all"),
            ("restore", "Points given back"),
            ("coins", "Reward points taken back"),
        ],
        required=True,
        readonly=True,
    )
    name = fields.Char("Description", readonly=True)
    invoice_line_id = fields.Many2one(
        "account.move.line", "Invoice line", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    rma_line_id = fields.Many2one(
        "aftersales.rma.line", "Returned goods", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    freight_id = fields.Many2one(
        "aftersales.freight.charge", readonly=True, index="btree_not_null", ondelete="set null"
    )
    leg = fields.Selection(LEGS, readonly=True, help="Stays when charges are judged anew.")
    is_subsidy = fields.Boolean("Subsidy of the platform", readonly=True)
    quantity = fields.Float(digits="Product Unit", readonly=True)
    untaxed = fields.Monetary(readonly=True)
    total = fields.Monetary("Amount", readonly=True)
    card_id = fields.Many2one("loyalty.card", readonly=True, index="btree_not_null", ondelete="restrict")
    points = fields.Float(readonly=True, help="+ given to the card, − taken from it.")
    is_applied = fields.Boolean("Applied", readonly=True, help="The card has been changed.")

    def _freight_group(self):
        """Whose money it is: the platform's subsidy, the customer's debt, or what he laid out."""
        return "owed" if self.kind == "owed_freight" else "subsidy" if self.is_subsidy else "back"

    def _key(self):
        return (
            self.kind,
            self.invoice_line_id.id,
            self.rma_line_id.id,
            self.freight_id.id,
            self.card_id.id,
            self.currency_id.round(self.total),
            self.currency_id.round(self.untaxed),
            round(self.points, 2),
        )
