from datetime import timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common import AftersalesServiceCommon

GIF = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


@tagged("post_install", "-at_install")
class TestCompleteness(AftersalesServiceCommon):
    def test_the_headline_says_what_to_ask_for(self):
        """INTAKE-19, INTAKE-11."""
        ticket = self.ticket()
        self.assertIn("ask for the product, the serial number", ticket.headline)
        lot = self.env["stock.lot"].create({"name": "X-1", "product_id": self.product.id})
        ticket.lot_id = lot
        self.assertIn("ask for the problem type", ticket.headline)
        ticket.problem_type = "hardware"
        self.assertNotIn("ask for", ticket.headline)

    def test_an_incomplete_request_is_taken_in_all_the_same(self):
        """INTAKE-19: asked for, never refused, unless the company wants it."""
        self.assertEqual(self.ticket(user_id=self.agent.id).state, "assigned")

    def test_a_strict_company_hands_on_what_is_complete(self):
        """INTAKE-19: before submission it is checked, and the sentence says what is missing."""
        self.company.aftersales_intake_strict = True
        ticket = self.ticket()
        with self.assertRaisesRegex(UserError, "Ask the customer for: the product, the serial number"):
            ticket.user_id = self.agent
        ticket.product_id = self.product
        ticket.serial_number = "X-77"
        ticket.problem_type = "hardware"
        ticket.user_id = self.colleague
        self.assertEqual(ticket.state, "assigned")

    def test_a_mail_is_never_refused(self):
        """INTAKE-03: every mail is recorded, also by a strict company whose team assigns by itself."""
        self.company.aftersales_intake_strict = True
        self.team.write({"assignment": "auto", "alias_name": "strict"})
        ticket = (
            self.env["aftersales.ticket"]
            .sudo()
            .create({"title": "?", "channel": "email", "team_id": self.team.id})
        )
        self.assertEqual(ticket.state, "assigned")
        self.assertIn("the caller's name", ticket.missing_facts)

    def test_first_contact_ends_with_a_first_judgement_of_the_problem(self):
        """INTAKE-41: before the order is created, whoever speaks with the customer says what kind it is."""
        for channel in ("phone", "store", "visit"):
            form = self.form(channel)
            with self.assertRaisesRegex(AssertionError, "problem_type is a required field"):
                form.save()
            form.problem_type = "operation"
            self.assertEqual(form.save().problem_type, "operation")

    def test_what_nobody_was_asked_about_is_taken_in_and_judged_before_it_is_handed_on(self):
        """INTAKE-41: a mail is never refused for it; a strict company hands it on with the type."""
        self.assertFalse(self.form("email").save().problem_type)
        mail = self.ticket(channel="email", product_id=self.product.id, serial_number="X-1")
        self.assertEqual(mail.missing_facts, "the problem type")
        self.assertIn("ask for the problem type", mail.headline)
        self.company.aftersales_intake_strict = True
        with self.assertRaisesRegex(UserError, "the problem type"):
            mail.user_id = self.agent
        mail.problem_type = "software"
        mail.user_id = self.colleague
        self.assertEqual(mail.state, "assigned")

    def test_a_complaint_has_no_type_of_fault(self):
        """INTAKE-41 speaks of faults and enquiries."""
        self.assertTrue(self.form("phone", "complaint").save())

    def form(self, channel, service_type="repair"):
        form = Form(self.env["aftersales.ticket"].with_user(self.agent))
        form.title, form.partner_id = "Does not cool", self.customer
        form.channel, form.service_type = channel, service_type
        return form


@tagged("post_install", "-at_install")
class TestSimilar(AftersalesServiceCommon):
    def form(self):
        return Form(self.env["aftersales.ticket"].with_user(self.agent))

    def test_open_tickets_of_the_customer_show_while_typing(self):
        first = self.ticket()
        form = self.form()
        self.assertFalse(form.similar_ids[:])
        form.partner_id = self.customer
        self.assertEqual(form.similar_ids[:], first)

    def test_another_product_is_another_matter(self):
        other = self.env["product.product"].create({"name": "Washer"})
        self.ticket(product_id=other.id)
        self.assertFalse(self.ticket(product_id=self.product.id).similar_ids)

    def test_the_same_serial_number_shows_whoever_calls_and_however_old(self):
        lot = self.env["stock.lot"].create({"name": "X-1", "product_id": self.product.id})
        first = self.ticket(lot_id=lot.id)
        first.flush_recordset()
        old = fields.Datetime.now() - timedelta(days=90)
        self.env.cr.execute("UPDATE aftersales_ticket SET create_date = %s WHERE id = %s", [old, first.id])
        first.invalidate_recordset()
        stranger = self.env["res.partner"].create({"name": "Wang"})
        self.assertEqual(self.ticket(lot_id=lot.id, partner_id=stranger.id).similar_ids, first)

    def test_what_is_closed_or_long_ago_is_no_duplicate(self):
        self.ticket().action_cancel(reason="Mistake")
        first = self.ticket()
        first.flush_recordset()
        old = fields.Datetime.now() - timedelta(days=90)
        self.env.cr.execute("UPDATE aftersales_ticket SET create_date = %s WHERE id = %s", [old, first.id])
        first.invalidate_recordset()
        self.assertFalse(self.ticket().similar_ids)

    def test_the_history_of_the_serial_number_counts_before_the_first_save(self):
        """DIAG-04: the agent sees it on the telephone."""
        lot = self.env["stock.lot"].create({"name": "X-1", "product_id": self.product.id})
        self.ticket(lot_id=lot.id)
        draft = self.env["aftersales.ticket"].new({"lot_id": lot.id})
        self.assertEqual(draft.serial_ticket_count, 1)


@tagged("post_install", "-at_install")
class TestSearchBox(AftersalesServiceCommon):
    def form(self, key):
        form = Form(self.env["aftersales.ticket"].with_user(self.agent))
        form.search_key = key
        return form

    def test_a_name_a_number_or_an_address_finds_the_customer(self):
        """INTAKE-10: whoever calls is found while they speak."""
        for key in ("Li Ming", "li.ming@example.com", "20 5550 1234"):
            self.assertEqual(self.form(key).partner_id, self.customer, key)

    def test_a_serial_number_fills_in_product_card_and_owner(self):
        """INTAKE-15."""
        self.sell()
        card = self.env["aftersales.warranty.card"].search([("partner_id", "=", self.customer.id)])
        form = self.form(card.lot_id.name)
        self.assertEqual((form.product_id, form.partner_id), (self.product, self.customer))
        self.assertEqual(form.warranty_card_id, card)

    def test_an_order_number_fills_in_customer_and_proof(self):
        """INTAKE-14."""
        order = self.sell(deliver=False)
        form = self.form(order.name)
        self.assertEqual((form.partner_id, form.proof_of_purchase), (self.customer, order.name))
        self.assertEqual(form.product_id, self.product)

    def test_a_word_that_fits_several_fills_in_nothing_and_names_them(self):
        """An ambiguous word never picks a customer by chance."""
        self.env["res.partner"].create({"name": "Li Mingyue"})
        tickets = self.env["aftersales.ticket"].with_user(self.agent)
        answer = tickets.new({"search_key": "Li Ming"})._onchange_search_key()
        self.assertIn("Li Mingyue", answer["warning"]["message"])

    def test_an_unknown_serial_number_gets_a_sentence(self):
        tickets = self.env["aftersales.ticket"].with_user(self.agent)
        draft = tickets.new({"search_key": "NO-SUCH-100%_"})
        answer = draft._onchange_search_key()
        self.assertIn("Nothing is known under NO-SUCH-100%_", answer["warning"]["message"])
        self.assertFalse(draft.partner_id)

    def test_a_serial_number_sold_twice_names_no_owner(self):
        """Two cards of one serial number: the owner is asked, not guessed."""
        self.sell()
        card = self.env["aftersales.warranty.card"].search([("partner_id", "=", self.customer.id)])
        second = self.env["res.partner"].create({"name": "Zhao"})
        card.sudo().copy({"partner_id": second.id, "lot_id": card.lot_id.id})
        form = self.form(card.lot_id.name)
        self.assertEqual(form.product_id, self.product)
        self.assertFalse(form.partner_id)


@tagged("post_install", "-at_install")
class TestMergeAndSplit(AftersalesServiceCommon):
    def attach(self, ticket):
        return self.env["ir.attachment"].create(
            {"name": "photo.gif", "datas": GIF, "res_model": ticket._name, "res_id": ticket.id}
        )

    def test_everything_moves_and_the_other_one_refers(self):
        """Nothing is lost: messages, files, followers, links, texts."""
        kept, other = self.ticket(), self.accepted(description="It drips.", serial_number="X-7")
        message = other.message_post(body="Water on the floor", message_type="comment")
        file = self.attach(other)
        stranger = self.env["res.partner"].create({"name": "Neighbour"})
        other.message_subscribe(partner_ids=stranger.ids)
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "aftersales_ticket_id": other.id}
        )
        (kept + other).with_user(self.agent)._merge_into(kept)
        self.assertEqual((message.res_id, file.res_id), (kept.id, kept.id))
        self.assertIn(stranger, kept.message_partner_ids)
        self.assertEqual(order.aftersales_ticket_id, kept)
        self.assertEqual(kept.serial_number, "X-7")
        self.assertIn("It drips.", kept.description)
        self.assertEqual((other.state, other.merged_into_id), ("cancelled", kept))
        self.assertIn(kept.name, other.headline)
        self.assertFalse(other.deadline_ids.filtered(lambda row: row.state == "running"))

    def test_the_answer_to_a_mail_of_the_old_ticket_finds_the_new_one(self):
        kept, other = self.ticket(), self.ticket()
        sent = other.message_post(body="We look into it", message_type="comment")
        other._merge_into(kept)
        self.assertEqual((sent.model, sent.res_id), (kept._name, kept.id))

    def test_different_customers_are_not_merged(self):
        """One would read what the other has written."""
        stranger = self.env["res.partner"].create({"name": "Wang"})
        first, second = self.ticket(), self.ticket(partner_id=stranger.id)
        with self.assertRaisesRegex(UserError, "different customers"):
            second._merge_into(first)
        self.assertEqual(second.state, "new")

    def test_two_unknown_senders_are_two_people(self):
        """Whoever is no contact yet is known by the address alone."""
        mine, same, other = (
            self.ticket(partner_id=False, email=email)
            for email in ("li@example.com", "Li Ming <LI@example.com>", "wang@example.com")
        )
        with self.assertRaisesRegex(UserError, "different customers"):
            other._merge_into(mine)
        same._merge_into(mine)
        self.assertEqual((same.state, other.state), ("cancelled", "new"))

    def test_what_is_solved_is_not_merged(self):
        first, second = self.ticket(), self.accepted()
        second.action_resolve()
        with self.assertRaisesRegex(UserError, "not open any more"):
            second._merge_into(first)

    def test_the_wizard_keeps_the_chosen_one(self):
        first, second = self.ticket(), self.ticket()
        action = first.action_merge()
        wizard = (
            self.env["aftersales.ticket.merge"]
            .with_user(self.agent)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual((wizard.ticket_ids, wizard.target_id), (first + second, first))
        wizard.target_id = second
        wizard.action_apply()
        self.assertEqual(first.merged_into_id, second)

    def test_a_second_matter_becomes_a_ticket_with_its_messages(self):
        ticket = self.ticket(product_id=self.product.id)
        stays = ticket.message_post(body="It drips", message_type="comment")
        goes = ticket.message_post(body="And the handle is loose", message_type="comment")
        wizard = (
            self.env["aftersales.ticket.split"]
            .with_user(self.agent)
            .create(
                {
                    "ticket_id": ticket.id,
                    "title": "Handle is loose",
                    "message_ids": [Command.set(goes.ids)],
                }
            )
        )
        other = self.env["aftersales.ticket"].browse(wizard.action_apply()["res_id"])
        self.assertEqual((goes.res_id, stays.res_id), (other.id, ticket.id))
        self.assertEqual((other.partner_id, other.product_id), (self.customer, self.product))
        self.assertEqual(other.parent_id, ticket)
        self.assertTrue(self.deadlines(other)["first_reply"])

    def test_a_split_without_a_subject_gets_a_sentence(self):
        wizard = self.env["aftersales.ticket.split"].create({"ticket_id": self.ticket().id, "title": " "})
        with self.assertRaisesRegex(UserError, "what the second ticket is about"):
            wizard.action_apply()


@tagged("post_install", "-at_install")
class TestBadInput(AftersalesServiceCommon):
    """What people type and what years leave behind: a clear sentence or a ticket, never an error."""

    def test_a_purchase_date_in_the_future_is_refused_with_the_way_out(self):
        with self.assertRaisesRegex(ValidationError, "lies in the future"):
            self.ticket(purchase_date=fields.Date.today() + timedelta(days=10))

    def test_a_deleted_product_leaves_the_ticket_with_its_text(self):
        """INTAKE-17: what the customer said stays."""
        product = self.env["product.product"].create({"name": "Gone"})
        ticket = self.ticket(product_id=product.id, serial_number="G-1")
        product.unlink()
        ticket.invalidate_recordset()
        self.assertFalse(ticket.product_id)
        self.assertEqual(ticket.serial_number, "G-1")
        self.assertIn("the product", ticket.missing_facts)

    def test_an_archived_colleague_on_shift_is_passed_by(self):
        """DISP-02."""
        self.team.assignment = "auto"
        (self.agent + self.colleague).active = False
        ticket = self.ticket_by(self.supervisor)
        self.assertEqual(ticket.user_id, self.engineer)

    def test_an_archived_supervisor_leaves_the_ticket_in_sight(self):
        self.team.write({"assignment": "auto", "member_ids": [Command.clear()]})
        self.supervisor.active = False
        ticket = self.ticket_by(self.manager)
        self.assertEqual((ticket.state, ticket.user_id.id), ("new", False))

    def test_the_hours_of_customer_service_come_with_the_product(self):
        """INTAKE-36: 09:00–22:00 on every day; a promise in these hours rests at night."""
        hours = self.env.ref("aftersales_service.resource_calendar_customer_service")
        days = {(row.dayofweek, row.hour_from, row.hour_to) for row in hours.attendance_ids}
        self.assertEqual(days, {(str(day), 9.0, 22.0) for day in range(7)})
        self.company.aftersales_calendar_id = hours
        with freeze_time("2026-03-01 13:00:00"):  # a Sunday, 21:00 in Shanghai
            row = self.deadlines(self.ticket(service_type="consultation"))["first_reply"]
        self.assertEqual(str(row.due_at), "2026-03-02 02:00:00", "two hours: one today, one from 09:00 on")

    def test_a_calendar_without_hours_stops_neither_intake_nor_warning(self):
        """Bad set-up: the promise runs around the clock."""
        empty = self.env["resource.calendar"].create({"name": "Empty"})
        empty.attendance_ids.unlink()
        self.team.calendar_id = empty
        ticket = self.ticket(service_type="consultation")
        row = self.deadlines(ticket)["first_reply"]
        self.assertEqual(row.due_at, row.started_at + timedelta(hours=2))
        self.assertEqual(row.notice_at, row.started_at + timedelta(hours=1.5))

    def test_someone_elses_serial_number_shows_whose_it_is(self):
        """INTAKE-15: the card of the piece stays the one of its owner."""
        self.sell()
        card = self.env["aftersales.warranty.card"].search([("partner_id", "=", self.customer.id)])
        stranger = self.env["res.partner"].create({"name": "Wang"})
        ticket = self.ticket(partner_id=stranger.id, lot_id=card.lot_id.id)
        self.assertEqual(ticket.partner_id, stranger)
        self.assertEqual(ticket.warranty_card_id.partner_id, self.customer)

    def test_a_mail_in_a_broken_encoding_is_a_ticket(self):
        """INTAKE-03: what can be read is kept."""
        raw = (
            b"From: Li <li.broken@example.com>\r\nTo: repairs@%s\r\nMessage-Id: <broken@example.com>\r\n"
            b"Subject: =?gb2312?B?\xff\xfe?= noise\r\nContent-Type: text/plain; charset=no-such-charset\r\n"
            b"\r\nIt \xb2\xbb cools no more \xff\xfe\r\n"
        )
        domain = self.env["mail.alias.domain"].create({"name": "broken.example.com"})
        self.company.alias_domain_id = domain
        self.team.write({"alias_name": "repairs", "alias_domain_id": domain.id})
        self.env["mail.thread"].message_process("aftersales.ticket", raw % domain.name.encode())
        ticket = self.env["aftersales.ticket"].search([("email", "=", "li.broken@example.com")])
        self.assertEqual(len(ticket), 1)
        self.assertIn("cools no more", ticket.description)

    def ticket_by(self, user):
        values = {"title": "Does not cool", "partner_id": self.customer.id, "team_id": self.team.id}
        return self.env["aftersales.ticket"].with_user(user).create(values)
