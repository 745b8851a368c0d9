"""One2many fields whose rows are read with all that they hold.

Odoo asks for the ids of the rows, and once more for what stands in them when the first one is looked at. Of
rows that are always looked at that is a query too many in every request.
"""

from odoo import fields
from odoo.fields import Domain


class WholeRows(fields.One2many):
    """A One2many that reads its rows at once instead of in two steps; it holds the same."""

    def read(self, records):  # pylint: disable=method-required-super  # instead of reading the ids alone
        rows = records.env[self.comodel_name].with_context(**{"active_test": False, **self.context})
        domain = self.get_comodel_domain(records) & Domain(self.inverse_name, "in", records.ids)
        found = {record_id: [] for record_id in records._ids}
        for row in rows.search_fetch(domain):
            # an id where the inverse is a reference to documents of several models
            inverse = row[self.inverse_name]
            found[inverse if isinstance(inverse, int) else inverse.id].append(row.id)
        self._insert_cache(records, [tuple(ids) for ids in found.values()])
