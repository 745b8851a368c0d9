import os
import re
from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.aftersales_service import keyring
from odoo.addons.aftersales_service.policy import lifecycle

from .common import AftersalesServiceCommon

PLAIN = "hunter2 密码"
ONE, TWO = keyring.new_key(), keyring.new_key()


@contextmanager
def keys(*given, **environment):
    """The server's environment with these keys and no others."""
    values = {keyring.ENVIRONMENT: ",".join(given), keyring.ENVIRONMENT_FILE: "", **environment}
    with patch.dict(os.environ, values):
        yield


class SecretCase(AftersalesServiceCommon):
    def setUp(self):
        super().setUp()
        self.env["aftersales.secret"].search([]).unlink()
        held = keys(ONE)
        held.__enter__()
        self.addCleanup(held.__exit__, None, None, None)

    def secret(self, ticket=None, user=None, **vals):
        ticket = ticket or self.accepted()
        values = {"ticket_id": ticket.id, "kind": "password", "label": "Router", "value": PLAIN, **vals}
        return self.env["aftersales.secret"].with_user(user or self.agent).create(values)

    def stored(self, secret):
        self.env.flush_all()
        self.env.cr.execute("SELECT * FROM aftersales_secret WHERE id = %s", secret.ids)
        return self.env.cr.dictfetchone()

    def log_of(self, ticket):
        return " ".join(ticket.sudo().message_ids.mapped("body"))


@tagged("post_install", "-at_install")
class TestSecrets(SecretCase):
    def test_only_the_ciphertext_is_stored(self):
        """PRIV-01: a password is encrypted at once; nothing in its row or in the log tells it."""
        secret = self.secret()
        row = self.stored(secret)
        self.assertNotIn(PLAIN, str(row))
        self.assertEqual(keyring.decrypt(row["ciphertext"]), PLAIN)
        self.assertNotIn(PLAIN, self.log_of(secret.ticket_id))
        self.assertFalse(secret.value, "what was typed comes back to nobody")

    def test_the_same_password_twice_is_two_ciphertexts(self):
        """PRIV-01: equal secrets cannot be told from the table."""
        ticket = self.accepted()
        first, second = self.secret(ticket), self.secret(ticket)
        self.assertNotEqual(self.stored(first)["ciphertext"], self.stored(second)["ciphertext"])

    def test_the_assignee_reads_and_each_reading_is_logged(self):
        """PRIV-02"""
        secret = self.secret()
        before = self.log_of(secret.ticket_id).count("Secret read")
        self.assertEqual(secret.with_user(self.agent).reveal(), PLAIN)
        self.assertEqual(secret.with_user(self.supervisor).reveal(), PLAIN)
        readings = self.env["aftersales.secret.access"].search([("ticket_id", "=", secret.ticket_id.id)])
        self.assertEqual(readings.user_id, self.agent + self.supervisor)
        self.assertEqual(len(readings), 2)
        log = self.log_of(secret.ticket_id)
        self.assertEqual(log.count("Secret read"), before + 2)
        self.assertNotIn(PLAIN, log)

    def test_a_colleague_on_the_same_team_reads_nothing(self):
        """PRIV-02: seeing the ticket is not enough."""
        secret = self.secret()
        with self.assertRaisesRegex(AccessError, "assignee"):
            secret.with_user(self.colleague).reveal()
        self.assertFalse(
            self.env["aftersales.secret.access"].search([("ticket_id", "=", secret.ticket_id.id)])
        )

    def test_an_engineer_reads_the_secrets_of_their_own_tickets_only(self):
        """PRIV-02"""
        own = self.secret(self.ticket(user_id=self.engineer.id))
        other = self.secret()
        self.assertEqual(own.with_user(self.engineer).reveal(), PLAIN)
        with self.assertRaises(AccessError):
            other.with_user(self.engineer).reveal()

    def test_a_secret_cannot_be_carried_to_a_ticket_of_ones_own(self):
        """PRIV-02: the way round by another ticket is closed."""
        secret = self.secret()
        mine = self.accepted(user_id=self.agent.id)
        mine.sudo().user_id = self.colleague
        with self.assertRaisesRegex(UserError, "stays with its ticket"):
            secret.with_user(self.colleague).ticket_id = mine

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.models")
    def test_nobody_gets_at_the_ciphertext(self):
        """PRIV-01: by reading, searching, grouping, exporting, writing or a default; nor an administrator."""
        admin = self.env.ref("base.user_admin")
        secret = self.secret().with_user(admin)
        token = self.stored(secret)["ciphertext"]
        self.assertNotIn("ciphertext", secret.fields_get())
        self.assertNotIn("ciphertext", secret.read()[0])
        ways = [
            lambda: secret.read(["ciphertext"]),
            lambda: secret.web_read({"ciphertext": {}}),
            lambda: secret.search([("ciphertext", "like", "g")]),
            lambda: secret._read_group([], ["ciphertext"]),
            lambda: secret.export_data(["ciphertext"]),
            lambda: secret.write({"ciphertext": token}),
            lambda: secret.create({"ticket_id": secret.ticket_id.id, "ciphertext": token}),
            lambda: secret.with_context(default_ciphertext=token).create({"ticket_id": secret.ticket_id.id}),
        ]
        for number, way in enumerate(ways):
            with self.subTest(number), self.assertRaises(AccessError), self.env.cr.savepoint():
                way()
        exported = secret.export_data(["label", "value", "masked"])["datas"]
        self.assertNotIn(PLAIN, str(exported))
        self.assertNotIn(token, str(exported))

    def test_a_copy_of_the_ticket_has_no_secrets(self):
        """PRIV-01"""
        secret = self.secret()
        self.assertFalse(secret.ticket_id.copy().secret_ids)
        with self.assertRaises(UserError):
            secret.copy()

    def test_nothing_entered_is_nothing_kept(self):
        with self.assertRaisesRegex(UserError, "Enter the secret"):
            self.secret(value="")

    def test_a_new_value_replaces_the_old_one(self):
        secret = self.secret()
        secret.value = "another"
        self.assertEqual(secret.with_user(self.agent).reveal(), "another")
        self.assertIn("Secret replaced", self.log_of(secret.ticket_id))

    def test_secrets_go_when_the_ticket_is_closed_and_their_readings_stay(self):
        """PRIV-01: nothing of a customer's passwords is left after the work."""
        ticket = self.in_progress()
        secret = self.secret(ticket)
        secret.reveal()
        ticket.action_resolve()
        self.assertTrue(secret.exists())
        self.closed(ticket)
        self.assertFalse(secret.exists())
        self.assertEqual(ticket.sudo().secret_access_ids.user_id, self.agent)
        with self.assertRaisesRegex(UserError, "is over"):
            self.secret(ticket)

    def test_secrets_go_when_the_ticket_is_cancelled(self):
        """PRIV-01"""
        ticket = self.accepted()
        secret = self.secret(ticket)
        ticket.action_cancel(reason="withdrawn")
        self.assertFalse(secret.exists())

    def test_nobody_writes_the_log_of_readings(self):
        """PRIV-02"""
        readings = self.env["aftersales.secret.access"].with_user(self.manager)
        for operation in ("create", "write", "unlink"):
            self.assertFalse(readings.has_access(operation))
        self.assertFalse(readings.with_user(self.agent).has_access("read"))

    def closed(self, ticket):
        """Closed by the clock, which asks for no proofs."""
        ticket.sudo()._fire("close", actor="system")


@tagged("post_install", "-at_install")
class TestSecretKeys(SecretCase):
    def test_without_a_key_nothing_is_kept_and_the_page_says_what_to_do(self):
        """PRIV-01: never in plain text for want of a key."""
        ticket = self.accepted()
        with keys():
            self.assertIn(keyring.ENVIRONMENT, ticket.secret_fault)
            with self.assertRaisesRegex(UserError, "no key is set"):
                self.secret(ticket)
        ticket.invalidate_recordset()
        self.assertFalse(ticket.secret_ids)
        self.assertFalse(ticket.secret_fault)

    def test_a_restored_database_without_the_key_stays_usable(self):
        """PRIV-01: only the secrets themselves are closed."""
        ticket = self.in_progress()
        secret = self.secret(ticket)
        with keys():
            with self.assertRaisesRegex(UserError, "no key is set"):
                secret.reveal()
            secret.label = "Router upstairs"
            ticket.title = "Still works"
            ticket.web_read({"secret_ids": {"fields": {"label": {}, "masked": {}, "value": {}}}})
            ticket.action_resolve()
            ticket.sudo()._fire("close", actor="system")
        self.assertFalse(secret.exists())

    def test_the_wrong_key_says_so_and_loses_nothing(self):
        """PRIV-01"""
        secret = self.secret()
        with keys(TWO), self.assertRaisesRegex(UserError, "Nothing is lost"):
            secret.reveal()
        self.assertFalse(secret.ticket_id.sudo().secret_access_ids, "nothing was read, nothing is logged")
        with keys(TWO, ONE):
            self.assertEqual(secret.reveal(), PLAIN)

    def test_an_altered_ciphertext_is_not_taken_for_a_secret(self):
        """PRIV-01"""
        secret = self.secret()
        token = self.stored(secret)["ciphertext"]
        forged = token[:-6] + ("AAAA" if token[-6:-2] != "AAAA" else "BBBB") + token[-2:]
        self.env.cr.execute("UPDATE aftersales_secret SET ciphertext = %s WHERE id = %s", [forged, secret.id])
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "No present key opens"):
            secret.reveal()

    def test_a_malformed_key_is_told_and_never_shown(self):
        """PRIV-01"""
        with keys("not-a-key"), self.assertRaisesRegex(UserError, "no valid key") as refused:
            self.secret()
        self.assertNotIn("not-a-key", str(refused.exception))

    def test_keys_come_from_a_file_too(self):
        """PRIV-01: keys in a file, one a line."""
        with self.key_file(f"{TWO}\n{ONE}\n") as path, keys(AFTERSALES_SECRET_KEYS_FILE=path):
            self.assertEqual(self.secret().reveal(), PLAIN)
        with (
            keys(AFTERSALES_SECRET_KEYS_FILE="/nowhere/keys"),
            self.assertRaisesRegex(UserError, "cannot read"),
        ):
            self.secret()

    @contextmanager
    def key_file(self, text):
        import tempfile

        with tempfile.NamedTemporaryFile("w", suffix=".keys") as file:
            file.write(text)
            file.flush()
            yield file.name

    def test_rotation_puts_every_secret_under_the_new_key(self):
        """PRIV-01: afterwards the old key can be taken away."""
        ticket = self.accepted()
        first, second = self.secret(ticket), self.secret(ticket, value="second")
        with keys(TWO, ONE):
            action = self.env["aftersales.secret"].with_user(self.manager).action_rotate()
        self.assertEqual(action["params"]["type"], "success")
        with keys(TWO):
            self.assertEqual(first.reveal(), PLAIN)
            self.assertEqual(second.reveal(), "second")
        with keys(ONE), self.assertRaises(UserError):
            first.reveal()

    def test_rotation_leaves_what_it_cannot_read_and_says_how_many(self):
        """PRIV-01"""
        lost = self.secret()
        with keys(TWO):
            self.assertEqual(self.env["aftersales.secret"]._rotate(), (0, 1))
        self.assertEqual(lost.reveal(), PLAIN)
        with keys(), self.assertRaisesRegex(UserError, "no key is set"):
            self.env["aftersales.secret"]._rotate()

    def test_only_managers_rotate(self):
        """PRIV-02"""
        with self.assertRaises(AccessError):
            self.env["aftersales.secret"].with_user(self.supervisor).action_rotate()


@tagged("post_install", "-at_install")
class TestSecretsFromOutside(HttpCase, SecretCase):
    def test_reading_is_a_post_and_the_ciphertext_is_out_of_reach(self):
        """PRIV-01, PRIV-02: what a client can do over the wire."""
        self.agent.group_ids = [Command.link(self.env.ref("base.group_user").id)]
        secret = self.secret()
        self.authenticate(self.agent.login, self.agent.login)
        path = "/web/dataset/call_kw/aftersales.secret/reveal"
        with mute_logger("odoo.http"):
            self.assertGreaterEqual(self.url_open(path).status_code, 400)
        call = {"model": "aftersales.secret", "kwargs": {}}
        plain = self.make_jsonrpc_request(path, {**call, "method": "reveal", "args": [secret.ids]})
        self.assertEqual(plain, PLAIN)
        self.assertEqual(len(secret.ticket_id.sudo().secret_access_ids), 1)
        rows = self.make_jsonrpc_request(
            "/web/dataset/call_kw/aftersales.secret/read", {**call, "method": "read", "args": [secret.ids]}
        )
        self.assertNotIn("ciphertext", rows[0])
        for method in ("_decrypt", "_seal", "_rotate"):
            with self.subTest(method), mute_logger("odoo.http"), self.assertRaises(Exception) as refused:
                self.make_jsonrpc_request(
                    f"/web/dataset/call_kw/aftersales.secret/{method}",
                    {**call, "method": method, "args": [secret.ids]},
                )
            self.assertIn("AccessError", str(refused.exception))


@tagged("post_install", "-at_install")
class TestEntrusting(SecretCase, HttpCase):
    """Customers hand over access data in the portal."""

    def setUp(self):
        super().setUp()
        self.mine = self.accepted()
        self.token = self.mine._portal_ensure_token()

    def page(self):
        return self.url_open(f"/my/tickets/{self.mine.id}?access_token={self.token}").text

    def entrust(self, ticket=None, **given):
        csrf = re.search(r'csrf_token: "([^"]+)"', self.page()).group(1)
        values = {"kind": "password", "label": "Router", "value": PLAIN, "access_token": self.token, **given}
        ticket = ticket or self.mine
        return self.url_open(f"/my/tickets/{ticket.id}/entrust", {"csrf_token": csrf, **values})

    def kept(self):
        self.env.invalidate_all()
        return self.env["aftersales.secret"].search([])

    def test_a_password_entrusted_in_the_portal_is_kept_encrypted(self):
        """PRIV-01: sensitive data that customers give are encrypted at once and come back to nobody."""
        self.entrust()
        secret = self.kept()
        self.assertEqual((secret.ticket_id, secret.label), (self.mine, "Router"))
        self.assertEqual(keyring.decrypt(self.stored(secret)["ciphertext"]), PLAIN)
        self.assertNotIn(PLAIN, self.log_of(self.mine))
        page = self.page()
        self.assertIn("Router", page)
        self.assertNotIn(PLAIN, page)
        self.assertEqual(secret.with_user(self.agent).reveal(), PLAIN)

    def test_nothing_is_entrusted_to_another_ticket_or_to_one_that_is_over(self):
        """PRIV-01, PRIV-02: a token is one document's; after the end nothing is kept."""
        self.entrust(ticket=self.accepted())
        self.entrust(value="  ")
        self.entrust(kind="anything")
        self.assertFalse(self.kept())
        self.mine._fire("cancel", actor=lifecycle.CUSTOMER, reason="Asked twice")
        self.entrust()
        self.assertFalse(self.kept())
        self.assertNotIn("aftersales_secrets", self.page())

    def test_without_a_key_the_page_asks_for_no_secret(self):
        """PRIV-01: what cannot be encrypted is not asked for."""
        with keys():
            self.assertNotIn("/entrust", self.page())
            self.entrust()
        self.assertFalse(self.kept())
