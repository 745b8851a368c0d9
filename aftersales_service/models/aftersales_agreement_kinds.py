from odoo import api, fields, models

from ..policy import agreement_scope, compensation, compensation_route
from .aftersales_verdict import Policy


class AftersalesVerdict(models.Model):
    _inherit = "aftersales.verdict"

    kind = fields.Selection(
        selection_add=[
            ("scope", "Scope of the agreement"),
            ("compensation", "Compensation"),
            ("compensation_route", "Who decides"),
        ],
        ondelete={"scope": "cascade", "compensation": "cascade", "compensation_route": "cascade"},
    )

    @api.model
    def _policies(self):
        return {
            **super()._policies(),
            "scope": Policy(agreement_scope, agreement_scope.Facts),
            "compensation": Policy(compensation, compensation.Facts, "aftersales.compensation.rule"),
            "compensation_route": Policy(compensation_route, compensation_route.Facts),
        }

    def _fill(self, text, params):
        """Verdicts keep the code of a target; the reader sees its name."""
        if "target" in params:
            labels = dict(self.env["aftersales.sla.line"]._fields["target"]._description_selection(self.env))
            params = {**params, "target": labels.get(params["target"], params["target"])}
        return super()._fill(text, params)
