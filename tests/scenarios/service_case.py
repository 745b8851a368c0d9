"""What tests of service stories share: crons that run when the clock is turned, and who was told what."""

from unittest.mock import patch

from service_story import ServiceStory
from story_case import StoryCase

from odoo import fields

#: the smallest picture there is, as an attachment holds it
SCREENSHOT = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class ServiceCase(StoryCase):
    story_class = ServiceStory

    def setUp(self):
        super().setUp()
        # what the demo data promise is years overdue on this clock and no part of the story
        ledger = self.env["aftersales.deadline"]
        ledger.search([("state", "in", ("running", "paused"))])._drop(fields.Datetime.now())

    def until(self, moment):
        """Turn the clock and let happen what is due by then, as the crons do every few minutes."""
        self.at(moment)
        ledger = self.env["aftersales.deadline"]
        ledger._run_due()
        ledger._run_notices()
        self.env["aftersales.ticket"]._cron_dispatch()
        self.env.invalidate_all()

    def screens(self):
        """[(user, title)] of what pops up on screens from now on."""
        shown = []

        def send(user, kind, message, subchannel=None):
            if kind == "simple_notification":
                shown.append((user, message.get("title")))

        patcher = patch.object(type(self.env["res.users"]), "_bus_send", send)
        patcher.start()
        self.addCleanup(patcher.stop)
        return shown

    # === WHO WAS TOLD === #

    def subjects_to(self, person, ticket):
        """Subjects of the mails about the ticket that went to the user or partner, in order."""
        partner = person.partner_id if person._name == "res.users" else person
        mails = self.env["mail.mail"].search(
            [("model", "=", ticket._name), ("res_id", "=", ticket.id)], order="id"
        )
        return [
            mail.subject
            for mail in mails
            if partner in mail.recipient_ids or (partner.email or "-") in (mail.email_to or "")
        ]

    def notices_to(self, user, ticket):
        """Subjects of the notices that the user got about the ticket, by mail or inbox, in order."""
        messages = self.env["mail.message"].search(
            [("model", "=", ticket._name), ("res_id", "=", ticket.id)], order="id"
        )
        return [
            message.subject
            for message in messages
            if message.message_type == "user_notification" and user.partner_id in message.notified_partner_ids
        ]

    def tasks_of(self, user, ticket):
        activities = self.env["mail.activity"].search(
            [("res_model", "=", ticket._name), ("res_id", "=", ticket.id), ("user_id", "=", user.id)],
            order="id",
        )
        return activities.mapped("summary")

    def history(self, ticket):
        """All that was said and logged, oldest first, as one text."""
        messages = self.env["mail.message"].search(
            [("model", "=", ticket._name), ("res_id", "=", ticket.id)], order="id"
        )
        return "\n".join(str(message.body or "") for message in messages)

    # === WHERE IT IS === #

    def assert_with(self, ticket, state, role):
        """State, and in whose hands (None: nobody's)."""
        user = self.story.people[role] if role else self.env["res.users"]
        self.assertEqual((ticket.state, ticket.user_id), (state, user))
