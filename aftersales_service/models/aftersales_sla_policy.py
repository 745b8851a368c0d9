from odoo import fields, models


class AftersalesSlaPolicy(models.Model):
    """A set of promises: the default set, a project's, a company's own."""

    _name = "aftersales.sla.policy"
    _description = "SLA policy"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: for every company.")
    line_ids = fields.One2many("aftersales.sla.line", "policy_id", "Targets", copy=True)

    def write(self, vals):
        if "active" in vals:  # its lines are remembered while it is in force
            self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
