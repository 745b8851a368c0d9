from odoo import Command
from odoo.tests import tagged

from .common import AftersalesReturnsCommon


@tagged("post_install", "-at_install")
class TestGoodsOwnership(AftersalesReturnsCommon):
    """Goods that a supplier had left with us for sale are his again when the customer gives them back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supplier = cls.env["res.partner"].create({"name": "Consignor Ltd"})

    def consigned(self, quantity=1):
        """A delivered order of cables that were the supplier's until they left."""
        self.env["stock.quant"]._update_available_quantity(
            self.cable, self.stock, quantity, owner_id=self.supplier
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create({"product_id": self.cable.id, "product_uom_qty": quantity})],
            }
        )
        order.action_confirm()
        self.deliver(order)
        self.assertEqual(order.picking_ids.move_line_ids.owner_id, self.supplier)
        return order

    def worth(self):
        self.cable.invalidate_recordset()
        return self.cable.total_value

    def test_the_finding_knows_whose_goods_they_are(self):
        """Whose goods: ours when they were sold, or a supplier's on consignment."""
        self.assertEqual(
            self.received(self.sell(self.camera, 2)).inspection_ids.mapped("ownership"), ["sold"] * 2
        )
        self.assertEqual(self.received(self.consigned()).inspection_ids.ownership, "consigned")

    def test_accepted_as_new_they_lie_in_stock_as_the_suppliers_and_are_worth_nothing_to_us(self):
        """INSPECT-03: nothing becomes ours that was not; the books stay as they are."""
        worth = self.worth()
        rma = self.inspected(self.consigned(2), grade="a", findings={"fault_found": "yes"})
        self.assertEqual((rma.state, rma.line_ids.disposition), ("to_refund", "restock"))
        self.assertEqual(self.quants(self.cable, self.stock), {(self.env["stock.lot"], self.supplier): 2})
        self.assertFalse(self.quants(self.cable, self.quarantine))
        self.assertEqual(self.worth(), worth)

    def test_damaged_they_go_back_to_the_supplier_and_are_no_loss_of_ours(self):
        """The row for an owner is in the table; the verdict names it, and the preview says the same."""
        worth = self.worth()
        rma = self.received(self.consigned())
        found = rma.with_user(self.inspector).inspection_ids
        found.write({"grade": "d", "fault_found": "yes"})
        plan = rma._disposition_plan()[0]
        self.assertEqual(
            (plan["outcome"], plan["owner_after"], plan["value"]), ("return_to_vendor", self.supplier, 0)
        )
        self.assertFalse(plan["account"])
        rma.with_user(self.inspector).action_complete_inspection()
        self.assertEqual(found.disposition, "return_to_vendor")
        told = [row["code"] for row in found._verdict_of("disposition")[found].clauses if row["matched"]]
        self.assertIn("disposition_consigned", told)
        back = rma.picking_ids.filtered(lambda p: p.partner_id == self.supplier)
        self.assertEqual(back.move_line_ids.owner_id, self.supplier)
        self.assertEqual(self.worth(), worth)

    def test_of_a_delivery_that_was_partly_ours_the_pieces_count_as_ours(self):
        """Nobody can tell them apart; a supplier does not get what was ours."""
        self.env["stock.quant"]._update_available_quantity(self.cable, self.stock, 1, owner_id=self.supplier)
        order = self.sell(self.cable, 2)
        self.assertEqual(len(order.picking_ids.move_line_ids), 2, "one of each")
        rma = self.inspected(order, findings={"fault_found": "yes"})
        self.assertEqual(rma.inspection_ids.ownership, "sold")

    def test_the_same_goods_of_our_own_are_scrapped_at_our_loss(self):
        rma = self.inspected(self.sell(self.cable), grade="d", findings={"fault_found": "yes"})
        self.assertEqual(rma.line_ids.disposition, "scrap")
