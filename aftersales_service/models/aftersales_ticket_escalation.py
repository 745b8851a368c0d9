from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..policy import escalation, sla, ticket_flow


class AftersalesTicket(models.Model):
    """A promise in danger is somebody's task: the assignee's, then the supervisor's, then the manager's."""

    _inherit = "aftersales.ticket"

    def _deadline_notices(self, kind):
        """Warning and escalation of what the SLA promises; one that expires into an event ends there."""
        if kind not in sla.TARGETS or self._flow.promises[kind].expires:
            return ()
        return tuple(step.percent for step in escalation.steps(self.company_id._aftersales_chain()))

    def _on_deadline_notice(self, kind, percent, rows):
        super()._on_deadline_notice(kind, percent, rows)
        by_ticket = {row.res_id: row for row in rows}
        tickets = self.filtered(lambda ticket: ticket.state in ticket_flow.OPEN)
        about = escalation.WARNING if percent < escalation.BROKEN else escalation.ESCALATION
        tasks = tickets._escalation_tasks(kind, about)
        for ticket, task in tasks.items():
            row = by_ticket[ticket.id]
            if about == escalation.WARNING and not row.activity_id:
                row.activity_id = task  # so that the task goes when the promise is kept

    def _on_deadline_missed(self, kind):
        """A missed promise is the supervisor's business."""
        self.filtered(lambda t: t.state in ticket_flow.OPEN)._escalation_tasks(kind, escalation.BREACH)

    def _escalation_tasks(self, kind, about):
        """{ticket: activity} for whoever is next in the line; one create."""
        users = {ticket: ticket._escalation_user(about) for ticket in self}
        wanted = [ticket for ticket, user in users.items() if user]
        activity_type = self.env.ref("aftersales_service.mail_activity_type_deadline", False)
        # sudo: the task goes to whoever is in charge, whoever started the cron
        activities = self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True)
        task = {
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "activity_type_id": activity_type and activity_type.id,
            "summary": self._escalation_summary(about, kind),
            "date_deadline": fields.Date.context_today(self),
        }
        created = activities.create(
            [{**task, "res_id": ticket.id, "user_id": users[ticket].id} for ticket in wanted]
        )
        return dict(zip(wanted, created, strict=True))

    def _escalation_user(self, about):
        """Archived users hear of nothing; the line goes on without them."""
        team = self.team_id
        people = [self.user_id, team.supervisor_id, team.manager_id]
        ids = [user.id if user.active else None for user in people]
        return self.env["res.users"].browse(escalation.recipient(about, escalation.People(*ids)))

    @api.model
    def _escalation_summary(self, about, kind):
        kinds = self.env["aftersales.deadline"]._fields["kind"]._description_selection(self.env)
        promise = dict(kinds)[kind]
        return {
            escalation.WARNING: self.env._("Soon due: %(promise)s", promise=promise),
            escalation.BREACH: self.env._("Missed: %(promise)s", promise=promise),
            escalation.ESCALATION: self.env._("Still missed: %(promise)s", promise=promise),
        }[about]

    # === REMINDING BY HAND === #

    def _batch_remind(self):
        """Remind the assignees of open tickets: a task each, and one notice a person on the screen."""
        self.check_access("write")
        refused = {}
        for ticket in self:
            if ticket.state not in ticket_flow.OPEN:
                refused[ticket] = self.env._("%(ticket)s is not open any more.", ticket=ticket.display_name)
            elif not ticket.user_id.active:
                refused[ticket] = self.env._(
                    "%(ticket)s has nobody to remind: assign it first.", ticket=ticket.display_name
                )
        reminded = self.filtered(lambda ticket: ticket not in refused)
        reminded._remind_assignees()
        return self._batch_told(refused)

    def _remind_assignees(self):
        for user, tickets in self.grouped("user_id").items():
            for ticket in tickets:
                ticket.activity_schedule(
                    "mail.mail_activity_data_todo", user_id=user.id, summary=self.env._("Reminder")
                )
            user._bus_send(
                "simple_notification",
                {
                    "title": self.env._("Reminder from %(user)s", user=self.env.user.name),
                    "message": ", ".join(tickets.mapped("display_name")),
                    "type": "warning",
                },
            )


class ResCompany(models.Model):
    _inherit = "res.company"

    aftersales_warn_percent = fields.Integer(
        "Warn at",
        default=75,
        help="Percent of a promise's time after which the assignee is warned. 0: no warning.",
    )
    aftersales_escalate_percent = fields.Integer(
        "Escalate at",
        default=150,
        help="Percent of a promise's time after which one that stays broken becomes the manager's task. "
        "0: never.",
    )

    @api.constrains("aftersales_warn_percent", "aftersales_escalate_percent")
    def _check_aftersales_chain(self):
        for company in self:
            if escalation.faults(company._aftersales_chain()):
                raise ValidationError(
                    self.env._(
                        "%(company)s: a warning comes before the promise is broken (1 to 99 percent) and an "
                        "escalation after it (more than 100 percent); 0 switches either off.",
                        company=company.name,
                    )
                )

    def _aftersales_chain(self):
        # sudo: the company's choice, whoever opens the ticket
        company = self.sudo()
        return escalation.Chain(company.aftersales_warn_percent, company.aftersales_escalate_percent)


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_warn_percent = fields.Integer(related="company_id.aftersales_warn_percent", readonly=False)
    aftersales_escalate_percent = fields.Integer(
        related="company_id.aftersales_escalate_percent", readonly=False
    )
