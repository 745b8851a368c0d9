from datetime import date, timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.aftersales_service.tests.common import PNG

from .common import pressed
from .test_evidence import EvidenceCommon


@tagged("-at_install", "post_install")
class TestReshipment(EvidenceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.write(
            {
                "phone": "139 5555 0101",
                "street": "Changjiang Road 88",
                "street2": "Shushan",
                "city": "Hefei",
                "state_id": cls.env.ref("base.state_cn_AH").id,
                "zip": "230031",
            }
        )
        cls.company.write(
            {
                "aftersales_reship_old_orders": 3,
                "aftersales_reship_large_total": 1000,
                "aftersales_reship_exceptions": 1,
                "aftersales_reship_packaging": 0.2,
                "aftersales_reship_user_id": cls.manager.id,
                "aftersales_four_eyes": "always",
            }
        )
        cls.cable.weight = 0.5

    def reship(self, order=None, user=None, **vals):
        """An agent enters what was missing of a delivered order."""
        order = order or self.sell(self.cable, 2)
        ticket = self.env["aftersales.ticket"].with_user(user or self.agent).create(
            {
                "title": "A cable is missing",
                "partner_id": order.partner_id.id,
                "sale_line_id": order.order_line[:1].id,
                "product_id": self.cable.id,
            }
        )  # fmt: skip
        action = ticket.action_create_reshipment()
        row = self.env["aftersales.reshipment"].with_user(user or self.agent).browse(action["res_id"])
        row.write(vals)
        return row

    def test_weights_are_told_with_their_unit(self):
        """COMP-10: as the company weighs."""
        self.env["ir.config_parameter"].sudo().set_param("product.weight_in_lbs", "1")
        self.assertEqual(self.reship().weight_uom_name, "lb")
        self.env["ir.config_parameter"].sudo().set_param("product.weight_in_lbs", "0")
        row = self.reship()
        row.invalidate_recordset()
        self.assertEqual(row.weight_uom_name, "kg")

    def by_exception(self, **vals):
        """List and weight are right, the customer buys a lot."""
        known = {"detail_fits": "yes", "weight_fits": "yes", "is_damaged": "no", **vals}
        return self.reship(self.sell(self.cable, 60), **known)

    def stock_up(self, quantity=5):
        self.env["stock.quant"]._update_available_quantity(self.cable, self.stock, quantity)

    def shipped(self, **vals):
        self.stock_up()
        row = self.reship(detail_fits="no", **vals)
        row.action_accept()
        self.validate(row.sudo().delivery_ids)
        return row

    # === CHECKS === #

    def test_a_wrong_list_is_shipped_at_no_charge_and_the_order_stays_as_it_was(self):
        """COMP-09: no price, no line on the order, delivered quantities as before."""
        order = self.sell(self.cable, 2)
        self.stock_up()
        row = self.reship(order, detail_fits="no")
        self.assertEqual((row.outcome, row.picking_id), ("reship", order.picking_ids))
        row.action_accept()
        delivery = row.sudo().delivery_ids
        self.assertEqual((delivery.state, delivery.picking_type_code), ("assigned", "outgoing"))
        self.assertEqual((delivery.partner_id, delivery.move_ids.product_uom_qty), (self.customer, 1))
        self.validate(delivery)
        self.assertEqual(row.state, "shipped")
        self.assertEqual((len(order.order_line), order.order_line.qty_delivered), (1, 2))
        self.assertFalse(delivery.sale_id)
        self.assertEqual(order.order_line.qty_to_invoice, 2)

    def test_the_weight_includes_packaging_and_is_held_against_what_was_weighed(self):
        """COMP-10: 2 × 0.5 and 0.2 of packaging; weighed 0.7 in the warehouse."""
        order = self.sell(self.cable, 2, ship=False)
        order.picking_ids.shipping_weight = 0.7
        self.deliver(order)
        row = self.reship(order, detail_fits="yes")
        self.assertAlmostEqual(row.weight_expected, 1.2)
        self.assertAlmostEqual(row.weight_measured, 0.7)
        self.assertEqual(row.outcome, "reship")
        self.assertIn("1.200", row._open_question())

    def test_a_weight_that_nobody_took_is_not_right_by_itself(self):
        """COMP-10."""
        row = self.reship(detail_fits="yes")
        self.assertEqual((row.weight_measured, row.outcome), (0, "ask"))
        with self.assertRaisesRegex(UserError, "weight of the parcel"):
            row.action_accept()
        self.assertEqual(row.state, "draft")

    def test_a_wrong_article_needs_the_customers_photo(self):
        """COMP-12: better with the waybill on it."""
        row = self.reship(complaint="wrong", detail_fits="no")
        with self.assertRaisesRegex(UserError, "photo"):
            row.action_accept()
        photo = self.env["ir.attachment"].with_user(self.agent).create({"name": "wrong.png", "raw": PNG})
        row.write({"photo_ids": [Command.link(photo.id)], "photo_proves": "yes"})
        self.assertEqual((photo.res_model, photo.res_id), ("aftersales.reshipment", row.id))
        self.assertEqual(row.outcome, "reship")
        self.assertIn("waybill", row.headline)
        row.waybill_on_photo = True
        self.assertNotIn("waybill", row.headline)

    # === EXCEPTION === #

    def test_exceptions_are_approved_from_the_list(self):
        """COMP-11, design 4.5."""
        row, early = self.by_exception(), self.by_exception()
        row.action_propose()
        action = self.env.ref("aftersales_returns.aftersales_reshipment_batch_approve")
        told = pressed(action, self.supervisor, row | early)["params"]["message"]
        self.assertEqual((row.state, early.state), ("approved", "draft"))
        self.assertIn("1 of 2 done", told)

    def test_an_exception_is_approved_by_a_second_person(self):
        """COMP-11."""
        row = self.by_exception()
        self.assertEqual(row.outcome, "goodwill")
        with self.assertRaises(UserError):
            row.action_accept()
        row.action_propose()
        with self.assertRaises(AccessError):
            row.action_approve()
        row.with_user(self.supervisor).action_approve()
        self.assertEqual((row.state, row.is_exception, len(row.sudo().delivery_ids)), ("approved", True, 1))

    def test_a_supervisor_does_not_approve_an_exception_of_his_own(self):
        """COMP-11."""
        row = self.by_exception().with_user(self.supervisor)
        row.action_propose()
        with self.assertRaisesRegex(AccessError, "Four eyes"):
            row.action_approve()

    def test_a_customer_gets_one_exception_also_when_two_are_proposed_at_once(self):
        """COMP-11."""
        first, second = self.by_exception(), self.by_exception()
        (first | second).action_propose()
        first.with_user(self.supervisor).action_approve()
        with self.assertRaisesRegex(UserError, "1 of 1 exceptions"):
            second.with_user(self.supervisor).action_approve()
        self.assertEqual(second.state, "proposed")
        self.assertEqual(self.by_exception().outcome, "refuse")

    def test_old_customers_are_counted_by_orders_before_this_one(self):
        """COMP-11: orders after it, of others and quotations do not count."""
        now = fields.Datetime.now()
        for _n in range(3):
            self.sell(self.cable, customer=self.other_customer)
        for days in (-9, -9, 9):  # the last one comes after this order
            other = self.sell(self.cable, ship=False)
            other.date_order = now + timedelta(days=days)
        other.copy({"date_order": now - timedelta(days=9)})
        known = {"detail_fits": "yes", "weight_fits": "yes", "is_damaged": "no"}
        row = self.reship(**known)
        self.assertEqual(row.outcome, "refuse")
        row.action_refuse()
        self.sell(self.cable, ship=False).date_order = now - timedelta(days=9)
        row.action_revise()
        self.assertEqual((row.state, row.outcome), ("draft", "goodwill"))

    def test_an_agent_refuses_only_what_the_checks_refuse(self):
        """COMP-09, COMP-10."""
        row = self.reship(detail_fits="no")
        with self.assertRaises(UserError):
            row.action_refuse()
        row.with_user(self.supervisor).action_refuse()
        self.assertEqual(row.state, "refused")

    # === GOODS AND ADDRESS === #

    def test_an_incomplete_address_is_refused_with_what_is_missing(self):
        """COMP-14."""
        row = self.reship(detail_fits="no", district=False, state_id=False, phone=" ")
        with self.assertRaisesRegex(UserError, "Telephone, Province, District, county"):
            row.action_accept()
        self.assertFalse(row.sudo().delivery_ids)

    def test_the_slip_and_the_delivery_have_the_address_that_was_asked_for(self):
        """COMP-14."""
        self.stock_up()
        row = self.reship(detail_fits="no", street="Huangshan Road 7", recipient="Li Qiang")
        row.action_accept()
        partner = row.sudo().delivery_ids.partner_id
        self.assertEqual(
            (partner.name, partner.street, partner.type), ("Li Qiang", "Huangshan Road 7", "delivery")
        )
        self.assertEqual((partner.parent_id, partner.street2), (self.customer, "Shushan"))
        slip = self.env["ir.actions.report"]._render_qweb_html(
            "aftersales_returns.report_reshipment_slip", row.ids
        )
        text = slip[0].decode()
        for part in (
            "Li Qiang",
            "139 5555 0101",
            "Hefei",
            "Shushan",
            "Huangshan Road 7",
            row.state_id.name,
            "Cable",
        ):
            self.assertIn(part, text)

    def test_the_slip_speaks_the_language_of_whom_it_goes_to(self):
        """It lies in the parcel: whoever works in English prints it in Chinese for a Chinese customer."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.customer.lang = "zh_CN"
        row = self.reship(detail_fits="no")
        html = self.env["ir.actions.report"]._render_qweb_html(
            "aftersales_returns.report_reshipment_slip", row.ids
        )
        self.assertIn("收件人", html[0].decode())
        self.assertNotIn("Recipient", html[0].decode())

    def test_the_rest_ships_later_and_then_it_is_shipped(self):
        self.stock_up()
        row = self.reship(self.sell(self.cable, 3), detail_fits="no")
        row.line_ids.quantity = 3
        row.action_accept()
        delivery = row.sudo().delivery_ids
        delivery.move_ids.quantity = 2
        self.validate(delivery)
        self.assertEqual(row.state, "approved")
        self.validate(row.sudo().delivery_ids - delivery)
        self.assertEqual(row.state, "shipped")

    def test_what_was_decided_stays_and_a_cancelled_delivery_is_prepared_anew(self):
        self.stock_up()
        row = self.reship(detail_fits="no")
        row.action_accept()
        for vals in ({"detail_fits": "yes"}, {"city": "Wuhu"}):
            with self.assertRaises(UserError):
                row.write(vals)
        with self.assertRaises(UserError):
            row.line_ids.quantity = 9
        row.sudo().delivery_ids.action_cancel()
        self.assertTrue(row.needs_delivery)
        row.action_prepare_delivery()
        self.assertEqual(sorted(row.sudo().delivery_ids.mapped("state")), ["assigned", "cancel"])
        row.with_user(self.supervisor).action_withdraw()
        self.assertEqual(set(row.sudo().delivery_ids.mapped("state")), {"cancel"})

    # === NO MORE AND NO LESS === #

    def granted(self, quantity, order=None):
        """A re-shipment that the agent has granted because the list is wrong; its delivery is ready."""
        self.stock_up(quantity)
        row = self.reship(order, detail_fits="no")
        row.line_ids.quantity = quantity
        row.action_accept()
        return row

    def ship_part(self, row, quantity):
        """The storekeeper ships ``quantity`` and wants no backorder."""
        delivery = row.sudo()._open_deliveries().with_user(self.storekeeper)
        delivery.move_ids.write({"quantity": quantity, "picked": True})
        delivery.with_context(
            skip_backorder=True, picking_ids_not_to_backorder=delivery.ids
        ).button_validate()

    def sent_again(self, order, lot):
        """A camera was lost, another one is on its way with a number of its own."""
        row = self.reship(order, detail_fits="no")
        row.line_ids.unlink()
        row.line_ids = [Command.create({"product_id": self.camera.id, "quantity": 1})]
        row.action_accept()
        delivery = row.sudo().delivery_ids
        delivery.carrier_tracking_ref = "YT-AGAIN"
        delivery.move_ids.lot_ids = lot
        delivery.move_ids.picked = True
        delivery.button_validate()
        self.assertEqual(row.state, "shipped")
        return row

    def test_a_piece_that_was_sent_again_tells_whose_parcel_it_is(self):
        """Issue 4, part 2: by its serial number, and by its parcel's own tracking number."""
        order = self.sell(lots=self.lots("LOST-1"))
        self.sent_again(order, self.lots("AGAIN-1"))
        parcels = self.env["aftersales.unknown.parcel"].with_user(self.inspector)
        by_serial = parcels.create({"line_ids": [Command.create({"serial": "AGAIN-1"})]})
        by_number = parcels.create({"tracking_ref": "YT-AGAIN"})
        for parcel, why in ((by_serial, "serial"), (by_number, "tracking")):
            found = parcel.sudo().candidate_ids
            self.assertEqual((found.order_id, found.reasons), (order, [why]))
        by_serial.action_book()
        by_serial.with_user(self.agent).action_adopt(order=order)
        self.assertEqual(by_serial.state, "adopted")
        by_serial.with_user(self.supervisor).action_send_back()
        self.assertTrue(by_serial.sudo().way_back_id)

    def test_no_more_is_sent_again_than_was_sold(self):
        """COMP-09: 2 were sold; what another re-shipment sends counts, what was withdrawn does not."""
        order = self.sell(self.cable, 2)
        with self.assertRaisesRegex(UserError, "sold 2, and 0 have been"), self.cr.savepoint():
            self.granted(100, order)
        first = self.granted(2, order)
        with self.assertRaisesRegex(UserError, "sold 2, and 2 have been"), self.cr.savepoint():
            self.granted(1, order)
        first.with_user(self.supervisor).action_withdraw()
        self.assertEqual(self.granted(1, order).state, "approved")

    def test_what_is_paid_back_is_not_sent_again(self):
        """COMP-09, RMA-38: money or goods; of two the one that stays with the customer may be sent again."""
        order = self.sell(self.cable, 2)
        rma = self.approved(order)
        with self.assertRaisesRegex(UserError, "for 2 the customer gets his money"), self.cr.savepoint():
            self.granted(1, order)
        rma.action_cancel(reason="Keeps them")
        self.assertEqual(self.granted(1, order).state, "approved")

    def test_two_granted_at_once_count_together(self):
        """COMP-09."""
        order = self.sell(self.cable, 2)
        rows = self.reship(order, detail_fits="no") | self.reship(order, detail_fits="no")
        rows[0].line_ids.quantity = 2
        with self.assertRaisesRegex(UserError, "are more than can be sent again"):
            rows.action_accept()
        self.assertEqual(set(rows.mapped("state")), {"draft"})

    def test_an_exception_has_the_same_ceiling(self):
        """COMP-11: one person proposes, another one approves; both are told."""
        order = self.sell(self.cable, 60)
        known = {"detail_fits": "yes", "weight_fits": "yes", "is_damaged": "no"}
        row = self.reship(order, **known)
        row.line_ids.quantity = 61
        with self.assertRaisesRegex(UserError, "61 of Cable"), self.cr.savepoint():
            row.action_propose()
        row.line_ids.quantity = 60
        row.action_propose()
        self.granted(1, order)
        with self.assertRaisesRegex(UserError, "sold 60, and 1 have been"), self.cr.savepoint():
            row.with_user(self.supervisor).action_approve()
        self.assertEqual(row.state, "proposed")

    def test_without_an_order_nothing_is_sent_again(self):
        row = self.reship(detail_fits="no", sale_order_id=False, picking_id=False)
        with self.assertRaisesRegex(UserError, "name the order"):
            row.action_accept()

    def test_the_warehouse_ships_no_more_than_was_granted(self):
        """COMP-09: a storekeeper raises 2 to 5."""
        row = self.granted(2)
        self.stock_up(50)
        with self.assertRaisesRegex(UserError, "5 of Cable are more than .* it owes 2"), self.cr.savepoint():
            self.ship_part(row, 5)
        self.assertEqual(row.state, "approved")

    def test_a_part_is_not_shipped_and_the_rest_is_somebodys_task(self):
        """COMP-09: 1 of 2 leaves without a backorder; the new delivery brings the other one, no more."""
        row = self.granted(2)
        self.ship_part(row, 1)
        self.assertEqual((row.state, row.needs_delivery), ("approved", True))
        self.assertIn("1 Cable has not left", row.headline)
        task = row.sudo().activity_ids
        self.assertEqual((task.summary, task.user_id), ("Still owed to the customer: 1 Cable", self.agent))
        row.action_prepare_delivery()
        self.assertEqual(row.sudo()._open_deliveries().move_ids.product_uom_qty, 1)
        self.validate(row.sudo()._open_deliveries())
        self.assertEqual(row.state, "shipped")

    def test_a_delivery_cancelled_in_inventory_is_somebodys_task(self):
        row = self.granted(2)
        row.sudo().delivery_ids.with_user(self.storekeeper).action_cancel()
        self.assertEqual(row.sudo().activity_ids.mapped("summary"), ["Still owed to the customer: 2 Cable"])

    def test_a_withdrawn_one_is_nobodys_task(self):
        row = self.granted(2)
        row.with_user(self.supervisor).action_withdraw()
        self.assertFalse(row.sudo().activity_ids)

    def test_what_has_left_is_not_cancelled_and_the_rest_may_be_left(self):
        """COMP-09: of the order's 2 one may be sent again later, as one has left."""
        order = self.sell(self.cable, 2)
        row = self.granted(2, order)
        with self.assertRaisesRegex(UserError, "nothing has left"), self.cr.savepoint():
            row.with_user(self.supervisor).action_leave_rest()
        self.assertFalse(row.has_left)
        self.ship_part(row, 1)
        self.assertTrue(row.has_left)
        with self.assertRaisesRegex(UserError, "a part has left"), self.cr.savepoint():
            row.with_user(self.supervisor).action_withdraw()
        row.with_user(self.supervisor).action_leave_rest()
        self.assertEqual((row.state, bool(row.shipped_at)), ("shipped", True))
        self.assertEqual(self.granted(1, order).state, "approved")

    # === MESSAGES === #

    def test_closing_tells_the_customer_once_what_happened(self):
        """COMP-15: summary, apology and the promise of a gift."""
        row = self.shipped()
        with self.assertRaisesRegex(UserError, "write what happened"):
            row.action_close()
        row.summary = "One cable stayed on the packing table."
        row.action_close()
        message = row.message_ids.filtered(lambda m: self.customer in m.notified_partner_ids)
        self.assertEqual(len(message), 1)
        for part in ("sorry", "packing table", "small gift"):
            self.assertIn(part, message.body)
        self.assertNotIn("as an extra", message.body)
        with self.assertRaises(UserError):
            row.action_close()

    def test_an_exception_is_told_as_such_with_a_word_on_signing(self):
        """COMP-11."""
        row = self.by_exception()
        self.stock_up()
        row.action_propose()
        row.with_user(self.supervisor).action_approve()
        self.validate(row.sudo().delivery_ids)
        row.summary = "Sent once more."
        row.action_close()
        message = row.message_ids.filtered(lambda m: self.customer in m.notified_partner_ids)
        self.assertIn("as an extra", message.body)
        self.assertIn("before you sign", message.body)

    def test_out_of_stock_gives_ten_percent_later_and_names_similar_goods(self):
        """COMP-08: one code a request; it takes 10 % off a later order."""
        row = self.reship(substitute_ids=[Command.link(self.camera.id)])
        row.action_offer_discount()
        message = row.message_ids.filtered(lambda m: self.customer in m.notified_partner_ids)
        self.assertIn(row.coupon_code, message.body)
        self.assertIn("Camera", message.body)
        with self.assertRaisesRegex(UserError, "has a discount already"):
            row.action_offer_discount()
        later = self.sell(self.camera, ship=False)
        later._action_cancel()
        later.action_draft()
        status = later._try_apply_code(row.coupon_code)
        coupon, rewards = next(iter(status.items()))
        later._apply_program_reward(rewards, coupon)
        self.assertEqual(later.amount_untaxed, 450)

    # === MONTH-END === #

    def run_list(self, today):
        company = type(self.company)
        with (
            patch.object(company, "_aftersales_today", lambda self: today),
            patch.object(company, "_aftersales_day", lambda self, moment: min(today, date(2030, 1, 30))),
        ):
            self.env["aftersales.reshipment"]._cron_month_list()
        return self.env["mail.message"].search([("partner_ids", "in", self.manager.partner_id.ids)])

    def test_the_list_goes_out_on_the_last_day_once(self):
        """COMP-13."""
        self.company.aftersales_reship_listed_until = date(2029, 12, 31)
        row = self.shipped()
        self.reship(detail_fits="no")  # not shipped: not on the list
        before = self.run_list(date(2030, 1, 30))
        self.assertFalse(row.listed_on)
        message = self.run_list(date(2030, 1, 31)) - before
        self.assertEqual(len(message), 1)
        for part in (row.name, "Li Ming", "Cable", "detail list is wrong"):
            self.assertIn(part, message.body)
        self.assertEqual(message.body.count("RS/"), 1)
        self.assertEqual(row.listed_on, date(2030, 1, 31))
        self.assertFalse(self.run_list(date(2030, 1, 31)) - before - message)
        self.assertFalse(self.run_list(date(2030, 2, 1)) - before - message)

    # === ISSUES === #

    def test_issues_of_a_category_have_standard_answers(self):
        """COMP-17: chosen on the request, sent as a message."""
        issue = self.env["aftersales.product.issue"].with_user(self.manager).create(
            {"name": "Swollen bag", "category_id": self.cable.categ_id.id, "answer": "<p>It is nitrogen.</p>"}
        )  # fmt: skip
        ticket = self.reship().ticket_id
        with self.assertRaisesRegex(UserError, "choose the issue"):
            ticket.action_answer_issue()
        ticket.product_issue_id = issue.id
        action = ticket.action_answer_issue()
        composer = self.env["mail.compose.message"].with_user(self.agent).with_context(**action["context"])
        composer.create({})._action_send_mail()
        answer = ticket.message_ids.filtered(lambda m: self.customer in m.partner_ids)
        self.assertIn("It is nitrogen.", answer.body)

    def test_the_production_date_tells_whether_it_was_in_date(self):
        """COMP-18."""
        issue = self.env["aftersales.product.issue"].create(
            {
                "name": "Expired?",
                "answer": "Look at the date.",
                "asks_production_date": True,
                "shelf_days": 30,
            }
        )
        ticket = self.reship().ticket_id
        ticket.product_issue_id = issue.id
        today = self.company._aftersales_today()
        ticket.production_date = today - timedelta(days=30)
        self.assertEqual(ticket.shelf_life_note, f"In date until {today}")
        ticket.production_date = today - timedelta(days=31)
        self.assertIn("Out of date", ticket.shelf_life_note)
        with self.assertRaises(ValidationError):
            ticket.production_date = today + timedelta(days=1)

    # === WHO === #

    def test_ordinary_users_see_nothing_of_it_and_nobody_writes_the_judgment(self):
        row = self.reship()
        with self.assertRaises(AccessError):
            row.with_user(self.storekeeper).read(["name"])
        with self.assertRaises(AccessError):
            row.with_user(self.manager).write({"outcome": "reship"})
        self.assertEqual(row.ticket_id.reshipment_count, 1)

    def test_a_request_is_not_erased_while_goods_are_on_their_way(self):
        row = self.reship()
        self.assertFalse(row.ticket_id.sudo()._is_settled())
        row.with_user(self.supervisor).action_withdraw()
        self.assertTrue(row.ticket_id.sudo()._is_settled())
