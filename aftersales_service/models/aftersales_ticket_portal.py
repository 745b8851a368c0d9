from odoo import models

from ..policy import ticket_flow

#: nobody has begun yet
BEFORE_WORK = (ticket_flow.NEW, ticket_flow.ASSIGNED)


class AftersalesTicket(models.Model):
    """What the customer reads on the portal besides the steps: what is next, by when."""

    _inherit = "aftersales.ticket"

    def _portal_next(self):
        """One sentence in the reader's language; empty where the request has ended."""
        self.ensure_one()
        if self.state in BEFORE_WORK:
            return self._portal_first_reply()
        if self.state == ticket_flow.RESOLVED:
            return self._portal_closing()
        if self.state == ticket_flow.WAITING:
            return self._portal_waiting()
        if self.state in ticket_flow.OPEN:
            now = self._portal_visit() or self._portal_work()
            return " ".join(filter(None, [now, self._portal_solve_by()]))
        return ""

    def _portal_first_reply(self):
        if self.first_reply_at:
            return self.env._("Somebody takes your request up soon.")
        return self.env._("You will hear from us %(when)s.", when=self._expected_text())

    def _portal_closing(self):
        rows = self.sudo().deadline_ids  # sudo: the customer's own promise
        confirm = rows.filtered(lambda row: row.kind == "confirm" and row.state == "running")[:1]
        if not confirm.due_at:
            return self.env._("Please tell us whether it is solved.")
        return self.env._(
            "Please tell us whether it is solved. Without an answer we close it on %(day)s.",
            day=self._customer_moment(confirm.due_at),
        )

    def _portal_visit(self):
        """The next visit, or nothing."""
        visit = self._next_visit()
        if not visit:
            return ""
        return self.env._(
            "%(who)s comes on %(start)s to %(stop)s (%(zone)s).",
            who=visit.user_id.name,
            start=self._customer_moment(visit.start),
            stop=self._customer_moment(visit.stop, clock_only=self._same_day(visit.start, visit.stop)),
            zone=self._customer_zone(visit.start),
        )

    def _portal_solve_by(self):
        """SLA-03: the timetable of the solution."""
        if not self.solve_by:
            return ""
        return self.env._("We expect it to be solved by %(when)s.", when=self._customer_moment(self.solve_by))

    def _portal_work(self):
        who = self.sudo().user_id.name or self.env._("our customer service")  # sudo: whom the mails name
        if self.state == ticket_flow.ACCEPTED:
            return self.env._("%(who)s has taken your request and will work on it.", who=who)
        return self.env._("%(who)s is working on your request.", who=who)
