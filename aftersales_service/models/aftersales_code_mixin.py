from itertools import count

from odoo import models


class AftersalesCodeMixin(models.AbstractModel):
    """A row that has a code of its own. A copy gets the next free one, and is none of the shipped rows."""

    _name = "aftersales.code.mixin"
    _description = "Row with a code of its own"

    #: field that no two rows share
    _own_field = "code"
    #: how a copy is told from its original: text and number
    _copy_format = "{}_{}"

    def copy_data(self, default=None):
        rows = super().copy_data(default)
        name = self._own_field
        if name in (default or {}):
            return rows
        # sudo: a row that the reader does not see has a code as well
        taken = set(self.sudo().with_context(active_test=False).search([]).mapped(name))
        for row in rows:
            row[name] = self._free_text(row[name], taken)
            taken.add(row[name])
        return rows

    def _free_text(self, text, taken):
        return next(free for n in count(2) if (free := self._copy_format.format(text, n)) not in taken)
