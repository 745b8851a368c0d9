from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_goods_in_inventory import InInventory


@tagged("post_install", "-at_install")
class TestLeftBehind(InInventory):
    """Goods that lie in quarantine and that nothing takes out any more are somebody's task."""

    def leaving(self, rma, usage):
        transfers = rma.sudo().picking_ids.filtered(
            lambda p: p.location_dest_id.usage == usage and p.state not in ("done", "cancel")
        )
        return transfers.with_user(self.storekeeper)

    def ship_one(self, transfer):
        """One piece, and 'No backorder'."""
        transfer.move_ids.quantity = 1
        transfer.move_ids.picked = True
        transfer.with_context(
            skip_backorder=True, picking_ids_not_to_backorder=transfer.ids
        ).button_validate()

    def told(self, rma, *words):
        """The one task of the agent that names all of ``words``."""
        tasks = rma.sudo().activity_ids.filtered(
            lambda task: all(word in (task.summary or "") for word in words)
        )
        self.assertEqual(tasks.user_id, self.agent)
        return tasks

    def keeps_one_of_two(self):
        """Said to be lost, two came after all and go back; one of them stays here, which is a task."""
        rma = self.two_of_five()
        rma.action_report_missing(reason="Lost")
        self.finish(self.receipt(rma))
        rma.action_cancel(reason="Never mind")
        back = self.leaving(rma, "customer")
        self.ship_one(back)
        self.told(rma, back.name, "1 Cable")

    # === TO THE CUSTOMER, AFTER THE END === #

    def test_what_a_cancelled_return_does_not_send_back_is_somebodys_task(self):
        """Said to be lost, it came after all and goes back; one of two stays here."""
        self.keeps_one_of_two()

    # === BY A TRANSFER OF ANOTHER KIND === #

    def direct_delivery(self):
        """Odoo's dropship type, where that module is installed."""
        kinds = self.env["stock.picking.type"]
        known = [code for code, _name in kinds._fields["code"]._description_selection(self.env)]
        code = "dropship" if "dropship" in known else "internal"
        return kinds.create({"name": "Direct", "code": code, "sequence_code": "DIR"})

    def for_the_supplier(self):
        """Two cables, ready for him by a transfer of that type."""
        self.warehouse.in_type_id.return_picking_type_id = self.direct_delivery()
        rma = self.two_of_five()
        self.finish(self.receipt(rma))
        self.grade(rma, "d", vendor_warranty=True)
        return self.leaving(rma, "supplier")

    def test_a_direct_delivery_to_the_supplier_takes_no_more_than_came_in(self):
        transfer = self.for_the_supplier()
        transfer.move_ids.quantity = 3
        with self.assertRaisesRegex(UserError, "3 of Cable are more than the 2"), self.cr.savepoint():
            self.finish(transfer)
        self.assertEqual(self.pieces(), {(self.quarantine, ""): 2})

    def test_what_a_direct_delivery_to_the_customer_leaves_here_is_somebodys_task(self):
        self.warehouse.out_type_id = self.direct_delivery()
        self.keeps_one_of_two()

    # === FROM THE WORKSHOP === #

    def made_ready(self):
        rma = self.two_of_five()
        self.finish(self.receipt(rma))
        self.grade(rma, "c")
        repair = self.env["repair.order"].search([("aftersales_rma_line_id", "in", rma.line_ids.ids)])
        repair.action_validate()
        return rma, repair

    def test_what_the_workshop_has_made_ready_waits_for_the_warehouse_to_put_it_into_stock(self):
        """INSPECT-03: not for sale before, and not forgotten in quarantine."""
        rma, repair = self.made_ready()
        repair.action_repair_start()
        repair.action_repair_end()
        self.assertEqual(self.pieces(), {(self.quarantine, ""): 2})
        transfer = self.leaving(rma, "internal")
        self.assertEqual((transfer.state, transfer.move_ids.quantity), ("assigned", 2))
        self.finish(transfer)
        self.assertEqual(self.pieces(), {(self.stock, ""): 2})

    def test_a_repair_that_is_given_up_is_somebodys_task(self):
        rma, repair = self.made_ready()
        repair.action_repair_cancel()
        self.told(rma, repair.name, "2 Cable")

    def test_what_a_repair_leaves_out_is_somebodys_task(self):
        """The workshop lowers its quantity; what it raises or leaves alone is nobody's."""
        rma, repair = self.made_ready()
        repair.product_qty = 2
        self.assertNotIn(repair.name, " ".join(rma.sudo().activity_ids.mapped("summary")))
        repair.product_qty = 1
        self.told(rma, repair.name, "1 Cable")
        repair.action_repair_start()
        repair.action_repair_end()
        self.assertEqual(self.leaving(rma, "internal").move_ids.quantity, 1)

    def test_of_what_is_repaired_for_the_customer_nothing_is_left_behind(self):
        """All of it goes back to him."""
        rma, repair = self.repaired_for_him()
        repair.product_qty = 1
        self.assertNotIn(repair.name, " ".join(rma.sudo().activity_ids.mapped("summary")))

    def put_away(self, pieces):
        """Somebody takes them into stock with a transfer of his own."""
        goods = {"product_id": self.cable.id, "product_uom_qty": pieces}
        way = {"location_id": self.quarantine.id, "location_dest_id": self.stock.id}
        transfer = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.int_type_id.id,
                "move_ids": [Command.create(goods | way)],
                **way,
            }
        )
        transfer.action_confirm()
        self.finish(transfer)

    def test_what_was_put_away_before_the_workshop_ended_is_not_there_twice(self):
        rma, repair = self.made_ready()
        self.put_away(2)
        repair.action_repair_start()
        repair.action_repair_end()
        self.assertFalse(self.leaving(rma, "internal"))
        self.assertEqual(self.pieces(), {(self.stock, ""): 2})
        self.assertIn("2 Cable no longer lies in", " ".join(rma.message_ids.mapped("body")))

    def test_of_what_was_put_away_in_part_the_rest_waits_for_the_warehouse(self):
        rma, repair = self.made_ready()
        self.put_away(1)
        repair.action_repair_start()
        repair.action_repair_end()
        transfer = self.leaving(rma, "internal")
        self.assertEqual((transfer.state, transfer.move_ids.quantity), ("assigned", 1))
        self.finish(transfer)
        self.assertEqual(self.pieces(), {(self.stock, ""): 2})

    def test_a_repair_that_is_deleted_is_somebodys_task(self):
        rma, repair = self.made_ready()
        repair.action_repair_cancel()
        repair.action_repair_cancel_draft()
        rma.sudo().activity_ids.unlink()
        name = repair.name
        repair.unlink()
        self.told(rma, name, "2 Cable")

    def test_what_is_repaired_for_the_customer_is_not_put_into_stock(self):
        rma = self.two_of_five(resolution="repair")
        self.finish(self.receipt(rma))
        self.grade(rma, "c")
        repair = self.env["repair.order"].search([("aftersales_rma_line_id", "in", rma.line_ids.ids)])
        repair.action_validate()
        repair.action_repair_start()
        repair.action_repair_end()
        self.assertFalse(self.leaving(rma, "internal"))
        self.assertEqual(self.pieces(), {(self.quarantine, "Li Ming"): 2})

    # === MONEY INSTEAD OF A REPAIR === #

    def repaired_for_him(self):
        """The workshop has his two cables, and they are to go back to him."""
        rma = self.two_of_five(resolution="repair")
        self.finish(self.receipt(rma))
        self.grade(rma, "c")
        rma.action_pass_to_shipment()
        return rma, rma.sudo().line_ids.workshop_order_ids

    def test_money_after_the_workshop_has_given_up_leaves_the_goods_to_somebody(self):
        rma, repair = self.repaired_for_him()
        repair.action_repair_cancel()
        rma.action_pass_to_refund()
        self.assertEqual(self.pieces(), {(self.quarantine, ""): 2})
        self.told(rma, repair.name, "2 Cable")

    def test_money_after_the_workshop_has_ended_takes_the_goods_into_stock(self):
        rma, _repair = self.repaired_for_him()
        self.repair(rma)
        rma.action_pass_to_refund()
        transfer = self.leaving(rma, "internal")
        self.assertEqual((transfer.state, transfer.move_ids.quantity), ("assigned", 2))
        self.finish(transfer)
        self.assertEqual(self.pieces(), {(self.stock, ""): 2})

    def test_money_for_goods_without_a_repair_order_leaves_them_to_somebody(self):
        rma, repair = self.repaired_for_him()
        repair.unlink()
        rma.action_pass_to_refund()
        self.told(rma, rma.name, "2 Cable")

    def test_money_is_refused_once_a_piece_is_back_with_the_customer(self):
        rma, _repair = self.repaired_for_him()
        self.repair(rma)
        self.ship_one(self.leaving(rma, "customer"))
        with self.assertRaisesRegex(UserError, "of Cable a part is back with the customer"):
            rma.action_pass_to_refund()
        self.assertEqual((rma.state, rma.resolution), ("to_ship", "repair"))
