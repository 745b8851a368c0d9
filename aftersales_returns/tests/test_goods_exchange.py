from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import AftersalesReturnsCommon


@tagged("post_install", "-at_install")
class TestGoodsExchange(AftersalesReturnsCommon):
    """Replacements: set aside, shipped when they are owed or in advance, paid to the cent."""

    def run_due(self, **delta):
        self.env["aftersales.deadline"]._run_due(now=fields.Datetime.now() + timedelta(**delta))

    def put_in_stock(self, product, quantity):
        self.env["stock.quant"]._update_available_quantity(product, self.stock, quantity)

    def free(self, product):
        product.invalidate_recordset()
        return product.free_qty

    def replacement(self, rma):
        return rma.sudo().line_ids.exchange_move_ids.filtered(lambda move: move.state != "cancel")

    # === THE SAME ARTICLE === #

    def test_the_replacement_is_reserved_at_the_approval_and_waits_for_the_inspection(self):
        """EXCH-04: nobody else is sold it, and nobody ships it too early."""
        order = self.sell(self.cable, 2)
        self.put_in_stock(self.cable, 2)
        rma = self.sent_back(order, resolution="exchange")
        move = self.replacement(rma)
        self.assertEqual((move.state, move.quantity, self.free(self.cable)), ("assigned", 2, 0))
        with self.assertRaisesRegex(UserError, "is set aside for"), self.cr.savepoint():
            move.picking_id.with_user(self.storekeeper).button_validate()
        self.validate(rma._open_receipts())
        self.inspect(rma)
        rma.action_pass_to_shipment()
        self.validate(move.picking_id)
        self.assertEqual((rma.state, order.order_line.qty_delivered), ("done", 2))

    def stock_tasks(self, rma):
        return rma.sudo().activity_search(["aftersales_returns.mail_activity_type_stock"])

    def test_a_replacement_out_of_stock_is_a_task_for_the_handler(self):
        """EXCH-04: from the approval on until it is set aside; the return says what it waits for."""
        other = self.product("Samovar", 30, 6, categ_id=self.cable.categ_id.id)
        self.put_in_stock(other, 1)
        rma = self.rma(self.sell(self.cable, 2), resolution="exchange")
        rma.line_ids.exchange_product_id = other
        rma.action_submit()
        rma.action_approve()
        self.assertRecordValues(
            self.stock_tasks(rma), [{"user_id": self.agent.id, "summary": "Not in stock: 1 Samovar"}]
        )
        rma.action_register_shipment(tracking_ref="OUT")
        self.assertIn("The warehouse receives the parcel", rma.headline)
        self.validate(rma._open_receipts())
        self.inspect(rma)
        rma.action_pass_to_shipment()
        rma.invalidate_recordset()
        self.assertEqual((rma.state, len(self.stock_tasks(rma))), ("to_ship", 1))
        self.assertIn("Get 1 Samovar into stock", rma.headline)
        self.put_in_stock(other, 5)
        rma._open_shipments().with_user(self.storekeeper).action_assign()
        rma.invalidate_recordset()
        self.assertIn("Send the goods", rma.headline)
        self.assertFalse(self.stock_tasks(rma))
        self.validate(rma._open_shipments())
        self.assertEqual(rma.state, "done")
        self.assertFalse(self.stock_tasks(rma))

    def test_of_two_articles_that_were_missing_both_have_to_be_set_aside(self):
        """EXCH-04: whoever reserves them, one by one."""
        order = self.sell(self.cable, 2)
        more = self.sell(self.product("Plug", 3, 1), 1)
        rows = [
            Command.create({"sale_line_id": line.id, "quantity": line.product_uom_qty})
            for line in (order | more).order_line
        ]
        rma = self.approved(order, resolution="exchange", line_ids=rows)
        cable, plug = self.replacement(rma)
        self.put_in_stock(self.cable, 2)
        cable.with_user(self.storekeeper)._action_assign()
        self.assertEqual(len(self.stock_tasks(rma)), 1)
        plug.with_user(self.storekeeper).quantity = 1
        self.assertFalse(self.stock_tasks(rma))

    def test_a_replacement_in_stock_is_no_task(self):
        self.put_in_stock(self.cable, 2)
        rma = self.approved(self.sell(self.cable, 2), resolution="exchange")
        self.assertFalse(self.stock_tasks(rma))

    def test_an_exchange_that_ends_without_goods_leaves_no_task_to_get_them(self):
        rma = self.approved(self.sell(self.cable, 2), resolution="exchange")
        self.assertTrue(self.stock_tasks(rma))
        rma.action_cancel(reason="Changed his mind")
        self.assertFalse(self.stock_tasks(rma))

    def test_a_cancelled_exchange_gives_the_reserved_goods_free(self):
        order = self.sell(self.cable, 2)
        self.put_in_stock(self.cable, 2)
        rma = self.approved(order, resolution="exchange")
        self.assertEqual(self.free(self.cable), 0)
        rma.action_cancel(reason="Changed his mind")
        self.assertEqual((self.free(self.cable), order.order_line.qty_delivered), (2, 2))
        self.assertFalse(self.replacement(rma))

    def test_the_money_instead_of_the_replacement_gives_it_free(self):
        """EXCH-04: exchange or refund is settled when the inspection has passed."""
        order = self.sell(self.cable, 2)
        self.put_in_stock(self.cable, 2)
        rma = self.inspected(order, findings={"fault_found": "yes"}, resolution="exchange")
        rma.action_pass_to_refund()
        self.assertEqual((rma.state, self.free(self.cable)), ("to_refund", 4))

    def test_only_what_was_accepted_is_replaced(self):
        """Two set aside, one accepted: one is shipped, the other is free again."""
        order = self.sell(quantity=2)
        self.lots("SPARE-1", "SPARE-2")
        rma = self.received(order, resolution="exchange")
        good, bad = rma.with_user(self.inspector).inspection_ids
        good.write({"grade": "a", "fault_found": "yes"})
        bad.write({"grade": "b", "fault_found": "no"})
        rma.with_user(self.inspector).action_complete_inspection()
        rma.action_pass_to_shipment()
        self.assertEqual(sum(self.replacement(rma).mapped("product_uom_qty")), 1)
        for picking in rma._open_shipments():
            self.validate(picking)
        self.assertEqual((rma.state, order.order_line.qty_delivered), ("done", 2))
        self.assertEqual(self.quants(self.camera, self.quarantine), {})

    def test_an_open_delivery_of_the_order_does_not_take_the_replacement_along(self):
        """A transfer of its own, so that holding it holds nothing else."""
        order = self.sell(self.cable, 2)
        order.order_line.product_uom_qty = 5
        waiting = order.picking_ids.filtered(lambda picking: picking.state != "done")
        self.put_in_stock(self.cable, 5)
        waiting.action_assign()
        rma = self.rma(order)
        rma.resolution = "exchange"
        rma.line_ids.quantity = 2
        rma.action_submit()
        rma.action_approve()
        self.assertNotEqual(self.replacement(rma).picking_id, waiting)
        self.validate(waiting)
        self.assertEqual(order.order_line.qty_delivered, 5)

    # === ANOTHER ARTICLE === #

    def dearer(self, price, **vals):
        other = self.product(f"Cable {price}", price, 6, categ_id=self.cable.categ_id.id, **vals)
        self.put_in_stock(other, 5)
        return other

    def exchange_for(self, other, quantity=2, tax=None, invoiced=True, policy="order"):
        self.cable.invoice_policy = policy
        other.invoice_policy = policy
        if tax:
            (self.cable + other).taxes_id = tax
        order = self.sell(self.cable, quantity)
        order.order_line.discount = 10
        if invoiced:
            order._create_invoices().action_post()
        rma = self.rma(order, resolution="exchange")
        rma.line_ids.exchange_product_id = other
        rma.action_submit()
        rma.action_approve()
        self.assertEqual(self.replacement(rma).product_id, other)
        rma.action_register_shipment(tracking_ref=f"X{rma.id}")
        self.validate(rma._open_receipts())
        self.inspect(rma)
        rma.action_pass_to_shipment()
        self.validate(rma._open_shipments())
        self.assertEqual(rma.state, "done")
        return rma, order

    def assert_neutral(self, order, other):
        """Every line: ordered = delivered = invoiced."""
        first, second = order.order_line
        self.assertRecordValues(
            first + second,
            [
                {
                    "product_id": product.id,
                    "product_uom_qty": pieces,
                    "qty_delivered": pieces,
                    "qty_to_invoice": 0,
                }
                for product, pieces in ((self.cable, 0), (other, 2))
            ],
        )

    def test_a_dearer_article_costs_the_difference_to_the_cent(self):
        """Two at 20 less 10 % were paid, two at 33.33 are sent: 66.66 − 36 = 30.66, tax on both sides."""
        tax = self.env["account.tax"].create({"name": "13 %", "amount": 13, "amount_type": "percent"})
        other = self.dearer(33.33)
        rma, order = self.exchange_for(other, tax=tax)
        document = rma.sudo().exchange_invoice_ids
        self.assertEqual((document.move_type, document.state), ("out_invoice", "draft"))
        self.assertEqual((document.amount_untaxed, document.amount_total), (30.66, 34.65))
        document.action_post()
        self.assert_neutral(order, other)

    def test_a_cheaper_article_gives_the_difference_back(self):
        """36 were paid and 24 are due: a credit note of 12, also where the delivered quantity is invoiced."""
        other = self.dearer(12)
        rma, order = self.exchange_for(other, policy="delivery")
        document = rma.sudo().exchange_invoice_ids
        self.assertEqual((document.move_type, document.amount_total), ("out_refund", 12))
        document.action_post()
        self.assert_neutral(order, other)

    def test_another_article_that_leaves_by_a_new_transfer_counts_as_delivered(self):
        """EX-7: its first transfer was cancelled; the order is invoiced for what the customer has."""
        other = self.dearer(33)
        self.cable.invoice_policy = other.invoice_policy = "delivery"
        order = self.sell(self.cable, 2)
        rma = self.sent_back(order, resolution="exchange")
        rma.sudo().line_ids.exchange_product_id = other
        self.validate(rma._open_receipts())
        self.inspect(rma)
        rma.action_pass_to_shipment()
        rma._open_shipments().action_cancel()
        rma.invalidate_recordset()
        rma.action_send_rest()
        self.validate(rma._open_shipments())
        self.assertEqual((rma.state, order.order_line[1].qty_delivered), ("done", 2))
        self.assertEqual(order._create_invoices().amount_total, 66)

    def test_what_an_exchange_has_credited_is_not_refunded_again(self):
        """REFUND-05: the first article was credited in the exchange, be it a draft or posted."""
        rma, order = self.exchange_for(self.dearer(33.33))
        first = order.order_line[0]
        sold = first.invoice_lines.filtered(lambda line: not line.aftersales_origin_line_id)
        for document in (rma.sudo().exchange_invoice_ids, None):
            self.assertEqual(sold._aftersales_credited(), (2, 36, 36))
            again = [Command.create({"sale_line_id": first.id, "quantity": 2})]
            later = self.rma(order, resolution="refund_only", line_ids=again)
            self.assertFalse(later.sudo()._share_goods(), "nothing is left to credit")
            if document:
                document.action_post()

    def test_freight_of_sending_again_that_the_customer_bears_is_invoiced(self):
        """EXCH-02: 8.00 that we laid out for a replacement of choice, on a draft for finance."""
        self.put_in_stock(self.cable, 1)
        rma = self.sent_back(
            self.sell(self.cable, 1), resolution="exchange", reason_id=self.no_reason.id, reship_freight=8
        )
        self.validate(rma._open_receipts())
        self.inspect(rma)
        rma.action_pass_to_shipment()
        self.assertFalse(rma.sudo().exchange_invoice_ids)
        self.validate(self.replacement(rma).picking_id)
        document = rma.sudo().exchange_invoice_ids
        self.assertRecordValues(
            document, [{"move_type": "out_invoice", "state": "draft", "amount_total": 8, "amount_tax": 0}]
        )
        income = self.company._aftersales_account("freight_income")
        self.assertEqual(document.invoice_line_ids.account_id, income)
        self.assertFalse(rma.sudo().refund_ids)

    def test_an_order_not_invoiced_yet_is_invoiced_for_what_the_customer_has(self):
        other = self.dearer(33)
        rma, order = self.exchange_for(other, invoiced=False)
        self.assertFalse(rma.sudo().exchange_invoice_ids)
        self.assertEqual(order._create_invoices().amount_total, 66)

    # === IN ADVANCE === #

    def ahead(self, order, **vals):
        rma = self.rma(order, resolution="exchange", is_advance=True, **vals)
        rma.action_submit()
        rma.action_approve()
        self.validate(rma._open_shipments())
        return rma

    def test_a_replacement_shipped_in_advance_is_no_second_delivery(self):
        """Custody runs from the shipment; the order has delivered two and invoices two, all the way."""
        self.put_in_force()
        order = self.sell(self.cable, 2)
        order._create_invoices().action_post()
        self.put_in_stock(self.cable, 2)
        rma = self.ahead(order)
        sold = order.order_line
        self.assertEqual((rma.state, rma.next_kind), ("approved", "custody"))
        self.assertEqual((sold.qty_delivered, sold.qty_to_invoice), (2, 0))
        rma.action_register_shipment(tracking_ref="BACK")
        self.assertEqual(rma.next_kind, "receive")
        self.validate(rma._open_receipts())
        self.inspect(rma)
        self.assertEqual((rma.state, sold.qty_delivered), ("inspected", 2))
        with self.assertRaisesRegex(UserError, "nothing to refund"):
            rma.action_pass_to_refund()
        rma.action_pass_to_shipment()
        self.assertEqual((rma.state, sold.qty_delivered, sold.qty_to_invoice), ("done", 2, 0))
        self.assertFalse(rma.sudo().exchange_invoice_ids)

    def test_custody_runs_from_the_first_parcel_when_the_rest_waits_for_stock(self):
        """One of two has left: he is told, and has the days of custody, not those of sending back."""
        self.put_in_force()
        order = self.sell(self.cable, 2)
        order._create_invoices().action_post()
        self.put_in_stock(self.cable, 1)
        rma = self.ahead(order)
        self.assertEqual((rma.state, rma.next_kind), ("approved", "custody"))
        self.assertTrue(rma._open_shipments(), "the rest waits")
        self.run_due(days=9, hours=23)
        self.assertEqual(rma.state, "approved")
        self.run_due(days=10, minutes=1)
        self.assertEqual((rma.state, rma.sudo().exchange_invoice_ids.amount_total), ("closed", 20))
        self.assertFalse(rma._open_shipments())

    def test_the_rest_sent_in_advance_is_told_and_custody_does_not_begin_anew(self):
        self.put_in_force()
        order = self.sell(self.cable, 2)
        self.put_in_stock(self.cable, 1)
        rma = self.ahead(order)
        due = rma.next_due_at
        self.put_in_stock(self.cable, 1)
        rma._open_shipments().action_assign()
        self.validate(rma._open_shipments())
        self.assertEqual((rma.next_kind, rma.next_due_at), ("custody", due))
        mails = self.env["mail.mail"].search([("model", "=", rma._name), ("res_id", "=", rma.id)])
        self.assertEqual(len(mails.filtered(lambda mail: "on its way" in mail.subject)), 2)

    def test_what_is_not_given_back_in_time_is_invoiced(self):
        """After the days of custody the return is closed, and the draft waits for finance."""
        self.put_in_force()
        order = self.sell(self.cable, 2)
        order._create_invoices().action_post()
        self.put_in_stock(self.cable, 2)
        rma = self.ahead(order)
        self.run_due(days=9, hours=23)
        self.assertEqual(rma.state, "approved")
        self.run_due(days=10, minutes=1)
        document = rma.sudo().exchange_invoice_ids
        self.assertEqual((rma.state, document.state, document.amount_total), ("closed", "draft", 40))
        self.assertEqual(set(rma.sudo().picking_ids.mapped("state")), {"done", "cancel"})
        document.action_post()
        self.assertEqual((order.order_line.qty_delivered, order.order_line.qty_invoiced), (4, 4))

    def test_an_advance_exchange_that_is_cancelled_after_the_shipment_is_invoiced(self):
        """Whoever keeps both pays for both, whichever way the return ends; and once."""
        order = self.sell(self.cable, 2)
        self.put_in_stock(self.cable, 2)
        rma = self.ahead(order)
        rma.action_cancel(reason="Keeps both")
        self.assertEqual(rma.sudo().exchange_invoice_ids.mapped("amount_total"), [40])
        rma._give_replacements_free()
        self.assertEqual(len(rma.sudo().exchange_invoice_ids), 1)

    def another_ahead(self, policy="order"):
        """(return, cup) of a cable that is exchanged for a cup of 8.00, which the storekeeper has shipped."""
        self.put_in_force()
        cup = self.product("Cup", 8, 2, invoice_policy=policy)
        self.cable.invoice_policy = policy
        self.put_in_stock(cup, 1)
        order = self.sell(self.cable, 2)
        order._create_invoices().action_post()
        sold = order.order_line
        row = {"sale_line_id": sold.id, "quantity": 1, "exchange_product_id": cup.id}
        return self.ahead(order, line_ids=[Command.create(row)]), cup

    def test_another_article_in_advance_is_sold_when_the_goods_come_back(self):
        """The warehouse ships it without rights on Sales, and the order has one line of it."""
        rma, cup = self.another_ahead()
        order = rma.sale_order_id
        self.assertEqual((rma.next_kind, order.order_line.product_id), ("custody", self.cable))
        rma.action_register_shipment(tracking_ref="CUP")
        self.validate(rma._open_receipts())
        self.inspect(rma)
        rma.action_pass_to_shipment()
        sold = order.order_line.filtered(lambda line: line.product_id == cup)
        self.assertEqual((rma.state, len(sold), sold.qty_delivered), ("done", 1, 1))
        self.assertEqual(rma.sudo().exchange_invoice_ids.mapped("amount_total"), [12])

    def test_another_article_that_is_kept_is_charged_once(self):
        """Nobody invoices it during the days of custody, and then one draft does."""
        rma, cup = self.another_ahead(policy="delivery")
        order = rma.sale_order_id
        self.assertEqual(order.order_line.mapped("qty_to_invoice"), [0])
        self.run_due(days=10, minutes=1)
        document = rma.sudo().exchange_invoice_ids
        self.assertEqual((rma.state, document.amount_total), ("closed", 8))
        document.action_post()
        sold = order.order_line.filtered(lambda line: line.product_id == cup)
        self.assertEqual((sold.qty_delivered, sold.qty_invoiced, sold.qty_to_invoice), (1, 1, 0))

    def test_only_an_exchange_can_be_shipped_in_advance(self):
        with self.assertRaisesRegex(ValidationError, "only a replacement"):
            self.rma(self.sell(self.cable, 1), is_advance=True)

    # === WARRANTY === #

    def test_the_replacement_goes_on_with_the_rest_of_the_warranty(self):
        """Serial number and card are handed on: the old card is void, the new one ends on the same day."""
        plan = self.env["aftersales.warranty.plan"].search([], limit=1) or self.env[
            "aftersales.warranty.plan"
        ].create({"name": "One year", "months": 12, "start_event": "delivery"})
        self.camera.product_tmpl_id.aftersales_warranty_plan_id = plan
        order = self.sell()
        old_lot = order.picking_ids.move_line_ids.lot_id
        cards = self.env["aftersales.warranty.card"]
        old = cards.search([("lot_id", "=", old_lot.id)])
        old.write({"start_date": "2026-01-10", "end_date": "2027-01-09"})
        new_lot = self.lots("NEW-1")
        rma = self.inspected(order, findings={"fault_found": "yes"}, resolution="exchange")
        rma.action_pass_to_shipment()
        shipment = rma._open_shipments()
        shipment.move_ids._aftersales_take_lots({new_lot: 1})
        self.validate(shipment)
        new = cards.search([("lot_id", "=", new_lot.id)])
        self.assertRecordValues(
            new, [{"start_date": old.start_date, "end_date": old.end_date, "partner_id": self.customer.id}]
        )
        self.assertEqual((old.ledger_state, new.ledger_state), ("void", "active"))

    def test_freight_that_the_customer_laid_out_for_an_exchange_is_a_refund(self):
        """Freight table F-25: made when the replacement is owed; no task stands beside it."""
        self.put_in_stock(self.cable, 1)
        rma = self.sent_back(
            self.sell(self.cable, 1), resolution="exchange", reason_id=self.quality.id, return_freight=10
        )
        self.validate(rma._open_receipts())
        self.inspect(rma)
        self.assertFalse(rma.sudo().refund_ids)
        rma.action_pass_to_shipment()
        refund = rma.sudo().refund_ids
        self.assertEqual((refund.kind, refund.state), ("freight", "draft"))
        self.validate(self.replacement(rma).picking_id)
        self.assertEqual((rma.state, rma.sudo().refund_ids), ("done", refund))
        self.assertFalse(rma.sudo().activity_ids.filtered(lambda task: "freight" in (task.summary or "")))

    def test_an_exchange_by_choice_is_at_the_customers_expense_both_ways_back_and_out_again(self):
        """EXCH-02: freight of sending back and of sending again is the customer's (AMB-49)."""
        rma = self.sent_back(
            self.sell(self.cable, 1),
            resolution="exchange",
            reason_id=self.no_reason.id,
            return_freight=10,
            reship_freight=8,
        )
        bearers = {charge.leg: charge.borne_by for charge in rma.freight_ids}
        self.assertEqual((bearers["return"], bearers["reship"]), ("customer", "customer"))
