from odoo.tests import TransactionCase, new_test_user, tagged  # noqa: F401  (tagged: for the test files)

from odoo.addons.mail.tests.common import mail_new_test_user  # noqa: F401  (see above)


class SurveyCommon(TransactionCase):
    """A team with a supervisor, an agent and an engineer, and customers who are asked how it was."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.company = cls.env.company
        groups = "aftersales_service.group_"
        cls.agent = new_test_user(cls.env, "survey_agent", f"{groups}agent", name="Ann Agent")
        cls.engineer = new_test_user(cls.env, "survey_engineer", f"{groups}engineer", name="Ed Engineer")
        cls.supervisor = new_test_user(cls.env, "survey_super", f"{groups}supervisor", name="Sue Supervisor")
        cls.manager = new_test_user(cls.env, "survey_manager", f"{groups}manager", name="Max Manager")
        cls.team = cls.env["aftersales.team"].create(
            {
                "name": "Survey team",
                "supervisor_id": cls.supervisor.id,
                "member_ids": [(6, 0, (cls.agent | cls.engineer).ids)],
            }
        )
        cls.customer = cls.env["res.partner"].create({"name": "Carol", "email": "carol@example.com"})
        cls.company.aftersales_survey_id = cls.env.ref("aftersales_survey.survey_satisfaction")
        cls.company.aftersales_survey_quiet_days = 7
        cls.company.aftersales_survey_share = 100
        cls.overall = cls.env.ref("aftersales_survey.survey_question_overall")
        cls.attitude = cls.env.ref("aftersales_survey.survey_question_attitude")
        cls.performance = cls.env.ref("aftersales_survey.survey_question_performance")

    def ticket(self, **vals):
        """A ticket that the engineer works on."""
        ticket = self.env["aftersales.ticket"].create(
            {
                "partner_id": self.customer.id,
                "team_id": self.team.id,
                "user_id": self.engineer.id,
                "service_type": "repair",
                "channel": "phone",
                **vals,
            }
        )
        ticket.filtered(lambda t: t.state == "new")._fire("assign")
        ticket._fire("accept")
        return ticket

    def resolved(self, **vals):
        return self.ticket(**vals)._fire("resolve")

    def closed(self, **vals):
        return self.resolved(**vals)._fire("close")

    def invitations(self, tickets):
        return self.env["survey.user_input"].search([("aftersales_ticket_id", "in", tickets.ids)])

    def answer(self, invitation, level, marks=(), comment=None):
        """The customer ticks a level, gives {question: mark} and says something."""
        ticked = self.overall.suggested_answer_ids.filtered(lambda a: a.aftersales_level == level)
        invitation._save_lines(self.overall, str(ticked.id))
        for question, mark in dict(marks).items():
            invitation._save_lines(question, str(mark))
        if comment:
            invitation._save_lines(self.env.ref("aftersales_survey.survey_question_comment"), comment)
        invitation._mark_done()
        return self.env["aftersales.satisfaction"].search([("user_input_id", "=", invitation.id)])
