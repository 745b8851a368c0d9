"""What is claimed from a supplier once is not claimed again, and stays as he was told."""

from odoo import api, models
from odoo.exceptions import ValidationError

from ..policy import supplier_claim_flow


class AftersalesSupplierClaim(models.Model):
    _inherit = "aftersales.supplier.claim"

    _settled = (supplier_claim_flow.FACTS, supplier_claim_flow.TOLD)

    def _settled_message(self, names):
        return self.env._(
            "%(fields)s of %(claims)s stays as it is: the supplier was told so. Withdraw the claim and make "
            "another, unless he has made it good.",
            fields=", ".join(self._fields[name]._description_string(self.env) for name in names),
            claims=", ".join(self.mapped("name")),
        )

    @api.constrains("assessment_id", "quantity")
    def _check_claimed_once(self):
        self.filtered(lambda claim: claim.state not in supplier_claim_flow.IN_VAIN)._refuse_claimed_twice()

    def _check_notify(self):
        """The sheet may have been signed for less since, a refused claim been made anew by another."""
        super()._check_notify()
        self._refuse_claimed_twice()

    def _refuse_claimed_twice(self):
        self._decide_in_turn(self.assessment_id)
        self._decide_in_turn(self.lot_id)
        for claim in self.sudo():  # sudo: what others have claimed counts, too
            claim._refuse_more_than_assessed()
            claim._refuse_serial_again()

    def _refuse_more_than_assessed(self):
        left = self.assessment_id._unclaimed(self)
        if self.product_id.uom_id.compare(self.quantity, left) > 0:
            raise ValidationError(
                self.env._(
                    "Of %(sheet)s %(left)s can be claimed, not %(quantity)s: it is about %(assessed)s, less "
                    "what other claims ask for.",
                    sheet=self.assessment_id.name,
                    left=f"{left:g}",
                    quantity=f"{self.quantity:g}",
                    assessed=f"{self.assessment_id.quantity:g}",
                )
            )

    def _refuse_serial_again(self):
        if not self.lot_id or self.product_id.tracking != "serial":
            return
        same = [("lot_id", "=", self.lot_id.id), ("company_id", "=", self.company_id.id)]
        for other in self.search(same) - self:
            if other._held() and not other._is_supplied_anew():
                raise ValidationError(
                    self.env._(
                        "%(serial)s is claimed already, with %(claim)s. Work on that one.",
                        serial=self.lot_id.name,
                        claim=other.name,
                    )
                )

    def _held(self):
        """Pieces that no other claim may ask for: all of them, or what came before it ended in vain."""
        return self._came() if self.state in supplier_claim_flow.IN_VAIN else self.quantity

    def _is_supplied_anew(self):
        """Whether the serial number has come from a supplier since: repaired, say, in place of a new one."""
        since = [
            ("lot_id", "=", self.lot_id.id),
            ("company_id", "=", self.company_id.id),
            ("state", "=", "done"),
            ("location_id.usage", "=", "supplier"),
            ("date", ">", self.notified_at),
        ]
        return bool(self.notified_at and self.env["stock.move.line"].search(since, limit=1))


class AftersalesAssessment(models.Model):
    _inherit = "aftersales.assessment"

    def _unclaimed(self, but):
        """Pieces of the sheet that no claim but the claim ``but`` has asked for; not negative."""
        # sudo: as in _refuse_claimed_twice; and looked up, for one that is being entered would count
        others = but.sudo().search([("assessment_id", "=", self.id), ("id", "not in", but.ids)])
        return max(0.0, self.quantity - sum(claim._held() for claim in others))
