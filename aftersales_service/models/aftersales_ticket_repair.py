from odoo import api, fields, models
from odoo.exceptions import UserError

from ..policy import visit_flow


class AftersalesTicket(models.Model):
    """Repair, quotation and visit that a ticket leads to, and the history of its serial number."""

    _inherit = "aftersales.ticket"

    visit_ids = fields.One2many("aftersales.visit", "ticket_id", "Visits")
    repair_ids = fields.One2many("repair.order", "aftersales_ticket_id", "Repairs")
    quotation_ids = fields.One2many("sale.order", "aftersales_ticket_id", "Quotations")
    visit_count = fields.Integer("Visit count", compute="_compute_counts")
    repair_count = fields.Integer("Repair count", compute="_compute_counts")
    quotation_count = fields.Integer("Quotation count", compute="_compute_counts")
    serial_ticket_count = fields.Integer("Earlier tickets of the serial number", compute="_compute_counts")

    @api.depends("visit_ids", "repair_ids", "quotation_ids", "lot_id")
    def _compute_counts(self):
        # sudo: numbers on the buttons; the lists behind them check access
        tickets = self.sudo()
        by_lot = (
            dict(tickets._read_group([("lot_id", "in", tickets.lot_id.ids)], ["lot_id"], ["__count"]))
            if tickets.lot_id
            else {}
        )
        for ticket in tickets:
            ticket.visit_count = len(ticket.visit_ids)
            ticket.repair_count = len(ticket.repair_ids)
            ticket.quotation_count = len(ticket.quotation_ids)
            # a form not saved yet is not counted, and a ticket without a number has no history
            itself = ticket.lot_id and ticket._origin.lot_id == ticket.lot_id
            ticket.serial_ticket_count = by_lot.get(ticket.lot_id._origin, 0) - int(bool(itself))

    # === ACTION METHODS === #

    def action_create_repair(self):
        """A repair order for the product, free under warranty as far as that is known; a draft of the same
        user is opened again.
        """
        self.ensure_one()
        self.check_access("write")
        self._decide_in_turn(self)
        if not self.product_id:
            raise UserError(
                self.env._(
                    "Say which product %(ticket)s is about before you send it to repair.", ticket=self.name
                )
            )
        begun = self._begun(self.repair_ids)
        # sudo: the agent asks the workshop; parts and stock stay with the warehouse
        return self._open(begun or self.env["repair.order"].sudo().create(self._prepare_repair_vals()))

    def _begun(self, documents):
        """The draft that this user has made a moment ago, if there is one."""
        own = documents.sudo().filtered(lambda row: row.create_uid == self.env.user)  # sudo: he has made it
        return own.filtered(lambda row: row.state == "draft").sorted("id")[-1:]

    def _prepare_repair_vals(self):
        return {
            "aftersales_ticket_id": self.id,
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "product_id": self.product_id.id,
            "lot_id": self.lot_id.id,
            "under_warranty": self.coverage in ("covered", "goodwill"),
            "internal_notes": self.description,
        }

    def action_create_quotation(self):
        """A quotation for what the customer pays; confirming and invoicing stay with Sales. A draft of the
        same user is opened again.
        """
        self.ensure_one()
        self.check_access("write")
        self._decide_in_turn(self)
        if not self.partner_id:
            raise UserError(
                self.env._("Choose the customer of %(ticket)s before you make a quotation.", ticket=self.name)
            )
        begun = self._begun(self.quotation_ids)
        # sudo: the agent drafts; Sales and the customer confirm
        return self._open(begun or self.env["sale.order"].sudo().create(self._prepare_quotation_vals()))

    def _prepare_quotation_vals(self):
        return {
            "aftersales_ticket_id": self.id,
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "origin": self.name,
        }

    def action_schedule_visit(self):
        """A dialog for a visit, with what the ticket knows."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Plan a visit"),
            "res_model": "aftersales.visit",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_ticket_id": self.id, "default_user_id": self.user_id.id},
        }

    def _next_visit(self):
        visits = self.sudo().visit_ids  # sudo: told to the customer, whoever sees visits
        return visits.filtered(lambda visit: visit.state in visit_flow.AHEAD).sorted("start")[:1]

    def action_open_repairs(self):
        return self._open(self.repair_ids)

    def action_open_quotations(self):
        return self._open(self.quotation_ids)

    def action_open_visits(self):
        return self._open(self.visit_ids)

    def action_open_serial_tickets(self):
        """The history of the serial number."""
        self.ensure_one()
        return self._open(self.search([("lot_id", "=", self.lot_id.id), ("id", "!=", self.id)]))
