from odoo import Command, api, fields, models
from odoo.tools import format_list

from ..policy import parcel_flow, parcel_match, scan
from .aftersales_unknown_parcel import ALIVE, EXPECTING, LATE

SHOWN = 10  # candidates


class AftersalesUnknownParcel(models.Model):
    """Whose it may be: by numbers on and in it, by its sender, the likeliest first."""

    _inherit = "aftersales.unknown.parcel"

    def action_find_owner(self):
        self.check_access("write")
        self._decide_in_turn(self)
        self._find_owners()

    def _find_owners(self):
        """Look for owners again, and keep the likeliest."""
        for parcel in self:
            # sudo: returns, orders and customers are searched for the warehouse, which sees names only
            known = parcel.sudo()
            hits = known._hits()
            expected = known.env["aftersales.rma"].browse({hit.rma for hit in hits if hit.rma})
            waiting = set(expected.filtered(lambda rma: rma.state in EXPECTING).ids)
            found = parcel_match.rank(hits, waiting)[:SHOWN]
            rows = [
                Command.create(
                    {
                        "rma_id": one.rma,
                        "order_id": one.order,
                        "partner_id": one.partner,
                        "score": one.score,
                        "reasons": list(one.reasons),
                    }
                )
                for one in found
            ]
            known.candidate_ids = [Command.clear(), *rows]

    def _hits(self):
        """What fits, one query a kind of thing."""
        return [*self._serial_hits(), *self._tracking_hits(), *self._order_hits(), *self._sender_hits()]

    def _serial_hits(self):
        lots = self.line_ids._lots()
        if not lots:
            return
        for rma in self._living_returns([("line_ids.lot_id", "in", lots.ids)]):
            yield self._hit("serial", rma=rma)
        delivered = self.env["stock.move.line"].search(
            [
                ("lot_id", "in", lots.ids),
                ("state", "=", "done"),
                ("location_dest_id.usage", "=", "customer"),
                ("company_id", "=", self.company_id.id),
            ],
            order="id desc",
            limit=SHOWN,
        )
        sent_again = delivered.picking_id._aftersales_sent_again_for()
        for order in delivered.move_id.sale_line_id.order_id | sent_again:
            yield self._hit("serial", order=order)

    def _tracking_hits(self):
        number = (self.tracking_ref or "").strip()
        if not number:
            return
        for rma in self._living_returns([("tracking_ref", "=", scan.clean(number))]):
            yield self._hit("tracking", rma=rma)
        # a parcel that could not be delivered comes back with its own number
        sent = self.env["stock.picking"].search(
            [("carrier_tracking_ref", "=", number), ("company_id", "=", self.company_id.id)], limit=SHOWN
        )
        for order in sent.sale_id | sent._aftersales_sent_again_for():
            yield self._hit("tracking", order=order)

    def _order_hits(self):
        numbers = [part for part in (self.order_ref or "").replace(",", " ").split() if len(part) > 2]
        if not numbers:
            return
        for rma in self._living_returns([("name", "in", numbers)]):
            yield self._hit("order", rma=rma)
        orders = self.env["sale.order"].search(
            [
                ("company_id", "=", self.company_id.id),
                "|",
                ("name", "in", numbers),
                ("client_order_ref", "in", numbers),
            ],
            limit=SHOWN,
        )
        for order in orders:
            yield self._hit("order", order=order)

    def _sender_hits(self):
        """Customers of that name or telephone, with their returns that wait for goods."""
        phone = parcel_match.digits(self.sender_phone)
        name = (self.sender_name or "").strip()
        kinds = {}
        customers = self.env["res.partner"]
        if len(phone) >= 7:
            written = {self.sender_phone.strip(), phone}
            formatted = customers._phone_format(
                number=self.sender_phone, country=self.company_id.country_id, force_format="E164"
            )
            domain = ["|", ("phone", "in", list(written)), ("phone_sanitized", "in", [formatted, phone])]
            kinds["phone"] = customers.search(domain, limit=SHOWN)
        if name:
            kinds["name"] = customers.search([("name", "=", name)], limit=SHOWN)
        for kind, partners in kinds.items():
            for partner in partners:
                yield self._hit(kind, partner=partner)
                for rma in self._living_returns(
                    [("partner_id", "child_of", partner.commercial_partner_id.id), ("state", "in", EXPECTING)]
                ):
                    yield self._hit(kind, rma=rma)

    def _living_returns(self, domain):
        mine = [("company_id", "=", self.company_id.id), *domain]
        found = self.env["aftersales.rma"].search([*mine, ("state", "in", ALIVE)], limit=SHOWN)
        late = found.search([*mine, ("state", "in", LATE)], limit=SHOWN)
        return found | late.filtered(lambda rma: self.line_ids._known()._are_owed_to(rma))

    @api.model
    def _hit(self, kind, rma=None, order=None, partner=None):
        order = rma.sale_order_id if rma else order
        partner = (rma or order or self).partner_id if partner is None else partner
        return parcel_match.Hit(
            kind,
            rma=rma.id if rma else None,
            order=order.id if order else None,
            partner=partner.commercial_partner_id.id,
        )


class AftersalesUnknownParcelCandidate(models.Model):
    """Somebody the parcel may belong to, and what speaks for it."""

    _name = "aftersales.unknown.parcel.candidate"
    _description = "Possible owner of a parcel"
    _order = "score desc, id"
    _rec_name = "partner_id"

    parcel_id = fields.Many2one(
        "aftersales.unknown.parcel", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="parcel_id.company_id", store=True)
    rma_id = fields.Many2one("aftersales.rma", "Return", readonly=True, ondelete="cascade")
    order_id = fields.Many2one("sale.order", "Sales order", readonly=True, ondelete="cascade")
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, ondelete="cascade")
    score = fields.Integer(readonly=True, aggregator=None)
    reasons = fields.Json(readonly=True)
    why = fields.Char(compute="_compute_why")

    @api.depends("reasons")
    @api.depends_context("lang")
    def _compute_why(self):
        labels = {
            "serial": self.env._("serial number"),
            "tracking": self.env._("tracking number"),
            "order": self.env._("order number"),
            "phone": self.env._("telephone"),
            "name": self.env._("name"),
        }
        for found in self:
            found.why = format_list(self.env, [labels[code] for code in found.reasons or []])

    def action_adopt_for(self):
        """It is this one's."""
        self.ensure_one()
        # sudo: an agent reads what the parcel may belong to, also without sales rights
        found = self.sudo()
        rma = found.rma_id.sudo(False)
        return found.parcel_id.sudo(False).action_adopt(
            rma=rma or None, order=found.order_id or None, partner=found.partner_id or None
        )


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    def _on_approve(self):
        super()._on_approve()
        self.filtered(lambda rma: rma.state in EXPECTING)._tell_what_is_here()

    def _tell_what_is_here(self):
        """Numbers that the customers are to send back may lie here, in parcels that wait for an owner or for
        another return: whoever handles the return hears of it, before its time runs out.
        """
        lots = self.line_ids.lot_id
        if not lots:
            return
        # sudo: what lies here, for whoever approves
        here = self.env["aftersales.unknown.parcel.line"].sudo()
        found = here.search(
            [
                ("lot_id", "in", lots.ids),
                ("company_id", "in", self.company_id.ids),
                ("parcel_id.state", "in", (parcel_flow.WAITING, parcel_flow.ADOPTED)),
            ]
        )
        for piece in found:
            for rma in self.filtered(lambda rma, piece=piece: piece.lot_id in rma.line_ids.lot_id):
                rma.activity_schedule(
                    "mail.mail_activity_data_todo",
                    user_id=rma._who_answers().id,
                    summary=piece._told_to(rma),
                )


class AftersalesUnknownParcelLine(models.Model):
    _inherit = "aftersales.unknown.parcel.line"

    def _told_to(self, rma):
        """What to do with a piece that lies here and that ``rma`` waits for."""
        facts = {"goods": self.display_name, "parcel": self.parcel_id.name, "rma": rma.name}
        rival = self.parcel_id.rma_id
        if not rival:
            return self.env._("%(goods)s is here, in %(parcel)s: adopt it for %(rma)s", **facts)
        return self.env._(
            "%(goods)s is here, in %(parcel)s: cancel %(rival)s, then adopt it for %(rma)s",
            **facts,
            rival=rival.name,
        )
