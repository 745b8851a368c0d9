"""Whose returned goods are: the delivery to the customer knows it.

What was sold out of our own stock becomes ours again when it is accepted. What a supplier had left with us on
consignment had left as his, unvalued; accepted, it is his again: no value of ours, and no loss of ours.
"""

from odoo import models

from ..policy import disposition


class AftersalesRmaLine(models.Model):
    _inherit = "aftersales.rma.line"

    def _ownership(self):
        """{line: sold, consigned or foreign}."""
        owners = self._consignors()
        return {line: line._ownership_of(owners) for line in self}

    def _ownership_of(self, owners):
        if any(line == self for line, _lot in owners):
            return disposition.CONSIGNED
        return disposition.SOLD if self.sale_line_id else disposition.FOREIGN

    def _consignors(self):
        """{(line, serial number): supplier} of goods that had left as a supplier's; one read for all.

        Of a delivery that was ours in part and his in part nobody can tell the pieces apart without a serial
        number: they count as ours, and what he is owed is settled with him by hand.
        """
        # sudo: whose the goods were, for whoever receives them
        moves = self.sudo()._received_moves()
        origins = moves.origin_returned_move_id
        left = self.env["stock.move.line"].sudo().search_fetch([("move_id", "in", origins.ids)])  # sudo: same
        owners = {}
        for (origin, lot), rows in left.grouped(lambda row: (row.move_id, row.lot_id)).items():
            owner = rows.owner_id if all(row.owner_id for row in rows) else rows.owner_id.browse()
            if len(owner) != 1 or owner == origin.company_id.partner_id:
                continue
            for move in moves.filtered(lambda move, origin=origin: move.origin_returned_move_id == origin):
                line = move.aftersales_rma_line_id
                if line.lot_id in (lot.browse(), lot) and owner != line.partner_id:
                    owners[line, lot] = owner
        return owners

    def _owner_to_be(self, came, owners=None):
        """Who owns a piece that came in once it is taken over; empty: the company."""
        if owners is None:
            owners = self._consignors()
        return owners.get((self, came.lot_id), came.owner_id.browse())

    def _hand_to_owners(self, came):
        """Accepted pieces are the company's, or again the supplier's who had left them for sale."""
        # sudo: the finding says whose the goods are, whoever completes the inspection
        findings = self.sudo().rma_id.inspection_ids
        consigned = findings.filtered(lambda found: found.ownership == disposition.CONSIGNED).line_id & self
        owners = consigned._consignors() if consigned else {}
        for owner, rows in came.grouped(
            lambda row: row.move_id.aftersales_rma_line_id._owner_to_be(row, owners)
        ).items():
            rows.owner_id = owner
