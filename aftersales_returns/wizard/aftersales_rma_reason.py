from odoo import api, fields, models

from ..models.aftersales_rma import ELIGIBILITY

OVERRIDE = "override_eligibility"


class AftersalesRmaReason(models.TransientModel):
    """Asks for the reason of an event, and keeps it with the return."""

    _name = "aftersales.rma.reason"
    _description = "Reason of a step of a return"

    rma_ids = fields.Many2many("aftersales.rma", string="Returns", required=True)
    event = fields.Char(required=True)
    reason = fields.Text(required=True)
    parcel_refusal = fields.Selection(
        selection=lambda self: self.env["aftersales.rma"]._fields["parcel_refusal"].selection,
        string="Parcel refused because",
    )
    outcome = fields.Selection(ELIGIBILITY, "Right instead")
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
            OVERRIDE: self.env._(
                "The verdict is kept; your decision is added to it with your name and reason."
            ),
        }
        for wizard in self:
            wizard.hint = hints.get(wizard.event, "")

    def action_confirm(self):
        if self.event == OVERRIDE:
            self.rma_ids._override_eligibility(self.outcome, self.reason)
        elif self.event in self.rma_ids._flow.events:
            if self.event == "refuse_parcel":
                self.rma_ids._note_parcel_refusal(self.parcel_refusal)
            self.rma_ids._fire_on_read(self.event, reason=self.reason.strip())
        return {"type": "ir.actions.act_window_close"}
