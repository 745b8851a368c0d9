import codecs
import re
from functools import partial

from odoo import api, models
from odoo.service.model import retrying
from odoo.tools import email_normalize, html2plaintext
from odoo.tools.mail import email_normalize_all, email_split_tuples

from ..policy import coverage, ticket_flow
from .ir_qweb import Compiled

#: who calls or stands at the counter is told the number at once
TOLD_AT_ONCE = {"phone", "store", "visit"}

TITLE_LENGTH = 200

#: a ticket's number where a customer's mail quotes it
NUMBER = re.compile(r"\bSR-\d{12,}\b")


class AftersalesTicket(models.Model):
    """Mails in and out of a ticket."""

    _inherit = "aftersales.ticket"
    # a customer who sees the ticket writes on it, in the portal also without the link of a mail
    _mail_post_access = "read"

    # === MAIL IN === #

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """A mail to a team's alias becomes a ticket (INTAKE-03); nothing of it is lost.

        One that has lost its thread but names the sender's own running ticket goes there; one that names a
        closed one follows on it.
        """
        name, address = self._sender_of(msg_dict)
        answered = self._named_ticket(msg_dict.get("subject"), address)
        if answered:
            answered.message_update(msg_dict)
            return answered
        values = {
            "parent_id": self._named_ticket(msg_dict.get("subject"), address, ended=True).id,
            "title": (msg_dict.get("subject") or "").strip()[:TITLE_LENGTH] or self.env._("(no subject)"),
            "channel": "email",
            "contact_name": name,
            "email": address or False,
            "partner_id": self._customer_of(msg_dict),
            "description": html2plaintext(msg_dict.get("body") or ""),
            **(custom_values or {}),
        }
        return super().message_new({**msg_dict, "email_from": address}, custom_values=values)

    @api.model
    def _named_ticket(self, subject, address, ended=False):
        """The ticket whose number stands in the subject, if it is the sender's own and still open.

        :param ended: one that is closed instead
        """
        numbers = NUMBER.findall(subject or "")
        sender = email_normalize(address)
        if not numbers or not sender:
            return self.browse()
        named = self.search([("name", "in", numbers)], order="id")
        named |= named.merged_into_id
        states = ("closed",) if ended else (*ticket_flow.OPEN, ticket_flow.RESOLVED)
        return named.filtered(
            lambda ticket: (
                ticket.state in states
                and sender in (email_normalize(ticket.email), ticket.partner_id.email_normalized)
            )
        )[:1]

    @api.model
    def _sender_of(self, msg_dict):
        """(name, address) of the sender, empty where the mail has none."""
        pairs = email_split_tuples(msg_dict.get("email_from") or "")
        name, address = pairs[0] if pairs else ("", "")
        return name or address, address

    @api.model
    def _customer_of(self, msg_dict):
        """The sender's partner; False where the sender is unknown or one of us."""
        author = self.env["res.partner"].browse(msg_dict.get("author_id") or []).exists()
        return author.id if author and not author._aftersales_is_staff() else False

    # === MAIL OUT === #

    def _acknowledge(self, now):
        """Tell the customer number, expected time and how to follow (INTAKE-08, INTAKE-13), in bulk.

        Whoever brings in requests that were answered elsewhere says so by ``aftersales_no_mail``.
        """
        written = self.filtered(lambda ticket: email_normalize(ticket.email or ticket.partner_id.email))
        template = written and self.env.ref(
            "aftersales_service.mail_template_ticket_acknowledge", raise_if_not_found=False
        )
        if template and not self.env.context.get("aftersales_no_mail"):
            # sudo: the mail goes out for the company, also for tickets that come from outside
            template.sudo().with_context(aftersales_compiled=Compiled()).send_mail_batch(written.ids)
        told = written | self.filtered(lambda ticket: ticket.channel in TOLD_AT_ONCE)
        if told:
            told._write_policy({"acknowledged_at": now})
            told._stop_deadlines(["acknowledge"], at=now)

    def _expected_text(self):
        """By when the customer may expect an answer, in the customer's language and time zone."""
        self.ensure_one()
        promises = self.sudo().deadline_ids  # sudo: told to the customer, who has no rights here
        due = promises.filtered(lambda row: row.kind == "first_reply" and row.due_at)[:1].due_at
        if not due:
            return self.env._("as soon as possible")
        return self.env._(
            "by %(when)s (%(zone)s)", when=self._customer_moment(due), zone=self._customer_zone(due)
        )

    def _follow_url(self):
        """Link that opens this one ticket, without a login."""
        self.ensure_one()
        return self.get_base_url() + self.get_portal_url()

    def _portal_timeline(self):
        """[(step, moment or None, whether it is the present one)] as the customer follows it (PROG-04)."""
        self.ensure_one()
        steps = [
            ("new", self.create_date),
            ("assigned", self.assigned_at),
            ("accepted", self.accepted_at),
            # who solves it on the telephone has begun by accepting it
            ("in_progress", max(filter(None, [self.accepted_at, self.started_at]), default=False)),
            ("resolved", self.resolved_at),
            ("closed", self.closed_at),
        ]
        labels, present = self._portal_steps(), {"waiting": "in_progress"}.get(self.state, self.state)
        order = [step for step, _moment in steps]
        at = order.index(present) if present in order else -1
        if self.state == "cancelled":  # what was reached stays true, the rest does not come any more
            at = max(index for index, (_step, moment) in enumerate(steps) if moment)
        return [
            {"key": step, "label": labels[step], "at": moment, "done": index <= at, "now": step == present}
            for index, (step, moment) in enumerate(steps)
        ]

    def _portal_steps(self):
        return {
            "new": self.env._("Received"),
            "assigned": self.env._("Assigned"),
            "accepted": self.env._("Accepted"),
            "in_progress": self.env._("In progress"),
            "resolved": self.env._("Solved"),
            "closed": self.env._("Closed"),
        }

    def _portal_reasons(self):
        """Who pays and why, for the customer; that it is open is said only while it is looked into."""
        self.ensure_one()
        rows = self._public_reasons().get(self.id, [])
        ended = self.state not in ticket_flow.OPEN
        return [row for row in rows if not (ended and row["outcome"] == coverage.UNDETERMINED)]

    # === ANSWERS === #

    def message_post(self, **kwargs):
        survivor = self._survivor_of_words(kwargs)
        if survivor:
            return survivor.message_post(**kwargs)
        message = super().message_post(**self._with_recipient(kwargs))
        ticket = self.sudo()  # sudo: what follows from a message, whoever may write it
        if message._aftersales_is_reply() and ticket._is_addressed(message):
            ticket._stamp_fact("first_reply_at", "first_reply")
            ticket.filtered(lambda t: t.state in ticket_flow.OPEN)._stop_deadlines(["answer"])
        elif message._aftersales_is_customers():
            ticket._customer_has_written()
        return message

    def _customer_address(self):
        """Where the customer reads mail, or None."""
        told = self.sudo()  # sudo: the address is used, not shown
        return email_normalize(told.email or told.partner_id.email or "") or None

    def _with_recipient(self, values):
        """The values of a message, with the customer as its recipient if it is an answer to nobody.

        Who writes from the mail program answers the ticket's address, and who is not known to us is no
        follower; what the customer may read, the customer gets. A message that names anybody else outside
        stays as it is: it may be for a supplier.
        """
        address = self._customer_address()
        if not address or not self._is_answer_of_staff(values) or self._names_outsiders(values):
            return values
        partner = self.sudo().partner_id  # sudo: as above
        if partner.email_normalized == address:
            return {**values, "partner_ids": [*(values.get("partner_ids") or []), partner.id]}
        return {**values, "outgoing_email_to": address}

    @api.model
    def _is_answer_of_staff(self, values):
        comment = self.env.ref("mail.mt_comment")
        subtyped = values.get("subtype_xmlid") == "mail.mt_comment" or values.get("subtype_id") == comment.id
        partners = self.env["res.partner"]
        author = partners.browse(values["author_id"]) if "author_id" in values else self.env.user.partner_id
        return (
            subtyped
            and values.get("message_type") in ("comment", "email")
            and not values.get("is_internal")
            and author._aftersales_is_staff()
        )

    @api.model
    def _names_outsiders(self, values):
        """Whether the message goes to anybody who is none of us."""
        partners = self.env["res.partner"].sudo()  # sudo: whether they are users of ours
        named = partners.browse(values.get("partner_ids") or [])
        written = ("outgoing_email_to", "incoming_email_to", "incoming_email_cc")
        addresses = email_normalize_all(",".join(values.get(name) or "" for name in written))
        known = partners.search([("email_normalized", "in", addresses)]) if addresses else partners
        ours = (known | named).filtered(lambda partner: partner._aftersales_is_staff())
        return bool(named - ours) or bool(set(addresses) - set(ours.mapped("email_normalized")))

    def _is_addressed(self, message):
        """Whether the customer gets ``message``; who has no address is told otherwise, and this notes it."""
        address = self._customer_address()
        if not address:
            return True
        sent = message.sudo()  # sudo: who gets it
        partners = sent.partner_ids | sent.notified_partner_ids
        written = ",".join(
            filter(None, [sent.outgoing_email_to, sent.incoming_email_to, sent.incoming_email_cc])
        )
        reached = {*partners.mapped("email_normalized"), *email_normalize_all(written)}
        return address in reached or self.partner_id.commercial_partner_id in partners.commercial_partner_id


class MailMessage(models.Model):
    _inherit = "mail.message"

    def _aftersales_is_reply(self):
        """Whether a colleague has written what the customer reads; automatic mails are no answer."""
        comment = self.env.ref("mail.mt_comment")
        return (
            self.message_type in ("comment", "email")
            and self.subtype_id == comment
            and not self.is_internal
            and self.author_id._aftersales_is_staff()
        )

    def _aftersales_is_customers(self):
        """Whether somebody outside has written, by mail or in the portal; an automatic mail is no word."""
        comment = self.env.ref("mail.mt_comment")
        return (
            self.message_type in ("comment", "email")
            and self.subtype_id == comment
            and not self.is_internal
            and not self.env.context.get("aftersales_automatic_mail")
            and not self.author_id._aftersales_is_staff()
        )


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def message_process(self, model, message, **options):
        """A fetched mail that met somebody who wrote at the same moment is read again.

        Odoo's fetching has a transaction for each mail, takes it back when it fails and counts the mail as
        handled: an answer of a customer would be lost. Requests over the web or RPC begin anew by themselves.
        """
        process = partial(super().message_process, model, message, **options)
        fetching = self.env.context.get("default_fetchmail_server_id")
        return retrying(process, self.env) if fetching else process()

    @api.model
    def message_parse(self, message, save_original=False):
        """A mail in an encoding that nobody knows is read as UTF-8 instead of lost, one with NULs without."""
        for part in message.walk():
            charset = part.get_content_charset()
            if charset and not _is_known_charset(charset):
                part.set_param("charset", "utf-8")
        parsed = super().message_parse(message, save_original=save_original)
        # PostgreSQL keeps no NUL, and an encoded header may hide one
        return {
            name: told.replace("\x00", "") if isinstance(told, str) else told for name, told in parsed.items()
        }

    @api.model
    def message_route(self, message, message_dict, model=None, thread_id=None, custom_values=None):
        """No automatic mail opens a ticket: answering it would start a game of ping-pong."""
        routes = super().message_route(message, message_dict, model, thread_id, custom_values)
        if not self._aftersales_is_automatic(message):
            return routes
        return [route for route in routes if route[0] != "aftersales.ticket" or route[1]]

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Documents that get the mail know whether a person has written it."""
        if self._aftersales_is_automatic(message):
            self = self.with_context(aftersales_automatic_mail=True)
        return super()._message_route_process(message, message_dict, routes)

    @api.model
    def _aftersales_is_automatic(self, message):
        """Out-of-office notes, delivery reports and lists, by their headers (RFC 3834)."""
        submitted = (message.get("Auto-Submitted") or "no").strip().lower()
        precedence = (message.get("Precedence") or "").strip().lower()
        return (
            not submitted.startswith("no")
            or precedence in ("auto_reply", "bulk", "junk")
            or bool(message.get("X-Autoreply") or message.get("X-Autorespond"))
        )


def _is_known_charset(charset):
    try:
        codecs.lookup(charset)
    except LookupError:
        return False
    return True
