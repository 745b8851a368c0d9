from odoo import fields, models


class ResCompany(models.Model):
    """Who hears of quality, department by department."""

    _inherit = "res.company"

    aftersales_quality_user_id = fields.Many2one(
        "res.users", "Quality management", help="Assesses returned items and signs."
    )
    aftersales_development_user_id = fields.Many2one(
        "res.users", "Development", help="Is told of major quality problems."
    )
    aftersales_production_user_id = fields.Many2one(
        "res.users", "Production", help="Hears the results on parts of own make."
    )
    aftersales_purchasing_user_id = fields.Many2one(
        "res.users", "Purchasing", help="Hears the results on purchased parts and claims on suppliers."
    )
    aftersales_marketing_user_id = fields.Many2one(
        "res.users", "Marketing", help="Hears every result, to settle with the customer."
    )
    aftersales_first_opinion_days = fields.Integer(
        "First opinion within", default=1, help="Working days. 0: no deadline."
    )
    aftersales_assess_days = fields.Integer(
        "Assessment within", default=3, help="Working days. 0: no deadline."
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_quality_user_id = fields.Many2one(
        related="company_id.aftersales_quality_user_id", readonly=False
    )
    aftersales_development_user_id = fields.Many2one(
        related="company_id.aftersales_development_user_id", readonly=False
    )
    aftersales_production_user_id = fields.Many2one(
        related="company_id.aftersales_production_user_id", readonly=False
    )
    aftersales_purchasing_user_id = fields.Many2one(
        related="company_id.aftersales_purchasing_user_id", readonly=False
    )
    aftersales_marketing_user_id = fields.Many2one(
        related="company_id.aftersales_marketing_user_id", readonly=False
    )
    aftersales_first_opinion_days = fields.Integer(
        related="company_id.aftersales_first_opinion_days", readonly=False
    )
    aftersales_assess_days = fields.Integer(related="company_id.aftersales_assess_days", readonly=False)
