from odoo import fields, models

from ..policy import deadline


class AftersalesDeadlineEvent(models.Model):
    """What happened to the clock of a promise. Told by the ledger, never changed."""

    _name = "aftersales.deadline.event"
    _description = "Clock event"
    _order = "id"

    deadline_id = fields.Many2one(
        "aftersales.deadline", required=True, readonly=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [
            (deadline.START, "Started"),
            (deadline.PAUSE, "Paused"),
            (deadline.RESUME, "Went on"),
            (deadline.RETARGET, "Given another target"),
            (deadline.STOP, "Stopped"),
        ],
        required=True,
        readonly=True,
    )
    at = fields.Datetime(required=True, readonly=True)
    seconds = fields.Integer(readonly=True, help="The target in seconds, where the event sets one.")
    since = fields.Datetime(readonly=True, help="Another start of the clock, where the event sets one.")
    cause = fields.Char(readonly=True, help="The event of the document that did it.")

    def _as_clock_event(self):
        retargets = self.kind in (deadline.START, deadline.RETARGET)
        return deadline.ClockEvent(
            self.at, self.kind, self.seconds if retargets else None, self.since or None
        )
