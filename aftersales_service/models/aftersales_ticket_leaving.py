from odoo import models

from ..policy import ticket_flow


class ResUsers(models.Model):
    _inherit = "res.users"

    def write(self, vals):
        """Whoever leaves has open tickets: they are tasks of whoever leads the team."""
        leaving = self.filtered("active") if vals.get("active") is False else self.browse()
        result = super().write(vals)
        leaving._aftersales_hand_back()
        return result

    def _aftersales_hand_back(self):
        # sudo: whoever administers users need not be in after-sales
        tickets = self.env["aftersales.ticket"].sudo()
        text = self.env._("Its assignee has left: choose another one")
        for ticket in tickets.search([("user_id", "in", self.ids), ("state", "in", ticket_flow.OPEN)]):
            leader = ticket._leader()
            if leader:
                ticket.activity_schedule("mail.mail_activity_data_todo", user_id=leader.id, summary=text)


class AftersalesTicket(models.Model):
    _inherit = "aftersales.ticket"

    def _leader(self):
        """Who finds somebody for the ticket: of the people of its team, else an after-sales manager."""
        team = self.sudo().team_id  # sudo: who they are
        people = team.supervisor_id | team.dispatcher_id | team.manager_id
        return (people.filtered("active") or self._after_sales_managers())[:1]

    def _after_sales_managers(self):
        # sudo: who they are
        managers = self.env.ref("aftersales_service.group_manager").sudo().all_user_ids
        return managers.filtered(lambda user: user.active and self.company_id in user.company_ids)

    def _give_to_next(self):
        super()._give_to_next()
        self.filtered(lambda ticket: not ticket.user_id)._leave_to_leader()

    def _leave_to_leader(self):
        """Nobody is left to ask: that somebody is found is promised anew, and a task."""
        promised = set(self._open_deadlines(["assign"]).mapped("res_id"))
        text = self.env._("Nobody has taken it: choose somebody")
        for ticket in self.filtered(lambda ticket: ticket.id not in promised):
            leader = ticket._leader()
            if leader:
                ticket.activity_schedule("mail.mail_activity_data_todo", user_id=leader.id, summary=text)

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
