"""Another screen instead of the one that was sold: the difference is one document, right to the cent.

sold       2,100.00 + 15 % = 2,415.00
dearer     2,333.33 + 15 % = 2,683.33  →  233.33 + 35.00 = 268.33 to pay
cheaper    1,999.99 + 15 % = 2,299.99  →  100.01 + 15.00 = 115.01 back
"""

from returns_case import COST, FEE, ReturnsCase

from odoo import Command
from odoo.tests import tagged


@tagged("-at_install", "post_install")
class TestExchangeForAnotherArticle(ReturnsCase):
    def another_screen(self, price, cost=1500.00):
        """One of it is in stock."""
        other = self.env["product.product"].create(
            {
                "name": f"Screen at {price}",
                "type": "consu",
                "is_storable": True,
                "list_price": price,
                "standard_price": cost,
                "categ_id": self.story.screen.categ_id.id,
                "taxes_id": [Command.set(self.story.screen.taxes_id.ids)],
                "invoice_policy": "order",
            }
        )
        place = self.env["stock.warehouse"].search([("company_id", "=", self.story.company.id)], limit=1)
        self.env["stock.quant"]._update_available_quantity(other, place.lot_stock_id, 1)
        return other

    def exchanged_for(self, other):
        """Sent back, found faulty, and the other screen shipped."""
        story = self.story
        line = {
            "sale_line_id": story.order.order_line[0].id,
            "lot_id": story.serial.id,
            "exchange_product_id": other.id,
        }
        rma = self.approved("quality", resolution="exchange", line_ids=[Command.create(line)])
        self.assertEqual(other.free_qty, 0, "set aside at the approval")
        rma.action_register_shipment(tracking_ref="PST-200002")
        self.the_parcel_is_received()
        self.the_warehouse_finds("a", fault_found="yes")
        self.assertEqual(rma.state, "inspected")
        rma.action_pass_to_shipment()
        story._validate(story._as("storekeeper", rma.sudo()._open_shipments()))
        self.assertEqual(rma.state, "done")
        return rma.sudo().exchange_invoice_ids

    def assert_neutral(self, other):
        """The order asks for, has delivered and has invoiced the other screen, and the first one no more."""
        self.env.invalidate_all()
        goods = self.story.order.order_line.filtered(lambda line: line.product_id.is_storable)
        found = {
            line.product_id: (
                line.product_uom_qty,
                line.qty_delivered,
                line.qty_invoiced,
                line.qty_to_invoice,
            )
            for line in goods
        }
        self.assertEqual(found, {self.story.screen: (0, 0, 0, 0), other: (1, 1, 1, 0)})

    def test_a_dearer_screen_is_paid_by_the_difference(self):
        """EXCH-01, -04: the seller bears both ways, the customer the difference."""
        other = self.another_screen(2333.33)
        document = self.exchanged_for(other)
        self.assertEqual((document.move_type, document.state), ("out_invoice", "draft"))
        self.assertEqual(
            (document.amount_untaxed, document.amount_tax, document.amount_total), (233.33, 35.00, 268.33)
        )
        self.story._as("biller", document).action_post()
        self.assert_neutral(other)
        self.assertEqual((self.deciding("return"), self.story.rma.return_borne_by), (["F-25"], "seller"))
        self.assert_freight(outbound=[("seller", FEE, "reimburse")])
        self.assert_serial_is("WH/Stock")
        self.assert_stock(self.story.screen, 1, COST, 0.0)
        self.assertEqual((other.qty_available, self.booked(other)), (0, -1500.00))

    def test_a_cheaper_screen_gives_the_difference_back(self):
        """EXCH-04: a credit note for the difference, and a refund of freight alone beside it."""
        other = self.another_screen(1999.99)
        document = self.exchanged_for(other)
        self.assertEqual((document.move_type, document.state), ("out_refund", "draft"))
        self.assertEqual(
            (document.amount_untaxed, document.amount_tax, document.amount_total), (100.01, 15.00, 115.01)
        )
        self.story._as("biller", document).action_post()
        self.assert_neutral(other)
        freight = self.story.rma.sudo().refund_ids
        self.assertEqual((freight.kind, freight.amount), ("freight", FEE), "the delivery fee, no goods")
