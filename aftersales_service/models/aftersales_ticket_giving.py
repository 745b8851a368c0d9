from dataclasses import replace

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ..policy import deadline, ticket_flow

ASKED = ticket_flow.ASKED
TASK = "aftersales_service.mail_activity_type_coordinate"


class AftersalesTicket(models.Model):
    """Who has a ticket: whoever is asked answers, and it changes hands by ``assign`` only.

    A ticket that somebody has is given on with everything that goes with it: the right to give, the notice to
    the new one and the time to accept. Whoever cannot do it declines it or hands it on.
    """

    _inherit = "aftersales.ticket"

    # === WHO ANSWERS === #

    @api.depends("user_id", "team_id")
    def _compute_allowed_events(self):
        super()._compute_allowed_events()
        for ticket in self - self._asking_me():
            ticket.allowed_events = [event for event in ticket.allowed_events or () if event not in ASKED]

    def _asking_me(self):
        """Tickets that ask the current user: the assignee, or the supervisor, who answers for the team."""
        user = self.env.user
        if self.env.su or user.has_group("aftersales_service.group_supervisor"):
            return self
        # sudo: who the supervisor is
        return self.filtered(lambda t: user in (t.user_id, t.sudo().team_id.supervisor_id))

    def _check_accept(self):
        self._refuse_answer_of_another()

    def _check_decline(self):
        self._refuse_answer_of_another()

    def _batch_refusals(self, event):
        """Whom the others ask is known beforehand."""
        refused = super()._batch_refusals(event)
        others = (self - self._asking_me()) if event in ASKED else self.browse()
        refused |= {
            ticket: self.env._(
                "It asks %(user)s. To take it, make yourself the assignee first.", user=ticket.user_id.name
            )
            for ticket in others
            if ticket not in refused
        }
        nobody = self.filtered(lambda t: not t.user_id) if event == "assign" else self.browse()
        sentence = self.env._("Nobody was found for it: choose an assignee.")
        return refused | {ticket: sentence for ticket in nobody if ticket not in refused}

    def _refuse_answer_of_another(self):
        """SLA-08: it is the assignee who confirms; nobody does it in another's name."""
        others = self - self._asking_me()
        if others:
            raise UserError(
                self.env._(
                    "%(tickets)s asks %(users)s, who accepts or declines it. To take it, make yourself the "
                    "assignee first; a supervisor can do that, too.",
                    tickets=", ".join(others.mapped("display_name")),
                    users=", ".join(others.user_id.mapped("name")) or "-",
                )
            )

    # === CHANGING HANDS === #

    def _refuse_giving(self, vals):
        """Before assignee or team are written by hand: the right, and no way past ``assign``."""
        changed = self._changed_by(vals, "user_id") | self._changed_by(vals, "team_id")
        if not changed:
            return
        if not self.env.su:
            changed._refuse_without_right("assign", None)
        taken = changed.filtered(lambda t: t.state in ticket_flow.TAKEN)
        if "user_id" in vals:
            taken._refuse_giving_to_nobody(vals["user_id"])
        else:
            taken._refuse_other_team(self.env["aftersales.team"].browse(vals["team_id"]))

    def _changed_by(self, vals, name):
        """Tickets past their intake of which ``vals`` change the link ``name``."""
        if name not in vals:
            return self.browse()
        return self.filtered(lambda ticket: ticket.name and ticket[name].id != (vals[name] or False))

    def _refuse_giving_to_nobody(self, user_id):
        if self and not user_id:
            raise UserError(
                self.env._(
                    "%(tickets)s: choose who takes it over. Whoever cannot do it declines it or hands it on "
                    "to another team.",
                    tickets=", ".join(self.mapped("display_name")),
                )
            )

    def _refuse_other_team(self, team):
        """The team alone does not change under somebody who does not work there."""
        people = team.sudo().member_ids | team.sudo().supervisor_id  # sudo: who works there
        strange = self.filtered(lambda t: t.user_id and team and t.user_id not in people)
        if strange:
            raise UserError(
                self.env._(
                    "%(users)s has %(tickets)s and does not work in %(team)s: choose the assignee together "
                    "with the team, or hand it on.",
                    users=", ".join(strange.user_id.mapped("name")),
                    tickets=", ".join(strange.mapped("display_name")),
                    team=team.sudo().name,  # sudo: its name
                )
            )

    def _refuse_other_customer(self, vals):
        """Whose request it is, and which company's, is settled at the desk; the company for good."""
        moved = self._changed_by(vals, "company_id")
        if moved:
            raise UserError(
                self.env._(
                    "%(tickets)s stays with %(company)s: its number and its promises are that company's. "
                    "Enter a ticket of its own for the other company.",
                    tickets=", ".join(moved.mapped("display_name")),
                    company=", ".join(moved.company_id.mapped("name")),
                )
            )
        desk = self.env.su or "agent" in self._roles()
        if not desk and self._changed_by(vals, "partner_id"):
            raise AccessError(
                self.env._("Customer service enters whose request it is: ask the agent to change it.")
            )

    # === NOTICE === #

    def _after_event(self, event, now):
        super()._after_event(event, now)
        accept = self._flow.promises["accept"]
        if accept.ends_with(event):
            self.sudo().activity_unlink([TASK])  # sudo: whoever's task it was
        if event == "assign":
            self._ask_without_promise()

    def _ask_without_promise(self):
        """SLA-09: at the end of the line nothing runs out, so a task and its notice tell the supervisor."""
        running = self._open_rows(["accept"]).filtered(lambda row: row.state == deadline.RUNNING)
        asked = set(running.mapped("res_id"))
        for ticket in self.filtered(lambda t: t.id not in asked and t.user_id and t.user_id != self.env.user):
            last = ticket.user_id == ticket.sudo().team_id.supervisor_id  # sudo: who it is
            ticket.sudo().activity_schedule(  # sudo: the company asks, whoever gives
                TASK,
                user_id=ticket.user_id.id,
                summary=self.env._("Coordinate: nobody else has taken it") if last else self.env._("Accept"),
            )

    def _give_to_next(self):
        """Whoever does not do it hears no more of it."""
        for user, tickets in self.grouped("user_id").items():
            every = tickets.sudo()  # sudo: followers and supervisor, whoever passes it on
            leaving = every.filtered(lambda ticket, user=user: ticket.team_id.supervisor_id != user)
            leaving.message_unsubscribe(user.partner_id.ids)
        super()._give_to_next()

    # === THE AGREEMENT'S CUSTOMER === #

    def _without_strange_agreement(self, vals):
        """Another customer, another agreement: the old one goes in the same write."""
        if "partner_id" not in vals or "agreement_id" in vals:
            return vals
        partner = self.env["res.partner"].browse(vals["partner_id"])
        strange = any(not ticket._is_agreement_of(partner) for ticket in self)
        return {**vals, "agreement_id": False} if strange else vals

    def _is_agreement_of(self, partner):
        agreement = self.sudo().agreement_id  # sudo: whose it is, whoever takes the call
        customer = agreement.partner_id.commercial_partner_id
        return not agreement or not partner or customer == partner.sudo().commercial_partner_id

    @api.constrains("agreement_id", "partner_id")
    def _check_agreement_customer(self):
        for ticket in self.filtered("agreement_id"):
            if not ticket._is_agreement_of(ticket.partner_id):
                agreement = ticket.sudo().agreement_id  # sudo: as above
                raise UserError(
                    self.env._(
                        "%(agreement)s is the agreement of %(other)s, not of %(customer)s: choose one of "
                        "theirs, or leave it empty.",
                        agreement=agreement.display_name,
                        other=agreement.partner_id.name,
                        customer=ticket.partner_id.name,
                    )
                )

    def _judging_agreement(self):
        """An agreement of somebody else judges nothing, however it came to stand there."""
        agreement = super()._judging_agreement()
        theirs = not agreement or self._is_agreement_of(self.partner_id)
        return agreement if theirs else agreement.browse()

    def _scope_facts(self):
        return replace(super()._scope_facts(), other_customer=not self._is_agreement_of(self.partner_id))
