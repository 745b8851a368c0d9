from odoo import fields, models

from .res_partner import GROUPS


class ResPartner(models.Model):
    """The customer's file: everything that after-sales keeps about a customer, in one place (ARCHIVE-11)."""

    _inherit = "res.partner"

    aftersales_visit_count = fields.Integer("Visits", compute="_compute_aftersales_file", groups=GROUPS)
    aftersales_open_ticket_ids = fields.Many2many(
        "aftersales.ticket", string="Open requests", compute="_compute_aftersales_file", groups=GROUPS
    )
    aftersales_agreement_ids = fields.Many2many(
        "aftersales.agreement",
        string="Agreements in force",
        compute="_compute_aftersales_file",
        groups="aftersales_service.group_agent",
    )

    def _aftersales_family(self):
        return self.with_context(active_test=False).search([("id", "child_of", self.ids)])

    def _compute_aftersales_file(self):
        visits, tickets = self.env["aftersales.visit"], self.env["aftersales.ticket"]
        for partner in self:
            family = partner._aftersales_family().ids if partner.ids else []
            partner.aftersales_visit_count = visits.search_count([("ticket_id.partner_id", "in", family)])
            partner.aftersales_open_ticket_ids = tickets.search(
                [("partner_id", "in", family), ("state", "in", tickets._open_states())], limit=20
            )
            agreements = self.env["aftersales.agreement"]
            may = agreements.has_access("read")
            domain = [("partner_id", "in", family), ("state", "=", "active")]
            partner.aftersales_agreement_ids = agreements.search(domain) if may else agreements

    def action_aftersales_visits(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("aftersales_service.aftersales_visit_action")
        family = self._aftersales_family()
        return {
            **action,
            "views": [(False, "list"), (False, "form")],
            "domain": [("ticket_id.partner_id", "in", family.ids)],
            "context": {},
        }
