from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .common import SurveyCommon


@tagged("post_install", "-at_install")
class TestSurveyPublic(SurveyCommon, HttpCase):
    """What a customer without an account does with the link of the mail."""

    def setUp(self):
        super().setUp()
        self.invitation = self.invitations(self.closed())
        self.survey = self.invitation.survey_id
        self.authenticate(None, None)

    def post(self, path, params):
        url = f"/survey/{path}/{self.survey.access_token}/{self.invitation.access_token}"
        return self.url_open(url, json={"params": params})

    def submit(self, level, **answers):
        ticked = self.overall.suggested_answer_ids.filtered(lambda a: a.aftersales_level == level)
        self.post("begin", {})
        return self.post("submit", {str(self.overall.id): str(ticked.id), **answers}).json()

    def test_opening_the_link_changes_nothing(self):
        """SURVEY-01: mail scanners open links as well"""
        response = self.url_open(self.invitation.get_start_url())
        self.assertEqual(response.status_code, 200)
        self.assertFalse(self.invitation.aftersales_ticket_id.satisfaction_ids)

    def test_the_customer_answers_without_logging_in(self):
        """SURVEY-01, SURVEY-02, SURVEY-13"""
        comment = self.env.ref("aftersales_survey.survey_question_comment")
        self.submit("dissatisfied", **{str(comment.id): "It leaks again.", str(self.attitude.id): "2"})
        ticket = self.invitation.aftersales_ticket_id
        self.assertRecordValues(
            ticket.satisfaction_ids,
            # (40 × 0 + 20 × 0.25) / 60
            [{"level": "dissatisfied", "comment": "It leaks again.", "index": 8.33, "source": "survey"}],
        )
        self.assertEqual(ticket.state, "in_progress")

    def test_an_answer_cannot_be_sent_twice(self):
        """SURVEY-08"""
        self.submit("satisfied")
        refused = self.submit("dissatisfied")
        self.assertEqual(refused["result"][1], {"error": "unauthorized"})
        self.assertEqual(self.invitation.aftersales_ticket_id.satisfaction_ids.level, "satisfied")

    def test_an_answer_after_the_deadline_is_not_taken(self):
        """SURVEY-01"""
        self.invitation.deadline = fields.Datetime.now() - timedelta(days=1)
        self.submit("dissatisfied")
        ticket = self.invitation.aftersales_ticket_id
        self.assertEqual((ticket.state, len(ticket.satisfaction_ids)), ("closed", 0))

    def test_nobody_answers_without_the_token(self):
        """SURVEY-01: the questionnaire alone opens nothing"""
        page = self.url_open(f"/survey/start/{self.survey.access_token}")
        self.assertNotIn("o_survey_form", page.text)
        self.assertEqual(len(self.invitations(self.invitation.aftersales_ticket_id)), 1)
