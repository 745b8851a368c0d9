"""What a colleague who has left had to do on documents other than tickets becomes the supervisor's task."""

from odoo import models

from ..policy import visit_flow


class ResUsers(models.Model):
    _inherit = "res.users"

    def _aftersales_hand_back(self):
        super()._aftersales_hand_back()
        if self:
            for documents in self._aftersales_left_documents():
                documents._hand_back(self)

    def _aftersales_left_documents(self):
        """Open documents of these users, or with a task of theirs, one recordset a model."""
        # sudo: whoever administers users need not be in after-sales
        visits = self.env["aftersales.visit"].sudo()
        mine = [("user_id", "in", self.ids), ("state", "in", visit_flow.EXPECTED)]
        return [visits.search(mine) | visits._with_task_of(self)]


class AftersalesDeadlineMixin(models.AbstractModel):
    _inherit = "aftersales.deadline.mixin"

    def _with_task_of(self, users):
        """Documents of the model with an open activity of ``users``."""
        tasks = self.env["mail.activity"].sudo()  # sudo: tasks of others
        found = tasks.search([("res_model", "=", self._name), ("user_id", "in", users.ids)])
        return self.browse(found.mapped("res_id")).exists()

    def _team_in_charge(self):
        return self.ticket_id.team_id

    def _hand_back(self, leavers):
        """Give the tasks of ``leavers`` to who is in charge, and a task where they had none."""
        for document in self:
            team = document._team_in_charge()
            successor = ((team.supervisor_id | team.manager_id) - leavers).filtered("active")[:1]
            if not successor:
                continue
            tasks = document.activity_ids.filtered(lambda task: task.user_id in leavers)
            tasks.user_id = successor
            document.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=successor.id,
                summary=self.env._("Whoever handled it has left: choose another one"),
            )
