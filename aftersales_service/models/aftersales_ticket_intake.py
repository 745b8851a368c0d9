from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..policy import intake, ticket_flow

SIMILAR_DAYS = 30  # an open request of the last weeks is likely to be about the same
FOUND_AT_MOST = 6  # what an agent can choose from on the telephone


class AftersalesTicket(models.Model):
    """Taking a request in: find who calls, see what is there already, and know what still has to be asked."""

    _inherit = "aftersales.ticket"

    search_key = fields.Char(
        "Find",
        store=False,
        help="Telephone number, serial number, order number, name or e-mail of whoever calls.",
    )
    missing_facts = fields.Char(
        "Ask for", compute="_compute_missing_facts", help="What has to be known before it is handed on."
    )
    similar_ids = fields.Many2many(
        "aftersales.ticket",
        string="Perhaps the same",
        compute="_compute_similar_ids",
        help="Open tickets of the same serial number, or of the same customer about the same product.",
    )

    # === COMPLETENESS === #

    @api.depends(
        "service_type", "contact_name", "phone", "email", "description", "product_id", "lot_id",
        "serial_number", "partner_id", "sale_line_id", "proof_of_purchase", "title", "problem_type",
    )  # fmt: skip
    @api.depends_context("lang")
    def _compute_missing_facts(self):
        clauses = self.env["aftersales.clause"]
        texts = {code: clauses._text_of(code) for code in intake.CODES}
        for ticket in self:
            codes = intake.missing(ticket._intake_facts())
            ticket.missing_facts = ", ".join(texts[code] for code in codes)

    def _intake_facts(self):
        partner, product = self.partner_id, self.product_id
        return intake.Facts(
            service_type=self.service_type or "repair",
            contact=bool(partner or self.contact_name),
            reachable=bool(self.sudo().phone or self.sudo().email),  # sudo: whether, not which
            described=bool(self.description or self.title),
            product=bool(product or self.lot_id),
            serial=bool(self.lot_id or self.serial_number),
            has_serial=not product or product.tracking == "serial",
            place=bool(partner.street),
            typed=bool(self.problem_type),
            proof=bool(self.sale_line_id or self.lot_id or self.proof_of_purchase),
        )

    @api.depends("missing_facts")
    def _compute_headline(self):
        super()._compute_headline()
        early = (ticket_flow.NEW, ticket_flow.ASSIGNED, ticket_flow.ACCEPTED)
        for ticket in self.filtered(lambda t: t.missing_facts and t.state in early):
            asked = self.env._("ask for %(facts)s", facts=ticket.missing_facts)
            ticket.headline = " · ".join([ticket.headline, asked])

    def _check_assign(self):
        """INTAKE-19: by hand nothing incomplete is handed on, where the company wants it so.

        What comes by mail, portal or from the ledger (in sudo) is never refused.
        """
        super()._check_assign()
        if self.env.su:
            return
        # sudo: the company's choice
        strict = self.filtered(lambda t: t.company_id.sudo().aftersales_intake_strict and t.missing_facts)
        for ticket in strict:
            raise UserError(
                self.env._(
                    "%(ticket)s is not complete. Ask the customer for: %(facts)s.",
                    ticket=ticket.display_name,
                    facts=ticket.missing_facts,
                )
            )

    # === DUPLICATES === #

    @api.depends("partner_id", "lot_id", "serial_number", "product_id", "phone", "email")
    def _compute_similar_ids(self):
        """One query for each form; no list shows it."""
        for ticket in self:
            domain = ticket._similar_domain()
            ticket.similar_ids = self.search(domain, limit=FOUND_AT_MOST) if domain else self.browse()

    def _similar_domain(self):
        """Domain of open tickets that may be the same request, None where there is nothing to compare."""
        same = []
        if self.lot_id:
            same.append(Domain("lot_id", "=", self.lot_id._origin.id))
        if self.serial_number:
            same.append(Domain("serial_number", "=ilike", self.serial_number.strip()))
        customer = self._same_customer_domain()
        if customer:
            product = self.product_id._origin.id
            about = Domain("product_id", "in", [product, False]) if product else Domain.TRUE
            since = fields.Datetime.now() - timedelta(days=SIMILAR_DAYS)
            same.append(customer & about & Domain("create_date", ">=", since))
        if not same:
            return None
        states = Domain("state", "in", self._open_states())
        return states & Domain("id", "!=", self._origin.id) & Domain.OR(same)

    def _same_customer_domain(self):
        # who sees the number masked compares without it
        seen = [name for name in ("phone", "email") if self._has_field_access(self._fields[name], "read")]
        same = [Domain(name, "=", self[name]) for name in seen if self[name]]
        if self.partner_id:
            commercial = self.partner_id._origin.commercial_partner_id
            same.append(Domain("partner_id", "child_of", commercial.id))
        return Domain.OR(same) if same else None

    def action_open_similar(self):
        self.ensure_one()
        return self._open(self.similar_ids)

    # === THE SEARCH BOX === #

    @api.onchange("search_key")
    def _onchange_search_key(self):
        """INTAKE-10, INTAKE-15: one word from the caller fills in what is known, or says why it does not."""
        key = (self.search_key or "").strip()
        if not key:
            return None
        found = self._find_by_key(key)
        if len(found) != 1:
            return {"warning": {"title": self.env._("Find"), "message": self._found_text(key, found)}}
        self._fill_from(found[0])
        return None

    @api.model
    def _find_by_key(self, key):
        """Records that the word names: the most exact kind of match that finds any."""
        for finder in (self._find_lots, self._find_orders, self._find_partners):
            found = finder(key)
            if found:
                return list(found)
        return []

    @api.model
    def _find_lots(self, key):
        # sudo: a serial number that a caller reads out is known to agents without stock rights
        lots = self.env["stock.lot"].sudo()
        company = [("company_id", "in", [False, *self.env.companies.ids])]
        return lots.search([("name", "=ilike", _literal(key)), *company], limit=FOUND_AT_MOST)

    @api.model
    def _find_orders(self, key):
        # sudo: the order that a caller names, for agents without sales rights
        orders = self.env["sale.order"].sudo()
        named = Domain("name", "=ilike", _literal(key)) | Domain("client_order_ref", "=ilike", _literal(key))
        return orders.search(
            named & Domain("state", "=", "sale") & Domain("company_id", "in", self.env.companies.ids),
            limit=FOUND_AT_MOST,
        )

    @api.model
    def _find_partners(self, key):
        partners = self.env["res.partner"]
        digits = "".join(char for char in key if char.isdigit())
        if len(digits) >= 5 and not any(char.isalpha() for char in key):
            return partners.search([("phone_mobile_search", "ilike", key)], limit=FOUND_AT_MOST)
        if "@" in key:
            return partners.search([("email", "=ilike", _literal(key))], limit=FOUND_AT_MOST)
        return partners.search([("name", "ilike", key)], limit=FOUND_AT_MOST)

    def _fill_from(self, record):
        """Take over what the record tells; what was typed before stays only where it agrees."""
        if record._name == "res.partner":
            self.partner_id = record
        elif record._name == "sale.order":
            self.partner_id = record.partner_id.id
            lines = record.order_line.filtered(lambda line: line.product_id.type == "consu")
            self.sale_line_id = lines.id if len(lines) == 1 else False
            self.proof_of_purchase = record.name
        else:
            self.product_id = record.product_id.id
            self.lot_id = record.id
            self.serial_number = record.name
            # sudo: whose piece it is stands on its warranty card
            cards = self.env["aftersales.warranty.card"].sudo().search([("lot_id", "=", record.id)])
            owners = cards.partner_id
            self.partner_id = owners.id if len(owners) == 1 else self.partner_id.id

    @api.model
    def _found_text(self, key, found):
        if not found:
            return self.env._(
                "Nothing is known under %(key)s. Try another number or name, or fill in the form.", key=key
            )
        names = [record.display_name for record in found]
        return self.env._(
            "Several fit %(key)s: %(names)s. Ask for something more exact.", key=key, names="; ".join(names)
        )


def _literal(word):
    """The word as it is, also where it has signs that stand for others in a search."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


class ResCompany(models.Model):
    _inherit = "res.company"

    aftersales_intake_strict = fields.Boolean(
        "Complete before it is handed on",
        help="A request is not handed on by hand while something that its type needs is missing. What comes "
        "by mail or from the portal is taken in all the same, and says what to ask for.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_intake_strict = fields.Boolean(related="company_id.aftersales_intake_strict", readonly=False)
