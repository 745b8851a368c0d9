from odoo import Command, api, fields, models


class StockReturnPicking(models.TransientModel):
    _inherit = "stock.return.picking"

    aftersales_rma_id = fields.Many2one("aftersales.rma", "Return", help="Whose goods come back by it.")

    def _prepare_picking_default_values_based_on(self, picking):
        vals = super()._prepare_picking_default_values_based_on(picking)
        # sudo: the transfer follows from the return, whose event was allowed
        rma = self.aftersales_rma_id.sudo()
        if rma:
            return {**vals, **rma._prepare_receipt_vals()}
        rma = rma.browse(self.env.context.get("aftersales_way_back_id") or [])
        return {**vals, **rma._prepare_way_back_vals(picking)} if rma else vals

    @api.model
    def _aftersales_create_returns(self, parts):
        """What ``_create_return`` does, for many forms at once: the same hooks, one create, one confirmation.

        The forms are not stored, and filled in anew after each thing that may empty the memory.

        :param parts: {(return, delivery): see ``_return_wizard``}
        :return: the transfers, in the order of the forms
        """
        transfers = self.env["stock.picking"]
        sent = transfers.move_ids.concat(
            *(move for rows in parts.values() for _line, move, _quantity in rows)
        )
        sent = sent.sudo()  # sudo: as in _create_receipts
        sent._aftersales_read_together()
        next_moves = sent.move_dest_ids
        next_moves.filtered(_waits_for_delivery)._do_unreserve()
        wizards = [rma._return_wizard(picking, rows) for (rma, picking), rows in parts.items()]
        # the first line of their log says what they are returns of
        quiet = transfers.with_context(mail_create_nolog=True)
        values = [wizard._aftersales_transfer_vals() for wizard in wizards]
        transfers |= quiet.create(values).with_env(self.env)
        wizards = [rma._return_wizard(picking, rows) for (rma, picking), rows in parts.items()]
        moves = [
            row._aftersales_move_vals(transfer)
            for wizard, transfer in zip(wizards, transfers, strict=True)
            for row in wizard.product_return_moves
            if not row.uom_id.is_zero(row.quantity)
        ]
        self.env["stock.move"].create(moves)
        self._aftersales_log_origin(transfers)
        transfers.action_confirm()
        # what the reservation of each move looks at
        (transfers.move_ids.move_orig_ids | sent.move_dest_ids).move_line_ids.mapped("picking_id")
        transfers.action_assign()
        self._reset_carrier_id(transfers)
        return transfers

    def _aftersales_transfer_vals(self):
        """Values of the return of the form's delivery, a copy of it."""
        [vals] = self.picking_id.copy_data(self._prepare_picking_default_values())
        return {**vals, "user_id": False}

    @api.model
    def _aftersales_log_origin(self, transfers):
        """Odoo's own sentence in the log of each transfer, written in bulk."""
        render = self.env["ir.qweb"]._render
        bodies = {
            transfer.id: render(
                "mail.message_origin_link",
                {"self": transfer, "origin": transfer.return_id},
                minimal_qcontext=True,
                raise_if_not_found=False,
            )
            for transfer in transfers
        }
        transfers._message_log_batch(bodies)


class StockReturnPickingLine(models.TransientModel):
    _inherit = "stock.return.picking.line"

    aftersales_rma_line_id = fields.Many2one("aftersales.rma.line", "Returned goods")

    def _prepare_move_default_values(self, new_picking):
        vals = super()._prepare_move_default_values(new_picking)
        if self._aftersales_turns_around():
            vals["to_refund"] = False
        return {**vals, "aftersales_rma_line_id": self.aftersales_rma_line_id.id}

    def _aftersales_turns_around(self):
        """Whether goods of a return go back by hand that still count as delivered: never taken off, they are
        not added a second time.
        """
        # sudo: the return behind the receipt, for a warehouse user without rights on returns
        return bool(self.move_id.sudo().aftersales_rma_line_id) and not self.move_id.to_refund

    def _aftersales_move_vals(self, transfer):
        """Values of the move back: a copy of the delivery's, linked as ``_process_line`` links it."""
        sent = self.move_id
        [vals] = sent.copy_data(self._prepare_move_default_values(transfer))
        before, after = sent.move_orig_ids.returned_move_ids, sent.move_dest_ids
        came_from = after.returned_move_ids | sent | _alive(_alive(after).move_orig_ids)
        goes_to = before | _alive(_alive(before.move_orig_ids).move_dest_ids)
        return {
            **vals,
            "sale_line_id": sent._aftersales_sold_with().id,
            "move_orig_ids": [Command.link(move.id) for move in came_from],
            "move_dest_ids": [Command.link(move.id) for move in goes_to],
        }


def _waits_for_delivery(move):
    """A next step of the delivery that has not been made; another return of it is none."""
    return move.state not in ("done", "cancel") and not move.origin_returned_move_id


def _alive(moves):
    return moves.filtered(lambda move: move.state != "cancel")


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    def _prepare_receipt_vals(self):
        """Into quarantine, as the customer's property: not for sale and worth nothing in the books."""
        return {
            "picking_type_id": self.warehouse_id.aftersales_return_type_id.id,
            "location_dest_id": self.warehouse_id.aftersales_quarantine_id.id,
            "partner_id": self.partner_id.id,
            "owner_id": self.partner_id.id,
            "aftersales_rma_id": self.id,
            "origin": self.name,
        }

    def _prepare_way_back_vals(self, receipt):
        """Out of quarantine to the customer, still his property."""
        return {
            "picking_type_id": self.warehouse_id.out_type_id.id,
            "location_id": receipt.location_dest_id.id,
            "location_dest_id": receipt.location_id.id,
            "partner_id": self.partner_id.id,
            "owner_id": self.partner_id.id,
            "aftersales_rma_id": self.id,
            "origin": self.name,
        }
