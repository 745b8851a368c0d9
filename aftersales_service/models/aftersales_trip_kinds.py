from odoo import fields, models

from ..policy import intervention, trip
from .aftersales_verdict import Policy


class AftersalesDeadline(models.Model):
    _inherit = "aftersales.deadline"

    kind = fields.Selection(
        selection_add=[
            ("trip_report", "Report from the trip"),
            ("feedback_form", "Feedback form"),
            ("rework", "Arrange the rework"),
        ],
        ondelete={"trip_report": "cascade", "feedback_form": "cascade", "rework": "cascade"},
    )


class AftersalesVerdict(models.Model):
    _inherit = "aftersales.verdict"

    kind = fields.Selection(
        selection_add=[("trip", "Ready to leave"), ("intervention", "Who goes")],
        ondelete={"trip": "cascade", "intervention": "cascade"},
    )

    def _policies(self):
        return {
            **super()._policies(),
            "trip": Policy(trip, trip.Facts),
            "intervention": Policy(intervention, intervention.Facts),
        }
