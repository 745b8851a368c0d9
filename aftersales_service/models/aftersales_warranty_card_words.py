from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..policy import warranty


class AftersalesWarrantyCard(models.Model):
    _inherit = "aftersales.warranty.card"

    headline = fields.Char(
        compute="_compute_headline", help="Whether the customer is covered, and until when."
    )
    terms = fields.Html(related="plan_id.terms", string="Warranty terms")

    @api.depends("state", "start_date", "last_day", "entry_ids.reason")
    @api.depends_context("lang")
    def _compute_headline(self):
        for card in self:
            parts = [card._cover_text(), card._ledger_reason()]
            card.headline = " · ".join(filter(None, parts))

    def _cover_text(self):
        """What holds today, with its day."""
        self.ensure_one()
        if not self.last_day:
            return self.env._("The term has not begun: enter the day from which it runs")
        return {
            warranty.ACTIVE: self.env._(
                "Covered until %s", format_date(self.env, self.last_day, date_format="medium")
            ),
            warranty.SUSPENDED: self.env._("Suspended: no cover until it is in force again"),
            warranty.EXPIRED: self.env._(
                "Expired on %s", format_date(self.env, self.last_day, date_format="medium")
            ),
            warranty.VOID: self.env._("Void: no cover"),
        }[self.state]

    def _ledger_reason(self):
        """Why the latest entry was made, if somebody said so."""
        return self.entry_ids.sorted(lambda entry: (entry.date, entry.id))[-1:].reason or ""

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.env._("Warranty card %s", self.name)

    def action_ask_change(self):
        """Open the question for the reason of the change in the context's ``aftersales_kind``."""
        self.check_access("write")
        kind = self.env.context.get("aftersales_kind")
        titles = dict(self.env["aftersales.warranty.change"]._fields["kind"]._description_selection(self.env))
        return {
            "type": "ir.actions.act_window",
            "name": titles[kind],
            "res_model": "aftersales.warranty.change",
            "view_mode": "form",
            "target": "new",
            "context": {"default_card_id": self.id, "default_kind": kind},
        }


class AftersalesWarrantyChange(models.TransientModel):
    """Asks why, and for how long, before a warranty card is changed by hand."""

    _name = "aftersales.warranty.change"
    _description = "Change of a warranty card"

    card_id = fields.Many2one("aftersales.warranty.card", required=True, readonly=True)
    kind = fields.Selection(
        [
            (warranty.EXTEND, "Extend the warranty"),
            (warranty.SUSPEND, "Suspend the warranty"),
            (warranty.RESUME, "Put the warranty in force again"),
            (warranty.VOIDED, "Void the warranty"),
        ],
        required=True,
        readonly=True,
    )
    days = fields.Integer("Days longer", default=30, help="Days that are added to the last day of cover.")
    reason = fields.Char(help="It stands in the card's ledger and may be told to the customer.")

    def action_apply(self):
        self.ensure_one()
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why: the customer may ask."))
        if self.kind == warranty.EXTEND:
            return self.card_id.extend(self.days, reason)
        return {
            warranty.SUSPEND: self.card_id.action_suspend,
            warranty.RESUME: self.card_id.action_resume,
            warranty.VOIDED: self.card_id.action_void,
        }[self.kind](reason)
