"""The words of stories of customer service: mails at night, calls, people who take, decline or let lie.

They are told in the same shop as the stories of ``story.py``; here nothing is bought or sold.
"""

from email.message import EmailMessage
from email.utils import format_datetime

from story import Role, Story

from odoo import Command, fields

#: who works here besides the people of ``story.py``; agents of the same team, and the emergency team
# fmt: off
COLLEAGUES = {
    "first":  Role("Fiona First",    "aftersales_service.group_agent"),
    "second": Role("Sophie Second",  "aftersales_service.group_agent"),
    "third":  Role("Theo Third",     "aftersales_service.group_agent"),
    "expert": Role("Emil Expert",    "aftersales_service.group_engineer"),
    "chief":  Role("Clara Chief",    "aftersales_service.group_supervisor"),
}
# fmt: on


class ServiceStory(Story):
    """A request of a customer and the people through whose hands it goes."""

    def open_the_shop(self):
        super().open_the_shop()
        self.people.update({role: self._hire_colleague(role) for role in COLLEAGUES})
        self.other_customer = self.env.ref("base.res_partner_4")
        self.sent = 0

    def _hire_colleague(self, role):
        groups = [self.env.ref(name).id for name in ("base.group_user", COLLEAGUES[role].group)]
        return (
            self.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": COLLEAGUES[role].name,
                    "login": role,
                    "email": f"{role}@shop.example.com",
                    "company_id": self.company.id,
                    "company_ids": [Command.set(self.company.ids)],
                    "group_ids": [Command.set(groups)],
                }
            )
        )

    # === THE SHOP === #

    def open_an_emergency_line(self):
        """One expert and a supervisor with an address of their own, closed at night like everybody."""
        self.emergency = self.env["aftersales.team"].create(
            {
                "name": "Emergency line",
                "is_emergency": True,
                "alias_name": "emergency",
                "alias_domain_id": self._mail_domain().id,
                "member_ids": [Command.set(self.people["expert"].ids)],
                "supervisor_id": self.people["chief"].id,
                "manager_id": self.people["manager"].id,
                "calendar_id": self.company._aftersales_calendar().id,
            }
        )

    def dispatch_by_itself(self, *roles):
        """A team of its own, whose tickets go to whoever of these people has the least to do."""
        self.team = self.env["aftersales.team"].create(
            {
                "name": "Screens",
                "assignment": "auto",
                "alias_name": "screens",
                "alias_domain_id": self._mail_domain().id,
                "member_ids": [Command.set([self.people[role].id for role in roles])],
                "supervisor_id": self.people["supervisor"].id,
            }
        )

    def close_on(self, day):
        """A public holiday."""
        calendar = self.company._aftersales_calendar()
        calendar.global_leave_ids = [
            Command.create({"name": "Holiday", "date_from": f"{day} 00:00:00", "date_to": f"{day} 23:59:59"})
        ]

    # === CUSTOMERS === #

    def mail_comes_in(self, subject, text, to=None, sender=None, message_id=None, **headers):
        """A mail of the customer (to the team, unless told another address); the tickets that it opened.

        :param headers: further headers, _ for -
        """
        self.sent += 1
        mail = EmailMessage()
        mail["From"] = sender or self.customer.email_formatted
        mail["To"] = to or self.team.alias_email
        mail["Subject"] = subject
        mail["Date"] = format_datetime(fields.Datetime.now())
        mail["Message-ID"] = message_id or f"<mail-{self.sent}@customer.example.com>"
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(text)
        tickets = self.env["aftersales.ticket"]
        last = tickets.search([], order="id desc", limit=1).id or 0
        self.env["mail.thread"].with_context(mail_channel_noautofollow=True).message_process(
            None, mail.as_string()
        )
        return tickets.search([("id", ">", last)])

    def customer_calls(self, role="agent", **told):
        """Somebody of customer service takes the call down."""
        values = {"partner_id": self.customer.id, "channel": "phone", **told}
        return self._as(role, self.env["aftersales.ticket"]).create(values).with_env(self.env)

    # === PEOPLE === #

    def by(self, role, document):
        return self._as(role, document)

    def takes(self, role, ticket):
        """Takes it and begins."""
        ticket = self._as(role, ticket).with_context(aftersales_take=True)
        ticket.action_assign()
        ticket.action_start()

    def answers(self, role, ticket, text):
        """Writes what the customer reads."""
        return self._as(role, ticket).message_post(
            body=text, message_type="comment", subtype_xmlid="mail.mt_comment"
        )

    def solves(self, role, ticket, solution):
        ticket = self._as(role, ticket)
        ticket.solution = solution
        ticket.action_resolve()

    def declines(self, role, ticket, reason):
        """By the dialog, which asks why."""
        dialog = self._as(role, self.env["aftersales.ticket.reason"])
        dialog.create({"ticket_ids": ticket.ids, "event": "decline", "reason": reason}).action_apply()
