from odoo import fields, models
from odoo.exceptions import UserError

from ..models.aftersales_ticket_category import SERVICE_TYPES


class AftersalesTicketMerge(models.TransientModel):
    """Asks which tickets become one, and which of them stays."""

    _name = "aftersales.ticket.merge"
    _description = "Merge tickets"

    ticket_ids = fields.Many2many("aftersales.ticket", string="Tickets", required=True)
    target_id = fields.Many2one(
        "aftersales.ticket", "Keep", required=True, domain="[('id', 'in', ticket_ids)]"
    )

    def action_apply(self):
        self.ensure_one()
        target = self.ticket_ids._merge_into(self.target_id)
        return target._open()


class AftersalesTicketSplit(models.TransientModel):
    """Asks what the second ticket is about."""

    _name = "aftersales.ticket.split"
    _description = "Split a ticket"

    ticket_id = fields.Many2one("aftersales.ticket", required=True, readonly=True)
    title = fields.Char("Subject", help="What the second ticket is about.")
    service_type = fields.Selection(SERVICE_TYPES, "Service type", required=True, default="repair")
    same_product = fields.Boolean("About the same product", default=True)
    message_ids = fields.Many2many(
        "mail.message",
        string="Messages that go with it",
        domain="[('model', '=', 'aftersales.ticket'), ('res_id', '=', ticket_id)]",
    )

    def action_apply(self):
        self.ensure_one()
        title = (self.title or "").strip()
        if not title:
            raise UserError(self.env._("Say what the second ticket is about."))
        vals = {"title": title, "service_type": self.service_type}
        if self.same_product:
            ticket = self.ticket_id
            vals.update(product_id=ticket.product_id.id, lot_id=ticket.lot_id.id)
            vals.update(serial_number=ticket.serial_number, sale_line_id=ticket.sale_line_id.id)
        other = self.ticket_id._split_off(vals, self.message_ids)
        return other._open()
