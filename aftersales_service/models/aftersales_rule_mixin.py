import dataclasses

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..policy import verdict


class AftersalesRuleMixin(models.AbstractModel):
    """A row of a rule table: what the business may change, read by a policy as a frozen dataclass.

    Shipped rows come from a CSV that the pure tests read as well; an update rewrites them, so they are not
    edited: a company adds rows of its own with a lower sequence, and those win.
    """

    _name = "aftersales.rule.mixin"
    _description = "Row of a rule table"
    _order = "sequence, id"

    #: dataclass of one row, with ``code`` and ``sequence``; its field names are this model's
    _row_class = None

    code = fields.Char(required=True, index=True, help="Unique. Verdicts name the row by it.")
    sequence = fields.Integer(default=10, help="The first row that fits decides.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: for every company.")
    explanation = fields.Char(
        required=True, translate=True, help="The sentence that a reader of the verdict sees."
    )
    is_shipped = fields.Boolean(compute="_compute_is_shipped")

    def _compute_is_shipped(self):
        xmlids = self._get_external_ids()
        for row in self:
            row.is_shipped = any(xmlid.startswith("aftersales_") for xmlid in xmlids.get(row.id, ()))

    def write(self, vals):
        if not self.env.su:  # as an update does; no key of the context is proof of one, a client can send it
            self._refuse_shipped(vals)
        return super().write(vals)

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
        """The rows in force for ``company`` as ``_row_class``, in order of sequence; one query."""
        # sudo: a policy judges by all rows, whatever the user may read of the tables
        records = self.sudo().search(self._policy_domain(company))
        return verdict.rows_of(self._row_class, [record._row_values() for record in records])

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
