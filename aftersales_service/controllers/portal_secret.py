from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from .. import keyring
from ..models.aftersales_secret import SECRET_KINDS
from ..policy import ticket_flow
from . import customer
from .portal import AftersalesPortal

SECRET_LIMIT = 500  # characters of a secret, and of what it is for


class AftersalesSecretPortal(AftersalesPortal):
    """A customer entrusts access data on a page of their own, so that they stand in no message (PRIV-01)."""

    def _get_page_view_values(self, document, access_token, values, *args, **kwargs):
        values = super()._get_page_view_values(document, access_token, values, *args, **kwargs)
        if document._name == "aftersales.ticket":
            values |= self._secret_values(document, customer.may_act(document, access_token))
        return values

    def _secret_values(self, ticket, acting):
        # sudo: customers have no right to secrets; kind and purpose of what they gave are shown to them
        secrets = ticket.env["aftersales.secret"].sudo()
        open_still = ticket.state not in ticket_flow.ENDED and not keyring.fault()
        return {
            "secret_kinds": secrets._fields["kind"]._description_selection(request.env),
            "secrets": secrets.search([("ticket_id", "=", ticket.id)]),
            "can_entrust": acting and open_still,
        }

    @http.route(
        "/my/tickets/<int:ticket_id>/entrust", type="http", auth="public", methods=["POST"], website=True
    )
    def portal_ticket_entrust(self, ticket_id, access_token=None, kind=None, label="", value="", **kw):
        """Keep a secret of the customer's, encrypted; nothing of it comes back."""
        ticket = self._ticket_to_act_on(ticket_id, access_token)
        if not ticket:
            return request.redirect("/my")
        try:
            if kind not in dict(SECRET_KINDS) or not value.strip():
                raise UserError(request.env._("Enter what you want to entrust to us."))
            with request.env.cr.savepoint():
                # sudo: whose ticket it is was checked above; these are the only values taken
                request.env["aftersales.secret"].sudo().create(
                    {
                        "ticket_id": ticket.id,
                        "kind": kind,
                        "label": customer.words(label, SECRET_LIMIT),
                        "value": value[:SECRET_LIMIT],
                    }
                )
        except UserError:
            return request.redirect(ticket.get_portal_url(query_string="&refused=1"))
        return request.redirect(ticket.get_portal_url(anchor="aftersales_secrets"))
