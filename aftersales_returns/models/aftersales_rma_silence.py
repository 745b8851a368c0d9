"""Approval by silence (RMA-02): the decision is the clock's, the transfer of the goods comes right after it.

The customer's right must not depend on whether Inventory can make a transfer at this moment, and the
decisions of a backlog must not wait for each other's transfers. So the clock approves, opens a promise that
is due at once (``prepare``), and makes the transfers when everything that was due before has been decided.
Where one cannot be made, the approval stands and the ledger says why. Whoever is faster (the parcel at the
station, the customer with his tracking number) finds or makes what he needs, see ``_renew_receipts``.
"""

from odoo import models

# Proof that time has decided. An object: no client can send it.
BY_CLOCK = object()


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    def _deadline_ran_out(self, kind, expires):
        by_clock = self.with_context(aftersales_decided_by=BY_CLOCK) if kind == "decide" else self
        super(AftersalesRma, by_clock)._deadline_ran_out(kind, expires)

    def _left_to_the_clock(self):
        """Returns of ``self`` whose transfers are made by the promise ``prepare`` instead of by this event.

        Goods that lie here already, of an unknown parcel, are handed over to theirs in the same step.
        """
        if self.env.context.get("aftersales_decided_by") is not BY_CLOCK:
            return self.browse()
        # sudo: parcels are the warehouse's
        return self.filtered(
            lambda rma: rma.resolution != "refund_only" and not rma.sudo().unknown_parcel_ids
        )

    def _terms(self, kind):
        if kind != "prepare":
            return super()._terms(kind)
        return self.env["aftersales.deadline"].at_once() if self._left_to_the_clock() else None

    def _on_prepare_receipt(self):
        self._create_return_pickings()
        self._note_tracking_number()
