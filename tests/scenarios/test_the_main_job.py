"""From the delivered sale to the reconciled refund and the answered survey.

What is expected, added up by hand:

    sold       screen 2,100.00 · coupon −10 % = −210.00 · delivery 20.00 · tax 15 %
               gift card −50.00, which Odoo's demo product taxes as well: −43.48 and −6.52
               untaxed  2,100.00 − 210.00 + 20.00 − 43.48 = 1,866.52, tax 279.98, to pay 2,146.50
    costs      two screens at 2,010.00, one of them sold; one more at 2,200.00 while it is away;
               two lamps at 35.00, one of them given away with the screen
    refunded   screen 2,415.00 − coupon 241.50 − gift card 50.00 + delivery 23.00
               + the customer's freight 18.00 − the lamp he kept 46.00 (40.00 and 15 %) = 2,118.50
               tax of it: 15 % of (1,866.52 − 40.00) = 273.98
    in kind    the coupon, and 50.00 on the gift card
    in stock   2,010.00 + 2,200.00, and after the return 2,010.00 more (never the average of 2,105.00)
    survey     ticked satisfied (40 of 100) and five marks of 4 on 1…5: 40 + 60 × 0.75 = 85
"""

from story_case import StoryCase

from odoo.exceptions import AccessError
from odoo.tests import tagged


@tagged("-at_install", "post_install")
class TestTheMainJob(StoryCase):
    def test_a_faulty_screen_is_refunded_and_everything_adds_up(self):
        """RMA-22, FREIGHT-14, REFUND-05, -06, -25, -26, -28, -32 and SURVEY-01, as one story."""
        self.the_goods_are_bought_sold_and_delivered()
        self.the_sale_is_invoiced_and_paid()
        self.the_cost_changes()
        self.the_customer_writes()
        self.the_agent_takes_it()
        self.a_return_is_requested_and_approved()
        self.the_parcel_comes_back()
        self.the_warehouse_inspects_it()
        self.customer_service_confirms()
        self.finance_approves()
        self.finance_pays()
        self.the_ticket_is_closed_and_the_survey_answered()

    # === THE SALE === #

    def the_goods_are_bought_sold_and_delivered(self):
        story = self.story
        for role, user in story.people.items():
            self.assertEqual(len(user.group_ids), 2, f"{role} holds more than the one group of the job")
        order = story.stock_arrives("2010.00", "SCR-0001", "SCR-0002", lamps=2, lamp_cost="35.00")
        self.assert_entry(
            order.invoice_ids,
            [("110100", 4020.00, 0.0), ("110100", 70.00, 0.0), ("211000", 0.0, 4090.00)],
        )
        story.customer_buys()
        self.assertEqual(story.order.amount_total, 2146.50)
        self.assertEqual((story.coupon.points, story.gift_card.points), (0, 0))
        self.at("2031-03-03 10:00")
        story.warehouse_delivers("SCR-0001")
        self.assert_where(story.serial)
        self.assert_stock(story.screen, 1, 2010.00, 4020.00)
        self.assert_stock(story.lamp, 1, 35.00, 70.00)
        self.a_warranty_card_was_issued()

    def a_warranty_card_was_issued(self):
        self.card = self.env["aftersales.warranty.card"].search([("lot_id", "=", self.story.serial.id)])
        self.assertEqual(self.card.partner_id, self.story.customer)
        self.assertEqual((str(self.card.start_date), str(self.card.last_day)), ("2031-03-03", "2032-03-03"))
        self.assertEqual(self.card.state, "active")

    def the_sale_is_invoiced_and_paid(self):
        story = self.story
        self.at("2031-03-03 10:30")
        story.customer_is_invoiced()
        self.assert_entry(
            story.invoice,
            [
                ("400000", 0.0, 2100.00),
                ("400000", 0.0, 0.0),  # the lamp
                ("400000", 210.00, 0.0),
                ("400000", 0.0, 20.00),
                ("400000", 43.48, 0.0),
                ("251000", 0.0, 279.98),
                ("121000", 2146.50, 0.0),
                ("110100", 0.0, 2010.00),
                ("600000", 2010.00, 0.0),
                ("110100", 0.0, 35.00),
                ("600000", 35.00, 0.0),
            ],
        )
        story.customer_pays()
        self.assert_entry(story.payment.move_id, [("101403", 2146.50, 0.0), ("121000", 0.0, 2146.50)])
        self.assertEqual(story.invoice.payment_state, "paid")
        self.assert_stock(story.screen, 1, 2010.00, 2010.00)
        self.assert_stock(story.lamp, 1, 35.00, 35.00)

    def the_cost_changes(self):
        self.at("2031-03-05 08:00")
        order = self.story.stock_arrives("2200.00", "SCR-0003")
        self.assert_entry(order.invoice_ids, [("110100", 2200.00, 0.0), ("211000", 0.0, 2200.00)])
        self.assert_stock(self.story.screen, 2, 4210.00, 4210.00)
        self.assertEqual(self.story.screen.standard_price, 2105.00)

    # === THE TICKET === #

    def the_customer_writes(self):
        self.at("2031-03-06 09:00")
        ticket = self.story.customer_writes()
        self.assertRegex(ticket.name, r"^SR-20310306\d{4}$")
        self.assertEqual((ticket.partner_id, ticket.channel), (self.story.customer, "email"))
        self.assertEqual((ticket.state, ticket.team_id), ("new", self.story.team))
        self.assert_verdict(ticket, "priority", "p2", "prio_normal")
        self.assert_verdict(ticket, "coverage", "undetermined", "WARR-NO-PROOF")
        self.assert_promises(
            ticket,
            {
                "acknowledge": ("met", "03-06 09:15", "03-06 09:00"),
                "assign": ("running", "03-06 11:00", None),
                "first_reply": ("running", "03-07 09:00", None),
            },
        )
        mail = self.env["mail.mail"].search([("model", "=", ticket._name), ("res_id", "=", ticket.id)])
        self.assertEqual(mail.subject, f"{ticket.name}: we have received your request")
        self.assertIn("joel.willis63@example.com", mail.email_to)
        self.assertIn("Mar 7, 2031, 10:00", mail.body_html, "the customer is told when to expect an answer")

    def the_agent_takes_it(self):
        self.at("2031-03-06 09:10")
        self.story.agent_takes_the_ticket()
        ticket = self.story.ticket
        self.assertEqual((ticket.state, ticket.user_id), ("in_progress", self.story.people["agent"]))
        self.assertEqual((ticket.product_id, ticket.warranty_card_id), (self.story.screen, self.card))
        self.assert_verdict(ticket, "priority", "p1", "prio_urgent_individual_core")
        self.assert_verdict(ticket, "coverage", "covered", "WARR-11", "WARR-03")
        self.assert_promises(
            ticket,
            {
                "acknowledge": ("met", "03-06 09:15", "03-06 09:00"),
                "assign": ("met", "03-06 11:00", "03-06 09:10"),
                "accept": ("met", "03-06 09:40", "03-06 09:10"),
                "first_reply": ("met", "03-07 09:00", "03-06 09:10"),
                "diagnosis": ("met", "03-06 09:40", "03-06 09:10"),
            },
        )

    # === THE RETURN === #

    def a_return_is_requested_and_approved(self):
        self.at("2031-03-06 09:20")
        self.story.agent_opens_a_return()
        rma = self.story.rma
        self.assertEqual((rma.name, rma.state), ("RMA/2031/00001", "requested"))
        self.assertEqual(
            [(line.product_id, line.lot_id, line.quantity, line.is_gift) for line in rma.line_ids],
            [
                (self.story.screen, self.story.serial, 1, False),
                (self.story.lamp, self.env["stock.lot"], 1, True),
            ],
        )
        self.assert_verdict(rma, "eligibility", "with_reason", "eligibility_by_fault")
        self.at("2031-03-06 10:00")
        self.story.return_is_approved()
        self.assertEqual(rma.state, "approved")
        self.assertEqual(rma.picking_ids.owner_id, self.story.customer)

    def the_parcel_comes_back(self):
        self.at("2031-03-07 08:00")
        self.story.customer_ships()
        self.assertEqual(self.story.rma.state, "in_transit")
        self.at("2031-03-10 09:00")
        self.story.parcel_arrives()
        rma = self.story.rma
        self.assertEqual(rma.state, "received", "a receipt in Inventory moves the return along")
        self.assertEqual(rma.line_ids.mapped("received_qty"), [1, 0])
        self.assert_where(self.story.serial, ("Returns quarantine WH", "Joel Willis"))
        self.assert_stock(self.story.screen, 2, 4210.00, 4210.00)
        self.assertEqual(self.story.order.order_line[0].qty_delivered, 1, "not ours before the inspection")
        self.assertEqual(self.card.state, "suspended")

    def the_warehouse_inspects_it(self):
        self.at("2031-03-10 13:00")
        self.story.warehouse_inspects()
        rma, found = self.story.rma, self.story.rma.inspection_ids
        self.assertEqual(rma.state, "to_refund")
        self.assertEqual(found.user_id, self.story.people["inspector"])
        self.assert_verdict(found, "disposition", "restock", "disposition_opened")
        self.assert_where(self.story.serial, ("WH/Stock", False))
        self.assertEqual(self.card.state, "void", "the next buyer gets a card of his own")
        self.assert_stock(self.story.screen, 3, 6220.00, 4210.00)
        self.assertAlmostEqual(self.story.screen.standard_price, 6220 / 3, 2)
        self.assertEqual(self.story.order.order_line[0].qty_delivered, 0)
        self.the_seller_bears_the_freight()

    def the_seller_bears_the_freight(self):
        rma = self.story.rma
        self.assert_verdict(rma, "freight", "seller", "F-24", "F-01-S")
        charges = rma.freight_ids.filtered("amount")
        self.assertEqual(
            [(c.leg, c.amount, c.prepaid_by, c.borne_by, c.share, c.settlement) for c in charges],
            [
                ("outbound", 23.00, "customer", "seller", 100, "reimburse"),
                ("return", 18.00, "customer", "seller", 100, "reimburse"),
            ],
        )

    # === THE MONEY === #

    def customer_service_confirms(self):
        self.at("2031-03-10 14:00")
        self.story.agent_confirms_the_refund()
        refund = self.story.refund
        self.assertEqual((refund.state, refund.confirmed_by_id), ("confirmed", self.story.people["agent"]))
        self.assertEqual(
            [(part.kind, part.total, part.points) for part in refund.line_ids],
            [
                ("goods", 2415.00, 0),
                ("promotion", -241.50, 0),
                ("non_cash", -50.00, 0),
                ("delivery", 23.00, 0),
                ("freight", 18.00, 0),
                ("gift", -46.00, 0),
                ("restore", 0.00, 1),
                ("restore", 0.00, 50),
            ],
        )
        self.assertEqual((refund.amount, refund.payout, refund.shortfall), (2118.50, 2118.50, 0.0))
        self.assertEqual(refund.channel_id.code, "refund_bank_transfer")
        self.assert_verdict(
            refund, "refund", "pay_out",
            "REFUND-05", "refund_promotion", "REFUND-06", "refund_delivery", "refund_freight", "REFUND-32",
            "AMB-14", "refund_payout",
        )  # fmt: skip
        self.assertEqual((self.story.coupon.points, self.story.gift_card.points), (0, 0))

    def finance_approves(self):
        story = self.story
        with self.assertRaises(AccessError):
            story.rma.with_user(story.people["agent"]).sudo(False).action_approve_refund()
        self.at("2031-03-11 08:00")
        story.accountant_approves_the_refund()
        note = story.credit_note
        self.assert_entry(
            note,
            [
                ("400000", 2100.00, 0.0),
                ("400000", 0.0, 210.00),
                ("400000", 20.00, 0.0),
                ("400000", 0.0, 43.48),
                ("600000", 18.00, 0.0),  # the customer's freight, without tax
                ("400000", 0.0, 40.00),  # the lamp
                ("251000", 273.98, 0.0),
                ("121000", 0.0, 2118.50),
                ("110100", 2010.00, 0.0),
                ("600000", 0.0, 2010.00),
            ],
        )
        self.assertEqual(note.reversed_entry_id, story.invoice)
        self.assertEqual(note.create_uid, story.people["accountant"])
        sold = story.order.order_line
        self.assertEqual(note.invoice_line_ids.sale_line_ids, sold - sold.filtered("is_reward_line")[0])
        self.assertEqual((story.coupon.points, story.gift_card.points), (1, 50.00))
        self.assert_stock(story.screen, 3, 6220.00, 6220.00)
        self.assert_stock(story.lamp, 1, 35.00, 35.00)

    def finance_pays(self):
        story = self.story
        self.at("2031-03-11 08:30")
        story.accountant_pays()
        self.assert_entry(story.refund_payment.move_id, [("121000", 2118.50, 0.0), ("101404", 0.0, 2118.50)])
        self.assertEqual((story.credit_note.payment_state, story.credit_note.amount_residual), ("paid", 0.0))
        self.assertEqual((story.refund.state, story.rma.state), ("paid", "done"))
        self.assertEqual(story.rma.amount_refunded, 2118.50)
        self.assertEqual(
            set(story.order.order_line.mapped("qty_to_invoice")), {0}, "nothing to invoice again"
        )
        self.every_promise_of_the_return_was_kept()

    def every_promise_of_the_return_was_kept(self):
        self.assert_promises(
            self.story.rma,
            {
                "decide": ("met", "03-09 09:20", "03-06 10:00"),
                "send_back": ("met", "03-11 10:00", "03-07 08:00"),
                "goods_back": ("met", "03-16 10:00", "03-10 09:00"),
                "receive": ("met", "03-17 08:00", "03-10 09:00"),
                "inspect": ("met", "03-13 16:00", "03-10 13:00"),
                "review": ("met", "03-11 13:00", "03-10 14:00"),
            },
        )
        self.assert_promises(
            self.story.refund,
            {
                "finance": ("met", "03-11 16:00", "03-11 08:30"),
                "arrival": ("running", "03-18 16:00", None),
            },
        )

    # === THE END === #

    def the_ticket_is_closed_and_the_survey_answered(self):
        self.at("2031-03-11 09:00")
        self.story.agent_closes_the_ticket()
        ticket = self.story.ticket
        self.assertEqual((ticket.state, ticket.next_due_at), ("closed", False))
        calls = ticket.followup_ids.sorted("planned_at")
        self.assertEqual(
            [(call.purpose, f"{call.planned_at:%m-%d %H:%M}") for call in calls],
            [("confirmation", "03-11 11:00"), ("satisfaction", "03-11 16:00"), ("final", "03-18 16:00")],
        )
        self.at("2031-03-12 18:00")
        self.story.customer_answers_the_survey()
        told = self.story.satisfaction
        self.assertEqual((told.level, told.index), ("satisfied", 85.00))
        self.assertEqual(ticket.state, "closed", "a satisfied customer leaves the ticket closed")
