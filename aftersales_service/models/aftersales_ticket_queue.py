from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..policy import ticket_flow

#: a promise that falls due within this time is at risk
AT_RISK = timedelta(hours=2)

#: events after which somebody else has to do something, or nobody any more
MOVES = {
    "create", "assign", "accept", "decline", "pass_on", "escalate", "cancel", "reinstate", "resolve", "hear",
    "reopen",
}  # fmt: skip

_OPEN = "state IN ('new', 'assigned', 'accepted', 'in_progress', 'waiting')"


class AftersalesTicket(models.Model):
    """Queues that people work from: each list and counter reads as many rows as it shows, however many
    tickets have been closed."""

    _inherit = "aftersales.ticket"
    _missed_field = "has_missed"

    has_missed = fields.Boolean(
        "Promise missed", readonly=True, copy=False, help="A promise was not kept in time."
    )

    # the full list, in its default order
    _order_idx = models.Index("(priority, next_due_at, id)")
    # My
    _my_idx = models.Index(f"(user_id, priority, next_due_at, id) WHERE {_OPEN}")
    # Unassigned, Not accepted, and the dispatcher's queue
    _dispatch_idx = models.Index("(priority, next_due_at, id) WHERE state IN ('new', 'assigned')")
    # At risk
    _due_idx = models.Index(f"(next_due_at, team_id) WHERE {_OPEN}")
    # Breached
    _missed_idx = models.Index(f"(priority, next_due_at, id, team_id) WHERE has_missed AND {_OPEN}")
    # a team's counters and lists; the company is what the access rule asks for
    _team_queue_idx = models.Index(f"(team_id, state, priority) INCLUDE (company_id) WHERE {_OPEN}")

    # === WHAT IS LATE === #

    @api.depends("has_missed", "state")
    def _compute_is_breached(self):
        for ticket in self:
            ticket.is_breached = ticket.has_missed and ticket.state in ticket_flow.OPEN

    @api.model
    def _breached_domain(self):
        """Open tickets with a missed promise."""
        return Domain("state", "in", self._open_states()) & Domain("has_missed", "=", True)

    @api.model
    def _at_risk_domain(self):
        """Open tickets of which something falls due soon."""
        soon = fields.Datetime.now() + AT_RISK
        return Domain("state", "in", self._open_states()) & Domain("next_due_at", "<=", soon)

    @api.model
    def _owned_fields(self):
        return super()._owned_fields() | {"has_missed"}

    def _refresh_next_due(self):
        """Whether a promise was missed is kept beside what is due next."""
        super()._refresh_next_due()
        self.invalidate_recordset(["is_breached"])

    # === WHO SHOULD LOOK AGAIN === #

    def _after_event(self, event, now):
        super()._after_event(event, now)
        if event in MOVES:
            self._tell_boards()

    def _tell_boards(self):
        """Boards that are open look again; once a transaction, however many tickets have moved."""
        waiting = self.env.cr.precommit.data
        if "aftersales_board_teams" not in waiting:
            waiting["aftersales_board_teams"] = set()
            self.env.cr.precommit.add(self.env["aftersales.ticket"]._send_to_boards)
        # sudo: ids of teams, whoever has moved the ticket
        waiting["aftersales_board_teams"].update(self.sudo().team_id.ids or [0])

    @api.model
    def _send_to_boards(self):
        """The message names teams only: who may see their tickets asks for them."""
        teams = self.env.cr.precommit.data.pop("aftersales_board_teams", set())
        # the channel is the group of those who dispatch; that it is there need not be asked at every ticket
        known = self.env["ir.model.data"]._xmlid_to_res_id("aftersales_service.group_agent")
        if teams and known:
            group = self.env["res.groups"].browse(known).sudo()  # sudo: its name is not read
            group._bus_send("aftersales_board", {"team_ids": sorted(teams)})


class AftersalesVisit(models.Model):
    _inherit = "aftersales.visit"

    # the board's day
    _user_day_idx = models.Index("(user_id, start)")

    @api.model_create_multi
    def create(self, vals_list):
        visits = super().create(vals_list)
        visits.ticket_id._tell_boards()
        return visits

    def write(self, vals):
        result = super().write(vals)
        if {"start", "stop", "user_id", "state"}.intersection(vals):
            self.ticket_id._tell_boards()
        return result
