from odoo import fields, models
from odoo.exceptions import UserError

from ..policy import warranty


class AftersalesWarrantyChange(models.TransientModel):
    """Asks why, and for how long, before a warranty card is changed by hand."""

    _name = "aftersales.warranty.change"
    _description = "Change of a warranty card"

    card_id = fields.Many2one("aftersales.warranty.card", required=True, readonly=True)
    kind = fields.Selection(
        [
            (warranty.EXTEND, "Extend the warranty"),
            (warranty.SUSPEND, "Suspend the warranty"),
            (warranty.RESUME, "Put the warranty in force again"),
            (warranty.VOIDED, "Void the warranty"),
        ],
        required=True,
        readonly=True,
    )
    days = fields.Integer("Days longer", default=30, help="Days that are added to the last day of cover.")
    reason = fields.Char(help="It stands in the card's ledger and may be told to the customer.")

    def action_apply(self):
        self.ensure_one()
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why: the customer may ask."))
        if self.kind == warranty.EXTEND:
            return self.card_id.extend(self.days, reason)
        return {
            warranty.SUSPEND: self.card_id.action_suspend,
            warranty.RESUME: self.card_id.action_resume,
            warranty.VOIDED: self.card_id.action_void,
        }[self.kind](reason)
