from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import html2plaintext

from ..policy import agreement_flow, lifecycle
from .aftersales_agreement import TERMS


class AftersalesAgreement(models.Model):
    """Versions (SLA-24, ARCHIVE-12): a supplement is the next version and takes the place of the last."""

    _inherit = "aftersales.agreement"

    version = fields.Integer(default=1, readonly=True, copy=False)
    previous_id = fields.Many2one(
        "aftersales.agreement",
        "Supplement to",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    first_id = fields.Many2one(
        "aftersales.agreement",
        "First version",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    chain_ids = fields.Many2many("aftersales.agreement", string="Versions", compute="_compute_chain_ids")
    version_count = fields.Integer("Version count", compute="_compute_chain_ids")
    change_reason = fields.Text(
        "Why it changes", copy=False, help="Reason of the supplement, for both sides."
    )
    changes = fields.Text(compute="_compute_changes", help="What differs from the version before.")
    warned_on = fields.Date("Reminded", readonly=True, copy=False)
    is_ending = fields.Boolean("Is ending", compute="_compute_is_ending", search="_search_is_ending")

    # one open or signed supplement to a version
    _next_uniq = models.UniqueIndex(
        "(previous_id) WHERE previous_id IS NOT NULL",
        "There is a supplement to this version already: open that one.",
    )

    # === COMPUTE METHODS === #

    @api.depends("name", "version")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for agreement in self:
            agreement.display_name = agreement.name or ""
            if agreement.version > 1:
                agreement.display_name = self.env._(
                    "%(name)s, supplement %(number)s", name=agreement.name, number=agreement.version - 1
                )

    @api.depends("first_id", "previous_id")
    def _compute_chain_ids(self):
        roots = {agreement: agreement.first_id or agreement._origin for agreement in self}
        ids = [root.id for root in roots.values()]
        rows = (
            self.search(["|", ("id", "in", ids), ("first_id", "in", ids)], order="version")
            if ids
            else self.browse()
        )
        for agreement, root in roots.items():
            agreement.chain_ids = rows.filtered(lambda row, root=root: row == root or row.first_id == root)
            agreement.version_count = len(agreement.chain_ids)

    @api.depends("previous_id", *TERMS)
    @api.depends_context("lang")
    def _compute_changes(self):
        for agreement in self:
            agreement.changes = agreement.previous_id and "\n".join(agreement._differences().values())

    def _differences(self):
        """{term: 'Service level: VIP → Project'}, in the order of the text."""
        # sudo: names of goods and hours in the comparison, for whoever reads the agreement
        new, old = self.sudo(), self.sudo().previous_id
        pairs = [(name, old._term_text(name), new._term_text(name)) for name in TERMS]
        return {
            name: f"{self._fields[name]._description_string(self.env)}: {before or '–'} → {after or '–'}"
            for name, before, after in pairs
            if before != after
        }

    def _term_text(self, name):
        field, value = self._fields[name], self[name]
        if name in ("target_ids", "compensation_term_ids"):
            return "; ".join(line._describe() for line in value)
        if field.relational:
            return ", ".join(value.mapped("display_name"))
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        if field.type == "html":
            return html2plaintext(value or "").strip()
        if field.type == "boolean":
            return self.env._("yes") if value else self.env._("no")
        return str(value) if value or value == 0 and field.type != "date" else ""

    # === SUPPLEMENT === #

    def action_supplement(self):
        """The next version as a draft, with the same terms; the present one holds until both sign."""
        self.ensure_one()
        self.check_access("write")
        following = self.search([("previous_id", "=", self.id)], limit=1)
        if not following:
            if self.state != agreement_flow.ACTIVE:
                raise UserError(
                    self.env._(
                        "A supplement changes an agreement that is in force; %(agreement)s is not.",
                        agreement=self.display_name,
                    )
                )
            following = self.copy(self._prepare_supplement_vals())
            following._write_policy(
                {
                    "name": self.name,
                    "version": self.version + 1,
                    "previous_id": self.id,
                    "first_id": (self.first_id or self).id,
                }
            )
        return following._open()

    def _prepare_supplement_vals(self):
        today = self.company_id._aftersales_today()
        return {
            # the number is unique with the version, which is written next
            "name": f"{self.name}+{self.version}",
            "date_start": max(self.date_start, today),
            "resident_until": self.resident_until,
        }

    def action_open_versions(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_agreement_action"
        )
        return {**action, "domain": [("id", "in", self.chain_ids.ids)], "context": {}}

    # === BY TIME === #

    @api.model
    def _cron_day(self):
        """Once a day: what has ended ends, supplements take over, what ends soon is somebody's task."""
        for company in self.env["res.company"].search([]):
            today = company._aftersales_today()
            mine = self.search([("company_id", "=", company.id), ("state", "=", agreement_flow.ACTIVE)])
            mine._take_over(today)
            over = mine.filtered_domain([("state", "=", agreement_flow.ACTIVE), ("date_end", "<", today)])
            over._fire("end", actor=lifecycle.SYSTEM)
            mine.filtered(lambda row: row.state == "active")._remind(today)

    def _take_over(self, today):
        """SLA-24: a version in force takes the place of the one before it."""
        started = self.filtered(lambda row: row.state == agreement_flow.ACTIVE and row.date_start <= today)
        before = started.previous_id.filtered(lambda row: row.state == agreement_flow.ACTIVE)
        # sudo: the second signature moves both, whoever gives it
        before.sudo()._fire("supersede", actor=lifecycle.SYSTEM)

    def _remind(self, today):
        """A task for the responsible, once for each date that comes near."""
        for agreement in self.filtered("user_id.active"):
            near = agreement._next_ending(today)
            reads = agreement.with_user(agreement.user_id).has_access("read")
            if not near or agreement.warned_on == near or not reads:
                continue
            agreement._write_policy({"warned_on": near})
            agreement.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=agreement.user_id.id,
                date_deadline=near,
                summary=self.env._("Ends on %(day)s: renew or say goodbye", day=near),
            )

    def _next_ending(self, today):
        """The first of its dates that comes within the company's notice."""
        # sudo: a setting
        until = fields.Date.add(today, days=self.company_id.sudo().aftersales_agreement_notice_days)
        days = [self.date_end, self.warranty_end, self.resident_until]
        return min((day for day in days if day and today <= day <= until), default=None)

    @api.depends("state", "date_end", "warranty_end", "resident_until")
    def _compute_is_ending(self):
        for agreement in self:
            today = agreement.company_id._aftersales_today()
            agreement.is_ending = agreement.state == "active" and bool(agreement._next_ending(today))

    @api.model
    def _search_is_ending(self, operator, value):
        """The list of what runs out: agreement, warranty or resident service (SLA-21)."""
        if operator != "in":
            return NotImplemented
        domains = []
        for company in self.env.companies:
            today = company._aftersales_today()
            # sudo: a setting
            until = fields.Date.add(today, days=company.sudo().aftersales_agreement_notice_days)
            for name in ("date_end", "warranty_end", "resident_until"):
                domains.append(
                    Domain("company_id", "=", company.id)
                    & Domain(name, ">=", today)
                    & Domain(name, "<=", until)
                )
        return Domain("state", "=", "active") & Domain.OR(domains)
