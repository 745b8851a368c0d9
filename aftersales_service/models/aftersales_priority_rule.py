from odoo import fields, models

from ..policy import priority

URGENCIES = [("urgent", "Urgent"), ("normal", "Normal"), ("minor", "Minor")]
IMPACTS = [("global", "Everybody"), ("partial", "Several"), ("individual", "One customer")]
FUNCTIONS = [("core", "Core function"), ("auxiliary", "Auxiliary function")]
PRIORITIES = [("p0", "P0"), ("p1", "P1"), ("p2", "P2"), ("p3", "P3")]


class AftersalesPriorityRule(models.Model):
    """A row of the priority table: urgency × impact × function → p0 … p3; an empty cell fits everything."""

    _name = "aftersales.priority.rule"
    _description = "Priority rule"
    _inherit = "aftersales.rule.mixin"
    _rec_name = "code"
    _row_class = priority.Rule

    urgency = fields.Selection(URGENCIES, help="Empty: any.")
    impact = fields.Selection(IMPACTS, help="Empty: any.")
    function = fields.Selection(FUNCTIONS, help="What is gone. Empty: any.")
    priority = fields.Selection(PRIORITIES, required=True)

    _code_uniq = models.UniqueIndex("(code)", "A rule's code is taken: verdicts name rows by it.")
