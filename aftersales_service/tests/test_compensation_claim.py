from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_agreement import AgreementCommon


@tagged("post_install", "-at_install")
class TestCompensationClaim(AgreementCommon):
    """A customer claims because of quality or production: marketing settles it with him (QUAL-15)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketing = cls.user("agent", login="claim_marketing")
        cls.company.aftersales_marketing_user_id = cls.marketing
        cls.company.aftersales_compensation_limit = 1000

    def claim(self, **vals):
        values = {
            "ticket_id": self.in_progress().id,
            "kind": "damage",
            "ground": "quality",
            "claimed_amount": 900,
            "reason": "The furnace has cracked and spoilt a batch",
            "form": "cash",
        }
        return self.env["aftersales.compensation"].with_user(self.agent).create({**values, **vals})

    def handed_over(self, **vals):
        row = self.claim(**vals)
        row.action_negotiate()
        return row.with_user(self.marketing)

    def settle(self, row, amount=600):
        row.write(
            {
                "negotiation": "Offered 500, settled at 600 in cash",
                "amount": amount,
                "agreed_on": fields.Date.today(),
                "agreed_by": "Zhao Lei",
            }
        )

    def test_a_claim_because_of_quality_or_production_is_marketings_task(self):
        """QUAL-15: marketing has the task and the claim is not proposed past it."""
        for ground in ("quality", "production"):
            row = self.claim(ground=ground, amount=900)
            with self.assertRaisesRegex(UserError, "marketing settles it"):
                row.action_propose()
            row.action_negotiate()
            self.assertEqual((row.state, row.negotiator_id), ("negotiating", self.marketing))
            self.assertIn("900", row.activity_ids.summary)
            self.assertEqual(row.activity_ids.user_id, self.marketing)
            verdict = row.sudo().verdict_ids.filtered(lambda v: v.kind == "claim_negotiation")
            self.assertEqual([clause["code"] for clause in verdict.clauses], ["QUAL-15"])

    def test_what_was_agreed_is_proposed_by_marketing_and_decided_by_others(self):
        """QUAL-15, COMP-01: talks, amount, name and date are kept; nobody approves what they negotiated."""
        row = self.handed_over()
        with self.assertRaisesRegex(UserError, "talks with the customer"):
            self.propose(row, amount=600)
        self.settle(row)
        row.action_propose()
        self.assertEqual((row.state, row.route, row.activity_ids.ids), ("proposed", "department", []))
        self.marketing.group_ids += self.env.ref("aftersales_service.group_supervisor")
        with self.assertRaisesRegex(AccessError, "Four eyes"):
            row.action_approve()
        row.with_user(self.supervisor).action_approve()
        self.assertEqual((row.state, row.amount), ("approved", 600))

    def propose(self, row, **vals):
        row.write(vals)
        row.action_propose()

    def test_a_large_settlement_still_goes_to_the_general_manager(self):
        """COMP-03, COMP-04: negotiating decides nothing."""
        row = self.handed_over(claimed_amount=5000)
        self.settle(row, 4000)
        row.action_propose()
        self.assertEqual(row.route, "general_manager")
        with self.assertRaisesRegex(AccessError, "general manager"):
            row.with_user(self.supervisor).action_approve()

    def test_only_whoever_negotiates_enters_and_proposes_the_result(self):
        row = self.handed_over()
        with self.assertRaisesRegex(AccessError, "settled with the customer by"):
            self.settle(row.with_user(self.agent))
        self.settle(row)
        with self.assertRaisesRegex(AccessError, "settled with the customer by"):
            row.with_user(self.supervisor).action_propose()
        self.assertEqual(row.state, "negotiating")

    def test_the_claim_is_fixed_while_it_is_settled_and_the_result_once_it_is_proposed(self):
        row = self.handed_over()
        for vals in ({"ground": "other"}, {"claimed_amount": 1}, {"reason": "Nothing"}):
            with self.assertRaisesRegex(UserError, "not changed"):
                row.write(vals)
        self.settle(row)
        row.action_propose()
        for vals in ({"agreed_by": "Somebody"}, {"negotiation": "-"}, {"ground": "other"}):
            with self.assertRaisesRegex(UserError, "not changed"):
                row.write(vals)

    def test_not_more_than_the_customer_claims(self):
        row = self.handed_over()
        self.settle(row, 901)
        with self.assertRaisesRegex(UserError, "more than the customer claims"):
            row.action_propose()

    def test_without_terms_it_is_refused_or_begun_anew(self):
        """The supervisor ends it; taken back to draft, marketing is asked again."""
        row = self.handed_over()
        row.with_user(self.agent).action_revise()
        self.assertEqual((row.state, row.negotiator_id.ids, row.activity_ids.ids), ("draft", [], []))
        row.with_user(self.agent).action_negotiate()
        row.with_user(self.supervisor).action_refuse(reason="No terms were found")
        self.assertEqual((row.state, row.activity_ids.ids), ("refused", []))

    def test_bad_input_is_told_and_nothing_is_handed_over(self):
        with self.assertRaisesRegex(UserError, "how much the customer claims"):
            self.claim(claimed_amount=0).action_negotiate()
        with self.assertRaisesRegex(UserError, "marketing is not asked"):
            self.claim(ground="other").action_negotiate()
        self.marketing.group_ids = self.env.ref("base.group_user")
        with self.assertRaisesRegex(UserError, "rights of an agent"):
            self.claim().action_negotiate()
        self.company.aftersales_marketing_user_id = False
        row = self.claim()
        with self.assertRaisesRegex(UserError, "nobody is named"):
            row.action_negotiate()
        self.assertEqual((row.state, row.activity_ids.ids), ("draft", []))

    def test_the_ground_follows_quality_managements_opinion(self):
        """QUAL-14, QUAL-15: an own fault that is signed makes it a quality claim; a customer's makes none."""
        ticket = self.in_progress()
        sheet = self.env["aftersales.assessment"].create(
            {"ticket_id": ticket.id, "product_id": self.env["product.product"].create({"name": "Furnace"}).id}
        )
        action = sheet.with_user(self.agent).action_open_claims()
        for liability, ground in (("own_quality", "quality"), ("transport", "other"), ("customer", "other")):
            sheet.liability = liability
            row = (
                self.env["aftersales.compensation"]
                .with_user(self.agent)
                .with_context(**action["context"])
                .create({"claimed_amount": 10, "reason": "Cracked"})
            )
            self.assertEqual((row.kind, row.ticket_id, row.ground), ("damage", ticket, ground), liability)
        row.ground = "production"
        with self.assertRaisesRegex(UserError, "the customer caused the damage"):
            row.action_negotiate()
        self.assertEqual(sheet.claim_count, 3)
