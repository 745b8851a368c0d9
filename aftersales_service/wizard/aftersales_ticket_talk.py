from odoo import fields, models
from odoo.exceptions import UserError


class AftersalesTicketTalk(models.TransientModel):
    """Question by question through the tree; each answer becomes a check on the ticket (DIAG-14, DIAG-17)."""

    _name = "aftersales.ticket.talk"
    _description = "Diagnostic talk"

    ticket_id = fields.Many2one("aftersales.ticket", required=True, readonly=True)
    question_id = fields.Many2one("aftersales.question", readonly=True)
    hint = fields.Text(related="question_id.hint")
    answer_id = fields.Many2one("aftersales.question.answer", domain="[('question_id', '=', question_id)]")
    remark = fields.Char(help="What the customer said besides, or what was measured.")
    known_fault_id = fields.Many2one("aftersales.known.fault", "It may be", readonly=True)
    solution = fields.Html(related="known_fault_id.solution")
    advice = fields.Char(readonly=True)

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Questions to the customer"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_next(self):
        """Note the answer and go where it leads."""
        self.ensure_one()
        if not self.answer_id or self.answer_id.question_id != self.question_id:
            raise UserError(self.env._("Choose what the customer answers to: %s", self.question_id.name))
        answer = self.answer_id
        self.env["aftersales.diagnosis.step"].create(
            {
                "ticket_id": self.ticket_id.id,
                "name": self.question_id.name,
                "tool": "question",
                "reading": " – ".join(filter(None, [answer.name, self.remark])),
                "result": "done",
            }
        )
        self.write(
            {
                "question_id": answer.next_question_id.id,
                "known_fault_id": answer.known_fault_id.id,
                "advice": answer.advice,
                "answer_id": False,
                "remark": False,
            }
        )
        return self._open()

    def action_use(self):
        """The known fault at the end of the talk is the one."""
        self.ensure_one()
        self.ticket_id._use_known_fault(self.known_fault_id)
        return {"type": "ir.actions.act_window_close"}
