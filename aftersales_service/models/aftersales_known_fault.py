from odoo import fields, models


class AftersalesKnownFault(models.Model):
    """Symptom → cause → solution, from cases that were solved before (DIAG-10)."""

    _name = "aftersales.known.fault"
    _description = "Known fault"
    _order = "name"

    name = fields.Char("Symptom", required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: for every company.")
    product_tmpl_id = fields.Many2one("product.template", "Product", index="btree_not_null")
    category_id = fields.Many2one("aftersales.ticket.category", "Category")
    cause_id = fields.Many2one("aftersales.cause", "Cause", required=True)
    questions = fields.Text(
        "Ask first", translate=True, help="Questions that tell this fault from others on the telephone."
    )
    solution = fields.Html(translate=True)
