"""The draft that settles a claim on a supplier stays: a claim that was credited has the credit behind it.

Otherwise the claim would be made good with nothing, and nothing could be claimed for these goods again.
"""

from odoo import models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    _inherit = "account.move"

    def button_cancel(self):
        self._aftersales_keep_supplier_credit()
        return super().button_cancel()

    def unlink(self):
        self._aftersales_keep_supplier_credit()
        return super().unlink()

    def _aftersales_keep_supplier_credit(self):
        claims = self.env["aftersales.supplier.claim"].sudo()  # sudo: finance has no rights on claims
        for claim in claims.search([("credit_note_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._(
                    "%(document)s is the credit with which %(supplier)s makes good the claim %(claim)s. "
                    "Correct it by what the supplier has sent, and post it.",
                    document=claim.credit_note_id.display_name,
                    supplier=claim.partner_id.name,
                    claim=claim.name,
                )
            )
