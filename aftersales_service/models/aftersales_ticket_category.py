from odoo import fields, models

from .aftersales_priority_rule import FUNCTIONS

SERVICE_TYPES = [
    ("repair", "Fault repair"),
    ("consultation", "Technical consultation"),
    ("complaint", "Complaint"),
    ("installation", "Installation"),
    ("return", "Return or exchange"),
]


class AftersalesSkill(models.Model):
    """What somebody must know to take a ticket: refrigeration, networks, a language."""

    _name = "aftersales.skill"
    _description = "Skill"
    _inherit = "aftersales.code.mixin"
    _order = "name"
    _own_field = "name"
    _copy_format = "{} ({})"

    name = fields.Char(required=True, translate=True)

    _name_uniq = models.UniqueIndex("(name)", "There is a skill of that name already.")


class AftersalesTicketCategory(models.Model):
    """What a ticket is about; counts for the priority and says which skills are needed."""

    _name = "aftersales.ticket.category"
    _description = "Ticket category"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", ondelete="restrict", help="Empty: for every company.")
    nature = fields.Selection(
        [
            ("quality", "Product quality"),
            ("attitude", "Service attitude"),
            ("support", "After-sales support"),
        ],
        required=True,
        default="quality",
        help="Used for handling and statistics.",
    )
    function = fields.Selection(
        FUNCTIONS,
        required=True,
        default="auxiliary",
        help="Whether the customer's core business stands still without it. Counts for the priority.",
    )
    skill_ids = fields.Many2many("aftersales.skill", string="Skills needed")
