from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import AftersalesServiceCommon


@tagged("post_install", "-at_install")
class TestTicketIntake(AftersalesServiceCommon):
    def test_numbers_count_by_day_of_the_company_and_go_beyond_four_digits(self):
        """INTAKE-20: SR-YYYYMMDD and four digits, in the company's own day."""
        tickets = self.env["aftersales.ticket"].with_company(self.branch_in_shanghai())
        with freeze_time("2026-03-15 17:30:00"):  # already the 16th in Shanghai
            first, second = tickets.create({"title": "a"}) + tickets.create({"title": "b"})
            self.assertEqual(first.name, "SR-202603160001")
            self.assertEqual(second.name, "SR-202603160002")
        with freeze_time("2026-03-16 17:30:00"):
            self.assertEqual(tickets.create({"title": "c"}).name, "SR-202603170001", "each day begins anew")
            tickets.load_history([{"title": "d", "name": "SR-202603189998"}])
        with freeze_time("2026-03-17 17:30:00"):
            batch = tickets.create([{"title": "e"}, {"title": "f"}])
        self.assertEqual(batch.mapped("name"), ["SR-202603189999", "SR-2026031810000"])

    def branch_in_shanghai(self, name="Branch"):
        """A company of its own: what a sequence has given it does not take back with the test."""
        branch = self.env["res.company"].create({"name": name})
        branch.aftersales_calendar_id = self.around_the_clock()
        self.env.user.company_ids |= branch
        return branch

    def test_each_company_counts_for_itself(self):
        """INTAKE-20."""
        one, other = self.branch_in_shanghai(), self.branch_in_shanghai("Another")
        with freeze_time("2026-03-15 08:00:00"):
            tickets = self.env["aftersales.ticket"].create(
                [
                    {"title": title, "company_id": company.id}
                    for title, company in zip("abc", one + other + one, strict=True)
                ]
            )
        self.assertEqual(tickets.mapped("name"), ["SR-202603150001", "SR-202603150001", "SR-202603150002"])

    def test_nobody_numbers_a_ticket_by_hand(self):
        """INTAKE-20: the number is the system's."""
        ticket = self.ticket(name="SR-1")
        self.assertRegex(ticket.name, r"^SR-\d{12}$")
        with self.assertRaises(AccessError):
            ticket.name = "SR-2"

    def test_a_call_is_taken_with_what_is_known_of_the_customer(self):
        """INTAKE-10, INTAKE-14: name, telephone and mail come along and stay as they were told."""
        ticket = self.ticket(contact_name="Mrs. Li")
        self.assertEqual(
            (ticket.contact_name, ticket.phone, ticket.email),
            ("Mrs. Li", self.customer.phone, self.customer.email),
        )

    def test_the_form_of_an_agent_makes_a_ticket(self):
        """INTAKE-15, INTAKE-16, INTAKE-17, INTAKE-22: the blocks of the service order are on the form."""
        form = Form(self.env["aftersales.ticket"].with_user(self.agent))
        form.title = "Does not cool"
        form.partner_id = self.customer
        form.description = "Warm since yesterday"
        form.problem_type = "hardware"
        form.tried_solutions = "Switched off and on"
        form.preliminary_judgement = "Refrigerant leak or sensor"
        form.purchase_date = "2026-01-02"
        ticket = form.save()
        self.assertEqual((ticket.state, ticket.service_type), ("new", "repair"))

    def test_a_form_that_is_opened_and_left_makes_no_ticket(self):
        """Leaving a form saves it: one that says nothing must not become a ticket with promises."""
        form = Form(self.env["aftersales.ticket"].with_user(self.agent))
        with self.assertRaisesRegex(AssertionError, "title is a required field"):
            form.save()

    def test_a_serial_number_tells_the_product_and_the_card(self):
        """INTAKE-15, WARR-11: warranty status comes with the serial number."""
        order = self.sell()
        lot = order.picking_ids.move_line_ids.lot_id
        ticket = self.ticket(lot_id=lot.id)
        self.assertEqual(ticket.product_id, self.product)
        self.assertEqual(ticket.warranty_card_id.lot_id, lot)

    def test_a_purchase_in_the_future_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "lies in the future"):
            self.ticket(purchase_date=fields.Date.today() + timedelta(days=2))

    def test_a_serial_number_of_another_product_is_refused(self):
        other = self.env["product.product"].create({"name": "Oven"})
        lot = self.env["stock.lot"].create({"name": "X1", "product_id": self.product.id})
        with self.assertRaisesRegex(ValidationError, "belongs to"):
            self.ticket(product_id=other.id, lot_id=lot.id)

    def test_an_unknown_serial_number_is_kept_as_told(self):
        self.assertEqual(self.ticket(serial_number="??-77").serial_number, "??-77")

    def test_the_same_fault_on_the_same_serial_number_again_is_a_repeat_repair(self):
        """CON-25."""
        lot = self.env["stock.lot"].create({"name": "X1", "product_id": self.product.id})
        cause = self.env.ref("aftersales_service.aftersales_cause_material")
        first = self.in_progress(lot_id=lot.id, cause_id=cause.id)
        first.action_resolve()
        again = self.ticket(lot_id=lot.id, cause_id=cause.id)
        misuse = self.env.ref("aftersales_service.aftersales_cause_misuse")
        other = self.ticket(lot_id=lot.id, cause_id=misuse.id)
        self.assertEqual([first.is_repeat, again.is_repeat, other.is_repeat], [False, True, False])

    def test_only_new_tickets_without_documents_may_be_deleted_by_a_supervisor(self):
        """ARCHIVE-01: what was worked on stays."""
        with self.assertRaisesRegex(UserError, "only a supervisor"):
            self.ticket().unlink()
        spam = self.ticket().with_user(self.supervisor)
        name = spam.name
        spam.unlink()
        self.assertFalse(spam.exists())
        log = self.env["ir.logging"].search([("name", "=", "aftersales.ticket")], order="id desc", limit=1)
        self.assertIn(f"{name} of ", log.message)
        self.assertIn("deleted by as_supervisor", log.message)
        with self.assertRaises(UserError):
            self.accepted().with_user(self.supervisor).unlink()


@tagged("post_install", "-at_install")
class TestTicketFlow(AftersalesServiceCommon):
    def test_from_the_call_to_the_closed_file(self):
        """SO-1 … SO-9: each step leaves its moment."""
        ticket = self.ticket(user_id=self.agent.id)
        self.assertEqual(ticket.state, "assigned")
        ticket.action_accept()
        ticket.action_start()
        ticket.action_resolve()
        ticket.action_close()
        self.assertEqual(ticket.state, "closed")
        self.assertTrue(
            all(ticket[stamp] for stamp in ("assigned_at", "accepted_at", "resolved_at", "closed_at"))
        )

    def test_choosing_an_assignee_assigns_and_changing_it_asks_the_new_one(self):
        """DISP-01."""
        ticket = self.ticket()
        ticket.user_id = self.agent
        self.assertEqual(ticket.state, "assigned")
        ticket.action_accept()
        ticket.user_id = self.colleague
        self.assertEqual((ticket.state, ticket.user_id), ("assigned", self.colleague))

    def test_taking_a_ticket_is_accepting_it(self):
        ticket = self.ticket()
        ticket.with_context(aftersales_take=True).action_assign()
        self.assertEqual((ticket.state, ticket.user_id), ("accepted", self.agent))

    def test_a_ticket_without_anybody_cannot_be_assigned(self):
        self.team.member_ids = False
        self.team.supervisor_id = False
        ticket = self.ticket()
        ticket.action_assign()
        self.assertEqual(ticket.state, "new")
        with self.assertRaisesRegex(UserError, "choose an assignee"):
            ticket._fire("assign")

    def test_an_archived_colleague_gets_no_ticket(self):
        self.colleague.active = False
        ticket = self.ticket()
        with self.assertRaisesRegex(UserError, "can no longer take tickets"):
            ticket.user_id = self.colleague

    def test_an_engineer_works_but_does_not_dispatch_or_close(self):
        """DISP-01, ROLE: field work takes no desk decisions."""
        ticket = self.ticket(user_id=self.engineer.id).with_user(self.engineer)
        ticket.action_accept()
        ticket.action_start()
        ticket.action_resolve()
        with self.assertRaises(AccessError):
            ticket.action_close()
        self.assertEqual(ticket.state, "resolved")

    def test_the_state_cannot_be_written(self):
        ticket = self.ticket()
        with self.assertRaises(AccessError):
            ticket.write({"state": "closed"})
        self.assertEqual(ticket.state, "new")

    def test_two_agents_accepting_at_once_leave_one_acceptance(self):
        """Bad input: the second one is told to reload."""
        ticket = self.ticket(user_id=self.agent.id)
        ticket.action_accept()
        with self.assertRaisesRegex(UserError, "does not apply"):
            ticket.with_user(self.colleague).action_accept()

    def test_a_wait_has_a_named_reason(self):
        """Pause only for named reasons."""
        ticket = self.in_progress()
        ticket.waiting_for = False
        with self.assertRaisesRegex(UserError, "what .* waits for"):
            ticket.action_wait()
        ticket.waiting_for = "parts"
        ticket.action_wait()
        self.assertEqual(ticket.state, "waiting")
        self.assertIn("Parts", ticket.headline)

    def test_the_wizard_asks_why_and_fires(self):
        ticket = self.accepted()
        action = ticket.with_context(aftersales_ask_reason=True).action_cancel()
        wizard = (
            self.env[action["res_model"]].with_user(self.agent).with_context(**action["context"]).create({})
        )
        with self.assertRaisesRegex(UserError, "Say why"):
            wizard.action_apply()
        wizard.reason = "Called twice"
        wizard.action_apply()
        self.assertEqual(ticket.state, "cancelled")
        self.assertIn("Called twice", "".join(ticket.message_ids.mapped("body")))

    def test_a_batch_tells_what_went_through_and_why_the_rest_did_not(self):
        ready, new = self.ticket(user_id=self.agent.id), self.ticket()
        answer = (ready + new)._batch_action("accept")
        self.assertEqual((ready.state, new.state), ("accepted", "new"))
        self.assertEqual(answer["params"]["type"], "warning")
        self.assertIn(new.name, answer["params"]["message"])

    def test_a_solved_ticket_closes_by_itself_when_the_customer_stays_silent(self):
        """PROG-07: the customer has a week to dispute the result."""
        ticket = self.in_progress()
        ticket.action_resolve()
        later = fields.Datetime.now() + timedelta(days=self.company.aftersales_confirm_days, minutes=1)
        self.env["aftersales.deadline"]._run_due(now=later)
        self.assertEqual(ticket.state, "closed")

    def test_zero_days_leave_solved_tickets_open(self):
        self.company.aftersales_confirm_days = 0
        ticket = self.in_progress()
        ticket.action_resolve()
        self.assertNotIn("confirm", self.deadlines(ticket))

    def test_history_comes_in_with_its_states_and_dates(self):
        """ARCHIVE-03: old tickets keep their own numbers; the others are numbered."""
        load = self.env["aftersales.ticket"].with_user(self.manager).load_history
        old, other = load(
            [
                {
                    "name": "SR-202001010001",
                    "title": "Old",
                    "state": "closed",
                    "closed_at": "2020-01-03 10:00:00",
                },
                {"title": "Open", "state": "in_progress", "user_id": self.agent.id},
            ]
        )
        self.assertEqual(
            (old.name, old.state, str(old.closed_at)), ("SR-202001010001", "closed", "2020-01-03 10:00:00")
        )
        self.assertRegex(other.name, r"^SR-\d{12}$")
        self.assertFalse((old + other).deadline_ids)

    def test_the_headline_says_what_is_next_by_when_and_who_pays(self):
        ticket = self.ticket(user_id=self.agent.id)
        self.assertRegex(ticket.headline, r"Agent has to accept it · Accept by .*\d\d:\d\d · who pays")

    def test_repair_order_and_quotation_belong_to_the_ticket(self):
        """QUOTE-01, WARR-07: a covered repair is free."""
        order = self.sell()
        cause = self.env.ref("aftersales_service.aftersales_cause_material")
        ticket = self.in_progress(lot_id=order.picking_ids.move_line_ids.lot_id.id)
        ticket.cause_id = cause
        ticket.action_create_repair()
        ticket.action_create_quotation()
        self.assertTrue(ticket.repair_ids.under_warranty)
        self.assertEqual(ticket.quotation_ids.partner_id, self.customer)
        self.assertEqual((ticket.repair_count, ticket.quotation_count), (1, 1))

    def test_a_repair_order_needs_a_product(self):
        with self.assertRaisesRegex(UserError, "which product"):
            self.in_progress().action_create_repair()


@tagged("post_install", "-at_install")
class TestVisit(AftersalesServiceCommon):
    SIGNATURE = (
        b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
    )

    def visit(self):
        ticket = self.in_progress(user_id=self.agent.id)
        visits = self.env["aftersales.visit"].with_user(self.agent)
        return visits.create(
            {"ticket_id": ticket.id, "user_id": self.engineer.id, "start": "2026-05-04 01:00:00"}
        )

    def test_the_arrival_is_noted_on_the_ticket(self):
        """CON-02: arriving is a moment of its own."""
        visit = self.visit()
        visit.action_confirm()
        visit.with_user(self.engineer).action_arrive()
        self.assertEqual(visit.state, "arrived")
        self.assertTrue(visit.ticket_id.arrived_at)

    def test_a_visit_is_planned_when_the_customer_wishes_and_agreed_again_for_another_date(self):
        """DISP-38: the customer's wish is what planning begins with; another date is another agreement."""
        ticket = self.in_progress(wished_visit_at="2026-05-04 01:00:00")
        start = ticket.action_schedule_visit()["context"]["default_start"]
        self.assertEqual(str(start), "2026-05-04 01:00:00")
        visit = self.visit()
        visit.action_confirm()
        visit.action_reschedule()
        self.assertEqual(visit.state, "planned")
        self.assertIn("confirm", visit.allowed_events)

    def test_a_visit_is_done_when_the_customer_has_signed(self):
        """PROG-08, PROG-10."""
        visit = self.visit()
        visit.action_arrive()
        with self.assertRaisesRegex(UserError, "sign before you finish"):
            visit.action_complete()
        visit.signature = self.SIGNATURE
        visit.action_complete()
        self.assertEqual(visit.state, "done")

    def test_nobody_signs_before_the_service(self):
        """PROG-11."""
        visit = self.visit()
        with self.assertRaisesRegex(UserError, "signs .* when the work is done"):
            visit.signature = self.SIGNATURE
        self.assertFalse(visit.signature)
