from collections import Counter
from datetime import timedelta
from itertools import chain

from odoo import api, fields, models
from odoo.tools import email_normalize

from odoo.addons.aftersales_service.policy import lifecycle, ticket_flow

from ..policy import followup, followup_flow, sampling, scoring


class AftersalesTicket(models.Model):
    """Closing a ticket asks the customer, resolving it plans the calls; a dissatisfied answer reopens it."""

    _inherit = "aftersales.ticket"

    satisfaction_ids = fields.One2many("aftersales.satisfaction", "ticket_id")
    satisfaction_count = fields.Integer(compute="_compute_satisfaction_count")
    last_satisfaction = fields.Selection(
        [
            (scoring.SATISFIED, "Satisfied"),
            (scoring.AVERAGE, "Average"),
            (scoring.DISSATISFIED, "Dissatisfied"),
        ],
        compute="_compute_last_satisfaction",
        string="Customer says",
    )
    followup_ids = fields.One2many("aftersales.followup", "ticket_id", "Follow-ups")
    followup_count = fields.Integer(compute="_compute_followup_count")

    # === COMPUTED === #

    @api.depends("satisfaction_ids")
    @api.depends_context("uid")
    def _compute_satisfaction_count(self):
        counts = self._counts_of("aftersales.satisfaction")
        for ticket in self:
            ticket.satisfaction_count = counts.get(ticket._origin, 0)

    @api.depends("satisfaction_ids.level")
    @api.depends_context("uid")
    def _compute_last_satisfaction(self):
        for ticket in self:
            ticket.last_satisfaction = ticket.satisfaction_count and ticket.satisfaction_ids[:1].level

    @api.depends("followup_ids")
    @api.depends_context("uid")
    def _compute_followup_count(self):
        counts = self._counts_of("aftersales.followup")
        for ticket in self:
            ticket.followup_count = counts.get(ticket._origin, 0)

    def _counts_of(self, model):
        """{ticket: number of its records of ``model``}; nothing for whoever reads tickets but not those."""
        if not self.env[model].has_access("read"):
            return {}
        return dict(self.env[model]._read_group([("ticket_id", "in", self.ids)], ["ticket_id"], ["__count"]))

    # === EFFECTS OF THE TICKET'S EVENTS === #

    def _on_resolve(self):
        self._call_super_hook("_on_resolve")
        self._plan_followups(followup.RESOLVED)

    def _on_close(self):
        self._call_super_hook("_on_close")
        self._plan_followups(followup.CLOSED)
        self._invite_to_survey()

    def _on_reopen(self):
        """The work is not done after all: calls about it would be out of place."""
        self._call_super_hook("_on_reopen")
        self._cancel_followups(self.env._("The ticket was taken up again."))

    def _on_cancel(self):
        self._call_super_hook("_on_cancel")
        self._cancel_followups(self.env._("The ticket was cancelled."))

    def _call_super_hook(self, name):
        """The hook of the service addon, where it has one for the event."""
        hook = getattr(super(), name, None)
        if hook:
            hook()

    # === SURVEY === #

    def _invite_to_survey(self):
        """Ask each closed ticket's customer once, as far as sampling and the quiet period let us."""
        asking = self.filtered(lambda ticket: ticket.company_id.sudo().aftersales_survey_id)  # sudo: an id
        verdicts = asking._judge("invitation", asking._sampling_facts())
        invited = asking.browse(
            [ticket.id for ticket, told in verdicts.items() if told.outcome == sampling.INVITED]
        )
        return invited._send_invitations()

    def _sampling_facts(self):
        """{ticket: facts}; of a customer's tickets closed together the first one asks."""
        addresses = {ticket: ticket._survey_address() for ticket in self}
        blocked, asked = self._blocked_addresses(addresses), self._last_asked(addresses)
        rounds, unhappy = self._survey_rounds()
        facts = {}
        for ticket, address in addresses.items():
            company = ticket.company_id
            facts[ticket] = sampling.Facts(
                today=company._aftersales_today(),
                has_address=bool(address) and address not in blocked,
                last_asked_on=company._aftersales_day(asked[address]) if address in asked else None,
                quiet_days=company.aftersales_survey_quiet_days,
                rounds=rounds[ticket],
                second_handling=0 < rounds[ticket] <= unhappy[ticket],
                on_site=any(visit.state == "done" for visit in ticket.visit_ids),
                share=company.aftersales_survey_share,
                draw=sampling.draw_of(ticket.id),
            )
            if sampling.judge(facts[ticket]).outcome == sampling.INVITED:
                asked[address] = fields.Datetime.now()
        return facts

    def _survey_address(self):
        """Where the customer can be asked, normalised; False without a usable address."""
        return email_normalize(self.email or self.partner_id.email or "")

    def _blocked_addresses(self, addresses):
        # sudo: the black list is kept by mailing administrators; only who is on it is read
        blocked = (
            self.env["mail.blacklist"]
            .sudo()
            .search([("email", "in", list(filter(None, addresses.values())))])
        )
        return set(blocked.mapped("email"))

    def _last_asked(self, addresses):
        """{address: moment of the latest invitation about another ticket}; one query."""
        # sudo: agents have no rights on questionnaires; only addresses and dates are read
        rows = (
            self.env["survey.user_input"]
            .sudo()
            ._read_group(
                [
                    ("email", "in", list(filter(None, addresses.values()))),
                    ("aftersales_ticket_id", "!=", False),
                    ("aftersales_ticket_id", "not in", self.ids),
                ],
                ["email"],
                ["create_date:max"],
            )
        )
        return dict(rows)

    def _survey_rounds(self):
        """({ticket: times asked or answered}, {ticket: times the answer was dissatisfied}); two queries."""
        # sudo: whoever closes a ticket need not see questionnaires and answers; numbers are read
        invited = (
            self.env["survey.user_input"]
            .sudo()
            ._read_group(
                [("aftersales_ticket_id", "in", self.ids), ("test_entry", "=", False)],
                ["aftersales_ticket_id"],
                ["__count"],
            )
        )
        # sudo: as above
        answered = (
            self.env["aftersales.satisfaction"]
            .sudo()
            ._read_group([("ticket_id", "in", self.ids)], ["ticket_id", "level"], ["__count"])
        )
        answers, unhappy = Counter(), Counter()
        for ticket, level, count in answered:
            answers[ticket] += count
            unhappy[ticket] += count if level == scoring.DISSATISFIED else 0
        return answers | Counter(dict(invited)), unhappy

    def _send_invitations(self):
        """One questionnaire a ticket, created in one go; the mails are queued."""
        # sudo: agents have no rights on questionnaires; the customer answers with the invitation's token
        answers = self.env["survey.user_input"].sudo().create([ticket._invitation_vals() for ticket in self])
        template = self.env.ref("aftersales_survey.mail_template_invitation")
        # sudo: as above, the template reads the questionnaire
        template.sudo().send_mail_batch(answers.ids, email_layout_xmlid="mail.mail_notification_light")
        return answers

    def _invitation_vals(self):
        company = self.company_id.sudo()  # sudo: the questionnaire's id, which agents may not read
        language = self.env["res.lang"]._lang_get(self.partner_id.lang or self.env.lang)
        return {
            "survey_id": company.aftersales_survey_id.id,
            "aftersales_ticket_id": self.id,
            "partner_id": self.partner_id.id,
            "email": self._survey_address(),
            "nickname": self.partner_id.name or self.contact_name,
            "lang_id": language.id,
            "deadline": fields.Datetime.now() + timedelta(days=company.aftersales_survey_valid_days),
        }

    # === SECOND HANDLING === #

    def _start_second_handling(self, reason):
        """A dissatisfied customer (SURVEY-02): take the ticket up again and give its supervisor a task.

        The customer's own answer reopens the ticket, so the customer is the actor.
        """
        tickets = self.sudo()  # sudo: whoever took the answer down need not have rights on others' tasks
        solved = tickets.filtered(
            lambda ticket: ticket.state in ticket_flow.SOLVED and ticket.company_id.aftersales_survey_reopens
        )
        solved._fire("reopen", actor=lifecycle.CUSTOMER, reason=reason)
        for ticket in tickets:
            ticket.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Second handling: dissatisfied customer"),
                note=reason,
                user_id=ticket._followup_user("supervisor").id or self.env.ref("base.user_admin").id,
            )

    # === FOLLOW-UP === #

    def _plan_followups(self, trigger):
        """Create the contacts that the plans ask for, in one go."""
        planned = self._planned_contacts(trigger)
        codes = {contact["code"] for contacts in planned.values() for contact in contacts}
        # sudo: the plan decides for everybody, whatever the user may read of it
        lines = self.env["aftersales.followup.plan.line"].sudo().search([("code", "in", list(codes))])
        by_code, now, vals_list = {line.code: line for line in lines}, fields.Datetime.now(), []
        for company, tickets in self.browse([ticket.id for ticket in planned]).grouped("company_id").items():
            working = company._aftersales_followup_time(now, chain.from_iterable(planned[t] for t in tickets))
            for ticket in tickets:
                for contact in planned[ticket]:
                    due_at = followup.due_at(now, contact["offset"], contact["unit"], working)
                    vals_list.append(ticket._followup_vals(by_code[contact["code"]], due_at))
        # sudo: an engineer who resolves a ticket plans calls for colleagues as well
        return self.env["aftersales.followup"].sudo().create(vals_list)

    def _planned_contacts(self, trigger):
        """{ticket: contacts of its plans}; tickets without a plan are left out."""
        # sudo: as in _plan_followups. What was planned at the solution stays the ticket's last word on it
        # where no plan starts at closing.
        if not self.env["aftersales.followup.plan"].sudo().search_count([("trigger", "=", trigger)], limit=1):
            return {}
        facts = {ticket: followup.Facts(trigger, ticket.service_type, ticket.urgency) for ticket in self}
        verdicts = self._judge("followup_plan", facts)
        return {
            ticket: told.values["contacts"] for ticket, told in verdicts.items() if told.values["contacts"]
        }

    def _followup_vals(self, line, due_at):
        return {
            "ticket_id": self.id,
            "plan_line_id": line.id,
            "purpose": line.purpose,
            "channel": line.channel,
            "role": line.role,
            "user_id": self._followup_user(line.role).id,
            "planned_at": due_at,
        }

    def _followup_user(self, role):
        """Who contacts the customer. Whoever is missing is stood in for by the supervisor of the team."""
        supervisor = self.team_id.supervisor_id
        if role == "supervisor":
            return supervisor or self.user_id
        if role == "engineer":
            return self.visit_ids.filtered("user_id")[-1:].user_id or self.user_id or supervisor
        if role == "agent":
            return self._serving_agent() or supervisor or self.user_id
        return self.user_id or supervisor

    def _serving_agent(self):
        """The person of customer service who has the ticket or took it in."""
        for user in (self.user_id, self.create_uid):
            # sudo: only whether the person belongs to customer service is read
            if user and user.active and user.sudo()._has_group("aftersales_service.group_agent"):
                return user
        return self.env["res.users"]

    def _cancel_followups(self, reason):
        # sudo: the contacts may be colleagues'
        contacts = (
            self.env["aftersales.followup"]
            .sudo()
            .search([("ticket_id", "in", self.ids), ("state", "in", followup_flow.OPEN)])
        )
        contacts._fire("cancel", actor=lifecycle.SYSTEM, reason=reason)

    # === SCREENS === #

    def action_open_satisfaction(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_survey.aftersales_satisfaction_action"
        )
        return {**action, "domain": [("ticket_id", "=", self.id)], "context": {"default_ticket_id": self.id}}

    def action_open_followups(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("aftersales_survey.aftersales_followup_action")
        return {**action, "domain": [("ticket_id", "=", self.id)], "context": {"default_ticket_id": self.id}}
