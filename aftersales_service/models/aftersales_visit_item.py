from odoo import api, fields, models


class AftersalesVisitItem(models.Model):
    """A spare part or a tool that goes along on a trip."""

    _name = "aftersales.visit.item"
    _description = "Taken along"
    _order = "kind, id"

    visit_id = fields.Many2one("aftersales.visit", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="visit_id.company_id", store=True, index=True)
    kind = fields.Selection([("part", "Spare part"), ("tool", "Tool")], required=True, default="part")
    product_id = fields.Many2one("product.product", "Article")
    name = fields.Char(
        "Item", compute="_compute_name", store=True, readonly=False, required=True, precompute=True
    )
    quantity = fields.Float("Taken", default=1.0, digits="Product Unit")
    used = fields.Float(
        "Used on site",
        digits="Product Unit",
        copy=False,
        help="Built in at the customer's; the rest comes back.",
    )
    packed = fields.Boolean(copy=False, help="Nobody leaves before everything is packed.")

    _quantity_check = models.Constraint(
        "CHECK (quantity > 0 AND used >= 0)", "Quantities of parts and tools are more than nothing."
    )

    @api.depends("product_id")
    def _compute_name(self):
        for item in self:
            item.name = item.product_id.display_name or item.name


class AftersalesVisitExpense(models.Model):
    """What a trip has cost on the way; told to after-sales, booked nowhere."""

    _name = "aftersales.visit.expense"
    _description = "Trip expense"
    _order = "date, id"

    visit_id = fields.Many2one("aftersales.visit", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="visit_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, default=fields.Date.context_today)
    expense_type = fields.Selection(
        [
            ("transport", "Transport"),
            ("fuel", "Fuel and tolls"),
            ("lodging", "Lodging"),
            ("meals", "Meals"),
            ("parts", "Parts bought on the way"),
            ("other", "Other"),
        ],
        "Type",
        required=True,
        default="transport",
    )
    note = fields.Char("What for")
    amount = fields.Monetary(required=True)

    _amount_check = models.Constraint("CHECK (amount > 0)", "An expense is an amount above 0.")
