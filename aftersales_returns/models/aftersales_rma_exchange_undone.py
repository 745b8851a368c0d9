"""The difference of an exchange for another article stays as long as the exchange, and no longer.

Who gets money instead of the other article is not charged for it, and what came back is credited by his
refund: the draft of the difference is void and the order is as it was. What of it has left already is settled
anew. A document in the books is taken back by finance first.
"""

from odoo import models
from odoo.exceptions import UserError

# Proof that money takes the place of an exchange. An object: no client can send it.
MONEY_INSTEAD = object()


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    def _check_pass_to_refund(self):
        super()._check_pass_to_refund()
        # sudo: customer service decides without accounting rights
        posted = self.sudo().line_ids._difference_documents().filtered(lambda move: move.state == "posted")
        if posted:
            raise UserError(
                self.env._(
                    "%(documents)s charges or credits the exchange for another article and is posted. Let "
                    "Accounting reset it to draft, or reverse the invoice; then press again.",
                    documents=", ".join(posted.mapped("name")),
                )
            )

    def _on_pass_to_refund(self):
        for rma in self:
            lines = rma.sudo().line_ids  # sudo: as above
            documents = lines._difference_documents()
            if documents:
                documents.with_context(aftersales_undone_by=MONEY_INSTEAD).button_cancel()
            lines._settle_difference()
        super()._on_pass_to_refund()


class AftersalesRmaLine(models.Model):
    _inherit = "aftersales.rma.line"

    def _difference_documents(self):
        """What settles the exchange of these lines for another article, and has not been taken back."""
        rows, settled = self.env["account.move.line"], self.filtered("exchange_sale_line_id")
        if settled:
            domain = [("aftersales_rma_line_id", "in", settled.ids), ("parent_state", "!=", "cancel")]
            rows = rows.search(domain)
        return rows.move_id.filtered(
            lambda move: move._aftersales_is_difference() and not move._aftersales_is_undone()
        )


class AccountMove(models.Model):
    _inherit = "account.move"

    def _aftersales_is_difference(self):
        """Whether it charges or credits an exchange for another article."""
        of_exchange = self.filtered("aftersales_exchange_rma_id")
        return any(line._aftersales_left_order() for line in of_exchange.invoice_line_ids)

    def button_draft(self):
        self._aftersales_leave_undone()
        return super().button_draft()

    def _aftersales_leave_undone(self):
        """What a refund has taken the place of would credit the customer once more."""
        for move in self.filtered(lambda move: move.state == "cancel" and move._aftersales_is_difference()):
            # sudo: finance sees the return's number and its refund
            rma = move.sudo().aftersales_exchange_rma_id
            refunds = rma.refund_ids.filtered(lambda refund: refund.state != "cancelled")
            if refunds:
                raise UserError(
                    self.env._(
                        "%(document)s stays cancelled: the customer gets money instead of the exchange on "
                        "%(rma)s, with %(refunds)s.",
                        document=move.display_name,
                        rma=rma.name,
                        refunds=", ".join(refunds.mapped("name")),
                    )
                )

    def button_cancel(self):
        self._aftersales_keep_difference()
        return super().button_cancel()

    def unlink(self):
        self._aftersales_keep_difference()  # here: Odoo deletes the lines first, then nothing would tell
        self._aftersales_keep_documents()
        return super().unlink()

    def _aftersales_keep_documents(self):
        """Cancelled or emptied they still tell what was charged or given back, and why no more."""
        for move in self.sudo():  # sudo: numbers of return and refund, for finance
            told = move.aftersales_exchange_rma_id or move.aftersales_refund_id
            if told:
                raise UserError(
                    self.env._(
                        "%(document)s belongs to %(origin)s and is kept. Cancel it instead of deleting it.",
                        document=move.display_name,
                        origin=told.name,
                    )
                )

    def _aftersales_keep_difference(self):
        """Without it Sales invoices the other article, and nobody credits what came back."""
        if self.env.context.get("aftersales_undone_by") is MONEY_INSTEAD:
            return
        for move in self.filtered(lambda move: move.state != "cancel" and move._aftersales_is_difference()):
            raise UserError(
                self.env._(
                    "%(document)s is what settles the exchange %(rma)s: it credits what came back and "
                    "charges what was sent instead. Correct it and post it. If the customer gets money "
                    "instead, let customer service say so on the return; then this document goes by itself.",
                    document=move.display_name,
                    rma=move.sudo().aftersales_exchange_rma_id.name,  # sudo: its number, for finance
                )
            )
