"""Defective goods under the supplier's warranty go back to him, out of quarantine and at cost."""

from collections import defaultdict

from odoo import Command, fields, models
from odoo.exceptions import UserError

from ..policy import disposition


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    lacks_vendor_transfer = fields.Boolean(
        "For the supplier without a transfer",
        compute="_compute_lacks_vendor_transfer",
        help="Goods are to go to their supplier, and no open transfer brings them.",
    )

    def _compute_lacks_vendor_transfer(self):
        for rma in self:
            rma.lacks_vendor_transfer = bool(rma._left_for_vendor())

    def _for_vendor(self):
        """Lines of which the inspection has decided that they go to the supplier."""
        # sudo: goods of the return and their transfers, whoever works on it
        lines = self.sudo().filtered("inspected_at").line_ids
        return lines.filtered(
            lambda line: line.disposition == disposition.RETURN_TO_VENDOR and not line._is_lost()
        )

    def _left_for_vendor(self):
        return self._for_vendor()._received_moves()._aftersales_left_for_vendor()

    def _tell_left_for_vendor(self):
        """Whoever handles the return hears that goods of ours stay in quarantine, where nobody looks."""
        for rma in self:
            left = rma._left_for_vendor()
            if left:
                goods = [f"{quantity:g} {move.product_id.display_name}" for move, quantity in left.items()]
                rma.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("Not on the way to the supplier: %s", ", ".join(goods)),
                    note=self.env._("It lies in quarantine. Press 'New transfer to the supplier'."),
                    user_id=rma._who_answers().id,
                )

    def action_send_to_vendor(self):
        """A new transfer of what is for the supplier and on no transfer to him any more."""
        self.check_access("write")
        self._decide_in_turn(self)  # two at once make one transfer
        for rma in self:
            left = rma._left_for_vendor()
            if not left:
                raise UserError(
                    self.env._(
                        "Nothing of %s lacks a transfer to the supplier: it has left, or waits in Inventory.",
                        rma.display_name,
                    )
                )
            # where a part has left already, the rest is what lies there
            whole = [move for move in left if left[move] == move.quantity]
            self.env["stock.move"].concat(*whole).move_line_ids._aftersales_check_in_place()
            rma._for_vendor()._send_to_vendor()
        return True


class AftersalesRmaLine(models.Model):
    _inherit = "aftersales.rma.line"

    def _send_to_vendor(self):
        """A delivery to the supplier for each supplier, ready for the warehouse to hand over.

        The goods have become ours and stay in quarantine, at the cost at which they had left, until it is
        validated.
        """
        by_vendor, left = defaultdict(list), self._received_moves()._aftersales_left_for_vendor()
        for line in self:
            for move in line._received_moves().filtered(left.get):
                owner = (move.move_line_ids.owner_id - line.partner_id)[:1]  # a supplier's goods again
                bought = move.purchase_line_id if owner else line._bought_with(move)
                vendor = owner or bought.order_id.partner_id or move.product_id.seller_ids[:1].partner_id
                by_vendor[vendor].append(line._vendor_move_vals(move, left[move], bought, vendor))
        for vendor, rows in by_vendor.items():
            self._create_vendor_transfer(vendor, rows)

    def _vendor_place(self, vendor):
        return vendor.property_stock_supplier or self.env.ref("stock.stock_location_suppliers")

    def _vendor_move_vals(self, move, quantity, bought, vendor):
        vals = {
            **self._disposal_vals(move, self._vendor_place(vendor)),
            "product_uom_qty": quantity,
            "partner_id": vendor.id,
        }
        if bought:
            vals.update(purchase_line_id=bought.id, to_refund=True)
        return vals

    def _create_vendor_transfer(self, vendor, rows):
        rma = self.rma_id
        kind = rma.warehouse_id.in_type_id.return_picking_type_id or rma.warehouse_id.out_type_id
        transfer = self.env["stock.picking"].create(
            {
                "picking_type_id": kind.id,
                "location_id": self._quarantine().id,
                "location_dest_id": self._vendor_place(vendor).id,
                "partner_id": vendor.id,
                "origin": rma.name,
                "aftersales_rma_id": rma.id,
                "company_id": rma.company_id.id,
                "move_ids": [Command.create(row) for row in rows],
            }
        )
        transfer.action_confirm()
        transfer._aftersales_take_received()
        transfer.move_ids._aftersales_leave_out_given()
        return transfer

    def _bought_with(self, move):
        """The purchase line the goods came with: by their lot, else the latest receipt of the article."""
        lots = move.move_line_ids.lot_id
        domain = [
            ("state", "=", "done"),
            ("product_id", "=", move.product_id.id),
            ("purchase_line_id", "!=", False),
            ("location_id.usage", "=", "supplier"),
            ("company_id", "=", self.company_id.id),
        ]
        found = self.env["stock.move"]
        if lots:
            found = found.search(
                [*domain, ("move_line_ids.lot_id", "in", lots.ids)], order="date desc", limit=1
            )
        found = found or found.search(domain, order="date desc", limit=1)
        return found.purchase_line_id


class StockMove(models.Model):
    _inherit = "stock.move"

    def _aftersales_to_vendor(self):
        """{receipt: moves that bring its goods to the supplier, or have}, of receipts of returns."""
        domain = [
            ("aftersales_received_move_id", "in", self.ids),
            ("location_dest_id.usage", "=", "supplier"),
            ("state", "!=", "cancel"),
        ]
        return self.search(domain).grouped("aftersales_received_move_id") if self else {}

    def _aftersales_left_for_vendor(self):
        """{receipt: what of it is on no transfer to the supplier, in its unit}, where there is something."""
        given, left = self._aftersales_to_vendor(), {}
        for move in self:
            unit = move.product_id.uom_id
            rest = move._aftersales_qty() - sum(way._aftersales_qty() for way in given.get(move, ()))
            if unit.compare(rest, 0) > 0:
                left[move] = unit._compute_quantity(rest, move.product_uom)
        return left

    def _aftersales_leave_out_given(self):
        """Of another transfer to the supplier: leave out the pieces that are on those before."""
        ways = self.aftersales_received_move_id._aftersales_to_vendor()
        for move in self:
            before = ways.get(move.aftersales_received_move_id, self) - self
            for given in before.move_line_ids:
                move._aftersales_leave_out(given.lot_id, given.quantity)

    def _action_cancel(self):
        result = super()._action_cancel()
        self._aftersales_tell_vendor_lacks()
        return result

    def _aftersales_tell_vendor_lacks(self):
        # sudo: the return behind the transfer, for a warehouse user without rights on returns
        ours = self.sudo().filtered(
            lambda move: move.aftersales_received_move_id and move.location_dest_id.usage == "supplier"
        )
        ours.aftersales_disposed_line_id.rma_id._tell_left_for_vendor()


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _action_done(self):
        result = super()._action_done()
        self.move_ids._aftersales_tell_vendor_lacks()
        return result
