from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import AftersalesReturnsCommon


@tagged("post_install", "-at_install")
class TestSilence(AftersalesReturnsCommon):
    """What silence means is said by the version of the policy, within what the process knows."""

    def choose(self, **choices):
        for step, choice in choices.items():
            self.policy._step(step).on_silence = choice

    def run_due(self, **delta):
        self.env["aftersales.deadline"]._run_due(now=fields.Datetime.now() + timedelta(**delta))

    def asked(self, **vals):
        rma = self.rma(self.sell(self.cable), **vals)
        rma.action_submit()
        return rma

    def supervised(self, rma):
        rma.ticket_id.team_id = self.env["aftersales.team"].create(
            {
                "name": "Returns desk",
                "supervisor_id": self.supervisor.id,
                "member_ids": [Command.set([self.agent.id, self.supervisor.id])],
            }
        )
        return rma

    def tasks(self, rma):
        return rma.activity_ids.filtered(lambda task: task.user_id == self.supervisor)

    def test_a_new_version_means_what_the_rules_say(self):
        """RMA-02, RMA-04, RMA-07, RMA-08: the default of each step."""
        self.assertEqual(
            {row.step: row.on_silence for row in self.policy.step_ids},
            {
                "decide": "approve",
                "decide_refund": "mark",
                "resubmit": "close",
                "send_back": "close",
                "receive": "accept",
                "inspect": "mark",
                "review": "mark",
                "review_refused": "mark",
            },
        )

    def test_what_the_process_does_not_know_is_refused_with_a_sentence(self):
        for step, choice, possible in (
            ("decide", "refuse", "Counts as approved, Supervisor gets a task"),
            ("decide", "close", "Counts as approved"),
            ("receive", "close", "Parcel counts as accepted"),
            ("review", "approve", "Supervisor gets a task, Only marked as late"),
        ):
            with self.assertRaisesRegex(ValidationError, possible), self.cr.savepoint():
                self.choose(**{step: choice})

    def test_a_request_left_to_a_person_waits_and_is_the_supervisors_task(self):
        """Escalated, nothing is approved by silence, and whoever is late may still decide either way."""
        self.choose(decide="escalate")
        self.put_in_force()
        rma, other = self.supervised(self.asked()), self.supervised(self.asked())
        self.assertFalse(rma.deadline_ids.filtered(lambda row: row.kind == "decide").expires)
        self.run_due(days=3, minutes=1)
        self.assertEqual((rma.state, rma.picking_ids), ("requested", rma.picking_ids.browse()))
        self.assertEqual(len(self.tasks(rma)), 1)
        self.assertIn("Missed", self.tasks(rma).summary)
        rma.action_approve()
        other.action_refuse(reason="Not ours")
        self.assertEqual((rma.state, other.state), ("approved", "refused"))
        rows = (rma | other).deadline_ids.filtered(lambda row: row.kind == "decide")
        self.assertEqual(rows.mapped("state"), ["missed", "missed"], "late is late")
        self.assertTrue(all(row.met_at for row in rows), "and caught up with")

    def test_only_marked_as_late_it_is_nobodys_new_task(self):
        self.choose(decide="mark")
        self.put_in_force()
        rma = self.supervised(self.asked())
        self.run_due(days=3, minutes=1)
        self.assertEqual((rma.state, len(self.tasks(rma))), ("requested", 0))
        self.assertEqual(rma.deadline_ids.filtered(lambda row: row.kind == "decide").state, "missed")

    def test_a_parcel_left_to_a_person_is_not_accepted_by_silence(self):
        self.choose(receive="escalate", resubmit="escalate", send_back="escalate")
        self.put_in_force()
        rma = self.supervised(self.sent_back(self.sell(self.cable)))
        self.run_due(days=11)
        self.assertEqual(rma.state, "in_transit")
        self.assertIn("Missed", " ".join(self.tasks(rma).mapped("summary")))
        refused = self.supervised(self.asked())
        refused.action_refuse(reason="No")
        self.run_due(days=6)
        self.assertEqual((refused.state, len(self.tasks(refused))), ("refused", 1))
        refused.action_resubmit()
        self.assertEqual(refused.state, "requested")

    def test_a_promise_keeps_the_meaning_it_was_given_under(self):
        """A newer version changes nothing that is under way."""
        self.put_in_force()
        rma = self.asked()
        newer = self.policy.browse(self.policy.action_new_version()["res_id"])
        self.assertEqual(newer._step("decide").on_silence, "approve")
        newer._step("decide").on_silence = "escalate"
        newer.with_user(self.manager).action_activate()
        self.run_due(days=3, minutes=1)
        self.assertEqual(rma.state, "approved")
        self.assertEqual(self.policy._step("decide").on_silence, "approve")
        with self.assertRaisesRegex(ValidationError, "stay as they are"):
            newer._step("decide").on_silence = "mark"

    def test_customers_read_the_meaning_of_their_version_in_their_language(self):
        """The generated text, the configuration and the page of the return say the same."""
        self.choose(decide="escalate", send_back="escalate")
        self.put_in_force()
        rows = {row[0]: row[2] for row in self.policy._text_steps()["rows"]}
        self.assertIn("a supervisor takes the matter in hand", rows["Seller decides on a return"])
        self.assertIn("a person here looks into it", rows["Customer gives the tracking number"])
        self.assertIn("the return is closed", rows["Customer changes a refused request"])
        self.assertEqual(self.policy._step("decide").silence, rows["Seller decides on a return"])
        rma = self.asked()
        self.assertEqual(rma._portal_next()["otherwise"], rows["Seller decides on a return"])
        self.env["res.lang"]._activate_lang("zh_CN")
        chinese = self.policy.with_context(lang="zh_CN")
        told = {row[2] for row in chinese._text_steps()["rows"]}
        self.assertTrue(any("主管" in sentence for sentence in told), told)


@tagged("post_install", "-at_install")
class TestApprovalBySilence(AftersalesReturnsCommon):
    """The clock decides first and makes the transfers afterwards; nothing is promised twice in between."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.put_in_force()
        cls.ledger = cls.env["aftersales.deadline"]

    def asked(self, order, quantity=1):
        rma = self.rma(order)
        rma.line_ids.quantity = quantity
        rma.action_submit()
        return rma

    def decided(self, *rmas):
        """What time decides, and nothing of what follows from it."""
        rows = self.env["aftersales.rma"].union(*rmas).deadline_ids.filtered(lambda row: row.kind == "decide")
        rows._expire(max(rows.mapped("due_at")) + timedelta(minutes=1))

    def waiting(self, rma):
        return rma.deadline_ids.filtered(lambda row: row.kind == "prepare" and row.state == "running")

    def test_the_decision_comes_first_and_the_transfer_in_the_same_run(self):
        """RMA-02: approved at once; the run goes on until the warehouse awaits the goods."""
        rma = self.asked(self.sell(self.cable))
        self.decided(rma)
        self.assertEqual((rma.state, len(rma.picking_ids)), ("approved", 0))
        self.assertTrue(self.waiting(rma))
        self.ledger._run_due(now=fields.Datetime.now())
        self.assertEqual((rma.state, rma.picking_ids.state), ("approved", "assigned"))
        self.assertFalse(self.waiting(rma))
        self.assertEqual(rma.next_kind, "send_back")

    def test_a_person_who_approves_sees_the_transfer_at_once(self):
        rma = self.asked(self.sell(self.cable))
        rma.with_user(self.agent).action_approve()
        self.assertEqual(len(rma.picking_ids), 1)
        self.assertNotIn("prepare", rma.deadline_ids.mapped("kind"))

    def test_nothing_is_promised_twice_while_the_transfer_is_to_be_made(self):
        """RMA-02: goods that silence has approved are under way for every other return."""
        order = self.sell(self.cable, quantity=3)
        first, second, third = self.asked(order, 2), self.asked(order, 2), self.asked(order, 1)
        self.decided(first)
        with self.assertRaisesRegex(UserError, "2 cannot come back, 1 can"), self.cr.savepoint():
            second.with_user(self.agent).action_approve()
        third.with_user(self.agent).action_approve()
        self.ledger._run_due(now=fields.Datetime.now())
        self.assertEqual(first.picking_ids.move_ids.product_uom_qty, 2)

    def test_a_transfer_that_cannot_be_made_takes_nothing_from_the_customer(self):
        """RMA-02: the approval stands, the ledger says why, and a manager lets it try again."""
        rma, other = self.asked(self.sell(self.cable)), self.asked(self.sell(self.cable))
        self.decided(rma, other)
        place = rma.warehouse_id.aftersales_return_type_id
        refuse = {rma.line_ids: "The warehouse is being counted."}

        def made(returns, parts):
            for line, reason in refuse.items():
                if line.rma_id in returns:
                    raise UserError(reason)
            return made.super(returns, parts)

        made.super = type(rma)._create_receipts
        with patch.object(type(rma), "_create_receipts", made):
            self.ledger._run_due(now=fields.Datetime.now())
        self.assertEqual((rma.state, other.state), ("approved", "approved"))
        self.assertEqual((len(rma.picking_ids), other.picking_ids.picking_type_id), (0, place))
        self.assertIn("being counted", self.waiting(rma).set_aside)
        self.waiting(rma).with_user(self.manager).action_retry()
        self.ledger._run_due(now=fields.Datetime.now())
        self.assertEqual(rma.picking_ids.picking_type_id, place)

    def test_the_customer_who_is_faster_has_his_number_on_the_transfer(self):
        """RMA-06: sent back within the minute, the parcel is found by its number all the same."""
        rma = self.asked(self.sell(self.cable))
        self.decided(rma)
        rma.action_register_shipment(tracking_ref="FAST-1")
        self.assertEqual(rma.state, "in_transit")
        self.ledger._run_due(now=fields.Datetime.now())
        self.assertEqual(rma.picking_ids.carrier_tracking_ref, "FAST-1")
        rma.with_user(self.inspector).action_receive()
        self.assertEqual((rma.state, rma.line_ids.received_qty), ("received", 1))

    def test_a_parcel_that_is_here_already_is_received_at_the_station(self):
        """INSPECT-01: the scan makes the transfer, and the clock makes no second one."""
        self.cable.barcode = "SILENT-CABLE"
        rma = self.asked(self.sell(self.cable))
        self.decided(rma)
        station = self.env["aftersales.rma"].with_user(self.inspector)
        for number, barcode in enumerate([rma.name, "SILENT-CABLE", "AS-RECEIVE"]):
            station.scan(rma.id if number else False, barcode, f"silent-{number}", False)
        self.assertEqual((rma.state, rma.picking_ids.state), ("received", "done"))
        self.ledger._run_due(now=fields.Datetime.now())
        self.assertEqual(len(rma.picking_ids), 1)

    def test_what_is_called_off_before_has_no_transfer(self):
        """RMA-02: approved, cancelled within the minute: nothing is awaited."""
        rma = self.asked(self.sell(self.cable))
        self.decided(rma)
        rma.with_user(self.agent).action_cancel(reason="Keeps it")
        self.ledger._run_due(now=fields.Datetime.now())
        self.assertEqual((rma.state, len(rma.picking_ids)), ("cancelled", 0))

    def test_a_replacement_is_set_aside_with_the_transfer(self):
        """EXCH-04, RMA-02: also after an approval by silence nobody else is sold it."""
        order = self.sell(self.cable)
        self.env["stock.quant"]._update_available_quantity(self.cable, self.stock, 1)
        rma = self.rma(order, resolution="exchange")
        rma.action_submit()
        self.decided(rma)
        self.assertEqual((rma.state, len(rma.sudo().line_ids.exchange_move_ids)), ("approved", 0))
        self.ledger._run_due(now=fields.Datetime.now())
        self.assertEqual(rma.sudo().line_ids.exchange_move_ids.state, "assigned")
