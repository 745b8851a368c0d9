from odoo import fields, models


class AftersalesAssessmentHandover(models.Model):
    """An item leaves the warehouse for its assessment, or comes back (交接手续)."""

    _name = "aftersales.assessment.handover"
    _description = "Handover of an assessed item"
    _order = "assessment_id, id"
    _rec_name = "direction"

    assessment_id = fields.Many2one(
        "aftersales.assessment", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="assessment_id.company_id", store=True)
    direction = fields.Selection(
        [("out", "Out of the warehouse"), ("in", "Back into the warehouse")], required=True, default="out"
    )
    at = fields.Datetime("When", required=True, default=fields.Datetime.now)
    giver_id = fields.Many2one("res.users", "Given by", required=True, default=lambda self: self.env.user)
    taker_id = fields.Many2one("res.users", "Taken by", required=True)
    note = fields.Char("Condition, transport")

    _two_people = models.Constraint("CHECK (giver_id <> taker_id)", "A handover needs two persons.")
