"""What Sales credits by itself ("Create invoice" for less than nothing) beside the refunds of returns.

What a return holds is not offered there (see sale_order_line_to_invoice.py); what was credited all the same
is not given back a second time.
"""

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import float_compare

from ..policy import refund


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _aftersales_in_own_unit(self, quantity):
        return self.product_id.uom_id._compute_quantity(quantity, self.product_uom_id, round=False)

    def _aftersales_in_product_unit(self, quantity):
        return self.product_uom_id._compute_quantity(quantity, self.product_id.uom_id, round=False)

    # === WHAT SALES HAS CREDITED === #

    def _aftersales_sales_credits(self):
        """Posted lines by which Sales gave pieces back without naming the invoice."""
        return self.invoice_lines.filtered(
            lambda line: (
                line.parent_state == "posted"
                and line._aftersales_is_sales_credit()
                and not line.move_id._aftersales_is_undone()
            )
        )

    def _aftersales_sales_credited_qty(self):
        """Pieces that Sales has credited, in the product's unit."""
        return sum(line._aftersales_pieces() for line in self._aftersales_sales_credits())

    def _aftersales_sales_credit_of_returns(self):
        """{return line: pieces of it that Sales has credited, in the product's unit}, oldest return first.

        Pieces that never left, or came back otherwise, are what Sales credits by right: those come first.
        """
        credited = self._aftersales_sales_credited_qty()
        if not credited:
            return {}
        returned = self._aftersales_return_lines()
        left = max(0.0, credited - self._aftersales_creditable_by_sales(returned))
        shares = {}
        for rma in returned.rma_id.filtered(lambda rma: rma._is_money_back()).sorted("id"):
            rows = returned.filtered(lambda row, rma=rma: row.rma_id == rma)
            taken = min(left, rows._uncredited_qty())
            left -= taken
            for row in rows.sorted("id"):
                shares[row] = min(taken, row._refundable_qty())
                taken -= shares[row]
        return shares

    def _aftersales_return_lines(self):
        # sudo: what was credited does not depend on which returns the reader sees
        found = self.env["aftersales.rma.line"].sudo().search([("sale_line_id", "in", self.ids)])
        return found.filtered(lambda row: row.rma_id.state in ("inspected", "to_refund", "done"))

    def _aftersales_creditable_by_sales(self, returned):
        """Invoiced pieces that never left or came back without a return, in the product's unit."""
        invoiced = self._aftersales_invoiced_qty()
        delivered = self._aftersales_in_product_unit(self.qty_delivered)
        return max(0.0, invoiced - delivered - sum(line._taken_over_qty() for line in returned))

    def _aftersales_invoiced_qty(self):
        """Pieces on posted invoices, whatever was credited since, in the product's unit."""
        return sum(line._aftersales_pieces() for line in self._aftersales_invoiced_lines())

    def _aftersales_invoiced_lines(self):
        """Posted invoice lines of the order line, oldest first; not those that take something back."""
        lines = self.invoice_lines.filtered(
            lambda line: (
                line.move_id.move_type == "out_invoice"
                and line.parent_state == "posted"
                and line.quantity > 0
                and not line.aftersales_origin_line_id
                and not line.move_id.reversed_entry_id
            )
        )
        return lines.sorted(lambda line: (line.move_id.invoice_date or line.create_date.date(), line.id))

    # === POSTING BESIDE A REFUND === #

    def _aftersales_refuse_twice(self):
        """Pieces that refunds have credited are not credited by Sales as well.

        Either posting writes what was invoiced of the order line: so of two at once the later begins anew.
        """
        lines = self.sudo()  # sudo: see _aftersales_lines_credited_by_sales
        every = lines._aftersales_return_lines()
        posted, by_line = every._posted_by_line(), every.grouped("sale_line_id")
        for line in lines:
            returned = by_line.get(line, every.browse())
            waiting = sum(rows._uncredited_qty(posted) for rows in returned.grouped("rma_id").values())
            room = line._aftersales_creditable_by_sales(returned) + waiting
            done = returned.filtered(lambda row: posted.get(row, 0.0) > 0)
            if done and line._aftersales_sales_credit_exceeds(room):
                raise UserError(
                    line.env._(
                        "%(goods)s of %(order)s was credited with %(returns)s already. Take it off this "
                        "document. If the customer is to get more than that, use Credit Note on the invoice.",
                        goods=line.product_id.display_name,
                        order=line.order_id.name,
                        returns=", ".join(done.rma_id.mapped("name")),
                    )
                )

    def _aftersales_sales_credit_exceeds(self, room):
        credited, rounding = self._aftersales_sales_credited_qty(), self.product_id.uom_id.rounding
        return float_compare(credited, room, precision_rounding=rounding) > 0


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _aftersales_pieces(self):
        """Quantity without its sign, in the product's unit."""
        unit = self.product_id.uom_id
        if not self.product_uom_id or self.product_uom_id == unit:
            return abs(self.quantity)
        return abs(self.product_uom_id._compute_quantity(self.quantity, unit, round=False))

    def _aftersales_takes_back(self):
        """Whether this line of an invoice credits pieces: Sales puts them beside what it invoices."""
        sold = self.sale_line_ids[:1]
        return bool(sold) and self.quantity < 0 and sold.product_uom_qty >= 0

    def _aftersales_is_sales_credit(self):
        """Whether the line credits pieces without naming their invoice, whatever its state; not ours."""
        move = self.move_id
        if self.display_type != "product" or not self.sale_line_ids or self.aftersales_origin_line_id:
            return False
        if move.aftersales_exchange_rma_id or move._aftersales_refunds():
            return False
        if move.move_type == "out_invoice":
            return self._aftersales_takes_back()
        return move.move_type == "out_refund" and self.quantity > 0 and not self._aftersales_credited_origin()

    def _aftersales_credited_origin(self):
        """Lines of the invoice that this line's credit note names, of the same goods."""
        return self.move_id.reversed_entry_id.invoice_line_ids.filtered(
            lambda line: line.product_id == self.product_id and line.sale_line_ids == self.sale_line_ids
        )

    def _aftersales_credited(self):
        quantity, untaxed, total = super()._aftersales_credited()
        of_sales = self._aftersales_share_of_sales_credits()
        return quantity + float(of_sales[0]), untaxed + float(of_sales[1]), total + float(of_sales[2])

    def _aftersales_share_of_sales_credits(self):
        """(quantity, untaxed, total) of what Sales credited that falls on this line: oldest first."""
        sold = self.sale_line_ids[:1]
        credits = sold._aftersales_sales_credits()
        lines = credits and sold._aftersales_invoiced_lines()
        if not lines or self not in lines:
            return 0.0, 0.0, 0.0
        rooms = tuple(_decimal(line._aftersales_room_beside_sales()) for line in lines)
        rows = tuple(credit._aftersales_credit_row(self) for credit in credits.sorted("id"))
        shares = refund.oldest_first(rooms, rows, self.currency_id.decimal_places)
        pieces, untaxed, total = shares[lines.ids.index(self.id)]
        return self._aftersales_from_pieces(float(pieces)), untaxed, total

    def _aftersales_room_beside_sales(self):
        """Pieces of the line that nobody else has credited."""
        credited, _untaxed, _total = self._aftersales_credited_by_name()
        return self._aftersales_pieces() * max(0.0, 1 - credited / self.quantity)

    def _aftersales_from_pieces(self, pieces):
        if not self.product_uom_id:
            return pieces
        return self.product_id.uom_id._compute_quantity(pieces, self.product_uom_id, round=False)

    def _aftersales_credit_row(self, line):
        """(pieces, untaxed, total) of this credit, in the currency of the invoice line."""

        def money(amount):
            day = self.move_id.invoice_date or self.date
            amount = self.currency_id._convert(abs(amount), line.currency_id, self.company_id, day)
            return _decimal(amount)

        return _decimal(self._aftersales_pieces()), money(self.price_subtotal), money(self.price_total)


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        credits = self._aftersales_lines_credited_by_sales()
        posted = super()._post(soft)
        credits._aftersales_refuse_twice()
        return posted

    def _aftersales_lines_credited_by_sales(self):
        """Order lines with returns that these documents credit without naming an invoice."""
        documents = self.filtered(lambda move: move.move_type in ("out_refund", "out_invoice"))
        lines = documents.invoice_line_ids.filtered(lambda line: line._aftersales_is_sales_credit())
        if not lines:
            return lines.sale_line_ids
        domain = [("sale_line_id", "in", lines.sale_line_ids.ids)]
        # sudo: whoever posts need not see returns
        return self.env["aftersales.rma.line"].sudo().search(domain).sale_line_id


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    def _is_money_back(self):
        """Whether money is given for the goods: asked for, or in the end."""
        return self.resolution not in ("exchange", "repair") or self._gives_goods_back()


class AftersalesRmaLine(models.Model):
    _inherit = "aftersales.rma.line"

    def _taken_over_qty(self):
        """Pieces that do not count as delivered (any more), in the product's unit; of a kit whole ones.

        Goods that are given money for though they never left count as well: they are the return's matter.
        """
        if any(self._received_moves().mapped("to_refund")):
            return self.received_qty
        promised = self.rma_id.state in ("to_refund", "done") and not self._deliveries()
        return self._refundable_qty() if promised else 0.0

    def _is_held(self):
        """Whether the money for it is a matter of the return; not once all of its refunds were cancelled."""
        refunds = self.rma_id.refund_ids
        return not refunds or any(refund.state != "cancelled" for refund in refunds)

    def _uncredited_qty(self, posted=None):
        """Pieces of lines of one return that money is given for without a posted credit note of ours.

        :param posted: as of :meth:`_posted_by_line`, where it is known for many lines already
        """
        posted = self._posted_by_line() if posted is None else posted
        given = sum(posted.get(line, 0.0) for line in self)
        return max(0.0, sum(line._refundable_qty() for line in self) - given)

    def _posted_by_line(self):
        """{line: pieces that credit notes of refunds have given money for, in the product's unit}."""
        parts = self.env["aftersales.refund.line"].search(
            [
                ("rma_line_id", "in", self.ids),
                ("kind", "=", "goods"),
                ("refund_id.credit_note_id.state", "=", "posted"),
            ]
        )
        by_line = parts.grouped("rma_line_id").items()
        return {line: sum(part._pieces() for part in rows) for line, rows in by_line}

    def _credited_by_sales(self):
        """Pieces of this line that Sales has credited, in the product's unit."""
        # the figures are of the lines in sudo: records compare by id
        return self.sale_line_id._aftersales_sales_credit_of_returns().get(self, 0.0)

    def _left_beside(self, refund):
        """Pieces of these lines that neither Sales nor other refunds have taken from ``refund``."""
        held = sum(part._pieces() for part in self._parts_held() - refund.line_ids)
        gone = held + sum(line._credited_by_sales() for line in self)
        return max(0.0, sum(line._refundable_qty() for line in self) - gone)

    def _creditable_qty(self):
        return max(0.0, super()._creditable_qty() - self._credited_by_sales())


class AftersalesRefund(models.Model):
    _inherit = "aftersales.refund"

    def _accepted_quantities(self):
        """Less what Sales has credited since the parts were made."""
        quantities = super()._accepted_quantities()
        for line, most in self._most_beside_sales().items():
            quantities[line] = min(quantities[line], most)
        return quantities

    def _most_beside_sales(self):
        """{invoice line: quantity that Sales has left to this refund}, where it credited returned goods."""
        left, most = {}, {}
        for part in self.line_ids.filtered(lambda row: row.kind == "goods"):
            sold, line = part.invoice_line_id.sale_line_ids[:1], part.invoice_line_id
            rows = self.rma_id.line_ids.filtered(lambda row, sold=sold: row.sale_line_id == sold)
            if line in most or not any(row._credited_by_sales() for row in rows):
                continue
            room = left.setdefault(sold, rows._left_beside(self))
            most[line] = line._aftersales_from_pieces(room)
            left[sold] = max(0.0, room - part._pieces())
        return most

    def _sales_credited_pieces(self):
        """Pieces of this refund's goods that Sales has credited; they are not credited again."""
        sold = self.invoice_id.invoice_line_ids.sale_line_ids
        rows = self.rma_id.line_ids.filtered(lambda row: row.sale_line_id in sold)
        return sum(row._credited_by_sales() for row in rows)

    def _on_cancel(self):
        before = getattr(super(), "_on_cancel", None)
        if before:
            before()
        sold = self.rma_id.line_ids.sale_line_id.sudo()  # sudo: what Sales may credit again
        self.env.add_to_compute(sold._fields["qty_to_invoice"], sold)


class AftersalesRefundLine(models.Model):
    _inherit = "aftersales.refund.line"

    def _pieces(self):
        """Quantity in the product's unit; parts count in the unit of the invoice line."""
        line = self.invoice_line_id
        if not line.product_uom_id:
            return self.quantity
        return line.product_uom_id._compute_quantity(self.quantity, line.product_id.uom_id, round=False)


def _decimal(number):
    return refund.Decimal(str(round(number or 0.0, 6)))
