from odoo import fields, models


class AftersalesFollowupReschedule(models.TransientModel):
    """Not now: when shall we call, and on which number (FOLLOWUP-04, FOLLOWUP-05)?"""

    _name = "aftersales.followup.reschedule"
    _description = "Reschedule a follow-up"

    followup_ids = fields.Many2many("aftersales.followup", required=True, string="Follow-ups")
    due_at = fields.Datetime("Contact the customer by", required=True)
    callback_phone = fields.Char(
        "Call back on", help="Offer to call on a landline if you reached the customer on a mobile."
    )
    reason = fields.Char()

    def action_confirm(self):
        self.ensure_one()
        if self.callback_phone:
            self.followup_ids.callback_phone = self.callback_phone
        self.followup_ids._reschedule_to(self.due_at, self.reason)
        return {"type": "ir.actions.act_window_close"}
