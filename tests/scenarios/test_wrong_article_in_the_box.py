"""A lamp in the box instead of the screen: it stays the customer's, goes back, and no money leaves.

And the other way round: beside the screen there is a lamp that he has bought from us as well. It is adopted
and refunded with its own order:

    screen 2,415.00 + delivery 23.00 = 2,438.00, and the lamp 40.00 + 15 % = 46.00 of its own invoice
"""

from returns_case import COST, FEE, SCREEN, ReturnsCase

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

LAMP, LAMP_COST = 46.00, 35.00


@tagged("-at_install", "post_install")
class TestWrongArticleInTheBox(ReturnsCase):
    def there_is_a_lamp_in_the_box(self, note="A lamp lies in the screen's box"):
        story = self.story
        dialog = story._as("inspector", self.env["aftersales.rma.unexpected"])
        dialog.create(
            {"rma_id": story.rma.id, "product_id": story.lamp.id, "quantity": 1, "note": note}
        ).action_confirm()
        return story.rma.line_ids.filtered("is_unexpected")

    def lamps(self):
        """{(place, owner): lamps} in our warehouse."""
        quants = self.env["stock.quant"].search(
            [("product_id", "=", self.story.lamp.id), ("location_id", "child_of", self.quarantine.id)]
        )
        return {quant.owner_id: quant.quantity for quant in quants if quant.quantity}

    def test_what_came_instead_goes_back_and_the_screen_is_not_refunded(self):
        """INSPECT-02, -03, -04: checked against the request; the screen stays with the customer."""
        story = self.story
        rma = self.sent_back("quality")
        lamp = self.there_is_a_lamp_in_the_box()
        screen = rma.line_ids - lamp
        self.assertEqual((rma.state, lamp.received_qty, screen.received_qty), ("received", 1, 0))
        self.assertEqual(rma.inspection_ids.note, "A lamp lies in the screen's box")
        self.assertEqual(self.lamps(), {story.customer: 1})
        self.the_warehouse_finds("a", fault_found="no")
        self.assertEqual((rma.state, lamp.disposition), ("inspected", "return_to_customer"))
        with self.assertRaisesRegex(UserError, "accepted nothing"):
            story._as("agent", rma).action_pass_to_refund()
        story._as("agent", rma).action_reject(reason="A lamp instead of the screen")
        story._as("agent", rma).action_return_goods()
        way_back = rma.sudo()._open_shipments()
        self.assertEqual((way_back.move_ids.product_id, way_back.move_ids.quantity), (story.lamp, 1))
        story._validate(story._as("storekeeper", way_back))
        self.assertEqual((rma.state, self.lamps()), ("done", {}))
        self.assertFalse(rma.sudo().refund_ids)
        self.assertEqual(story.order.order_line[0].qty_delivered, 1)
        self.assert_stock(story.screen, 0, 0.0, -COST)

    def test_what_he_bought_from_us_too_is_adopted_and_refunded_with_its_own_order(self):
        """INSPECT-04: the lamp belongs to another order of his; each order gets its own money back."""
        story = self.story
        lamps = self.he_has_bought_a_lamp_too()
        rma = self.sent_back("quality", return_freight=18.00)
        lamp = self.there_is_a_lamp_in_the_box()
        story._as("agent", lamp).action_adopt()
        self.assertEqual((lamp.is_unexpected, lamp.sale_line_id), (False, lamps.order_line))
        self.the_parcel_is_received()
        self.the_warehouse_finds("a", fault_found="yes")
        self.assertEqual((rma.state, rma.line_ids.mapped("accepted_qty")), ("to_refund", [1, 1]))
        paid = {refund.sale_order_id: refund.amount for refund in rma.sudo().refund_ids}
        self.assertEqual(paid, {story.order: SCREEN + FEE + 18.00, lamps: LAMP})
        self.assertEqual(
            (story.order.order_line[0].qty_delivered, lamps.order_line.qty_delivered, self.lamps()),
            (0, 0, {}),
        )
        self.assert_serial_is("WH/Stock")

    def he_has_bought_a_lamp_too(self):
        """A second order of the same customer, delivered and paid."""
        story = self.story
        story.lamp.write({"standard_price": LAMP_COST, "invoice_policy": "order"})
        place = self.env["stock.warehouse"].search([("company_id", "=", story.company.id)], limit=1)
        self.env["stock.quant"]._update_available_quantity(story.lamp, place.lot_stock_id, 1)
        order = story._as("seller", self.env["sale.order"]).create(
            {
                "partner_id": story.customer.id,
                "order_line": [Command.create({"product_id": story.lamp.id, "product_uom_qty": 1})],
            }
        )
        order.action_confirm()
        story._validate(story._as("storekeeper", order.sudo().picking_ids))
        invoice = story._as("biller", order)._create_invoices()
        invoice.action_post()
        self.assertEqual(invoice.amount_total, LAMP)
        return order.with_user(self.env.user)
