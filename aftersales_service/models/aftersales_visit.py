from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..policy import visit_flow


class AftersalesVisit(models.Model):
    """An engineer at the customer's place: when, who, what was found, and the customer's signature."""

    _name = "aftersales.visit"
    _description = "Visit"
    _inherit = [
        "aftersales.deadline.mixin",
        "aftersales.verdict.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "start desc, id desc"

    _flow = visit_flow.FLOW

    name = fields.Char(compute="_compute_name", store=True)
    ticket_id = fields.Many2one("aftersales.ticket", required=True, ondelete="restrict", index=True)
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="ticket_id.partner_id", string="Customer")
    phone = fields.Char(related="ticket_id.phone")
    address = fields.Char(compute="_compute_address")
    user_id = fields.Many2one(
        "res.users", "Engineer", required=True, index=True, default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )  # fmt: skip
    start = fields.Datetime(required=True, index=True)
    stop = fields.Datetime(
        compute="_compute_stop", store=True, precompute=True, readonly=False, required=True
    )
    state = fields.Selection(
        [
            ("planned", "Planned"),
            ("confirmed", "Confirmed"),
            ("departed", "On the way"),
            ("arrived", "Arrived"),
            ("done", "Done"),
            ("missed", "Missed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default=visit_flow.PLANNED,
        copy=False,
    )
    purpose = fields.Text("To do", help="What to take along and what to look at.")
    report = fields.Text(copy=False, help="What was found and done.")
    signature = fields.Image(copy=False, max_width=1024, max_height=1024)
    signed_by = fields.Char("Signed by", copy=False)
    arrived_at = fields.Datetime("Arrived at", readonly=True, copy=False)
    done_at = fields.Datetime("Done at", readonly=True, copy=False)

    _stop_check = models.Constraint("CHECK (stop > start)", "A visit ends after it begins.")

    # === COMPUTE METHODS === #

    @api.depends("ticket_id.name", "ticket_id.contact_name")
    def _compute_name(self):
        for visit in self:
            visit.name = " ".join(filter(None, [visit.ticket_id.name, visit.ticket_id.contact_name]))

    @api.depends("ticket_id.partner_id")
    def _compute_address(self):
        for visit in self:
            visit.address = (visit.partner_id.contact_address or "").replace("\n", ", ").strip(", ")

    @api.depends("start")
    def _compute_stop(self):
        for visit in self:
            if visit.start and (not visit.stop or visit.stop <= visit.start):
                visit.stop = visit.start + timedelta(hours=2)

    # === CRUD METHODS === #

    def write(self, vals):
        if vals.get("signature"):
            self._refuse_signature_before_service()
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([{**vals, "signature": False, "signed_by": False} for vals in vals_list])

    def _refuse_signature_before_service(self):
        """PROG-11: a signature before the service is forbidden."""
        early = self.filtered(lambda visit: visit.state != visit_flow.ARRIVED)
        if early:
            raise UserError(
                self.env._(
                    "The customer signs %(visits)s when the work is done, on the spot: mark the arrival "
                    "first.",
                    visits=", ".join(early.mapped("display_name")),
                )
            )

    # === ACTION METHODS === #

    def action_confirm(self):
        self._fire("confirm")
        return True

    def action_reschedule(self):
        self._fire("reschedule")
        return True

    def action_arrive(self):
        self._fire("arrive")
        return True

    def action_complete(self):
        self._fire("complete")
        return True

    def action_miss(self):
        self._fire("miss")
        return True

    def action_cancel(self):
        self._fire("cancel")
        return True

    # === WHAT AN EVENT ADDS === #

    def _check_complete(self):
        """PROG-08: the customer's signature is the proof of completion on site."""
        unsigned = self.filtered(lambda visit: not visit.signature)
        if unsigned:
            raise UserError(
                self.env._(
                    "%(visits)s: let the customer sign before you finish the visit.",
                    visits=", ".join(unsigned.mapped("display_name")),
                )
            )

    def _on_arrive(self):
        self.ticket_id.sudo()._stamp_fact("arrived_at", "on_site")  # sudo: a fact about the engineer's ticket
