from odoo import api, fields, models
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
