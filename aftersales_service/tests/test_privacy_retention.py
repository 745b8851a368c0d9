import base64
import csv
import io
import zipfile
from datetime import date, timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged

from .common import PNG, AftersalesServiceCommon

PERSON = ("Li Ming", "li.ming", "5550 1234", "Canton Road", "my husband", "photo-of-li")


class ArchiveCase(AftersalesServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "li.ming.4711@example.com"  # nobody else's, in whatever database

    def worked_on(self, **vals):
        """A ticket full of a person, its visit signed."""
        ticket = self.accepted(
            title="Fridge of Li Ming",
            description="Canton Road 5, ask for my husband",
            environment="Canton Road",
            tried_solutions="my husband pulled the plug",
            proof_of_purchase="Invoice to Li Ming",
            serial_number="as Li Ming said",
            lot_id=self.serials(self.product, 1).id,
            **vals,
        )
        ticket.action_start()
        ticket.message_post(
            body="Dear Li Ming",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.customer.ids,
            attachments=[("photo-of-li.png", PNG)],
        )
        ticket.message_subscribe(self.customer.ids)
        ticket.activity_schedule(
            "mail.mail_activity_data_todo", summary="Call Li Ming", user_id=self.agent.id
        )
        self.env["sms.sms"].create(
            {"number": "5550 1234", "body": "Dear Li Ming", "mail_message_id": ticket.message_ids[:1].id}
        )
        ticket.preliminary_judgement = "Li Ming says so"
        self.signed_visit(ticket)
        return ticket

    def signed_visit(self, ticket):
        visit = (
            self.env["aftersales.visit"]
            .with_user(self.agent)
            .create({"ticket_id": ticket.id, "user_id": self.agent.id, "start": "2026-06-01 10:00:00"})
        )
        visit.action_arrive()
        visit.write(
            {
                "signed_by": "Li Ming",
                "customer_comment": "my husband is content",
                "report": "Seal replaced",
                "signature": base64.b64encode(PNG),
            }
        )
        visit.action_complete()
        return visit

    def closed(self, ticket=None):
        ticket = ticket or self.worked_on()
        ticket.sudo()._fire("resolve", actor="system")
        ticket.sudo()._fire("close", actor="system")
        return ticket

    def figures(self):
        """What reports count: rows, states, times, promises and verdicts."""
        self.env.flush_all()
        tickets = self.env["aftersales.ticket"].sudo()
        by = tickets._read_group(
            [],
            [
                "state",
                "product_id",
                "team_id",
                "user_id",
                "service_type",
                "priority",
                "coverage",
                "is_repeat",
            ],
            ["__count"],
        )
        stamps = tuple(self.env["aftersales.ticket"]._flow.stamps.values())
        times = [tuple(ticket[stamp] for stamp in stamps) for ticket in tickets.search([], order="id")]
        ledger = self.env["aftersales.deadline"].sudo().search_read([], ["kind", "state", "due_at", "met_at"])
        verdicts = (
            self.env["aftersales.verdict"].sudo().search_read([], ["kind", "outcome", "facts", "clauses"])
        )
        return by, times, ledger, verdicts

    def traces(self, ticket):
        """Everything the database still says about the ticket and its visits."""
        self.env.flush_all()
        texts = []
        for table, ids in (("aftersales_ticket", ticket.ids), ("aftersales_visit", ticket.visit_ids.ids)):
            self.env.cr.execute(f"SELECT * FROM {table} WHERE id = ANY(%s)", [ids])
            texts.append(str(self.env.cr.dictfetchall()))
        for table, model in (
            ("mail_message", "model"), ("mail_activity", "res_model"), ("mail_followers", "res_model"),
            ("ir_attachment", "res_model"),
        ):  # fmt: skip
            self.env.cr.execute(
                f"SELECT * FROM {table} WHERE ({model} = 'aftersales.ticket' AND res_id = ANY(%s))"
                f" OR ({model} = 'aftersales.visit' AND res_id = ANY(%s))",
                [ticket.ids, ticket.visit_ids.ids],
            )
            texts.append(str(self.env.cr.dictfetchall()))
        self.env.cr.execute("SELECT * FROM sms_sms")
        return " ".join([*texts, str(self.env.cr.dictfetchall())])


@tagged("post_install", "-at_install")
class TestRetention(ArchiveCase):
    def past(self, days, **vals):
        """A ticket closed so many days ago."""
        moment = fields.Datetime.now() - timedelta(days=days)
        values = {"title": "Old Li Ming", "state": "closed", "closed_at": moment, **vals}
        return self.env["aftersales.ticket"].sudo().load_history([values])

    def run_daily(self):
        with self.enter_registry_test_mode():
            self.env.ref("aftersales_service.ir_cron_erase").method_direct_trigger()
        self.env.invalidate_all()

    def test_after_three_years_the_person_goes_and_every_figure_stays(self):
        """ARCHIVE-01, PRIV-03, AMB-39: told by the database itself, row by row."""
        ticket = self.closed()
        before = self.figures()
        self.assertIn("Li Ming", self.traces(ticket))
        with freeze_time(fields.Datetime.now() + timedelta(days=3 * 366)):
            self.run_daily()
        self.assertTrue(ticket.anonymised_at)
        left = self.traces(ticket)
        for trace in PERSON:
            self.assertNotIn(trace, left)
        self.assertEqual(self.figures(), before)
        self.assertIn("erased", " ".join(ticket.sudo().message_ids.mapped("body")))

    def test_a_day_earlier_nothing_happens(self):
        """ARCHIVE-01"""
        young, old = self.past(3 * 365 - 2), self.past(3 * 366)
        self.run_daily()
        self.assertFalse(young.anonymised_at)
        self.assertEqual(young.title, "Old Li Ming")
        self.assertTrue(old.anonymised_at)
        self.assertFalse(old.title)

    def test_open_held_and_cancelled_tickets(self):
        """ARCHIVE-01: a hold outlasts the time; what was cancelled is kept as long as what was closed."""
        held, cancelled = self.past(4000), self.past(4000, state="cancelled")
        open_one = self.ticket()
        held.with_user(self.supervisor).action_hold(reason="lawsuit 12 C 345")
        self.run_daily()
        self.assertFalse(held.anonymised_at)
        self.assertTrue(cancelled.anonymised_at)
        self.assertFalse(open_one.anonymised_at)
        held.with_user(self.supervisor).action_release_hold()
        self.run_daily()
        self.assertTrue(held.anonymised_at)

    def test_a_company_that_keeps_for_ever_keeps(self):
        self.company.aftersales_retention_months = 0
        old = self.past(9999)
        self.run_daily()
        self.assertFalse(old.anonymised_at)
        self.assertFalse(old.erased_from)

    def test_less_than_three_years_is_refused(self):
        """ARCHIVE-01"""
        with self.assertRaisesRegex(ValidationError, "36 months at least"):
            self.company.aftersales_retention_months = 12

    def test_a_reopened_ticket_is_kept_from_its_last_closing(self):
        """ARCHIVE-01, AMB-39"""
        ticket = self.closed(self.in_progress())
        self.assertEqual(ticket.ended_on, self.company._aftersales_today())
        ticket.action_reopen(reason="leaks again")
        self.assertFalse(ticket.ended_on)
        with freeze_time(fields.Datetime.now() + timedelta(days=30)):
            self.closed(ticket)
            self.assertEqual(ticket.ended_on, self.company._aftersales_today())

    def test_many_at_once_cost_little_each(self):
        """ARCHIVE-01: the daily run works on batches."""
        values = [
            {"title": f"Old {n}", "state": "closed", "closed_at": "2001-01-01 10:00:00"} for n in range(60)
        ]
        self.env["aftersales.ticket"].sudo().load_history(values)
        self.env.flush_all()
        count = self.env.cr.sql_log_count
        self.run_daily()
        self.assertFalse(self.env["aftersales.ticket"].search([("title", "like", "Old ")]))
        self.assertLess(self.env.cr.sql_log_count - count, 60 * 4)

    def test_only_supervisors_hold_and_nobody_writes_the_dates(self):
        """ARCHIVE-01: who could move the date could shorten the time."""
        ticket = self.past(10)
        with self.assertRaises(AccessError):
            ticket.with_user(self.agent).action_hold(reason="x")
        with self.assertRaisesRegex(UserError, "Say why"):
            ticket.with_user(self.supervisor).action_hold(reason=" ")
        for vals in ({"ended_on": date(2000, 1, 1)}, {"is_held": True}, {"anonymised_at": False}):
            with self.subTest(vals), self.assertRaises(AccessError):
                ticket.with_user(self.manager).write(vals)

    def test_what_was_erased_is_not_taken_up_again(self):
        old = self.past(4000)
        self.run_daily()
        with self.assertRaisesRegex(UserError, "Open a new ticket"):
            old.with_user(self.agent).action_reopen(reason="again")

    def test_a_request_from_the_portal_forgets_who_made_it(self):
        """PRIV-03: the customer's user is its creator."""
        portal = new_test_user(self.env, "as_portal", "base.group_portal")
        ticket = self.env["aftersales.ticket"].with_user(portal).sudo().create({"title": "Mine"})
        self.assertEqual(ticket.create_uid, portal)
        ticket.with_user(self.agent).action_cancel(reason="withdrawn")
        ticket.sudo()._erase_personal_data("Test.")
        self.assertNotEqual(ticket.create_uid, portal)

    def test_a_company_stays_as_the_customer_and_a_person_does_not(self):
        """PRIV-03: a company is no person; its contact is."""
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        contact = self.env["res.partner"].create({"name": "Wang Fang", "parent_id": firm.id})
        ticket = self.past(4000, partner_id=contact.id)
        person = self.past(4000, partner_id=self.customer.id)
        self.run_daily()
        self.assertEqual(ticket.partner_id, firm)
        self.assertFalse(person.partner_id)
        self.assertFalse(ticket.contact_name)


@tagged("post_install", "-at_install")
class TestErasure(ArchiveCase):
    def wizard(self, user=None, **vals):
        values = {"partner_id": self.customer.id, "reason": "Request of 12 May", **vals}
        return self.env["aftersales.ticket.erase"].with_user(user or self.manager).create(values)

    def test_on_request_the_person_is_erased_at_once(self):
        """PRIV-03, AMB-39: chatter, mails, text messages, files and tracked values too; figures stay."""
        ticket = self.closed()
        before = self.figures()
        self.wizard().action_erase()
        left = self.traces(ticket)
        for trace in PERSON:
            self.assertNotIn(trace, left)
        self.assertEqual(self.figures(), before)
        self.assertIn("Request of 12 May", " ".join(ticket.sudo().message_ids.mapped("body")))

    def test_what_is_held_or_open_stays_and_is_told(self):
        """PRIV-03: unless a hold stands."""
        held, gone, still_open = (
            self.closed(self.in_progress()),
            self.closed(self.in_progress()),
            self.ticket(),
        )
        held.with_user(self.supervisor).action_hold(reason="lawsuit")
        wizard = self.wizard()
        for text in (
            f"Erased: {gone.name}",
            f"on hold: {held.name}",
            f"until it is closed: {still_open.name}",
        ):
            self.assertIn(text, wizard.summary)
        wizard.action_erase()
        self.assertTrue(gone.anonymised_at)
        self.assertFalse(held.anonymised_at)
        self.assertFalse(still_open.anonymised_at)
        self.assertTrue(held.contact_name and still_open.contact_name)

    def test_nothing_to_erase_is_told_and_changes_nothing(self):
        ticket = self.ticket()
        with self.assertRaisesRegex(UserError, "Nothing can be erased"):
            self.wizard().action_erase()
        self.assertTrue(ticket.contact_name)

    def test_a_sender_who_is_no_contact_is_found_by_address(self):
        """PRIV-03"""
        ticket = self.closed(self.in_progress(partner_id=False, email="stranger@example.com"))
        self.wizard(partner_id=False, email="Stranger@Example.com").action_erase()
        self.assertTrue(ticket.anonymised_at)

    def test_only_managers_erase(self):
        """PRIV-02"""
        self.closed(self.in_progress())
        with self.assertRaises(AccessError):
            self.wizard(self.supervisor)

    def test_the_request_itself_keeps_no_name(self):
        """PRIV-03"""
        self.closed(self.in_progress())
        wizard = self.wizard()
        wizard.action_erase()
        self.assertFalse(wizard.partner_id or wizard.email)


@tagged("post_install", "-at_install")
class TestSignature(ArchiveCase):
    def test_a_signature_is_kept_with_its_hash(self):
        """PRIV-07"""
        visit = self.signed_visit(self.accepted())
        self.assertEqual(visit.signature_state, "intact")
        self.assertTrue(visit.signed_at)
        self.assertIn(visit.signature_sha256, " ".join(visit.sudo().message_ids.mapped("body")))

    def test_after_the_visit_nobody_touches_signature_name_or_words(self):
        """PRIV-07: not by replacing, not by taking away."""
        visit = self.signed_visit(self.accepted())
        for vals in (
            {"signature": False},
            {"signature": base64.b64encode(PNG)},
            {"signed_by": "Somebody"},
            {"customer_comment": "All is wonderful"},
            {"signature_sha256": "0"},
        ):
            with self.subTest(vals), self.assertRaises(UserError):
                visit.with_user(self.manager).write(vals)
        self.assertEqual(visit.signature_state, "intact")

    def test_a_forgery_past_the_screens_shows(self):
        """PRIV-07: who writes into the database itself is found out."""
        visit = self.signed_visit(self.accepted())
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE aftersales_visit SET customer_comment = 'Perfect' WHERE id = %s", visit.ids
        )
        self.env.invalidate_all()
        self.assertEqual(visit.signature_state, "changed")

    def test_a_signature_serves_for_its_own_visit_only(self):
        """PRIV-07: copied to another visit with its hash it is seen as a forgery."""
        first, second = self.signed_visit(self.accepted()), self.signed_visit(self.accepted())
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE aftersales_visit SET signature_sha256 = %s WHERE id = %s",
            [first.signature_sha256, second.id],
        )
        self.env.invalidate_all()
        self.assertEqual(second.signature_state, "changed")

    def test_no_words_before_the_service_and_none_in_a_copy(self):
        """PROG-11, PRIV-07"""
        visit = self.signed_visit(self.accepted())
        copy = visit.with_user(self.agent).copy()
        self.assertFalse(copy.customer_comment or copy.signature or copy.signature_sha256)


@tagged("post_install", "-at_install")
class TestArchive(ArchiveCase):
    def rows(self, ticket):
        """{kind: the set of what became of its papers}"""
        found = {}
        for row in ticket._archive_rows():
            found.setdefault(row["kind"], set()).add(row["status"])
        return found

    def test_the_closed_file_has_every_paper_with_its_hash(self):
        """ARCHIVE-03, ARCHIVE-13, PRIV-07: communication, files and the customer's signature."""
        ticket = self.closed()
        self.assertEqual(ticket.archive_state, "intact")
        self.assertLessEqual({"ticket", "message", "file", "visit"}, set(self.rows(ticket)))
        for row in ticket.archive_index:
            self.assertRegex(row["sha256"], "^[0-9a-f]{64}$")
        self.assertIn("photo-of-li.png", ticket.archive_html)
        # as the web client reads it: sizes in place of files
        client = ticket.with_user(self.agent).with_context(bin_size=True, lang="zh_CN", tz="Asia/Shanghai")
        client.invalidate_recordset()
        self.assertEqual(client.archive_state, "intact")

    def test_a_changed_message_or_file_shows(self):
        """PRIV-07"""
        ticket = self.closed()
        message = ticket.sudo().message_ids.filtered(lambda m: "Dear" in (m.body or ""))
        self.env.flush_all()
        self.env.cr.execute("UPDATE mail_message SET body = 'Dear nobody' WHERE id = %s", message.ids)
        self.env.invalidate_all()
        self.assertEqual(ticket.archive_state, "changed")
        self.assertIn("changed", self.rows(ticket)["message"])

    def test_a_paper_taken_away_or_added_shows(self):
        """PRIV-07"""
        ticket = self.closed()
        ticket.message_post(body="A late word", message_type="comment", subtype_xmlid="mail.mt_comment")
        ticket.invalidate_recordset()
        self.assertEqual(ticket.archive_state, "added")
        self.env["ir.attachment"].sudo().search(
            [("res_model", "=", ticket._name), ("res_id", "=", ticket.id)]
        ).unlink()
        ticket.invalidate_recordset()
        self.assertEqual(self.rows(ticket)["file"], {"missing"})
        self.assertEqual(ticket.archive_state, "changed")

    def test_an_index_that_was_tampered_with_shows(self):
        """PRIV-07"""
        ticket = self.closed()
        self.env.flush_all()
        self.env.cr.execute("UPDATE aftersales_ticket SET archive_index = '[]' WHERE id = %s", ticket.ids)
        self.env.invalidate_all()
        self.assertEqual(ticket.archive_state, "changed")

    def test_the_file_is_named_after_customer_and_number_and_holds_the_papers(self):
        """ARCHIVE-02, ARCHIVE-03, ARCHIVE-05"""
        ticket = self.closed()
        bundle = zipfile.ZipFile(io.BytesIO(ticket._archive_zip()))
        folders = {name.partition("/")[0] for name in bundle.namelist()}
        self.assertEqual(folders, {f"Li Ming {ticket.name}"})
        names = " ".join(bundle.namelist())
        for part in ("index.csv", "messages.txt", "photo-of-li.png", "signature"):
            self.assertIn(part, names)
        rows = list(
            csv.reader(io.StringIO(bundle.read(f"Li Ming {ticket.name}/index.csv").decode("utf-8-sig")))
        )
        self.assertEqual(rows[-1], ["seal", ticket.archive_seal])

    def test_an_open_ticket_has_no_file(self):
        with self.assertRaisesRegex(UserError, "has no file"):
            self.accepted().action_archive_file()

    def test_a_title_that_is_a_formula_stays_a_text(self):
        """A spreadsheet that opens the index runs nothing."""
        ticket = self.in_progress()
        ticket.message_post(
            body="x", subject="=cmd|' /C calc'!A0", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.closed(ticket)
        self.assertIn("'=cmd", ticket._archive_csv().decode("utf-8-sig"))


@tagged("post_install", "-at_install")
class TestArchiveFromOutside(HttpCase, ArchiveCase):
    def test_customer_service_downloads_and_nobody_else(self):
        """ARCHIVE-02, PRIV-02"""
        ticket = self.closed(self.in_progress())
        portal = new_test_user(self.env, "as_portal", "base.group_portal")
        portal.partner_id.parent_id = self.customer
        foreign = self.user("agent", "foreign")
        branch = self.env["res.company"].create({"name": "Branch"})
        foreign.write({"company_ids": [Command.set(branch.ids)], "company_id": branch.id})
        for user, status in ((self.agent, 200), (self.engineer, 404), (portal, 404), (foreign, 404)):
            with self.subTest(user.login):
                self.authenticate(user.login, user.login)
                self.assertEqual(self.url_open(f"/aftersales/file/{ticket.id}").status_code, status)
