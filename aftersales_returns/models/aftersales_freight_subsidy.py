from odoo import api, fields, models


class AftersalesFreightSubsidy(models.Model):
    """What the platform adds to the freight of a return without a reason, by region (FREIGHT-13)."""

    _name = "aftersales.freight.subsidy"
    _description = "Freight subsidy of a region"
    _order = "country_id, state_id, id"

    company_id = fields.Many2one("res.company", default=lambda self: self.env.company, ondelete="restrict")
    country_id = fields.Many2one("res.country", required=True)
    state_id = fields.Many2one(
        "res.country.state",
        "Region",
        domain="[('country_id', '=', country_id)]",
        ondelete="restrict",
        help="Empty: the whole country.",
    )
    amount = fields.Monetary(required=True)
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id
    )

    _region_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), country_id, COALESCE(state_id, 0))", "That region has a subsidy already."
    )
    _positive = models.Constraint("CHECK (amount >= 0)", "A subsidy is not negative.")

    @api.model
    def _of(self, partner, company):
        """The subsidy row for a customer's region; the region wins over its country, the company's
        own row too.
        """
        # sudo: the amount holds whoever asks
        rows = self.sudo().search(
            [
                ("company_id", "in", (False, company.id)),
                ("country_id", "=", partner.country_id.id),
                ("state_id", "in", (False, partner.state_id.id)),
            ]
        )
        return rows.sorted(lambda row: (not row.state_id, not row.company_id))[:1]
