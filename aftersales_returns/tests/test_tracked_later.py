from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import AftersalesReturnsCommon


@tagged("post_install", "-at_install")
class TestTrackedLater(AftersalesReturnsCommon):
    """Goods that were sold before their product was given serial numbers."""

    def setUp(self):
        super().setUp()
        self.order = self.sell(self.cable, 2)
        self.cable.product_tmpl_id.tracking = "serial"

    def receipt(self, *numbers):
        """The approved return's transfer, with those numbers on it."""
        rma = self.sent_back(self.order)
        receipt = rma._open_receipts()
        move = receipt.move_ids
        move._aftersales_take_lots(dict.fromkeys(numbers, 1))
        move.picked = True
        return rma, receipt.with_user(self.storekeeper)

    def number(self, name):
        return self.env["stock.lot"].create({"name": name, "product_id": self.cable.id})

    def test_what_left_without_a_number_is_asked_for_without_one(self):
        """RMA-01: the customer cannot name what his piece did not have."""
        rma = self.rma(self.order)
        rma.action_submit()
        self.assertEqual(rma.state, "requested")

    def test_the_warehouse_enters_the_number_on_the_piece(self):
        """INSPECT-02: each piece has its number from its receipt on, and goes into stock with it."""
        rma, receipt = self.receipt(self.number("NEW-1"), self.number("NEW-2"))
        receipt.button_validate()
        self.assertEqual((receipt.state, rma.state), ("done", "received"))
        self.assertEqual(rma.line_ids.received_qty, 2)

    def test_a_number_that_another_piece_has_is_refused(self):
        """INSPECT-02: it is somebody else's piece, or one of ours."""
        known = self.number("SHELF-1")
        quant = {"product_id": self.cable.id, "location_id": self.stock.id, "lot_id": known.id}
        quants = self.env["stock.quant"].with_context(inventory_mode=True)
        quants.create({**quant, "inventory_quantity": 1}).action_apply_inventory()
        rma, receipt = self.receipt(self.number("NEW-1"), known)
        with self.assertRaisesRegex(UserError, "SHELF-1 was not delivered with"):
            receipt.button_validate()
        self.assertEqual(rma.state, "in_transit")
