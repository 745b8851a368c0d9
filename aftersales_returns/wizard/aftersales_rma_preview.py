from odoo import Command, api, fields, models

from ..models.aftersales_disposition_rule import DISPOSITIONS


class AftersalesRmaPreview(models.TransientModel):
    """Shows where the goods of a return will go, before the inspection is completed."""

    _name = "aftersales.rma.preview"
    _description = "Preview of where returned goods go"

    rma_id = fields.Many2one("aftersales.rma", "Return", required=True, readonly=True)
    currency_id = fields.Many2one(related="rma_id.company_id.currency_id")
    line_ids = fields.One2many("aftersales.rma.preview.line", "preview_id", "Goods", readonly=True)
    missing = fields.Char("Not graded yet", readonly=True)
    allowed_events = fields.Json("Possible events", related="rma_id.allowed_events")

    @api.model
    def _of(self, rma):
        """The preview of one return with its findings as they stand."""
        open_ones = rma.sudo().inspection_ids.filtered(  # sudo: names of goods of a return the user may read
            lambda found: found._is_open()
        )
        values = {
            "rma_id": rma.id,
            "missing": ", ".join(open_ones.line_id.mapped("display_name")),
            "line_ids": [Command.create(self._line_vals(row)) for row in rma._disposition_plan()],
        }
        # sudo: accounts are written for those who may read them; the others do not see the column
        return self.sudo().create(values).sudo(False)

    def _line_vals(self, row):
        return {
            "product_id": row["product"].id,
            "lot_id": row["lot"].id,
            "quantity": row["quantity"],
            "disposition": row["outcome"],
            "owner_before_id": row["owner_before"].id,
            "owner_after_id": row["owner_after"].id,
            "place_before": row["place_before"].display_name,
            "place_after": row["place_after"].display_name,
            "value": row["value"],
            "account": row["account"].display_name or "",
            "next_document": row["next"],
        }

    def action_complete(self):
        return self.rma_id.action_complete_inspection() and {"type": "ir.actions.act_window_close"}


class AftersalesRmaPreviewLine(models.TransientModel):
    _name = "aftersales.rma.preview.line"
    _description = "Goods in a preview"

    preview_id = fields.Many2one("aftersales.rma.preview", required=True, index=True, ondelete="cascade")
    currency_id = fields.Many2one(related="preview_id.currency_id")
    product_id = fields.Many2one("product.product")
    lot_id = fields.Many2one("stock.lot", "Serial number")
    quantity = fields.Float(digits="Product Unit")
    disposition = fields.Selection(DISPOSITIONS)
    owner_before_id = fields.Many2one("res.partner", "Owner now")
    owner_after_id = fields.Many2one("res.partner", "Owner then", help="Empty: ours.")
    place_before = fields.Char("Now in")
    place_after = fields.Char("Then in")
    next_document = fields.Char("What happens")
    value = fields.Monetary(help="Worth in our books from then on: the cost at which the goods had left.")
    account = fields.Char(groups="account.group_account_readonly,account.group_account_invoice")
