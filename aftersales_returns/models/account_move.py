from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class AccountMove(models.Model):
    _inherit = "account.move"

    aftersales_refund_id = fields.Many2one(
        "aftersales.refund",
        "Refund",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups="aftersales_service.group_agent,aftersales_service.group_accountant,"
        "account.group_account_readonly,account.group_account_invoice",
    )
    aftersales_credit_round = fields.Integer(
        "Times credited",
        readonly=True,
        copy=False,
        help="Counted up by each refund that credits this invoice; makes two at once wait for each other.",
    )

    # one credit note per refund, whatever is clicked twice
    _aftersales_refund_uniq = models.UniqueIndex(
        "(aftersales_refund_id) WHERE aftersales_refund_id IS NOT NULL AND state != 'cancel'",
        "This refund has its credit note already.",
    )

    def _aftersales_refunds(self):
        # sudo: whoever works in Accounting moves the refund along, with rights of ours or without
        return self.sudo().aftersales_refund_id

    def action_aftersales_open_refund(self):
        """The refund that the credit note pays out, with its return."""
        return self.aftersales_refund_id._open()

    def _aftersales_count_credit_round(self):
        """Meet whoever else credits these invoices: the later of the two starts again with fresh facts.

        A second one, whose snapshot is older, fails at this column with a serialization error, which Odoo
        retries; a mere lock would let it go on with stale figures.
        """
        if self:
            self.env.cr.execute(
                SQL(
                    """UPDATE account_move
                          SET aftersales_credit_round = COALESCE(aftersales_credit_round, 0) + 1
                        WHERE id IN %s""",
                    tuple(self.ids),
                )
            )

    def _aftersales_correct_tax(self, difference, limit):
        """Put what rounding has made into the largest tax line; False where it is more than ``limit``."""
        taxes = self.line_ids.filtered(lambda line: line.display_type == "tax")
        if not taxes or self.currency_id.compare_amounts(abs(difference), limit) > 0:
            return False
        largest = max(taxes, key=lambda line: abs(line.amount_currency))
        corrected = {"amount_currency": largest.amount_currency + difference}
        self.write({"line_ids": [Command.update(largest.id, corrected)]})
        return True

    def _post(self, soft=True):
        approving = self.env.context.get("aftersales_posting") or ()
        early = self._aftersales_refunds().filtered(lambda r: r.state != "approved")
        if early:
            raise UserError(
                self.env._(
                    "The credit note of %(refunds)s is posted by approving the refund: open it in "
                    "After-sales and approve it there.",
                    refunds=", ".join(early.mapped("name")),
                )
            )
        posted = super()._post(soft)
        # an open invoice may swallow the credit note at once; the hook of payments is silent then
        self._aftersales_refunds().filtered(
            lambda r: r.id in approving and r._is_settled()
        )._on_credit_note_paid()
        return posted

    def _invoice_paid_hook(self):
        result = super()._invoice_paid_hook()
        self._aftersales_refunds().filtered(lambda r: r._is_settled())._on_credit_note_paid()
        return result

    def _aftersales_refunds_on(self):
        """Refunds that give back what these invoices ask for."""
        # sudo: see _aftersales_refunds
        refunds = self.env["aftersales.refund"].sudo()
        return refunds.search([("invoice_id", "in", self.ids), ("state", "!=", "cancelled")])

    def button_draft(self):
        posted = self.filtered(lambda move: move.state == "posted")
        refunds, on_invoices = posted._aftersales_refunds(), posted._aftersales_refunds_on()
        result = super().button_draft()
        refunds._on_credit_note_withdrawn()
        on_invoices._on_invoice_withdrawn()
        return result
