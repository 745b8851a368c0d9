import dataclasses

from odoo import api, fields, models, tools
from odoo.exceptions import UserError

from ..policy import verdict


class AftersalesRuleMixin(models.AbstractModel):
    """A row of a rule table: what the business may change, read by a policy as a frozen dataclass.

    Shipped rows come from a CSV that the pure tests read as well; an update rewrites them, so they are not
    edited: a company adds rows of its own with a lower sequence, and those win.
    """

    _name = "aftersales.rule.mixin"
    _description = "Row of a rule table"
    _inherit = "aftersales.code.mixin"
    _order = "sequence, id"

    #: dataclass of one row, with ``code`` and ``sequence``; its field names are this model's
    _row_class = None

    code = fields.Char(required=True, index=True, help="Unique. Verdicts name the row by it.")
    sequence = fields.Integer(default=10, help="The first row that fits decides.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", ondelete="restrict", help="Empty: for every company.")
    explanation = fields.Char(
        required=True, translate=True, help="The sentence that a reader of the verdict sees."
    )
    is_shipped = fields.Boolean(compute="_compute_is_shipped")

    def _compute_is_shipped(self):
        xmlids = self._get_external_ids()
        for row in self:
            row.is_shipped = any(xmlid.startswith("aftersales_") for xmlid in xmlids.get(row.id, ()))

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:  # as an update does; no key of the context is proof of one, a client can send it
            self._refuse_shipped(vals)
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    def _refuse_shipped(self, vals):
        """Shipped rows may be switched off and moved, nothing else; an update would undo the rest."""
        shipped = self.filtered("is_shipped") if set(vals) - {"active", "sequence"} else self.browse()
        if shipped:
            raise UserError(
                self.env._(
                    "%(rows)s came with the product and would be overwritten by the next update. Add a row "
                    "of your own with a lower sequence instead; it wins.",
                    rows=", ".join(shipped.mapped("code")),
                )
            )

    @api.model
    def _policy_rows(self, company):
        """The rows in force for ``company`` as ``_row_class``, in order of sequence.

        A table whose rows say everything themselves is read once and remembered until one of them changes.
        """
        if self._is_remembered():
            return self._remembered_policy_rows(company.id)
        return self._read_policy_rows(company)

    @api.model
    def _policy_rules(self, company, code):
        """(rows in force, their version under the policy's version ``code``, the rows as they are kept)."""
        if self._is_remembered():
            return self._remembered_policy_rules(company.id, code)
        rows = self._policy_rows(company)
        return rows, verdict.version(code, rows), verdict.kept(rows)

    @api.model
    def _is_remembered(self):
        names = [field.name for field in dataclasses.fields(self._row_class)]
        return not any(self._fields[name].relational for name in names)

    @api.model
    @tools.ormcache("company_id", "code")
    def _remembered_policy_rules(self, company_id, code):
        rows = self._remembered_policy_rows(company_id)
        return rows, verdict.version(code, rows), verdict.kept(rows)

    @api.model
    @tools.ormcache("company_id")
    def _remembered_policy_rows(self, company_id):
        return self._read_policy_rows(self.env["res.company"].browse(company_id))

    @api.model
    def _read_policy_rows(self, company):
        # sudo: a policy judges by all rows, whatever the user may read of the tables
        records = self.sudo().search(self._policy_domain(company))
        return verdict.rows_of(self._row_class, [record._row_values() for record in records])

    @api.model
    @tools.ormcache()
    def _ids_by_code(self):
        """{code: id} of all rows, switched-off ones too."""
        # sudo: as above
        rows = self.sudo().with_context(active_test=False).search([])
        return {row.code: row.id for row in rows}

    @api.model
    def _policy_domain(self, company):
        """Which rows are in force for ``company``."""
        return [("company_id", "in", (False, company.id))]

    def _row_values(self):
        """{field of the row class: value}; a relation gives its id, see :func:`verdict.rows_of`."""
        self.ensure_one()
        return {
            field.name: self[field.name].id if self._fields[field.name].relational else self[field.name]
            for field in dataclasses.fields(self._row_class)
        }

    def _clause_texts(self, codes):
        """{code: sentence} of the rows, in the reader's language; switched-off rows too."""
        # sudo: see aftersales.clause, the sentences are no secret
        rows = self.sudo().with_context(active_test=False).search([("code", "in", list(codes))])
        return {row.code: row.explanation for row in rows}
