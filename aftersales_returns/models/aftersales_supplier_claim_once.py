"""What is claimed from a supplier once is not claimed again, and stays as he was told."""

from odoo import api, models
from odoo.exceptions import UserError, ValidationError

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

    def _check_credit(self):
        super()._check_credit()
        for claim in self.sudo():  # sudo: bills and transfers, for whoever credits
            claim._refuse_credited_by_purchase()

    def _refuse_credited_by_purchase(self):
        """What has gone back, and was credited on its purchase, is not asked for by the claim as well."""
        line = self._bought_from_supplier()
        credited = line._aftersales_credited_with()
        back = min(self._owed(), self._gone_back(line))
        left = line._aftersales_gone_back() - sum(credited._aftersales_pieces_billed())
        if credited and self.product_id.uom_id.compare(back, left) > 0:
            raise UserError(
                self.env._(
                    "%(claim)s: %(goods)s has gone back to the supplier, and %(notes)s credits it on "
                    "%(purchase)s already. Withdraw the claim.",
                    claim=self.name,
                    goods=f"{back:g} {self.product_id.display_name}",
                    notes=", ".join(credited.move_id.mapped("display_name")),
                    purchase=line.order_id.name,
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


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    def _aftersales_credited_with(self):
        """Lines of credit notes of the supplier on this purchase, posted or not."""
        return self.invoice_lines.filtered(
            lambda row: row.move_id.move_type == "in_refund" and row.parent_state != "cancel"
        )

    def _aftersales_ways_back(self):
        """Moves by which goods leave for the supplier, or have left, as returned on the purchase."""
        return self.move_ids.filtered(
            lambda way: way.to_refund and way.location_dest_id.usage == "supplier" and way.state != "cancel"
        )

    def _aftersales_gone_back(self):
        return sum(way._aftersales_qty() for way in self._aftersales_ways_back())


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _aftersales_pieces_billed(self):
        """Quantity of each line in its product's unit."""
        return [row.product_uom_id._compute_quantity(row.quantity, row.product_id.uom_id) for row in self]


class AftersalesAssessment(models.Model):
    _inherit = "aftersales.assessment"

    def _unclaimed(self, but):
        """Pieces of the sheet that no claim but the claim ``but`` has asked for; not negative."""
        # sudo: as in _refuse_claimed_twice; and looked up, for one that is being entered would count
        others = but.sudo().search([("assessment_id", "=", self.id), ("id", "not in", but.ids)])
        return max(0.0, self.quantity - sum(claim._held() for claim in others))
