from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .refund_common import RefundCommon


@tagged("post_install", "-at_install")
class TestRefundRights(RefundCommon):
    def test_the_accountant_of_another_company_approves_nothing_here(self):
        """REFUND-28: finance is the finance of the company that pays."""
        order = self._sell()
        self._invoice(order)
        rma = self._returned(order)
        self._confirm(rma.refund_ids)
        other = self.env["res.company"].create({"name": "Branch"})
        stranger = new_test_user(
            self.env,
            "refund_stranger",
            groups="aftersales_service.group_accountant",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for record, button in ((rma.refund_ids, "action_approve"), (rma, "action_approve_refund")):
            with self.assertRaises(AccessError):
                getattr(record.with_user(stranger), button)()
        self.assertEqual(rma.refund_ids.state, "confirmed")
        self.assertFalse(rma.refund_ids.credit_note_id)

    def test_the_limit_of_four_eyes_is_in_the_companys_currency(self):
        """REFUND-28: 115.00 of a currency at two to one are 57.50; up to the limit one person is enough."""
        other = self.setup_other_currency("EUR", rates=[("2016-01-01", 2.0)])
        pricelist = self.env["product.pricelist"].create({"name": "EUR", "currency_id": other.id})
        order = self._sell(pricelist_id=pricelist.id)
        self._invoice(order)
        both = self._user("refund_both", "aftersales_service.group_agent,aftersales_service.group_accountant")
        refund = self._returned(order).refund_ids.with_user(both)
        refund.action_confirm()
        self.assertEqual((refund.currency_id, refund.amount), (other, 115.0))
        self.company.write({"aftersales_four_eyes": "above", "aftersales_four_eyes_amount": 57.49})
        self.env.invalidate_all()
        self.assertNotIn("approve", refund.allowed_events)
        with self.assertRaisesRegex(AccessError, "Four eyes"):
            refund.action_approve()
        self.company.aftersales_four_eyes_amount = 57.5
        self.env.invalidate_all()
        self.assertIn("approve", refund.allowed_events)
        refund.action_approve()
        self.assertEqual(refund.approved_by_id, both)
