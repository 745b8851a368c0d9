from odoo import fields, models

GROUPS = "aftersales_service.group_agent,aftersales_service.group_engineer"


class ResPartner(models.Model):
    _inherit = "res.partner"

    aftersales_ticket_count = fields.Integer(compute="_compute_aftersales_counts", groups=GROUPS)
    aftersales_card_count = fields.Integer(compute="_compute_aftersales_counts", groups=GROUPS)

    def _compute_aftersales_counts(self):
        """Tickets and warranty cards of the partners with their contacts."""
        everyone = self.with_context(active_test=False).search([("id", "child_of", self.ids)])
        for field, model in (
            ("aftersales_ticket_count", "aftersales.ticket"),
            ("aftersales_card_count", "aftersales.warranty.card"),
        ):
            counted = self.env[model]._read_group(
                [("partner_id", "in", everyone.ids)], ["partner_id"], ["__count"]
            )
            self[field] = 0
            for partner, count in counted:
                while partner:
                    if partner in self:
                        partner[field] += count
                    partner = partner.parent_id

    def _aftersales_is_staff(self):
        """Whether the partner is one of our own users; an empty one is not."""
        # sudo: users of a partner are not readable by customers
        return any(not user.share for user in self.sudo().with_context(active_test=False).user_ids)

    def action_aftersales_tickets(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("aftersales_service.aftersales_ticket_action")
        return {
            **action,
            "domain": [("partner_id", "child_of", self.ids)],
            "context": {"default_partner_id": self[:1].id},
        }

    def action_aftersales_cards(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.aftersales_warranty_card_action"
        )
        return {**action, "domain": [("partner_id", "child_of", self.ids)], "context": {}}
