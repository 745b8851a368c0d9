from odoo import fields, models

from .res_partner import GROUPS


class StockLot(models.Model):
    _inherit = "stock.lot"

    aftersales_ticket_count = fields.Integer(compute="_compute_aftersales_counts", groups=GROUPS)
    aftersales_card_count = fields.Integer(compute="_compute_aftersales_counts", groups=GROUPS)

    def _compute_aftersales_counts(self):
        for field, model in (
            ("aftersales_ticket_count", "aftersales.ticket"),
            ("aftersales_card_count", "aftersales.warranty.card"),
        ):
            counted = dict(self.env[model]._read_group([("lot_id", "in", self.ids)], ["lot_id"], ["__count"]))
            for lot in self:
                lot[field] = counted.get(lot, 0)

    def action_aftersales_tickets(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("aftersales_service.aftersales_ticket_action")
        context = {"default_lot_id": self.id, "default_product_id": self.product_id.id}
        return {**action, "domain": [("lot_id", "=", self.id)], "context": context}

    def action_aftersales_cards(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_warranty_card_action"
        )
        return {**action, "domain": [("lot_id", "=", self.id)], "context": {}}
