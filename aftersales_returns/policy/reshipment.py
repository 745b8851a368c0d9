"""Missing or wrong goods: is something sent again at our cost? The first answer in a fixed order holds.

1. A wrong article that the customer's photo proves is sent again; better with the waybill on it (COMP-12).
2. The shipment detail list: what should have been packed was not → sent again (COMP-09).
3. The parcel's weight, packaging included, is not what it should have been → sent again (COMP-10).
4. List and weight are right. Was the parcel damaged? The customer is reminded to look before he signs. An old
   customer or a large purchase gets an exceptional re-shipment, told as such; the company says how many a
   customer may have, one unless it says otherwise (COMP-11).

>>> judge(Facts(detail_fits=True, weight_expected=Decimal("1.20"), weight_measured=Decimal("0.70"))).outcome
'reship'
>>> judge(Facts(detail_fits=True, weight_fits_by_hand=True, is_damaged=False, orders_before=5)).outcome
'goodwill'
"""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from ...aftersales_service.policy.verdict import Clause, Verdict

VERSION = "1"
RESHIP, GOODWILL, REFUSE, ASK = "reship", "goodwill", "refuse", "ask"
#: clauses that may apply, in the order in which they are asked
CODES = (
    "reship_photo",
    "reship_photo_unread",
    "reship_photo_proves",
    "reship_detail_unknown",
    "reship_detail",
    "reship_weight_unknown",
    "reship_weight",
    "reship_damage_unknown",
    "reship_used",
    "reship_goodwill",
    "reship_none",
)
#: what a slip needs, in the order in which it is written
ADDRESS = ("recipient", "phone", "province", "city", "district", "street")


@dataclass(frozen=True)
class Facts:
    """What is known; ``None`` where nobody has looked yet."""

    is_wrong_item: bool = False  # another article came; else something is missing
    has_photo: bool = False
    photo_proves: bool | None = None  # the photo shows another article than the one sold
    detail_fits: bool | None = None  # the list of what was packed is right
    weight_expected: Decimal | None = None  # kg, packaging included
    weight_measured: Decimal | None = None  # kg, by the carrier
    weight_fits_by_hand: bool | None = None  # said by a person where no weights are known
    weight_tolerance: Decimal = Decimal("0.05")  # share of the expected weight
    is_damaged: bool | None = None
    orders_before: int = 0  # confirmed orders of the customer before this one
    old_customer_orders: int = 3  # from how many on somebody is an old customer; 0: nobody is
    order_total: Decimal = Decimal(0)  # company currency
    large_order_total: Decimal = Decimal(1000)  # company currency; 0: no purchase is large
    exceptions_before: int = 0  # exceptional re-shipments the customer has had
    exceptions_allowed: int = 1


def weight_fits(facts: Facts) -> bool | None:
    """Whether the parcel weighed what it should; ``None`` when nobody knows."""
    if not facts.weight_expected or facts.weight_measured is None:
        return facts.weight_fits_by_hand
    return (
        abs(facts.weight_measured - facts.weight_expected) <= facts.weight_expected * facts.weight_tolerance
    )


def is_valued(facts: Facts) -> bool:
    """An old customer, or a large purchase."""
    is_old = facts.orders_before >= facts.old_customer_orders > 0
    return is_old or facts.order_total >= facts.large_order_total > 0


def judge(facts: Facts, rules: tuple = ()) -> Verdict:
    """reship, goodwill, refuse, or ask (for what is missing to decide)."""
    params = _params(facts)
    clauses = []
    for code, matched, outcome in _steps(facts):
        clauses.append(Clause(code, matched, params.get(code, {})))
        if matched:
            return Verdict(outcome, tuple(clauses), {"remind": outcome in (GOODWILL, REFUSE)})
    raise AssertionError("the last step always applies")


def _steps(facts):
    """(code, whether it applies, outcome), in the order of the checks."""
    fits, valued = weight_fits(facts), is_valued(facts)
    wrong = facts.is_wrong_item
    # fmt: off
    return (
        ("reship_photo",          wrong and not facts.has_photo,                             ASK),
        ("reship_photo_unread",   wrong and facts.photo_proves is None,                      ASK),
        ("reship_photo_proves",   wrong and facts.photo_proves is True,                      RESHIP),
        ("reship_detail_unknown", facts.detail_fits is None,                                 ASK),
        ("reship_detail",         facts.detail_fits is False,                                RESHIP),
        ("reship_weight_unknown", fits is None,                                              ASK),
        ("reship_weight",         fits is False,                                             RESHIP),
        ("reship_damage_unknown", facts.is_damaged is None,                                  ASK),
        ("reship_used",           valued and facts.exceptions_before >= facts.exceptions_allowed, REFUSE),
        ("reship_goodwill",       valued,                                                    GOODWILL),
        ("reship_none",           True,                                                      REFUSE),
    )
    # fmt: on


def _params(facts):
    """{code: what its sentence fills in}."""
    bars = {
        "orders": facts.orders_before,
        "old": facts.old_customer_orders,
        "total": facts.order_total,
        "large": facts.large_order_total,
    }
    return {
        "reship_weight": {"expected": facts.weight_expected or "?", "measured": facts.weight_measured or "?"},
        "reship_used": {"before": facts.exceptions_before, "allowed": facts.exceptions_allowed},
        "reship_goodwill": bars,
        "reship_none": bars,
    }


def missing_parts(address, has_provinces: bool = True, has_districts: bool = True) -> tuple[str, ...]:
    """Names of what the slip still lacks (COMP-14).

    >>> missing_parts({"recipient": "Li", "phone": "139", "city": "Hefei", "street": "Road 1"})
    ('province', 'district')
    """
    needed = {"province": has_provinces, "district": has_districts}
    return tuple(part for part in ADDRESS if needed.get(part, True) and not (address.get(part) or "").strip())


def list_due(today: date, last: date | None) -> date | None:
    """The end of the month whose list is due today and was not sent yet (COMP-13).

    On the last day of a month that is today; a list that nobody could send then is made up for later.

    >>> list_due(date(2026, 2, 28), None)
    datetime.date(2026, 2, 28)
    >>> list_due(date(2026, 3, 5), date(2026, 2, 28)) is None
    True
    """
    if today.day == calendar.monthrange(today.year, today.month)[1]:
        end = today
    else:
        end = today.replace(day=1) - timedelta(days=1)
    return end if last is None or last < end else None
