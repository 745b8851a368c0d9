from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

# Proof that a return validates its receipts itself and need not be told of them. An object: no client can
# send it.
FROM_RETURN = object()

# Proof that whoever changes done lines writes the log himself. An object, as above.
LOGGED_BELOW = object()

#: whose word the day of signing is, the weakest first
SIGNED_WORDS = [("customer", "Customer"), ("staff", "Customer service"), ("carrier", "Carrier")]


class StockPicking(models.Model):
    _inherit = "stock.picking"

    aftersales_rma_id = fields.Many2one(
        "aftersales.rma",
        "Return",
        index="btree_not_null",
        copy=False,
        check_company=True,
        ondelete="set null",
    )
    aftersales_signed_date = fields.Date(
        "Signed for on",
        copy=False,
        help="Day on the courier's slip; windows for returns count from it. Entered here it is the carrier's "
        "word, which counts before any other.",
    )
    aftersales_signed_word = fields.Selection(
        SIGNED_WORDS, "According to", readonly=True, copy=False, help="Whose word the day of signing is."
    )

    aftersales_return_count = fields.Integer("Number of returns", compute="_compute_aftersales_return_count")

    def _compute_aftersales_return_count(self):
        # sudo: a number; the list behind it checks access
        lines = self.env["aftersales.rma.line"].sudo()
        found = lines._read_group(
            [("origin_move_id.picking_id", "in", self.ids)], ["origin_move_id"], ["rma_id:recordset"]
        )
        returns = {}
        for move, rmas in found:
            returns[move.picking_id.id] = returns.get(move.picking_id.id, rmas) | rmas
        for picking in self:
            picking.aftersales_return_count = len(returns.get(picking._origin.id, ()))

    def action_aftersales_returns(self):
        """The returns of these goods; where there is none yet, a new one with all of them."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("aftersales_returns.aftersales_rma_action")
        # sudo: which order it was, for customer service without sales rights
        order = self.sudo().move_ids._aftersales_sold_with().order_id[:1]
        context = {
            "default_company_id": self.company_id.id,
            "default_partner_id": (order.partner_id or self.partner_id).id,
            "default_sale_order_id": order.id,
            "default_line_ids": [Command.create(row) for row in self._aftersales_return_rows()],
        }
        if not self.aftersales_return_count:
            return {**action, "views": [(False, "form")], "context": context}
        domain = [("line_ids.origin_move_id.picking_id", "=", self.id)]
        return {**action, "domain": domain, "context": context}

    def _aftersales_return_rows(self):
        """Values of return lines for all that was delivered: one for each number, else one a sold line."""
        rows = []
        moves = self.sudo().move_ids.filtered(
            lambda move: move._aftersales_sold_with() and move.state == "done"
        )  # sudo: as above
        for sold in moves._aftersales_sold_with().filtered(lambda line: not line._aftersales_is_gift()):
            own = moves.filtered(lambda move, sold=sold: move._aftersales_sold_with() == sold)
            kit = own.product_id != sold.product_id
            lots = own.move_line_ids.lot_id if not kit else own.move_line_ids.lot_id.browse()
            if lots:
                for lot in lots - own._aftersales_replaced_lots(sold):
                    pieces = own.move_line_ids.filtered(lambda part, lot=lot: part.lot_id == lot)
                    quantity = sum(pieces.mapped("quantity_product_uom"))
                    rows.append({"sale_line_id": sold.id, "lot_id": lot.id, "quantity": quantity})
            else:
                quantity = sold.qty_delivered if kit else sum(own.mapped("product_qty"))
                rows.append({"sale_line_id": sold.id, "quantity": quantity})
        return rows

    @api.constrains("aftersales_signed_date")
    def _check_aftersales_signed_date(self):
        for picking in self.filtered("aftersales_signed_date"):
            company = picking.company_id or self.env.company
            if picking.aftersales_signed_date > company._aftersales_today():
                raise ValidationError(
                    self.env._("%s cannot have been signed for in the future.", picking.display_name)
                )
            if picking._aftersales_is_signed_before_it_left():
                raise ValidationError(
                    self.env._("%s cannot have been signed for before it left.", picking.display_name)
                )

    def _aftersales_is_signed_before_it_left(self):
        """By the courier; what a customer says of a return is about all of its parcels, see there."""
        sent = min(self.move_ids.filtered(lambda move: move.state == "done").mapped("date"), default=None)
        if not sent or self.aftersales_signed_word != "carrier":
            return False
        company = self.company_id or self.env.company
        return self.aftersales_signed_date < company._aftersales_day(sent)

    def copy(self, default=None):
        """A person who duplicates; a backorder or a return by Odoo says what is to differ."""
        # sudo: the return behind the transfer, for a warehouse user without rights on returns
        of_returns = self.sudo().filtered("aftersales_rma_id") if not default else self.browse()
        if of_returns:
            raise UserError(
                self.env._(
                    "%(transfers)s is of %(rmas)s and moves its goods once. Tell customer service if more "
                    "goods are to come or to go.",
                    transfers=", ".join(of_returns.mapped("name")),
                    rmas=", ".join(of_returns.aftersales_rma_id.mapped("name")),
                )
            )
        return super().copy(default)

    def write(self, vals):
        if "aftersales_rma_id" in vals and not self.env.su:
            raise AccessError(self.env._("Which return a transfer belongs to is said by the return alone."))
        # in sudo a return says whose word it passes on; whoever works in Inventory has the courier's slip
        if {"aftersales_signed_date", "aftersales_signed_word"} & set(vals):
            told = self.env.su and vals.get("aftersales_signed_word")
            vals = {name: value for name, value in vals.items() if name != "aftersales_signed_word"}
            if "aftersales_signed_date" in vals:
                vals["aftersales_signed_word"] = vals["aftersales_signed_date"] and (told or "carrier")
        return super().write(vals)

    def _aftersales_signed(self):
        """(day, whose word) of the latest of these parcels of which it is known, or (False, False)."""
        known = self.filtered("aftersales_signed_date").sorted("aftersales_signed_date")[-1:]
        return known.aftersales_signed_date, known.aftersales_signed_word

    def _action_done(self):
        returns = self.filtered(
            lambda picking: picking.sudo().aftersales_rma_id
        )  # sudo: only whether there is one
        returns._aftersales_check_receipt()
        returns._aftersales_check_way_out()
        result = super()._action_done()
        returns._aftersales_follow()
        return result

    def _aftersales_follow(self):
        """The return follows what was validated in Inventory, by people without rights on returns."""
        if self.env.context.get("aftersales_validated_by") is FROM_RETURN:
            return
        done = self.filtered(lambda picking: picking.state == "done")
        # sudo: warehouse users have no rights on returns; the state follows the goods
        came = done.filtered(lambda p: p.picking_type_id.code == "incoming").sudo().aftersales_rma_id
        came._receipt_validated()
        left = (
            done.filtered(lambda p: p._aftersales_is_for_customer()).sudo().aftersales_rma_id
        )  # sudo: as above
        left._shipment_validated()

    def _aftersales_is_for_customer(self):
        """Whether the transfer brings goods of a return to the customer, in one step or several."""
        to_customer = self.location_dest_id.usage == "customer"
        return to_customer or bool(
            self.move_ids.sudo().aftersales_exchange_line_id
        )  # sudo: whether there is one

    def _aftersales_take_received(self):
        """What leaves quarantine are the pieces that were judged."""
        moves = self.move_ids.filtered("aftersales_received_move_id")
        moves._aftersales_take_like({move: move.aftersales_received_move_id.move_line_ids for move in moves})

    def _aftersales_announce_lots(self):
        """The number that is meant stands on the transfer; of several the warehouse says which one came."""
        for move in self.move_ids:
            lot = move.aftersales_rma_line_id.lot_id or move.origin_returned_move_id.move_line_ids.lot_id
            if len(lot) == 1:
                move._aftersales_take_lots({lot: move.product_uom_qty})

    def _aftersales_announce_again(self):
        """A return of something else from the same delivery empties the transfer, as 'Unreserve' does."""
        emptied = self.filtered(lambda picking: not any(picking.move_ids.mapped("quantity")))
        if emptied:
            emptied.action_assign()
        emptied._aftersales_announce_lots()

    def _create_backorder_picking(self):
        backorder = super()._create_backorder_picking()
        if self.sudo().aftersales_rma_id:  # sudo: what comes later belongs to the same return
            backorder.sudo().aftersales_rma_id = self.sudo().aftersales_rma_id
        return backorder

    def _aftersales_validate(self):
        """Validate in full, or say what stands in the way.

        What Odoo asks a person then has been answered: whoever inspects has the goods before him and says in
        which condition they are, expired or not.
        """
        if not self:
            return
        self.move_ids.picked = True
        self.with_context(skip_backorder=True, skip_sms=True, skip_expired=True).button_validate()
        left = self.filtered(lambda picking: picking.state != "done")
        if left:
            raise UserError(
                self.env._(
                    "%s could not be validated by itself. Open it in Inventory and validate it there.",
                    ", ".join(left.mapped("name")),
                )
            )


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _log_message(self, record, move, template, vals):
        if self.env.context.get("aftersales_logged_by") is LOGGED_BELOW:
            return None
        return super()._log_message(record, move, template, vals)
