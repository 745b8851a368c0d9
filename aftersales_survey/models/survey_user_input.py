from odoo import fields, models


class SurveyUserInput(models.Model):
    _inherit = "survey.user_input"

    aftersales_ticket_id = fields.Many2one(
        "aftersales.ticket",
        string="Service ticket",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    # aftersales.ticket._last_asked: when was this address asked last
    _aftersales_asked_idx = models.Index("(email, create_date) WHERE aftersales_ticket_id IS NOT NULL")

    def _mark_done(self):
        result = super()._mark_done()
        answered = self.filtered(lambda answer: answer.aftersales_ticket_id and not answer.test_entry)
        answered._aftersales_record_satisfaction()
        return result

    def _aftersales_record_satisfaction(self):
        """One satisfaction for each answered questionnaire; a second submission changes nothing."""
        # sudo: the customer who answers has no rights of our own, the token of the invitation was checked
        satisfactions = self.env["aftersales.satisfaction"].sudo()
        known = satisfactions.search([("user_input_id", "in", self.ids)]).user_input_id
        return satisfactions.create([answer._aftersales_satisfaction_vals() for answer in self - known])

    def _aftersales_satisfaction_vals(self):
        """Values of the satisfaction: the ticked level, the comment, one score a judged question."""
        self.ensure_one()
        lines = self.user_input_line_ids.filtered(lambda line: not line.skipped)
        ticked = lines.suggested_answer_id.filtered("aftersales_level")[:1]
        return {
            "ticket_id": self.aftersales_ticket_id.id,
            "user_input_id": self.id,
            "source": "survey",
            "level": ticked.aftersales_level,
            "level_weight": self.survey_id._aftersales_level_weight(),
            "comment": lines._aftersales_comment(),
            "score_ids": [fields.Command.create(vals) for vals in lines._aftersales_score_vals()],
        }


class SurveyUserInputLine(models.Model):
    _inherit = "survey.user_input.line"

    def _aftersales_comment(self):
        """Everything the customer wrote, in the order of the questions (SURVEY-09)."""
        return "\n".join(
            line.value_text_box or line.value_char_box
            for line in self.sorted(lambda line: line.question_id.sequence)
            if line.value_text_box or line.value_char_box
        )

    def _aftersales_score_vals(self):
        """One score a judged answer; the overall question gives the level, not a score."""
        judged = self.filtered(
            lambda line: (
                line.question_id.aftersales_indicator_id
                and line.answer_type in ("scale", "suggestion")
                and not line.question_id.aftersales_is_overall
            )
        )
        return [line._aftersales_one_score() for line in judged]

    def _aftersales_one_score(self):
        return {
            "question_id": self.question_id.id,
            "matrix_row_id": self.matrix_row_id.id,
            "answer": self.value_scale
            if self.answer_type == "scale"
            else self.suggested_answer_id.answer_score,
        }


class SurveySurvey(models.Model):
    _inherit = "survey.survey"

    def _aftersales_level_weight(self):
        """Weight of the overall question; 0 where the questionnaire has none."""
        overall = self.question_ids.filtered("aftersales_is_overall")[:1]
        return overall.aftersales_indicator_weight

    def _aftersales_scale_questions(self):
        """Judged questions that a form on paper can carry as a mark."""
        return self.question_ids.filtered(
            lambda question: question.question_type == "scale" and question.aftersales_indicator_id
        )
