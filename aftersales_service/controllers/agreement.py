import binascii

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

from ..policy import lifecycle
from . import customer

PAGE = 20
NAME_LIMIT = 200  # characters of a signer's name


class AgreementPortal(CustomerPortal):
    """The customer reads an agreement, by login or by the link of the mail, and signs it."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "agreement_count" in counters:
            agreements = request.env["aftersales.agreement"]
            values["agreement_count"] = (
                agreements.search_count(self._agreement_domain()) if agreements.has_access("read") else 0
            )
        return values

    def _agreement_domain(self):
        """Those of the user's company, also for a colleague of ours who looks at the portal."""
        return [("partner_id", "=", request.env.user.commercial_partner_id.id), ("state", "!=", "draft")]

    def _agreement(self, agreement_id, access_token):
        """The agreement, in sudo, if the user may read it or the token is its own; never a draft."""
        try:
            found = self._document_check_access("aftersales.agreement", agreement_id, access_token)
        except (AccessError, MissingError):
            return request.env["aftersales.agreement"]
        return found.filtered(lambda agreement: agreement.state != "draft")

    @http.route(["/my/agreements", "/my/agreements/page/<int:page>"], type="http", auth="user", website=True)
    def portal_my_agreements(self, page=1, **kw):
        agreements = request.env["aftersales.agreement"]
        domain = self._agreement_domain()
        bounds = pager("/my/agreements", agreements.search_count(domain), page, PAGE)
        values = self._prepare_portal_layout_values()
        values.update(
            agreements=agreements.search(domain, limit=PAGE, offset=bounds["offset"]),
            page_name="agreement",
            pager=bounds,
            default_url="/my/agreements",
        )
        return request.render("aftersales_service.portal_my_agreements", values)

    @http.route("/my/agreements/<int:agreement_id>", type="http", auth="public", website=True)
    def portal_my_agreement(self, agreement_id, access_token=None, report_type=None, download=False, **kw):
        agreement = self._agreement(agreement_id, access_token)
        if not agreement:
            return request.redirect("/my")
        if report_type in ("html", "pdf", "text"):
            return self._show_report(
                model=agreement,
                report_type=report_type,
                report_ref="aftersales_service.aftersales_agreement_report",
                download=download,
            )
        user = request.env.user
        unsigned = agreement.state == "offered" and not agreement.customer_signed_at
        values = {
            "page_name": "agreement",
            "agreement": agreement,
            "can_sign": unsigned and customer.may_act(agreement, access_token),
            "signer": agreement.partner_id.name if user._is_public() else user.name,
        }
        values = self._get_page_view_values(
            agreement, access_token, values, "my_agreements_history", False, **kw
        )
        return request.render("aftersales_service.portal_my_agreement", values)

    @http.route("/my/agreements/<int:agreement_id>/sign", type="jsonrpc", auth="public", website=True)
    def portal_agreement_sign(self, agreement_id, access_token=None, name=None, signature=None):
        access_token = access_token or request.httprequest.args.get("access_token")
        agreement = self._agreement(agreement_id, access_token)
        if not agreement or not customer.may_act(agreement, access_token):
            return {"error": request.env._("This agreement cannot be opened. Use the link of our mail.")}
        try:
            with request.env.cr.savepoint():
                agreement._sign(
                    "customer", customer.words(name, NAME_LIMIT), signature, actor=lifecycle.CUSTOMER
                )
                request.env.cr.flush()
        except UserError as error:
            return {"error": str(error)}
        except (TypeError, ValueError, binascii.Error):
            return {"error": request.env._("The signature cannot be read. Please sign once more.")}
        return {"force_refresh": True, "redirect_url": agreement.get_portal_url()}
