from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.aftersales_freight_rule import BEARERS
from ..models.aftersales_rma import ELIGIBILITY

OVERRIDE, OVERRIDE_FREIGHT = "override_eligibility", "override_freight"
#: what asks why; the dialog is no door to any other event
ASKED = [
    ("refuse", "Refuse"),
    ("dispute", "Dispute"),
    ("uphold", "Customer is right"),
    ("dismiss", "Dismiss"),
    ("charge_kept", "Invoice what was kept"),
    ("refuse_parcel", "Refuse the parcel"),
    ("report_missing", "Not received"),
    ("reject", "Turn the goods down"),
    ("waive_goods", "Refund without goods"),
    ("close", "Close"),
    ("cancel", "Cancel"),
    (OVERRIDE, "Decide otherwise"),
    (OVERRIDE_FREIGHT, "Decide otherwise"),
]


class AftersalesRmaReason(models.TransientModel):
    """Asks for the reason of an event, and keeps it with the return."""

    _name = "aftersales.rma.reason"
    _description = "Reason of a step of a return"

    rma_ids = fields.Many2many("aftersales.rma", string="Returns", required=True)
    event = fields.Selection(ASKED, required=True)
    reason = fields.Text(required=True)
    parcel_refusal = fields.Selection(
        selection=lambda self: self.env["aftersales.rma"]._fields["parcel_refusal"].selection,
        string="Parcel refused because",
    )
    outcome = fields.Selection(ELIGIBILITY, "Right instead")
    bearer = fields.Selection(BEARERS, "Bears the way back")
    hint = fields.Char(compute="_compute_hint")

    @api.depends("event")
    def _compute_hint(self):
        hints = {
            "refuse": self.env._(
                "The customer reads this. He may change the request or dispute the decision."
            ),
            "dismiss": self.env._("The customer reads this."),
            "reject": self.env._("The customer reads this."),
            "refuse_parcel": self.env._(
                "Without a valid reason the customer may send the parcel again at our expense."
            ),
            "waive_goods": self.env._("The money is refunded although no goods come back."),
        }
        kept = self.env._("The verdict is kept; your decision is added to it with your name and reason.")
        hints.update(dict.fromkeys((OVERRIDE, OVERRIDE_FREIGHT), kept))
        for wizard in self:
            wizard.hint = hints.get(wizard.event, "")

    def action_confirm(self):
        if not self.reason.strip():
            raise UserError(self.env._("Say why: whoever opens the return next will want to know."))
        if self.event == OVERRIDE:
            self.rma_ids._override_eligibility(self.outcome, self.reason)
        elif self.event == OVERRIDE_FREIGHT:
            self.rma_ids._override_freight(self.bearer, self.reason)
        elif self.event == "refuse_parcel":
            self.rma_ids.action_refuse_parcel(reason=self.reason, parcel_refusal=self.parcel_refusal)
        else:
            getattr(self.rma_ids, f"action_{self.event}")(reason=self.reason)
        return {"type": "ir.actions.act_window_close"}
