from odoo import api, fields, models

from ..policy import escalation, lifecycle, priority, ticket_flow


class AftersalesDeadline(models.Model):
    _inherit = "aftersales.deadline"

    kind = fields.Selection(
        selection_add=[("answer", "Answer the customer, who has come back")], ondelete={"answer": "cascade"}
    )


class AftersalesTicket(models.Model):
    """What a customer says about the result is heard: whoever has the ticket gets it as a task."""

    _inherit = "aftersales.ticket"

    # === HEARD === #

    def _customer_has_written(self):
        """By mail or in the portal: an answer ends the wait for it, a word on the result is no silence.

        The word itself is not understood. "Thanks" and "it is not solved" both leave the ticket where it is;
        a person reads it, and confirms for the customer or reopens (PROG-07).
        """
        waiting = self.filtered(lambda t: t.state == "waiting" and t.waiting_for == "customer")
        waiting._fire("resume", actor=lifecycle.SYSTEM, reason=self.env._("The customer has answered."))
        solved = self.filtered(lambda t: t.state == ticket_flow.RESOLVED and not t._open_rows(["answer"]))
        solved._fire("hear", actor=lifecycle.SYSTEM)
        for ticket in self.filtered(lambda t: t.state in ticket_flow.ENDED):
            ticket._tell_word(
                self.env._("%(ticket)s has ended, and the customer has written", ticket=ticket.name)
            )

    def _on_reopen(self):
        """Nobody finds out by chance that a result is disputed: assignee and supervisor are told at once."""
        # an emergency is one again, for everybody who heard of it the first time
        self.filtered(lambda t: t.priority == priority.P0)._raise_alarm(fields.Datetime.now())
        for ticket in self.filtered(lambda t: t.priority != priority.P0):
            ticket._tell_word(self.env._("%(ticket)s goes on: it is not solved", ticket=ticket.name))

    def _tell_word(self, subject):
        """On the screen of assignee and supervisor, and by mail or inbox."""
        users = self._concerned()
        if not self.env.su:
            users -= self.env.user
        if not users:
            return
        text = self.title or self.name
        for user in users:
            user._bus_send("simple_notification", {"title": subject, "message": text, "type": "warning"})
        # sudo: notified for the company, also when the customer has reopened it
        self.sudo().message_notify(partner_ids=users.partner_id.ids, subject=subject, body=text)

    # === THE PROMISE === #

    def _deadline_terms(self, kind):
        """Who comes back is answered in the time of a first reply; one's own reopening is no news."""
        if kind != "answer":
            return super()._deadline_terms(kind)
        told = self.filtered(lambda ticket: ticket.env.su or ticket.user_id != ticket.env.user)
        targets = {ticket: (ticket.sla_targets or {}).get("first_reply") for ticket in told}
        own = self._own_calendars([target for target in targets.values() if target])
        return {
            ticket: ticket._terms_of(target, own) if target else ticket._terms_of_a_day()
            for ticket, target in targets.items()
        }

    def _terms_of_a_day(self):
        return self.env["aftersales.deadline"].terms(1, "working_days", self._service_calendar())

    def _deadline_user(self, kind):
        if kind != "answer":
            return super()._deadline_user(kind)
        return self.user_id.filtered("active") or self._leader()

    def _on_deadline_missed(self, kind):
        """A solved ticket is not open any more, its customer waits all the same."""
        super()._on_deadline_missed(kind)
        if kind == "answer":
            solved = self.filtered(lambda ticket: ticket.state == ticket_flow.RESOLVED)
            solved._escalation_tasks(kind, escalation.BREACH)

    @api.depends("next_kind")
    def _compute_headline(self):
        super()._compute_headline()

    def _next_step(self):
        if self.state == ticket_flow.RESOLVED and self.next_kind == "answer":
            return self.env._("The customer has written: confirm for them, or reopen")
        return super()._next_step()
