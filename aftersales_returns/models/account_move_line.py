import math

from odoo import fields, models

from .aftersales_refund_facts import TENDERS


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    aftersales_origin_line_id = fields.Many2one(
        "account.move.line",
        "Credited invoice line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    aftersales_credit_line_ids = fields.One2many(
        "account.move.line", "aftersales_origin_line_id", "Credit lines"
    )
    aftersales_rma_line_id = fields.Many2one(
        "aftersales.rma.line",
        "Return line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
    )
    aftersales_no_goods = fields.Boolean(
        "Money only", readonly=True, copy=False, help="No goods come back with this credit: no cost either."
    )

    def _eligible_for_stock_account(self):
        return not self.aftersales_no_goods and super()._eligible_for_stock_account()

    # === WHAT AN INVOICE LINE IS TO A REFUND === #

    def _aftersales_is_rider(self):
        """Promotions, tenders and delivery fees ride on the goods; a free gift is goods."""
        return bool(self._aftersales_rider_kind())

    def _aftersales_rider_kind(self):
        if self._aftersales_is_rounding():
            return "rounding"
        sale_line = self.sale_line_ids[:1]
        reward = sale_line.reward_id
        if sale_line.is_delivery or reward.reward_type == "shipping":
            return "delivery"
        if reward.reward_type != "discount":
            return "promotion" if self._aftersales_is_discount() else None
        return "non_cash" if reward.program_id.program_type in TENDERS else "promotion"

    def _aftersales_is_rounding(self):
        """Cash rounding on an account of its own; rounding of the tax goes where the tax goes."""
        return self.display_type == "rounding" and not self.tax_repartition_line_id

    def _aftersales_is_discount(self):
        """A line that lowers the invoice: Sales' button Discount, or typed by hand. No down payment."""
        lowers = self.currency_id.compare_amounts(self.price_total, 0.0) < 0
        return lowers and not self.is_downpayment and not self._aftersales_takes_back()

    def _aftersales_credited(self):
        """(quantity, untaxed, total) that posted credit notes have taken off this line, whoever made them.

        Of our own the amounts are those of the refund: its credit note rounds tax over all of its lines.
        """
        return self._aftersales_credited_by_name()

    def _aftersales_credited_by_name(self):
        """The same of credit notes that name the invoice or its line."""
        parts = self._aftersales_credited_parts()
        foreign = self._aftersales_foreign_credits() - self._aftersales_reductions()
        swapped = self._aftersales_exchange_credits()
        # sudo: whether there is a refund, for whoever works in Accounting
        own = self.aftersales_credit_line_ids.filtered(
            lambda line: line.parent_state == "posted" and line.move_id.sudo().aftersales_refund_id
        )
        return (
            sum((own | foreign).mapped("quantity")) + sum(abs(line.quantity) for line in swapped),
            sum(parts.mapped("untaxed"))
            + sum(line._aftersales_amounts()[0] for line in foreign)
            + sum(line._aftersales_swapped(line.price_subtotal) for line in swapped),
            sum(parts.mapped("total"))
            + sum(line._aftersales_amounts()[1] for line in foreign)
            + sum(line._aftersales_swapped(line.price_total) for line in swapped),
        )

    def _aftersales_exchange_credits(self):
        """Lines that credit these in the document of an exchange for another article, from its draft on.

        The document is an invoice or a credit note, so their sign says nothing.
        """
        return self.aftersales_credit_line_ids.filtered(
            lambda line: (
                line.move_id.aftersales_exchange_rma_id
                and line.parent_state != "cancel"
                and not line.move_id._aftersales_is_undone()
            )
        )

    def _aftersales_left_order(self):
        """Whether the order asks for less already: goods that were exchanged for another article."""
        # sudo: whether there is one, for whoever works in Accounting
        return bool(self.move_id.aftersales_exchange_rma_id and self.sudo().aftersales_rma_line_id)

    def _aftersales_swapped(self, amount):
        """What a line of an exchange document takes off its invoice line, with the sign of that one."""
        return math.copysign(amount, self.aftersales_origin_line_id.price_total)

    def _aftersales_credited_parts(self):
        """Parts of refunds that are posted against these lines."""
        return self.env["aftersales.refund.line"].search(
            [
                ("invoice_line_id", "in", self.ids),
                ("kind", "!=", "restore"),
                ("refund_id.credit_note_id.state", "=", "posted"),
            ]
        )

    def _aftersales_foreign_credits(self):
        """Lines of credit notes made in Accounting that credit this line: same sale line and product."""
        notes = self.move_id._aftersales_foreign_notes()
        if self._aftersales_is_rounding():
            return notes.line_ids.filtered(lambda line: line._aftersales_is_rounding())
        return notes.invoice_line_ids.filtered(
            lambda line: (
                line.product_id == self.product_id
                and line.sale_line_ids == self.sale_line_ids
                and line.display_type == "product"
            )
        )

    def _aftersales_amounts(self):
        """(untaxed, total); of cash rounding, whose line has no price, what it adds to the document."""
        if self._aftersales_is_rounding():
            added = self.amount_currency * self.move_id.direction_sign
            return added, added
        return self.price_subtotal, self.price_total

    def _aftersales_reductions(self):
        """Credits made in Accounting at less than the price of the piece: money, no pieces (goodwill)."""
        if self._aftersales_is_rider() or not self.quantity:
            return self.browse()
        price = self.price_subtotal / self.quantity
        return self._aftersales_foreign_credits().filtered(
            lambda line: (
                line.currency_id.compare_amounts(line.price_subtotal, price * line.quantity)
                < 0
                < line.quantity
            )
        )

    def _aftersales_points_restored(self):
        """Points that refunds have given back for this line."""
        parts = self.env["aftersales.refund.line"].search(
            [
                ("invoice_line_id", "=", self.id),
                ("kind", "=", "restore"),
                ("is_applied", "=", True),
            ]
        )
        return sum(parts.mapped("points"))
