"""Which follow-up contacts are due after which event, and when (FOLLOWUP-01, -02, -03, -11; PRIO-13).

The sources name different people and dates (CON-20, CON-21), so a plan for each job type says who calls and
how long afterwards: a repair is followed by the engineer's call on the same day and a final call by customer
service a week later, an installation after a week and after 1, 3, 6 and 12 months.

Every contact has a purpose, and of each purpose the first row that fits decides: a company's own row with a
lower sequence replaces the shipped one, and with the unit "never" drops it.

>>> rows = (Line("own", 5, "final", "resolved", "repair", None, "agent", 14, DAYS),
...         Line("shipped", 10, "final", "resolved", "repair", None, "agent", 7, DAYS))
>>> judge(Facts("resolved", "repair", "normal"), rows).values["contacts"]
[{'code': 'own', 'purpose': 'final', 'role': 'agent', 'offset': 14, 'unit': 'days'}]
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ...aftersales_service.policy import deadline
from ...aftersales_service.policy.verdict import Clause, Verdict, matches

VERSION = "1"

RESOLVED, CLOSED = "resolved", "closed"
TRIGGERS = (RESOLVED, CLOSED)

HOURS, DAYS, MONTHS, NEVER = "hours", "days", "months", "never"
UNITS = (HOURS, DAYS, MONTHS, NEVER)

#: tries until a silent customer counts as unreachable (FOLLOWUP-04 says "call again", not how often)
TRIES = 3

#: longer than any holiday: after every date a working day follows within it
CLOSED_STRETCH = timedelta(days=21)

PLANNED, NONE = "planned", "none"


@dataclass(frozen=True)
class Line:
    """One row of a plan. Empty conditions fit everything.

    ``offset``  hours, days or months from the trigger on; 0 days = the same day
    ``role``    who makes the contact: engineer, agent, supervisor, responsible (whoever has the ticket)
    """

    code: str
    sequence: int
    purpose: str
    trigger: str
    service_type: str | None
    urgency: str | None
    role: str
    offset: int
    unit: str


@dataclass(frozen=True)
class Facts:
    """What has just happened to which kind of ticket."""

    trigger: str
    service_type: str
    urgency: str


def judge(facts: Facts, rules: Sequence[Line]) -> Verdict:
    """The contacts to be made, each from the first fitting row of its purpose, or that no plan wants any."""
    clauses, contacts, decided = [], [], set()
    for line in rules:
        applies = line.purpose not in decided and matches(line, facts, ("trigger", "service_type", "urgency"))
        if applies:
            decided.add(line.purpose)
            contacts += [] if line.unit == NEVER else [_contact(line)]
            clauses.append(Clause(line.code, public=False))
    clauses.append(Clause("FOLLOWUP-11", not contacts, public=False))
    return Verdict(PLANNED if contacts else NONE, tuple(clauses), {"contacts": contacts})


def _contact(line: Line) -> dict:
    return {
        "code": line.code,
        "purpose": line.purpose,
        "role": line.role,
        "offset": line.offset,
        "unit": line.unit,
    }


def due_at(start: datetime, offset: int, unit: str, working: deadline.WorkingTime | None) -> datetime:
    """Until when the contact is to be made.

    Hours are working hours. Days and months are counted on the calendar and end with the closing time of that
    day, or of the next working day where nobody works then. ``working`` is None around the clock.
    """
    if unit == HOURS:
        return deadline.add(working, start, offset * 3600)
    day = start + timedelta(days=offset) if unit == DAYS else add_months(start, offset)
    return day if working is None else closing_after(working, day)


def horizon(start: datetime, offset: int, unit: str) -> datetime:
    """Until when working time must be known for :func:`due_at` on a calendar with 20 hours a week or more."""
    if unit == HOURS:
        return start + timedelta(hours=offset * 9) + CLOSED_STRETCH
    day = start + timedelta(days=offset) if unit == DAYS else add_months(start, offset)
    return day + CLOSED_STRETCH


def closing_after(working: deadline.WorkingTime, moment: datetime) -> datetime:
    """The first closing time of a working day that lies after ``moment``."""
    closing = next((close for _midnight, close in working.days if close > moment), None)
    if closing is None:
        raise deadline.HorizonTooShort if working.days else deadline.NoWorkingTime
    return closing


def add_months(moment: datetime, months: int) -> datetime:
    """The same day ``months`` later, the last of the month where that month is shorter.

    >>> add_months(datetime(2026, 1, 31, 9), 1)
    datetime.datetime(2026, 2, 28, 9, 0)
    """
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    day = min(moment.day, monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def tries_again(attempts: int) -> bool:
    """Whether a customer who did not answer for the ``attempts``-th time is called once more."""
    return attempts < TRIES
