"""A return leads the ticket that was made for it.

Nobody works on such a ticket beside its return, so the decision on the return accepts and answers it, and the
return's end is its end. A ticket that was there before the return is its agent's and stays as it is.
"""

from odoo import fields, models

from odoo.addons.aftersales_service.policy import lifecycle, ticket_flow, visit_flow

from ..policy import rma_flow

#: what a person does with a return shows that he has taken its ticket
DECISIONS = (
    "approve", "refuse", "uphold", "pass_to_refund", "pass_to_shipment", "reject", "return_goods",
    "confirm_refund",
)  # fmt: skip
#: events of which the customer is told what was decided on his request
ANSWERS = ("approve", "refuse")
#: events that end a return
ENDS = ("settle", "ship", "conclude", "close", "dismiss", "charge_kept", "cancel")
#: states in which nothing more happens to a return
OVER = (rma_flow.DONE, rma_flow.CLOSED, rma_flow.CANCELLED)
#: states of a ticket that nobody has accepted
UNACCEPTED = (ticket_flow.NEW, ticket_flow.ASSIGNED)


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    leads_ticket = fields.Boolean(
        "Leads its ticket", readonly=True, copy=False, help="The ticket was made for this return."
    )

    def _owned_fields(self):
        return super()._owned_fields() | {"leads_ticket"}

    def write(self, vals):
        """Put on a ticket by somebody, the return leads none any more."""
        result = super().write(vals)
        if "ticket_id" in vals and not self._is_policy_write():
            self.filtered("leads_ticket")._write_policy({"leads_ticket": False})
        return result

    def _after_event(self, event, now):
        super()._after_event(event, now)
        if event in DECISIONS and not self.env.su:
            self.filtered("leads_ticket")._take_ticket(event)
        if event in ENDS:
            own = self.filtered(lambda rma: rma.leads_ticket or rma.supplement_of_id.leads_ticket)
            own.filtered(lambda rma: rma.state in OVER)._end_ticket(event)

    def _take_ticket(self, event):
        """Whoever decides on the return has taken its ticket, and has answered where the customer is told."""
        # sudo: the ticket follows from the return, whose event was allowed
        handled = self.filtered(lambda rma: rma.user_id in (self.env["res.users"], self.env.user)).sudo()
        tickets = handled.ticket_id.with_context(aftersales_no_mail=True)  # he hears of the return itself
        waiting = tickets.filtered(lambda ticket: ticket.state in UNACCEPTED)
        waiting._pass_on_what_is_late()
        waiting.filtered(lambda ticket: ticket.user_id != self.env.user).write({"user_id": self.env.uid})
        waiting.sudo(False)._fire("accept")
        if event in ANSWERS:
            told = handled.filtered(lambda rma: rma._is_to_be_told() and rma._has_address())
            told.ticket_id._stamp_fact("first_reply_at", "first_reply")

    def _end_ticket(self, event):
        """Tickets end with their returns, all in one go, unless something else on them is open."""
        returns = self.sudo().filtered(
            lambda rma: rma.ticket_id._waits_for_nothing_but(rma)
        )  # sudo: as in _take_ticket
        reasons = {
            rma.ticket_id: self.env._("%(rma)s: %(state)s", rma=rma.name, state=rma._state_label())
            for rma in returns
        }
        tickets = returns.ticket_id.with_context(aftersales_no_mail=True)
        solved = tickets.filtered(lambda ticket: (ticket.state, "resolve") in ticket._flow.transitions)
        solved._fire("resolve", actor=lifecycle.SYSTEM, reason=reasons)
        if event == "cancel":
            refused = (tickets - solved).filtered(lambda ticket: ticket.state in UNACCEPTED)
            refused._fire("cancel", actor=lifecycle.SYSTEM, reason=reasons)


class AftersalesTicket(models.Model):
    _inherit = "aftersales.ticket"

    def _pass_on_what_is_late(self):
        """The time to accept was up, and the ledger has not come round yet: what was announced goes first."""
        now = fields.Datetime.now()
        rows = self._open_rows(["accept"])
        rows.filtered(lambda row: row.state == "running" and row.due_at and row.due_at <= now)._expire(now)

    def _waits_for_nothing_but(self, rma):
        """Whether the end of ``rma`` leaves nothing to do: no return, visit, repair or answer."""
        if self.state not in ticket_flow.OPEN:
            return False
        others = (self.rma_ids - rma).filtered(lambda other: other.state not in OVER)
        visits = self.visit_ids.filtered(lambda visit: visit.state in visit_flow.EXPECTED)
        repairs = self.repair_ids.filtered(
            lambda repair: repair.state not in ("done", "cancel") and not repair.aftersales_rma_line_id
        )
        asked = self.deadline_ids.filtered(lambda row: row.kind == "answer" and row.state == "running")
        return not (others or visits or repairs or asked)
