from itertools import product

from lxml import etree

from odoo.tests import TransactionCase, tagged
from odoo.tools.safe_eval import safe_eval

from .common import AftersalesReturnsCommon
from .refund_common import RefundCommon
from .test_portal import ReturnsPortalCommon

RARE = "o_aftersales_rare"
MOST = 4

#: facts of a return that decide what may be pressed, beside its state
RETURN_FACTS = {
    "resolution": ("refund_only", "return_refund", "exchange"),
    "eligibility": ("with_reason", "not_eligible"),
    "is_turned_down": (False, True),
    "tracking_ref": (False, "YT-1"),
    "return_place": (False, "missing"),
    "is_advance": (False, True),
    "next_kind": (False, "custody"),
    "refund_to_confirm": (False, True),
    "refund_to_approve": (False, True),
    "leaves_by_itself": (False, True),
    "lacks_refund": (True,),  # the button hides by itself where a refund is at work
}


@tagged("post_install", "-at_install")
class TestHeaders(TransactionCase):
    """What is next stands in the header, what is rare in the cog menu; nothing is lost between the two."""

    def buttons(self, xmlid):
        view = self.env.ref(f"aftersales_returns.{xmlid}")
        return etree.fromstring(view.get_combined_arch()).findall("./header/button")

    def shown(self, buttons, facts):
        return [
            button for button in buttons if not safe_eval(button.get("invisible") or "False", dict(facts))
        ]

    def situations(self, model, choices):
        flow, names = self.env[model]._flow, self.env[model]._fields
        for state in flow.states:
            events = [event for (start, event) in flow.transitions if start == state]
            facts = {**dict.fromkeys(names, False), "id": 1, "state": state, "allowed_events": events}
            for values in product(*choices.values()):
                yield {**facts, **dict(zip(choices, values, strict=True))}

    def test_whoever_may_do_everything_sees_four_buttons_at_most(self):
        forms = {
            "aftersales_rma_view_form": ("aftersales.rma", RETURN_FACTS),
            "aftersales_rma_view_form_inspect": ("aftersales.rma", RETURN_FACTS),
            "aftersales_refund_view_form": ("aftersales.refund", {}),
            "aftersales_dispute_view_form": ("aftersales.dispute", {}),
            "aftersales_supplier_claim_view_form": ("aftersales.supplier.claim", {}),
        }
        for xmlid, (model, choices) in forms.items():
            header = [b for b in self.buttons(xmlid) if RARE not in (b.get("class") or "")]
            seen = {
                (facts["state"], *(button.get("string") for button in self.shown(header, facts)))
                for facts in self.situations(model, choices)
            }
            with self.subTest(form=xmlid):
                self.assertEqual([row for row in sorted(seen) if len(row) - 1 > MOST], [])

    def test_what_was_asked_about_the_goods_is_closed_with_the_ticket(self):
        arch = etree.fromstring(self.env["aftersales.ticket"].get_view(view_type="form")["arch"])
        for name in ("product_issue_id", "production_date"):
            for node in arch.xpath(f"//field[@name='{name}']"):
                self.assertIn("'closed'", node.get("readonly", ""), name)

    def test_every_event_of_a_return_can_be_pressed_once_where_it_makes_sense(self):
        buttons = self.buttons("aftersales_rma_view_form")
        lost, twice = set(), set()
        for facts in self.situations("aftersales.rma", RETURN_FACTS):
            seen = [button.get("name") for button in self.shown(buttons, facts)]
            wanted = {f"action_{event}" for event in facts["allowed_events"]} - self.senseless(facts)
            lost |= {(facts["state"], name) for name in wanted - set(seen)}
            twice |= {(facts["state"], name) for name in seen if seen.count(name) > 1}
        named = {button.get("name") for button in buttons}
        self.assertEqual({row for row in lost if row[1] in named}, set())
        self.assertEqual(twice, set())

    def senseless(self, facts):
        """What the flow allows and the facts forbid: pressing it could only bring up a refusal."""
        exchanges = facts["resolution"] == "exchange"
        return {
            name
            for name, is_senseless in {
                "action_approve": facts["eligibility"] == "not_eligible",
                "action_register_shipment": not facts["tracking_ref"],
                "action_give_address": not facts["return_place"],
                "action_miss_address": facts["return_place"] or facts["resolution"] == "refund_only",
                "action_charge_kept": not facts["is_advance"] or facts["next_kind"] != "custody",
                "action_pass_to_shipment": not exchanges or facts["is_turned_down"],
                "action_pass_to_refund": facts["is_turned_down"] and facts["state"] == "inspected",
                "action_confirm_refund": not facts["refund_to_confirm"],
                "action_approve_refund": not facts["refund_to_approve"],
                "action_ship": facts["leaves_by_itself"],
                "action_conclude": not facts["supplement_of_id"],
            }.items()
            if is_senseless
        }

    def test_what_is_likely_next_is_the_colored_button(self):
        buttons = self.buttons("aftersales_rma_view_form")
        for state, facts, expected in (
            ("requested", {}, ["action_approve"]),
            ("requested", {"eligibility": "not_eligible"}, ["action_refuse"]),
            ("inspected", {"resolution": "return_refund"}, ["action_pass_to_refund"]),
            ("inspected", {"resolution": "exchange"}, ["action_pass_to_shipment"]),
            ("inspected", {"resolution": "exchange", "is_turned_down": True}, ["action_reject"]),
            ("to_ship", {"resolution": "exchange"}, ["action_ship"]),
            ("to_ship", {"resolution": "exchange", "leaves_by_itself": True}, []),
        ):
            flow = self.env["aftersales.rma"]._flow
            events = [event for (start, event) in flow.transitions if start == state]
            empty = dict.fromkeys(self.env["aftersales.rma"]._fields, False)
            known = {**empty, "id": 1, "state": state, "allowed_events": events, **facts}
            colored = [b for b in self.shown(buttons, known) if "btn-primary" in (b.get("class") or "")]
            with self.subTest(state=state, **facts):
                self.assertEqual([button.get("name") for button in colored], expected)


@tagged("post_install", "-at_install")
class TestScreens(AftersalesReturnsCommon):
    """What a person reads first: what is next, by when, who pays, and why."""

    def asked_for(self, order, **vals):
        rma = self.rma(order, **vals)
        rma.action_submit()
        return rma

    def test_what_leaves_with_its_transfer_is_not_said_by_hand(self):
        """The button could only bring up that the transfer has to be validated first."""
        self.env["stock.quant"]._update_available_quantity(self.cable, self.stock, 5)
        order = self.sell(self.cable)
        order._create_invoices().action_post()
        rma = self.inspected(order, resolution="exchange", findings={"fault_found": "yes"})
        self.assertFalse(rma.leaves_by_itself)
        rma.action_pass_to_shipment()
        rma.invalidate_recordset()
        self.assertTrue(rma.leaves_by_itself)
        rma._open_shipments().action_cancel()
        rma.invalidate_recordset()
        self.assertEqual((rma.leaves_by_itself, rma.lacks_transfer), (False, True))

    def test_the_checklist_of_many_lines_bears_the_number_of_its_return(self):
        rma = self.received(self.sell(self.camera, 2))
        self.assertEqual(rma.action_open_inspections()["display_name"], rma.name)

    def test_the_headline_says_each_thing_once(self):
        self.put_in_force()
        rma = self.asked_for(self.sell())
        parts = rma.headline.split(" · ")
        self.assertEqual(parts[0], "Decide whether the goods may come back")
        self.assertEqual(parts[1], f"by {rma._moment(rma.next_due_at)}")
        self.assertEqual(len(parts), 3)

    def test_a_refund_without_goods_has_no_way_back(self):
        rma = self.asked_for(self.sell(), resolution="refund_only")
        self.assertIn("refunded without goods", rma.headline)
        self.assertNotIn("freight", rma.headline)

    def test_what_is_over_tells_the_day(self):
        rma = self.asked_for(self.sell())
        rma.action_cancel(reason="He keeps it")
        self.assertRegex(rma.headline, r"^Cancelled on \w+ \d+, \d{4}$")

    def test_a_dispute_lends_the_return_its_step_and_its_day(self):
        rma = self.asked_for(self.sell())
        rma.action_refuse(reason="Used")
        rma.action_dispute(reason="I only unpacked it")
        dispute = rma.dispute_ids
        self.assertTrue(dispute.next_due_at)
        self.assertTrue(rma.headline.startswith(dispute.headline), (rma.headline, dispute.headline))
        self.assertIn(f"by {rma._moment(dispute.next_due_at)}", dispute.headline)

    def test_the_list_says_what_is_next_though_nothing_is_due(self):
        rma = self.inspected(self.sell(self.cable), resolution="exchange")
        self.assertEqual((rma.state, rma.next_due_at), ("inspected", False))
        self.assertEqual(rma.next_step, rma.headline.split(" · ")[0])
        for view in ("aftersales_rma_view_list", "aftersales_rma_view_list_queue"):
            tree = etree.fromstring(self.env.ref(f"aftersales_returns.{view}").get_combined_arch())
            self.assertIsNone(tree.find("field[@name='next_step']").get("optional"))

    def test_the_board_shows_no_empty_columns_for_what_is_rare(self):
        rma = self.asked_for(self.sell())
        rma.action_refuse(reason="Used")
        groups = (
            self.env["aftersales.rma"]
            .with_context(read_group_expand=True)
            .formatted_read_group([("id", "in", rma.ids)], ["state"], ["__count"])
        )
        columns = [group["state"] for group in groups]
        self.assertIn("refused", columns)
        self.assertIn("received", columns)
        self.assertFalse({"draft", "disputed", "rejected", "done", "closed", "cancelled"} & set(columns))

    def test_queues_begin_with_what_is_due_first(self):
        for queue in ("to_authorize", "to_receive", "to_inspect"):
            action = self.env.ref(f"aftersales_returns.aftersales_rma_action_{queue}")
            view = action.view_ids.filtered(lambda row: row.view_mode == "list").view_id
            with self.subTest(queue=queue):
                tree = etree.fromstring(view.get_combined_arch())
                self.assertEqual(tree.get("default_order"), "next_due_at, id")
                self.assertTrue(action.help)

    def test_the_end_of_the_window_is_told_in_the_readers_time(self):
        self.put_in_force()
        order = self.sell()
        order.picking_ids.move_ids.date = "2026-09-30"
        rma = self.asked_for(order, reason_id=self.no_reason.id, signed_date="2026-10-02")
        said = {}
        for tz in ("Asia/Shanghai", "America/New_York"):
            self.agent.tz = tz
            rows = rma.with_user(self.agent).with_context(tz=tz, lang="en_US").why
            clauses = [clause for row in rows for clause in row["clauses"]]
            said[tz] = next(c["text"] for c in clauses if c["code"] == "eligibility_window")
            self.assertNotIn("UTC", said[tz])
        self.assertNotEqual(*said.values())

    def test_a_request_that_came_too_late_is_told_so(self):
        """RMA-01: read to the customer on the phone, it says too late, not only when."""
        self.put_in_force()
        order = self.sell()
        order.picking_ids.move_ids.date = "2025-12-30"
        late = self.asked_for(order, reason_id=self.no_reason.id, signed_date="2026-01-02")
        texts = {c["code"]: c["text"] for row in late.why for c in row["clauses"]}
        self.assertRegex(texts["eligibility_window"], r"^Asked too late: .* ended Jan \d+, 2026")

    def test_what_holds_for_no_line_names_none(self):
        self.put_in_force()
        rma = self.asked_for(self.sell())
        clauses = {c["code"]: c for row in rma.why for c in row["clauses"]}
        bundle = clauses["eligibility_bundle"]
        self.assertFalse(bundle["matched"])
        self.assertEqual(bundle["text"], "A bundle comes back as a whole only.")
        self.assertEqual(bundle["params"], {"lines": "-"})

    def test_columns_come_with_what_they_show(self):
        rma = self.asked_for(self.sell())
        self.assertEqual((rma.has_received, rma.has_gift, rma.has_unexpected), (False, False, False))
        rma = self.received(self.sell(self.cable))
        self.assertTrue(rma.has_received)
        self.assertFalse(rma.is_turned_down)

    def test_a_policy_can_be_read_as_customers_do(self):
        self.assertEqual(self.env["aftersales.return.policy"].action_read()["url"], "/returns/policy")


@tagged("post_install", "-at_install")
class TestRefundScreens(RefundCommon):
    def test_reasons_name_amounts_in_their_currency(self):
        """REFUND-05: what a customer or an accountant reads is money, not a number."""
        order = self._sell()
        self._invoice(order)
        rma = self._returned(order)
        refund = rma.refund_ids
        texts = [clause["text"] for row in refund.why for clause in row["clauses"] if clause["matched"]]
        money = refund.currency_id.format(refund.payout)
        self.assertIn(f"To be paid out: {money}.", texts)

    def test_the_kept_reason_stays_a_number(self):
        """The verdict keeps plain values; only the sentence is written for its reader."""
        order = self._sell()
        self._invoice(order)
        rma = self._returned(order)
        row = next(row for row in rma.refund_ids.why if row["kind"] == "refund")
        payout = next(clause for clause in row["clauses"] if clause["code"] == "refund_payout")
        self.assertEqual(float(payout["params"]["amount"]), rma.refund_ids.payout)

    def test_what_is_paid_or_cancelled_is_not_still_to_pay(self):
        """The sum below the list of refunds is what finance has before it."""
        order = self._sell()
        self._invoice(order)
        refund = self._returned(order).refund_ids
        self.assertTrue(refund.payout)
        self.assertEqual(refund.outstanding, refund.payout)
        for state in ("paid", "cancelled"):
            refund._write_policy({"state": state})
            self.assertEqual(refund.outstanding, 0)


@tagged("post_install", "-at_install")
class TestPortalScreens(ReturnsPortalCommon):
    def steps(self, rma):
        return [row["label"] for row in rma._portal_timeline()]

    def test_goods_that_were_turned_down_come_back_and_are_not_refunded(self):
        """INSPECT-02: the customer reads no promise of money where none follows."""
        self.put_in_force()
        rma = self.inspected(
            self.sell(self.cable), grade="c", findings={"unused": "no"}, reason_id=self.no_reason.id
        )
        self.assertTrue(rma.is_turned_down)
        self.assertEqual(self.steps(rma)[-1], "Sent back to you")
        self.assertNotIn("Refund checked", self.steps(rma))
        self.assertEqual([row["label"] for row in rma._portal_timeline() if row["now"]], ["Sent back to you"])

    def test_what_is_withdrawn_shows_no_steps_that_never_come(self):
        rma = self.rma(self.sell(self.cable))
        rma.action_submit()
        self.assertIn("Refunded", self.steps(rma))
        rma.action_cancel(reason="He keeps it")
        self.assertEqual(self.steps(rma), ["Requested"])

    def test_nobody_is_asked_for_a_receipt_he_gets_nothing_back_for(self):
        """FREIGHT-24."""
        self.put_in_force()
        own = self.sent_back(self.sell(self.cable), reason_id=self.no_reason.id)
        ours = self.sent_back(self.sell(self.cable))
        self.assertEqual((own.return_borne_by, ours.return_borne_by), ("customer", "seller"))
        self.assertNotIn('id="return_freight"', self.url_open(f"/my/returns/{own.id}").text)
        self.assertIn('id="return_freight"', self.url_open(f"/my/returns/{ours.id}").text)

    def test_the_page_says_where_to_send_it(self):
        """RMA-30: the customer reads the address on the page, and none as long as it is still to come."""
        self.put_in_force()
        rma = self.approved(self.sell())
        place = rma.sudo().warehouse_id.partner_id
        place.sudo().street = "Return street 7"
        page = self.url_open(f"/my/returns/{rma.id}").text
        self.assertIn("Return street 7", page)
        self.assertIn('id="return_slip"', page)
        self.answer(rma, "miss_address")
        page = self.url_open(f"/my/returns/{rma.id}").text
        self.assertIn("We give you the right return address", page)
        self.assertIn("you are refunded and need not send anything back", page)
        self.assertNotIn("Return street 7", page)
        self.assertNotIn('id="return_slip"', page)
