from odoo import api, fields, models
from odoo.exceptions import UserError

from ..policy.disposition import CHECKS, SOLD, Facts
from .aftersales_disposition_rule import DISPOSITIONS, GRADES, OWNERSHIPS
from .aftersales_freight_rule import YES_NO


class AftersalesInspection(models.Model):
    """What the warehouse found on one line of a return (INSPECT-06): a checklist, a grade, a verdict."""

    _name = "aftersales.inspection"
    _description = "Inspection"
    _inherit = ["aftersales.verdict.mixin", "mail.thread"]
    _order = "rma_id, id"
    _rec_name = "line_id"

    rma_id = fields.Many2one(
        "aftersales.rma", "Return", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="rma_id.company_id", store=True, precompute=True)
    rma_state = fields.Selection(related="rma_id.state")
    line_id = fields.Many2one(
        "aftersales.rma.line", "Goods", required=True, readonly=True, index=True, ondelete="cascade"
    )
    reason_id = fields.Many2one(related="rma_id.reason_id")
    description = fields.Text(related="rma_id.description")
    has_gift = fields.Boolean(related="rma_id.has_gift")
    product_id = fields.Many2one(related="line_id.product_id")
    lot_id = fields.Many2one(related="line_id.lot_id")
    received_qty = fields.Float(related="line_id.received_qty")
    expected_qty = fields.Float("Expected", related="line_id.quantity")

    unused = fields.Selection(YES_NO, help="No trace of use, not washed, not altered.")
    packaging = fields.Selection(YES_NO, help="Original packaging, intact.")
    accessories = fields.Selection(YES_NO, help="Everything that was in the box is there.")
    gift_included = fields.Selection(YES_NO, "Gift", help="The gift and its box came along.")
    serial_matches = fields.Selection(
        YES_NO, "Serial number as delivered", help="The number on the goods is the one delivered."
    )
    fault_found = fields.Selection(YES_NO, "Fault found", help="The fault the customer wrote of is there.")
    vendor_warranty = fields.Boolean("Supplier's warranty", help="The supplier takes it back.")
    ownership = fields.Selection(
        OWNERSHIPS,
        "Whose goods",
        readonly=True,
        help="As the delivery to the customer says it. What a supplier had left to be sold is his again.",
    )
    grade = fields.Selection(GRADES, help="How the goods are, whatever is decided about them.")
    note = fields.Text()
    user_id = fields.Many2one("res.users", "Inspected by", readonly=True, copy=False)
    disposition = fields.Selection(DISPOSITIONS, readonly=True, copy=False)
    is_accepted = fields.Boolean("Accepted", readonly=True, copy=False)

    _line_uniq = models.UniqueIndex("(line_id)", "That line has its inspection already.")

    _checks = CHECKS
    _judged = ("user_id", "disposition", "is_accepted", "rma_id", "line_id", "is_lost")

    def write(self, vals):
        if not self.env.su:
            self._refuse_late_changes(vals)
        return super().write(vals)

    def _refuse_late_changes(self, vals):
        """Findings are open until the inspection is completed; the verdict is never typed."""
        typed = set(vals).intersection(self._judged)
        late = self.filtered(lambda found: found.rma_state != "received")
        if typed or (late and set(vals).intersection({*self._checks, "grade", "vendor_warranty"})):
            raise UserError(
                self.env._(
                    "The inspection of %s is completed, or its verdict is not for typing. Findings "
                    "can be changed "
                    "while the return is in the state 'Received'.",
                    ", ".join(self.mapped("display_name")),
                )
            )

    def _may_be_judged(self, kind):
        return any(found.disposition for found in self)

    def _is_open(self):
        """Whether somebody still has to say how the goods are."""
        return not (self.grade or self.is_lost or self.line_id.is_unexpected)

    def _judge_findings(self):
        """Judge where the goods go, and write it on inspection and line."""
        verdicts = self._judge("disposition", {found: found._facts() for found in self})
        for found, answer in verdicts.items():
            found._apply_verdict(answer)

    def _facts(self):
        rma = self.rma_id
        checks = {check: self[check] or None for check in self._checks}
        return Facts(
            grade=self.grade or None,
            right=rma.eligibility or "no_reason",
            resolution=rma.resolution,
            gift="yes" if self.line_id.is_gift else "no",
            vendor_warranty="yes" if self.vendor_warranty else "no",
            reason=rma.reason_kind or None,
            ownership=self.ownership or SOLD,
            lost="yes" if self.is_lost else "no",
            **checks,
        )

    def _apply_verdict(self, answer):
        accepted = bool(answer.values.get("accepted"))
        # sudo: findings are the verdict's, see the guards of both models
        self.sudo().write({"disposition": answer.outcome, "is_accepted": accepted, "user_id": self.env.uid})
        line = self.sudo().line_id
        line.write(
            {
                "accepted_qty": line.received_qty if accepted else 0,
                "grade": self.grade,
                "disposition": answer.outcome,
            }
        )

    @api.depends("line_id")
    def _compute_display_name(self):
        for found in self:
            found.display_name = f"{found.rma_id.name}: {found.line_id.display_name}"
