from datetime import timedelta

import pytz

from odoo import api, fields, models

from ..policy import reminder, ticket_flow, visit_flow
from .aftersales_ticket_working import CHOICES
from .ir_qweb import Compiled

#: visits the customer still expects
#: no holiday is longer: visits up to here are looked at
FURTHEST = timedelta(days=14)
BATCH = 200


class AftersalesTicket(models.Model):
    """Customers who read no mail on the way are told by text message, for the steps the company chooses.

    Text messages are queued in Odoo's own outbox and lie in the ticket's log; each step is told once.
    """

    _inherit = "aftersales.ticket"

    def _tell_node(self, node):
        """PROG-02: the text message goes beside the mail or instead of it."""
        super()._tell_node(node)
        if self.env.context.get("aftersales_no_mail"):
            return
        # sudo: the company's choice, read by whoever moves the ticket
        choice = f"aftersales_sms_{CHOICES.get(node, node)}"
        wanted = self.filtered(lambda ticket: ticket.company_id.sudo()[choice])
        fresh = wanted.filtered(lambda t: f"sms:{t._node_key(node)}" not in (t.told_nodes or {}))
        told = fresh._queue_sms({ticket: ticket._sms_text(node) for ticket in fresh})
        now = fields.Datetime.to_string(fields.Datetime.now())
        for ticket in told:
            key = f"sms:{ticket._node_key(node)}"
            ticket._write_policy({"told_nodes": {**(ticket.told_nodes or {}), key: now}})

    def _forget_node(self, node):
        super()._forget_node(node)
        super()._forget_node(f"sms:{node}")

    def _sms_text(self, node):
        """The step in the customer's language, with number and link."""
        lang = self.partner_id.lang or self.env.lang
        ticket = self.sudo().with_context(lang=lang, aftersales_node=node)  # sudo: as in the mail
        return f"{ticket.company_id.name}, {ticket.name}: {ticket._node_texts()[1]} {ticket._follow_url()}"

    def _queue_sms(self, texts):
        """Queue a text message a ticket that has a number; the tickets that got one.

        :param texts: {ticket: text}
        """
        numbers = {ticket: ticket._sms_number() for ticket in texts}
        told = self.filtered(lambda ticket: numbers.get(ticket))
        if not told:
            return told
        messages = told._message_log_batch(
            {ticket.id: texts[ticket] for ticket in told}, message_type="sms"
        ).grouped("res_id")
        # sudo: the outbox belongs to nobody's role
        self.env["sms.sms"].sudo().create(
            [
                {
                    "number": numbers[ticket],
                    "body": texts[ticket],
                    "partner_id": ticket.partner_id.id,
                    "mail_message_id": messages[ticket.id].id,
                }
                for ticket in told
            ]
        )
        return told

    def _sms_number(self):
        """The number as the gateway wants it; False where there is none to send to."""
        ticket = self.sudo()  # sudo: the number is used, not shown to whoever moves the ticket
        number = ticket.phone or ticket.partner_id.phone
        country = ticket.partner_id.country_id or ticket.company_id.country_id
        return bool(number) and (self._phone_format(number=number, country=country) or False)

    def _node_texts(self):
        if self.env.context.get("aftersales_node") == "reminder":
            return self.env._("reminder of our visit"), self._visit_sentence()
        return super()._node_texts()

    def _remind(self):
        """INSTALL-02: by the way the company has chosen; who has no number gets the mail."""
        # sudo: the company's choice
        by = {ticket: ticket.company_id.sudo().aftersales_remind_visit for ticket in self}
        texting = self.filtered(lambda ticket: by[ticket] in ("sms", "both"))
        texted = texting._queue_sms({ticket: ticket._sms_text("reminder") for ticket in texting})
        mailing = self.filtered(lambda ticket: by[ticket] in ("email", "both")) | (texting - texted)
        template = self.env.ref("aftersales_service.mail_template_ticket_progress", raise_if_not_found=False)
        mailing = mailing.filtered(lambda ticket: ticket.sudo().email or ticket.sudo().partner_id.email)
        if mailing and template:
            # sudo: the mail goes out for the company
            reminding = template.sudo().with_context(
                aftersales_node="reminder", aftersales_compiled=Compiled()
            )
            reminding.send_mail_batch(mailing.ids, force_send=False)


class AftersalesVisit(models.Model):
    _inherit = "aftersales.visit"

    reminded_for = fields.Datetime(
        "Reminded of", readonly=True, copy=False, help="The date of which the customer was reminded."
    )

    def _owned_fields(self):
        return super()._owned_fields() | {"reminded_for"}

    @api.model
    def _cron_remind(self):
        """Every hour: a batch a transaction, each date once; killed and run again, nobody hears twice."""
        progress = self.env["ir.cron"]._commit_progress
        due = self._to_remind(fields.Datetime.now())
        progress(remaining=len(due))
        for start in range(0, len(due), BATCH):
            batch = due[start : start + BATCH].try_lock_for_update()
            batch.ticket_id._remind()
            for visit in batch:
                visit._write_policy({"reminded_for": visit.start})
            if not progress(len(batch)):
                break

    @api.model
    def _to_remind(self, now):
        """Visits whose reminder is due now, while customer service is at work."""
        coming = self.search(
            [
                ("state", "in", visit_flow.AHEAD),
                ("start", ">", now),
                ("start", "<=", now + FURTHEST),
                ("ticket_id.state", "not in", ticket_flow.ENDED),
            ],
            order="start, id",
        )
        due = self.browse()
        for company, visits in coming.grouped("company_id").items():
            calendar = company._aftersales_calendar()
            if company.aftersales_remind_visit == "no" or not calendar._aftersales_is_open(now, company):
                continue
            working = calendar._aftersales_working(now - FURTHEST, now + FURTHEST, company)
            due |= visits.filtered(lambda visit, working=working: visit._is_to_be_reminded(working, now))
        return due

    def _is_to_be_reminded(self, working, now):
        """Not when the date was agreed so late that its confirmation is the reminder."""
        moment = reminder.remind_at(self.start, working)
        agreed_late = not self.reminded_for and self.create_date > moment
        return self.reminded_for != self.start and moment <= now and not agreed_late


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def _aftersales_working(self, start, stop, company):
        """[(from, to)] working times of ``company`` in naive UTC; none for a calendar without hours."""
        if not self or not self.attendance_ids:
            return []
        found = self._aftersales_intervals(
            start.replace(tzinfo=pytz.utc), stop.replace(tzinfo=pytz.utc), company
        )[False]
        return [
            tuple(moment.astimezone(pytz.utc).replace(tzinfo=None) for moment in (begin, end))
            for begin, end, _attendance in found
        ]


class ResCompany(models.Model):
    _inherit = "res.company"

    aftersales_sms_accepted = fields.Boolean("Text when somebody has taken it")
    aftersales_sms_in_progress = fields.Boolean("Text when work begins")
    aftersales_sms_waiting = fields.Boolean("Text when work is interrupted and goes on")
    aftersales_sms_visit = fields.Boolean("Text when a visit is planned, moved, done or cancelled")
    aftersales_sms_ended = fields.Boolean("Text when it is cancelled or merged with another request")
    aftersales_sms_inspection = fields.Boolean("Text when a full inspection is needed")
    aftersales_sms_resolved = fields.Boolean("Text when it is solved")
    aftersales_remind_visit = fields.Selection(
        [
            ("no", "Not at all"),
            ("sms", "By text message"),
            ("email", "By e-mail"),
            ("both", "By both"),
        ],
        "Remind of visits",
        default="sms",
        required=True,
        help="One day before, in working hours. Who has no telephone number gets the mail.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_sms_accepted = fields.Boolean(related="company_id.aftersales_sms_accepted", readonly=False)
    aftersales_sms_in_progress = fields.Boolean(
        related="company_id.aftersales_sms_in_progress", readonly=False
    )
    aftersales_sms_waiting = fields.Boolean(related="company_id.aftersales_sms_waiting", readonly=False)
    aftersales_sms_visit = fields.Boolean(related="company_id.aftersales_sms_visit", readonly=False)
    aftersales_sms_ended = fields.Boolean(related="company_id.aftersales_sms_ended", readonly=False)
    aftersales_sms_inspection = fields.Boolean(related="company_id.aftersales_sms_inspection", readonly=False)
    aftersales_sms_resolved = fields.Boolean(related="company_id.aftersales_sms_resolved", readonly=False)
    aftersales_remind_visit = fields.Selection(related="company_id.aftersales_remind_visit", readonly=False)
