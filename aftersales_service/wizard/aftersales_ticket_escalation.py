from odoo import api, fields, models


class AftersalesTicketEscalation(models.TransientModel):
    """Asks to which team a ticket is handed on, and why."""

    _name = "aftersales.ticket.escalation"
    _description = "Hand on to another team"

    ticket_ids = fields.Many2many("aftersales.ticket", required=True, readonly=True)
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    team_id = fields.Many2one(
        "aftersales.team",
        "To",
        compute="_compute_team_id",
        store=True,
        readonly=False,
        domain="[('company_id', '=', company_id)]",
    )
    reason = fields.Text(help="What was tried and what is needed; the other team begins with it.")

    @api.depends("ticket_ids")
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard.ticket_ids.company_id[:1]

    @api.depends("ticket_ids")
    def _compute_team_id(self):
        """The next level: technical support for the first line, headquarters for technical support."""
        order = ["first", "technical", "headquarters"]
        for wizard in self:
            at = order.index(wizard.ticket_ids.team_id[:1].support_level or "first")
            above = self.env["aftersales.team"].search(
                [("company_id", "=", wizard.company_id.id), ("support_level", "in", order[at + 1 :])]
            )
            wizard.team_id = above.sorted(lambda team: order.index(team.support_level))[:1]

    def action_apply(self):
        self.ensure_one()
        self.ticket_ids._escalate(self.team_id, self.reason)
        return {"type": "ir.actions.act_window_close"}
