from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AftersalesDuty(models.Model):
    """Duty roster: who works on a holiday, and with which vehicles (DISP-30)."""

    _name = "aftersales.duty"
    _description = "Duty"
    _order = "date_from desc, id desc"

    name = fields.Char("Occasion", required=True, help="e.g. Spring Festival")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    team_id = fields.Many2one("aftersales.team", required=True, check_company=True, index=True)
    date_from = fields.Date("From", required=True, default=fields.Date.context_today)
    date_to = fields.Date("To", required=True, default=fields.Date.context_today, help="Last day, included.")
    user_ids = fields.Many2many(
        "res.users",
        string="On duty",
        domain="[('share', '=', False)]",
        help="They get requests on these days, also outside the team's working hours.",
    )
    vehicles = fields.Text(help="One a line: number plate, who drives, where it stands.")
    note = fields.Text()

    _dates_check = models.Constraint("CHECK (date_to >= date_from)", "A duty ends after it begins.")
    # _users_on: today's duties of some teams
    _team_idx = models.Index("(team_id, date_from, date_to)")

    @api.constrains("user_ids", "team_id")
    def _check_members(self):
        """Dispatch asks members of the team, so nobody else helps on its roster."""
        for duty in self:
            strangers = duty.user_ids - duty.team_id.member_ids
            if strangers:
                raise ValidationError(
                    self.env._(
                        "%(people)s: not members of %(team)s. Add them to the team first.",
                        people=", ".join(strangers.mapped("name")),
                        team=duty.team_id.name,
                    )
                )

    @api.model
    def _users_on(self, now, teams):
        """{team: users on duty at ``now``}, by the company's calendar day; one search a company."""
        found = dict.fromkeys(teams, self.env["res.users"])
        for company, group in teams.grouped("company_id").items():
            day = company._aftersales_day(now)
            # sudo: dispatch knows the roster, whoever takes the call
            duties = self.sudo().search(
                [("team_id", "in", group.ids), ("date_from", "<=", day), ("date_to", ">=", day)]
            )
            for team, rows in duties.grouped("team_id").items():
                found[team] = rows.user_ids
        return found


class AftersalesTicket(models.Model):
    _inherit = "aftersales.ticket"

    def _dispatch_pool(self, now):
        """Whoever is on the roster works, also on a holiday."""
        pool = super()._dispatch_pool(now)
        return {**pool, "roster": self.env["aftersales.duty"]._users_on(now, self.team_id)}

    def _dispatch_facts(self, pool, by_hand):
        facts = super()._dispatch_facts(pool, by_hand)
        roster = pool["roster"].get(self.team_id, self.env["res.users"])
        candidates = tuple(
            replace(one, on_duty=one.on_duty or one.user_id in roster.ids) for one in facts.candidates
        )
        return replace(facts, candidates=candidates)
