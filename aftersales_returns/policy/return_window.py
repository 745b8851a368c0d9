"""Until when a return may be asked for.

RMA-01: from shipment until 168 hours after the customer confirmed the receipt (platform). RMA-18: seven days
from the day the courier's slip was signed (shop). CON-06 makes both one setting, base event and length; where
the confirmation is missing the signing stands in for it. A day that somebody names has a bound: a parcel
has arrived at the latest some days after its dispatch (a parameter), and where nobody names a day that bound
counts itself, so that every window ends. Only without a bound and a day has nothing begun to close it.

>>> at = datetime(2026, 3, 2, 9)
>>> window(Window("confirmed", 168), shipped_at=at, signed_at=None, confirmed_at=at).closes_at
datetime.datetime(2026, 3, 9, 9, 0)
>>> window(Window("signed", 168), at, None, None, arrival_by=datetime(2026, 3, 13)).closes_at
datetime.datetime(2026, 3, 20, 0, 0)
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

CONFIRMED, SIGNED, ARRIVAL = "confirmed", "signed", "arrival"


@dataclass(frozen=True)
class Window:
    """``base`` event (confirmed or signed) and ``hours`` from it on."""

    base: str
    hours: int


@dataclass(frozen=True)
class Span:
    """When a return may be asked for. ``base`` is the event that was used (confirmed, signed, or arrival
    where only the bound is known or a later day was named), None before there was any.

    ``opens_at``   None: not shipped yet, a cancellation rather than a return
    ``closes_at``  None: nothing has begun to close the window
    """

    opens_at: datetime | None
    closes_at: datetime | None
    base: str | None

    def contains(self, moment: datetime) -> bool:
        """The last second still counts."""
        return self.opens_at is not None and (self.closes_at is None or moment <= self.closes_at)


def window(
    rule: Window,
    shipped_at: datetime | None,
    signed_at: datetime | None,
    confirmed_at: datetime | None,
    arrival_by: datetime | None = None,
) -> Span:
    """``signed_at`` is the end of the day of signing: that day itself does not count.

    :param arrival_by: when the parcel has arrived at the latest; None: no bound
    """
    known = {CONFIRMED: confirmed_at, SIGNED: signed_at}
    order = (CONFIRMED, SIGNED) if rule.base == CONFIRMED else (SIGNED, CONFIRMED)
    base = next((event for event in order if known[event]), None)
    opens_at = shipped_at or signed_at or confirmed_at
    begins = known[base] if base else None
    if arrival_by and (begins is None or begins > arrival_by):
        begins, base = arrival_by, ARRIVAL
    closes_at = begins + timedelta(hours=rule.hours) if begins else None
    return Span(opens_at, closes_at, base)
