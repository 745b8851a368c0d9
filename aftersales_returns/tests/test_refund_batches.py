from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import pressed
from .refund_common import RefundCommon


@tagged("-at_install", "post_install")
class TestBatchesOfRefunds(RefundCommon):
    """Finance has whole lists to work off, not forms to open one by one."""

    def refunds(self, count):
        orders = [self._sell() for _n in range(count)]
        for order in orders:
            self._invoice(order)
        return self.env["aftersales.refund"].concat(*(self._returned(order).refund_ids for order in orders))

    def press(self, name, user, refunds):
        return pressed(self.env.ref(f"aftersales_returns.aftersales_refund_batch_{name}"), user, refunds)

    def test_a_list_of_refunds_is_confirmed_approved_and_paid(self):
        """Design 4.5: the buttons of the form for what is marked; what does not go is told."""
        refunds = self.refunds(3)
        self.press("confirm", self.agent, refunds[:2])
        self.assertEqual(refunds.mapped("state"), ["confirmed", "confirmed", "draft"])
        told = self.press("approve", self.accountant, refunds)["params"]["message"]
        self.assertEqual(refunds.mapped("state"), ["approved", "approved", "draft"])
        self.assertIn("2 of 3 done", told)
        self.assertIn(refunds[2].name, told)
        dialog = self.press("pay", self.accountant, refunds)
        wizard = self.env[dialog["res_model"]].with_user(self.accountant).with_context(**dialog["context"])
        wizard.create({})._create_payments()
        self.assertEqual(refunds.mapped("state"), ["paid", "paid", "draft"])

    def test_whoever_may_not_approve_has_no_such_entry(self):
        """REFUND-28."""
        refunds = self.refunds(1)
        self._confirm(refunds)
        with self.assertRaises(AccessError):
            self.press("approve", self.agent, refunds)
        self.assertEqual(refunds.state, "confirmed")

    def test_a_draft_is_due_on_the_day_of_its_return(self):
        """One line says what is next and by when, also before anything is confirmed."""
        self.env.ref("aftersales_returns.return_policy_standard").with_user(self.env.user).action_activate()
        refund = self.refunds(1)
        self.assertFalse(refund.next_due_at)
        self.assertTrue(refund.review_due_at)
        self.assertIn(refund._moment(refund.review_due_at), refund.headline)

    def test_the_dialog_of_a_reason_says_what_it_is_for(self):
        refunds = self.refunds(1)
        self._confirm(refunds)
        dialog = refunds.with_user(self.accountant).action_reject()
        asked = refunds._event_label("reject")
        self.assertEqual((dialog["name"], dialog["display_name"]), (asked, asked))
