from operator import itemgetter

from odoo import fields, models

from ..policy import lifecycle, ticket_flow, visit_flow

#: what the customer sees of a visit, and how far it has come
VISITS_SHOWN = (
    visit_flow.PLANNED,
    visit_flow.CONFIRMED,
    visit_flow.DEPARTED,
    visit_flow.ARRIVED,
    visit_flow.DONE,
)


class AftersalesTicket(models.Model):
    """Where a request stands, as its customer sees it in the portal."""

    _inherit = "aftersales.ticket"

    def _can_be_reopened(self):
        """As long as the flow has a way back."""
        self.ensure_one()
        roles = {lifecycle.CUSTOMER}
        return "reopen" in lifecycle.allowed_events(self._flow, self.state, roles, False, ())

    def _portal_waiting(self):
        """What it waits for, and whether the customer has to do something."""
        self.ensure_one()
        if self.waiting_for == "customer":
            return self.env._("We wait for you: please answer below, so that we can go on.")
        return self.env._("Work goes on as soon as this has come: %(what)s.", what=self._waiting_label())

    # === FURTHER NODES === #

    def _after_event(self, event, now):
        """What goes on, and what we end ourselves, is told like the other nodes (PROG-01, PROG-02)."""
        super()._after_event(event, now)
        if event == "resume":  # whoever has answered knows that it goes on
            self.filtered(lambda ticket: ticket.waiting_for != "customer")._tell_node("resumed")
        elif event == "cancel" and self._closing_actor() != "customer":
            if not self.env.context.get("aftersales_merging"):
                self._tell_node("cancelled")
        elif event == "reinstate":
            self._forget_node("cancelled")

    def _merge_into(self, target):
        """The customer hears which request goes on, not that one is cancelled."""
        merging = self.with_context(aftersales_merging=True)
        super(AftersalesTicket, merging)._merge_into(target)
        (self - target)._tell_node("merged")
        return target

    def _node_texts(self):
        node = self.env.context.get("aftersales_node")
        texts = {
            "resumed": self._resumed_texts,
            "visit_done": self._visit_done_texts,
            "visit_cancelled": self._visit_cancelled_texts,
            "cancelled": self._cancelled_texts,
            "merged": self._merged_texts,
        }
        return texts[node]() if node in texts else super()._node_texts()

    def _resumed_texts(self):
        what = self._waiting_label()
        return (
            self.env._("work goes on"),
            self.env._(
                "What we were waiting for has come (%(what)s). We go on with your request.", what=what
            ),
        )

    def _visit_done_texts(self):
        visit = self._visit_of_node()
        return (
            self.env._("we have been with you"),
            self.env._("%(who)s has been with you. We tell you how it goes on.", who=visit.user_id.name),
        )

    def _visit_cancelled_texts(self):
        start = self._visit_of_node().start
        return (
            self.env._("the visit does not take place"),
            self.env._(
                "We do not come on %(start)s (%(zone)s). If your request still needs a visit, we agree on "
                "another date with you.",
                start=self._customer_moment(start),
                zone=self._customer_zone(start),
            ),
        )

    def _visit_of_node(self):
        # sudo: as the rest of the mail
        return self.env["aftersales.visit"].sudo().browse(self.env.context["aftersales_visit_id"])

    def _cancelled_texts(self):
        return (
            self.env._("your request is cancelled"),
            self.env._(
                "We have cancelled your request. Tell us by answering this mail if you still need us, and it "
                "is taken up again."
            ),
        )

    def _merged_texts(self):
        goes_on = self.sudo().merged_into_id.name  # sudo: as the rest of the mail
        return (
            self.env._("it goes on under another number"),
            self.env._(
                "You have written to us more than once about this. It goes on as %(ticket)s; nothing of what "
                "you have sent is lost.",
                ticket=goes_on,
            ),
        )

    # === MERGED === #

    def _portal_survivor(self):
        """The ticket this one goes on as, if it is the same customer's."""
        self.ensure_one()
        ticket = self.sudo()  # sudo: the customer follows the reference
        target = ticket.merged_into_id
        same_address = target._customer_address() and target._customer_address() == ticket._customer_address()
        same_partner = (
            ticket.partner_id
            and ticket.partner_id.commercial_partner_id == target.partner_id.commercial_partner_id
        )
        return target if same_address or same_partner else self.browse()

    def _survivor_of_words(self, values):
        """Where a message on a merged ticket is read: nobody looks at an emptied one."""
        said = values.get("message_type") in ("comment", "email")
        return said and self.sudo().merged_into_id  # sudo: as above

    # === STEPS === #

    def _portal_timeline(self):
        """PROG-03: the parts that are waited for and each visit stand between the work and the result."""
        steps = super()._portal_timeline()
        ours = self._portal_visits() + self._portal_parts()  # of one moment: the visit found what is missing
        work = next(at for at, step in enumerate(steps) if step["key"] == "in_progress")
        if any(own["now"] for own in ours):
            steps[work]["now"] = False
        return steps[: work + 1] + sorted(ours, key=itemgetter("at")) + steps[work + 1 :]

    def _portal_parts(self):
        """Waiting for spare parts, if it does or did."""
        told = (self.told_nodes or {}).get("waiting:parts")
        now = self.state == ticket_flow.WAITING and self.waiting_for == "parts"
        if not told and not now:
            return []
        at = fields.Datetime.to_datetime(told) if told else self.write_date
        return [{"key": "parts", "label": self.env._("Parts ordered"), "at": at, "done": True, "now": now}]

    def _portal_visits(self):
        # sudo: the customer sees the dates
        shown = self.sudo().visit_ids.filtered(lambda visit: visit.state in VISITS_SHOWN)
        return [visit._portal_step(number) for number, visit in enumerate(shown.sorted("start"), start=1)]


class AftersalesVisit(models.Model):
    _inherit = "aftersales.visit"

    def _after_event(self, event, now):
        """PROG-01: the visit has been made, or does not take place."""
        super()._after_event(event, now)
        node = {"complete": "visit_done", "cancel": "visit_cancelled"}.get(event)
        for visit in self if node else ():
            # sudo: an engineer works on a ticket of the team
            ticket = visit.ticket_id.sudo().with_context(aftersales_visit_id=visit.id)
            if ticket.state in ticket_flow.OPEN:  # the end of the ticket says enough
                ticket._forget_node(node)
                ticket._tell_node(node)

    def _portal_step(self, number):
        """A step of the ticket's timeline; ``number`` counts the visits from 1."""
        self.ensure_one()
        labels = {1: self.env._("Visit"), 2: self.env._("Second visit")}
        return {
            "key": f"visit_{self.id}",
            "label": labels.get(number) or self.env._("Visit no. %(number)s", number=number),
            "at": self.done_at or self.start,
            "planned": not self.done_at,
            "done": self.state == visit_flow.DONE,
            "now": self.state == visit_flow.ARRIVED,
        }
