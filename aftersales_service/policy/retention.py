"""How long a closed ticket keeps the customer's personal data, and who may have it removed earlier.

Handling records are kept at least three years (ARCHIVE-01), counted from the day on which the ticket was last
closed or cancelled: the source does not say from which day (AMB-39), this is the later one. Afterwards the
personal data go; what is counted stays. A person may ask for it earlier, but not while the case is open or a
hold stands (a lawsuit, an open claim).

>>> from datetime import date
>>> due_on(date(2023, 5, 10), 36)
datetime.date(2026, 5, 10)
>>> decide(Facts("closed", date(2023, 5, 10), 36, held=True), date(2027, 1, 1))
'held'
"""

import calendar
import dataclasses
import datetime

from .ticket_flow import ENDED

#: fewer months than this no company may set
MINIMUM_MONTHS = 36


@dataclasses.dataclass(frozen=True)
class Facts:
    state: str
    ended_on: datetime.date | None  # last closing or cancelling, in the company's time zone
    months: int  # how long the company keeps; 0: for ever
    held: bool = False
    anonymised: bool = False


def decide(facts, today, asked=False):
    """What happens to the personal data today.

    :param asked: the person has asked for the erasure
    :return: "done" (removed before), "open" (the case goes on), "held", "kept" (not yet), "due" (goes now)
    """
    if facts.anonymised:
        return "done"
    if facts.state not in ENDED or facts.ended_on is None:
        return "open"
    if facts.held:
        return "held"
    if asked or (facts.months and today >= due_on(facts.ended_on, facts.months)):
        return "due"
    return "kept"


def due_on(ended_on, months):
    """First day without personal data; where the month has no such day, the first of the next one."""
    year, month = _shift(ended_on, months)
    if ended_on.day > calendar.monthrange(year, month)[1]:
        year, month = _shift(datetime.date(year, month, 1), 1)
        return datetime.date(year, month, 1)
    return datetime.date(year, month, ended_on.day)


def latest_end(today, months):
    """The latest day of closing whose time is over ``today``: what a search may ask an index for."""
    year, month = _shift(today, -months)
    return datetime.date(year, month, min(today.day, calendar.monthrange(year, month)[1]))


def allowed_months(months):
    """Whether a company may set this: for ever, or three years and more (ARCHIVE-01)."""
    return months == 0 or months >= MINIMUM_MONTHS


def _shift(day, months):
    """(year, month) ``months`` later."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return years, month + 1
