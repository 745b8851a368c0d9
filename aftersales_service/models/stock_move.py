from odoo import fields, models

from ..policy import warranty


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        done = moves.filtered(lambda m: m.state == "done")
        out = done.filtered(lambda m: m.location_dest_id.usage == "customer" != m.location_id.usage)
        back = done.filtered(lambda m: m.location_id.usage == "customer" != m.location_dest_id.usage)
        out.move_line_ids._aftersales_issue_cards()
        back.move_line_ids._aftersales_suspend_cards()
        return moves

    def _aftersales_holder(self):
        """Whose warranty it is: the customer of the sale; a dropship's picking names the vendor."""
        return self.sale_line_id.order_id.partner_id or self.partner_id or self.picking_id.partner_id


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _aftersales_issue_cards(self):
        """Issue a warranty card for each delivered line, in one create; a second call finds them issued.

        What comes back to the customer after a repair or a failed return goes on with its old card.
        """
        # sudo: whoever delivers needs no rights on warranties
        cards = self.env["aftersales.warranty.card"].sudo()
        lines = self.sudo().filtered(lambda line: line._aftersales_plan().months)
        again = lines._aftersales_cards_again()
        for line, card in again.items():
            if card.ledger_state == warranty.SUSPENDED:
                card._enter(warranty.RESUME, reason=line.reference, move_line=line)
        fresh = lines.filtered(lambda line: line not in again)
        issued = cards.search([("move_line_id", "in", fresh.ids)]).move_line_id
        return cards.create([line._aftersales_card_vals() for line in fresh - issued])

    def _aftersales_cards_again(self):
        """{line: the card that its serial number, or its first delivery, has already}."""
        back = self.filtered("move_id.origin_returned_move_id")
        if not back:
            return {}
        cards = self.env["aftersales.warranty.card"].sudo()  # sudo: as in _aftersales_issue_cards
        by_lot, by_sale_line = cards._cards_of(
            back.lot_id, back.filtered(lambda line: not line.lot_id).move_id.sale_line_id
        )
        found = {
            line: by_lot.get(line.lot_id) if line.lot_id else by_sale_line.get(line.move_id.sale_line_id)
            for line in back
        }
        return {line: card for line, card in found.items() if card}

    def _aftersales_plan(self):
        product = self.product_id
        if product.type != "consu":
            return self.env["aftersales.warranty.plan"]
        own = product.product_tmpl_id.aftersales_warranty_plan_id
        return own or self.company_id._aftersales_warranty_plan()

    def _aftersales_card_vals(self):
        sale_line = self.move_id.sale_line_id
        company = self.company_id
        sold = sale_line.order_id.date_order
        return {
            "company_id": company.id,
            "partner_id": self.move_id._aftersales_holder().id,
            "product_id": self.product_id.id,
            "lot_id": self.lot_id.id,
            "quantity": self.quantity,
            "sale_line_id": sale_line.id,
            "move_line_id": self.id,
            "plan_id": self._aftersales_plan().id,
            "purchase_date": sold and company._aftersales_day(sold),
            "delivery_date": company._aftersales_day(self.date or fields.Datetime.now()),
        }

    def _aftersales_suspend_cards(self):
        """Goods that come back take their warranty along until it is decided what becomes of them."""
        # sudo: whoever receives goods needs no rights on warranties
        cards = self.env["aftersales.warranty.card"].sudo()
        lines = self.sudo()
        untracked = lines.filtered(lambda line: not line.lot_id)
        by_lot, by_sale_line = cards._cards_of(lines.lot_id, untracked.move_id.sale_line_id)
        for line in lines:
            card = by_lot.get(line.lot_id) if line.lot_id else by_sale_line.get(line.move_id.sale_line_id)
            whole = card and line.quantity >= card.quantity  # of several pieces the others stay covered
            if whole and card.ledger_state == warranty.ACTIVE:
                card._enter(warranty.SUSPEND, reason=line.reference, move_line=line)
