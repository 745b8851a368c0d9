from odoo import fields, models
from odoo.exceptions import UserError

#: what the engineer hands in; fixed once after-sales has archived it
HANDED_IN = {"feedback_result", "feedback"}


class AftersalesVisit(models.Model):
    """The feedback form (《售后服务信息反馈单》): handed in after the return, talked over, archived."""

    _inherit = "aftersales.visit"

    feedback_result = fields.Selection(
        [
            ("solved", "Solved"),
            ("partly", "Solved in part"),
            ("unsolved", "Not solved"),
        ],
        "Result of the trip",
        copy=False,
    )
    feedback = fields.Text(
        copy=False,
        help="What was found, what the customer says, what is left to do and what we should learn.",
    )
    handed_in_at = fields.Datetime("Feedback form handed in", readonly=True, copy=False)
    debrief_note = fields.Text(
        "Talked over", copy=False, help="What after-sales and the engineer agreed on; goes to the archive."
    )
    debriefed_at = fields.Datetime("Archived", readonly=True, copy=False)
    debriefed_by_id = fields.Many2one("res.users", "Archived by", readonly=True, copy=False)

    def _owned_fields(self):
        return super()._owned_fields() | {"debriefed_by_id"}

    def write(self, vals):
        fixed = self.filtered("debriefed_at") if {*HANDED_IN, "debrief_note"} & set(vals) else self.browse()
        if fixed and not self.env.su:
            raise UserError(
                self.env._(
                    "The feedback form of %s is archived and stays as it is. Add a note instead.",
                    ", ".join(fixed.mapped("display_name")),
                )
            )
        return super().write(vals)

    def action_hand_in(self):
        self._fire("hand_in")
        return True

    def action_debrief(self):
        self._fire("debrief")
        return True

    def _check_hand_in(self):
        """DISP-15: a form that says nothing is none."""
        empty = self.filtered(lambda visit: not visit.feedback_result or not (visit.feedback or "").strip())
        if empty:
            raise UserError(
                self.env._(
                    "%s: say what came out of the trip and fill in the feedback before you hand it in.",
                    ", ".join(empty.mapped("display_name")),
                )
            )

    def _on_hand_in(self):
        """After-sales talks it over (DISP-18)."""
        for visit in self:
            ticket = visit.ticket_id.sudo()  # sudo: the ticket may be another team's
            asks = ticket.user_id - visit._travellers() or ticket.team_id.supervisor_id
            if asks and asks != self.env.user:
                visit.sudo().activity_schedule(  # sudo: a task for whoever answers for the ticket
                    "mail.mail_activity_data_todo",
                    user_id=asks.id,
                    summary=self.env._("Talk the trip over and archive the feedback form"),
                )

    def _check_debrief(self):
        for visit in self:
            if visit.debriefed_at:
                raise UserError(self.env._("%s is archived already.", visit.display_name))
            if not visit.handed_in_at:
                raise UserError(
                    self.env._("%s: the feedback form has not been handed in yet.", visit.display_name)
                )
            if visit.departed_at and self.env.user in visit._travellers() and not self.env.su:
                raise UserError(
                    self.env._(
                        "%s: whoever was out there talks the result over with somebody of after-sales, who "
                        "archives it.",
                        visit.display_name,
                    )
                )

    def _on_debrief(self):
        self._write_policy({"debriefed_by_id": self.env.uid})
        # sudo: the task is over whoever has done it
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])


class AftersalesTicket(models.Model):
    _inherit = "aftersales.ticket"

    def _archive_papers(self):
        """ARCHIVE-04: the feedback form is a paper of the file."""
        yield from super()._archive_papers()
        for visit in self.visit_ids.filtered("handed_in_at"):
            told = [visit.feedback_result, visit.feedback or "", visit.debrief_note or ""]
            name = visit.name
            yield visit.ticket_id, "feedback", visit, name, visit.user_id.name, visit.handed_in_at, told

    def _archive_labels(self):
        statuses, kinds = super()._archive_labels()
        return statuses, {**kinds, "feedback": self.env._("Feedback form")}
