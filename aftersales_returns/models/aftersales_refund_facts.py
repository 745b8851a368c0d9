from collections import defaultdict
from decimal import Decimal

from odoo import Command, fields, models

from odoo.addons.aftersales_service.models.aftersales_verdict_mixin import VerdictPage

from ..policy import refund, refund_channel

#: programs whose points are money or as good as money: a means of payment, not a price (REFUND-06)
TENDERS = {"gift_card", "ewallet", "loyalty"}
#: what can be given back in part only as a whole
WHOLE_POINTS = 0


class _ReturnsByOrder(dict):
    """Looked up by the server: no client can send one in a context."""


class FreshDrafts(frozenset):
    """Ids of drafts that were made in this very step; a class of its own, which no client can send."""


class AftersalesRefund(models.Model):
    """Facts of a refund out of Sales, Accounting and Loyalty, and what is kept of the answer.

    Everything is read in sudo: the amount cannot depend on what the reader may see elsewhere, and only
    members of customer service and finance reach these methods.
    """

    _inherit = "aftersales.refund"

    def _recompute_amounts(self):
        """Judge amounts and channel from today's facts and keep the parts."""
        facts = self.sudo()  # sudo: see the class
        records = facts.filtered(lambda record: record.invoice_id or record._is_before_any_invoice())
        records = records.with_context(aftersales_returns_by_order=records._returns_by_order())
        found = {record: record._refund_facts() for record in records}
        page = VerdictPage()
        answers = facts.browse()._judge("refund", found, page) if found else {}
        for record, answer in answers.items():
            record._keep_parts(answer)
        facts._judge_channel(page)
        page.keep(self.env)

    def _may_be_judged(self, kind):
        """A draft that was made in this very step has no verdict."""
        fresh = self.env.context.get("aftersales_fresh")
        return not (isinstance(fresh, FreshDrafts) and fresh.issuperset(self.ids))

    def _judge_channel(self, page):
        answers = self._judge("refund_channel", {record: record._channel_facts() for record in self}, page)
        by_code = self.env["aftersales.refund.channel"]._ids_by_code()
        for record, answer in answers.items():
            record._write_policy({"channel_id": by_code.get(answer.values.get("channel"), False)})

    # === FACTS OF THE AMOUNT === #

    def _refund_facts(self):
        """Facts of one refund; see :class:`refund.Facts`."""
        self.ensure_one()
        items, riders = self._items(), self._riders()
        invoice, only_freight = self.invoice_id, self.kind == "freight"
        return refund.Facts(
            digits=self.currency_id.decimal_places,
            invoice_total=self._invoiced_total(),
            invoice_open=self._money(invoice.amount_residual),
            credited=self._money(self._credited_total()),
            items=self._with_rounding(items, riders),
            riders=tuple(r for r in riders if r.kind == refund.DELIVERY or not only_freight),
            freight=self._freight_facts(),
            gifts=self._gift_facts(),
            gifts_back=self._gift_back_facts(),
            coins=() if only_freight else self._coin_facts(),
            restore_non_cash=self.company_id.aftersales_restore_non_cash,
            elsewhere=self._credited_elsewhere(),
            elsewhere_pieces=_decimal(self._sales_credited_pieces()),
            not_invoiced=_decimal(self._pieces_not_invoiced()),
        )

    def _pieces_not_invoiced(self):
        """Accepted pieces of this return, sold on this order, that no invoice carries."""
        if self.kind == "freight":
            return 0.0
        rows = self.rma_id.line_ids
        sold = self.invoice_id.invoice_line_ids.sale_line_ids if self.invoice_id else rows.sale_line_id
        rows = rows.filtered(lambda row: row.sale_line_id in sold)
        alive = self.rma_id.refund_ids.filtered(lambda refund: refund.state != "cancelled") | self
        parts = alive.line_ids.filtered(
            lambda part: part.kind == "goods" and part.invoice_line_id.sale_line_ids & sold
        )
        unbilled = {
            line: line._aftersales_in_product_unit(line.product_uom_qty) - line._aftersales_invoiced_qty()
            for line in sold
        }
        left = sum(row._creditable_qty() for row in rows) - sum(part._pieces() for part in parts)
        return max(0.0, min(left, sum(max(0.0, quantity) for quantity in unbilled.values())))

    def _money(self, amount):
        return Decimal(f"{self.currency_id.round(amount):.{self.currency_id.decimal_places}f}")

    def _product_lines(self):
        """What was invoiced; pieces of other invoices that this one takes back are no goods of it."""
        return self.invoice_id.invoice_line_ids.filtered(
            lambda line: line.display_type == "product" and not line._aftersales_takes_back()
        )

    def _invoiced_total(self):
        """Total of the invoice before it took back pieces of others."""
        back = self.invoice_id.invoice_line_ids.filtered(lambda line: line._aftersales_takes_back())
        return self._money(self.invoice_id.amount_total - sum(back.mapped("price_total")))

    def _item_lines(self):
        """Goods and free gifts, also those that stay with the customer."""
        return self._product_lines().filtered(lambda line: not line._aftersales_is_rider())

    def _rider_lines(self):
        riding = self._product_lines().filtered(lambda line: line._aftersales_is_rider())
        return riding | self.invoice_id.line_ids.filtered(lambda line: line._aftersales_is_rounding())

    def _items(self):
        accepted, free = self._accepted_quantities(), self._fee_free_quantities()
        exchanged = self._exchanged_quantities()
        return tuple(
            self._item(line, accepted.get(line, 0.0), exchanged.get(line, 0.0), free.get(line, 0.0))
            for line in self._item_lines()
        )

    def _item(self, line, quantity, exchanged, fee_free):
        qty, untaxed, total = line._aftersales_credited()
        reduced = line._aftersales_reductions()
        return refund.Item(
            line.id,
            _decimal(line.quantity),
            self._money(line.price_subtotal),
            self._money(line.price_total),
            _decimal(quantity),
            _decimal(qty - self._swapped_here(line)),
            self._money(untaxed),
            self._money(total),
            _decimal(exchanged),
            _decimal(fee_free),
            *(self._money(sum(reduced.mapped(name))) for name in ("price_subtotal", "price_total")),
        )

    def _swapped_here(self, line):
        """Pieces credited by this return's own exchange: those whose fee this refund is about."""
        swapped = line._aftersales_exchange_credits() if self.kind == "freight" else line.browse()
        return sum(abs(row.quantity) for row in swapped if row.aftersales_rma_line_id.rma_id == self.rma_id)

    def _accepted_quantities(self):
        """{invoice line: quantity of this refund, in the unit of the invoice line}, from its goods parts."""
        quantities = defaultdict(float)
        for part in self.line_ids.filtered(lambda part: part.kind == "goods"):
            quantities[part.invoice_line_id] += part.quantity
        return quantities

    def _with_rounding(self, items, riders):
        """The invoice rounds its tax over all lines; the dearest line carries the cent that this makes.

        So does the tax line where cash rounding was put into it. A difference that is no rounding (down
        payments) is left alone.
        """
        residue = self._invoiced_total() - sum(x.total for x in (*items, *riders))
        limit = self._rounding_limit(len(items) + len(riders))
        if not items or not residue or abs(residue) > limit:
            return items
        dearest = max(items, key=lambda item: item.total)
        return tuple(
            refund.dataclasses.replace(item, total=item.total + residue) if item == dearest else item
            for item in items
        )

    def _rounding_limit(self, lines):
        """What rounding can come to over so many lines: a cent each, and the cash rounding of the tax."""
        rounding = self.invoice_id.invoice_cash_rounding_id
        in_tax = rounding.rounding if rounding.strategy == "biggest_tax" else 0.0
        return _decimal(self.currency_id.rounding * lines + in_tax)

    def _riders(self):
        return tuple(self._rider(line) for line in self._rider_lines())

    def _rider(self, line):
        sale_line = line.sale_line_ids[:1]
        program = sale_line.reward_id.program_id
        card = sale_line._aftersales_returnable_card()
        _qty, untaxed, total = line._aftersales_credited()
        invoiced_untaxed, invoiced_total = line._aftersales_amounts()
        return refund.Rider(
            line.id,
            line._aftersales_rider_kind(),
            self._money(invoiced_untaxed),
            self._money(invoiced_total),
            tuple(self._base_lines(line).ids),
            self._money(untaxed),
            self._money(total),
            card.id or None,
            _decimal(sale_line.points_cost if card else 0),
            self.currency_id.decimal_places if program.program_type in TENDERS else WHOLE_POINTS,
            _decimal(line._aftersales_points_restored()),
        )

    def _base_lines(self, line):
        """The goods on which a promotion, tender or fee was granted."""
        items, reward = self._item_lines(), line.sale_line_ids.reward_id[:1]
        paid = items.filtered("price_total")
        chosen = items.browse()
        if reward.reward_type == "discount" and reward.program_id.program_type not in TENDERS:
            if reward.discount_applicability != "order":
                chosen = self._lines_meant(reward, paid)
            chosen = (chosen or paid).filtered(lambda i: i.tax_ids == line.tax_ids)
        elif not reward and line._aftersales_is_discount():
            chosen = paid.filtered(lambda i: i.tax_ids == line.tax_ids)
        return chosen or paid or items

    def _lines_meant(self, reward, lines):
        """The goods that Sales has lowered for a discount on some of them.

        By the reward's own domain: its list of products stays empty unless a system parameter fills it.
        """
        domain = reward._get_discount_product_domain()
        meant = lines.filtered(lambda line: line.product_id.filtered_domain(domain))
        return meant.sorted("price_unit")[:1] if reward.discount_applicability == "cheapest" else meant

    def _credited_total(self):
        """What credit notes have taken off this invoice, freight and gifts of our own left out."""
        own = self.invoice_id.line_ids._aftersales_credited_parts()
        swapped = self.invoice_id.invoice_line_ids._aftersales_exchange_credits()
        return (
            float(self._credited_elsewhere())
            + sum(own.mapped("total"))
            + sum(line._aftersales_swapped(line.price_total) for line in swapped)
        )

    def _credited_elsewhere(self):
        """What Sales and Accounting have taken off this invoice without a refund."""
        named = self.invoice_id._aftersales_foreign_notes()
        of_sales = (line._aftersales_share_of_sales_credits()[2] for line in self._product_lines())
        return self._money(sum(named.mapped("amount_total")) + float(sum(of_sales)))

    # === FREIGHT, GIFTS, REWARD POINTS === #

    def _is_first(self):
        """Freight and gifts of a return go with one of its refunds, the first one of its kind."""
        others = self.rma_id.refund_ids.filtered(lambda r: r.state != "cancelled" and r.kind == self.kind)
        return self == others.sorted("id")[:1]

    def _freight_facts(self):
        """The charges of the return; those of another refund count for the outbound share only."""
        held = self._freight_held_by_others()
        return tuple(
            refund.Freight(
                charge.id,
                charge.leg,
                self._money(self._converted(charge.amount, charge.currency_id)),
                charge.prepaid_by,
                charge.borne_by,
                charge.settlement if self._settles(charge) else "none",
                _decimal(charge.share),
                self._money(held.get((charge.leg, charge._freight_group()), 0.0)),
            )
            for charge in self.rma_id.freight_ids
        )

    def _freight_held_by_others(self):
        """{(leg, group): amount} of freight that other refunds settle already; groups as in the parts.

        By leg, not by charge: charges are written anew when the return is judged again. Other returns of the
        order count for the outbound leg, which was travelled once.
        """
        others = self.rma_id.refund_ids | self._returns_of_order().refund_ids
        others = (others - self).filtered(lambda r: r.state not in ("draft", "cancelled"))
        held = defaultdict(float)
        for part in others.line_ids.filtered("leg"):
            if part.leg == "outbound" or part.refund_id.rma_id == self.rma_id:
                held[part.leg, part._freight_group()] += abs(self._converted(part.total, part.currency_id))
        return held

    def _returns_of_order(self):
        """Returns of the same orders; looked up once for all refunds that are judged together."""
        by_order = self.env.context.get("aftersales_returns_by_order")
        if not isinstance(by_order, _ReturnsByOrder):
            by_order = self._returns_by_order()
        orders = self.rma_id.line_ids.sale_line_id.order_id
        return self.env["aftersales.rma"].browse(
            {rma for order in orders for rma in by_order.get(order.id, ())}
        )

    def _returns_by_order(self):
        """{order id: ids of the returns that goods of it are in}; one query."""
        orders = self.rma_id.line_ids.sale_line_id.order_id
        groups = self.env["aftersales.rma.line"]._read_group(
            [("sale_line_id.order_id", "in", orders.ids)], ["sale_line_id"], ["rma_id:array_agg"]
        )
        found = _ReturnsByOrder()
        for sale_line, rmas in groups:
            found.setdefault(sale_line.order_id.id, set()).update(rmas)
        return found

    def _converted(self, amount, currency):
        """``amount`` in the currency of the invoice, on the invoice's day."""
        day = self.invoice_id.invoice_date or fields.Date.context_today(self)
        return currency._convert(amount, self.currency_id, self.company_id, day)

    def _settles(self, charge):
        """Whether this refund settles the charge; an outbound leg that was sold comes by its invoice line."""
        if charge.leg == "outbound" and not self.rma_id._settles_outbound_beside_invoice(self.kind):
            return False
        return self._is_first()

    def _gift_facts(self):
        if self.kind == "freight" or not self._is_first():
            return ()
        return tuple(
            self._missing_gift(line, missing)
            for line in self.rma_id.line_ids
            if (missing := line._missing_gift_qty()) > 0
        )

    def _missing_gift(self, line, quantity):
        """The gift at its selling price on the day of the order, with its taxes (AMB-15)."""
        price = line._gift_selling_price(self.currency_id)
        taxes = line._gift_taxes(self.invoice_id)
        amounts = taxes.compute_all(price, self.currency_id, quantity, line.product_id, self.partner_id)
        return refund.MissingGift(
            line.id,
            _decimal(quantity),
            self._money(amounts["total_excluded"]),
            self._money(amounts["total_included"]),
        )

    def _coin_facts(self):
        """Points of loyalty programs that the order earned, as far as this invoice is its share."""
        order = self.sale_order_id
        sold = order.order_line.filtered(lambda li: not li.reward_id and li.price_total > 0)
        goods = sum(sold.mapped("price_total"))
        share = sum(self._item_lines().mapped("price_total")) / goods if goods else 0.0
        earned = order.coupon_point_ids.filtered(
            lambda row: row.coupon_id.program_type == "loyalty" and row.points > 0
        )
        return tuple(
            refund.Coins(
                row.coupon_id.id,
                _decimal(row.points * min(1.0, share)),
                _decimal(self._coins_deducted(row.coupon_id)),
                _decimal(row.coupon_id.points),
            )
            for row in earned
        )

    def _coins_deducted(self, card):
        rows = self.env["aftersales.refund.line"].search(
            [
                ("kind", "=", "coins"),
                ("card_id", "=", card.id),
                ("is_applied", "=", True),
                ("refund_id.invoice_id", "=", self.invoice_id.id),
                ("refund_id", "!=", self.id),
            ]
        )
        return -sum(rows.mapped("points"))

    # === FACTS OF THE CHANNEL === #

    def _channel_facts(self):
        given = {
            "real_name": self.payee_real_name,
            "account": self.payee_account_id.acc_number,
            "holder": self._account_holder(),
            "bank": self.payee_account_id.bank_id,
            "branch": self.payee_branch,
        }
        return refund_channel.Facts(
            method=self._payment_method(),
            payout=self.payout > 0,
            account_kind=self.account_kind or None,
            given=tuple(code for code in refund_channel.NEEDS if given[code]),
            holder_matches=self._holder_is_consignee(),
        )

    def _account_holder(self):
        account = self.payee_account_id
        return account.acc_holder_name or account.partner_id.name or ""

    def _holder_is_consignee(self):
        """REFUND-21; blanks and capitals do not matter."""
        consignee = self.sale_order_id.partner_shipping_id or self.partner_id
        return bool(self.payee_account_id) and _plain(self._account_holder()) == _plain(consignee.name)

    def _payment_method(self):
        """Code of the method by which most of the invoice was paid; the channel table knows it."""
        payments = self.invoice_id._get_reconciled_payments().sorted("amount", reverse=True)
        if not payments:
            return "bank_transfer" if self.invoice_id._get_reconciled_statement_lines() else "unknown"
        transaction = payments[0].payment_transaction_id
        if not transaction:
            return "cash" if payments[0].journal_id.type == "cash" else "bank_transfer"
        return self._method_of(transaction)

    def _method_of(self, transaction):
        provider = transaction.provider_id
        if provider.code == "custom":  # a promise to pay, no money went online
            by_hand = {"cash_on_delivery": "cash_on_delivery"}
            return by_hand.get(provider.custom_mode, "bank_transfer")
        known = self.env["aftersales.refund.channel"].search([("method", "!=", False)]).mapped("method")
        code = transaction.payment_method_id.code
        return code if code in known else "online"

    # === WHAT IS KEPT OF THE ANSWER === #

    def _keep_parts(self, answer):
        """Replace the parts by those of the verdict."""
        values = refund.verdict_values(answer.values)
        rows = [self._part_vals(part) for part in values["parts"]]
        rows += [self._restore_vals(*row) for row in values["restore"]]
        rows += [self._coins_vals(*row) for row in values["coins"]]
        kept = [{**row, "sequence": at} for at, row in enumerate(rows)]
        before = [Command.clear()] if self.line_ids else []  # a draft that was just made need not search
        self._write_policy(
            {
                "line_ids": [*before, *(Command.create(row) for row in kept)],
                "amount": float(values["amount"]),
                "payout": float(values["payout"]),
                "shortfall": float(values["shortfall"]),
            }
        )

    def _part_vals(self, part):
        vals = {
            "kind": part.kind,
            "quantity": float(part.quantity),
            "untaxed": float(part.untaxed),
            "total": float(part.total),
        }
        if part.kind in (refund.GIFT, refund.GIFT_BACK):
            line = self.env["aftersales.rma.line"].browse(part.source_id)
            return {**vals, "rma_line_id": line.id, "name": line.product_id.display_name}
        if part.kind in (refund.FREIGHT, refund.BALANCE, refund.OWED_FREIGHT):
            charge = self.env["aftersales.freight.charge"].browse(part.source_id)
            told = {"name": self._freight_name(charge), "is_subsidy": charge.settlement == "subsidy"}
            return {**vals, "freight_id": charge.id, "leg": charge.leg, **told}
        line = self.env["account.move.line"].browse(part.source_id)
        rma_line = self.rma_id.line_ids.filtered(lambda rl: rl.sale_line_id & line.sale_line_ids)[:1]
        name = (line.name or line.product_id.display_name or "").split("\n")[0]
        return {**vals, "invoice_line_id": line.id, "rma_line_id": rma_line.id, "name": name}

    def _freight_name(self, charge):
        legs = dict(charge._fields["leg"]._description_selection(self.env))
        return self.env._("Freight, %s leg", legs.get(charge.leg, charge.leg))

    def _restore_vals(self, card_id, line_id, points):
        card = self.env["loyalty.card"].browse(card_id)
        return {
            "kind": "restore",
            "card_id": card_id,
            "invoice_line_id": line_id,
            "points": float(points),
            "name": card.program_id.name,
        }

    def _coins_vals(self, card_id, points):
        card = self.env["loyalty.card"].browse(card_id)
        return {
            "kind": "coins",
            "card_id": card_id,
            "points": -float(points),
            "name": card.program_id.name,
        }


def _decimal(number):
    """A float of the database without its binary tail."""
    return Decimal(str(round(number or 0.0, 6)))


def _plain(name):
    return "".join((name or "").split()).casefold()
