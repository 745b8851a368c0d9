"""Deadline and verdict kinds of returns."""

from odoo import fields, models

from odoo.addons.aftersales_service.models.aftersales_verdict import Policy

from ..policy import disposition, eligibility, freight

DEADLINES = [
    ("decide", "Decide on the return"),
    ("decide_refund", "Decide on the refund request"),
    ("prepare", "Prepare the transfer of the goods"),
    ("resubmit", "Customer changes the request"),
    ("send_back", "Customer sends the goods"),
    ("goods_back", "Goods are back"),
    ("return_address", "Give the return address"),
    ("custody", "Customer gives back what was replaced"),
    ("receive", "Confirm the receipt"),
    ("inspect", "Inspect"),
    ("review", "Review the refund"),
]
VERDICTS = [
    ("eligibility", "May it come back?"),
    ("freight", "Who bears the freight?"),
    ("disposition", "Where do the goods go?"),
]


class AftersalesDeadline(models.Model):
    _inherit = "aftersales.deadline"

    kind = fields.Selection(selection_add=DEADLINES, ondelete={kind: "cascade" for kind, _label in DEADLINES})


class AftersalesVerdict(models.Model):
    _inherit = "aftersales.verdict"

    kind = fields.Selection(selection_add=VERDICTS, ondelete={kind: "cascade" for kind, _label in VERDICTS})

    def _policies(self):
        return {
            **super()._policies(),
            "eligibility": Policy(eligibility, eligibility.Facts),
            "freight": Policy(freight, freight.Facts, "aftersales.freight.rule"),
            "disposition": Policy(disposition, disposition.Facts, "aftersales.disposition.rule"),
        }
