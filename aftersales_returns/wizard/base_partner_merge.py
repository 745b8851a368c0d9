from odoo import models


class MergePartnerAutomatic(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Before the merge gives the one's name in our data to the other."""
        self.env["res.partner"].browse(partner_ids)._unlink_never_unknown_owner()
        return super()._merge(partner_ids, dst_partner=dst_partner, extra_checks=extra_checks)
