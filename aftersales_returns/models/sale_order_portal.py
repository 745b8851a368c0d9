from odoo import models

from ..policy import rma_flow
from .aftersales_rma_portal import ASKED


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _aftersales_is_shipped(self):
        """Whether anything of it has left for the customer."""
        return bool(self._aftersales_parcels())

    def _aftersales_parcels(self):
        """Deliveries that have left for the customer, from us or from our supplier straight to him."""
        return self.picking_ids.filtered(
            lambda picking: (
                picking.state == "done" and "customer" in picking.move_ids.location_dest_id.mapped("usage")
            )
        )

    def _aftersales_returnable_rows(self, rma=None):
        """[{"key", "line", "lot", "left", "here"}]: goods of the order a customer may ask to return, how
        many, and whether they have not left yet.

        Gifts are left out: they come back with their goods. Goods with serial or lot numbers have a row for
        each number. Quantities are in the product's own unit.

        :param rma: the return that is being changed; what it asks for itself is not taken away
        """
        self.ensure_one()
        if self.state != "sale":
            return []
        shipped = self._aftersales_is_shipped()
        lines = self.order_line.filtered(lambda line: line._aftersales_may_come_back())
        wanted = [part for line in lines for part in line._aftersales_parts(shipped)]
        left = self._aftersales_left(wanted) if shipped else {}
        asked = self._aftersales_asked(rma)
        rows = []
        for line, lot, quantity in wanted:
            key = f"{line.id}_{lot.id or 0}"
            rest = left.get(key, quantity) - asked.get(
                (line, lot, line.product_id.type == "consu" and shipped), 0
            )
            if line.product_id.uom_id.compare(rest, 0) > 0:
                rows.append({"key": key, "line": line, "lot": lot, "left": rest, "here": not shipped})
        return [*rows, *(self._aftersales_rest_rows(lines, rma) if shipped else [])]

    def _aftersales_rest_rows(self, lines, rma):
        """Rows of what has not left yet of an order that was shipped in part."""
        returns = self.env["aftersales.rma.line"]
        asked = self._aftersales_asked(rma, here=True)
        rows = []
        for line in lines:
            none = self.env["stock.lot"]
            rest = returns.new({"sale_line_id": line.id})._unshipped() - asked.get((line, none, True), 0)
            if line.product_id.uom_id.compare(rest, 0) > 0:
                key = f"{line.id}_here"
                rows.append({"key": key, "line": line, "lot": none, "left": rest, "here": True})
        return rows

    def _aftersales_left(self, wanted):
        """{key: how many may still come back} of goods, by the deliveries' own books."""
        goods = [part for part in wanted if part[0].product_id.type == "consu"]
        rma = self.env["aftersales.rma"].new(
            {"partner_id": self.partner_id.id, "company_id": self.company_id.id, "sale_order_id": self.id}
        )
        lines = self.env["aftersales.rma.line"]
        made = {
            f"{line.id}_{lot.id or 0}": lines.new(
                {"rma_id": rma.id, "sale_line_id": line.id, "lot_id": lot.id, "quantity": quantity}
            )
            for line, lot, quantity in goods
        }
        left = lines.concat(*made.values())._returnable_each()
        return {key: left.get(line, 0) for key, line in made.items()}

    def _aftersales_asked(self, rma, here=False):
        """{(order line, lot, whether deliveries count the rest): quantity other returns ask for}.

        :param here: count requests for goods that have not left, of an order that was shipped in part
        """
        shipped = self._aftersales_is_shipped()
        # sudo: other requests for the same goods, whoever made them
        rows = (
            self.env["aftersales.rma.line"]
            .sudo()
            .search([("sale_line_id", "in", self.order_line.ids), ("rma_id.state", "in", rma_flow.HOLDING)])
        )
        asked = {}
        for row in rows:
            if (rma and row.rma_id == rma) or (shipped and row.rma_id._is_unshipped() != here):
                continue
            for by_deliveries in (True, False):
                if not by_deliveries or row.rma_id.state in ASKED:
                    key = (row.sale_line_id, row.lot_id, by_deliveries)
                    asked[key] = asked.get(key, 0) + row.quantity
        return asked


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _aftersales_may_come_back(self):
        """Goods that were sold: no service, no delivery fee, no discount, no gift; of a combo its items."""
        return (
            not self.display_type
            and self.product_id.type == "consu"
            and not self.is_delivery
            and not self.is_reward_line
            and not self.is_downpayment
            and self.product_uom_qty > 0
        )

    def _aftersales_parts(self, shipped):
        """[(line, lot, quantity in the product's unit)] delivered, or ordered where nothing has left yet."""
        unit = self.product_id.uom_id
        none = self.env["stock.lot"]
        if not shipped:
            return [(self, none, self.product_uom_id._compute_quantity(self.product_uom_qty, unit))]
        if self.product_id.tracking == "none":
            return [(self, none, self.product_uom_id._compute_quantity(self.qty_delivered, unit))]
        sent, replaced = self._aftersales_brought(), self._aftersales_replaced()
        kept = sent.move_line_ids.filtered(
            lambda row: not row.move_id._aftersales_was_replaced(row.lot_id, replaced)
        )
        return [
            (self, lot, sum(rows.mapped("quantity_product_uom")))
            for lot, rows in kept.grouped("lot_id").items()
        ]
