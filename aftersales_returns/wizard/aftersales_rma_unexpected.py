from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesRmaUnexpectedGoods(models.TransientModel):
    """Takes in goods that were in the parcel and are not on the return."""

    _name = "aftersales.rma.unexpected"
    _description = "Goods that were not announced"

    rma_id = fields.Many2one("aftersales.rma", "Return", required=True)
    product_id = fields.Many2one("product.product", required=True, domain="[('is_storable', '=', True)]")
    tracking = fields.Selection(related="product_id.tracking")
    lot_name = fields.Char("Serial number or lot", help="As on the goods; a number nobody knows yet is kept.")
    quantity = fields.Float(default=1.0, required=True, digits="Product Unit")
    note = fields.Char(help="What customer service should know: condition, packaging, what was said.")

    def action_confirm(self):
        self.ensure_one()
        self.rma_id._record_unexpected(self.product_id, self.quantity, lot=self._lot(), note=self.note)
        return {"type": "ir.actions.act_window_close"}

    def _lot(self):
        name = (self.lot_name or "").strip()
        if not name or self.tracking == "none":
            return self.env["stock.lot"]
        # sudo: the number on the goods, whoever found them
        lots = self.env["stock.lot"].sudo()
        company = self.rma_id.company_id
        domain = [
            ("name", "=", name),
            ("product_id", "=", self.product_id.id),
            ("company_id", "in", (False, company.id)),
        ]
        return lots.search(domain, limit=1) or lots.create({"name": name, "product_id": self.product_id.id})


class AftersalesRmaSplit(models.TransientModel):
    """Divides a received line by condition, on the form as at the station."""

    _name = "aftersales.rma.split"
    _description = "Split received goods by condition"

    inspection_id = fields.Many2one("aftersales.inspection", "Goods", required=True)
    received_qty = fields.Float(related="inspection_id.received_qty")
    pieces = fields.Float(
        "Pieces in another condition", default=1.0, required=True, digits="Product Unit",
        help="They get a line of their own, to be graded apart from the rest.",
    )  # fmt: skip

    def action_confirm(self):
        self.ensure_one()
        self.inspection_id._split_off(self.pieces)
        return {"type": "ir.actions.act_window_close"}


class AftersalesInspection(models.Model):
    _inherit = "aftersales.inspection"

    is_splittable = fields.Boolean("Can be split", compute="_compute_is_splittable")

    @api.depends("received_qty", "rma_state", "line_id")
    def _compute_is_splittable(self):
        for found in self:
            found.is_splittable = (
                found.rma_state == "received" and found.received_qty > 1 and not found.line_id.is_kit
            )

    def action_split(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Split by condition"),
            "res_model": "aftersales.rma.split",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_inspection_id": self.id},
        }

    def _split_off(self, pieces):
        """``pieces`` of the line get a line, a move and a finding of their own."""
        self.check_access("write")
        if not self.is_splittable or not 0 < pieces < self.received_qty:
            raise UserError(
                self.env._(
                    "%(goods)s cannot be split at %(pieces)s of %(quantity)s: enter fewer pieces than came "
                    "in. A bundle is judged as a whole.",
                    goods=self.display_name,
                    pieces=f"{pieces:g}",
                    quantity=f"{self.received_qty:g}",
                )
            )
        # sudo: lines and receipts are not the inspector's to write; he divides what he may judge
        return self.sudo().line_id._station_split_off(pieces)
