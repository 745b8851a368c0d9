from odoo import Command, api, fields, models
from odoo.tools import email_normalize

from ..policy import priority


class AftersalesTicket(models.Model):
    """SLA-02: when everything is down, customer and team talk in one room, opened with the alarm."""

    _inherit = "aftersales.ticket"

    live_channel_id = fields.Many2one(
        "discuss.channel", "Live talk", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    live_url = fields.Char("Live talk link", compute="_compute_live_url")

    def _owned_fields(self):
        return super()._owned_fields() | {"live_channel_id"}

    @api.depends("live_channel_id.active", "live_channel_id.uuid")
    def _compute_live_url(self):
        for ticket in self:
            channel = ticket.sudo().live_channel_id  # sudo: whoever sees the ticket may join
            path = channel.active and channel.invitation_url
            ticket.live_url = path and ticket.get_base_url() + path

    # === OPENING === #

    def _acknowledge(self, now):
        """The receipt of a p0 carries the link."""
        self.filtered(lambda ticket: ticket.priority == priority.P0)._open_live_channel()
        return super()._acknowledge(now)

    def _raise_alarm(self, now):
        """A ticket that became a p0 later has had its receipt: the link goes out by itself."""
        late = self.filtered(lambda ticket: not ticket.live_channel_id)
        late._open_live_channel()
        result = super()._raise_alarm(now)
        for ticket in self:
            ticket._join_live_channel()
        late._send_live_link()
        return result

    def _open_live_channel(self):
        """A room of Discuss that whoever has the link may enter as a guest."""
        channels = self.env["discuss.channel"].sudo()  # sudo: opened for the company, also from the portal
        for ticket in self.filtered(lambda t: not t.live_channel_id):
            channel = channels.create(
                {
                    "name": self.env._("Emergency: %s", ticket.title or ticket.partner_id.name or "-"),
                    "channel_type": "group",
                    "channel_member_ids": [
                        Command.create({"partner_id": partner.id})
                        for partner in ticket._concerned().partner_id
                    ],
                }
            )
            ticket._write_policy({"live_channel_id": channel.id})

    def _join_live_channel(self):
        """Whoever was given the ticket since then is in the room, too."""
        channel = self.sudo().live_channel_id  # sudo: as above
        missing = self._concerned().partner_id - channel.channel_member_ids.partner_id
        if channel and missing:
            channel._add_members(partners=missing, post_joined_message=False)

    def _send_live_link(self):
        written = self.filtered(lambda t: email_normalize(t.email or t.partner_id.email or ""))
        if not written or self.env.context.get("aftersales_no_mail"):
            return
        template = self.env.ref("aftersales_service.mail_template_ticket_live", raise_if_not_found=False)
        if template:
            template.sudo().send_mail_batch(written.ids, force_send=False)  # sudo: goes out for the company

    # === CLOSING === #

    def _after_event(self, event, now):
        super()._after_event(event, now)
        if event in ("close", "cancel"):
            # sudo: nobody needs rights on the room; the link ends with it
            self.sudo().live_channel_id.active = False
        elif event in ("reopen", "reinstate"):
            self.sudo().with_context(active_test=False).live_channel_id.active = True  # sudo: as above
