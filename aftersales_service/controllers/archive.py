from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import content_disposition, request


class AftersalesArchive(http.Controller):
    @http.route("/aftersales/file/<int:ticket_id>", type="http", auth="user", methods=["GET"], readonly=True)
    def archive_file(self, ticket_id, **kw):
        """The closed file of a ticket, for colleagues of customer service."""
        if not request.env.user.has_group("aftersales_service.group_agent"):
            raise request.not_found()
        try:
            ticket = request.env["aftersales.ticket"].browse(ticket_id).exists()
            ticket._refuse_archive_file()
            content = ticket._archive_zip()
        except (AccessError, MissingError, UserError, ValueError):
            raise request.not_found() from None
        headers = [
            ("Content-Type", "application/zip"),
            ("Content-Length", len(content)),
            ("X-Content-Type-Options", "nosniff"),
            ("Content-Disposition", content_disposition(f"{ticket._archive_folder()}.zip")),
        ]
        return request.make_response(content, headers)
