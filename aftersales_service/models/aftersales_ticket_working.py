from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, email_normalize

from ..policy import lifecycle, ticket_flow
from .ir_qweb import Compiled

#: event → node that the customer hears of
NODES = {"accept": "accepted", "start": "in_progress", "wait": "waiting", "resolve": "resolved"}

#: node → the choice of the company that it belongs to, where it has none of its own
CHOICES = {
    "resumed": "waiting",
    "visit_done": "visit",
    "visit_cancelled": "visit",
    "visit_moved": "visit",
    "cancelled": "ended",
    "merged": "ended",
}


class AftersalesTicket(models.Model):
    """Working on tickets: take the next one, hand on what is too hard, and keep the customer informed."""

    _inherit = "aftersales.ticket"

    told_nodes = fields.Json(
        "Told nodes",
        readonly=True,
        copy=False,
        help="{node: when the customer was told}; each node is told once.",
    )
    escalated_at = fields.Datetime("Escalated at", readonly=True, copy=False)
    escalated_from_id = fields.Many2one(
        "aftersales.team", "Handed on by", readonly=True, copy=False, help="The team that could not solve it."
    )
    support_level = fields.Selection(related="team_id.support_level")

    @api.model
    def _owned_fields(self):
        return super()._owned_fields() | {"told_nodes", "escalated_from_id"}

    # === TAKE NEXT === #

    def action_take_next(self):
        """Take the most urgent ticket that nobody has, of the teams one works in; whatever is selected.

        No ``@api.model``: the button of the list passes its (empty) selection.
        """
        ticket = self._pick_next()
        if not ticket:
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {
                    "type": "info",
                    "message": self.env._("Nothing is waiting: every ticket of your teams has somebody."),
                },
            }
        # sudo: an engineer takes what is the team's, though dispatching is not an engineer's right
        ticket.sudo().user_id = self.env.user
        ticket.action_accept()
        return ticket._open()

    @api.model
    def _pick_next(self):
        """The first of the queue, locked until the end of the transaction; two people never get the same.

        Whoever asks at the same time skips the locked row and gets the one after it.
        """
        # sudo: which teams one is a member of
        teams = self.env["aftersales.team"].sudo().search([("member_ids", "in", self.env.user.ids)])
        self.flush_model(["state", "user_id", "team_id", "priority", "next_due_at", "company_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT ticket.id FROM aftersales_ticket AS ticket
                    WHERE ticket.state = %(new)s AND ticket.user_id IS NULL
                      AND ticket.team_id = ANY(%(teams)s) AND ticket.company_id = ANY(%(companies)s)
                      AND NOT EXISTS (SELECT FROM %(passed_over)s AS passed
                                       WHERE passed.%(ticket)s = ticket.id AND passed.%(user)s = %(me)s)
                    ORDER BY ticket.priority, ticket.next_due_at, ticket.id
                    LIMIT 1 FOR UPDATE SKIP LOCKED""",
                new=ticket_flow.NEW,
                teams=teams.ids,
                companies=self.env.companies.ids,
                me=self.env.uid,
                **self._passed_over_names(),
            )
        )
        return self.browse(row[0] for row in rows)

    @api.model
    def _passed_over_names(self):
        field = self._fields["passed_over_ids"]
        return {
            "passed_over": SQL.identifier(field.relation),
            "ticket": SQL.identifier(field.column1),
            "user": SQL.identifier(field.column2),
        }

    # === ESCALATION === #

    def action_escalate(self):
        """Ask to whom and why, then hand on (DIAG-01, DIAG-18, INTAKE-31)."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Hand on"),
            "res_model": "aftersales.ticket.escalation",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_ticket_ids": self.ids},
        }

    def _escalate(self, team, reason):
        """Give to another team, which finds it as new with its whole history."""
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why: the other team begins where you have stopped."))
        same = self.filtered(lambda ticket: ticket.team_id == team)
        if same:
            raise UserError(
                self.env._(
                    "%(tickets)s is with %(team)s already: choose another team.",
                    tickets=", ".join(same.mapped("name")),
                    team=team.name,
                )
            )
        # access and right are checked before anything is written
        self.check_access("write")
        self._refuse_without_right("escalate", self._acting())
        text = self.env._("To %(team)s: %(reason)s", team=team.name, reason=reason)
        before = {ticket: ticket.team_id for ticket in self}
        # sudo: an engineer hands on to a team whose tickets are none of his from then on
        tickets = self.sudo()
        tickets._fire("escalate", actor=lifecycle.SYSTEM, reason=text)
        for ticket, team_before in before.items():
            ticket.sudo()._write_policy({"escalated_from_id": team_before.id})  # sudo: as above
        tickets.write({"team_id": team.id, "user_id": False})
        tickets.filtered(lambda ticket: team.assignment == "auto")._dispatch(fields.Datetime.now())

    # === EVERY NODE IS TOLD ONCE === #

    def _after_event(self, event, now):
        super()._after_event(event, now)
        if event == "reopen":
            self._forget_node("resolved")
        if event in NODES:
            self._tell_node(NODES[event])

    def _forget_node(self, node):
        """A second handling has a result of its own, which is told again."""
        for ticket in self.filtered(lambda t: node in (t.told_nodes or {})):
            told = {key: at for key, at in ticket.told_nodes.items() if key != node}
            ticket._write_policy({"told_nodes": told})

    def _tell_node(self, node):
        """Queue one mail a ticket that has reached ``node`` for the first time (PROG-01, PROG-02)."""
        template = self.env.ref("aftersales_service.mail_template_ticket_progress", raise_if_not_found=False)
        if not template or self.env.context.get("aftersales_no_mail"):
            return
        fresh = self.filtered(lambda ticket: ticket._is_to_be_told(node))
        if not fresh:
            return
        batch = {"aftersales_node": node, "aftersales_compiled": Compiled()}
        # sudo: the mail goes out for the company, whoever has moved the ticket
        template.sudo().with_context(**batch).send_mail_batch(fresh.ids)
        now = fields.Datetime.to_string(fields.Datetime.now())
        for ticket in fresh:
            key = ticket._node_key(node)
            ticket._write_policy({"told_nodes": {**(ticket.told_nodes or {}), key: now}})

    def _is_to_be_told(self, node):
        # sudo: the company's choice, read by whoever moves the ticket
        wanted = self.company_id.sudo()[f"aftersales_tell_{CHOICES.get(node, node)}"]
        told = self.sudo()  # sudo: the address is used, not shown to whoever moves the ticket
        address = email_normalize(told.email or told.partner_id.email or "")
        return bool(wanted and address) and self._node_key(node) not in (self.told_nodes or {})

    def _node_key(self, node):
        """Waiting for parts and waiting for the customer are two nodes."""
        return f"{node}:{self.waiting_for}" if node in ("waiting", "resumed") else node

    def _node_texts(self):
        """(subject, sentence) of the node that the context names, in the customer's language."""
        self.ensure_one()
        who = self.user_id.name or self.env._("our customer service")
        return {
            "accepted": (
                self.env._("your request is in good hands"),
                self.env._("%(who)s has taken your request and will work on it.", who=who),
            ),
            "in_progress": (
                self.env._("we are working on it"),
                self.env._("%(who)s has begun to work on your request.", who=who),
            ),
            "waiting": (self.env._("work is interrupted"), self._waiting_sentence()),
            "resolved": (
                self.env._("please look at the result"),
                self.env._(
                    "We believe that your request is solved. Please tell us whether it is: you can confirm "
                    "or dispute the result by the button below."
                ),
            ),
            "inspection": (
                self.env._("a full inspection is needed"),
                self.env._(
                    "The cause cannot be told at once. It will be inspected thoroughly first; then you hear "
                    "what is wrong, what we propose and what it costs."
                ),
            ),
            "visit": (self.env._("we are coming"), self._visit_sentence()),
        }[self.env.context.get("aftersales_node", "in_progress")]

    def _waiting_sentence(self):
        if self.waiting_for == "customer":
            return self.env._("We need something from you to go on; please answer this mail.")
        return self.env._("Work goes on as soon as this has come: %(what)s.", what=self._waiting_label())

    def _visit_sentence(self):
        visit = self._next_visit()
        if not visit:
            return self.env._("We will agree on a date for a visit with you.")
        return self.env._(
            "%(who)s comes on %(start)s to %(stop)s (%(zone)s). Tell us by answering this mail if that does "
            "not suit you.",
            who=visit.user_id.name,
            start=self._customer_moment(visit.start),
            stop=self._customer_moment(visit.stop, clock_only=self._same_day(visit.start, visit.stop)),
            zone=self._customer_zone(visit.start),
        )

    def _same_day(self, one, other):
        return self._customer_time(one).date() == self._customer_time(other).date()


class AftersalesTeam(models.Model):
    _inherit = "aftersales.team"

    support_level = fields.Selection(
        [("first", "First line"), ("technical", "Technical support"), ("headquarters", "Headquarters")],
        "Support level",
        required=True,
        default="first",
        help="To whom a question is handed on that the first line cannot answer.",
    )


class AftersalesVisit(models.Model):
    _inherit = "aftersales.visit"

    def _after_event(self, event, now):
        """A planned visit is a node the customer hears of; a second visit is told again (PROG-03)."""
        super()._after_event(event, now)
        if event == lifecycle.CREATE:
            tickets = self.ticket_id.sudo()  # sudo: an engineer plans on a ticket of the team
            tickets._forget_node("visit")
            tickets._tell_node("visit")
