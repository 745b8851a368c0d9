from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from ..models.aftersales_affected_customer import SCOPES
from ..models.ir_qweb import Compiled


class AftersalesTicketAffected(models.TransientModel):
    """Finds the other customers with the same goods and informs each of them once (DIAG-13)."""

    _name = "aftersales.ticket.affected"
    _description = "Inform affected customers"

    ticket_id = fields.Many2one("aftersales.ticket", required=True, readonly=True)
    scope = fields.Selection(SCOPES, required=True, default="product")
    date_from = fields.Date("Delivered from")
    date_to = fields.Date("Delivered until")
    notice = fields.Selection(
        [("solution", "Solution"), ("recall", "Recall")], required=True, default="solution"
    )
    subject = fields.Char(compute="_compute_subject", store=True, readonly=False)
    message = fields.Html(help="What is wrong, what customers should do, and what we do for them.")
    found_count = fields.Integer("Customers found", compute="_compute_found")
    piece_count = fields.Float("Pieces", compute="_compute_found")
    silent_count = fields.Integer("Without a mail address", compute="_compute_found")
    known_count = fields.Integer("Informed already", compute="_compute_found")

    @api.depends("ticket_id", "notice")
    def _compute_subject(self):
        for wizard in self:
            product = wizard.ticket_id.product_id.display_name or wizard.ticket_id.title
            wizard.subject = (
                self.env._("Recall of %s", product)
                if wizard.notice == "recall"
                else self.env._("Important information about %s", product)
            )

    @api.depends("ticket_id", "scope", "date_from", "date_to", "notice")
    def _compute_found(self):
        for wizard in self:
            holders = wizard._holders()
            partners = self.env["res.partner"].browse(row[0] for row in holders)
            wizard.found_count = len(holders)
            wizard.piece_count = sum(row[2] for row in holders)
            wizard.silent_count = len(partners.filtered(lambda p: not email_normalize(p.email)))
            wizard.known_count = len(partners & wizard._informed())

    def _holders(self):
        """[(partner id, lot ids, quantity)] of everybody else than the ticket's own customer."""
        self.ensure_one()
        ticket = self.ticket_id
        product = ticket.product_id
        products = product.product_tmpl_id.product_variant_ids if self.scope == "template" else product
        lots = ticket.lot_id if self.scope == "lot" else None
        if not products or (self.scope == "lot" and not lots):
            return []
        # sudo: who was delivered what, for the supervisor who has to warn them
        rows = ticket.sudo()._holders(ticket.company_id, products, lots, self.date_from, self.date_to)
        own = ticket.partner_id.commercial_partner_id.id
        return [row for row in rows if row[0] != own]

    def _informed(self):
        rows = self.ticket_id.affected_ids.filtered(lambda row: row.notice == self.notice)
        return rows.filtered("informed_at").partner_id

    def action_inform(self):
        """Queue one mail a customer; who was informed of it before is left alone."""
        self.ensure_one()
        holders = self._holders()
        if not holders:
            raise UserError(
                self.env._(
                    "Nobody else has %(product)s by these terms. Name the product of %(ticket)s, or widen "
                    "the scope.",
                    product=self.ticket_id.product_id.display_name or "-",
                    ticket=self.ticket_id.name,
                )
            )
        if not (self.subject or "").strip() or not self.message:
            raise UserError(self.env._("Write what the customers should know: a subject and a message."))
        rows = self._note(holders)
        self._send(rows)
        return self.ticket_id.action_open_affected()

    def _note(self, holders):
        """Rows for those who are not on the list; returns every row that is still to be informed."""
        known = self.ticket_id.affected_ids.filtered(lambda row: row.notice == self.notice)
        fresh = [row for row in holders if row[0] not in known.partner_id.ids]
        created = self.env["aftersales.affected.customer"].create(
            [
                {
                    "ticket_id": self.ticket_id.id,
                    "partner_id": partner_id,
                    "lot_ids": lot_ids,
                    "quantity": quantity,
                    "notice": self.notice,
                }
                for partner_id, lot_ids, quantity in fresh
            ]
        )
        wanted = {row[0] for row in holders}
        waiting = known.filtered(lambda row: not row.informed_at and row.partner_id.id in wanted)
        return created | waiting

    def _send(self, rows):
        written = rows.filtered(lambda row: email_normalize(row.partner_id.email))
        template = self.env.ref("aftersales_service.mail_template_affected_customer")
        if written:
            # sudo: the mail goes out for the company
            spoken = template.sudo().with_context(
                aftersales_subject=self.subject,
                aftersales_message=self.message,
                aftersales_compiled=Compiled(),
            )
            spoken.send_mail_batch(written.ids, force_send=False)
            written.informed_at = fields.Datetime.now()
        self.ticket_id._message_log(
            body=self.env._(
                "%(told)s affected customers informed (%(subject)s), %(silent)s without a mail address.",
                told=len(written),
                subject=self.subject,
                silent=len(rows - written),
            )
        )
