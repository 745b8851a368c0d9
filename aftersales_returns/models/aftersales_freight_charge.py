from odoo import Command, fields, models

from .aftersales_freight_rule import BEARERS, LEGS, SETTLEMENTS


class AftersalesFreightCharge(models.Model):
    """One bearer's part of one leg of a return. Written by the freight verdict alone."""

    _name = "aftersales.freight.charge"
    _description = "Freight charge"
    _order = "rma_id, sequence, id"

    rma_id = fields.Many2one(
        "aftersales.rma", "Return", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="rma_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="rma_id.currency_id")
    sequence = fields.Integer(readonly=True)
    leg = fields.Selection(LEGS, required=True, readonly=True)
    borne_by = fields.Selection(BEARERS, "Borne by", required=True, readonly=True)
    share = fields.Float("Share, %", digits=(5, 2), readonly=True)
    amount = fields.Monetary(readonly=True, help="Tax included.")
    prepaid_by = fields.Selection(
        [("seller", "Seller"), ("customer", "Customer")], "Prepaid by", required=True, readonly=True
    )
    settlement = fields.Selection(SETTLEMENTS, required=True, readonly=True, default="none")

    def _prepare_invoice_row(self):
        """The charge on a customer invoice, at its amount, as it would be taken off a refund."""
        legs = dict(self._fields["leg"]._description_selection(self.env))
        return {
            "name": self.env._("Freight, %s leg", legs[self.leg]),
            "quantity": 1.0,
            "price_unit": self.amount,
            "account_id": self.company_id._aftersales_account("freight_income").id,
            "tax_ids": [Command.clear()],
        }

    def _freight_group(self):
        """As the parts of refunds are grouped: the same freight is settled once in each group."""
        return {"subsidy": "subsidy", "deduct": "owed"}.get(self.settlement, "back")

    _leg_uniq = models.UniqueIndex("(rma_id, leg, borne_by)", "A leg has one row for each bearer.")
