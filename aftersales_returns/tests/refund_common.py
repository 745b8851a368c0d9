"""A shop with real books: sold, delivered, invoiced and paid, so that something can be given back."""

from odoo import Command, fields
from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.tests import new_test_user


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
        cls.agent_2 = cls._user("refund_agent_2", "aftersales_service.group_agent")
        cls.accountant = cls._user("refund_accountant", "aftersales_service.group_accountant")
        cls.tax = cls.company_data["default_tax_sale"]
        cls.category = cls.env["product.category"].create({
            "name": "Valued",
            "property_valuation": "real_time",
            "property_cost_method": "standard",
        })
        cls.goods = cls._product("Kettle", 100.0, 60.0)
        cls.gift = cls._product("Mug", 15.0, 5.0)
        cls.fee = cls.env["product.product"].create({
            "name": "Delivery", "type": "service", "list_price": 10.0, "taxes_id": False,
            "invoice_policy": "order",
        })
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
        return cls.env["product.product"].create({
            "name": name,
            "is_storable": True,
            "list_price": price,
            "standard_price": cost,
            "categ_id": cls.category.id,
            "taxes_id": [Command.set(cls.tax.ids)],
            "invoice_policy": "order",
        })

    # === A SALE === #

    @classmethod
    def _sell(cls, quantity=1, gift=False, fee=0.0, price=100.0, discount=0.0, **vals):
        """A confirmed and delivered order."""
        lines = [{
            "product_id": cls.goods.id, "product_uom_qty": quantity, "price_unit": price, "discount": discount,
        }]
        if gift:
            lines.append({"product_id": cls.gift.id, "product_uom_qty": 1, "price_unit": 0.0})
        if fee:
            lines.append({
                "product_id": cls.fee.id, "product_uom_qty": 1, "price_unit": fee, "is_delivery": True,
            })
        order = cls.env["sale.order"].create({
            "partner_id": cls.customer.id,
            "order_line": [Command.create(line) for line in lines],
            **vals,
        })
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
        wizard = cls.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=moves.ids
        ).create({"journal_id": cls.bank.id, **vals})
        return wizard._create_payments()

    # === A RETURN === #

    def _charge(self, rma, leg, amount, borne_by, settlement, prepaid_by="customer", share=100.0):
        return self.env["aftersales.freight.charge"].create({
            "rma_id": rma.id, "leg": leg, "amount": amount, "borne_by": borne_by,
            "settlement": settlement, "prepaid_by": prepaid_by, "share": share,
        })

    def _to_refund(self, rma):
        """Pass an inspected return on to the refund; its draft refunds."""
        rma._fire("pass_to_refund", actor="system")
        return rma.refund_ids

    def _confirm(self, refunds):
        refunds.with_user(self.agent_2).action_confirm()

    def _approve(self, refunds):
        refunds.with_user(self.accountant).action_approve()

    def _credit(self, rma):
        """Everything from the inspected return to the posted credit note."""
        refunds = self._to_refund(rma)
        self._confirm(refunds)
        self._approve(refunds)
        return refunds

    def _amounts(self, refunds):
        """{kind: total} of the money parts."""
        sums = {}
        for part in refunds.line_ids.filtered(lambda part: not part.card_id):
            sums[part.kind] = round(sums.get(part.kind, 0.0) + part.total, 2)
        return sums
