import re

from odoo import fields, models
from odoo.tests import tagged

from .test_trips import TripCommon


@tagged("post_install", "-at_install")
class TestPapers(TripCommon):
    def paper(self, name):
        return self.env.ref(f"aftersales_service.{name}")

    def parts_of(self, report, documents):
        """How many documents the printer would have to join, of one printed call."""
        html, _kind = report._render_qweb_html(report.report_name, documents.ids)
        bodies, *_rest = report._prepare_html(html, report_model=report.model)
        return len(bodies)

    def test_a_paper_of_several_sheets_is_printed_by_any_printer_program(self):
        """Several parts are joined by a patched wkhtmltopdf only; Debian's own would refuse the print."""
        visits = self.finished() | self.visit()
        tickets = visits.ticket_id
        for name, documents in (
            ("aftersales_visit_report_set", visits),
            ("aftersales_visit_report_record", visits),
            ("aftersales_ticket_report_dossier", tickets),
            ("aftersales_ticket_order", tickets),
            ("aftersales_ticket_coordination", tickets),
        ):
            self.assertEqual(self.parts_of(self.paper(name), documents), 1, name)

    def test_what_goes_into_a_folder_is_printed_upright(self):
        """Odoo's paper formats lie on their side unless they say otherwise."""
        reports = self.env["ir.actions.report"].search([("report_name", "like", "aftersales_service.%")])
        self.assertGreater(len(reports), 8)
        label = self.paper("aftersales_assessment_label")
        lying = (reports - label).filtered(lambda r: r.paperformat_id.orientation != "Portrait")
        self.assertFalse(lying.mapped("name"))

    def test_the_papers_of_a_visit_are_in_the_language_of_whom_they_are_for(self):
        """The customer signs in the own language, whoever travels reads in theirs; times without seconds."""
        self.env["res.lang"]._activate_lang("fr_FR")
        visit = self.finished()
        visit.ticket_id.sudo().partner_id.lang = "fr_FR"
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "aftersales_service.report_visit_set", visit.ids
        )
        shown = fields.Datetime.context_timestamp(self.env.user, visit.arrived_at)
        self.assertTrue(shown.strftime("%d/%m/%Y %H:%M") in html.decode(), "the service report, French")
        self.assertFalse(shown.strftime("%H:%M:%S") in html.decode(), "no seconds")
        self.assertTrue(shown.strftime("%m/%d/%Y") in html.decode(), "the feedback form, English")


@tagged("post_install", "-at_install")
class TestPrintedWarrantyCard(TripCommon):
    def card(self):
        order = self.sell()
        return self.env["aftersales.warranty.card"].search([("sale_line_id", "in", order.order_line.ids)])

    def printed(self, card):
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "aftersales_service.report_warranty_card", card.ids
        )
        return html.decode()

    def change(self, card, kind, **vals):
        action = card.with_user(self.supervisor).with_context(aftersales_kind=kind).action_ask_change()
        wizard = self.env["aftersales.warranty.change"].with_user(self.supervisor)
        wizard.with_context(**action["context"]).create(vals).action_apply()

    def test_the_card_goes_to_the_customer_with_period_and_terms(self):
        """WARR-08, WARR-09: warranty period, terms and service content stand on the printed voucher."""
        card = self.card()
        card.plan_id.terms = "<p>Compressor included, glass excluded</p>"
        page = self.printed(card)
        last_day = fields.Date.to_string(card.last_day)
        year, month, day = last_day.split("-")
        for text in (card.name, "Refrigerator", card.lot_id.name, f"{month}/{day}/{year}", "glass excluded"):
            self.assertIn(text, page)
        self.assertIn(self.customer.name, page)

    def test_a_change_by_hand_says_why_on_the_card(self):
        card = self.card()
        self.change(card, "extend", days=30, reason="Long repair")
        self.assertEqual((card.last_day - card.end_date).days, 30)
        self.assertIn("Long repair", card.headline)
        self.change(card, "suspend", reason="Not paid")
        self.assertEqual(card.state, "suspended")
        self.assertIn("Not paid", card.headline)
        self.change(card, "resume", reason="Paid")
        self.change(card, "void", reason="Resold as scrap")
        self.assertEqual(card.state, "void")
        self.assertIn("Resold as scrap", self.printed(card))

    def test_a_change_by_hand_without_a_reason_changes_nothing(self):
        card = self.card()
        with self.assertRaisesRegex(Exception, "Say why"):
            self.change(card, "suspend", reason="  ")
        self.assertEqual(card.state, "active")

    def test_the_card_says_in_one_line_whether_the_customer_is_covered(self):
        card = self.card()
        self.assertIn("Covered until", card.headline)
        card.sudo().write({"start_date": "2020-01-01", "end_date": "2021-01-01"})
        self.assertIn("Expired on Jan 1, 2021", card.headline)


@tagged("post_install", "-at_install")
class TestLabels(TripCommon):
    def test_what_a_user_reads_beside_a_field_is_in_sentence_case(self):
        """A field without a label of its own gets one In Title Case from Odoo."""
        others = ("alias_", "has_message", "message_", "activity_", "my_activity_", "access_", "website_")
        unseen = ("allowed_events", "is_shipped")
        mine = self.env["ir.model.fields"].search([("model", "=like", "aftersales.%")])
        mine = mine.filtered(
            lambda field: (
                "aftersales_service" in (field.modules or "").split(", ")
                and not field.name.startswith(others)
                and field.name not in [*models.MAGIC_COLUMNS, "display_name", *unseen]
            )
        )
        shouted = mine.filtered(lambda field: re.search(r"\w [A-Z][a-z]", field.field_description))
        self.assertFalse(
            shouted.mapped(lambda field: f"{field.model}.{field.name}: {field.field_description}")
        )
