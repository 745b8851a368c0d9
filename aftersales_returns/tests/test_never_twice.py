from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import AftersalesReturnsCommon


@tagged("post_install", "-at_install")
class TestNeverTwice(AftersalesReturnsCommon):
    """Rights, gifts and numbers count once, and nothing is left behind that blocks the next request."""

    def of(self, order, quantity=1, **vals):
        line = {"sale_line_id": order.order_line[:1].id, "quantity": quantity}
        return self.rma(order, line_ids=[Command.create(line)], **vals)

    # === ONE UNCONDITIONAL RETURN === #

    def test_the_return_without_a_reason_is_used_once_though_four_were_asked_for_together(self):
        """RMA-17, CON-42: all four were judged before one was approved; the approval counts again."""
        order = self.sell(self.cable, 4)
        rmas = [self.of(order, reason_id=self.no_reason.id) for _ in range(4)]
        for rma in rmas:
            rma.action_submit()
        self.assertEqual({rma.eligibility for rma in rmas}, {"no_reason"})
        rmas[0].action_approve()
        for rma in rmas[1:]:
            with self.assertRaisesRegex(UserError, "has been used by another return"):
                rma.action_approve()
        rmas[1].with_user(self.supervisor)._override_eligibility("no_reason", "An old customer")
        rmas[1].action_approve()
        self.assertEqual([rma.state for rma in rmas], ["approved", "approved", "requested", "requested"])

    def test_only_an_approved_return_that_went_on_uses_the_right_up(self):
        """RMA-17, CON-42: not one that was refused, withdrawn or asked for with a reason."""
        order = self.sell(self.cable, 4)
        asked = self.of(order, reason_id=self.no_reason.id)
        sold = order.order_line

        def used():
            return asked._unconditional_returns_used().get(sold, 0)

        refused = self.of(order, reason_id=self.no_reason.id)
        refused.action_submit()
        refused.action_refuse(reason="Worn")
        self.approved(order, line_ids=[Command.create({"sale_line_id": sold.id, "quantity": 1})])
        self.assertEqual(used(), 0)
        other = self.of(order, reason_id=self.no_reason.id)
        other.action_submit()
        other.action_approve()
        self.assertEqual(used(), 1)
        other.action_cancel(reason="Keeps it")
        self.assertEqual(used(), 0)

    def test_what_other_returns_of_the_goods_took_is_read_once_however_often_it_counts(self):
        order = self.sell(self.cable, 4)
        self.approved(order, line_ids=[Command.create({"sale_line_id": order.order_line.id, "quantity": 1})])
        rma = self.of(order, reason_id=self.no_reason.id)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(rma.line_ids._returnable(), {rma.line_ids: 1})
        rma._eligibility_facts()
        with self.assertQueryCount(0):
            rma.line_ids._spoken_for()
            rma._unconditional_returns_used()

    def test_a_salesperson_without_rights_on_returns_is_not_asked_to_read_them(self):
        """What came back of them is for those who work on returns."""
        seller = new_test_user(self.env, "seller", "sales_team.group_sale_salesman_all_leads")
        self.assertNotIn(
            "aftersales_rma_line_ids", self.env["sale.order.line"].with_user(seller).fields_get()
        )

    # === GIFTS === #

    def order_with_gift(self):
        """Two cables and, given free with them, a bag; all delivered."""
        bag = self.product("Bag", 15, 4)
        program = self.env["loyalty.program"].create(
            {
                "name": "Bag for free",
                "program_type": "promotion",
                "trigger": "auto",
                "rule_ids": [Command.create({"minimum_qty": 1})],
                "reward_ids": [Command.create({"reward_type": "product", "reward_product_id": bag.id})],
            }
        )
        order = self.sell(self.cable, 2)
        self.env["stock.quant"]._update_available_quantity(bag, self.stock, 1)
        gift = self.env["sale.order.line"].create(
            {
                "order_id": order.id,
                "name": "Bag for free",
                "product_id": bag.id,
                "product_uom_qty": 1,
                "price_unit": 15,
                "discount": 100,
                "is_reward_line": True,
                "reward_id": program.reward_ids.id,
            }
        )
        self.deliver(order)
        return order, gift

    def test_a_gift_comes_back_with_the_first_return_and_not_with_the_next(self):
        """RMA-22: the second return of the same order is asked for without it."""
        order, gift = self.order_with_gift()
        first = self.of(order)
        self.assertIn(gift, first.line_ids.sale_line_id)
        first.action_submit()
        first.action_approve()
        second = self.of(order)
        self.assertNotIn(gift, second.line_ids.sale_line_id)
        second.action_submit()
        second.action_approve()
        self.assertEqual(second.state, "approved")

    def test_a_gift_that_another_return_took_meanwhile_is_dropped_when_the_request_is_made(self):
        """RMA-22: both drafts named it; given free again it joins the next one."""
        order, gift = self.order_with_gift()
        first, second = self.of(order), self.of(order)
        first.action_submit()
        second.action_submit()
        self.assertNotIn(gift, second.line_ids.sale_line_id)
        first.action_cancel(reason="Keeps it")
        self.assertIn(gift, self.of(order).line_ids.sale_line_id)

    # === PARTIAL PARCEL === #

    def test_what_the_parcel_lacked_is_given_free_at_the_end(self):
        """Announced two, sent one: the rest is no longer expected and may be asked for anew."""
        order = self.sell(self.cable, 2)
        rma = self.sent_back(order, resolution="repair")
        receipt = rma._open_receipts()
        receipt.move_ids.write({"quantity": 1, "picked": True})
        receipt.with_user(self.storekeeper).with_context(skip_backorder=True).button_validate()
        rest = rma._open_receipts()
        self.assertEqual((rma.line_ids.received_qty, rest.state), (1, "assigned"))
        self.inspect(rma, "b")
        self.repair(rma)
        rma.action_pass_to_shipment()
        self.assertEqual(rest.state, "assigned", "until the return is over it may still come")
        self.validate(rma._open_shipments())
        self.assertEqual((rma.state, rest.state), ("done", "cancel"))
        self.assertIn(rest.name, "".join(rma.message_ids.mapped("body")))
        again = self.of(order)
        again.action_submit()
        again.action_approve()
        self.assertEqual(again.state, "approved")

    # === TRACKING NUMBERS === #

    def test_a_tracking_number_is_one_however_it_is_typed(self):
        """RMA-27: blanks and small letters make no other parcel."""
        first, second = self.approved(self.sell()), self.approved(self.sell(self.cable))
        first.action_register_shipment(tracking_ref="yt-1 ")
        self.assertEqual(first.tracking_ref, "YT-1")
        with self.assertRaisesRegex(UserError, "is on RMA/"):
            second.action_register_shipment(tracking_ref="YT-1")

    def test_the_number_of_another_customers_parcel_is_refused_without_a_way_out(self):
        """RMA-27: two customers do not share a parcel; a customer's own second return is told what to do."""
        self.approved(self.sell()).action_register_shipment(tracking_ref="YT-1")
        foreign = self.approved(self.sell(self.cable, customer=self.other_customer))
        with self.assertRaisesRegex(UserError, "Check the number of RMA"), self.cr.savepoint():
            foreign.action_register_shipment(tracking_ref="YT-1")
        own = self.approved(self.sell(self.cable))
        with self.assertRaisesRegex(UserError, "enter YT-1/2 for"), self.cr.savepoint():
            own.action_register_shipment(tracking_ref="YT-1")
        own.action_register_shipment(tracking_ref="YT-1/2")
        self.assertEqual((foreign.state, own.state), ("approved", "in_transit"))

    def test_one_number_for_two_returns_at_once_is_refused(self):
        """RMA-27: also in one call."""
        both = self.approved(self.sell()) + self.approved(self.sell(self.cable))
        with self.assertRaisesRegex(UserError, "at once"):
            both.action_register_shipment(tracking_ref="YT-2")
        self.assertEqual(set(both.mapped("state")), {"approved"})

    def test_the_database_keeps_tracking_numbers_apart(self):
        """RMA-27: whoever registers at the same moment."""
        index = self.env["aftersales.rma"]._tracking_uniq
        name = index.full_name(self.env["aftersales.rma"])
        self.env.cr.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [name])
        self.assertIn("UNIQUE", self.env.cr.fetchone()[0])

    # === WHAT STAYS AS IT WAS === #

    def test_goods_are_received_where_they_were_expected(self):
        """A warehouse is chosen before the approval, and there is one."""
        other = self.env["stock.warehouse"].create({"name": "Second", "code": "SEC"})
        rma = self.rma(self.sell())
        rma.action_submit()
        rma.warehouse_id = False
        with self.assertRaisesRegex(UserError, "warehouse"):
            rma.action_approve()
        rma.warehouse_id = other
        rma.action_approve()
        self.assertEqual(rma._open_receipts().location_dest_id, other.aftersales_quarantine_id)
        with self.assertRaisesRegex(UserError, "stays as it is"):
            rma.warehouse_id = self.warehouse

    def test_a_return_that_is_over_is_written_by_nobody(self):
        """Also past the form: the request, its grounds, the parcel and the amounts."""
        rma = self.sent_back(self.sell())
        for vals in ({"resolution": "exchange"}, {"reason_id": self.no_reason.id}):
            with self.assertRaisesRegex(UserError, "stays as it is"):
                rma.write(vals)
        cancelled = self.approved(self.sell(self.cable))
        cancelled.action_cancel(reason="Keeps it")
        for vals in (
            {"resolution": "exchange"},
            {"reason_id": self.no_reason.id},
            {"return_freight": 5},
            {"signed_date": "2026-01-01"},
            {"tracking_ref": "YT-9"},
        ):
            with self.assertRaisesRegex(UserError, "stays as it is"):
                cancelled.write(vals)
        cancelled.description = "He called again"

    # === TIME === #

    def test_after_a_changed_request_the_review_has_its_24_hours_again(self):
        """REFUND-01: time counts from the request that was answered."""
        self.put_in_force()
        rma = self.rma(self.sell(self.cable, ship=False), resolution="refund_only")
        with self.at(hours=-30):
            rma.action_submit()
            rma.action_refuse(reason="Is it really not wanted?")
        rma.action_resubmit()
        rma.action_approve()
        review = rma.deadline_ids.filtered(lambda row: row.kind == "review")
        left = review.due_at - fields.Datetime.now()
        self.assertAlmostEqual(left, timedelta(hours=24), delta=timedelta(minutes=2))

    def at(self, **delta):
        return freeze_time(fields.Datetime.now() + timedelta(**delta))
