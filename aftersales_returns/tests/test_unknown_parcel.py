from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_evidence import EvidenceCommon


class UnknownParcelCommon(EvidenceCommon):
    def parcel(self, *lines, user=None, **vals):
        parcels = self.env["aftersales.unknown.parcel"].with_user(user or self.inspector)
        return parcels.create({"line_ids": [Command.create(line) for line in lines], **vals})

    def booked(self, *lines, **vals):
        parcel = self.parcel(*lines, **vals)
        parcel.action_book()
        return parcel

    def unknown(self):
        return self.env.ref("aftersales_returns.partner_unknown_owner")

    def sold_camera(self, name="CAM-1", **kw):
        lot = self.lots(name)
        return self.sell(lots=lot, **kw), lot

    def best(self, parcel):
        return parcel.candidate_ids.sorted("score", reverse=True)[:1]

    def lacking_one(self):
        """A return of three cables, two of which came and are being refunded."""
        order = self.sell(self.cable, 3)
        order._create_invoices().action_post()
        rma = self.sent_back(order)
        receipt = rma._open_receipts()
        receipt.move_ids.quantity = 2
        self.validate(receipt)
        self.inspect(rma)
        return rma

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


@tagged("-at_install", "post_install")
class TestUnknownParcel(UnknownParcelCommon):
    # === QUARANTINE === #

    def test_goods_of_a_parcel_without_paper_lie_in_quarantine_and_are_nobodys(self):
        """Issue 4, part 2: not on hand, not valued, not ours."""
        _order, lot = self.sold_camera()
        before = self.camera.qty_available, self.camera.total_value
        parcel = self.parcel({"serial": "CAM-1"}, tracking_ref="YT-77")
        self.assertEqual((parcel.line_ids.product_id, parcel.line_ids.lot_id), (self.camera, lot))
        parcel.action_book()
        self.assertEqual(self.quants(self.camera, self.quarantine), {(lot, self.unknown()): 1})
        self.camera.invalidate_recordset()
        self.assertEqual((self.camera.qty_available, self.camera.total_value), before)
        self.assertFalse(parcel.can_book)

    def test_foreign_goods_are_written_down_and_not_booked(self):
        parcel = self.parcel({"name": "Black umbrella"}, {"product_id": self.camera.id, "serial": "STRANGE"})
        self.assertFalse(parcel.can_book, "a camera without a number that is known cannot be booked")
        parcel.action_book()
        self.assertFalse(parcel.picking_id)

    def test_a_parcel_of_which_nothing_is_told_is_not_kept(self):
        with self.assertRaisesRegex(UserError, "Write down what is on the parcel"):
            self.parcel()

    def test_the_warehouse_is_told_to_book_before_anybody_looks_for_the_owner(self):
        """One line says what is next, also for whoever has no button to adopt."""
        self.sold_camera()
        parcel = self.parcel({"serial": "CAM-1"})
        self.assertIn("into quarantine", parcel.headline)
        parcel.action_book()
        self.assertIn("adopt it for one of them", parcel.headline)

    def test_what_speaks_for_an_owner_is_one_phrase_in_the_readers_language(self):
        self.sold_camera()
        found = self.best(self.parcel({"serial": "CAM-1"}, sender_name=self.customer.name))
        self.assertEqual(found.why, "serial number and name")

    def test_what_is_booked_is_not_changed(self):
        self.sold_camera()
        parcel = self.parcel({"serial": "CAM-1"})
        parcel.action_book()
        with self.assertRaisesRegex(UserError, "in quarantine already"):
            parcel.line_ids.quantity = 2
        with self.assertRaises(UserError):
            parcel.with_user(self.agent).unlink()

    # === WHOSE === #

    def test_the_serial_number_names_the_buyer(self):
        order, _lot = self.sold_camera()
        parcel = self.parcel({"serial": "CAM-1"})
        found = self.best(parcel)
        self.assertEqual((found.order_id, found.partner_id), (order, self.customer))
        self.assertEqual(found.reasons, ["serial"])

    def test_name_telephone_tracking_and_order_number_are_looked_up(self):
        self.customer.phone = "+86 138 0013 8000"
        order = self.sell(self.cable)
        self.env.flush_all()
        parcel = self.parcel(sender_name="Li Ming", sender_phone="+86 138 0013 8000", order_ref=order.name)
        found = self.best(parcel)
        self.assertEqual((found.order_id, found.reasons), (order, ["order", "phone", "name"]))
        rma = self.sent_back(order)
        parcel.write({"tracking_ref": rma.tracking_ref})
        found = self.best(parcel)
        self.assertEqual(found.rma_id, rma)
        self.assertEqual(found.reasons, ["tracking", "order", "phone", "name"])
        self.assertEqual(
            found.with_user(self.inspector).why, "tracking number, order number, telephone, and name"
        )

    def test_a_parcel_that_could_not_be_delivered_is_known_by_its_own_number(self):
        order = self.sell(self.cable)
        order.picking_ids.carrier_tracking_ref = "SF-OUT-1"
        self.assertEqual(self.best(self.parcel(tracking_ref="SF-OUT-1")).order_id, order)

    def test_nothing_known_gives_nobody(self):
        self.assertFalse(self.parcel(tracking_ref="NO-1", sender_name="Nobody").candidate_ids)

    # === ADOPTION === #

    def test_adopted_by_a_return_that_waits_its_goods_are_received(self):
        """Unknown parcel adopted: the return goes on as if the slip had been in it."""
        order, lot = self.sold_camera()
        rma = self.sent_back(order)
        expected = rma.picking_ids
        parcel = self.parcel({"serial": "CAM-1"})
        parcel.action_book()
        self.best(parcel.with_user(self.agent)).action_adopt_for()
        self.assertEqual((parcel.state, rma.state), ("handed_over", "received"))
        self.assertEqual(self.quants(self.camera, self.quarantine), {(lot, self.customer): 1})
        self.assertEqual(expected.state, "cancel", "the goods came once")
        self.assertEqual(rma.line_ids.received_qty, 1)
        found = rma.with_user(self.inspector).inspection_ids
        found.write({"grade": "a", "serial_matches": "yes"})
        rma.with_user(self.inspector).action_complete_inspection()
        self.assertEqual(rma.state, "to_refund")
        self.assertEqual(self.quants(self.camera, self.quarantine), {}, "graded, they leave like any other")
        self.assertEqual(order.order_line.qty_delivered, 0)

    def test_adopted_for_an_order_a_return_is_made_and_the_goods_wait_for_its_approval(self):
        order, lot = self.sold_camera()
        parcel = self.parcel({"serial": "CAM-1"}, note="It does not start")
        parcel.with_user(self.agent).action_find_owner()
        self.best(parcel.with_user(self.agent)).action_adopt_for()
        rma = parcel.rma_id
        self.assertEqual((parcel.state, rma.state), ("adopted", "draft"))
        self.assertEqual(self.quants(self.camera, self.quarantine), {(lot, self.customer): 1})
        self.assertRecordValues(rma.line_ids, [{"sale_line_id": order.order_line.id, "lot_id": lot.id}])
        rma = rma.with_user(self.agent)
        rma.reason_id = self.quality
        rma.action_submit()
        rma.action_approve()
        self.assertEqual((parcel.state, rma.state), ("handed_over", "received"))
        self.assertEqual(rma.line_ids.received_qty, 1)

    def test_part_of_what_is_expected_leaves_the_rest_expected(self):
        rma = self.sent_back(self.sell(self.cable, 3))
        parcel = self.parcel({"product_id": self.cable.id, "quantity": 2}, tracking_ref=rma.tracking_ref)
        parcel.action_book()
        parcel.with_user(self.agent).action_adopt(rma=rma)
        self.assertEqual(rma.line_ids.received_qty, 2)
        self.assertEqual(sum(rma.sudo()._open_receipts().move_ids.mapped("product_uom_qty")), 1)

    def test_goods_that_the_return_does_not_expect_change_nothing(self):
        rma = self.sent_back(self.sell(self.cable))
        self.sold_camera()
        parcel = self.parcel({"serial": "CAM-1"}, tracking_ref=rma.tracking_ref)
        parcel.action_book()
        with self.assertRaisesRegex(UserError, "is not what"), self.env.cr.savepoint():
            parcel.with_user(self.agent).action_adopt(rma=rma)
        self.env.invalidate_all()
        self.assertEqual((parcel.state, rma.state), ("waiting", "in_transit"))

    def test_a_return_that_has_had_everything_adopts_nothing(self):
        """The goods stay where they lie, and are said to."""
        rma = self.inspected(self.sell(self.cable))
        parcel = self.parcel({"product_id": self.cable.id})
        parcel.action_book()
        with self.assertRaisesRegex(UserError, "is not what"), self.env.cr.savepoint():
            parcel.with_user(self.agent).action_adopt(rma=rma)
        self.env.invalidate_all()
        self.assertEqual((parcel.state, parcel.rma_id.id), ("waiting", False))
        rma = self.rma(self.sell(self.cable))
        rma.action_cancel(reason="No")
        with self.assertRaisesRegex(UserError, "stay in quarantine"):
            parcel.with_user(self.agent).action_adopt(rma=rma)

    def test_what_a_decided_return_lacked_is_its_late_goods(self):
        """Unknown parcel adopted: nothing is lost, nothing given twice, and what was decided stays."""
        rma = self.lacking_one()
        for late_by in ("awaited", "given up"):
            with self.subTest(late_by), self.env.cr.savepoint() as undone:
                if late_by == "given up":
                    rma.sudo()._open_receipts().action_cancel()
                parcel = self.parcel({"product_id": self.cable.id}, tracking_ref=rma.tracking_ref)
                parcel.action_book()
                self.assertEqual(self.best(parcel).rma_id, rma)
                self.best(parcel.with_user(self.agent)).action_adopt_for()
                late = rma.supplement_ids
                self.assertEqual(
                    (parcel.state, rma.state, late.state), ("handed_over", "to_refund", "received")
                )
                self.assertEqual((late.line_ids.received_qty, rma.line_ids.received_qty), (1, 2))
                self.assertFalse(rma.sudo()._open_receipts())
                self.inspect(late)
                self.assertEqual([r.amount for r in (rma | late).sudo().refund_ids.sorted("id")], [40, 20])
                again = self.parcel({"product_id": self.cable.id}, tracking_ref=rma.tracking_ref)
                again.action_book()
                self.assertFalse(again.candidate_ids.rma_id, "it has had all three")
                undone.rollback()
                self.env.invalidate_all()

    def test_what_turns_out_to_be_somebody_elses_is_nobodys_again(self):
        _order, lot = self.sold_camera()
        parcel = self.parcel({"serial": "CAM-1"})
        self.best(parcel.with_user(self.agent)).action_adopt_for()
        parcel.with_user(self.supervisor).action_release()
        self.assertEqual((parcel.state, parcel.rma_id.id), ("waiting", False))
        self.assertEqual(self.quants(self.camera, self.quarantine), {(lot, self.unknown()): 1})

    def test_without_an_owner_it_goes_back_where_it_came_from(self):
        self.sold_camera()
        parcel = self.parcel({"serial": "CAM-1"})
        parcel.action_book()
        with self.assertRaises(AccessError):
            parcel.with_user(self.agent).action_send_back()
        parcel.with_user(self.supervisor).action_send_back()
        shipment = parcel.sudo().way_back_id
        self.assertEqual(shipment.state, "assigned")
        self.validate(shipment)
        self.assertEqual(self.quants(self.camera, self.quarantine), {})

    def test_photos_of_the_parcel_are_evidence_of_the_return(self):
        self.sold_camera()
        parcel = self.parcel({"serial": "CAM-1"})
        self.photo(parcel, "label.png", self.inspector)
        self.best(parcel.with_user(self.agent)).action_adopt_for()
        self.assertIn("label.png", parcel.rma_id.evidence_ids.mapped("label"))

    # === TIME, STATION, RIGHTS === #

    def test_nobody_forgets_it(self):
        self.company.aftersales_parcel_user_id = self.supervisor
        parcel = self.parcel(tracking_ref="NO-1")
        due = parcel.deadline_ids.due_at
        self.assertEqual((due - parcel.create_date).days, self.company.aftersales_parcel_days)
        self.env["aftersales.deadline"]._run_due(now=fields.Datetime.now() + timedelta(days=8))
        self.assertIn(self.supervisor, parcel.activity_ids.user_id)
        self.assertEqual(parcel.state, "waiting", "nothing is done with it by itself")

    def test_the_station_offers_it_for_a_number_nobody_knows(self):
        returns = self.env["aftersales.rma"].with_user(self.inspector)
        message = returns.scan(False, "YT-404", "k1")["message"]
        self.assertEqual((message["offer"], message["barcode"]), ("unknown_parcel", "YT-404"))
        parcels = self.env["aftersales.unknown.parcel"].with_user(self.inspector)
        action = parcels.station_open("YT-404")
        parcel = parcels.browse(action["res_id"])
        self.assertEqual((parcel.tracking_ref, parcel.user_id), ("YT-404", self.inspector))
        self.assertEqual(parcels.station_open("YT-404")["res_id"], parcel.id, "scanned again it is the same")

    def test_the_warehouse_enters_and_customer_service_adopts(self):
        self.sold_camera()
        parcel = self.parcel({"serial": "CAM-1"})
        with self.assertRaises(AccessError):
            self.best(parcel).action_adopt_for()
        with self.assertRaises(AccessError):
            parcel.with_user(self.storekeeper).read(["name"])
        with self.assertRaises(AccessError):
            parcel.write({"partner_id": self.customer.id})
