from odoo import fields, models
from odoo.exceptions import UserError


class AftersalesAgreementEnd(models.TransientModel):
    """Asks who ends an agreement before its time, and why (WARR-29)."""

    _name = "aftersales.agreement.end"
    _description = "Terminate an agreement"

    agreement_ids = fields.Many2many("aftersales.agreement", required=True, readonly=True)
    party = fields.Selection(
        [("company", "Us"), ("customer", "The customer"), ("both", "Both")],
        "Ended by",
        required=True,
        default="company",
    )
    reason = fields.Char(help="The customer reads it.")

    def action_apply(self):
        self.ensure_one()
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why it ends before its time: the customer is told the reason."))
        self.agreement_ids.action_terminate(self.party, reason)
        return {"type": "ir.actions.act_window_close"}
