from odoo import fields, models
from odoo.exceptions import UserError

OPEN = ("draft", "confirmed", "under_repair")


class RepairOrder(models.Model):
    _inherit = "repair.order"

    aftersales_rma_line_id = fields.Many2one(
        "aftersales.rma.line",
        "Returned goods",
        index="btree_not_null",
        copy=False,
        readonly=True,
        ondelete="set null",
        help="Goods of a return that the workshop makes ready.",
    )


class AftersalesRmaLine(models.Model):
    _inherit = "aftersales.rma.line"

    workshop_order_ids = fields.One2many("repair.order", "aftersales_rma_line_id", "Repair orders")

    def _open_workshop_orders(self):
        # sudo: whether the workshop is through, for a warehouse user without rights on returns
        return self.sudo().workshop_order_ids.filtered(lambda order: order.state in OPEN)


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    def _special_step(self):
        if self.state == "to_ship" and self.resolution == "repair":
            waiting = self.line_ids._open_workshop_orders()
            if waiting:
                return self.env._("The workshop ends %s", ", ".join(waiting.mapped("name")))
        return super()._special_step()


class StockMove(models.Model):
    _inherit = "stock.move"

    def _aftersales_check_repaired(self):
        """The customer's own goods leave when the workshop is through with them, or has given them up."""
        for move in self:
            line = move.origin_returned_move_id.aftersales_rma_line_id
            if line.rma_id.resolution != "repair":
                continue
            leaving = move.move_line_ids.lot_id
            waiting = line._open_workshop_orders().filtered(
                lambda order, leaving=leaving: not order.lot_id or order.lot_id in leaving
            )
            if waiting:
                raise UserError(
                    self.env._(
                        "%(transfer)s: the workshop has not ended %(orders)s of %(rma)s yet. End the repair, "
                        "or cancel it where the goods go back as they are.",
                        transfer=move.picking_id.name,
                        orders=", ".join(waiting.mapped("name")),
                        rma=line.rma_id.name,
                    )
                )
