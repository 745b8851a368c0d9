from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .refund_common import ExchangeCommon
from .test_evidence import EvidenceCommon


class ResentStory:
    """Something is sent again to a customer: what was missing, wrong or broken."""

    def setUp(self):
        super().setUp()
        self.customer.write(
            {
                "phone": "139 5555 0101",
                "street": "Changjiang Road 88",
                "street2": "Shushan",
                "city": "Hefei",
                "country_id": self.env.ref("base.cn").id,
                "state_id": self.env.ref("base.state_cn_AH").id,
                "zip": "230031",
            }
        )

    def granted(self, order, quantity=1, product=None, lacking=None):
        """The agent grants that ``quantity`` is sent again; ``lacking``: numbers the customer has not got."""
        ticket = self.env["aftersales.ticket"].with_user(self.agent).create(
            {
                "title": "A piece is missing",
                "partner_id": order.partner_id.id,
                "sale_line_id": order.order_line[:1].id,
                "product_id": order.order_line[:1].product_id.id,
            }
        )  # fmt: skip
        row = self.env["aftersales.reshipment"].browse(ticket.action_create_reshipment()["res_id"])
        row = row.with_user(self.agent)
        row.line_ids.unlink()
        product = product or order.order_line[:1].product_id
        goods = Command.create({"product_id": product.id, "quantity": quantity})
        numbers = [Command.set(lacking.ids)] if lacking else []
        row.write({"detail_fits": "no", "line_ids": [goods], "replaced_lot_ids": numbers})
        row.action_accept()
        return row

    def sent_again(self, order, quantity=1, lots=None, **how):
        """``quantity`` has left once more, with numbers of its own where the goods have some."""
        row = self.granted(order, quantity, **how)
        delivery = row.sudo().delivery_ids
        for move in delivery.move_ids:
            if lots and move.product_id == lots.product_id:
                move.lot_ids = lots
            elif move.product_id.tracking == "none":
                self.env["stock.quant"]._update_available_quantity(
                    move.product_id, move.location_id, quantity
                )
                move.quantity = move.product_uom_qty
        self.validated(delivery)
        self.assertEqual(row.state, "shipped")
        return row

    def validated(self, transfer):
        transfer.move_ids.picked = True
        transfer.with_context(skip_backorder=True).button_validate()
        self.assertEqual(transfer.state, "done")


class ResentCommon(ResentStory, EvidenceCommon):
    def asked(self, order, *lots, quantity=1, line=None, **vals):
        """A draft return of these numbers, or of so many pieces without one."""
        line = line or order.order_line[:1]
        rows = [{"lot_id": lot.id, "quantity": 1} for lot in lots] or [{"quantity": quantity}]
        lines = [Command.create({"sale_line_id": line.id, **row}) for row in rows]
        return self.rma(order, line_ids=lines, **vals)

    def allowed(self, order, *lots, **vals):
        rma = self.asked(order, *lots, **vals)
        rma.action_submit()
        rma.action_approve()
        return rma

    def offered(self, order):
        """{number or product: how many} the customer is offered in the portal."""
        rows = order._aftersales_returnable_rows()
        return {row["lot"].name or row["line"].product_id.name: row["left"] for row in rows}

    def by_hand(self, delivery):
        """A storekeeper takes the delivery back in Inventory; no money is given for that."""
        wizard = self.env["stock.return.picking"].create({"picking_id": delivery.id})
        wizard.product_return_moves.write({"quantity": 1, "to_refund": False})
        self.validated(wizard._create_return())

    def come_in(self, rma):
        rma.action_register_shipment(tracking_ref=f"YT{rma.id}")
        self.validate(rma._open_receipts())


@tagged("-at_install", "post_install")
class TestResentGoods(ResentCommon):
    # === NUMBERS === #

    def test_the_piece_sent_again_comes_back_in_place_of_the_lost_one(self):
        """RMA-38, COMP-09: paid one; its number never came, the new one does."""
        lost, again = self.lots("LOST-1"), self.lots("AGAIN-1")
        order = self.sell(lots=lost)
        row = self.sent_again(order, lots=again)
        self.assertEqual(row.replaced_lot_ids, lost)
        self.assertEqual(self.offered(order), {"AGAIN-1": 1.0})
        rma = self.allowed(order, again)
        receipt = rma._open_receipts()
        self.assertEqual(receipt.return_id, row.sudo().delivery_ids)
        self.assertEqual(receipt.move_ids.origin_returned_move_id, row.sudo().delivery_ids.move_ids)
        self.assertEqual(receipt.move_ids.sale_line_id, order.order_line)
        self.assertEqual((receipt.owner_id, receipt.location_dest_id), (self.customer, self.quarantine))
        self.assertEqual(self.offered(order), {})
        self.come_in(rma)
        self.assertEqual(self.quants(self.camera, self.quarantine), {(again, self.customer): 1.0})

    def test_the_number_that_was_replaced_cannot_come_back_and_the_other_one_is_named(self):
        """COMP-09, INSPECT-04."""
        lost, again = self.lots("LOST-1"), self.lots("AGAIN-1")
        order = self.sell(lots=lost)
        row = self.sent_again(order, lots=again)
        rma = self.asked(order, lost)
        told = f"LOST-1 cannot come back: {row.name} has sent AGAIN-1 in its place.*not announced"
        with self.assertRaisesRegex(UserError, told):
            rma.action_submit()
            rma.action_approve()
        self.assertFalse(rma._live_receipts())

    def test_the_form_offers_the_numbers_that_he_has(self):
        """INSPECT-04: neither what was replaced nor what has come back already."""
        pair, again = self.lots("HAS-1", "LOST-1"), self.lots("AGAIN-1")
        order = self.sell(self.camera, 2, lots=pair)
        self.sent_again(order, lots=again, lacking=pair[1])
        self.assertEqual(self.asked(order, again).line_ids.lot_choice_ids, pair[0] | again)
        self.allowed(order, again)
        self.assertEqual(self.asked(order, pair[0]).line_ids.lot_choice_ids, pair[0])

    def test_of_two_the_one_he_has_and_the_new_one_come_back(self):
        """COMP-09: paid two, one was missing and is named; two come back, not three."""
        pair, again = self.lots("HAS-1", "LOST-1"), self.lots("AGAIN-1")
        order = self.sell(quantity=2, lots=pair)
        self.sent_again(order, lots=again, lacking=pair[1])
        self.assertEqual(self.offered(order), {"HAS-1": 1.0, "AGAIN-1": 1.0})
        self.allowed(order, pair[0], again)
        with self.assertRaisesRegex(UserError, "has sent AGAIN-1 in its place"):
            self.allowed(order, pair[1])

    def test_where_nobody_knows_which_is_missing_any_comes_back_and_no_more_than_were_paid(self):
        """COMP-09: also by two drafts that were made before either was approved."""
        pair, again = self.lots("ONE", "TWO"), self.lots("AGAIN-1")
        order = self.sell(quantity=2, lots=pair)
        row = self.sent_again(order, lots=again)
        self.assertFalse(row.replaced_lot_ids)
        self.assertEqual(self.offered(order), {"ONE": 1.0, "TWO": 1.0, "AGAIN-1": 1.0})
        first, second = self.asked(order, pair[0], again), self.asked(order, pair[1])
        first.action_submit()
        second.action_submit()
        first.action_approve()
        with self.assertRaisesRegex(UserError, f"TWO 1 cannot come back, 0 can: no more.*{row.name}"):
            second.action_approve()
        self.assertEqual((first.state, second.state), ("approved", "requested"))
        self.assertEqual(self.offered(order), {})
        with self.assertRaisesRegex(UserError, "no more than were paid"):
            self.allowed(self.order_of_three(), *self.lots_of_three)

    def order_of_three(self):
        """Two were paid, a third one came in place of either; all three are asked for at once."""
        pair, again = self.lots("UN", "DEUX"), self.lots("ENCORE")
        order = self.sell(quantity=2, lots=pair)
        self.sent_again(order, lots=again)
        self.lots_of_three = pair | again
        return order

    def test_the_same_number_is_promised_once(self):
        """Two drafts for the piece that was sent again."""
        order, again = self.sell(lots=self.lots("LOST-1")), self.lots("AGAIN-1")
        self.sent_again(order, lots=again)
        first, second = self.asked(order, again), self.asked(order, again)
        first.action_submit()
        second.action_submit()
        first.action_approve()
        with self.assertRaisesRegex(UserError, "cannot come back, 0 can"):
            second.action_approve()

    def test_numbers_of_others_are_not_taken_for_missing_ones(self):
        """COMP-09."""
        order, other = self.sell(lots=self.lots("MINE")), self.sell(lots=self.lots("THEIRS"))
        theirs = other.picking_ids.move_ids.lot_ids
        with self.assertRaisesRegex(UserError, "THEIRS is not with the customer"):
            self.granted(order, lacking=theirs)

    def test_a_number_found_on_the_packing_table_that_is_sent_again_is_his(self):
        """COMP-09: the warehouse puts the first delivery right, then the missing piece itself leaves."""
        lost = self.lots("LOST-1")
        order = self.sell(lots=lost)
        self.by_hand(order.picking_ids)
        row = self.sent_again(order, lots=lost)
        rma = self.allowed(order, lost)
        self.assertEqual(rma._open_receipts().return_id, row.sudo().delivery_ids)

    # === PIECES WITHOUT A NUMBER === #

    def test_of_pieces_without_a_number_what_was_sent_again_comes_back_first(self):
        """COMP-09: paid two, got one and one more; both come back, each by its delivery."""
        order = self.sell(self.cable, 2)
        delivery, row = order.picking_ids, self.sent_again(order)
        self.assertEqual(self.offered(order), {"Cable": 2.0})
        first = self.allowed(order)
        self.assertEqual(first._open_receipts().return_id, row.sudo().delivery_ids)
        second = self.allowed(order)
        self.assertEqual(second._open_receipts().return_id, delivery)
        with self.assertRaisesRegex(UserError, "cannot come back, 0 can"):
            self.allowed(order)

    def test_three_of_two_that_were_paid_cannot_come_back(self):
        """COMP-09: three have left, one of them in place of another."""
        order = self.sell(self.cable, 2)
        row = self.sent_again(order)
        with self.assertRaisesRegex(
            UserError, f"3 cannot come back, 2 can: no more than were paid.*{row.name}"
        ):
            self.allowed(order, quantity=3)
        rma = self.allowed(order, quantity=2)
        self.assertEqual(len(rma._open_receipts()), 2)

    def test_before_it_has_left_nothing_is_replaced(self):
        """COMP-09: granted only; the first delivery stands."""
        first = self.lots("FIRST")
        order = self.sell(lots=first)
        self.granted(order, lacking=first)
        self.assertEqual(self.offered(order), {"FIRST": 1.0})
        self.assertTrue(self.allowed(order, first)._open_receipts())

    def test_a_refund_without_goods_counts_against_what_may_come_back(self):
        """COMP-09: money for one of two without its return; one more can come back."""
        order = self.sell(self.cable, 2)
        self.sent_again(order)
        rma = self.asked(order, resolution="refund_only")
        rma.action_submit()
        rma.with_user(self.supervisor).action_approve()
        self.assertEqual(self.offered(order), {"Cable": 1.0})
        with self.assertRaisesRegex(UserError, "1 can"):
            self.allowed(order, quantity=2)

    # === WHICH LINE === #

    def test_it_stands_for_the_line_whose_number_is_missing(self):
        """COMP-09: the same article on two lines at two prices; the other line says where it belongs."""
        order = self.sell(lots=self.lots("DEAR"))
        order.order_line.copy({"order_id": order.id, "price_unit": 100})
        cheap = self.lots("CHEAP")
        self.deliver(order, cheap)
        self.assertEqual(order.order_line[1].move_ids.lot_ids, cheap)
        again = self.lots("AGAIN-1")
        row = self.sent_again(order, lots=again, lacking=cheap)
        self.assertEqual(row.sudo().delivery_ids.move_ids.aftersales_resent_line_id, order.order_line[1])
        with self.assertRaisesRegex(UserError, "for another line of .*: Camera"):
            self.allowed(order, again)
        self.assertEqual(self.allowed(order, again, line=order.order_line[1]).state, "approved")

    def test_two_lines_share_what_is_sent_again(self):
        """COMP-09: none stands for more than it sold, and the rest that leaves later keeps its line."""
        order = self.sell(self.cable, 2)
        self.env["stock.quant"]._update_available_quantity(self.cable, self.stock, 9)
        order.order_line.copy({"order_id": order.id, "product_uom_qty": 1})
        self.deliver(order)
        row = self.granted(order, 3)
        moves = row.sudo().delivery_ids.move_ids
        self.assertEqual(moves.mapped("product_uom_qty"), [2, 1])
        self.assertEqual(moves.mapped("aftersales_resent_line_id"), order.order_line)
        moves[0].quantity = 1
        self.validate(row.sudo().delivery_ids)
        rest = row.sudo()._open_deliveries()
        self.assertEqual(rest.move_ids.aftersales_resent_line_id, order.order_line[0])

    def test_what_was_sent_for_no_line_was_not_paid(self):
        """COMP-09: its line is not known; customer service settles it."""
        order, again = self.sell(lots=self.lots("LOST-1")), self.lots("AGAIN-1")
        row = self.sent_again(order, lots=again)
        row.sudo().delivery_ids.move_ids.aftersales_resent_line_id = False
        told = f"AGAIN-1 was sent again with {row.name} for no line.*ticket {row.ticket_id.name};"
        with self.assertRaisesRegex(UserError, told):
            self.allowed(order, again)

    # === OTHER WAYS === #

    def test_a_wrong_article_comes_without_money_beside_the_right_one(self):
        """INSPECT-04, COMP-12: paid two cables, got a case for one, the cable came later; it and the case
        are in the parcel."""
        case = self.product("Case", 9, 3)
        order = self.sell(self.cable, 2)
        self.sent_again(order)
        rma = self.allowed(order)
        rma.action_register_shipment(tracking_ref="YT-BOTH")
        self.validate(rma._open_receipts())
        line = rma.with_user(self.inspector)._record_unexpected(case, 1)
        self.assertFalse(line.sale_line_id)
        with self.assertRaisesRegex(UserError, "has no delivery of Case"):
            line.with_user(self.agent).action_adopt()

    def test_the_broken_one_in_the_parcel_is_not_adopted_for_money(self):
        """INSPECT-04: it was replaced; the new one, found in a parcel, is."""
        broken, again = self.lots("BROKEN"), self.lots("AGAIN-1")
        order = self.sell(lots=broken)
        self.sent_again(order, lots=again)
        for lot, goes in ((broken, False), (again, True)):
            rma = self.received(self.sell(self.cable))
            line = rma.with_user(self.inspector)._record_unexpected(self.camera, 1, lot=lot)
            line = line.with_user(self.agent)
            if goes:
                line.action_adopt()
                self.assertEqual(line.sale_line_id, order.order_line)
                self.assertEqual(line.sudo().return_move_ids.sale_line_id, order.order_line)
            else:
                with self.assertRaisesRegex(UserError, "has no delivery of Camera BROKEN"):
                    line.action_adopt()

    def test_taken_back_in_inventory_by_hand_it_counts_as_not_sent(self):
        """COMP-09: the first delivery stands as before, and it can be granted anew."""
        lost, again = self.lots("LOST-1"), self.lots("AGAIN-1")
        order = self.sell(lots=lost)
        row = self.sent_again(order, lots=again)
        self.by_hand(row.sudo().delivery_ids)
        self.assertEqual(self.offered(order), {"LOST-1": 1.0})
        with self.assertRaisesRegex(UserError, "AGAIN-1 1 cannot come back, 0 can.*has come back already"):
            self.allowed(order, again)
        self.sent_again(order, lots=again)
        self.assertEqual(self.offered(order), {"AGAIN-1": 1.0})

    def test_a_kit_comes_back_whole_each_part_by_what_brought_it(self):
        """RMA-10, COMP-09: a desk whose motor was missing and came later."""
        motor, leg = self.product("Motor", 50, 20, tracking="serial"), self.product("Leg", 5, 2)
        desk = self.product("Desk", 300, 0, is_storable=False)
        first, again = self.lots("M-1", product=motor), self.lots("M-2", product=motor)
        order = self.order_kit(desk, {motor: 1, leg: 4})
        order.order_line.aftersales_kit_needs = [[motor.id, 1], [leg.id, 4]]
        self.deliver(order, first)
        parcel = order.picking_ids
        row = self.sent_again(order, product=motor, lots=again)
        self.assertEqual(row.replaced_lot_ids, first)
        rma = self.allowed(order)
        receipts = rma._open_receipts()
        self.assertEqual(receipts.return_id, parcel | row.sudo().delivery_ids)
        moves = receipts.move_ids
        self.assertEqual({m.product_id: m.product_uom_qty for m in moves}, {motor: 1.0, leg: 4.0})
        self.assertEqual(moves.filtered(lambda m: m.product_id == motor).move_line_ids.lot_id, again)
        with self.assertRaisesRegex(UserError, "cannot come back, 0 can"):
            self.allowed(order)

    def test_turned_down_and_sent_back_to_him_it_can_be_asked_for_again(self):
        """INSPECT-02."""
        order, again = self.sell(lots=self.lots("LOST-1")), self.lots("AGAIN-1")
        self.sent_again(order, lots=again)
        rma = self.allowed(order, again)
        self.come_in(rma)
        self.inspect(rma, grade="c", fault_found="no", serial_matches="yes")
        rma.action_reject(reason="Worn")
        rma.action_return_goods()
        self.validate(rma._open_shipments())
        self.assertEqual(self.offered(order), {"AGAIN-1": 1.0})

    # === EXCHANGE === #

    def test_it_is_exchanged_and_what_came_in_its_place_can_come_back(self):
        """EXCH-01: the replacement is one more piece of the same line; one paid, one can come back."""
        order, again = self.sell(lots=self.lots("LOST-1")), self.lots("AGAIN-1")
        new = self.lots("NEW-1")
        self.sent_again(order, lots=again)
        rma = self.allowed(order, again, resolution="exchange")
        self.come_in(rma)
        self.inspect(rma, serial_matches="yes")
        rma.action_pass_to_shipment()
        delivery = rma._open_shipments()
        delivery.move_ids.lot_ids = new
        self.validate(delivery)
        self.assertEqual(rma.state, "done")
        self.assertEqual(order.order_line.qty_delivered, 1)
        self.assertEqual(self.offered(order), {"NEW-1": 1.0})
        self.assertEqual(self.quants(self.camera, self.stock).get((again, self.env["res.partner"])), 1.0)

    # === DAYS === #

    def test_the_window_counts_from_the_delivery_of_the_piece(self):
        """RMA-16, RMA-18: the first parcel is long ago, the second one is new."""
        self.put_in_force()
        order = self.sell(self.cable, 2)
        order.picking_ids.move_ids.date -= timedelta(days=40)
        row = self.sent_again(order)
        sent = row.sudo().delivery_ids.move_ids.date
        one, both = self.asked(order), self.asked(order, quantity=2)
        self.assertEqual(one.sudo().line_ids._first_shipment(), sent)
        self.assertEqual(one.sudo()._parcels(), row.sudo().delivery_ids)
        self.assertEqual(both.sudo()._parcels(), order.picking_ids)
        one.reason_id = self.no_reason
        both.reason_id = self.no_reason
        one.action_submit()
        both.action_submit()
        self.assertEqual((one.eligibility, both.eligibility), ("no_reason", "not_eligible"))

    # === PARCELS WITHOUT PAPER, DELIVERIES === #

    def test_found_in_a_parcel_without_paper_it_is_counted_under_the_return(self):
        """INSPECT-04: the receipt becomes the return of the re-shipment's delivery, on the paid line."""
        order, again = self.sell(lots=self.lots("LOST-1")), self.lots("AGAIN-1")
        row = self.sent_again(order, lots=again)
        parcel = self.env["aftersales.unknown.parcel"].with_user(self.inspector)
        parcel = parcel.create({"line_ids": [Command.create({"serial": "AGAIN-1"})]})
        parcel.action_book()
        rma = self.allowed(order, again)
        parcel.with_user(self.agent).action_adopt(rma=rma)
        came = rma.sudo().line_ids._received_moves()
        self.assertEqual(came.origin_returned_move_id, row.sudo().delivery_ids.move_ids)
        self.assertEqual(came.sale_line_id, order.order_line)
        self.assertEqual((rma.state, rma.line_ids.received_qty), ("received", 1))

    def test_its_delivery_offers_a_return_on_the_paid_line(self):
        """The button on a delivery; the first delivery offers no number that was replaced."""
        pair, again = self.lots("HAS-1", "LOST-1"), self.lots("AGAIN-1")
        order = self.sell(quantity=2, lots=pair)
        delivery = order.picking_ids
        row = self.sent_again(order, lots=again, lacking=pair[1])
        rows = row.sudo().delivery_ids._aftersales_return_rows()
        self.assertEqual(rows, [{"sale_line_id": order.order_line.id, "lot_id": again.id, "quantity": 1.0}])
        action = row.sudo().delivery_ids.action_aftersales_returns()
        self.assertEqual(action["context"]["default_sale_order_id"], order.id)
        self.assertEqual([row["lot_id"] for row in delivery._aftersales_return_rows()], [pair[0].id])


@tagged("-at_install", "post_install")
class TestResentMoney(ResentStory, ExchangeCommon):
    """The whole way to the money, and to another piece."""

    def test_it_is_refunded_as_the_order_line_and_no_more_than_was_paid(self):
        """RMA-38, REFUND-04, INSPECT-03: 2 × 100.00 paid, one was missing and came later; both come back."""
        order = self._sold(2)
        parcel, sold = order.picking_ids, order.order_line
        row = self.sent_again(order)
        self.assertEqual((sold.qty_delivered, sold.qty_to_invoice), (2, 0))
        again = row.sudo().delivery_ids.move_ids
        first = self._returned(order)
        self.assertEqual(first.sudo().line_ids.return_move_ids.origin_returned_move_id, again)
        self.assertEqual(sold.qty_delivered, 1)
        came = first.sudo().line_ids.return_move_ids
        self.assertEqual((came.value, came.is_in), (again.value, True))
        self.assertEqual(self._credit(first).credit_note_id.amount_total, 100.0)
        second = self._returned(order)
        self.assertEqual(second.sudo().line_ids.return_move_ids.picking_id.return_id, parcel)
        self.assertEqual(self._credit(second).credit_note_id.amount_total, 100.0)
        self.assertEqual(sold.qty_delivered, 0)
        with self.assertRaisesRegex(UserError, "cannot come back, 0 can"):
            self._returned(order)

    def test_what_it_was_exchanged_for_is_refunded(self):
        """EXCH-01, EXCH-05: an exchange of it, then the money for what came in its place; once."""
        order = self._sold()
        self.sent_again(order)
        exchange = self._exchanged(order)
        self.assertEqual((order.order_line.qty_delivered, exchange.state), (1, "done"))
        rma = self._returned(order)
        received = rma.sudo().line_ids.return_move_ids
        self.assertEqual(received.origin_returned_move_id, exchange.sudo().line_ids.exchange_move_ids)
        self.assertEqual(sum(self._credit(rma).mapped("amount")), 100.0)
        with self.assertRaisesRegex(UserError, "cannot come back, 0 can"):
            self._returned(order)
