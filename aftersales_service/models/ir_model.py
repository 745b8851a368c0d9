from odoo import models
from odoo.tools import SQL, sql


class IrModel(models.Model):
    _inherit = "ir.model"

    def unlink(self):
        """Rows that belong to documents of these models go with them, as when an addon is uninstalled."""
        self._aftersales_forget_rows(tuple(self.mapped("model")))
        return super().unlink()

    def _aftersales_forget_rows(self, names):
        mixin = self.env.registry["aftersales.attached.mixin"]
        attached = [model for model in self.env.values() if isinstance(model, mixin) and model._auto]
        for model in attached if names else ():
            # when the ledger itself goes, its columns have gone before it
            if sql.column_exists(self.env.cr, model._table, "res_model"):
                model.flush_model()
                self.env.cr.execute(
                    SQL("DELETE FROM %s WHERE res_model IN %s", SQL.identifier(model._table), names)
                )
                model.invalidate_model()
