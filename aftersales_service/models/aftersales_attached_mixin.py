from collections import defaultdict

from odoo import api, fields, models


class AftersalesAttachedMixin(models.AbstractModel):
    """A row that belongs to a document of any model and is seen by whoever sees the document.

    Nobody has rights to create, change or delete such rows; the document's own methods do, in sudo, after
    they have checked the document.
    """

    _name = "aftersales.attached.mixin"
    _description = "Row of a document"

    res_model = fields.Char("Document model", required=True, readonly=True)
    res_id = fields.Many2oneReference("Document", model_field="res_model", required=True, readonly=True)
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    document_name = fields.Char("Document name", compute="_compute_document_name")

    @api.depends("res_model", "res_id")
    def _compute_document_name(self):
        for res_model, rows in self.grouped("res_model").items():
            if res_model not in self.env:
                rows.document_name = ""
                continue
            documents = self.env[res_model].browse(rows.mapped("res_id")).exists()
            names = {document.id: document.display_name for document in documents}
            for row in rows:
                row.document_name = names.get(row.res_id, "")

    def action_open_document(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if not self:
            return result
        readable = self - result[0] if result else self
        hidden = readable - readable._with_readable_document()
        if not hidden:
            return result
        denied = (result[0] | hidden) if result else hidden
        return denied, lambda: self.env["ir.rule"]._make_access_error(operation, denied)

    def _with_readable_document(self):
        """Rows whose document the user may read."""
        # sudo: only the two columns that say which document it is are read before the document is checked
        places = [(row.id, row.res_model, row.res_id) for row in self.sudo()]
        return self.browse(self._readable_ids(places))

    @api.model
    def _readable_ids(self, places):
        """Ids out of ``[(row id, model, document id)]`` whose document exists and may be read."""
        by_model = defaultdict(set)
        for _row_id, res_model, res_id in places:
            by_model[res_model].add(res_id)
        allowed = {
            res_model: set(self.env[res_model].browse(res_ids).exists()._filtered_access("read").ids)
            for res_model, res_ids in by_model.items()
            if res_model in self.env
        }
        return [row_id for row_id, model, res_id in places if res_id in allowed.get(model, ())]

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, *, bypass_access=False, **kwargs):
        if self.env.is_superuser() or bypass_access:
            return super()._search(domain, offset, limit, order, bypass_access=bypass_access, **kwargs)
        # the limit counts rows that may be seen, so it is applied after the documents were checked
        query = super()._search(domain, order=order, **kwargs)
        columns = [self._field_to_sql(self._table, name) for name in ("id", "res_model", "res_id")]
        ids = self._readable_ids(self.env.execute_query(query.select(*columns)))
        ids = ids[offset : offset + limit if limit else None]
        return self.browse(ids)._as_query(ordered=bool(order))
