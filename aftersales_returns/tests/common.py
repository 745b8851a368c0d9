from odoo import Command
from odoo.tests import TransactionCase, new_test_user


def pressed(action, user, records):
    """What the entry ``action`` of the Action menu answers to ``user`` on a list."""
    bound = action.with_user(user).with_context(
        active_model=records._name, active_ids=records.ids, active_id=records[:1].id
    )
    return bound.run()


class AftersalesReturnsCommon(TransactionCase):
    """A shop that has sold and delivered, a customer who wants to return, and one user of each role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "no_reset_password": True, "tracking_disable": True})
        cls.company = cls.env.company
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)], limit=1)
        cls.quarantine = cls.warehouse.aftersales_quarantine_id
        cls.stock = cls.warehouse.lot_stock_id
        cls.customer = cls.env["res.partner"].create(
            {"name": "Li Ming", "email": "li.ming@example.com", "country_id": cls.env.ref("base.cn").id}
        )
        cls.other_customer = cls.env["res.partner"].create({"name": "Wang Fang"})
        for role in ("agent", "supervisor", "manager", "inspector", "accountant", "engineer"):
            setattr(cls, role, cls.user(f"aftersales_service.group_{role}", role))
        cls.storekeeper = cls.user("stock.group_stock_user", "storekeeper")
        category = cls.env["product.category"].create(
            {"name": "Returns test", "property_cost_method": "average", "property_valuation": "real_time"}
        )
        cls.camera = cls.product("Camera", 500, 60, tracking="serial", categ_id=category.id)
        cls.cable = cls.product("Cable", 20, 5, categ_id=category.id)
        cls.quality = cls.env.ref("aftersales_returns.return_reason_quality")
        cls.no_reason = cls.env.ref("aftersales_returns.return_reason_no_reason")
        cls.policy = cls.env.ref("aftersales_returns.return_policy_standard").copy()
        cls.env["aftersales.return.policy"].search([("state", "=", "active")])._fire("retire", actor="system")

    # === PEOPLE AND GOODS === #

    @classmethod
    def user(cls, group, name):
        return new_test_user(
            cls.env,
            f"ret_{name}",
            f"base.group_user,{group}",
            name=name.capitalize(),
            email=f"{name}@example.com",
        )

    @classmethod
    def product(cls, name, price, cost, **vals):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "is_storable": True,
                "list_price": price,
                "standard_price": cost,
                "taxes_id": [Command.clear()],
                **vals,
            }
        )

    @classmethod
    def put_in_force(cls):
        cls.policy.with_user(cls.manager).action_activate()
        return cls.policy

    # === STORY === #

    def lots(self, *names, product=None):
        product = product or self.camera
        lots = self.env["stock.lot"].create([{"name": name, "product_id": product.id} for name in names])
        for lot in lots:
            self.env["stock.quant"]._update_available_quantity(product, self.stock, 1, lot_id=lot)
        return lots

    def sell(self, product=None, quantity=1, lots=None, customer=None, ship=True):
        """A confirmed order, delivered with the given serial numbers; without ``ship`` still in the
        warehouse.
        """
        product = product or self.camera
        if product.tracking == "serial" and lots is None:
            lots = self.lots(*[f"{product.name}-{self.id()[-20:]}-{n}" for n in range(int(quantity))])
        elif product.tracking == "none":
            self.env["stock.quant"]._update_available_quantity(product, self.stock, quantity)
        order = self.env["sale.order"].create(
            {
                "partner_id": (customer or self.customer).id,
                "order_line": [Command.create({"product_id": product.id, "product_uom_qty": quantity})],
            }
        )
        order.action_confirm()
        if ship:
            self.deliver(order, lots)
        return order

    def order_kit(self, kit, parts, kits=1):
        """A confirmed order of kits whose components are set aside; ``parts``: {component: pieces a kit}."""
        for part in filter(lambda part: part.tracking == "none", parts):
            self.env["stock.quant"]._update_available_quantity(part, self.stock, parts[part] * kits)
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create({"product_id": kit.id, "product_uom_qty": kits})],
            }
        )
        order.action_confirm()
        picking, whole = order.picking_ids, order.picking_ids.move_ids
        for part, pieces in parts.items():
            move = whole.copy({"product_id": part.id, "product_uom_qty": pieces * kits})
            move.sale_line_id = order.order_line
        whole._action_cancel()
        whole.unlink()
        picking.action_confirm()
        picking.action_assign()
        return order

    def deliver(self, order, lots=None):
        picking = order.picking_ids.filtered(lambda p: p.state not in ("done", "cancel"))
        for move in picking.move_ids:
            if lots and move.product_id == lots.product_id:
                move.lot_ids = lots
            move.picked = True
        picking.button_validate()
        self.assertEqual(picking.state, "done")
        return picking

    def rma(self, order, user=None, **vals):
        """A draft return of the whole order, by the agent, for a quality fault."""
        lines = []
        goods = order.order_line.filtered(lambda ln: ln.product_id.is_storable and not ln.is_reward_line)
        for sale_line in goods:
            lots = sale_line.move_ids.filtered(lambda m: m.state == "done").move_line_ids.lot_id
            quantity = sale_line.product_uom_qty
            parts = [(lot, 1) for lot in lots] or [(lots, quantity)]
            lines += [
                Command.create({"sale_line_id": sale_line.id, "lot_id": lot.id, "quantity": qty})
                for lot, qty in parts
            ]
        values = {
            "partner_id": order.partner_id.id,
            "sale_order_id": order.id,
            "reason_id": self.quality.id,
            "line_ids": lines,
            **vals,
        }
        return self.env["aftersales.rma"].with_user(user or self.agent).create(values)

    def kits(self, order, quantity=None):
        """Lines of a return of so many of the ordered kits; without a number of all."""
        line = order.order_line
        kits = {"sale_line_id": line.id, "quantity": quantity or line.product_uom_qty}
        return [Command.create(kits)]

    def approved(self, order, **vals):
        rma = self.rma(order, **vals)
        rma.action_submit()
        rma.action_approve()
        return rma

    def sent_back(self, order, **vals):
        rma = self.approved(order, **vals)
        rma.action_register_shipment(tracking_ref=f"YT{rma.id}")
        return rma

    def received(self, order, **vals):
        """Received by a storekeeper in Inventory, who knows nothing of returns."""
        rma = self.sent_back(order, **vals)
        self.validate(rma._open_receipts())
        return rma

    def validate(self, picking):
        picking = picking.with_user(self.storekeeper)
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(picking.state, "done")

    def inspected(self, order, grade="a", findings=None, **vals):
        rma = self.received(order, **vals)
        found = rma.with_user(self.inspector).inspection_ids
        found.write({"grade": grade, "serial_matches": "yes", **(findings or {})})
        rma.with_user(self.inspector).action_complete_inspection()
        return rma

    def inspect(self, rma, grade="a", **findings):
        """Every piece in that condition, the fault as it was told; the inspection is complete."""
        inspector = rma.with_user(self.inspector)
        inspector.inspection_ids.write({"grade": grade, "fault_found": "yes", **findings})
        inspector.action_complete_inspection()

    def repair(self, rma):
        """The workshop ends its orders for the goods of the return."""
        orders = rma.sudo().line_ids.workshop_order_ids
        orders.action_repair_start()
        orders.action_repair_end()

    # === FIGURES === #

    def quants(self, product, location):
        """{(lot, owner): quantity} at a location, empty ones left out."""
        found = self.env["stock.quant"].search(
            [("product_id", "=", product.id), ("location_id", "=", location.id)]
        )
        return {(q.lot_id, q.owner_id): q.quantity for q in found if q.quantity}
