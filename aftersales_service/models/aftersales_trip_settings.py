from odoo import fields, models


class ResCompany(models.Model):
    """What the company asks of people who travel, and who decides for it."""

    _inherit = "res.company"

    aftersales_trip_approval = fields.Boolean(
        "Installations need an approved application",
        default=True,
        help="A visit for an installation is agreed on only when the general manager has approved the market "
        "support application. A repair does not wait for it.",
    )
    aftersales_trip_report_hours = fields.Integer(
        "Report at least every",
        default=8,
        help="Hours after which somebody on a trip has to be heard of. 0: no reports are asked for.",
    )
    aftersales_feedback_days = fields.Integer(
        "Feedback form within",
        default=3,
        help="Days after the return within which the feedback form is handed in. 0: none is asked for.",
    )
    aftersales_rework_hours = fields.Integer(
        "Arrange a rework within",
        default=4,
        help="Hours within which a second visit is planned when the fault is ours. 0: no time is set.",
    )
    aftersales_product_director_id = fields.Many2one(
        "res.users",
        "Product director",
        domain="[('share', '=', False)]",
        help="Allocates people of the product department where our own cannot do it.",
    )

    _aftersales_trip_check = models.Constraint(
        "CHECK (aftersales_trip_report_hours >= 0 AND aftersales_feedback_days >= 0"
        " AND aftersales_rework_hours >= 0)",
        "Times for trips are numbers from 0 on.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_trip_approval = fields.Boolean(related="company_id.aftersales_trip_approval", readonly=False)
    aftersales_trip_report_hours = fields.Integer(
        related="company_id.aftersales_trip_report_hours", readonly=False
    )
    aftersales_feedback_days = fields.Integer(related="company_id.aftersales_feedback_days", readonly=False)
    aftersales_rework_hours = fields.Integer(related="company_id.aftersales_rework_hours", readonly=False)
    aftersales_product_director_id = fields.Many2one(
        related="company_id.aftersales_product_director_id", readonly=False
    )
