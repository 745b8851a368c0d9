"""Goods that were sold as one: combos and kits come back as one (RMA-10).

A combo is several lines of the order; all of them come back in the same share. A kit is one line of the
order that was delivered as components; the line of the return counts kits, and each kit asks for all of its
components. What a kit consists of is read off the deliveries, so that no bill of materials is needed.
"""

from collections import defaultdict

from odoo import api, fields, models

from ..policy import scan


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    has_kits = fields.Boolean(
        "Has kits", compute="_compute_has_kits", help="Goods that come back as their parts."
    )

    @api.depends("line_ids.is_kit")
    def _compute_has_kits(self):
        for rma in self:
            rma.has_kits = any(rma.line_ids.mapped("is_kit"))


class AftersalesRmaLine(models.Model):
    _inherit = "aftersales.rma.line"

    # === COMBOS === #

    def _has_whole_combo(self):
        """Whether the other parts of the combo come back in the same share as this line."""
        sold = self.sale_line_id.sudo()  # sudo: which other parts were sold
        parts = sold.linked_line_id.linked_line_ids.filtered("combo_item_id") if sold.combo_item_id else sold
        if parts <= sold:
            return True
        back = defaultdict(float)
        for line in self.rma_id.line_ids:
            back[line.sale_line_id] += line.quantity
        shares = {round(back.get(part, 0.0) / (part.product_uom_qty or 1), 6) for part in parts.sudo(False)}
        return len(shares) == 1

    # === KITS === #

    is_kit = fields.Boolean(
        "Kit",
        compute="_compute_is_kit",
        store=True,
        precompute=True,
        help="Sold under one name, delivered as other products.",
    )

    kit_needs = fields.Json(
        "Parts of one kit",
        compute="_compute_is_kit",
        store=True,
        precompute=True,
        help="Pieces of each component in one kit.",
    )
    missing_parts = fields.Char(
        "Missing parts",
        compute="_compute_missing_parts",
        help="Parts of a kit that came in without the others.",
    )

    @api.depends("sale_line_id", "product_id")
    def _compute_is_kit(self):
        for line in self:
            parts = line._find_kit_parts()
            line.is_kit = bool(parts)
            line.kit_needs = [[product.id, need] for product, need in parts.items()] or False

    @api.depends("received_qty", "kit_needs")
    def _compute_missing_parts(self):
        """What whole kits lack: a kit that was begun counts as one."""
        for line in self:
            # sudo: the quantities of the transfers that belong to the return
            pieces = line.sudo()._received_pieces() if line.is_kit else {}
            line.missing_parts = line._told_parts(scan.lacking(line._kit_parts(), pieces))

    def _told_parts(self, pieces):
        """{component: pieces} in words."""
        return ", ".join(f"{quantity:g} {product.display_name}" for product, quantity in pieces.items())

    def _kit_parts(self):
        """{component: how many of it one kit has}; empty for other goods, without a look at their moves."""
        return self._products_of(self.kit_needs or ())

    @api.model
    def _products_of(self, needs):
        """{product: pieces} of [[product id, pieces]]."""
        pieces = dict(needs)
        # sudo: what a kit consists of, for whoever works on the return
        return dict(zip(self.env["product.product"].sudo().browse(pieces), pieces.values(), strict=True))

    def _find_kit_parts(self):
        """{component: how many of it one kit has, in the component's unit}; empty for other goods.

        As it was noted with the order; of orders from before, as their deliveries tell. Replacements sent by
        other returns are left out: they are no part of what was ordered.
        """
        sold = self.sale_line_id.sudo()  # sudo: what the line was delivered as
        if sold.aftersales_kit_needs:
            return self._products_of(sold.aftersales_kit_needs)
        moves = sold.move_ids.filtered(
            lambda move: (
                move.state != "cancel"
                and move.location_dest_id.usage == "customer"
                and not move.aftersales_exchange_line_id
            )
        )
        if not moves or self.product_id in moves.product_id:
            return {}
        wanted = sold.product_uom_qty - sold.aftersales_released_qty  # the rest is not sent any more
        ordered = sold.product_uom_id._compute_quantity(wanted, sold.product_id.uom_id)
        # What was kept after an exchange for the same is ordered too, and left with the moves of that.
        same = [("sale_line_id", "=", sold.id), ("exchange_sale_line_id", "=", False)]
        ordered -= sum(self.sudo().search(same).mapped("exchange_charged_qty"))  # sudo: as above
        return moves._aftersales_pieces_a_kit(ordered)

    def _parts(self):
        """{product: pieces of it that one unit of the line has}; a kit has several products."""
        return self._kit_parts() or {self.product_id: 1.0}

    def _whole_units(self, pieces):
        """How many whole units {product: pieces} make up; the rest of a kit makes none."""
        parts = self._kit_parts()
        if not parts:
            return sum(pieces.values())
        unit = self.product_id.uom_id
        shares = [unit.round(pieces.get(product, 0.0) / need) for product, need in parts.items()]
        return max(0.0, float(int(min(shares) + 1e-6)))

    def _received_pieces(self):
        """{product: pieces that came in}."""
        pieces = defaultdict(float)
        for move in self._received_moves():
            pieces[move.product_id] += move._aftersales_qty()
        return pieces

    is_incomplete = fields.Boolean(
        "Incomplete",
        compute="_compute_is_incomplete",
        store=True,
        help="Parts of a kit came in that make up no whole kit.",
    )

    @api.depends(
        "kit_needs", "return_move_ids.state", "return_move_ids.quantity", "return_move_ids.location_id"
    )
    def _compute_is_incomplete(self):
        for line in self:
            # sudo: quantities of the transfers that belong to the return
            pieces = line.sudo()._received_pieces() if line.is_kit else {}
            line.is_incomplete = bool(scan.lacking(line._kit_parts(), pieces))

    def _has_goods(self):
        """Whether there is something to carry, kept in stock or not: all but services."""
        return self.product_id.type == "consu" or self.is_kit
