from odoo.tests import tagged

from .refund_common import RefundCommon


@tagged("post_install", "-at_install")
class TestLateReceipt(RefundCommon):
    """The receipt of the carrier comes after the inspection."""

    def test_freight_that_becomes_known_while_the_refund_is_a_draft_is_part_of_it(self):
        """FREIGHT-21, FREIGHT-24: charges are judged again and the draft follows, until it is confirmed."""
        order = self._sell()
        self._invoice(order)
        rma = self._returned(order)
        refund = rma.refund_ids
        self.assertEqual((rma.freight_is_open, self._amounts(refund)), (True, {"goods": 115.0}))
        rma.with_user(self.agent).return_freight = 8.0
        self.assertEqual(self._amounts(refund), {"goods": 115.0, "freight": 8.0})
        self.assertEqual(rma.freight_ids.filtered(lambda row: row.leg == "return").amount, 8.0)
        eligibility = rma.eligibility
        rma.with_user(self.agent).action_judge()
        self.assertEqual((refund.payout, rma.eligibility), (123.0, eligibility))
        self._confirm(refund)
        self.assertFalse(rma.freight_is_open)

    def test_a_supervisor_may_still_decide_on_the_freight_of_a_draft(self):
        """FREIGHT-03: the draft refund follows the decision."""
        order = self._sell()
        self._invoice(order)
        rma = self._returned(order, return_freight=8.0)
        rma._override_freight("customer", "He had agreed to bear it")
        self.assertEqual(self._amounts(rma.refund_ids), {"goods": 115.0})
        rma._override_freight("seller", "He had not")
        self.assertEqual(self._amounts(rma.refund_ids), {"goods": 115.0, "freight": 8.0})
