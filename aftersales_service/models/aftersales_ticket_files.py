from markupsafe import Markup

from odoo import models

from ..policy import archive, attachment


class AftersalesTicket(models.Model):
    """Files that come by mail: what may not come in is kept out and told, the mail itself always arrives."""

    _inherit = "aftersales.ticket"

    def message_post(self, *, attachments=None, **kwargs):
        """INTAKE-24: no mail bounces for its files, and none is lost silently."""
        refused = []
        if attachments and kwargs.get("message_type") == "email":
            attachments, refused = self._sort_files(attachments)
        message = super().message_post(attachments=attachments, **kwargs)
        if refused:
            self._message_log(body=self._kept_out_text(refused))
        return message

    def _sort_files(self, files):
        """(files that may come in, [(name, content, sentence)] of the others)."""
        self.ensure_one()
        judge = self.env["ir.attachment"]._aftersales_fault
        taken, refused = [], []
        for file in files:
            content = _bytes_of(file[1])
            fault = judge(file[0], content, len(content), self.company_id)
            if fault:
                refused.append((file[0], content, fault))
            else:
                taken.append(file)
        return taken, refused

    def _kept_out_text(self, refused):
        """What an agent needs to ask the sender for it, or to recognise it."""
        rows = [
            Markup("<li>%s (%.1f MB, SHA-256 %s)</li>")
            % (fault, len(content) / attachment.MEGABYTE, archive.digest(content))
            for _name, content, fault in refused
        ]
        head = self.env._("Files of the mail that were kept out; ask the sender if you need them:")
        return Markup("<p>%s</p><ul>%s</ul>") % (head, Markup().join(rows))


def _bytes_of(content):
    """The mail gateway hands on bytes, text or a forwarded mail."""
    if isinstance(content, str):
        return content.encode()
    return content.as_bytes() if hasattr(content, "as_bytes") else content or b""
