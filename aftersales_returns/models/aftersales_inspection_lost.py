"""Goods that got lost in our hands: scrapped by mistake, broken or gone. Most often before anybody has judged
them; what becomes of those that were judged see aftersales_inspection_lost_later.py.

Nobody can grade what is not there, and the customer has done his part. So the inspector or a supervisor
writes down that it is lost, and why. The goods count as accepted: refunded or replaced as asked for, by the
two persons who stand behind every refund. The loss is ours: the goods are booked in again and scrapped at the
cost at which they had left, and the supervisor in charge has the task to find out. What lies in some other
place is not lost.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..policy import disposition


class AftersalesInspection(models.Model):
    _inherit = "aftersales.inspection"

    is_lost = fields.Boolean(
        "Lost here",
        readonly=True,
        copy=False,
        tracking=True,
        help="Got lost in our hands before the inspection: accepted, and scrapped at our expense.",
    )
    lost_reason = fields.Char("What happened", readonly=True, copy=False)
    is_missing = fields.Boolean(
        "No longer in quarantine",
        compute="_compute_is_missing",
        help="It is not where it was received: somebody has moved or scrapped it in Inventory.",
    )

    @api.depends("rma_state", "is_lost")
    def _compute_is_missing(self):
        self.is_missing = False
        for rma in self.rma_id.filtered(lambda rma: rma._lines_in_our_hands()):
            gone = rma._missing_pieces(but=rma.inspection_ids.filtered("is_lost"))
            for found in self.filtered(lambda found, rma=rma: found.rma_id == rma and not found.is_lost):
                found.is_missing = any(row in gone for row in found._came_in())

    def _came_in(self):
        """The lines of the receipts that brought these goods in."""
        # sudo: where goods lie, for an inspector without rights on stock
        return self.sudo().line_id._received_moves().move_line_ids

    # === WRITTEN OFF === #

    def action_write_off(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Lost here"),
            "res_model": "aftersales.inspection.loss",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_inspection_id": self.id},
        }

    def action_found_again(self):
        self._check_may_write_off()
        self._refuse_after_the_verdict()
        self._note_loss({"is_lost": False, "lost_reason": False}, self.env._("Found again"))

    def _write_off(self, reason):
        self._check_may_write_off()
        if not (reason or "").strip():
            raise UserError(self.env._("Say what happened: the supervisor will want to know."))
        judged = self.filtered(lambda found: found.rma_id.inspected_at)
        lost = {found: found._check_is_gone() for found in self}
        self._note_loss({"is_lost": True, "lost_reason": reason}, reason)
        (self - judged).sudo().grade = False  # sudo: as in _note_loss
        for found in judged:
            found._settle_later_loss(lost[found])

    def _check_may_write_off(self):
        """Whoever judges goods, or answers for the return."""
        if "supervisor" not in self.rma_id._roles():
            self.check_access("write")
        elsewhere = self.filtered(lambda found: found.line_id not in found.rma_id._lines_in_our_hands())
        if elsewhere:
            raise UserError(
                self.env._(
                    "%s: nothing of it is to lie in quarantine any more, so nothing of it is lost there.",
                    ", ".join(elsewhere.mapped("display_name")),
                )
            )

    def _refuse_after_the_verdict(self):
        late = self.filtered(lambda found: found.rma_id.inspected_at)
        if late:
            raise UserError(
                self.env._(
                    "%s: what was written off after the inspection is settled. Agree with the customer on "
                    "what becomes of it, and tell the supervisor.",
                    ", ".join(late.mapped("display_name")),
                )
            )

    def _note_loss(self, values, why):
        # sudo: never typed, see the guard; the right was checked before
        self.sudo().write(values)
        for found in self.sudo():
            found.rma_id._message_log(body=f"{found.line_id.display_name}: {why}")

    def _check_is_gone(self):
        """All of the line is missing, and lies nowhere else; of a kit one part is enough."""
        written_off = self.rma_id.inspection_ids.filtered("is_lost")
        lost = self._lost_pieces(self.rma_id._missing_pieces(but=written_off))
        for rows in lost:
            rows._aftersales_refuse_elsewhere()
        if not self._is_all_lost(lost):
            raise UserError(self._not_gone_sentence(sum(lost.values())))
        return lost

    def _lost_pieces(self, gone):
        """{rows of receipts, all alike: pieces of them that are gone}, of one line.

        :param gone: what of the return is missing, see ``_missing_pieces``
        """
        alike = self._came_in()._aftersales_alike()
        return {rows: min(gone.get(rows[:1], 0.0), rows._aftersales_pieces_here()) for rows in alike}

    def _is_all_lost(self, lost):
        # without one of its parts the rest of a kit is of no use to anybody; what was judged is somebody's
        if self.line_id.is_kit and (self.is_lost or not self.rma_id.inspected_at):
            return any(lost.values())
        return any(lost.values()) and all(
            rows.product_id.uom_id.compare(pieces, rows._aftersales_pieces_here()) >= 0
            for rows, pieces in lost.items()
        )

    def _not_gone_sentence(self, pieces):
        return self.env._(
            "%(goods)s: %(missing)s of %(quantity)s are missing, the rest lies where it was received. Take "
            "the loss back where it is there again; where a part is missing, split the line.",
            goods=self.display_name,
            missing=f"{pieces:g}",
            quantity=f"{self.received_qty:g}",
        )

    # === AFTERWARDS === #

    def _settle_loss(self):
        """Book the goods in again where they were received, as they came: what follows books them out."""
        lost = self._lost_pieces(self.rma_id._missing_pieces(lines=self.rma_id.line_ids))
        if not self._is_all_lost(lost):
            raise UserError(self._not_gone_sentence(sum(lost.values())))
        for rows, pieces in lost.items():
            rows._aftersales_book_in_again(pieces, self.rma_id)

    def _what_remains_to_do(self):
        """Sentences for the supervisor."""
        said = [f"{found.line_id.display_name}: {found.lost_reason}." for found in self]
        said.append(self.env._("It is booked as scrapped at our expense: find out how it came to that."))
        if self.filtered(lambda found: found._is_without_replacement()):
            said.append(
                self.env._("Nothing replaces it by itself: agree with the customer on what he gets for it.")
            )
        if self.filtered(lambda found: found.ownership == disposition.CONSIGNED):
            said.append(self.env._("It belonged to the supplier: settle it with him."))
        return said

    def _is_without_replacement(self):
        still_his = self.disposition == disposition.RETURN_TO_CUSTOMER
        return still_his or self.line_id.is_unexpected or self.rma_id.resolution == "repair"


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    has_losses = fields.Boolean(
        "Goods are gone",
        compute="_compute_has_losses",
        help="Some of what was received is not there any more.",
    )

    @api.depends("inspection_ids.is_lost", "inspection_ids.is_missing")
    def _compute_has_losses(self):
        for rma in self:
            rma.has_losses = any(found.is_lost or found.is_missing for found in rma.inspection_ids)

    def _missing_pieces(self, but=(), lines=None):
        """{row of a receipt: pieces like it that are gone}, where there are some.

        :param but: findings whose pieces are known to be gone
        :param lines: whose goods are to lie here, as long as their event has not moved them
        """
        # sudo: where goods lie, for an inspector without rights on stock
        rma, gone = self.sudo(), {}
        known = but and but._came_in()
        lines = lines or rma._lines_in_our_hands()
        where = lines.sudo()._received_moves().move_line_ids._aftersales_where_they_lie()
        for came, quants in where.items():
            missing = came._aftersales_missing(quants) - came._aftersales_pieces_gone()
            missing -= (came & known)._aftersales_pieces() if known else 0.0
            if came.product_id.uom_id.compare(missing, 0) > 0:
                gone.update(dict.fromkeys(came, missing))
        return gone

    def _on_complete_inspection(self):
        self._replace_lost_repairs()
        super()._on_complete_inspection()
        for rma in self:
            rma._tell_losses(rma.inspection_ids.filtered("is_lost"))

    def _replace_lost_repairs(self):
        """Nothing is left to repair: the customer gets another piece, which a warranty allows as well."""
        for rma in self.filtered(lambda rma: rma.resolution == "repair" and rma.inspection_ids):
            if all(found.is_lost for found in rma.inspection_ids):
                rma.sudo().resolution = "exchange"  # sudo: the loss does it, whoever inspects
                rma._message_log(body=rma.env._("Lost in our hands: it is replaced instead of repaired."))

    def _tell_losses(self, lost):
        if lost:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=self._supervisor_in_charge().id,
                summary=self.env._("Lost in our hands: %s", ", ".join(lost.mapped("line_id.display_name"))),
                note=" ".join(lost._what_remains_to_do()),
            )


class AftersalesRmaLine(models.Model):
    _inherit = "aftersales.rma.line"

    def _is_lost(self):
        return any(found.is_lost for found in self.rma_id.inspection_ids if found.line_id in self)

    def _settle_losses(self):
        for found in self.rma_id.inspection_ids.filtered("is_lost"):
            found._settle_loss()


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _aftersales_pieces(self):
        return sum(self.mapped("quantity_product_uom"))

    def _aftersales_pieces_gone(self):
        """Of these lines, all alike: pieces that have left us again, to the customer or to the supplier."""
        out = self.move_id._aftersales_ways_out().filtered(lambda move: move.state == "done").move_line_ids
        alike = out.filtered(
            lambda row: row.lot_id == self.lot_id and row.location_id == self.location_dest_id
        )
        return alike._aftersales_pieces()

    def _aftersales_pieces_here(self):
        return self._aftersales_pieces() - self._aftersales_pieces_gone()

    def _aftersales_refuse_elsewhere(self):
        """What somebody has put into another place is not lost."""
        places = self.env["stock.warehouse"].search([]).aftersales_quarantine_id
        found = self.env["stock.quant"].search(
            [
                ("product_id", "=", self.product_id.id),
                ("lot_id", "=", self.lot_id.id),
                ("owner_id", "=", self.owner_id.id),
                ("location_id.usage", "in", ("internal", "transit")),
                ("quantity", ">", 0),
                "!",
                ("location_id", "child_of", places.ids),
            ],
            limit=1,
        )
        if found:
            raise UserError(
                self.env._(
                    "%(goods)s lies in %(place)s: it is not lost. Bring it back to %(quarantine)s.",
                    goods=self._aftersales_goods_name(),
                    place=found.location_id.display_name,
                    quarantine=self.location_dest_id.display_name,
                )
            )

    def _aftersales_book_in_again(self, pieces, rma):
        """As whose they were received, so that nothing of it is worth anything in our books yet."""
        if self.product_id.uom_id.compare(pieces, 0) <= 0:
            return
        place, product = self.location_dest_id, self.product_id.with_company(self.company_id)
        counted = self.env["stock.quant"].new(
            {
                "product_id": product.id,
                "location_id": place.id,
                "lot_id": self.lot_id.id,
                "owner_id": self.owner_id.id,
            }
        )
        named = counted.with_context(inventory_name=self.env._("Lost here: %s", rma.name))
        found = named._get_inventory_move_values(pieces, product.property_stock_inventory, place)
        self.env["stock.move"].create(found)._action_done()
