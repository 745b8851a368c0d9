from odoo import api, fields, models

from .. import keyring
from ..policy import masking

#: who takes calls needs the number; everybody else sees as much as their work asks for
READERS = "aftersales_service.group_agent"


class AftersalesTicket(models.Model):
    """Who sees what of a customer (PRIV-02, AMB-37, AMB-40).

    Telephone and address are read by customer service. An engineer sees them on tickets given to them and on
    those they visit; everybody else who may read a ticket sees them masked. The ticket's plain fields cannot
    be read, searched, grouped or exported without the right. The contact behind it is Odoo's own record,
    which every internal user may open: the mask keeps numbers off our lists, screens and exports, no more.
    """

    _inherit = "aftersales.ticket"

    phone = fields.Char(groups=READERS)
    email = fields.Char(groups=READERS)
    email_cc = fields.Char(groups=READERS)
    phone_shown = fields.Char("Telephone", compute="_compute_shown", compute_sudo=True, exportable=False)
    email_shown = fields.Char("E-mail address", compute="_compute_shown", compute_sudo=True, exportable=False)

    secret_ids = fields.One2many(
        "aftersales.secret",
        "ticket_id",
        "Secrets",
        groups="aftersales_service.group_agent,aftersales_service.group_engineer",
    )
    secret_access_ids = fields.One2many(
        "aftersales.secret.access",
        "ticket_id",
        "Readings of secrets",
        groups="aftersales_service.group_supervisor",
    )
    secret_fault = fields.Char("Secret fault", compute="_compute_secret_fault")

    @api.depends("phone", "email", "user_id", "visit_ids.user_id")
    @api.depends_context("uid")
    def _compute_shown(self):
        for ticket in self:
            plain = ticket._needs_contact()
            ticket.phone_shown = ticket.phone if plain else masking.mask_phone(ticket.phone)
            ticket.email_shown = ticket.email if plain else masking.mask_email(ticket.email)

    def _needs_contact(self):
        """Whether the current user has to reach the customer of this ticket."""
        user = self.env.user
        return user.has_group(READERS) or user in self.user_id | self.visit_ids.user_id

    @api.depends_context("lang")
    def _compute_secret_fault(self):
        """What is wrong with the keys, so that the page says it before somebody types a password."""
        fault = keyring.fault()
        self.secret_fault = fault and self.env["aftersales.secret"]._fault_text(fault)

    # === MAIL === #

    def _message_add_default_recipients(self):
        # sudo: whoever may answer on the ticket writes to its customer, also without reading the address
        return super(AftersalesTicket, self.sudo())._message_add_default_recipients()

    def _message_add_suggested_recipients(self, force_primary_email=False):
        # sudo: as above
        return super(AftersalesTicket, self.sudo())._message_add_suggested_recipients(force_primary_email)

    # === WHAT AN EVENT ADDS === #

    def _after_event(self, event, now):
        """PRIV-01: nobody keeps a customer's password for work that is over."""
        super()._after_event(event, now)
        if event in ("close", "cancel"):
            self._forget_secrets()

    def _forget_secrets(self):
        secrets = self.sudo().secret_ids  # sudo: they go, whoever ends the ticket
        if secrets:
            tickets = secrets.ticket_id
            secrets.unlink()
            tickets._message_log_batch(
                dict.fromkeys(tickets.ids, self.env._("The customer's secrets were deleted."))
            )
