from odoo import fields, models


class AftersalesSlaPolicy(models.Model):
    """A set of promises: the default one, that of project agreements (by level), a company's own."""

    _name = "aftersales.sla.policy"
    _description = "SLA policy"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="Decides between lines of the same sequence.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", ondelete="restrict", help="Empty: for every company.")
    line_ids = fields.One2many("aftersales.sla.line", "policy_id", "Targets", copy=True)

    def write(self, vals):
        self.env.registry.clear_cache()  # which of its lines hold, for whom and in which order, is remembered
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
