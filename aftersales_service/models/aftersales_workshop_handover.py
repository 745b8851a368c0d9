from odoo import fields, models
from odoo.exceptions import UserError


class RepairOrder(models.Model):
    """A workshop job passes from the service advisor to the workshop supervisor (DISP-39)."""

    _inherit = "repair.order"

    aftersales_advisor_id = fields.Many2one(
        "res.users",
        "Service advisor",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        copy=False,
    )
    aftersales_workshop_supervisor_id = fields.Many2one(
        "res.users", "Workshop supervisor", domain="[('share', '=', False)]", copy=False
    )
    aftersales_handed_over_at = fields.Datetime("Handed over", readonly=True, copy=False)

    def action_aftersales_hand_over(self):
        """The supervisor gets the job as a task; the moment stays on the order."""
        for order in self:
            supervisor = order.aftersales_workshop_supervisor_id
            if not supervisor:
                raise UserError(
                    self.env._("Choose the workshop supervisor who takes %s over.", order.display_name)
                )
            if order.aftersales_handed_over_at:
                raise UserError(self.env._("%s is handed over already.", order.display_name))
            order.aftersales_handed_over_at = fields.Datetime.now()
            order.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=supervisor.id,
                summary=self.env._("Taken over from %s", order.aftersales_advisor_id.name or "-"),
            )
        return True
