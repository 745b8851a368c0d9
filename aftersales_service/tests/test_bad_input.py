import io
from datetime import timedelta
from email.message import EmailMessage

from odoo import fields
from odoo.http import Request
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import PNG, AftersalesServiceCommon
from .test_privacy_files import EXE

TOO_LARGE = PNG + b"\0" * 21 * 1024 * 1024


@tagged("post_install", "-at_install")
class TestFilesByEveryWay(HttpCase, AftersalesServiceCommon):
    def test_what_is_too_large_or_a_program_is_kept_out_of_a_mail_that_arrives(self):
        """INTAKE-24: nothing of the mail is lost but the two files, and the ticket says so."""
        domain = self.env["mail.alias.domain"].create({"name": "bad.example.com"})
        self.team.write({"alias_name": "bad-input", "alias_domain_id": domain.id})
        mail = EmailMessage()
        mail["From"], mail["To"] = "a@example.com", "bad-input@bad.example.com"
        mail["Subject"], mail["Message-ID"] = "It leaks", "<bad-input@example.com>"
        mail.set_content("Water everywhere")
        for name, content in (("film.png", TOO_LARGE), ("photo.png", EXE), ("good.png", PNG)):
            mail.add_attachment(content, maintype="image", subtype="png", filename=name)
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            self.env["mail.thread"].message_process(None, mail.as_bytes())
        ticket = self.env["aftersales.ticket"].search([("title", "=", "It leaks")])
        owned = [("res_model", "=", ticket._name), ("res_id", "=", ticket.id)]
        files = self.env["ir.attachment"].search(owned)
        self.assertEqual(files.mapped("name"), ["good.png"])
        told = " ".join(ticket.sudo().message_ids.mapped("body"))
        self.assertIn("film.png", told)
        self.assertIn("photo.png", told)

    def test_the_portal_takes_no_file_of_21_megabytes(self):
        """INTAKE-24: a sentence, and what was typed is still in the form."""
        user = new_test_user(self.env, "as_portal_bad", "base.group_portal", email="bad@example.com")
        self.authenticate(user.login, user.login)
        data = {"service_type": "repair", "title": "Too large", "description": "It leaks"}
        data["csrf_token"] = Request.csrf_token(self)
        files = [("attachments", ("film.png", io.BytesIO(TOO_LARGE), "image/png"))]
        page = self.url_open("/my/tickets/new", data=data, files=files)
        self.assertIn("larger than 20 MB", page.text)
        self.assertIn("It leaks", page.text)
        self.assertFalse(self.env["aftersales.ticket"].search([("title", "=", "Too large")]))


@tagged("post_install", "-at_install")
class TestKnownToGoWrongElsewhere(AftersalesServiceCommon):
    """What users of other help desks complain about."""

    def test_another_team_gives_open_promises_its_own_hours(self):
        """A changed team is re-targeted like a changed priority."""
        other = self.env["aftersales.team"].create({"name": "Day shift", "calendar_id": self.closed_now().id})
        ticket = self.ticket()
        before = self.deadlines(ticket)["assign"].due_at
        ticket.team_id = other
        after = self.deadlines(ticket)["assign"]
        self.assertEqual(after.state, "running")
        self.assertGreater(after.due_at, before)

    def test_a_team_without_a_calendar_takes_tickets_in(self):
        """It works in the company's hours; nothing crashes."""
        self.team.calendar_id = False
        self.company.aftersales_calendar_id = False
        self.assertTrue(self.deadlines(self.ticket())["assign"].due_at)

    def test_solved_straight_out_of_a_pause_is_in_time_afterwards_too(self):
        """The paused clock is not counted as late when the ledger comes round later."""
        ticket = self.in_progress(urgency="urgent", impact="global")
        ticket.action_wait(reason="part ordered")
        ticket.action_resolve()
        self.env["aftersales.deadline"]._run_due(now=fields.Datetime.now() + timedelta(days=30))
        states = {kind: row.state for kind, row in self.deadlines(ticket).items()}
        self.assertEqual(states["diagnosis"], "met")

    def test_a_new_assignee_is_no_mail_to_the_customer(self):
        """PROG-01: told once that somebody has it, whoever that is later."""
        ticket = self.accepted()
        mails = self.env["mail.mail"].search_count([("email_to", "ilike", self.customer.email)])
        ticket.user_id = self.colleague
        ticket.with_user(self.colleague).action_accept()
        self.assertEqual(
            self.env["mail.mail"].search_count([("email_to", "ilike", self.customer.email)]), mails
        )

    def test_a_due_time_is_read_in_the_readers_time_zone(self):
        """The same moment, told in Shanghai and in Berlin."""
        ticket = self.ticket()
        due = ticket.next_due_at
        told = set()
        for zone in ("Asia/Shanghai", "Europe/Berlin"):
            local = ticket.with_context(tz=zone)
            local.invalidate_recordset(["headline"])
            expected = f"{fields.Datetime.context_timestamp(local, due):%H:%M}"
            self.assertIn(expected, local.headline)
            told.add(expected)
        self.assertEqual(len(told), 2)

    def test_somebody_elses_serial_number_names_its_owner_to_nobody(self):
        """The ticket stays the caller's; product and cover come from the piece."""
        self.sell()
        card = self.env["aftersales.warranty.card"].search([("partner_id", "=", self.customer.id)])
        stranger = self.env["res.partner"].create({"name": "Wang"})
        ticket = self.ticket(partner_id=stranger.id, lot_id=card.lot_id.id)
        self.assertEqual((ticket.partner_id, ticket.contact_name), (stranger, "Wang"))
        self.assertEqual(ticket.product_id, self.product)
        self.assertFalse({"Li Ming", "li.ming@example.com"} & {ticket.contact_name, ticket.email})
