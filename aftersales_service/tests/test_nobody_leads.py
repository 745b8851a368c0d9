"""A ticket that nobody takes does not lie where nobody leads."""

from odoo.tests import tagged

from .common import AftersalesServiceCommon


@tagged("post_install", "-at_install")
class TestNobodyLeads(AftersalesServiceCommon):
    def left_over(self):
        """Declined by the only one who could be asked, where the supervisor has left."""
        self.supervisor.active = False
        ticket = self.ticket(user_id=self.colleague.id)
        (self.team.member_ids - self.colleague).active = False
        ticket.with_user(self.colleague).action_decline("No time")
        self.assertEqual((ticket.state, ticket.user_id.id), ("new", False))
        return ticket.with_user(self.manager).sudo()

    def tasks(self, ticket):
        return ticket.sudo().activity_ids.filtered(lambda task: task.user_id.active)

    def test_what_everybody_declined_is_promised_anew_and_a_task_of_the_manager(self):
        """SLA-09, DISP-29."""
        self.team.manager_id = self.manager
        ticket = self.left_over()
        rows = ticket.deadline_ids.filtered(lambda row: row.kind == "assign")
        self.assertEqual(rows.sorted("id").mapped("state"), ["met", "running"])
        self.assertEqual(self.tasks(ticket).user_id, self.manager)
        ticket.with_user(self.manager).write({"user_id": self.colleague.id})
        ticket.with_user(self.manager).action_assign()
        self.assertEqual(rows.sorted("id").mapped("state"), ["met", "met"])
        self.assertNotIn(self.manager, self.tasks(ticket).user_id)

    def test_the_dispatcher_comes_first(self):
        """DISP-29: whoever gives the tickets has them while nobody else does."""
        self.team.write({"dispatcher_id": self.engineer.id, "manager_id": self.manager.id})
        self.team.member_ids -= self.engineer
        self.assertEqual(self.tasks(self.left_over()).user_id, self.engineer)

    def test_without_anybody_in_the_team_it_is_a_managers(self):
        """SLA-09: any after-sales manager of the company."""
        tasks = self.tasks(self.left_over())
        self.assertTrue(tasks.user_id.has_group("aftersales_service.group_manager"))

    def test_it_is_a_task_without_a_promise_too(self):
        """SLA-09: a company that promises no time to assign still has somebody look."""
        self.team.manager_id = self.manager
        self.env["aftersales.sla.line"].search([("target", "=", "assign")]).active = False
        tasks = self.tasks(self.left_over())
        self.assertEqual(
            (tasks.user_id, tasks.summary), (self.manager, "Nobody has taken it: choose somebody")
        )

    def test_the_word_of_a_customer_is_somebodys_too(self):
        """DISP-29: nobody has the ticket, nobody leads the team; the manager answers."""
        self.team.manager_id = self.manager
        self.assertEqual(self.left_over()._deadline_user("answer"), self.manager)

    def test_who_leaves_last_leaves_a_task(self):
        """DISP-02: the supervisor has left before; the manager hears of the open ticket."""
        self.team.manager_id = self.manager
        ticket = self.accepted(user_id=self.agent.id)
        self.supervisor.active = False
        self.agent.active = False
        task = self.tasks(ticket)
        self.assertEqual(task.user_id, self.manager)
        self.assertIn("assignee has left", task.summary)
