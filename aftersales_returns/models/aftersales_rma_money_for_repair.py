"""Money instead of a repair: who gets his money back does not get the goods back as well."""

from odoo import models

from ..policy import disposition


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    def _on_pass_to_refund(self):
        self.filtered(lambda rma: rma.resolution == "repair")._keep_unrepaired_goods()
        super()._on_pass_to_refund()

    def _keep_unrepaired_goods(self):
        """From here on they are returns for a refund: the goods become the company's where they lie."""
        for rma in self:
            rma._open_shipments()._aftersales_cancel()
            rma.sudo().resolution = "return_refund"  # sudo: the button does it, whoever presses it
            rma._message_log(
                body=rma.env._("Money instead of the repair: the goods stay here and are not sent back.")
            )
            # sudo: the warehouse's goods; the right was checked by the event
            kept = rma.sudo().line_ids.filtered(lambda line: line.disposition in disposition.TAKEN_OVER)
            kept.filtered(lambda line: not line._is_lost())._take_over()
