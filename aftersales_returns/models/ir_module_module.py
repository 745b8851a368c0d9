from odoo import api, models


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    @api.model
    def _load_module_terms(self, modules, langs, overwrite=False):
        """A language that comes later names what was made for each warehouse as well."""
        result = super()._load_module_terms(modules, langs, overwrite=overwrite)
        if "aftersales_returns" in modules:
            self.env["stock.warehouse"].sudo().search([])._aftersales_translate_type(langs)  # sudo: names
        return result
