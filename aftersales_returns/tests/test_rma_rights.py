from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AftersalesReturnsCommon


class RightsCase(AftersalesReturnsCommon):
    def late(self, order, days=30, **vals):
        """A return asked for ``days`` after the parcel was signed for."""
        signed = fields.Date.today() - timedelta(days=days)
        rma = self.rma(order, **{"signed_date": signed, **vals})
        rma.sudo().line_ids._deliveries().date = fields.Datetime.now() - timedelta(days=days + 1)
        rma.action_submit()
        return rma

    def under_warranty(self, **vals):
        """A quality return that comes too late, of goods with a warranty card."""
        plan = self.env["aftersales.warranty.plan"].create(
            {"name": "One year", "months": 12, "start_event": "delivery"}
        )
        self.camera.product_tmpl_id.aftersales_warranty_plan_id = plan
        rma = self.late(self.sell(), **vals)
        self.assertEqual(rma.eligibility, "warranty")
        return rma

    def ask(self, rma, event, user=None, **vals):
        """Answer the dialog that asks for a reason."""
        wizard = self.env["aftersales.rma.reason"].with_user(user or self.agent)
        return wizard.create(
            {"rma_ids": rma.ids, "event": event, "reason": "So it is", **vals}
        ).action_confirm()


@tagged("post_install", "-at_install")
class TestRmaRights(RightsCase):
    """What an agent may not do alone."""

    def test_the_question_for_a_reason_is_no_way_round_the_right(self):
        """RMA-13: an agent cannot approve what no rule allows by asking the dialog for it, nor in sudo."""
        rma = self.late(self.sell(), reason_id=self.no_reason.id)
        self.assertEqual(rma.eligibility, "not_eligible")
        with self.assertRaises(ValueError):
            self.ask(rma, "approve")
        with self.assertRaisesRegex(UserError, "no right to return"):
            rma.sudo().action_approve()
        with self.assertRaisesRegex(UserError, "no right to return"):
            rma._fire_on_read("approve")
        with self.assertRaises(AccessError):
            self.ask(rma, "override_eligibility", outcome="no_reason")
        self.assertEqual(rma.state, "requested")
        self.ask(rma, "override_eligibility", user=self.supervisor, outcome="no_reason")
        rma.action_approve()
        self.assertEqual(rma.state, "approved")

    def test_a_reason_of_blanks_is_none(self):
        """RMA-03: the dialog does not close as if it had been answered."""
        rma = self.rma(self.sell())
        rma.action_submit()
        with self.assertRaisesRegex(UserError, "Say why"):
            self.ask(rma, "refuse", reason="  ")
        self.assertEqual(rma.state, "requested")

    def test_every_event_that_asks_for_a_reason_can_be_answered_by_those_who_have_the_right(self):
        """RMA-03, -05: the dialog fires the event as what it is, also without rights in Inventory."""
        refused, cancelled, parcel = (self.rma(self.sell(self.cable)) for _number in range(3))
        (refused | cancelled | parcel).action_submit()
        self.ask(refused, "refuse")
        self.assertEqual(refused.state, "refused")
        (cancelled | parcel).action_approve()
        self.ask(cancelled, "cancel")
        self.assertEqual((cancelled.state, cancelled.sudo().picking_ids.state), ("cancelled", "cancel"))
        parcel.action_register_shipment(tracking_ref="YT77")
        self.ask(parcel, "refuse_parcel", user=self.inspector, parcel_refusal="other")
        self.assertEqual((parcel.state, parcel.parcel_refusal), ("approved", "other"))
        self.ask(parcel, "waive_goods", user=self.supervisor)
        self.assertEqual((parcel.state, parcel.sudo().picking_ids.state), ("to_refund", "cancel"))

    def test_money_for_goods_that_stay_with_the_customer_is_the_supervisors_to_give(self):
        """REFUND-01, REFUND-02: goods that were signed for are asked back; a supervisor may waive them."""
        rma = self.rma(self.sell(self.cable), resolution="refund_only", signed_date=fields.Date.today())
        rma.action_submit()
        for told, sentence in (
            ("signed", "stay with the customer"),
            ("not_shipped", "cannot be refunded as not shipped"),
        ):
            rma.delivery_result = told
            with self.assertRaisesRegex(UserError, sentence):
                rma.action_approve()
        asked_back = self.approved(self.sell(self.cable))
        with self.assertRaisesRegex(UserError, "stays as it is"):
            asked_back.resolution = "refund_only"
        given = self.rma(self.sell(self.cable), resolution="refund_only", signed_date=fields.Date.today())
        given.action_submit()
        given.with_user(self.supervisor).action_approve()
        self.assertEqual((rma.state, asked_back.state, given.state), ("requested", "approved", "to_refund"))

    def test_the_inspector_who_truly_finds_no_fault_turns_no_broken_promise_down(self):
        """RMA-28, INSPECT-03: "not shipped in time" shows on no goods."""
        late = self.env.ref("aftersales_returns.return_reason_late")
        rma = self.inspected(self.sell(self.cable), "a", {"fault_found": "no"}, reason_id=late.id)
        self.assertEqual((rma.eligibility, rma.state), ("with_reason", "to_refund"))
        broken = self.inspected(self.sell(self.cable), "a", {"fault_found": "no"})
        self.assertEqual((broken.state, broken.line_ids.accepted_qty), ("inspected", 0))

    def test_without_a_reason_used_goods_are_turned_down_also_with_an_empty_checklist(self):
        """RMA-16, RMA-20: the grade alone says that they cannot be sold again."""
        for grade, accepted in (("b", 1), ("c", 0), ("d", 0)):
            rma = self.inspected(self.sell(self.cable), grade, reason_id=self.no_reason.id)
            self.assertEqual((rma.eligibility, rma.line_ids.accepted_qty), ("no_reason", accepted))

    def sent(self, days):
        """An order whose parcel left ``days`` ago."""
        order = self.sell(self.cable)
        order.picking_ids.move_ids.date = fields.Datetime.now() - timedelta(days=days)
        return order

    def asked(self, order, **vals):
        rma = self.rma(order, **{"reason_id": self.no_reason.id, **vals})
        rma.action_submit()
        return rma

    def base(self, rma):
        clauses = rma._verdict_of("eligibility")[rma].clauses
        return next(row["params"]["base"] for row in clauses if row["code"] == "eligibility_window")

    def test_without_a_day_the_window_ends_all_the_same(self):
        """RMA-01, RMA-13: ten days of transit and 168 hours after the dispatch; days are a parameter."""
        self.assertEqual(self.asked(self.sent(16)).eligibility, "no_reason")
        late = self.asked(self.sent(19))
        self.assertEqual((late.eligibility, self.base(late)), ("not_eligible", "arrival"))
        self.policy.transit_days = 20
        self.put_in_force()
        self.assertEqual(self.asked(self.sent(19)).eligibility, "no_reason")

    def test_nobody_prolongs_the_window_by_the_day_he_names(self):
        """RMA-18: only the carrier's word reaches beyond the usual transit, and it is told whose it is."""
        today = fields.Date.today()
        order = self.sent(40)
        rma = self.asked(order, signed_date=today)
        self.assertEqual((rma.eligibility, self.base(rma)), ("not_eligible", "arrival"))
        parcel = order.picking_ids.with_user(self.storekeeper)
        parcel.aftersales_signed_date = today - timedelta(days=1)
        self.assertEqual(parcel.aftersales_signed_word, "carrier")
        rma.signed_date = today
        rma.action_judge()
        self.assertRecordValues(
            rma,
            [
                {
                    "signed_date": today - timedelta(days=1),
                    "signed_word": "carrier",
                    "eligibility": "no_reason",
                }
            ],
        )
        self.assertEqual(self.base(rma), "signed_carrier")

    def test_the_customers_first_word_counts_on_every_return_of_the_parcel(self):
        """RMA-13, RMA-18: after a refusal he cannot name another day, nor on a new request."""
        today, order = fields.Date.today(), self.sent(15)
        early = {"signed_date": today - timedelta(days=9), "signed_word": "customer"}
        rma = self.asked(order, **early)
        self.assertEqual((rma.eligibility, self.base(rma)), ("not_eligible", "signed_customer"))
        rma.action_refuse(reason="Too late")
        rma.sudo().write({"signed_date": today, "signed_word": "customer"})
        rma.action_resubmit()
        self.assertEqual((rma.eligibility, rma.signed_date), ("not_eligible", early["signed_date"]))
        rma.action_refuse(reason="Too late")
        again = self.asked(order, signed_date=today, signed_word="customer")
        self.assertEqual((again.eligibility, again.signed_date), ("not_eligible", early["signed_date"]))
        again.signed_date = today - timedelta(days=5)  # customer service has seen the slip
        again.action_judge()
        self.assertEqual((again.eligibility, self.base(again)), ("no_reason", "signed_staff"))

    def test_a_parcel_is_not_signed_for_in_the_future(self):
        """RMA-18."""
        with self.assertRaisesRegex(UserError, "in the future"):
            self.sent(1).picking_ids.aftersales_signed_date = fields.Date.today() + timedelta(days=3)

    def test_a_parcel_is_not_signed_for_before_it_left(self):
        """RMA-18: neither by the courier's slip nor by what somebody writes on a return."""
        order = self.sent(5)
        early = fields.Date.today() - timedelta(days=7)
        with self.assertRaisesRegex(UserError, "before it left"), self.cr.savepoint():
            order.picking_ids.with_user(self.storekeeper).aftersales_signed_date = early
        rma = self.rma(order, reason_id=self.no_reason.id, signed_date=early)
        for word in ("customer", False):
            rma.sudo().signed_word = word
            with self.assertRaisesRegex(UserError, "cannot have been received on"), self.cr.savepoint():
                rma.action_submit()
        rma.signed_date = fields.Date.today() + timedelta(days=2)
        with self.assertRaisesRegex(UserError, "cannot have been received on"), self.cr.savepoint():
            rma.action_submit()
        self.assertFalse(order.picking_ids.aftersales_signed_date)
        rma.signed_date = fields.Date.today() - timedelta(days=4)
        rma.action_submit()
        rma.signed_date = early  # also when it is corrected later
        with self.assertRaisesRegex(UserError, "cannot have been received on"), self.cr.savepoint():
            rma.action_judge()

    def test_a_version_in_force_keeps_its_deadlines_whatever_a_client_sends(self):
        """RMA-02: no moving them into a draft, no word in the context."""
        self.put_in_force()
        manager = self.policy.with_user(self.manager)
        draft = manager.browse(manager.action_new_version()["res_id"])
        draft.step_ids.filtered(lambda row: row.step == "decide").unlink()
        step = manager.step_ids.filtered(lambda row: row.step == "decide")
        for change in ({"policy_id": draft.id}, {"amount": 99}, {"sequence": 1}):
            with self.assertRaisesRegex(UserError, "stay as they are"):
                step.with_context(install_mode=True).write(change)
        rule = self.env["aftersales.freight.rule"].with_user(self.manager).search([], limit=1)
        with self.assertRaisesRegex(UserError, "came with the product"):
            rule.with_context(install_mode=True).explanation = "Anything"

    def test_what_a_decision_rests_on_is_not_deleted(self):
        """RMA-21, RMA-28: a reason in use is archived, not deleted; so are cause, category and channel."""
        mine = self.quality.copy({"name": "Dented", "code": "dented"})
        rma = self.rma(self.sell(self.cable), reason_id=mine.id)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            mine.unlink()
        self.assertEqual(rma.reason_id, mine)
        for model, name in (
            ("aftersales.rma", "policy_id"),
            ("aftersales.refund", "channel_id"),
            ("aftersales.ticket", "cause_id"),
            ("aftersales.ticket", "category_id"),
            ("aftersales.ticket", "symptom_id"),
            ("aftersales.ticket", "resolution_id"),
        ):
            self.assertEqual(self.env[model]._fields[name].ondelete, "restrict")

    def test_a_delivery_opens_its_returns_or_a_new_one_with_all_of_it(self):
        """RMA-36, INSPECT-04: from the delivery, with its serial numbers; the return counts there."""
        order = self.sell(self.camera, 2)
        parcel = order.picking_ids
        self.assertEqual(parcel.aftersales_return_count, 0)
        action = parcel.action_aftersales_returns()
        returns = self.env["aftersales.rma"].with_user(self.agent).with_context(**action["context"])
        rma = returns.create({"reason_id": self.quality.id})
        self.assertEqual((rma.partner_id, rma.sale_order_id), (order.partner_id, order))
        self.assertEqual(rma.line_ids.lot_id, parcel.move_line_ids.lot_id)
        parcel.invalidate_recordset()
        self.assertEqual(parcel.aftersales_return_count, 1)
        self.assertEqual(returns.search(parcel.action_aftersales_returns()["domain"]), rma)
        cables = self.sell(self.cable, 3).picking_ids._aftersales_return_rows()
        self.assertEqual([row["quantity"] for row in cables], [3])

    def test_a_version_says_what_silence_means_in_each_step(self):
        """RMA-02, RMA-04, RMA-07, RMA-08: as the flow decides it."""
        told = {row.step: row.silence for row in self.policy.step_ids}
        self.assertIn("is approved", told["decide"])
        for step in ("resubmit", "send_back"):
            self.assertIn("the return is closed", told[step])
        self.assertIn("counts as accepted", told["receive"])
        for step in ("decide_refund", "inspect", "review"):
            self.assertIn("nothing happens by itself", told[step])

    def test_a_reason_for_which_goods_do_not_come_back_beats_the_unconditional_right(self):
        """CON-30: set on the reason, whatever the product."""
        worn = self.no_reason.copy({"name": "Worn once", "code": "worn", "is_excluded": True})
        rma = self.asked(self.sell(self.cable), reason_id=worn.id)
        self.assertEqual(rma.eligibility, "not_eligible")
        told = [row["code"] for row in rma._verdict_of("eligibility")[rma].clauses if row["matched"]]
        self.assertIn("eligibility_reason_excluded", told)

    def charges(self, rma):
        return {row.leg: (row.borne_by, row.amount) for row in rma.freight_ids}

    def test_a_supervisor_decides_on_the_freight_otherwise(self):
        """FREIGHT-02, FREIGHT-26: with a reason; the charges follow, and go on following the amounts."""
        rma = self.approved(self.sell(self.cable), reason_id=self.no_reason.id, return_freight=12)
        self.assertEqual((rma.return_borne_by, self.charges(rma)["return"]), ("customer", ("customer", 12)))
        with self.assertRaises(AccessError):
            self.ask(rma, "override_freight", bearer="seller")
        self.ask(rma, "override_freight", user=self.supervisor, bearer="seller")
        self.assertEqual((rma.return_borne_by, self.charges(rma)["return"]), ("seller", ("seller", 12)))
        rma.return_freight = 15  # the receipt said so
        self.assertEqual((rma.return_borne_by, self.charges(rma)["return"]), ("seller", ("seller", 15)))
        last = rma._verdict_of("freight")[rma]
        self.assertEqual((last.outcome, last.overridden_by_id), ("seller", self.supervisor))
        rma.sudo().reason_id = self.quality  # a person does not change it any more
        self.assertFalse(rma._verdict_of("freight")[rma].overridden_by_id, "it was decided on other grounds")
        task = rma.activity_ids.filtered(lambda task: "no longer stands: decide anew" in task.summary)
        self.assertEqual((task.user_id, rma.return_borne_by), (self.supervisor, "seller"))

    def test_what_decides_nothing_takes_no_decision_on_the_freight_away(self):
        """FREIGHT-26: a row that names nobody for the way back is no ground of who bears it (F-32)."""
        rma = self.approved(self.sell(self.cable), reason_id=self.no_reason.id, return_freight=12)
        self.ask(rma, "override_freight", user=self.supervisor, bearer="seller")
        rma.with_user(self.agent).is_remote = True
        last = rma._verdict_of("freight")[rma]
        self.assertIn("F-32", [clause["code"] for clause in last.clauses if clause["matched"]])
        self.assertEqual((rma.return_borne_by, last.overridden_by_id), ("seller", self.supervisor))
        self.assertFalse(rma.activity_ids.filtered(lambda task: "no longer stands" in task.summary))

    def test_a_decision_that_falls_is_a_task_before_the_customer_pays(self):
        """FREIGHT-26: of who had decided; where he has left, of who answers for the return."""
        for active in (True, False):
            rma = self.approved(self.sell(self.cable), reason_id=self.no_reason.id, return_freight=12)
            self.ask(rma, "override_freight", user=self.supervisor, bearer="seller")
            self.supervisor.active = active
            rma.sudo().reason_id = self.quality  # another row says who bears it
            task = rma.activity_ids.filtered(lambda task: "no longer stands" in task.summary)
            self.assertEqual(task.user_id, self.supervisor if active else self.agent)

    def test_what_stands_already_is_not_decided_otherwise(self):
        """RMA-13, FREIGHT-26: neither the right nor the freight; nothing is added to the Why."""
        rma = self.late(self.sell(self.cable), reason_id=self.no_reason.id)
        for event, stands in (
            ("override_eligibility", {"outcome": "not_eligible"}),
            ("override_freight", {"bearer": rma.return_borne_by}),
        ):
            with self.assertRaisesRegex(UserError, "stands already"):
                self.ask(rma, event, user=self.supervisor, **stands)
        rows = rma._verdict_of("eligibility")[rma] | rma._verdict_of("freight")[rma]
        self.assertFalse(rows.overridden_by_id)

    def test_a_decision_stands_while_its_grounds_do_and_whoever_took_it_is_told_when_it_falls(self):
        """RMA-13: a word of the customer that no clause used takes nothing from it."""
        rma = self.late(self.sell(self.cable), reason_id=self.no_reason.id)
        self.ask(rma, "override_eligibility", user=self.supervisor, outcome="no_reason")
        rma.said_packaging = "yes"
        rma.action_judge()
        kept = rma._verdict_of("eligibility")[rma]
        self.assertEqual((rma.eligibility, kept.overridden_by_id), ("no_reason", self.supervisor))
        self.assertTrue(kept.facts["packaging_intact"])
        rma.said_altered = "yes"
        rma.action_judge()
        self.assertEqual(rma.eligibility, "not_eligible")
        self.assertIn("no longer stands", rma.message_ids[0].body)
        self.assertEqual(rma.message_ids[0].partner_ids, self.supervisor.partner_id)

    def test_an_exchange_ends_as_a_refund_where_nobody_can_be_found_at_fault(self):
        """RMA-37, FREIGHT-04: known with the inspection; an exchange whose fault is known goes on."""
        for party, resolution, state in (
            ("undetermined", "return_refund", "to_refund"),
            ("carrier", "exchange", "inspected"),
        ):
            reason = self.env.ref("aftersales_returns.return_reason_transport")
            rma = self.inspected(
                self.sell(self.cable),
                findings={"fault_found": "yes"},
                resolution="exchange",
                reason_id=reason.id,
                fault_party=party,
            )
            self.assertEqual((rma.resolution, rma.state), (resolution, state))
        own_choice = self.inspected(self.sell(self.cable), resolution="exchange", reason_id=self.no_reason.id)
        self.assertEqual((own_choice.resolution, own_choice.state), ("exchange", "inspected"))

    def test_warranty_alone_is_never_paid_in_money(self):
        """RMA-13: too late for a return means repair or exchange; a supervisor may decide otherwise."""
        rma = self.under_warranty()
        with self.assertRaisesRegex(UserError, "repair or an exchange"):
            rma.action_approve()
        rma.resolution = "exchange"
        rma.action_approve()
        with self.assertRaisesRegex(UserError, "stays as it is"):
            rma.resolution = "return_refund"
        rma.action_register_shipment(tracking_ref="YT78")
        self.validate(rma._open_receipts())
        self.inspect(rma, "d")
        with self.assertRaisesRegex(UserError, "repair or an exchange"):
            rma.action_pass_to_refund()
        self.assertEqual((rma.state, bool(rma.sudo().refund_ids)), ("inspected", False))
        self.ask(rma, "override_eligibility", user=self.supervisor, outcome="with_reason")
        rma.action_pass_to_refund()
        self.assertEqual(rma.state, "to_refund")
