from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .test_unknown_parcel import UnknownParcelCommon


@tagged("-at_install", "post_install")
class TestUnknownParcelKept(UnknownParcelCommon):
    """What lies in quarantine for nobody stays what it is, where it is, and is nobody else's."""

    def booked(self, *lines, **vals):
        parcel = self.parcel(*lines, **vals)
        parcel.action_book()
        return parcel

    def scrap(self, parcel):
        """Somebody takes the goods away in Inventory."""
        for row in parcel.sudo().line_ids.move_id.move_line_ids:
            scrap = self.env["stock.scrap"].create(
                {
                    "product_id": row.product_id.id,
                    "scrap_qty": row.quantity,
                    "lot_id": row.lot_id.id,
                    "owner_id": row.owner_id.id,
                    "location_id": self.quarantine.id,
                }
            )
            scrap.action_validate()
            self.assertEqual(scrap.state, "done")

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
