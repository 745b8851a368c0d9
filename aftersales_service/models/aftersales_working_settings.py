from odoo import fields, models


class ResCompany(models.Model):
    """What the company tells its customers, asks of its agents and pays for their time."""

    _inherit = "res.company"

    aftersales_tell_accepted = fields.Boolean("Tell when somebody has taken it", default=True)
    aftersales_tell_in_progress = fields.Boolean("Tell when work begins", default=True)
    aftersales_tell_waiting = fields.Boolean("Tell when work is interrupted and goes on", default=True)
    aftersales_tell_resolved = fields.Boolean("Tell when it is solved", default=True)
    aftersales_tell_visit = fields.Boolean(
        "Tell when a visit is planned, moved, done or cancelled", default=True
    )
    aftersales_tell_ended = fields.Boolean(
        "Tell when it is cancelled or merged with another request", default=True
    )
    aftersales_tell_inspection = fields.Boolean("Tell when a full inspection is needed", default=True)
    aftersales_closing_strict = fields.Boolean(
        "Cause, resolution and way of working are mandatory",
        help="A repair is not solved without cause and resolution code, and no ticket is closed by an agent "
        "who has not said how it was worked on.",
    )
    aftersales_hourly_cost = fields.Monetary(
        "Cost of an hour",
        currency_field="currency_id",
        help="What an hour of after-sales work costs the company, for persons without a rate of their own.",
    )
    aftersales_plan_required = fields.Boolean(
        "Repairs need an approved plan",
        help="No repair is called solved without a solution plan that was approved. A plan that was made has "
        "to be approved in any case.",
    )
    aftersales_plan_limit = fields.Monetary(
        "Supervisor approves up to",
        currency_field="currency_id",
        help="Solution plans that cost more are for the general manager. 0: the supervisor approves any.",
    )

    _aftersales_plan_limit_check = models.Constraint(
        "CHECK (aftersales_plan_limit >= 0 AND aftersales_hourly_cost >= 0)",
        "Limits and rates are amounts from 0 on.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_tell_accepted = fields.Boolean(related="company_id.aftersales_tell_accepted", readonly=False)
    aftersales_tell_in_progress = fields.Boolean(
        related="company_id.aftersales_tell_in_progress", readonly=False
    )
    aftersales_tell_waiting = fields.Boolean(related="company_id.aftersales_tell_waiting", readonly=False)
    aftersales_tell_resolved = fields.Boolean(related="company_id.aftersales_tell_resolved", readonly=False)
    aftersales_tell_visit = fields.Boolean(related="company_id.aftersales_tell_visit", readonly=False)
    aftersales_tell_ended = fields.Boolean(related="company_id.aftersales_tell_ended", readonly=False)
    aftersales_tell_inspection = fields.Boolean(
        related="company_id.aftersales_tell_inspection", readonly=False
    )
    aftersales_closing_strict = fields.Boolean(related="company_id.aftersales_closing_strict", readonly=False)
    aftersales_hourly_cost = fields.Monetary(
        related="company_id.aftersales_hourly_cost", readonly=False, currency_field="currency_id"
    )
    aftersales_plan_required = fields.Boolean(related="company_id.aftersales_plan_required", readonly=False)
    aftersales_plan_limit = fields.Monetary(
        related="company_id.aftersales_plan_limit", readonly=False, currency_field="currency_id"
    )
