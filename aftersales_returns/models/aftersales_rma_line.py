from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.aftersales_service.models.whole_rows import WholeRows

from ..policy import rma_flow
from .aftersales_disposition_rule import DISPOSITIONS, GRADES

#: written by the inspection and by the settlement of an exchange, by nobody else
FINDINGS = {
    "accepted_qty",
    "grade",
    "disposition",
    "is_unexpected",
    "exchange_charged_qty",
    "exchange_sale_line_id",
}

#: read off the deliveries and the transfers, and off nothing that somebody says
COUNTED = {"is_kit", "kit_needs", "received_qty", "is_incomplete", "origin_move_id"}

#: no transfer brings in goods of a line that has just come into being: its row says so from the start
NOTHING_YET = {"received_qty": 0.0, "is_incomplete": False}


class AftersalesRmaLine(models.Model):
    """Goods of a return: what was sold and delivered, what came back, and what became of it."""

    _name = "aftersales.rma.line"
    _description = "Goods of a return"
    _order = "rma_id, is_gift, id"
    _check_company_auto = True

    rma_id = fields.Many2one("aftersales.rma", "Return", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="rma_id.company_id", store=True, precompute=True)
    partner_id = fields.Many2one(related="rma_id.partner_id")
    state = fields.Selection(related="rma_id.state")
    sale_line_id = fields.Many2one(
        "sale.order.line",
        "Sold with",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('order_id.partner_id', 'child_of', partner_id), ('order_id.state', '=', 'sale'),"
        " ('display_type', '=', False)]",
    )
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    product_uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    lot_id = fields.Many2one(
        "stock.lot",
        "Serial number",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('product_id', '=', product_id)]",
    )
    quantity = fields.Float(
        default=1.0, required=True, digits="Product Unit", help="In the product's own unit."
    )
    is_gift = fields.Boolean(
        "Gift",
        compute="_compute_is_gift",
        store=True,
        readonly=False,
        precompute=True,
        help="Given free with other goods; comes back with them.",
    )
    origin_move_id = fields.Many2one(
        "stock.move",
        "Delivered with",
        compute="_compute_origin_move_id",
        store=True,
        precompute=True,
        index="btree_not_null",
    )
    return_move_ids = WholeRows("stock.move", "aftersales_rma_line_id", "Moves", readonly=True)
    received_qty = fields.Float(
        "Received", compute="_compute_received_qty", store=True, digits="Product Unit"
    )
    accepted_qty = fields.Float("Accepted", readonly=True, copy=False, digits="Product Unit")
    grade = fields.Selection(GRADES, readonly=True, copy=False)
    disposition = fields.Selection(DISPOSITIONS, readonly=True, copy=False)

    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "Enter how many come back: more than zero."
    )

    @api.depends("product_id", "lot_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = " ".join(filter(None, [line.product_id.display_name, line.lot_id.name]))

    @api.depends("sale_line_id")
    def _compute_product_id(self):
        for line in self:
            # sudo: the product of the line that is named
            line.product_id = line.sale_line_id.sudo().product_id or line.product_id

    @api.depends("sale_line_id")
    def _compute_is_gift(self):
        for line in self:
            # sudo: how the goods were sold
            sold = line.sale_line_id.sudo()
            line.is_gift = sold._aftersales_is_gift() if sold else line.is_gift

    @api.depends("sale_line_id", "lot_id", "product_id")
    def _compute_origin_move_id(self):
        """The delivery the goods came with: the one of the serial number, else the latest."""
        for line in self:
            line.origin_move_id = line._deliveries()[-1:]

    @api.depends("return_move_ids.state", "return_move_ids.quantity", "return_move_ids.location_id")
    def _compute_received_qty(self):
        for line in self:
            # sudo: quantities of the transfers that belong to the return
            line.received_qty = line._whole_units(line.sudo()._received_pieces())

    def _deliveries(self):
        """Done deliveries of the goods to the customer, oldest first; of a kit those of its components."""
        self.ensure_one()
        goods = {product.id for product in self._parts()}
        # sudo: customer service sees what was delivered without stock rights
        sold = self.sale_line_id.sudo()
        moves = sold._aftersales_brought().filtered(lambda move: move.product_id.id in goods)
        if self.lot_id:
            replaced = sold._aftersales_replaced()
            moves = moves.filtered(
                lambda move: (
                    self.lot_id in move.move_line_ids.lot_id
                    and not move._aftersales_was_replaced(self.lot_id, replaced)
                )
            )
        return moves.sorted("id")

    def _needs_serial_number(self):
        """Goods that were delivered with serial numbers come back by number."""
        if self.rma_id.resolution == "refund_only" or self.product_id.tracking != "serial" or self.lot_id:
            return False
        return bool(self._deliveries().move_line_ids.lot_id)

    def _received_moves(self):
        return self.return_move_ids.filtered(
            lambda move: move.state == "done" and move.location_id.usage == "customer"
        )

    # === GUARDS === #

    @api.constrains("sale_line_id", "rma_id")
    def _check_customer_of_the_return(self):
        """Also of a line that comes by itself, in an import or by another program."""
        self.rma_id._check_one_customer()

    @api.constrains("sale_line_id", "product_id")
    def _check_product_of_the_sale(self):
        """What is judged, received and refunded is what was sold; parts of a kit were delivered with it."""
        for line in self.filtered("sale_line_id"):
            sold = line.sale_line_id.sudo()  # sudo: what was sold, whoever enters the return
            if line.product_id not in sold.product_id | sold.move_ids.product_id:
                raise ValidationError(
                    self.env._(
                        "%(rma)s: %(product)s was not sold with this line of %(order)s, %(sold)s was. Choose "
                        "the line of the order that the goods were sold with.",
                        rma=line.rma_id.display_name,
                        product=line.product_id.display_name,
                        order=sold.order_id.name,
                        sold=sold.product_id.display_name,
                    )
                )

    @api.constrains("lot_id", "product_id", "quantity")
    def _check_lot(self):
        for line in self:
            if line.lot_id and line.lot_id.product_id != line.product_id:
                raise ValidationError(
                    self.env._(
                        "Serial number %(lot)s belongs to %(other)s, not to %(product)s.",
                        lot=line.lot_id.name,
                        other=line.lot_id.product_id.display_name,
                        product=line.product_id.display_name,
                    )
                )
            if line.lot_id and line.product_id.tracking == "serial" and line.quantity != 1:
                raise ValidationError(
                    self.env._(
                        "Serial number %s is one piece: the quantity of its line is 1.", line.lot_id.name
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        rows = [{**NOTHING_YET, **self._without_findings(vals)} for vals in vals_list]
        lines = super(AftersalesRmaLine, self._without_presets()).create(rows)
        lines = lines.with_env(self.env)
        lines._refuse_when_settled()
        return lines

    def _without_findings(self, vals):
        return {name: value for name, value in vals.items() if self.env.su or name not in FINDINGS | COUNTED}

    def _without_presets(self):
        """The context presets none of them either."""
        presets = {f"default_{name}" for name in FINDINGS | COUNTED}
        context = {key: value for key, value in self.env.context.items() if key not in presets}
        return self if len(context) == len(self.env.context) else self.with_env(self.env(context=context))

    def write(self, vals):
        if not self.env.su and FINDINGS.intersection(vals):
            raise AccessError(
                self.env._("What was accepted and where it goes is written by the inspection alone.")
            )
        if not self.env.su and COUNTED.intersection(vals):
            raise AccessError(
                self.env._("What goods consist of and what came in is read off their transfers, not typed.")
            )
        self._refuse_when_settled()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_while_open(self):
        self._refuse_when_settled()

    def _refuse_when_settled(self):
        """Goods of a request that is under way are not exchanged for others."""
        settled = self.rma_id.filtered(lambda rma: rma.state not in rma_flow.OPEN_TO_CHANGE)
        if settled and not self.env.su:
            raise UserError(
                self.env._(
                    "The goods of %s have been asked for as they are. Refuse the return, so that "
                    "they can be changed, "
                    "or make another one.",
                    ", ".join(settled.mapped("display_name")),
                )
            )
