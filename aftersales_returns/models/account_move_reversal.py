from odoo import models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """A credit note that was reversed in full gives nothing back: no refund and no ceiling counts it."""

    _inherit = "account.move"

    def _post(self, soft=True):
        undone = self._aftersales_undone_notes()
        undone._aftersales_refuse_settled()
        posted = super()._post(soft)
        undone._aftersales_let_go()
        return posted

    def _aftersales_undone_notes(self):
        """Credit notes of refunds that these entries take back in full."""
        return self.filtered(lambda move: move._aftersales_takes_back_all()).reversed_entry_id.filtered(
            lambda note: note.state == "posted" and note._aftersales_refunds()
        )

    def _aftersales_takes_back_all(self):
        note = self.reversed_entry_id
        return bool(note) and self.currency_id.is_zero(self.amount_total - note.amount_total)

    def _aftersales_is_undone(self):
        return any(
            move.state == "posted" and move._aftersales_takes_back_all() for move in self.reversal_move_ids
        )

    def _aftersales_foreign_notes(self):
        """Posted credit notes of these invoices that no refund made, and nobody has taken back."""
        return self.reversal_move_ids.filtered(
            lambda move: (
                move.state == "posted"
                and move.move_type == "out_refund"
                and not move._aftersales_refunds()
                and not move._aftersales_is_undone()
            )
        )

    def _aftersales_refuse_settled(self):
        """Money that has left does not come back by reversing the paper."""
        settled = self._aftersales_refunds().filtered(lambda refund: refund.state == "paid")
        if settled:
            raise UserError(
                self.env._(
                    "%(notes)s of %(refunds)s is settled. Undo its payment, or its matching with the "
                    "invoice, before you reverse it.",
                    notes=", ".join(settled.credit_note_id.mapped("name")),
                    refunds=", ".join(settled.mapped("name")),
                )
            )

    def _aftersales_let_go(self):
        """The refund is back where finance approves; the note stays in the books without it."""
        for note in self:
            refund = note._aftersales_refunds()
            refund._on_credit_note_withdrawn()
            refund._write_policy({"credit_note_id": False})
            refund._message_log(body=self.env._("Credit note %s was reversed.", note.name))
            note.sudo().aftersales_refund_id = False  # sudo: whoever posts has no rights on refunds


class AftersalesRefund(models.Model):
    _inherit = "aftersales.refund"

    def _is_settled(self):
        return super()._is_settled() and not self.credit_note_id._aftersales_is_undone()
