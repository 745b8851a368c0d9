from odoo import fields, models

from ..policy import warranty

KINDS = [
    (warranty.ISSUE, "Issued"),
    (warranty.SUSPEND, "Suspended"),
    (warranty.RESUME, "In force again"),
    (warranty.EXTEND, "Extended"),
    (warranty.VOIDED, "Void"),
]


class AftersalesWarrantyCardEntry(models.Model):
    """What has happened to a warranty card. Entries are added by the card's own methods and stay."""

    _name = "aftersales.warranty.card.entry"
    _description = "Warranty card entry"
    _order = "date, id"
    _rec_name = "kind"

    card_id = fields.Many2one(
        "aftersales.warranty.card", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="card_id.company_id")
    kind = fields.Selection(KINDS, required=True, readonly=True)
    date = fields.Date(required=True, readonly=True)
    days = fields.Integer(readonly=True, help="Days that the term is extended by.")
    reason = fields.Char(readonly=True)
    move_line_id = fields.Many2one("stock.move.line", "Stock move line", readonly=True)

    def _as_entries(self):
        return [
            warranty.Entry(entry.kind, entry.date, entry.days)
            for entry in self.sorted(lambda e: (e.date, e.id))
        ]
