from odoo import api, fields, models

from .aftersales_ticket_category import SERVICE_TYPES

TOOLS = [
    ("question", "Question to the customer"),
    ("inspection", "Looking and listening"),
    ("instrument", "Instrument (multimeter, oscilloscope)"),
    ("log", "Log analysis"),
    ("monitor", "Performance monitor"),
    ("remote", "Remote access"),
    ("swap", "Exchange of one part or setting"),
    ("simulation", "Reproduced in a test environment"),
    ("history", "Earlier cases"),
]

RESULTS = [
    ("open", "To do"),
    ("excluded", "Not the cause"),
    ("suspect", "Possible cause"),
    ("found", "The cause"),
    ("done", "Noted"),
]


class AftersalesSymptom(models.Model):
    """What the customer notices, as a code for statistics."""

    _name = "aftersales.symptom"
    _description = "Symptom"
    _inherit = "aftersales.code.mixin"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", ondelete="restrict", help="Empty: for every company.")

    _code_uniq = models.UniqueIndex("(code, COALESCE(company_id, 0))", "The symptom's code is taken.")


class AftersalesResolution(models.Model):
    """What ended the trouble, as a code for statistics."""

    _name = "aftersales.resolution"
    _description = "Resolution"
    _inherit = "aftersales.code.mixin"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", ondelete="restrict", help="Empty: for every company.")

    _code_uniq = models.UniqueIndex("(code, COALESCE(company_id, 0))", "The resolution's code is taken.")


class AftersalesCheck(models.Model):
    """One line of the standard list that is gone through so that nothing is misjudged (INTAKE-26)."""

    _name = "aftersales.check"
    _description = "Standard check"
    _order = "sequence, id"

    name = fields.Char("Check", required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", ondelete="restrict", help="Empty: for every company.")
    tool = fields.Selection(TOOLS, required=True, default="inspection")
    service_type = fields.Selection(SERVICE_TYPES, "Service type", help="Empty: for every type.")
    category_id = fields.Many2one(
        "aftersales.ticket.category", ondelete="restrict", help="Empty: for every category."
    )
    product_tmpl_id = fields.Many2one(
        "product.template", "Product", ondelete="restrict", help="Empty: for every product."
    )

    def _applies_to(self, ticket):
        """Whether the line is for this ticket: an empty column is for all."""
        self.ensure_one()
        return (
            self.service_type in (False, ticket.service_type)
            and (not self.category_id or self.category_id == ticket.category_id)
            and (not self.product_tmpl_id or self.product_tmpl_id == ticket.product_id.product_tmpl_id)
        )


class AftersalesDiagnosisStep(models.Model):
    """One check of a diagnosis: what was looked at, with what, and what came out (DIAG-03, DIAG-06 … -11)."""

    _name = "aftersales.diagnosis.step"
    _description = "Diagnosis step"
    _order = "ticket_id, sequence, id"

    ticket_id = fields.Many2one("aftersales.ticket", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="ticket_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    name = fields.Char("Check", required=True)
    tool = fields.Selection(TOOLS, required=True, default="inspection")
    reading = fields.Char(copy=False, help="What was measured, seen or answered, with its unit.")
    result = fields.Selection(RESULTS, required=True, default="open", copy=False)
    parent_id = fields.Many2one(
        "aftersales.diagnosis.step",
        "Leads back to",
        ondelete="set null",
        domain="[('ticket_id', '=', ticket_id), ('id', '!=', id)]",
        help="The finding that this check takes apart, down to the bottom cause (fault tree).",
    )
    evidence_ids = fields.Many2many("ir.attachment", copy=False, help="Photo, log file, screenshot.")
    user_id = fields.Many2one("res.users", "By", readonly=True, copy=False)
    done_at = fields.Datetime("Done at", readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create([{**vals, **self._signed(vals.get("result", "open"))} for vals in vals_list])
        self.env["ir.attachment"]._aftersales_adopt(steps, "evidence_ids")
        return steps

    def write(self, vals):
        result = super().write({**vals, **self._signed(vals["result"])} if "result" in vals else vals)
        if "evidence_ids" in vals:
            self.env["ir.attachment"]._aftersales_adopt(self, "evidence_ids")
        return result

    @api.model
    def _signed(self, result):
        """Who came to the result, and when; a step that is open has neither."""
        if result == "open":
            return {"user_id": False, "done_at": False}
        return {"user_id": self.env.uid, "done_at": fields.Datetime.now()}


class AftersalesQuestion(models.Model):
    """A node of the question tree for the telephone (DIAG-14, DIAG-17)."""

    _name = "aftersales.question"
    _description = "Diagnostic question"
    _order = "sequence, id"

    name = fields.Char("Question", required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", ondelete="restrict", help="Empty: for every company.")
    is_start = fields.Boolean("First question", help="A talk about the product or category begins with it.")
    product_tmpl_id = fields.Many2one(
        "product.template", "Product", index="btree_not_null", ondelete="restrict"
    )
    category_id = fields.Many2one("aftersales.ticket.category", ondelete="restrict")
    hint = fields.Text(translate=True, help="How the customer finds out, and why it is asked.")
    answer_ids = fields.One2many("aftersales.question.answer", "question_id", "Answers", copy=True)

    @api.model
    def _first_for(self, ticket):
        """The question a talk begins with: of the product, else of the category, else of neither."""
        template, category = ticket.product_id.product_tmpl_id, ticket.category_id
        starts = self.search(
            [
                ("is_start", "=", True),
                ("product_tmpl_id", "in", (template.id, False)),
                ("category_id", "in", (category.id, False)),
            ]
        )
        return starts.sorted(lambda q: (not q.product_tmpl_id, not q.category_id, q.sequence, q.id))[:1]


class AftersalesQuestionAnswer(models.Model):
    """An answer and where it leads: to the next question, or to a known fault."""

    _name = "aftersales.question.answer"
    _description = "Answer to a diagnostic question"
    _order = "sequence, id"

    question_id = fields.Many2one("aftersales.question", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char("Answer", required=True, translate=True)
    next_question_id = fields.Many2one(
        "aftersales.question", "Next question", domain="[('id', '!=', question_id)]"
    )
    known_fault_id = fields.Many2one("aftersales.known.fault", "Known fault")
    advice = fields.Char(translate=True, help="What to tell or to do where the talk ends here.")
