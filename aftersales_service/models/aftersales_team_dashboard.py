from odoo import fields, models
from odoo.fields import Domain


class AftersalesTeam(models.Model):
    """The card of a team: what its people have not taken, what is late, what waits."""

    _inherit = "aftersales.team"

    dispatcher_id = fields.Many2one(
        "res.users",
        domain="[('share', '=', False)]",
        help="Gives the team's tickets to its people on the board, may decide otherwise than dispatch with a "
        "reason, and has a ticket as a task as long as it has nobody. Empty: the supervisor does.",
    )
    not_accepted_count = fields.Integer("Not accepted", compute="_compute_counts")
    waiting_count = fields.Integer("Waiting", compute="_compute_counts")
    at_risk_count = fields.Integer("At risk", compute="_compute_counts")
    p0_count = fields.Integer("P0", compute="_compute_counts")

    def _compute_counts(self):
        """Three statements for all teams together, each over open tickets only."""
        tickets = self.env["aftersales.ticket"]
        is_open = Domain("state", "in", tickets._open_states()) & Domain("team_id", "in", self.ids)
        rows = tickets._read_group(is_open, ["team_id", "state", "priority"], ["__count"])
        late = self._count_by_team(is_open & tickets._breached_domain())
        soon = self._count_by_team(is_open & tickets._at_risk_domain())
        for team in self:
            own = [(state, priority, count) for found, state, priority, count in rows if found == team]
            by_state = dict.fromkeys(tickets._open_states(), 0)
            for state, _priority, count in own:
                by_state[state] += count
            team.new_count = by_state["new"]
            team.not_accepted_count = by_state["assigned"]
            team.waiting_count = by_state["waiting"]
            team.open_count = sum(by_state.values())
            team.p0_count = sum(count for _state, priority, count in own if priority == "p0")
            team.breached_count = late.get(team, 0)
            team.at_risk_count = soon.get(team, 0)

    def _count_by_team(self, domain):
        return dict(self.env["aftersales.ticket"]._read_group(domain, ["team_id"], ["__count"]))

    def action_open_board(self):
        """The dispatcher's board, on this team."""
        action = self.env["ir.actions.client"]._for_xml_id("aftersales_service.aftersales_board_action")
        return {**action, "params": {"team_ids": self.ids}}

    def _is_led_by(self, user):
        """Whether ``user`` decides who does what in the team."""
        return user in (self.dispatcher_id, self.supervisor_id)
