from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import AftersalesReturnsCommon

#: whoever works with one of Odoo's apps and has no rights of ours → records of it, see ``records_of``
APPS = {
    "sales_team.group_sale_salesman_all_leads": "sales",
    "account.group_account_manager": "accounting",
    "stock.group_stock_manager": "stock",
    "base.group_partner_manager": "contacts",
    "base.group_user": "everybody",
}


@tagged("post_install", "-at_install")
class TestPlainUsers(AftersalesReturnsCommon):
    """People without rights of ours read Odoo's own documents in whole, as before."""

    def records_of(self, order, invoice):
        product = order.order_line.product_id
        return {
            "sales": [order, order.order_line, product, product.product_tmpl_id, product.categ_id],
            "accounting": [invoice, invoice.line_ids],
            "stock": [
                order.picking_ids,
                order.picking_ids.move_ids,
                order.picking_ids.move_line_ids,
                order.warehouse_id,
                order.warehouse_id.in_type_id,
                product,
            ],
            "contacts": [order.partner_id],
            "everybody": [self.env.company, self.env.user],
        }

    def test_every_field_of_ours_is_read_or_left_out_for_users_of_an_app(self):
        """A program that reads an order without naming fields gets what its user may see, and no error."""
        order = self.sell(self.cable)
        invoice = order._create_invoices()
        invoice.action_post()
        self.inspected(order)
        records = self.records_of(order, invoice)
        for number, (group, app) in enumerate(APPS.items()):
            user = new_test_user(self.env, f"plain_{number}", f"base.group_user,{group}")
            for document in records[app]:
                with self.subTest(app=app, model=document._name):
                    self.env.invalidate_all()
                    self.assertEqual(self.unreadable(document.with_user(user)), [])

    def unreadable(self, document):
        """Fields of ours that are offered to the user and refuse to be read."""
        refused = []
        for name in document.fields_get(attributes=["type"]):
            if name.startswith("aftersales_"):
                try:
                    document.read([name])
                except AccessError:
                    refused.append(name)
        return refused
