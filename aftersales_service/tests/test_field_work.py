from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_trips import TripCommon


class FieldWorkCommon(TripCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        teams = cls.env["aftersales.team"]
        cls.technical = teams.create(
            {"name": "Technical", "department": "technical", "member_ids": [Command.link(cls.companion.id)]}
        )
        cls.quality = teams.create({"name": "Quality", "department": "quality"})
        cls.product_team = teams.create({"name": "Product", "department": "product"})
        cls.director = cls.user("supervisor", "director")
        cls.company.aftersales_product_director_id = cls.director

    def decide(self, ticket, mode="on_site", said="Runs, does not cool", user=None, **vals):
        wizard = self.env["aftersales.ticket.intervention"].with_user(user or self.agent)
        wizard.create({"ticket_id": ticket.id, "mode": mode, "said": said, **vals}).action_apply()
        return ticket.sudo()


@tagged("post_install", "-at_install")
class TestSupportApplication(FieldWorkCommon):
    def application(self, user=None, **vals):
        values = {
            "partner_id": self.customer.id,
            "site_id": self.customer.id,
            "request": "Set up two cold rooms",
            "days": 2,
            **vals,
        }
        return self.env["aftersales.support.application"].with_user(user or self.seller).create(values)

    def test_business_applies_the_general_manager_signs_after_sales_takes_over(self):
        """DISP-11, DISP-12, DISP-44: 业务经理 fills in, 总经理 signs, then it is after-sales' ticket."""
        application = self.application()
        self.assertRegex(application.name, r"^MS/\d{4}/\d{4}$")
        application.action_submit()
        self.assertEqual(application.sudo().activity_ids.user_id, self.general_manager)
        application.with_user(self.general_manager).action_approve()
        self.assertEqual(application.sudo().approved_by_id, self.general_manager)
        self.assertFalse(application.sudo().activity_ids)
        application.with_user(self.agent).action_take_over()
        ticket = application.sudo().ticket_id
        self.assertEqual((ticket.service_type, ticket.partner_id), ("installation", self.customer))
        self.assertEqual(ticket.team_id.department, "after_sales")
        self.assertEqual(ticket.intervention_mode, "on_site")

    def test_a_repair_on_site_is_arranged_by_the_technical_department(self):
        """DISP-44."""
        application = self.application(kind="repair")
        application.action_submit()
        application.with_user(self.general_manager).action_approve()
        application.with_user(self.agent).action_take_over()
        self.assertEqual(application.sudo().ticket_id.team_id, self.technical)

    def test_nobody_signs_what_they_have_asked_for(self):
        """DISP-11: four eyes."""
        self.general_manager.group_ids = [Command.link(self.env.ref("aftersales_service.group_agent").id)]
        application = self.application(self.general_manager)
        application.action_submit()
        with self.assertRaisesRegex(AccessError, "another person"):
            application.action_approve()

    def test_sellers_agents_and_managers_do_not_sign(self):
        """DISP-11."""
        application = self.application()
        application.action_submit()
        for user in (self.seller, self.agent, self.supervisor, self.manager):
            with self.assertRaises(AccessError):
                application.with_user(user).action_approve()

    def test_an_empty_application_is_not_submitted(self):
        """DISP-12: the sentence names what is missing."""
        with self.assertRaisesRegex(UserError, "Fill in: .*What is asked for"):
            self.application(request=False).action_submit()

    def test_what_was_submitted_stays_until_it_is_taken_back(self):
        application = self.application()
        application.action_submit()
        with self.assertRaisesRegex(UserError, "Take it back to draft"):
            application.request = "Ten cold rooms"
        application.action_revise()
        application.request = "Three cold rooms"
        self.assertFalse(application.submitted_at)

    def test_sellers_see_their_own_applications(self):
        application = self.application(self.agent)
        self.assertFalse(application.with_user(self.seller)._filtered_access("read"))
        self.assertTrue(self.application().with_user(self.seller)._filtered_access("read"))

    def test_an_installation_visit_waits_for_the_signature(self):
        """DISP-11: neither agreed on nor begun before."""
        ticket = self.in_progress(service_type="installation")
        visit = self.ready(ticket)
        for step in ("action_confirm", "action_depart", "action_arrive"):
            with self.assertRaisesRegex(UserError, "waits for the market support application"):
                getattr(visit, step)()
        application = self.application(self.agent, ticket_id=ticket.id)
        application.action_submit()
        with self.assertRaisesRegex(UserError, "waits for"):
            visit.action_confirm()
        application.with_user(self.general_manager).action_approve()
        visit.action_confirm()
        visit.action_depart()
        self.assertEqual(visit.state, "departed")
        self.assertIn("DISP-11", visit._verdict_of("trip")[visit]._as_verdict().codes)

    def test_a_repair_goes_on_beside_the_application(self):
        """DISP-11: 「同时」."""
        ticket = self.in_progress()
        self.application(self.agent, kind="repair", ticket_id=ticket.id).action_submit()
        visit = self.ready(ticket)
        visit.action_confirm()
        visit.action_depart()
        self.assertEqual(ticket.application_state, "submitted")

    def test_the_company_may_do_without(self):
        self.company.aftersales_trip_approval = False
        visit = self.ready(self.in_progress(service_type="installation"))
        visit.action_confirm()
        self.assertEqual(visit.state, "confirmed")

    def test_the_application_says_in_one_line_who_is_next_and_by_when(self):
        application = self.application(wished_on="2027-03-15")
        self.assertIn("Submit it to the general manager · wished by Mar 15, 2027", application.headline)
        application.action_submit()
        self.assertIn("The general manager has to sign it", application.headline)

    def test_the_application_is_printed_with_the_signature(self):
        """DISP-12."""
        application = self.application()
        application.action_submit()
        application.with_user(self.general_manager).action_approve()
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "aftersales_service.report_support_application", application.ids
        )
        self.assertIn("Set up two cold rooms", html.decode())
        self.assertIn(self.general_manager.name, html.decode())


@tagged("post_install", "-at_install")
class TestIntervention(FieldWorkCommon):
    def test_the_call_comes_first(self):
        """DISP-09: without what the customer said nothing is decided."""
        ticket = self.in_progress()
        with self.assertRaisesRegex(UserError, "Telephone the customer"):
            self.decide(ticket, said=" ")
        self.assertFalse(ticket.intervention_mode or ticket.phoned_at)

    def test_on_site_goes_to_the_technical_department(self):
        """DISP-09, DISP-10, DISP-44: the other team finds the call and the reason."""
        ticket = self.decide(self.in_progress(), "on_site")
        self.assertEqual((ticket.team_id, ticket.state), (self.technical, "new"))
        self.assertEqual(ticket.phoned_by_id, self.agent)
        self.assertEqual(ticket._verdict_of("intervention")[ticket].outcome, "technical")
        self.assertTrue(any("Runs, does not cool" in body for body in ticket.message_ids.mapped("body")))

    def test_back_to_the_factory_goes_to_quality_control(self):
        """DISP-09, DISP-10, SCOPE-08."""
        ticket = self.decide(self.in_progress(), "factory", user=self.agent)
        self.assertEqual(ticket.team_id, self.quality)

    def test_an_engineer_decides_after_their_own_call(self):
        """DISP-09: the technician telephones, and hands on what is another department's."""
        ticket = self.in_progress()
        ticket.user_id = self.engineer
        ticket.with_user(self.engineer).action_accept()
        ticket = self.decide(ticket, "factory", user=self.engineer)
        self.assertEqual((ticket.team_id, ticket.phoned_by_id), (self.quality, self.engineer))

    def test_each_way_of_working_is_chosen_after_the_call_and_kept(self):
        """DISP-08: telephone, remote assistance or on site, with the words that speak for it."""
        for mode in ("phone", "remote", "on_site"):
            ticket = self.decide(self.in_progress(), mode, said="Stands still, blinks red")
            self.assertEqual(
                (ticket.intervention_mode, ticket.phone_result), (mode, "Stands still, blinks red")
            )
            self.assertTrue(ticket._verdict_of("intervention")[ticket])

    def test_what_is_solved_from_afar_stays(self):
        ticket = self.decide(self.in_progress(), "remote")
        self.assertEqual((ticket.team_id, ticket.state), (self.team, "in_progress"))

    def test_the_customer_is_told_where_to_send_it(self):
        """DISP-07: address, telephone and the number that goes into the parcel."""
        self.env["mail.mail"].search([]).unlink()
        station = self.env["res.partner"].create(
            {"name": "Station South", "street": "Harbour 9", "city": "Shenzhen", "phone": "0755-1"}
        )
        self.team.station_id = station
        ticket = self.decide(self.in_progress(), "mail_in")
        self.assertEqual(ticket.repair_station_id, station)
        mail = self.env["mail.mail"].search([("subject", "like", "repair station")])
        for fact in ("Station South", "Harbour 9", "Shenzhen", "0755-1", ticket.name):
            self.assertIn(fact, mail.body_html)
        self.assertEqual(mail.email_to, "li.ming@example.com")

    def test_without_a_station_nothing_is_decided(self):
        """DISP-07."""
        ticket = self.in_progress()
        with self.assertRaisesRegex(UserError, "Choose a repair station"), self.env.cr.savepoint():
            self.decide(ticket, "mail_in")

    def test_who_can_do_it_sends_their_own(self):
        """DISP-20."""
        ticket = self.decide(self.in_progress(), "on_site", capability="able")
        self.assertEqual(ticket.team_id, self.technical)
        self.assertIn("DISP-20", ticket._verdict_of("intervention")[ticket]._as_verdict().codes)

    def test_who_cannot_asks_the_product_director(self):
        """DISP-19, ROLE-06: nobody leaves before the director has allocated people."""
        ticket = self.decide(self.in_progress(), "on_site", capability="lacking")
        self.assertEqual(ticket.team_id, self.product_team)
        self.assertIn(self.director, ticket.activity_ids.user_id)
        visit = self.ready(ticket)
        with self.assertRaisesRegex(UserError, "has not allocated anybody"):
            visit.action_depart()
        wizard = self.env["aftersales.ticket.allocation"]
        values = {"ticket_id": ticket.id, "user_ids": [Command.link(self.companion.id)]}
        with self.assertRaisesRegex(AccessError, "by the product director"):
            wizard.with_user(self.agent).create(values).action_apply()
        wizard.with_user(self.director).create(values).action_apply()
        self.assertEqual((ticket.user_id, ticket.allocated_by_id), (self.companion, self.director))
        self.assertNotIn(self.director, ticket.activity_ids.user_id)
        visit.action_depart()

    def test_without_a_product_director_there_is_a_sentence(self):
        """DISP-19."""
        self.company.aftersales_product_director_id = False
        ticket = self.in_progress()
        with self.assertRaisesRegex(UserError, "no product director"), self.env.cr.savepoint():
            self.decide(ticket, "on_site", capability="lacking")
        self.assertEqual(ticket.team_id, self.team)


@tagged("post_install", "-at_install")
class TestServiceAreas(FieldWorkCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.local = cls.env["res.partner"].create({"name": "Lhasa Repairs", "is_company": True})
        cls.china = cls.env.ref("base.cn")
        cls.tibet = cls.env.ref("base.state_cn_XZ")
        cls.areas = cls.env["aftersales.service.area"]

    def far_customer(self):
        return self.env["res.partner"].create(
            {"name": "Tashi", "country_id": self.china.id, "state_id": self.tibet.id, "phone": "0891-1"}
        )

    def test_a_partner_serves_a_region_and_the_rest_is_the_countrys(self):
        """DISP-36, DISP-41: the closest row of the coverage table."""
        country = self.areas.create({"country_id": self.china.id, "team_id": self.team.id})
        region = self.areas.create(
            {"country_id": self.china.id, "state_id": self.tibet.id, "partner_id": self.local.id}
        )
        here, there = self.ticket(), self.ticket(partner_id=self.far_customer().id)
        self.assertEqual((here.area_id, there.area_id), (country, region))
        self.assertEqual(there.service_partner_id, self.local)
        self.assertEqual(self.visit(there).partner_company_id, self.local)

    def test_a_region_that_nobody_serves_is_seen(self):
        """DISP-41."""
        hole = self.areas.create({"country_id": self.china.id, "state_id": self.tibet.id})
        self.assertFalse(hole.is_covered)
        ticket = self.ticket(partner_id=self.far_customer().id)
        domain = [
            ("partner_id", "!=", False),
            "|",
            ("area_id", "=", False),
            ("area_id.is_covered", "=", False),
        ]
        self.assertIn(ticket, self.env["aftersales.ticket"].search(domain))
        hole.partner_id = self.local
        self.assertNotIn(ticket, self.env["aftersales.ticket"].search(domain))

    def test_the_table_sends_a_request_to_the_regions_team(self):
        """DISP-41: also where the team names no region itself."""
        south = self.env["aftersales.team"].create({"name": "West", "sequence": 900})
        self.areas.create({"country_id": self.china.id, "state_id": self.tibet.id, "team_id": south.id})
        self.assertEqual(self.ticket(partner_id=self.far_customer().id, team_id=False).team_id, south)

    def test_a_remote_customer_gets_special_logistics(self):
        """DISP-37: flag, what is special, and a clause in the verdict of who goes."""
        self.areas.create(
            {
                "country_id": self.china.id,
                "state_id": self.tibet.id,
                "is_remote": True,
                "logistics": "We have it fetched",
                "partner_id": self.local.id,
            }
        )
        ticket = self.in_progress(partner_id=self.far_customer().id)
        self.assertTrue(ticket.is_remote_area)
        self.assertEqual(ticket.area_logistics, "We have it fetched")
        ticket = self.decide(ticket, "remote")
        codes = ticket._verdict_of("intervention")[ticket]._as_verdict().codes
        self.assertTrue({"DISP-36-AFAR", "DISP-37"} <= set(codes))

    def test_a_region_has_one_row(self):
        self.areas.create({"country_id": self.china.id})
        refused = self.assertRaisesRegex(IntegrityError, "service_area_place_uniq")
        with refused, self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
            self.areas.create({"country_id": self.china.id})

    def test_many_tickets_find_their_regions_in_one_search(self):
        """Cost: as many queries for twenty tickets as for two."""
        partners = self.far_customer() + self.customer
        tickets = self.env["aftersales.ticket"].concat(*[self.ticket() for _n in range(20)])

        def queries(records):
            self.env.flush_all()
            self.env.invalidate_all()
            self.env.add_to_compute(records._fields["area_id"], records)
            before = self.env.cr.sql_log_count
            records.mapped("area_id")
            return self.env.cr.sql_log_count - before

        self.assertTrue(partners)
        self.assertEqual(queries(tickets), queries(tickets[:2]))


@tagged("post_install", "-at_install")
class TestDutyRoster(FieldWorkCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.write({"assignment": "auto", "calendar_id": cls.closed_now().id})

    def duty(self, **vals):
        today = self.company._aftersales_today()
        return self.env["aftersales.duty"].create(
            {
                "name": "Spring Festival",
                "team_id": self.team.id,
                "date_from": today,
                "date_to": today + timedelta(days=2),
                "user_ids": [Command.link(self.engineer.id)],
                "vehicles": "Van 2",
                **vals,
            }
        )

    def test_who_is_on_the_roster_gets_requests_on_a_holiday(self):
        """DISP-30: staff and vehicles; the others are off."""
        self.assertFalse(self.ticket().user_id)
        duty = self.duty()
        self.assertEqual((self.ticket().user_id, duty.vehicles), (self.engineer, "Van 2"))

    def test_a_duty_counts_on_its_days_only(self):
        """DISP-30."""
        today = self.company._aftersales_today()
        self.duty(date_from=today + timedelta(days=1))
        self.assertFalse(self.ticket().user_id)

    def test_only_members_of_the_team_help_on_its_roster(self):
        with self.assertRaisesRegex(ValidationError, "not members"):
            self.duty(user_ids=[Command.link(self.companion.id)])

    def test_supervisors_make_the_roster_and_engineers_read_it(self):
        """DISP-30."""
        duty = self.duty()
        self.assertTrue(duty.with_user(self.engineer).has_access("read"))
        self.assertFalse(duty.with_user(self.agent).has_access("write"))
        self.assertTrue(duty.with_user(self.supervisor).has_access("write"))


@tagged("post_install", "-at_install")
class TestDispatchers(FieldWorkCommon):
    def test_a_request_without_anybody_is_the_dispatchers_task(self):
        """DISP-28, DISP-29: installations and repairs each have a dispatcher, by their team."""
        for service_type, dispatcher in (("installation", self.colleague), ("repair", self.supervisor)):
            team = self.env["aftersales.team"].create(
                {
                    "name": service_type,
                    f"takes_{service_type}": True,
                    "sequence": 1,
                    "dispatcher_id": dispatcher.id,
                }
            )
            ticket = self.ticket(service_type=service_type, team_id=False)
            self.assertEqual(ticket.team_id, team)
            self.assertEqual(ticket._deadline_user("assign"), dispatcher)
            ticket.with_user(dispatcher).user_id = self.engineer
            self.assertEqual(ticket.state, "assigned")

    def test_a_problem_in_use_finds_somebody_at_once(self):
        """DISP-42."""
        self.team.assignment = "auto"
        ticket = self.ticket()
        self.assertEqual(ticket.state, "assigned")
        self.assertIn("accept", self.deadlines(ticket))

    def test_our_fault_is_repaired_again_at_once_when_it_suits_the_customer(self):
        """DISP-40."""
        cause = self.env.ref("aftersales_service.aftersales_cause_installation")
        ticket = self.in_progress(cause_id=cause.id)
        ticket.action_resolve()
        ticket.action_reopen()
        row = self.deadlines(ticket)["rework"]
        self.assertEqual((row.state, row.user_id), ("running", self.agent))
        self.assertLessEqual(row.due_at - row.started_at, timedelta(hours=4))
        ticket.wished_visit_at = "2027-04-01 02:00:00"
        action = ticket.action_schedule_visit()
        start = action["context"]["default_start"]
        self.assertEqual(fields.Datetime.to_string(start), "2027-04-01 02:00:00")
        self.visit(ticket, start=start)
        self.assertEqual(row.state, "met")

    def test_what_the_customer_broke_is_no_rework_of_ours(self):
        """DISP-40."""
        cause = self.env.ref("aftersales_service.aftersales_cause_misuse")
        ticket = self.in_progress(cause_id=cause.id)
        ticket.action_resolve()
        ticket.action_reopen()
        self.assertNotIn("rework", self.deadlines(ticket))

    def test_a_workshop_job_is_handed_over_to_its_supervisor(self):
        """DISP-39, ROLE-10: service advisor → workshop supervisor, with moment and task."""
        order = self.env["repair.order"].create(
            {"product_id": self.product.id, "partner_id": self.customer.id}
        )
        with self.assertRaisesRegex(UserError, "Choose the workshop supervisor"):
            order.action_aftersales_hand_over()
        order.aftersales_advisor_id = self.agent
        order.aftersales_workshop_supervisor_id = self.supervisor
        order.action_aftersales_hand_over()
        self.assertTrue(order.aftersales_handed_over_at)
        task = order.activity_ids.filtered(lambda a: a.user_id == self.supervisor)
        self.assertIn("Agent", task.summary)
        with self.assertRaisesRegex(UserError, "already"):
            order.action_aftersales_hand_over()


@tagged("post_install", "-at_install")
class TestSuggestion(FieldWorkCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.failure = cls.env.ref("aftersales_service.aftersales_ticket_category_failure")
        cls.usage = cls.env.ref("aftersales_service.aftersales_ticket_category_usage")

    def ended(self, title, category, team=None):
        return self.env["aftersales.ticket"].load_history(
            [
                {
                    "title": title,
                    "category_id": category.id,
                    "team_id": (team or self.technical).id,
                    "company_id": (team or self.technical).company_id.id,
                    "state": "closed",
                    "partner_id": self.customer.id,
                }
            ]
        )

    def test_closed_tickets_that_sound_alike_suggest_category_and_team(self):
        """DISP-35: in Chinese, too; with the reason, and taken over by a click only."""
        alike = [self.ended("压缩机漏水不启动", self.failure) for _n in range(3)]
        self.ended("如何设置温度", self.usage)
        ticket = self.ticket(title="冰箱压缩机漏水")
        self.assertEqual(ticket.suggested_category_id, self.failure)
        self.assertEqual(ticket.suggested_team_id, self.technical)
        self.assertIn("3 of 3", ticket.suggestion_reason)
        self.assertIn(alike[-1].name, ticket.suggestion_reason)
        self.assertFalse(ticket.category_id)
        ticket.action_use_suggestion()
        self.assertEqual((ticket.category_id, ticket.team_id), (self.failure, self.technical))

    def test_one_alike_ticket_and_other_companies_suggest_nothing(self):
        """DISP-35."""
        self.ended("Compressor leaks", self.failure)
        other, teams = self.env["res.company"].create({"name": "Branch"}), self.env["aftersales.team"]
        for _n in range(3):
            self.ended("Compressor leaks", self.failure, teams.search([("company_id", "=", other.id)]))
        self.assertFalse(self.ticket(title="Compressor leaks").suggested_category_id)

    def test_where_a_person_has_chosen_nothing_is_suggested(self):
        """DISP-35."""
        for _n in range(3):
            self.ended("Compressor leaks", self.failure)
        ticket = self.ticket(title="Compressor leaks", category_id=self.usage.id)
        self.assertFalse(ticket.suggested_category_id)

    def test_erased_words_are_gone_from_the_index_too(self):
        ticket = self.ended("Zaphod's compressor", self.failure)
        self.assertIn("zaphod", ticket.search_words)
        ticket.sudo()._erase_personal_data("asked for")
        self.assertFalse(ticket.search_words)


@tagged("post_install", "-at_install")
class TestRegistration(FieldWorkCommon):
    def closed(self):
        ticket = self.in_progress(title="Does not cool", solution="Seal replaced")
        ticket.action_resolve()
        ticket.action_close()
        return ticket

    def test_registered_by_technical_support_and_filed_by_resource_management(self):
        """ARCHIVE-06, ARCHIVE-07: number, person and time of both."""
        clerk = self.user("agent", "clerk")
        self.env["aftersales.team"].create(
            {"name": "Resources", "department": "resources", "member_ids": [Command.link(clerk.id)]}
        )
        ticket = self.closed()
        with self.assertRaisesRegex(UserError, "no registration number"):
            ticket.with_user(clerk).action_file_papers()
        ticket.with_user(self.engineer).action_register()
        self.assertRegex(ticket.registration_number, r"^REG/\d{4}/\d{5}$")
        self.assertEqual(ticket.registered_by_id, self.engineer)
        self.assertTrue(ticket.registered_at)
        with self.assertRaisesRegex(AccessError, "Resources"):
            ticket.action_file_papers()
        ticket.with_user(clerk).action_file_papers()
        self.assertEqual(ticket.filed_by_id, clerk)

    def test_a_number_is_given_once(self):
        """ARCHIVE-07."""
        ticket = self.closed()
        ticket.action_register()
        number = ticket.registration_number
        ticket.action_register()
        self.assertEqual(ticket.registration_number, number)
        other = self.closed()
        other.action_register()
        self.assertNotEqual(other.registration_number, number)
        with self.assertRaises(AccessError):
            ticket.registration_number = "REG/1"

    def test_what_is_not_solved_is_not_registered(self):
        with self.assertRaisesRegex(UserError, "not solved yet"):
            self.in_progress().action_register()

    def test_the_dossier_holds_the_whole_set(self):
        """ARCHIVE-08, ARCHIVE-09: acceptance, information, registration, feedback form, quality control."""
        visit = self.finished()
        visit.write({"feedback_result": "solved", "feedback": "Customer wants a manual"})
        visit.action_hand_in()
        ticket = visit.ticket_id.with_user(self.agent)
        ticket.write({"solution": "Seal replaced", "intervention_mode": "on_site", "root_cause": "Bad batch"})
        ticket.usage_record = "Two years, indoors"
        ticket.action_resolve()
        ticket.action_register()
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "aftersales_service.report_ticket_dossier", ticket.ids
        )
        text = html.decode()
        for title in (
            "Acceptance of a technical service request",
            "Service information sheet",
            "Registration note",
            "Service feedback form",
            "Filing of quality control",
        ):
            self.assertIn(title, text)
        for fact in (
            "Implementing department",
            self.team.name,
            ticket.registration_number,
            "Form prepared by",
            "Seal replaced",
            "Customer wants a manual",
            "Bad batch",
        ):
            self.assertIn(fact, text)

    def test_a_customers_file_is_one_place(self):
        """ARCHIVE-11: requests, cards, agreements and visits of a customer and their contacts."""
        contact = self.env["res.partner"].create({"name": "Site office", "parent_id": self.customer.id})
        ticket = self.in_progress(partner_id=contact.id)
        visit = self.visit(ticket)
        agreement = self.env["aftersales.agreement"].load_history(
            [{"name": "AG-1", "partner_id": self.customer.id, "state": "active"}]
        )
        file = self.customer.with_user(self.agent)
        self.assertEqual(file.aftersales_open_ticket_ids, ticket)
        self.assertEqual(file.aftersales_agreement_ids, agreement)
        self.assertEqual((file.aftersales_visit_count, file.aftersales_ticket_count), (1, 1))
        action = file.action_aftersales_visits()
        self.assertEqual(self.env["aftersales.visit"].search(action["domain"]), visit)


@tagged("post_install", "-at_install")
class TestScope(FieldWorkCommon):
    def test_every_kind_of_service_is_a_ticket_of_its_type(self):
        """SCOPE-02, SCOPE-03, SCOPE-05, SCOPE-08, SCOPE-15: the service order is made here, one type each."""
        for service_type in ("repair", "consultation", "complaint", "installation", "return"):
            team = self.env["aftersales.team"].create(
                {"name": service_type, f"takes_{service_type}": True, "sequence": 1}
            )
            ticket = self.ticket(
                service_type=service_type, team_id=False, description="E04", agreed_remedy="replacement"
            )
            self.assertEqual((ticket.team_id, ticket.service_type), (team, service_type))
            self.assertEqual((ticket.description, ticket.agreed_remedy), ("E04", "replacement"))
            self.assertTrue(ticket.name)

    def test_any_product_that_was_sold_can_be_asked_about(self):
        """SCOPE-01: electronics, machines, and what is no storable product."""
        for name, kind in (("Oven", "consu"), ("Inspection", "service")):
            product = self.env["product.product"].create({"name": name, "type": kind})
            line = self.sell(product=product, deliver=False).order_line
            ticket = self.ticket(sale_line_id=line.id)
            self.assertEqual(ticket.product_id, product)

    def test_active_service_is_told_from_passive(self):
        """SCOPE-07."""
        asked, went = self.ticket(), self.ticket(origin_mode="active", channel="visit")
        self.assertEqual(asked.origin_mode, "passive")
        self.assertEqual(
            self.env["aftersales.ticket"].search([("origin_mode", "=", "active")]) & (asked + went), went
        )

    def test_recipients_are_projects_or_dealers(self):
        """SCOPE-14: of the company behind the contact, also when it is classed later."""
        contact = self.env["res.partner"].create({"name": "Site", "parent_id": self.customer.id})
        self.customer.is_company = True
        ticket = self.ticket(partner_id=contact.id)
        self.customer.aftersales_recipient = "project"
        self.assertEqual(ticket.recipient_class, "project")
        self.customer.aftersales_recipient = "dealer"
        self.assertEqual(ticket.recipient_class, "dealer")

    def test_after_the_warranty_service_is_paid_for(self):
        """SCOPE-09."""
        old = self.ticket(product_id=self.product.id, purchase_date="2020-01-05")
        self.assertEqual(old.coverage, "charged")
        young = self.ticket(product_id=self.product.id, purchase_date=self.company._aftersales_today())
        self.assertNotEqual(young.coverage, "charged")

    def test_profit_is_revenue_without_work_and_trips(self):
        """SCOPE-10: confirmed quotations only, to the cent."""
        self.company.aftersales_hourly_cost = 60
        ticket = self.in_progress()
        self.env["aftersales.work.time"].with_user(self.agent).create({"ticket_id": ticket.id, "minutes": 90})
        self.visit(ticket, expense_ids=[Command.create({"amount": 12.3})])
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "aftersales_ticket_id": ticket.id,
                "order_line": [Command.create({"product_id": self.product.id, "price_unit": 250})],
            }
        )
        self.assertEqual(ticket.sudo().service_revenue, 0)
        order.action_confirm()
        row = ticket.with_user(self.supervisor)
        self.assertEqual(row.service_revenue, order.amount_untaxed)
        self.assertEqual(row.trip_expense, 12.3)
        self.assertAlmostEqual(row.service_profit, order.amount_untaxed - 90 - 12.3, places=2)
        with self.assertRaises(AccessError):
            ticket.with_user(self.agent).read(["service_profit"])

    def test_the_report_of_profit_adds_up_by_coverage(self):
        """SCOPE-10."""
        ticket = self.in_progress()
        self.visit(ticket, expense_ids=[Command.create({"amount": 5})])
        rows = self.env["aftersales.ticket"].formatted_read_group(
            [("id", "=", ticket.id)], ["coverage"], ["service_profit:sum", "trip_expense:sum"]
        )
        self.assertEqual(rows[0]["service_profit:sum"], -5)


@tagged("post_install", "-at_install")
class TestWhoIsWho(FieldWorkCommon):
    """Each actor of the seeds has a group that can do its work and no more."""

    def may(self, user, model, mode):
        return self.env[model].with_user(user).has_access(mode)

    def test_specialists_take_requests_and_set_up_nothing(self):
        """ROLE-01, ROLE-07: after-sales specialist and customer service are agents."""
        self.assertTrue(self.may(self.agent, "aftersales.ticket", "create"))
        self.assertTrue(self.may(self.agent, "aftersales.visit", "create"))
        for model in ("aftersales.team", "aftersales.sla.line", "aftersales.service.area"):
            self.assertFalse(self.may(self.agent, model, "write"), model)
        self.assertFalse(self.may(self.agent, "account.payment", "create"))

    def test_engineers_work_on_their_own_and_open_none(self):
        """ROLE-01, ROLE-07, ROLE-08: technical support, regional engineer and installation team."""
        ticket = self.in_progress()
        ticket.user_id = self.engineer
        ticket.with_user(self.engineer).action_accept()
        ticket.with_user(self.engineer).action_start()
        self.assertFalse(self.may(self.engineer, "aftersales.ticket", "create"))
        other = self.ticket(team_id=self.technical.id)
        self.assertFalse(other.with_user(self.engineer)._filtered_access("read"))

    def test_the_regional_engineer_and_the_installation_team_get_their_region(self):
        """ROLE-08."""
        region = self.env["aftersales.team"].create(
            {
                "name": "Guangdong",
                "takes_repair": True,
                "takes_installation": True,
                "state_ids": [Command.link(self.env.ref("base.state_cn_GD").id)],
                "member_ids": [Command.link(self.engineer.id)],
                "assignment": "auto",
            }
        )
        for service_type in ("repair", "installation"):
            ticket = self.ticket(service_type=service_type, team_id=False)
            self.assertEqual((ticket.team_id, ticket.user_id), (region, self.engineer))

    def test_the_complaint_specialist_gets_complaints_and_the_supervisor_what_nobody_takes(self):
        """ROLE-08: complaint specialist, after-sales reviewer and supervisor of customer service."""
        for service_type, person in (("complaint", self.agent), ("return", self.colleague)):
            self.env["aftersales.team"].create(
                {
                    "name": service_type,
                    f"takes_{service_type}": True,
                    "sequence": 1,
                    "member_ids": [Command.link(person.id)],
                    "supervisor_id": self.supervisor.id,
                    "assignment": "auto",
                }
            )
            ticket = self.ticket(service_type=service_type, team_id=False)
            self.assertEqual(ticket.user_id, person)
            ticket.with_user(person).action_decline(reason="Not mine")
            self.assertEqual(ticket.user_id, self.supervisor)

    def test_the_emergency_line_is_staffed_by_a_team_of_its_own(self):
        """ROLE-15: senior technical support takes the highest priority at once."""
        seniors = self.env["aftersales.team"].create(
            {
                "name": "Seniors",
                "is_emergency": True,
                "support_level": "technical",
                "member_ids": [Command.link(self.engineer.id)],
                "assignment": "auto",
                "calendar_id": self.closed_now().id,
            }
        )
        core = self.env.ref("aftersales_service.aftersales_ticket_category_failure")
        urgent = self.ticket(team_id=False, urgency="urgent", impact="global", category_id=core.id)
        self.assertEqual((urgent.priority, urgent.team_id, urgent.user_id), ("p0", seniors, self.engineer))
        self.assertNotEqual(self.ticket(team_id=False).team_id, seniors)

    def test_departments_have_their_part_and_no_more(self):
        """ROLE-03: customer service answers for it, sales applies, technicians repair, finance sees costs."""
        self.assertTrue(self.may(self.seller, "aftersales.support.application", "create"))
        self.assertFalse(self.may(self.seller, "aftersales.ticket", "read"))
        self.assertFalse(self.may(self.seller, "aftersales.visit", "read"))
        self.assertTrue(self.may(self.accountant, "aftersales.visit.expense", "read"))
        self.assertFalse(self.may(self.accountant, "aftersales.visit.expense", "create"))
        self.assertFalse(self.may(self.accountant, "aftersales.ticket", "write"))
        ticket = self.in_progress()
        self.assertEqual(ticket.with_user(self.accountant).labour_cost, 0)

    def test_technical_support_leads_and_the_product_department_helps_when_ordered(self):
        """ROLE-06: the director's order gives the product department the ticket, nobody else's does."""
        ticket = self.decide(self.in_progress(), "on_site", capability="lacking")
        self.assertFalse(ticket.with_user(self.companion)._filtered_access("read"))
        ticket.with_user(self.director)._allocate(self.companion)
        self.assertTrue(ticket.with_user(self.companion)._filtered_access("write"))

    def test_reception_and_advisor_take_in_and_the_workshop_supervisor_takes_over(self):
        """ROLE-10: reception and service advisor are agents; the workshop works in Repairs."""
        ticket = self.in_progress(product_id=self.product.id)
        action = ticket.action_create_repair()
        order = self.env["repair.order"].browse(action["res_id"])
        self.assertTrue(order.with_user(self.agent).has_access("read"))
        self.assertFalse(order.with_user(self.agent).has_access("write"))
        workshop = self.user("agent", "workshop")
        workshop.group_ids = [Command.link(self.env.ref("stock.group_stock_user").id)]
        order.with_user(workshop).aftersales_workshop_supervisor_id = workshop
        order.with_user(workshop).action_aftersales_hand_over()
        self.assertTrue(order.aftersales_handed_over_at)

    def test_quality_control_inspects_and_reads(self):
        """ROLE-01: quality management."""
        inspector = self.user("inspector")
        self.assertTrue(self.may(inspector, "aftersales.ticket", "read"))
        self.assertFalse(self.may(inspector, "aftersales.ticket", "write"))
