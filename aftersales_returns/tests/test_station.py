import base64

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.aftersales_service.tests.common import PNG_BASE64

from .station_common import AftersalesStationCommon

PICTURE = PNG_BASE64.decode()


@tagged("post_install", "-at_install")
class TestStation(AftersalesStationCommon):
    """The inspection station: each scan is one call, answered with the whole screen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.camera.write({"barcode": "TEST-690001", "default_code": "TEST-CAM"})
        cls.cable.barcode = "TEST-690002"
        cls.pen = cls.product("Pen", 2, 1, barcode="TEST-690003")

    def cameras_received(self):
        return self.received(self.sell(quantity=2, lots=self.lots("ST-1", "ST-2")))

    # === FINDING THE RETURN === #

    def test_slip_tracking_number_and_serial_number_lead_to_the_return(self):
        """INSPECT-04: also a parcel that came without a slip."""
        rma = self.sent_back(self.sell(lots=self.lots("ST-1")))
        for barcode in (rma.name, f" {rma.name.lower()}\n", rma.tracking_ref, "ST-1"):
            self.assertEqual(self.scan(False, barcode)["rma"]["id"], rma.id, barcode)

    def test_a_return_that_is_over_is_named_and_not_opened(self):
        rma = self.inspected(self.sell(), findings={"fault_found": "yes"})
        answer = self.scan(False, rma.name)
        self.assertFalse(answer["rma"])
        self.assertIn("To refund", answer["message"]["text"])

    def test_an_unknown_number_says_what_to_scan(self):
        answer = self.scan(False, "NO-SUCH-THING")
        self.assertFalse(answer["rma"])
        self.assertIn("NO-SUCH-THING", answer["message"]["text"])

    def test_a_command_without_a_return_asks_for_the_slip(self):
        """Pressed once more after the last return was completed."""
        answer = self.scan(False, "AS-DONE")
        self.assertFalse(answer["rma"])
        self.assertIn("Scan its slip first", answer["message"]["text"])

    def test_a_scan_reads_all_of_the_return_at_once(self):
        rma = self.sent_back(self.sell())
        self.env.flush_all()
        self.env.invalidate_all()
        entered = rma._station_enter()
        with self.assertQueryCount(0):
            self.assertEqual((entered.next_kind, entered.station_log), (False, False))

    # === FROM THE PARCEL TO THE SHELF === #

    def test_from_the_slip_to_the_shelf_by_scans_alone(self):
        """RS-4, RS-5, INSPECT-06: receive, identify, check, grade, complete."""
        rma = self.sent_back(self.sell(lots=self.lots("ST-1")))
        self.assertEqual(self.code(rma, "ST-1"), "counted")
        self.assertEqual(self.code(rma, "AS-RECEIVE"), "step")
        self.assertEqual((rma.state, rma.sudo().picking_ids.state), ("received", "done"))
        self.assertEqual(self.code(rma, "ST-1", "AS-FAULT-YES", "AS-GRADE-B"), "step")
        found = rma.inspection_ids
        self.assertEqual((found.serial_matches, found.fault_found, found.grade), ("yes", "yes", "b"))
        answer = self.scan(rma, "AS-DONE")
        self.assertEqual((rma.state, answer["rma"]["phase"]), ("to_refund", "over"))
        self.assertEqual(found.user_id, self.inspector)

    def test_the_disposition_shown_is_the_one_that_completing_decides(self):
        """RMA-20, INSPECT-02: the preview equals the result, for goods taken and goods turned down."""
        rma = self.cameras_received()
        self.code(rma, "ST-1", "AS-FAULT-YES", "AS-GRADE-A", "ST-2", "AS-FAULT-NO", "AS-GRADE-B")
        shown = {row["id"]: row["goes"]["outcome"] for row in self.scan(rma, "AS-UNUSED-NO")["rma"]["lines"]}
        self.scan(rma, "AS-DONE")
        self.assertEqual(shown, {line.id: line.disposition for line in rma.line_ids})
        self.assertEqual(set(shown.values()), {"restock", "return_to_customer"})

    def test_less_than_announced_is_said_once_and_then_received_as_it_is(self):
        rma = self.sent_back(self.sell(self.cable, 3))
        self.assertEqual(self.code(rma, "AS-RECEIVE"), "refused")
        self.assertEqual(self.code(rma, "TEST-690002", "TEST-690002", "AS-RECEIVE"), "incomplete")
        self.assertEqual(rma.state, "in_transit")
        self.scan(rma, "AS-RECEIVE")
        self.assertEqual((rma.state, rma.line_ids.received_qty), ("received", 2))
        rest = rma._open_receipts()
        self.assertEqual(rest.move_ids.product_uom_qty, 1)

    def test_a_missing_serial_number_stays_expected_by_its_number(self):
        rma = self.sent_back(self.sell(quantity=2, lots=self.lots("ST-1", "ST-2")))
        self.code(rma, "ST-2", "AS-RECEIVE", "AS-RECEIVE")
        self.assertEqual(rma.inspection_ids.lot_id.name, "ST-2")
        self.assertEqual(rma._open_receipts().move_ids.lot_ids.name, "ST-1")

    def test_many_pieces_are_counted_at_once(self):
        rma = self.sent_back(self.sell(self.cable, 40))
        self.code(rma, "TEST-690002", "AS-ALL", "AS-RECEIVE")
        self.assertEqual(rma.line_ids.received_qty, 40)

    # === WHAT DOES NOT FIT === #

    def test_each_mistake_has_its_own_answer_and_changes_nothing(self):
        """INSPECT-04."""
        other = self.sent_back(self.sell(lots=self.lots("ST-9"), customer=self.other_customer))
        rma = self.cameras_received()
        self.code(rma, "ST-1", "AS-GRADE-A")
        before = self.state_of(rma)
        wanted = {
            "ST-9": "wrong_serial",  # a camera, but another customer's
            "ST-1": "double",
            "TEST-CAM": "needs_serial",
            "TEST-690002": "not_expected",
            other.name: "foreign_return",
            other.tracking_ref: "foreign_return",
            "WHAT-IS-THIS": "unknown",
        }
        self.assertEqual({barcode: self.code(rma, barcode) for barcode in wanted}, wanted)
        self.assertEqual(self.state_of(rma), before)

    def test_one_piece_too_many_is_told(self):
        rma = self.received(self.sell(self.cable, 2))
        self.assertEqual(self.code(rma, *["TEST-690002"] * 3), "too_many")

    def test_a_refusal_of_the_return_is_a_sentence_and_nothing_is_booked(self):
        rma = self.cameras_received()
        answer = self.scan(rma, "AS-DONE")
        self.assertEqual(answer["message"]["code"], "refused")
        self.assertIn("grade", answer["message"]["text"])
        self.assertEqual(rma.state, "received")

    def test_goods_are_not_graded_before_they_came_in(self):
        rma = self.sent_back(self.sell(lots=self.lots("ST-1")))
        self.assertEqual(self.code(rma, "AS-GRADE-A"), "refused")
        self.assertEqual(self.code(rma, "ST-1", "AS-GRADE-A"), "refused")
        self.assertFalse(rma.inspection_ids)

    def test_the_next_slip_opens_the_next_return_unless_one_is_begun(self):
        first, second = self.cameras_received(), self.received(self.sell(self.cable, 1))
        self.assertEqual(self.scan(first, second.name)["rma"]["id"], second.id)
        self.scan(first, "ST-1")
        self.assertEqual(self.scan(first, second.name)["rma"]["id"], first.id)
        self.assertFalse(self.scan(first, "AS-ASIDE")["rma"])

    def test_after_the_inspection_a_scan_is_about_the_next_return(self):
        rma, following = self.cameras_received(), self.received(self.sell(self.cable, 1))
        self.code(rma, "ST-1", "AS-GRADE-A", "ST-2", "AS-GRADE-A", "AS-DONE")
        self.assertFalse(self.scan(rma, "ST-1")["rma"])
        self.assertFalse(self.scan(rma, "AS-ALL")["rma"])
        self.assertEqual(self.scan(rma, following.name)["rma"]["id"], following.id)

    # === AGAIN AND BACK === #

    def test_a_repeated_batch_of_scans_changes_nothing(self):
        """A terminal that lost its line sends everything again, refusals included."""
        rma = self.cameras_received()
        batch = [
            "ST-1",
            "AS-DONE",
            "AS-GRADE-A",
            "ST-1",
            "AS-FAULT-YES",
            "ST-2",
            "AS-UNDO",
            "ST-2",
            "AS-GRADE-C",
            "AS-FAULT-YES",
        ]
        for number, barcode in enumerate(batch):
            self.scan(rma, barcode, key=f"batch-{number}")
        before = self.state_of(rma)
        for number, barcode in enumerate(batch):
            answer = self.scan(rma, barcode, key=f"batch-{number}")
            self.assertEqual(answer["message"]["code"], "repeated", barcode)
        self.assertEqual(self.state_of(rma), before)
        self.assertEqual(rma.state, "received")

    def test_undo_takes_back_one_step_after_the_other(self):
        rma = self.cameras_received()
        untouched = self.state_of(rma)[0]
        self.code(rma, "ST-1", "AS-FAULT-YES", "AS-GRADE-A", "AS-GRADE-D")
        found = rma.inspection_ids.filtered(lambda found: found.lot_id.name == "ST-1")
        self.code(rma, "AS-UNDO")
        self.assertEqual(found.grade, "a")
        self.code(rma, "AS-UNDO", "AS-UNDO", "AS-UNDO")
        self.assertEqual(self.state_of(rma)[0], untouched)
        self.assertEqual(self.code(rma, "AS-UNDO"), "refused")
        self.assertEqual(self.code(rma, "ST-1"), "counted")

    def test_a_receipt_is_not_undone(self):
        rma = self.sent_back(self.sell(lots=self.lots("ST-1")))
        self.assertEqual(self.code(rma, "ST-1", "AS-RECEIVE", "AS-UNDO"), "refused")
        self.assertEqual(rma.state, "received")

    # === SPLIT === #

    def test_pieces_in_another_condition_get_a_line_of_their_own(self):
        """INSPECT-06: two good cables go back to stock, the broken one is scrapped; nothing is lost."""
        order = self.sell(self.cable, 3)
        rma = self.received(order)
        held = self.quants(self.cable, self.quarantine)
        self.code(rma, "TEST-690002", "AS-SPLIT", "AS-GRADE-D", "AS-FAULT-YES")
        self.assertEqual(self.quants(self.cable, self.quarantine), held)
        self.assertEqual(sorted(rma.line_ids.mapped("received_qty")), [1, 2])
        self.assertEqual(sum(rma.line_ids.mapped("quantity")), 3)
        self.code(rma, "TEST-690002", "TEST-690002", "AS-GRADE-A", "AS-FAULT-YES", "AS-DONE")
        self.assertEqual(
            {line.disposition: line.accepted_qty for line in rma.line_ids}, {"restock": 2, "scrap": 1}
        )
        self.assertEqual(self.quants(self.cable, self.quarantine), {})
        self.assertEqual(sum(self.quants(self.cable, self.stock).values()), 2)
        self.assertEqual((rma.state, order.order_line.qty_delivered), ("to_refund", 0))

    def test_a_split_is_worth_nothing_and_is_undone_whole(self):
        rma = self.received(self.sell(self.cable, 3))
        worth, held = self.cable.total_value, self.quants(self.cable, self.quarantine)
        self.code(rma, "TEST-690002", "AS-SPLIT")
        self.assertEqual(self.cable.total_value, worth)
        self.photo(rma, self.line)
        self.code(rma, "AS-UNDO", "AS-UNDO")
        self.assertEqual(rma.line_ids.mapped("received_qty"), [3])
        self.assertEqual((len(rma.inspection_ids), rma.line_ids.quantity), (1, 3))
        self.assertEqual(self.quants(self.cable, self.quarantine), held)
        self.assertEqual(rma.sudo().picking_ids.move_ids.mapped("product_uom_qty"), [3])
        self.assertEqual(len(self.photos(rma)), 1)

    def test_all_or_nothing_of_a_line_is_not_split(self):
        rma = self.received(self.sell(self.cable, 2))
        self.assertEqual(self.code(rma, "AS-SPLIT"), "refused")
        self.assertEqual(self.code(rma, "TEST-690002", "TEST-690002", "AS-SPLIT"), "refused")
        self.assertEqual(len(rma.line_ids), 1)

    def test_completing_too_early_takes_the_line_without_a_grade_in_hand(self):
        """INSPECT-04: it was scanned in full already, so that no scan would lead to it."""
        rma = self.received(self.sell(self.cable, 3))
        whole = rma.line_ids
        self.code(rma, "TEST-690002", "AS-SPLIT", "AS-GRADE-D")
        self.assertNotEqual(self.line, whole.id)
        self.assertEqual(self.code(rma, "AS-DONE"), "refused")
        self.assertEqual(self.line, whole.id)

    def test_a_line_that_was_written_off_waits_for_no_grade(self):
        """What got lost here is decided; completing takes the other line in hand."""
        rma = self.cameras_received()
        gone, here = rma.line_ids
        for found in rma.sudo().inspection_ids.filtered(lambda found: found.line_id == gone):
            found.write({"is_lost": True, "lost_reason": "Thrown away"})
        self.assertEqual(self.code(rma, "AS-DONE"), "refused")
        self.assertEqual(self.line, here.id)
        lines = {row["id"]: row for row in self.scan(rma, "AS-GRADE-A")["rma"]["lines"]}
        self.assertEqual([lines[line.id]["ungraded"] for line in gone | here], [False, False])
        self.assertEqual(lines[gone.id]["goes"]["outcome"], "scrap")

    # === PHOTOS === #

    def test_a_photo_is_kept_with_the_finding_once(self):
        rma = self.cameras_received()
        self.scan(rma, "ST-1")
        for _again in range(2):
            answer = self.photo(rma, self.line, key="photo-1")
        self.assertEqual(len(self.photos(rma)), 1)
        self.assertEqual([len(row["photos"]) for row in answer["rma"]["lines"]], [1, 0])

    def test_a_program_is_no_photo(self):
        """INTAKE-24."""
        rma = self.cameras_received()
        self.scan(rma, "ST-1")
        answer = self.photo(rma, self.line, datas=base64.b64encode(b"MZ\x90\x00" * 50).decode())
        self.assertEqual((answer["message"]["code"], len(self.photos(rma))), ("refused", 0))

    def photo(self, rma, line, key="photo", datas=PICTURE):
        station = self.env["aftersales.rma"].with_user(self.inspector)
        return station.station_photo(rma.id, line, "front.png", datas, key)

    def photos(self, rma):
        return self.env["ir.attachment"].search(
            [("res_model", "=", "aftersales.inspection"), ("res_id", "in", rma.inspection_ids.ids)]
        )

    # === WHO, AND WHAT IT COSTS === #

    def test_only_the_warehouse_scans(self):
        rma = self.cameras_received()
        for user in (self.agent, self.accountant, self.storekeeper):
            with self.assertRaises(AccessError):
                self.scan(rma, "ST-1", user=user)
        self.assertFalse(rma.sudo().station_log)

    def test_the_log_is_written_by_the_station_alone(self):
        rma = self.cameras_received()
        with self.assertRaises(AccessError):
            rma.with_user(self.supervisor).write({"station_log": []})
        self.scan(rma, "ST-1")
        entry = rma.sudo().station_log[0]
        self.assertEqual((entry["by"], entry["scan"], entry["code"]), (self.inspector.id, "ST-1", "counted"))

    def test_a_scan_takes_at_most_fifteen_queries(self):
        rma = self.cameras_received()
        self.code(rma, "ST-1", "AS-GRADE-A", "AS-FAULT-YES")  # what is read once a registry is read
        for barcode in ("ST-2", "ST-2", "AS-GRADE-B", "AS-FAULT-YES", "TEST-690002", "AS-UNDO"):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.scan(rma, barcode)
            self.env.flush_all()
            self.assertLessEqual(self.cr.sql_log_count - before, 15, barcode)

    def test_the_card_of_return_receipts_counts_what_waits(self):
        receipts = self.warehouse.aftersales_return_type_id
        before = receipts.aftersales_to_inspect
        self.cameras_received()
        kinds = (receipts | self.warehouse.in_type_id).with_user(self.storekeeper)
        kinds.invalidate_recordset()
        self.assertEqual(kinds.mapped("aftersales_is_return"), [True, False])
        self.assertEqual(kinds.mapped("aftersales_to_inspect"), [before + 1, 0])

    def state_of(self, rma):
        """What a scan may change: findings, pieces seen and goods."""
        rma.invalidate_recordset()
        findings = [(found.grade, *(found[check] for check in found._checks)) for found in rma.inspection_ids]
        screen = rma.with_user(self.inspector)._station_screen("", "")["rma"]
        goods = self.quants(self.camera, self.quarantine)
        return findings, [(row["id"], row["seen"]) for row in screen["lines"]], goods, rma.state
