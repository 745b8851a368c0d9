from datetime import timedelta
from pathlib import Path

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..policy import rma_flow
from .station_common import AftersalesStationCommon


@tagged("post_install", "-at_install")
class TestLateGoods(AftersalesStationCommon):
    """Goods that come after their return was decided: looked at on their own, nothing given twice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.put_in_force()

    def invoiced(self, product=None, quantity=3, **vals):
        order = self.sell(product or self.cable, quantity, **vals)
        order._create_invoices().action_post()
        return order

    def two_of_three(self, order=None, **vals):
        """Two pieces came, were accepted and wait for their refund; the third is still expected."""
        rma = self.sent_back(order or self.invoiced(), **vals)
        receipt = rma._open_receipts()
        receipt.move_ids.quantity = 2
        self.validate(receipt)
        self.inspect(rma)
        return rma

    def arrive(self, rma, quantity=None):
        """The rest comes in, received by a storekeeper who knows nothing of returns."""
        receipt = rma._open_receipts()
        if quantity:
            receipt.move_ids.quantity = quantity
        self.validate(receipt)
        return rma.supplement_ids

    def decided(self, rma):
        """What has been decided on a return, to the cent."""
        refunds = rma.sudo().refund_ids
        return (
            rma.state,
            rma.line_ids.mapped("accepted_qty"),
            rma.line_ids.mapped("received_qty"),
            [(refund.state, refund.amount, refund.payout) for refund in refunds],
        )

    # === EVERY STATE HAS ITS ANSWER === #

    def test_the_second_parcel_gets_quarantine_an_inspection_in_time_and_a_disposition(self):
        """INSPECT-01, INSPECT-03, INSPECT-06: like the first one, and what was decided stays."""
        rma = self.two_of_three()
        before = self.decided(rma)
        late = self.arrive(rma)
        self.assertEqual(
            (late.state, late.next_kind, late.eligibility), ("received", "inspect", rma.eligibility)
        )
        self.assertEqual((late.ticket_id, late.policy_id), (rma.ticket_id, rma.policy_id))
        self.assertRecordValues(late.line_ids, [{"quantity": 1, "received_qty": 1, "grade": False}])
        self.assertEqual(
            self.quants(self.cable, self.quarantine), {(self.env["stock.lot"], self.customer): 1}
        )
        self.assertEqual(self.decided(rma), before)
        self.inspect(late)
        self.assertEqual((late.state, late.line_ids.disposition), ("to_refund", "restock"))
        self.assertEqual(self.quants(self.cable, self.quarantine), {})
        self.assertEqual(self.decided(rma), before)
        self.assertEqual([refund.amount for refund in (rma | late).sudo().refund_ids.sorted("id")], [40, 20])

    def test_in_every_state_after_the_decision_late_goods_are_a_supplement(self):
        """The table of rma_flow.LATE_GOODS, row by row; no state loses them."""
        rows = [state for state, what in rma_flow.LATE_GOODS.items() if what == rma_flow.SUPPLEMENT]
        for state in rows:
            with self.subTest(state=state):
                rma = self.two_of_three()
                rma._write_policy({"state": state})
                before = self.decided(rma)
                late = self.arrive(rma)
                self.assertEqual((late.state, late.line_ids.received_qty), ("received", 1))
                self.assertEqual(self.decided(rma), before)
                self.assertEqual(len(late.inspection_ids), 1)
                self.assertEqual(rma.inspection_ids.line_id, rma.line_ids)

    def test_whoever_handles_the_return_hears_of_it_before_the_money_is_gone(self):
        rma = self.two_of_three()
        late = self.arrive(rma)
        activity = rma.activity_ids.filtered(lambda task: late.name in (task.summary or ""))
        self.assertEqual(activity.user_id, self.agent)

    def test_what_is_told_in_the_readme_is_what_happens(self):
        """The table of the README names every state of LATE_GOODS, and what becomes of the goods in it."""
        readme = Path(__file__).parents[1].joinpath("README.md").read_text()
        rows = [line.split("|")[1:3] for line in readme.splitlines() if line.startswith("| `")]
        told = {state.strip("` "): what.strip("` ") for state, what in rows}
        self.assertEqual(told, rma_flow.LATE_GOODS)

    # === NOTHING TWICE === #

    def accepted_by_silence(self):
        """Nobody looked after the parcel for ten days: refunded, and the goods are on the road."""
        rma = self.sent_back(self.invoiced())
        self.env["aftersales.deadline"]._run_due(now=fields.Datetime.now() + timedelta(days=40))
        self.assertEqual((rma.state, rma.sudo().refund_ids.amount), ("to_refund", 60))
        return rma

    def test_goods_that_were_refunded_unseen_are_put_away_and_not_refunded_again(self):
        """RMA-08, REFUND-28: the refund covers them; the supplement ends by itself."""
        rma = self.accepted_by_silence()
        before = [(refund.state, refund.amount) for refund in rma.sudo().refund_ids]
        late = self.arrive(rma)
        self.inspect(late)
        self.assertEqual((late.state, late.line_ids.accepted_qty), ("done", 3))
        self.assertFalse(late.sudo().refund_ids)
        self.assertEqual([(refund.state, refund.amount) for refund in rma.sudo().refund_ids], before)
        self.assertEqual(sum(self.quants(self.cable, self.stock).values()), 3)

    def test_refunded_unseen_in_two_parcels_is_counted_once(self):
        rma = self.accepted_by_silence()
        first = self.arrive(rma, quantity=1)
        self.inspect(first)
        second = self.arrive(rma) - first
        self.inspect(second)
        self.assertEqual((first.state, second.state), ("done", "done"))
        self.assertFalse((first | second).sudo().refund_ids)
        self.assertEqual(sum(self.quants(self.cable, self.stock).values()), 3)

    def test_turned_down_after_it_was_refunded_waits_for_a_person(self):
        """INSPECT-02: money is not touched by itself, and the goods go back when somebody says so."""
        rma = self.accepted_by_silence()
        late = self.arrive(rma)
        self.inspect(late, "d", serial_matches="no")
        self.assertEqual((late.state, late.line_ids.disposition), ("inspected", "return_to_customer"))
        self.assertTrue(late.activity_ids.filtered(lambda task: rma.name in (task.summary or "")))
        self.assertFalse(late._open_shipments())
        with self.assertRaisesRegex(UserError, "accepted nothing"):
            late.with_user(self.agent).action_pass_to_refund()
        with self.assertRaisesRegex(UserError, "not settled"):
            late.with_user(self.agent).action_conclude()
        late.with_user(self.agent).action_reject(reason="Broken")
        late.with_user(self.agent).action_return_goods()
        self.validate(late._open_shipments())
        self.assertEqual((late.state, self.quants(self.cable, self.quarantine)), ("done", {}))

    def test_an_ordinary_return_is_not_concluded(self):
        rma = self.inspected(self.sell(self.cable, 1), findings={"fault_found": "yes"}, resolution="exchange")
        with self.assertRaisesRegex(UserError, "not settled"):
            rma.with_user(self.agent).action_conclude()

    def test_parcels_that_follow_each_other_join_while_the_supplement_is_open(self):
        rma = self.sent_back(self.invoiced(quantity=4))
        receipt = rma._open_receipts()
        receipt.move_ids.quantity = 1
        self.validate(receipt)
        self.inspect(rma)
        late = self.arrive(rma, quantity=1)
        self.assertEqual(self.arrive(rma, quantity=1), late)
        self.assertRecordValues(late.line_ids, [{"quantity": 2, "received_qty": 2}])
        self.inspect(late)
        last = self.arrive(rma) - late
        self.assertEqual((last.state, last.line_ids.received_qty), ("received", 1))
        self.inspect(last)
        refunds = (rma | late | last).sudo().refund_ids
        self.assertEqual(sorted(refunds.mapped("amount")), [20, 20, 40])
        self.assertEqual(rma.sale_order_id.order_line.qty_delivered, 0)

    def test_late_goods_are_in_no_other_return(self):
        """Returned ≤ delivered: what lies under a supplement cannot be asked for once more."""
        rma = self.two_of_three()
        self.arrive(rma)
        with self.assertRaisesRegex(UserError, "0 can"):
            self.approved(rma.sale_order_id)

    # === EXCHANGE, KIT, SOMETHING ELSE === #

    def test_a_late_piece_of_an_exchange_is_exchanged_by_itself(self):
        """EXCH-04: two replacements go for the first parcel, the third goes with its own."""
        self.env["stock.quant"]._update_available_quantity(self.cable, self.stock, 3)
        rma = self.two_of_three(resolution="exchange")
        rma.with_user(self.agent).action_pass_to_shipment()
        late = self.arrive(rma)
        self.validate(rma._open_shipments())
        self.assertEqual(rma.state, "done")
        self.inspect(late)
        self.assertEqual(late.state, "inspected")
        late.with_user(self.agent).action_pass_to_shipment()
        self.assertEqual(sum(late._open_shipments().move_ids.mapped("product_uom_qty")), 1)
        self.validate(late._open_shipments())
        self.assertEqual((late.state, rma.sale_order_id.order_line.qty_delivered), ("done", 3))

    def test_the_missing_part_makes_the_kit_whole(self):
        """RMA-10: turned down for want of a lens; the lens comes, and the set is taken back as one."""
        strap, lens = self.product("Strap", 0, 3), self.product("Lens", 0, 40)
        order = self.order_kit(self.product("Photo set", 200, 0, is_storable=False), {strap: 1, lens: 2})
        self.deliver(order)
        order._create_invoices().action_post()
        rma = self.sent_back(order, line_ids=self.kits(order))
        receipt = rma._open_receipts()
        receipt.move_ids.filtered(lambda move: move.product_id == lens).quantity = 1
        self.validate(receipt)
        self.inspect(rma)
        self.assertEqual((rma.state, rma.line_ids.missing_parts), ("inspected", "1 Lens"))
        late = self.arrive(rma)
        self.assertRecordValues(late.line_ids, [{"quantity": 1, "received_qty": 1, "missing_parts": ""}])
        self.assertFalse(rma.line_ids._received_moves())
        self.inspect(late)
        self.assertEqual((late.state, late.line_ids.accepted_qty), ("to_refund", 1))
        self.assertEqual(sum(self.quants(lens, self.stock).values()), 2)
        rma.with_user(self.agent).action_reject(reason="See the late goods")
        rma.with_user(self.agent).action_return_goods()
        self.assertFalse(rma._open_shipments())

    def test_another_article_in_the_late_parcel_goes_back_to_the_customer(self):
        """INSPECT-04: a storekeeper adds it to the receipt of the rest."""
        pen = self.product("Pen", 2, 1)
        rma = self.two_of_three()
        receipt = rma._open_receipts()
        receipt.with_user(self.storekeeper).move_ids = [
            Command.create(
                {
                    "product_id": pen.id,
                    "product_uom_qty": 1,
                    "quantity": 1,
                    "location_id": receipt.location_id.id,
                    "location_dest_id": receipt.location_dest_id.id,
                    "picking_type_id": receipt.picking_type_id.id,
                }
            )
        ]
        late = self.arrive(rma)
        stranger = late.line_ids.filtered("is_unexpected")
        self.assertEqual((stranger.product_id, stranger.received_qty), (pen, 1))
        self.assertFalse(rma.line_ids.filtered(lambda line: line.product_id == pen))
        self.inspect(late)
        self.assertEqual((late.state, late._open_shipments().move_ids.product_id), ("to_refund", pen))

    # === SAID TO BE LOST === #

    def lost(self):
        rma = self.sent_back(self.invoiced())
        rma.with_user(self.inspector).action_report_missing(reason="Not at the gate")
        self.validate(rma._open_receipts())
        self.assertEqual((rma.state, rma.line_ids.received_qty), ("disputed", 3))
        return rma

    def test_a_parcel_said_to_be_lost_that_turns_up_is_inspected_when_the_customer_is_right(self):
        """AMB-54: it came once, and is expected no second time."""
        rma = self.lost()
        rma.with_user(self.supervisor).action_uphold(reason="It is here")
        self.assertEqual((rma.state, rma.next_kind), ("received", "inspect"))
        self.assertEqual(len(rma.sudo().picking_ids), 1)
        self.inspect(rma)
        self.assertEqual((rma.state, rma.sudo().refund_ids.amount), ("to_refund", 60))

    def test_it_goes_back_to_him_when_the_dispute_is_dismissed_or_given_up(self):
        """AMB-54: a closed return keeps nobody's goods."""
        for end in ("dismiss", "cancel"):
            rma = self.lost()
            dispute = rma.with_user(self.agent).dispute_ids
            dispute.statement_ids = [Command.create({"text": "It is here after all"})]
            dispute.action_answer()
            getattr(rma.with_user(self.supervisor), f"action_{end}")(reason="Stones in the parcel")
            back = rma._open_shipments()
            self.assertEqual((back.move_ids.product_uom_qty, back.owner_id), (3, self.customer), end)

    # === AT THE STATION === #

    def test_the_slip_of_the_first_return_leads_to_the_late_goods(self):
        """INSPECT-06: the customer put the same slip into both parcels."""
        self.cable.barcode = "TEST-CABLE"
        rma = self.two_of_three()
        self.assertIn("To refund", self.text(False, rma.name))
        late = self.arrive(rma)
        for barcode in (rma.name, late.name):
            self.assertEqual(self.scan(False, barcode)["rma"]["id"], late.id, barcode)
        self.code(late, "TEST-CABLE", "AS-FAULT-YES", "AS-GRADE-A", "AS-DONE")
        self.assertEqual((late.state, rma.state), ("to_refund", "to_refund"))
