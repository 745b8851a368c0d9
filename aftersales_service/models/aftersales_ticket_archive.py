import base64
import csv
import io
import zipfile

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from ..policy import archive


class AftersalesTicket(models.Model):
    """The closed file: an index of its papers with a hash of each, made at closing (ARCHIVE-02, -03)."""

    _inherit = "aftersales.ticket"

    archive_index = fields.Json(
        "Archive index", readonly=True, copy=False, help="[{kind, id, sha256, label, author, at}]"
    )
    archive_seal = fields.Char(
        "Seal of the file", readonly=True, copy=False, help="SHA-256 of the whole index as it was at closing."
    )
    archive_state = fields.Selection(
        [
            ("open", "Not closed yet"),
            ("intact", "As closed"),
            ("added", "Papers added since"),
            ("changed", "Changed since closing"),
        ],
        string="The file is",
        compute="_compute_archive_state",
    )
    archive_html = fields.Html("Papers", compute="_compute_archive_html", sanitize=False)

    def _owned_fields(self):
        return super()._owned_fields() | {"archive_index", "archive_seal"}

    # === AT CLOSING === #

    def _after_event(self, event, now):
        super()._after_event(event, now)
        if event == "close":
            for ticket, entries in self.sudo()._archive_entries().items():  # sudo: every paper belongs to it
                ticket._write_policy({"archive_index": entries, "archive_seal": archive.seal(entries)})

    def _archive_entries(self):
        """{ticket: entries}; bodies and files are read once for all of ``self``."""
        papers = {ticket: [] for ticket in self}
        # the web client asks for sizes in place of files: a hash is of the file
        whole = self.with_context(bin_size=False)
        for ticket, kind, record, label, author, at, content in whole._archive_papers():
            sha256 = archive.digest(content) if isinstance(content, bytes) else archive.digest_of(content)
            moment = fields.Datetime.to_string(at) if at else ""
            papers[ticket].append(archive.entry(kind, record.id, sha256, label or "", author or "", moment))
        return papers

    def _archive_papers(self):
        """(ticket, kind, record, label, author, moment, content) of every paper; other addons add theirs."""
        yield from self._archive_facts()
        yield from self._archive_messages()
        yield from self._archive_files()
        for visit in self.visit_ids:
            content = visit.signature_sha256 and visit._signature_digest() or ""
            told = [content, visit.report or "", str(visit.start)]
            yield visit.ticket_id, "visit", visit, visit.name, visit.user_id.name, visit.done_at, told
        for repair in self.repair_ids:
            told = [repair.name, repair.state, repair.product_id.id]
            yield repair.aftersales_ticket_id, "repair", repair, repair.name, repair.user_id.name, None, told
        for order in self.quotation_ids:
            lines = [(line.product_id.id, line.product_uom_qty) for line in order.order_line]
            ticket, told = order.aftersales_ticket_id, [order.name, order.partner_id.id, lines]
            yield ticket, "quotation", order, order.name, order.user_id.name, order.date_order, told

    def _archive_facts(self):
        """What was asked, found and done."""
        for ticket in self:
            told = [ticket.title or "", ticket.description or "", ticket.solution or "", ticket.cause_id.id]
            yield ticket, "ticket", ticket, ticket.name, ticket.user_id.name, ticket.resolved_at, told

    def _archive_messages(self):
        """What was said to the customer and by the customer; not what the system logs."""
        talk = self.env["mail.message"].search(
            [
                ("model", "=", self._name),
                ("res_id", "in", self.ids),
                ("message_type", "in", ("comment", "email", "email_outgoing")),
            ],
            order="id",
        )
        for message in talk:
            label = message.subject or html2plaintext(message.body or "")[:60]
            author = message.author_id.name or message.email_from
            content = (message.body or "").encode()
            yield self.browse(message.res_id), "message", message, label, author, message.date, content

    def _archive_files(self):
        files = self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)], order="id"
        )
        for file in files:
            ticket = self.browse(file.res_id)
            yield ticket, "file", file, file.name, file.create_uid.name, file.create_date, file.raw or b""

    # === READING === #

    def _archive_rows(self):
        """Rows of the index with their status now; an altered index is told by its seal."""
        self.ensure_one()
        stored = self.archive_index or []
        present = self.sudo()._archive_entries()[self.sudo()]  # sudo: every paper belongs to the ticket
        return archive.compare(stored, present)

    def _compute_archive_state(self):
        for ticket in self:
            ticket.archive_state = ticket._archive_answer() if ticket.archive_seal else "open"

    def _archive_answer(self):
        if self.anonymised_at:
            return "intact"  # only hashes are left
        if archive.seal(self.archive_index or []) != self.archive_seal:
            return "changed"
        statuses = {row["status"] for row in self._archive_rows()}
        if statuses & {"changed", "missing"}:
            return "changed"
        return "added" if "added" in statuses else "intact"

    @api.depends_context("lang", "tz")
    def _compute_archive_html(self):
        for ticket in self:
            rows = ticket._archive_rows() if ticket.archive_seal and not ticket.anonymised_at else []
            ticket.archive_html = ticket._archive_table(rows) if rows else False

    def _archive_table(self, rows):
        labels, kinds = self._archive_labels()
        colors = {"changed": "table-danger", "missing": "table-danger", "added": "table-warning"}
        row = Markup(
            '<tr class="%s"><td>%s</td><td>%s</td><td>%s</td><td>%s</td>'
            '<td><code title="%s">%s</code></td><td>%s</td></tr>'
        )
        body = Markup().join(
            row
            % (
                colors.get(entry["status"], ""),
                kinds.get(entry["kind"], entry["kind"]),
                entry["label"],
                entry["author"],
                entry["at"],
                entry["sha256"],
                entry["sha256"][:12],
                labels[entry["status"]],
            )
            for entry in rows
        )
        heads = (
            self.env._("Paper"),
            self.env._("Title"),
            self.env._("Author"),
            self.env._("Time (UTC)"),
            self.env._("SHA-256"),
            self.env._("State"),
        )
        head = Markup().join(Markup("<th>%s</th>") % text for text in heads)
        table = Markup('<table class="table table-sm"><thead><tr>%s</tr></thead><tbody>%s</tbody></table>')
        return table % (head, body)

    def _archive_labels(self):
        statuses = {
            "same": self.env._("as closed"),
            "changed": self.env._("changed"),
            "missing": self.env._("missing"),
            "added": self.env._("added since"),
        }
        kinds = {
            "ticket": self.env._("Ticket"),
            "message": self.env._("Message"),
            "file": self.env._("File"),
            "visit": self.env._("Visit"),
            "repair": self.env._("Repair"),
            "quotation": self.env._("Quotation"),
        }
        return statuses, kinds

    # === THE FILE === #

    def _archive_folder(self):
        """ARCHIVE-02: customer's name and number."""
        return archive.folder(self.contact_name or self.partner_id.name or "", self.name)

    def action_archive_file(self):
        """Everything of the closed ticket as one file to keep or to hand over."""
        self.ensure_one()
        self._refuse_archive_file()
        return {"type": "ir.actions.act_url", "url": f"/aftersales/file/{self.id}", "target": "self"}

    def _refuse_archive_file(self):
        self.check_access("read")
        if not self.archive_seal or self.anonymised_at:
            raise UserError(
                self.env._(
                    "%(ticket)s has no file: one is made when a ticket is closed, and its papers go when the "
                    "personal data are erased.",
                    ticket=self.name,
                )
            )

    def _archive_zip(self):
        """Bytes of a zip: index, what was said, files and signatures, in the customer's folder."""
        self.ensure_one()
        folder, stream = self._archive_folder(), io.BytesIO()
        documents = self.sudo().with_context(bin_size=False)  # sudo: access to the ticket was checked
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as bundle:
            bundle.writestr(f"{folder}/index.csv", self._archive_csv())
            bundle.writestr(f"{folder}/messages.txt", documents._archive_transcript())
            for *_paper, file, name, _author, _at, content in documents._archive_files():
                bundle.writestr(f"{folder}/{file.id} {archive.folder(name, '')}", content)
            for visit in documents.visit_ids.filtered("signature"):
                picture = base64.b64decode(visit.signature)
                bundle.writestr(f"{folder}/signature {visit.id}.png", picture)
        return stream.getvalue()

    def _archive_csv(self):
        stream = io.StringIO()
        columns = ["kind", "id", "label", "author", "at", "sha256", "status"]
        writer = csv.DictWriter(stream, columns)
        writer.writeheader()
        writer.writerows({key: _harmless(row[key]) for key in columns} for row in self._archive_rows())
        stream.write(f"seal,{self.archive_seal}\r\n")
        # a mark at the beginning tells spreadsheets the encoding of Chinese names
        return stream.getvalue().encode("utf-8-sig")

    def _archive_transcript(self):
        parts = [
            f"{at} {author}\n{html2plaintext(content.decode())}"
            for *_ticket, _message, _label, author, at, content in self._archive_messages()
        ]
        return "\n\n".join([self.name, self.description or "", self.solution or "", *parts])


def _harmless(cell):
    """A cell that no spreadsheet takes for a formula."""
    text = str(cell)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
