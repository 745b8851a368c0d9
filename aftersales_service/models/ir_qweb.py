from lxml import etree

from odoo import models


class Compiled(dict):
    """Texts that were compiled for one batch of mails. Two batches are never the same context."""

    __hash__ = object.__hash__
    __eq__ = object.__eq__
    __ne__ = object.__ne__


class IrQweb(models.AbstractModel):
    _inherit = "ir.qweb"

    def _generate_code_uncached(self, template):
        """The text of a mail template is compiled once for a whole batch, not once for each document.

        Only inside ``with_context(aftersales_compiled=Compiled())``, by which we send mails in bulk; a view
        has a cache of its own, a text has none.
        """
        compiled = self.env.context.get("aftersales_compiled")
        if compiled is None or not isinstance(template, etree._Element):
            return super()._generate_code_uncached(template)
        wanted = [self.env.context.get(key) for key in self._get_template_cache_keys()]
        key = (etree.tostring(template), *wanted, self.env.context.get("raise_on_forbidden_code_for_model"))
        if key not in compiled:
            compiled[key] = super()._generate_code_uncached(template)
        return compiled[key]
