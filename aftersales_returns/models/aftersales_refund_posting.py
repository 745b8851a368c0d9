from odoo import Command, fields, models
from odoo.exceptions import UserError

from odoo.addons.aftersales_service.policy import lifecycle

#: values of an invoice that its credit note shares
SHARED_VALUES = (
    "currency_id",
    "journal_id",
    "partner_id",
    "partner_shipping_id",
    "fiscal_position_id",
    "team_id",
    "invoice_user_id",
    "company_id",
)
#: values of a copied invoice line that belong to the other document
FOREIGN_VALUES = ("move_id", "amount_currency", "currency_id", "partner_id", "balance", "date_maturity")


class AftersalesRefund(models.Model):
    """The credit note of a refund and the points of its cards; all of it follows an approval, in sudo."""

    _inherit = "aftersales.refund"

    # === CREDIT NOTE === #

    def _post_credit_note(self):
        """Post the one credit note of this refund; it lowers what is open on the invoice by itself."""
        self.ensure_one()
        self._drop_draft_credit_note()
        # sudo: approving was judged by the flow; the books are written whatever else the user may do there
        lines = self.sudo()._prepare_credit_note_lines()
        if not lines:
            return
        note = self.env["account.move"].sudo().create(self.sudo()._prepare_credit_note_vals(lines))
        self._match_total(note)
        self._write_policy({"credit_note_id": note.id})
        note.with_context(aftersales_posting=self.ids)._post(soft=False)

    def _drop_draft_credit_note(self):
        """A credit note that was reset to draft is cancelled and made anew: somebody may have changed it."""
        # sudo: see _post_credit_note
        drafts = (
            self.env["account.move"]
            .sudo()
            .search([("aftersales_refund_id", "=", self.id), ("state", "=", "draft")])
        )
        drafts.button_cancel()
        drafts.flush_recordset(["state"])  # the new one is inserted at once, its unique index looks at this

    def _prepare_credit_note_vals(self, lines):
        return {
            **(self._values_of_invoice() if self.invoice_id else self._values_of_order()),
            "move_type": "out_refund",
            "aftersales_refund_id": self.id,
            "invoice_payment_term_id": False,
            "invoice_date": fields.Date.context_today(self),
            "invoice_date_due": fields.Date.context_today(self),
            "partner_bank_id": self.payee_account_id.id,
            "invoice_line_ids": [Command.create(vals) for vals in lines],
        }

    def _values_of_invoice(self):
        invoice = self.invoice_id
        return {
            **{name: invoice[name].id for name in SHARED_VALUES},
            "reversed_entry_id": invoice.id,
            "invoice_origin": invoice.invoice_origin,
            "invoice_currency_rate": invoice.invoice_currency_rate,
            "ref": f"{self.name}, {invoice.name}",
        }

    def _values_of_order(self):
        """Of a credit note for freight alone: the goods came back before they were invoiced."""
        order = self.sale_order_id
        known = order._prepare_invoice()
        shared = {name: known[name] for name in SHARED_VALUES if name in known}
        return {
            **shared,
            "currency_id": self.currency_id.id,
            "company_id": self.company_id.id,
            "invoice_origin": order.name,
            "ref": f"{self.name}, {order.name}",
        }

    def _prepare_credit_note_lines(self):
        prepare = {
            "goods": self._prepare_goods_line,
            "promotion": self._prepare_rider_line,
            "non_cash": self._prepare_rider_line,
            "rounding": self._prepare_rounding_line,
            "delivery": self._prepare_rider_line,
            "freight": self._prepare_freight_line,
            "balance": self._prepare_freight_line,
            "owed_freight": self._prepare_owed_freight_line,
            "gift": self._prepare_gift_line,
            "gift_back": self._prepare_gift_back_line,
        }
        lines = [prepare[part.kind](part) for part in self.line_ids if part.kind in prepare]
        return lines + [self._prepare_balance_line(part) for part in self.line_ids if part.kind == "balance"]

    def _prepare_goods_line(self, part):
        """The invoice line with the returned quantity: same account, taxes, analytics, sale line and COGS."""
        vals = self._prepare_copied_line(part, part.quantity)
        vals["aftersales_rma_line_id"] = part.rma_line_id.id
        vals["aftersales_no_goods"] = not part.rma_line_id._goods_are_back()
        return vals

    def _prepare_rider_line(self, part):
        """The share of a promotion, tender or fee as a fraction of its invoice line."""
        return self._prepare_copied_line(part, part.quantity * part.invoice_line_id.quantity)

    def _prepare_rounding_line(self, part):
        """Cash rounding is taken back on the account it was booked on, as a line that can be a share."""
        line = part.invoice_line_id
        return {
            "name": part.name or line.account_id.name,
            "quantity": 1.0,
            "price_unit": part.total,
            "account_id": line.account_id.id,
            "tax_ids": [Command.clear()],
            "aftersales_origin_line_id": line.id,
        }

    def _prepare_copied_line(self, part, quantity):
        line = part.invoice_line_id
        copied = line.with_context(include_business_fields=True).copy_data({})[0]
        vals = {name: value for name, value in copied.items() if name not in FOREIGN_VALUES}
        quantity = line.product_uom_id.round(quantity) if line.product_uom_id else round(quantity, 2)
        vals.update(quantity=quantity or 1.0, aftersales_origin_line_id=line.id)
        return {**vals, **self._exact_price(part, line, quantity or 1.0)}

    def _exact_price(self, part, line, quantity):
        """The unit price that gives the part's amount to the cent; the invoice's own wherever it does."""
        included = any(line.tax_ids.flatten_taxes_hierarchy().mapped("price_include"))
        wanted = part.total if included else part.untaxed
        own = quantity * line.price_unit * (1 - line.discount / 100)
        if not self.currency_id.compare_amounts(own, wanted):
            return {}
        return {"price_unit": wanted / quantity, "discount": 0.0}

    def _prepare_freight_line(self, part):
        """Freight that the customer laid out is our expense; no tax, it is no sale of ours."""
        return {
            "name": part.name,
            "quantity": 1.0,
            "price_unit": part.total,
            "account_id": self.company_id._aftersales_account("freight_expense").id,
            "tax_ids": [Command.clear()],
        }

    def _prepare_owed_freight_line(self, part):
        """Freight that we laid out and the customer bears, taken off his refund."""
        return {
            "name": part.name,
            "quantity": -1.0,
            "price_unit": -part.total,
            "account_id": self.company_id._aftersales_account("freight_income").id,
            "tax_ids": [Command.clear()],
        }

    def _prepare_balance_line(self, part):
        """The other side of freight credited to the balance: we owe it, but not in cash (FREIGHT-24)."""
        return {
            "name": self.env._("To the account balance"),
            "quantity": -1.0,
            "price_unit": part.total,
            "account_id": self.company_id._aftersales_account("store_credit").id,
            "tax_ids": [Command.clear()],
        }

    def _prepare_gift_line(self, part):
        """A gift that was kept is sold after all; its cost left with the delivery already."""
        product = part.rma_line_id.product_id
        taxes = part.rma_line_id._gift_taxes(self.invoice_id)
        included = any(taxes.flatten_taxes_hierarchy().mapped("price_include"))
        amount = -(part.total if included else part.untaxed)
        return {
            "product_id": product.id,
            "product_uom_id": product.uom_id.id,
            "name": self.env._("Gift not returned: %s", product.display_name),
            "quantity": -part.quantity,
            "price_unit": amount / part.quantity,
            "tax_ids": [Command.set(taxes.ids)],
            "aftersales_rma_line_id": part.rma_line_id.id,
            "aftersales_no_goods": True,
        }

    def _prepare_gift_back_line(self, part):
        """The sale of a gift that was kept is undone: it has come back after all."""
        product = part.rma_line_id.product_id
        taxes = part.rma_line_id._gift_taxes(self.invoice_id)
        included = any(taxes.flatten_taxes_hierarchy().mapped("price_include"))
        return {
            "product_id": product.id,
            "product_uom_id": product.uom_id.id,
            "name": self.env._("Gift returned after all: %s", product.display_name),
            "quantity": part.quantity,
            "price_unit": (part.total if included else part.untaxed) / part.quantity,
            "tax_ids": [Command.set(taxes.ids)],
            "aftersales_rma_line_id": part.rma_line_id.id,
            "aftersales_no_goods": True,
        }

    def _match_total(self, note):
        """The credit note comes to the refund's amount: tax rounding over fewer lines may differ by cents."""
        difference = self.currency_id.round(self.amount - note.amount_total)
        if not difference:
            return
        limit = float(self._rounding_limit(len(self.line_ids)))
        if not note._aftersales_correct_tax(difference, limit):
            raise UserError(
                self.env._(
                    "%(refund)s comes to %(amount)s, but its credit note to %(note)s. Check the taxes and "
                    "accounts of invoice %(invoice)s.",
                    refund=self.name,
                    amount=self.currency_id.format(self.amount),
                    note=self.currency_id.format(note.amount_total),
                    invoice=self.invoice_id.name,
                )
            )

    # === POINTS OF CARDS === #

    def _apply_points(self):
        """Give back points and cards in kind, take back reward points; once, whatever is clicked twice."""
        parts = self.line_ids.filtered(lambda part: part.card_id and not part.is_applied)
        self._change_cards({part: part.points for part in parts})
        parts.sudo().is_applied = True  # sudo: nobody has rights to write parts

    def _revert_points(self):
        parts = self.line_ids.filtered(lambda part: part.card_id and part.is_applied)
        self._change_cards({part: -part.points for part in parts})
        parts.sudo().is_applied = False  # sudo: nobody has rights to write parts

    def _change_cards(self, points):
        """Move points on cards with a line in each card's own history. {part: points, + given}."""
        history = []
        for part, change in points.items():
            # sudo: cards belong to Sales; what happens to them was approved with the refund
            part.sudo().card_id._aftersales_add_points(change)
            history.append(part._history_vals(change))
        self.env["loyalty.history"].sudo().create(history)  # sudo: see above

    # === WHAT ACCOUNTING TELLS === #

    def _on_credit_note_paid(self):
        """The credit notes are settled: the refunds are paid."""
        settled = self.filtered(lambda r: r.state in ("approved", "failed"))
        settled._fire("pay", actor=lifecycle.SYSTEM)

    def _on_credit_note_open_again(self):
        """A payment was undone: the refunds have to be paid again."""
        undone = self.filtered(lambda r: r.state == "paid" and not r._is_settled())
        undone._fire("unpay", actor=lifecycle.SYSTEM)

    def _on_credit_note_withdrawn(self):
        """The credit notes were cancelled or reset: back to where finance approves."""
        self.filtered(lambda r: r.state == "paid")._fire("unpay", actor=lifecycle.SYSTEM)
        withdrawn = self.filtered(lambda r: r.state in ("approved", "failed"))
        withdrawn._fire("revoke", actor=lifecycle.SYSTEM)

    def _on_invoice_withdrawn(self):
        """The invoices were reset or cancelled, which Accounting may: the refunds say what is left to do."""
        for record in self:
            record._message_log(body=record._way_out_without_invoice())

    def _is_settled(self):
        note = self.credit_note_id
        return note.state == "posted" and self.currency_id.is_zero(note.amount_residual)


class AftersalesRefundLine(models.Model):
    _inherit = "aftersales.refund.line"

    def _history_vals(self, change):
        return {
            "card_id": self.card_id.id,
            "issued": max(0.0, change),
            "used": max(0.0, -change),
            "description": self.env._("Refund %s", self.refund_id.name),
            "order_model": "aftersales.refund",
            "order_id": self.refund_id.id,
        }
