from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .. import keyring
from ..policy import ticket_flow

SECRET_KINDS = [
    ("account", "Account"),
    ("password", "Password"),
    ("ip", "IP address"),
    ("other", "Other"),
]
ROTATION_BATCH = 1000


class AftersalesSecret(models.Model):
    """Something a customer entrusts to us for the time of the work: an account, a password, an address.

    PRIV-01: only the ciphertext is stored, the key is elsewhere (keyring.py). PRIV-02: the assignee and
    supervisors may see it, by ``reveal``, and every time is logged. It is deleted when the ticket ends.
    """

    _name = "aftersales.secret"
    _description = "Secret of a customer"
    _order = "ticket_id, id"
    _rec_name = "label"

    ticket_id = fields.Many2one("aftersales.ticket", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    kind = fields.Selection(SECRET_KINDS, required=True, default="password")
    label = fields.Char("What for", help="e.g. router in the office; never the secret itself.")
    # nobody reads, writes, searches or exports it: the methods below do, in sudo
    ciphertext = fields.Char(groups=fields.NO_ACCESS, copy=False)
    value = fields.Char(
        compute="_compute_value",
        readonly=False,
        store=False,
        copy=False,
        exportable=False,
        help="Write only, encrypted when you save. The eye shows it to the assignee and to supervisors.",
    )
    masked = fields.Char(compute="_compute_masked", exportable=False)

    # === COMPUTE METHODS === #

    def _compute_value(self):
        """Never anything: what was entered is taken out of the values before it gets into a cache."""
        self.value = False

    def _compute_masked(self):
        self.masked = "••••••••"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        ciphertexts = [self._encrypt(vals.get("value")) for vals in vals_list]
        plainless = [{name: vals[name] for name in vals if name != "value"} for vals in vals_list]
        secrets = super().create(plainless)
        secrets._refuse_ended()
        for secret, ciphertext in zip(secrets, ciphertexts, strict=True):
            secret._seal(ciphertext)
        secrets._tell(self.env._("Secret kept"))
        return secrets

    def write(self, vals):
        if "ticket_id" in vals and any(secret.ticket_id.id != vals["ticket_id"] for secret in self):
            raise UserError(self.env._("A secret stays with its ticket. Ask the customer again if need be."))
        text = vals.get("value")
        result = super().write({name: vals[name] for name in vals if name != "value"})
        if text:
            self.check_access("write")
            self._refuse_ended()
            for secret in self:
                secret._seal(self._encrypt(text))
            self._tell(self.env._("Secret replaced"))
        return result

    @api.model
    def _encrypt(self, text):
        if not text:
            return None
        try:
            return keyring.encrypt(text)
        except keyring.KeyringError as error:
            raise UserError(self._fault_text(error.code)) from None

    def _seal(self, ciphertext):
        """Store the ciphertext, which no user can write; nothing to keep is an error."""
        if not ciphertext:
            raise UserError(
                self.env._("Enter the secret of %(ticket)s, or remove the line.", ticket=self.ticket_id.name)
            )
        # sudo: access was checked; past write(), which refuses the ciphertext to everybody
        secret = super(AftersalesSecret, self.sudo())  # pylint: disable=super-method-mismatch
        secret.write({"ciphertext": ciphertext})

    def _refuse_ended(self):
        ended = self.ticket_id.filtered(lambda ticket: ticket.state in ticket_flow.ENDED)
        if ended:
            raise UserError(
                self.env._(
                    "%(tickets)s is over: secrets are kept only while somebody works on it.",
                    tickets=", ".join(ended.mapped("display_name")),
                )
            )

    # === READING === #

    def reveal(self):
        """The secret in plain text, to the assignee or a supervisor; each reading is logged first.

        :return: str
        """
        self.ensure_one()
        self.check_access("read")
        if not self._may_reveal():
            raise AccessError(
                self.env._(
                    "Secrets of %(ticket)s are shown to its assignee and to supervisors. Take the ticket, or "
                    "ask one of them.",
                    ticket=self.ticket_id.name,
                )
            )
        plain = self._decrypt()
        self.env["aftersales.secret.access"]._note(self)
        self._tell(self.env._("Secret read"))
        return plain

    def _may_reveal(self):
        user = self.env.user
        return self.ticket_id.user_id == user or user.has_group("aftersales_service.group_supervisor")

    def _decrypt(self):
        try:
            return keyring.decrypt(self.sudo().ciphertext or "")  # sudo: the right was checked by reveal
        except keyring.KeyringError as error:
            raise UserError(self._fault_text(error.code)) from None
        except keyring.InvalidToken:
            raise UserError(
                self.env._(
                    "No present key opens this secret. Nothing is lost: ask the administrator to add the key "
                    "that was used before to %(setting)s, or the customer for the secret.",
                    setting=keyring.ENVIRONMENT,
                )
            ) from None

    def _tell(self, what):
        """One line in the log of each ticket; it names the kind, neither the label nor the secret."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        bodies = {
            secret.ticket_id.id: self.env._("%(what)s: %(kind)s", what=what, kind=kinds[secret.kind])
            for secret in self
        }
        # sudo: whoever may read the secret may be logged
        self.ticket_id.sudo()._message_log_batch(bodies)

    # === KEYS === #

    @api.model
    def _fault_text(self, code):
        """What is wrong with the keys and what to do, or False."""
        return {
            "missing": self.env._(
                "Secrets cannot be kept: no key is set. Ask the administrator to set %(setting)s for the "
                "server ('odoo aftersales_rotate --new-key' prints a key).",
                setting=keyring.ENVIRONMENT,
            ),
            "unreadable": self.env._(
                "Secrets cannot be kept: the server cannot read the file of keys. Ask the administrator to "
                "check %(setting)s and the rights of the file.",
                setting=keyring.ENVIRONMENT_FILE,
            ),
            "malformed": self.env._(
                "Secrets cannot be kept: one of the keys is no valid key. Ask the administrator to check "
                "%(setting)s ('odoo aftersales_rotate --new-key' prints a key).",
                setting=keyring.ENVIRONMENT,
            ),
        }.get(code, False)

    def action_rotate(self):
        """Encrypt every secret anew with the first key, for managers; the command does the same."""
        if not self.env.user.has_group("aftersales_service.group_manager"):
            raise AccessError(self.env._("Only a manager may encrypt the secrets anew."))
        rotated, unreadable = self.sudo()._rotate()  # sudo: secrets of all companies share the keys
        message = self.env._(
            "%(rotated)s encrypted anew with the first key, %(unreadable)s not readable with these keys.",
            rotated=rotated,
            unreadable=unreadable,
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "warning" if unreadable else "success", "message": message},
        }

    @api.model
    def _rotate(self):
        """(how many are under the first key now, how many no present key opens)."""
        fault = keyring.fault()
        if fault:
            raise UserError(self._fault_text(fault))
        rotated = unreadable = last = 0
        while batch := self.search([("id", ">", last)], order="id", limit=ROTATION_BATCH):
            for secret in batch:
                try:
                    sealed = keyring.rotate(secret.ciphertext)
                    # past write(), as in _seal
                    super(AftersalesSecret, secret).write(  # pylint: disable=super-method-mismatch
                        {"ciphertext": sealed}
                    )
                    rotated += 1
                except keyring.InvalidToken:
                    unreadable += 1
            last = batch[-1:].id
            batch.flush_recordset()
            batch.invalidate_recordset()
        return rotated, unreadable


class AftersalesSecretAccess(models.Model):
    """Who has read which secret when; it outlives the secret."""

    _name = "aftersales.secret.access"
    _description = "Reading of a secret"
    _order = "id desc"
    _log_access = False

    ticket_id = fields.Many2one("aftersales.ticket", readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    secret_id = fields.Many2one("aftersales.secret", readonly=True, ondelete="set null")
    kind = fields.Selection(SECRET_KINDS, readonly=True)
    label = fields.Char("What for", readonly=True)
    user_id = fields.Many2one("res.users", "Read by", readonly=True)
    read_at = fields.Datetime("Read at", readonly=True, default=fields.Datetime.now)

    def _note(self, secrets):
        # sudo: nobody has the right to write this log
        self.sudo().create(
            [
                {
                    "ticket_id": secret.ticket_id.id,
                    "secret_id": secret.id,
                    "kind": secret.kind,
                    "label": secret.label,
                    "user_id": self.env.uid,
                }
                for secret in secrets
            ]
        )
