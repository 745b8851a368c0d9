import math
import uuid

from psycopg2 import IntegrityError

from odoo import Command, fields, http
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import mute_logger, plaintext2html

from odoo.addons.aftersales_service.controllers import customer
from odoo.addons.aftersales_service.policy import lifecycle
from odoo.addons.portal.controllers.portal import CustomerPortal, pager

from ..models.aftersales_rma_notices import WITH_STEP

PAGE = 20
TEXT_LIMIT = 5000  # characters of one answer in a form
NUMBER_LIMIT = 64  # characters of a tracking number or a courier's name
AMOUNT_LIMIT = 1_000_000  # freight that a form takes
PHOTOS = 10  # files of one request
#: session key: what a refused answer had said, for the page that tells why
TOLD = "aftersales_return_told"
#: fields of the forms on a return's page, which are filled in again
FORM_FIELDS = ("carrier_name", "tracking_ref", "reason", "statement", "return_freight")
#: what the customer says of the goods: field of the return
SAID = ("said_unused", "said_packaging", "said_accessories", "said_altered", "said_tried_on")
REPORT = "aftersales_returns.aftersales_rma_slip"


class AftersalesReturnsPortal(CustomerPortal):
    """Customers have no rights on returns: whose document it is, is checked here, and here alone."""

    # === WHOSE IT IS === #

    def _own(self, model, number, access_token):
        """The document, in sudo, if it is the customer's own or the token is this document's; else empty.

        A draft return is customer service's own, until they give him its link.
        """
        # sudo: customers have no rights on returns, and the check follows
        document = request.env[model].sudo().browse(number).exists()
        kept = model == "aftersales.rma" and document.state == "draft"
        own = document and not kept and customer.is_own(document)
        if own or (document and customer.fits(document, access_token)):
            return document
        return request.env[model]

    def _to_act_on(self, model, number, access_token):
        """The document, in sudo, if the visitor may act on it as its customer; else empty."""
        return self._own(model, number, access_token).filtered(lambda d: customer.may_act(d, access_token))

    def _return_domain(self):
        """The customer's own returns; a draft of customer service is not his yet."""
        mine = request.env.user.commercial_partner_id
        return [("partner_id", "child_of", mine.ids), ("state", "!=", "draft")]

    # === LIST AND PAGE === #

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "return_count" in counters:
            # sudo: the customer's own ones, see the domain
            values["return_count"] = request.env["aftersales.rma"].sudo().search_count(self._return_domain())
        return values

    @http.route(["/my/returns", "/my/returns/page/<int:page>"], type="http", auth="user", website=True)
    def portal_my_returns(self, page=1, **kw):
        returns = request.env["aftersales.rma"].sudo()  # sudo: the customer's own ones, see the domain
        domain = self._return_domain()
        bounds = pager("/my/returns", returns.search_count(domain), page, PAGE)
        values = self._prepare_portal_layout_values()
        values.update(
            returns=returns.search(domain, order="id desc", limit=PAGE, offset=bounds["offset"]),
            page_name="return",
            pager=bounds,
            default_url="/my/returns",
        )
        return request.render("aftersales_returns.portal_my_returns", values)

    @http.route("/my/returns/<int:rma_id>", type="http", auth="public", website=True, methods=["GET"])
    def portal_my_return(self, rma_id, access_token=None, report_type=None, download=False, **kw):
        rma = self._own("aftersales.rma", rma_id, access_token)
        if not rma:
            return request.redirect("/my")
        if report_type in ("html", "pdf", "text") and rma._portal_has_slip():
            return self._show_report(rma, report_type, REPORT, download)
        values = self._return_values(rma, access_token, **kw)
        return request.render("aftersales_returns.portal_my_return", values)

    def _return_values(self, rma, access_token, **kw):
        acting = customer.may_act(rma, access_token)
        values = {
            "page_name": "return",
            "rma": rma,
            "next": rma._portal_next(),
            "answers": rma._portal_answers() if acting else (),
            "timeline": rma._portal_timeline(),
            "reasons": rma._portal_reasons(),
            "charges": rma._portal_charges(),
            "asks_freight": acting and rma._portal_asks_freight(),
            "refunds": rma._portal_refunds(),
            "token": access_token,
            "refused": kw.pop("refused", None),
            "told": self._told(rma),
        }
        return self._get_page_view_values(rma, access_token, values, "my_returns_history", False, **kw)

    # === ANSWERS === #

    def _refused(self, rma, kind, post):
        """Back to the page with a sentence; what was entered is not lost but stands in its form again."""
        told = {name: customer.words(post.get(name), TEXT_LIMIT) for name in FORM_FIELDS}
        request.session[TOLD] = {"rma": rma.id, **told}
        return request.redirect(rma.get_portal_url(query_string=f"&refused={kind}"))

    def _told(self, rma):
        """What the refused answer before this page had said of ``rma``."""
        told = request.session.pop(TOLD, {})
        return told if told.get("rma") == rma.id else {}

    @http.route(
        "/my/returns/<int:rma_id>/<string:answer>",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_return_answer(self, rma_id, answer, access_token=None, **post):
        """The customer has sent the goods, disputes the decision or withdraws, by POST only."""
        rma = self._to_act_on("aftersales.rma", rma_id, access_token)
        if not rma or answer not in ("register_shipment", "miss_address", "dispute", "cancel"):
            return request.redirect("/my")
        reason = customer.words(post.get("reason"), TEXT_LIMIT)
        if answer == "dispute" and not reason:
            return self._refused(rma, "reason", post)
        try:
            with request.env.cr.savepoint():
                if answer == "register_shipment":
                    self._take_tracking(rma, post)
                rma._fire(answer, actor=lifecycle.CUSTOMER, reason=reason or None)
        except UserError:
            kind = "tracking" if answer in rma._portal_answers() and "tracking_ref" in post else "state"
            return self._refused(rma, kind, post)
        return request.redirect(rma.get_portal_url())

    def _take_tracking(self, rma, post):
        """Courier and number, where the return waits for them; otherwise the event refuses by itself."""
        if "register_shipment" in rma._portal_answers():
            rma.write(
                {
                    "tracking_ref": customer.words(post.get("tracking_ref"), NUMBER_LIMIT),
                    "carrier_name": customer.words(post.get("carrier_name"), NUMBER_LIMIT),
                }
            )

    # === FREIGHT HE LAID OUT === #

    @http.route(
        "/my/returns/<int:rma_id>/freight", type="http", auth="public", methods=["POST"], website=True
    )
    def portal_return_freight_paid(self, rma_id, access_token=None, **post):
        """The customer tells what the way back has cost him, with the receipt."""
        rma = self._to_act_on("aftersales.rma", rma_id, access_token)
        if not rma:
            return request.redirect("/my")
        amount = self._amount(post.get("return_freight"))
        if not rma._portal_asks_freight():
            refused = "state"
        elif not amount or not self._uploads() or self._photo_fault(rma):
            refused = "freight"
        elif amount > rma._portal_freight_ceiling():
            refused = "freight_high"
        else:
            refused = None
            rma._portal_take_freight(amount)
            self._attach_photos(rma, request.env._("Receipt of the freight"))
        return self._refused(rma, refused, post) if refused else request.redirect(rma.get_portal_url())

    def _amount(self, told):
        """An amount above zero, or None."""
        try:
            amount = float((told or "").strip().replace(",", "."))
        except ValueError:
            return None
        return amount if math.isfinite(amount) and 0 < amount < AMOUNT_LIMIT else None

    # === REQUEST === #

    @http.route("/my/orders/<int:order_id>/return", type="http", auth="public", website=True, methods=["GET"])
    def portal_return_form(self, order_id, access_token=None, **kw):
        order = self._to_act_on("sale.order", order_id, access_token)
        if not order:
            return request.redirect("/my")
        return self._form(order, {"request_key": uuid.uuid4().hex}, access_token=access_token)

    @http.route(
        "/my/orders/<int:order_id>/return", type="http", auth="public", website=True, methods=["POST"]
    )
    def portal_return_request(self, order_id, access_token=None, **post):
        order = self._to_act_on("sale.order", order_id, access_token)
        if not order:
            return request.redirect("/my")
        sent = self._sent_before(order, post)
        if sent:
            return request.redirect(sent.get_portal_url())
        return self._take_form(order, post, access_token)

    @http.route("/my/returns/<int:rma_id>/change", type="http", auth="public", website=True, methods=["GET"])
    def portal_return_change_form(self, rma_id, access_token=None, **kw):
        rma = self._to_act_on("aftersales.rma", rma_id, access_token)
        if not rma or not self._may_change(rma):
            return request.redirect(rma.get_portal_url() if rma else "/my")
        return self._form(rma.sale_order_id, self._entered_of(rma), rma=rma, access_token=access_token)

    @http.route("/my/returns/<int:rma_id>/change", type="http", auth="public", website=True, methods=["POST"])
    def portal_return_change(self, rma_id, access_token=None, **post):
        rma = self._to_act_on("aftersales.rma", rma_id, access_token)
        if not rma:
            return request.redirect("/my")
        if not self._may_change(rma):
            return request.redirect(rma.get_portal_url(query_string="&refused=state"))
        return self._take_form(rma.sale_order_id, post, access_token, rma)

    def _may_change(self, rma):
        return bool(rma.sale_order_id) and "resubmit" in rma._portal_answers()

    def _sent_before(self, order, post):
        """The return that this very form has made already: sent twice, it counts once."""
        key = customer.request_key(post, NUMBER_LIMIT)
        returns = request.env["aftersales.rma"].sudo()  # sudo: only on the order that was checked
        return key and returns.search([("request_key", "=", key), ("sale_order_id", "=", order.id)])

    def _take_form(self, order, post, access_token, rma=None):
        """First page → second page with what would be decided → request."""
        rows = order._aftersales_returnable_rows(rma)
        step = post.get("step")
        fault = None if step == "edit" else self._fault(order, rows, post, step == "send")
        vals = None if step == "edit" else self._vals(order, rows, post, rma)
        if fault or step == "edit":
            review = step == "send" and not self._fault(order, rows, post, False)
            return self._form(order, post, fault, rma, access_token, vals if review else None)
        if step != "send":
            return self._form(order, post, None, rma, access_token, vals)
        return self._send(order, post, vals, rma, access_token)

    def _send(self, order, post, vals, rma, access_token):
        try:
            with request.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                rma = self._resubmit(rma, vals) if rma else self._submit(order, vals)
                self._attach_photos(rma)
        except UserError as error:
            return self._form(order, post, str(error), rma, access_token, vals)
        except IntegrityError:  # the same form, sent twice at the same moment
            return request.redirect("/my/returns")
        return request.redirect(rma.get_portal_url())

    def _submit(self, order, vals):
        # sudo: customers have no create right; the values were taken one by one from the form
        rma = request.env["aftersales.rma"].sudo().with_company(order.company_id).create(vals)
        rma.message_subscribe(rma.partner_id.ids)
        rma._fire("submit", actor=lifecycle.CUSTOMER)
        return rma

    def _resubmit(self, rma, vals):
        rma.line_ids.unlink()
        kept = ("partner_id", "company_id", "sale_order_id", "request_key")
        rma.write({name: value for name, value in vals.items() if name not in kept})
        rma._add_gifts()
        rma._fire("resubmit", actor=lifecycle.CUSTOMER)
        return rma

    # === THE FORM === #

    def _form(self, order, entered, fault=None, rma=None, access_token=None, vals=None):
        """The first page, or with ``vals`` the second one, which shows what would be decided."""
        rows = order._aftersales_returnable_rows(rma)
        resolutions = self._resolutions(order, rows)
        values = {
            "page_name": "return_new",
            "sold": order,
            "rma": rma,
            "rows": rows,
            "entered": entered,
            "fault": fault,
            "resolutions": resolutions,
            # sudo: customers choose a reason, they have no rights on the list
            "reasons": request.env["aftersales.return.reason"].sudo().search([]),
            "shipped": order._aftersales_is_shipped(),
            "partly": self._is_partly_here(order, rows),
            "intimate": any(row["line"].product_id._aftersales_exclusion() == "intimate" for row in rows),
            "refusable": order._aftersales_is_shipped() and not self._known_signed_date(order),
            "signed_known": order._aftersales_is_shipped() and self._known_signed_date(order),
            "today": fields.Date.to_string(order.company_id._aftersales_today()),
            "token": access_token,
            "action": rma and f"/my/returns/{rma.id}/change" or f"/my/orders/{order.id}/return",
            "back": rma and rma.get_portal_url() or order.get_portal_url(),
            "preview": None,
        }
        if vals:
            returns = request.env["aftersales.rma"].sudo()  # sudo: nothing is kept, see _portal_preview
            values["preview"] = returns.with_company(order.company_id)._portal_preview(vals)
            values["chosen"] = [
                (row, self._quantity(row, entered)) for row in rows if self._quantity(row, entered)
            ]
            values["resolution"] = dict(resolutions)[entered["resolution"]]
            # sudo: as above
            values["reason"] = request.env["aftersales.return.reason"].sudo().browse(vals["reason_id"])
        return request.render("aftersales_returns.portal_return_form", values)

    def _is_partly_here(self, order, rows):
        """Whether some of it has left and some has not."""
        return order._aftersales_is_shipped() and any(row["here"] for row in rows)

    def _resolutions(self, order, rows):
        """[(code, label)] that make sense: goods that never left cannot be sent back."""
        labels = dict(request.env["aftersales.rma"]._fields["resolution"]._description_selection(request.env))
        codes = (
            ("return_refund", "exchange", "repair") if order._aftersales_is_shipped() else ("refund_only",)
        )
        if self._is_partly_here(order, rows):
            codes += ("refund_only",)
        return [(code, labels[code]) for code in codes]

    def _quantity(self, row, post):
        """The quantity entered for a row, 0 where nothing was, None where it is no number."""
        told = (post.get(f"qty_{row['key']}") or "").strip().replace(",", ".")
        try:
            quantity = float(told or 0)
        except ValueError:
            return None
        return quantity if math.isfinite(quantity) else None

    def _fault(self, order, rows, post, sending):
        """What is wrong or missing, as a sentence, or None."""
        return (
            self._goods_fault(rows, post)
            or self._choice_fault(order, rows, post)
            or (sending and (self._reading_fault(post) or self._photo_fault(order)))
            or None
        )

    def _goods_fault(self, rows, post):
        found = [(row, self._quantity(row, post)) for row in rows]
        for row, quantity in found:
            product = row["line"].product_id.display_name
            if quantity is None or quantity < 0:
                return request.env._("%s: enter how many you return, as a number from 0 on.", product)
            if row["line"]._aftersales_is_part_of_a_piece(quantity):
                return request.env._("%s: enter whole pieces.", product)
            if row["line"].product_id.uom_id.compare(quantity, row["left"]) > 0:
                return request.env._(
                    "%(product)s: you can return %(left)s at most.", product=product, left=f"{row['left']:g}"
                )
        if not any(quantity for _row, quantity in found):
            return request.env._("Choose what you want to return, and how many of it.")
        return None

    def _choice_fault(self, order, rows, post):
        if post.get("resolution") not in dict(self._resolutions(order, rows)):
            return request.env._("Choose what you would like us to do.")
        if not self._reason(post):
            return request.env._("Choose the reason of your return.")
        without_goods = post.get("resolution") == "refund_only"
        if any(self._quantity(row, post) and row["here"] != without_goods for row in rows):
            return request.env._(
                "Goods that have not left yet are refunded without a return, the others come back. Ask for "
                "one of the two, and make a second request for the rest."
            )
        if order._aftersales_is_shipped() and not without_goods and not self._signed_date(order, post):
            return request.env._(
                "Enter the day on which you received the parcel: from the day it left us until today."
            )
        return None

    def _reading_fault(self, post):
        """RMA-25."""
        if post.get("policy_read") != "1":
            return request.env._("Please read the return policy and say that you have.")
        return None

    def _photo_fault(self, order):
        uploads = self._uploads()
        if len(uploads) > PHOTOS:
            return request.env._("Attach %s files at most.", PHOTOS)
        files = request.env["ir.attachment"]
        faults = (files._aftersales_upload_fault(upload, order.company_id) for upload in uploads)
        return next((fault for fault in faults if fault), None)

    def _uploads(self):
        return [upload for upload in request.httprequest.files.getlist("photos") if upload.filename]

    def _reason(self, post):
        told = post.get("reason_id") or ""
        # sudo: customers choose a reason, they have no rights on the list
        reasons = request.env["aftersales.return.reason"].sudo()
        return reasons.search([("id", "=", int(told))]) if told.isdecimal() and len(told) < 10 else reasons

    def _signed_date(self, order, post):
        """The day that is known already, else the one the customer names, if it can be true."""
        known = self._known_signed_date(order)
        if known:
            return known
        try:
            day = fields.Date.to_date(post.get("signed_date") or None)
        except ValueError:
            return None
        company = order.company_id
        sent = min(order._aftersales_parcels().mapped("date_done"), default=None)
        can_be = day and sent and company._aftersales_day(sent) <= day <= company._aftersales_today()
        return day if can_be else None

    def _known_signed_date(self, order):
        """What carrier, customer service or the customer himself have said of every parcel of the order."""
        parcels = order._aftersales_parcels()
        unknown = parcels.filtered(lambda parcel: not parcel.aftersales_signed_date)
        return not unknown and parcels._aftersales_signed()[0]

    def _vals(self, order, rows, post, rma=None):
        """Values of the return, each taken by name; meaningful once there is no fault."""
        said = {name: post.get(name) if post.get(name) in ("yes", "no") else False for name in SAID}
        return {
            **said,
            "partner_id": order.partner_id.id,
            "company_id": order.company_id.id,
            "sale_order_id": order.id,
            "resolution": post.get("resolution"),
            "reason_id": self._reason(post).id,
            "description": customer.words(post.get("description"), TEXT_LIMIT),
            "signed_date": post.get("resolution") != "refund_only" and self._signed_date(order, post),
            "signed_word": "customer",
            "policy_read": post.get("policy_read") == "1",
            "pictures_received": self._has_pictures() or bool(rma and rma.pictures_received),
            "request_key": customer.request_key(post, NUMBER_LIMIT) or uuid.uuid4().hex,
            "line_ids": [
                Command.create(
                    {"sale_line_id": row["line"].id, "lot_id": row["lot"].id, "quantity": quantity}
                )
                for row in rows
                if (quantity := self._quantity(row, post))
            ],
        }

    def _has_pictures(self):
        """Whether one of the files is a picture or a film, by its content."""
        files = request.env["ir.attachment"]
        kinds = []
        for upload in self._uploads():
            kinds.append(files._aftersales_content_type(upload.read(2048)))
            upload.seek(0)
        return any(kind.startswith(("image/", "video/")) for kind in kinds)

    def _attach_photos(self, rma, what=None):
        photos = [(upload.filename, upload.read()) for upload in self._uploads()]
        if photos:
            rma.with_context(**{WITH_STEP: True}).message_post(
                body=plaintext2html(what or request.env._("Photos of the customer")),
                attachments=photos,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                author_id=rma.partner_id.id,
            )

    def _entered_of(self, rma):
        """The form as it was sent, to be changed."""
        return {
            **{name: rma[name] or "" for name in SAID},
            "resolution": rma.resolution,
            "reason_id": str(rma.reason_id.id),
            "description": rma.description or "",
            "signed_date": fields.Date.to_string(rma.signed_date) if rma.signed_date else "",
            **{f"qty_{self._key_of(line)}": f"{line.quantity:g}" for line in rma.line_ids},
        }

    def _key_of(self, line):
        """The key of the row that a line of a return was asked for in."""
        here = line.rma_id._is_unshipped() and line.rma_id.sale_order_id._aftersales_is_shipped()
        return f"{line.sale_line_id.id}_here" if here else f"{line.sale_line_id.id}_{line.lot_id.id or 0}"

    # === POLICY === #

    @http.route("/returns/policy", type="http", auth="public", website=True, methods=["GET"])
    def portal_return_policy(self, **kw):
        """The version in force, for everybody."""
        # sudo: its time zone and currency, for a page that everybody reads
        company = request.env.company.sudo()
        policy = request.env["aftersales.return.policy"]._in_force(company)[company]
        values = {
            "page_name": "return_policy",
            "policy": policy,
            "sections": policy._customer_text(company) if policy else [],
        }
        return request.render("aftersales_returns.portal_return_policy", values)
