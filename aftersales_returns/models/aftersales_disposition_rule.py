from odoo import fields, models

from ..policy import disposition
from .aftersales_freight_rule import RESOLUTIONS, YES, YES_NO

GRADES = [
    ("a", "A: as new"),
    ("b", "B: opened, complete, no trace of use"),
    ("c", "C: used, or something small is missing"),
    ("d", "D: damaged or defective"),
]
OWNERSHIPS = [
    (disposition.SOLD, "Ours when it was sold"),
    (disposition.CONSIGNED, "A supplier's, sold on consignment"),
    (disposition.FOREIGN, "Not sold by us"),
]
DISPOSITIONS = [
    (disposition.RESTOCK, "Back to stock"),
    (disposition.REFURBISH, "Workshop"),
    (disposition.SCRAP, "Scrap"),
    (disposition.RETURN_TO_VENDOR, "Back to the supplier"),
    (disposition.RETURN_TO_CUSTOMER, "Back to the customer"),
]


class AftersalesDispositionRule(models.Model):
    """A row of the table that says where inspected goods go. Empty cells fit anything."""

    _name = "aftersales.disposition.rule"
    _description = "Disposition rule"
    _inherit = "aftersales.rule.mixin"
    _rec_name = "code"
    _row_class = disposition.Rule

    accepted = fields.Selection(YES_NO)
    grade = fields.Selection(GRADES)
    resolution = fields.Selection(RESOLUTIONS)
    gift = fields.Selection(YES_NO)
    vendor_warranty = fields.Selection(YES, "Supplier's warranty")
    ownership = fields.Selection(OWNERSHIPS, "Whose goods")
    disposition = fields.Selection(DISPOSITIONS, required=True)

    _code_uniq = models.UniqueIndex(
        "(code)", "That code of a disposition rule is taken; a changed rule gets a new one."
    )
