"""AMB-19: the rules give back freight that the customer laid out and do not say what proves it.

The receipt is the proof. Who has seen it stands on the return; a version of the policy may ask for it before
anything is given back for the way back.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesReturnPolicy(models.Model):
    _inherit = "aftersales.return.policy"

    freight_receipt_required = fields.Boolean(
        "Receipt for return freight",
        help="Freight that the customer laid out is given back only once its receipt has been seen (AMB-19: "
        "the rules do not name the proof). Off: whoever confirms the refund answers for it.",
    )


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    freight_receipt_seen = fields.Boolean(
        "Receipt seen",
        copy=False,
        help="The receipt of the return freight says the amount. Customers attach it on their page.",
    )
    freight_receipt_missing = fields.Boolean(
        "Receipt missing",
        compute="_compute_freight_receipt_missing",
        help="Freight is claimed without proof.",
    )

    @api.depends("return_freight", "freight_receipt_seen", "freight_ids.settlement", "freight_ids.leg")
    def _compute_freight_receipt_missing(self):
        for rma in self:
            # sudo: whether it is given back, not how much
            given_back = rma.sudo().freight_ids.filtered(
                lambda row: row.leg == "return" and row.settlement in ("reimburse", "balance", "cash_out")
            )
            rma.freight_receipt_missing = bool(
                rma.return_freight and given_back and not rma.freight_receipt_seen
            )

    def _portal_take_freight(self, amount):
        super()._portal_take_freight(amount)
        self.freight_receipt_seen = True  # the form takes no amount without it

    def write(self, vals):
        """Another amount needs its own receipt."""
        if "return_freight" in vals and "freight_receipt_seen" not in vals:
            changed = self.filtered(
                lambda rma: rma.freight_receipt_seen and rma.return_freight != vals["return_freight"]
            )
            super(AftersalesRma, changed).write({**vals, "freight_receipt_seen": False})
            return super(AftersalesRma, self - changed).write(vals)
        return super().write(vals)


class AftersalesRefund(models.Model):
    _inherit = "aftersales.refund"

    def _check_confirm(self):
        super()._check_confirm()
        for record in self.sudo():  # sudo: the return and its version, for whoever confirms
            rma, claimed = (
                record.rma_id,
                record.line_ids.filtered(
                    lambda part: part.kind in ("freight", "balance") and part.leg == "return" and part.total
                ),
            )
            if claimed and rma.freight_receipt_missing and rma.policy_id.freight_receipt_required:
                raise UserError(
                    self.env._(
                        "%(refund)s gives back freight of %(rma)s, and its receipt has not been seen. "
                        "Attach it and tick 'Receipt seen', or take the return freight out.",
                        refund=record.name,
                        rma=rma.name,
                    )
                )
