from datetime import date

from odoo import fields, models

from ..policy import warranty


class AftersalesWarrantyPlan(models.Model):
    """How long a product is under warranty, and from when (WARR-01, WARR-02, WARR-14)."""

    _name = "aftersales.warranty.plan"
    _description = "Warranty plan"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", ondelete="restrict", help="Empty: for every company.")
    months = fields.Integer(
        required=True, default=warranty.DEFAULT_MONTHS, help="Length of the term. 0: no warranty card."
    )
    start_event = fields.Selection(
        [("purchase", "Purchase"), ("delivery", "Delivery"), ("acceptance", "Project acceptance")],
        "Runs from",
        required=True,
        default="purchase",
        help="A card that runs from the acceptance begins when the acceptance date is entered.",
    )
    terms = fields.Html(
        "Warranty terms", translate=True, help="Printed on the card: what is covered and what is not."
    )

    _months_check = models.Constraint("CHECK (months >= 0)", "A term is a number of months from 0 on.")

    def _term(self, purchased: date, delivered: date):
        """First and last day of cover, (None, None) while the start event has not happened."""
        self.ensure_one()
        start = warranty.starts_on(self.start_event, purchased, delivered, None)
        return (start, warranty.end_of_term(start, self.months)) if start else (None, None)
