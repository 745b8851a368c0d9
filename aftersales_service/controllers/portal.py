import uuid

from psycopg2 import IntegrityError

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request
from odoo.tools import mute_logger, plaintext2html

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

from ..policy import lifecycle, ticket_flow
from . import customer

PAGE = 20
TEXT_LIMIT = 5000  # characters of one answer in the form
KEY_LIMIT = 64  # characters of the key of a form
FORM_FIELDS = (
    "title",
    "description",
    "environment",
    "tried_solutions",
    "serial_number",
    "proof_of_purchase",
    "phone",
)


class AftersalesPortal(CustomerPortal):
    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "ticket_count" in counters:
            tickets = request.env["aftersales.ticket"]
            values["ticket_count"] = (
                tickets.search_count(self._ticket_domain()) if tickets.has_access("read") else 0
            )
        return values

    def _ticket_domain(self):
        """The tickets of the user's company, also for a colleague of ours who looks at the portal."""
        return [("partner_id", "child_of", request.env.user.commercial_partner_id.ids)]

    @http.route(["/my/tickets", "/my/tickets/page/<int:page>"], type="http", auth="user", website=True)
    def portal_my_tickets(self, page=1, **kw):
        tickets = request.env["aftersales.ticket"]
        domain = self._ticket_domain()
        bounds = pager("/my/tickets", tickets.search_count(domain), page, PAGE)
        values = self._prepare_portal_layout_values()
        values.update(
            tickets=tickets.search(domain, order="id desc", limit=PAGE, offset=bounds["offset"]),
            page_name="ticket",
            pager=bounds,
            default_url="/my/tickets",
        )
        return request.render("aftersales_service.portal_my_tickets", values)

    @http.route("/my/tickets/<int:ticket_id>", type="http", auth="public", website=True)
    def portal_my_ticket(self, ticket_id, access_token=None, **kw):
        ticket = self._ticket(ticket_id, access_token)
        if not ticket:
            return request.redirect("/my")
        survivor = ticket._portal_survivor()
        if survivor:
            return request.redirect(survivor.get_portal_url())
        acting = customer.may_act(ticket, access_token)
        values = {
            "page_name": "ticket",
            "ticket": ticket,
            "timeline": ticket._portal_timeline(),
            "reasons": ticket._portal_reasons(),
            "next_step": ticket._portal_next(),
            "can_confirm": acting and ticket.state == "resolved",
            "can_withdraw": acting and ticket.state in ticket_flow.OPEN,
            "can_reopen": acting and ticket.state == "closed" and ticket._can_be_reopened(),
            "token": access_token,
            "refused": kw.get("refused"),
        }
        values = self._get_page_view_values(ticket, access_token, values, "my_tickets_history", False, **kw)
        return request.render("aftersales_service.portal_my_ticket", values)

    @http.route(
        "/my/tickets/<int:ticket_id>/<string:answer>",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_ticket_answer(self, ticket_id, answer, access_token=None, reason=None, **kw):
        """The customer confirms (close), disputes (reopen) or withdraws (cancel), by POST only."""
        ticket = self._ticket_to_act_on(ticket_id, access_token)
        if not ticket or answer not in ("close", "reopen", "cancel"):
            return request.redirect("/my")
        try:
            with request.env.cr.savepoint():
                ticket._fire(
                    answer, actor=lifecycle.CUSTOMER, reason=customer.words(reason, TEXT_LIMIT) or None
                )
        except UserError:
            return request.redirect(ticket.get_portal_url(query_string="&refused=1"))
        return request.redirect(ticket.get_portal_url())

    def _ticket(self, ticket_id, access_token):
        """The ticket, in sudo, if the user may read it or the token is this ticket's; else an empty set."""
        try:
            return self._document_check_access("aftersales.ticket", ticket_id, access_token)
        except (AccessError, MissingError):
            return request.env["aftersales.ticket"]

    def _ticket_to_act_on(self, ticket_id, access_token):
        """The ticket, in sudo, if the visitor may act on it as its customer; else an empty set."""
        return self._ticket(ticket_id, access_token).filtered(lambda t: customer.may_act(t, access_token))

    @http.route("/my/tickets/new", type="http", auth="user", website=True, methods=["GET"])
    def portal_ticket_form(self, **kw):
        return self._ticket_form({"request_key": uuid.uuid4().hex}, None)

    @http.route("/my/tickets/new", type="http", auth="user", website=True, methods=["POST"])
    def portal_ticket_create(self, **post):
        ticket = self._ticket_sent_before(post)
        if ticket:
            return request.redirect(f"/my/tickets/{ticket.id}")
        fault = self._form_fault(post)
        if fault:
            return self._ticket_form(post, fault)
        try:
            with request.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                ticket = self._create_ticket(post)
        except IntegrityError:  # the same form, sent twice at the same moment
            return request.redirect("/my/tickets")
        return request.redirect(f"/my/tickets/{ticket.id}")

    def _ticket_sent_before(self, post):
        """The ticket that this very form has made already: sent twice, it counts once."""
        key = self._request_key(post)
        # sudo: only of this user's own forms
        return request.env["aftersales.ticket"].sudo()._taken_before({key} if key else set()).get(key)

    def _request_key(self, post):
        return customer.request_key(post, KEY_LIMIT)

    def _create_ticket(self, post):
        # sudo: customers have no create right; the values below are the only ones taken from the form
        ticket = request.env["aftersales.ticket"].sudo().create(self._ticket_vals(post))
        self._attach(ticket, request.httprequest.files.getlist("attachments"))
        return ticket

    def _ticket_form(self, entered, fault):
        types = request.env["aftersales.ticket"]._fields["service_type"]._description_selection(request.env)
        values = {
            "page_name": "ticket_new",
            "entered": entered,
            "fault": fault,
            "service_types": types,
            "files_label": self._files_label(),
        }
        return request.render("aftersales_service.portal_ticket_new", values)

    def _files_label(self):
        limit = request.env.company.sudo().aftersales_attachment_mb  # sudo: customers have to keep to it
        if not limit:
            return request.env._("Photos, videos or the receipt")
        return request.env._("Photos, videos or the receipt, up to %(limit)s MB each", limit=limit)

    def _form_fault(self, post):
        """What is missing, as a sentence, or None."""
        types = dict(request.env["aftersales.ticket"]._fields["service_type"].selection)
        if post.get("service_type") not in types:
            return request.env._("Choose what you need.")
        if not (post.get("title") or "").strip() or not (post.get("description") or "").strip():
            return request.env._("Tell us in a few words what it is about, and describe the problem.")
        for upload in request.httprequest.files.getlist("attachments"):
            if upload.filename:
                files = request.env["ir.attachment"]
                fault = files._aftersales_upload_fault(upload, request.env.company)
                if fault:
                    return fault
        return None

    def _ticket_vals(self, post):
        partner = request.env.user.partner_id
        told = {name: customer.words(post.get(name), TEXT_LIMIT) for name in FORM_FIELDS}
        lot = self._own_lot(told["serial_number"])
        return {
            **told,
            "request_key": self._request_key(post) or False,
            "service_type": post["service_type"],
            "channel": "web",
            "partner_id": partner.id,
            "company_id": request.env.company.id,
            "lot_id": lot.id,
            "phone": told["phone"] or partner.phone,
        }

    def _own_lot(self, serial):
        """The serial number, if a warranty card of the customer's company has it; else kept as told only."""
        lots = request.env["stock.lot"].sudo()  # sudo: a customer cannot search serial numbers
        if not serial:
            return lots
        holder = request.env.user.commercial_partner_id
        card = (
            request.env["aftersales.warranty.card"]
            .sudo()
            .search(  # sudo: as above
                [("lot_id.name", "=", serial), ("partner_id", "child_of", holder.ids)], limit=1
            )
        )
        return card.lot_id

    def _attach(self, ticket, uploads):
        files = [(upload.filename, upload.read()) for upload in uploads if upload.filename]
        if files:
            ticket.message_post(
                body=plaintext2html(request.env._("Files of the customer")),
                attachments=files,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                author_id=request.env.user.partner_id.id,
            )
