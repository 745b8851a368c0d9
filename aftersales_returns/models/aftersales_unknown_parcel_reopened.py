"""Parcels that somebody has to decide on once more: their return is over, or their shipment was cancelled."""

from odoo import models

from odoo.addons.aftersales_service.policy import lifecycle

from ..policy import parcel_flow


class AftersalesUnknownParcel(models.Model):
    _inherit = "aftersales.unknown.parcel"

    def _on_stay(self):
        """Whoever it belonged to, it was to leave: its owner is looked for anew."""
        for parcel in self.sudo():  # sudo: as in _on_release
            parcel._write_policy({"way_back_id": False, "sent_back_at": False})
            parcel._become_nobodys()

    def _shipment_cancelled(self, shipments):
        """Some or all of it stays here; a supervisor hears of it."""
        told = self.env._("%s was cancelled in Inventory.", ", ".join(shipments.mapped("name")))
        if self.state == parcel_flow.SENT_BACK and not self._leaves():
            self._fire("stay", actor=lifecycle.SYSTEM, reason=told)
        self._ask_supervisor(
            self.env._("%s was to be sent back and is still here, or a part of it", self.name), note=told
        )

    def _leaves(self):
        """Whether anything of it has left or is about to."""
        # sudo: the transfers of the parcel, whoever cancels one
        moves = self.env["stock.move"].sudo()
        return bool(
            moves.search_count(
                [("aftersales_received_move_id", "in", self.line_ids.move_id.ids), ("state", "!=", "cancel")],
                limit=1,
            )
        )


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    def _on_close(self):
        super()._on_close()
        self._release_parcels()

    def _on_cancel(self):
        super()._on_cancel()
        self._release_parcels()

    def _on_dismiss(self):
        super()._on_dismiss()
        self._release_parcels()

    def unlink(self):
        """Of a draft that is deleted its parcel is told afterwards: it is no candidate any more."""
        adopted = {rma.display_name: rma._adopted_parcels() for rma in self}
        result = super().unlink()
        for name, parcels in adopted.items():
            parcels._fire("release", actor=lifecycle.SYSTEM, reason=self.env._("%s was deleted.", name))
        return result

    def _release_parcels(self):
        """What was adopted for a return that never took it is nobody's again, and somebody's task."""
        for rma in self:
            why = self.env._("%(rma)s did not take it (%(state)s).", rma=rma.name, state=rma._state_label())
            rma._adopted_parcels()._fire("release", actor=lifecycle.SYSTEM, reason=why)


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_cancel(self):
        leaving = self.filtered(lambda move: move.state != "cancel" and move.aftersales_received_move_id)
        result = super()._action_cancel()
        leaving._aftersales_tell_parcels()
        return result

    def _aftersales_tell_parcels(self):
        """Parcels that were to go back by these moves."""
        if not self:
            return
        # sudo: what came in a parcel, for a warehouse user without rights on them
        lines = self.env["aftersales.unknown.parcel.line"].sudo()
        for parcel in lines.search([("move_id", "in", self.aftersales_received_move_id.ids)]).parcel_id:
            parcel._shipment_cancelled(
                self.filtered(
                    lambda move, parcel=parcel: move.aftersales_received_move_id in parcel.line_ids.move_id
                ).picking_id
            )
