from odoo import api, models


class AftersalesRememberedMixin(models.AbstractModel):
    """Rows that are read again and again and seldom change: what is remembered of them (``ormcache``) is
    forgotten with every change, here and in every other process.
    """

    _name = "aftersales.remembered.mixin"
    _description = "Rows that are remembered"

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        self.env.registry.clear_cache()
        return rows

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
