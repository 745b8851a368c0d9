from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    aftersales_four_eyes = fields.Selection(
        [
            ("always", "Always two persons"),
            ("above", "Two persons above an amount"),
            ("off", "One person may do both"),
        ],
        string="Four eyes",
        default="always",
        required=True,
        help="Whether a person may approve what they have requested themselves. Where one person may do "
        "both, every such approval leaves a clause in its verdict.",
    )
    aftersales_four_eyes_amount = fields.Monetary(
        string="Four eyes above",
        currency_field="currency_id",
        help="Up to this amount, in the company's currency, one person may request and approve.",
    )
    aftersales_calendar_id = fields.Many2one(
        "resource.calendar",
        string="After-sales working hours",
        help="Working hours of customer service. Empty: the company's own working hours.",
    )

    def _aftersales_calendar(self):
        """The calendar of customer service; the company's own where none is set."""
        self.ensure_one()
        return self.aftersales_calendar_id or self.resource_calendar_id

    def _aftersales_tz(self):
        """Time zone in which the company counts its days (numbers, dates, working days)."""
        return self._aftersales_calendar().tz or self.partner_id.tz or "UTC"
