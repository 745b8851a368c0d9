from odoo import Command, fields, models

from odoo.addons.aftersales_service.policy import lifecycle

from ..policy import reshipment_flow


class AftersalesReshipment(models.Model):
    """The goods: a delivery without a sale, so that the order's figures stay what they are."""

    _inherit = "aftersales.reshipment"

    def action_prepare_delivery(self):
        """A new delivery of what none brings any more: cancelled, or shipped in part."""
        self.check_access("write")
        self._decide_in_turn(self)
        self.filtered("needs_delivery")._create_deliveries()
        return True

    def _create_deliveries(self):
        for row in self.sudo():  # sudo: customer service ships without stock rights; the event was allowed
            delivery = self.env["stock.picking"].sudo().create(row._delivery_vals())  # sudo: as above
            delivery.action_confirm()
            delivery.action_assign()

    def _delivery_vals(self):
        warehouse = self.sale_order_id.warehouse_id or self.env["stock.warehouse"].search(
            [("company_id", "=", self.company_id.id)], limit=1
        )
        partner = self._delivery_partner()
        places = {
            "location_id": warehouse.lot_stock_id.id,
            "location_dest_id": partner.property_stock_customer.id,
        }
        return {
            **places,
            "picking_type_id": warehouse.out_type_id.id,
            "partner_id": partner.id,
            "origin": f"{self.name}, {self.ticket_id.name}",
            "company_id": self.company_id.id,
            "aftersales_reshipment_id": self.id,
            "move_ids": [Command.create({**places, **vals}) for vals in self._move_vals()],
        }

    def _delivery_partner(self):
        """The customer's contact with exactly this address; a new one where there is none."""
        told = self._address_vals()
        known = self.sale_order_id.partner_shipping_id | self.partner_id | self.partner_id.child_ids
        for partner in known:
            if all((partner[name] or False) == (value or False) for name, value in told.items()):
                return partner
        return self.env["res.partner"].create(
            {
                **{name: getattr(value, "id", value) for name, value in told.items()},
                "parent_id": self.commercial_partner_id.id,
                "type": "delivery",
            }
        )

    def _address_vals(self):
        return {
            "name": self.recipient,
            "phone": self.phone,
            "street": self.street,
            "street2": self.district,
            "city": self.city,
            "zip": self.zip,
            "state_id": self.state_id,
            "country_id": self.country_id,
        }

    def _move_vals(self):
        """Of what was granted and has not left."""
        return [
            {
                "product_id": product.id,
                "product_uom_qty": quantity,
                "product_uom": product.uom_id.id,
                "company_id": self.company_id.id,
            }
            for product, quantity in self._unsent().items()
        ]

    def _open_deliveries(self):
        return self.delivery_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))

    def _delivered(self):
        """Shipped once all that was granted has left."""
        for row in self.filtered(lambda row: row.state == reshipment_flow.APPROVED):
            if not row._unsent():
                row._fire("ship", actor=lifecycle.SYSTEM)
            row._tell_unsent()


class StockPicking(models.Model):
    _inherit = "stock.picking"

    aftersales_reshipment_id = fields.Many2one(
        "aftersales.reshipment",
        "Re-shipment",
        index="btree_not_null",
        copy=False,
        readonly=True,
        check_company=True,
        ondelete="set null",
    )

    def _action_done(self):
        result = super()._action_done()
        # sudo: the warehouse has no rights on re-shipments; the state follows the goods
        self.filtered(lambda picking: picking.state == "done").sudo().aftersales_reshipment_id._delivered()
        return result

    def _aftersales_sent_again_for(self):
        """Orders whose goods these deliveries brought once more: no line of an order tells."""
        # sudo: the warehouse has no rights on re-shipments, and looks for whose goods are here
        return self.sudo().aftersales_reshipment_id.sale_order_id

    def _create_backorder_picking(self):
        backorder = super()._create_backorder_picking()
        if self.sudo().aftersales_reshipment_id:  # sudo: the rest belongs to the same re-shipment
            backorder.sudo().aftersales_reshipment_id = self.sudo().aftersales_reshipment_id  # sudo: as above
        return backorder
