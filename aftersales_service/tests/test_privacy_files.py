import base64
import io
from email.message import EmailMessage

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.aftersales_service.policy import attachment

from .common import PNG, AftersalesServiceCommon

EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + bytes(200)
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


@tagged("post_install", "-at_install")
class TestFiles(AftersalesServiceCommon):
    def attach(self, name, content, ticket=None, **vals):
        ticket = ticket or self.ticket()
        values = {"name": name, "raw": content, "res_model": ticket._name, "res_id": ticket.id, **vals}
        return self.env["ir.attachment"].with_user(self.agent).create(values)

    def files_of(self, ticket):
        return self.env["ir.attachment"].search(
            [("res_model", "=", ticket._name), ("res_id", "=", ticket.id)]
        )

    def test_a_picture_and_a_paper_are_attached(self):
        """INTAKE-24"""
        ticket = self.ticket()
        self.attach("photo.jpg", PNG, ticket)
        self.attach("invoice.pdf", PDF, ticket)
        self.attach("router.log", b"2026-01-01 link down\n", ticket)
        self.assertEqual(len(self.files_of(ticket)), 3)

    def test_a_disguised_program_is_refused_by_its_content(self):
        """INTAKE-24: called photo.jpg and declared a picture, it stays a program."""
        ticket = self.ticket()
        with self.assertRaisesRegex(UserError, "photo.jpg is a program"):
            self.attach("photo.jpg", EXE, ticket, mimetype="image/jpeg")
        with self.assertRaisesRegex(UserError, "is a program"):
            self.attach("photo.jpg", False, ticket, datas=base64.b64encode(EXE))
        self.assertFalse(self.files_of(ticket))

    def test_content_cannot_be_swapped_afterwards(self):
        """INTAKE-24"""
        file = self.attach("photo.png", PNG)
        for vals in ({"raw": EXE}, {"datas": base64.b64encode(EXE)}, {"name": "photo.exe"}):
            with self.subTest(list(vals)), self.assertRaisesRegex(UserError, "is a program"):
                file.write(vals)

    def test_what_was_uploaded_for_a_message_is_judged_when_it_is_sent(self):
        """INTAKE-24: by the backend's composer, too."""
        ticket = self.ticket()
        pending = {"name": "photo.png", "raw": EXE, "res_model": "mail.compose.message", "res_id": 0}
        file = self.env["ir.attachment"].with_user(self.agent).create(pending)
        with self.assertRaisesRegex(UserError, "is a program"):
            ticket.message_post(body="Look", attachment_ids=file.ids)

    def test_a_hundred_megabytes_are_refused(self):
        """INTAKE-24"""
        with self.assertRaisesRegex(UserError, "larger than 20 MB"):
            self.attach("film.mp4", bytes(100 * attachment.MEGABYTE))

    def test_the_company_decides_size_and_kinds(self):
        """INTAKE-24, AMB-36"""
        self.company.aftersales_attachment_formats = "pdf"
        with self.assertRaisesRegex(UserError, "Send one of these: pdf"):
            self.attach("photo.png", PNG)
        self.company.aftersales_attachment_mb = 1
        with self.assertRaisesRegex(UserError, "larger than 1 MB"):
            self.attach("long.pdf", PDF + bytes(2 * attachment.MEGABYTE))
        with self.assertRaisesRegex(ValidationError, "exe"):
            self.company.aftersales_attachment_formats = "pdf, exe"

    def test_files_of_other_documents_are_none_of_our_business(self):
        self.env["ir.attachment"].create(
            {"name": "setup.exe", "raw": EXE, "res_model": "res.partner", "res_id": 1}
        )

    def test_a_mail_arrives_and_its_bad_files_are_kept_out_and_told(self):
        """INTAKE-24: nothing is lost silently, and nobody's request bounces."""
        self.env["mail.alias.domain"].create({"name": "shop.example.com"})
        self.team.alias_name = "intake-files"
        self.mail_in({"photo.png": PNG, "update.jpg": EXE, "big.pdf": PDF + bytes(21 * attachment.MEGABYTE)})
        ticket = self.env["aftersales.ticket"].search([("title", "=", "It leaks")])
        self.assertEqual(self.files_of(ticket).mapped("name"), ["photo.png"])
        note = " ".join(ticket.message_ids.mapped("body"))
        self.assertIn("update.jpg is a program", note)
        self.assertIn("big.pdf is larger than 20 MB", note)
        self.assertIn("SHA-256", note)

    def mail_in(self, files):
        mail = EmailMessage()
        mail["From"], mail["To"] = "stranger@example.com", f"intake-files@{self.team.alias_domain_id.name}"
        mail["Subject"], mail["Message-ID"] = "It leaks", "<one@example.com>"
        mail.set_content("Water everywhere")
        for name, content in files.items():
            mail.add_attachment(content, maintype="image", subtype="png", filename=name)
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            self.env["mail.thread"].message_process(None, mail.as_bytes())


@tagged("post_install", "-at_install")
class TestFilesFromOutside(HttpCase, AftersalesServiceCommon):
    def test_an_upload_in_the_backend_is_refused_with_a_sentence(self):
        """INTAKE-24: when the file is chosen, not only when the message is sent."""
        ticket = self.ticket()
        self.authenticate(self.agent.login, self.agent.login)
        answer = self.upload(ticket, "photo.png", EXE)
        self.assertIn("is a program", answer["error"])
        self.assertIn("attachment_id", self.upload(ticket, "photo.png", PNG)["data"])

    def upload(self, ticket, name, content):
        data = {"thread_id": ticket.id, "thread_model": ticket._name, "is_pending": "true"}
        data["csrf_token"] = self.csrf_token()
        files = [("ufile", (name, io.BytesIO(content), "image/png"))]
        return self.url_open("/mail/attachment/upload", data=data, files=files).json()

    def test_the_portal_form_refuses_a_disguised_program_and_opens_no_ticket(self):
        """INTAKE-24"""
        user = new_test_user(self.env, "as_portal", "base.group_portal", email="p@example.com")
        self.authenticate(user.login, user.login)
        data = {"service_type": "repair", "title": "From outside", "description": "It leaks"}
        data["csrf_token"] = self.csrf_token()
        files = [("attachments", ("photo.png", io.BytesIO(EXE), "image/png"))]
        page = self.url_open("/my/tickets/new", data=data, files=files)
        self.assertIn("is a program", page.text)
        self.assertFalse(self.env["aftersales.ticket"].search([("title", "=", "From outside")]))

    def csrf_token(self):
        from odoo.http import Request

        return Request.csrf_token(self)


@tagged("post_install", "-at_install")
class TestMask(AftersalesServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.inspector = cls.user("inspector")
        cls.other_engineer = cls.user("engineer", "other_engineer")
        cls.team.member_ids += cls.other_engineer

    def shown(self, user, ticket):
        ticket.invalidate_recordset()
        row = ticket.with_user(user).read(["phone_shown", "email_shown"])[0]
        return row["phone_shown"], row["email_shown"]

    def test_customer_service_and_the_assigned_engineer_see_the_number(self):
        """PRIV-02, AMB-40"""
        ticket = self.ticket(user_id=self.engineer.id)
        full = ("+86 20 5550 1234", "li.ming@example.com")
        self.assertEqual(self.shown(self.agent, ticket), full)
        self.assertEqual(self.shown(self.engineer, ticket), full)

    def test_everybody_else_sees_a_mask(self):
        """PRIV-02, AMB-37, AMB-40: the engineer of the same team, the warehouse."""
        ticket = self.ticket(user_id=self.engineer.id)
        masked = ("•••• 1234", "l•••@example.com")
        self.assertEqual(self.shown(self.other_engineer, ticket), masked)
        self.assertEqual(self.shown(self.inspector, ticket), masked)

    def test_whoever_visits_the_customer_may_call(self):
        """PRIV-02"""
        ticket = self.ticket(user_id=self.engineer.id)
        visit = self.env["aftersales.visit"].create(
            {"ticket_id": ticket.id, "user_id": self.other_engineer.id, "start": "2026-06-01 10:00:00"}
        )
        self.assertEqual(self.shown(self.other_engineer, ticket)[0], "+86 20 5550 1234")
        self.assertEqual(visit.with_user(self.other_engineer).phone, "+86 20 5550 1234")

    @mute_logger("odoo.models")
    def test_the_mask_cannot_be_walked_around(self):
        """PRIV-02: no reading, guessing by search, grouping or exporting of the plain number."""
        ticket = self.ticket().with_user(self.other_engineer)
        ways = [
            lambda: ticket.read(["phone"]),
            lambda: ticket.search([("phone", "ilike", "1234")]),
            lambda: ticket.search([], order="email"),
            lambda: ticket._read_group([], ["email"]),
            lambda: ticket.export_data(["phone"]),
        ]
        for number, way in enumerate(ways):
            with self.subTest(number), self.assertRaises(UserError):
                way()
        self.assertNotIn("phone", ticket.fields_get())

    def test_everybody_who_may_read_a_ticket_can_open_it(self):
        """PRIV-02: what is hidden from a role is left out of its screen, not refused on it."""
        ticket = self.ticket(user_id=self.engineer.id)
        self.env["aftersales.visit"].create(
            {"ticket_id": ticket.id, "user_id": self.engineer.id, "start": "2026-06-01 10:00:00"}
        )
        roles = [self.agent, self.supervisor, self.engineer, self.other_engineer, self.inspector]
        roles += [self.user("accountant"), self.user("general_manager")]
        for user in roles:
            with self.subTest(user.login):
                form = Form(ticket.with_user(user))
                self.assertEqual(form.title, ticket.title)

    def test_an_engineer_answers_without_seeing_the_address(self):
        """PRIV-02: the mask is in nobody's way."""
        ticket = self.ticket().with_user(self.other_engineer)
        ticket.message_post(body="On my way", message_type="comment", subtype_xmlid="mail.mt_comment")
        self.assertTrue(ticket._message_get_suggested_recipients(no_create=True) is not None)
