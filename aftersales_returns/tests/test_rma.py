from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import AftersalesReturnsCommon


@tagged("post_install", "-at_install")
class TestRma(AftersalesReturnsCommon):
    """The life of a return, from the request to the goods in stock."""

    def test_a_quality_return_goes_from_request_to_refund_and_the_goods_back_to_stock(self):
        """RMA-01, -21, -34, INSPECT-03, FREIGHT-21, -22: every step by the person whose step it is."""
        order = self.sell()
        lot = order.picking_ids.move_line_ids.lot_id
        rma = self.rma(order, return_freight=12)
        self.assertRegex(rma.name, r"^RMA/\d{4}/\d{5}$")
        self.assertEqual(rma.ticket_id.service_type, "return")

        rma.action_submit()
        self.assertEqual((rma.state, rma.eligibility), ("requested", "with_reason"))
        rma.action_approve()
        receipt = rma.picking_ids
        self.assertEqual(rma.state, "approved")
        self.assertEqual(
            (receipt.picking_type_id, receipt.owner_id),
            (self.warehouse.aftersales_return_type_id, self.customer),
        )
        rma.action_register_shipment(tracking_ref="YT123456", carrier_name="YTO")
        self.assertEqual((rma.state, receipt.carrier_tracking_ref), ("in_transit", "YT123456"))

        self.validate(receipt)
        self.assertEqual((rma.state, rma.line_ids.received_qty), ("received", 1))
        self.assertEqual(self.quants(self.camera, self.quarantine), {(lot, self.customer): 1})
        self.assertFalse(receipt.move_ids.is_in, "the customer's goods are worth nothing in the books")

        found = rma.with_user(self.inspector).inspection_ids
        found.write({"grade": "a", "serial_matches": "yes", "fault_found": "yes"})
        rma.with_user(self.inspector).action_complete_inspection()
        self.assertEqual(rma.state, "to_refund")
        self.assertRecordValues(rma.line_ids, [{"accepted_qty": 1, "grade": "a", "disposition": "restock"}])
        self.assertEqual(self.quants(self.camera, self.quarantine), {})
        self.assertEqual(self.quants(self.camera, self.stock)[lot, self.env["res.partner"]], 1)
        self.assertEqual((receipt.move_ids.is_in, receipt.move_ids.value), (True, 60))
        self.assertEqual(order.order_line.qty_delivered, 0)
        charge = rma.freight_ids.filtered(lambda row: row.leg == "return")
        self.assertRecordValues(
            charge,
            [{"borne_by": "seller", "prepaid_by": "customer", "settlement": "reimburse", "amount": 12}],
        )
        self.assertEqual(charge.share, 100)

    def test_original_cost_comes_back_though_the_cost_has_changed_since(self):
        """INSPECT-03: restocked at the cost at which the goods had left."""
        order = self.sell(self.cable, 3)
        self.cable.standard_price = 9
        rma = self.inspected(order, findings={"fault_found": "yes"})
        self.assertEqual(rma.sudo().picking_ids.move_ids.filtered("is_in").value, 15)

    def test_valuation_is_untouched_between_receipt_and_verdict(self):
        """Goods under inspection stay the customer's, worth nothing in the books and not for sale."""
        order = self.sell(self.cable, 2)
        before = (self.cable.total_value, self.cable.qty_available, self.cable.free_qty)
        rma = self.received(order)
        self.cable.invalidate_recordset()
        self.assertEqual((self.cable.total_value, self.cable.qty_available, self.cable.free_qty), before)
        self.assertEqual(rma.state, "received")

    def test_a_return_made_by_the_system_waits_for_a_person(self):
        """An automation is nobody who handles it; the ticket finds its team by itself."""
        rma = self.rma(self.sell(), user=self.env.ref("base.user_root"))
        self.assertFalse(rma.user_id)
        self.assertNotEqual(rma.ticket_id.user_id, self.env.ref("base.user_root"))

    def test_a_return_without_a_reason_is_incomplete(self):
        """RMA-21."""
        rma = self.rma(self.sell(), reason_id=False)
        with self.assertRaisesRegex(UserError, "reason of the return"):
            rma.action_submit()
        self.assertEqual(rma.state, "draft")

    def test_a_request_without_any_right_is_not_approved_by_a_person(self):
        """RMA-13, RMA-18: too late; a supervisor may decide otherwise, with a reason that is kept."""
        order = self.sell()
        rma = self.rma(
            order, reason_id=self.no_reason.id, signed_date=fields.Date.today() - timedelta(days=30)
        )
        rma.sudo().line_ids._deliveries().date = fields.Datetime.now() - timedelta(days=31)
        rma.action_submit()
        self.assertEqual(rma.eligibility, "not_eligible")
        with self.assertRaisesRegex(UserError, "no right to return"):
            rma.action_approve()
        rma.with_user(self.supervisor)._override_eligibility("no_reason", "Good customer")
        rma.action_approve()
        self.assertEqual(rma.state, "approved")
        last = rma._verdict_of("eligibility")[rma]
        self.assertEqual((last.overridden_by_id, last.override_reason), (self.supervisor, "Good customer"))

    def test_a_refused_request_is_changed_and_submitted_again(self):
        """RMA-03: goods may be changed while the request is refused, not while it is under way."""
        rma = self.rma(self.sell(self.cable, 2))
        rma.action_submit()
        with self.assertRaises(UserError):
            rma.line_ids.quantity = 1
        rma.action_refuse(reason="Only one is broken")
        rma.line_ids.quantity = 1
        rma.action_resubmit()
        self.assertEqual((rma.state, rma.line_ids.quantity), ("requested", 1))

    def test_refusing_asks_for_a_reason(self):
        """RMA-03: without one nothing happens but the question."""
        rma = self.rma(self.sell())
        rma.action_submit()
        action = rma.action_refuse()
        self.assertEqual((action["res_model"], rma.state), ("aftersales.rma.reason", "requested"))
        wizard = self.env["aftersales.rma.reason"].with_user(self.agent).with_context(**action["context"])
        wizard.create({"reason": "Not ours"}).action_confirm()
        self.assertEqual(rma.state, "refused")

    def test_a_dispute_is_decided_by_a_supervisor(self):
        """RMA-05."""
        rma = self.rma(self.sell())
        rma.action_submit()
        rma.action_refuse(reason="No")
        rma.action_dispute(reason="The customer insists")
        with self.assertRaises(AccessError):
            rma.action_uphold(reason="Yes")
        rma.with_user(self.supervisor).action_uphold(reason="The pictures show it")
        self.assertEqual(rma.state, "approved")
        self.assertTrue(rma.picking_ids)

    def test_a_refund_before_shipping_needs_no_goods(self):
        """REFUND-01: approved, it goes straight to the review."""
        order = self.sell(self.cable, 2, ship=False)
        rma = self.approved(order, resolution="refund_only")
        self.assertEqual((rma.state, rma.eligibility), ("to_refund", "refund_only"))
        self.assertFalse(rma.picking_ids)

    def test_the_first_refused_parcel_is_sent_again_and_the_second_refunds(self):
        """CON-10, RMA-31, RMA-33, FREIGHT-19: all freight arising is the seller's."""
        rma = self.sent_back(self.sell(), reason_id=self.no_reason.id, return_freight=12)
        self.assertEqual(rma.return_borne_by, "customer")
        self.refuse_parcel(rma)
        self.assertEqual((rma.state, rma.parcel_refusals, rma.return_borne_by), ("approved", 1, "seller"))
        rma.action_register_shipment(tracking_ref="SECOND")
        self.refuse_parcel(rma)
        self.assertEqual((rma.state, rma.parcel_refusals), ("to_refund", 2))
        self.assertEqual(set(rma.sudo().picking_ids.mapped("state")), {"cancel"})

    def refuse_parcel(self, rma):
        rma.with_user(self.inspector).action_refuse_parcel(reason="Full", parcel_refusal="unjustified")

    def test_a_parcel_sent_freight_collect_is_refused_for_good_reason(self):
        """FREIGHT-18, -22, CON-11: the consent counts only where the warehouse takes such parcels."""
        rma = self.sent_back(self.sell(), return_term="collect", return_consent="yes", return_freight=12)
        self.assertEqual(rma.return_borne_by, "customer")
        rma.with_user(self.inspector).action_refuse_parcel(reason="Collect", parcel_refusal="collect")
        self.assertEqual((rma.state, rma.parcel_refusals), ("approved", 0))

    def test_goods_turned_down_go_back_to_the_customer_as_his(self):
        """INSPECT-02: no refund, and the shipment in Inventory ends the return."""
        order = self.sell()
        lot = order.picking_ids.move_line_ids.lot_id
        rma = self.inspected(order, "c", {"unused": "no"}, reason_id=self.no_reason.id)
        self.assertEqual((rma.state, rma.line_ids.accepted_qty), ("inspected", 0))
        with self.assertRaisesRegex(UserError, "accepted nothing"):
            rma.action_pass_to_refund()
        rma.action_reject(reason="Washed")
        rma.action_return_goods()
        self.assertEqual(rma.state, "to_ship")
        way_back = rma.sudo().picking_ids.filtered(lambda p: p.picking_type_id.code == "outgoing")
        self.assertEqual(way_back.move_line_ids.lot_id, lot)
        self.validate(way_back)
        self.assertEqual(rma.state, "done")
        self.assertEqual(self.quants(self.camera, self.quarantine), {})
        self.assertEqual(order.order_line.qty_delivered, 1)

    def test_damaged_goods_are_scrapped_out_of_quarantine(self):
        """The loss is taken where the location says."""
        order = self.sell()
        rma = self.inspected(order, "d", {"fault_found": "yes"})
        self.assertEqual(rma.line_ids.disposition, "scrap")
        self.assertEqual(self.quants(self.camera, self.quarantine), {})
        self.assertEqual(
            sum(self.quants(self.camera, self.warehouse.aftersales_scrap_location_id).values()), 1
        )

    def test_used_goods_go_to_the_workshop(self):
        rma = self.inspected(self.sell(), "c", {"fault_found": "yes"})
        repair = self.env["repair.order"].search([("aftersales_ticket_id", "=", rma.ticket_id.id)])
        self.assertEqual(
            (rma.line_ids.disposition, repair.product_location_src_id), ("refurbish", self.quarantine)
        )

    def test_an_exchange_sends_the_same_goods_once_more_and_the_order_stays_delivered(self):
        """EXCH-01, EXCH-04: received −1, sent +1, at the seller's expense; the shipment in Inventory ends the
        return.
        """
        order = self.sell(self.cable, 2)
        self.env["stock.quant"]._update_available_quantity(self.cable, self.stock, 2)
        rma = self.inspected(order, findings={"fault_found": "yes"}, resolution="exchange", reship_freight=8)
        self.assertEqual((rma.state, order.order_line.qty_delivered), ("inspected", 0))
        again = rma.freight_ids.filtered(lambda charge: charge.leg == "reship")
        self.assertRecordValues(again, [{"borne_by": "seller", "amount": 8}])
        rma.action_pass_to_shipment()
        delivery = rma.sudo().picking_ids.filtered(lambda p: p.picking_type_id.code == "outgoing")
        self.assertEqual((rma.state, sum(delivery.move_ids.mapped("product_uom_qty"))), ("to_ship", 2))
        with self.assertRaisesRegex(UserError, "has not left yet"):
            rma.action_ship()
        self.validate(delivery)
        self.assertEqual((rma.state, order.order_line.qty_delivered), ("done", 2))

    def test_after_the_inspection_the_customer_may_still_choose_the_money(self):
        """EXCH-04: exchange or refund is settled when the inspection has passed."""
        rma = self.inspected(self.sell(), findings={"fault_found": "yes"}, resolution="exchange")
        rma.action_pass_to_refund()
        self.assertEqual(rma.state, "to_refund")

    def test_a_refund_owes_no_goods(self):
        rma = self.inspected(self.sell(), "c", {"unused": "no"}, reason_id=self.no_reason.id)
        with self.assertRaisesRegex(UserError, "no goods are owed"):
            rma.action_pass_to_shipment()

    def test_who_pays_follows_the_facts_at_once(self):
        """FREIGHT-02: a fact changed by the agent is judged again, and the log keeps both verdicts."""
        rma = self.sent_back(self.sell(), return_freight=10)
        self.assertEqual(rma.return_borne_by, "seller")
        rma.write({"is_freight_agreed": True, "agreed_return": "customer"})
        self.assertEqual(rma.return_borne_by, "customer")
        kinds = rma.verdict_ids.filtered(lambda row: row.kind == "freight")
        self.assertGreaterEqual(len(kinds), 2)
        self.assertTrue(all(row._replay().outcome == row.outcome for row in kinds))

    def test_a_batch_tells_what_went_through_and_why_the_rest_did_not(self):
        """Design 4.5: each return by itself, nothing lost."""
        order = self.sell(self.cable, 2)
        first, second = self.rma(order), self.rma(order)
        first.action_submit()
        second.action_submit()
        told = (first + second)._batch_action("approve")["params"]
        self.assertEqual((first.state, second.state), ("approved", "requested"))
        self.assertIn("1 of 2 done", told["message"])
        self.assertIn(second.name, told["message"])

    def test_a_batch_names_each_reason_once_with_whom_it_concerns(self):
        """Design 4.5: whoever marks a whole list reads reasons, not eighty times the same sentence."""
        rmas = self.approved(self.sell(self.cable)) + self.approved(self.sell(self.cable))
        told = rmas._batch_action("approve")["params"]["message"]
        self.assertEqual(told.count("does not apply"), 1)
        self.assertTrue(all(told.count(name) == 1 for name in rmas.mapped("name")), told)

    def test_a_ticket_opens_its_return(self):
        """RMA-36: the service order and the return belong together."""
        order = self.sell()
        lot = order.picking_ids.move_line_ids.lot_id
        ticket = (
            self.env["aftersales.ticket"]
            .with_user(self.agent)
            .create(
                {
                    "partner_id": self.customer.id,
                    "title": "Broken",
                    "lot_id": lot.id,
                    "sale_line_id": order.order_line.id,
                }
            )
        )
        ticket.action_create_rma()
        rma = ticket.rma_ids
        self.assertEqual((rma.sale_order_id, rma.line_ids.lot_id, rma.ticket_id), (order, lot, ticket))

    def test_an_inspection_without_a_grade_is_incomplete(self):
        rma = self.received(self.sell())
        with self.assertRaisesRegex(UserError, "grade"):
            rma.with_user(self.inspector).action_complete_inspection()
        self.assertEqual(rma.state, "received")

    def test_a_return_belongs_to_one_customer(self):
        foreign = self.sell(customer=self.other_customer)
        with self.assertRaisesRegex(ValidationError, "another customer"):
            self.rma(foreign, partner_id=self.customer.id)

    def test_no_line_that_comes_by_itself_brings_the_goods_of_another_customer(self):
        """By an import or another program, past the form of the return."""
        rma = self.rma(self.sell())
        foreign = self.sell(self.cable, customer=self.other_customer)
        vals = {"rma_id": rma.id, "sale_line_id": foreign.order_line.id, "quantity": 1}
        with self.assertRaisesRegex(ValidationError, "another customer"):
            rma.line_ids.with_user(self.agent).create(vals)
        with self.assertRaisesRegex(ValidationError, "another customer"):
            rma.line_ids.with_user(self.agent).write({"sale_line_id": foreign.order_line.id})

    def test_a_tracking_number_stands_on_one_return(self):
        """RMA-27: used twice is a slip of the pen."""
        self.approved(self.sell()).action_register_shipment(tracking_ref="SAME")
        second = self.approved(self.sell(self.cable))
        with self.assertRaisesRegex(UserError, "is on RMA/"):
            second.action_register_shipment(tracking_ref="SAME")
        self.assertEqual(second.state, "approved")

    def test_the_headline_says_what_is_next_and_who_pays(self):
        rma = self.sent_back(self.sell(), return_freight=10)
        self.assertIn("warehouse receives the parcel", rma.headline)
        self.assertIn("Seller", rma.headline)

    def test_a_gift_of_the_order_joins_the_return(self):
        """RMA-22, CON-29: gifts come back with their goods."""
        order = self.sell(self.cable, 2)
        gift = self.give_free(order)
        rma = self.rma(order)
        self.assertEqual(rma.line_ids.filtered("is_gift").sale_line_id, gift)

    def give_free(self, order):
        """A delivered free product on ``order``."""
        program = self.env["loyalty.program"].create(
            {
                "name": "Cap for free",
                "program_type": "promotion",
                "trigger": "auto",
                "rule_ids": [(0, 0, {"minimum_qty": 1})],
                "reward_ids": [
                    (0, 0, {"reward_type": "product", "reward_product_id": self.product("Cap", 15, 4).id})
                ],
            }
        )
        reward = program.reward_ids
        self.env["stock.quant"]._update_available_quantity(reward.reward_product_id, self.stock, 1)
        line = self.env["sale.order.line"].create(
            {
                "order_id": order.id,
                "name": "Cap for free",
                "product_id": reward.reward_product_id.id,
                "product_uom_qty": 1,
                "price_unit": 15,
                "discount": 100,
                "is_reward_line": True,
                "reward_id": reward.id,
            }
        )
        self.deliver(order)
        return line

    def test_a_gift_left_out_of_the_parcel_is_recorded(self):
        """REFUND-32: nothing received of the gift, the goods are accepted all the same."""
        order = self.sell(self.cable, 2)
        gift = self.give_free(order)
        rma = self.sent_back(order)
        self.assertEqual(len(rma.picking_ids), 2)
        self.validate(rma.sudo().picking_ids.filtered(lambda p: self.cable in p.move_ids.product_id))
        self.assertEqual(rma.state, "received")
        gift_line = rma.line_ids.filtered(lambda line: line.sale_line_id == gift)
        self.assertEqual((gift_line.is_gift, gift_line.received_qty), (True, 0))
        self.inspect(rma)
        self.assertEqual((rma.state, gift_line.accepted_qty), ("to_refund", 0))


@tagged("post_install", "-at_install")
class TestRmaDeadlines(AftersalesReturnsCommon):
    """What silence does, and that nothing acts by time without a policy in force."""

    def run_due(self, **delta):
        self.env["aftersales.deadline"]._run_due(now=fields.Datetime.now() + timedelta(**delta))

    def test_without_a_policy_in_force_nothing_acts_by_time(self):
        """The shipped policy is a draft."""
        rma = self.rma(self.sell())
        rma.action_submit()
        self.assertFalse(rma.deadline_ids)
        self.run_due(days=100)
        self.assertEqual(rma.state, "requested")

    def test_silence_of_the_seller_approves_after_three_days(self):
        """RMA-02."""
        self.put_in_force()
        rma = self.rma(self.sell())
        rma.action_submit()
        self.assertEqual((rma.policy_id, rma.next_kind), (self.policy, "decide"))
        self.run_due(days=2, hours=23)
        self.assertEqual(rma.state, "requested")
        self.run_due(days=3, minutes=1)
        self.assertEqual(rma.state, "approved")
        self.assertTrue(rma.picking_ids)

    def test_silence_of_the_customer_closes_after_a_refusal(self):
        """RMA-03, RMA-04."""
        self.put_in_force()
        rma = self.rma(self.sell())
        rma.action_submit()
        rma.action_refuse(reason="No")
        self.run_due(days=5, minutes=1)
        self.assertEqual(rma.state, "closed")

    def test_silence_of_the_customer_closes_when_no_parcel_is_sent(self):
        """RMA-06, RMA-07: after five days and not before; the expected receipt is cancelled."""
        self.put_in_force()
        rma = self.approved(self.sell())
        self.run_due(days=4, hours=23)
        self.assertEqual(rma.state, "approved")
        self.run_due(days=5, minutes=1)
        self.assertEqual((rma.state, rma.sudo().picking_ids.state), ("closed", "cancel"))

    def test_silence_about_the_parcel_accepts_it_and_moves_neither_goods_nor_money(self):
        """RMA-08, AMB-09: the review of the refund is a person's, and the receipt stays open."""
        self.put_in_force()
        order = self.sell()
        rma = self.sent_back(order)
        self.run_due(days=10, minutes=1)
        self.assertEqual(rma.state, "to_refund")
        self.assertIn("review", rma.deadline_ids.mapped("kind"))
        self.assertEqual(rma.sudo().picking_ids.state, "assigned")
        self.assertEqual(order.order_line.qty_delivered, 1)
        self.assertFalse(rma.refund_confirmed_at)

    def test_a_parcel_that_comes_after_silence_is_recorded(self):
        """RMA-08: what arrives late is received and inspected under a supplement; the state stays."""
        self.put_in_force()
        rma = self.sent_back(self.sell())
        self.run_due(days=10, minutes=1)
        self.validate(rma.sudo().picking_ids)
        late = rma.supplement_ids
        self.assertEqual((rma.state, late.state, late.line_ids.received_qty), ("to_refund", "received", 1))
        self.assertTrue(late.inspection_ids)

    def test_the_inspection_is_promised_in_working_days_and_never_done_by_the_clock(self):
        """INSPECT-01: three working days, so that a weekend does not count."""
        self.put_in_force()
        with freeze_time("2031-03-07 04:00"):  # Friday
            rma = self.received(self.sell())
        self.assertEqual(rma.next_kind, "inspect")
        self.assertEqual(str(rma.next_due_at.date()), "2031-03-12")  # Wednesday
        self.env["aftersales.deadline"]._run_due(now=rma.next_due_at + timedelta(days=20))
        self.assertEqual(rma.state, "received")

    def test_a_refund_before_shipping_is_reviewed_within_24_hours_of_the_request(self):
        """REFUND-01: one time limit from the request to the confirmation."""
        self.put_in_force()
        rma = self.rma(self.sell(self.cable, ship=False), resolution="refund_only")
        rma.action_submit()
        first_due = rma.next_due_at
        self.assertEqual(rma.next_kind, "decide_refund")
        rma.action_approve()
        self.assertEqual(rma.next_kind, "review")
        self.assertAlmostEqual(rma.next_due_at, first_due, delta=timedelta(minutes=2))

    def test_a_policy_in_force_is_never_edited_and_its_returns_keep_it(self):
        """A change is a new version, which retires the old one."""
        self.put_in_force()
        rma = self.rma(self.sell())
        rma.action_submit()
        with self.assertRaises(UserError):
            self.policy.with_user(self.manager).window_hours = 24
        with self.assertRaises(UserError):
            self.policy.with_user(self.manager).step_ids[0].amount = 1
        action = self.policy.with_user(self.manager).action_new_version()
        newer = self.policy.browse(action["res_id"])
        newer.with_user(self.manager).window_hours = 24
        newer.with_user(self.manager).action_activate()
        self.assertEqual((self.policy.state, newer.state, rma.policy_id), ("retired", "active", self.policy))


@tagged("post_install", "-at_install")
class TestRmaAccess(AftersalesReturnsCommon):
    """Least rights: who may see and do what."""

    def test_a_state_is_written_by_nobody(self):
        rma = self.rma(self.sell())
        for vals in ({"state": "done"}, {"eligibility": "no_reason"}, {"return_borne_by": "seller"}):
            with self.assertRaises(AccessError):
                rma.write(vals)
        fresh = self.env["aftersales.rma"].with_user(self.agent).with_context(default_state="done")
        self.assertEqual(fresh.create({"partner_id": self.customer.id, "state": "done"}).state, "draft")

    def test_the_warehouse_moves_a_return_along_and_writes_nothing_into_it(self):
        rma = self.received(self.sell())
        with self.assertRaises(AccessError):
            rma.with_user(self.inspector).reason_id = self.no_reason
        with self.assertRaises(AccessError):
            rma.with_user(self.inspector).action_confirm_refund()
        with self.assertRaises(AccessError):
            rma.line_ids.with_user(self.agent).accepted_qty = 1

    def test_an_agent_does_not_inspect(self):
        rma = self.received(self.sell())
        rma.with_user(self.inspector).inspection_ids.grade = "a"
        with self.assertRaises(AccessError):
            rma.with_user(self.agent).action_complete_inspection()
        with self.assertRaises(AccessError):
            rma.with_user(self.agent).inspection_ids.grade = "b"

    def test_findings_are_closed_with_the_inspection_and_the_verdict_is_never_typed(self):
        rma = self.received(self.sell())
        found = rma.with_user(self.inspector).inspection_ids
        with self.assertRaises(UserError):
            found.is_accepted = True
        found.write({"grade": "a", "fault_found": "yes"})
        rma.with_user(self.inspector).action_complete_inspection()
        with self.assertRaises(UserError):
            found.grade = "d"

    def test_nobody_decides_on_a_return_of_their_own(self):
        """Four eyes: an employee who bought something asks like anybody else."""
        order = self.sell(customer=self.agent.partner_id)
        rma = self.rma(order)
        rma.action_submit()
        with self.assertRaises(AccessError):
            rma.action_approve()
        self.assertNotIn("approve", rma.allowed_events)

    def test_freight_charges_are_written_by_the_verdict_alone(self):
        rma = self.sent_back(self.sell(), return_freight=10)
        with self.assertRaises(AccessError):
            rma.freight_ids[0].with_user(self.manager).borne_by = "customer"

    def test_another_company_sees_nothing(self):
        rma = self.rma(self.sell())
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self.user("aftersales_service.group_agent", "stranger")
        stranger.write({"company_ids": [(6, 0, company.ids)], "company_id": company.id})
        self.assertFalse(self.env["aftersales.rma"].with_user(stranger).search([("id", "=", rma.id)]))
        with self.assertRaises(AccessError):
            rma.with_user(stranger).read(["name"])
