from odoo import api, fields, models

from .aftersales_work_time import COST_READERS

RECIPIENTS = [
    ("project", "Direct-managed project"),
    ("dealer", "Dealer"),
    ("end_customer", "End customer"),
]


class ResPartner(models.Model):
    _inherit = "res.partner"

    aftersales_recipient = fields.Selection(
        RECIPIENTS,
        "Service recipient",
        help="Whom after-sales serves: a project that we manage ourselves, a dealer, or an end customer.",
    )


class AftersalesTicket(models.Model):
    """What kind of service it was, for whom, and what it has earned."""

    _inherit = "aftersales.ticket"

    origin_mode = fields.Selection(
        [("passive", "The customer asked"), ("active", "We went by ourselves")],
        "Service began",
        required=True,
        default="passive",
        help="Active service is a visit or a call of ours; passive service answers a fault or a complaint.",
    )
    recipient_class = fields.Selection(
        RECIPIENTS, "Service recipient", compute="_compute_recipient_class", store=True
    )
    service_revenue = fields.Monetary(
        "Revenue",
        compute="_compute_profit",
        store=True,
        groups=COST_READERS,
        help="Confirmed quotations of the ticket without taxes, in the company's currency.",
    )
    trip_expense = fields.Monetary(
        "Trip expenses", compute="_compute_profit", store=True, groups=COST_READERS
    )
    service_profit = fields.Monetary(
        "Profit",
        compute="_compute_profit",
        store=True,
        groups=COST_READERS,
        help="Revenue without what the work and the trips have cost.",
    )

    @api.depends("partner_id.commercial_partner_id.aftersales_recipient")
    def _compute_recipient_class(self):
        """SCOPE-14."""
        for ticket in self:
            ticket.recipient_class = ticket.partner_id.commercial_partner_id.aftersales_recipient

    @api.depends(
        "quotation_ids.amount_untaxed",
        "quotation_ids.state",
        "quotation_ids.currency_rate",
        "visit_ids.expense_total",
        "labour_cost",
    )
    def _compute_profit(self):
        """SCOPE-10: revenue − work − trips, all in the company's currency."""
        with_costs = self.filtered(lambda t: t.quotation_ids or t.visit_ids or t.labour_cost)
        for name in ("service_revenue", "trip_expense", "service_profit"):
            (self - with_costs)[name] = 0
        for ticket in with_costs:
            orders = ticket.quotation_ids.filtered(lambda order: order.state == "sale")
            revenue = sum(order.amount_untaxed / (order.currency_rate or 1.0) for order in orders)
            ticket.service_revenue = ticket.currency_id.round(revenue) if ticket.currency_id else revenue
            ticket.trip_expense = sum(ticket.visit_ids.mapped("expense_total"))
            ticket.service_profit = ticket.service_revenue - ticket.labour_cost - ticket.trip_expense
