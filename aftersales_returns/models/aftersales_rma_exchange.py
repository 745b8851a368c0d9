"""Goods that replace returned ones: set aside at the approval, shipped after the inspection or in advance.

The replacement is one procurement for each line of the return, by the route of the sale, and every move it
leads to names that line. Until goods are owed its transfers cannot be validated. Shipped in advance, the
replacement counts as delivered once its counterpart was accepted: before that the customer has been sold
one piece, not two. What he keeps in the end without giving back is invoiced (a draft, for finance to post).

Another article than the one returned is a line of the same order: one document credits the one at what was
paid for it and invoices the other, so that the difference is right to the cent.
"""

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.aftersales_service.models.whole_rows import WholeRows
from odoo.addons.aftersales_service.policy import lifecycle

from ..policy import rma_flow

#: actions of a rule that lead to a transfer of ours to the customer
FROM_STOCK = ("pull", "pull_push")


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    is_advance = fields.Boolean(
        "Ship the replacement first",
        copy=False,
        help="The replacement leaves at once. What does not come back in the time of custody is invoiced.",
    )
    exchange_invoice_ids = fields.One2many(
        "account.move",
        "aftersales_exchange_rma_id",
        "Exchange invoices",
        readonly=True,
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    exchange_invoice_count = fields.Integer(
        "Number of exchange invoices", compute="_compute_exchange_invoice_count"
    )

    @api.depends("state")
    def _compute_exchange_invoice_count(self):
        # sudo: a number on the button; the list behind it checks access
        counts = dict(
            self.env["account.move"]
            .sudo()
            ._read_group(
                [("aftersales_exchange_rma_id", "in", self.ids)], ["aftersales_exchange_rma_id"], ["__count"]
            )
        )
        for rma in self:
            rma.exchange_invoice_count = counts.get(rma._origin, 0)

    @api.constrains("is_advance", "resolution")
    def _check_advance(self):
        for rma in self:
            if rma.is_advance and rma.resolution != "exchange":
                raise ValidationError(
                    self.env._(
                        "%s: only a replacement can be shipped first. Choose 'Exchange', or clear the mark.",
                        rma.display_name,
                    )
                )

    # === SET ASIDE, RELEASE, GIVE FREE === #

    def _on_approve(self):
        super()._on_approve()
        waiting = self.filtered(lambda rma: rma.resolution == "exchange" and rma.state == rma_flow.APPROVED)
        (waiting - waiting._left_to_the_clock())._set_replacements_aside()

    def _on_prepare_receipt(self):
        super()._on_prepare_receipt()
        self.filtered(lambda rma: rma.resolution == "exchange")._set_replacements_aside()

    def _set_replacements_aside(self):
        """Reserve what the customer will get, so that nobody else is sold it meanwhile."""
        for rma in self:
            lines = rma.sudo().line_ids  # sudo: as in _create_receipts
            lines.filtered(lambda line: line._is_replaceable())._procure_replacements()

    def _create_exchange_deliveries(self):
        """Of what was set aside, ship what the inspection accepted; no more and no less."""
        for rma in self:
            lines = rma.sudo().line_ids.filtered(lambda line: line._is_replaceable())  # sudo: as above
            changed = lines.filtered(lambda line: line._replacement_qty() != line.accepted_qty)
            changed._cancel_replacements()
            changed._procure_replacements()
            lines._settle_difference()
            kept = lines._kept_replacements()
            rma._invoice_kept(kept)

    def _give_replacements_free(self):
        """No exchange after all: what waits is free again, what has left in advance is invoiced."""
        for rma in self:
            lines = rma.sudo().line_ids  # sudo: as above
            lines._cancel_replacements()
            rma._invoice_kept(lines._kept_replacements())

    def _on_pass_to_shipment(self):
        super()._on_pass_to_shipment()
        sent_ahead = self.filtered(lambda rma: rma.is_advance and not rma._open_shipments())
        sent_ahead._fire("ship", actor=lifecycle.SYSTEM, reason=self.env._("Shipped in advance."))

    def _on_pass_to_refund(self):
        self._give_replacements_free()
        super()._on_pass_to_refund()

    def _on_waive_goods(self):
        self._give_replacements_free()
        super()._on_waive_goods()

    def _on_accept_by_silence(self):
        self._give_replacements_free()
        super()._on_accept_by_silence()

    def _on_close(self):
        super()._on_close()
        self._give_replacements_free()

    def _on_cancel(self):
        super()._on_cancel()
        self._give_replacements_free()

    def _on_reject(self):
        self._give_replacements_free()

    def _on_charge_kept(self):
        """The time of custody is over: the return ends, and what the customer kept is invoiced."""
        self._cancel_open_receipts()
        self._give_replacements_free()

    # === WHEN IT LEAVES === #

    def _may_ship_replacement(self):
        if self.state == rma_flow.TO_SHIP:
            return True
        return self.is_advance and self.state in (
            rma_flow.APPROVED,
            rma_flow.IN_TRANSIT,
            rma_flow.RECEIVED,
            rma_flow.INSPECTED,
        )

    def _shipment_validated(self):
        gone = self.filtered(lambda rma: rma.state == rma_flow.APPROVED and rma._has_left_ahead())
        gone._fire("ship_ahead", actor=lifecycle.SYSTEM)
        super()._shipment_validated()

    def _has_left_ahead(self):
        """The first parcel of an advance exchange, which custody begins with, or the last one has left."""
        return self._is_ahead() and (self.next_kind != "custody" or not self._open_shipments())

    def _is_ahead(self):
        """A replacement has left and nothing has come back for it yet."""
        lines = self.sudo().line_ids  # sudo: what has left, for whoever fires the event
        return self.is_advance and any(line._replacement_shipped() for line in lines)

    def _terms(self, kind):
        if kind in ("send_back", "goods_back") and self._is_ahead():
            return None  # custody takes their place: its end has another consequence
        if kind == "custody" and not self._is_ahead():
            return None
        return super()._terms(kind)

    # === MONEY === #

    def _invoice_kept(self, kept):
        """Draft invoices, one an order, of replacements kept without giving anything back.

        :param kept: {line: quantity in the product's unit}
        """
        for order, lines in self._lines_by_order(kept).items():
            rows = []
            for line in lines:
                sold = line._sell_replacement(kept[line])
                unit = line._replacement_product().uom_id
                rows.append(
                    sold._prepare_invoice_line(
                        quantity=unit._compute_quantity(kept[line], sold.product_uom_id)
                    )
                )
                line.exchange_charged_qty += kept[line]
                self.env.add_to_compute(sold._fields["qty_delivered"], sold)
            self._create_exchange_document(order, rows, self.env._("Kept after an exchange: %s", self.name))

    def _lines_by_order(self, lines):
        orders = {}
        for line in lines:
            orders.setdefault(line.sale_line_id.order_id, []).append(line)
        return orders

    def _create_exchange_document(self, order, rows, reference):
        """A draft invoice, or a credit note where more is given back than owed."""
        values = {
            **order._prepare_invoice(),
            "ref": reference,
            "aftersales_exchange_rma_id": self.id,
            "invoice_line_ids": [Command.create(row) for row in rows],
        }
        # sudo: customer service settles exchanges without accounting rights; finance posts the draft
        document = self.env["account.move"].sudo().create(values)
        if document.amount_total < 0:
            document.action_switch_move_type()
        self.message_post(
            body=self.env._(
                "A draft of %(amount)s was made for the exchange; finance posts it.",
                amount=document.currency_id.format(document.amount_total_in_currency_signed),
            ),
            message_type="notification",
        )
        return document

    def action_view_exchange_invoices(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account.action_move_out_invoice_type")
        return {**action, "domain": [("aftersales_exchange_rma_id", "=", self.id)], "context": {}}


class AftersalesRmaLine(models.Model):
    _inherit = "aftersales.rma.line"

    exchange_product_id = fields.Many2one(
        "product.product",
        "Exchanged for",
        domain="[('sale_ok', '=', True), ('type', '=', 'consu')]",
        help="Empty: the same article. Another one is a line of the same order; the difference is invoiced "
        "or credited.",
    )
    exchange_move_ids = WholeRows(
        "stock.move", "aftersales_exchange_line_id", "Replacement moves", readonly=True
    )
    exchange_sale_line_id = fields.Many2one(
        "sale.order.line", "Sold instead", readonly=True, copy=False, index="btree_not_null"
    )
    exchange_charged_qty = fields.Float("Kept and invoiced", readonly=True, copy=False, digits="Product Unit")

    def _is_replaceable(self):
        return bool(self.rma_id.resolution == "exchange" and self.sale_line_id and not self.is_unexpected)

    def _replacement_product(self):
        return self.exchange_product_id or self.product_id

    def _is_other_product(self):
        return bool(self.exchange_product_id) and self.exchange_product_id != self.product_id

    # === PIECES === #

    def _replacement_qty(self):
        """Pieces on their way to the customer or there, in units of the line."""
        return self._units_of_replacement(lambda move: move._aftersales_is_last_step())

    def _replacement_shipped(self):
        """Pieces that have reached the customer."""
        return self._units_of_replacement(
            lambda move: move.state == "done" and move.location_dest_id.usage == "customer"
        )

    def _units_of_replacement(self, wanted):
        moves = self.exchange_move_ids.filtered(wanted)
        pieces = [(move, move._aftersales_qty()) for move in moves]
        if self._is_other_product():
            return sum(quantity for _move, quantity in pieces)
        return self._units_in(pieces)

    def _kept_replacements(self):
        """{line: pieces shipped in advance for which nothing was accepted and nothing invoiced yet}."""
        kept = {}
        for line in self:
            left = line._replacement_shipped() - line.accepted_qty - line.exchange_charged_qty
            if line.product_uom_id.compare(left, 0) > 0 and line._is_replaceable():
                kept[line] = left
        return kept

    # === PROCUREMENT === #

    def _procure_replacements(self):
        """One procurement a line, for what is not on its way yet."""
        # sudo: customer service exchanges goods without stock rights; the event was allowed
        procurements = [
            line._exchange_procurement(product, pieces)
            for line in self
            if (missing := line._replacement_missing()) > 0
            for product, pieces in line._goods_to_procure(missing)
        ]
        if procurements:
            self.env["stock.rule"].sudo().run(procurements)  # sudo: as above
        moves = self.sudo().exchange_move_ids  # sudo: as above
        moves.picking_id.filtered(lambda picking: picking.state == "draft").action_confirm()
        moves.filtered(lambda move: move.state in ("confirmed", "partially_available"))._action_assign()

    def _replacement_missing(self):
        return self._replacement_due() - self._replacement_qty()

    def _replacement_due(self):
        """Pieces the customer gets in all: what was accepted, before the inspection what was asked for."""
        return self.accepted_qty if self.rma_id.inspected_at else self.quantity

    def _goods_to_procure(self, quantity):
        """[(product, pieces)] of so many replacements; of a kit the parts that were sold, see there."""
        return [(self._replacement_product(), quantity)]

    def _exchange_procurement(self, product, quantity):
        """A replacement leaves our warehouse, also of goods that the supplier sends to customers himself.

        What he sends is no transfer that could wait for the inspection, and each step would order again.
        """
        sold = self.sale_line_id
        values = {
            **sold._prepare_procurement_values(),
            "date_planned": fields.Datetime.now(),
            "aftersales_exchange_line_id": self.id,
        }
        if self._is_other_product():
            values.update(sale_line_id=self.exchange_sale_line_id.id, product_description_variants="")
        place = sold.order_id.partner_shipping_id.property_stock_customer
        # sudo: the rules of the warehouse, whoever exchanges
        rule = self.env["stock.rule"].sudo()._get_rule(product, place, values)
        if rule.action not in FROM_STOCK:
            values["route_ids"] = self.rma_id.warehouse_id.delivery_route_id
        return self.env["stock.rule"].Procurement(
            product,
            quantity,
            product.uom_id,
            place,
            product.display_name,
            self.rma_id.name,
            self.company_id,
            values,
        )

    def _cancel_replacements(self):
        self.exchange_move_ids.filtered(lambda move: move.state not in ("done", "cancel"))._action_cancel()

    def _sell_replacement(self, quantity):
        """The line of the order that replacements are sold with; the order asks for so many more."""
        known = self.exchange_sale_line_id if self._is_other_product() else self.sale_line_id
        if not known:
            return self._sell_other_product(quantity)
        known._aftersales_order(self._replacement_product().uom_id, quantity)
        return known

    # === ANOTHER ARTICLE === #

    def _sell_other_product(self, quantity):
        """A line of the same order, at its price list; its delivery is under way already."""
        order = self.sale_line_id.order_id
        locked, order.locked = order.locked, False
        sold = (
            self.env["sale.order.line"]
            .with_context(skip_procurement=True)
            .create(
                {
                    "order_id": order.id,
                    "product_id": self.exchange_product_id.id,
                    "product_uom_qty": quantity,
                    "product_uom_id": self.exchange_product_id.uom_id.id,
                }
            )
        )
        order.locked = locked
        self.exchange_sale_line_id = sold
        self.exchange_move_ids.filtered(lambda move: move.state != "cancel").sale_line_id = sold
        self.env.add_to_compute(sold._fields["qty_delivered"], sold)
        return sold

    def _settle_difference(self):
        """Credit what came back and invoice what is sent instead, in one draft for each order."""
        others = self.filtered(
            lambda line: line._is_other_product() and (line._exchanged_qty() > 0 or line._settled_qty() > 0)
        )
        others = others.filtered(lambda line: not line._difference_documents())  # that one stands
        for rma in others.rma_id:
            for order, lines in rma._lines_by_order(others & rma.line_ids).items():
                rows = [row for line in lines for row in line._difference_rows()]
                if rows:
                    reference = self.env._("Exchange: %s", rma.name)
                    rma._create_exchange_document(order, rows, reference)

    def _difference_rows(self):
        """Invoice lines of one exchanged line; none where the sale was not invoiced yet.

        Then the order itself is invoiced later, and holds what was exchanged.
        """
        pieces = self._exchanged_qty()
        more = pieces - self._settled_qty()
        sold = self._sell_replacement(more)
        credits = self._credit_rows(pieces)
        self._order_less(more)
        if not credits:
            return []
        return [sold._prepare_invoice_line(quantity=pieces), *credits]

    def _exchanged_qty(self):
        """Accepted pieces that another article is given for; where the rest gets money, what has left."""
        if self.rma_id.state == rma_flow.TO_REFUND:
            return min(self.accepted_qty, self._replaced_qty())
        return self.accepted_qty

    def _settled_qty(self):
        """Pieces that the order holds as exchanged already."""
        return self.accepted_qty if self.exchange_sale_line_id else 0.0

    def _credit_rows(self, pieces):
        """What was paid for these pieces: their invoice lines once more, with the sign turned."""
        left, rows = pieces, []
        for invoice_line in self._creditable_invoice_lines():
            part = min(left, self._room_on(invoice_line))
            if part > 0:
                left -= part
                quantity = self.product_id.uom_id._compute_quantity(part, invoice_line.product_uom_id)
                rows.append(
                    {
                        "name": invoice_line.name,
                        "product_id": invoice_line.product_id.id,
                        "product_uom_id": invoice_line.product_uom_id.id,
                        "quantity": -quantity,
                        "price_unit": invoice_line.price_unit,
                        "discount": invoice_line.discount,
                        "tax_ids": [Command.set(invoice_line.tax_ids.ids)],
                        "account_id": invoice_line.account_id.id,
                        "analytic_distribution": invoice_line.analytic_distribution,
                        "sale_line_ids": [Command.set(self.sale_line_id.ids)],
                        "aftersales_rma_line_id": self.id,
                        "aftersales_origin_line_id": invoice_line.id,
                    }
                )
        return rows

    def _order_less(self, pieces):
        """The order no longer asks for what came back; nothing is to be delivered or invoiced for it."""
        self.sale_line_id._aftersales_order(self.product_id.uom_id, -pieces)


class AccountMove(models.Model):
    _inherit = "account.move"

    aftersales_exchange_rma_id = fields.Many2one(
        "aftersales.rma", "Exchange", index="btree_not_null", copy=False, readonly=True, ondelete="restrict"
    )


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        """Odoo sells at once what leaves with an order's transfer and is on none of its lines. Another
        article that is shipped in advance is sold when the goods come back, or when they are kept.
        """
        return super().create([vals for vals in vals_list if not self._aftersales_is_sold_later(vals)])

    @api.model
    def _aftersales_is_sold_later(self, vals):
        """Whether Odoo wants this line for replacements that have just left."""
        ids = [command[1] for command in vals.get("move_ids") or () if command[0] == Command.LINK]
        # sudo: what the transfer is for, for a warehouse user without rights on returns
        moves = self.env["stock.move"].sudo().browse(ids)
        return bool(moves) and all(move.aftersales_exchange_line_id for move in moves)

    def _aftersales_order(self, unit, quantity):
        """Ask for so many more, or fewer, of what has gone its way already; nothing is procured."""
        order = self.order_id
        locked, order.locked = order.locked, False
        more = unit._compute_quantity(quantity, self.product_uom_id)
        self.with_context(skip_procurement=True).product_uom_qty += more
        order.locked = locked

    def _get_outgoing_incoming_moves(self, strict=True):
        """A replacement shipped in advance is no second delivery until its counterpart has come back."""
        outgoing, incoming = super()._get_outgoing_incoming_moves(strict=strict)
        # sudo: how far the exchange is, for whoever looks at the order
        early = outgoing.sudo().filtered(
            lambda move: move.aftersales_exchange_line_id and not move._aftersales_counts()
        )
        return outgoing - early.sudo(False), incoming


class StockMove(models.Model):
    _inherit = "stock.move"

    def _aftersales_counts(self):
        """Whether a replacement is part of what the order has delivered."""
        line = self.aftersales_exchange_line_id
        return not line.rma_id.is_advance or line.accepted_qty > 0 or line.exchange_charged_qty > 0

    def _key_assign_picking(self):
        # sudo: replacements of a return travel by themselves, whoever starts the procurement
        return (*super()._key_assign_picking(), self.sudo().aftersales_exchange_line_id.rma_id)

    def _search_picking_for_assignation_domain(self):
        rma = self.sudo().aftersales_exchange_line_id.rma_id  # sudo: as above
        return [*super()._search_picking_for_assignation_domain(), ("aftersales_rma_id", "=", rma.id)]

    def _get_new_picking_values(self):
        rma = self.sudo().aftersales_exchange_line_id.rma_id[:1]  # sudo: as above
        own = {"aftersales_rma_id": rma.id} if rma else {}
        return {**super()._get_new_picking_values(), **own}

    def _prepare_procurement_values(self):
        values = super()._prepare_procurement_values()
        if self.aftersales_exchange_line_id:
            values["aftersales_exchange_line_id"] = self.aftersales_exchange_line_id.id
        return values


class StockRule(models.Model):
    _inherit = "stock.rule"

    def _get_custom_move_fields(self):
        return [*super()._get_custom_move_fields(), "aftersales_exchange_line_id"]

    def _push_prepare_move_copy_values(self, move_to_copy, new_date):
        values = super()._push_prepare_move_copy_values(move_to_copy, new_date)
        return {**values, "aftersales_exchange_line_id": move_to_copy.aftersales_exchange_line_id.id}


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _action_done(self):
        self._aftersales_hold_replacements()
        return super()._action_done()

    def _aftersales_hold_replacements(self):
        """What was set aside for an exchange leaves when the goods are owed, not before."""
        for picking in self:
            # sudo: how far the return is, for a warehouse user without rights on returns
            rma = picking.sudo().move_ids.aftersales_exchange_line_id.rma_id
            early = rma.filtered(lambda rma: not rma._may_ship_replacement())
            if early:
                raise UserError(
                    self.env._(
                        "%(transfer)s is set aside for %(rma)s and waits until the returned goods have been "
                        "inspected. It can be validated once customer service sends the goods.",
                        transfer=picking.name,
                        rma=", ".join(early.mapped("name")),
                    )
                )


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _aftersales_card_vals(self):
        """The replacement goes on with the warranty of what it replaces: the rest of its time."""
        vals = super()._aftersales_card_vals()
        line = self.move_id.aftersales_exchange_line_id
        card = line._card_to_hand_on() if line else False
        if card:
            vals.update(start_date=card.start_date, end_date=card.last_day)
        return vals


class AftersalesRmaLineWarranty(models.Model):
    _inherit = "aftersales.rma.line"

    def _card_to_hand_on(self):
        """The card of the goods that were given back, also when it is void by now."""
        domain = [("lot_id", "=", self.lot_id.id)] if self.lot_id else [("lot_id", "=", False)]
        sold = [self.sale_line_id.id, *([False] if self.lot_id else [])]  # what was sent again was not sold
        domain += [("sale_line_id", "in", sold), ("last_day", "!=", False)]
        # sudo: whoever ships needs no rights on warranties
        cards = self.env["aftersales.warranty.card"].sudo()
        return cards.search([*domain, ("move_line_id.move_id.aftersales_exchange_line_id", "!=", self.id)],
                            order="start_date desc, id desc", limit=1)  # fmt: skip
