from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import AftersalesServiceCommon


@tagged("post_install", "-at_install")
class TestSetupCheck(AftersalesServiceCommon):
    def rows(self, user=None):
        """{point: advice, empty where it is done}."""
        checks = self.env["aftersales.setup.check"].with_user(user or self.manager)
        action = checks.action_open_checks()
        return {row.name: row.advice or "" for row in checks.search(action["domain"])}

    def test_what_is_missing_is_said_with_the_way_to_it(self):
        self.team.write({"takes_repair": True, "supervisor_id": False})
        rows = self.rows()
        self.assertIn("Complaint", rows["Every type of request has a team"])
        self.assertIn("Repairs", rows["Every team has a supervisor"])
        self.assertEqual(rows["Every team has members"], "")

    def test_what_was_set_up_is_done(self):
        self.team.supervisor_id = self.supervisor
        rows = self.rows()
        self.assertEqual(rows["Every type of request has a team"], "")
        self.assertEqual(rows["Every team has a supervisor"], "")

    def test_archived_members_are_nobody(self):
        """DISP-02: a team of former colleagues answers no call."""
        self.team.member_ids = [Command.set(self.colleague.ids)]
        self.colleague.active = False
        self.assertIn("Repairs", self.rows()["Every team has members"])

    def test_hours_that_are_missing_are_named(self):
        empty = self.env["resource.calendar"].create({"name": "No hours at all"})
        empty.attendance_ids.unlink()
        self.team.calendar_id = empty
        self.assertIn("No hours at all", self.rows()["Working hours are set"])

    def test_each_open_point_leads_somewhere(self):
        self.team.supervisor_id = False
        checks = self.env["aftersales.setup.check"].with_user(self.manager)
        found = checks.search(checks.action_open_checks()["domain"])
        point = found.filtered(lambda row: row.name == "Every team has a supervisor")
        self.assertEqual(point.action_go()["res_model"], "aftersales.team")

    def test_open_tickets_of_whoever_has_left_are_named_and_a_task_of_the_supervisor(self):
        """DISP-02: accepted work does not leave with its assignee."""
        ticket = self.accepted(user_id=self.agent.id)
        self.assertEqual(self.rows()["Nobody who has left has open tickets"], "")
        self.agent.active = False
        self.assertIn(ticket.name, self.rows()["Nobody who has left has open tickets"])
        task = ticket.sudo().activity_ids.filtered(lambda a: a.user_id == self.supervisor)
        self.assertIn("assignee has left", task.summary)

    def test_agreements_around_the_clock_need_a_team_at_night(self):
        """SLA-19: dispatch never asks anybody outside working time, so somebody has to work then."""
        point = "What is promised around the clock is given to somebody at night"
        signed = {"name": "AG-N", "partner_id": self.customer.id, "level": "project", "state": "active"}
        self.assertEqual(self.rows()[point], "")
        self.env["aftersales.agreement"].load_history([signed])
        self.assertEqual(self.rows()[point], "", "the team works day and night")
        self.team.calendar_id = self.closed_now()
        self.assertIn("AG-N", self.rows()[point])

    def test_only_a_manager_looks_at_it(self):
        with self.assertRaises(AccessError):
            self.rows(self.agent)

    def test_a_company_made_later_has_a_team_and_takes_calls(self):
        """DISP-02: and a second look makes no second team."""
        company = self.env["res.company"].create({"name": "Branch"})
        teams = self.env["aftersales.team"].search([("company_id", "=", company.id)])
        self.assertEqual(len(teams), 1)
        company._aftersales_provision()
        self.assertEqual(self.env["aftersales.team"].search([("company_id", "=", company.id)]), teams)
        ticket = self.env["aftersales.ticket"].create({"title": "?", "company_id": company.id})
        self.assertEqual(ticket.team_id, teams)
