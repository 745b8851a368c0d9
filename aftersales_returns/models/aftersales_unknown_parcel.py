from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.aftersales_service.policy import lifecycle

from ..policy import parcel_flow, rma_flow
from .aftersales_evidence import speaker_of

#: facts by which an owner is looked for; a change looks again
FACTS = {"tracking_ref", "order_ref", "sender_name", "sender_phone", "line_ids"}
#: returns that wait for goods
EXPECTING = rma_flow.EXPECTING
#: returns a parcel may still belong to
ALIVE = (rma_flow.DRAFT, rma_flow.REQUESTED, rma_flow.REFUSED, rma_flow.DISPUTED, *EXPECTING)
#: returns that were decided or are being inspected: what they lack still belongs to them
LATE = tuple(
    state for state, what in rma_flow.LATE_GOODS.items() if what in (rma_flow.JOIN, rma_flow.SUPPLEMENT)
)


class AftersalesUnknownParcel(models.Model):
    """A parcel without paper, or with foreign goods: kept in quarantine until its owner is found."""

    _name = "aftersales.unknown.parcel"
    _description = "Unknown parcel"
    _inherit = ["aftersales.deadline.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_names_search = ["name", "tracking_ref", "sender_name"]
    _check_company_auto = True
    _mail_post_access = "read"
    _flow = parcel_flow.FLOW
    _number_code = "aftersales.unknown.parcel"
    _policy_fields = ("name", "rma_id", "picking_id", "way_back_id", "partner_id")

    name = fields.Char("Number", readonly=True, copy=False, index="trigram")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, check_company=True, default=lambda self: self._default_warehouse()
    )
    state = fields.Selection(
        [
            ("waiting", "Owner unknown"),
            ("adopted", "Owner found"),
            ("handed_over", "With its return"),
            ("sent_back", "Sent back"),
        ],
        required=True,
        readonly=True,
        copy=False,
        default=parcel_flow.WAITING,
    )
    user_id = fields.Many2one(
        "res.users",
        "Entered by",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    received_at = fields.Datetime("Arrived on", required=True, default=fields.Datetime.now)

    # On the parcel
    carrier_name = fields.Char("Courier")
    tracking_ref = fields.Char("Tracking number", index="trigram", copy=False)
    order_ref = fields.Char("Order or return number", help="Whatever number stands on it or in it.")
    sender_name = fields.Char("Sender")
    sender_phone = fields.Char("Sender's telephone")
    sender_text = fields.Text("Sender's label", help="What is legible, word by word.")
    note = fields.Text("Remarks", help="Letters, remarks, condition.")

    # In it
    line_ids = fields.One2many("aftersales.unknown.parcel.line", "parcel_id", "Goods")
    picking_id = fields.Many2one("stock.picking", "Receipt", readonly=True, copy=False)
    way_back_id = fields.Many2one("stock.picking", "Shipment back", readonly=True, copy=False)
    can_book = fields.Boolean("Can be booked", compute="_compute_can_book")

    # Whose it is
    candidate_ids = fields.One2many("aftersales.unknown.parcel.candidate", "parcel_id", "May belong to")
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, copy=False, index="btree_not_null")
    rma_id = fields.Many2one(
        "aftersales.rma", "Return", readonly=True, copy=False, index="btree_not_null", check_company=True
    )
    adopted_at = fields.Datetime("Adopted on", readonly=True, copy=False)
    handed_over_at = fields.Datetime("Handed over on", readonly=True, copy=False)
    sent_back_at = fields.Datetime("Sent back on", readonly=True, copy=False)
    headline = fields.Char(compute="_compute_headline", help="What is next, by when.")

    _name_uniq = models.UniqueIndex("(company_id, name)", "That number of a parcel is taken.")
    _waiting_idx = models.Index("(company_id, next_due_at) WHERE state = 'waiting'")

    # === COMPUTE METHODS === #

    def _default_warehouse(self):
        # sudo: the warehouse of the company, for people without stock rights
        return self.env["stock.warehouse"].sudo().search([("company_id", "=", self.env.company.id)], limit=1)

    @api.depends("state", "line_ids.move_id", "line_ids.product_id", "line_ids.lot_id")
    def _compute_can_book(self):
        for parcel in self:
            here = parcel.state in (parcel_flow.WAITING, parcel_flow.ADOPTED)
            parcel.can_book = here and bool(parcel.line_ids.filtered(lambda line: line._is_bookable()))

    @api.depends("state", "next_due_at", "candidate_ids", "can_book", "rma_id.state")
    @api.depends_context("lang", "tz")
    def _compute_headline(self):
        for parcel in self:
            parts = [parcel._next_step()]
            if parcel.next_due_at:
                parts.append(self.env._("by %s", parcel._moment(parcel.next_due_at)))
            parcel.headline = " · ".join(parts)

    def _next_step(self):
        if self.state == parcel_flow.WAITING:
            if self.can_book:
                return self.env._("Put the goods into quarantine; customer service looks whose they are")
            if self.candidate_ids:
                return self.env._("Look at who it may belong to, and adopt it for one of them")
            return self.env._("Enter what is on and in the parcel, so that its owner can be found")
        if self.state == parcel_flow.HANDED_OVER and (strange := self.line_ids._unexpected()):
            return self.env._(
                "Its goods are received with %(rma)s, not announced there: %(goods)s",
                rma=self.rma_id.name,
                goods=strange._told(),
            )
        return {
            "adopted": self.env._("Decide on %s; then the goods count as received", self.rma_id.name),
            "handed_over": self.env._("Its goods are received with %s", self.rma_id.name),
            "sent_back": self.env._("It goes back to the sender"),
        }[self.state]

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        parcels = super().create(vals_list)
        parcels._refuse_empty()
        parcels._find_owners()
        return parcels

    def write(self, vals):
        result = super().write(vals)
        if FACTS.intersection(vals):
            self.filtered(lambda parcel: parcel.state == parcel_flow.WAITING)._find_owners()
        return result

    def _refuse_empty(self):
        """An open form that is left is saved by the browser: nobody looks for the owner of nothing."""
        told = (*FACTS, "carrier_name", "sender_text", "note")
        if any(not any(parcel[name] for name in told) for parcel in self):
            raise UserError(
                self.env._("Write down what is on the parcel, or what is in it: by that its owner is found.")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_without_goods(self):
        kept = self.filtered("picking_id")
        if kept:
            raise UserError(
                self.env._("%s has goods in quarantine and is kept.", ", ".join(kept.mapped("name")))
            )

    # === PROMISES === #

    def _deadline_terms(self, kind):
        terms = {}
        for parcel in self:
            days = parcel.company_id.sudo().aftersales_parcel_days  # sudo: the company's setting
            if days > 0 and not (kind == "decide_return" and parcel._is_taken_at_once()):
                terms[parcel] = self.env["aftersales.deadline"].terms(days, "days")
        return terms

    def _is_taken_at_once(self):
        """Its return waits for goods, or is decided: there is nothing to decide before it takes them."""
        # sudo: the state of the return
        return self.sudo().rma_id.state in (*EXPECTING, *LATE)

    def _deadline_user(self, kind):
        """The return that was made for it is its handler's; who finds an owner is nobody's in particular."""
        if kind != "decide_return":
            return super()._deadline_user(kind)
        # sudo: who works on the return
        return self.sudo().rma_id._who_answers()

    def _on_deadline_missed(self, kind):
        """Nobody has claimed it, or its return is not decided: a supervisor says what becomes of it."""
        for parcel in self:
            if kind == "decide_return":
                summary = self.env._("Unknown parcel waits for %s: decide on it", parcel.rma_id.name)
            else:
                summary = self.env._("Unknown parcel without an owner: send it back?")
            parcel._ask_supervisor(summary)

    def _ask_supervisor(self, summary, note=None):
        user = self.company_id.sudo()._aftersales_parcel_supervisor()  # sudo: who is in charge
        if user:
            self.activity_schedule(
                "mail.mail_activity_data_todo", user_id=user.id, summary=summary, note=note
            )

    # === GOODS === #

    def action_book(self):
        """Take the goods into quarantine, as somebody's who is not known yet."""
        self.check_access("write")
        for parcel in self:
            if parcel.state not in (parcel_flow.WAITING, parcel_flow.ADOPTED):
                raise UserError(
                    self.env._(
                        "%(parcel)s is not here any more (%(state)s). Enter what is left as a new one.",
                        parcel=parcel.name,
                        state=parcel._state_label(),
                    )
                )
            parcel.sudo()._book()  # sudo: whoever takes a parcel in needs no stock rights
        return True

    def _book(self):
        lines = self.line_ids.filtered(lambda line: line._is_bookable())
        if not lines:
            return
        lines.lot_id._aftersales_refuse_while_here()
        receipt = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse_id.aftersales_return_type_id.id,
                "location_id": self.env.ref("stock.stock_location_customers").id,
                "location_dest_id": self.warehouse_id.aftersales_quarantine_id.id,
                "owner_id": self._owner().id,
                "origin": self.name,
                "company_id": self.company_id.id,
                "carrier_tracking_ref": self.tracking_ref,
            }
        )
        for line in lines:
            line.move_id = self.env["stock.move"].create(line._move_vals(receipt))
        receipt.move_ids._action_confirm(merge=False)
        for line in lines.filtered("lot_id"):
            line.move_id._aftersales_take_lots({line.lot_id: line.quantity})
        for line in lines - lines.filtered("lot_id"):
            line.move_id.quantity = line.quantity
        receipt._aftersales_validate()
        self._write_policy({"picking_id": receipt.id})

    def _owner(self):
        """Whose the goods are meanwhile; never the company's, so that they are worth nothing in its books."""
        return self.partner_id or self.env.ref("aftersales_returns.partner_unknown_owner")

    def _give_to(self, partner):
        """The goods in quarantine become ``partner``'s."""
        moves = self.line_ids.move_id
        moves.move_line_ids._aftersales_check_in_place()
        moves.move_line_ids.owner_id = partner
        moves.restrict_partner_id = partner
        moves.picking_id.owner_id = partner

    # === ADOPTION === #

    def action_adopt(self, rma=None, order=None, partner=None):
        """It is ``rma``'s, or a new return on ``order`` or of ``partner`` is made for it."""
        self.ensure_one()
        self.check_access("write")
        rma = rma or self._make_return(order, partner)
        if not rma:
            raise UserError(self.env._("Choose below whose parcel %s is.", self.name))
        if rma.state not in ALIVE and rma.state not in LATE:
            raise UserError(
                self.env._(
                    "%(rma)s takes no goods any more (%(state)s). The goods stay in quarantine: make a new "
                    "return of the order for %(parcel)s, or let a supervisor send it back.",
                    rma=rma.name,
                    state=rma._state_label(),
                    parcel=self.name,
                )
            )
        self._write_policy({"rma_id": rma.id, "partner_id": rma.partner_id.commercial_partner_id.id})
        self._fire("adopt")
        return rma._open()

    def _make_return(self, order, partner):
        """A draft return of what came in; customer service completes and decides it."""
        partner = partner or (order and order.partner_id)
        if not partner:
            return self.env["aftersales.rma"]
        return self.env["aftersales.rma"].create(
            {
                "partner_id": partner.id,
                "company_id": self.company_id.id,
                "sale_order_id": order.id if order else False,
                "warehouse_id": self.warehouse_id.id,
                "description": self.note,
                "carrier_name": self.carrier_name,
                "tracking_ref": self.tracking_ref,
                "line_ids": [
                    Command.create(line._return_line_vals(order)) for line in self.line_ids._known()
                ],
            }
        )

    def _on_adopt(self):
        for parcel in self.sudo():  # sudo: the goods follow the decision, see _book
            parcel._book()
            parcel._give_to(parcel.partner_id)
            self.env["aftersales.evidence"]._collect(parcel)
            if parcel._is_taken_at_once() and not parcel._hand_over():
                parcel._refuse_unexpected()

    def _refuse_unexpected(self):
        facts = {"parcel": self.name, "rma": self.rma_id.name}
        if not self.line_ids.move_id:
            raise UserError(
                self.env._(
                    "Enter first which articles are in %(parcel)s: %(rma)s waits for goods, and nothing has "
                    "been put into quarantine yet.",
                    **facts,
                )
            )
        raise UserError(
            self.env._(
                "%(goods)s is not what %(rma)s expects. Correct the goods of the return, or choose another "
                "owner.",
                **facts,
                goods=self.line_ids._told(),
            )
        )

    def _hand_over(self):
        """The receipt of the parcel becomes the receipt of the return: the goods came once, and lie there.

        What the return does not wait for comes onto it as not announced.

        :return: whether it waits for any of it; else nothing has been changed
        """
        self.line_ids.filtered("move_id")._become_returned(self.rma_id)
        booked = self.line_ids.filtered("move_id")
        strange = booked.filtered(lambda line: not line.move_id.aftersales_rma_line_id)
        if strange == booked:
            return False
        strange._become_unexpected(self.rma_id)
        receipts = booked.move_id.picking_id
        receipts.aftersales_rma_id = self.rma_id
        self._fire("hand_over", actor=lifecycle.SYSTEM)
        came = {"aftersales_receipt_ids": receipts.ids}  # to a decided return they come late
        self.rma_id.with_context(**came)._receipt_validated()
        return True

    def action_release(self):
        return self._fire("release")

    def _on_release(self):
        for parcel in self.sudo():  # sudo: see _book
            parcel._become_nobodys()

    def _become_nobodys(self):
        """Where somebody has taken the goods away meanwhile, that is said and nothing is given."""
        try:
            with self.env.cr.savepoint():  # given whole or not at all
                self._give_to(self.env.ref("aftersales_returns.partner_unknown_owner"))
        except UserError as gone:
            self._message_log(body=str(gone))
        self._write_policy({"rma_id": False, "partner_id": False})
        self._find_owners()

    def action_send_back(self):
        return self._fire("send_back")

    def _on_send_back(self):
        """A shipment for the warehouse; what was never booked is handed to the courier as it is."""
        for parcel in self.sudo().filtered("picking_id"):  # sudo: see _book
            parcel._write_policy({"way_back_id": parcel._create_way_back().id})

    def _create_way_back(self):
        """The very pieces that came in it: others of the same articles may lie beside them as nobody's."""
        booked = self.line_ids.filtered("move_id")
        booked.move_id.move_line_ids._aftersales_check_in_place()
        quarantine = self.warehouse_id.aftersales_quarantine_id
        customers = self.env.ref("stock.stock_location_customers")
        shipment = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse_id.out_type_id.id,
                "location_id": quarantine.id,
                "location_dest_id": customers.id,
                "owner_id": self._owner().id,
                "partner_id": self.partner_id.id,
                "origin": self.name,
                "company_id": self.company_id.id,
                "note": self.sender_text,
                "move_ids": [Command.create(line._way_back_vals(quarantine, customers)) for line in booked],
            }
        )
        shipment.action_confirm()
        shipment._aftersales_take_received()
        return shipment

    # === STATION === #

    @api.model
    def station_open(self, barcode):
        """The parcel with this tracking number as it is entered at the station: the waiting one, or a new
        one.
        """
        self.check_access("create")
        number = (barcode or "").strip()[:64]
        parcel = self.search(
            [
                ("tracking_ref", "=", number),
                ("state", "=", parcel_flow.WAITING),
                ("company_id", "=", self.env.company.id),
            ],
            limit=1,
        )
        parcel = parcel or self.create({"tracking_ref": number})
        return parcel._open()

    # === OTHERS === #

    def message_post(self, **kwargs):
        speaking = self.with_context(aftersales_speaker=speaker_of(self.env, kwargs))
        return super(AftersalesUnknownParcel, speaking).message_post(**kwargs)

    def action_open_rma(self):
        return self.rma_id._open()


class AftersalesEvidence(models.Model):
    _inherit = "aftersales.evidence"

    @api.model
    def _part_models(self):
        return {**super()._part_models(), "aftersales.unknown.parcel": "rma_id"}


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    unknown_parcel_ids = fields.One2many("aftersales.unknown.parcel", "rma_id", "Unknown parcels")

    def _on_approve(self):
        """What came before anybody knew whose it was is received now."""
        super()._on_approve()
        for parcel in self._adopted_parcels().filtered(lambda parcel: parcel._is_taken_at_once()):
            if not parcel._hand_over():
                why = self.env._("%s waits for none of it.", parcel.rma_id.name)
                parcel._fire("release", actor=lifecycle.SYSTEM, reason=why)

    def _adopted_parcels(self):
        """Parcels that wait for the decision on these returns."""
        # sudo: the goods follow the decision, see aftersales.unknown.parcel._book
        return self.sudo().unknown_parcel_ids.filtered(lambda parcel: parcel.state == parcel_flow.ADOPTED)

    def _station_not_found(self, barcode, found, live):
        """A number that nobody knows may be a parcel's that came without a word."""
        message = super()._station_not_found(barcode, found, live)
        if not found and (barcode or "").strip():
            message.update(offer="unknown_parcel", barcode=barcode.strip())
        return message


class AftersalesDeadline(models.Model):
    _inherit = "aftersales.deadline"

    kind = fields.Selection(
        selection_add=[
            ("find_owner", "Find the owner of the parcel"),
            ("decide_return", "Decide on the return of the parcel"),
        ],
        ondelete={"find_owner": "cascade", "decide_return": "cascade"},
    )


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.ondelete(at_uninstall=False)
    def _unlink_never_unknown_owner(self):
        """Deleted, or merged into a customer: every parcel that came without paper would be his."""
        unknown = self.env.ref("aftersales_returns.partner_unknown_owner", raise_if_not_found=False)
        if unknown and unknown in self:
            raise UserError(
                self.env._(
                    "%s stands for whoever owns what came in unknown parcels, and is neither deleted nor "
                    "merged.",
                    unknown.name,
                )
            )


class ResCompany(models.Model):
    _inherit = "res.company"

    aftersales_parcel_days = fields.Integer(
        "Find the owner of a parcel within",
        default=7,
        help="Days after which an unknown parcel becomes a supervisor's task. 0: never.",
    )
    aftersales_parcel_user_id = fields.Many2one(
        "res.users",
        "Unknown parcels",
        help="Who decides about parcels without an owner. Empty: the first team's supervisor.",
    )

    def _aftersales_parcel_supervisor(self):
        self.ensure_one()
        if self.aftersales_parcel_user_id.active:
            return self.aftersales_parcel_user_id
        teams = self.env["aftersales.team"].search([("company_id", "in", (self.id, False))])
        return teams.supervisor_id.filtered("active")[:1]


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_parcel_days = fields.Integer(related="company_id.aftersales_parcel_days", readonly=False)
    aftersales_parcel_user_id = fields.Many2one(
        related="company_id.aftersales_parcel_user_id", readonly=False
    )
