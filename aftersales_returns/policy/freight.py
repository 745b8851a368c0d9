"""Who bears the freight of each leg of a return, and how it is settled.

Order (FREIGHT-02…-04): what the parties agreed → a specific rule → whoever is at fault → the fallback. All
four are rows of one table (``data/aftersales.freight.rule.csv``, codes ``F-01`` … ``F-35`` of requirements
section 3); for each leg the first row decides that fits the facts and names a bearer for that leg. The last
row fits everything and names every bearer, so that every case is decided, once.

Where the sources are silent the reading that is safest for the customer's money and the seller's books holds:

* An outbound leg nobody speaks about stays with the seller (F-03), also in a return without a reason.
* The seller's share of a return in the same shipping mode (FREIGHT-14) is measured by the freight of that
  mode on the way back where it is known, else by the outbound freight; the rest is the customer's (AMB-11).
* A forbidden carrier costs the customer the excess over that, not the whole freight (AMB-51).
* The text of the store-wide free return freight is not known (FREIGHT-15): it is a matter of the subsidies by
  region and of a company's own rows, which may give the subsidy to returns for a reason as well.
* What the carrier has to bear and the customer has paid is given back to him at once; the claim against the
  carrier is the seller's affair.

A quality return to the own warehouse, sent prepaid for 12.00 by an allowed carrier:

>>> facts = Facts(rule_set="shop", reason="quality", fault="seller", return_amount=Decimal("12.00"),
...               return_prepaid_by="customer", outbound_amount=Decimal("8.00"))
>>> rows = (Rule("F-24", 10, reason="quality", return_bearer="seller"),
...         Rule("F-03", 90, outbound_bearer="seller"))
>>> [(c.leg, c.borne_by, c.amount, c.settlement) for c in charges_of(facts, rows)][1]
('return', 'seller', Decimal('12.00'), 'reimburse')
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cached_property

from ...aftersales_service.policy.verdict import Clause, Verdict

VERSION = "1"

SELLER, CUSTOMER, CARRIER, PLATFORM = "seller", "customer", "carrier", "platform"
BEARERS = (SELLER, CUSTOMER, CARRIER, PLATFORM)
LEGS = ("outbound", "return", "reship", "storage")

#: stand for a party that the facts name
AT_FAULT, AS_AGREED, AS_PAID = "at_fault", "as_agreed", "as_paid"

NONE, REIMBURSE, BALANCE, CASH_OUT = "none", "reimburse", "balance", "cash_out"
DEDUCT, INVOICE, SUBSIDY, CARRIER_CLAIM = "deduct", "invoice", "subsidy", "carrier_claim"
SETTLEMENTS = (NONE, REIMBURSE, BALANCE, CASH_OUT, DEDUCT, INVOICE, SUBSIDY, CARRIER_CLAIM)

SAME_MODE, ALLOWED_CARRIERS = "same_mode", "allowed_carriers"

HUNDRED, CENT = Decimal(100), Decimal("0.01")


@dataclass(frozen=True)
class Rule:
    """One row. Cells up to ``remote`` are conditions, an empty one fits anything; the others are the answer.

    ``…_bearer``   seller, customer, carrier, at_fault, as_agreed, as_paid; empty: silent on that leg
    ``cap``        the seller's part of the return leg goes up to the same_mode freight; allowed_carriers:
                   only when the carrier was a forbidden one
    ``subsidy``    "yes": the platform pays the regional subsidy towards the customer's return freight
    ``transaction``  what becomes of the sale
    """

    code: str
    sequence: int
    agreement: str | None = None  # agreed
    rule_set: str | None = None  # platform, shop (CON-09)
    resolution: str | None = None  # refund_only, return_refund, exchange, repair
    reason: str | None = None  # quality, seller, choice, carrier
    fault: str | None = None  # seller, customer, carrier, none, undetermined
    delivery: str | None = None  # not_shipped, unsigned, signed, refused, undeliverable
    refusal: str | None = None  # collect, violation, unjustified, announced
    undeliverable: str | None = None  # wrong, changed, absent: why it could not be delivered
    outbound_term: str | None = None  # prepaid, collect, free_shipping
    collect_consent: str | None = None  # yes, no: the customer's to freight-collect
    retrieval: str | None = None  # late: the seller left a refused parcel with the carrier
    right_blocked: str | None = None  # yes: the seller made the 7-day right useless
    return_place: str | None = None  # missing, wrong
    parcel: str | None = None  # refused_once, refused_again: by the seller, without reason
    goods_wanted: str | None = None  # yes: the seller wants the goods after all
    return_term: str | None = None  # prepaid, collect
    return_consent: str | None = None  # yes, no: the seller's to freight-collect
    return_carrier: str | None = None  # forbidden
    inspection: str | None = None  # failed
    reshipment: str | None = None  # yes: missing or wrong goods are sent again
    remote: str | None = None  # yes: remote area, other country
    outbound_bearer: str | None = None
    return_bearer: str | None = None
    reship_bearer: str | None = None
    storage_bearer: str | None = None
    cap: str | None = None
    subsidy: str | None = None
    transaction: str | None = None

    @cached_property
    def conditions(self) -> tuple[tuple[str, str], ...]:
        """((fact, value)) that must hold; computed once, a verdict has to be quick."""
        return tuple((key, getattr(self, key)) for key in CONDITIONS if getattr(self, key) is not None)

    @cached_property
    def bearers(self) -> Mapping[str, str]:
        """{leg: bearer} of the legs the row speaks about."""
        named = {leg: getattr(self, f"{leg}_bearer") for leg in LEGS}
        return {leg: bearer for leg, bearer in named.items() if bearer is not None}

    def fits(self, facts: "Facts") -> bool:
        return all(getattr(facts, key) == value for key, value in self.conditions)


_NAMES = [field.name for field in fields(Rule)]
#: cells that are conditions
CONDITIONS = tuple(_NAMES[_NAMES.index("sequence") + 1 : _NAMES.index("outbound_bearer")])


@dataclass(frozen=True)
class Facts:
    """What is known of the return; empty where a fact does not arise. Values as in :class:`Rule`.

    Amounts are in the document's currency, tax included, from 0 on.
    ``agreed_…``          who bears that leg by agreement, None: nothing was agreed on it
    ``same_mode_amount``  freight of the return in the seller's own shipping mode, None: not known
    ``…_prepaid_by``      seller or customer: who has paid, or will pay, the carrier
    ``refunds``           money goes back to the customer, so that his part can be deducted
    ``reimburse_as``      how the customer wants prepaid freight back: reimburse, balance, cash_out
    """

    rule_set: str = "shop"
    agreement: str | None = None
    agreed_outbound: str | None = None
    agreed_return: str | None = None
    agreed_reship: str | None = None
    agreed_storage: str | None = None
    resolution: str = "return_refund"
    reason: str | None = None
    fault: str = "undetermined"
    delivery: str = "signed"
    refusal: str | None = None
    undeliverable: str | None = None
    outbound_term: str = "prepaid"
    collect_consent: str | None = None
    retrieval: str | None = None
    right_blocked: str | None = None
    return_place: str | None = None
    parcel: str | None = None
    goods_wanted: str | None = None
    return_term: str = "prepaid"
    return_consent: str | None = None
    return_carrier: str | None = None
    inspection: str | None = None
    reshipment: str | None = None
    remote: str | None = None
    outbound_amount: Decimal = Decimal(0)
    return_amount: Decimal = Decimal(0)
    reship_amount: Decimal = Decimal(0)
    storage_amount: Decimal = Decimal(0)
    same_mode_amount: Decimal | None = None
    subsidy_amount: Decimal = Decimal(0)
    outbound_prepaid_by: str = "seller"
    return_prepaid_by: str = "customer"
    reship_prepaid_by: str = "seller"
    storage_prepaid_by: str = "seller"
    refunds: bool = True
    reimburse_as: str = "reimburse"


@dataclass(frozen=True)
class Charge:
    """One bearer's part of one leg. The shares of a leg add up to 100.00, its amounts to the leg's amount."""

    leg: str
    borne_by: str
    share: Decimal  # per cent
    amount: Decimal
    prepaid_by: str
    settlement: str


def judge(facts: Facts, rules: Iterable[Rule]) -> Verdict:
    """Who bears what. The outcome is the bearer of the return leg, or ``shared``."""
    fitting = [rule for rule in rules if rule.fits(facts)]
    deciding = _deciding(facts, fitting)
    charges = _charges(facts, fitting, deciding)
    returning = {charge.borne_by for charge in charges if charge.leg == "return"}
    return Verdict(
        returning.pop() if len(returning) == 1 else "shared",
        _clauses(fitting, deciding),
        {
            "charges": charges,
            "transaction": _first(fitting, "transaction"),
            "handled_as": _handled_as(facts, deciding),
        },
    )


def charges_decided(facts: Facts, rules: Iterable[Rule], bearer: str) -> tuple[Charge, ...]:
    """The charges where a person has decided that ``bearer`` bears the way back: all of it, by no row."""
    fitting = [rule for rule in rules if rule.fits(facts)]
    return _charges(facts, fitting, {**_deciding(facts, fitting), "return": (bearer, None)})


def _handled_as(facts: Facts, deciding) -> str | None:
    """RMA-37: nothing was agreed, no rule fits and the fault cannot be found out. What becomes of the return
    is then what the last row says, whatever was wanted; else None.
    """
    _bearer, rule = deciding["return"]
    fallback = facts.fault == "undetermined" and rule is not None and not rule.conditions
    return rule.transaction if fallback else None


def charges_of(facts: Facts, rules: Iterable[Rule]) -> tuple[Charge, ...]:
    """The charges alone, leg by leg."""
    fitting = [rule for rule in rules if rule.fits(facts)]
    return _charges(facts, fitting, _deciding(facts, fitting))


def _deciding(facts: Facts, fitting: list[Rule]) -> dict[str, tuple[str, Rule | None]]:
    """{leg: (bearer, the row that says so)}."""
    return {leg: _bearer(facts, fitting, leg) for leg in LEGS}


def _bearer(facts: Facts, fitting: list[Rule], leg: str) -> tuple[str, Rule | None]:
    for rule in fitting:
        bearer = rule.bearers.get(leg)
        if bearer == AS_AGREED:
            bearer = getattr(facts, f"agreed_{leg}")  # None: agreed, but not on this leg
        elif bearer == AT_FAULT:
            bearer = facts.fault
        elif bearer == AS_PAID:  # the leg stays with whoever has paid it, nothing is settled
            bearer = getattr(facts, f"{leg}_prepaid_by")
        if bearer is not None:
            return bearer, rule
    return SELLER, None  # an empty table: nothing is put on the customer without a rule


def _charges(facts: Facts, fitting: list[Rule], deciding) -> tuple[Charge, ...]:
    parts = []
    for leg in LEGS:
        bearer, rule = deciding[leg]
        for borne_by, amount in _parts(facts, fitting, leg, bearer, rule):
            parts.append((leg, borne_by, amount))
    totals = {leg: getattr(facts, f"{leg}_amount") for leg in LEGS}
    return tuple(
        Charge(leg, borne_by, share, amount, prepaid_by, _settlement(facts, borne_by, prepaid_by, amount))
        for (leg, borne_by, amount), share in zip(parts, _shares(parts, totals), strict=True)
        for prepaid_by in [getattr(facts, f"{leg}_prepaid_by")]
    )


def _parts(facts, fitting, leg, bearer, rule):
    """[(bearer, amount)] of one leg: the cap and the subsidy split the return leg, nothing else is split."""
    amount = getattr(facts, f"{leg}_amount")
    if leg == "return" and bearer == SELLER and rule is not None and _is_capped(facts, rule):
        ceiling = facts.outbound_amount if facts.same_mode_amount is None else facts.same_mode_amount
        # No freight known for the seller's own mode: nothing to measure by, so nothing is cut.
        if Decimal(0) < ceiling < amount:
            return [(SELLER, ceiling), *_customers_part(facts, rule, amount - ceiling)]
    if leg == "return" and bearer == CUSTOMER and rule is not None:
        return _customers_part(facts, rule, amount)
    return [(bearer, amount)]


def _customers_part(facts: Facts, rule: Rule, amount: Decimal):
    """[(bearer, amount)] of what falls to the customer: the platform pays its subsidy towards that."""
    subsidy = min(facts.subsidy_amount, amount) if rule.subsidy == "yes" else Decimal(0)
    if not subsidy:
        return [(CUSTOMER, amount)]
    return [(PLATFORM, subsidy), *([(CUSTOMER, amount - subsidy)] if amount > subsidy else [])]


def _is_capped(facts: Facts, rule: Rule) -> bool:
    forbidden = facts.return_carrier == "forbidden"
    return rule.cap == SAME_MODE or (rule.cap == ALLOWED_CARRIERS and forbidden)


def _shares(parts, totals):
    """Per cent of each part; the last part of a leg takes what is left, so that they add up to 100.00."""
    left = dict.fromkeys(totals, HUNDRED)
    last = {leg: number for number, (leg, _bearer, _amount) in enumerate(parts)}
    for number, (leg, _bearer, amount) in enumerate(parts):
        share = left[leg] if last[leg] == number else (HUNDRED * amount / totals[leg]).quantize(CENT)
        left[leg] -= share
        yield share


def _settlement(facts: Facts, borne_by: str, prepaid_by: str, amount: Decimal) -> str:
    """How the one who bears it makes good for the one who paid."""
    if not amount or borne_by == prepaid_by:
        return NONE
    if borne_by == PLATFORM:
        return SUBSIDY
    if prepaid_by == CUSTOMER:
        return facts.reimburse_as
    if borne_by == CARRIER:
        return CARRIER_CLAIM
    return DEDUCT if facts.refunds else INVOICE


def _clauses(fitting: list[Rule], deciding) -> tuple[Clause, ...]:
    """Every row that fits, in order; it applied where it decides a leg or only has something to say."""
    legs: dict[str, list[str]] = {}
    for leg, (_bearer_of_leg, rule) in deciding.items():
        if rule is not None:
            legs.setdefault(rule.code, []).append(leg)
    return tuple(
        Clause(rule.code, rule.code in legs or not rule.bearers, {"legs": ", ".join(legs.get(rule.code, ()))})
        for rule in fitting
    )


def _first(fitting: list[Rule], name: str) -> str | None:
    return next((value for rule in fitting if (value := getattr(rule, name)) is not None), None)
