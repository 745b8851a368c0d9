from odoo import http
from odoo.http import request


class AftersalesProcess(http.Controller):
    @http.route("/aftersales/process", type="http", auth="public", website=True, sitemap=True)
    def process(self, **kw):
        """How a request is handled, for everybody to read (PROG-05)."""
        return request.render(
            "aftersales_service.portal_process", {"company": request.env.company, "page_name": "process"}
        )
