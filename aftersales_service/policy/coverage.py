"""Who bears the repair: the warranty or the customer.

Two tests (CON-13): the period must be running on the day of the report, and the cause must be one that the
warranty covers. Within the period the repair is free (WARR-03), unless the cause is not the product's quality
(WARR-06, WARR-25). While the cause is unknown the answer waits for the diagnosis (WARR-22).

>>> in_time = {"reported_on": date(2026, 6, 1), "starts_on": date(2026, 3, 15), "ends_on": date(2027, 3, 15)}
>>> judge(Facts(**in_time, card_state="active", cause_known=True, cause_covered=True)).outcome
'covered'
>>> judge(Facts(**in_time, card_state="active")).outcome
'undetermined'
"""

from dataclasses import dataclass
from datetime import date

from .verdict import Clause, Verdict
from .warranty import SUSPENDED, VOID

VERSION = "1"

UNDETERMINED, COVERED, CHARGED, GOODWILL = "undetermined", "covered", "charged", "goodwill"
OUTCOMES = (UNDETERMINED, COVERED, CHARGED, GOODWILL)  # goodwill is a person's decision, never a policy's


@dataclass(frozen=True)
class Facts:
    """``card_state`` None: no card; the dates then come from the proof of purchase, if there is one.

    ``goods`` tells whether the request is about goods at all: a question or a complaint costs nothing.
    """

    reported_on: date
    starts_on: date | None = None
    ends_on: date | None = None
    card_state: str | None = None
    cause_known: bool = False
    cause_covered: bool = False
    goods: bool = True


def judge(facts: Facts, rules=()) -> Verdict:
    period = period_clause(facts)
    if period.code in ANSWERED_BY_PERIOD:
        return Verdict(ANSWERED_BY_PERIOD[period.code], (period,))
    cause = cause_clause(facts)
    return Verdict(ANSWERED_BY_CAUSE[cause.code], (period, cause))


# fmt: off
ANSWERED_BY_PERIOD = {
    "WARR-NO-GOODS":  COVERED,
    "WARR-NO-PROOF":  UNDETERMINED,
    "WARR-VOID":      CHARGED,
    "WARR-SUSPENDED": UNDETERMINED,
    "WARR-EARLY":     UNDETERMINED,
    "WARR-04":        CHARGED,
}
ANSWERED_BY_CAUSE = {
    "WARR-22": UNDETERMINED,
    "WARR-03": COVERED,
    "WARR-06": CHARGED,
}
# fmt: on


def period_clause(facts: Facts) -> Clause:
    """What the period says; WARR-11 says that it runs."""
    if not facts.goods:
        return Clause("WARR-NO-GOODS")
    if facts.ends_on is None:
        return Clause("WARR-NO-PROOF")
    if facts.card_state == VOID:
        return Clause("WARR-VOID")
    params = {"start": _iso(facts.starts_on), "end": _iso(facts.ends_on)}
    if facts.reported_on > facts.ends_on:
        return Clause("WARR-04", params=params)
    if facts.card_state == SUSPENDED:
        return Clause("WARR-SUSPENDED")
    if facts.starts_on and facts.reported_on < facts.starts_on:
        return Clause("WARR-EARLY", params=params)
    return Clause("WARR-11", params=params)


def cause_clause(facts: Facts) -> Clause:
    if not facts.cause_known:
        return Clause("WARR-22")
    return Clause("WARR-03" if facts.cause_covered else "WARR-06")


def _iso(day: date | None) -> str:
    return day.isoformat() if day else "-"
