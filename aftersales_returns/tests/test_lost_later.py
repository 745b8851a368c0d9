from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_lost_here import LostHere


@tagged("post_install", "-at_install")
class TestLostLater(LostHere):
    """Judged, and lost before it has left: what was decided stands, and the loss is ours."""

    def turned_down(self, quantity=2):
        rma = self.inspected(self.sell(self.cable, quantity), findings={"fault_found": "no"})
        rma.action_reject(reason="No fault")
        return rma

    def on_its_way_back(self, quantity=2):
        rma = self.turned_down(quantity)
        rma.action_return_goods()
        return rma, rma._open_shipments().with_user(self.storekeeper)

    def told(self, rma):
        tasks = rma.sudo().activity_ids.filtered(lambda task: "Lost in our hands" in task.summary)
        self.assertEqual(len(tasks), 1)
        return tasks.note

    def test_what_was_turned_down_stays_so_and_is_sent_no_more(self):
        """INSPECT-02: nothing of it was ever ours, so there is nothing to book but that it is gone."""
        rma, back = self.on_its_way_back()
        self.scrap(rma, 2)
        found = self.finding(rma)
        self.assertTrue(found.is_missing and found.rma_id.has_losses)
        self.write_off(found)
        self.assertEqual((found.is_lost, found.grade, found.disposition), (True, "a", "return_to_customer"))
        self.assertEqual((rma.state, back.state), ("done", "cancel"))
        self.assertEqual((rma.line_ids.accepted_qty, rma.sale_order_id.order_line.qty_delivered), (0, 2))
        self.assertFalse(found.is_missing or rma.lacks_transfer or rma.refund_ids)
        self.assertEqual(self.quants(self.cable, self.quarantine), {})
        self.assertIn("agree with the customer", self.told(rma))

    def test_before_its_transfer_is_made_the_return_can_go_on_as_well(self):
        rma = self.turned_down()
        self.scrap(rma, 2)
        with self.assertRaisesRegex(UserError, "with 'Lost here'"), self.cr.savepoint():
            rma.action_return_goods()
        self.write_off(self.finding(rma, self.supervisor))
        self.assertEqual(rma.state, "rejected")
        rma.action_return_goods()
        self.assertEqual((rma.state, len(rma._open_shipments())), ("done", 0))

    def test_of_two_the_one_that_left_is_not_lost(self):
        rma, back = self.on_its_way_back()
        back.move_ids.write({"quantity": 1, "picked": True})
        back.with_context(skip_backorder=True).button_validate()
        self.assertFalse(self.finding(rma).is_missing)
        self.scrap(rma, 1)
        self.write_off(self.finding(rma))
        self.assertEqual(rma.state, "done")
        self.assertEqual(self.quants(self.cable, self.quarantine), {})

    def test_of_two_the_one_that_is_still_here_is_sent_first(self):
        rma, back = self.on_its_way_back()
        self.scrap(rma, 1)
        with self.assertRaisesRegex(UserError, "1 of 2 are missing"), self.cr.savepoint():
            self.write_off(self.finding(rma))
        self.assertEqual((rma.state, back.state in ("done", "cancel")), ("to_ship", False))

    def test_what_was_repaired_for_him_is_replaced_at_our_expense(self):
        """EXCH-04: another piece, and the cost of his own in our books."""
        loss = self.env["account.account"].create(
            {"name": "Loss", "code": "LOSTLATER", "account_type": "expense"}
        )
        self.warehouse.aftersales_scrap_location_id.valuation_account_id = loss
        rma = self.inspected(self.sell(self.cable, 2), findings={"fault_found": "yes"}, resolution="repair")
        rma.action_pass_to_shipment()
        back, order = rma._open_shipments(), rma.sudo().line_ids.workshop_order_ids
        self.scrap(rma, 2)
        self.write_off(self.finding(rma))
        self.assertEqual((rma.state, rma.resolution), ("to_ship", "exchange"))
        self.assertEqual((back.state, order.state), ("cancel", "cancel"))
        self.assertEqual(rma._open_shipments().move_ids.product_uom_qty, 2)
        self.assertEqual(self.quants(self.cable, self.quarantine), {})
        booked = self.env["account.move.line"].search([("account_id", "=", loss.id)])
        self.assertEqual(sum(booked.mapped("debit")), 10)
        self.assertNotIn("agree with the customer", self.told(rma))

    def test_what_was_for_the_supplier_lacks_no_transfer_any_more(self):
        rma = self.inspected(self.sell(self.cable, 2), "d", {"fault_found": "yes", "vendor_warranty": True})
        out = rma.sudo().picking_ids.filtered(lambda p: p.location_dest_id.usage == "supplier")
        scrap = {"product_id": self.cable.id, "scrap_qty": 2, "location_id": self.quarantine.id}
        self.env["stock.scrap"].create(scrap).action_validate()
        self.write_off(self.finding(rma))
        self.assertEqual((rma.state, out.state, rma.lacks_vendor_transfer), ("to_refund", "cancel", False))
        self.assertEqual((rma.line_ids.accepted_qty, rma.line_ids.disposition), (2, "return_to_vendor"))
        self.told(rma)

    def test_what_lies_where_it_waits_is_not_lost_and_nobody_else_says_so(self):
        rma, _back = self.on_its_way_back()
        found = self.finding(rma)
        self.assertFalse(found.is_missing)
        with self.assertRaisesRegex(UserError, "0 of 2 are missing"), self.cr.savepoint():
            self.write_off(found)
        self.scrap(rma, 2)
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.finding(rma, self.agent)._write_off("Gone")
        self.write_off(found)
        with self.assertRaisesRegex(UserError, "written off after the inspection is settled|nothing of it"):
            found.action_found_again()


@tagged("post_install", "-at_install")
class TestLostTold(LostHere):
    """The customer reads what is true: what got lost was not inspected, and what is gone is not sent."""

    def told(self, rma):
        """(subject, body) of the last mail about the return."""
        mail = self.env["mail.mail"].search(
            [
                ("model", "=", "aftersales.rma"),
                ("res_id", "=", rma.id),
                ("email_to", "=", self.customer.email_formatted),
            ],
            order="id desc",
            limit=1,
        )
        return mail.subject, str(mail.body_html)

    def lost(self, quantity=2, **vals):
        rma = self.received(self.sell(self.cable, quantity), **vals)
        self.scrap(rma, 2)
        if quantity > 2:
            self.finding(rma)._split_off(2)
        self.write_off(self.finding(rma).filtered(lambda found: found.received_qty == 2))
        return rma

    def test_what_got_lost_was_not_inspected(self):
        """INSPECT-03, PROG-02: in the mail and on the page."""
        rma = self.lost()
        self.complete(rma)
        subject, body = self.told(rma)
        self.assertIn("your goods got lost in our hands", subject)
        self.assertIn("you get your money back", body)
        self.assertNotIn("We have inspected the goods", body)
        exchange = self.lost(resolution="exchange")
        self.complete(exchange)
        self.assertIn("Your goods got lost in our hands", exchange._portal_next_text())
        exchange.action_pass_to_shipment()
        self.assertIn("you get others instead", self.told(exchange)[1])

    def test_of_five_that_were_inspected_in_part_both_is_said(self):
        rma = self.lost(5)
        self.finding(rma).filtered(lambda found: not found.is_lost).write(
            {"grade": "a", "fault_found": "yes"}
        )
        self.complete(rma)
        subject, body = self.told(rma)
        self.assertIn("the inspection is done", subject)
        self.assertIn("We have inspected the goods and take them back. Cable got lost in our hands; it", body)

    def test_what_got_lost_on_its_way_back_was_not_sent(self):
        """INSPECT-02."""
        rma = self.inspected(self.sell(self.cable, 2), findings={"fault_found": "no"})
        rma.action_reject(reason="No fault")
        self.assertIn("cannot take them back", self.told(rma)[1])
        self.scrap(rma, 2)
        self.write_off(self.finding(rma))
        self.assertIn("What was to go back to you got lost", rma._portal_next_text())
        rma.action_return_goods()
        self.assertEqual(rma.state, "done")
        self.assertIn("What we were to send back to you got lost", self.told(rma)[1])

    def test_what_is_sent_beside_it_is_told_as_well(self):
        rma = self.lost(5, resolution="repair")
        self.finding(rma).filtered(lambda found: not found.is_lost).write(
            {"grade": "a", "fault_found": "yes"}
        )
        self.complete(rma)
        rma.action_pass_to_shipment()
        body = self.told(rma)[1]
        self.assertIn("You get yours repaired. Cable got lost in our hands; we are sorry and get", body)

    def test_he_reads_it_in_his_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.customer.lang = "zh_CN"
        rma = self.lost()
        self.complete(rma)
        subject, body = self.told(rma)
        self.assertIn("丢失", subject)
        self.assertNotIn("got lost", body)
