from odoo import http
from odoo.http import request

from odoo.addons.mail.controllers.attachment import AttachmentController


class AftersalesAttachmentController(AttachmentController):
    @http.route()
    def mail_attachment_upload(self, ufile, thread_id, thread_model, is_pending=False, **kwargs):
        """A file that may not come in is refused when it is chosen, not only when the message is sent."""
        files = request.env["ir.attachment"]
        if thread_model in files._aftersales_judged_models():
            company = files._aftersales_company_of(thread_model, thread_id)
            fault = files._aftersales_upload_fault(ufile, company)
            if fault:
                return request.make_json_response({"error": fault})
        return super().mail_attachment_upload(ufile, thread_id, thread_model, is_pending, **kwargs)
