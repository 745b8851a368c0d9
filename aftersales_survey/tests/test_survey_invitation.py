from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from .common import SurveyCommon


@tagged("post_install", "-at_install")
class TestSurveyInvitation(SurveyCommon):
    def test_closing_a_ticket_asks_the_customer_once(self):
        """SURVEY-01, SURVEY-03"""
        ticket = self.closed()
        invitation = self.invitations(ticket)
        self.assertRecordValues(
            invitation,
            [
                {
                    "partner_id": self.customer.id,
                    "email": "carol@example.com",
                    "survey_id": self.company.aftersales_survey_id.id,
                    "state": "new",
                }
            ],
        )
        self.assertEqual(ticket._verdict_of("invitation")[ticket].outcome, "invited")

    def test_the_invitation_is_a_queued_mail_with_the_customers_own_link(self):
        """SURVEY-01"""
        ticket = self.closed()
        invitation = self.invitations(ticket)
        mail = self.env["mail.mail"].search(
            [("model", "=", "survey.user_input"), ("res_id", "=", invitation.id)]
        )
        self.assertEqual((len(mail), mail.state), (1, "outgoing"))
        self.assertEqual(mail.email_to, "carol@example.com")
        self.assertIn(ticket.name, mail.subject)
        self.assertIn(invitation.access_token, mail.body_html)

    def test_an_agent_without_rights_on_surveys_closes_and_asks(self):
        """SURVEY-03: rights on questionnaires are not needed for closing"""
        ticket = self.resolved()
        ticket.with_user(self.agent).action_close()
        self.assertEqual(len(self.invitations(ticket)), 1)

    def test_two_tickets_of_one_customer_closed_together_ask_once(self):
        """SURVEY-11: the quiet period holds within one batch as well"""
        tickets = self.resolved() | self.resolved()
        tickets._fire("close")
        self.assertEqual(len(self.invitations(tickets)), 1)
        outcomes = {row.outcome for row in tickets._verdict_of("invitation").values()}
        self.assertEqual(outcomes, {"invited", "quiet"})

    def test_after_the_quiet_period_another_ticket_asks_again(self):
        """SURVEY-11"""
        first = self.invitations(self.closed())
        first.flush_recordset()
        for days, asked in ((6, 0), (8, 1)):
            with self.subTest(days=days):
                then = fields.Datetime.now() - timedelta(days=days)
                self.env.cr.execute(
                    "UPDATE survey_user_input SET create_date = %s WHERE id = %s", (then, first.id)
                )
                self.assertEqual(len(self.invitations(self.closed())), asked)

    def test_a_visit_is_asked_about_in_the_quiet_period(self):
        """SURVEY-03"""
        self.closed()
        ticket = self.resolved()
        self.env["aftersales.visit"].load_history(
            [
                {
                    "ticket_id": ticket.id,
                    "user_id": self.engineer.id,
                    "start": "2026-03-02 09:00:00",
                    "stop": "2026-03-02 10:00:00",
                    "state": "done",
                }
            ]
        )
        ticket._fire("close")
        self.assertEqual(len(self.invitations(ticket)), 1)

    def test_a_customer_without_address_is_not_asked_and_the_ticket_closes(self):
        """SURVEY-04: the form on paper remains"""
        nobody = self.env["res.partner"].create({"name": "No mail"})
        ticket = self.closed(partner_id=nobody.id)
        self.assertEqual(ticket.state, "closed")
        self.assertFalse(self.invitations(ticket))
        self.assertEqual(ticket._verdict_of("invitation")[ticket].outcome, "no_address")

    def test_a_blocked_address_is_left_alone(self):
        """SURVEY-03: whoever asked not to be written to is not written to"""
        self.env["mail.blacklist"]._add("carol@example.com")
        ticket = self.closed()
        self.assertFalse(self.invitations(ticket))

    def test_a_company_without_questionnaire_asks_nobody(self):
        """SURVEY-12"""
        self.company.aftersales_survey_id = False
        self.assertFalse(self.invitations(self.closed()))

    def test_a_form_on_paper_spares_the_customer_the_mail(self):
        """SURVEY-04: one answer a job"""
        ticket = self.resolved()
        self.env["aftersales.satisfaction"].create({"ticket_id": ticket.id, "level": "satisfied"})
        ticket._fire("close")
        self.assertFalse(self.invitations(ticket))

    def test_a_hundred_tickets_are_asked_about_in_few_queries(self):
        """SURVEY-03: closing in bulk does not search ticket by ticket"""
        few = self._resolved_many(5)
        many = self._resolved_many(25)
        self.env.flush_all()
        small, large = self._queries_of_asking(few), self._queries_of_asking(many)
        self.assertLess((large - small) / 20, 8, f"{small} queries for 5 tickets, {large} for 25")

    def _resolved_many(self, count):
        partners = self.env["res.partner"].create(
            [{"name": f"C{n}", "email": f"c{count}.{n}@example.com"} for n in range(count)]
        )
        return self.env["aftersales.ticket"].load_history(
            [{"partner_id": p.id, "team_id": self.team.id, "state": "resolved"} for p in partners]
        )

    def _queries_of_asking(self, tickets):
        before = self.env.cr.sql_log_count
        tickets._invite_to_survey()
        self.env.flush_all()
        self.assertEqual(len(self.invitations(tickets)), len(tickets))
        return self.env.cr.sql_log_count - before

    def test_limits_of_the_settings_are_refused(self):
        """SURVEY-11"""
        from psycopg2 import IntegrityError

        from odoo.tools import mute_logger

        for field, value in (
            ("aftersales_survey_share", 101),
            ("aftersales_survey_quiet_days", -1),
            ("aftersales_survey_valid_days", 0),
        ):
            with (
                self.subTest(field=field),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.company[field] = value
                self.company.flush_recordset()

    @freeze_time("2026-03-02 09:00:00")
    def test_an_invitation_runs_out(self):
        """SURVEY-01: an answer after the deadline is not taken"""
        self.company.aftersales_survey_valid_days = 10
        invitation = self.invitations(self.closed())
        self.assertEqual(str(invitation.deadline), "2026-03-12 09:00:00")
