from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_survey_id = fields.Many2one(related="company_id.aftersales_survey_id", readonly=False)
    aftersales_survey_quiet_days = fields.Integer(
        related="company_id.aftersales_survey_quiet_days", readonly=False
    )
    aftersales_survey_share = fields.Integer(related="company_id.aftersales_survey_share", readonly=False)
    aftersales_survey_valid_days = fields.Integer(
        related="company_id.aftersales_survey_valid_days", readonly=False
    )
    aftersales_survey_reopens = fields.Boolean(related="company_id.aftersales_survey_reopens", readonly=False)
