from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..policy import scoring


class AftersalesSatisfactionScore(models.Model):
    """One judged question of an answered questionnaire, with the scale and weight it had then."""

    _name = "aftersales.satisfaction.score"
    _description = "Score of an indicator"
    _order = "satisfaction_id, sequence, id"
    _rec_name = "criterion"

    satisfaction_id = fields.Many2one(
        "aftersales.satisfaction", required=True, index=True, ondelete="cascade"
    )
    question_id = fields.Many2one("survey.question", ondelete="set null", index="btree_not_null")
    matrix_row_id = fields.Many2one("survey.question.answer", readonly=True, ondelete="set null")
    sequence = fields.Integer(default=10)
    criterion = fields.Char(compute="_compute_criterion", compute_sudo=True)
    indicator_id = fields.Many2one(
        "aftersales.satisfaction.indicator", required=True, readonly=True, index=True, ondelete="restrict"
    )
    weight = fields.Float(readonly=True, aggregator=None)
    low = fields.Float("Worst", readonly=True, aggregator=None)
    high = fields.Float("Best", readonly=True, aggregator=None)
    answer = fields.Float(
        "Mark", aggregator=None, digits=(6, 1), help="The mark as given. Below the worst mark: not answered."
    )
    is_answered = fields.Boolean(readonly=True)
    value = fields.Float(
        "Score", readonly=True, digits=(5, 2), aggregator="avg", help="0 is the worst answer, 100 the best."
    )
    company_id = fields.Many2one(related="satisfaction_id.company_id", store=True)
    answered_at = fields.Datetime(related="satisfaction_id.answered_at", store=True)
    product_id = fields.Many2one(related="satisfaction_id.product_id", store=True)
    user_id = fields.Many2one(related="satisfaction_id.user_id", store=True)

    @api.depends("question_id.title", "matrix_row_id.value", "indicator_id.name")
    @api.depends_context("lang")
    def _compute_criterion(self):
        for score in self:
            parts = (score.question_id.title or score.indicator_id.name, score.matrix_row_id.value)
            score.criterion = ": ".join(part for part in parts if part)

    @api.model_create_multi
    def create(self, vals_list):
        scores = super().create([self._measured(vals) for vals in vals_list])
        scores._refuse_afterthoughts()
        return scores

    def write(self, vals):
        if not self.env.su:
            raise AccessError(self.env._("Scores stand as the customer gave them."))
        return super().write(vals)

    def _refuse_afterthoughts(self):
        """Once an answer has been weighed, no score is added to it."""
        if not self.env.su and self.satisfaction_id._verdict_of("satisfaction"):
            raise AccessError(self.env._("Scores stand as the customer gave them."))

    def _measured(self, vals):
        """The answer with scale, weight and indicator of its question, and what it is worth."""
        # sudo: agents enter forms on paper without rights on questionnaires; scale and weight are read
        question = self.env["survey.question"].sudo().browse(vals.get("question_id"))
        if not question.aftersales_indicator_id:
            raise UserError(
                self.env._("A score belongs to a question with an indicator. Give the question one first.")
            )
        low, high = question._aftersales_scale()
        answer = vals.get("answer") or 0.0
        self._refuse_off_scale(question, answer, low, high)
        is_answered = low < high and answer >= low
        return {
            "satisfaction_id": vals.get("satisfaction_id"),
            "question_id": question.id,
            "matrix_row_id": vals.get("matrix_row_id"),
            "sequence": question.sequence,
            "indicator_id": question.aftersales_indicator_id.id,
            "weight": question.aftersales_indicator_weight,
            "low": low,
            "high": high,
            "answer": answer,
            "is_answered": is_answered,
            "value": is_answered and _share(answer, low, high) * 100,
        }

    def _refuse_off_scale(self, question, answer, low, high):
        if answer and not low <= answer <= high:
            raise UserError(
                self.env._(
                    "%(mark)s is not a mark for '%(question)s': it goes from %(low)s to %(high)s. Leave 0 "
                    "where the customer gave no answer.",
                    mark=f"{answer:g}",
                    question=question.title,
                    low=f"{low:g}",
                    high=f"{high:g}",
                )
            )

    def _as_answer(self):
        """The score as the policy reads it."""
        self.ensure_one()
        return scoring.Answer(
            self.indicator_id.code,
            Decimal(str(self.weight)),
            _share(self.answer, self.low, self.high) if self.is_answered else None,
        )


def _share(answer, low, high):
    return scoring.normalised(*(Decimal(str(number)) for number in (answer, low, high)))
