import base64
from datetime import timedelta

from odoo import Command, fields
from odoo.tests import TransactionCase, new_test_user

#: a picture of one pixel, as its bytes and as the client sends them
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PNG_BASE64 = base64.b64encode(PNG)
#: whom customers reach
CONTACT = {
    "aftersales_hotline": "400 123 4567",
    "aftersales_service_email": "service@example.com",
    "aftersales_chat": "QQ 10001",
    "aftersales_service_hours": "Monday to Friday, 9:00 to 18:00",
    "aftersales_return_address": "5 Canton Road, 510000, service group",
}


class AftersalesServiceCommon(TransactionCase):
    """A company with a customer, a serial-tracked product and one user of each line of work."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "no_reset_password": True, "tracking_disable": True})
        cls.company = cls.env.company
        cls.company.aftersales_calendar_id = cls.around_the_clock()
        cls.customer = cls.env["res.partner"].create(
            {"name": "Li Ming", "email": "li.ming@example.com", "phone": "+86 20 5550 1234"}
        )
        cls.agent = cls.user("agent")
        cls.colleague = cls.user("agent", "colleague")
        cls.supervisor = cls.user("supervisor")
        cls.manager = cls.user("manager")
        cls.engineer = cls.user("engineer")
        cls.product = cls.env["product.product"].create(
            {
                "name": "Refrigerator",
                "type": "consu",
                "is_storable": True,
                "tracking": "serial",
                "list_price": 500,
            }
        )
        # One team of our own, the shipped one would answer for everything; by SQL, since those of demo data
        # have open tickets and cannot be archived.
        cls.env.flush_all()
        cls.env.cr.execute("UPDATE aftersales_team SET active = FALSE")
        cls.env.invalidate_all()
        cls.env.registry.clear_cache()
        cls.team = cls.env["aftersales.team"].create(
            {
                "name": "Repairs",
                "member_ids": [Command.set((cls.agent + cls.colleague + cls.engineer).ids)],
                "supervisor_id": cls.supervisor.id,
            }
        )

    @classmethod
    def user(cls, role, login=None):
        groups = f"base.group_user,aftersales_service.group_{role}"
        login = login or role
        return new_test_user(
            cls.env, f"as_{login}", groups, name=login.capitalize(), email=f"{login}@example.com"
        )

    @classmethod
    def around_the_clock(cls):
        """A calendar that is open at whatever hour the tests run."""
        return cls.env["resource.calendar"].create(
            {
                "name": "Around the clock",
                "tz": "Asia/Shanghai",
                "attendance_ids": [
                    Command.create({"name": str(day), "dayofweek": str(day), "hour_from": 0, "hour_to": 24})
                    for day in range(7)
                ],
            }
        )

    @classmethod
    def closed_now(cls):
        """A calendar whose only working hours are over for today or begin in some hours."""
        now = fields.Datetime.now()
        away = (now + timedelta(hours=12)).hour
        return cls.env["resource.calendar"].create(
            {
                "name": "Closed now",
                "tz": "UTC",
                "attendance_ids": [
                    Command.create(
                        {"name": str(day), "dayofweek": str(day), "hour_from": away, "hour_to": away + 1}
                    )
                    for day in range(7)
                ],
            }
        )

    def ticket(self, **vals):
        """A ticket of the customer, taken by telephone by the agent."""
        values = {"title": "Does not cool", "partner_id": self.customer.id, "team_id": self.team.id, **vals}
        return self.env["aftersales.ticket"].with_user(self.agent).create(values)

    def accepted(self, **vals):
        ticket = self.ticket(**{"user_id": self.agent.id, **vals})
        ticket.action_accept()
        return ticket

    def in_progress(self, **vals):
        ticket = self.accepted(**vals)
        ticket.action_start()
        return ticket

    def solved(self, **vals):
        ticket = self.in_progress(**vals)
        ticket.solution = ticket.solution or "New compressor"
        ticket.action_resolve()
        return ticket

    def deadlines(self, ticket):
        """{kind: deadline row}, the latest of each kind."""
        return {row.kind: row for row in ticket.sudo().deadline_ids.sorted("id")}

    def sell(self, quantity=1, product=None, deliver=True):
        """A confirmed order of the customer and its delivery, each piece with a serial number of its own."""
        product = product or self.product
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create({"product_id": product.id, "product_uom_qty": quantity})],
            }
        )
        order.action_confirm()
        if deliver:
            self.deliver(order)
        return order

    def deliver(self, order):
        picking = order.picking_ids.filtered(lambda p: p.state not in ("done", "cancel"))
        for move in picking.move_ids:
            if move.product_id.tracking == "serial":
                move.lot_ids = self.serials(move.product_id, int(move.product_uom_qty))
            move.quantity = move.product_uom_qty
            move.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(picking.state, "done")
        return picking

    def serials(self, product, count):
        """Fresh serial numbers in stock."""
        start = self.env["stock.lot"].search_count([("product_id", "=", product.id)])
        lots = self.env["stock.lot"].create(
            [{"name": f"SN-{product.id}-{start + n:03d}", "product_id": product.id} for n in range(count)]
        )
        stock = (
            self.env["stock.warehouse"].search([("company_id", "=", self.company.id)], limit=1).lot_stock_id
        )
        for lot in lots:
            self.env["stock.quant"]._update_available_quantity(product, stock, 1, lot_id=lot)
        return lots
