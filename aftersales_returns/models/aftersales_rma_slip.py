from odoo import models

from ..policy import slip_sheets


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    def _slip_sheets(self):
        """The goods of the return slip, page by page."""
        lines = self.line_ids
        sheets = slip_sheets.fill([line.product_id.display_name or "" for line in lines])
        return [lines.browse(lines.ids[number] for number in sheet) for sheet in sheets]
