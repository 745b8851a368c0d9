from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import AftersalesReturnsCommon


@tagged("post_install", "-at_install")
class TestUnshipped(AftersalesReturnsCommon):
    """RF-1: money goes back before the goods leave, and then they do not leave."""

    def before_shipping(self, order, quantity=None, **vals):
        line = {"sale_line_id": order.order_line[:1].id, "quantity": quantity or 1}
        rma = self.rma(order, resolution="refund_only", line_ids=[Command.create(line)], **vals)
        rma.action_submit()
        return rma

    def still_to_leave(self, order):
        moves = order.picking_ids.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        return sum(moves.mapped("product_uom_qty"))

    def ship_part(self, order, quantity):
        picking = order.picking_ids.filtered(lambda p: p.state == "assigned")
        picking.move_ids.write({"quantity": quantity, "picked": True})
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(order.order_line.qty_delivered, quantity)

    def test_what_is_refunded_before_shipping_does_not_leave_any_more(self):
        """REFUND-01: the transfer is taken back, and its paper says why."""
        order = self.sell(self.cable, 2, ship=False)
        rma = self.before_shipping(order, 2)
        rma.action_approve()
        self.assertEqual((rma.state, order.picking_ids.state), ("to_refund", "cancel"))
        self.assertIn(rma.name, "".join(order.picking_ids.message_ids.mapped("body")))
        with self.assertRaises(UserError):
            self.validate(order.picking_ids)

    def test_a_part_of_the_order_is_held_back_and_the_rest_leaves(self):
        """REFUND-01: three ordered, one refunded, two leave; a later change of the order asks for no more."""
        order = self.sell(self.cable, 3, ship=False)
        self.before_shipping(order, 1).action_approve()
        self.assertEqual(self.still_to_leave(order), 2)
        order.order_line.product_uom_qty = 4
        self.assertEqual(self.still_to_leave(order), 3)
        self.env["stock.quant"]._update_available_quantity(self.cable, self.stock, 1)
        self.deliver(order)
        self.assertEqual(order.order_line.qty_delivered, 3)

    def test_what_left_while_the_request_was_open_is_not_refunded_as_unshipped(self):
        """REFUND-01: read again at the approval, with a sentence."""
        order = self.sell(self.cable, 2, ship=False)
        rma = self.before_shipping(order, 2)
        self.deliver(order)
        with self.assertRaisesRegex(UserError, "cannot be refunded as not shipped, 0 can"):
            rma.action_approve()
        self.assertEqual((rma.state, order.order_line.qty_delivered), ("requested", 2))

    def test_no_more_is_refunded_before_shipping_than_is_there(self):
        """Ordered − sent − refunded before: a hundred of three are refused, and three are refunded once."""
        order = self.sell(self.cable, 3, ship=False)
        with self.assertRaisesRegex(UserError, "3 can"):
            self.before_shipping(order, 100)
        first, second = self.before_shipping(order, 2), self.before_shipping(order, 2)
        first.action_approve()
        with self.assertRaisesRegex(UserError, "1 can"):
            second.action_approve()
        with self.assertRaisesRegex(UserError, "1 can"):
            self.before_shipping(order, 2)
        self.before_shipping(order, 1).action_approve()
        self.assertEqual(self.still_to_leave(order), 0)

    def test_two_lines_for_the_same_goods_share_what_is_there(self):
        order = self.sell(self.cable, 3, ship=False)
        line = {"sale_line_id": order.order_line.id, "quantity": 2}
        rma = self.rma(order, resolution="refund_only", line_ids=[Command.create(line), Command.create(line)])
        with self.assertRaisesRegex(UserError, "1 can"):
            rma.action_submit()

    def test_the_rest_of_a_partly_shipped_order_is_not_shipped(self):
        """REFUND-01: two of three have left; the third is refunded, the two go by their own rules."""
        order = self.sell(self.cable, 3, ship=False)
        self.ship_part(order, 2)
        rma = self.before_shipping(order, 1)
        self.assertEqual(rma.delivery_result, "not_shipped")
        rma.action_approve()
        self.assertEqual((rma.state, self.still_to_leave(order)), ("to_refund", 0))
        rest = self.rma(
            order, line_ids=[Command.create({"sale_line_id": order.order_line.id, "quantity": 2})]
        )
        self.assertEqual(rest.delivery_result, "signed")
        rest.action_submit()
        rest.action_approve()
        self.assertEqual(rest._open_receipts().move_ids.product_uom_qty, 2)

    def test_goods_on_their_way_through_the_warehouse_stay_as_well(self):
        """Pick, pack, ship: one of three is picked; what is refunded is first what nobody has touched."""
        self.warehouse.delivery_steps = "pick_pack_ship"
        order = self.sell(self.cable, 3, ship=False)
        picking = order.picking_ids
        picking.move_ids.write({"quantity": 1, "picked": True})
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(self.still_to_leave(order), 3)
        self.before_shipping(order, 2).action_approve()
        self.assertEqual(self.still_to_leave(order), 1)
        for _step in range(2):
            self.deliver(order)
        self.assertEqual(order.order_line.qty_delivered, 1)

    def test_returned_goods_do_not_call_for_another_delivery(self):
        """Two of five sent, taken back and accepted; of the rest one is refunded, two leave."""
        order = self.sell(self.cable, 5, ship=False)
        self.ship_part(order, 2)
        line = {"sale_line_id": order.order_line.id, "quantity": 2}
        self.inspected(order, findings={"fault_found": "yes"}, line_ids=[Command.create(line)])
        self.before_shipping(order, 1).action_approve()
        self.assertEqual(self.still_to_leave(order), 2)

    def test_a_locked_order_is_no_obstacle(self):
        order = self.sell(self.cable, 2, ship=False)
        order.action_lock()
        self.before_shipping(order, 1).action_approve()
        self.assertEqual((order.locked, self.still_to_leave(order)), (True, 1))

    def test_money_given_for_goods_that_stay_is_given_once(self):
        """Delivered and refunded without a return: the same piece is neither refunded nor returned again."""
        order = self.sell(self.cable, 2)
        kept = self.rma(
            order,
            resolution="refund_only",
            line_ids=[Command.create({"sale_line_id": order.order_line.id, "quantity": 1})],
        )
        kept.action_submit()
        kept.with_user(self.supervisor).action_approve()
        self.assertEqual((kept.state, kept.delivery_result), ("to_refund", "signed"))
        with self.assertRaisesRegex(UserError, "1 can"):
            self.rma(order).action_submit()
        with self.assertRaisesRegex(UserError, "1 can"):
            self.rma(order, resolution="refund_only").action_submit()
