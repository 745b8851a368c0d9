from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import keyring
from ..policy import attachment, retention


class ResCompany(models.Model):
    _inherit = "res.company"

    aftersales_attachment_mb = fields.Integer(
        "Largest file", default=20, help="Megabytes that one file of a customer may have. 0: no limit."
    )
    aftersales_attachment_formats = fields.Char(
        "Files taken in",
        default=attachment.DEFAULT_FORMATS,
        help="Separated by commas. What a file is, is found in its content, not in its name; programs are "
        "never taken in.",
    )
    aftersales_retention_months = fields.Integer(
        "Keep personal data",
        default=retention.MINIMUM_MONTHS,
        help="Months after a ticket was last closed or cancelled, 36 or more; then names, texts, messages "
        "and files are erased and the figures stay. 0: for ever.",
    )

    @api.constrains("aftersales_attachment_formats")
    def _check_aftersales_attachment_formats(self):
        for company in self:
            wrong = attachment.unknown(company.aftersales_attachment_formats)
            if wrong:
                raise ValidationError(
                    self.env._(
                        "%(wrong)s: no kind of file that is known. Choose among %(known)s.",
                        wrong=", ".join(wrong),
                        known=", ".join(attachment.FORMATS),
                    )
                )

    @api.constrains("aftersales_retention_months", "aftersales_attachment_mb")
    def _check_aftersales_retention(self):
        """ARCHIVE-01: records are kept three years at least."""
        for company in self:
            if not retention.allowed_months(company.aftersales_retention_months):
                raise ValidationError(
                    self.env._(
                        "Closed tickets are kept for %(months)s months at least: enter that or more, or 0 "
                        "for ever.",
                        months=retention.MINIMUM_MONTHS,
                    )
                )
            if company.aftersales_attachment_mb < 0:
                raise ValidationError(self.env._("The largest file has 0 (no limit) or more megabytes."))


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_attachment_mb = fields.Integer(related="company_id.aftersales_attachment_mb", readonly=False)
    aftersales_attachment_formats = fields.Char(
        related="company_id.aftersales_attachment_formats", readonly=False
    )
    aftersales_retention_months = fields.Integer(
        related="company_id.aftersales_retention_months", readonly=False
    )
    aftersales_secret_fault = fields.Char(compute="_compute_aftersales_secret_fault")

    @api.depends_context("lang")
    def _compute_aftersales_secret_fault(self):
        fault = keyring.fault()
        self.aftersales_secret_fault = fault and self.env["aftersales.secret"]._fault_text(fault)

    def action_aftersales_rotate(self):
        return self.env["aftersales.secret"].action_rotate()
