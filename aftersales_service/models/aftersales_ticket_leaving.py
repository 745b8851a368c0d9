from odoo import models

from ..policy import ticket_flow


class ResUsers(models.Model):
    _inherit = "res.users"

    def write(self, vals):
        """Whoever leaves has open tickets: each supervisor gets them as tasks."""
        leaving = self.filtered("active") if vals.get("active") is False else self.browse()
        result = super().write(vals)
        leaving._aftersales_hand_back()
        return result

    def _aftersales_hand_back(self):
        # sudo: whoever administers users need not be in after-sales
        tickets = self.env["aftersales.ticket"].sudo()
        text = self.env._("Its assignee has left: choose another one")
        for ticket in tickets.search([("user_id", "in", self.ids), ("state", "in", ticket_flow.OPEN)]):
            supervisor = ticket.team_id.supervisor_id
            if supervisor.active and supervisor not in self:
                ticket.activity_schedule("mail.mail_activity_data_todo", user_id=supervisor.id, summary=text)


class AftersalesTicket(models.Model):
    _inherit = "aftersales.ticket"

    def unlink(self):
        """Spam goes, that it went stays: the system's log says which, of when, and by whom; nobody's name."""
        gone = [f"{ticket.name or ticket.id} of {ticket.create_date}" for ticket in self]
        result = super().unlink()
        # sudo: nobody's role writes the system's log
        self.env["ir.logging"].sudo().create(
            [
                {
                    "name": self._name,
                    "type": "server",
                    "dbname": self.env.cr.dbname,
                    "level": "INFO",
                    "message": f"{what} deleted by {self.env.user.login}",
                    "path": "aftersales_service",
                    "func": "unlink",
                    "line": "0",
                }
                for what in gone
            ]
        )
        return result
