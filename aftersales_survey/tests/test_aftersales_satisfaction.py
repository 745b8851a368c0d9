from decimal import Decimal

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..policy import scoring
from .common import SurveyCommon


@tagged("post_install", "-at_install")
class TestAftersalesSatisfaction(SurveyCommon):
    # --- answered by survey -----------------------------------------------------------------------------

    def test_an_answer_becomes_level_index_scores_and_comment(self):
        """SURVEY-01, SURVEY-05, SURVEY-07, SURVEY-13"""
        ticket = self.closed()
        marks = {self.attitude: 5, self.performance: 1}
        satisfaction = self.answer(self.invitations(ticket), "satisfied", marks, "Quick, but it rattles.")
        # (40 × 1 + 20 × 1 + 10 × 0) / 70
        self.assertRecordValues(
            satisfaction,
            [
                {
                    "ticket_id": ticket.id,
                    "level": "satisfied",
                    "index": 85.71,
                    "comment": "Quick, but it rattles.",
                    "source": "survey",
                    "user_id": self.engineer.id,
                    "partner_id": self.customer.id,
                }
            ],
        )
        scores = {score.question_id: score.value for score in satisfaction.score_ids}
        self.assertEqual(scores, {self.attitude: 100.0, self.performance: 0.0})

    def test_the_form_shows_each_indicator_by_its_standards(self):
        """SURVEY-06: the standards of one indicator make one index; what was not answered has none."""
        marks = {self.attitude: 5, self.performance: 1}
        satisfaction = self.answer(self.invitations(self.closed()), "average", marks)
        attitude, quality = self.attitude, self.performance
        self.assertEqual(
            satisfaction.by_indicator,
            f"{attitude.aftersales_indicator_id.name} 100 · {quality.aftersales_indicator_id.name} 0",
        )
        satisfaction.score_ids.sudo().unlink()
        self.assertFalse(satisfaction.by_indicator)

    def test_a_single_tick_is_enough(self):
        """SURVEY-01: the marks are optional"""
        satisfaction = self.answer(self.invitations(self.closed()), "average")
        self.assertRecordValues(satisfaction, [{"level": "average", "index": 50.0, "is_scored": True}])

    def test_a_questionnaire_submitted_twice_counts_once(self):
        """SURVEY-08"""
        invitation = self.invitations(self.closed())
        self.answer(invitation, "satisfied")
        invitation._mark_done()
        self.assertEqual(len(invitation.aftersales_ticket_id.satisfaction_ids), 1)

    def test_a_test_entry_of_the_questionnaire_counts_nowhere(self):
        """SURVEY-08: trying out the form is no customer"""
        ticket = self.closed()
        invitation = self.invitations(ticket)
        invitation.test_entry = True
        self.answer(invitation, "dissatisfied")
        self.assertFalse(ticket.satisfaction_ids)
        self.assertEqual(ticket.state, "closed")

    def test_the_verdict_says_why_and_replays(self):
        """SURVEY-07, SURVEY-10"""
        satisfaction = self.answer(self.invitations(self.closed()), "satisfied", {self.attitude: 1})
        row = satisfaction._verdict_of("satisfaction")[satisfaction]
        self.assertEqual(row._replay().outcome, row.outcome)
        sentences = {c["code"]: c["text"] for c in row.explanation}
        self.assertEqual(sentences["SURVEY-01"], "The customer ticked: satisfied")
        self.assertIn("66.67", sentences["SURVEY-07"])
        self.assertNotIn("rattles", str(row.facts))

    def test_every_clause_of_the_policies_has_a_sentence(self):
        """SURVEY-01, FOLLOWUP-11: no code is shown naked"""
        known = set(self.env["aftersales.clause"].search([]).mapped("code"))
        from ..policy import followup, sampling

        facts = sampling.Facts(today=self.company._aftersales_today(), has_address=True)
        emitted = {clause.code for clause in scoring.judge(scoring.Facts(None)).clauses}
        emitted |= {clause.code for clause in sampling.judge(facts).clauses}
        emitted |= {f"satisfaction:{outcome}" for outcome in (*scoring.LEVELS, scoring.UNRATED)}
        emitted |= {f"invitation:{outcome}" for outcome in sampling.OUTCOMES}
        emitted |= {f"followup_plan:{outcome}" for outcome in (followup.PLANNED, followup.NONE)}
        emitted |= {f"value:{level}" for level in scoring.LEVELS}
        from ..policy.followup_flow import FLOW

        emitted |= {f"event:{event}" for event in FLOW.events}
        self.assertEqual(emitted - known, set())

    # --- second handling --------------------------------------------------------------------------------

    def test_a_dissatisfied_customer_reopens_the_ticket_and_calls_the_supervisor(self):
        """SURVEY-02"""
        ticket = self.closed()
        self.answer(self.invitations(ticket), "dissatisfied", comment="It leaks again.")
        self.assertEqual(ticket.state, "in_progress")
        task = ticket.activity_ids.filtered(lambda a: a.user_id == self.supervisor)
        self.assertEqual(len(task), 1)
        self.assertIn("Second handling", task.summary)

    def test_satisfied_and_average_customers_leave_the_ticket_closed(self):
        """SURVEY-02"""
        for level in ("satisfied", "average"):
            with self.subTest(level=level):
                customer = self.customer.copy({"email": f"{level}@example.com"})
                ticket = self.closed(partner_id=customer.id)
                self.answer(self.invitations(ticket), level)
                self.assertEqual(ticket.state, "closed")
                self.assertFalse(ticket.activity_ids.filtered(lambda a: a.user_id == self.supervisor))

    def test_a_company_may_leave_the_ticket_closed_but_not_the_supervisor_out(self):
        """SURVEY-02"""
        self.company.aftersales_survey_reopens = False
        ticket = self.closed()
        self.answer(self.invitations(ticket), "dissatisfied")
        self.assertEqual(ticket.state, "closed")
        self.assertEqual(ticket.activity_ids.user_id, self.supervisor)

    def test_after_the_second_handling_the_customer_is_asked_once_more(self):
        """SURVEY-02: and not a third time"""
        ticket = self.closed()
        self.answer(self.invitations(ticket), "dissatisfied")
        ticket._fire("resolve")._fire("close")
        self.assertEqual(len(self.invitations(ticket)), 2)
        ticket._fire("reopen")._fire("resolve")._fire("close")
        self.assertEqual(len(self.invitations(ticket)), 2)

    # --- form on paper ----------------------------------------------------------------------------------

    def test_an_agent_enters_a_form_on_paper(self):
        """SURVEY-04, SURVEY-06: the marks of the questionnaire stand ready, unanswered ones stay so"""
        ticket = self.resolved()
        form = Form(self.env["aftersales.satisfaction"].with_user(self.agent))
        form.ticket_id = ticket
        form.level = "average"
        form.comment = "Fine so far"
        self.assertEqual(len(form.score_ids), 5)
        with form.score_ids.edit(1) as line:
            line.answer = 5
        satisfaction = form.save()
        # (40 × 0.5 + 10 × 1) / 50
        self.assertRecordValues(
            satisfaction,
            [{"level": "average", "index": 60.0, "source": "paper", "user_id": self.engineer.id}],
        )
        self.assertEqual(satisfaction.score_ids.filtered("is_answered").question_id, self.performance)

    def test_paper_and_survey_weigh_the_same_answers_alike(self):
        """SURVEY-04, SURVEY-07"""
        by_mail = self.answer(self.invitations(self.closed()), "satisfied", {self.attitude: 3})
        on_paper = self.env["aftersales.satisfaction"].create(
            {
                "ticket_id": self.resolved().id,
                "level": "satisfied",
                "level_weight": self.overall.aftersales_indicator_weight,
                "score_ids": [(0, 0, {"question_id": self.attitude.id, "answer": 3})],
            }
        )
        self.assertEqual(on_paper.index, by_mail.index)

    def test_an_engineer_enters_the_form_of_the_own_job(self):
        """SURVEY-03, SURVEY-04"""
        satisfaction = (
            self.env["aftersales.satisfaction"]
            .with_user(self.engineer)
            .create({"ticket_id": self.resolved().id, "level": "dissatisfied", "comment": "Late"})
        )
        self.assertEqual(satisfaction.ticket_id.state, "in_progress")

    def test_a_mark_off_the_scale_is_refused_by_name(self):
        """SURVEY-07"""
        with self.assertRaisesRegex(UserError, "7 is not a mark.*from 1 to 5"):
            self.env["aftersales.satisfaction"].create(
                {
                    "ticket_id": self.resolved().id,
                    "score_ids": [(0, 0, {"question_id": self.attitude.id, "answer": 7})],
                }
            )

    def test_an_answer_stands_as_given(self):
        """SURVEY-01: nobody makes a customer happier afterwards"""
        satisfaction = self.answer(self.invitations(self.closed()), "dissatisfied")
        for vals in (
            {"level": "satisfied"},
            {"index": 100.0},
            {"score_ids": [(5,)]},
            {"user_id": self.agent.id},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                satisfaction.with_user(self.manager).write(vals)
        self.assertEqual((satisfaction.level, satisfaction.index), ("dissatisfied", 0.0))

    def test_an_index_cannot_be_brought_along(self):
        """SURVEY-07: neither as a value nor as a default"""
        satisfactions = self.env["aftersales.satisfaction"].with_user(self.agent)
        satisfaction = satisfactions.with_context(default_index=99, default_is_scored=True).create(
            {"ticket_id": self.resolved().id, "level": "average", "index": 98}
        )
        self.assertRecordValues(satisfaction, [{"index": 50.0, "is_scored": True}])

    def test_a_score_cannot_be_smuggled_into_an_answer(self):
        """SURVEY-07"""
        satisfaction = self.answer(self.invitations(self.closed()), "dissatisfied", {self.attitude: 1})
        with self.assertRaises(AccessError):
            self.env["aftersales.satisfaction.score"].with_user(self.agent).create(
                {"satisfaction_id": satisfaction.id, "question_id": self.attitude.id, "answer": 5}
            )

    def test_only_a_supervisor_deletes_a_wrong_entry(self):
        """SURVEY-04"""
        satisfaction = self.env["aftersales.satisfaction"].create({"ticket_id": self.resolved().id})
        with self.assertRaises(AccessError):
            satisfaction.with_user(self.agent).unlink()
        satisfaction.with_user(self.supervisor).unlink()
        self.assertFalse(satisfaction.exists())

    # --- statistics -------------------------------------------------------------------------------------

    def test_the_pivot_shows_what_the_policy_computes(self):
        """SURVEY-08: mean, standard deviation and percentage; an unrated form counts in none"""
        ticket = self.resolved()
        levels = ["satisfied", "satisfied", "average", "dissatisfied", False]
        answers = self.env["aftersales.satisfaction"].create(
            [{"ticket_id": ticket.id, "level": level, "level_weight": 40} for level in levels]
        )
        [(mean, deviation, percentage)] = self.env["aftersales.satisfaction"]._read_group(
            [("id", "in", answers.ids)],
            [],
            ["index:avg", "index_deviation:avg", "satisfied_percentage:avg"],
        )
        indexes = [Decimal(str(a.index)) for a in answers.filtered("is_scored")]
        self.assertEqual(len(indexes), 4)
        self.assertEqual(Decimal(f"{mean:.2f}"), scoring.mean(indexes))
        self.assertEqual(Decimal(f"{deviation:.2f}"), scoring.standard_deviation(indexes))
        self.assertEqual(Decimal(f"{percentage:.2f}"), scoring.satisfaction_percentage(levels))

    def test_the_statistics_are_measures_of_the_pivot(self):
        """SURVEY-08"""
        described = self.env["aftersales.satisfaction"].fields_get(
            ["index", "index_deviation", "satisfied_percentage"], ["aggregator"]
        )
        self.assertEqual({d["aggregator"] for d in described.values()}, {"avg"})

    def test_marks_are_analysed_by_indicator(self):
        """SURVEY-05, SURVEY-06"""
        marks = {self.performance: 5, self.env.ref("aftersales_survey.survey_question_appearance"): 1}
        satisfaction = self.answer(self.invitations(self.closed()), "satisfied", marks)
        [(indicator, value)] = self.env["aftersales.satisfaction.score"]._read_group(
            [("satisfaction_id", "=", satisfaction.id)], ["indicator_id"], ["value:avg"]
        )
        self.assertEqual((indicator.code, value), ("product_quality", 50.0))
