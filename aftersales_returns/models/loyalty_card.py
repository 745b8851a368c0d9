from odoo import fields, models


class LoyaltyCard(models.Model):
    _inherit = "loyalty.card"

    def _aftersales_add_points(self, change):
        """Give points, or take them where ``change`` is negative; what is given can be used."""
        self.with_context(loyalty_no_mail=True).points += change
        if change > 0 and self.expiration_date and self.expiration_date < fields.Date.today():
            self.expiration_date = False
