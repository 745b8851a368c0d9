from odoo import api, fields, models


class AftersalesRmaUnstick(models.TransientModel):
    _name = "aftersales.rma.unstick"
    _description = "Put a return into another state by hand"
    _inherit = "aftersales.unstick.mixin"

    document_ids = fields.Many2many("aftersales.rma", string="Returns", required=True)
    state = fields.Selection(selection="_selection_states", string="Into the state", required=True)

    @api.model
    def _selection_states(self):
        return self.env["aftersales.rma"]._fields["state"]._description_selection(self.env)
