from odoo import api, models


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.model
    def _aftersales_judged_models(self):
        """Photos for a return are judged like those for a ticket (INTAKE-24)."""
        return super()._aftersales_judged_models() | {
            "aftersales.rma",
            "aftersales.inspection",
            "aftersales.dispute",
            "aftersales.unknown.parcel",
        }
