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
