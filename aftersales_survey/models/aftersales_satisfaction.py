from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..policy import scoring

#: what an answered questionnaire says; nobody changes it afterwards
ANSWER_FIELDS = {"ticket_id", "user_input_id", "source", "level", "level_weight", "score_ids"}
#: what the policy made of it
VERDICT_FIELDS = {"index", "is_scored", "user_id", "team_id"}


class AftersalesSatisfaction(models.Model):
    """One answered questionnaire: what the customer ticked, the weighted index, the marks and the comment.

    It comes from the survey or is entered from a form on paper. Once saved the answer stands; a wrong entry
    is deleted by a supervisor and entered again.
    """

    _name = "aftersales.satisfaction"
    _description = "Customer satisfaction"
    _inherit = "aftersales.verdict.mixin"
    _order = "answered_at desc, id desc"

    ticket_id = fields.Many2one("aftersales.ticket", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="ticket_id.partner_id", string="Customer", store=True, index=True)
    product_id = fields.Many2one(related="ticket_id.product_id", store=True)
    service_type = fields.Selection(related="ticket_id.service_type", store=True)
    user_id = fields.Many2one("res.users", "Handled by", readonly=True, index=True)
    team_id = fields.Many2one("aftersales.team", readonly=True)
    user_input_id = fields.Many2one(
        "survey.user_input", "Questionnaire", readonly=True, copy=False, ondelete="set null"
    )
    source = fields.Selection(
        [("survey", "Survey"), ("paper", "Form on paper"), ("followup", "Follow-up call")],
        required=True,
        default="paper",
    )
    answered_at = fields.Datetime(
        "Answered", required=True, default=fields.Datetime.now, index=True, copy=False
    )
    level = fields.Selection(
        [
            (scoring.SATISFIED, "Satisfied"),
            (scoring.AVERAGE, "Average"),
            (scoring.DISSATISFIED, "Dissatisfied"),
        ],
        index=True,
        copy=False,
        help="What the customer ticked; without a tick, what the index stands for.",
    )
    level_weight = fields.Float(
        aggregator=None,
        copy=False,
        help="Weight of the overall question in the index, as it was when asked.",
    )
    score_ids = fields.One2many("aftersales.satisfaction.score", "satisfaction_id", "Scores")
    comment = fields.Text(copy=False, help="What the customer wrote or said.")

    is_scored = fields.Boolean(readonly=True, help="Something was answered that counts for the index.")
    index = fields.Float(
        readonly=True,
        digits=(5, 2),
        aggregator="avg",
        help="Weighted mean of the answers, from 0 (worst) to 100 (best).",
    )
    # Both exist over many records only: the database works them out for whatever the reader groups by.
    index_deviation = fields.Float(
        "Standard deviation",
        compute="_compute_over_many",
        digits=(5, 2),
        aggregator="avg",
        help="How far the indexes lie apart: 0 where all customers agree.",
    )
    satisfied_percentage = fields.Float(
        "Satisfied (%)",
        compute="_compute_over_many",
        digits=(5, 2),
        aggregator="avg",
        help="Satisfied customers out of a hundred who rated.",
    )

    by_indicator = fields.Char(
        "Index by indicator",
        compute="_compute_by_indicator",
        help="What the customer thinks of product, service and support, each from 0 to 100.",
    )

    # _aftersales_record_satisfaction: one satisfaction an answered questionnaire, whatever is submitted twice
    _user_input_uniq = models.UniqueIndex(
        "(user_input_id) WHERE user_input_id IS NOT NULL", "This questionnaire has been counted already."
    )

    # === COMPUTED === #

    @api.depends("ticket_id.name", "level")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["level"]._description_selection(self.env))
        for answer in self:
            answer.display_name = " · ".join(
                part for part in (answer.ticket_id.name, labels.get(answer.level)) if part
            )

    @api.depends("score_ids.answer", "score_ids.weight", "score_ids.indicator_id.name")
    @api.depends_context("lang")
    def _compute_by_indicator(self):
        """SURVEY-06: the standards of an indicator together."""
        for answer in self:
            names = {score.indicator_id.code: score.indicator_id.name for score in answer.score_ids}
            indexes = scoring.indicator_indexes(score._as_answer() for score in answer.score_ids)
            answer.by_indicator = " · ".join(
                f"{names[code]} {float(index):g}" for code, index in indexes.items()
            )

    def _compute_over_many(self):
        """A single answer deviates from nothing."""
        for answer in self:
            answer.index_deviation = 0.0
            answer.satisfied_percentage = 100.0 if answer.level == scoring.SATISFIED else 0.0

    def _read_group_select(self, aggregate_spec, query):
        """The statistics of SURVEY-08, equal to those of the scoring policy."""
        if aggregate_spec in ("index:avg", "index_deviation:avg"):
            function = SQL("AVG") if aggregate_spec == "index:avg" else SQL("STDDEV_POP")
            index, is_scored = self._columns(query, "index", "is_scored")
            return SQL("%s(%s) FILTER (WHERE %s)", function, index, is_scored)
        if aggregate_spec == "satisfied_percentage:avg":
            (level,) = self._columns(query, "level")
            satisfied = SQL("(%s = %s)::int", level, scoring.SATISFIED)
            return SQL("100.0 * AVG(%s) FILTER (WHERE %s IS NOT NULL)", satisfied, level)
        return super()._read_group_select(aggregate_spec, query)

    def _columns(self, query, *names):
        return [self._field_to_sql(self._table, name, query) for name in names]

    # === ENTERING === #

    @api.model
    def default_get(self, fields_list):
        """A form on paper starts with the marks of the company's questionnaire, all unanswered."""
        values = super().default_get(fields_list)
        # sudo: agents have no rights on questionnaires; question and weight alone are read
        survey = self.env.company.sudo().aftersales_survey_id
        if "score_ids" in fields_list and not values.get("score_ids"):
            values["score_ids"] = [
                fields.Command.create({"question_id": question.id})
                for question in survey._aftersales_scale_questions()
            ]
        if "level_weight" in fields_list:
            values["level_weight"] = survey._aftersales_level_weight()
        return values

    @api.model_create_multi
    def create(self, vals_list):
        told = [{name: vals[name] for name in vals if name not in VERDICT_FIELDS} for vals in vals_list]
        answers = super().create(told)
        answers._weigh()
        answers._tell_tickets()
        answers.filtered(lambda answer: answer.level == scoring.DISSATISFIED)._start_second_handling()
        return answers

    def write(self, vals):
        fixed = (ANSWER_FIELDS | VERDICT_FIELDS).intersection(vals)
        if fixed and not self.env.su:
            raise AccessError(
                self.env._(
                    "%(fields)s of %(answers)s stand as the customer gave them. A supervisor can delete a "
                    "wrong entry; enter it again then.",
                    fields=", ".join(sorted(self._fields[name].string for name in fixed)),
                    answers=", ".join(self.mapped("display_name")),
                )
            )
        return super().write(vals)

    def _weigh(self):
        """Judge level and index, and keep who handled the ticket then."""
        verdicts = self._judge("satisfaction", {answer: answer._facts() for answer in self})
        # sudo: write refuses these fields to everybody, this method is where they come from
        for answer, told in verdicts.items():
            answer.sudo().write(answer._verdict_values(told))

    def _facts(self):
        overall = scoring.LEVEL_VALUE.get(self.level)
        weight = Decimal(str(self.level_weight))
        return scoring.Facts(
            self.level or None,
            (
                scoring.Answer("overall", weight, overall),
                *(score._as_answer() for score in self.score_ids),
            ),
        )

    def _verdict_values(self, told):
        return {
            "level": told.outcome if told.outcome in scoring.LEVELS else False,
            "index": float(told.values["index"] or 0),
            "is_scored": told.values["index"] is not None,
            "user_id": self.ticket_id.user_id.id,
            "team_id": self.ticket_id.team_id.id,
        }

    # === EFFECTS === #

    def _tell_tickets(self):
        """A line in each ticket's log."""
        lines = {}
        for answer in self:
            lines[answer.ticket_id.id] = answer._log_line()
        # sudo: the customer who answers has no rights on the ticket, its log says what came in
        self.ticket_id.sudo()._message_log_batch(lines)

    def _log_line(self):
        labels = dict(self._fields["level"]._description_selection(self.env))
        level = labels.get(self.level) or self.env._("not rated")
        if not self.is_scored:
            return self.env._("Customer satisfaction: %s", level)
        return self.env._(
            "Customer satisfaction: %(level)s, index %(index)s", level=level, index=f"{self.index:g}"
        )

    def _start_second_handling(self):
        self.ticket_id._start_second_handling(self.env._("The customer is dissatisfied."))

    def action_open_questionnaire(self):
        """The customer's answers as the survey shows them; for users of the survey application."""
        self.ensure_one()
        return self.user_input_id.action_print_answers()
