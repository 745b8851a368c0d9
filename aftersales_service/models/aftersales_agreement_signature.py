from odoo import fields, models
from odoo.exceptions import UserError

from ..policy import agreement_flow, lifecycle

#: {party: event}
SIGNING = {"company": "sign", "customer": "sign_customer"}
UNSIGNED = {
    "offered_at": False,
    **{f"{party}_{what}": False for party in SIGNING for what in ("signature", "signed_by", "signed_at")},
    "company_signed_by_id": False,
    "customer_signed_via": False,
}


class AftersalesAgreement(models.Model):
    """Two signatures, each with name and date; with the second one the version takes effect (WARR-30)."""

    _inherit = "aftersales.agreement"

    customer_signature = fields.Image(
        "Customer's signature", readonly=True, copy=False, attachment=True, max_width=1024, max_height=1024
    )
    customer_signed_by = fields.Char("Signed for the customer by", readonly=True, copy=False)
    customer_signed_at = fields.Datetime("Customer signed on", readonly=True, copy=False)
    customer_signed_via = fields.Selection(
        [("portal", "Portal"), ("paper", "Paper")], "Customer signed in", readonly=True, copy=False
    )
    company_signature = fields.Image(
        "Our signature", readonly=True, copy=False, attachment=True, max_width=1024, max_height=1024
    )
    company_signed_by = fields.Char("Signed for us by", readonly=True, copy=False)
    company_signed_by_id = fields.Many2one("res.users", "Our representative", readonly=True, copy=False)
    company_signed_at = fields.Datetime("We signed on", readonly=True, copy=False)

    def _compute_access_url(self):
        for agreement in self:
            agreement.access_url = f"/my/agreements/{agreement.id}"

    # === ACTION METHODS === #

    def action_offer(self):
        """Freeze the text and send it to the customer to be signed."""
        self.check_access("write")
        self.filtered(lambda agreement: agreement.state == agreement_flow.DRAFT)._fill_terms()
        self._fire("offer")
        return True

    def action_withdraw(self):
        self._fire("withdraw")
        return True

    def action_sign(self):
        return self._open_signing("company")

    def action_sign_customer(self):
        """For what was signed on paper; the portal signs by itself."""
        return self._open_signing("customer")

    def _open_signing(self, party):
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Sign"),
            "res_model": "aftersales.agreement.sign",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_agreement_id": self.id, "default_party": party},
        }

    def action_terminate(self, party=None, reason=None):
        """WARR-29: ends the commitment from now on; earlier requests keep what they were promised."""
        if not reason:
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Terminate"),
                "res_model": "aftersales.agreement.end",
                "views": [(False, "form")],
                "target": "new",
                "context": {"default_agreement_ids": self.ids},
            }
        self._fire("terminate", reason=reason)
        self._write_policy({"end_party": party or "company", "end_reason": reason})
        self._tell_customer(self.env._("This agreement has been terminated. Reason: %s", reason))
        return True

    # === SIGNING === #

    def _sign(self, party, signed_by, signature, via="portal", actor=None):
        """Keep one side's signature; with the second one the agreement is concluded.

        :param actor: lifecycle.CUSTOMER for the portal, which has checked the token
        """
        self.ensure_one()
        if not (signed_by or "").strip() or not signature:
            raise UserError(self.env._("A signature and the name of whoever gives it are needed."))
        self._fire(SIGNING[party], actor=actor)
        vals = {f"{party}_signature": signature, f"{party}_signed_by": signed_by.strip()}
        if party == "company":
            vals["company_signed_by_id"] = self.env.uid
        else:
            vals["customer_signed_via"] = via
        self.sudo()._write_policy(vals)  # sudo: the customer has no rights, the event was judged above
        if self.company_signed_at and self.customer_signed_at:
            self.sudo()._fire("conclude", actor=lifecycle.SYSTEM)  # sudo: follows from the second signature

    def _check_sign(self):
        self._refuse_second_signature("company")

    def _check_sign_customer(self):
        self._refuse_second_signature("customer")

    def _refuse_second_signature(self, party):
        signed = self.filtered(f"{party}_signed_at")
        if signed:
            raise UserError(
                self.env._(
                    "%(agreements)s is signed already by %(who)s.",
                    agreements=", ".join(signed.mapped("display_name")),
                    who=", ".join(signed.mapped(f"{party}_signed_by")),
                )
            )

    # === WHAT AN EVENT CHECKS AND ADDS === #

    def _check_offer(self):
        for agreement in self:
            if agreement.previous_id and not (agreement.change_reason or "").strip():
                raise UserError(
                    self.env._(
                        "Say why %(agreement)s changes what was agreed.", agreement=agreement.display_name
                    )
                )
            if agreement.previous_id and not set(agreement._differences()) - {"date_start"}:
                raise UserError(
                    self.env._(
                        "%(agreement)s is the same as the version before: change a term, or delete it.",
                        agreement=agreement.display_name,
                    )
                )
            if agreement.compensates and not agreement.compensation_term_ids:
                raise UserError(
                    self.env._(
                        "%(agreement)s says that a breach is compensated, but not by how much: add "
                        "compensation terms.",
                        agreement=agreement.display_name,
                    )
                )

    def _on_offer(self):
        for agreement in self:
            agreement._portal_ensure_token()
        template = self.env.ref("aftersales_service.mail_template_agreement_offer", raise_if_not_found=False)
        written = self.filtered("partner_id.email")
        if template and written:
            template.sudo().send_mail_batch(written.ids, force_send=False)  # sudo: goes out for the company

    def _on_withdraw(self):
        """Signatures belong to the text that was offered."""
        self._write_policy(UNSIGNED)

    def _on_conclude(self):
        """WARR-30: in force from the day both have signed, or from the later day they have named."""
        for agreement in self:
            today = agreement.company_id._aftersales_today()
            if agreement.date_start < today:
                agreement._write_policy({"date_start": today})
            agreement._take_over(today)
        self._tell_customer(self.env._("Both sides have signed: the agreement is concluded."))

    def _on_end(self):
        self._write_policy({"end_reason": self.env._("Its last day is over.")})

    def _on_supersede(self):
        self._write_policy({"end_reason": self.env._("A supplement has taken its place.")})

    def _tell_customer(self, text):
        """By mail, and kept with the agreement."""
        for agreement in self:
            # sudo: for the company, also where the customer's own signature was the last one
            agreement.sudo().message_post(
                body=text,
                partner_ids=agreement.partner_id.ids,
                subtype_xmlid="mail.mt_comment",
                message_type="notification",
            )

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.display_name
