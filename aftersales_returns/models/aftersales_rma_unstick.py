from odoo import models
from odoo.exceptions import UserError

from ..policy import rma_flow


class AftersalesRma(models.Model):
    """A return may be put into another state by hand, as far as no money and no booking speaks against it."""

    _inherit = "aftersales.rma"

    _can_be_unstuck = True

    def _check_unstick(self, state):
        super()._check_unstick(state)
        # sudo: whether, not how much
        paying = self.sudo().refund_ids.filtered(lambda refund: refund.state not in ("draft", "cancelled"))
        if paying:
            raise UserError(
                self.env._(
                    "The refund of %(returns)s is on its way, and a return follows its refund. Send the "
                    "refund back or cancel it first.",
                    returns=", ".join(paying.rma_id.mapped("name")),
                )
            )
        if state == rma_flow.DONE:
            raise UserError(
                self.env._(
                    "A return is done when its goods or its money have left, which Inventory and Accounting "
                    "say. Close it instead if nothing is owed."
                )
            )
