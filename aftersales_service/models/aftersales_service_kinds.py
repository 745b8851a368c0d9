from odoo import fields, models

from ..policy import coverage, dispatch, priority, sla
from .aftersales_verdict import Policy

TARGETS = [
    ("acknowledge", "Acknowledge"),
    ("assign", "Assign"),
    ("accept", "Accept"),
    ("first_reply", "First reply"),
    ("diagnosis", "Diagnosis"),
    ("on_site", "On site"),
    ("restore", "Restore"),
    ("resolve", "Resolve"),
    ("emergency", "Emergency plan"),
]


class AftersalesDeadline(models.Model):
    _inherit = "aftersales.deadline"

    kind = fields.Selection(
        selection_add=[*TARGETS, ("confirm", "Customer confirms"), ("ask_after", "Ask after it")],
        ondelete={
            **{target: "cascade" for target, _label in TARGETS},
            "confirm": "cascade",
            "ask_after": "cascade",
        },
    )


class AftersalesVerdict(models.Model):
    _inherit = "aftersales.verdict"

    kind = fields.Selection(
        selection_add=[
            ("priority", "Priority"),
            ("coverage", "Coverage"),
            ("sla", "Promises"),
            ("dispatch", "Dispatch"),
        ],
        ondelete={"priority": "cascade", "coverage": "cascade", "sla": "cascade", "dispatch": "cascade"},
    )

    def _policies(self):
        return {
            **super()._policies(),
            "priority": Policy(priority, priority.Facts, "aftersales.priority.rule"),
            "coverage": Policy(coverage, coverage.Facts),
            "sla": Policy(sla, sla.Facts, "aftersales.sla.line"),
            "dispatch": Policy(dispatch, dispatch.Facts),
        }

    def _fill(self, text, params):
        """Verdicts keep ids; the reader sees the person's name."""
        if "user_id" in params:
            # sudo: the name of a colleague, for whoever may read the verdict
            candidate = self.env["res.users"].sudo().browse(params["user_id"]).exists()
            params = {**params, "candidate": candidate.name or self.env._("a former user")}
        return super()._fill(text, params)
