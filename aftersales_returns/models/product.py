from odoo import fields, models

EXCLUSIONS = [
    ("none", "May come back"),
    ("intimate", "Not after trying on"),
    ("bundle_part", "Only with the whole bundle"),
    ("no_return", "Special offer, no return"),
]


class ProductTemplate(models.Model):
    _inherit = "product.template"

    aftersales_return_exclusion = fields.Selection(
        EXCLUSIONS, "Return without a reason", help="Empty: as the category says. A fault may be claimed in any case."
    )


class ProductCategory(models.Model):
    _inherit = "product.category"

    aftersales_return_exclusion = fields.Selection(EXCLUSIONS, "Return without a reason")
