from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    aftersales_skill_ids = fields.Many2many(
        "aftersales.skill", string="After-sales skills", help="Dispatch gives tickets that need them."
    )
