from odoo import api, fields, models

from ..policy import ticket_flow


class AftersalesTicket(models.Model):
    """The one line of a ticket: what is next, by when, who pays."""

    _inherit = "aftersales.ticket"

    headline = fields.Char(compute="_compute_headline", help="What is next, by when, who pays.")

    @api.depends("state", "next_due_at", "next_kind", "coverage", "user_id")
    @api.depends_context("lang", "tz")
    def _compute_headline(self):
        kinds = dict(self._fields["next_kind"]._description_selection(self.env))
        for ticket in self:
            parts = [ticket._next_step(), ticket._next_due_text(kinds), ticket._payer_text()]
            ticket.headline = " · ".join(filter(None, parts))

    def _next_step(self):
        """What has to happen next, as a sentence part."""
        who = self.user_id.name or self.env._("somebody")
        return {
            "new": self.env._("Give it to somebody"),
            "assigned": self.env._("%(who)s has to accept it", who=who),
            "accepted": self.env._("%(who)s has to begin", who=who),
            "in_progress": self.env._("%(who)s is working on it", who=who),
            "waiting": self.env._("Waits for: %(what)s", what=self._waiting_label()),
            "resolved": self.env._("The customer has to confirm the result"),
            "closed": self.env._("Closed"),
            "cancelled": self.env._("Cancelled"),
        }[self.state]

    def _waiting_label(self):
        return dict(self._fields["waiting_for"]._description_selection(self.env)).get(self.waiting_for, "")

    def _next_due_text(self, kinds):
        if not self.next_due_at:
            return ""
        return self.env._(
            "%(what)s by %(when)s", what=kinds.get(self.next_kind, ""), when=self._moment(self.next_due_at)
        )

    def _payer_text(self):
        if self.state in ticket_flow.ENDED:
            return ""
        return {
            "undetermined": self.env._("who pays is open until the cause is known"),
            "covered": self.env._("free for the customer"),
            "charged": self.env._("the customer pays"),
            "goodwill": self.env._("free as goodwill"),
        }[self.coverage]
