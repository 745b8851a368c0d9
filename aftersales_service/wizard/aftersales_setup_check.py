from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..models.aftersales_ticket_category import SERVICE_TYPES
from ..policy import ticket_flow

NAMED = 20  # documents that a point names at most


class AftersalesSetupCheck(models.TransientModel):
    """What still stands between the company and good service; one row a point, made anew on opening."""

    _name = "aftersales.setup.check"
    _description = "Set-up check"
    _order = "is_done, id"

    company_id = fields.Many2one("res.company", readonly=True)
    name = fields.Char("Point", readonly=True)
    advice = fields.Char("What to do", readonly=True)
    is_done = fields.Boolean("Done", readonly=True)
    target = fields.Char(readonly=True, help="XML id of the action where it is set up.")

    @api.model
    def action_open_checks(self):
        """Look at everything now and show what is missing first."""
        if not self.env.user.has_group("aftersales_service.group_manager"):
            raise AccessError(self.env._("Only a manager may look at the set-up."))
        company = self.env.company
        rows = self.create([{"company_id": company.id, **row} for row in self._rows(company)])
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_setup_check_action"
        )
        return {**action, "domain": [("id", "in", rows.ids)]}

    def action_go(self):
        """To the place where the point is set up."""
        self.ensure_one()
        return self.env["ir.actions.actions"]._for_xml_id(self.target)

    @api.model
    def _rows(self, company):
        # sudo: a manager of after-sales looks at crons, mail servers and teams without being an administrator
        teams = self.env["aftersales.team"].sudo().search([("company_id", "=", company.id)])
        rows = [*self._team_rows(teams), *self._time_rows(company, teams), *self._mail_rows(teams)]
        rows += [*self._night_rows(company, teams), *self._people_rows(company)]
        return [*rows, *self._ledger_rows(company)]

    @api.model
    def _ledger_rows(self, company):
        """A promise that could not act waits until somebody has looked at it."""
        # sudo: as in _rows
        aside = self.env["aftersales.deadline"].sudo()
        domain = [("company_id", "=", company.id), ("state", "=", "running"), ("set_aside", "!=", False)]
        found = aside.search(domain, limit=NAMED)
        names = ", ".join(row.document_name or row.res_model for row in found)
        text = self.env._("Read why, mend it and press Try again: %(documents)s.", documents=names)
        return [
            self._row(
                self.env._("Every promise acts when its time is up"),
                text if found else "",
                "aftersales_service.aftersales_deadline_action",
            )
        ]

    @api.model
    def _people_rows(self, company):
        """Whoever has left keeps nothing that is still open."""
        tickets = self.env["aftersales.ticket"].sudo()  # sudo: as in _rows
        domain = [("company_id", "=", company.id), ("state", "in", ticket_flow.OPEN)]
        left = tickets.search([*domain, ("user_id.active", "=", False), ("user_id", "!=", False)])
        text = self.env._("Give to others: %(tickets)s.", tickets=", ".join(left.mapped("name")))
        return [
            self._row(
                self.env._("Nobody who has left has open tickets"),
                text if left else "",
                "aftersales_service.aftersales_ticket_action",
            )
        ]

    @api.model
    def _team_rows(self, teams):
        untaken = self._untaken_types(teams)
        lonely = teams.filtered(lambda team: not team.member_ids.filtered("active"))
        headless = teams.filtered(lambda team: not team.supervisor_id.active)
        target = "aftersales_service.aftersales_team_action"
        return [
            self._row(
                self.env._("Every type of request has a team"),
                self.env._("No team takes: %(types)s.", types=", ".join(untaken)) if untaken else "",
                target,
            ),
            self._row(
                self.env._("Every team has members"),
                self._naming(self.env._("Nobody works in: %(teams)s."), lonely) if teams else "-",
                target,
            ),
            self._row(
                self.env._("Every team has a supervisor"),
                self._naming(self.env._("Nobody hears of broken promises in: %(teams)s."), headless),
                target,
            ),
            self._row(
                self.env._("There is an emergency team"),
                ""
                if any(teams.mapped("is_emergency"))
                else self.env._("Tickets of the highest priority wait in the first line like all others."),
                target,
            ),
        ]

    @api.model
    def _untaken_types(self, teams):
        types = self.env["aftersales.ticket"]._fields["service_type"]._description_selection(self.env)
        return [
            label
            for code, label in types
            if not any(team[f"takes_{code}"] or not team._takes_something() for team in teams)
        ]

    @api.model
    def _time_rows(self, company, teams):
        calendars = company._aftersales_calendar() | teams.calendar_id
        empty = calendars.filtered(lambda calendar: not calendar.attendance_ids)
        promised = self.env["aftersales.sla.line"].sudo().search_count([], limit=1)  # sudo: as in _rows
        return [
            self._row(
                self.env._("Working hours are set"),
                self._naming(
                    self.env._("Without hours, so promises run around the clock: %(teams)s."), empty
                ),
                "aftersales_service.aftersales_team_action",
            ),
            self._row(
                self.env._("Something is promised"),
                "" if promised else self.env._("No target is active, so nothing is ever late."),
                "aftersales_service.aftersales_sla_policy_action",
            ),
            self._row(
                self.env._("The clocks run"),
                self._naming(
                    self.env._("Switched off, ask an administrator to switch it on: %(teams)s."),
                    self._stopped_crons(),
                ),
                "",
            ),
        ]

    @api.model
    def _stopped_crons(self):
        names = ("ir_cron_deadline_urgent", "ir_cron_deadline_bulk", "ir_cron_dispatch")
        found = (self.env.ref(f"aftersales_service.{name}", False) for name in names)
        # sudo: as in _rows
        crons = self.env["ir.cron"].sudo().with_context(active_test=False)
        return crons.browse(cron.id for cron in found if cron).filtered(lambda cron: not cron.active)

    @api.model
    def _night_rows(self, company, teams):
        """SLA-19: who promises around the clock has somebody to whom it is given at night."""
        # sudo: as in _rows
        agreements = self.env["aftersales.agreement"].sudo()
        promised = agreements.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "active"),
                "|",
                ("around_the_clock", "=", True),
                ("level", "=", "project"),
            ]
        )
        answered = any(team._works_around_the_clock() for team in teams if team.member_ids)
        return [
            self._row(
                self.env._("What is promised around the clock is given to somebody at night"),
                self._naming(
                    self.env._(
                        "No team works around the clock, so at night only the highest priority is given to "
                        "somebody; these agreements promise more: %(teams)s."
                    ),
                    promised.browse() if answered else promised,
                ),
                "aftersales_service.aftersales_team_action",
            )
        ]

    @api.model
    def _mail_rows(self, teams):
        reachable = teams.filtered("alias_email")
        # sudo: as in _rows
        server = self.env["ir.mail_server"].sudo().search_count([], limit=1)
        return [
            self._row(
                self.env._("A mail to us becomes a ticket"),
                "" if reachable else self.env._("No team has an address: give one a name and a domain."),
                "aftersales_service.aftersales_team_action",
            ),
            self._row(
                self.env._("Mails go out"),
                "" if server else self.env._("No outgoing mail server is set up here; ask an administrator."),
                "",
            ),
        ]

    @api.model
    def _row(self, name, advice, target):
        """A point is done when there is no advice on it."""
        return {"name": name, "advice": advice, "is_done": not advice, "target": target}

    @api.model
    def _naming(self, text, records):
        return text % {"teams": ", ".join(records.mapped("display_name"))} if records else ""


class AftersalesTeam(models.Model):
    _inherit = "aftersales.team"

    def _takes_something(self):
        """Whether any type is ticked; none ticked means all of them."""
        return any(self[f"takes_{code}"] for code, _label in SERVICE_TYPES)

    def _works_around_the_clock(self):
        """Every hour of the coming week; a calendar without hours counts as one that never closes."""
        now, week = fields.Datetime.now(), timedelta(days=7)
        spans = self._team_spans(now, now + week)[self]
        return sum((stop - start for start, stop, _records in spans), timedelta()) > week - timedelta(hours=1)


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        """A company made later finds somebody for a call from its first day too."""
        companies = super().create(vals_list)
        companies._aftersales_provision()
        return companies

    @api.model
    def _aftersales_provision_all(self):
        """The same for companies that were there before the addon."""
        self.search([])._aftersales_provision()

    def _aftersales_provision(self):
        """A team that takes everything, for companies without any; once."""
        # sudo: whoever makes a company need not be in charge of after-sales
        teams = self.env["aftersales.team"].sudo().with_context(active_test=False)
        served = teams.search([("company_id", "in", self.ids)]).company_id
        teams.create(
            [
                {"name": self.env._("Customer service"), "company_id": company.id, "sequence": 100}
                for company in self - served
            ]
        )
