from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.aftersales_priority_rule import PRIORITIES
from ..policy import ticket_flow


class AftersalesTicketBatch(models.TransientModel):
    """One word on many tickets: give them to a team, change their priority, cancel or answer them.

    What cannot be done is told ticket by ticket, the rest is done.
    """

    _name = "aftersales.ticket.batch"
    _description = "Work on several tickets"

    ticket_ids = fields.Many2many("aftersales.ticket", required=True, readonly=True)
    ticket_count = fields.Integer("Tickets", compute="_compute_ticket_count")
    what = fields.Selection(
        [
            ("give", "Give to"),
            ("priority", "Change the priority"),
            ("cancel", "Cancel"),
            ("answer", "Answer the customers"),
        ],
        required=True,
        readonly=True,
    )
    company_id = fields.Many2one("res.company", compute="_compute_ticket_count")
    team_id = fields.Many2one("aftersales.team", domain="[('company_id', '=', company_id)]")
    user_id = fields.Many2one(
        "res.users",
        "Assignee",
        domain="[('share', '=', False)]",
        help="Empty: new tickets go to whom the dispatch finds in the team.",
    )
    priority = fields.Selection(PRIORITIES)
    reason = fields.Char()
    canned_id = fields.Many2one("mail.canned.response", "Canned answer")
    body = fields.Text(
        "Answer", compute="_compute_body", store=True, readonly=False, help="Every customer gets these words."
    )

    @api.depends("ticket_ids")
    def _compute_ticket_count(self):
        for batch in self:
            batch.ticket_count = len(batch.ticket_ids)
            batch.company_id = batch.ticket_ids.company_id[:1]

    @api.depends("canned_id")
    def _compute_body(self):
        for batch in self:
            batch.body = batch.canned_id.substitution or batch.body

    @api.model
    def default_get(self, fields_list):
        """The selection of the list."""
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "aftersales.ticket" and not values.get("ticket_ids"):
            values["ticket_ids"] = [Command.set(self.env.context.get("active_ids") or [])]
        return values

    def action_apply(self):
        """Do it with what is open; say of the rest why not."""
        self.ensure_one()
        self._refuse_unsaid()
        tickets = self.ticket_ids
        if self.what == "cancel":
            return tickets._batch_told(tickets._batch_fire("cancel", reason=self.reason.strip())["refused"])
        refused = self._refused_beforehand()
        ready = tickets.filtered(lambda ticket: ticket not in refused)
        refused |= ready._batch_do(getattr(self, f"_{self.what}"))
        return tickets._batch_told(refused)

    def _refuse_unsaid(self):
        """What the others would have to guess."""
        missing = {
            "give": not self.team_id and not self.user_id and self.env._("Choose a team or an assignee."),
            "priority": not self.priority and self.env._("Choose the priority that they shall have."),
            "answer": not (self.body or "").strip() and self.env._("Write what the customers shall read."),
            "cancel": False,
        }[self.what]
        if not missing and self.what in ("priority", "cancel") and not (self.reason or "").strip():
            missing = self.env._("Say why: the next one who opens the ticket will want to know.")
        if missing:
            raise UserError(missing)
        if self.what == "priority" and not self.env.user.has_group("aftersales_service.group_supervisor"):
            raise AccessError(self.env._("Only a supervisor decides otherwise than the rules."))

    def _refused_beforehand(self):
        """{ticket: sentence}."""
        refused = {}
        for ticket in self.ticket_ids:
            if ticket.state in ticket_flow.ENDED or (self.what != "answer" and ticket.state == "resolved"):
                refused[ticket] = self.env._("It is not open any more: reopen it first.")
            elif self.what == "answer" and not (ticket.email or ticket.partner_id.email):
                refused[ticket] = self.env._("It has no e-mail address to answer to.")
        return refused

    # === WHAT IS DONE WITH THOSE THAT ARE OPEN === #

    def _give(self, tickets):
        """To the team, the assignee or both; what is new and has nobody goes to whom the dispatch finds."""
        chosen = {"team_id": self.team_id.id, "user_id": self.user_id.id}
        tickets.write({name: value for name, value in chosen.items() if value})
        waiting = tickets.filtered(lambda t: t.state == ticket_flow.NEW and not t.user_id)
        waiting.filtered(lambda t: t.team_id.assignment == "auto")._dispatch(fields.Datetime.now())

    def _priority(self, tickets):
        tickets.action_override_priority(self.priority, self.reason)

    def _answer(self, tickets):
        for ticket in tickets:
            ticket.message_post(body=self.body, message_type="comment", subtype_xmlid="mail.mt_comment")
