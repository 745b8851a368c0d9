from odoo import fields, models

from ..policy import ticket_flow

#: cause of a wait → days after which somebody asks after it
DAYS = {"customer": 7, "parts": 7, "supplier": 7, "approval": 3, "third_party": 7}


class AftersalesTicket(models.Model):
    """What waits for others comes back by itself: after some days somebody has to ask after it."""

    _inherit = "aftersales.ticket"

    def action_ask_after(self, reason=None):
        """Note what was heard; it waits on, and is asked after again."""
        return self._fire_with_reason("ask_after", reason)

    def _follow_up_facts(self, changed):
        super()._follow_up_facts(changed)
        if "waiting_for" in changed:  # another cause, another time
            self.filtered(lambda t: t.state == ticket_flow.WAITING)._retarget_deadlines(["ask_after"])

    def _deadline_terms(self, kind):
        if kind != "ask_after":
            return super()._deadline_terms(kind)
        terms, days = self.env["aftersales.deadline"].terms, {t: t._days_to_ask_after() for t in self}
        return {ticket: terms(days[ticket], "days") for ticket in self if days[ticket] > 0}

    def _days_to_ask_after(self):
        company = self.company_id.sudo()  # sudo: the company's choice, whoever lets it wait
        return company[f"aftersales_ask_after_{self.waiting_for}"] if self.waiting_for else 0

    def _deadline_user(self, kind):
        if kind != "ask_after":
            return super()._deadline_user(kind)
        supervisor = self.team_id.sudo().supervisor_id  # sudo: who it is
        return self.user_id.filtered("active") or supervisor


def _days(cause, label):
    return fields.Integer(
        label,
        default=DAYS[cause],
        help="Days a ticket waits before somebody asks after it; then again after as many. 0: nobody does.",
    )


class ResCompany(models.Model):
    _inherit = "res.company"

    aftersales_ask_after_customer = _days("customer", "Ask after a customer")
    aftersales_ask_after_parts = _days("parts", "Ask after parts")
    aftersales_ask_after_supplier = _days("supplier", "Ask after a supplier")
    aftersales_ask_after_approval = _days("approval", "Ask after an approval")
    aftersales_ask_after_third_party = _days("third_party", "Ask after somebody else")

    _aftersales_ask_after_check = models.Constraint(
        "CHECK (aftersales_ask_after_customer >= 0 AND aftersales_ask_after_parts >= 0"
        " AND aftersales_ask_after_supplier >= 0 AND aftersales_ask_after_approval >= 0"
        " AND aftersales_ask_after_third_party >= 0)",
        "Days until a waiting ticket is asked after are numbers from 0 on.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_ask_after_customer = fields.Integer(
        related="company_id.aftersales_ask_after_customer", readonly=False
    )
    aftersales_ask_after_parts = fields.Integer(
        related="company_id.aftersales_ask_after_parts", readonly=False
    )
    aftersales_ask_after_supplier = fields.Integer(
        related="company_id.aftersales_ask_after_supplier", readonly=False
    )
    aftersales_ask_after_approval = fields.Integer(
        related="company_id.aftersales_ask_after_approval", readonly=False
    )
    aftersales_ask_after_third_party = fields.Integer(
        related="company_id.aftersales_ask_after_third_party", readonly=False
    )
