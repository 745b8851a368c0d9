"""What one kit of an order line consists of, noted while all of what was ordered is still to be sent.

Later the transfers cannot tell any more: a backorder that is cancelled takes its pieces out of them, and the
ordered quantity stays. A bill of materials can be changed; what was sold cannot.
"""

from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    aftersales_kit_needs = fields.Json(
        "Parts of one kit",
        copy=False,
        readonly=True,
        help="[[component, pieces of it in one kit], …] of goods that are delivered as other goods.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        own = "aftersales_kit_needs"
        if not self.env.su:
            vals_list = [{key: vals[key] for key in vals if key != own} for vals in vals_list]
        if f"default_{own}" in self.env.context:
            context = {key: value for key, value in self.env.context.items() if key != f"default_{own}"}
            return super(SaleOrderLine, self.with_env(self.env(context=context))).create(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        if "aftersales_kit_needs" in vals and not self.env.su:
            raise AccessError(self.env._("What a kit consists of is noted when its transfers are planned."))
        return super().write(vals)

    def _action_launch_stock_rule(self, **kwargs):
        self._aftersales_forget_kits()
        result = super()._action_launch_stock_rule(**kwargs)
        self._aftersales_note_kits()
        return result

    def _aftersales_forget_kits(self):
        """An order that was cancelled may be made a quotation again: other goods, or other parts of them."""
        for line in self.sudo().filtered("aftersales_kit_needs"):  # sudo: as in _aftersales_note_kits
            if all(move.state == "cancel" for move in line.move_ids):
                line.aftersales_kit_needs = False

    def _aftersales_note_kits(self):
        """Once for each line, when its first transfers have been planned."""
        # sudo: what a kit consists of, whoever confirms the order
        for line in self.sudo().filtered(lambda line: line.product_id.type == "consu"):
            if (
                line.move_ids
                and not line.aftersales_kit_needs
                and line.product_id not in line.move_ids.product_id
            ):
                ordered = line.product_uom_id._compute_quantity(line.product_uom_qty, line.product_id.uom_id)
                needs = line.move_ids._aftersales_pieces_a_kit(ordered)
                line.aftersales_kit_needs = [[product.id, need] for product, need in needs.items()]


class StockMove(models.Model):
    _inherit = "stock.move"

    def _aftersales_pieces_a_kit(self, kits):
        """{component: how many of it one of ``kits`` has, in the component's unit}.

        Counted at the customer's door: moves that are to end there, be it in further steps.
        """
        live = self.filtered(lambda move: move.state != "cancel" and not move.origin_returned_move_id)
        at_door = live.filtered(lambda move: move.location_dest_id.usage == "customer")
        planned = at_door or live.filtered(lambda move: move.location_final_id.usage == "customer")
        parts = defaultdict(float)
        for move in planned if kits else ():
            asked = move.product_uom._compute_quantity(move.product_uom_qty, move.product_id.uom_id)
            parts[move.product_id] += asked / kits
        return dict(parts)
