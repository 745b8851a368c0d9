"""The policy as customers read it: written from the version in force, its examples computed by the engine."""

from datetime import datetime, timedelta
from decimal import Decimal

from odoo import fields, models
from odoo.tools import format_amount

from odoo.addons.aftersales_service.models.aftersales_deadline_mixin import written_moment

from ..policy import eligibility, freight, return_window

#: freight of the examples, in the company's currency
OUTBOUND, RETURN = Decimal("8.00"), Decimal("12.00")


class AftersalesReturnPolicy(models.Model):
    _inherit = "aftersales.return.policy"

    def _customer_text(self, company):
        """[{"title", "lines": [sentence], "head": (cell, …), "rows": [(cell, …)]}], in the reader's words."""
        self.ensure_one()
        return [
            self._text_window(company),
            self._text_exclusions(),
            self._text_rights(),
            self._text_steps(),
            self._text_freight(company),
        ]

    # === UNTIL WHEN === #

    def _text_window(self, company):
        base = {
            return_window.CONFIRMED: self.env._("from the moment you confirmed the receipt"),
            return_window.SIGNED: self.env._("from the end of the day on which the parcel was signed for"),
        }
        lines = [
            self.env._(
                "You may ask for a return for %(span)s, counted %(base)s.",
                span=self._span_text(),
                base=base[self.window_base],
            ),
            self.env._(
                "Where that moment is not known, the other one counts: the confirmation or the "
                "day of signing."
            ),
            self.env._(
                "Where neither is known, or a later day is named, the parcel counts as received %(days)s "
                "days after we sent it, unless the carrier says otherwise.",
                days=self.transit_days,
            ),
            self.env._(
                "Once we have agreed, send the goods with all accessories within %(days)s days.",
                days=self.send_back_days,
            ),
            self.env._(
                "If you have no return address from us, or a wrong one, tell us: we answer within %(hours)s "
                "hours or refund you without the goods. Your own time stands still meanwhile.",
                hours=self.return_address_hours,
            ),
        ]
        return {
            "title": self.env._("Until when"),
            "lines": lines,
            "head": (self.env._("Example"), self.env._("You may ask until")),
            "rows": self._window_examples(company),
        }

    def _span_text(self):
        days, hours = divmod(self.window_hours, 24)
        return self.env._("%s hours", self.window_hours) if hours else self.env._("%s days", days)

    def _window_examples(self, company):
        """Signed for and confirmed this morning, each on its own, and never."""
        today = datetime.combine(company._aftersales_today(), datetime.min.time())
        nine, midnight = today + timedelta(hours=9), today + timedelta(days=1)
        rule = return_window.Window(self.window_base, self.window_hours)

        def until(signed, confirmed):
            span = return_window.window(rule, today - timedelta(days=3), signed, confirmed)
            # the clock of the company stands in these examples, so nothing is converted
            return written_moment(self.env, span.closes_at) if span.closes_at else "–"

        return [
            (self.env._("Receipt confirmed today at 9:00"), until(None, nine)),
            (self.env._("Parcel signed for today"), until(midnight, None)),
            (
                self.env._("Signed for today, confirmed two days later at 9:00"),
                until(midnight, nine + timedelta(days=2)),
            ),
        ]

    # === WHAT DOES NOT COME BACK === #

    def _text_exclusions(self):
        lines = [
            self.env._('Every return needs a reason; "without a reason" is one.'),
            self.env._(
                "Without a fault you may return each line of an order %(times)s time(s), if the "
                "goods are unused, "
                "the packaging is intact and all accessories are there.",
                times=self.unconditional_limit,
            ),
            self.env._(
                "Without a fault these do not come back: underwear, socks and the like once "
                "tried on, washed or used "
                "goods, single parts of a bundle, special offers and goods marked as not returnable."
            ),
            self.env._("Altered goods and a gift without the goods it came with never come back."),
            self.env._(
                "Gifts come back together with the goods; a gift that stays away is deducted at "
                "its selling price."
            ),
        ]
        if self.pictures_required:
            lines.append(self.env._("For a quality problem we need pictures of the fault."))
        return {"title": self.env._("What may come back"), "lines": lines, "head": (), "rows": []}

    def _text_rights(self):
        """Cases judged by the same policy that judges requests."""
        now = fields.Datetime.now().replace(microsecond=0)
        fresh, late = now - timedelta(hours=1), now - timedelta(hours=self.window_hours + 1)
        cases = [
            (self.env._("Quality problem, in time"), {"reason_kind": "quality", "confirmed_at": fresh}),
            (
                self.env._("Quality problem, too late, under warranty"),
                {"reason_kind": "quality", "confirmed_at": late, "under_warranty": True},
            ),
            (
                self.env._("Without a reason, in time, unused"),
                {"reason_kind": "choice", "confirmed_at": fresh, "unused": True},
            ),
            (
                self.env._("Without a reason, in time, but used"),
                {"reason_kind": "choice", "confirmed_at": fresh, "unused": False},
            ),
            (self.env._("Without a reason, too late"), {"reason_kind": "choice", "confirmed_at": late}),
            (
                self.env._("Nothing shipped yet"),
                {"reason_kind": "choice", "shipped_at": None, "refund_only": True},
            ),
        ]
        return {
            "title": self.env._("Examples"),
            "lines": [],
            "head": (self.env._("Case"), self.env._("Your right")),
            "rows": [(label, self._right_of(now, late, facts)) for label, facts in cases],
        }

    def _right_of(self, now, shipped_at, told):
        facts = {
            "requested_at": now,
            "shipped_at": shipped_at - timedelta(days=1),
            "lines": (eligibility.Line(1, True),),
            "base": self.window_base,
            "window_hours": self.window_hours,
            "unconditional_limit": self.unconditional_limit,
            "has_pictures": True,
            **told,
        }
        answer = eligibility.judge(eligibility.Facts(**facts))
        return self.env["aftersales.clause"]._text_of(f"eligibility:{answer.outcome}")

    # === STEPS === #

    def _text_steps(self):
        steps = dict(self.step_ids._fields["step"]._description_selection(self.env))
        units = dict(self.step_ids._fields["unit"]._description_selection(self.env))
        rows = [
            (steps[row.step], f"{row.amount} {units[row.unit].lower()}", row._silence_told())
            for row in self.step_ids
        ]
        lines = [
            self.env._(
                "A parcel that we refuse %(times)s times without a valid reason is refunded.",
                times=self.parcel_refusals,
            )
        ]
        return {
            "title": self.env._("Steps and their deadlines"),
            "lines": lines,
            "head": (self.env._("Step"), self.env._("Within"), self.env._("Otherwise")),
            "rows": rows,
        }

    # === FREIGHT === #

    def _text_freight(self, company):
        lines = [
            self.env._(
                "What was agreed comes first; without an agreement whoever is at fault bears the freight."
            ),
            self.env._("We accept parcels sent freight-collect where that was agreed before.")
            if self.accepts_collect
            else self.env._("We do not accept parcels sent freight-collect."),
        ]
        if self.forbidden_carriers:
            lines.append(
                self.env._(
                    "Do not send quality returns by %s: the excess over our own shipping is yours.",
                    self.forbidden_carriers,
                )
            )
        outbound, back = (
            format_amount(self.env, float(amount), company.currency_id) for amount in (OUTBOUND, RETURN)
        )
        lines.append(
            self.env._(
                "The examples take %(out)s for the way to you and %(back)s for the way back, paid by you.",
                out=outbound,
                back=back,
            )
        )
        return {
            "title": self.env._("Who pays the freight"),
            "lines": lines,
            "head": (self.env._("Case"), self.env._("Way to you"), self.env._("Way back"), self.env._("Why")),
            "rows": self._freight_examples(company),
        }

    def _freight_examples(self, company):
        cases = [
            (self.env._("Returned for a quality problem"), {"reason": "quality", "fault": "seller"}),
            (
                self.env._("Exchanged for a quality problem"),
                {"reason": "quality", "fault": "seller", "resolution": "exchange", "refunds": False},
            ),
            (self.env._("Returned because it is not as described"), {"reason": "seller", "fault": "seller"}),
            (self.env._("Damaged in transport"), {"reason": "carrier", "fault": "carrier"}),
            (self.env._("Returned without a reason"), {"reason": "choice", "fault": "none"}),
            (
                self.env._("Returned without a reason, shipped free"),
                {"reason": "choice", "fault": "none", "outbound_term": "free_shipping"},
            ),
            (
                self.env._("Parcel refused without a valid reason"),
                {
                    "reason": "choice",
                    "fault": "customer",
                    "delivery": "refused",
                    "refusal": "unjustified",
                    "resolution": "refund_only",
                },
            ),
        ]
        rules = self.env["aftersales.freight.rule"]._policy_rows(company)
        return [(label, *self._freight_of(rules, company, told)) for label, told in cases]

    def _freight_of(self, rules, company, told):
        """(bearer of the way out, bearer of the way back, the sentence of the row that "
        "decides the latter)."""
        facts = freight.Facts(
            rule_set=self.rule_set,
            outbound_amount=OUTBOUND,
            return_amount=RETURN,
            outbound_prepaid_by="seller" if told.get("outbound_term") == "free_shipping" else "customer",
            return_prepaid_by="customer",
            **told,
        )
        answer = freight.judge(facts, rules)
        deciding = [c.code for c in answer.clauses if "return" in c.params["legs"].split(", ")]
        # sudo: the sentences of the table are no secret
        texts = self.env["aftersales.freight.rule"].sudo()._clause_texts(deciding)
        legs = [self._borne_text(answer.values["charges"], leg, company) for leg in ("outbound", "return")]
        return (*legs, texts.get(deciding[0], "") if deciding else "")

    def _borne_text(self, charges, leg, company):
        bearers = dict(
            self.env["aftersales.freight.charge"]._fields["borne_by"]._description_selection(self.env)
        )
        return ", ".join(
            f"{bearers[part.borne_by]} {format_amount(self.env, float(part.amount), company.currency_id)}"
            for part in charges
            if part.leg == leg
        )
