from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AftersalesServiceCommon

LEDGER = "odoo.addons.aftersales_service.models.aftersales_deadline"


@tagged("post_install", "-at_install")
class TestLedgerFaults(AftersalesServiceCommon):
    """Whatever happens to one promise, those of everybody else go on."""

    def run_later(self):
        return self.env["aftersales.deadline"]._run_due(now=fields.Datetime.now() + timedelta(days=30))

    @mute_logger(LEDGER)
    def test_a_fault_in_the_code_of_one_document_stops_no_other(self):
        """SLA-08: the row is set aside with what it stumbled over, and the set-up check names it."""
        stubborn, other = self.ticket(title="Stubborn"), self.ticket(title="Other")
        tickets = self.registry["aftersales.ticket"]
        ran_out = tickets._deadline_ran_out

        def stumble(documents, kind, expires):
            if stubborn in documents:
                raise ValueError("No such template")
            return ran_out(documents, kind, expires)

        with patch.object(tickets, "_deadline_ran_out", stumble):
            self.run_later()
        self.assertIn("missed", other.deadline_ids.mapped("state"))
        aside = stubborn.deadline_ids.filtered("set_aside")
        self.assertEqual(set(aside.mapped("set_aside")), {"ValueError: No such template"})
        self.assertEqual(set(aside.mapped("state")), {"running"})
        checks = self.env["aftersales.setup.check"].with_user(self.manager)
        point = checks.search(checks.action_open_checks()["domain"]).filtered(
            lambda row: row.name == "Every promise acts when its time is up"
        )
        self.assertIn(stubborn.display_name, point.advice)
        aside.with_user(self.manager).action_retry()
        self.run_later()
        self.assertIn("missed", stubborn.deadline_ids.mapped("state"))

    def of_an_addon_that_is_gone(self):
        """A running promise of a document whose model does not exist any more."""
        row = self.ticket().deadline_ids.filtered(lambda r: r.state == "running")[:1].sudo()
        row.flush_recordset()
        self.env.cr.execute("UPDATE aftersales_deadline SET res_model = 'gone.model' WHERE id = %s", [row.id])
        row.invalidate_recordset()
        return row

    def test_a_promise_whose_addon_is_gone_stops_no_other(self):
        gone, other = self.of_an_addon_that_is_gone(), self.ticket()
        self.run_later()
        self.assertEqual((gone.state, gone.document_name), ("cancelled", ""))
        self.assertIn("missed", other.deadline_ids.mapped("state"))

    def test_promises_go_with_the_models_of_their_documents(self):
        gone, kept = self.of_an_addon_that_is_gone(), self.ticket().deadline_ids
        self.env["ir.model"]._aftersales_forget_rows(("gone.model",))
        self.assertFalse(gone.exists())
        self.assertEqual(kept.exists(), kept)

    def test_a_task_is_due_on_the_day_of_its_assignee(self):
        """SLA-08: 20:00 in UTC is the next morning in Shanghai, whoever has opened the promise."""
        ticket = self.accepted()
        row = ticket.deadline_ids.filtered(lambda r: r.state == "running")[:1].sudo()
        self.agent.tz = "Asia/Shanghai"
        row.write({"user_id": self.agent.id, "due_at": datetime(2026, 12, 1, 20)})
        for reader in ("UTC", "America/Los_Angeles"):
            row.activity_id.unlink()
            row.with_context(tz=reader)._open_activities()
            self.assertEqual(str(row.activity_id.date_deadline), "2026-12-02")
