from odoo import api, fields, models

from .aftersales_disposition_rule import GRADES


class AftersalesGradePicture(models.Model):
    """What goods of a grade look like: shown beside its definition where somebody has to grade."""

    _name = "aftersales.grade.picture"
    _description = "Reference picture of a grade"
    _order = "grade, sequence, id"

    name = fields.Char("What it shows", required=True, translate=True)
    grade = fields.Selection(GRADES, required=True, index=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, ondelete="restrict", help="Empty: for every company."
    )
    image_1920 = fields.Image("Picture", max_width=1920, max_height=1920, required=True)
    image_256 = fields.Image("Thumbnail", related="image_1920", max_width=256, max_height=256, store=True)

    @api.model
    def _by_grade(self, company):
        """{grade: [{id, name}]} of the pictures that hold for ``company``; one query."""
        found = {}
        for picture in self.search([("company_id", "in", (False, company.id))]):
            found.setdefault(picture.grade, []).append({"id": picture.id, "name": picture.name})
        return found


class AftersalesInspection(models.Model):
    _inherit = "aftersales.inspection"

    grade_picture_ids = fields.Many2many(
        "aftersales.grade.picture",
        string="How the grades look",
        compute="_compute_grade_picture_ids",
    )

    @api.depends("company_id")
    def _compute_grade_picture_ids(self):
        pictures = self.env["aftersales.grade.picture"].search([])
        for found in self:
            found.grade_picture_ids = pictures.filtered(
                lambda picture, company=found.company_id: picture.company_id in (company.browse(), company)
            )
