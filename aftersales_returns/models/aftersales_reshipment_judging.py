from collections import defaultdict
from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.aftersales_service.models.aftersales_verdict import Policy

from ..policy import reshipment, reshipment_flow
from .aftersales_reshipment import OPEN

TRI = {"yes": True, "no": False}
#: exceptions in these states have been given
GIVEN = (reshipment_flow.APPROVED, reshipment_flow.SHIPPED, reshipment_flow.DONE)


class AftersalesReshipment(models.Model):
    """Whether it is sent again, by what was found; nothing goes out against that judgment."""

    _inherit = "aftersales.reshipment"

    def _rejudge(self):
        """Judge drafts and proposals by what is known now."""
        rows = self.filtered(lambda row: row.state in OPEN[:2])
        if not rows:
            return
        for row, answer in rows._judge("reshipment", rows._facts()).items():
            if row.outcome != answer.outcome:
                row._write_policy({"outcome": answer.outcome})

    def _facts(self):
        known = self.sudo()  # sudo: orders and earlier exceptions are counted, whoever judges
        orders, given = known._orders_before(), known._exceptions_before()
        return {row: row.sudo()._facts_of(orders[row.id], given[row.id]) for row in self}  # sudo: as above

    def _facts_of(self, orders, given):
        company, order = self.company_id, self.sale_order_id
        return reshipment.Facts(
            is_wrong_item=self.complaint == "wrong",
            has_photo=bool(self.photo_ids),
            photo_proves=TRI.get(self.photo_proves),
            detail_fits=TRI.get(self.detail_fits),
            weight_expected=_decimal(self.weight_expected, 3) or None,
            weight_measured=_decimal(self.weight_measured, 3) or None,
            weight_fits_by_hand=TRI.get(self.weight_fits),
            weight_tolerance=_decimal(company.aftersales_reship_tolerance / 100, 4),
            is_damaged=TRI.get(self.is_damaged),
            orders_before=orders,
            old_customer_orders=company.aftersales_reship_old_orders,
            order_total=_decimal(order.amount_total / (order.currency_rate or 1), 2),
            large_order_total=_decimal(company.aftersales_reship_large_total, 2),
            exceptions_before=given,
            exceptions_allowed=company.aftersales_reship_exceptions,
        )

    def _orders_before(self):
        """{id: confirmed orders of the customer before this one}."""
        found = self.env["sale.order"]._read_group(
            [("partner_id", "child_of", self.commercial_partner_id.ids), ("state", "=", "sale")],
            ["partner_id"],
            ["id:recordset"],
        )
        orders = defaultdict(lambda: self.env["sale.order"])
        for partner, bought in found:
            orders[partner.commercial_partner_id] |= bought
        counts = {}
        for row in self:
            until = row.sale_order_id.date_order or fields.Datetime.now()
            others = (orders[row.commercial_partner_id] - row.sale_order_id).filtered_domain(
                [("company_id", "=", row.company_id.id), ("date_order", "<=", until)]
            )
            counts[row.id] = len(others)
        return counts

    def _exceptions_before(self):
        """{id: exceptions that the customer was given, this one left out}."""
        found = self.search(
            [
                ("commercial_partner_id", "in", self.commercial_partner_id.ids),
                ("is_exception", "=", True),
                ("state", "in", GIVEN),
            ]
        )
        counts = {}
        for row in self:
            given = (found - row).filtered_domain(
                [
                    ("commercial_partner_id", "=", row.commercial_partner_id.id),
                    ("company_id", "=", row.company_id.id),
                ]
            )
            counts[row.id] = len(given)
        return counts

    def _open_question(self):
        """The sentence of the check that nobody has made yet."""
        for row in self.why or []:
            for clause in row["clauses"]:
                if row["kind"] == "reshipment" and clause["matched"]:
                    return clause["text"]
        return ""

    def _check_refuse(self):
        self._rejudge()
        if not self.env.user.has_group("aftersales_service.group_supervisor"):
            self.filtered(lambda row: row.outcome != reshipment.REFUSE)._refuse_outcome()

    def _check_outcome(self, outcome):
        self._rejudge()
        self.filtered(lambda row: row.outcome != outcome)._refuse_outcome()

    def _refuse_outcome(self):
        labels = dict(self._fields["outcome"]._description_selection(self.env))
        for row in self:
            raise UserError(
                self.env._(
                    "%(row)s: the judgment is '%(outcome)s'. %(why)s",
                    row=row.name,
                    outcome=labels[row.outcome],
                    why=row._open_question(),
                )
            )


class AftersalesVerdict(models.Model):
    _inherit = "aftersales.verdict"

    kind = fields.Selection(
        selection_add=[("reshipment", "Is it sent again?")], ondelete={"reshipment": "cascade"}
    )

    def _policies(self):
        return {**super()._policies(), "reshipment": Policy(reshipment, reshipment.Facts)}


def _decimal(number, digits):
    return round(Decimal(str(number or 0)), digits)
