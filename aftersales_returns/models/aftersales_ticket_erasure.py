from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..policy import rma_flow

#: nothing happens to such a return any more, neither with goods nor with money
OVER = (rma_flow.DONE, rma_flow.CLOSED, rma_flow.CANCELLED)
#: the money of such a refund is still to leave
OWED = ("draft", "confirmed", "approved")


class AftersalesTicket(models.Model):
    """Returns and refunds go with their ticket: words, papers and bank data; amounts and goods stay.

    The order, its invoice and its credit note keep the customer as long as the books must.
    """

    _inherit = "aftersales.ticket"

    @api.model
    def _kept_texts(self):
        return {
            **super()._kept_texts(),
            "aftersales.rma": {"name", "evidence_head"},
            "aftersales.rma.line": {"kit_needs"},  # figures: what goods are made of
            "aftersales.refund": {"name"},
            "aftersales.refund.line": {"name"},
            # the chain shows every change only as long as its hashes stand
            "aftersales.evidence": {"source_model", "part_model", "sha256", "told", "link"},
        }

    def _is_settled(self):
        """A refund that is not paid needs the account, goods on their way need the address."""
        returns = self.sudo().rma_ids  # sudo: whether, not what
        return super()._is_settled() and not returns.filtered_domain(_live())

    @api.model
    def _retention_domain(self):
        return super()._retention_domain() & ~Domain("rma_ids", "any", _live())

    def _blank_person(self):
        super()._blank_person()
        refunds = self.env["aftersales.refund"].search([("rma_id", "in", self.rma_ids.ids)])
        self.env.flush_all()
        # the guard that settles the account with the confirmation is for people
        self.env.cr.execute(
            SQL("UPDATE aftersales_refund SET payee_account_id = NULL WHERE id = ANY(%s)", refunds.ids)
        )
        self.env.invalidate_all()


def _live():
    """Returns with something still to be done."""
    return Domain("state", "not in", OVER) | Domain("refund_ids", "any", [("state", "in", OWED)])
