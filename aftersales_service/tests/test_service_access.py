from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import AftersalesServiceCommon


@tagged("post_install", "-at_install")
class TestServiceAccess(AftersalesServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls.env["res.company"].create({"name": "Branch"})
        cls.portal = new_test_user(cls.env, "as_portal", "base.group_portal", email="p@example.com")
        cls.portal.partner_id.parent_id = cls.customer

    def may_read(self, user, records):
        return records.with_user(user)._filtered_access("read")

    def test_agents_see_the_tickets_of_their_company_only(self):
        mine = self.ticket()
        theirs = self.env["aftersales.ticket"].create({"title": "x", "company_id": self.other_company.id})
        self.assertEqual(self.may_read(self.agent, mine + theirs), mine)

    def test_engineers_see_their_own_tickets_and_their_teams(self):
        other_team = self.env["aftersales.team"].create({"name": "Other"})
        team, foreign = self.ticket(), self.ticket(team_id=other_team.id)
        own = self.ticket(team_id=other_team.id, user_id=self.engineer.id)
        self.assertEqual(self.may_read(self.engineer, team + foreign + own), team + own)

    def test_an_agent_who_is_an_engineer_too_sees_all(self):
        self.engineer.group_ids = [Command.link(self.env.ref("aftersales_service.group_agent").id)]
        other_team = self.env["aftersales.team"].create({"name": "Other"})
        foreign = self.ticket(team_id=other_team.id)
        self.assertEqual(self.may_read(self.engineer, foreign), foreign)

    def test_customers_read_the_tickets_of_their_company_and_write_none(self):
        mine = self.ticket()
        other = self.ticket(partner_id=self.env["res.partner"].create({"name": "Other"}).id)
        self.assertEqual(self.may_read(self.portal, mine + other), mine)
        with self.assertRaises(AccessError):
            mine.with_user(self.portal).title = "Hacked"
        with self.assertRaises(AccessError):
            mine.with_user(self.portal).action_cancel()

    def readable(self, document):
        """Names of the fields that the customer's login gets a value of."""
        names = set()
        for name in document._fields:
            try:
                document.with_user(self.portal).read([name])
            except AccessError:
                continue
            names.add(name)
        return names

    def test_a_customer_reads_what_is_on_the_list_and_nothing_else(self):
        """PRIV-02: opinions, verdicts, costs and the queue are not read from outside either."""
        ticket = self.ticket(preliminary_judgement="His own fault", user_id=self.agent.id)
        self.assertEqual(self.readable(ticket), set(ticket._customer_fields))
        agreement = self.env["aftersales.agreement"].create({"partner_id": self.customer.id})
        agreement._write_policy({"state": "offered"})
        # the lines of the terms have no rights of the customer's: they are printed on the page
        lines = {name for name in agreement._customer_fields if name in ("calendar_id",)}
        self.assertEqual(self.readable(agreement) | lines, set(agreement._customer_fields))
        for name in ("preliminary_judgement", "why", "headline", "deadline_strip", "search_words"):
            self.assertNotIn(name, ticket.with_user(self.portal).fields_get())

    def test_a_customer_finds_no_ticket_by_what_is_not_read(self):
        """PRIV-02: neither a filter nor an order tells what a field holds."""
        ticket = self.ticket(preliminary_judgement="His own fault")
        mine = self.env["aftersales.ticket"].with_user(self.portal)
        self.assertEqual(mine.search([]), ticket)
        with self.assertRaises(AccessError):
            mine.search([("preliminary_judgement", "like", "fault")])
        with self.assertRaises(AccessError):
            mine.search([], order="priority")

    def test_visits_cards_and_secrets_are_not_the_customers_to_read(self):
        """PRIV-02: the customer has no right to documents around the ticket."""
        for model in ("visit", "secret", "warranty.card", "verdict", "deadline", "solution.plan"):
            self.assertFalse(self.env[f"aftersales.{model}"].with_user(self.portal).has_access("read"), model)

    def test_users_without_our_groups_see_nothing_and_work_as_before(self):
        """Ordinary users of Sales and Stock need no rights of ours."""
        clerk = new_test_user(
            self.env,
            "as_clerk",
            "base.group_user,sales_team.group_sale_salesman_all_leads,stock.group_stock_user",
        )
        self.assertFalse(self.may_read(clerk, self.ticket()))
        order = self.sell(deliver=False)
        self.deliver(order.with_user(clerk).with_env(order.env(user=clerk.id)))
        card = self.env["aftersales.warranty.card"].search([("sale_line_id", "=", order.order_line.id)])
        self.assertTrue(card)
        self.assertFalse(self.may_read(clerk, card))
        self.assertNotIn("aftersales_ticket_count", order.with_user(clerk).fields_get())

    def test_verdicts_and_deadlines_follow_their_ticket(self):
        other_team = self.env["aftersales.team"].create({"name": "Other"})
        foreign = self.ticket(team_id=other_team.id)
        self.assertFalse(self.may_read(self.engineer, foreign.sudo().deadline_ids))
        self.assertFalse(self.may_read(self.engineer, foreign.sudo().verdict_ids))
        self.assertTrue(self.may_read(self.agent, foreign.sudo().deadline_ids))

    def test_only_managers_set_up(self):
        for model in (
            "aftersales.team",
            "aftersales.sla.line",
            "aftersales.priority.rule",
            "aftersales.cause",
        ):
            records = self.env[model]
            self.assertFalse(records.with_user(self.supervisor).has_access("create"), model)
            self.assertTrue(records.with_user(self.manager).has_access("create"), model)

    def test_engineers_take_no_payments(self):
        """CON-17: the technician has no right to register payments."""
        self.assertFalse(self.env["account.payment"].with_user(self.engineer).has_access("create"))

    def test_cards_and_settings_of_another_company_stay_there(self):
        theirs = self.env["aftersales.warranty.plan"].create(
            {"name": "x", "company_id": self.other_company.id}
        )
        shared = self.env.ref("aftersales_service.aftersales_warranty_plan_standard")
        self.assertEqual(self.may_read(self.manager, theirs + shared), shared)
