from odoo import api, fields, models

from ..policy import escalation, priority, ticket_flow


class AftersalesTicket(models.Model):
    """The emergency path of a p0: past the first line, everybody concerned at once, a plan when it lasts."""

    _inherit = "aftersales.ticket"

    emergency_plan_at = fields.Datetime(
        "Emergency plan since",
        readonly=True,
        copy=False,
        help="The trouble has outlasted its limit, holidays included: the emergency plan has begun.",
    )

    def _owned_fields(self):
        return super()._owned_fields() | {"emergency_plan_at"}

    # === AT ONCE === #

    def _take_up(self, now):
        """A p0 is given at once, at whatever hour (SLA-01), and told to everybody concerned (PRIO-10)."""
        super()._take_up(now)
        self.filtered(lambda ticket: ticket.priority == priority.P0)._raise_alarm(now)

    def _follow_up_facts(self, changed):
        """A mail becomes a p0 when somebody has read it: the same happens then."""
        before = self.filtered(lambda ticket: ticket.priority == priority.P0)
        super()._follow_up_facts(changed)
        fresh = self.filtered(lambda t: t.name and t.priority == priority.P0 and t.state in ticket_flow.OPEN)
        # sudo: a rule hands it on, also where an engineer has said how bad it is and may not read on
        (fresh - before).sudo()._go_past_the_first_line()._raise_alarm(fields.Datetime.now())

    def _go_past_the_first_line(self):
        """To the emergency team, unless somebody is on it already."""
        waiting = self.filtered(lambda t: t.state == ticket_flow.NEW and not t.team_id.is_emergency)
        rows = self.env["aftersales.team"]._team_rows(waiting.company_id) if waiting else {}
        # sudo: which teams there are, whoever has raised the priority
        teams = self.env["aftersales.team"].sudo()
        for ticket in waiting:
            team = teams.browse(ticket._team_among(rows[ticket.company_id]) or [])
            if team.is_emergency:
                ticket.team_id = team.id
        return self

    def _raise_alarm(self, now):
        """Dispatch without regard to working hours, then tell team and supervisor on screen and by mail."""
        unassigned = self.filtered(lambda ticket: ticket.state == ticket_flow.NEW and not ticket.user_id)
        unassigned.filtered(lambda ticket: ticket.team_id.is_emergency)._dispatch(now)
        for ticket in self:
            ticket._tell_concerned(
                self.env._("%(ticket)s: everything is down", ticket=ticket.name),
                self.env._(
                    "%(title)s. Customer: %(customer)s. Assignee: %(user)s.",
                    title=ticket.title or "-",
                    customer=ticket.partner_id.name or ticket.contact_name or "-",
                    user=ticket.user_id.name or self.env._("nobody yet"),
                ),
            )

    def _concerned(self):
        """Assignee, supervisor and, of an emergency team, every member."""
        team = self.sudo().team_id  # sudo: the alarm reaches whom it concerns, whoever raises it
        members = team.member_ids if team.is_emergency else self.env["res.users"]
        return (self.sudo().user_id | team.supervisor_id | members).filtered("active")

    def _tell_concerned(self, subject, text):
        """On the screen of whoever is there, by mail or inbox to everybody (PRIO-12)."""
        users = self._concerned()
        if not users:
            return
        for user in users:
            user._bus_send(
                "simple_notification",
                {"title": subject, "message": text, "type": "danger", "sticky": True},
            )
        # sudo: notified for the company, also when a customer or the mail gateway has raised it
        self.sudo().message_notify(partner_ids=users.partner_id.ids, subject=subject, body=text)

    # === WHEN IT LASTS === #

    def _on_deadline_missed(self, kind):
        super()._on_deadline_missed(kind)
        if kind == "emergency":
            self.filtered(lambda ticket: ticket.state in ticket_flow.OPEN)._start_emergency_plan()

    def _start_emergency_plan(self):
        """SLA-15, SLA-26: still unsolved after the limit; the supervisor begins the emergency plan."""
        fresh = self.filtered(lambda ticket: not ticket.emergency_plan_at)
        fresh._write_policy({"emergency_plan_at": fields.Datetime.now()})
        text = self.env._("Time is over and it is not solved: the emergency plan begins.")
        fresh._message_log_batch(dict.fromkeys(fresh.ids, text))
        for ticket in fresh:
            ticket._tell_concerned(self.env._("%(ticket)s: emergency plan", ticket=ticket.name), text)

    @api.model
    def _escalation_summary(self, about, kind):
        if kind == "emergency" and about == escalation.BREACH:
            return self.env._("Start the emergency plan")
        return super()._escalation_summary(about, kind)

    def action_mark_restored(self):
        """A system that runs again needs no emergency plan (SLA-15)."""
        result = super().action_mark_restored()
        self._stop_deadlines(["emergency"])
        return result

    # === AFTERWARDS === #

    def _after_event(self, event, now):
        """Who was alarmed hears of the result (PRIO-12); a second handling has a plan of its own."""
        super()._after_event(event, now)
        if event == "resolve":
            for ticket in self.filtered(lambda t: t.priority == priority.P0):
                ticket._tell_concerned(
                    self.env._("%(ticket)s is solved", ticket=ticket.name),
                    ticket.solution or self.env._("The result is in the ticket."),
                )
        if event == "reopen":
            self.filtered("emergency_plan_at")._write_policy({"emergency_plan_at": False})
