"""An erasure reaches everything of the suite, also what somebody adds later: the registry is asked, no list.

Every text of every document of a customer gets a marker, and so do its messages, mails, text messages, files
and tracked values. After the erasure the whole database is searched for it, table by table.
"""

from datetime import timedelta
from itertools import cycle

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.aftersales_returns.tests.common import AftersalesReturnsCommon
from odoo.addons.aftersales_service.models.aftersales_ticket_erasure import WORDS
from odoo.addons.aftersales_service.tests.common import PNG

FIGURES = ("integer", "float", "monetary", "date", "datetime", "boolean", "selection")
#: an erasure is itself a change
MOVES = {"write_date", "anonymised_at", "is_erased"}


@tagged("post_install", "-at_install")
class TestErasure(AftersalesReturnsCommon):
    hours = 0

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.put_in_force()
        cls.colleagues = cycle(cls.env["res.users"].search([("share", "=", False)]))

    def case(self, marker, customer=None):
        """A closed ticket with one document of every kind below it, all their texts being ``marker``."""
        customer = customer or self.customer
        order = self.sell(customer=customer, lots=self.lots(f"SN-{customer.id}"))
        line = order.order_line[:1]
        ticket = (
            self.env["aftersales.ticket"]
            .with_user(self.agent)
            .create(
                {
                    "title": marker,
                    "partner_id": order.partner_id.id,
                    "sale_line_id": line.id,
                    "lot_id": line.move_ids.move_line_ids.lot_id.id,
                    "user_id": self.agent.id,
                }
            )
        )
        rma = self.inspected(order, ticket_id=ticket.id)
        rma.sudo()._write_policy({"state": "done"})
        ticket.action_accept()
        ticket.action_resolve()
        ticket.action_close()
        ticket = ticket.sudo()
        self.correspond(ticket.rma_ids, marker)  # so that it has evidence of its own
        self.complete(ticket, marker)
        ticket.rma_ids.refund_ids._write_policy({"state": "paid"})
        ticket.reshipment_ids._write_policy({"state": "done"})
        for documents in ticket._personal_documents():
            self.mark(documents, marker)
            self.correspond(documents, marker)
        self.env["survey.user_input"].create(
            {
                "survey_id": self.env["survey.survey"].search([], limit=1).id,
                "aftersales_ticket_id": ticket.id,
                "email": f"{marker}@example.com",
                "nickname": marker,
            }
        )
        return ticket

    # === ONE OF EVERYTHING === #

    def complete(self, ticket, marker):
        """A row of every model that may hang on a ticket and that the story has not made."""
        for _round in range(4):  # what hangs on what hangs on a ticket …
            found = {documents._name: documents for documents in ticket._personal_documents()}
            for name in self.env.registry:
                model = self.env[name]
                above = self.above(model, found)
                if above and name not in found:
                    self.insert(model, above, found, marker)

    def above(self, model, found):
        """The field by which ``model`` refers to one of the documents found."""
        ours = model._name.startswith("aftersales.") and model._auto
        if not ours or model._abstract or model._transient:
            return None
        if model._name in self.env["aftersales.ticket"]._impersonal_models():
            return None
        return next(
            (
                field.name
                for field in model._fields.values()
                if field.type == "many2one" and field.store and not field.related
                if field.comodel_name in found and field.comodel_name != model._name
            ),
            None,
        )

    def insert(self, model, above, found, marker):
        values = {
            field.name: self.value_of(field, found, marker)
            for field in model._fields.values()
            if field.store and field.column_type and (field.required or field.name == above)
        }
        columns = SQL(", ").join(SQL.identifier(name) for name in values)
        self.env.flush_all()
        rows = SQL(", ").join(SQL("%s", value) for value in values.values())
        self.env.cr.execute(
            SQL("INSERT INTO %s (%s) VALUES (%s)", SQL.identifier(model._table), columns, rows)
        )
        self.env.invalidate_all()

    def value_of(self, field, found, marker):
        if field.type == "many2one":
            if field.comodel_name == "res.users":
                return next(self.colleagues).id  # what needs two persons gets two
            known = found.get(field.comodel_name) or self.env[field.comodel_name].search([], limit=1)
            return known[:1].id
        if field.type == "selection":
            return field.get_values(self.env)[0]
        if field.type in ("date", "datetime"):
            self.hours += 1  # an end comes after its beginning
            return fields.Datetime.now() + timedelta(hours=self.hours)
        if field.type in WORDS:
            return self.words(field, marker)
        return 1

    # === MARKING === #

    def mark(self, documents, marker):
        kept = self.env["aftersales.ticket"]._kept_texts_of(documents)
        texts = [
            field
            for field in documents._fields.values()
            if field.store and field.column_type and field.type in WORDS and field.name not in kept
        ]
        if not texts:
            return
        self.env.flush_all()
        for number, document in enumerate(documents):
            marks = SQL(", ").join(
                SQL("%s = %s", SQL.identifier(field.name), self.words(field, f"{marker}{number}"))
                for field in texts
            )
            table = SQL.identifier(documents._table)
            self.env.cr.execute(SQL("UPDATE %s SET %s WHERE id = %s", table, marks, document.id))
        self.env.invalidate_all()

    def words(self, field, marker):
        if field.type == "json":
            return SQL("to_jsonb(%s::text)", marker)
        if field.translate:
            return SQL("jsonb_build_object('en_US', %s)", marker)
        return SQL("%s::bytea", marker.encode()) if field.type == "binary" else SQL("%s", marker)

    def correspond(self, documents, marker):
        """A file, and where people write a message with mail, text message, tracked value and activity."""
        for document in documents:
            self.env["ir.attachment"].create(
                {"name": f"{marker}.png", "raw": PNG, "res_model": document._name, "res_id": document.id}
            )
            if "message_ids" not in document._fields:
                continue
            message = document.message_post(body=marker, subject=marker, attachments=[(f"{marker}.png", PNG)])
            self.env["mail.mail"].create({"mail_message_id": message.id, "body_html": marker})
            self.env["sms.sms"].create({"number": "1", "body": marker, "mail_message_id": message.id})
            field = self.env["ir.model.fields"]._get(document._name, "message_main_attachment_id")
            field = field or self.env["ir.model.fields"]._get(document._name, "display_name")
            self.env["mail.tracking.value"].create(
                {
                    "mail_message_id": message.id,
                    "field_id": field.id,
                    "old_value_char": marker,
                    "new_value_char": marker,
                }
            )
            if "activity_ids" in document._fields:
                document.activity_schedule("mail.mail_activity_data_todo", summary=marker)

    # === LOOKING === #

    def places(self, marker):
        """Tables of the whole database in which the marker stands."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        )
        tables = [name for (name,) in self.env.cr.fetchall()]
        found = []
        for name in tables:
            table = SQL.identifier(name)
            self.env.cr.execute(
                SQL("SELECT 1 FROM %s WHERE %s::text LIKE %s LIMIT 1", table, table, f"%{marker}%")
            )
            found += [name] if self.env.cr.fetchone() else []
        return found

    def figures(self, documents):
        """{table: [{column: value}]} of everything that can be counted or added up."""
        self.env.flush_all()
        told = {}
        for records in documents:
            columns = sorted(
                field.name
                for field in records._fields.values()
                if field.store and field.column_type and field.type in FIGURES and field.name not in MOVES
            )
            names = SQL(", ").join(map(SQL.identifier, columns))
            self.env.cr.execute(
                SQL(
                    "SELECT %s FROM %s WHERE id = ANY(%s) ORDER BY id",
                    names, SQL.identifier(records._table), records.ids,
                )
            )  # fmt: skip
            told[records._name] = self.env.cr.dictfetchall()
        return told

    def erase(self, customer=None):
        partner = customer or self.customer
        values = {"partner_id": partner.id, "reason": "Letter of 12 May"}
        self.env["aftersales.ticket.erase"].with_user(self.manager).create(values).action_erase()
        self.env.flush_all()

    # === WHAT IS PROMISED === #

    def test_the_marker_is_found_nowhere_and_every_figure_stays(self):
        """PRIV-03, AMB-39: all documents, words and papers of all addons; counts, amounts, dates equal."""
        ticket = self.case("Zzmark")
        # a customer's passwords are no figure: they are deleted when the ticket ends
        documents = [d for d in ticket._personal_documents() if d._name != "aftersales.secret"]
        self.assertGreater(len(documents), 15)
        before = self.figures(documents)
        self.assertIn("aftersales_inspection", self.places("Zzmark"))
        self.erase()
        self.assertTrue(ticket.anonymised_at)
        self.assertEqual(self.places("Zzmark"), [])
        self.assertEqual(self.figures(documents), before)

    def test_the_papers_of_another_customer_stay_as_they_are(self):
        """PRIV-03: only what the person may ask for."""
        self.case("Zzmark")
        other = self.case("Yymark", customer=self.other_customer)
        before = self.places("Yymark")
        self.erase()
        self.assertFalse(other.anonymised_at)
        self.assertEqual(self.places("Yymark"), before)

    def test_a_hold_stops_it(self):
        """PRIV-03: unless a hold stands."""
        ticket = self.case("Zzmark")
        ticket.with_user(self.supervisor).action_hold(reason="lawsuit")
        before = self.places("Zzmark")
        with self.assertRaisesRegex(UserError, "Stays, on hold"):
            self.erase()
        self.assertEqual(self.places("Zzmark"), before)

    def test_a_return_that_is_not_over_keeps_its_account(self):
        """PRIV-03: a refund that is still to be paid needs to know to whom."""
        ticket = self.case("Zzmark")
        ticket.rma_ids._write_policy({"state": "to_refund"})
        with self.assertRaisesRegex(UserError, "until it is closed"):
            self.erase()
        self.assertFalse(self.env["aftersales.ticket"].search(ticket._retention_domain()) & ticket)

    def test_a_card_keeps_its_dates_and_loses_its_words(self):
        """PRIV-03: a warranty that runs keeps its holder, the reasons and messages go."""
        self.case("Zzmark")
        kept = self.sell(lots=self.lots("SN-kept")).order_line.move_ids.move_line_ids.lot_id
        cards = self.env["aftersales.warranty.card"].search([("partner_id", "=", self.customer.id)])
        running = cards.filtered(lambda card: card.lot_id == kept)
        over = cards - running
        self.assertTrue(running and over)
        for card in cards:
            card.entry_ids[:1].reason = "Zzmark"
            card.message_post(body="Zzmark")
        days = cards.mapped("last_day")
        self.erase()
        self.assertEqual(self.places("Zzmark"), [])
        self.assertEqual(cards.mapped("last_day"), days)
        self.assertEqual(running.partner_id, self.customer)
        self.assertFalse(over.partner_id)

    def test_a_person_is_no_affected_customer_of_others_any_more(self):
        """PRIV-03, DIAG-13: that somebody was informed is counted on."""
        self.case("Zzmark")
        other = self.env["aftersales.ticket"].create({"title": "Batch fault"})
        row = self.env["aftersales.affected.customer"].create(
            {"ticket_id": other.id, "partner_id": self.customer.id}
        )
        self.erase()
        self.assertFalse(row.partner_id)
        self.assertEqual(other.affected_count, 1)
