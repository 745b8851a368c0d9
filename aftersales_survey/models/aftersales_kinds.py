"""The kinds of promises and verdicts that this addon brings into the kernel."""

from odoo import api, fields, models

from odoo.addons.aftersales_service.models.aftersales_verdict import Policy

from ..policy import followup, sampling, scoring


class AftersalesDeadline(models.Model):
    _inherit = "aftersales.deadline"

    kind = fields.Selection(
        selection_add=[("followup", "Follow up with the customer")],
        ondelete={"followup": "cascade"},
    )


class AftersalesVerdict(models.Model):
    _inherit = "aftersales.verdict"

    kind = fields.Selection(
        selection_add=[
            ("invitation", "Survey invitation"),
            ("followup_plan", "Follow-up plan"),
            ("satisfaction", "Satisfaction"),
        ],
        ondelete={"invitation": "cascade", "followup_plan": "cascade", "satisfaction": "cascade"},
    )

    @api.model
    def _policies(self):
        return {
            **super()._policies(),
            "invitation": Policy(sampling, sampling.Facts),
            "followup_plan": Policy(followup, followup.Facts, "aftersales.followup.plan.line"),
            "satisfaction": Policy(scoring, scoring.Facts),
        }
