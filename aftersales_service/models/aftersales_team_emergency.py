from odoo import fields, models


class AftersalesTeam(models.Model):
    """The emergency line: a mail to its address is what the address says, also while nobody reads it."""

    _inherit = "aftersales.team"

    mail_category_id = fields.Many2one(
        "aftersales.ticket.category",
        "Mails are about",
        help="Category of a ticket that begins with a mail to the team. Empty for an emergency team: the "
        "first one in which a core function is gone.",
    )

    def _alias_get_creation_values(self):
        """INTAKE-09: nobody is awake to say how bad it is, so the emergency address says it."""
        values = super()._alias_get_creation_values()
        if not self.id:
            return values
        category = self.mail_category_id
        told = {}
        if self.is_emergency:
            told = {"urgency": "urgent", "impact": "global"}
            core = self.env["aftersales.ticket.category"].sudo()  # sudo: part of the team's own settings
            category = category or core.search([("function", "=", "core")], limit=1)
        if category:
            told["category_id"] = category.id
        values["alias_defaults"] = {**values["alias_defaults"], **told}
        return values

    def write(self, vals):
        result = super().write(vals)
        if {"is_emergency", "mail_category_id"}.intersection(vals):
            for team in self:
                # sudo: the alias belongs to the team that the user has just been allowed to change
                team.sudo().alias_defaults = team._alias_get_creation_values()["alias_defaults"]
        return result
