from odoo import fields, models

from ..policy import scoring


class SurveyQuestion(models.Model):
    _inherit = "survey.question"

    aftersales_indicator_id = fields.Many2one(
        "aftersales.satisfaction.indicator",
        string="Satisfaction indicator",
        ondelete="restrict",
        help="What the answer tells about. Questions of one indicator are its standards: appearance, "
        "performance and durability of the product, for instance.",
    )
    aftersales_indicator_weight = fields.Float(
        string="Weight",
        default=0.0,
        help="How much the answer counts in the satisfaction index. Only the proportion to the other weights "
        "matters; an unanswered question leaves its weight to the others.",
    )
    aftersales_is_overall = fields.Boolean(
        compute="_compute_aftersales_is_overall",
        string="Overall satisfaction",
        help="Its choices stand for satisfied, average and dissatisfied.",
    )

    _aftersales_weight_not_negative = models.Constraint(
        "CHECK (aftersales_indicator_weight >= 0)", "A weight is zero or more."
    )

    def _compute_aftersales_is_overall(self):
        for question in self:
            question.aftersales_is_overall = any(
                answer.aftersales_level for answer in question.suggested_answer_ids
            )

    def _aftersales_scale(self):
        """(worst, best) answer; equal where the answers say nothing about better or worse."""
        self.ensure_one()
        if self.question_type == "scale":
            return float(self.scale_min), float(self.scale_max)
        scores = self.suggested_answer_ids.mapped("answer_score") or [0.0]
        return min(scores), max(scores)


class SurveyQuestionAnswer(models.Model):
    _inherit = "survey.question.answer"

    aftersales_level = fields.Selection(
        [
            (scoring.SATISFIED, "Satisfied"),
            (scoring.AVERAGE, "Average"),
            (scoring.DISSATISFIED, "Dissatisfied"),
        ],
        string="Satisfaction level",
        help="Whoever ticks this choice counts as that level.",
    )
