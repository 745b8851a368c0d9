from odoo import api, models


class AftersalesRememberedMixin(models.AbstractModel):
    """Rows that are read again and again and seldom change: what is remembered of them (``ormcache``) is
    forgotten with every change, here and in every other process.
    """

    _name = "aftersales.remembered.mixin"
    _description = "Rows that are remembered"

    def _is_remembered(self):
        """Whether anything is remembered of these rows; else their changes cost nobody anything."""
        return bool(self)

    @api.model
    def _forget(self):
        self.env.registry.clear_cache()

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        if rows._is_remembered():
            self._forget()
        return rows

    def write(self, vals):
        before = self._is_remembered()
        result = super().write(vals)
        if before or self._is_remembered():
            self._forget()
        return result

    def unlink(self):
        before = self._is_remembered()
        result = super().unlink()
        if before:
            self._forget()
        return result
