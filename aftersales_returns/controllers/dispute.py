from odoo import http
from odoo.http import request
from odoo.tools import plaintext2html

from odoo.addons.aftersales_service.controllers import customer

from .portal import PHOTOS, TEXT_LIMIT, AftersalesReturnsPortal


class AftersalesDisputePortal(AftersalesReturnsPortal):
    """The customer's side of a dispute: his words and his proof."""

    def _return_values(self, rma, access_token, **kw):
        values = super()._return_values(rma, access_token, **kw)
        acting = customer.may_act(rma, access_token)
        return {
            **values,
            "disputes": rma.dispute_ids,
            "disputed": rma._open_dispute() if acting else rma.dispute_ids.browse(),
        }

    @http.route()
    def portal_return_answer(self, rma_id, answer, access_token=None, **post):
        """Files that prove the objection come with it."""
        rma = self._to_act_on("aftersales.rma", rma_id, access_token)
        if rma and answer == "dispute" and self._files_fault(rma):
            return self._refused(rma, "files", post)
        before = rma and rma._open_dispute()
        response = super().portal_return_answer(rma_id, answer, access_token=access_token, **post)
        if rma and answer == "dispute" and not before:
            self._attach_proof(rma._open_dispute())
        return response

    @http.route(
        "/my/returns/<int:rma_id>/statement", type="http", auth="public", methods=["POST"], website=True
    )
    def portal_return_statement(self, rma_id, access_token=None, **post):
        """A further statement while the dispute is open."""
        rma = self._to_act_on("aftersales.rma", rma_id, access_token)
        if not rma:
            return request.redirect("/my")
        dispute = rma._open_dispute()
        text = customer.words(post.get("statement"), TEXT_LIMIT)
        if not dispute:
            return self._refused(rma, "state", post)
        if self._files_fault(rma):
            return self._refused(rma, "files", post)
        if text:
            dispute._state("customer", text)
        self._attach_proof(dispute)
        return request.redirect(rma.get_portal_url())

    def _files_fault(self, rma):
        uploads = self._uploads()
        files = request.env["ir.attachment"]
        faults = (files._aftersales_upload_fault(upload, rma.company_id) for upload in uploads)
        return len(uploads) > PHOTOS or next((fault for fault in faults if fault), None)

    def _attach_proof(self, dispute):
        proof = [(upload.filename, upload.read()) for upload in self._uploads()]
        if dispute and proof:
            dispute.message_post(
                body=plaintext2html(request.env._("Proof of the customer")),
                attachments=proof,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                author_id=dispute.partner_id.id,
            )
