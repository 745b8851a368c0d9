from odoo import api, fields, models


class AftersalesReshipmentLine(models.Model):
    """A piece that is sent again; fixed with what was found, once that is decided."""

    _name = "aftersales.reshipment.line"
    _description = "Goods sent again"
    _check_company_auto = True

    reshipment_id = fields.Many2one("aftersales.reshipment", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="reshipment_id.company_id", store=True)
    product_id = fields.Many2one(
        "product.product", required=True, domain="[('type', '=', 'consu')]", check_company=True
    )
    quantity = fields.Float(required=True, default=1, digits="Product Unit")
    product_uom_id = fields.Many2one(related="product_id.uom_id")

    _quantity_positive = models.Constraint("CHECK (quantity > 0)", "Enter how many pieces are sent again.")

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.reshipment_id._refuse_fixed({"line_ids"})
        return lines

    def write(self, vals):
        self.reshipment_id._refuse_fixed({"line_ids"})
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_of_drafts(self):
        self.reshipment_id._refuse_fixed({"line_ids"})
