"""A gift that came back after its price had been deducted: the deduction is given back, once (REFUND-32).

While the first refund is a draft it follows by itself; what was confirmed or paid is not touched, and the
supplement of the late goods pays what was taken.
"""

from decimal import Decimal

from odoo import models

from ..policy import refund


class AftersalesRmaLine(models.Model):
    _inherit = "aftersales.rma.line"

    def _gift_parts(self, kind, of=None, but=None):
        """Parts of that kind on these lines in refunds that hold: not drafts, which are judged anew."""
        lines = self if of is None else of
        return self.env["aftersales.refund.line"].search(
            [
                ("rma_line_id", "in", lines.ids),
                ("kind", "=", kind),
                ("refund_id.state", "not in", ("draft", "cancelled")),
                ("refund_id", "not in", but.ids if but else []),
            ]
        )


class AftersalesRefund(models.Model):
    _inherit = "aftersales.refund"

    def _gift_back_facts(self):
        if self.kind == "freight" or not self.rma_id.supplement_of_id or not self._is_first():
            return ()
        late = self.rma_id.line_ids.filtered(
            lambda line: line.is_gift and line.supplements_line_id and line.accepted_qty
        )
        return tuple(gift for line in late if (gift := self._gift_back(line)))

    def _gift_back(self, line):
        """What refunds hold as deducted for the gift of ``line``, for the pieces that came late, or None."""
        first = line.supplements_line_id
        others = line.search([("supplements_line_id", "=", first.id)])
        taken = first._gift_parts("gift")
        given = first._gift_parts("gift_back", of=others, but=self)
        left = sum(taken.mapped("quantity")) - sum(given.mapped("quantity"))
        quantity = min(line.accepted_qty, left)
        if quantity <= 0:
            return None
        share = Decimal(str(quantity)) / Decimal(str(left))

        def rest(name):
            amount = -sum(taken.mapped(name)) - sum(given.mapped(name))
            return refund.rounded(Decimal(str(amount)) * share, self.currency_id.decimal_places)

        return refund.MissingGift(line.id, Decimal(str(quantity)), rest("untaxed"), rest("total"))
