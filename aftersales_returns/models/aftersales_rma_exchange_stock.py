"""A replacement that is not in stock: the return says what it waits for, and its handler has the task."""

from collections import defaultdict

from odoo import models

from ..policy import rma_flow

STOCK = "aftersales_returns.mail_activity_type_stock"


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    def _set_replacements_aside(self):
        super()._set_replacements_aside()
        self._ask_for_stock()

    def _create_exchange_deliveries(self):
        super()._create_exchange_deliveries()
        self._ask_for_stock()

    def _on_ship(self):
        super()._on_ship()
        self._with_replacements().activity_feedback([STOCK])

    def _give_replacements_free(self):
        super()._give_replacements_free()
        waited = self._with_replacements()
        if waited:
            waited.activity_unlink([STOCK])

    def _with_replacements(self):
        # sudo: the task is the handler's, whoever lets the goods leave or the return end
        return self.sudo().filtered("line_ids.exchange_move_ids")

    def _end_asking_for_stock(self):
        """What was missing is set aside by now, whoever has done it."""
        for rma in self.sudo():  # sudo: as in _with_replacements
            if rma.activity_search([STOCK]) and not rma._missing_stock():
                rma.activity_feedback([STOCK])

    def _ask_for_stock(self):
        """A task for the handler, once, until the replacement is set aside."""
        for rma in self.sudo():  # sudo: reservations and tasks, whoever decides
            missing = rma._missing_stock_text()
            if missing and not rma.activity_search([STOCK]):
                rma.activity_schedule(
                    STOCK,
                    user_id=rma._who_answers().id,
                    summary=self.env._("Not in stock: %s", missing),
                    note=self.env._("Get it, or agree with the customer on something else or on money."),
                )

    def _missing_stock(self):
        """{product: pieces} of open replacements that nothing is reserved for."""
        missing = defaultdict(float)
        for move in self.sudo().line_ids.exchange_move_ids:  # sudo: as in _ask_for_stock
            if move.state in ("confirmed", "partially_available"):
                left = move.product_uom_qty - move.quantity
                missing[move.product_id] += move.product_uom._compute_quantity(left, move.product_id.uom_id)
        return missing

    def _missing_stock_text(self):
        return ", ".join(
            f"{left:g} {product.display_name}" for product, left in self._missing_stock().items()
        )

    def _special_step(self):
        step = super()._special_step()
        if step or self.resolution != "exchange":
            return step
        leaves_now = self.state == rma_flow.TO_SHIP or (self.state == rma_flow.APPROVED and self.is_advance)
        missing = leaves_now and self._missing_stock_text()
        return self.env._("Get %s into stock, then send it to the customer", missing) if missing else None


class StockMove(models.Model):
    _inherit = "stock.move"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "assigned":
            # sudo: whose replacement it is, for a warehouse user without rights on returns
            self.sudo().aftersales_exchange_line_id.rma_id._end_asking_for_stock()
        return result
