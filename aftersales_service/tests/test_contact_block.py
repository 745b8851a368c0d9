from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from odoo.addons.aftersales_service.models.ir_qweb import Compiled
from odoo.addons.aftersales_service.models.res_company_contact import ResCompany

from .common import CONTACT, AftersalesServiceCommon

#: written to ourselves or to suppliers, or by somebody who signs with a name
NOT_FOR_CUSTOMERS = {"aftersales_returns.mail_template_supplier_claim"}


@tagged("post_install", "-at_install")
class TestContactBlock(AftersalesServiceCommon):
    """Below every mail: whom to reach, when, about which number, and where to see how far it is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        modules = cls.env["ir.module.module"].search([("name", "=", "aftersales_service")])
        modules._update_translations(["zh_CN"])
        cls.acknowledgement = cls.env.ref("aftersales_service.mail_template_ticket_acknowledge")

    def body(self, tickets, template=None, **context):
        """{id: HTML of the mail}, as it is rendered for a batch."""
        template = (template or self.acknowledgement).sudo().with_context(**context)
        return template._render_field("body_html", tickets.ids, compute_lang=True)

    def test_a_mail_says_whom_to_reach(self):
        """INTAKE-04, INTAKE-08, INTAKE-37, INTAKE-38: the hotline, mailbox, chat, hours, number and link."""
        self.company.write(CONTACT)
        ticket = self.ticket()
        body = str(self.body(ticket)[ticket.id])
        block = body[body.index("border-top: 1px") :]
        for text in (*CONTACT.values(), ticket.name, ticket.access_token, self.company.name):
            if text != CONTACT["aftersales_return_address"]:
                self.assertIn(text, block)
        self.assertNotIn(CONTACT["aftersales_return_address"], body, "parcels are sent when we ask for them")

    def test_the_block_is_in_the_customers_language(self):
        """INTAKE-38, PROG-06: one template, two languages in one batch."""
        self.company.write(CONTACT)
        english = self.ticket()
        wang = self.env["res.partner"].create({"name": "王", "email": "w@example.com", "lang": "zh_CN"})
        chinese = self.ticket(partner_id=wang.id)
        bodies = self.body(english + chinese, aftersales_compiled=Compiled())
        self.assertIn("Service hotline: 400 123 4567", bodies[english.id])
        self.assertIn("See how far it is", bodies[english.id])
        self.assertIn("服务热线：400 123 4567", bodies[chinese.id])
        self.assertIn("查看处理进度", bodies[chinese.id])
        for body, own, other in (
            (bodies[english.id], english, chinese),
            (bodies[chinese.id], chinese, english),
        ):
            self.assertIn(own.access_token, body)
            self.assertNotIn(other.name, body)
            self.assertNotIn(other.access_token, body)

    def test_what_is_not_set_comes_from_company_team_and_calendar(self):
        """INTAKE-36, INTAKE-38: the company's telephone, the team's mailbox, the hours of the calendar."""
        self.company.write({**dict.fromkeys(CONTACT), "phone": "+1 555 0100", "email": "us@example.com"})
        self.company.aftersales_calendar_id = self.office_hours()
        ticket = self.ticket()
        body = self.body(ticket)[ticket.id]
        self.assertIn("Service hotline: +1 555 0100", body)
        self.assertIn("Service mailbox: us@example.com", body)
        self.assertIn("Service hours: Mon to Thu 9:00–12:00, 13:00–22:00; Fri 9:00–12:30", body)
        self.env["mail.alias.domain"].search([], limit=1) or self.env["mail.alias.domain"].create(
            {"name": "example.org"}
        )
        self.company.alias_domain_id = self.env["mail.alias.domain"].search([], limit=1)
        self.team.write({"alias_name": "repairs-of-ours", "alias_domain_id": self.company.alias_domain_id.id})
        self.assertTrue(self.team.alias_email)
        self.assertIn(f"Service mailbox: {self.team.alias_email}", self.body(ticket)[ticket.id])

    def test_hours_are_told_in_chinese(self):
        calendar = self.office_hours().with_context(lang="zh_CN")
        self.assertEqual(
            calendar._aftersales_hours_text(), "周一至周四 9:00–12:00, 13:00–22:00; 周五 9:00–12:30"
        )
        around = self.around_the_clock().with_context(lang="zh_CN")
        self.assertEqual(around._aftersales_hours_text(), "每天 24 小时")

    def office_hours(self):
        rows = [(day, start, stop) for day in range(4) for start, stop in ((9, 12), (13, 22))] + [
            (4, 9, 12.5)
        ]
        return self.env["resource.calendar"].create(
            {
                "name": "Office",
                "attendance_ids": [
                    Command.create({"name": "x", "dayofweek": str(day), "hour_from": start, "hour_to": stop})
                    for day, start, stop in rows
                ],
            }
        )

    def test_what_nobody_has_entered_is_left_out(self):
        self.company.write({**dict.fromkeys(CONTACT), "phone": False, "email": False})
        self.company.aftersales_calendar_id = self.env["resource.calendar"].create(
            {"name": "Empty", "attendance_ids": [Command.clear()]}
        )
        ticket = self.ticket(team_id=False)
        body = self.body(ticket)[ticket.id]
        for label in ("Service hotline", "Service mailbox", "Online chat", "Service hours", "False", "None"):
            self.assertNotIn(label, body)
        self.assertIn(ticket.name, body)

    def test_a_batch_renders_the_block_once_and_asks_nothing_more_of_the_database(self):
        self.company.write({**CONTACT, "aftersales_service_hours": False})
        few = self.env["aftersales.ticket"].concat(*(self.ticket() for _index in range(3)))
        many = self.env["aftersales.ticket"].concat(*(self.ticket() for _index in range(13)))
        for ticket in few + many:
            ticket._portal_ensure_token()

        def queries(tickets):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.body(tickets, aftersales_compiled=Compiled())
            return self.env.cr.sql_log_count - before

        queries(few)
        with patch.object(
            ResCompany, "_aftersales_render_contact", autospec=True, side_effect=lambda *args: "§number§"
        ) as rendered:
            queries(many)
        self.assertEqual(rendered.call_count, 1)
        self.assertEqual(queries(many), queries(few))

    def test_every_mail_to_customers_has_it(self):
        """PROG-06: also those of the addons that build on this one."""
        ours = self.env["ir.model.data"].search(
            [("model", "=", "mail.template"), ("module", "=like", "aftersales_%")]
        )
        lacking = [
            row.complete_name
            for row in ours
            if "_contact_block()" not in self.env["mail.template"].browse(row.res_id).body_html
        ]
        self.assertLessEqual(set(lacking), NOT_FOR_CUSTOMERS)

    def test_other_affected_customers_do_not_see_the_ticket(self):
        """DIAG-13: whom to reach, but neither number nor link of somebody else's request."""
        self.company.write(CONTACT)
        ticket = self.ticket(product_id=self.product.id)
        other = self.env["res.partner"].create({"name": "Other", "email": "other@example.com"})
        row = self.env["aftersales.affected.customer"].create(
            {"ticket_id": ticket.id, "partner_id": other.id, "quantity": 1, "notice": "solution"}
        )
        template = self.env.ref("aftersales_service.mail_template_affected_customer")
        body = self.body(row, template)[row.id]
        self.assertIn("400 123 4567", body)
        self.assertNotIn(ticket.name, body)
        self.assertNotIn("/my/tickets", body)
