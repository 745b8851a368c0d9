"""Kits at the inspection station: one line of the return, scanned by its parts.

The station waits for the components, tells which of them a kit still lacks, and counts whole kits on the
line. What the parts of a kit are stands in aftersales_rma_bundle.py, what a scan of one means in
policy/scan.py.
"""

import dataclasses
from collections import Counter

from odoo import fields, models
from odoo.exceptions import UserError

from ..policy import scan


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    def _station_expected(self, with_numbers=False):
        """The articles are read together: those of the lines and those that kits consist of."""
        parts = [product_id for line in self.line_ids for product_id, _need in line.kit_needs or ()]
        if parts:
            goods = self.env["product.product"].browse({*parts, *self.line_ids.product_id.ids})
            goods.mapped("display_name")
        return super()._station_expected(with_numbers)

    def _station_count_parts(self, line, pieces):
        """Count parts of a kit.

        :param pieces: [(component id, how many, number or None)]
        """
        entry = {"step": "count", "pieces": [[line.id, many, part, number] for part, many, number in pieces]}
        rows = line._station_with(self._station_expected(), pieces)
        finding = line._station_finding()
        numbered = [row for row in rows if row.by_number]
        if finding and not finding.serial_matches and numbered and all(row.is_full for row in numbered):
            entry.update(finding=finding.id, before={"serial_matches": False})
            finding.serial_matches = "yes"
        counted = {part for part, _many, _number in pieces}
        told = [line._station_part_told(row) for row in rows if row.part in counted]
        return self._answer(scan.COUNTED, " · ".join([*told, line._station_kit_told(rows)]), line, **entry)

    def _station_all_parts(self, line):
        """Everything of the kits that has no number is here."""
        rows = [row for row in self._station_expected() if row.line == line.id]
        left = [(row.part, row.missing, None) for row in rows if row.missing and not row.by_number]
        if not left:
            raise UserError(self.env._("There is nothing to add to %s.", line.display_name))
        return self._station_count_parts(line, left)

    def _station_kits_lacking(self, expected):
        """A sentence for each kit that something was scanned of, but not everything."""
        told = []
        for line in self._station_lines().filtered("is_kit"):
            rows = [row for row in expected if row.line == line.id]
            if any(row.seen for row in rows) and any(row.missing for row in rows):
                told.append(f"{line._station_kit_told(rows)}: {line._station_missing_told(rows)}.")
        return told


class AftersalesRmaLine(models.Model):
    _inherit = "aftersales.rma.line"

    def _station_expected_parts(self, phase, seen, taken, numbers):
        """What the station waits for of a kit: a row for each component."""
        receiving = phase == scan.RECEIVING
        rows = []
        for product, need in self._kit_parts().items():
            key = (self.id, product.id)
            moves = self._station_part_moves(product, receiving)
            came = 0.0 if receiving else sum(move._aftersales_qty() for move in moves)
            rows.append(
                scan.Expected(
                    line=self.id,
                    product=product.id,
                    codes=tuple(filter(None, (product.barcode, product.default_code))),
                    by_number=product.tracking != "none",
                    quantity=self.quantity * need if receiving else came,
                    seen=seen.get(key, 0),
                    part=product.id,
                    need=need,
                    numbers=tuple(name for move in moves for name in numbers.get(move, ())),
                    is_unique=product.tracking == "serial",
                    taken=taken.get(key, ()),
                )
            )
        return rows

    def _station_part_moves(self, product, receiving):
        """Moves that bring the component in; after the receipt those that did."""
        moves = self.return_move_ids.filtered(lambda move: move.product_id == product)
        return moves.filtered(lambda move: move.state != "cancel" if receiving else move.state == "done")

    def _station_numbers(self, phase):
        """{move: numbers that its pieces may have}: those delivered, then those that came in."""
        if all(product.tracking == "none" for line in self for product in line._kit_parts()):
            return {}
        told = {
            move: move.origin_returned_move_id if phase == scan.RECEIVING else move
            for move in self.return_move_ids
        }
        rows = self.env["stock.move.line"].search_fetch(
            [("move_id", "in", [move.id for move in told.values()]), ("lot_id", "!=", False)],
            ["move_id", "lot_id"],
        )
        names = rows.grouped("move_id")
        return {move: names[source].lot_id.mapped("name") for move, source in told.items() if source in names}

    def _station_with(self, expected, pieces):
        """The rows of this line, ``pieces`` counted."""
        rows = [row for row in expected if row.line == self.id]
        more = {part: many for part, many, _number in pieces}
        return [dataclasses.replace(row, seen=row.seen + more.get(row.part, 0)) for row in rows]

    # === WORDS === #

    def _station_name(self, part=None):
        """The goods as a sentence names them; a part with the kit it belongs to."""
        if not part:
            return self.display_name
        return self.env._(
            "%(part)s of %(kit)s",
            part=self.env["product.product"].browse(part).display_name,
            kit=self.product_id.display_name,
        )

    def _station_part_told(self, row):
        name = self.env["product.product"].browse(row.part).display_name
        return self.env._(
            "%(goods)s: %(seen)s of %(quantity)s",
            goods=name,
            seen=f"{row.seen:g}",
            quantity=f"{row.quantity:g}",
        )

    def _station_kit_told(self, rows):
        """How far the parts of the line are complete."""
        text = self.env._(
            "%(seen)s of %(wanted)s parts of %(kit)s",
            seen=f"{sum(row.seen for row in rows):g}",
            wanted=f"{sum(row.quantity for row in rows):g}",
            kit=self.product_id.display_name,
        )
        lacks = self._station_lacks(rows)
        if not lacks:
            return text
        return self.env._("%(counted)s, without %(parts)s", counted=text, parts=lacks)

    def _station_lacks(self, rows):
        """What a kit that came in lacks, without a look at its moves once more."""
        names = self.env["product.product"]
        needs = {names.browse(row.part): row.need for row in rows}
        return self._told_parts(scan.lacking(needs, {names.browse(row.part): row.quantity for row in rows}))

    def _station_missing_told(self, rows):
        """The parts that were not scanned yet."""
        names = self.env["product.product"]
        return self.env._(
            "missing %s",
            ", ".join(
                f"{row.missing:g} {names.browse(row.part).display_name}" for row in rows if row.missing
            ),
        )

    # === FIGURES === #

    def _station_figures(self, rows):
        """Whole kits, and the parts they are counted from."""
        if not self.is_kit:
            return super()._station_figures(rows)
        names = self.env["product.product"]
        return {
            "quantity": self._station_quantity(scan.phase_of(self.rma_id.state)),
            "seen": scan.whole_kits(rows),
            "parts_told": self._station_kit_told(rows),
            "lacks": self._station_lacks(rows),
            "parts": [
                {
                    "id": row.part,
                    "name": names.browse(row.part).display_name,
                    "numbers": ", ".join(row.taken),
                    "by_number": row.by_number,
                    "seen": row.seen,
                    "quantity": row.quantity,
                }
                for row in rows
            ],
        }

    # === RECEIPT === #

    def _station_moves(self, row):
        """Parts with numbers come in by the delivery that their number left with."""
        if not row.part:
            return super()._station_moves(row)
        if row.taken:
            return self._station_numbered_moves(row)
        seen, found = row.seen, {}
        for move in self._station_open_moves(row):
            part = min(seen, move._aftersales_qty())
            seen -= part
            found[move] = move.product_id.uom_id._compute_quantity(part, move.product_uom)
        return found

    def _station_numbered_moves(self, row):
        moves, left, found = self._station_open_moves(row), Counter(map(scan.clean, row.taken)), {}
        for move in moves:
            found[move], room = {}, move._aftersales_qty()
            for lot in move.origin_returned_move_id.move_line_ids.lot_id:
                part = min(left[scan.clean(lot.name)], room)
                if part:
                    found[move][lot] = move.product_id.uom_id._compute_quantity(part, move.product_uom)
                    left[scan.clean(lot.name)] -= part
                    room -= part
        return found


class AftersalesInspection(models.Model):
    _inherit = "aftersales.inspection"

    missing_parts = fields.Char(related="line_id.missing_parts")
