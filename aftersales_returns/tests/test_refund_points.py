"""Coupons, gift cards and reward points around a refund: given back in kind, never in cash (REFUND-06)."""

from datetime import timedelta

from odoo import Command, fields
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

    def _exchanged_down(self, order, price=20.0):
        """One piece of 115.00 is exchanged for an article of ``price`` and its tax; the draft for finance."""
        other = self._product("Jug", price, 10.0)
        self._stock(other, 1)
        sold = {"sale_line_id": order.order_line[0].id, "quantity": 1, "exchange_product_id": other.id}
        rma = self._returned(
            order, resolution="exchange", return_freight=12.0, line_ids=[Command.create(sold)]
        )
        rma.with_user(self.agent).action_pass_to_shipment()
        self._ship(rma)
        return rma.sudo().exchange_invoice_ids.sudo(False)

    def test_what_a_card_has_paid_goes_back_there_when_an_exchange_is_posted(self):
        """REFUND-06: 90 of 115 by card, exchanged for an article of 23: 25.00 in cash, 67.00 on the card."""
        card = self._card("gift_card", 90.0)
        invoice = self._invoice(self._sell_with(card))
        self.assertEqual(invoice.amount_total, 25.0)
        note = self._exchanged_down(invoice.line_ids.sale_line_ids.order_id)
        self.assertEqual((note.move_type, note.amount_total, card.points), ("out_refund", 25.0, 0.0))
        self.assertTrue(note.invoice_line_ids.filtered(lambda line: "Back on the card" in line.name))
        note.action_post()
        self.assertEqual((note.amount_total, card.points), (25.0, 67.0))
        told = card.history_ids.filtered(lambda row: row.order_model == "account.move")
        self.assertEqual((told.issued, told.order_id), (67.0, note.id))
        self.assertIn("+67", note.sudo().aftersales_exchange_rma_id.message_ids[0].body)

    def test_a_draft_that_finance_has_changed_is_settled_anew(self):
        """REFUND-06: the line of the card is taken out: 25.00 all the same, the rest on the card."""
        card = self._card("gift_card", 90.0)
        order = self._sell_with(card)
        self._invoice(order)
        note = self._exchanged_down(order)
        note.invoice_line_ids.filtered(lambda line: "Back on the card" in line.name).unlink()
        self.assertEqual(note.amount_total, 92.0)
        note.action_post()
        self.assertEqual((note.amount_total, card.points), (25.0, 67.0))

    def test_the_card_follows_the_credit_note(self):
        """REFUND-06: reset: taken again; posted: given; reversed in full: taken; each once."""
        card = self._card("gift_card", 90.0)
        order = self._sell_with(card)
        self._invoice(order)
        note = self._exchanged_down(order)
        note.action_post()
        note.button_draft()
        self.assertEqual(card.points, 0.0)
        note.action_post()
        self.assertEqual(card.points, 67.0)
        back = note._reverse_moves()
        back.action_post()
        self.assertEqual(card.points, 0.0)
        back.button_draft()
        self.assertEqual(card.points, 67.0)

    def test_the_other_piece_comes_back_later_and_everything_adds_up(self):
        """REFUND-06: 200 of 230.00 by card; one exchanged for 23.00, one returned: 30.00 and 177."""
        card = self._card("gift_card", 200.0)
        order = self._sell_with(card, quantity=2)
        self.assertEqual(self._invoice(order).amount_total, 30.0)
        note = self._exchanged_down(order)
        note.action_post()
        self.assertEqual((note.amount_total, card.points), (30.0, 62.0))
        freight = self._alive(note.sudo().aftersales_exchange_rma_id)
        self.assertEqual((freight._verdict_of("refund")[freight].outcome, freight.payout), ("pay_out", 12.0))
        sold = {"sale_line_id": order.order_line[0].id, "quantity": 1}
        refund = self._credit(self._returned(order, line_ids=[Command.create(sold)]))
        self.assertEqual((refund.payout, card.points), (0.0, 177.0))

    def test_nothing_returns_to_a_card_where_the_company_decided_so(self):
        """AMB-14: the cash is the same, the points are lost."""
        self.company.aftersales_restore_non_cash = False
        card = self._card("gift_card", 90.0)
        order = self._sell_with(card)
        self._invoice(order)
        note = self._exchanged_down(order)
        note.action_post()
        self.assertEqual((note.amount_total, card.points), (25.0, 0.0))

    def test_reward_points_with_tax_add_up_to_the_cent(self):
        """REFUND-06: 33.33 in points, which lower the tax as well: cash and points are what was paid."""
        card = self._loyal(33.33)
        order = self._order_of(1)
        order._update_programs_and_rewards()
        for coupon, rewards in order._get_claimable_rewards().items():
            order._apply_program_reward(rewards[:1], coupon)
        order.action_confirm()
        self._deliver(order)
        invoice = self._invoice(order)
        self.assertLess(card.points, 1.0)
        note = self._exchanged_down(order, price=0.0)
        note.action_post()
        self.assertEqual(note.amount_total, invoice.amount_total)
        self.assertAlmostEqual(card.points, 33.33, 2)

    def _loyal(self, points):
        """The customer's card of a program that pays one for each point; this order earns none."""
        program = self._program("loyalty", 1)
        program.rule_ids.minimum_amount = 1000.0
        return self.env["loyalty.card"].create(
            {"program_id": program.id, "partner_id": self.customer.id, "points": points}
        )
