"""What a return is judged by: facts out, verdicts in."""

from datetime import datetime, time, timedelta
from decimal import Decimal

import pytz

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.aftersales_service.models.bulk_insert import bulk_insert
from odoo.addons.aftersales_service.policy import verdict

from ..policy import eligibility, freight
from .aftersales_rma import JUDGED_AGAIN


def _said(value):
    """yes, no or nothing said → True, False, None."""
    return {"yes": True, "no": False}.get(value)


def _charge_rows(charges):
    """Values of the rows that keep ``charges``, plain or as the policy's class."""
    return [
        {**charge, "sequence": number, "share": float(charge["share"]), "amount": float(charge["amount"])}
        for number, charge in enumerate(verdict.to_plain(charges))
    ]


def _charge_row(row):
    """The values that a row keeps already."""
    return {
        name: row[name]
        for name in ("leg", "borne_by", "share", "amount", "prepaid_by", "settlement", "sequence")
    }


class AftersalesRma(models.Model):
    _inherit = "aftersales.rma"

    def _may_be_judged(self, kind):
        """Both answers are kept on the return, so without one there is no verdict."""
        kept = {"eligibility": "eligibility", "freight": "return_borne_by"}
        return any(rma[kept[kind]] for rma in self) if kind in kept else super()._may_be_judged(kind)

    def _tell_override_fell(self, row):
        """Whoever decided may decide anew, before the customer is charged: a task, beside the log."""
        super()._tell_override_fell(row)
        decided_by = row.overridden_by_id
        # sudo: the task is the system's, whoever entered the new fact
        self.sudo().activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=(decided_by if decided_by.active else self._supervisor_in_charge()).id,
            summary=self.env._("Your decision '%s' no longer stands: decide anew", row.outcome_label),
            note=self.env._(
                "The grounds have changed, and the rules have judged %(rma)s again; see 'Why?'. You had "
                "decided because of: %(reason)s",
                rma=self.name,
                reason=row.override_reason,
            ),
        )

    # === ELIGIBILITY === #

    def _judge_eligibility(self, left=None, page=None):
        """Judge by which right the goods may come back, and keep the answer.

        :param left: {line: how many may come back}, by whoever has just looked
        :param page: see ``_judge``
        """
        self._keep_signed_date()
        verdicts = self._judge("eligibility", self._eligibility_facts(left), page)
        for rma, answer in verdicts.items():
            if rma.eligibility != answer.outcome:
                rma._write_policy({"eligibility": answer.outcome})
        return verdicts

    def _eligibility_facts(self, left=None):
        """{return: facts}."""
        policies = self._policies_in_force()
        used = self._unconditional_returns_used()
        left = self.line_ids._returnable() if left is None else left
        return {rma: rma._eligibility_facts_one(policies[rma], used, left) for rma in self}

    def _eligibility_facts_one(self, policy, used, left):
        # sudo: deliveries, products and cards are looked up for whoever takes the request
        rma = self.sudo()
        sent = rma.line_ids._first_shipment()
        signed, word = rma._signed()
        goods = rma.line_ids.filtered(lambda line: not line.is_gift)
        return eligibility.Facts(
            requested_at=rma.requested_at or fields.Datetime.now(),
            reason_kind=rma.reason_id.kind or None,
            reason_excluded=rma.reason_id.is_excluded,
            lines=tuple(
                line._eligibility_line(number, used, left) for number, line in enumerate(rma.line_ids, 1)
            ),
            base=policy.window_base or "confirmed",
            window_hours=policy.window_hours or 168,
            unconditional_limit=policy.unconditional_limit if policy else 1,
            shipped_at=sent,
            signed_at=rma._end_of_day(signed),
            signed_word=word or None,
            arrival_by=rma._arrival_by(policy),
            confirmed_at=rma.confirmed_at or None,
            refund_only=rma.resolution == "refund_only",
            parcel_unsigned=rma.delivery_result in ("unsigned", "refused", "undeliverable"),
            right_blocked=rma.right_blocked,
            under_warranty=goods._are_under_warranty(),
            pictures_required=policy.pictures_required if policy else True,
            has_pictures=rma.pictures_received,
            tried_on=_said(rma.said_tried_on),
            unused=_said(rma.said_unused),
            altered=_said(rma.said_altered),
            packaging_intact=_said(rma.said_packaging),
            accessories_complete=_said(rma.said_accessories),
        )

    # === DAY OF SIGNING === #

    def _parcels(self):
        """The deliveries of the goods."""
        moves = [move.id for line in self.line_ids for move in line._brought_by()]
        # sudo: when they arrived, for whoever takes the request
        return self.env["stock.move"].sudo().browse(moves).picking_id

    def _signed(self):
        """(day, whose word): what the deliveries say, else what was told on this return."""
        day, word = self._parcels()._aftersales_signed()
        return (day, word) if day else (self.signed_date, self.signed_date and self._told_by())

    def _told_by(self):
        """Nobody speaks for the carrier here; his word is entered in Inventory."""
        return "customer" if self.signed_word == "customer" else "staff"

    def _keep_signed_date(self):
        """The day is kept once, on the delivery: the first word of the customer counts, on every return.

        Customer service may correct it, the carrier's word stands.
        """
        for rma in self.sudo():  # sudo: day and word on deliveries, for whoever takes the request
            parcels, teller = rma._parcels(), rma._told_by()
            told = {"aftersales_signed_date": rma.signed_date, "aftersales_signed_word": teller}
            weaker = (False, "customer", "staff") if teller == "staff" else (False,)
            if rma.signed_date and rma._is_news(parcels):
                rma._check_signed_date()
                parcels.filtered(lambda p, weaker=weaker: p.aftersales_signed_word in weaker).write(told)
            day, word = rma._signed()
            if (rma.signed_date, rma.signed_word) != (day, word):
                rma.write({"signed_date": day, "signed_word": word})

    def _check_signed_date(self):
        """A parcel is not received before it has left, nor in the future."""
        sent, told = self.line_ids._first_shipment(), self.signed_date
        left = sent and self.company_id._aftersales_day(sent)
        if (left and told < left) or told > self.company_id._aftersales_today():
            raise UserError(
                self.env._(
                    "%(rma)s: the goods cannot have been received on %(told)s. Enter a day from %(left)s, "
                    "when they left us, until today.",
                    rma=self.display_name,
                    told=format_date(self.env, told),
                    left=format_date(self.env, left) if left else "-",
                )
            )

    def _is_news(self, parcels):
        """Told on this return, and not taken over from the deliveries before."""
        return (self.signed_date, self._told_by()) != parcels._aftersales_signed()

    def _arrival_by(self, policy):
        """When the parcel had arrived at the latest, or None where it was not sent or has not arrived."""
        sent = max((move.date for line in self.line_ids for move in line._brought_by()), default=None)
        if not sent or self.delivery_result in ("unsigned", "refused", "undeliverable"):
            return None
        days = timedelta(days=policy.transit_days or 10)
        return self._end_of_day(self.company_id._aftersales_day(sent) + days)

    def _policies_in_force(self):
        """{return: the version it goes by}: its own once it was asked for, else the one in force."""
        own = {rma: rma.sudo().policy_id for rma in self}  # sudo: as _in_force
        asking = self.filtered(lambda rma: not own[rma])
        current = asking.policy_id._in_force(asking.company_id) if asking else {}
        return {rma: policy or current[rma.company_id] for rma, policy in own.items()}

    def _end_of_day(self, day):
        """The end of a day of the company, in UTC, or None."""
        if not day:
            return None
        zone = pytz.timezone(self.company_id._aftersales_tz())
        midnight = datetime.combine(day + timedelta(days=1), time())
        return zone.localize(midnight).astimezone(pytz.utc).replace(tzinfo=None)

    def _unconditional_returns_used(self):
        """{sale line: how often its unconditional right was used by other returns} (CON-42)."""
        # sudo: counted over all returns
        sold = self.sudo().line_ids.sale_line_id
        returns = {line: line.aftersales_rma_line_ids.rma_id - self._origin for line in sold}
        return {
            line: len(others.filtered(lambda rma: rma._used_its_right())) for line, others in returns.items()
        }

    def _used_its_right(self):
        """Approved as a return without a reason, and neither closed nor cancelled since."""
        over = self.state in ("closed", "cancelled")
        return bool(self.eligibility == "no_reason" and self.approved_at and not over)

    # === FREIGHT === #

    def _judge_freight(self, page=None):
        """Judge who bears which leg, and write the charges anew where they changed.

        :param page: see ``_judge``
        """
        facts = {rma: rma._freight_facts() for rma in self}
        verdicts = self._judge("freight", facts, page)
        charges = {}
        for rma, answer in verdicts.items():
            decided = any(clause.code == verdict.OVERRIDE for clause in answer.clauses)
            charges[rma] = (
                rma._freight_charges_decided(answer.outcome, facts[rma])
                if decided
                else answer.values["charges"]
            )
        self._apply_freight_verdicts(verdicts, charges)
        return verdicts

    def _freight_charges_decided(self, bearer, facts):
        """The charges of today's amounts where a person has decided who bears the way back."""
        rules = self.env["aftersales.freight.rule"]._policy_rows(self.company_id)
        return freight.charges_decided(facts, rules, bearer)

    def _override_freight(self, bearer, reason):
        """A supervisor decides who bears the way back; the charges, and a draft refund, follow."""
        self._refuse_what_stands("freight", bearer)
        for rma in self:
            rma._refuse_settled_freight()
            charges = rma._freight_charges_decided(bearer, rma._freight_facts())
            values = {"charges": charges, "handled_as": None}
            row = rma._override_verdict("freight", bearer, reason, values)[rma]
            rma._apply_freight_verdicts({rma: row._as_verdict()}, {rma: charges})
        self.filtered("freight_is_open")._prepare_refunds()

    def _refuse_settled_freight(self):
        if self.state not in JUDGED_AGAIN and not self.freight_is_open:
            raise UserError(
                self.env._(
                    "The freight of %s is settled, or was never judged. While its refund is a draft, or "
                    "before that, it can be decided otherwise; else send the refund back first.",
                    self.display_name,
                )
            )

    def _apply_freight_verdicts(self, answers, charges):
        """Keep who bears the way back and each charge: one write a bearer, one statement for all charges.

        :param answers: {return: verdict}
        :param charges: {return: its charges as the policy names them}
        """
        changed = self.filtered(lambda rma: rma.return_borne_by != answers[rma].outcome)
        for outcome, rmas in changed.grouped(lambda rma: answers[rma].outcome).items():
            rmas._write_policy({"return_borne_by": outcome})
        rows = {rma: _charge_rows(charges[rma]) for rma in self}
        stale = self.filtered(lambda rma: [_charge_row(row) for row in rma.freight_ids] != rows[rma])
        # sudo: charges are the verdict's, nobody else may write them
        stale.sudo().freight_ids.unlink()
        written = [
            {"rma_id": rma.id, "company_id": rma.company_id.id, **row} for rma in stale for row in rows[rma]
        ]
        if written:
            bulk_insert(self.env["aftersales.freight.charge"].sudo(), written)
            stale.modified(["freight_ids"])
            stale.invalidate_recordset(["freight_ids"])

    def _freight_facts(self):
        rma = self.sudo()  # sudo: policy, carrier and region are looked up for whoever handles the return
        policy = rma._policies_in_force()[rma]
        agreed = rma.is_freight_agreed
        resolution = rma._resolution_for_freight()
        return freight.Facts(
            rule_set=policy.rule_set or "shop",
            agreement="agreed" if agreed else None,
            agreed_outbound=(agreed and rma.agreed_outbound) or None,
            agreed_return=(agreed and rma.agreed_return) or None,
            agreed_reship=(agreed and rma.agreed_reship) or None,
            agreed_storage=(agreed and rma.agreed_storage) or None,
            resolution=resolution,
            reason=rma.reason_id.kind or None,
            fault=rma.fault_party,
            delivery=rma.delivery_result,
            refusal=rma.refusal or None,
            undeliverable=rma.undeliverable or None,
            outbound_term=rma.outbound_term,
            collect_consent=rma._outbound_consent_fact(),
            retrieval="late" if rma.retrieval_late else None,
            right_blocked="yes" if rma.right_blocked else None,
            return_place=rma.return_place or None,
            parcel=rma._parcel_fact(policy),
            goods_wanted="yes" if rma.goods_wanted else None,
            return_term=rma.return_term,
            return_consent=rma._consent_fact(policy),
            return_carrier=rma._carrier_fact(policy),
            inspection="failed" if rma._is_turned_down() else None,
            remote="yes" if rma.is_remote else None,
            refunds=resolution in ("refund_only", "return_refund"),
            reimburse_as=rma.reimburse_as,
            **rma._freight_amounts(),
        )

    def _resolution_for_freight(self):
        """What the freight is judged as: money instead of the goods that were asked for is a return."""
        return self.resolution

    def _freight_amounts(self):
        digits = Decimal(1).scaleb(-self.currency_id.decimal_places)

        def money(amount):
            return Decimal(str(amount or 0)).quantize(digits)

        return {
            "outbound_amount": money(self.outbound_freight),
            "return_amount": money(self.return_freight),
            "reship_amount": money(self.reship_freight),
            "storage_amount": money(self.storage_fee),
            "same_mode_amount": money(self.same_mode_freight) if self.same_mode_freight else None,
            "subsidy_amount": money(self._subsidy()),
            "outbound_prepaid_by": self.outbound_prepaid_by,
            "return_prepaid_by": self.return_prepaid_by,
        }

    def _subsidy(self):
        """The regional subsidy in the currency of the return."""
        row = self.env["aftersales.freight.subsidy"]._of(self.partner_id, self.company_id)
        day = self.company_id._aftersales_today()
        return row.currency_id._convert(row.amount, self.currency_id, self.company_id, day) if row else 0

    def _parcel_fact(self, policy):
        if not self.parcel_refusals:
            return None
        return "refused_again" if self.parcel_refusals >= (policy.parcel_refusals or 2) else "refused_once"

    def _outbound_consent_fact(self):
        """Only what the customer said is a consent to freight-collect; silence is none (FREIGHT-05)."""
        if self.outbound_term != "collect":
            return None
        return "yes" if self.collect_consent == "yes" else "no"

    def _consent_fact(self, policy):
        """A consent to freight-collect counts only where the warehouse takes such parcels (CON-11)."""
        if self.return_term != "collect":
            return None
        return "yes" if self.return_consent == "yes" and policy.accepts_collect else "no"

    def _carrier_fact(self, policy):
        name = self.carrier_name or self.carrier_id.name
        return "forbidden" if policy and policy._is_forbidden_carrier(name) else None

    def _is_turned_down(self):
        """Inspected, and nothing of it accepted."""
        return bool(self.inspected_at) and not any(line.accepted_qty for line in self.line_ids)


class AftersalesRmaLine(models.Model):
    _inherit = "aftersales.rma.line"

    def _eligibility_line(self, number, used, left):
        """Facts of one line; ``used`` and ``left`` as the batch methods give them."""
        exclusion = self.product_id._aftersales_exclusion()
        others = self.rma_id.line_ids - self
        return eligibility.Line(
            number=number,
            returnable=self.product_id.type != "consu"
            or self.rma_id.resolution == "refund_only"
            or left.get(self, 0) >= self.quantity,
            intimate=exclusion == "intimate",
            no_return_mark=exclusion == "no_return" or self.sale_line_id.aftersales_no_return,
            gift=self.is_gift,
            gift_alone=self.is_gift and not any(not line.is_gift for line in others),
            bundle_partial=(exclusion == "bundle_part" and not self._has_whole_order())
            or not self._has_whole_combo(),
            unconditional_used=used.get(self.sale_line_id, 0),
        )

    def _has_whole_order(self):
        """Whether every part of the same bundle product of the order comes back as well."""
        # sudo: which other parts were sold
        sold = self.sale_line_id.sudo().order_id.order_line.filtered(
            lambda line: line.product_id._aftersales_exclusion() == "bundle_part"
        )
        return sold <= self.rma_id.line_ids.sale_line_id.sudo()

    def _first_shipment(self):
        """When the first of the goods left, or None."""
        dates = [move.date for line in self for move in line._brought_by()]
        return min(dates, default=None)

    def _are_under_warranty(self):
        """Whether a warranty card covers each of the goods today."""
        # sudo: whether there is cover, not whose card it is
        every = self.env["aftersales.warranty.card"].sudo()
        by_lot, by_sale_line = every._cards_of(self.lot_id, self.sale_line_id)
        cards = [
            by_lot.get(line.lot_id) if line.lot_id else by_sale_line.get(line.sale_line_id) for line in self
        ]
        return bool(cards) and all(card and card.state == "active" for card in cards)
