from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import email_normalize


class AftersalesTicketErase(models.TransientModel):
    """A person asks that their data be erased: early anonymisation of their tickets (PRIV-03, AMB-39).

    What is open goes on and what stands on hold stays; both are told. The contact itself belongs to Sales and
    Accounting, too: it is archived or erased there.
    """

    _name = "aftersales.ticket.erase"
    _description = "Erasure of personal data"

    partner_id = fields.Many2one("res.partner", "Person")
    email = fields.Char("E-mail address", help="Also finds tickets of senders who are no contact.")
    ticket_ids = fields.Many2many(
        "aftersales.ticket", compute="_compute_ticket_ids", store=True, readonly=False, string="Tickets"
    )
    reason = fields.Char(required=True, help="e.g. request of 12 May by letter. Name no person here.")
    summary = fields.Text(compute="_compute_summary")

    @api.depends("partner_id", "email")
    def _compute_ticket_ids(self):
        for wizard in self:
            wizard.ticket_ids = wizard.ticket_ids | wizard._tickets_of_person()

    def _tickets_of_person(self):
        tickets = self.env["aftersales.ticket"]
        found = Domain.FALSE
        if self.partner_id:
            found |= Domain("partner_id", "child_of", self.partner_id.ids)
        address = email_normalize(self.email or self.partner_id.email or "")
        if address:
            found |= Domain("email", "=ilike", address)
        return tickets.search(found & Domain("anonymised_at", "=", False))

    @api.depends("ticket_ids")
    def _compute_summary(self):
        for wizard in self:
            wizard.summary = wizard._summary_of(wizard.ticket_ids._origin._retention_answers(asked=True))

    def _summary_of(self, answers):
        """What happens to which tickets, a line each."""
        counts = Counter(answers.values())
        names = {
            code: ", ".join(ticket.name for ticket, answer in answers.items() if answer == code)
            for code in counts
        }
        lines = {
            "due": self.env._("Erased: %(names)s", names=names.get("due")),
            "held": self.env._("Stays, on hold: %(names)s", names=names.get("held")),
            "open": self.env._("Stays until it is closed: %(names)s", names=names.get("open")),
            "done": self.env._("Erased before: %(names)s", names=names.get("done")),
        }
        return "\n".join(text for code, text in lines.items() if counts[code])

    def action_erase(self):
        self.ensure_one()
        if not self.env.user.has_group("aftersales_service.group_manager"):
            raise AccessError(self.env._("Only a manager may erase personal data."))
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say on what request the data are erased."))
        self.ticket_ids.check_access("write")
        answers = self.ticket_ids._retention_answers(asked=True)
        due = self.ticket_ids.filtered(lambda ticket: answers[ticket] == "due")
        if not due:
            raise UserError(
                self.env._("Nothing can be erased now.\n%(summary)s", summary=self._summary_of(answers))
            )
        text = self._summary_of(answers)
        due._erase_personal_data(self.env._("On request: %(reason)s", reason=self.reason.strip()))
        if self.partner_id:
            self.env["aftersales.affected.customer"]._erase_affected(self.partner_id)
            self._erasable_cards()._erase_personal_data()
        # the request itself names the person
        self.write({"partner_id": False, "email": False})
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": text,
                "sticky": True,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _erasable_cards(self):
        """The person's warranty cards, but for those that a kept ticket refers to."""
        # sudo: the right to erase has been checked
        cards = self.env["aftersales.warranty.card"].sudo()
        held = cards.search([("partner_id", "child_of", self.partner_id.ids)])
        kept = self.env["aftersales.ticket"].sudo().search([("warranty_card_id", "in", held.ids)])
        return held - kept.warranty_card_id
