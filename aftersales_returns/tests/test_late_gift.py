"""A gift that comes after its price was deducted: the money is given back once (REFUND-32)."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .refund_common import RefundCommon


@tagged("post_install", "-at_install")
class TestLateGift(RefundCommon):
    def kept(self, **vals):
        """A return whose gift did not come: 17.25 were deducted, and everything is paid."""
        order = self._sell(gift=True, **vals)
        self._invoice(order)
        rma = self._returned(order, gift_back=False)
        refund = self._credit(rma)
        self.assertEqual(self._amounts(refund)["gift"], -17.25)
        return rma, refund

    def arrive(self, rma):
        """The gift comes in a parcel of its own, without paper, and is found to be this return's."""
        parcel = self.env["aftersales.unknown.parcel"].create(
            {"line_ids": [Command.create({"product_id": self.gift.id, "quantity": 1})]}
        )
        parcel.action_book()
        parcel.action_adopt(rma=rma)
        late = rma.supplement_ids
        self.assertEqual((parcel.state, late.state), ("handed_over", "received"))
        late.with_user(self.inspector).inspection_ids.write({"grade": "a"})
        late.with_user(self.inspector).action_complete_inspection()
        return late

    def test_what_was_deducted_and_paid_is_given_back_to_the_cent(self):
        """REFUND-32, AMB-15: Σ of both refunds is what a return with its gift would have given."""
        rma, first = self.kept()
        before = self._amounts(first)
        late = self.arrive(rma)
        second = late.refund_ids
        self.assertEqual(self._amounts(second), {"goods": 0.0, "gift_back": 17.25})
        self._confirm(second)
        self._approve(second)
        note = second.credit_note_id
        self.assertEqual((note.amount_total, note.state), (17.25, "posted"))
        self.assertEqual(self._amounts(first), before)
        self.assertEqual(first.amount + second.amount, 115.0)
        tax = (first.credit_note_id | note).line_ids.filtered(lambda line: line.display_type == "tax")
        self.assertEqual(sum(tax.mapped("balance")), 15.0)

    def test_it_is_given_back_once_also_when_the_first_refund_is_looked_at_again(self):
        rma, first = self.kept()
        late = self.arrive(rma)
        self._confirm(late.refund_ids)
        self._approve(late.refund_ids)
        gift = rma.line_ids.filtered("is_gift")
        self.assertEqual(gift._missing_gift_qty(), 1, "its price was given back, so that it counts as kept")
        self.assertIsNone(first._gift_back(late.line_ids.filtered("is_gift")), "no other refund gives it")
        with self.assertRaisesRegex(UserError, "is not what"), self.cr.savepoint():
            self.arrive(rma)

    def test_no_more_is_given_back_than_was_taken(self):
        """A refund of 11.50 could not bear 17.25: what it bore comes back."""
        order = self._sell(price=10.0, gift=True)
        self._invoice(order)
        rma = self._returned(order, gift_back=False)
        self.assertEqual(self._amounts(self._credit(rma))["gift"], -11.5)
        self.assertEqual(self._amounts(self.arrive(rma).refund_ids)["gift_back"], 11.5)
