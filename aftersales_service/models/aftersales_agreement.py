from odoo import api, fields, models
from odoo.exceptions import ValidationError

LEVELS = [("standard", "Standard"), ("vip", "VIP"), ("project", "Project")]
PHASES = [("trial", "Trial run"), ("warranty", "Warranty"), ("after", "After the warranty")]


class AftersalesAgreement(models.Model):
    """A service contract: the level that a customer is owed, and from when to when."""

    _name = "aftersales.agreement"
    _description = "Service agreement"
    _inherit = ["mail.thread"]
    _order = "date_start desc, id desc"

    name = fields.Char("Number", required=True, copy=False)
    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    level = fields.Selection(LEVELS, "Service level", required=True, default="standard")
    date_start = fields.Date("In force from", required=True, default=fields.Date.context_today)
    date_end = fields.Date("In force until", help="Last day, included. Empty: until further notice.")
    trial_end = fields.Date("Trial run until", help="Last day of the trial run, if there is one.")
    state = fields.Selection(
        [("draft", "Draft"), ("active", "Active"), ("ended", "Ended")],
        default="draft",
        required=True,
        copy=False,
        help="Only active agreements count.",
    )
    calendar_id = fields.Many2one(
        "resource.calendar", "Service hours", help="Hours agreed on. Empty: those of each target."
    )
    note = fields.Html("Terms")

    _dates_check = models.Constraint(
        "CHECK (date_end IS NULL OR date_end >= date_start)", "An agreement ends after it begins."
    )
    # _in_force: agreements of the customers of a batch
    _in_force_idx = models.Index("(company_id, partner_id, date_start) WHERE state = 'active'")

    @api.model
    def _in_force(self, company, partners, day):
        """{commercial partner: agreement in force on ``day``}; the highest level wins. One search."""
        # sudo: a policy judges by the agreement, whoever takes the call
        found = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", partners.commercial_partner_id.ids),
                ("state", "=", "active"),
                ("date_start", "<=", day),
                "|",
                ("date_end", "=", False),
                ("date_end", ">=", day),
            ]
        )
        rank = [level for level, _label in LEVELS]
        best = {}
        for agreement in found.sorted(lambda row: (rank.index(row.level), row.date_start, row.id)):
            best[agreement.partner_id] = agreement.sudo(False)
        return best

    def _phase_on(self, day):
        """``trial`` while the trial run lasts, otherwise None: the warranty decides."""
        return "trial" if self.trial_end and day <= self.trial_end else None

    @api.constrains("partner_id")
    def _check_partner(self):
        for agreement in self:
            if agreement.partner_id != agreement.partner_id.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(agreement)s is made with the company, not with one of its contacts: choose "
                        "%(partner)s.",
                        agreement=agreement.name,
                        partner=agreement.partner_id.commercial_partner_id.display_name,
                    )
                )
