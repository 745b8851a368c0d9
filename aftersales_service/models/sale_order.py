from odoo import fields, models
from odoo.fields import Domain

from .res_partner import GROUPS


class SaleOrder(models.Model):
    _inherit = "sale.order"

    aftersales_ticket_id = fields.Many2one(
        "aftersales.ticket", "Service ticket", copy=False, index="btree_not_null"
    )
    aftersales_ticket_count = fields.Integer(compute="_compute_aftersales_ticket_count", groups=GROUPS)

    def _compute_aftersales_ticket_count(self):
        """Tickets about what was sold, and the one that the quotation was made for."""
        counted = self.env["aftersales.ticket"]._read_group(
            [("sale_line_id.order_id", "in", self.ids)], ["sale_line_id"], ["__count"]
        )
        self.aftersales_ticket_count = 0
        for order in self.filtered("aftersales_ticket_id"):
            order.aftersales_ticket_count = 1
        for line, count in counted:
            line.order_id.aftersales_ticket_count += count

    def action_aftersales_tickets(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("aftersales_service.aftersales_ticket_action")
        domain = Domain("sale_line_id.order_id", "=", self.id) | Domain(
            "id", "=", self.aftersales_ticket_id.id
        )
        return {**action, "domain": domain, "context": {"default_partner_id": self.partner_id.id}}
