"""Verdict and deadline kinds of refunds."""

from odoo import fields, models

from odoo.addons.aftersales_service.models.aftersales_verdict import Policy

from ..policy import refund, refund_channel


class AftersalesVerdict(models.Model):
    _inherit = "aftersales.verdict"

    kind = fields.Selection(
        selection_add=[("refund", "Refund"), ("refund_channel", "Way of the refund")],
        ondelete={"refund": "cascade", "refund_channel": "cascade"},
    )

    def _policies(self):
        return {
            **super()._policies(),
            "refund": Policy(refund, refund.Facts),
            "refund_channel": Policy(refund_channel, refund_channel.Facts, "aftersales.refund.channel"),
        }


class AftersalesDeadline(models.Model):
    _inherit = "aftersales.deadline"

    kind = fields.Selection(
        selection_add=[("finance", "Pay the refund"), ("arrival", "Refund arrives")],
        ondelete={"finance": "cascade", "arrival": "cascade"},
    )


class AftersalesReturnPolicyStep(models.Model):
    _inherit = "aftersales.return.policy.step"

    step = fields.Selection(
        selection_add=[("finance", "Finance pays the refund")], ondelete={"finance": "cascade"}
    )
