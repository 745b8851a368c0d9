from odoo import fields, models

from ..policy import followup


class ResCompany(models.Model):
    _inherit = "res.company"

    aftersales_survey_id = fields.Many2one(
        "survey.survey",
        string="Satisfaction questionnaire",
        default=lambda self: self.env.ref("aftersales_survey.survey_satisfaction", False),
        help="What customers are asked when their ticket is closed. Empty: nobody is asked by e-mail.",
    )
    aftersales_survey_quiet_days = fields.Integer(
        string="Quiet period",
        default=7,
        help="Days for which a customer is not asked about another ticket. A visit is always asked about. "
        "0: no quiet period.",
    )
    aftersales_survey_share = fields.Integer(
        string="Share of tickets asked about",
        default=100,
        help="How many of a hundred closed tickets are asked about.",
    )
    aftersales_survey_valid_days = fields.Integer(
        string="Answer within",
        default=30,
        help="Days after which an invitation can no longer be answered.",
    )
    aftersales_survey_reopens = fields.Boolean(
        string="Reopen for dissatisfied customers",
        default=True,
        help="A dissatisfied customer's ticket is opened again. Its supervisor gets a task in any case.",
    )

    _aftersales_survey_limits = models.Constraint(
        "CHECK (aftersales_survey_quiet_days >= 0 AND aftersales_survey_share BETWEEN 0 AND 100 "
        "AND aftersales_survey_valid_days >= 1)",
        "The quiet period has 0 days or more, the share of tickets lies between 0 and 100, and customers "
        "have at least one day to answer.",
    )

    # === TIME === #

    def _aftersales_followup_time(self, now, contacts):
        """Working time of customer service, known for every one of the planned contacts."""
        until = [followup.horizon(now, contact["offset"], contact["unit"]) for contact in contacts]
        return self._aftersales_working_time(now, max(until))

    def _aftersales_next_day(self, now):
        """Closing time of the first working day that is not over a day from now; UTC."""
        working = self._aftersales_working_time(now, followup.horizon(now, 1, followup.DAYS))
        return followup.due_at(now, 1, followup.DAYS, working)

    def _aftersales_working_time(self, start, stop):
        """Working time of customer service; None where its calendar has no hours at all."""
        ledger = self.env["aftersales.deadline"]
        return ledger._working_time(ledger._clock(self._aftersales_calendar(), self), start, stop)
