from odoo import Command, fields, models


class StockMove(models.Model):
    _inherit = "stock.move"

    aftersales_rma_line_id = fields.Many2one(
        "aftersales.rma.line", "Returned goods", index="btree_not_null", copy=False, ondelete="set null"
    )
    aftersales_disposed_line_id = fields.Many2one(
        "aftersales.rma.line",
        "Inspected goods",
        index="btree_not_null",
        copy=False,
        ondelete="set null",
        help="Goods of a return that this move takes out of quarantine.",
    )

    aftersales_received_move_id = fields.Many2one(
        "stock.move",
        "Received with",
        index="btree_not_null",
        copy=False,
        ondelete="set null",
        help="The receipt into quarantine of what this move takes out of it.",
    )
    aftersales_exchange_line_id = fields.Many2one(
        "aftersales.rma.line",
        "Replacement for",
        index="btree_not_null",
        copy=False,
        ondelete="set null",
        help="Goods of a return that this move replaces at the customer's.",
    )

    aftersales_times_promised = fields.Integer(
        "Times promised back",
        readonly=True,
        copy=False,
        help="Counted up by each approval that takes back goods of this delivery; makes two at once "
        "wait for each other.",
    )

    def _prepare_merge_moves_distinct_fields(self):
        """Goods of two lines of a return stay two moves, also where they came with one delivery."""
        own = ["aftersales_rma_line_id", "aftersales_exchange_line_id", "aftersales_received_move_id"]
        return [*super()._prepare_merge_moves_distinct_fields(), *own]

    def _prepare_move_split_vals(self, qty):
        """The rest of a partial receipt, or of what leaves quarantine, belongs to the same line."""
        own = (
            "aftersales_rma_line_id",
            "aftersales_exchange_line_id",
            "aftersales_disposed_line_id",
            "aftersales_received_move_id",
        )
        return {**super()._prepare_move_split_vals(qty), **{name: self[name].id for name in own}}

    def _trigger_scheduler(self):
        """What comes from a customer takes nothing off a shelf that would have to be filled up again."""
        return super(
            StockMove, self.filtered(lambda move: not move.aftersales_rma_line_id)
        )._trigger_scheduler()

    def _aftersales_read_together(self):
        """Read at once what their returns are made of: else Odoo asks for each move by itself."""
        for records in (self, self.picking_id):
            records.mapped("display_name")
            records.fetch([name for name, field in records._fields.items() if field.copy and field.store])
        self.returned_move_ids.mapped("aftersales_rma_line_id")
        chained = self.move_orig_ids | self.move_dest_ids
        chained.mapped("state")
        sold = self.sale_line_id
        sold.order_id.mapped("name")
        sold.fetch(["product_no_variant_attribute_value_ids", "product_custom_attribute_value_ids"])

    def _aftersales_take_lots(self, quantities):
        """Make the move be of just these lots: {lot: quantity in the move's unit}."""
        self.ensure_one()
        self.move_line_ids.unlink()
        self.move_line_ids = [
            Command.create(
                {
                    **self._prepare_move_line_vals(quantity=0),
                    "lot_id": lot.id,
                    "quantity": quantity,
                    "product_uom_id": self.product_uom.id,
                }
            )
            for lot, quantity in quantities.items()
        ]

    def _aftersales_take_like(self, came):
        """Take out of quarantine the very pieces that came in, from where they lie: place, package, lot and
        owner of each of their lines.

        A reservation would choose by age, and take another customer's piece of the same article.

        :param came: {move: the lines that brought its goods in}
        """
        self.move_line_ids.unlink()
        self.env["stock.move.line"].create(
            [
                {
                    **move._prepare_move_line_vals(quantity=0),
                    "location_id": row.location_dest_id.id,
                    "package_id": row.result_package_id.id,
                    "lot_id": row.lot_id.id,
                    "owner_id": row.owner_id.id,
                    "quantity": row.quantity,
                    "product_uom_id": row.product_uom_id.id,
                }
                for move in self
                for row in came[move]
            ]
        )

    def _aftersales_qty(self):
        """Quantity in the product's unit: what was done, or what is expected while it is under way."""
        quantity = self.quantity if self.state == "done" else self.product_uom_qty
        if self.product_uom == self.product_id.uom_id:  # nearly always: without a look at the unit
            return quantity
        return self.product_uom._compute_quantity(quantity, self.product_id.uom_id)

    def _aftersales_qty_of(self, lot):
        """The part of it that is of ``lot``: by the line that announced it, which a rest to come keeps."""
        announced = self.sudo().aftersales_rma_line_id.lot_id  # sudo: as whoever asks for what is left
        if announced:
            return self._aftersales_qty() if announced == lot else 0.0
        came = self.move_line_ids.filtered(lambda line: line.lot_id == lot)
        return sum(came.mapped("quantity_product_uom"))
