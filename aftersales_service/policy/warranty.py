"""How long a warranty runs and what has happened to a warranty card.

The standard term is one year (WARR-02) from the purchase (WARR-01); a plan may start at delivery or at the
acceptance of a project instead (WARR-14, CON-12). The day that has the start's number in the last month still
belongs to the term (the reading that favours the customer), and a term never skips the end of a short month:

>>> end_of_term(date(2026, 3, 15), 12)
datetime.date(2027, 3, 15)
>>> end_of_term(date(2026, 1, 31), 1)
datetime.date(2026, 2, 28)

What happens to a card is a ledger; its state on a day follows from the entries.

>>> told = [Entry("issue", date(2026, 3, 15)), Entry("suspend", date(2026, 5, 2))]
>>> state_on(told, date(2027, 3, 15), date(2026, 5, 3))
'suspended'
"""

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

DEFAULT_MONTHS = 12

PURCHASE, DELIVERY, ACCEPTANCE = "purchase", "delivery", "acceptance"

ACTIVE, SUSPENDED, EXPIRED, VOID = "active", "suspended", "expired", "void"
ISSUE, SUSPEND, RESUME, EXTEND, VOIDED = "issue", "suspend", "resume", "extend", "void"


@dataclass(frozen=True)
class Entry:
    """One line of a card's ledger. ``days`` counts with ``extend`` only."""

    kind: str
    on: date
    days: int = 0


def starts_on(
    event: str, purchased: date | None, delivered: date | None, accepted: date | None
) -> date | None:
    """First day of cover; a missing purchase date falls back on the delivery, which is never earlier."""
    if event == ACCEPTANCE:
        return accepted
    return (purchased or delivered) if event == PURCHASE else (delivered or purchased)


def end_of_term(start: date, months: int) -> date:
    """Last day of cover, included."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    month += 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


def last_day(end: date, entries: Iterable[Entry]) -> date:
    """The printed end and whatever it has been extended by."""
    return end + timedelta(days=sum(entry.days for entry in entries if entry.kind == EXTEND))


def state_on(entries: Sequence[Entry], end: date, day: date) -> str:
    """The card's state on ``day``; ``end`` is the last day of cover with its extensions.

    Void beats expired, expired beats suspended: who has given the goods back for good has no cover left.
    """
    kinds = [entry.kind for entry in entries if entry.on <= day]
    if VOIDED in kinds:
        return VOID
    if day > end:
        return EXPIRED
    turns = [kind for kind in kinds if kind in (SUSPEND, RESUME)]
    return SUSPENDED if turns and turns[-1] == SUSPEND else ACTIVE
