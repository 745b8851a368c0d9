import dataclasses

from odoo import fields, models

from ..policy import priority, ticket_flow

RELIEFS = [
    (priority.NO_RELIEF, "Not yet"),
    (priority.TEMPORARY, "Temporary fix works, lasting one to come"),
    (priority.LONG_TERM, "Runs, to be improved in the long run"),
]

#: promises that are kept as soon as the customer's system runs again, by whatever means
UNTIL_IT_RUNS = ("restore", "emergency")


class AftersalesTicket(models.Model):
    """A temporary fix or a lasting solution: what already runs gives way to what does not (PRIO-07).

    With the temporary fix the customer's system runs again, which is what the promise to restore waits for.
    When the fix fails it is promised anew, and a p0 is one again.
    """

    _inherit = "aftersales.ticket"

    relief = fields.Selection(
        RELIEFS,
        "Solved so far",
        required=True,
        default=priority.NO_RELIEF,
        copy=False,
        help="A temporary fix lets the customer work on, so the rest can wait: one level of priority less. "
        "What is left to improve in the long run comes last. When the fix fails, choose 'Not yet' again.",
    )

    def _priority_facts(self):
        return dataclasses.replace(super()._priority_facts(), relief=self.relief)

    def _response_level(self):
        """The priority that its promises were made with: what runs is paid as it broke (SLA-23)."""
        self.ensure_one()
        if self.relief == priority.NO_RELIEF:
            return self.priority
        facts = dataclasses.replace(self._priority_facts(), relief=priority.NO_RELIEF)
        rules = self.env["aftersales.priority.rule"]._policy_rows(self.company_id)
        return min(self.priority, priority.judge(facts, rules).outcome)

    def _follow_up_facts(self, changed):
        """What runs again keeps its promises before the others are judged by the new priority."""
        told = self if "relief" in changed else self.browse()
        followed = told.filtered(lambda ticket: ticket.name and ticket.state in ticket_flow.OPEN)
        runs = followed.filtered(lambda ticket: ticket.relief != priority.NO_RELIEF)
        runs._stamp_fact("restored_at", "restore")
        runs._stop_deadlines(list(UNTIL_IT_RUNS))
        super()._follow_up_facts(changed)
        failed = (followed - runs).filtered("restored_at")
        if failed:
            failed._fails_again()

    def _fails_again(self):
        """The moment goes, what was kept stays kept; both promises begin anew."""
        self._write_policy({"restored_at": False})
        self._open_deadlines(list(UNTIL_IT_RUNS))

    def action_mark_restored(self):
        """The button is the short way to the temporary fix: it runs again, the repair goes on."""
        result = super().action_mark_restored()
        self.filtered(lambda ticket: ticket.relief == priority.NO_RELIEF).relief = priority.TEMPORARY
        return result

    def _after_event(self, event, now):
        """A result that was disputed is none: the second handling begins with nothing solved."""
        super()._after_event(event, now)
        if event in ("reopen", "reinstate"):
            solved = self.filtered(lambda ticket: ticket.relief != priority.NO_RELIEF)
            if solved:
                # sudo: the customer disputes, a rule follows
                solved.sudo().write({"relief": priority.NO_RELIEF})
