from odoo import fields, models

from ..policy import lifecycle, reminder, ticket_flow, visit_flow
from .aftersales_ticket_sms import FURTHEST

#: node of the ticket, and the key under which a transaction keeps whose dates have changed
NODE = "visit_moved"
QUEUE = "aftersales.visit.moved"


class AftersalesTicket(models.Model):
    _inherit = "aftersales.ticket"

    def _node_texts(self):
        if self.env.context.get("aftersales_node") == NODE:
            return self._visit_moved_texts()
        return super()._node_texts()

    def _visit_moved_texts(self):
        visit = self._visit_of_node()
        before = fields.Datetime.to_datetime(self.env.context["aftersales_before"])
        return (
            self.env._("our visit has another date"),
            self.env._(
                "We do not come on %(before)s. %(who)s comes on %(start)s to %(stop)s instead (%(zone)s). "
                "Tell us by answering this mail if that does not suit you.",
                before=self._customer_moment(before),
                who=visit.user_id.name,
                start=self._customer_moment(visit.start),
                stop=self._customer_moment(visit.stop, clock_only=self._same_day(visit.start, visit.stop)),
                zone=self._customer_zone(visit.start),
            ),
        )


class AftersalesVisit(models.Model):
    """Another date of a visit is a node of its own: the customer hears of it once (PROG-01, PROG-02).

    What counts is the date at the end of the transaction against the one the customer knows, so that a date
    that was tried out and taken back tells nothing.
    """

    _inherit = "aftersales.visit"

    told_start = fields.Datetime(
        "Date as told", readonly=True, copy=False, help="The date of which the customer knows."
    )

    def _owned_fields(self):
        return super()._owned_fields() | {"told_start"}

    def write(self, vals):
        before = {visit: visit.start for visit in self} if "start" in vals else {}
        result = super().write(vals)
        moved = self.filtered(lambda visit: visit in before and visit.start != before[visit])
        moved._note_moved(before)
        return result

    def _after_event(self, event, now):
        """A visit that was missed has its new date when somebody plans it anew."""
        super()._after_event(event, now)
        if event == lifecycle.CREATE:
            for start, visits in self.grouped("start").items():
                visits._write_policy({"told_start": start})
        elif event == "reschedule":
            self._note_moved({visit: visit.start for visit in self})

    def _note_moved(self, before):
        """Look at them once more when the transaction ends.

        :param before: {visit: its date before}, the known one where none was kept (visits of earlier days)
        """
        if not self:
            return
        precommit = self.env.cr.precommit
        if QUEUE not in precommit.data:
            precommit.add(self.browse()._tell_moved)
        known = precommit.data.setdefault(QUEUE, {})
        for visit in self:
            known.setdefault(visit.id, visit.told_start or before[visit])

    def _tell_moved(self):
        """Tell the customers whose visit has another date now than the one they know."""
        known = self.env.cr.precommit.data.pop(QUEUE, {})
        # sudo: told for the company, whoever has moved the visit
        visits = self.sudo().browse(known).exists()
        now = fields.Datetime.now()
        moved = visits.filtered(
            lambda v: v.state in visit_flow.AHEAD and v.start > now and v.start != known[v.id]
            and v.ticket_id.state in ticket_flow.OPEN
        )  # fmt: skip
        for visit in moved:
            ticket = visit.ticket_id.with_context(
                aftersales_visit_id=visit.id, aftersales_before=fields.Datetime.to_string(known[visit.id])
            )
            ticket._forget_node(NODE)
            ticket._tell_node(NODE)
            visit._write_policy({"told_start": visit.start, **visit._reminded_by_the_news(now)})

    def _reminded_by_the_news(self, now):
        """Who hears of the date when its reminder would be due needs no second word."""
        told = self.ticket_id.told_nodes or {}
        calendar = self.company_id._aftersales_calendar()
        working = calendar._aftersales_working(now - FURTHEST, now + FURTHEST, self.company_id)
        late = reminder.remind_at(self.start, working) <= now
        return {"reminded_for": self.start} if late and {NODE, f"sms:{NODE}"} & set(told) else {}
