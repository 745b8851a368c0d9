from odoo import api, fields, models, tools


class AftersalesClause(models.Model):
    """The sentence of a clause, in every language.

    Clauses that are rows of a rule table carry their sentence in the row; this table has the others, and the
    labels of outcomes under ``<kind>:<outcome>``.
    """

    _name = "aftersales.clause"
    _description = "Clause of a policy"
    _rec_name = "code"
    _order = "code"

    code = fields.Char(required=True, readonly=True)
    text = fields.Char(
        required=True,
        translate=True,
        help="Sentence shown where the clause applied. %(name)s is filled in from the clause.",
    )
    public = fields.Boolean(default=True, help="Whether customers read the clause in the portal.")

    _code_uniq = models.UniqueIndex("(code)", "A clause has one sentence: its code is taken.")

    @api.model
    @tools.ormcache("code", "self.env.lang")
    def _text_of(self, code):
        """The sentence of ``code`` in the reader's language, or ``None``."""
        # sudo: the sentences are no secret, every reader of a verdict may see them
        return self.sudo().search([("code", "=", code)], limit=1).text or None

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
