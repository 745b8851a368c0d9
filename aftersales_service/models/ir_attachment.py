import base64
import binascii
import io

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.mimetypes import guess_mimetype

from ..policy import attachment

#: bytes that tell the content; as many as the library looks at
HEAD = 2048


class IrAttachment(models.Model):
    """Files of our documents are judged by their content, whoever brings them in (INTAKE-24)."""

    _inherit = "ir.attachment"

    @api.model
    def _aftersales_judged_models(self):
        """Models whose files customers may bring."""
        return {"aftersales.ticket", "aftersales.visit"}

    @api.model_create_multi
    def create(self, vals_list):
        judged = self._aftersales_judged_models()
        for vals in vals_list:
            model = vals.get("res_model")
            if model in judged and not vals.get("res_field") and vals.get("type", "binary") == "binary":
                self._aftersales_refuse(vals.get("name"), _raw_of(vals), model, vals.get("res_id"))
        return super().create(vals_list)

    def write(self, vals):
        if {"res_model", "raw", "datas", "name"} & set(vals):
            self._aftersales_judge_write(vals)
        return super().write(vals)

    @api.model
    def _aftersales_adopt(self, records, field):
        """Give uploaded files to the record that shows them, so that whoever reads it may open them.

        A file that is uploaded before its record is saved belongs to nobody but its uploader.
        """
        for record in records:
            # sudo: only files that this user could link; they get an owner, nothing else changes
            files = record[field].sudo().filtered(lambda file: not file.res_id)
            files.write({"res_model": record._name, "res_id": record.id})

    def _aftersales_judge_write(self, vals):
        """What was uploaded for a message is judged where it gets to its document."""
        judged = self._aftersales_judged_models()
        for file in self:
            model = vals.get("res_model", file.res_model)
            if model not in judged or file.res_field or vals.get("type", file.type) != "binary":
                continue
            raw = _raw_of(vals) if {"raw", "datas"} & set(vals) else file.raw
            number = vals.get("res_id", file.res_id)
            self._aftersales_refuse(vals.get("name", file.name), raw or b"", model, number)

    @api.model
    def _aftersales_refuse(self, name, raw, res_model, res_id):
        company = self._aftersales_company_of(res_model, res_id)
        fault = self._aftersales_fault(name, raw, len(raw), company)
        if fault:
            raise UserError(fault)

    @api.model
    def _aftersales_company_of(self, res_model, res_id):
        # sudo: only whose limits hold
        document = self.env[res_model].sudo().browse(int(res_id or 0)).exists()
        return document.company_id or self.env.company

    @api.model
    def _aftersales_fault(self, name, head, size, company):
        """Why a file may not come in, as a sentence; False where it may.

        :param head: its content, or as much of the beginning as tells the type
        :param size: bytes of the whole file
        """
        company = company.sudo()  # sudo: limits that everybody may know
        name = name or ""
        code = attachment.fault_of(
            name,
            self._aftersales_content_type(head),
            size,
            attachment.accepted(company.aftersales_attachment_formats),
            company.aftersales_attachment_mb,
        )
        if code == "too_large":
            return self.env._(
                "%(file)s is larger than %(limit)s MB: send a smaller one, or a part of it.",
                file=name,
                limit=company.aftersales_attachment_mb,
            )
        if code == "runnable":
            return self.env._(
                "%(file)s is a program or can act like one, whatever its name says: it is not taken in. "
                "Send a picture or a PDF.",
                file=name,
            )
        if code == "not_accepted":
            return self.env._(
                "%(file)s is of a kind that is not taken in. Send one of these: %(formats)s.",
                file=name,
                formats=company.aftersales_attachment_formats,
            )
        return False

    @api.model
    def _aftersales_upload_fault(self, upload, company):
        """The same for an uploaded file; a large one is not read into memory."""
        upload.seek(0, io.SEEK_END)
        size = upload.tell()
        upload.seek(0)
        limit = company.sudo().aftersales_attachment_mb * attachment.MEGABYTE  # sudo: a limit all may know
        content = upload.read(HEAD if 0 < limit < size else -1)
        upload.seek(0)
        return self._aftersales_fault(upload.filename, content, size, company)

    @api.model
    def _aftersales_content_type(self, head):
        if attachment.looks_runnable(head[:HEAD]):
            return "application/x-dosexec"
        # a whole zip tells a document of an office program from a mere archive
        return guess_mimetype(head or b"", default="application/octet-stream")


def _raw_of(vals):
    """Bytes in the values of an attachment."""
    raw = vals.get("raw")
    if raw:
        return raw.encode() if isinstance(raw, str) else raw
    try:
        return base64.b64decode(vals.get("datas") or b"")
    except (binascii.Error, ValueError):
        return b""  # Odoo refuses it with its own words
