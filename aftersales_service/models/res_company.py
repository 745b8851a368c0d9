import pytz

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
        ondelete="restrict",
        help="Working hours of customer service. Empty: the company's own working hours.",
    )
    aftersales_warranty_plan_id = fields.Many2one(
        "aftersales.warranty.plan",
        string="Default warranty plan",
        help="For products without a plan of their own. Empty: the standard plan of 12 months.",
    )
    aftersales_confirm_days = fields.Integer(
        string="Close solved tickets after",
        default=7,
        help="Days that a customer has to confirm or dispute the result; then the ticket is closed. 0: never "
        "by itself.",
    )

    def _aftersales_calendar(self):
        """The calendar of customer service; the company's own where none is set."""
        self.ensure_one()
        return self.aftersales_calendar_id or self.resource_calendar_id

    def _aftersales_tz(self):
        """Time zone in which the company counts its days (numbers, dates, working days)."""
        return self._aftersales_calendar().tz or self.partner_id.tz or "UTC"

    def _aftersales_day(self, moment):
        """The company's calendar day of ``moment`` (naive UTC)."""
        return moment.replace(tzinfo=pytz.utc).astimezone(pytz.timezone(self._aftersales_tz())).date()

    def _aftersales_today(self):
        return self._aftersales_day(fields.Datetime.now())

    def _aftersales_warranty_plan(self):
        """The plan of products without one of their own."""
        standard = "aftersales_service.aftersales_warranty_plan_standard"
        return self.aftersales_warranty_plan_id or self.env.ref(standard, raise_if_not_found=False)
