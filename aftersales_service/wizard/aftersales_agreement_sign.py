from odoo import api, fields, models


class AftersalesAgreementSign(models.TransientModel):
    """Signs one version: for us on the screen, or for the customer with what was signed on paper."""

    _name = "aftersales.agreement.sign"
    _description = "Sign an agreement"

    agreement_id = fields.Many2one("aftersales.agreement", required=True, readonly=True)
    party = fields.Selection([("company", "Us"), ("customer", "The customer")], required=True, readonly=True)
    signed_by = fields.Char(
        "Name",
        compute="_compute_signed_by",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        help="Who signs.",
    )
    signature = fields.Image(required=True, max_width=1024, max_height=1024)

    @api.depends("party", "agreement_id")
    def _compute_signed_by(self):
        for wizard in self:
            ours = wizard.party == "company"
            wizard.signed_by = wizard.signed_by or (
                self.env.user.name if ours else wizard.agreement_id.partner_id.name
            )

    def action_apply(self):
        self.ensure_one()
        self.agreement_id._sign(self.party, self.signed_by, self.signature, via="paper")
        return {"type": "ir.actions.act_window_close"}
