from odoo import fields, models

from ..policy import lifecycle, visit_flow


class AftersalesTicket(models.Model):
    """A request that has ended needs nobody at the customer's place any more."""

    _inherit = "aftersales.ticket"

    def _on_cancel(self):
        self._call_off_visits(self.env._("The request was withdrawn."))

    def _on_close(self):
        self._call_off_visits(self.env._("The request is closed."))

    def _call_off_visits(self, reason):
        """Visits still ahead are cancelled; whoever is to go, or is there, hears it."""
        visits = self.sudo().visit_ids  # sudo: withdrawn by the customer or closed by the clock
        expected = visits.filtered(lambda visit: visit.state in visit_flow.EXPECTED)
        expected.filtered(lambda visit: visit._can_be_called_off())._fire(
            "cancel", actor=lifecycle.SYSTEM, reason=reason
        )
        expected._tell_called_off(reason)


class AftersalesVisit(models.Model):
    _inherit = "aftersales.visit"

    def _can_be_called_off(self):
        return (self.state, "cancel") in self._flow.transitions

    def _tell_called_off(self, reason):
        """Who travels, or already works there, hears that nobody is expected any more."""
        for visit in self:
            for lang, users in (visit._travellers() - self.env.user).grouped("lang").items():
                spoken = visit.with_context(lang=lang or self.env.lang)
                start = fields.Datetime.context_timestamp(spoken, visit.start)
                spoken.message_notify(
                    partner_ids=users.partner_id.ids,
                    subject=spoken.env._("Called off: %s", visit.name or ""),
                    body=spoken.env._(
                        "The visit on %(when)s does not take place. %(reason)s",
                        when=f"{start:%Y-%m-%d %H:%M}",
                        reason=reason,
                    ),
                )
