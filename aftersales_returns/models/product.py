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
        EXCLUSIONS,
        "Return without a reason",
        help="Empty: as the category says. A fault may be claimed in any case.",
    )


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _aftersales_exclusion(self):
        """What the article says of returns without a reason, else the nearest category that says one."""
        return self.aftersales_return_exclusion or self.categ_id._aftersales_exclusion()

    def _with_valuation_context(self):
        """What belongs to somebody else is worth nothing in our books, whatever the cost method.

        Odoo leaves the owners out for FIFO, since the layers are told apart by owner; but it fills them from
        the quantity, so that a customer's unit in quarantine would count at the cost of one sold long ago.
        """
        return super()._with_valuation_context().with_context(owners=[False, self.env.company.partner_id.id])


class ProductCategory(models.Model):
    _inherit = "product.category"

    aftersales_return_exclusion = fields.Selection(
        EXCLUSIONS,
        "Return without a reason",
        help="Holds for the categories below it as well. Empty: as the category above says. A fault may be "
        "claimed in any case.",
    )

    def _aftersales_exclusion(self):
        """What the category says, else the nearest one above it that says something; False if none does."""
        category = self
        while category and not category.aftersales_return_exclusion:
            category = category.parent_id
        return category.aftersales_return_exclusion
