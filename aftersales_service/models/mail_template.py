from odoo import SUPERUSER_ID, api, models


class MailTemplate(models.Model):
    """Our mails are the product's as long as nobody has touched them, and the company's from then on.

    An update brings the new wording of what nobody has changed. What a person changes is marked as not to
    be updated, which is Odoo's own mark; *Reset template* takes the shipped wording back.
    """

    _inherit = "mail.template"

    def write(self, vals):
        result = super().write(vals)
        self._keep_as_edited()
        return result

    def update_field_translations(self, field_name, translations, source_lang=""):
        result = super().update_field_translations(field_name, translations, source_lang=source_lang)
        self._keep_as_edited()
        return result

    def _keep_as_edited(self):
        """From now on no update writes them; updates themselves are the superuser's."""
        if self.env.uid != SUPERUSER_ID and self.ids:
            self._product_marks(False).noupdate = True

    @api.model
    def _follow_where_untouched(self):
        """Before an update: what no person has ever written follows it, also in databases of earlier days."""
        marks = self._product_marks(True)
        templates = self.browse(marks.mapped("res_id")).exists()
        untouched = templates.filtered(lambda template: template.write_uid.id == SUPERUSER_ID)
        marks.filtered(lambda mark: mark.res_id in untouched.ids).noupdate = False

    def _product_marks(self, noupdate):
        """Odoo's marks of ``self``, or of all our templates, that are set or not."""
        domain = [
            ("model", "=", self._name),
            ("module", "=like", "aftersales_%"),
            ("noupdate", "=", noupdate),
            *([("res_id", "in", self.ids)] if self.ids else []),
        ]
        return self.env["ir.model.data"].sudo().search(domain)  # sudo: nobody else may read the marks
