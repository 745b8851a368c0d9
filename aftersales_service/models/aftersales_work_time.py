from odoo import api, fields, models

COST_READERS = "aftersales_service.group_supervisor,aftersales_service.group_accountant"


class AftersalesWorkTime(models.Model):
    """Time that somebody spent on a ticket, and what it costs the company."""

    _name = "aftersales.work.time"
    _description = "Time spent"
    _order = "date desc, id desc"

    ticket_id = fields.Many2one("aftersales.ticket", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users",
        "Who",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    activity = fields.Selection(
        [
            ("phone", "Telephone and mail"),
            ("remote", "Remote access"),
            ("on_site", "On site"),
            ("travel", "Travel"),
            ("workshop", "Workshop"),
        ],
        required=True,
        default="phone",
    )
    note = fields.Char("What was done")
    minutes = fields.Integer(required=True)
    # Kept with the row: a raise next year does not change what last year's work has cost.
    hourly_cost = fields.Monetary(
        "Hourly cost", compute="_compute_hourly_cost", store=True, groups=COST_READERS
    )
    cost = fields.Monetary(compute="_compute_cost", store=True, groups=COST_READERS)

    _minutes_check = models.Constraint(
        "CHECK (minutes > 0 AND minutes <= 1440)", "Time spent is between one minute and one day."
    )

    @api.depends("user_id", "ticket_id")
    def _compute_hourly_cost(self):
        """The person's rate, or else the company's (in the company's currency)."""
        for row in self:
            # sudo: the rate is not for everybody who writes down time
            person = row.user_id.sudo().with_company(row.company_id)
            row.hourly_cost = person.aftersales_hourly_cost or row.company_id.sudo().aftersales_hourly_cost

    @api.depends("minutes", "hourly_cost")
    def _compute_cost(self):
        for row in self:
            row.cost = row.currency_id.round(row.hourly_cost * row.minutes / 60)


class AftersalesTicket(models.Model):
    _inherit = "aftersales.ticket"

    work_time_ids = fields.One2many("aftersales.work.time", "ticket_id", "Time spent")
    work_minutes = fields.Integer(
        "Minutes spent", compute="_compute_work", store=True, help="All persons together."
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    labour_cost = fields.Monetary("Labour cost", compute="_compute_work", store=True, groups=COST_READERS)

    @api.depends("work_time_ids.minutes", "work_time_ids.cost")
    def _compute_work(self):
        worked = self.filtered(lambda ticket: ticket.sudo().work_time_ids)  # sudo: as below
        (self - worked).work_minutes = (self - worked).labour_cost = 0
        for ticket in worked:
            rows = ticket.sudo().work_time_ids  # sudo: the sum counts everybody's time
            ticket.work_minutes = sum(rows.mapped("minutes"))
            ticket.labour_cost = sum(rows.mapped("cost"))


class ResUsers(models.Model):
    _inherit = "res.users"

    aftersales_hourly_cost = fields.Float(
        "After-sales cost per hour",
        company_dependent=True,
        groups=f"{COST_READERS},base.group_erp_manager",
        help="What an hour of this person costs the company. 0: the company's rate.",
    )
