"""Chat, app, WeChat and store bring their tickets over the external API, as docs/integration.md says.

JSON-2 with an API key, and XML-RPC for older systems, as an integration user who is nothing but an agent.
"""

import base64
import json
import re
from datetime import timedelta
from pathlib import Path
from xmlrpc.client import Fault

from odoo import fields
from odoo.tests import HttpCase, get_db_name, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.aftersales_service.tests.common import PNG, AftersalesServiceCommon
from odoo.addons.aftersales_service.tests.test_privacy_files import EXE

MEGABYTE = 1024 * 1024


class ApiCase(HttpCase, AftersalesServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.app = new_test_user(
            cls.env, "as_app", "base.group_user,aftersales_service.group_agent", email="app@example.com"
        )
        expires = fields.Datetime.now() + timedelta(days=1)
        keys = cls.env["res.users.apikeys"].with_user(cls.app)
        cls.key = keys._generate("rpc", "after-sales app", expires)
        cls.team.member_ids += cls.app

    def call(self, model, method, key=None, **arguments):
        """(status, answer) of a JSON-2 call."""
        answer = self.url_open(
            f"/json/2/{model}/{method}",
            data=json.dumps(arguments),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"bearer {key or self.key}",
                "X-Odoo-Database": get_db_name(),
            },
        )
        return answer.status_code, answer.json()

    def asked(self, method, model="aftersales.ticket", **arguments):
        """The answer of a call that has to go through."""
        status, answer = self.call(model, method, **arguments)
        self.assertEqual(status, 200, answer)
        return answer

    def refused(self, method, model="aftersales.ticket", **arguments):
        """The sentence of a call that has to be refused."""
        with mute_logger("odoo.http", "odoo.sql_db"):
            status, answer = self.call(model, method, **arguments)
        self.assertGreaterEqual(status, 400, answer)
        return answer["message"]

    def values(self, **vals):
        return {"title": "Does not cool", "team_id": self.team.id, "email": "wx@example.com", **vals}


@tagged("post_install", "-at_install")
class TestJson2(ApiCase):
    def test_every_channel_brings_its_tickets(self):
        """INTAKE-02, INTAKE-07: chat, app, WeChat and store; numbered, promised and acknowledged at once."""
        rows = [self.values(channel=channel) for channel in ("chat", "app", "wechat", "store")]
        ids = self.asked("create", vals_list=rows)
        answers = self.asked("read", ids=ids, fields=["name", "channel", "state", "next_due_at"])
        self.assertEqual([row["channel"] for row in answers], ["chat", "app", "wechat", "store"])
        for row in answers:
            self.assertRegex(row["name"], r"^SR-\d{12}$")
            self.assertEqual(row["state"], "new")
            self.assertTrue(row["next_due_at"])
        self.assertTrue(all(self.env["aftersales.ticket"].browse(ids).mapped("acknowledged_at")))

    def test_a_ticket_is_taken_and_its_progress_is_read(self):
        """INTAKE-07, PROG-04: accept, start, and read what the customer may be told."""
        (ticket_id,) = self.asked("create", vals_list=[self.values(user_id=self.app.id)])
        self.asked("action_accept", ids=[ticket_id])
        self.asked("action_start", ids=[ticket_id])
        (row,) = self.asked(
            "read", ids=[ticket_id], fields=["state", "headline", "accepted_at", "allowed_events"]
        )
        self.assertEqual(row["state"], "in_progress")
        self.assertIn("working on it", row["headline"])
        self.assertIn("resolve", row["allowed_events"])

    def test_a_request_sent_again_after_a_lost_answer_is_one_ticket(self):
        """Bad input: the app draws a key for each request; sent again it gets the same answer."""
        rows = [self.values(request_key="wx-1"), self.values(request_key="wx-2")]
        ids = self.asked("create", vals_list=rows)
        self.assertEqual(self.asked("create", vals_list=rows), ids)
        mixed = [self.values(request_key="wx-3"), rows[1], self.values()]
        fresh, known, plain = self.asked("create", vals_list=mixed)
        self.assertEqual(known, ids[1])
        self.assertFalse({fresh, plain} & set(ids))
        tickets = self.env["aftersales.ticket"].browse(ids)
        told = tickets.message_ids.filtered(lambda message: message.message_type == "auto_comment")
        self.assertLessEqual(len(told), len(tickets), "acknowledged once")

    def test_a_key_belongs_to_its_sender(self):
        """Two systems may draw the same key; within one batch it is refused, and nothing is made."""
        (first,) = self.asked("create", vals_list=[self.values(request_key="7")])
        other = self.env["aftersales.ticket"].with_user(self.agent).create(self.values(request_key="7"))
        self.assertNotEqual(other.id, first)
        before = self.env["aftersales.ticket"].search_count([])
        said = self.refused("create", vals_list=[self.values(request_key="8"), self.values(request_key="8")])
        self.assertIn("taken already", said)
        self.assertEqual(self.env["aftersales.ticket"].search_count([]), before)

    def test_a_photo_is_attached(self):
        """INTAKE-24"""
        (ticket_id,) = self.asked("create", vals_list=[self.values(channel="app")])
        self.asked(
            "create",
            model="ir.attachment",
            vals_list=[
                {
                    "name": "leak.png",
                    "datas": base64.b64encode(PNG).decode(),
                    "res_model": "aftersales.ticket",
                    "res_id": ticket_id,
                }
            ],
        )
        self.assertEqual(self.env["aftersales.ticket"].browse(ticket_id).message_attachment_count, 1)

    def test_a_serial_number_that_nobody_knows_is_kept_as_told(self):
        """INTAKE-15: the customer is not turned away for a typing error."""
        (ticket_id,) = self.asked("create", vals_list=[self.values(serial_number="NO-SUCH-1")])
        ticket = self.env["aftersales.ticket"].browse(ticket_id)
        self.assertEqual(ticket.serial_number, "NO-SUCH-1")
        self.assertFalse(ticket.lot_id)

    def test_an_unknown_record_is_refused_and_nothing_is_made(self):
        """Bad input: an id that does not exist is no serial number."""
        before = self.env["aftersales.ticket"].search_count([])
        self.refused("create", vals_list=[self.values(lot_id=999999999)])
        self.assertEqual(self.env["aftersales.ticket"].search_count([]), before)

    def test_state_and_dates_are_not_set_from_outside(self):
        """SO-1: what comes in is new, whatever the caller writes; later on it is refused."""
        (ticket_id,) = self.asked(
            "create", vals_list=[self.values(state="closed", priority="p0", closed_at="2020-01-01 00:00:00")]
        )
        ticket = self.env["aftersales.ticket"].browse(ticket_id)
        self.assertEqual((ticket.state, ticket.closed_at), ("new", False))
        self.assertNotEqual(ticket.priority, "p0")
        for vals in ({"state": "closed"}, {"priority": "p0"}, {"closed_at": "2020-01-01 00:00:00"}):
            with self.subTest(vals):
                self.assertIn("cannot be written", self.refused("write", ids=[ticket_id], vals=vals))

    def test_no_private_door_is_open(self):
        """The loader of history is a manager's, the token and the steps are nobody's."""
        (ticket_id,) = self.asked("create", vals_list=[self.values()])
        self.assertIn("Only a manager", self.refused("load_history", vals_list=[{"state": "closed"}]))
        for method, arguments in (
            ("_write_policy", {"vals": {"state": "closed"}}),
            ("_fire", {"event": "close"}),
            ("_unstick", {"state": "closed", "reason": "x"}),
        ):
            with self.subTest(method):
                self.refused(method, ids=[ticket_id], **arguments)
        token = {"aftersales_own_write": True}
        self.refused("write", ids=[ticket_id], vals={"state": "closed"}, context=token)
        self.assertEqual(self.env["aftersales.ticket"].browse(ticket_id).state, "new")

    def test_a_step_that_does_not_apply_is_told_in_a_sentence(self):
        (ticket_id,) = self.asked("create", vals_list=[self.values()])
        self.assertIn("does not apply", self.refused("action_close", ids=[ticket_id]))

    def test_a_disguised_program_and_21_megabytes_are_refused(self):
        """INTAKE-24: by content and by size, whoever sends them."""
        (ticket_id,) = self.asked("create", vals_list=[self.values()])
        for name, content, sentence in (
            ("photo.png", EXE, "is a program"),
            ("film.png", PNG + b"\0" * 21 * MEGABYTE, "larger than 20 MB"),
        ):
            values = {
                "name": name,
                "datas": base64.b64encode(content).decode(),
                "res_model": "aftersales.ticket",
                "res_id": ticket_id,
            }
            with self.subTest(name):
                self.assertIn(sentence, self.refused("create", model="ir.attachment", vals_list=[values]))
        self.assertFalse(self.env["aftersales.ticket"].browse(ticket_id).message_attachment_count)

    def test_without_the_right_key_nothing_is_told(self):
        with mute_logger("odoo.http"):
            status, _answer = self.call("aftersales.ticket", "search", key="0" * 40, domain=[])
        self.assertEqual(status, 401)

    def test_a_batch_is_made_whole_or_not_at_all(self):
        before = self.env["aftersales.ticket"].search_count([])
        rows = [self.values(), self.values(channel="pigeon")]
        self.refused("create", vals_list=rows)
        self.assertEqual(self.env["aftersales.ticket"].search_count([]), before)


@tagged("post_install", "-at_install")
class TestXmlRpc(ApiCase):
    def rpc(self, method, *arguments, **named):
        return self.xmlrpc_object.execute_kw(
            get_db_name(), self.app.id, self.key, "aftersales.ticket", method, arguments, named
        )

    def test_create_accept_and_read(self):
        """INTAKE-07"""
        ids = self.rpc("create", [self.values(channel="store", user_id=self.app.id)])
        self.rpc("action_accept", ids)
        (row,) = self.rpc("read", ids, fields=["name", "state"])
        self.assertEqual(row["state"], "accepted")

    def test_it_refuses_what_json_refuses(self):
        ids = self.rpc("create", [self.values(state="closed")])
        self.assertEqual(self.rpc("read", ids, fields=["state"])[0]["state"], "new")
        with self.assertRaisesRegex(Fault, "cannot be written"), mute_logger("odoo.http"):
            self.rpc("write", ids, {"state": "closed"})


@tagged("post_install", "-at_install")
class TestDocumentation(ApiCase):
    def test_every_call_of_the_documentation_names_a_method_that_is_there(self):
        """docs/integration.md is what integrators copy from."""
        text = (Path(__file__).parents[2] / "docs" / "integration.md").read_text(encoding="utf-8")
        calls = re.findall(r"/json/2/([a-z.]+)/([a-z_]+)", text)
        self.assertGreater(len(calls), 4)
        for model, method in calls:
            with self.subTest(f"{model}.{method}"):
                self.assertTrue(callable(getattr(self.env[model], method)))
        bodies = re.findall(r"-d '(\{.*?\})'$", text, flags=re.MULTILINE | re.DOTALL)
        self.assertEqual(len(bodies), len(calls))
        for body in bodies:
            json.loads(body)
