from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .test_unknown_parcel import UnknownParcelCommon


@tagged("-at_install", "post_install")
class TestUnknownParcelKept(UnknownParcelCommon):
    """What lies in quarantine for nobody stays what it is, where it is, and is nobody else's."""

    def booked(self, *lines, **vals):
        parcel = self.parcel(*lines, **vals)
        parcel.action_book()
        return parcel

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

    # === WHAT WAS BOOKED === #

    def test_what_is_booked_stays_on_the_parcel(self):
        """Taken off it, the goods would lie in quarantine and no parcel would know of them."""
        self.sold_camera()
        parcel = self.booked({"serial": "CAM-1"}, {"name": "Black umbrella"})
        camera, umbrella = parcel.line_ids
        other = self.parcel()
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
