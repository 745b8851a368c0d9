from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import content_disposition, request


class AftersalesDossier(http.Controller):
    @http.route("/aftersales/dossier/<int:rma_id>", type="http", auth="user", methods=["GET"])
    def dossier_file(self, rma_id, **kw):
        """The dossier of a return as one file, for colleagues of customer service."""
        if not request.env.user.has_group("aftersales_service.group_agent"):
            raise request.not_found()
        try:
            rma = request.env["aftersales.rma"].browse(rma_id).exists()
            rma.check_access("read")
        except (AccessError, MissingError):
            raise request.not_found() from None
        if not rma.evidence_count:
            raise request.not_found()
        content = rma._dossier_zip()
        headers = [
            ("Content-Type", "application/zip"),
            ("Content-Length", len(content)),
            ("X-Content-Type-Options", "nosniff"),
            ("Content-Disposition", content_disposition(f"{rma._dossier_folder()}.zip")),
        ]
        return request.make_response(content, headers)
