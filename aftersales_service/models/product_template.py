from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    aftersales_warranty_plan_id = fields.Many2one(
        "aftersales.warranty.plan",
        string="Warranty",
        help="A card is issued with each delivery. Empty: the company's default plan.",
    )
