from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import SurveyCommon


@tagged("post_install", "-at_install")
class TestAccess(SurveyCommon):
    def test_an_engineer_reads_the_answers_about_the_own_jobs_only(self):
        """SURVEY-03"""
        own = self.env["aftersales.satisfaction"].create(
            {"ticket_id": self.resolved().id, "level": "average"}
        )
        other = self.env["aftersales.satisfaction"].create(
            {"ticket_id": self.resolved(user_id=self.agent.id).id, "level": "average"}
        )
        visible = self.env["aftersales.satisfaction"].with_user(self.engineer).search([])
        self.assertIn(own, visible)
        self.assertNotIn(other, visible)

    def test_an_engineer_works_on_the_own_contacts_only(self):
        """FOLLOWUP-01"""
        ticket = self.resolved(user_id=self.agent.id)
        mine = self.env["aftersales.followup"].create({"ticket_id": ticket.id, "user_id": self.engineer.id})
        other = self.env["aftersales.followup"].create({"ticket_id": ticket.id, "user_id": self.agent.id})
        visible = (
            self.env["aftersales.followup"].with_user(self.engineer).search([("ticket_id", "=", ticket.id)])
        )
        self.assertIn(mine, visible)
        self.assertNotIn(other, visible)

    def test_whoever_reads_tickets_only_opens_them_without_answers(self):
        """SURVEY-08: an inspector's ticket form neither fails nor tells what customers said"""
        ticket = self.resolved()
        self.env["aftersales.satisfaction"].create({"ticket_id": ticket.id, "level": "average"})
        inspector = new_test_user(self.env, "survey_inspector", "aftersales_service.group_inspector")
        names = ["satisfaction_count", "last_satisfaction", "followup_count"]
        [seen] = ticket.with_user(inspector).read(names)
        self.assertEqual([seen[name] for name in names], [0, False, 0])
        [seen] = ticket.with_user(self.agent).read(names)
        self.assertEqual([seen[name] for name in names], [1, "average", 2])

    def test_another_company_sees_neither_answers_nor_contacts(self):
        """SURVEY-08"""
        company = self.env["res.company"].create({"name": "Other company"})
        stranger = new_test_user(
            self.env,
            "survey_stranger",
            "aftersales_service.group_supervisor",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        satisfaction = self.env["aftersales.satisfaction"].create({"ticket_id": self.resolved().id})
        contact = satisfaction.ticket_id.followup_ids[:1]
        for record in (satisfaction, contact):
            with self.subTest(record=record._name), self.assertRaises(AccessError):
                record.with_user(stranger).read(["ticket_id"])

    def test_ordinary_users_have_no_rights_here(self):
        """SURVEY-08: surveys and tickets of others are none of their business"""
        clerk = new_test_user(self.env, "survey_clerk", "base.group_user,stock.group_stock_user")
        for name in ("aftersales.satisfaction", "aftersales.followup", "aftersales.followup.plan"):
            with self.subTest(name=name), self.assertRaises(AccessError):
                self.env[name].with_user(clerk).search([], limit=1)

    def test_a_company_made_later_asks_with_the_shipped_questionnaire(self):
        """SURVEY-12"""
        company = self.env["res.company"].create({"name": "Later company"})
        self.assertEqual(company.aftersales_survey_id, self.env.ref("aftersales_survey.survey_satisfaction"))
