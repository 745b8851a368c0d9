"""What an exchange for a cheaper article gives back: money as far as money was paid, the rest on the cards.

The part that a gift card, a wallet or points have paid for moves on to the other article first; what of it is
too much goes back there by itself when finance posts the credit note (REFUND-06).
"""

from odoo import Command, models
from odoo.exceptions import UserError

from ..policy import refund


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    def _create_exchange_document(self, order, rows, reference):
        """The draft shows already what goes back on a card."""
        document = super()._create_exchange_document(order, rows, reference)
        document._aftersales_exchange_notes()._aftersales_settle_in_kind()
        return document

    def _check_pass_to_refund(self):
        """Who has the replacement of everything gets no money as well."""
        super()._check_pass_to_refund()
        replaced = self.filtered(lambda rma: rma._has_replaced_all())
        if replaced:
            raise UserError(
                self.env._(
                    "The customer has got the replacement of everything on %s: there is nothing to refund.",
                    ", ".join(replaced.mapped("display_name")),
                )
            )

    def _has_replaced_all(self):
        accepted = self.sudo().line_ids.filtered("accepted_qty")  # sudo: pieces, whoever decides
        gone = sum(line._replaced_qty() for line in accepted)
        return bool(gone) and not any(line._refundable_qty() for line in accepted)


class AftersalesRmaLine(models.Model):
    _inherit = "aftersales.rma.line"

    def _refundable_qty(self):
        """Of what was accepted, nothing that the customer has got in exchange already (EXCH-04)."""
        return max(0.0, super()._refundable_qty() - self._replaced_qty())

    def _replaced_qty(self):
        """Pieces that he has got instead and that are not invoiced, in the product's unit."""
        rma = self.rma_id
        if rma.resolution != "exchange" and not rma.is_advance:
            return 0.0
        return max(0.0, self.sudo()._replacement_shipped() - self.exchange_charged_qty)  # sudo: as above


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        for note in self._aftersales_exchange_notes():
            note._aftersales_exchanged_invoices()._aftersales_count_credit_round()
            note._aftersales_settle_in_kind()
            note._aftersales_refuse_more_than_paid()
        posted = super()._post(soft)
        (self | self.reversed_entry_id)._aftersales_exchange_notes()._aftersales_settle_cards()
        return posted

    def button_draft(self):
        result = super().button_draft()
        (self | self.reversed_entry_id)._aftersales_exchange_notes()._aftersales_settle_cards()
        return result

    def _aftersales_exchange_notes(self):
        return self.filtered(lambda move: move.aftersales_exchange_rma_id and move.move_type == "out_refund")

    def _aftersales_exchanged_invoices(self):
        """Invoices of the goods that this document takes back."""
        return self.invoice_line_ids.aftersales_origin_line_id.move_id

    # === MONEY === #

    def _aftersales_money_left(self):
        """Money that was paid for these goods and has not been given back, without this document."""
        invoices = self._aftersales_exchanged_invoices()
        notes = invoices.reversal_move_ids | invoices.invoice_line_ids.aftersales_credit_line_ids.move_id
        given = notes.filtered(lambda move: move.move_type == "out_refund" and move.state == "posted") - self
        discounts = [total for i in invoices for _net, total in i._aftersales_early_discount().values()]
        return sum(invoices.mapped("amount_total")) - sum(discounts) - sum(given.mapped("amount_total"))

    def _aftersales_refuse_more_than_paid(self):
        """What was paid by card, wallet or points never leaves as cash (REFUND-06)."""
        invoices, left = self._aftersales_exchanged_invoices(), self._aftersales_money_left()
        if invoices and self.currency_id.compare_amounts(self.amount_total, left) > 0:
            raise UserError(
                self.env._(
                    "%(document)s gives back %(amount)s, but of the money paid for %(invoices)s only "
                    "%(left)s is left. Lower the amount here.",
                    document=self.display_name,
                    amount=self.currency_id.format(self.amount_total),
                    invoices=", ".join(invoices.mapped("name")),
                    left=self.currency_id.format(max(left, 0.0)),
                )
            )

    # === IN KIND === #

    def _aftersales_settle_in_kind(self):
        """Lines for what exceeds the money paid: a discount that nobody paid, then what cards have paid."""
        for note in self.filtered(lambda move: move._aftersales_exchanged_invoices()):
            note._aftersales_lines_in_kind().unlink()
            left = note._aftersales_money_left()
            rows, excess = [], refund.Decimal(str(note.currency_id.round(note.amount_total - left)))
            for invoice in note._aftersales_exchanged_invoices():
                # a refund that is never kept: the same facts and lines as of an ordinary one; sudo: whoever
                # posts has no rights on refunds
                trial = (
                    note.env["aftersales.refund"]
                    .sudo()
                    .new({"rma_id": note.sudo().aftersales_exchange_rma_id.id, "invoice_id": invoice.id})
                )
                for part in trial._parts_in_kind(excess):
                    rows += trial._prepare_in_kind(part)
                    excess += part.total
            note.invoice_line_ids = [Command.create(row) for row in rows]
            if rows:
                note._aftersales_correct_tax(left - note.amount_total, note._aftersales_cents())

    def _aftersales_cents(self):
        """What rounding the tax of each line can come to."""
        return self.currency_id.rounding * len(self.invoice_line_ids)

    def _aftersales_lines_in_kind(self):
        return self.invoice_line_ids.filtered(lambda line: line._aftersales_is_in_kind())

    # === CARDS === #

    def _aftersales_settle_cards(self):
        """Each card holds what these credit notes give it now, and no more, whatever happens to them."""
        for note in self.sudo():  # sudo: cards belong to Sales; finance decides by posting
            held = note._aftersales_points_held()
            due = note._aftersales_points_due()
            changes = {card: due.get(card, 0.0) - held.get(card, 0.0) for card in {*held, *due}}
            note._aftersales_change_cards({card: change for card, change in changes.items() if change})

    def _aftersales_points_due(self):
        """{card: points} that the note gives as it stands."""
        due = {}
        if self.state == "posted" and not self._aftersales_is_undone():
            for line in self._aftersales_lines_in_kind():
                card = line.aftersales_origin_line_id._aftersales_card_to_restore()
                if card:
                    due[card] = round(due.get(card, 0.0) + line._aftersales_points_in_kind(), 6)
        return due

    def _aftersales_points_held(self):
        """{card: points} that its history says this note has given."""
        rows = self.env["loyalty.history"]._read_group(
            [("order_model", "=", self._name), ("order_id", "=", self.id)],
            ["card_id"],
            ["issued:sum", "used:sum"],
        )
        return {card: round(issued - used, 6) for card, issued, used in rows}

    def _aftersales_change_cards(self, points):
        rma = self.aftersales_exchange_rma_id
        for card, change in points.items():
            card._aftersales_add_points(change)
            self.env["loyalty.history"].create(
                {
                    "card_id": card.id,
                    "issued": max(0.0, change),
                    "used": max(0.0, -change),
                    "description": self.env._("Exchange %s", rma.name),
                    "order_model": self._name,
                    "order_id": self.id,
                }
            )
            rma._message_log(
                body=self.env._(
                    "%(note)s: %(points)s points on %(program)s.",
                    note=self.name,
                    points=f"{change:+g}",
                    program=card.program_id.name,
                )
            )


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _aftersales_is_in_kind(self):
        """Whether the line of an exchange's credit note stands for what was not paid in money."""
        origin = self.aftersales_origin_line_id
        if not origin or not self.move_id._aftersales_exchange_notes():
            return False
        return origin.display_type == "payment_term" or origin._aftersales_rider_kind() == "non_cash"

    def _aftersales_card_to_restore(self):
        """The card that this line of an invoice took from, where the company gives back in kind (AMB-14)."""
        sold = self.sale_line_ids[:1]
        restores = self.company_id.aftersales_restore_non_cash
        return sold._aftersales_returnable_card() if restores and sold else sold.coupon_id.browse()

    def _aftersales_points_in_kind(self):
        """Points that are worth the money of this line."""
        origin = self.aftersales_origin_line_id
        points = origin.sale_line_ids[:1].points_cost * abs(self.price_total / origin.price_total)
        return self.currency_id.round(points)

    def _aftersales_points_restored(self):
        """And what credit notes of exchanges gave, as long as a card holds it."""
        # sudo: cards belong to Sales
        given = self._aftersales_exchange_credits().filtered(
            lambda line: line._aftersales_is_in_kind() and line.move_id.sudo()._aftersales_points_held()
        )
        return super()._aftersales_points_restored() + sum(
            line._aftersales_points_in_kind() for line in given
        )


class AftersalesRefund(models.Model):
    _inherit = "aftersales.refund"

    def _refund_facts(self):
        """What a card has paid for an exchanged piece and got not back has moved on to the other article."""
        facts = super()._refund_facts()
        paid = facts.invoice_total - sum((early.total for early in facts.early), refund.ZERO)
        gone = self._tenders_moved_on(max(refund.ZERO, facts.credited - paid))
        riders = (
            refund.moved_on(rider, gone[rider.line_id], facts.digits) if rider.line_id in gone else rider
            for rider in facts.riders
        )
        credited = facts.credited - sum(gone.values(), refund.ZERO)
        return refund.dataclasses.replace(facts, riders=tuple(riders), credited=credited)

    def _tenders_moved_on(self, amount):
        """{invoice line of a tender: how much of ``amount`` it has paid for}."""
        gone = {}
        for rider in self._riders() if amount else ():
            step = min(amount, rider.credited_total - rider.total)
            if rider.kind == refund.NON_CASH and step > 0:
                gone[rider.line_id] = step
                amount -= step
        return gone

    def _parts_in_kind(self, excess):
        """Parts of this invoice that take ``excess`` off, as far as it was not paid in money."""
        parts = []
        for kind, line_id, untaxed, total, room in self._not_paid_in_money():
            amount = min(room, excess)
            if amount > 0:
                excess -= amount
                share = amount / total
                net = refund.rounded(untaxed * share, self.currency_id.decimal_places)
                parts.append(refund.Part(kind, line_id, share, -net, -amount))
        return parts

    def _not_paid_in_money(self):
        """(kind, invoice line, untaxed, total, what is left of it): discount, then cards; positive."""
        for early in self._early_facts():
            yield refund.EARLY, early.line_id, early.untaxed, early.total, early.total - early.taken_total
        for rider in self._riders():
            if rider.kind == refund.NON_CASH:
                left = rider.credited_total - rider.total
                yield rider.kind, rider.line_id, -rider.untaxed, -rider.total, left

    def _prepare_in_kind(self, part):
        kept = self.line_ids.new(self._part_vals(part))
        if part.kind == refund.EARLY:
            return self._prepare_early_lines(kept)
        row = self._prepare_rider_line(kept)
        return [{**row, "name": self.env._("Back on the card: %s", row["name"])}]
