from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import AftersalesServiceCommon


@tagged("-at_install", "post_install")
class TestAssessment(AftersalesServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quality = cls.user("inspector", "quality")
        cls.departments = {}
        for name in ("development", "production", "purchasing", "marketing"):
            user = cls.env["res.users"].create(
                {"name": name.capitalize(), "login": f"as_{name}", "email": f"{name}@example.com"}
            )
            cls.departments[name] = user
            cls.company[f"aftersales_{name}_user_id"] = user
        cls.company.aftersales_quality_user_id = cls.quality
        cls.burner = cls.env["product.product"].create(
            {"name": "Burner", "type": "consu", "is_storable": True}
        )
        cls.ticket = cls.env["aftersales.ticket"].create(
            {"title": "Flame goes out", "partner_id": cls.customer.id, "product_id": cls.burner.id}
        )

    def assessment(self, **vals):
        values = {
            "ticket_id": self.ticket.id,
            "fault": "The flame goes out",
            "preliminary": "own_quality",
            "in_warranty": True,
            **vals,
        }
        return self.env["aftersales.assessment"].with_user(self.agent).create(values)

    def submitted(self, **vals):
        assessment = self.assessment(**vals)
        assessment.action_submit()
        return assessment

    def signed(self, liability="own_quality", **vals):
        assessment = self.submitted(**vals)
        self.sign(assessment, liability)
        return assessment

    def sign(self, assessment, liability="own_quality"):
        theirs = assessment.with_user(self.quality)
        theirs.write({"opinion": "The valve is bent", "liability": liability})
        theirs.action_sign()

    def told(self, assessment):
        return assessment.message_ids.notified_partner_ids.user_ids.mapped("name")

    # === FIRST OPINION === #

    def test_customer_service_grades_before_quality_management_hears(self):
        """QUAL-05: a first opinion and a grading by customer service."""
        assessment = self.assessment(preliminary=False)
        with self.assertRaisesRegex(UserError, "first opinion"):
            assessment.action_submit()
        assessment.preliminary = "own_quality"
        assessment.action_submit()
        self.assertEqual(assessment.state, "submitted")

    def test_customer_and_quality_management_have_their_answers_promised(self):
        """QUAL-01, QUAL-03."""
        assessment = self.assessment()
        self.assertEqual(assessment.next_kind, "first_opinion")
        assessment.action_submit()
        self.assertEqual(assessment.next_kind, "assess")
        self.assertEqual(
            {row.kind: row.state for row in assessment.deadline_ids},
            {"first_opinion": "met", "assess": "running"},
        )

    def test_quality_management_gets_the_information(self):
        """QUAL-02."""
        self.assertEqual(self.told(self.submitted()), ["Quality"])

    def test_a_major_problem_goes_to_development_as_well(self):
        """QUAL-04, QUAL-20."""
        self.assertEqual(set(self.told(self.submitted(is_major=True))), {"Quality", "Development"})

    def test_the_label_tells_the_item_and_the_opinion(self):
        """QUAL-06."""
        html = self.html("aftersales_service.report_assessment_label", self.submitted(place_note="Q-12"))
        for text in ("do not sell", "Burner", "The flame goes out", "within the warranty", "Q-12"):
            self.assertIn(text, html)

    def html(self, report, document):
        return self.env["ir.actions.report"]._render_qweb_html(report, document.ids)[0].decode()

    # === OPINION === #

    def test_only_the_quality_responsible_signs(self):
        """QUAL-09."""
        assessment = self.submitted()
        assessment.write({"opinion": "Fine", "liability": "customer"})
        for user in (self.agent, self.manager):
            with self.assertRaises(AccessError):
                assessment.with_user(user).action_sign()
        self.sign(assessment)
        self.assertRecordValues(assessment, [{"state": "signed", "signed_by_id": self.quality.id}])
        html = self.html("aftersales_service.report_assessment_sheet", assessment)
        for text in ("The valve is bent", "Own quality problem", "Quality"):
            self.assertIn(text, html)

    def test_the_sheet_goes_to_quality_management_with_what_was_seen(self):
        """QUAL-08."""
        html = self.html("aftersales_service.report_assessment_sheet", self.submitted())
        self.assertIn("The flame goes out", html)
        self.assertIn("Not signed", html)

    def test_a_signed_opinion_is_not_changed(self):
        """QUAL-16: the liability is recorded for good."""
        assessment = self.signed()
        for user in (self.quality, self.agent):
            with self.assertRaisesRegex(UserError, "is signed"):
                assessment.with_user(user).liability = "customer"
        self.assertEqual(assessment.liability, "own_quality")

    def test_without_an_opinion_or_a_liability_nothing_is_signed(self):
        """QUAL-16."""
        assessment = self.submitted()
        with self.assertRaisesRegex(UserError, "the opinion, the liability"):
            assessment.with_user(self.quality).action_sign()

    def test_the_result_on_an_own_part_goes_to_production_and_marketing(self):
        """QUAL-10."""
        told = set(self.told(self.signed()))
        self.assertEqual(told - {"Quality"}, {"Production", "Marketing"})

    def test_the_result_on_a_purchased_part_goes_to_purchasing_and_marketing(self):
        """QUAL-11."""
        vendor = self.env["res.partner"].create({"name": "Valve works"})
        self.burner.seller_ids = [Command.create({"partner_id": vendor.id})]
        assessment = self.signed()
        self.assertEqual(assessment.origin, "purchased")
        self.assertEqual(set(self.told(assessment)) - {"Quality"}, {"Purchasing", "Marketing"})
        self.assertTrue(assessment.material_scrap)

    # === HANDOVER === #

    def test_out_of_the_warehouse_by_a_handover_only(self):
        """QUAL-12, INSPECT-05."""
        assessment = self.submitted(place="outside")
        with self.assertRaisesRegex(UserError, "handover out"):
            assessment.action_take_out()
        assessment.handover_ids = [Command.create({"direction": "out", "taker_id": self.quality.id})]
        assessment.action_take_out()
        with self.assertRaisesRegex(UserError, "handover back"):
            assessment.action_bring_back()
        assessment.handover_ids = [
            Command.create({"direction": "in", "giver_id": self.quality.id, "taker_id": self.agent.id})
        ]
        assessment.action_bring_back()
        self.sign(assessment)
        html = self.html("aftersales_service.report_assessment_sheet", assessment)
        self.assertIn("Back into the warehouse", html)

    def test_assessed_outside_without_a_handover_it_is_not_signed(self):
        """INSPECT-05."""
        with self.assertRaisesRegex(UserError, "enter its handovers"):
            self.signed(place="outside")

    def test_to_the_customer_go_two(self):
        """QUAL-13."""
        with self.assertRaisesRegex(UserError, "went along"):
            self.signed(place="customer", user_id=self.quality.id)
        self.assertEqual(self.signed(place="customer", user_id=self.engineer.id).state, "signed")

    # === EXCHANGE === #

    def test_a_good_part_is_given_for_sheet_and_defective_item(self):
        """QUAL-14, SPARE-06, EXCH-06."""
        assessment = self.submitted()
        with self.assertRaises(UserError):
            assessment.action_exchange()
        self.sign(assessment)
        with self.assertRaisesRegex(UserError, "defective item"):
            assessment.action_exchange()
        assessment.item_received = True
        assessment.action_exchange()
        picking = assessment.sudo().exchange_picking_id
        self.assertEqual((assessment.state, picking.partner_id), ("exchanged", self.customer))
        self.assertEqual((picking.move_ids.product_id, picking.move_ids.product_uom_qty), (self.burner, 1))

    def test_what_the_customer_has_caused_is_not_exchanged(self):
        """QUAL-14."""
        assessment = self.signed("customer", item_received=True)
        with self.assertRaisesRegex(UserError, "no exchange"):
            assessment.action_exchange()
        assessment.action_close()
        self.assertEqual(assessment.state, "closed")

    # === RIGHTS === #

    def test_outsiders_see_nothing(self):
        outsider = self.departments["production"]
        with self.assertRaises(AccessError):
            self.signed().with_user(outsider).read(["name"])

    def test_the_ticket_opens_its_assessments(self):
        self.assessment()
        action = self.ticket.with_user(self.agent).action_open_assessments()
        self.assertEqual(self.env["aftersales.assessment"].search_count(action["domain"]), 1)
        self.assertEqual(self.ticket.assessment_count, 1)
