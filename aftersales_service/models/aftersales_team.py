from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..policy import dispatch
from .aftersales_ticket_category import SERVICE_TYPES


class AftersalesTeam(models.Model):
    """People who answer one kind of request: by service type, by region, within their hours."""

    _name = "aftersales.team"
    _description = "After-sales team"
    _inherit = ["mail.alias.mixin", "mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    member_ids = fields.Many2many("res.users", string="Members", domain="[('share', '=', False)]")
    supervisor_id = fields.Many2one(
        "res.users", help="Coordinates what nobody else takes, and hears of missed promises."
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        "Working hours",
        ondelete="restrict",
        help="When the team works. Empty: the company's after-sales hours.",
    )
    assignment = fields.Selection(
        [("manual", "By hand"), ("auto", "Automatically")],
        required=True,
        default="manual",
        help="Automatically: a new ticket goes to the member on duty who has the skills and the least to do.",
    )
    manager_id = fields.Many2one(
        "res.users", help="Hears of promises that stay broken. Empty: the supervisor does."
    )
    is_emergency = fields.Boolean(
        "Emergency team",
        help="Tickets of the highest priority come here at once, past the first line and at any hour.",
    )
    capacity = fields.Integer(
        "Tickets per member", help="Nobody gets more open tickets than this automatically. 0: no limit."
    )
    state_ids = fields.Many2many(
        "res.country.state",
        string="Regions",
        ondelete="restrict",
        help="Empty, without countries: everywhere.",
    )
    country_ids = fields.Many2many("res.country", string="Countries", ondelete="restrict")
    takes_repair = fields.Boolean("Fault repair")
    takes_consultation = fields.Boolean("Technical consultation")
    takes_complaint = fields.Boolean("Complaints")
    takes_installation = fields.Boolean("Installation")
    takes_return = fields.Boolean("Returns and exchanges")
    mail_service_type = fields.Selection(
        SERVICE_TYPES,
        "Mails become",
        default="repair",
        required=True,
        help="Service type of a ticket that begins with a mail to the team.",
    )
    new_count = fields.Integer("New count", compute="_compute_counts")
    open_count = fields.Integer("Open count", compute="_compute_counts")
    breached_count = fields.Integer("Breached count", compute="_compute_counts")

    _capacity_check = models.Constraint("CHECK (capacity >= 0)", "A capacity is a number from 0 on.")

    # === COMPUTE METHODS === #

    def _compute_counts(self):
        """Counters of the team's card; each is a filter that opens on a click."""
        tickets = self.env["aftersales.ticket"]
        for name, domain in self._count_domains().items():
            counted = dict(
                tickets._read_group([("team_id", "in", self.ids), *domain], ["team_id"], ["__count"])
            )
            for team in self:
                team[name] = counted.get(team, 0)

    @api.model
    def _count_domains(self):
        tickets = self.env["aftersales.ticket"]
        return {
            "new_count": Domain("state", "=", "new"),
            "open_count": Domain("state", "in", tickets._open_states()),
            "breached_count": tickets._breached_domain(),
        }

    # === ACTION METHODS === #

    def action_open_tickets(self):
        """The team's open tickets; the context names the filter to begin with."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("aftersales_service.aftersales_ticket_action")
        action["context"] = {
            "default_team_id": self.id,
            f"search_default_{self.env.context.get('aftersales_filter', 'open')}": 1,
        }
        action["domain"] = [("team_id", "=", self.id)]
        return action

    # === BUSINESS METHODS === #

    def _alias_get_creation_values(self):
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id("aftersales.ticket")
        if self.id:
            values["alias_defaults"] = {
                "team_id": self.active and self.id,  # mails of an archived team find another one
                "company_id": self.company_id.id,
                "service_type": self.mail_service_type,
            }
        return values

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_without_open_tickets(self):
        self._refuse_with_open_tickets()

    def _refuse_with_open_tickets(self):
        """Its tickets would be nobody's: no supervisor, no dispatch, no hours."""
        tickets = self.env["aftersales.ticket"].sudo()  # sudo: all of them, whoever may see which
        waiting = tickets.search([("team_id", "in", self.ids), ("state", "in", tickets._open_states())])
        if waiting:
            raise UserError(
                self.env._(
                    "%(teams)s still has open tickets: %(tickets)s. Give them to another team first.",
                    teams=", ".join(waiting.team_id.mapped("name")),
                    tickets=", ".join(waiting[:5].mapped("name")),
                )
            )

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    def write(self, vals):
        if self._row_fields().intersection(vals):
            self.env.registry.clear_cache()
        if vals.get("active") is False:
            self._refuse_with_open_tickets()
        result = super().write(vals)
        if {"mail_service_type", "company_id", "active"}.intersection(vals):
            for team in self:
                # sudo: the alias belongs to the team that the user has just been allowed to change
                team.sudo().alias_defaults = team._alias_get_creation_values()["alias_defaults"]
        return result

    @api.model
    def _team_rows(self, companies):
        """{company: rows for dispatch.team_for}; remembered until a team changes."""
        return {company: self._rows_of_company(company.id) for company in companies}

    @api.model
    @tools.ormcache("company_id")
    def _rows_of_company(self, company_id):
        # sudo: a ticket finds its team whoever opens it, also a customer in the portal
        teams = self.sudo().search([("company_id", "=", company_id)])
        return [team._as_row() for team in teams]

    @api.model
    def _row_fields(self):
        """Fields that a row or its place is made of."""
        takes = {f"takes_{code}" for code, _label in SERVICE_TYPES}
        return {
            "active",
            "sequence",
            "name",
            "company_id",
            "state_ids",
            "country_ids",
            "is_emergency",
            *takes,
        }

    def _as_row(self):
        return dispatch.Team(
            id=self.id,
            sequence=self.sequence,
            service_types=frozenset(code for code, _label in SERVICE_TYPES if self[f"takes_{code}"]),
            region_ids=frozenset(self.state_ids.ids),
            country_ids=frozenset(self.country_ids.ids),
            emergency=self.is_emergency,
        )

    def _service_calendar(self):
        """The team's hours; the company's after-sales hours where it has none."""
        self.ensure_one()
        return self.calendar_id or self.company_id._aftersales_calendar()

    def _on_duty(self, now):
        """Teams in whose working hours ``now`` falls; a team without any hours is always on duty."""
        return self.filtered(lambda team: team._service_calendar()._aftersales_is_open(now, team.company_id))
