import re
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.aftersales_service.policy import lifecycle
from odoo.addons.aftersales_service.tests.common import PNG

from .common import AftersalesReturnsCommon

FORM_FIELDS = r'name="(csrf_token|request_key)" value="([^"]+)"'


class ReturnsPortalCommon(AftersalesReturnsCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(cls.env, "ret_portal", "base.group_portal", email="p@example.com")
        cls.portal.partner_id.parent_id = cls.customer

    def setUp(self):
        super().setUp()
        self.authenticate("ret_portal", "ret_portal")

    def form(self, order, **told):
        """The fields of the form as a customer fills them in, with its token and key."""
        page = self.url_open(f"/my/orders/{order.id}/return").text
        goods = order.order_line[0]
        return {
            **dict(re.findall(FORM_FIELDS, page)),
            f"qty_{goods.id}_0": "1",
            "resolution": "return_refund",
            "reason_id": str(self.no_reason.id),
            "signed_date": fields.Date.to_string(self.company._aftersales_today()),
            "said_unused": "yes",
            **told,
        }

    def post_form(self, order, step, files=None, **told):
        form = {**self.form(order, **told), "step": step}
        return self.url_open(f"/my/orders/{order.id}/return", data=form, files=files)

    def requested(self, order, **told):
        self.post_form(order, "send", policy_read="1", **told)
        return order.aftersales_rma_ids

    def answer(self, rma, event, **data):
        csrf = self.csrf()
        return self.url_open(f"/my/returns/{rma.id}/{event}", data={"csrf_token": csrf, **data})

    def csrf(self):
        """Any page with a form of the session gives it."""
        order = self.sell(self.cable)
        return dict(re.findall(FORM_FIELDS, self.url_open(f"/my/orders/{order.id}/return").text))[
            "csrf_token"
        ]


@tagged("post_install", "-at_install")
class TestReturnRequest(ReturnsPortalCommon):
    def test_goods_that_the_supplier_has_sent_straight_to_the_customer_can_be_returned(self):
        """RMA-01: they have left, though by no delivery of a warehouse of ours."""
        self.put_in_force()
        order = self.sell(self.cable, 2, ship=False)
        direct = order.picking_ids
        direct.move_ids._do_unreserve()
        direct.picking_type_id = self.warehouse.in_type_id  # as Odoo's dropship type, none of ours to send
        supplier = self.env.ref("stock.stock_location_suppliers")
        direct.location_id = supplier
        direct.move_ids.write({"location_id": supplier.id, "quantity": 2, "picked": True})
        direct.location_dest_id = direct.move_ids.location_dest_id = self.customer.property_stock_customer
        direct.carrier_price = 6.0
        direct.button_validate()
        self.assertEqual((direct.state, order.order_line.qty_delivered), ("done", 2))
        rma = self.requested(order)
        self.assertEqual((rma.resolution, rma.line_ids.quantity), ("return_refund", 1))
        self.assertEqual(rma.outbound_freight, 6.0)

    def test_the_order_offers_a_return_as_long_as_something_can_come_back(self):
        order, waiting = self.sell(self.cable), self.env["sale.order"]
        self.assertIn("Return something", self.url_open(f"/my/orders/{order.id}").text)
        waiting = self.sell(self.cable)
        waiting._action_cancel()
        self.assertNotIn("aftersales_return_something", self.url_open(f"/my/orders/{waiting.id}").text)

    def test_right_and_freight_are_shown_with_reasons_before_anything_is_kept(self):
        """RMA-01, FREIGHT-01: computed for the page alone."""
        order = self.sell(self.cable, 3)
        before = self.env["aftersales.rma"].search_count([])
        number = self.env["ir.sequence"].search([("code", "=", "aftersales.rma")], limit=1).number_next_actual
        page = self.post_form(order, "check").text
        self.assertIn("the right to return without a reason", page)
        self.assertIn("sending back and sending again are at the customer", page)
        self.assertEqual(self.env["aftersales.rma"].search_count([]), before)
        after = self.env["ir.sequence"].search([("code", "=", "aftersales.rma")], limit=1).number_next_actual
        self.assertEqual(after, number)

    def test_the_page_asks_of_intimate_goods_also_where_the_category_above_says_so(self):
        """RMA-15: whether they were tried on is asked before the request is sent."""
        order = self.sell(self.cable)
        page = f"/my/orders/{order.id}/return"
        self.assertNotIn("said_tried_on", self.url_open(page).text)
        above = self.env["product.category"].create(
            {"name": "Worn", "aftersales_return_exclusion": "intimate"}
        )
        self.cable.categ_id.parent_id = above
        self.assertIn("said_tried_on", self.url_open(page).text)

    def test_what_stands_against_it_is_said_before_sending(self):
        """RMA-11: used goods do not come back without a fault."""
        page = self.post_form(self.sell(self.cable), "check", said_unused="no").text
        self.assertIn("Washed or used goods do not come back", page)
        self.assertIn("alert-warning", page)

    def test_a_request_becomes_a_return_of_the_customer(self):
        """RMA-21, RMA-25, RMA-26: reason, policy read, photos."""
        policy = self.put_in_force()
        order = self.sell(self.cable, 3)
        quantity = {f"qty_{order.order_line.id}_0": "2"}
        self.post_form(
            order,
            "send",
            {"photos": ("a.png", PNG)},
            policy_read="1",
            reason_id=str(self.quality.id),
            **quantity,
        )
        rma = order.aftersales_rma_ids
        self.assertRecordValues(
            rma,
            [
                {
                    "state": "requested",
                    "partner_id": self.customer.id,
                    "policy_read": True,
                    "policy_id": policy.id,
                }
            ],
        )
        self.assertTrue(rma.pictures_received)
        self.assertEqual((rma.line_ids.quantity, rma.eligibility), (2, "with_reason"))
        self.assertEqual(rma.message_ids.attachment_ids.mapped("name"), ["a.png"])
        self.assertEqual(rma.ticket_id.channel, "web")
        self.assertFalse(rma.user_id)

    def test_the_page_foretells_what_is_decided(self):
        order = self.sell(self.cable, 2)
        vals = {
            "partner_id": self.customer.id,
            "company_id": self.company.id,
            "user_id": False,
            "sale_order_id": order.id,
            "resolution": "exchange",
            "reason_id": self.no_reason.id,
            "line_ids": [(0, 0, {"sale_line_id": order.order_line.id, "quantity": 2})],
        }
        told = self.env["aftersales.rma"]._portal_preview(vals)
        rma = self.env["aftersales.rma"].create(vals)
        rma._fire("submit", actor=lifecycle.CUSTOMER)
        kept = rma._portal_reasons()
        self.assertEqual(
            [(row["kind"], row["label"], row["clauses"]) for row in told["reasons"]],
            [(row["kind"], row["label"], row["clauses"]) for row in kept],
        )
        self.assertEqual(told["charges"], rma._portal_charges())

    def test_serial_numbers_are_chosen_one_by_one(self):
        order = self.sell(self.camera, 2)
        lots = order.picking_ids.move_line_ids.lot_id
        rma = self.requested(order, **{f"qty_{order.order_line.id}_{lots[1].id}": "1"})
        self.assertEqual(rma.line_ids.lot_id, lots[1])

    def test_goods_that_never_left_are_refunded_without_a_return(self):
        """RF-1."""
        order = self.sell(self.cable, ship=False)
        rma = self.requested(order, resolution="refund_only")
        self.assertRecordValues(rma, [{"resolution": "refund_only", "eligibility": "refund_only"}])

    def test_the_rest_of_a_partly_shipped_order_is_refunded_and_what_has_left_comes_back(self):
        """REFUND-01: each in a request of its own."""
        order = self.sell(self.cable, 3, ship=False)
        picking = order.picking_ids
        picking.move_ids.write({"quantity": 2, "picked": True})
        picking.with_context(skip_backorder=True).button_validate()
        sold, here = f"qty_{order.order_line.id}_0", f"qty_{order.order_line.id}_here"
        mixed = {**self.form(order), sold: "1", here: "1", "resolution": "refund_only"}
        self.assertIn(
            "make a second request", self.url_open(f"/my/orders/{order.id}/return", data=mixed).text
        )
        rma = self.requested(order, **{sold: "", here: "1", "resolution": "refund_only", "signed_date": ""})
        self.assertEqual((rma.delivery_result, rma.line_ids.quantity), ("not_shipped", 1))
        self.assertEqual([row["key"] for row in order._aftersales_returnable_rows()], [sold[4:]])
        back = self.requested(order, **{sold: "2"}) - rma
        self.assertEqual((back.resolution, back.line_ids.quantity), ("return_refund", 2))

    def test_sent_twice_the_form_makes_one_return(self):
        """Bad input: double submit."""
        order = self.sell(self.cable, 5)
        form = {**self.form(order), "step": "send", "policy_read": "1"}
        pages = [self.url_open(f"/my/orders/{order.id}/return", data=form) for _ in range(2)]
        self.assertEqual(len(order.aftersales_rma_ids), 1)
        self.assertEqual(pages[0].url.split("?")[0], pages[1].url.split("?")[0])

    def test_after_the_browsers_back_other_goods_are_another_return(self):
        """Bad input: the page is sent again, and says something else."""
        order = self.sell(self.cable, 5)
        form = {**self.form(order), "step": "send", "policy_read": "1"}
        for quantity in ("1", "2"):
            asked = {**form, f"qty_{order.order_line.id}_0": quantity}
            self.url_open(f"/my/orders/{order.id}/return", data=asked)
        self.assertEqual(sorted(order.aftersales_rma_ids.line_ids.mapped("quantity")), [1, 2])

    def test_the_database_refuses_the_second_return_of_one_form(self):
        order = self.sell(self.cable, 5)
        rma = self.requested(order)
        index = self.env["aftersales.rma"]._request_key_uniq
        self.env.cr.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [index.full_name(rma)])
        self.assertIn("UNIQUE", self.env.cr.fetchone()[0])

    def test_impossible_quantities_come_back_with_a_sentence(self):
        """Bad input: negative, zero, more than delivered, no number."""
        order = self.sell(self.cable, 2)
        field = f"qty_{order.order_line.id}_0"
        wrong = {
            "-1": "as a number from 0 on",
            "0": "Choose what you want to return",
            "3": "you can return 2 at most",
            "nan": "as a number from 0 on",
            "inf": "as a number from 0 on",
            "two": "as a number from 0 on",
        }
        for told, sentence in wrong.items():
            with self.subTest(quantity=told):
                page = self.post_form(order, "send", policy_read="1", **{field: told}).text
                self.assertIn(sentence, page)
        self.assertFalse(order.aftersales_rma_ids)

    def test_goods_asked_for_already_are_not_offered_again(self):
        """Bad input: two requests on the same goods."""
        order = self.sell(self.cable, 2)
        self.requested(order)
        page = self.post_form(order, "send", policy_read="1", **{f"qty_{order.order_line.id}_0": "2"}).text
        self.assertIn("you can return 1 at most", page)
        self.assertEqual(len(order.aftersales_rma_ids), 1)

    def test_without_reading_the_policy_nothing_is_sent(self):
        """RMA-25."""
        order = self.sell(self.cable)
        page = self.post_form(order, "send").text
        self.assertIn("Please read the return policy", page)
        self.assertIn('id="return_review"', page)
        self.assertFalse(order.aftersales_rma_ids)

    def test_a_disguised_program_is_no_photo(self):
        """INTAKE-24."""
        order = self.sell(self.cable)
        files = {"photos": ("photo.png", b"MZ\x90\x00" + b"\x00" * 100)}
        page = self.post_form(order, "send", files, policy_read="1").text
        self.assertIn("is a program or can act like one", page)
        self.assertFalse(order.aftersales_rma_ids)

    def test_half_a_piece_is_not_requested(self):
        """Bad input: what is counted in pieces comes back in pieces, unless half a one was sold."""
        order = self.sell(self.cable, 2)
        quantity = {f"qty_{order.order_line.id}_0": "0.5"}
        self.assertIn("Cable: enter whole pieces.", self.post_form(order, "check", **quantity).text)
        rma = self.rma(order)
        rma.line_ids.quantity = 1.5
        with self.assertRaisesRegex(UserError, "1.5 is no whole number"), self.cr.savepoint():
            rma.action_submit()
        half = self.rma(self.sell(self.cable, 1.5))
        half.action_submit()
        self.assertEqual(half.state, "requested")

    def test_a_day_in_the_future_or_no_day_is_asked_again(self):
        order = self.sell(self.cable)
        for day in ("2999-01-01", "yesterday", ""):
            page = self.post_form(order, "check", signed_date=day).text
            self.assertIn("Enter the day on which you received the parcel", page)

    def test_a_day_before_the_parcel_had_left_is_asked_again(self):
        """It would be kept on the delivery, and no window would be open any more."""
        order = self.sell(self.cable)
        sent = self.company._aftersales_day(order.picking_ids.date_done)
        before = fields.Date.to_string(sent - timedelta(days=1))
        page = self.post_form(order, "check", signed_date=before).text
        self.assertIn("Enter the day on which you received the parcel", page)
        self.assertFalse(order.picking_ids.aftersales_signed_date)

    def test_a_foreign_order_cannot_be_returned(self):
        order = self.sell(self.cable, customer=self.other_customer)
        mine = self.form(self.sell(self.cable))
        self.assertTrue(self.url_open(f"/my/orders/{order.id}/return").url.endswith("/my"))
        data = {**mine, f"qty_{order.order_line.id}_0": "1", "step": "send", "policy_read": "1"}
        self.url_open(f"/my/orders/{order.id}/return", data=data)
        self.assertFalse(order.aftersales_rma_ids)

    def test_lines_of_a_foreign_order_in_my_form_count_for_nothing(self):
        mine, foreign = self.sell(self.cable), self.sell(self.cable, customer=self.other_customer)
        told = {f"qty_{mine.order_line.id}_0": "0", f"qty_{foreign.order_line.id}_0": "1"}
        self.assertFalse(self.requested(mine, **told))
        self.assertFalse(foreign.aftersales_rma_ids)


@tagged("post_install", "-at_install")
class TestReturnPage(ReturnsPortalCommon):
    def test_customers_find_their_returns_and_no_others(self):
        mine = self.requested(self.sell(self.cable))
        other = self.rma(self.sell(self.cable, customer=self.other_customer))
        draft = self.rma(self.sell(self.cable))
        page = self.url_open("/my/returns").text
        self.assertIn(mine.name, page)
        self.assertNotIn(draft.name, page, "a draft of customer service is not the customer's yet")
        self.assertNotIn(other.name, page)
        self.assertIn("return_timeline", self.url_open(f"/my/returns/{mine.id}").text)
        foreign = self.url_open(f"/my/returns/{other.id}")
        self.assertNotIn(other.name, foreign.text)
        self.assertTrue(foreign.url.endswith("/my"))

    def test_a_draft_of_customer_service_is_not_the_customers_yet(self):
        """Neither to look at nor to withdraw by its number, unless he was given its link."""
        draft = self.rma(self.sell(self.cable))
        self.assertTrue(self.url_open(f"/my/returns/{draft.id}").url.endswith("/my"))
        self.answer(draft, "cancel", reason="No")
        self.assertEqual(draft.state, "draft")

    def test_a_foreign_return_takes_no_answer(self):
        other = self.approved(self.sell(self.cable, customer=self.other_customer))
        self.answer(other, "cancel")
        self.answer(other, "register_shipment", tracking_ref="X1", carrier_name="Y")
        self.assertEqual((other.state, other.tracking_ref), ("approved", False))

    def test_a_token_opens_one_return_only(self):
        mine, other = self.rma(self.sell(self.cable)), self.rma(self.sell(self.cable))
        token = mine._portal_ensure_token()
        self.authenticate(None, None)
        self.assertIn(mine.name, self.url_open(f"/my/returns/{mine.id}?access_token={token}").text)
        for url in (f"/my/returns/{other.id}?access_token={token}", f"/my/returns/{mine.id}", "/my/returns"):
            page = self.url_open(url)
            self.assertNotIn(other.name, page.text)
            self.assertIn("/web/login", page.url)

    def test_a_get_link_changes_nothing(self):
        rma = self.approved(self.sell(self.cable))
        for event in ("cancel", "register_shipment?tracking_ref=X1", "dispute"):
            self.url_open(f"/my/returns/{rma.id}/{event}")
        self.assertEqual((rma.state, rma.tracking_ref), ("approved", False))

    def test_customers_have_no_rights_on_the_model_itself(self):
        returns = self.env["aftersales.rma"].with_user(self.portal)
        self.assertFalse(any(returns.has_access(right) for right in ("read", "write", "create", "unlink")))

    def test_the_customer_enters_courier_and_number(self):
        """RMA-06, RMA-27."""
        rma = self.approved(self.sell(self.cable))
        self.assertIn("I have sent the parcel", self.url_open(f"/my/returns/{rma.id}").text)
        self.answer(rma, "register_shipment", tracking_ref=" YT100 ", carrier_name="YTO")
        self.assertRecordValues(
            rma, [{"state": "in_transit", "tracking_ref": "YT100", "carrier_name": "YTO"}]
        )

    def test_a_number_that_is_missing_or_taken_is_refused_with_a_sentence(self):
        """Bad input: tracking number used twice."""
        self.sent_back(self.sell(self.cable)).tracking_ref = "YT7"
        rma = self.approved(self.sell(self.cable))
        for number in ("YT7", " "):
            page = self.answer(rma, "register_shipment", tracking_ref=number, carrier_name="YTO")
            self.assertIn("That tracking number could not be taken", page.text)
            self.assertIn('value="YTO"', page.text, "what he entered stands in the form again")
        self.assertEqual((rma.state, rma.tracking_ref), ("approved", False))
        self.assertNotIn('value="YTO"', self.url_open(f"/my/returns/{rma.id}").text)

    def test_a_refused_request_is_changed_and_sent_again(self):
        """RMA-03: within the time for it; the answer of the seller is shown."""
        rma = self.requested(self.sell(self.cable, 2))
        rma.with_user(self.agent).action_refuse(reason="One piece only, please.")
        self.assertIn("One piece only, please.", self.url_open(f"/my/returns/{rma.id}").text)
        page = self.url_open(f"/my/returns/{rma.id}/change").text
        form = dict(re.findall(FORM_FIELDS, page))
        line = rma.line_ids.sale_line_id
        data = {
            **form,
            f"qty_{line.id}_0": "2",
            "resolution": "exchange",
            "reason_id": str(self.quality.id),
            "signed_date": fields.Date.to_string(rma.signed_date),
            "policy_read": "1",
            "step": "send",
        }
        self.url_open(f"/my/returns/{rma.id}/change", data=data)
        self.assertRecordValues(
            rma, [{"state": "requested", "resolution": "exchange", "decision_reason": False}]
        )
        self.assertEqual(rma.line_ids.quantity, 2)
        self.url_open(f"/my/returns/{rma.id}/change", data={**data, f"qty_{line.id}_0": "1"})
        self.assertEqual(rma.line_ids.quantity, 2, "what was sent again is not changed any more")

    def test_a_refused_request_is_disputed_with_a_reason(self):
        """RMA-05."""
        rma = self.requested(self.sell(self.cable))
        rma.with_user(self.agent).action_refuse(reason="No.")
        self.assertIn("Tell us why", self.answer(rma, "dispute", reason=" ").text)
        self.assertEqual(rma.state, "refused")
        self.answer(rma, "dispute", reason="It is broken")
        self.assertEqual(rma.state, "disputed")
        self.assertIn("It is broken", rma.message_ids[0].body)

    def test_a_request_is_withdrawn(self):
        rma = self.requested(self.sell(self.cable))
        self.answer(rma, "cancel")
        self.assertEqual(rma.state, "cancelled")

    def test_what_is_no_longer_possible_is_said_and_changes_nothing(self):
        rma = self.sent_back(self.sell(self.cable))
        page = self.answer(rma, "cancel")
        self.assertEqual(rma.state, "in_transit")
        self.assertIn("has gone on in the meantime", page.text)

    def test_events_of_the_seller_are_not_for_customers(self):
        rma = self.requested(self.sell(self.cable))
        for event in ("approve", "receive", "close", "settle"):
            self.answer(rma, event)
        self.assertEqual(rma.state, "requested")

    def test_days_are_written_as_on_the_pages_of_requests_with_their_time_zone(self):
        """One way of writing them for a customer who has a request and a return open."""
        self.put_in_force()
        self.customer.tz = "Asia/Shanghai"
        rma = self.requested(self.sell(self.cable))
        due = rma._portal_next()["due"]
        page = self.url_open(f"/my/returns/{rma.id}").text
        for said in (rma, rma.ticket_id):
            self.assertIn(f"{said._customer_moment(due)}</strong>", page)
        self.assertIn(f"({rma._customer_zone(due)})", page)

    def test_the_page_says_what_is_next_by_when_and_what_silence_means(self):
        """RMA-02: silence of the seller approves."""
        self.put_in_force()
        rma = self.requested(self.sell(self.cable))
        page = self.url_open(f"/my/returns/{rma.id}").text
        self.assertIn("We look at your request", page)
        self.assertIn("your return is approved", page)

    def test_a_time_limit_that_was_kept_is_told_with_its_day(self):
        """RMA-01: whoever asks "in time until when?" reads it on the page, not only what spoke against."""
        self.put_in_force()
        order = self.sell(self.cable)
        rma = self.requested(
            order, signed_date=str(self.company._aftersales_day(order.picking_ids.date_done))
        )
        (row,) = [row for row in rma._portal_reasons() if row["kind"] == "eligibility"]
        limit = next(clause for clause in row["clauses"] if clause["code"] == "eligibility_window")
        self.assertIn("Asked for in time: the time limit, counted from the day of signing", limit["text"])
        self.assertRegex(limit["text"], r", ends \w+ \d+, \d+, \d\d:\d\d")

    def test_pictures_are_asked_for_until_the_goods_are_here(self):
        """RMA-26."""
        rma = self.requested(self.sell(self.cable), reason_id=str(self.quality.id))
        self.assertIn("eligibility_pictures", str(rma._portal_reasons()))
        rma.sudo().action_approve()
        rma.sudo().action_register_shipment(tracking_ref="YT-9")
        self.validate(rma.sudo()._open_receipts())
        self.assertNotIn("eligibility_pictures", str(rma._portal_reasons()))

    def test_sentences_that_are_ours_alone_stay_ours(self):
        rma = self.requested(self.sell(self.cable))
        clause = self.env.ref("aftersales_returns.clause_eligibility_by_right")
        self.assertIn("eligibility_by_right", str(rma._portal_reasons()))
        clause.public = False
        self.assertNotIn("eligibility_by_right", str(rma._portal_reasons()))

    def test_the_slip_is_one_pdf_with_number_and_address(self):
        """RMA-24: on the paper in the parcel stand the return, its order, goods and quantity, and why."""
        rma = self.approved(self.sell(self.cable))
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        html, _kind = report._render_qweb_html("aftersales_returns.aftersales_rma_slip", rma.ids)
        page = html.decode()
        self.assertIn(rma.name, page)
        self.assertIn("data:image/png;base64,", page)
        self.assertIn(self.warehouse.partner_id.name, page)
        for told in (rma.sale_order_id.name, rma.line_ids.product_id.name, rma.reason_id.name):
            self.assertIn(told, page)
        answer = self.url_open(f"/my/returns/{rma.id}?report_type=pdf")
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        with self.allow_pdf_render():
            pdf, kind = report._render_qweb_pdf("aftersales_returns.aftersales_rma_slip", rma.ids)
        self.assertEqual((kind, pdf[:4]), ("pdf", b"%PDF"))

    def test_each_page_of_a_long_slip_names_the_return(self):
        """RMA-24: number, barcode and place among the pages; a short one has a single page."""
        order = self.sell(self.cable, 30)
        line = {"sale_line_id": order.order_line.id, "quantity": 1}
        rma = self.rma(order, line_ids=[Command.create(line) for _piece in range(30)])
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        page = report._render_qweb_html("aftersales_returns.aftersales_rma_slip", rma.ids)[0].decode()
        self.assertEqual((page.count("data:image/png;base64,"), page.count("page-break-before")), (2, 1))
        self.assertIn("Page 2 / 2", " ".join(page.split()).replace("<!-- -->", ""))
        rma.line_ids[24:].unlink()
        page = report._render_qweb_html("aftersales_returns.aftersales_rma_slip", rma.ids)[0].decode()
        self.assertNotIn("Page 1", " ".join(page.split()))

    def test_before_the_approval_there_is_no_slip(self):
        rma = self.requested(self.sell(self.cable))
        answer = self.url_open(f"/my/returns/{rma.id}?report_type=pdf")
        self.assertNotEqual(answer.headers["Content-Type"], "application/pdf")


@tagged("post_install", "-at_install")
class TestPolicyPage(ReturnsPortalCommon):
    def test_the_policy_is_written_from_the_version_in_force(self):
        """RMA-01, RMA-02, RMA-06, FREIGHT-23."""
        self.authenticate(None, None)
        self.policy.write({"window_hours": 240, "send_back_days": 13, "forbidden_carriers": "Snail Mail"})
        self.policy.step_ids.filtered(lambda step: step.step == "decide").amount = 4
        self.assertIn("no published policy", self.url_open("/returns/policy").text)
        self.put_in_force()
        page = self.url_open("/returns/policy").text
        for part in ("for 10 days", "within 13 days", "Snail Mail", "4 days", "your return is approved"):
            self.assertIn(part, page)

    def test_its_examples_are_the_engines(self):
        """FREIGHT-02, FREIGHT-14: change the table, and the example changes."""
        self.put_in_force()
        rows = {row[0]: row for row in self.policy._customer_text(self.company)[4]["rows"]}
        self.assertIn("Seller", rows["Returned for a quality problem"][2])
        self.assertIn("Customer", rows["Returned without a reason"][2])
        self.env["aftersales.freight.rule"].create(
            {
                "code": "T-1",
                "sequence": 1,
                "reason": "choice",
                "return_bearer": "seller",
                "explanation": "We pay for everything today.",
            }
        )
        rows = {row[0]: row for row in self.policy._customer_text(self.company)[4]["rows"]}
        self.assertIn("Seller", rows["Returned without a reason"][2])
        self.assertEqual(rows["Returned without a reason"][3], "We pay for everything today.")

    def test_it_can_be_read_in_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.put_in_force()
        sections = self.policy.with_context(lang="zh_CN")._customer_text(self.company)
        self.assertEqual(sections[0]["title"], "期限")
        self.assertIn("10天", sections[0]["lines"][2].replace(" ", ""))


@tagged("-at_install", "post_install", "aftersales_tour", "-standard")
class TestReturnTour(ReturnsPortalCommon):
    def test_a_customer_requests_a_return(self):
        """RMA-25: from the order to the page of the return, in the browser."""
        order = self.sell(self.cable, 2)
        self.start_tour(f"/my/orders/{order.id}", "aftersales_customer_return", login="ret_portal")
        self.assertRecordValues(order.aftersales_rma_ids, [{"state": "requested", "policy_read": True}])
