from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from ..policy import ticket_flow

ACTIVITY_TYPE = "aftersales_service.mail_activity_type_coordination"

#: written by the row itself: who asked from where, and what became of it
OWNED = {"asked_by_id", "from_team_id", "activity_id", "answered_at", "answered_by_id"}

#: what was asked; it stays as it is once there is an answer to it
ASKED = {"ticket_id", "team_id", "user_id", "request", "due_on", "answer"}


class AftersalesCoordination(models.Model):
    """One row of a ticket's coordination form (部门协调单): a department asks another for something.

    INTAKE-32. The asked person has it as a task on the ticket; completing the task is the answer. It has no
    life of its own: asked, then answered.
    """

    _name = "aftersales.coordination"
    _description = "Request to another department"
    _order = "due_on, id"
    _rec_name = "request"

    ticket_id = fields.Many2one(
        "aftersales.ticket", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    asked_by_id = fields.Many2one(
        "res.users", "Asked by", required=True, readonly=True, default=lambda self: self.env.user, index=True
    )
    from_team_id = fields.Many2one("aftersales.team", "From", readonly=True, help="Where the ticket is.")
    team_id = fields.Many2one("aftersales.team", "Department", index="btree_not_null", help="Who is asked.")
    user_id = fields.Many2one(
        "res.users",
        "Answers",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        domain="[('share', '=', False)]",
        help="Has it as a task; the department's supervisor unless somebody else is named.",
    )
    request = fields.Text("What is needed", required=True)
    due_on = fields.Date("Needed by", required=True, help="Day by which the answer is needed.")
    answer = fields.Text(copy=False)
    answered_at = fields.Datetime("Answered", readonly=True, copy=False)
    answered_by_id = fields.Many2one("res.users", "Answered by", readonly=True, copy=False)
    # found by each task that is completed
    activity_id = fields.Many2one(
        "mail.activity", "Task", readonly=True, copy=False, ondelete="set null", index="btree_not_null"
    )

    @api.depends("team_id")
    def _compute_user_id(self):
        for row in self:
            row.user_id = row.team_id.supervisor_id or row.user_id

    @api.depends("team_id", "user_id")
    def _compute_display_name(self):
        for row in self:
            row.display_name = row.team_id.name or row.user_id.name or self._description

    # === ASKING === #

    @api.model_create_multi
    def create(self, vals_list):
        """Whoever asks is the user; the asked one has a task on the ticket, the ticket a line in its log."""
        if not self.env.su:
            vals_list = [{k: v for k, v in vals.items() if k not in OWNED} for vals in vals_list]
        tickets = self.env["aftersales.ticket"].browse(
            [vals["ticket_id"] for vals in vals_list if vals.get("ticket_id")]
        )
        tickets.check_access("read")
        tickets._refuse_coordination()
        rows = super().create(vals_list)
        for row in rows:
            row._hand_over()
        return rows

    def _hand_over(self):
        if not self.user_id:
            raise UserError(
                self.env._(
                    "%(department)s has no supervisor: say who is to answer.",
                    department=self.team_id.name or self.env._("The department"),
                )
            )
        row = self.sudo()  # sudo: a task for somebody of another department, who may not see the ticket
        row.from_team_id = row.ticket_id.team_id
        row.activity_id = row.ticket_id.activity_schedule(
            ACTIVITY_TYPE,
            user_id=row.user_id.id,
            date_deadline=row.due_on,
            summary=row._summary(),
            note=plaintext2html(row.request),
        )
        row.ticket_id._message_log(
            body=self.env._(
                "%(who)s was asked to answer by %(day)s: %(request)s",
                who=row._asked_text(),
                day=fields.Date.to_string(row.due_on),
                request=row.request,
            )
        )

    def _summary(self):
        return self.env._("Answer %(user)s", user=self.asked_by_id.name)

    def _asked_text(self):
        """Department and person, as the log and the printed form name them."""
        return ", ".join(filter(None, [self.team_id.name, self.user_id.name]))

    def write(self, vals):
        if not self.env.su and OWNED & vals.keys():
            raise UserError(self.env._("Who asked and who answered when is noted by itself."))
        answered = self.filtered("answered_at")
        if not self.env.su and answered and ASKED & vals.keys():
            raise UserError(
                self.env._(
                    "%(request)s: this was answered already. Ask once more instead of changing it.",
                    request=answered[0].request,
                )
            )
        result = super().write(vals)
        if {"user_id", "team_id", "due_on", "request"} & vals.keys():
            self._update_tasks()
        return result

    def _update_tasks(self):
        """The task follows what is asked now."""
        for row in self.sudo().filtered("activity_id"):  # sudo: the task is somebody else's
            task = {
                "user_id": row.user_id.id,
                "date_deadline": row.due_on,
                "note": plaintext2html(row.request),
            }
            row.activity_id.write(task)

    def unlink(self):
        tasks = self.sudo().activity_id  # sudo: the tasks are somebody else's
        result = super().unlink()
        tasks.filtered("active").unlink()
        return result

    # === ANSWERING === #

    def action_answer(self):
        """What was written as the answer completes the task; without a task it is logged all the same."""
        self.check_access("write")
        for row in self:
            if not (row.answer or "").strip():
                raise UserError(self.env._("Write the answer first."))
            if row.answered_at:
                raise UserError(self.env._("This was answered already. Ask once more if something is open."))
            task = row.sudo().activity_id  # sudo: the access to the row was checked, the task goes with it
            if task.active:
                task.action_feedback(feedback=row.answer)
            else:
                row._keep_answer(row.answer)
        return True

    def _keep_answer(self, answer):
        """Note answer, person and moment, whoever completed the task."""
        row = self.sudo()  # sudo: whoever completes the task answers, also without a right on the row
        row.write(
            {
                "answer": (answer or "").strip() or row.answer,
                "answered_at": fields.Datetime.now(),
                "answered_by_id": self.env.uid,
            }
        )


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        """INTAKE-32: what is said when the task is completed is the department's answer."""
        kind = self.env.ref(ACTIVITY_TYPE, raise_if_not_found=False)
        tasks = self.filtered(lambda activity: kind and activity.activity_type_id == kind)
        rows = self.env["aftersales.coordination"].sudo()  # sudo: whoever may complete the task answers
        if tasks:
            rows = rows.search([("activity_id", "in", tasks.ids), ("answered_at", "=", False)])
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        for row in rows:
            row._keep_answer(feedback)
        return result


class AftersalesTicket(models.Model):
    _inherit = "aftersales.ticket"

    coordination_ids = fields.One2many("aftersales.coordination", "ticket_id", "Requests to departments")

    def action_ask_department(self):
        """A dialog: which department, what is needed, by when; what is urgent, today (PRIO-11)."""
        self.ensure_one()
        self._refuse_coordination()
        context = {"default_ticket_id": self.id}
        if self.priority in ("p0", "p1"):
            context["default_due_on"] = fields.Date.context_today(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ask another department"),
            "res_model": "aftersales.coordination",
            "views": [(False, "form")],
            "target": "new",
            "context": context,
        }

    def _refuse_coordination(self):
        ended = self.filtered(lambda ticket: ticket.state not in ticket_flow.OPEN)
        if ended:
            raise UserError(
                self.env._(
                    "%(ticket)s is not open any more: reopen it before you ask another department.",
                    ticket=ended[0].display_name,
                )
            )
