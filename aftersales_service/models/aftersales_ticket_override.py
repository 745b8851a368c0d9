from odoo import fields, models
from odoo.exceptions import UserError

from ..policy import priority, ticket_flow


class AftersalesTicket(models.Model):
    """A supervisor decides otherwise than the table, with a reason, and the promises follow."""

    _inherit = "aftersales.ticket"

    def action_ask_override(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decide otherwise"),
            "res_model": "aftersales.ticket.override",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_ticket_ids": self.ids, "default_priority": self[:1].priority},
        }

    def action_override_priority(self, outcome, reason):
        """PRIO-07: ``outcome`` (p0 … p3) holds until the facts change; a p0 takes the emergency path."""
        self._refuse_override_of_ended()
        self._refuse_what_stands("priority", outcome)
        self._override_verdict("priority", outcome, reason)
        promised = {ticket: set(ticket.sla_targets or ()) for ticket in self}
        self._write_policy({"priority": outcome})
        self._judge_sla()
        self._retarget_deadlines()
        self._open_new_promises(promised)
        if outcome == priority.P0:
            self._go_past_the_first_line()._raise_alarm(fields.Datetime.now())
        return True

    def _refuse_override_of_ended(self):
        ended = self.filtered(lambda ticket: ticket.state not in ticket_flow.OPEN)
        if ended:
            raise UserError(
                self.env._(
                    "%(tickets)s is not open any more: its priority counts for nothing. Reopen it first.",
                    tickets=", ".join(ended.mapped("display_name")),
                )
            )
