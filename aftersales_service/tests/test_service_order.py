from ast import literal_eval

from odoo.exceptions import AccessError
from odoo.tests import Form, HttpCase, tagged

from .common import CONTACT, PNG, AftersalesServiceCommon


@tagged("post_install", "-at_install")
class TestServiceOrder(AftersalesServiceCommon):
    def order(self, ticket):
        """The printed form as text."""
        report = self.env["ir.actions.report"].with_user(self.agent)
        page, _kind = report._render_qweb_html("aftersales_service.report_service_order", ticket.ids)
        return page.decode()

    def test_the_first_contact_notes_type_and_nature_of_the_problem(self):
        """INTAKE-12, PRIO-03: hardware, software or operation; product, attitude or support; counted by."""
        form = Form(self.env["aftersales.ticket"].with_user(self.agent))
        form.title = "Cannot log in"
        form.problem_type = "software"
        form.problem_nature = "support"
        ticket = form.save()
        counted = ticket._read_group(
            [("id", "=", ticket.id)], ["problem_type", "problem_nature"], ["__count"]
        )
        self.assertEqual(counted, [("software", "support", 1)])

    def test_the_fault_is_described_so_that_it_can_be_reproduced(self):
        """INTAKE-23, INTAKE-27: environment, time, operation and steps, all on the printed form."""
        told = {
            "environment": "Version 4.2 on the old gateway",
            "operation": "Saving a recipe",
            "reproduction_steps": "Open recipe 7\nSave twice",
            "occurred_at": "2026-05-04 08:15:00",
        }
        page = self.order(self.ticket(**told))
        for text in ("old gateway", "Saving a recipe", "Save twice", "2026"):
            self.assertIn(text, page)

    def test_the_delivery_address_comes_from_the_contact_and_may_be_told(self):
        """INTAKE-21: customer with address, product with warranty, type, problem, steps, feedback."""
        self.customer.write({"street": "5 Canton Road", "city": "Guangzhou"})
        self.env["res.partner"].create(
            {"name": "Works", "type": "delivery", "parent_id": self.customer.id, "street": "9 Harbour"}
        )
        ticket = self.ticket(product_id=self.product.id, solution="Seal replaced", customer_comment="Quick")
        self.assertIn("9 Harbour", ticket.delivery_address)
        page = self.order(ticket)
        for text in ("Li Ming", "9 Harbour", "Refrigerator", "Fault repair", "Seal replaced", "Quick"):
            self.assertIn(text, page)
        told = self.ticket(delivery_address="Neighbour, 2nd floor")
        self.assertEqual(told.delivery_address, "Neighbour, 2nd floor")

    def test_recording_screenshot_and_mail_are_taken_as_evidence(self):
        """INTAKE-25: several media, kept with the ticket and named in its closed file."""
        wave = b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00" + b"\0" * 40
        mail = b"From: li.ming@example.com\nTo: us@example.com\nSubject: It leaks\n\nSee the photo"
        ticket = self.accepted()
        media = [("call.wav", wave), ("screen.png", PNG), ("answer.eml", mail)]
        ticket.message_post(body="Evidence", attachments=media)
        ticket.action_resolve()
        ticket.action_close()
        told = str(ticket.sudo().archive_index)
        for name, _content in media:
            self.assertIn(name, told)

    def test_calls_and_letters_have_a_register(self):
        """INTAKE-29, INTAKE-33: who called or wrote, who took it, to whom it was passed on."""
        call = self.ticket(channel="phone", user_id=self.colleague.id)
        letter = self.ticket(channel="letter")
        web = self.ticket(channel="web")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_ticket_register_action"
        )
        listed = self.env["aftersales.ticket"].with_user(self.agent).search(literal_eval(action["domain"]))
        self.assertLessEqual(call + letter, listed)
        self.assertNotIn(web, listed)
        self.assertEqual((call.prepared_by_id, call.user_id), (self.agent, self.colleague))

    def test_a_business_manager_may_have_brought_it_in(self):
        """INTAKE-30"""
        seller = self.user("agent", "seller")
        page = self.order(self.ticket(submitted_by_id=seller.id))
        self.assertIn("Brought in by", page)
        self.assertIn("Seller", page)

    def test_whoever_accepts_does_so_formally_and_it_is_printed(self):
        """INTAKE-34, INTAKE-35, INTAKE-39: department, person, time, number and preparer head the form."""
        ticket = self.ticket(user_id=self.colleague.id)
        self.assertFalse(ticket.accepted_by_id)
        ticket.with_user(self.colleague).action_accept()
        self.assertEqual(ticket.accepted_by_id, self.colleague)
        page = self.order(ticket)
        for text in (ticket.name, "Repairs", "Colleague", "Agent", "Accepting department", "Prepared by"):
            self.assertIn(text, page)
        with self.assertRaises(AccessError):
            ticket.with_user(self.manager).write({"accepted_by_id": self.agent.id})

    def test_software_and_remote_tools_are_kept_with_what_they_showed(self):
        """DIAG-07, DIAG-08: log analysis, performance monitor, remote access to the customer's device."""
        ticket = self.in_progress()
        steps = (
            self.env["aftersales.diagnosis.step"]
            .with_user(self.agent)
            .create(
                [
                    {
                        "ticket_id": ticket.id,
                        "name": name,
                        "tool": tool,
                        "reading": reading,
                        "result": "found",
                    }
                    for name, tool, reading in (
                        ("Log", "log", "crash in the driver"),
                        ("Memory", "monitor", "3 MB more an hour"),
                        ("Screen", "remote", "seen"),
                    )
                ]
            )
        )
        self.assertEqual(steps.mapped("tool"), ["log", "monitor", "remote"])
        self.assertEqual(steps.user_id, self.agent)
        self.assertTrue(all(steps.mapped("done_at")))


@tagged("post_install", "-at_install")
class TestPublished(HttpCase, AftersalesServiceCommon):
    def test_everybody_may_read_how_requests_are_handled(self):
        """PROG-05, INTAKE-37, INTAKE-38: without a login, with telephone, mailbox, chat, hours, address."""
        self.company.write(CONTACT)
        page = self.url_open("/aftersales/process")
        self.assertEqual(page.status_code, 200)
        for text in (*CONTACT.values(), "You confirm the result"):
            self.assertIn(text, page.text)

    def test_the_customer_sees_the_contact_block_with_the_request(self):
        """INTAKE-37, INTAKE-38: on the page that every mail links to."""
        self.company.write(CONTACT)
        ticket = self.ticket()
        page = self.url_open(ticket.get_portal_url())
        for text in CONTACT.values():
            self.assertIn(text, page.text)
