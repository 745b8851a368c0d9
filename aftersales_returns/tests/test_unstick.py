from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import AftersalesReturnsCommon


@tagged("post_install", "-at_install")
class TestUnstickReturn(AftersalesReturnsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.put_in_force()

    def unstick(self, document, state, user=None):
        return document.with_user(user or self.manager)._unstick(state, "The parcel was never handed over")

    def running(self, rma):
        return set(rma.sudo().deadline_ids.filtered(lambda row: row.state == "running").mapped("kind"))

    def test_a_return_goes_back_a_step_with_the_promises_of_that_step(self):
        """RMA-06: the customer has the days to send it once more."""
        rma = self.sent_back(self.sell())
        self.assertEqual(self.running(rma), {"receive", "goods_back"})
        self.unstick(rma, "approved")
        self.assertEqual((rma.state, self.running(rma)), ("approved", {"send_back", "goods_back"}))
        self.assertIn("never handed over", rma.sudo().message_ids[0].body)

    def test_no_money_moves_and_none_can_be_pushed(self):
        """REFUND-06: 'done' is said by Accounting, and a refund is moved by nobody's hand."""
        rma = self.received(self.sell())
        with self.assertRaisesRegex(UserError, "Inventory and Accounting"):
            self.unstick(rma, "done")
        self.unstick(rma, "to_refund")
        self.assertFalse(rma.sudo().refund_ids)
        refund = self.env["aftersales.refund"].create({"rma_id": rma.id})
        with self.assertRaisesRegex(AccessError, "not moved by hand"):
            self.unstick(refund, "paid")
        self.assertEqual(refund.state, "draft")

    def test_a_return_whose_refund_is_on_its_way_stays(self):
        """REFUND-06: take the refund back first."""
        rma = self.inspected(self.sell())
        self.env["aftersales.refund"].create({"rma_id": rma.id})._write_policy({"state": "confirmed"})
        with self.assertRaisesRegex(UserError, "follows its refund"):
            self.unstick(rma, "cancelled")

    def test_nobody_frees_a_return_of_their_own_goods(self):
        """Four eyes: a manager does not approve by hand what a second person has to approve."""
        rma = self.rma(self.sell(customer=self.manager.partner_id))
        rma.action_submit()
        with self.assertRaisesRegex(AccessError, "Four eyes"):
            self.unstick(rma, "approved")
        self.assertEqual(rma.state, "requested")

    def test_only_a_manager_frees_a_return(self):
        rma = self.sent_back(self.sell())
        for user in (self.agent, self.supervisor, self.inspector, self.accountant):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.unstick(rma, "approved", user)
