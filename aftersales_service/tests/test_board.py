from datetime import timedelta

from lxml import etree

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools.safe_eval import safe_eval

from .common import AftersalesServiceCommon


class BoardCommon(AftersalesServiceCommon):
    def board(self, user=None, **options):
        return self.env["aftersales.ticket"].with_user(user or self.supervisor).board_read(**options)

    def give(self, tickets, person, reason=False, by=None):
        """The board's answer as {"done": n, "ask": [sentences], "refused": [sentences]}."""
        answer = tickets.with_user(by or self.supervisor).board_assign(person.id, reason)
        return {
            "done": len(answer["done"]),
            "ask": [row["text"] for row in answer["ask"]],
            "refused": [row["text"] for row in answer["refused"]],
        }

    def refused(self, sentence):
        return {"done": 0, "ask": [], "refused": [sentence]}

    def p0(self, **vals):
        down = self.env.ref("aftersales_service.aftersales_ticket_category_failure")
        return self.ticket(urgency="urgent", impact="global", category_id=down.id, **vals)

    def day_off(self, user):
        """Working hours of their own, and leave today."""
        resource = self.env["resource.resource"].create(
            {
                "name": user.name,
                "user_id": user.id,
                "company_id": self.company.id,
                "calendar_id": self.around_the_clock().id,
            }
        )
        now = fields.Datetime.now()
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "resource_id": resource.id,
                "calendar_id": resource.calendar_id.id,
                "date_from": now - timedelta(days=2),
                "date_to": now + timedelta(days=2),
            }
        )


@tagged("post_install", "-at_install")
class TestBoard(BoardCommon):
    def test_a_team_with_open_tickets_is_not_deleted(self):
        """Its tickets would be nobody's; given to another team, it may go."""
        ticket = self.env["aftersales.ticket"].create(
            {"title": "Leaks", "partner_id": self.customer.id, "team_id": self.team.id}
        )
        other = self.team.copy({"name": "Others"})
        with self.assertRaisesRegex(UserError, "still has open tickets"), self.cr.savepoint():
            self.team.unlink()
        ticket.team_id = other
        self.team.unlink()
        self.assertFalse(self.team.exists())

    def test_a_team_with_open_tickets_is_not_archived(self):
        """SLA-09: nobody would lead them."""
        ticket = self.ticket(team_id=self.team.id)
        with self.assertRaisesRegex(UserError, "still has open tickets"), self.cr.savepoint():
            self.team.action_archive()
        ticket.action_cancel(reason="Sent twice")
        self.team.action_archive()
        self.assertFalse(self.team.active)

    def test_the_queue_is_what_nobody_has_accepted_p0_first(self):
        """SLA-29: what is unassigned, declined, not accepted or no team's is on the board."""
        new = self.ticket()
        asked = self.ticket(user_id=self.colleague.id)
        declined = self.ticket(user_id=self.agent.id)
        declined.action_decline("No time")
        accepted = self.accepted()
        self.team.takes_repair = True
        teamless = self.ticket(team_id=False, service_type="consultation")
        urgent = self.p0()
        rows = self.board()["tickets"]
        ids = [row["id"] for row in rows]
        self.assertEqual(ids[0], urgent.id)
        self.assertEqual(set(ids), {new.id, asked.id, declined.id, teamless.id, urgent.id})
        self.assertNotIn(accepted.id, ids)
        by_id = {row["id"]: row for row in rows}
        self.assertEqual(by_id[asked.id]["asked"], "Colleague")
        self.assertEqual(by_id[declined.id]["declined"], ["Agent"])
        self.assertEqual(by_id[teamless.id]["team"], "")
        self.assertTrue(by_id[new.id]["due_at"])

    def test_the_columns_are_the_people_with_desk_hours_and_visits(self):
        """DISP-29: the repair dispatcher sees who is there, how much each has, and where they are."""
        ticket = self.accepted()
        now = fields.Datetime.now()
        self.env["aftersales.visit"].create(
            {
                "ticket_id": ticket.id,
                "user_id": self.engineer.id,
                "start": now,
                "stop": now + timedelta(hours=1),
            }
        )
        self.ticket(user_id=self.colleague.id)
        self.day_off(self.colleague)
        rows = {row["id"]: row for row in self.board()["engineers"]}
        self.assertEqual(set(rows), {self.agent.id, self.colleague.id, self.engineer.id})
        self.assertEqual((rows[self.agent.id]["load"], rows[self.agent.id]["works_now"]), (1, True))
        self.assertEqual((rows[self.colleague.id]["load"], rows[self.colleague.id]["asked"]), (1, 1))
        self.assertEqual(
            (rows[self.colleague.id]["spans"], rows[self.colleague.id]["works_now"]), ([], False)
        )
        self.assertEqual(
            [visit["name"] for visit in rows[self.engineer.id]["visits"]], [ticket.visit_ids.name]
        )
        tomorrow = fields.Date.to_string(fields.Date.today() + timedelta(days=3))
        rows = {row["id"]: row for row in self.board(day=tomorrow)["engineers"]}
        self.assertEqual(rows[self.engineer.id]["visits"], [])
        self.assertTrue(rows[self.colleague.id]["spans"])

    def test_a_ticket_is_given_to_whom_dispatch_ranks_first_without_a_word(self):
        """DISP-21, DISP-28: the installation dispatcher gives an installation to a suitable person."""
        ticket = self.ticket(service_type="installation")
        first = self.env["res.users"].browse(ticket.with_user(self.supervisor).board_suggest()["first"])
        self.assertEqual(self.give(ticket, first)["done"], 1)
        self.assertEqual((ticket.state, ticket.user_id), ("assigned", first))
        row = ticket._verdict_of("dispatch")[ticket]
        self.assertEqual((row.outcome, row.chosen_user_id), ("assigned", first))
        self.assertFalse(row.overridden_by_id)
        self.assertIn("accept", self.deadlines(ticket))

    def test_another_choice_asks_for_a_reason_which_stays_with_the_verdict(self):
        """DISP-29: the dispatcher decides otherwise, with a reason."""
        self.ticket(user_id=self.engineer.id)
        ticket = self.ticket()
        asked = self.give(ticket, self.engineer)
        self.assertEqual((asked["done"], asked["ask"]), (0, ["Dispatch ranks Agent first."]))
        self.assertEqual((ticket.state, ticket.user_id), ("new", self.env["res.users"]))
        self.assertFalse(ticket._verdict_of("dispatch"), "asking decides nothing")
        self.assertEqual(self.give(ticket, self.engineer, "Knows the machine")["done"], 1)
        row = ticket._verdict_of("dispatch")[ticket]
        self.assertEqual((ticket.user_id, row.chosen_user_id), (self.engineer, self.engineer))
        self.assertEqual((row.overridden_by_id, row.override_reason), (self.supervisor, "Knows the machine"))

    def test_nobody_gets_a_ticket_outside_working_time(self):
        """Never outside working time, by hand neither; a system that is down does not wait (PRIO-10)."""
        ticket, urgent = self.ticket(), self.p0()
        self.day_off(self.engineer)
        self.assertEqual(self.give(ticket, self.engineer, "x"), self.refused("Engineer is off duty."))
        self.team.calendar_id = self.closed_now()
        self.assertEqual(self.give(ticket, self.agent, "x"), self.refused("Agent is off duty."))
        self.assertEqual((ticket.state, ticket.user_id), ("new", self.env["res.users"]))
        self.assertEqual(self.give(urgent, self.engineer, "The only one who can")["done"], 1)

    def test_automatic_dispatch_passes_by_who_has_a_day_off(self):
        """DISP-02: working time is the team's and the person's."""
        self.team.write({"assignment": "auto", "member_ids": [Command.set((self.agent + self.engineer).ids)]})
        self.day_off(self.agent)
        self.assertEqual([self.ticket().user_id for _turn in range(3)], [self.engineer] * 3)

    def test_an_unfit_choice_is_refused_with_a_sentence_and_changes_nothing(self):
        """DISP-21: a suitable person; no reason makes up for a skill."""
        skill = self.env["aftersales.skill"].create({"name": "Cooling"})
        category = self.env["aftersales.ticket.category"].create({"name": "Cooling", "skill_ids": skill.ids})
        ticket = self.ticket(category_id=category.id)
        stranger, gone = self.user("engineer", "stranger"), self.user("engineer", "gone")
        gone.active = False
        refusals = {
            self.engineer: "Engineer lacks a skill that is needed.",
            stranger: "Stranger does not work in the team of the ticket.",
            gone: "Gone can no longer take tickets.",
        }
        for person, sentence in refusals.items():
            self.assertEqual(self.give(ticket, person, "x"), self.refused(sentence))
        self.assertEqual((ticket.state, ticket.user_id), ("new", self.env["res.users"]))
        self.assertFalse(ticket._verdict_of("dispatch"))

    def test_what_somebody_has_accepted_meanwhile_is_not_taken_away(self):
        ticket = self.accepted()
        answer = self.give(ticket, self.engineer, "x")
        self.assertEqual(answer, self.refused("Agent has it already (Accepted). Reload the board."))
        asked = self.ticket(user_id=self.colleague.id)
        self.assertEqual(self.give(asked, self.colleague), self.refused("Colleague has been asked already."))
        self.assertEqual((ticket.user_id, asked.user_id), (self.agent, self.colleague))

    def test_one_refusal_in_a_selection_does_not_hold_up_the_others(self):
        tickets = self.ticket() + self.accepted() + self.ticket()
        answer = self.give(tickets, self.agent, "All of one street")
        self.assertEqual((answer["done"], len(answer["refused"])), (2, 1))

    def test_a_ticket_without_a_team_goes_to_the_persons_team(self):
        """SLA-29: what no team takes is given by hand, and stays where it was when that is refused."""
        self.team.takes_repair = True
        ticket = self.ticket(team_id=False, service_type="complaint")
        self.assertFalse(ticket.team_id)
        self.assertEqual(ticket.with_user(self.supervisor).board_suggest()["candidates"], [])
        self.ticket(user_id=self.engineer.id)
        self.assertTrue(self.give(ticket, self.engineer)["ask"])
        self.assertFalse(ticket.team_id)
        self.assertEqual(self.give(ticket, self.engineer, "Was there yesterday")["done"], 1)
        self.assertEqual((ticket.team_id, ticket.user_id), (self.team, self.engineer))

    def test_the_teams_dispatcher_decides_otherwise_and_an_agent_does_not(self):
        """DISP-29: the repair dispatcher may, though no supervisor; an operator gives what dispatch ranks."""
        self.ticket(user_id=self.engineer.id)
        ticket, other = self.ticket(), self.ticket()
        no = "Dispatch ranks Agent first. Only dispatcher and supervisor decide otherwise."
        self.assertEqual(self.give(ticket, self.engineer, "x", by=self.colleague), self.refused(no))
        self.assertEqual(self.give(other, self.agent, by=self.colleague)["done"], 1)
        self.team.dispatcher_id = self.colleague
        answer = self.give(ticket, self.engineer, "Is on the way there", by=self.colleague)
        self.assertEqual(answer["done"], 1)
        self.assertEqual(ticket._verdict_of("dispatch")[ticket].overridden_by_id, self.colleague)

    def test_the_board_opens_on_the_teams_one_leads(self):
        """DISP-28, DISP-29: installation and repair have a dispatcher each."""
        second = self.team.copy({"name": "Installations", "dispatcher_id": self.colleague.id})
        on = {team["name"] for team in self.board(self.colleague)["teams"] if team["on"]}
        self.assertEqual(on, {"Installations"})
        on = {team["name"] for team in self.board(self.agent)["teams"] if team["on"]}
        self.assertEqual(on, {"Repairs", "Installations"})
        shown = self.board(self.colleague, team_ids=self.team.ids)["teams"]
        self.assertEqual([team["on"] for team in shown if team["id"] == second.id], [False])

    def test_the_selection_goes_by_policy_with_a_sentence_each(self):
        """DISP-02: the system assigns, on request of the dispatcher."""
        tickets = self.ticket() + self.ticket() + self.ticket()
        answer = tickets.with_user(self.supervisor).board_dispatch()
        self.assertEqual(set(tickets.mapped("user_id.name")), {"Agent", "Colleague", "Engineer"})
        self.assertEqual(
            {row["text"] for row in answer["done"]}, {"asks Agent", "asks Colleague", "asks Engineer"}
        )
        self.team.calendar_id = self.closed_now()
        late = self.ticket()
        answer = late.with_user(self.supervisor).board_dispatch()
        self.assertEqual([row["text"] for row in answer["refused"]], ["When working time begins"])
        self.assertEqual(late.state, "new")

    def test_a_suggestion_names_everybody_and_decides_nothing(self):
        """DISP-21: ranked candidates, and the rejected with their reason."""
        self.ticket(user_id=self.agent.id)
        self.day_off(self.engineer)
        ticket = self.ticket()
        before = len(ticket.verdict_ids)
        told = ticket.with_user(self.supervisor).board_suggest()
        self.assertEqual([row["name"] for row in told["candidates"]], ["Colleague", "Agent", "Engineer"])
        self.assertEqual(told["candidates"][2]["refusal"], "Engineer is off duty.")
        self.assertEqual(told["outcome"], "Dispatch would ask Colleague.")
        self.assertEqual(told["first"], self.colleague.id)
        self.assertEqual((ticket.state, len(ticket.verdict_ids)), ("new", before))

    def test_the_register_lists_who_was_given_what(self):
        """DISP-29: repair jobs that were assigned, by whom and to whom."""
        ticket = self.ticket()
        self.give(ticket, self.agent, by=self.colleague)
        action = self.env.ref("aftersales_service.aftersales_dispatch_action")
        rows = self.env["aftersales.verdict"].with_user(self.supervisor).search(safe_eval(action.domain))
        row = rows.filtered(lambda row: row.res_id == ticket.id)
        self.assertEqual((row.chosen_user_id, row.create_uid), (self.agent, self.colleague))

    def test_the_board_is_for_those_who_give_tickets(self):
        ticket = self.ticket()
        for call in (
            lambda: self.board(self.engineer),
            lambda: ticket.with_user(self.engineer).board_suggest(),
            lambda: ticket.with_user(self.engineer).board_assign(self.engineer.id),
            lambda: ticket.with_user(self.engineer).board_dispatch(),
        ):
            with self.assertRaises(AccessError):
                call()
        self.assertEqual(ticket.state, "new")

    def test_another_companys_tickets_and_people_are_not_on_the_board(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        theirs = self.env["aftersales.team"].create(
            {"name": "Theirs", "company_id": other.id, "member_ids": [Command.link(self.manager.id)]}
        )
        self.env["aftersales.ticket"].sudo().create(
            {"title": "Theirs", "company_id": other.id, "team_id": theirs.id}
        )
        board = self.board(team_ids=theirs.ids)
        self.assertNotIn("Theirs", [team["name"] for team in board["teams"]])
        self.assertNotIn("Theirs", [ticket["title"] for ticket in board["tickets"]])
        self.assertNotIn(self.manager.id, [row["id"] for row in board["engineers"]])

    def test_the_board_takes_as_many_queries_for_many_as_for_few(self):
        self.day_off(self.engineer)
        self.fill(people=2, tickets=4)
        few = self.queries()
        self.fill(people=8, tickets=30)
        self.assertLessEqual(self.queries(), few)
        self.assertLess(few, 50)

    def fill(self, people, tickets):
        """So many more people with a visit each, and customers with a ticket each."""
        start = len(self.team.member_ids)
        for n in range(start, start + people):
            person = self.user("engineer", f"board_{n}")
            self.team.member_ids = [Command.link(person.id)]
            self.plan_visit(person)
        region = self.env.ref("base.state_us_5")
        where = {"state_id": region.id, "country_id": region.country_id.id, "city": "Fresno"}
        customers = self.env["res.partner"].create([{"name": f"C{n}", **where} for n in range(tickets)])
        self.env["aftersales.ticket"].create(
            [{"title": "x", "team_id": self.team.id, "partner_id": customer.id} for customer in customers]
        )

    def queries(self):
        """How many the board takes when nothing but the server's own caches is warm."""
        self.board()
        self.env.flush_all()
        self.env.invalidate_all()
        start = self.env.cr.sql_log_count
        self.board()
        return self.env.cr.sql_log_count - start

    def plan_visit(self, person):
        now = fields.Datetime.now()
        self.env["aftersales.visit"].create(
            {
                "ticket_id": self.accepted().id,
                "user_id": person.id,
                "start": now,
                "stop": now + timedelta(hours=1),
            }
        )

    def test_open_boards_hear_of_it_once_and_of_teams_only(self):
        bus = self.env["bus.bus"]
        self.env.cr.precommit.run()
        bus.search([]).unlink()
        tickets = self.ticket() + self.ticket() + self.ticket()
        tickets.user_id = self.agent
        tickets.action_cancel("Withdrawn")
        self.env.cr.precommit.run()
        told = bus.search([]).filtered(lambda row: "aftersales_board" in row.message)
        self.assertEqual(len(told), 1)
        self.assertIn(f'"team_ids":[{self.team.id}]', told.message.replace(" ", ""))
        self.assertNotIn(tickets[0].name, told.message)


@tagged("post_install", "-at_install")
class TestTeamCards(BoardCommon):
    COUNTERS = {
        "new_count": "unassigned",
        "not_accepted_count": "not_accepted",
        "p0_count": "p0",
        "at_risk_count": "at_risk",
        "breached_count": "breached",
        "waiting_count": "waiting",
        "open_count": "open",
    }

    def filter_domain(self, name):
        """Domain of a filter of the tickets' search view."""
        arch = self.env["aftersales.ticket"].get_view(view_type="search")["arch"]
        node = etree.fromstring(arch).find(f".//filter[@name='{name}']")
        return safe_eval(node.get("domain"), {"uid": self.env.uid})

    def a_ticket_of_each_kind(self):
        self.ticket()
        self.ticket(user_id=self.agent.id)
        self.in_progress().action_wait()
        self.p0()
        late = self.ticket()
        self.deadlines(late)["assign"].sudo().write({"due_at": fields.Datetime.now() - timedelta(hours=1)})
        self.env["aftersales.deadline"]._run_due()
        closed = self.in_progress()
        closed.action_resolve()
        closed.action_close()

    def test_each_counter_opens_the_list_it_counts(self):
        """SLA-29: what is unassigned, not accepted or overdue is counted, and a click away."""
        self.a_ticket_of_each_kind()
        self.env["aftersales.team"].create({"name": "Idle"})
        for counter, name in self.COUNTERS.items():
            action = self.team.with_context(aftersales_filter=name).action_open_tickets()
            self.assertEqual(action["context"].get(f"search_default_{name}"), 1)
            listed = self.env["aftersales.ticket"].search_count(
                [*action["domain"], *self.filter_domain(name)]
            )
            self.assertEqual(self.team[counter], listed, counter)
            self.assertGreater(listed, 0, counter)

    def test_all_cards_take_three_statements(self):
        self.a_ticket_of_each_kind()
        teams = self.team + self.env["aftersales.team"].create([{"name": f"T{n}"} for n in range(10)])
        teams._compute_counts()
        self.env.invalidate_all()
        self.env.flush_all()
        start = self.env.cr.sql_log_count
        teams._compute_counts()
        self.assertLessEqual(self.env.cr.sql_log_count - start, 3)

    def test_a_supervisor_begins_with_the_teams_and_an_agent_with_the_own_tickets(self):
        first = {}
        root = self.env.ref("aftersales_service.aftersales_menu_root")
        for user in (self.supervisor, self.agent):
            menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
            node = menus[root.id]
            while node["children"]:
                node = menus[node["children"][0]]
            first[user] = node["name"]
        self.assertEqual(first, {self.supervisor: "Teams", self.agent: "My tickets"})

    def test_a_missed_promise_is_remembered_on_the_ticket_and_nobody_writes_it(self):
        ticket = self.ticket()
        self.assertFalse(ticket.has_missed)
        self.deadlines(ticket)["assign"].sudo().write({"due_at": fields.Datetime.now() - timedelta(hours=1)})
        self.env["aftersales.deadline"]._run_due()
        self.assertTrue(ticket.has_missed and ticket.is_breached)
        with self.assertRaises(AccessError):
            ticket.has_missed = False
        ticket.action_cancel("Withdrawn")
        self.assertEqual((ticket.has_missed, ticket.is_breached), (True, False))

    def test_the_headline_says_times_as_the_reader_writes_them(self):
        ticket = self.ticket(user_id=self.agent.id).with_context(tz="Asia/Shanghai")
        due = fields.Datetime.context_timestamp(ticket, ticket.next_due_at)
        self.assertIn(f"by {ticket._moment(ticket.next_due_at)}", ticket.headline)
        self.assertTrue(ticket._moment(ticket.next_due_at).endswith(f"{due:%H:%M}"))
        self.env["res.lang"]._activate_lang("zh_CN")
        in_march = fields.Datetime.to_datetime("2026-03-05 20:30:00")
        self.assertEqual(ticket.with_context(lang="en_US")._moment(in_march), "Mar 6, 04:30")
        self.assertEqual(ticket.with_context(lang="zh_CN")._moment(in_march), "3月6日 04:30")


@tagged("-at_install", "post_install", "aftersales_tour", "-standard")
class TestBoardTour(BoardCommon, HttpCase):
    def test_the_supervisor_gives_tickets_on_the_board(self):
        """DISP-02, DISP-29: by dragging, by the keyboard's way, and by policy; a refused drop says why."""
        self.ticket(user_id=self.engineer.id)
        dragged = self.ticket(title="Tour drags this")
        ticked = self.ticket(title="Tour ticks this")
        rest = self.ticket(title="Tour leaves this to dispatch")
        self.day_off(self.colleague)
        self.supervisor.tz = "Asia/Shanghai"
        self.start_tour("/odoo/dispatch-board", "aftersales_board", login=self.supervisor.login)
        self.assertEqual((dragged.state, dragged.user_id), ("assigned", self.engineer))
        row = dragged._verdict_of("dispatch")[dragged]
        self.assertEqual((row.overridden_by_id, row.override_reason), (self.supervisor, "Lives next door"))
        self.assertEqual((ticked.state, ticked.user_id), ("assigned", self.agent))
        self.assertEqual((rest.state, rest.user_id), ("assigned", self.agent))
