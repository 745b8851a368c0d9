"""Goods that come after their return was decided: a second parcel, the rest of a receipt.

What was decided stays as it is, above all the money. The late goods get a supplement: a return of its own
that begins in quarantine, with the right, the policy and the ticket of the first one. It is inspected in time
with the same checklist, its goods get a disposition of their own, and only what was not given before is
refunded or replaced. policy/rma_flow.py says in ``LATE_GOODS`` which states this is for.
"""

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.aftersales_service.policy import lifecycle

from ..policy import disposition, rma_flow
from .aftersales_rma_goods import FROM_STOCK


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    supplement_of_id = fields.Many2one(
        "aftersales.rma",
        "Late goods of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        help="The return that was decided before these goods came.",
    )
    supplement_ids = fields.One2many("aftersales.rma", "supplement_of_id", "Late goods", readonly=True)
    supplement_count = fields.Integer("Number of supplements", compute="_compute_supplement_count")

    def _compute_supplement_count(self):
        counts = dict(
            self._read_group([("supplement_of_id", "in", self.ids)], ["supplement_of_id"], ["__count"])
        )
        for rma in self:
            rma.supplement_count = counts.get(rma._origin, 0)

    def _owned_fields(self):
        return super()._owned_fields() | {"supplement_of_id"}

    # === GOODS COME IN === #

    def _on_receive_more(self):
        """What was decided is left alone; the late goods go their own way from here."""
        decided = self.filtered(lambda rma: rma_flow.LATE_GOODS[rma.state] == rma_flow.SUPPLEMENT)
        for rma in decided.sudo():  # sudo: follows from the receipt, whoever validated it
            rma._supplement()
        super(AftersalesRma, self - decided)._on_receive_more()

    def _supplement(self):
        """Hand what has just come in to the open supplement, or to a new one."""
        late = self._late_moves()
        if not late:
            return
        open_one = self.supplement_ids.filtered(lambda rma: rma.state == rma_flow.RECEIVED)[:1]
        supplement = open_one or self._create_supplement()
        supplement._take_late(late | late.aftersales_rma_line_id._parts_left_behind())
        if not open_one:
            reason = self.env._("Came after %s was decided", self.name)
            supplement._fire("supplement", actor=lifecycle.SYSTEM, reason=reason)
        self._tell_late_goods(supplement)

    def _late_moves(self):
        """What the receipts that were validated just now have brought."""
        receipts = self.env.context.get("aftersales_receipt_ids") or ()
        return self.line_ids._received_moves().filtered(lambda move: move.picking_id.id in receipts)

    def _create_supplement(self):
        """The same case once more, without goods: customer, right, policy and ticket."""
        supplement = self.copy(
            {
                "line_ids": False,
                "ticket_id": self.ticket_id.id,
                "user_id": self.user_id.id,
                "delivery_result": self.delivery_result,
                "outbound_freight": self.outbound_freight,
                "outbound_prepaid_by": self.outbound_prepaid_by,
                "outbound_term": self.outbound_term,
                "is_advance": False,
            }
        )
        supplement._write_policy(
            {
                "supplement_of_id": self.id,
                "policy_id": self.policy_id.id,
                "eligibility": self.eligibility,
                "requested_at": self.requested_at,
            }
        )
        return supplement

    def _take_late(self, moves):
        """Count received moves under lines of this supplement, one for each line they came for."""
        for line, came in moves.grouped("aftersales_rma_line_id").items():
            if line.is_unexpected:  # it was not part of what was decided
                line.rma_id = self
                continue
            own = self.line_ids.filtered(lambda own, line=line: own.supplements_line_id == line)
            if not own:
                own = line._copy_to_supplement(self)
            came.aftersales_rma_line_id = own
            own.quantity = own._quantity_of_late()
        receipts = moves.picking_id.filtered(lambda picking: picking.move_ids <= moves)
        receipts.aftersales_rma_id = self
        self._prepare_inspections()

    def _tell_late_goods(self, supplement):
        """Nothing is decided by itself: whoever handles the return hears of it while money is still here."""
        told = self.env._("Goods came late, they are inspected as %s.", supplement.name)
        self._message_log_batch({self.id: told})
        if self.state in (rma_flow.INSPECTED, rma_flow.TO_REFUND, rma_flow.REJECTED):
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Late goods: see %s before you go on", supplement.name),
                user_id=self._who_answers().id,
            )

    def _on_supplement(self):
        self._judge_freight()

    # === WHAT IS STILL OWED === #

    def _is_owed(self):
        """Whether the customer gets something for these goods that he was not given before."""
        if self.resolution == "repair":  # his own goods go back to him
            return True
        return any(line.accepted_qty > line._given_before() for line in self.line_ids)

    def _passes_to_refund(self):
        return super()._passes_to_refund() and (not self.supplement_of_id or self._is_owed())

    def _on_complete_inspection(self):
        super()._on_complete_inspection()
        late = self.filtered(lambda rma: rma.supplement_of_id and rma.state == rma_flow.INSPECTED)
        for rma in late.sudo():  # sudo: money and replacements of the return, whoever inspects
            if rma._needs_decision():
                rma._ask_decision()
            elif not rma._is_owed():
                rma._fire("conclude", actor=lifecycle.SYSTEM)

    def _needs_decision(self):
        """Something was given for goods that the warehouse turned down, or the customer paid for them."""
        lines = self.line_ids
        return any(
            line._given_before() and not line.accepted_qty or line.supplements_line_id.exchange_charged_qty
            for line in lines
        )

    def _ask_decision(self):
        for rma in self:
            rma.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=rma.env._(
                    "Late goods of %s, which was settled without them: decide", rma.supplement_of_id.name
                ),
                user_id=rma._who_answers().id,
            )

    def _check_conclude(self):
        for rma in self:
            if not rma.supplement_of_id or rma._is_turned_down():
                raise UserError(
                    self.env._(
                        "%s is not settled yet: refund it, send the goods, or turn them down.",
                        rma.display_name,
                    )
                )

    def _on_conclude(self):
        """What was turned down of it goes back to the customer."""
        self._create_way_back()

    def action_conclude(self):
        return self._fire("conclude")

    def _check_pass_to_refund(self):
        super()._check_pass_to_refund()
        self._refuse_given_before()

    def _check_pass_to_shipment(self):
        super()._check_pass_to_shipment()
        self._refuse_given_before()

    def _refuse_given_before(self):
        # sudo: money of the first return, for customer service and warehouse
        given = self.sudo().filtered(lambda rma: rma.supplement_of_id and not rma._is_owed())
        if given:
            raise UserError(
                self.env._(
                    "%(late)s: %(first)s has given a refund or a replacement for these goods already. "
                    "Choose 'Nothing more is owed'.",
                    late=", ".join(given.mapped("display_name")),
                    first=", ".join(given.supplement_of_id.mapped("display_name")),
                )
            )

    def _charges_for_refund(self):
        """The way out was settled with the first return."""
        charges = super()._charges_for_refund()
        return tuple(row for row in charges if not self.supplement_of_id or row.leg != "outbound")

    # === DISPUTES ABOUT A PARCEL THAT TURNS UP === #

    def _on_uphold(self):
        super()._on_uphold()
        here = self.filtered(lambda rma: rma.state == rma_flow.APPROVED and rma._received_moves())
        here.with_context(aftersales_from_stock=FROM_STOCK)._fire("receive", actor=lifecycle.SYSTEM)

    def _on_dismiss(self):
        super()._on_dismiss()
        self._send_back_what_is_here()

    def _on_cancel(self):
        super()._on_cancel()
        self._send_back_what_is_here()

    def _send_back_what_is_here(self):
        for rma in self:
            rma._create_way_back_of_moves(rma._received_moves())

    def _received_moves(self):
        return self.sudo().line_ids._received_moves()  # sudo: the transfers of the return

    # === ACTIONS === #

    def action_open_supplements(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("aftersales_returns.aftersales_rma_action")
        return {**action, "domain": [("supplement_of_id", "=", self.id)], "context": {}}


class AftersalesRmaLine(models.Model):
    _inherit = "aftersales.rma.line"

    supplements_line_id = fields.Many2one(
        "aftersales.rma.line",
        "Goods that were asked for",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    def _copy_to_supplement(self, supplement):
        return self.copy({"rma_id": supplement.id, "lot_id": self.lot_id.id, "supplements_line_id": self.id})

    def _quantity_of_late(self):
        """Units that came, a kit that is not complete counted as one."""
        return self.received_qty + (1.0 if self.is_incomplete else 0.0)

    def _parts_left_behind(self):
        """Received parts of kits that were turned down for want of the rest, as long as they lie here."""
        waiting = self.filtered(
            lambda line: line.is_kit and line.disposition == disposition.RETURN_TO_CUSTOMER
        )
        return waiting._received_moves().filtered(
            lambda move: not move.returned_move_ids.filtered(lambda back: back.state != "cancel")
        )

    def _given_before(self):
        """Pieces that the first return has given money or a replacement for without having had them."""
        first = self.supplements_line_id
        if not first:
            return 0.0
        others = self.search([("supplements_line_id", "=", first.id), ("id", "!=", self.id)])
        given = first._given_by_refunds() + first._replacement_shipped()
        return max(0.0, given - first.accepted_qty - sum(others.mapped("accepted_qty")))

    def _given_by_refunds(self):
        """Pieces that refunds stand for, confirmed or not."""
        parts = self.env["aftersales.refund.line"].search(
            [("rma_line_id", "=", self.id), ("kind", "=", "goods"), ("refund_id.state", "!=", "cancelled")]
        )
        unit = self.product_id.uom_id
        return sum(
            part.invoice_line_id.product_uom_id._compute_quantity(part.quantity, unit) for part in parts
        )

    def _refundable_qty(self):
        return max(0.0, super()._refundable_qty() - self._given_before())

    def _missing_gift_qty(self):
        """A gift that came late has come (REFUND-32), unless its price was given back for that."""
        late = self.search([("supplements_line_id", "=", self.id)]) if self.is_gift else self.browse()
        given_back = self._gift_parts("gift_back", of=late).mapped("quantity")
        return max(0.0, super()._missing_gift_qty() - sum(late.mapped("accepted_qty")) + sum(given_back))


class AftersalesRefund(models.Model):
    _inherit = "aftersales.refund"

    def _settles(self, charge):
        """The way out was settled with the first return; its share of an invoiced fee is not."""
        late = self.rma_id.supplement_of_id
        return super()._settles(charge) and not (late and charge.leg == "outbound")


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _aftersales_follow(self):
        """Say which receipts it is about."""
        done = self.filtered(lambda picking: picking.state == "done")
        return super(StockPicking, self.with_context(aftersales_receipt_ids=done.ids))._aftersales_follow()
