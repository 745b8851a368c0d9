from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.aftersales_service.models.whole_rows import WholeRows

from ..policy import refund
from .aftersales_refund_facts import FreshDrafts

_MONEY_GROUPS = "aftersales_service.group_agent,aftersales_service.group_accountant"


class AftersalesRma(models.Model):
    """What a return gives back: one refund for each original invoice, made when money is due."""

    _inherit = "aftersales.rma"

    refund_ids = WholeRows("aftersales.refund", "rma_id", "Refunds", readonly=True, groups=_MONEY_GROUPS)
    refund_count = fields.Integer("Number of refunds", compute="_compute_refund_totals", groups=_MONEY_GROUPS)
    amount_to_refund = fields.Monetary(
        "Amount to refund",
        compute="_compute_refund_totals",
        groups=_MONEY_GROUPS,
        help="What is to be paid out and has not been paid yet.",
    )
    refund_to_confirm = fields.Boolean(
        "Refund to confirm", compute="_compute_refund_totals", groups=_MONEY_GROUPS
    )
    refund_to_approve = fields.Boolean(
        "Refund to approve", compute="_compute_refund_totals", groups=_MONEY_GROUPS
    )
    amount_refunded = fields.Monetary(
        "Amount refunded", compute="_compute_refund_totals", groups=_MONEY_GROUPS
    )

    @api.depends("refund_ids.state", "refund_ids.payout")
    def _compute_refund_totals(self):
        for rma in self:
            alive = rma.refund_ids.filtered(lambda r: r.state != "cancelled")
            paid = alive.filtered(lambda r: r.state == "paid")
            states = set(alive.mapped("state"))
            rma.refund_count = len(rma.refund_ids)
            rma.refund_to_confirm = "draft" in states
            rma.refund_to_approve = "confirmed" in states
            rma.amount_refunded = sum(paid.mapped("payout"))
            rma.amount_to_refund = sum((alive - paid).mapped("payout"))

    # === WHAT IS NEXT === #

    @api.depends("refund_ids.state", "refund_ids.next_due_at")
    def _compute_headline(self):
        return super()._compute_headline()

    def _refund_at_work(self):
        """The refund that somebody has to go on with, once customer service has confirmed it."""
        # sudo: everybody who sees the return may know whose turn it is; amounts are not told
        refunds = self.sudo().refund_ids
        return refunds.filtered(lambda refund: refund.state in ("confirmed", "approved", "failed"))[:1]

    def _next_step(self):
        refund = self.state == "to_refund" and self._refund_at_work()
        return refund._step() if refund else super()._next_step()

    def _next_due(self):
        refund = self.state == "to_refund" and self._refund_at_work()
        return refund.next_due_at if refund else super()._next_due()

    # === A RECEIPT THAT COMES AFTER THE INSPECTION === #

    freight_is_open = fields.Boolean(
        "Freight still open",
        compute="_compute_freight_is_open",
        help="The refund waits for customer service: freight that becomes known now is still part of it.",
    )

    @api.depends("state", "refund_ids.state")
    def _compute_freight_is_open(self):
        for rma in self:
            # sudo: whether, not how much
            states = set(rma.sudo().refund_ids.mapped("state")) - {"cancelled"}
            rma.freight_is_open = rma.state == "to_refund" and states <= {"draft"}

    def _judge_freight_of_draft(self):
        """FREIGHT-21, -24: who bears what is judged again, and the draft refund follows."""
        self._judge_freight()
        self._prepare_refunds()

    # === EVENTS === #

    def _on_pass_to_refund(self):
        before = getattr(super(), "_on_pass_to_refund", None)
        if before:
            before()
        self._prepare_refunds()

    def _on_waive_goods(self):
        super()._on_waive_goods()
        self._prepare_refunds()

    def _on_accept_by_silence(self):
        super()._on_accept_by_silence()
        self._prepare_refunds()

    def _charges_for_refund(self):
        """The charges as the refund policy reads them."""
        digits = self.currency_id.decimal_places
        return tuple(
            refund.Freight(
                charge.id,
                charge.leg,
                refund.rounded(Decimal(str(charge.amount)), digits),
                charge.prepaid_by,
                charge.borne_by,
                charge.settlement,
            )
            for charge in self.freight_ids
        )

    def action_confirm_refund(self):
        """Customer service has checked the amounts."""
        self._fire("confirm_refund")

    def action_approve_refund(self):
        """Finance has re-checked what customer service confirmed; credit notes are posted."""
        self.check_access("read")
        self.refund_ids.check_access("read")
        # sudo: finance reads returns only; whether the event is theirs is judged for the user
        self.sudo()._fire("approve_refund")

    def _check_confirm_refund(self):
        for rma in self:
            rma._refuse_without_refund("draft", self.env._("Nothing is left to confirm"))

    def _on_confirm_refund(self):
        self._refunds_in("draft")._fire("confirm")

    def _check_approve_refund(self):
        for rma in self:
            rma._refuse_without_refund("confirmed", self.env._("Nothing is left to approve"))

    def _on_approve_refund(self):
        self._refunds_in("confirmed")._fire("approve")

    def _refunds_in(self, state):
        """Refunds in ``state``; only the chosen ones where the refund's own button was pressed."""
        chosen = self.env.context.get("aftersales_refund_ids")
        return self.refund_ids.filtered(lambda r: r.state == state and (not chosen or r.id in chosen))

    def _refuse_without_refund(self, state, what):
        if not self._refunds_in(state):
            raise UserError(
                self.env._(
                    "%(what)s on %(rma)s. Reload: somebody may have been faster.",
                    what=what,
                    rma=self.name,
                )
            )

    def _is_refunded(self):
        """Every refund is paid, and there is one."""
        alive = self.refund_ids.filtered(lambda r: r.state != "cancelled")
        return bool(alive) and set(alive.mapped("state")) == {"paid"}

    def action_view_refunds(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("aftersales_returns.aftersales_refund_action"),
            "domain": [("rma_id", "=", self.id)],
            "context": {},
        }

    # === REFUNDS OF A RETURN === #

    def _original_invoices(self):
        """Posted customer invoices of the returned goods."""
        return self.line_ids.sale_line_id.invoice_lines.move_id.filtered(
            lambda move: move.move_type == "out_invoice" and move.state == "posted"
        )

    def _prepare_refunds(self):
        """Make or renew the draft refunds: one an invoice, with the goods that are still to be credited."""
        # sudo: a warehouse or portal event may lead here; refunds are made by this method alone
        for rma in self.sudo():
            shares = rma._share_goods()
            drafts = rma.refund_ids.filtered(lambda r: r.state == "draft")
            before = drafts
            drafts = rma._drafts_for(shares, drafts)
            for draft in drafts:
                if draft in before or draft.invoice_id in shares:
                    draft._write_policy(draft._goods_values(shares.get(draft.invoice_id, {})))
            fresh = FreshDrafts((drafts - before).ids)
            drafts.with_context(aftersales_fresh=fresh)._recompute_amounts()

    def _drafts_for(self, shares, drafts):
        """The drafts of ``shares``; missing ones are made, a return that credits nothing has an empty one."""
        wanted = list(shares) or [self._original_invoices()[:1]]
        drafts._leave_withdrawn_invoices()
        taken = self.refund_ids.filtered(_is_alive).invoice_id
        free = [invoice for invoice in wanted if invoice and invoice not in taken]
        for draft, invoice in zip(drafts.filtered(lambda r: not r.invoice_id), free, strict=False):
            draft._write_policy({"invoice_id": invoice.id})
        have = drafts.invoice_id
        first = not self.refund_ids.filtered(_is_alive)
        missing = [invoice for invoice in wanted if invoice not in have and (invoice in shares or first)]
        return drafts | self._create_refunds(missing)

    def _create_refunds(self, invoices, **also):
        count = len(self.with_context(active_test=False).refund_ids)
        made = self.env["aftersales.refund"]
        for number, invoice in enumerate(invoices, count + 1):
            vals = {"rma_id": self.id, "name": f"{self.name}-{number}", "invoice_id": invoice.id, **also}
            made |= made._create_draft(vals)
        return made

    def _share_goods(self):
        """{invoice: {invoice line: (return line, quantity)}} of what is still to be credited.

        The oldest invoice line that still carries pieces comes first.
        """
        shares, taken = {}, {}
        for line, left in self.line_ids._quantities_to_credit().items():
            for invoice_line in line._creditable_invoice_lines():
                room = line._room_on(invoice_line) - taken.get(invoice_line, 0.0)
                quantity = min(left, room)
                if quantity <= 0:
                    continue
                taken[invoice_line] = taken.get(invoice_line, 0.0) + quantity
                left -= quantity
                of_invoice = shares.setdefault(invoice_line.move_id, {})
                _line, before = of_invoice.get(invoice_line, (line, 0.0))
                of_invoice[invoice_line] = (line, before + quantity)
        return shares


def _is_alive(record):
    return record.state != "cancelled"


class AftersalesRmaLine(models.Model):
    _inherit = "aftersales.rma.line"

    def _refundable_qty(self):
        """Pieces that money is given for, in the product's unit.

        After an inspection those that it accepted; goods that need not come back (or never came and were
        accepted by silence) as requested, since a person confirms and another one approves.
        """
        if self.rma_id.inspected_at or self.rma_id.received_at:
            return self.accepted_qty
        return self.quantity

    def _missing_gift_qty(self):
        """Gifts that should have come back with the goods and did not (REFUND-32)."""
        waived = not self.rma_id.inspected_at and not self.rma_id.received_at
        if not self.is_gift or waived:
            return 0.0
        return max(0.0, self.quantity - self.received_qty)

    def _goods_are_back(self):
        return bool(self.received_qty) and self.disposition != "return_to_customer"

    def _quantities_to_credit(self):
        """{line: accepted pieces less those that other refunds of this return hold already}.

        Lines that were sold together are credited together: what is held counts for one after the other.
        """
        held, left = defaultdict(float), {}
        for part in self._parts_held():
            held[part.invoice_line_id.sale_line_ids[:1]] += part._pieces()
        for line in self:
            whole, gone = line._creditable_qty(), held[line.sale_line_id]
            left[line] = max(0.0, whole - gone)
            held[line.sale_line_id] = max(0.0, gone - whole)
        return left

    def _creditable_qty(self):
        """Pieces of the line for which refunds of its return give money, in the product's unit."""
        return self._refundable_qty()

    def _parts_held(self):
        """Goods of these lines in refunds that customer service has confirmed."""
        refunds = self.rma_id.with_context(active_test=False).refund_ids
        held = refunds.filtered(lambda refund: refund.state not in ("draft", "cancelled"))
        return held.line_ids.filtered(lambda part: part.rma_line_id in self and part.kind == "goods")

    def _creditable_invoice_lines(self):
        """Posted invoice lines of the sold line, oldest first."""
        lines = self.sale_line_id.invoice_lines.filtered(
            lambda li: (
                li.move_id.move_type == "out_invoice"
                and li.parent_state == "posted"
                and not li.aftersales_origin_line_id  # what an exchange gave back was not sold
            )
        )
        return lines.sorted(lambda li: (li.move_id.invoice_date or li.create_date.date(), li.id))

    def _room_on(self, invoice_line):
        """Pieces that the invoice line still carries, in the product's unit."""
        credited, _untaxed, _total = invoice_line._aftersales_credited()
        left = invoice_line.quantity - credited
        return invoice_line.product_uom_id._compute_quantity(left, self.product_id.uom_id)

    def _gift_selling_price(self, currency):
        """Price of one gift on the order's price list on the day of the order, in ``currency``."""
        order = self.sale_line_id.order_id or self.rma_id.sale_order_id
        if order.pricelist_id:
            return order.pricelist_id._get_product_price(
                self.product_id, 1.0, currency=currency, date=order.date_order
            )
        day = order.date_order or fields.Datetime.now()
        company = self.rma_id.company_id
        return self.product_id.currency_id._convert(self.product_id.lst_price, currency, company, day)

    def _gift_taxes(self, invoice):
        """Taxes that a sale of the gift would have carried on ``invoice``."""
        taxes = self.product_id.taxes_id._filter_taxes_by_company(invoice.company_id)
        return invoice.fiscal_position_id.map_tax(taxes)


class AftersalesRefund(models.Model):
    _inherit = "aftersales.refund"

    @api.model
    def _create_draft(self, vals):
        """A draft with policy-owned values; the only way a refund comes into being."""
        # the log of the return tells of it in the same moment
        quiet = self.with_context(mail_create_nolog=True)
        record = quiet.create({"rma_id": vals.pop("rma_id")}).with_env(self.env)
        record._write_policy(vals)
        return record

    def _leave_withdrawn_invoices(self):
        """Let go of invoices that Accounting has taken back; what was judged on them holds no longer."""
        for draft in self.filtered(lambda r: r._has_lost_its_invoice()):
            nothing = {"amount": 0.0, "payout": 0.0, "shortfall": 0.0}
            draft._write_policy({"invoice_id": False, "line_ids": [fields.Command.clear()], **nothing})

    def _goods_values(self, shares):
        """{invoice line: (return line, quantity)} as goods parts; their amounts are judged afterwards."""
        rows = [
            {
                "kind": "goods",
                "invoice_line_id": invoice_line.id,
                "rma_line_id": line.id,
                "quantity": line.product_id.uom_id._compute_quantity(quantity, invoice_line.product_uom_id),
            }
            for invoice_line, (line, quantity) in shares.items()
        ]
        return {"line_ids": [fields.Command.clear(), *map(fields.Command.create, rows)]}
