from odoo import Command, fields, models


class AftersalesTicket(models.Model):
    _inherit = "aftersales.ticket"

    rma_ids = fields.One2many("aftersales.rma", "ticket_id", "Returns", readonly=True)
    rma_count = fields.Integer("Number of returns", compute="_compute_rma_count")

    def _compute_rma_count(self):
        # sudo: a number on the button; the list behind it checks access
        counts = dict(
            self.env["aftersales.rma"]
            .sudo()
            ._read_group([("ticket_id", "in", self.ids)], ["ticket_id"], ["__count"])
        )
        for ticket in self:
            ticket.rma_count = counts.get(ticket, 0)

    def action_create_rma(self):
        """A return of what the ticket is about, filled in as far as the ticket knows; the one of a moment
        ago where it is still a draft of whoever presses.
        """
        self.ensure_one()
        self._decide_in_turn(self)
        begun = self._begun(self.rma_ids).sudo(False)
        return (begun or self.env["aftersales.rma"].create(self._prepare_rma_vals()))._open()

    def _prepare_rma_vals(self):
        # sudo: which sale the goods came with
        sale_line = self.sale_line_id.sudo() or self.warranty_card_id.sudo().sale_line_id
        line = {"sale_line_id": sale_line.id, "product_id": self.product_id.id, "lot_id": self.lot_id.id}
        return {
            "ticket_id": self.id,
            "company_id": self.company_id.id,
            "partner_id": (self.partner_id or sale_line.order_id.partner_id).id,
            "sale_order_id": sale_line.order_id.id,
            "description": self.description,
            "line_ids": [Command.create(line)] if self.product_id else [],
        }

    def action_open_rmas(self):
        self.ensure_one()
        if len(self.rma_ids) == 1:
            return self.rma_ids._open()
        action = self.env["ir.actions.act_window"]._for_xml_id("aftersales_returns.aftersales_rma_action")
        return {**action, "domain": [("ticket_id", "=", self.id)], "context": {"default_ticket_id": self.id}}
