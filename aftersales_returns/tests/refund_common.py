"""A shop with real books: sold, delivered, invoiced and paid, so that something can be given back."""

from odoo import Command, fields
from odoo.tests import new_test_user

from odoo.addons.account.tests.common import AccountTestInvoicingCommon


class RefundCommon(AccountTestInvoicingCommon):
    """Goods of 100.00 at a cost of 60.00 with perpetual valuation, 15 % tax; an agent and an accountant."""

    @classmethod
    def get_default_groups(cls):
        wanted = (
            "sales_team.group_sale_manager",
            "stock.group_stock_manager",
            "aftersales_service.group_manager",
        )
        return super().get_default_groups() | cls.quick_ref_groups(wanted)

    @classmethod
    def quick_ref_groups(cls, xmlids):
        groups = cls.env["res.groups"]
        for xmlid in xmlids:
            groups |= cls.env.ref(xmlid)
        return groups

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.customer = cls.env["res.partner"].create({"name": "Wang Fang"})
        cls.agent = cls._user("refund_agent", "aftersales_service.group_agent")
        cls.inspector = cls._user("refund_inspector", "aftersales_service.group_inspector")
        cls.accountant = cls._user("refund_accountant", "aftersales_service.group_accountant")
        cls.tax = cls.company_data["default_tax_sale"]
        cls.category = cls.env["product.category"].create(
            {
                "name": "Valued",
                "property_valuation": "real_time",
                "property_cost_method": "standard",
            }
        )
        cls.goods = cls._product("Kettle", 100.0, 60.0)
        cls.gift = cls._product("Mug", 15.0, 5.0)
        cls.fee = cls.env["product.product"].create(
            {
                "name": "Delivery",
                "type": "service",
                "list_price": 10.0,
                "taxes_id": False,
                "invoice_policy": "order",
            }
        )
        cls.bank = cls.company_data["default_journal_bank"]

    @classmethod
    def _user(cls, login, groups):
        return new_test_user(
            cls.env,
            login,
            groups=groups,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _product(cls, name, price, cost):
        return cls.env["product.product"].create(
            {
                "name": name,
                "is_storable": True,
                "list_price": price,
                "standard_price": cost,
                "categ_id": cls.category.id,
                "taxes_id": [Command.set(cls.tax.ids)],
                "invoice_policy": "order",
            }
        )

    # === A SALE === #

    @classmethod
    def _sell(cls, quantity=1, gift=False, fee=0.0, price=100.0, discount=0.0, **vals):
        """A confirmed and delivered order."""
        lines = [
            {
                "product_id": cls.goods.id,
                "product_uom_qty": quantity,
                "price_unit": price,
                "discount": discount,
            }
        ]
        if gift:
            lines.append({"product_id": cls.gift.id, "product_uom_qty": 1, "price_unit": 0.0})
        if fee:
            lines.append(
                {
                    "product_id": cls.fee.id,
                    "product_uom_qty": 1,
                    "price_unit": fee,
                    "is_delivery": True,
                }
            )
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "order_line": [Command.create(line) for line in lines],
                **vals,
            }
        )
        order.action_confirm()
        cls._deliver(order)
        return order

    @classmethod
    def _deliver(cls, order):
        for picking in order.picking_ids:
            for move in picking.move_ids:
                move.quantity = move.product_uom_qty
                move.picked = True
            picking.button_validate()

    @classmethod
    def _invoice(cls, order, paid=True):
        invoice = order._create_invoices()
        invoice.invoice_date = fields.Date.today()
        invoice.action_post()
        if paid:
            cls._pay(invoice)
        return invoice

    @classmethod
    def _pay(cls, moves, **vals):
        """Register a payment through Odoo's own wizard."""
        wizard = (
            cls.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=moves.ids)
            .create({"journal_id": cls.bank.id, **vals})
        )
        return wizard._create_payments()

    def _credit_by_hand(self, invoice):
        """All of it, by Odoo's own wizard in Accounting."""
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        wizard.reverse_moves()
        invoice.reversal_move_ids.action_post()

    # === A RETURN === #

    def _asked_for(self, order, rows, **vals):
        """A draft return for a quality fault, by the agent; a row for each line."""
        return (
            self.env["aftersales.rma"]
            .with_user(self.agent)
            .create(
                {
                    "partner_id": order.partner_id.id,
                    "sale_order_id": order.id,
                    "company_id": order.company_id.id,
                    "reason_id": self.env.ref("aftersales_returns.return_reason_quality").id,
                    "pictures_received": True,
                    "line_ids": [Command.create(row) for row in rows],
                    **vals,
                }
            )
        )

    def _returned(self, order, quantity=1, gift_back=True, **vals):
        """A return for a quality fault that has passed the inspection: money is due."""
        rows = [
            {
                "sale_line_id": line.id,
                "quantity": 1 if line.product_id == self.gift else quantity,
                "is_gift": line.product_id == self.gift,
            }
            for line in order.order_line
            if line.product_id.is_storable
        ]
        rma = self._asked_for(order, rows, **vals)
        rma.action_submit()
        rma.action_approve()
        rma.action_register_shipment(tracking_ref=f"SF{rma.id}")
        self._receive(rma, gift_back)
        self._inspect(rma)
        return rma.with_env(self.env)

    def _receive(self, rma, gift_back):
        picking = rma.sudo().picking_ids
        for move in picking.move_ids:
            missing = move.product_id == self.gift and not gift_back
            move.quantity = 0 if missing else move.product_uom_qty
            move.picked = not missing
        picking.with_context(skip_backorder=True, picking_ids_not_to_backorder=picking.ids).button_validate()
        self.assertEqual(picking.state, "done")

    def _inspect(self, rma):
        found = rma.with_user(self.inspector).inspection_ids
        found.write({"grade": "a", "serial_matches": "yes", "fault_found": "yes"})
        rma.with_user(self.inspector).action_complete_inspection()
        self.assertEqual(rma.sudo().state, "to_refund")

    def _confirm(self, refunds):
        refunds.with_user(self.agent).action_confirm()

    def _approve(self, refunds):
        refunds.with_user(self.accountant).action_approve()

    def _credit(self, rma):
        """Everything from the inspected return to the posted credit note."""
        refunds = rma.refund_ids
        self._confirm(refunds)
        self._approve(refunds)
        return refunds

    def _amounts(self, refunds):
        """{kind: total} of the money parts."""
        sums = {}
        for part in refunds.line_ids.filtered(lambda part: not part.card_id):
            sums[part.kind] = round(sums.get(part.kind, 0.0) + part.total, 2)
        return sums


class ExchangeCommon(RefundCommon):
    """The same shop with goods in stock, so that what is faulty can be exchanged."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)], limit=1)
        for product in (cls.goods, cls.gift):
            cls._stock(product, 20)

    @classmethod
    def _stock(cls, product, quantity):
        cls.env["stock.quant"]._update_available_quantity(product, cls.warehouse.lot_stock_id, quantity)

    # === AN EXCHANGE === #

    def _receive(self, rma, gift_back):
        """What comes in; the replacement is set aside already."""
        receipt = rma._open_receipts()
        receipt.move_ids.picked = True
        receipt.with_context(skip_backorder=True).button_validate()

    def _inspect(self, rma):
        """As for every return; an exchange waits for the customer's word afterwards."""
        found = rma.with_user(self.inspector).inspection_ids
        found.write({"grade": "a", "serial_matches": "yes", "fault_found": "yes"})
        rma.with_user(self.inspector).action_complete_inspection()

    def _exchanged(self, order, quantity=1, **vals):
        """An exchange for a quality fault whose replacement has left."""
        rma = self._accepted(order, quantity, **vals)
        self._ship(rma)
        return rma

    def _accepted(self, order, quantity=1, **vals):
        """An exchange whose goods were accepted and whose replacement is about to leave."""
        rma = self._returned(order, quantity, **{"resolution": "exchange", "return_freight": 12.0, **vals})
        rma.with_user(self.agent).action_pass_to_shipment()
        return rma

    def _ship(self, rma):
        for picking in rma._open_shipments():
            picking.move_ids.picked = True
            picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(rma.state, "done")

    def _sold(self, quantity=1, fee=0.0, **vals):
        order = self._sell(quantity, fee=fee, **vals)
        self._invoice(order)
        return order

    def _pass(self, refund):
        """Confirmed by customer service and approved by finance."""
        self._confirm(refund)
        self._approve(refund)

    def _alive(self, rma):
        return rma.refund_ids.filtered(lambda refund: refund.state != "cancelled")
