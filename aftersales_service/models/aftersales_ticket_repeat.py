from odoo import api, fields, models

from ..policy import ticket_flow


class AftersalesTicket(models.Model):
    """Whether the same thing was repaired before."""

    _inherit = "aftersales.ticket"

    is_repeat = fields.Boolean(
        "Repeat repair",
        compute="_compute_is_repeat",
        store=True,
        help="The same serial number with the same cause or category was repaired before.",
    )

    @api.depends("lot_id", "cause_id", "category_id", "service_type", "parent_id")
    def _compute_is_repeat(self):
        """CON-25: a new ticket for the same serial number and the same fault is a repeat repair.

        So is one that follows on a repair that was closed before it came in: the customer says so.
        """
        repairs = self.filtered(lambda ticket: ticket.lot_id and ticket.service_type == "repair")
        # sudo: earlier repairs count, whoever did them
        earlier = (
            self.sudo().search(
                [
                    ("lot_id", "in", repairs.lot_id.ids),
                    ("service_type", "=", "repair"),
                    ("state", "in", ticket_flow.SOLVED),
                ]
            )
            if repairs
            else self.browse()
        )
        for ticket in self:
            same = ticket in repairs and any(ticket._same_fault(other) for other in earlier)
            ticket.is_repeat = same or ticket._follows_on_a_repair()

    def _follows_on_a_repair(self):
        before = self.sudo().parent_id  # sudo: as above
        came = self.create_date or fields.Datetime.now()
        return bool(
            self.service_type == before.service_type == "repair"
            and before.closed_at
            and before.closed_at <= came
        )

    def _same_fault(self, other):
        """Whether ``other`` is an earlier ticket about the same thing."""
        this = self._origin
        if other == this or other.lot_id != self.lot_id or (this.id and other.id > this.id):
            return False
        if self.cause_id and other.cause_id:
            return self.cause_id == other.cause_id
        return bool(self.category_id) and self.category_id == other.category_id
