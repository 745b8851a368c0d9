from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import AftersalesReturnsCommon


@tagged("post_install", "-at_install")
class TestEverydayMishaps(AftersalesReturnsCommon):
    """What colleagues do beside a return, in Inventory, in Settings or by a slip."""

    def odoo_return(self, picking, **quantities):
        """Odoo's own 'Return', by a storekeeper: {product's name: quantity}."""
        wizard = self.env["stock.return.picking"].with_user(self.storekeeper)
        wizard = wizard.create({"picking_id": picking.id})
        for row in wizard.product_return_moves:
            row.quantity = quantities.get(row.product_id.name, 0)
        return wizard._create_return()

    def test_goods_turned_around_by_hand_are_not_delivered_twice(self):
        """INSPECT-02: until the verdict they count as delivered; going back adds nothing to that."""
        order = self.sell(self.cable, 3)
        rma = self.received(order)
        self.validate(self.odoo_return(rma.sudo().picking_ids, Cable=3))
        self.assertEqual(order.order_line.qty_delivered, 3)

    def test_a_receipt_that_was_emptied_by_another_return_is_received(self):
        """RMA-08: of the same delivery something else came back by hand; the parcel's goods are announced."""
        lot = self.lots("EM-1")
        self.env["stock.quant"]._update_available_quantity(self.cable, self.stock, 1)
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create({"product_id": p.id}) for p in (self.cable, self.camera)],
            }
        )
        order.action_confirm()
        delivery = self.deliver(order, lot)
        camera = {"sale_line_id": order.order_line[1].id, "lot_id": lot.id}
        rma = self.sent_back(order, line_ids=[Command.create(camera)])
        self.odoo_return(delivery, Cable=1)
        rma.with_user(self.inspector).action_receive()
        self.assertEqual((rma.state, rma.line_ids.received_qty), ("received", 1))
        self.assertEqual(self.quants(self.camera, self.quarantine), {(lot, self.customer): 1})

    def test_goods_of_a_warehouse_that_was_given_up_go_to_an_open_one(self):
        """RMA-34: into its stock they would be nobody's to sell."""
        given_up = self.env["stock.warehouse"].create({"name": "Old hall", "code": "OLD"})
        self.env["stock.quant"]._update_available_quantity(self.cable, given_up.lot_stock_id, 1)
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "warehouse_id": given_up.id,
                "order_line": [Command.create({"product_id": self.cable.id})],
            }
        )
        order.action_confirm()
        self.deliver(order)
        rma = self.rma(order)
        rma.action_submit()
        given_up.active = False
        self.assertEqual(self.rma(order).warehouse_id, self.warehouse)
        rma.action_approve()
        self.assertEqual(rma.sudo().picking_ids.location_dest_id, self.quarantine)

    def test_a_row_names_what_was_sold_with_its_line(self):
        """RMA-09…-15: else exclusions would be judged of other goods than those that come back."""
        order = self.sell(self.cable, 2)
        socks = self.product("Socks", 20, 5)
        row = {"sale_line_id": order.order_line.id, "product_id": socks.id, "quantity": 2}
        with self.assertRaisesRegex(ValidationError, "Socks was not sold"), self.cr.savepoint():
            self.rma(order, line_ids=[Command.create(row)])

    def test_nobody_approves_a_return_of_one_of_his_addresses(self):
        """Four eyes: an order to one's home is one's own."""
        home = self.env["res.partner"].create({"name": "Home", "parent_id": self.agent.partner_id.id})
        rma = self.rma(self.sell(self.cable, customer=home), user=self.supervisor)
        rma.action_submit()
        with self.assertRaisesRegex(AccessError, "Four eyes"):
            rma.with_user(self.agent).action_approve()

    def test_an_order_of_the_second_company_proposes_its_own(self):
        """Of several selected companies the first one is not the order's."""
        second = self.env["res.company"].create({"name": "Second"})
        order = self.env["sale.order"].create({"partner_id": self.customer.id, "company_id": second.id})
        context = order.action_aftersales_open_rmas()["context"]
        self.assertEqual(context["default_company_id"], second.id)
