from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import AftersalesReturnsCommon


class LostHere(AftersalesReturnsCommon):
    """Goods in our hands that somebody scraps, and the one who writes it down."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.put_in_force()

    def scrap(self, rma, quantity=1, product=None, lot=None):
        """Odoo's 'Scrap', by a storekeeper who knows nothing of returns."""
        product = product or self.cable
        scrap = self.env["stock.scrap"].with_user(self.storekeeper).create(
            {
                "product_id": product.id,
                "scrap_qty": quantity,
                "lot_id": lot and lot.id,
                "location_id": self.quarantine.id,
                "owner_id": rma.partner_id.id,
            }
        )  # fmt: skip
        scrap.action_validate()
        self.assertEqual(scrap.state, "done")

    def finding(self, rma, user=None):
        return rma.with_user(user or self.inspector).inspection_ids

    def write_off(self, found):
        action = found.action_write_off()
        wizard = self.env[action["res_model"]].with_user(found.env.user).with_context(**action["context"])
        wizard.create({"reason": "Thrown away by mistake"}).action_confirm()

    def complete(self, rma):
        rma.with_user(self.inspector).action_complete_inspection()


@tagged("post_install", "-at_install")
class TestLostHere(LostHere):
    """Scrapped by mistake or gone before the inspection: the customer has done his part."""

    def test_what_was_scrapped_by_hand_is_refunded_and_the_loss_is_ours(self):
        """INSPECT-03, REFUND-04: the customer gets his money, and our books the cost of the goods."""
        loss = self.env["account.account"].create(
            {"name": "Loss", "code": "LOSTHERE", "account_type": "expense"}
        )
        self.warehouse.aftersales_scrap_location_id.valuation_account_id = loss
        rma = self.received(self.sell(self.cable, 2))
        self.scrap(rma, 2)
        found = self.finding(rma)
        self.assertTrue(found.is_missing and found.rma_id.has_losses)
        self.write_off(found)
        self.assertEqual((found.is_missing, found.is_lost, found.rma_id.has_losses), (False, True, True))
        before = self.cable.total_value
        self.complete(rma)
        self.assertEqual((rma.state, rma.line_ids.accepted_qty), ("to_refund", 2))
        self.assertEqual(rma.line_ids.disposition, "scrap")
        self.assertIn(
            "inspect_lost", [clause["code"] for clause in found._verdict_of("disposition")[found].clauses]
        )
        self.assertEqual(self.quants(self.cable, self.quarantine), {})
        self.assertEqual(rma.sale_order_id.order_line.qty_delivered, 0)
        self.cable.invalidate_recordset()
        self.assertEqual(self.cable.total_value, before)
        booked = self.env["account.move.line"].search([("account_id", "=", loss.id)])
        self.assertEqual(sum(booked.mapped("debit")), 10)

    def test_the_supervisor_has_the_task_to_find_out(self):
        rma = self.received(self.sell(self.cable, 2))
        self.scrap(rma, 2)
        self.write_off(self.finding(rma))
        self.complete(rma)
        task = rma.activity_ids.filtered(lambda task: "Lost in our hands: Cable" in task.summary)
        self.assertEqual(len(task), 1)
        self.assertIn("Thrown away by mistake", task.note)
        self.assertIn("Thrown away by mistake", "".join(rma.sudo().message_ids.mapped("body")))

    def test_a_piece_to_exchange_is_replaced(self):
        """EXCH-04."""
        lots = self.lots("LOST-1")
        rma = self.received(self.sell(lots=lots), resolution="exchange")
        self.scrap(rma, product=self.camera, lot=lots)
        self.write_off(self.finding(rma, self.supervisor))
        self.complete(rma)
        rma.action_pass_to_shipment()
        self.assertEqual((rma.state, rma._open_shipments().move_ids.product_id), ("to_ship", self.camera))

    def test_what_cannot_be_repaired_any_more_is_replaced(self):
        """RMA-13: also where the warranty gives no money."""
        lots = self.lots("LOST-2")
        rma = self.received(self.sell(lots=lots), resolution="repair")
        self.scrap(rma, product=self.camera, lot=lots)
        self.write_off(self.finding(rma))
        self.complete(rma)
        self.assertEqual((rma.resolution, rma.state), ("exchange", "inspected"))
        rma.action_pass_to_shipment()
        self.assertEqual(rma._open_shipments().move_ids.product_uom_qty, 1)

    def test_of_two_to_repair_the_other_one_is_repaired_and_goes_back(self):
        lots = self.lots("LOST-3", "LOST-4")
        rma = self.received(self.sell(quantity=2, lots=lots), resolution="repair")
        self.scrap(rma, product=self.camera, lot=lots[0])
        lost = self.finding(rma).filtered(lambda found: found.lot_id == lots[0])
        self.write_off(lost)
        (self.finding(rma) - lost).write({"grade": "c", "fault_found": "yes"})
        self.complete(rma)
        self.assertEqual((rma.resolution, len(rma.line_ids.workshop_order_ids)), ("repair", 1))
        self.assertIn("agree with the customer", "".join(rma.activity_ids.mapped("note")))
        self.repair(rma)
        rma.action_pass_to_shipment()
        self.assertEqual(rma._open_shipments().move_line_ids.lot_id, lots[1])

    def test_of_five_the_two_that_are_gone_are_written_off_on_a_line_of_their_own(self):
        rma = self.received(self.sell(self.cable, 5))
        self.scrap(rma, 2)
        whole = self.finding(rma)
        with self.assertRaisesRegex(UserError, "2 of 5 are missing"), self.cr.savepoint():
            self.write_off(whole)
        whole._split_off(2)
        lost = self.finding(rma).filtered(lambda found: found.received_qty == 2)
        self.write_off(lost)
        self.assertFalse(whole.is_missing)
        whole.write({"grade": "a", "fault_found": "yes"})
        self.complete(rma)
        self.assertEqual(rma.state, "to_refund")
        self.assertEqual(sum(rma.line_ids.mapped("accepted_qty")), 5)
        self.assertEqual(sum(self.quants(self.cable, self.stock).values()), 3)
        self.assertEqual(self.quants(self.cable, self.quarantine), {})

    def test_what_lies_where_it_was_received_or_elsewhere_is_not_lost(self):
        """Nobody has a return accepted by saying so."""
        rma = self.received(self.sell(self.cable, 2))
        found = self.finding(rma)
        self.assertFalse(found.is_missing)
        with self.assertRaisesRegex(UserError, "0 of 2 are missing"), self.cr.savepoint():
            self.write_off(found)
        quant = self.env["stock.quant"].search(
            [("product_id", "=", self.cable.id), ("location_id", "=", self.quarantine.id)]
        )
        quant.move_quants(location_dest_id=self.stock, message="By hand")
        self.assertTrue(self.finding(rma).is_missing)
        with self.assertRaisesRegex(UserError, "lies in WH/Stock"), self.cr.savepoint():
            self.write_off(found)
        self.assertFalse(found.is_lost)

    def test_found_again_it_is_graded_like_any_other(self):
        rma = self.received(self.sell(self.cable, 2))
        self.scrap(rma, 2)
        found = self.finding(rma)
        self.write_off(found)
        self.env["stock.quant"]._update_available_quantity(
            self.cable, self.quarantine, 2, owner_id=self.customer
        )
        with self.assertRaisesRegex(UserError, "0 of 2 are missing"), self.cr.savepoint():
            self.complete(rma)
        found.action_found_again()
        found.write({"grade": "a", "fault_found": "yes"})
        self.complete(rma)
        self.assertEqual((rma.line_ids.disposition, rma.state), ("restock", "to_refund"))

    def test_it_is_written_off_by_whoever_judges_or_answers_for_it_and_never_typed(self):
        rma = self.received(self.sell(self.cable, 2))
        self.scrap(rma, 2)
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.finding(rma, self.agent)._write_off("Gone")
        with self.assertRaises(UserError), self.cr.savepoint():
            self.finding(rma).is_lost = True
        with self.assertRaisesRegex(UserError, "Say what happened"), self.cr.savepoint():
            self.finding(rma)._write_off(" ")
        self.write_off(self.finding(rma))
        self.complete(rma)
        with self.assertRaisesRegex(UserError, "nothing of it is to lie in quarantine"), self.cr.savepoint():
            self.finding(rma).action_found_again()

    def test_what_was_not_announced_is_nothing_to_refund(self):
        """Who owns it hears from the supervisor; the goods that were announced go their way."""
        rma = self.received(self.sell(self.cable, 1))
        other = self.product("Plug", 3, 1)
        rma.with_user(self.inspector)._record_unexpected(other, 1)
        self.scrap(rma, product=other)
        found = self.finding(rma).filtered(lambda found: found.product_id == other)
        self.write_off(found)
        (self.finding(rma) - found).write({"grade": "a", "fault_found": "yes"})
        self.complete(rma)
        self.assertEqual((rma.state, found.line_id.accepted_qty), ("to_refund", 0))
        self.assertFalse(rma._open_shipments())
        self.assertEqual(self.quants(other, self.quarantine), {})
        ours = self.env["stock.scrap"].search([("product_id", "=", other.id), ("origin", "=", rma.name)])
        self.assertEqual(ours.owner_id, self.customer, "it never became ours")

    def test_a_kit_without_one_of_its_parts_is_lost_as_a_whole(self):
        """RMA-10: what is left of it is scrapped with it."""
        part = self.product("Lens", 0, 3)
        kit = self.product("Set", 90, 0)
        order = self.order_kit(kit, {self.cable: 2, part: 1})
        self.deliver(order)
        rma = self.received(order, line_ids=self.kits(order))
        self.scrap(rma, product=part)
        self.write_off(self.finding(rma))
        self.complete(rma)
        self.assertEqual((rma.state, rma.line_ids.accepted_qty), ("to_refund", 1))
        self.assertEqual(
            (self.quants(part, self.quarantine), self.quants(self.cable, self.quarantine)), ({}, {})
        )
