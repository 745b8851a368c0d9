"""Refused, disputed in the portal, and won: another person decides, and the return goes on to the money.

refunded   screen 2,415.00 + delivery 23.00 + the customer's freight 18.00 = 2,456.00
"""

import re

from returns_case import COST, FEE, SCREEN, ReturnsCase

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.aftersales_service.tests.common import PNG


@tagged("-at_install", "post_install")
class TestDisputeWon(ReturnsCase, HttpCase):
    # === THE CUSTOMER'S PAGE === #

    def page(self):
        self.env.flush_all()
        rma = self.story.rma.sudo()
        return self.url_open(f"/my/returns/{rma.id}?access_token={rma._portal_ensure_token()}").text

    def customer_answers(self, answer, files=(), **told):
        """He sends one of the forms of his page, with what is typed and attached there."""
        rma = self.story.rma.sudo()
        csrf = re.search(r'name="csrf_token" value="([^"]+)"', self.page()).group(1)
        return self.url_open(
            f"/my/returns/{rma.id}/{answer}",
            data={"access_token": rma.access_token, "csrf_token": csrf, **told},
            files=[("photos", (name, raw, "image/png")) for name, raw in files] or None,
        )

    # === WORDS === #

    def refused(self, role="agent"):
        """Asked for on Monday, refused on Tuesday."""
        story = self.story
        rma = self.returned("quality", return_freight=18.00)
        self.at("2031-03-04 08:00")
        story._as(role, rma).action_refuse(reason="The screen was dropped")
        self.assertEqual((rma.state, rma.sudo().refused_by_id), ("refused", story.people[role]))
        return rma

    def he_disputes_it(self):
        self.at("2031-03-05 08:00")
        self.customer_answers("dispute", [("film.png", PNG)], reason="It never worked, see the film")
        self.env.invalidate_all()
        self.story.dispute = self.story.rma.dispute_ids
        return self.story.dispute

    def we_answer(self):
        dispute = self.story._as("agent", self.story.dispute)
        dispute.statement_ids = [(0, 0, {"text": "A corner is dented"})]
        dispute.action_answer()

    # === TOLD === #

    def test_what_was_refused_is_decided_anew_by_another_person_and_refunded(self):
        """RMA-05, REFUND-09: both sides are heard, the reasons are told, and the money goes back."""
        story, rma = self.story, self.refused()
        self.assertIn("The screen was dropped", self.page())
        dispute = self.he_disputes_it()
        self.assertEqual((rma.state, dispute.state, dispute.name), ("disputed", "open", f"{rma.name}/D1"))
        self.assertEqual(dispute.contested_by_id, story.people["agent"])
        self.assertEqual(
            (dispute.statement_ids.side, dispute.statement_ids.text),
            ("customer", "It never worked, see the film"),
        )
        self.assertIn("film.png", rma.sudo().evidence_ids.mapped("label"))
        self.assert_promises(
            dispute,
            {
                "dispute_answer": ("running", "03-07 16:00", None),
                "dispute_decide": ("running", "03-12 16:00", None),
            },
        )
        self.at("2031-03-06 08:00")  # two and five working days are over at the end of the day
        self.we_answer()
        with self.assertRaises(AccessError):
            story._as("agent", dispute).action_uphold(reason="I was right")
        story._as("supervisor", dispute).action_uphold(reason="The film shows it dark out of the box")
        self.assertEqual((rma.state, dispute.state), ("approved", "upheld"))
        self.assertEqual(
            (dispute.decided_by_id, dispute.decision),
            (story.people["supervisor"], "The film shows it dark out of the box"),
        )
        self.assert_promises(
            dispute,
            {
                "dispute_answer": ("met", "03-07 16:00", "03-06 08:00"),
                "dispute_decide": ("met", "03-12 16:00", "03-06 08:00"),
            },
        )
        page = self.page()
        self.assertIn("The film shows it dark out of the box", page)
        self.assertIn("Send the goods back and tell us the tracking number.", page)
        self.it_goes_on_to_the_money()

    def it_goes_on_to_the_money(self):
        """The tracking number by the same page; from there like any return."""
        story, rma = self.story, self.story.rma
        self.customer_answers("register_shipment", carrier_name="The Poste", tracking_ref="PST-200002")
        self.env.invalidate_all()
        self.assertEqual((rma.state, rma.tracking_ref), ("in_transit", "PST-200002"))
        self.the_parcel_is_received()
        self.the_warehouse_finds("a", fault_found="yes")
        refund = self.the_money_goes_back()
        self.assertEqual((refund.payout, rma.state), (SCREEN + FEE + 18.00, "done"))
        self.assert_serial_is("WH/Stock")
        self.assert_stock(story.screen, 1, COST, 0.0)
        self.assertIn("Everything is done.", self.page())

    def test_a_supervisor_who_refused_does_not_judge_himself(self):
        """RMA-05: from the dispute as from the return, the manager has to."""
        story, rma = self.story, self.refused("supervisor")
        dispute = self.he_disputes_it()
        self.we_answer()
        for document in (dispute, rma):
            with self.assertRaises(AccessError):
                story._as("supervisor", document).action_uphold(reason="I was right")
        self.assertEqual((rma.state, dispute.state), ("disputed", "heard"))
        story._as("manager", dispute).action_uphold(reason="He was not")
        self.assertEqual((rma.state, dispute.decided_by_id), ("approved", story.people["manager"]))

    def test_nobody_is_dismissed_unheard(self):
        """REFUND-09: without our statement there is no decision against him."""
        story, rma = self.story, self.refused()
        dispute = self.he_disputes_it()
        with self.assertRaisesRegex(UserError, "our statement is missing"):
            story._as("supervisor", dispute).action_dismiss(reason="No")
        self.customer_answers("statement", statement="Ask the courier")
        self.env.invalidate_all()
        self.assertEqual(dispute.statement_ids.mapped("side"), ["customer", "customer"])
        self.we_answer()
        story._as("supervisor", dispute).action_dismiss(reason="The courier says otherwise")
        self.assertEqual((rma.state, dispute.state), ("closed", "dismissed"))
        self.assertIn("The courier says otherwise", self.page())
        self.assertFalse(rma.sudo().refund_ids)
        self.assert_where(story.serial)
