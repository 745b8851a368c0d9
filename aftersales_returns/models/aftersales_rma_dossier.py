"""The dossier of a return to hand over: a printed one with its index, and a file with everything in it."""

import base64
import csv
import io
import re
import zipfile

from odoo import models
from odoo.tools import html2plaintext

from odoo.addons.aftersales_service.models.aftersales_ticket_archive import _harmless
from odoo.addons.aftersales_service.policy import archive

from .aftersales_evidence import refuse_without_evidence

COLUMNS = ("number", "kind", "label", "author", "at", "part_name", "size", "sha256", "link", "status")
REPORT = "aftersales_returns.aftersales_rma_dossier"
#: the key in the links of our mails: whoever reads it opens the customer's page without a login
KEY = re.compile(r"(access_token=)[\w-]+")


def words_of(content):
    """What a message says, as text; links stay, the keys in them do not go out with the dossier."""
    return KEY.sub(r"\1…", html2plaintext(content.decode()))


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    def action_print_dossier(self):
        """Check, then print: the paper says what was found."""
        self.ensure_one()
        self.check_access("read")
        refuse_without_evidence(self)
        self._check_dossier()
        return self.env.ref(REPORT).report_action(self)

    def action_dossier_file(self):
        self.ensure_one()
        self.check_access("read")
        refuse_without_evidence(self)
        return {"type": "ir.actions.act_url", "url": f"/aftersales/dossier/{self.id}", "target": "self"}

    def _dossier_folder(self):
        """Customer's name and number, as closed tickets are filed (ARCHIVE-02)."""
        return archive.folder(self.partner_id.sudo().name or "", self.name)  # sudo: as on the return itself

    def _dossier_zip(self):
        """Bytes of a zip: the index, what was said, and each file under its number."""
        self.ensure_one()
        self._check_dossier()
        folder, stream = self._dossier_folder(), io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as bundle:
            bundle.writestr(f"{folder}/index.csv", self._dossier_csv())
            said = []
            for row, source in self.evidence_ids.sorted("number")._sources():
                content = row._content(source)
                if source._name == "ir.attachment":
                    name = archive.folder(source.name, "") or "file"
                    bundle.writestr(f"{folder}/{row.number:03d} {name}", content)
                else:
                    said.append(f"{row.number}. {row.at} {row.author}\n{words_of(content)}")
            bundle.writestr(f"{folder}/messages.txt", "\n\n".join(said))
        return stream.getvalue()

    def _dossier_csv(self):
        stream = io.StringIO()
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        for row in self.evidence_ids.sorted("number"):
            writer.writerow({name: _harmless(row[name] or "") for name in COLUMNS})
        stream.write(f"seal,{self.evidence_head or ''}\r\nverdict,{self.evidence_verdict}\r\n")
        # a mark at the beginning tells spreadsheets the encoding of Chinese names
        return stream.getvalue().encode("utf-8-sig")

    def _dossier_papers(self):
        """[{"row", "text", "picture"}] for the printed dossier: words in full, pictures to look at."""
        papers = []
        for row, source in self.evidence_ids.sorted("number")._sources():
            is_file = source._name == "ir.attachment"
            is_picture = is_file and (source.mimetype or "").startswith("image/")
            content = row._content(source)
            papers.append(
                {
                    "row": row,
                    "text": "" if is_file else words_of(content),
                    "picture": is_picture
                    and f"data:{source.mimetype};base64,{base64.b64encode(content).decode()}",
                }
            )
        return [paper for paper in papers if paper["text"] or paper["picture"]]
