from odoo import api, fields, models


class AftersalesServiceArea(models.Model):
    """Who serves a region: our own team, a service partner on the spot, and what is special there."""

    _name = "aftersales.service.area"
    _description = "Service area"
    _order = "country_id, state_id, id"

    name = fields.Char(compute="_compute_name", store=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    country_id = fields.Many2one("res.country", required=True)
    state_id = fields.Many2one(
        "res.country.state",
        "Region",
        domain="[('country_id', '=', country_id)]",
        ondelete="restrict",
        help="Empty: the whole country, where no row names the region.",
    )
    team_id = fields.Many2one("aftersales.team", "Our team", check_company=True)
    partner_id = fields.Many2one(
        "res.partner", "Service partner", help="Local company that goes in our place."
    )
    station_id = fields.Many2one(
        "res.partner", "Repair station", help="Where customers of the region send their goods."
    )
    is_remote = fields.Boolean(
        "Remote",
        help="Far from every station: the customer gets help with transport and diagnosis from afar.",
    )
    logistics = fields.Char(
        "Special logistics", help="e.g. we send the packing and have it fetched; replacement device meanwhile"
    )
    is_covered = fields.Boolean("Covered", compute="_compute_is_covered", store=True)

    _place_uniq = models.UniqueIndex(
        "(company_id, country_id, COALESCE(state_id, 0)) WHERE active",
        "That region has a row already.",
    )

    @api.depends("country_id.name", "state_id.name")
    def _compute_name(self):
        for area in self:
            area.name = " / ".join(filter(None, [area.country_id.name, area.state_id.name]))

    @api.depends("team_id", "partner_id", "station_id")
    def _compute_is_covered(self):
        """DISP-41: the network covers a region that somebody serves."""
        for area in self:
            area.is_covered = bool(area.team_id or area.partner_id or area.station_id)

    @api.model
    def _areas_of(self, companies, partners):
        """{(company id, country id, state id or False): area}; one search."""
        # sudo: a ticket finds its region whoever opens it
        found = self.sudo().search(
            [("company_id", "in", companies.ids), ("country_id", "in", partners.country_id.ids)]
        )
        return {(area.company_id.id, area.country_id.id, area.state_id.id): area for area in found}
