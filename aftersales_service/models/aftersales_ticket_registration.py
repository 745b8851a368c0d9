from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..policy import ticket_flow


class AftersalesTicket(models.Model):
    """Results and papers are registered with technical support and filed with resource management."""

    _inherit = "aftersales.ticket"

    registration_number = fields.Char(
        "Registration number", readonly=True, copy=False, index="btree_not_null"
    )
    registered_by_id = fields.Many2one("res.users", "Registered by", readonly=True, copy=False)
    registered_at = fields.Datetime("Registered", readonly=True, copy=False)
    filed_by_id = fields.Many2one("res.users", "Filed by", readonly=True, copy=False)
    filed_at = fields.Datetime("Filed with resource management", readonly=True, copy=False)
    preparer_id = fields.Many2one(
        "res.users", "Form prepared by", copy=False, domain="[('share', '=', False)]"
    )

    def _owned_fields(self):
        return super()._owned_fields() | {
            "registration_number",
            "registered_by_id",
            "registered_at",
            "filed_by_id",
            "filed_at",
        }

    def action_register(self):
        """ARCHIVE-06, ARCHIVE-07: technical support gives the number; once for each ticket."""
        self.check_access("write")
        early = self.filtered(lambda ticket: ticket.state not in ticket_flow.SOLVED)
        if early:
            raise UserError(
                self.env._(
                    "%s is not solved yet: its result is registered when there is one.",
                    ", ".join(early.mapped("display_name")),
                )
            )
        for ticket in self.filtered(lambda t: not t.registration_number):
            # sudo: the number series is nobody's to change
            series = self.env["ir.sequence"].sudo().with_company(ticket.company_id)
            ticket._write_policy(
                {
                    "registration_number": series.next_by_code("aftersales.registration"),
                    "registered_by_id": self.env.uid,
                    "registered_at": fields.Datetime.now(),
                }
            )
            ticket.preparer_id = ticket.preparer_id or self.env.user
        return True

    def action_file_papers(self):
        """ARCHIVE-06: the other half; where there is a team of resource management, its members file."""
        self.check_access("write")
        for ticket in self:
            ticket._refuse_filing()
        fresh = self.filtered(lambda ticket: not ticket.filed_at)
        fresh._write_policy({"filed_by_id": self.env.uid, "filed_at": fields.Datetime.now()})
        return True

    def _refuse_filing(self):
        if not self.registration_number:
            raise UserError(
                self.env._("%s has no registration number yet: register it first.", self.display_name)
            )
        # sudo: who works where
        teams = self.env["aftersales.team"].sudo()
        files = teams.search([("department", "=", "resources"), ("company_id", "=", self.company_id.id)])
        if files and self.env.user not in files.member_ids and not self.env.su:
            raise AccessError(
                self.env._("Papers are filed by resource management: %s.", ", ".join(files.mapped("name")))
            )

    def _dossier_visits(self):
        """Visits of the dossier, for the report."""
        return self.sudo().visit_ids.filtered(lambda v: v.state in ("done", "missed"))  # sudo: its papers
