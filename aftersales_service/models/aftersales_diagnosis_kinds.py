from odoo import fields, models

from ..policy import closing, solution_plan
from .aftersales_verdict import Policy


class AftersalesVerdict(models.Model):
    _inherit = "aftersales.verdict"

    kind = fields.Selection(
        selection_add=[("closing", "Proof of completion"), ("plan", "Approval of the plan")],
        ondelete={"closing": "cascade", "plan": "cascade"},
    )

    def _policies(self):
        return {
            **super()._policies(),
            "closing": Policy(closing, closing.Facts),
            "plan": Policy(solution_plan, solution_plan.Facts),
        }
