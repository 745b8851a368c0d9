import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..policy import archive, visit_flow

#: what the customer signs: the name, the picture of the signature and their own words
SIGNED = ("signature", "signed_by", "customer_comment")


class AftersalesVisit(models.Model):
    """The customer's signature and words, kept so that a change shows (PRIV-07)."""

    _inherit = "aftersales.visit"

    phone = fields.Char(compute="_compute_phone", related=None, exportable=False)
    customer_comment = fields.Text("Customer's words", copy=False, help="Signed together with the signature.")
    signed_at = fields.Datetime("Signed on", readonly=True, copy=False)
    signature_sha256 = fields.Char(
        "Hash of the signature", readonly=True, copy=False, help="Of signature, name and comment when signed."
    )
    signature_state = fields.Selection(
        [("none", "Not signed"), ("intact", "As signed"), ("changed", "Changed after signing")],
        string="Signature is",
        compute="_compute_signature_state",
    )

    @api.depends("user_id", "ticket_id.phone", "ticket_id.user_id")
    @api.depends_context("uid")
    def _compute_phone(self):
        for visit in self:
            visit.phone = visit.ticket_id.phone_shown

    @api.depends("signature_sha256", *SIGNED)
    def _compute_signature_state(self):
        for visit in self:
            if not visit.signature_sha256:
                visit.signature_state = "none"
            else:
                same = visit.signature_sha256 == visit._signature_digest()
                visit.signature_state = "intact" if same else "changed"

    def _signature_digest(self):
        """Hash over picture, name, comment and the visit, so that no signature serves for another visit."""
        picture = self.with_context(bin_size=False).signature or b""
        return archive.digest_of(
            {
                "visit": self.id,
                "ticket": self.ticket_id.id,
                "picture": archive.digest(base64.b64decode(picture)),
                "signed_by": self.signed_by or "",
                "comment": self.customer_comment or "",
            }
        )

    def _owned_fields(self):
        return super()._owned_fields() | {"signed_at", "signature_sha256"}

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([{**vals, "customer_comment": False} for vals in vals_list])

    def write(self, vals):
        signed = bool(set(SIGNED) & set(vals))
        if signed:
            self._refuse_change_of_signed()
        result = super().write(vals)
        if signed:
            self._keep_signature()
        return result

    def _refuse_change_of_signed(self):
        fixed = self.filtered(lambda visit: visit.signature_sha256 and visit.state != visit_flow.ARRIVED)
        if fixed:
            raise UserError(
                self.env._(
                    "%(visits)s is signed and done: signature, name and the customer's words stay as they "
                    "are. Add a note instead.",
                    visits=", ".join(fixed.mapped("display_name")),
                )
            )

    def _keep_signature(self):
        """Hash what was signed; while the engineer is there the customer may sign again, which is logged."""
        for visit in self.filtered("signature"):
            digest = visit._signature_digest()
            if digest == visit.signature_sha256:
                continue
            visit._write_policy({"signature_sha256": digest, "signed_at": fields.Datetime.now()})
            name = visit.signed_by or "-"
            visit._message_log(
                body=self.env._("Signed by %(name)s (SHA-256 %(hash)s).", name=name, hash=digest)
            )
