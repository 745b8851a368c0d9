from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .test_unknown_parcel import UnknownParcelCommon


@tagged("-at_install", "post_install")
class TestUnknownParcelKept(UnknownParcelCommon):
    """What lies in quarantine for nobody stays what it is, where it is, and is nobody else's."""

    # === THE VERY PIECES === #

    def test_each_parcel_goes_back_with_the_pieces_that_came_in_it(self):
        """Two of one article lie side by side as nobody's: none is sent to the other one's sender."""
        self.sold_camera("CAM-1")
        self.sold_camera("CAM-2")
        self.booked({"serial": "CAM-1"})
        second = self.booked({"serial": "CAM-2"})
        second.with_user(self.supervisor).action_send_back()
        shipment = second.sudo().way_back_id
        self.assertEqual((shipment.state, shipment.move_line_ids.lot_id.name), ("assigned", "CAM-2"))
        with self.subTest("reserved anew in Inventory"):
            shipment.do_unreserve()
            shipment.action_assign()
            self.assertEqual(shipment.move_line_ids.lot_id.name, "CAM-2")
        self.validate(shipment)
        left = [lot.name for lot, _owner in self.quants(self.camera, self.quarantine)]
        self.assertEqual(left, ["CAM-1"])

    def test_goods_that_somebody_has_taken_away_are_neither_adopted_nor_sent_back(self):
        """They would exist twice: once where they are, once as a customer's in quarantine."""
        order, _lot = self.sold_camera()
        rma = self.sent_back(order)
        parcel = self.booked({"serial": "CAM-1"})
        self.scrap(parcel)
        for step in (
            lambda: parcel.with_user(self.agent).action_adopt(rma=rma),
            lambda: parcel.with_user(self.supervisor).action_send_back(),
        ):
            with self.assertRaisesRegex(UserError, "is no longer in"), self.env.cr.savepoint():
                step()
            self.env.invalidate_all()
            self.assertEqual((parcel.state, rma.state), ("waiting", "in_transit"))
        self.assertEqual(self.quants(self.camera, self.quarantine), {})

    def test_who_stands_for_unknown_owners_is_neither_deleted_nor_merged(self):
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        both = (self.unknown() | self.customer).ids
        for step in (
            lambda: self.unknown().unlink(),
            lambda: merge._merge(both, self.customer, extra_checks=False),
        ):
            with self.assertRaisesRegex(UserError, "unknown parcels"), self.env.cr.savepoint():
                step()
            self.env.invalidate_all()

    # === WHAT WAS BOOKED === #

    def test_what_is_booked_stays_on_the_parcel(self):
        """Taken off it, the goods would lie in quarantine and no parcel would know of them."""
        self.sold_camera()
        parcel = self.booked({"serial": "CAM-1"}, {"name": "Black umbrella"})
        camera, umbrella = parcel.line_ids
        other = self.parcel(tracking_ref="NO-2")
        for step in (
            lambda: camera.unlink(),
            lambda: parcel.write({"line_ids": [Command.clear()]}),
            lambda: camera.write({"move_id": False}),
            lambda: camera.write({"parcel_id": other.id}),
            lambda: umbrella.write({"move_id": camera.move_id.id}),
            lambda: self.parcel({"product_id": self.camera.id, "move_id": camera.move_id.id}),
        ):
            with self.assertRaisesRegex(UserError, "in quarantine already"), self.env.cr.savepoint():
                step()
            self.env.invalidate_all()
        umbrella.unlink()
        self.assertEqual(parcel.line_ids, camera)

    def test_a_number_that_lies_here_already_cannot_be_in_the_parcel(self):
        """A number misread: the piece would be counted twice."""
        self.lots("CAM-1")
        parcel = self.parcel({"serial": "CAM-1"})
        with self.assertRaisesRegex(UserError, "lies in WH/Stock already"):
            parcel.action_book()
        self.sold_camera("CAM-2")
        self.booked({"serial": "CAM-2"})
        with self.assertRaisesRegex(UserError, "lies in .*quarantine.* already"):
            self.booked({"serial": "CAM-2"})

    def test_a_serial_number_is_one_piece(self):
        self.sold_camera()
        with self.assertRaisesRegex(ValidationError, "is one piece"):
            self.parcel({"serial": "CAM-1", "quantity": 3})


@tagged("-at_install", "post_install")
class TestUnknownParcelReopened(UnknownParcelCommon):
    """A parcel whose return is over, or whose shipment was cancelled, is somebody's task again."""

    def adopted(self, serial="CAM-1"):
        """(parcel, the draft return that was made for it as the agent sees it)"""
        order, _lot = self.sold_camera(serial)
        parcel = self.parcel({"serial": serial})
        parcel.action_book()
        parcel.with_user(self.agent).action_adopt(order=order)
        rma = parcel.sudo().rma_id.with_user(self.agent)
        rma.reason_id = self.quality
        return parcel, rma

    def days_later(self, days):
        self.env["aftersales.deadline"]._run_due(now=fields.Datetime.now() + timedelta(days=days))

    # === THE RETURN IS OVER === #

    def test_a_return_that_is_over_lets_go_of_the_parcel(self):
        """Its goods lie here as nobody's again, the owner is looked for, and the limit begins anew."""
        self.put_in_force()

        def refused(rma):
            rma.action_submit()
            rma.action_refuse(reason="No fault")

        def closed(rma):
            refused(rma)
            self.days_later(6)

        def dismissed(rma):
            refused(rma)
            rma.action_dispute(reason="It is faulty")
            rma.dispute_ids.statement_ids = [Command.create({"text": "It starts"})]
            rma.dispute_ids.action_answer()
            rma.with_user(self.supervisor).action_dismiss(reason="It is not")

        ends = {
            "cancelled": lambda rma: rma.action_cancel(reason="Wrong customer"),
            "closed": closed,
            "dismissed": dismissed,
            "deleted": lambda rma: rma.unlink(),
        }
        for end, do in ends.items():
            with self.subTest(end), self.env.cr.savepoint() as undone:
                parcel, rma = self.adopted()
                name = rma.name
                do(rma)
                self.assertEqual(
                    (parcel.state, parcel.rma_id.id, parcel.partner_id.id), ("waiting", False, False)
                )
                self.assertEqual(
                    [owner for _lot, owner in self.quants(self.camera, self.quarantine)], [self.unknown()]
                )
                self.assertEqual(parcel.next_kind, "find_owner")
                self.assertEqual(self.best(parcel).partner_id, self.customer)
                self.assertIn(name, parcel.sudo().message_ids[:1].body)
                undone.rollback()
                self.env.invalidate_all()

    def test_released_it_is_adopted_for_the_next_return(self):
        parcel, rma = self.adopted()
        order = rma.sudo().sale_order_id
        rma.action_cancel(reason="Asked for the wrong thing")
        parcel.with_user(self.agent).action_adopt(order=order)
        again = parcel.sudo().rma_id.with_user(self.agent)
        again.reason_id = self.quality
        again.action_submit()
        again.action_approve()
        self.assertEqual((parcel.state, again.state), ("handed_over", "received"))

    def test_a_return_ends_also_where_its_goods_are_gone(self):
        """What somebody has taken away is said, and given to nobody."""
        parcel, rma = self.adopted()
        self.scrap(parcel)
        rma.action_cancel(reason="Wrong customer")
        self.assertEqual((parcel.state, rma.state), ("waiting", "cancelled"))
        self.assertEqual(self.quants(self.camera, self.quarantine), {})
        self.assertTrue(parcel.sudo().message_ids.filtered(lambda said: "is no longer in" in said.body))

    def test_a_return_that_is_not_decided_is_asked_about(self):
        """A draft has no limit of its own: the goods of it would lie there for ever."""
        self.company.aftersales_parcel_user_id = self.supervisor
        parcel, rma = self.adopted()
        self.assertEqual(parcel.next_kind, "decide_return")
        self.assertEqual((parcel.next_due_at - parcel.adopted_at).days, self.company.aftersales_parcel_days)
        self.assertEqual(parcel.sudo().activity_ids.user_id, self.agent, "whose return it is")
        self.days_later(8)
        asked = parcel.sudo().activity_ids.filtered(lambda task: task.user_id == self.supervisor)
        self.assertIn(rma.name, asked.summary)
        self.assertEqual(parcel.state, "adopted", "nothing is done with it by itself")
        rma.action_submit()
        rma.action_approve()
        self.assertFalse(parcel.sudo().activity_ids.filtered(lambda task: task.user_id == self.agent))

    def test_a_return_that_waits_for_its_parcel_has_nothing_to_decide(self):
        order, _lot = self.sold_camera()
        rma = self.sent_back(order)
        parcel = self.parcel({"serial": "CAM-1"})
        parcel.with_user(self.agent).action_adopt(rma=rma)
        kinds = parcel.sudo().deadline_ids.mapped("kind")
        self.assertEqual((kinds, parcel.next_due_at), (["find_owner"], False))

    # === THE SHIPMENT IS CANCELLED === #

    def test_a_shipment_back_that_is_cancelled_leaves_the_parcel_here(self):
        """Customer service has sent it back; whoever cancels that in Inventory need not tell anybody."""
        self.company.aftersales_parcel_user_id = self.supervisor
        for how in ("action_cancel", "unlink"):
            with self.subTest(how), self.env.cr.savepoint() as undone:
                self.sold_camera()
                parcel = self.parcel({"serial": "CAM-1"})
                parcel.action_book()
                parcel.with_user(self.supervisor).action_send_back()
                shipment = parcel.sudo().way_back_id
                getattr(shipment, how)()
                self.assertEqual((parcel.state, parcel.way_back_id.id), ("waiting", False))
                self.assertEqual((parcel.sent_back_at, parcel.next_kind), (False, "find_owner"))
                self.assertEqual(parcel.sudo().activity_ids.user_id, self.supervisor)
                parcel.with_user(self.supervisor).action_send_back()
                self.validate(parcel.sudo().way_back_id)
                self.assertEqual(self.quants(self.camera, self.quarantine), {})
                undone.rollback()
                self.env.invalidate_all()

    def test_a_part_that_stays_here_is_told(self):
        self.company.aftersales_parcel_user_id = self.supervisor
        self.sell(self.cable, 3)
        parcel = self.parcel({"product_id": self.cable.id, "quantity": 3})
        parcel.action_book()
        parcel.with_user(self.supervisor).action_send_back()
        shipment = parcel.sudo().way_back_id
        shipment.move_ids.quantity = 2
        self.validate(shipment)
        self.assertFalse(parcel.sudo().activity_ids)
        shipment.backorder_ids.action_cancel()
        self.assertEqual(parcel.state, "sent_back")
        self.assertIn("a part of it", parcel.sudo().activity_ids.summary)


@tagged("-at_install", "post_install")
class TestUnknownParcelMixed(UnknownParcelCommon):
    """Of a parcel the return takes what it waits for; the rest comes onto it as not announced."""

    def cables(self, quantity):
        return {"product_id": self.cable.id, "quantity": quantity}

    def adopted_for(self, order, *lines):
        """The draft return that an agent has made for a parcel with these goods."""
        parcel = self.booked(*lines)
        parcel.with_user(self.agent).action_adopt(order=order)
        rma = parcel.sudo().rma_id.with_user(self.agent)
        rma.reason_id = self.quality
        return parcel, rma

    def goods(self, rma):
        """[(article, received, not announced)]"""
        lines = rma.sudo().line_ids.sorted(lambda line: (line.is_unexpected, line.id))
        return [(line.product_id, line.received_qty, line.is_unexpected) for line in lines]

    def in_quarantine(self, product):
        return {owner: qty for (_lot, owner), qty in self.quants(product, self.quarantine).items()}

    def test_what_he_never_bought_is_on_the_return_as_not_announced(self):
        """Issue 4, part 2: another article beside the right one; it goes back to him with the verdict."""
        order, _lot = self.sold_camera()
        rma = self.sent_back(order)
        parcel = self.booked({"serial": "CAM-1"}, self.cables(2))
        self.best(parcel.with_user(self.agent)).action_adopt_for()
        self.assertEqual((parcel.state, rma.state), ("handed_over", "received"))
        self.assertEqual(self.goods(rma), [(self.camera, 1, False), (self.cable, 2, True)])
        self.assertIn("not announced", parcel.headline)
        self.assertIn(parcel.name, rma.sudo().message_ids.filtered(lambda s: "Cable" in s.body).body)
        self.inspect(rma)
        back = rma.sudo()._open_shipments()
        self.assertRecordValues(back.move_ids, [{"product_id": self.cable.id, "quantity": 2}])
        self.assertEqual((back.move_line_ids.owner_id, back.state), (self.customer, "assigned"))

    def test_of_more_than_he_bought_the_rest_is_not_announced(self):
        """Issue 4, part 5: seven came, five were sold; each is counted once."""
        order = self.sell(self.cable, 5)
        order._create_invoices().action_post()
        parcel, rma = self.adopted_for(order, self.cables(7))
        rma.line_ids.quantity = 5
        rma.action_submit()
        rma.action_approve()
        self.assertEqual((parcel.state, rma.state), ("handed_over", "received"))
        self.assertEqual(self.goods(rma), [(self.cable, 5, False), (self.cable, 2, True)])
        self.assertEqual(self.in_quarantine(self.cable), {self.customer: 7})
        self.assertEqual(sorted(parcel.line_ids.mapped("quantity")), [2, 5])
        self.assertEqual(sum(parcel.sudo().picking_id.move_ids.mapped("quantity")), 7)
        self.inspect(rma)
        self.assertEqual(rma.sudo().refund_ids.amount, 100)
        self.validate(rma.sudo()._open_shipments())
        self.assertEqual(self.in_quarantine(self.cable), {})

    def test_of_a_lot_the_rest_is_of_the_same_lot(self):
        flour = self.product("Flour", 10, 2, tracking="lot")
        lot = self.env["stock.lot"].create({"name": "L-1", "product_id": flour.id})
        self.env["stock.quant"]._update_available_quantity(flour, self.stock, 5, lot_id=lot)
        order = self.sell(flour, 5)
        parcel, rma = self.adopted_for(order, {"product_id": flour.id, "serial": "L-1", "quantity": 7})
        self.assertEqual(self.quants(flour, self.quarantine), {(lot, self.customer): 7})
        rma.line_ids.quantity = 5
        rma.action_submit()
        rma.action_approve()
        self.assertEqual(self.goods(rma), [(flour, 5, False), (flour, 2, True)])
        self.assertEqual(parcel.line_ids.lot_id, lot)
        self.assertEqual(self.quants(flour, self.quarantine), {(lot, self.customer): 7})

    def test_goods_that_are_not_kept_in_stock_come_with_the_parcel(self):
        """Odoo moves them like all others; left on the parcel they would stay expected."""
        screws = self.product("Screws", 2, 1, is_storable=False)
        goods = {"product_id": screws.id, "product_uom_qty": 10}
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "order_line": [Command.create(goods)]}
        )
        order.action_confirm()
        self.deliver(order)
        rma = self.sent_back(order, line_ids=self.kits(order))
        parcel = self.booked({"product_id": screws.id, "quantity": 10})
        parcel.with_user(self.agent).action_adopt(rma=rma)
        self.assertEqual((parcel.state, rma.state), ("handed_over", "received"))
        self.assertEqual(self.goods(rma), [(screws, 10, False)])
        self.assertFalse(rma.sudo()._open_receipts())

    def test_one_piece_of_the_parcel_may_be_for_two_lines_of_the_return(self):
        order = self.sell(self.cable, 3)
        more = self.sell(self.cable, 2)
        lines = [(order.order_line, 3), (more.order_line, 2)]
        rma = self.sent_back(
            order,
            line_ids=[Command.create({"sale_line_id": sold.id, "quantity": qty}) for sold, qty in lines],
        )
        self.booked(self.cables(5)).with_user(self.agent).action_adopt(rma=rma)
        self.assertEqual(self.goods(rma), [(self.cable, 3, False), (self.cable, 2, False)])
        self.assertFalse(rma.sudo()._open_receipts())

    def test_of_late_goods_the_rest_is_with_the_supplement(self):
        rma = self.lacking_one()
        for late_by in ("awaited", "given up"):
            with self.subTest(late_by), self.env.cr.savepoint() as undone:
                if late_by == "given up":
                    rma.sudo()._open_receipts().action_cancel()
                parcel = self.booked(self.cables(2))
                parcel.with_user(self.agent).action_adopt(rma=rma)
                late = rma.supplement_ids
                self.assertEqual((parcel.state, rma.state), ("handed_over", "to_refund"))
                self.assertEqual(self.goods(late), [(self.cable, 1, False), (self.cable, 1, True)])
                self.assertEqual(self.goods(rma), [(self.cable, 2, False)])
                self.inspect(late)
                back = late.sudo()._open_shipments()
                self.assertEqual((late.state, back.move_ids.quantity), ("to_refund", 1))
                self.assertEqual(late.sudo().refund_ids.amount, 20)
                undone.rollback()
                self.env.invalidate_all()

    def test_a_return_that_waits_for_none_of_it_is_approved_without(self):
        """The request was changed to other goods: whose these are is looked for again."""
        self.sold_camera()
        order = self.sell(self.cable)
        parcel, rma = self.adopted_for(order, {"serial": "CAM-1"})
        rma.line_ids = [
            Command.clear(),
            Command.create({"sale_line_id": order.order_line.id, "quantity": 1}),
        ]
        rma.action_submit()
        rma.action_approve()
        self.assertEqual((parcel.state, parcel.rma_id.id, rma.state), ("waiting", False, "approved"))
        self.assertEqual(self.in_quarantine(self.camera), {self.unknown(): 1})

    def test_what_comes_for_money_without_goods_is_its_late_goods(self):
        """The refund does not wait for goods; they are here all the same, and are inspected."""
        order, _lot = self.sold_camera()
        parcel, rma = self.adopted_for(order, {"serial": "CAM-1"})
        rma.write({"resolution": "refund_only", "delivery_result": "signed"})
        rma.action_submit()
        rma.with_user(self.supervisor).action_approve()
        self.assertEqual((rma.state, parcel.state), ("to_refund", "handed_over"))
        self.assertEqual(self.goods(rma.supplement_ids), [(self.camera, 1, False)])

    def test_goods_that_are_here_are_told_to_whoever_waits_for_them(self):
        """The customer asked for himself while his parcel lay here: he has nothing left to send."""
        order, lot = self.sold_camera()
        parcel = self.booked({"serial": "CAM-1"})
        with self.subTest("nobody's"), self.env.cr.savepoint() as undone:
            rma = self.approved(order)
            self.assertEqual(rma.activity_ids.user_id, self.agent)
            self.assertRegex(rma.activity_ids.summary, f"here, in {parcel.name}: adopt it for {rma.name}")
            undone.rollback()
            self.env.invalidate_all()
        with self.subTest("adopted for a draft"):
            rma = self.rma(order)
            parcel.with_user(self.agent).action_adopt(order=order)
            rival = parcel.sudo().rma_id.with_user(self.agent)
            rma.action_submit()
            rma.action_approve()
            self.assertIn(f"cancel {rival.name}", rma.activity_ids.summary)
            rival.action_cancel(reason="Two requests for one camera")
            self.best(parcel.with_user(self.agent)).action_adopt_for()
            self.assertEqual(
                (parcel.state, rma.state, rma.line_ids.received_qty), ("handed_over", "received", 1)
            )
        with self.subTest("its own"):
            other = self.sold_camera("CAM-2")[0]
            _parcel, rma = self.adopted_for(other, {"serial": "CAM-2"})
            rma.action_submit()
            rma.action_approve()
            self.assertFalse(rma.activity_ids)

    def test_of_an_empty_parcel_nothing_is_received(self):
        """A number scanned at the station, or an umbrella of somebody's: the return still waits."""
        rma = self.sent_back(self.sell(self.cable))
        for lines in ((), ({"name": "Black umbrella"},)):
            parcel = self.parcel(*lines, tracking_ref=rma.tracking_ref)
            with self.assertRaisesRegex(UserError, "Enter first"), self.env.cr.savepoint():
                self.best(parcel.with_user(self.agent)).action_adopt_for()
            self.env.invalidate_all()
            self.assertEqual((parcel.state, rma.state), ("waiting", "in_transit"))

    # === BOOKED IN TWO STEPS === #

    def test_what_is_found_in_it_later_goes_the_same_way(self):
        """A second look into the box: a receipt of its own, and the same parcel."""
        order, lot = self.sold_camera()
        parcel = self.booked(self.cables(1))
        first = parcel.sudo().picking_id
        parcel.line_ids = [Command.create({"serial": "CAM-1"})]
        parcel.action_book()
        rma = self.sent_back(order)
        parcel.with_user(self.agent).action_adopt(rma=rma)
        self.assertEqual(self.goods(rma), [(self.camera, 1, False), (self.cable, 1, True)])
        self.assertEqual(first.aftersales_rma_id, rma)
        self.assertEqual(self.quants(self.camera, self.quarantine), {(lot, self.customer): 1})

    def test_a_parcel_that_is_over_takes_no_more_goods(self):
        self.sold_camera()
        self.sold_camera("CAM-2")
        parcel = self.booked({"serial": "CAM-1"})
        parcel.with_user(self.supervisor).action_send_back()
        parcel.line_ids = [Command.create({"serial": "CAM-2"})]
        self.assertFalse(parcel.can_book)
        with self.assertRaisesRegex(UserError, "new one"):
            parcel.action_book()
