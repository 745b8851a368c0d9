from datetime import timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import format_date

from .common import AftersalesServiceCommon


class DiagnosisCommon(AftersalesServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.cause = cls.env.ref("aftersales_service.aftersales_cause_material")
        cls.env["aftersales.known.fault"].search([]).active = False
        faults = cls.env["aftersales.known.fault"]
        cls.compressor, cls.wifi, cls.lamp = faults.create(
            [
                {"name": "Compressor leaks and does not start", "cause_id": cls.cause.id},
                {"name": "WiFi 断开 after a power cut", "cause_id": cls.cause.id},
                {"name": "Lamp flickers", "cause_id": cls.cause.id},
            ]
        )
        cls.compressor.with_context(lang="zh_CN").name = "压缩机漏水不启动"
        cls.compressor.solution = "<p>Change the seal.</p>"
        cls.product.product_tmpl_id.list_price = 500

    def candidates(self, text, **facts):
        return self.env["aftersales.known.fault"]._candidates(text, **facts)


@tagged("post_install", "-at_install")
class TestKnownFaultSearch(DiagnosisCommon):
    def test_two_characters_find_the_chinese_symptom_they_are_part_of(self):
        """DIAG-10: 漏水 finds 压缩机漏水不启动, whatever language the reader uses."""
        for text in ("漏水", "客户说冰箱漏水", "不启动", "漏"):
            with self.subTest(text):
                self.assertEqual(self.candidates(text), self.compressor)

    def test_what_is_not_said_is_not_found(self):
        self.assertFalse(self.candidates("屏幕"))
        self.assertFalse(self.candidates("?!"))

    def test_latin_words_are_found_in_any_case_and_mixed_with_chinese(self):
        """DIAG-10."""
        self.assertEqual(self.candidates("LAMP"), self.lamp)
        self.assertEqual(self.candidates("wifi断开了"), self.wifi)

    def test_a_misspelt_word_is_found_where_trigrams_are_installed(self):
        """DIAG-10: compresor, lekas; without the extension the exact words are found all the same."""
        if self.env.registry.has_trigram:
            self.assertEqual(self.candidates("compresor"), self.compressor)
        self.patch(self.env.registry, "has_trigram", False)
        self.assertFalse(self.candidates("compresor"))
        self.assertEqual(self.candidates("compressor"), self.compressor)

    def test_more_words_in_common_come_first(self):
        """DIAG-10: ranked by how much of the symptom fits."""
        other = self.compressor.copy({"name": "Compressor hums"})
        self.assertEqual(self.candidates("compressor leaks, does not start")[0], self.compressor)
        self.assertEqual(self.candidates("compressor hums")[0], other)

    def test_of_two_equal_faults_the_one_of_this_product_comes_first(self):
        """DIAG-17: questions and faults are the product's own first."""
        own = self.lamp.copy({"name": "Lamp flickers", "product_tmpl_id": self.product.product_tmpl_id.id})
        found = self.candidates("lamp flickers", product=self.product.product_tmpl_id)
        self.assertEqual(found, own + self.lamp)

    def test_a_later_translation_is_found_too(self):
        self.lamp.with_context(lang="zh_CN").name = "灯光闪烁"
        self.assertEqual(self.candidates("闪烁"), self.lamp)

    def test_archived_faults_and_those_of_another_company_are_not_proposed(self):
        other = self.env["res.company"].create({"name": "Branch"})
        self.lamp.company_id = other
        self.wifi.active = False
        found = self.env["aftersales.known.fault"].with_user(self.agent)._candidates("lamp wifi")
        self.assertFalse(found)

    def test_the_search_uses_its_index(self):
        """The index is named for its query and serves it."""
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute(
            "EXPLAIN SELECT id FROM aftersales_known_fault WHERE search_vector @@ '''漏水'''::tsquery"
        )
        plan = "\n".join(row[0] for row in self.env.cr.fetchall())
        self.assertIn("aftersales_known_fault_by_symptom_idx", plan)

    def test_the_list_searches_by_what_the_customer_says(self):
        found = self.env["aftersales.known.fault"].with_user(self.agent).search([("about", "ilike", "漏水")])
        self.assertEqual(found, self.compressor)

    def test_the_ticket_proposes_and_takes_over_what_is_known(self):
        """DIAG-10, INTAKE-28: cause and solution come over and the log says from where."""
        ticket = self.in_progress(title="冰箱漏水", solution="Looked at it.")
        self.assertEqual(ticket.known_fault_candidate_ids, self.compressor)
        self.compressor.with_user(self.agent).with_context(
            aftersales_ticket_id=ticket.id
        ).action_use_for_ticket()
        self.assertEqual((ticket.known_fault_id, ticket.cause_id), (self.compressor, self.cause))
        self.assertEqual(ticket.solution, "Looked at it.\n\nChange the seal.")
        self.assertIn("Known fault used", ticket.message_ids[0].body)
        self.assertEqual(self.compressor.use_count, 1)
        self.assertTrue(ticket.diagnosed_at, "the diagnosis is a fact with a moment of its own")

    def test_taking_it_over_twice_does_not_repeat_the_solution(self):
        ticket = self.in_progress()
        ticket._use_known_fault(self.compressor)
        ticket._use_known_fault(self.compressor)
        self.assertEqual(ticket.solution, "Change the seal.")

    def test_without_a_saved_ticket_nothing_is_taken_over(self):
        with self.assertRaisesRegex(UserError, "Save the ticket"):
            self.compressor.action_use_for_ticket()

    def test_a_new_fault_is_noted_from_the_ticket(self):
        """DIAG-10: the library grows by what was found."""
        ticket = self.in_progress()
        with self.assertRaisesRegex(UserError, "Name the cause"):
            ticket.action_note_known_fault()
        ticket.cause_id = self.cause
        context = ticket.action_note_known_fault()["context"]
        fault = Form(self.env["aftersales.known.fault"].with_user(self.agent).with_context(**context)).save()
        self.assertEqual((fault.name, fault.cause_id), ("Does not cool", self.cause))


@tagged("post_install", "-at_install")
class TestDiagnosis(DiagnosisCommon):
    def test_checks_are_kept_with_tool_reading_and_whoever_did_them(self):
        """DIAG-03, DIAG-06, DIAG-09, DIAG-11: one by one, down to the bottom cause."""
        ticket = self.in_progress()
        steps = self.env["aftersales.diagnosis.step"].with_user(self.agent)
        top = steps.create(
            {
                "ticket_id": ticket.id,
                "name": "Voltage at the compressor",
                "tool": "instrument",
                "reading": "0 V",
            }
        )
        self.assertFalse(top.user_id)
        top.result = "suspect"
        bottom = steps.create(
            {
                "ticket_id": ticket.id,
                "name": "Exchange the relay, nothing else",
                "tool": "swap",
                "result": "found",
                "parent_id": top.id,
            }
        )
        self.assertEqual((top.user_id, bottom.user_id), (self.agent, self.agent))
        self.assertTrue(bottom.done_at)
        top.result = "open"
        self.assertFalse(top.done_at)

    def test_nature_scope_use_and_isolation_are_on_the_paper(self):
        """DIAG-04, DIAG-12, DIAG-15: whoever opens the file reads how it was narrowed down and kept apart."""
        ticket = self.in_progress(
            fault_nature="software",
            fault_scope="linked",
            fault_place="Controller",
            linked_systems="Sensor line separated",
            usage_record="1200 hours",
        )
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "aftersales_service.report_ticket_dossier", ticket.ids
        )
        for fact in ("Software", "Linked devices too", "Controller", "Sensor line separated", "1200 hours"):
            self.assertIn(fact, html.decode())

    def test_a_repair_on_site_is_not_solved_without_the_record_of_use(self):
        """DIAG-15: the record is mandatory; a repair from afar and an installation ask for none."""
        ticket = self.in_progress(intervention_mode="on_site")
        with self.assertRaisesRegex(UserError, "how the goods were used before the fault"):
            ticket.action_resolve()
        ticket.usage_record = "1200 hours, outdoors"
        with self.assertRaises(UserError) as refused:
            ticket.action_resolve()
        self.assertNotIn("how the goods were used", str(refused.exception))
        self.in_progress(intervention_mode="phone").action_resolve()

    def test_the_standard_checks_come_once_and_only_those_that_fit(self):
        """INTAKE-26: serial number and software version are read before anybody judges."""
        self.env["aftersales.check"].create({"name": "Only for complaints", "service_type": "complaint"})
        ticket = self.in_progress()
        ticket.action_load_checks()
        names = ticket.step_ids.mapped("name")
        self.assertIn("Serial number, read on the device", names)
        self.assertIn("Software version, read on the device", names)
        self.assertNotIn("Only for complaints", names)
        ticket.action_load_checks()
        self.assertEqual(len(ticket.step_ids), len(names))

    def test_an_engineer_sees_the_checks_of_the_teams_tickets_only(self):
        other_team = self.env["aftersales.team"].create({"name": "Others"})
        mine, other = self.in_progress(), self.in_progress(team_id=other_team.id)
        steps = self.env["aftersales.diagnosis.step"].create(
            [{"ticket_id": mine.id, "name": "a"}, {"ticket_id": other.id, "name": "b"}]
        )
        seen = (
            self.env["aftersales.diagnosis.step"].with_user(self.engineer).search([("id", "in", steps.ids)])
        )
        self.assertEqual(seen, steps[0])

    def test_the_customer_is_told_that_a_full_inspection_comes_first(self):
        """DIAG-16: the cause cannot be told at once; said once, by mail."""
        ticket = self.in_progress()
        before = self.env["mail.mail"].search_count([])
        ticket.action_announce_inspection()
        ticket.action_announce_inspection()
        mails = self.env["mail.mail"].search([], order="id desc", limit=1)
        self.assertEqual(self.env["mail.mail"].search_count([]), before + 1)
        self.assertIn("inspected thoroughly", mails.body_html)
        self.assertTrue(ticket.inspection_told_at)


@tagged("post_install", "-at_install")
class TestQuestionTree(DiagnosisCommon):
    """DIAG-14, DIAG-17: the thermos of the source: warm outside means a broken vacuum."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["aftersales.question"].search([]).active = False
        cls.vacuum, cls.seal = cls.env["aftersales.known.fault"].create(
            [
                {"name": "Vacuum is broken", "cause_id": cls.cause.id},
                {"name": "Seal of the lid is worn", "cause_id": cls.cause.id},
            ]
        )
        cls.lid = cls.env["aftersales.question"].create(
            {
                "name": "Does the lid close tightly?",
                "answer_ids": [
                    Command.create({"name": "No", "known_fault_id": cls.seal.id}),
                    Command.create({"name": "Yes", "advice": "Measure how long it stays warm"}),
                ],
            }
        )
        cls.warm = cls.env["aftersales.question"].create(
            {
                "name": "Does the outside get warm?",
                "is_start": True,
                "product_tmpl_id": cls.product.product_tmpl_id.id,
                "answer_ids": [
                    Command.create({"name": "Yes", "known_fault_id": cls.vacuum.id}),
                    Command.create({"name": "No", "next_question_id": cls.lid.id}),
                ],
            }
        )
        cls.general = cls.env["aftersales.question"].create({"name": "Is it switched on?", "is_start": True})

    def talk(self, ticket):
        action = ticket.action_ask_questions()
        return self.env["aftersales.ticket.talk"].with_user(self.agent).browse(action["res_id"])

    def answer(self, talk, name):
        talk.answer_id = talk.question_id.answer_ids.filtered(lambda answer: answer.name == name)
        talk.action_next()

    def test_a_talk_begins_with_the_products_own_question(self):
        self.assertEqual(self.talk(self.in_progress(product_id=self.product.id)).question_id, self.warm)
        self.assertEqual(self.talk(self.in_progress()).question_id, self.general)

    def test_answers_lead_to_a_known_fault_and_are_kept_as_checks(self):
        """DIAG-14: the tree of questions for the telephone."""
        ticket = self.in_progress(product_id=self.product.id)
        talk = self.talk(ticket)
        self.answer(talk, "No")
        self.assertEqual(talk.question_id, self.lid)
        talk.remark = "since Monday"
        self.answer(talk, "No")
        self.assertFalse(talk.question_id)
        self.assertEqual(talk.known_fault_id, self.seal)
        talk.action_use()
        self.assertEqual(ticket.known_fault_id, self.seal)
        self.assertEqual(
            [(step.name, step.reading) for step in ticket.step_ids],
            [("Does the outside get warm?", "No"), ("Does the lid close tightly?", "No – since Monday")],
        )

    def test_a_talk_can_end_with_an_advice(self):
        talk = self.talk(self.in_progress(product_id=self.product.id))
        self.answer(talk, "No")
        self.answer(talk, "Yes")
        self.assertEqual(talk.advice, "Measure how long it stays warm")

    def test_an_answer_to_another_question_is_refused(self):
        talk = self.talk(self.in_progress(product_id=self.product.id))
        talk.answer_id = self.lid.answer_ids[0]
        with self.assertRaisesRegex(UserError, "Choose what the customer answers"):
            talk.action_next()

    def test_without_questions_the_agent_hears_where_they_come_from(self):
        (self.warm + self.general).active = False
        with self.assertRaisesRegex(UserError, "no diagnostic questions"):
            self.in_progress().action_ask_questions()


@tagged("post_install", "-at_install")
class TestEscalation(DiagnosisCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.expert = cls.user("engineer", "expert")
        cls.support = cls.env["aftersales.team"].create(
            {
                "name": "Technical support",
                "support_level": "technical",
                "member_ids": [Command.set(cls.expert.ids)],
            }
        )
        cls.headquarters = cls.env["aftersales.team"].create(
            {"name": "Headquarters", "support_level": "headquarters"}
        )

    def wizard(self, ticket, **vals):
        action = ticket.action_escalate()
        wizards = self.env[action["res_model"]].with_user(self.agent).with_context(**action["context"])
        return wizards.create(vals)

    def test_what_the_first_line_cannot_answer_goes_to_technical_support(self):
        """INTAKE-31, DIAG-01: with the reason, as a ticket that nobody has there yet."""
        ticket = self.in_progress()
        wizard = self.wizard(ticket, reason="E04 after the reset")
        self.assertEqual(wizard.team_id, self.support)
        wizard.action_apply()
        self.assertEqual((ticket.state, ticket.team_id), ("new", self.support))
        self.assertFalse(ticket.user_id)
        self.assertEqual(ticket.escalated_from_id, self.team)
        self.assertTrue(ticket.escalated_at)
        self.assertTrue(any("E04 after the reset" in body for body in ticket.message_ids.mapped("body")))

    def test_technical_support_reports_to_headquarters(self):
        """DIAG-18."""
        ticket = self.in_progress(team_id=self.support.id)
        self.assertEqual(self.wizard(ticket).team_id, self.headquarters)

    def test_without_a_reason_nothing_is_handed_on(self):
        ticket = self.in_progress()
        with self.assertRaisesRegex(UserError, "Say why"):
            self.wizard(ticket, reason="  ").action_apply()
        self.assertEqual((ticket.state, ticket.team_id), ("in_progress", self.team))

    def test_the_own_team_is_no_other_team(self):
        ticket = self.in_progress()
        with self.assertRaisesRegex(UserError, "choose another team"):
            self.wizard(ticket, team_id=self.team.id, reason="why not").action_apply()

    def test_an_engineer_hands_on_what_will_be_another_teams(self):
        """DIAG-01."""
        ticket = self.ticket(user_id=self.engineer.id).with_user(self.engineer)
        ticket.action_accept()
        ticket._escalate(self.support, "Needs the controller's log")
        self.assertEqual(ticket.sudo().team_id, self.support)

    def test_who_may_not_work_on_tickets_hands_nothing_on(self):
        ticket = self.in_progress()
        inspector = self.user("inspector")
        with self.assertRaises(AccessError):
            ticket.with_user(inspector)._escalate(self.support, "because")
        self.assertEqual(ticket.team_id, self.team)

    def test_being_assigned_is_promised_anew_and_a_pause_is_over(self):
        """DIAG-18: a ticket that was handed on is not forgotten; the clock of the solution goes on."""
        ticket = self.in_progress(urgency="urgent", impact="global")
        ticket.waiting_for = "parts"
        ticket.action_wait()
        self.assertEqual(self.deadlines(ticket)["diagnosis"].state, "paused")
        ticket._escalate(self.support, "Needs an expert")
        rows = self.deadlines(ticket)
        self.assertEqual((rows["assign"].state, rows["diagnosis"].state), ("running", "running"))


@tagged("post_install", "-at_install")
class TestAffectedCustomers(DiagnosisCommon):
    """DIAG-13: count who has the same goods, and push the solution or the recall to them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.others = cls.env["res.partner"].create(
            [{"name": f"Buyer {n}", "email": f"buyer{n}@example.com"} for n in range(3)]
            + [{"name": "Without mail"}]
        )

    def sell_to(self, partner, quantity=1):
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [Command.create({"product_id": self.product.id, "product_uom_qty": quantity})],
            }
        )
        order.action_confirm()
        self.deliver(order)
        return order

    def wizard(self, ticket, **vals):
        context = ticket.action_find_affected()["context"]
        wizards = self.env["aftersales.ticket.affected"].with_user(self.supervisor).with_context(**context)
        return wizards.create({"message": "<p>Please switch it off.</p>", **vals})

    def affected_ticket(self):
        lot = self.sell().picking_ids.move_line_ids.lot_id
        return self.in_progress(lot_id=lot.id, cause_id=self.cause.id)

    def mails_to(self, partners):
        """{partner: how many notices have gone to the address}."""
        mails = self.env["mail.mail"].search([("subject", "ilike", "information about")])
        return {partner: str(mails.mapped("email_to")).count(partner.email) for partner in partners}

    def test_other_holders_are_counted_in_one_statement(self):
        """DIAG-13: per fault, by the goods that it can be in."""
        ticket = self.affected_ticket()
        for partner in self.others:
            self.sell_to(partner, 2)
        self.env.flush_all()
        with self.assertQueryCount(1):
            rows = ticket.sudo()._holders(self.company, self.product)
        self.assertEqual(len(rows), 5, "the customer of the ticket among them")
        wizard = self.wizard(ticket)
        self.assertEqual((wizard.found_count, wizard.piece_count, wizard.silent_count), (4, 8, 1))

    def test_each_customer_is_informed_once_whoever_asks_again(self):
        ticket = self.affected_ticket()
        for partner in self.others:
            self.sell_to(partner)
        self.wizard(ticket).action_inform()
        buyers = self.others[:3]
        self.assertEqual(self.mails_to(buyers), dict.fromkeys(buyers, 1))
        self.assertEqual(ticket.affected_count, 4)
        self.assertIn("3 affected customers informed", ticket.message_ids[0].body)
        again = self.wizard(ticket)
        self.assertEqual(again.known_count, 3)
        again.action_inform()
        self.assertEqual(self.mails_to(buyers), dict.fromkeys(buyers, 1))

    def test_who_gets_an_address_later_is_informed_then(self):
        ticket = self.affected_ticket()
        silent = self.others[3]
        self.sell_to(silent)
        self.wizard(ticket).action_inform()
        silent.email = "now@example.com"
        self.wizard(ticket).action_inform()
        self.assertEqual(self.mails_to(silent), {silent: 1})

    def test_what_was_given_back_is_no_longer_affected(self):
        ticket = self.affected_ticket()
        order = self.sell_to(self.others[0])
        picking = order.picking_ids
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves.quantity = 1
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_ids.lot_ids = picking.move_line_ids.lot_id
        back.move_ids.quantity = 1
        back.move_ids.picked = True
        back.with_context(skip_backorder=True).button_validate()
        self.assertEqual(back.state, "done")
        self.assertEqual(self.wizard(ticket).found_count, 0)

    def test_a_batch_is_bounded_by_number_or_by_days_of_delivery(self):
        ticket = self.affected_ticket()
        self.sell_to(self.others[0])
        self.assertEqual(self.wizard(ticket, scope="lot").found_count, 0, "its serial number is its own")
        today = fields.Date.today()
        self.assertEqual(self.wizard(ticket, date_from=today).found_count, 1)
        self.assertEqual(self.wizard(ticket, date_to=today - timedelta(days=1)).found_count, 0)

    def test_a_recall_is_another_notice_than_a_solution(self):
        ticket = self.affected_ticket()
        self.sell_to(self.others[0])
        self.wizard(ticket).action_inform()
        self.wizard(ticket, notice="recall").action_inform()
        self.assertEqual(ticket.affected_ids.mapped("notice"), ["solution", "recall"])

    def test_nobody_else_means_nobody_is_written_to(self):
        with self.assertRaisesRegex(UserError, "Nobody else has"):
            self.wizard(self.affected_ticket()).action_inform()

    def test_an_agent_does_not_write_to_everybody(self):
        ticket = self.affected_ticket()
        with self.assertRaises(AccessError):
            self.env["aftersales.ticket.affected"].with_user(self.agent).create({"ticket_id": ticket.id})


@tagged("post_install", "-at_install")
class TestSolutionPlan(DiagnosisCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.general_manager = cls.user("general_manager")
        cls.company.aftersales_plan_limit = 1000

    def plan(self, **vals):
        ticket = self.in_progress(
            product_id=self.product.id, purchase_date=fields.Date.today(), cause_id=self.cause.id
        )
        values = {
            "name": "Exchange the compressor",
            "ticket_id": ticket.id,
            "steps": "Take it out\nPut the new one in",
            "resources": "One engineer, one compressor",
            "expected_effect": "Cools to 4 degrees within an hour",
            "feasibility": "high",
            "safety": "high",
            "benefit": "medium",
            "cost": 300,
            "ready_on": fields.Date.today() + timedelta(days=3),
            **vals,
        }
        return self.env["aftersales.solution.plan"].with_user(self.agent).create(values)

    def approved(self, **vals):
        plan = self.plan(**vals)
        plan.action_submit_plan()
        plan.with_user(self.supervisor).action_approve_plan()
        return plan

    def test_from_the_draft_to_the_tested_solution(self):
        """SOLN-01 … SOLN-05, DIAG-05."""
        plan = self.approved()
        plan.action_tell()
        with self.assertRaisesRegex(UserError, "how it was tested"):
            plan.action_complete()
        plan.test_result = "4 degrees after 50 minutes"
        plan.action_complete()
        self.assertEqual(plan.state, "done")
        self.assertEqual(plan.approved_by_id, self.supervisor)
        self.assertTrue(plan.submitted_at and plan.approved_at and plan.told_at and plan.done_at)

    def test_a_plan_says_in_one_line_what_is_next_by_when_and_who_pays(self):
        plan = self.plan()
        self.assertIn("Submit it for approval · ready on", plan.headline)
        self.assertIn("free for the customer", plan.headline)
        plan.action_submit_plan()
        self.assertIn("Has to be approved: supervisor", plan.headline)
        plan.with_user(self.supervisor).action_approve_plan()
        self.assertIn("Tell the customer", plan.headline)
        plan.action_drop()
        self.assertEqual(plan.headline, "Dropped")

    def test_a_plan_says_what_with_what_and_to_what_effect_and_is_weighed(self):
        """SOLN-01, SOLN-02."""
        plan = self.plan(resources=False, safety=False)
        with self.assertRaisesRegex(UserError, "Fill in: Resources, Safety"):
            plan.action_submit_plan()
        self.assertEqual(plan.state, "draft")

    def test_the_package_is_part_of_what_was_approved(self):
        """SOLN-09: standard, customised or added value; another one is another plan to approve."""
        for package in ("standard", "customised", "added_value"):
            plan = self.approved(package=package)
            with self.assertRaisesRegex(UserError, "Take it back to draft"):
                plan.package = "customised" if package != "customised" else "standard"

    def test_nothing_is_solved_by_a_plan_that_was_not_approved(self):
        """SOLN-04: as draft, submitted and refused; approved or dropped it no longer stands in the way."""
        plan = self.plan()
        ticket = plan.ticket_id
        refused = "have it approved, or drop it"
        with self.assertRaisesRegex(UserError, refused):
            ticket.action_resolve()
        plan.action_submit_plan()
        with self.assertRaisesRegex(UserError, refused):
            ticket.action_resolve()
        plan.with_user(self.supervisor).action_refuse_plan()
        with self.assertRaisesRegex(UserError, "was refused: change it"):
            ticket.action_resolve()
        plan.action_revise()
        plan.action_submit_plan()
        plan.with_user(self.supervisor).action_approve_plan()
        ticket.action_resolve()
        self.assertEqual(ticket.state, "resolved")
        dropped = self.plan()
        dropped.action_drop()
        dropped.ticket_id.action_resolve()
        self.assertEqual(dropped.ticket_id.state, "resolved")

    def test_nobody_leaves_to_carry_out_what_was_not_approved(self):
        """SOLN-04: the engineer stays until the plan is approved."""
        plan = self.plan(cost=5000)
        plan.action_submit_plan()
        visit = self.env["aftersales.visit"].create(
            {
                "ticket_id": plan.ticket_id.id,
                "user_id": self.engineer.id,
                "start": "2027-03-15 06:00:00",
            }
        )
        with self.assertRaisesRegex(UserError, "nobody leaves to carry it out"):
            visit.with_user(self.engineer).action_arrive()
        plan.with_user(self.general_manager).action_approve_plan()
        visit.with_user(self.engineer).action_arrive()
        self.assertEqual(visit.state, "arrived")

    def test_a_company_may_want_a_plan_for_every_repair(self):
        """SOLN-04."""
        self.company.aftersales_plan_required = True
        with self.assertRaisesRegex(UserError, "needs an approved solution plan"):
            self.in_progress().action_resolve()
        self.in_progress(service_type="consultation").action_resolve()

    def test_above_the_limit_the_general_manager_approves(self):
        """SOLN-03."""
        plan = self.plan(cost=1000.01)
        plan.action_submit_plan()
        self.assertEqual(plan.approver, "general_manager")
        with self.assertRaisesRegex(AccessError, "ask the general manager"):
            plan.with_user(self.supervisor).action_approve_plan()
        plan.with_user(self.general_manager).action_approve_plan()
        self.assertEqual(plan.state, "approved")
        self.assertEqual(plan._verdict_of("plan")[plan].outcome, "general_manager")

    def test_nobody_approves_a_plan_of_their_own(self):
        """SOLN-03: four eyes, also for a supervisor who submits an agent's draft."""
        plan = self.plan()
        plan.with_user(self.supervisor).action_submit_plan()
        with self.assertRaisesRegex(AccessError, "Four eyes"):
            plan.with_user(self.supervisor).action_approve_plan()
        self.assertNotIn("approve_plan", plan.with_user(self.supervisor).allowed_events)

    def test_the_supervisor_is_asked_and_the_task_ends_with_the_answer(self):
        plan = self.plan()
        plan.action_submit_plan()
        self.assertEqual(plan.activity_ids.user_id, self.supervisor)
        plan.with_user(self.supervisor).action_refuse_plan()
        self.assertFalse(plan.activity_ids)

    def test_what_was_approved_is_what_is_carried_out(self):
        """SOLN-04: a change goes back to draft and is approved anew."""
        plan = self.approved()
        with self.assertRaisesRegex(UserError, "Take it back to draft"):
            plan.cost = 5000
        plan.action_revise()
        plan.cost = 5000
        plan.action_submit_plan()
        self.assertEqual((plan.approver, plan.approved_at), ("general_manager", False))

    def test_the_customer_hears_cause_plan_price_and_time(self):
        """SOLN-05: free under warranty."""
        plan = self.approved()
        plan.action_tell()
        mail = self.env["mail.mail"].search(
            [("subject", "ilike", "what we propose")], order="id desc", limit=1
        )
        for part in (
            "Material fault",
            "Put the new one in",
            "free of charge",
            format_date(self.env, plan.ready_on),
        ):
            self.assertIn(part, mail.body_html)
        self.assertIn(self.customer.email, mail.email_to)
        self.assertEqual(mail.state, "outgoing", "queued, not sent within the click")

    def test_where_the_customer_pays_the_fee_is_the_quotations(self):
        """SOLN-05, WARR-06."""
        plan = self.plan()
        plan.ticket_id.cause_id = self.env.ref("aftersales_service.aftersales_cause_misuse")
        self.assertEqual(plan.coverage, "charged")
        self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "aftersales_ticket_id": plan.ticket_id.id,
                "order_line": [
                    Command.create({"product_id": self.product.id, "price_unit": 88, "tax_ids": False})
                ],
            }
        )
        self.assertEqual(plan.fee, 88)
        self.assertIn("88", plan._price_text())
        self.assertIn("paid by you", plan._price_text())

    def test_who_pays_must_be_known_before_the_customer_is_told(self):
        """SOLN-05."""
        plan = self.approved()
        plan.ticket_id.write({"cause_id": False, "purchase_date": False})
        with self.assertRaisesRegex(UserError, "Missing: the cause.*who pays"):
            plan.action_tell()

    def test_a_customer_without_an_address_is_told_by_telephone(self):
        plan = self.approved()
        plan.ticket_id.email = False
        self.customer.email = False
        plan.action_tell()
        self.assertIn("by telephone", plan.ticket_id.message_ids[0].body)

    def test_instructions_carry_the_manual_of_the_known_fault(self):
        """SOLN-06: a manual or a film instead of a visit."""
        manual = self.env["ir.attachment"].create({"name": "manual.pdf", "raw": b"%PDF-1.4"})
        self.compressor.write({"document_ids": manual.ids, "video_url": "https://example.com/film"})
        self.assertEqual(manual.res_id, self.compressor.id, "everybody who reads the fault opens its manual")
        ticket = self.in_progress()
        ticket._use_known_fault(self.compressor)
        context = ticket.action_send_instructions()["context"]
        composer = self.env["mail.compose.message"].with_user(self.agent).with_context(**context).create({})
        self.assertIn("https://example.com/film", composer.body)
        self.assertIn(manual, composer.attachment_ids)

    @freeze_time("2026-06-01 08:00:00")
    def test_plans_are_seen_with_their_ticket(self):
        plan = self.plan()
        self.assertEqual(plan.ticket_id.plan_count, 1)
        self.assertEqual(plan.ticket_id.action_open_plans()["res_id"], plan.id)
