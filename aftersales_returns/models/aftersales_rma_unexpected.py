"""Goods in the parcel that the return does not name: another article, another number, more than announced.

They are received into quarantine as the customer's, on a line of their own, and the announced line stays
open. The verdict sends them back to him, unless customer service finds the delivery they came with and
adopts them.
"""

import dataclasses

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..policy import rma_flow

#: states in which a parcel is opened
AT_HAND = (rma_flow.APPROVED, rma_flow.IN_TRANSIT, rma_flow.RECEIVED)
#: goods that come in here were promised to nobody any more
OVER = (rma_flow.CLOSED, rma_flow.CANCELLED)


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    has_unexpected = fields.Boolean("With goods not announced", compute="_compute_has_unexpected")

    @api.depends("line_ids.is_unexpected")
    def _compute_has_unexpected(self):
        for rma in self:
            rma.has_unexpected = any(line.is_unexpected for line in rma.line_ids)

    def _record_unexpected(self, product, quantity, lot=None, note=None):
        """Receive goods that were not announced, as the customer's; the return counts as received.

        :param quantity: in the product's unit
        :return: the line
        """
        self.ensure_one()
        # Who may write findings may say what was in the parcel.
        self.env["aftersales.inspection"].check_access("write")
        self.check_access("read")
        rma = self.sudo()  # sudo: the warehouse reads returns only; what it found is recorded for it
        lot = lot or self.env["stock.lot"]
        rma._check_unexpected(product, quantity, lot.sudo())
        line = rma.line_ids.create(
            {
                "rma_id": rma.id,
                "product_id": product.id,
                "lot_id": lot.id,
                "quantity": quantity,
                "is_unexpected": True,
            }
        )
        rma._receive_unexpected(line)
        if note:
            rma.inspection_ids.filtered(lambda found: found.line_id == line).note = note
        return line.sudo(False)

    def _check_unexpected(self, product, quantity, lot):
        if self.state not in AT_HAND:
            raise UserError(
                self.env._(
                    "%(rma)s is in the state '%(state)s': no parcel is opened for it now.",
                    rma=self.name,
                    state=self._state_label(),
                )
            )
        if product.uom_id.compare(quantity, 0) <= 0:
            raise UserError(self.env._("Enter how many of %s were in the parcel.", product.display_name))
        if product.tracking != "none" and not lot:
            raise UserError(self.env._("Enter the serial number or lot of %s.", product.display_name))
        if product.tracking == "serial" and quantity != 1:
            raise UserError(
                self.env._("Serial number %s is one piece: the quantity of its line is 1.", lot.name)
            )
        self._check_unexpected_lot(lot)

    def _check_unexpected_lot(self, lot):
        if not lot or lot.product_id.tracking != "serial":
            return
        announced = self.line_ids.filtered(lambda line: line.lot_id == lot and not line.received_qty)
        if announced:
            raise UserError(
                self.env._("%(lot)s is announced on %(rma)s: receive it.", lot=lot.name, rma=self.name)
            )
        lot._aftersales_refuse_while_here()

    def _receive_unexpected(self, line):
        """A receipt of its own into quarantine, validated at once: the goods are here."""
        receipt = self.env["stock.picking"].create(
            {
                **self._prepare_receipt_vals(),
                "location_id": self.warehouse_id.aftersales_return_type_id.default_location_src_id.id,
                "company_id": self.company_id.id,
                "move_ids": [fields.Command.create(line._unexpected_move_vals())],
            }
        )
        receipt.action_confirm()
        quantities = {line.lot_id: line.quantity}
        receipt.move_ids._aftersales_take_lots(quantities)
        receipt._aftersales_validate()

    def _on_receive_more(self):
        """What comes in for a return that is over goes back to the customer: it is his."""
        super()._on_receive_more()
        for rma in self.filtered(lambda rma: rma.state in OVER):
            moves = rma.sudo().line_ids._received_moves()  # sudo: as in _create_receipts
            rma._create_way_back_of_moves(moves)

    def _create_way_back_of_moves(self, moves):
        """Deliveries back to the customer, one for each receipt, of what is not on its way to him yet."""
        waiting = moves.filtered(
            lambda move: (
                all(back.state in ("done", "cancel") for back in move.returned_move_ids)
                and move._aftersales_to_send_back() > 0
            )
        )
        for picking in waiting.picking_id:
            self._create_way_back_of(picking, waiting & picking.move_ids)

    def _on_pass_to_refund(self):
        """Some goods are refunded; what was turned down goes back at once."""
        self.filtered("inspected_at")._create_way_back()

    def _on_pass_to_shipment(self):
        super()._on_pass_to_shipment()
        self.filtered(lambda rma: rma.resolution == "exchange")._create_way_back()


class AftersalesRmaLine(models.Model):
    _inherit = "aftersales.rma.line"

    is_unexpected = fields.Boolean(
        "Not announced",
        readonly=True,
        copy=False,
        help="Was in the parcel without having been announced. It stays the customer's.",
    )

    def _unexpected_move_vals(self):
        warehouse = self.rma_id.warehouse_id
        return {
            "product_id": self.product_id.id,
            "product_uom_qty": self.quantity,
            "product_uom": self.product_uom_id.id,
            "location_id": warehouse.aftersales_return_type_id.default_location_src_id.id,
            "location_dest_id": warehouse.aftersales_quarantine_id.id,
            "company_id": self.company_id.id,
            "to_refund": False,
            "aftersales_rma_line_id": self.id,
        }

    # === ADOPTION === #

    def action_adopt(self):
        """The goods were bought from us by this customer: treat them like the announced ones."""
        self.check_access("write")
        for line in self:
            line._adopt()
        return True

    def _adopt(self):
        rma = self.rma_id
        if not self.is_unexpected or rma.state != rma_flow.RECEIVED:
            raise UserError(
                self.env._(
                    "%(goods)s of %(rma)s cannot be adopted: only goods that were not announced can, until "
                    "the inspection is completed.",
                    goods=self.display_name,
                    rma=rma.name,
                )
            )
        if other := self._awaited_on():
            self.sudo()._pass_to(other)  # sudo: as below
            return
        delivery = self._delivery_to_adopt()
        if not delivery:
            raise UserError(
                self.env._(
                    "%(customer)s has no delivery of %(goods)s from which it could still come back. Send it "
                    "back to him.",
                    customer=rma.partner_id.display_name,
                    goods=self.display_name,
                )
            )
        # sudo: goods of a return under way are changed by this method alone, its conditions are checked
        self.sudo()._adopt_from(delivery)
        rma._judge_eligibility()
        if rma.eligibility == "not_eligible":
            raise UserError(
                self.env._(
                    "With %(goods)s there is no right to return %(rma)s, see 'Why?'. Send it back to the "
                    "customer.",
                    goods=self.display_name,
                    rma=rma.name,
                )
            )

    def _delivery_to_adopt(self):
        """The latest delivery to this customer of which so many may still come back."""
        customer = self.rma_id.partner_id.commercial_partner_id
        domain = [
            ("state", "=", "done"),
            ("product_id", "=", self.product_id.id),
            ("company_id", "=", self.company_id.id),
            ("location_dest_id.usage", "=", "customer"),
            "|",
            ("sale_line_id.order_id.partner_id", "child_of", customer.id),
            ("aftersales_resent_line_id.order_id.partner_id", "child_of", customer.id),
        ]
        if self.lot_id:
            domain.append(("move_line_ids.lot_id", "=", self.lot_id.id))
        # sudo: what this customer was sold, for customer service without stock rights
        moves = self.env["stock.move"].sudo().search(domain, order="date desc, id desc", limit=50)
        return moves.filtered(
            lambda move: self.product_uom_id.compare(self._left_to_adopt(move), self.quantity) >= 0
        )[:1]

    def _adopt_from(self, delivery):
        sold = delivery._aftersales_sold_with()
        self.write({"is_unexpected": False, "sale_line_id": sold.id})
        self._received_moves().write(
            {
                "origin_returned_move_id": delivery.id,
                "sale_line_id": sold.id,
                "to_refund": False,
            }
        )


class AftersalesInspection(models.Model):
    _inherit = "aftersales.inspection"

    def _facts(self):
        facts = super()._facts()
        line = self.line_id
        complete = "no" if line.is_incomplete else ("yes" if line.is_kit else None)
        unexpected = "yes" if line.is_unexpected else "no"
        return dataclasses.replace(facts, unexpected=unexpected, complete=complete)


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _aftersales_check_receipt(self):
        """An article that somebody added to the receipt of a return is recorded as not announced."""
        super()._aftersales_check_receipt()
        for picking in self.filtered(lambda p: p.picking_type_id.code == "incoming"):
            added = picking.move_ids.filtered(
                lambda move: move.quantity and move.state != "cancel" and not move.aftersales_rma_line_id
            )
            for move in added:
                move._aftersales_note_unexpected()


class StockLot(models.Model):
    _inherit = "stock.lot"

    def _aftersales_refuse_while_here(self):
        """A piece that lies in a warehouse is not in a parcel as well: somebody has misread its number."""
        for lot in self.filtered(lambda lot: lot.product_id.tracking == "serial"):
            here = lot.quant_ids.filtered(
                lambda quant: quant.location_id.usage == "internal" and quant.quantity > 0
            )
            if here:
                raise UserError(
                    self.env._(
                        "Serial number %(lot)s lies in %(place)s already, so it cannot be in this parcel as "
                        "well. Check the number on the goods.",
                        lot=lot.name,
                        place=here[0].location_id.display_name,
                    )
                )


class StockMove(models.Model):
    _inherit = "stock.move"

    def _aftersales_note_unexpected(self):
        # sudo: the storekeeper has no rights on returns; what he found is recorded for him
        move = self.sudo()
        rma = move.picking_id.aftersales_rma_id
        for lot in move.move_line_ids.lot_id:
            rma._check_unexpected_lot(lot)
        move._aftersales_come_unexpected(rma)

    def _aftersales_come_unexpected(self, rma):
        """What it brings in is on ``rma`` on a line of its own."""
        lots = self.move_line_ids.lot_id
        self.to_refund = False
        self.aftersales_rma_line_id = rma.line_ids.create(
            {
                "rma_id": rma.id,
                "product_id": self.product_id.id,
                "lot_id": lots.id if len(lots) == 1 else False,
                "quantity": self.product_uom._compute_quantity(self.quantity, self.product_id.uom_id),
                "is_unexpected": True,
            }
        )
