"""What is promised on a ticket: one target for each step that is measured.

Different documents use one word for different things; here acknowledging, assigning, accepting, first reply,
diagnosis, arrival, restoring and resolving are separate targets (CON-02) in lines keyed by service type ×
priority × service level × phase (CON-01). For each target the first line that fits decides, and the shipped
lines are in the order agreement before type. Each line has its own hours (CON-04): ``always`` is 24 × 7 with
holidays, ``service`` the working time of customer service, ``own`` a calendar of the line.

>>> rules = (
...     Line("urgent_reply", 10, "first_reply", None, "p0", None, None, 5, "minutes", "always"),
...     Line("reply", 20, "first_reply", None, None, None, None, 24, "hours", "always"),
... )
>>> verdict = judge(Facts("repair", "p0"), rules)
>>> verdict.values["first_reply"]
{'line': 'urgent_reply', 'amount': 5, 'unit': 'minutes', 'hours': 'always'}
"""

from dataclasses import dataclass

from .verdict import Clause, Verdict, first_match

VERSION = "1"

TARGETS = (
    "acknowledge",
    "assign",
    "accept",
    "first_reply",
    "diagnosis",
    "on_site",
    "restore",
    "resolve",
    "emergency",
)
HOURS = ("always", "service", "own")
KEYS = ("service_type", "priority", "level", "phase")


@dataclass(frozen=True)
class Facts:
    """``level`` and ``phase`` come from the agreement in force and the warranty; None where there is none."""

    service_type: str
    priority: str
    level: str | None = None
    phase: str | None = None


@dataclass(frozen=True)
class Line:
    """A line of a policy; an empty key fits everything. ``amount`` 0 means: nothing is promised here."""

    code: str
    sequence: int
    target: str
    service_type: str | None
    priority: str | None
    level: str | None
    phase: str | None
    amount: int
    unit: str
    hours: str


def judge(facts: Facts, rules: tuple[Line, ...]) -> Verdict:
    """One target each, from the first line that fits; targets without a line are not promised."""
    lines = {target: line_for(target, facts, rules) for target in TARGETS}
    promised = {target: line for target, line in lines.items() if line and line.amount}
    clauses = tuple(
        Clause(line.code, params={"amount": line.amount, "unit": line.unit}) for line in promised.values()
    )
    values = {target: _promise(line) for target, line in promised.items()}
    return Verdict("promised" if promised else "none", clauses, values)


def line_for(target: str, facts: Facts, rules: tuple[Line, ...]) -> Line | None:
    return first_match((line for line in rules if line.target == target), facts, KEYS)


def _promise(line: Line) -> dict:
    return {"line": line.code, "amount": line.amount, "unit": line.unit, "hours": line.hours}
