from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import AftersalesReturnsCommon


@tagged("post_install", "-at_install")
class TestGoodsRules(AftersalesReturnsCommon):
    """Which goods may come back, by when, and what nobody gets through with."""

    def run_due(self, **delta):
        self.env["aftersales.deadline"]._run_due(now=fields.Datetime.now() + timedelta(**delta))

    # === EXCLUSIONS === #

    def test_goods_sold_with_a_no_return_mark_come_back_for_a_fault_only(self):
        """RMA-15: the mark stands on the line of the order, or on the article."""
        for mark in ("line", "product"):
            order = self.sell(self.cable, 1)
            if mark == "line":
                order.order_line.aftersales_no_return = True
            else:
                self.cable.product_tmpl_id.aftersales_return_exclusion = "no_return"
            choice = self.rma(order, reason_id=self.no_reason.id)
            choice.action_submit()
            self.assertEqual(choice.eligibility, "not_eligible", mark)
            against = choice._verdict_of("eligibility")[choice]._replay().values["against"]
            self.assertEqual(against, ["eligibility_marked"])
            fault = self.rma(order)
            fault.action_submit()
            self.assertEqual(fault.eligibility, "with_reason", mark)
            order.order_line.aftersales_no_return = False

    def judged(self, product):
        """The verdict on a return of ``product`` without a reason."""
        choice = self.rma(self.sell(product, 1), reason_id=self.no_reason.id)
        choice.action_submit()
        return choice.eligibility

    def test_a_category_excludes_what_lies_in_and_below_it(self):
        """RMA-15: the nearest category that says something holds, the article's own word before all."""
        above = self.env["product.category"].create({"name": "Special offers"})
        below = self.env["product.category"].create({"name": "Cables", "parent_id": above.id})
        lowest = self.env["product.category"].create({"name": "Short cables", "parent_id": below.id})
        article = self.product("Short cable", 20, 5, categ_id=lowest.id)
        self.assertEqual(self.judged(article), "no_reason")
        above.aftersales_return_exclusion = "no_return"
        self.assertEqual(self.judged(article), "not_eligible")
        below.aftersales_return_exclusion = "none"
        self.assertEqual(self.judged(article), "no_reason")
        lowest.aftersales_return_exclusion = "no_return"
        self.assertEqual(self.judged(article), "not_eligible")
        article.aftersales_return_exclusion = "none"
        self.assertEqual(self.judged(article), "no_reason")

    def test_a_bundle_may_be_marked_by_its_category(self):
        """RMA-10: a part of it does not come back alone, all of them do."""
        bundle = self.env["product.category"].create(
            {"name": "Bundle", "aftersales_return_exclusion": "bundle_part"}
        )
        parts = self.product("Lens", 20, 5, categ_id=bundle.id) + self.product(
            "Cap", 2, 1, categ_id=bundle.id
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create({"product_id": part.id}) for part in parts],
            }
        )
        for part in parts:
            self.env["stock.quant"]._update_available_quantity(part, self.stock, 1)
        order.action_confirm()
        self.deliver(order)
        alone = self.rma(order, reason_id=self.no_reason.id)
        alone.line_ids[0].unlink()
        alone.action_submit()
        self.assertEqual(alone.eligibility, "not_eligible")
        alone.action_cancel(reason="Both of them")
        whole = self.rma(order, reason_id=self.no_reason.id)
        whole.action_submit()
        self.assertEqual(whole.eligibility, "no_reason")

    def test_a_return_of_services_is_sent_to_the_refund_without_goods(self):
        """RF-1: no parcel will come, so none is waited for."""
        service = self.product("Installation", 30, 0, type="service", is_storable=False)
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "order_line": [Command.create({"product_id": service.id})]}
        )
        order.action_confirm()
        rma = self.rma(order, line_ids=[Command.create({"sale_line_id": order.order_line.id})])
        with self.assertRaisesRegex(UserError, "no parcel is waited for"), self.cr.savepoint():
            rma.action_submit()
        rma.resolution = "refund_only"
        rma.action_submit()
        self.assertEqual(rma.state, "requested")

    def test_what_is_no_number_is_refused_with_a_sentence(self):
        """Other programs send such things; nothing is written."""
        rma = self.rma(self.sell(self.cable))
        for value in (float("nan"), float("inf"), 1e300):
            with self.subTest(value=value):
                with self.assertRaisesRegex(UserError, "is no number"), self.cr.savepoint():
                    rma.line_ids.write({"quantity": value})
                with self.assertRaisesRegex(UserError, "is no number"), self.cr.savepoint():
                    rma.write({"return_freight": value})
                with self.assertRaisesRegex(UserError, "is no number"), self.cr.savepoint():
                    rma.write(
                        {"line_ids": [Command.create({"product_id": self.cable.id, "quantity": value})]}
                    )

    def combo(self, quantity=2):
        """A delivered combo of a camera bag and a cable."""
        bag = self.product("Bag", 50, 10)
        parts = self.env["product.combo"].create(
            [
                {"name": product.name, "combo_item_ids": [Command.create({"product_id": product.id})]}
                for product in (bag, self.cable)
            ]
        )
        combo = self.env["product.product"].create(
            {"name": "Travel set", "type": "combo", "list_price": 65, "combo_ids": [Command.set(parts.ids)]}
        )
        order = self.env["sale.order"].create({"partner_id": self.customer.id})
        head = self.env["sale.order.line"].create(
            {"order_id": order.id, "product_id": combo.id, "product_uom_qty": quantity}
        )
        for item in parts.combo_item_ids:
            self.env["stock.quant"]._update_available_quantity(item.product_id, self.stock, quantity)
            self.env["sale.order.line"].create(
                {
                    "order_id": order.id,
                    "product_id": item.product_id.id,
                    "product_uom_qty": quantity,
                    "combo_item_id": item.id,
                    "linked_line_id": head.id,
                }
            )
        order.action_confirm()
        self.deliver(order)
        return order

    def test_a_single_part_of_a_bundle_does_not_come_back(self):
        """RMA-10: the bundle comes back with all of its parts, in the same number, or not at all."""
        order = self.combo()
        parts = order.order_line.filtered("combo_item_id")
        for quantities, right in (((1, 0), False), ((2, 1), False), ((1, 1), True), ((2, 2), True)):
            rma = self.rma(order, reason_id=self.no_reason.id)
            rma.line_ids.unlink()
            rma.line_ids = [
                Command.create({"sale_line_id": part.id, "quantity": quantity})
                for part, quantity in zip(parts, quantities, strict=True)
                if quantity
            ]
            rma.action_submit()
            self.assertEqual(rma.eligibility == "no_reason", right, quantities)
            rma.action_cancel(reason="Next")

    def test_a_delivered_bundle_is_offered_by_its_parts_alone(self):
        """RMA-10: its own row has neither price nor transfer, and would stand there as not shipped."""
        order = self.combo()
        rows = order._aftersales_returnable_rows()
        self.assertEqual(
            [(row["line"].product_id.name, row["here"]) for row in rows], [("Bag", False), ("Cable", False)]
        )

    # === TIME === #

    def test_goods_that_are_not_here_ten_days_after_the_approval_are_asked_about(self):
        """RMA-19, CON-07, AMB-07: the shipped terms. The number in five days, the goods in ten: a number
        alone is no parcel, and the handler asks the carrier before silence accepts it.
        """
        shipped = self.env.ref("aftersales_returns.return_policy_standard")
        self.assertEqual(
            (shipped.send_back_days, shipped._step("send_back").amount, shipped._step("receive").amount),
            (10, 5, 10),
        )
        self.put_in_force()
        rma = self.approved(self.sell())
        with freeze_time(fields.Datetime.now() + timedelta(days=4)):
            rma.action_register_shipment(tracking_ref="YT-LATE")
        self.run_due(days=9, hours=23)
        self.assertFalse(self.asks_the_carrier(rma))
        self.run_due(days=10, minutes=1)
        self.assertEqual((rma.state, len(self.asks_the_carrier(rma))), ("in_transit", 1))
        self.assertEqual(self.asks_the_carrier(rma).user_id, self.agent)
        self.run_due(days=14, minutes=1)
        self.assertEqual(rma.state, "to_refund")

    def asks_the_carrier(self, rma):
        return rma.activity_ids.filtered(lambda task: "ask the carrier" in (task.summary or ""))

    def test_goods_without_a_number_in_the_time_for_the_goods_close_the_return(self):
        """RMA-19: where a version gives the number more time than the goods."""
        self.policy.step_ids.filtered(lambda row: row.step == "send_back").amount = 30
        self.put_in_force()
        rma = self.approved(self.sell())
        self.assertEqual(set(rma.deadline_ids.mapped("kind")), {"decide", "send_back", "goods_back"})
        self.run_due(days=9, hours=23)
        self.assertEqual(rma.state, "approved")
        self.run_due(days=10, minutes=1)
        self.assertEqual((rma.state, rma.sudo().picking_ids.state), ("closed", "cancel"))

    def test_a_parcel_registered_in_time_may_take_its_time(self):
        """RMA-19: received within the ten days, the limit is kept."""
        self.put_in_force()
        rma = self.sent_back(self.sell())
        self.run_due(days=9)
        self.validate(rma.sudo().picking_ids)
        goods_back = rma.deadline_ids.filtered(lambda row: row.kind == "goods_back")
        self.assertEqual((rma.state, goods_back.state), ("received", "met"))

    def test_without_a_return_address_the_customer_is_refunded_and_pays_no_freight(self):
        """RMA-30, FREIGHT-17, AMB-10: 24 hours for the seller, while the customer's time stands still."""
        self.put_in_force()
        rma = self.approved(self.sell(), reason_id=self.no_reason.id, return_freight=9)
        self.assertEqual(rma.return_borne_by, "customer")
        rma.action_miss_address()
        self.assertEqual(
            (rma.state, rma.next_kind, rma.return_place), ("approved", "return_address", "missing")
        )
        self.assertEqual(rma.return_borne_by, "seller")
        self.assertIn("Give the customer the right return address", rma.headline)
        states = {row.kind: row.state for row in rma.deadline_ids}
        self.assertEqual((states["send_back"], states["goods_back"]), ("paused", "paused"))
        self.run_due(hours=23)
        self.assertEqual(rma.state, "approved")
        self.run_due(hours=24, minutes=1)
        self.assertEqual((rma.state, rma.return_borne_by), ("to_refund", "seller"))
        self.assertEqual(rma.sudo().picking_ids.state, "cancel")

    def test_an_address_given_in_time_lets_the_customers_time_go_on(self):
        """RMA-30: and the freight is his again."""
        self.put_in_force()
        rma = self.approved(self.sell(), reason_id=self.no_reason.id)
        rma.action_miss_address()
        rma.action_give_address()
        self.assertEqual(
            (rma.next_kind, rma.return_place, rma.return_borne_by), ("send_back", False, "customer")
        )
        self.run_due(days=1, hours=1)
        self.assertEqual(rma.state, "approved")

    def test_goods_are_sent_after_customer_service_has_agreed(self):
        """RMA-23: nothing can be sent, no transfer waits and nothing is received before the approval."""
        rma = self.rma(self.sell(), tracking_ref="EARLY")
        rma.action_submit()
        with self.assertRaises(UserError):
            rma.action_register_shipment()
        with self.assertRaises(UserError):
            rma.with_user(self.inspector).action_receive()
        self.assertEqual((rma.state, rma.picking_ids.ids), ("requested", []))

    def test_a_fault_nobody_can_determine_is_a_return_with_refund(self):
        """RMA-37, FREIGHT-04: the way out is the seller's, the way back the customer's, he gets his money."""
        order = self.sell(self.cable, 1)
        reason = self.quality.copy({"name": "Unclear", "code": "unclear", "kind": "carrier"})
        rma = self.inspected(
            order,
            findings={"fault_found": "yes"},
            reason_id=reason.id,
            fault_party="undetermined",
            return_freight=9,
            outbound_freight=6,
        )
        bearers = {charge.leg: charge.borne_by for charge in rma.freight_ids}
        self.assertEqual((rma.resolution, rma.state), ("return_refund", "to_refund"))
        self.assertEqual((bearers["outbound"], bearers["return"]), ("seller", "customer"))
        (cable,) = rma.line_ids
        self.assertEqual((cable.accepted_qty, order.order_line.qty_delivered), (1, 0))

    # === BAD INPUT === #

    def assert_untouched(self, *products):
        for product in products:
            self.assertEqual(self.quants(product, self.quarantine), {})

    def test_zero_and_negative_quantities_are_refused(self):
        order = self.sell(self.cable, 2)
        for quantity in (0, -1):
            rma = self.rma(order)
            with self.assertRaises(IntegrityError), self.cr.savepoint(), mute_logger("odoo.sql_db"):
                rma.line_ids.quantity = quantity
                self.env.flush_all()
        self.assert_untouched(self.cable)

    def test_a_cancelled_order_has_nothing_to_return(self):
        order = self.sell(self.cable, 2, ship=False)
        rma = self.rma(order)
        order._action_cancel()
        with self.assertRaisesRegex(UserError, "not a confirmed order"):
            rma.action_submit()
        self.assertEqual(rma.state, "draft")

    def test_an_order_of_another_company_is_refused(self):
        company = self.env["res.company"].create({"name": "Elsewhere Ltd"})
        order = self.sell(self.cable, 1)
        with self.assertRaises(UserError):
            self.env["aftersales.rma"].create(
                {
                    "partner_id": order.partner_id.id,
                    "company_id": company.id,
                    "line_ids": [Command.create({"sale_line_id": order.order_line.id})],
                }
            )

    def test_an_archived_article_comes_back_all_the_same(self):
        """It was sold; that it is sold no more does not take the customer's right."""
        order = self.sell(self.cable, 2)
        self.cable.active = False
        rma = self.inspected(order, findings={"fault_found": "yes"})
        self.assertEqual((rma.state, sum(self.quants(self.cable, self.stock).values())), ("to_refund", 2))

    def test_a_carrier_that_was_deleted_does_not_hold_a_return_up(self):
        service = self.env["product.product"].create({"name": "Courier", "type": "service"})
        carrier = self.env["delivery.carrier"].create({"name": "Gone Express", "product_id": service.id})
        rma = self.approved(self.sell(), carrier_id=carrier.id)
        carrier.unlink()
        rma.action_register_shipment(tracking_ref="Z1")
        self.validate(rma.sudo().picking_ids)
        self.assertEqual(rma.state, "received")

    def test_a_receipt_is_not_booked_twice(self):
        rma = self.sent_back(self.sell(self.cable, 2))
        rma.with_user(self.inspector).action_receive()
        with self.assertRaises(UserError):
            rma.with_user(self.inspector).action_receive()
        rma.sudo().picking_ids.button_validate()
        self.assertEqual(rma.line_ids.received_qty, 2)
        self.assertEqual(sum(self.quants(self.cable, self.quarantine).values()), 2)

    def test_a_return_upheld_after_not_received_keeps_its_transfer(self):
        """RMA-08: the goods are asked for once, and no second transfer is made for them."""
        rma = self.sent_back(self.sell(self.cable, 2))
        receipt = rma.sudo().picking_ids
        rma.with_user(self.inspector).action_report_missing(reason="Nothing came")
        rma.with_user(self.supervisor).action_uphold(reason="It was at the gate")
        self.assertEqual((rma.state, rma.sudo().picking_ids), ("approved", receipt))
        self.validate(receipt)
        self.assertEqual(rma.state, "received")

    def test_the_warehouse_alone_records_what_was_not_announced(self):
        rma = self.sent_back(self.sell())
        with self.assertRaises(AccessError):
            rma.with_user(self.agent)._record_unexpected(self.cable, 1)
