"""Money instead of a repair: who gets his money back does not get the goods back as well."""

from odoo import models
from odoo.exceptions import UserError

from ..policy import disposition


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    def _check_pass_to_refund(self):
        super()._check_pass_to_refund()
        self.filtered(lambda rma: rma.resolution == "repair")._refuse_money_for_goods_sent_back()

    def _refuse_money_for_goods_sent_back(self):
        """The money is for all of the goods: none of them may be with the customer again."""
        for rma in self:
            # sudo: quantities of the transfers, whoever works on the return
            accepted = rma.sudo().line_ids.filtered(lambda line: line.disposition in disposition.TAKEN_OVER)
            received = accepted._received_moves()
            back = received.filtered(lambda move: move._aftersales_to_send_back() < move.quantity)
            if back:
                raise UserError(
                    self.env._(
                        "%(rma)s: of %(goods)s a part is back with the customer, so there is no money for "
                        "the whole return any more. Send him the rest as well; what he is to be refunded "
                        "comes back with a return of its own.",
                        rma=rma.display_name,
                        goods=", ".join(back.product_id.mapped("display_name")),
                    )
                )

    def _on_pass_to_refund(self):
        repairs = self.filtered(lambda rma: rma.resolution == "repair")
        repairs._keep_unrepaired_goods()
        # sudo: the warehouse's goods; the right was checked by the event
        repairs.sudo().line_ids._see_to_ended_repairs()
        super()._on_pass_to_refund()

    def _keep_unrepaired_goods(self):
        """From here on they are returns for a refund: the goods become the company's where they lie."""
        for rma in self:
            rma._open_shipments()._aftersales_cancel()
            rma.sudo().resolution = "return_refund"  # sudo: the button does it, whoever presses it
            rma._message_log(
                body=rma.env._("Money instead of the repair: the goods stay here and are not sent back.")
            )
            # sudo: the warehouse's goods; the right was checked by the event
            kept = rma.sudo().line_ids.filtered(lambda line: line.disposition in disposition.TAKEN_OVER)
            kept.filtered(lambda line: not line._is_lost())._take_over()


class AftersalesRmaLine(models.Model):
    _inherit = "aftersales.rma.line"

    def _see_to_ended_repairs(self):
        """The workshop was through while the goods were the customer's: by now they are ours.

        What it made ready goes into stock, what it gave up is somebody's task; what it still works on
        follows when it ends.
        """
        for line in self.filtered(lambda line: line.disposition == disposition.REFURBISH):
            orders, received = line.workshop_order_ids, line._received_moves()
            for order in orders.filtered(lambda order: order.state == "done"):
                order._aftersales_make_restock()
            orders.filtered(lambda order: order.state == "cancel")._aftersales_tell_given_up()
            if received and not orders:  # somebody has deleted them
                goods = {move.product_id: move._aftersales_qty() for move in received}
                line.rma_id._tell_left_behind(goods, line.rma_id.name)
