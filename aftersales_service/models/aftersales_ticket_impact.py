import dataclasses
from decimal import Decimal

from odoo import fields, models

CORE_IMPACTS = [
    ("none", "Goes on"),
    ("slowed", "Slowed down"),
    ("stopped", "Stopped, or data lost"),
]


class AftersalesTicket(models.Model):
    """What the fault does to the customer's own business, in words and in money a day (PRIO-09)."""

    _inherit = "aftersales.ticket"

    core_impact = fields.Selection(
        CORE_IMPACTS,
        "Customer's business",
        required=True,
        default="none",
        help="Whether the customer's core business goes on. A line that stands still or lost data raise the "
        "priority by one level.",
    )
    loss_per_day = fields.Monetary(
        "Estimated loss per day",
        help="What the customer loses a day as long as it is not solved, roughly. Above the company's "
        "threshold it raises the priority by one level.",
    )

    _loss_per_day_check = models.Constraint(
        "CHECK (loss_per_day IS NULL OR loss_per_day >= 0)", "A loss per day is an amount from 0 on."
    )

    def _priority_facts(self):
        limit = self.company_id.sudo().aftersales_loss_limit  # sudo: the company's choice
        return dataclasses.replace(
            super()._priority_facts(),
            core_impact=self.core_impact,
            loss_per_day=self._amount_or_none(self.loss_per_day),
            loss_limit=self._amount_or_none(limit),
        )

    def _amount_or_none(self, amount):
        """The amount as the currency rounds it; None for 0, which stands for unknown or switched off."""
        if not amount:
            return None
        return Decimal(f"{amount:.{self.company_id.currency_id.decimal_places}f}")


class ResCompany(models.Model):
    _inherit = "res.company"

    aftersales_loss_limit = fields.Monetary(
        "Loss that raises the priority",
        currency_field="currency_id",
        help="A customer who loses more than this a day goes one level up. 0: the loss does not count.",
    )

    _aftersales_loss_limit_check = models.Constraint(
        "CHECK (aftersales_loss_limit IS NULL OR aftersales_loss_limit >= 0)",
        "The loss that raises the priority is an amount from 0 on.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_loss_limit = fields.Monetary(
        related="company_id.aftersales_loss_limit", readonly=False, currency_field="currency_id"
    )
