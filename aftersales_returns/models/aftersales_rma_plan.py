"""Where goods will go once the inspection is completed, said before it happens.

The plan is judged by the same policy and read off the same receipts as the transaction itself; a test holds
the one against the other.
"""

from odoo import models

from ..policy import disposition


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    def _disposition_plan(self):
        """[{line, product, lot, quantity, outcome, owners, places, value, account, next}] of one return.

        :return: a dict for each lot or owner of each receipt; records, not ids; owner empty = the company's
        """
        self.ensure_one()
        rules = self.env["aftersales.disposition.rule"]._policy_rows(self.company_id)
        # sudo: what the inspector's own findings come to; values are shown to those who may see them
        return [
            row
            for found in self.sudo().inspection_ids
            if not found._is_open()
            for row in found._plan_rows(disposition.judge(found._facts(), rules))
        ]

    def action_preview_disposition(self):
        """Show the plan before the inspection is completed."""
        self.ensure_one()
        self.env["aftersales.inspection"].check_access("read")
        self.check_access("read")
        preview = self.env["aftersales.rma.preview"]._of(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Where the goods of %s go", self.name),
            "res_model": preview._name,
            "res_id": preview.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }


class AftersalesInspection(models.Model):
    _inherit = "aftersales.inspection"

    def _plan_rows(self, answer):
        """The plan of each piece of the line under the verdict ``answer``."""
        rows = []
        for move in self.line_id._received_moves():
            for came in move.move_line_ids:
                rows.append(
                    {
                        "line": self.line_id,
                        "product": came.product_id,
                        "lot": came.lot_id,
                        "quantity": came.quantity_product_uom,
                        "outcome": answer.outcome,
                        "accepted": bool(answer.values.get("accepted")),
                        "owner_before": came.owner_id,
                        "owner_after": self._owner_after(came, answer.outcome),
                        "place_before": came.location_dest_id,
                        "place_after": self._place_after(came, answer.outcome),
                        "value": self._value_taken_over(came, answer.outcome),
                        "account": self._account_of(came, answer.outcome),
                        "next": self._next_document(answer.outcome),
                    }
                )
        return rows

    def _is_taken_over(self, outcome):
        return outcome in disposition.TAKEN_OVER and self.rma_id.resolution != "repair"

    def _owner_after(self, came, outcome):
        return self.line_id._owner_to_be(came) if self._is_taken_over(outcome) else came.owner_id

    def _place_after(self, came, outcome):
        """Where the goods lie when the transaction is over; what leaves us waits for the warehouse."""
        warehouse = self.rma_id.warehouse_id
        moved = {
            disposition.RESTOCK: warehouse.lot_stock_id,
            disposition.SCRAP: warehouse.aftersales_scrap_location_id,
        }
        return moved.get(outcome, came.location_dest_id)

    def _value_taken_over(self, came, outcome):
        """What the goods are worth in the books from then on: the cost at which they had left."""
        if not self._is_taken_over(outcome) or self._owner_after(came, outcome):
            return 0.0
        return came.move_id._aftersales_cost_back(came.quantity_product_uom)

    def _account_of(self, came, outcome):
        """The account that takes a loss; of goods that stay in the books that of their category."""
        if self._owner_after(came, outcome):
            return self.env["account.account"]
        if outcome == disposition.SCRAP:
            return self.rma_id.warehouse_id.aftersales_scrap_location_id.valuation_account_id
        if not self._is_taken_over(outcome):
            return self.env["account.account"]
        product = came.product_id.with_company(self.company_id)
        return product.categ_id.property_stock_valuation_account_id

    def _next_document(self, outcome):
        """What follows, in words."""
        return {
            disposition.RESTOCK: self.env._("Put into stock at once"),
            disposition.REFURBISH: self.env._("Repair order; stays in quarantine"),
            disposition.SCRAP: self.env._("Scrapped at once"),
            disposition.RETURN_TO_VENDOR: self.env._("Delivery to the supplier, to be validated"),
            disposition.RETURN_TO_CUSTOMER: self.env._("Stays the customer's; delivery back to him"),
        }[outcome]


class StockMove(models.Model):
    _inherit = "stock.move"

    def _aftersales_cost_back(self, quantity):
        """Cost at which ``quantity`` (in the product's unit) of returned goods had left."""
        origin = self.origin_returned_move_id
        product = self.product_id.with_company(self.company_id)
        left_at = origin.is_out or origin.is_dropship
        if product.cost_method == "standard" or not left_at or not origin.value:
            return product.standard_price * quantity
        return origin.value * quantity / (origin._get_valued_qty() or quantity)

    def _get_value_from_returns(self, quantity, at_date=None):
        """Goods that the supplier had shipped to the customer come back at what they were bought for."""
        origin = self.origin_returned_move_id
        if self.aftersales_rma_line_id and origin.is_dropship:
            return {
                "value": self._aftersales_cost_back(quantity),
                "quantity": quantity,
                "description": self.env._("Value of the direct delivery %s", origin.reference),
            }
        return super()._get_value_from_returns(quantity, at_date=at_date)
