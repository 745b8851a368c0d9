from odoo import api, fields, models


class AftersalesUnstickMixin(models.AbstractModel):
    """The dialog: which documents, into which state, and why. A document's addon adds the two fields."""

    _name = "aftersales.unstick.mixin"
    _description = "Put into another state by hand"

    reason = fields.Text(required=True, help="Kept in the log of each document.")

    @api.model
    def default_get(self, names):
        values = super().default_get(names)
        if "document_ids" in names and self.env.context.get("active_ids"):
            values["document_ids"] = [fields.Command.set(self.env.context["active_ids"])]
        return values

    def action_unstick(self):
        self.ensure_one()
        self.document_ids._unstick(self.state, self.reason)
        return {"type": "ir.actions.act_window_close"}


class AftersalesTicketUnstick(models.TransientModel):
    _name = "aftersales.ticket.unstick"
    _description = "Put a ticket into another state by hand"
    _inherit = "aftersales.unstick.mixin"

    document_ids = fields.Many2many("aftersales.ticket", string="Tickets", required=True)
    state = fields.Selection(selection="_selection_states", string="Into the state", required=True)

    @api.model
    def _selection_states(self):
        return self.env["aftersales.ticket"]._fields["state"]._description_selection(self.env)
