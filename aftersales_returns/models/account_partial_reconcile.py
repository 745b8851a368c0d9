from odoo import models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    def unlink(self):
        """Every way to undo a payment ends here: refunds that were paid by it are open again."""
        notes = (self.debit_move_id | self.credit_move_id).move_id
        refunds = notes._aftersales_refunds()
        result = super().unlink()
        refunds._on_credit_note_open_again()
        return result
