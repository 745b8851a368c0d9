from odoo import fields, models


class AftersalesSatisfactionIndicator(models.Model):
    """What customers judge: product quality, service attitude, after-sales support (SURVEY-05)."""

    _name = "aftersales.satisfaction.indicator"
    _description = "Satisfaction indicator"
    _inherit = "aftersales.code.mixin"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="Short name that verdicts keep. It stays the same in every language."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    description = fields.Char(translate=True, help="By which standards it is judged.")

    _code_uniq = models.UniqueIndex("(code)", "Another indicator has this code already.")
