"""Coupons, gift cards and reward points around a refund: given back in kind, never in cash (REFUND-06)."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .refund_common import ExchangeCommon, RefundCommon


class LoyaltyWords:
    """Programs, cards, and orders that used or earned points."""

    # === PROGRAMS === #

    def _card(self, program_type, amount):
        """A coupon of ``amount`` %, or a gift card that is worth ``amount``."""
        program = self._program(program_type, amount)
        points = amount if program_type == "gift_card" else 1.0
        wizard = self.env["loyalty.generate.wizard"].create(
            {
                "program_id": program.id,
                "coupon_qty": 1,
                "points_granted": points,
            }
        )
        wizard.generate_coupons()
        return program.coupon_ids

    def _program(self, program_type, amount):
        coupon = program_type == "coupons"
        return self.env["loyalty.program"].create(
            {
                "name": program_type,
                "program_type": program_type,
                "applies_on": "current" if coupon else "both" if program_type == "loyalty" else "future",
                "trigger": "with_code" if coupon else "auto",
                "company_id": self.company.id,
                "currency_id": self.company.currency_id.id,
                "rule_ids": [
                    Command.clear(),
                    *([] if coupon else [Command.create(self._rule(program_type))]),
                ],
                "reward_ids": [Command.clear(), Command.create(self._reward(program_type, amount))],
            }
        )

    def _rule(self, program_type):
        if program_type == "loyalty":
            return {"reward_point_mode": "money", "reward_point_amount": 1}
        return {
            "reward_point_mode": "money",
            "reward_point_amount": 1,
            "product_ids": [Command.set(self.fee.ids)],
        }

    def _reward(self, program_type, amount):
        if program_type == "coupons":
            return {
                "reward_type": "discount",
                "discount": amount,
                "discount_mode": "percent",
                "discount_applicability": "order",
                "required_points": 1,
            }
        return {
            "reward_type": "discount",
            "discount": 1,
            "discount_mode": "per_point",
            "discount_applicability": "order",
            "required_points": 1,
        }

    def _order_of(self, quantity):
        return self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.goods.id,
                            "product_uom_qty": quantity,
                            "price_unit": 100.0,
                        }
                    )
                ],
            }
        )

    def _sell_with(self, card, quantity=1):
        """An order paid with ``card`` as far as it goes."""
        order = self._order_of(quantity)
        found = order._try_apply_code(card.code)
        self.assertNotIn("error", found)
        for coupon, rewards in found.items():
            order._apply_program_reward(rewards[:1], coupon)
        order.action_confirm()
        self._deliver(order)
        return order

    def _sell_with_reward(self, quantity):
        """An order that earned points on the customer's card."""
        self._program("loyalty", 1)
        order = self._order_of(quantity)
        order._update_programs_and_rewards()
        order.action_confirm()
        self._deliver(order)
        return order, order.coupon_point_ids.coupon_id


@tagged("post_install", "-at_install")
class TestRefundPoints(LoyaltyWords, RefundCommon):
    def test_a_coupon_is_restored_and_its_discount_is_not_paid_out(self):
        """REFUND-06, AMB-14: 100 less 10 %, all returned: 90 and tax back, the coupon is good again."""
        card = self._card("coupons", 10.0)
        order = self._sell_with(card)
        self.assertEqual(card.points, 0.0)
        invoice = self._invoice(order)
        self.assertEqual(invoice.amount_total, 103.5)
        refund = self._returned(order).refund_ids
        self.assertEqual(self._amounts(refund), {"goods": 115.0, "promotion": -11.5})
        self._confirm(refund)
        self.assertEqual(card.points, 0.0)
        self._approve(refund)
        self.assertEqual(card.points, 1.0)
        note = refund.credit_note_id
        self.assertEqual((note.amount_total, note.amount_untaxed), (103.5, 90.0))
        self.assertEqual(note.invoice_line_ids.sale_line_ids, order.order_line)
        history = card.history_ids.filtered(lambda row: row.order_model == "aftersales.refund")
        self.assertEqual((history.issued, history.used, history.order_id), (1.0, 0.0, refund.id))

    def test_half_of_the_goods_take_half_of_the_promotion_and_leave_the_coupon_used(self):
        """REFUND-06: the second half brings the rest and the coupon."""
        card = self._card("coupons", 10.0)
        order = self._sell_with(card, quantity=2)
        invoice = self._invoice(order)
        first = self._credit(self._returned(order, 1))
        self.assertEqual(self._amounts(first), {"goods": 115.0, "promotion": -11.5})
        self.assertEqual(card.points, 0.0)
        second = self._credit(self._returned(order, 1))
        self.assertEqual(card.points, 1.0)
        self.assertEqual(first.amount + second.amount, invoice.amount_total)
        self.assertEqual(order.order_line.mapped("qty_to_invoice"), [0.0, 0.0])

    def test_a_cancelled_credit_note_takes_the_coupon_again(self):
        """A coupon is restored once, whatever happens to the credit note."""
        card = self._card("coupons", 10.0)
        order = self._sell_with(card)
        self._invoice(order)
        refund = self._credit(self._returned(order))
        refund.credit_note_id.button_cancel()
        self.assertEqual(card.points, 0.0)
        self._approve(refund)
        self.assertEqual(card.points, 1.0)

    def test_what_a_gift_card_paid_goes_back_to_the_gift_card(self):
        """REFUND-06: 40 of 115 by card; the cash refund is what was paid in cash."""
        card = self._card("gift_card", 40.0)
        order = self._sell_with(card)
        self.assertEqual(card.points, 0.0)
        self.assertEqual(self._invoice(order).amount_total, 75.0)
        refund = self._credit(self._returned(order))
        self.assertEqual(self._amounts(refund), {"goods": 115.0, "non_cash": -40.0})
        self.assertEqual((refund.payout, card.points), (75.0, 40.0))

    def test_the_card_part_of_a_half_return_is_half_and_the_rest_adds_up(self):
        """REFUND-06: Σ restored = used, Σ cash = paid, to the cent."""
        card = self._card("gift_card", 33.33)
        order = self._sell_with(card, quantity=3)
        invoice = self._invoice(order)
        refunds = self.env["aftersales.refund"]
        for _i in range(3):
            refunds |= self._credit(self._returned(order, 1))
        self.assertAlmostEqual(card.points, 33.33, 2)
        self.assertAlmostEqual(sum(refunds.mapped("amount")), invoice.amount_total, 2)

    # === A DISCOUNT ON SOME OF THE GOODS === #

    def _sell_two_articles(self, **reward):
        """A kettle at 100.00 and a jug at 50.00, with a coupon of 10 % on what ``reward`` says; paid."""
        jug = self._product("Jug", 50.0, 10.0)
        card = self._card("coupons", 10.0)
        if reward.get("discount_applicability") == "specific":
            reward["discount_product_ids"] = [Command.set(jug.ids)]
        card.program_id.reward_ids.write(reward)
        order = self._order_of(1)
        order.order_line = [Command.create({"product_id": jug.id, "price_unit": 50.0})]
        for coupon, rewards in order._try_apply_code(card.code).items():
            order._apply_program_reward(rewards[:1], coupon)
        order.action_confirm()
        self._deliver(order)
        self._invoice(order)
        kettle, other = order.order_line.filtered("product_id.is_storable")
        self.assertEqual(other.product_id, jug)
        return kettle, other, card

    def _bring_back(self, sold):
        rma = self._returned(
            sold.order_id, line_ids=[Command.create({"sale_line_id": sold.id, "quantity": 1})]
        )
        return self._credit(rma)

    def test_a_discount_on_one_article_comes_back_with_that_article_alone(self):
        """REFUND-06: 10 % of the jug. The kettle was paid in full, and its return leaves the coupon used."""
        kettle, jug, card = self._sell_two_articles(discount_applicability="specific")
        self.assertEqual(kettle.order_id.amount_untaxed, 145.0)
        self.assertEqual(self._amounts(self._bring_back(kettle)), {"goods": 115.0})
        self.assertEqual(card.points, 0.0)
        self.assertEqual(self._amounts(self._bring_back(jug)), {"goods": 57.5, "promotion": -5.75})
        self.assertEqual(card.points, 1.0)

    def test_a_discount_on_the_cheapest_article_comes_back_with_the_cheapest(self):
        """REFUND-06: 10 % of 50.00, not of 100.00 and not of both."""
        kettle, jug, _card = self._sell_two_articles(discount_applicability="cheapest")
        self.assertEqual(kettle.order_id.amount_untaxed, 145.0)
        self.assertEqual(self._amounts(self._bring_back(kettle)), {"goods": 115.0})
        self.assertEqual(self._amounts(self._bring_back(jug)), {"goods": 57.5, "promotion": -5.75})

    def test_a_discount_on_the_whole_order_comes_back_with_each_article(self):
        """REFUND-06: 10 % of 150.00, by value: the kettle carries two thirds of it."""
        kettle, jug, card = self._sell_two_articles(discount_applicability="order")
        self.assertEqual(self._amounts(self._bring_back(kettle)), {"goods": 115.0, "promotion": -11.5})
        self.assertEqual(card.points, 0.0)
        self.assertEqual(self._amounts(self._bring_back(jug)), {"goods": 57.5, "promotion": -5.75})
        self.assertEqual(card.points, 1.0)

    # === CARDS THAT RAN OUT MEANWHILE === #

    def test_a_coupon_that_ran_out_meanwhile_can_be_used_once_it_is_given_back(self):
        """AMB-14: in kind is no dead coupon."""
        card = self._card("coupons", 10.0)
        order = self._sell_with(card)
        self._invoice(order)
        card.expiration_date = fields.Date.today() - timedelta(days=1)
        self._credit(self._returned(order))
        self.assertEqual((card.points, card.expiration_date), (1.0, False))

    def test_a_coupon_that_is_still_good_keeps_its_day(self):
        """AMB-14: what is given back is worth what it was, today included."""
        card = self._card("coupons", 10.0)
        order = self._sell_with(card)
        self._invoice(order)
        card.expiration_date = fields.Date.today()
        self._credit(self._returned(order))
        self.assertEqual((card.points, card.expiration_date), (1.0, fields.Date.today()))

    def test_a_card_that_gives_points_up_does_not_live_on_for_that(self):
        """REFUND-33: taken back from a card that ran out, which stays as it is."""
        order, card = self._sell_with_reward(quantity=1)
        self._invoice(order)
        ended = fields.Date.today() - timedelta(days=1)
        card.expiration_date = ended
        self._credit(self._returned(order))
        self.assertEqual((card.points, card.expiration_date), (0.0, ended))

    def test_points_are_lost_where_the_company_decided_so(self):
        """AMB-14: the other reading; the cash is the same."""
        self.company.aftersales_restore_non_cash = False
        card = self._card("gift_card", 40.0)
        order = self._sell_with(card)
        self._invoice(order)
        refund = self._credit(self._returned(order))
        self.assertEqual((refund.payout, card.points), (75.0, 0.0))

    def test_reward_points_of_the_purchase_are_taken_back(self):
        """REFUND-33: half of the goods, half of the points."""
        order, card = self._sell_with_reward(quantity=2)
        earned = card.points
        self.assertTrue(earned)
        self._invoice(order)
        refund = self._credit(self._returned(order, 1))
        self.assertEqual(card.points, earned / 2)
        self.assertIn("REFUND-33", [c["code"] for c in refund._verdict_of("refund")[refund].clauses])

    def test_reward_points_that_are_spent_make_no_debt(self):
        """AMB-16: the card is emptied, not more."""
        order, card = self._sell_with_reward(quantity=1)
        self._invoice(order)
        card.points = 3.0
        refund = self._credit(self._returned(order))
        self.assertEqual((card.points, refund.payout), (0.0, 115.0))


@tagged("-at_install", "post_install")
class TestExchangePoints(LoyaltyWords, ExchangeCommon):
    def test_points_go_with_the_goods_and_come_again_with_the_replacement(self):
        """EXCH-03: one of two is exchanged: half of the points gone, and there again when it has left."""
        order, card = self._sell_with_reward(quantity=2)
        self._invoice(order)
        earned = card.points
        rma = self._accepted(order)
        self.assertEqual(card.points, earned / 2)
        self._ship(rma)
        self.assertEqual(card.points, earned)
        told = card.history_ids.filtered(lambda row: row.order_model == "aftersales.rma")
        self.assertEqual((sum(told.mapped("used")), sum(told.mapped("issued"))), (earned / 2, earned / 2))
        refund = self._credit(self._returned(order, 2))
        self.assertEqual((card.points, refund._verdict_of("refund")[refund].outcome), (0.0, "pay_out"))

    def test_points_already_spent_make_no_debt_and_no_gift(self):
        """EXCH-03, AMB-16: three were left; three are taken, and three come again."""
        order, card = self._sell_with_reward(quantity=1)
        self._invoice(order)
        card.points = 3.0
        rma = self._accepted(order)
        self.assertEqual(card.points, 0.0)
        self._ship(rma)
        self.assertEqual(card.points, 3.0)

    def test_money_after_all_takes_the_points_once(self):
        """EXCH-03, REFUND-33: what the exchange had taken is given again, and the refund takes it."""
        order, card = self._sell_with_reward(quantity=2)
        self._invoice(order)
        earned = card.points
        rma = self._accepted(order)
        rma.with_user(self.agent).action_pass_to_refund()
        self.assertEqual(card.points, earned)
        self._pass(self._alive(rma))
        self.assertEqual(card.points, earned / 2)

    def test_what_a_card_has_paid_does_not_leave_as_cash_by_way_of_an_exchange(self):
        """REFUND-06: 90 of 115 by card, exchanged for an article of 23: never 92 in cash for the 25 paid."""
        order = self._sell_with(self._card("gift_card", 90.0))
        invoice = self._invoice(order)
        self.assertEqual(invoice.amount_total, 25.0)
        other = self._product("Jug", 20.0, 10.0)
        self._stock(other, 1)
        sold = {"sale_line_id": order.order_line[0].id, "quantity": 1, "exchange_product_id": other.id}
        rma = self._returned(order, resolution="exchange", line_ids=[Command.create(sold)])
        rma.with_user(self.agent).action_pass_to_shipment()
        self._ship(rma)
        note = rma.sudo().exchange_invoice_ids
        self.assertEqual((note.move_type, note.amount_total), ("out_refund", 92.0))
        with self.assertRaisesRegex(UserError, "paid by card"):
            note.action_post()
        kept = {"name": "Back on the card", "quantity": 1, "price_unit": -67.0, "tax_ids": [Command.clear()]}
        note.invoice_line_ids = [Command.create(kept)]
        note.action_post()
        self.assertEqual((note.state, note.amount_total), ("posted", 25.0))
