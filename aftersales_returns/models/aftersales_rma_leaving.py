"""Returns, disputes and refunds of a colleague who has left go to the supervisor, as tickets do."""

from odoo import models

from ..policy import rma_flow

#: nobody has to act on these any more
OVER = (rma_flow.DONE, rma_flow.CLOSED, rma_flow.CANCELLED)


class ResUsers(models.Model):
    _inherit = "res.users"

    def _aftersales_left_documents(self):
        # sudo: whoever administers users need not be in after-sales
        returns = self.env["aftersales.rma"].sudo()
        mine = [("user_id", "in", self.ids), ("state", "not in", OVER)]
        others = [self.env[name].sudo() for name in ("aftersales.dispute", "aftersales.refund")]
        return [
            *super()._aftersales_left_documents(),
            returns.search(mine) | returns._with_task_of(self),
            *(documents._with_task_of(self) for documents in others),
        ]


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    def _deadline_user(self, kind):
        """Whoever has left is asked nothing: the supervisor is, until somebody else handles it."""
        user = super()._deadline_user(kind)
        if user and not user.sudo().active:  # sudo: whether he is still here
            return self.sudo().ticket_id.team_id.supervisor_id.filtered("active")
        return user


class AftersalesDispute(models.Model):
    _inherit = "aftersales.dispute"

    def _team_in_charge(self):
        return self.rma_id.ticket_id.team_id


class AftersalesRefund(models.Model):
    _inherit = "aftersales.refund"

    def _team_in_charge(self):
        return self.rma_id.ticket_id.team_id
