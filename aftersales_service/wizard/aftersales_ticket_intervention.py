from odoo import api, fields, models

from ..policy import intervention


class AftersalesTicketIntervention(models.TransientModel):
    """After the call: what the customer said, and whether somebody goes or the goods come."""

    _name = "aftersales.ticket.intervention"
    _description = "On site or back"

    ticket_id = fields.Many2one("aftersales.ticket", required=True, readonly=True)
    said = fields.Text("Said on the telephone", help="What the customer tells and what was tried together.")
    mode = fields.Selection(
        [
            ("on_site", "Repair on site"),
            ("factory", "Back to the factory"),
            ("mail_in", "Customer sends it to a repair station"),
            ("remote", "By remote access"),
            ("phone", "Solved on the telephone"),
        ],
        required=True,
        default="on_site",
    )
    station_id = fields.Many2one(
        "res.partner", "Repair station", compute="_compute_station_id", store=True, readonly=False
    )
    capability = fields.Selection(
        [("able", "We can do it"), ("lacking", "We lack the skill or the people")],
        help="Lacking: the product director is asked for people.",
    )
    department = fields.Selection(
        [
            ("after_sales", "After-sales"),
            ("technical", "Technical department"),
            ("quality", "Quality control"),
            ("product", "Product department"),
        ],
        "Goes to",
        compute="_compute_department",
    )
    service_partner_id = fields.Many2one(related="ticket_id.service_partner_id")
    is_remote_area = fields.Boolean(related="ticket_id.is_remote_area")
    area_logistics = fields.Char(related="ticket_id.area_logistics")

    @api.depends("ticket_id")
    def _compute_station_id(self):
        for wizard in self:
            wizard.station_id = wizard.ticket_id._own_station()

    @api.depends("mode", "capability", "ticket_id")
    def _compute_department(self):
        for wizard in self:
            facts = intervention.Facts(
                service_type=wizard.ticket_id.service_type or "repair",
                mode_code=wizard.mode,
                phoned=True,
                capability_code=wizard.capability or None,
            )
            wizard.department = intervention.judge(facts).outcome

    def action_apply(self):
        self.ensure_one()
        self.ticket_id._decide_intervention(self.mode, self.said, self.station_id, self.capability)
        return {"type": "ir.actions.act_window_close"}


class AftersalesTicketAllocation(models.TransientModel):
    """The product director chooses who goes."""

    _name = "aftersales.ticket.allocation"
    _description = "Allocate people"

    ticket_id = fields.Many2one("aftersales.ticket", required=True, readonly=True)
    user_ids = fields.Many2many(
        "res.users",
        string="Who goes",
        domain="[('share', '=', False)]",
        help="The first takes the ticket over.",
    )

    def action_apply(self):
        self.ensure_one()
        self.ticket_id._allocate(self.user_ids)
        return {"type": "ir.actions.act_window_close"}
