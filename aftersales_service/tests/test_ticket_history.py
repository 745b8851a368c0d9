import base64
import csv
import io
from datetime import timedelta

import openpyxl

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import file_open

from odoo.addons.aftersales_service.policy import history

from .common import AftersalesServiceCommon

CLOSED = {
    "number": "OLD-1", "created": "2024-03-01 09:30", "state": "closed", "subject": "Old leak",
    "email": "li.ming@example.com", "service_type": "repair", "channel": "phone", "priority": "p1",
    "assigned": "2024-03-01 09:40", "accepted": "2024-03-01 09:50", "solved": "2024-03-02 15:00",
    "closed": "2024-03-04 12:00", "solution": "Seal replaced",
}  # fmt: skip


@tagged("post_install", "-at_install")
class TestHistory(AftersalesServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.partner"].search([("email", "=", cls.customer.email)]).email = False
        cls.customer.email = "li.ming@example.com"

    def wizard(self, *rows, content=None, user=None):
        if content is None:
            out = io.StringIO()
            writer = csv.DictWriter(out, history.COLUMNS)
            writer.writeheader()
            writer.writerows(rows)
            content = out.getvalue().encode()
        return (
            self.env["aftersales.ticket.history"]
            .with_user(user or self.manager)
            .create({"file": base64.b64encode(content), "filename": "old.csv"})
        )

    def load(self, *rows, **kwargs):
        wizard = self.wizard(*rows, **kwargs)
        action = wizard.action_load()
        self.assertEqual(action["res_model"], "aftersales.ticket", wizard.report)
        return self.env["aftersales.ticket"].search(action["domain"], order="id")

    def test_a_closed_ticket_keeps_its_dates_and_states(self):
        """ARCHIVE-01: times are the company's, kept in UTC; the three years count from its end."""
        ticket = self.load(CLOSED)
        self.assertEqual((ticket.name, ticket.state, ticket.priority), ("OLD-1", "closed", "p1"))
        self.assertEqual(ticket.partner_id, self.customer)
        self.assertEqual(str(ticket.create_date), "2024-03-01 01:30:00")  # Shanghai is eight hours ahead
        self.assertEqual(str(ticket.resolved_at), "2024-03-02 07:00:00")
        self.assertEqual(str(ticket.ended_on), "2024-03-04")
        self.assertFalse(ticket.deadline_ids)

    def test_an_open_ticket_is_promised_what_its_dates_leave_and_nobody_is_mailed(self):
        """SLA-01: the clock runs since it came in; what would follow by itself has its full time."""
        mails = self.env["mail.mail"].search_count([])
        came = fields.Datetime.now() - timedelta(hours=3)
        local = fields.Datetime.context_timestamp(self.customer.with_context(tz="Asia/Shanghai"), came)
        row = {
            "created": f"{local:%Y-%m-%d %H:%M:%S}",
            "state": "assigned",
            "subject": "Open one",
            "email": self.customer.email,
            "service_type": "repair",
            "team": "Repairs",
            "assignee": self.agent.login,
        }
        ticket = self.load(row)
        due = self.deadlines(ticket)
        self.assertEqual(due["first_reply"].due_at, came.replace(microsecond=0) + timedelta(hours=24))
        self.assertGreater(due["accept"].due_at, fields.Datetime.now())
        self.assertNotIn("acknowledge", due)
        self.assertEqual(ticket.next_due_at, min(row.due_at for row in due.values()))
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        ticket.with_user(self.agent).action_accept()

    def test_a_ticket_that_waits_is_paused(self):
        row = {
            **CLOSED, "state": "waiting", "closed": "", "solved": "", "assignee": self.agent.login,
            "team": "Repairs", "number": "",
        }  # fmt: skip
        ticket = self.load(row)
        self.assertTrue(ticket.name.startswith("SR-"))
        states = {d.kind: d.state for d in ticket.sudo().deadline_ids}
        self.assertNotEqual(states.get("diagnosis"), "running")
        ticket.with_user(self.agent).action_resume()
        self.assertEqual(ticket.state, "in_progress")

    def test_a_dry_run_says_row_by_row_what_is_wrong_and_writes_nothing(self):
        """Bad input: each row, each fault, with what to do."""
        before = self.env["aftersales.ticket"].search_count([])
        wizard = self.wizard(
            CLOSED,
            {**CLOSED, "created": "01.03.2024", "number": "A"},
            {**CLOSED, "state": "sleeping", "product": "Nothing of ours", "number": "B"},
            {**CLOSED, "closed": "2024-03-01 08:00", "number": "C"},
            {**CLOSED},
        )
        wizard.action_check()
        for text in (
            "Row 3: created: '01.03.2024' is no date",
            "Row 4: state: 'sleeping' is none of",
            "Row 4: product: nothing, or more than one, is called 'Nothing of ours'",
            "Row 5: closed lies before solved",
            "Row 6: number OLD-1 stands twice",
        ):
            self.assertIn(text, wizard.report)
        self.assertIn("5 rows", wizard.summary)
        self.assertFalse(wizard.is_sound)
        wizard.action_load()
        self.assertEqual(self.env["aftersales.ticket"].search_count([]), before)

    def test_a_sound_file_is_told_so_before_it_is_loaded(self):
        wizard = self.wizard(CLOSED)
        wizard.action_check()
        self.assertTrue(wizard.is_sound)
        self.assertFalse(wizard.report)
        self.assertFalse(self.env["aftersales.ticket"].search([("name", "=", "OLD-1")]))

    def test_what_is_here_already_is_not_loaded_twice(self):
        self.load(CLOSED)
        wizard = self.wizard(CLOSED)
        wizard.action_load()
        self.assertIn("is here already", wizard.report)
        self.assertEqual(self.env["aftersales.ticket"].search_count([("name", "=", "OLD-1")]), 1)

    def test_two_contacts_of_one_name_are_not_taken_by_chance(self):
        self.env["res.partner"].create([{"name": "Wang Twice"}, {"name": "Wang Twice"}])
        ticket = self.load({**CLOSED, "email": "", "customer": "Wang Twice"})
        self.assertFalse(ticket.partner_id)
        self.assertEqual(ticket.contact_name, "Wang Twice")

    def test_excel_and_files_from_a_chinese_excel_are_read(self):
        book = openpyxl.Workbook()
        book.active.append(["number", "created", "state", "subject", "closed"])
        came = fields.Datetime.to_datetime("2024-03-01 09:30:00")
        book.active.append([1001.0, came, "closed", "冰箱漏水，请处理", "2024-03-02"])
        out = io.BytesIO()
        book.save(out)
        self.assertEqual(self.load(content=out.getvalue()).name, "1001")
        text = "number;created;state;subject;closed\nG-1;2024/03/01;closed;冰箱漏水，请处理;2024-03-02\n"
        self.assertEqual(self.load(content=text.encode("gb18030")).title, "冰箱漏水，请处理")

    def test_files_that_are_none_get_a_sentence(self):
        for content, sentence in (
            (b"PK\x03\x04broken", "cannot be read"),
            (b"\xff\xfe\x00\x81", "cannot be read|has to name the columns"),
            (b" ", "has to name the columns"),
            (b"created,colour\n2024-03-01,red\n", "unknown here: colour"),
        ):
            with self.subTest(content), self.assertRaisesRegex(UserError, sentence):
                self.wizard(content=content).action_check()

    def test_only_managers_load_history(self):
        with self.assertRaises(AccessError):
            self.wizard(CLOSED, user=self.supervisor)

    def test_the_template_can_be_loaded_as_it_is(self):
        with file_open("aftersales_service/static/import/tickets_history.csv", "rb") as template:
            tickets = self.load(content=template.read())
        self.assertEqual(tickets.mapped("state"), ["closed", "new"])

    def test_a_thousand_rows_cost_little_each(self):
        """1,000 rows, half of them open with promises: bounded queries, no mail."""
        still_open = {"created": "2024-03-01 09:30", "state": "new", "subject": "Open"}
        rows = [{**(CLOSED if n % 2 else still_open), "number": f"BULK-{n}"} for n in range(1000)]
        wizard = self.wizard(*rows)
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        wizard.action_load()
        self.env.flush_all()
        spent = self.env.cr.sql_log_count - before
        self.assertEqual(self.env["aftersales.ticket"].search_count([("name", "like", "BULK-")]), 1000)
        self.assertLess(spent, 1000)


@tagged("post_install", "-at_install")
class TestOrdinaryImport(AftersalesServiceCommon):
    def test_an_import_from_the_list_takes_tickets_in_like_people_do(self):
        """INTAKE-08: numbered, judged, promised and acknowledged."""
        columns = ["title", "partner_id/.id", "channel", "team_id/.id"]
        result = (
            self.env["aftersales.ticket"]
            .with_user(self.agent)
            .load(columns, [["Imported", str(self.customer.id), "email", str(self.team.id)]])
        )
        ticket = self.env["aftersales.ticket"].browse(result["ids"])
        self.assertEqual((ticket.state, ticket.name[:3]), ("new", "SR-"))
        self.assertTrue(ticket.acknowledged_at and ticket.deadline_ids and ticket.verdict_ids)

    def test_columns_that_policy_owns_are_refused_with_a_sentence(self):
        """A state or a stamp is not imported into a document, not silently dropped either."""
        for column, value in (("state", "closed"), ("priority", "p0"), ("closed_at", "2024-01-01 10:00:00")):
            with self.subTest(column):
                result = (
                    self.env["aftersales.ticket"]
                    .with_user(self.manager)
                    .load(["title", column], [["Imported", value]])
                )
                self.assertFalse(result["ids"])
                self.assertIn("cannot be imported", result["messages"][0]["message"])
        self.assertFalse(self.env["aftersales.ticket"].search([("title", "=", "Imported")]))

    def test_the_list_offers_a_template(self):
        template = self.env["aftersales.ticket"].get_import_templates()[0]["template"]
        with file_open(template.lstrip("/"), "rb") as found:
            self.assertIn(b"Subject", found.read())
