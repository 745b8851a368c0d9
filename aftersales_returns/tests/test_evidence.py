import base64
import io
import zipfile

from markupsafe import Markup

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import SQL

from odoo.addons.aftersales_service.tests.common import PNG

from .common import AftersalesReturnsCommon

DOT = base64.b64decode(
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
)


class EvidenceCommon(AftersalesReturnsCommon):
    def photo(self, document, name="photo.png", user=None, raw=PNG):
        files = self.env["ir.attachment"].with_user(user or self.agent)
        return files.create({"name": name, "raw": raw, "res_model": document._name, "res_id": document.id})

    def row(self, rma, number):
        return rma.evidence_ids.sorted("number")[number - 1]

    def sql(self, table, record, **vals):
        """What somebody does who gets into the database itself."""
        self.env.flush_all()
        for name, value in vals.items():
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s WHERE id = %s",
                    SQL.identifier(table),
                    SQL.identifier(name),
                    value,
                    record.id,
                )
            )
        self.env.invalidate_all()


@tagged("-at_install", "post_install")
class TestEvidence(EvidenceCommon):
    def setUp(self):
        super().setUp()
        self.customer.email = False  # no acknowledgment goes out, which would be evidence, too
        self.return_ = self.rma(self.sell())
        self.return_.action_submit()

    # === WHAT COMES IN === #

    def test_a_photo_comes_into_the_dossier_with_hash_author_and_time(self):
        file = self.photo(self.return_)
        row = self.return_.evidence_ids
        self.assertEqual((row.kind, row.label, row.author), ("file", "photo.png", "Agent"))
        self.assertEqual((row.source_model, row.source_id), ("ir.attachment", file.id))
        self.assertEqual(len(row.sha256), 64)
        self.assertTrue(row.at)
        self.assertEqual(self.return_.evidence_head, row.link)

    def test_what_the_customer_writes_and_sends_is_his(self):
        self.return_.message_post(
            body="It does not start",
            attachments=[("scan.png", PNG)],
            message_type="email",
            author_id=self.customer.id,
        )
        self.assertEqual(set(self.return_.evidence_ids.mapped("author")), {"Li Ming"})
        self.assertEqual(self.return_.evidence_ids.mapped("kind"), ["file", "message"])

    def test_notes_among_colleagues_and_the_log_are_no_evidence(self):
        self.return_.message_post(body="He seems angry", subtype_xmlid="mail.mt_note")
        self.return_._message_log(body="Something moved")
        self.assertFalse(self.return_.evidence_ids)

    def test_photos_of_the_inspection_and_files_of_the_ticket_belong_to_the_return(self):
        rma = self.received(self.sell(self.cable))
        self.photo(rma.inspection_ids, "scratch.png", self.inspector)
        self.photo(rma.ticket_id, "letter.png")
        self.assertEqual(rma.evidence_ids.mapped("label"), ["scratch.png", "letter.png"])

    def test_what_the_ticket_held_before_comes_along(self):
        order = self.sell(self.cable)
        ticket = self.env["aftersales.ticket"].create({"title": "Broken", "partner_id": self.customer.id})
        self.photo(ticket, "before.png")
        rma = self.rma(order, ticket_id=ticket.id)
        self.assertEqual(rma.evidence_ids.mapped("label"), ["before.png"])

    def test_the_signature_on_a_visit_is_evidence(self):
        visit = self.env["aftersales.visit"].create(
            {"ticket_id": self.return_.ticket_id.id, "start": "2026-05-04 08:00:00"}
        )
        visit._fire("arrive")
        visit.write({"signature": base64.b64encode(PNG), "signed_by": "Li Ming"})
        self.assertEqual(self.return_.evidence_ids.kind, "signature")

    def test_a_file_uploaded_for_a_message_comes_in_once(self):
        file = (
            self.env["ir.attachment"]
            .with_user(self.agent)
            .create({"name": "late.png", "raw": PNG, "res_model": "mail.compose.message", "res_id": 0})
        )
        self.return_.message_post(
            body="See the picture",
            attachment_ids=file.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertEqual(self.return_.evidence_ids.mapped("label"), ["late.png", "See the picture"])

    # === APPEND ONLY === #

    def test_nobody_writes_or_deletes_evidence(self):
        self.photo(self.return_)
        for user in (self.agent, self.manager):
            row = self.return_.evidence_ids.with_user(user)
            with self.assertRaises(AccessError):
                row.write({"author": "Nobody"})
            with self.assertRaises(AccessError):
                row.unlink()
        with self.assertRaises(AccessError):
            self.return_.evidence_ids.sudo().write({"author": "Nobody"})
        with self.assertRaises(AccessError):
            self.return_.evidence_ids.sudo().unlink()
        with self.assertRaises(AccessError):
            self.return_.sudo().write({"evidence_head": "0"})

    # === CHECK === #

    def check(self, rma=None):
        rma = rma or self.return_
        rma.with_user(self.agent).action_check_dossier()
        return rma.evidence_verdict, rma.evidence_ids.sorted("number").mapped("status")

    def three_photos(self):
        return [self.photo(self.return_, f"{n}.png") for n in range(3)]

    def test_an_untouched_dossier_is_complete(self):
        self.three_photos()
        self.assertEqual(self.check(), ("intact", ["same", "same", "same"]))

    def test_a_changed_file_a_removed_one_and_an_edited_message_show(self):
        first, second, _third = self.three_photos()
        message = self.return_.message_post(body="We take it back", message_type="comment",
                                            subtype_xmlid="mail.mt_comment")  # fmt: skip
        first.sudo().raw = DOT
        second.sudo().unlink()
        message.sudo().body = "We never said so"
        self.assertEqual(self.check(), ("broken", ["changed", "missing", "same", "changed"]))

    def test_who_writes_into_the_database_itself_is_found_out(self):
        """PRIV-07: another author, another moment, another content for the same hash."""
        self.three_photos()
        self.sql("aftersales_evidence", self.row(self.return_, 2), author="Somebody else")
        self.assertEqual(self.check(), ("broken", ["same", "altered", "same"]))

    def test_a_row_that_is_gone_shows_also_the_last_one(self):
        self.three_photos()
        last = self.row(self.return_, 3)
        self.env.flush_all()
        self.env.cr.execute(SQL("DELETE FROM aftersales_evidence WHERE id = %s", last.id))
        self.env.invalidate_all()
        self.assertEqual(self.check(), ("broken", ["same", "same"]))

    def test_erased_personal_data_do_not_break_the_dossier(self):
        self.photo(self.return_.ticket_id, "letter.png")
        self.photo(self.return_)
        self.return_.ticket_id._erase_personal_data("asked for")
        row = self.row(self.return_, 1)
        self.assertFalse(row.label or row.author)
        self.assertEqual(self.check(), ("intact", ["erased", "erased"]))

    # === HANDED OVER === #

    def test_the_file_holds_index_words_and_pictures(self):
        self.photo(self.return_, "=cmd.png")
        self.return_.message_post(body="It does not start", message_type="email", author_id=self.customer.id)
        bundle = zipfile.ZipFile(io.BytesIO(self.return_.with_user(self.agent)._dossier_zip()))
        names = [name.split("/")[1] for name in bundle.namelist()]
        self.assertIn("index.csv", names)
        folder = bundle.namelist()[0].split("/")[0]
        self.assertEqual(bundle.read(f"{folder}/001 =cmd.png"), PNG)
        index = bundle.read(f"{folder}/index.csv").decode("utf-8-sig")
        self.assertIn("'=cmd.png", index)
        self.assertIn(self.return_.evidence_head, index)
        self.assertIn("It does not start", bundle.read(f"{folder}/messages.txt").decode())

    def test_the_printed_dossier_names_each_paper_and_the_seal(self):
        self.photo(self.return_)
        self.return_.with_user(self.agent).action_print_dossier()
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html("aftersales_returns.report_dossier", self.return_.ids)[0]
            .decode()
        )
        self.assertIn("photo.png", html)
        self.assertIn(self.return_.evidence_head, html)
        self.assertIn("data:image/png;base64", html)

    def test_the_keys_of_the_customers_pages_do_not_go_out_with_the_dossier(self):
        """Whoever is handed the dossier reads the links, and cannot open the customer's page with them."""
        link = "https://shop.example.com/my/tickets/7?access_token=0f1e2d3c-4b5a"
        self.return_.message_post(
            body=Markup('<a href="%s">Follow your request</a>') % link,
            message_type="email",
            author_id=self.customer.id,
        )
        rma = self.return_.with_user(self.agent)
        (paper,) = rma._dossier_papers()
        bundle = zipfile.ZipFile(io.BytesIO(rma._dossier_zip()))
        told = bundle.read(next(name for name in bundle.namelist() if name.endswith("messages.txt"))).decode()
        for text in (paper["text"], told):
            self.assertIn("/my/tickets/7?access_token=…", text)
            self.assertNotIn("0f1e2d3c", text)

    def test_a_dossier_is_read_with_the_return_only(self):
        self.photo(self.return_)
        with self.assertRaises(AccessError):
            self.return_.evidence_ids.with_user(self.storekeeper).read(["label"])
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self.user("aftersales_service.group_agent", "stranger")
        stranger.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        with self.assertRaises(AccessError):
            self.return_.evidence_ids.with_user(stranger).read(["label"])


@tagged("-at_install", "post_install")
class TestDossierDownload(HttpCase, EvidenceCommon):
    def test_colleagues_of_customer_service_fetch_it_others_do_not(self):
        rma = self.rma(self.sell())
        self.photo(rma)
        self.authenticate("ret_agent", "ret_agent")
        answer = self.url_open(f"/aftersales/dossier/{rma.id}")
        self.assertEqual(answer.headers["Content-Type"], "application/zip")
        self.authenticate("ret_storekeeper", "ret_storekeeper")
        self.assertEqual(self.url_open(f"/aftersales/dossier/{rma.id}").status_code, 404)
