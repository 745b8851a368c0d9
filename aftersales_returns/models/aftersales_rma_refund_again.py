from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesRma(models.Model):
    """A return whose refund was cancelled still owes money: somebody prepares the refund anew."""

    _inherit = "aftersales.rma"

    lacks_refund = fields.Boolean(
        "Refund to prepare again",
        compute="_compute_lacks_refund",
        help="Money is due, and every refund of this return was cancelled.",
    )

    @api.depends("state", "refund_ids.state")
    def _compute_lacks_refund(self):
        for rma in self:
            # sudo: whether, not how much
            states = set(rma.sudo().refund_ids.mapped("state"))
            rma.lacks_refund = rma.state == "to_refund" and states == {"cancelled"}

    def _next_step(self):
        if self.lacks_refund:
            return self.env._("The refund was cancelled: prepare it again when money is due after all")
        return super()._next_step()

    def action_prepare_refund(self):
        """A new draft, judged from today's facts, for customer service to confirm."""
        self.check_access("write")
        given_up = self.filtered("lacks_refund")
        if not given_up:
            raise UserError(
                self.env._("%s has a refund already. Reload: somebody may have been faster.", self[:1].name)
            )
        given_up._judge_freight_of_draft()
        return given_up.action_view_refunds() if len(given_up) == 1 else None
