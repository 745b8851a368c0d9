"""What is promised on a ticket: one target for each step that is measured.

Different documents use one word for different things; here acknowledging, assigning, accepting, first reply,
diagnosis, arrival, restoring and resolving are separate targets (CON-02) in lines keyed by service type ×
priority × service level × phase (CON-01). For each target the first line that fits decides, and the shipped
lines are in the order agreement before type. What both sides have signed goes before every line and stands
as it was signed, whatever becomes of the table (SLA-24). Each line has its own hours (CON-04): ``always``
is 24 × 7 with holidays, ``service`` the working time of customer service, ``own`` a calendar of the line.

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
AGREED = "agreement"  # the line's name where a signed term decides
KEYS = ("service_type", "priority", "level", "phase")
TERM_KEYS = ("service_type", "priority", "phase")


@dataclass(frozen=True)
class Term:
    """A target that the agreement itself names; an empty key fits everything, ``amount`` 0: not promised."""

    target: str
    service_type: str | None
    priority: str | None
    phase: str | None
    amount: int
    unit: str
    hours: str


@dataclass(frozen=True)
class Facts:
    """``level`` and ``phase`` come from the agreement in force and the warranty; None where there is none.

    ``agreed`` are the targets of that agreement, in its order.
    """

    service_type: str
    priority: str
    level: str | None = None
    phase: str | None = None
    agreed: tuple[Term, ...] = ()


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
    """One target each: the signed term, else the first line that fits; without either nothing is promised."""
    lines = {target: term_for(target, facts) or line_for(target, facts, rules) for target in TARGETS}
    promised = {target: line for target, line in lines.items() if line and line.amount}
    clauses = tuple(_clause(target, line) for target, line in promised.items())
    values = {target: _promise(line) for target, line in promised.items()}
    return Verdict("promised" if promised else "none", clauses, values)


def line_for(target: str, facts: Facts, rules: tuple[Line, ...]) -> Line | None:
    return first_match((line for line in rules if line.target == target), facts, KEYS)


def term_for(target: str, facts: Facts) -> Term | None:
    return first_match((term for term in facts.agreed if term.target == target), facts, TERM_KEYS)


def _clause(target: str, line: Line | Term) -> Clause:
    params = {"amount": line.amount, "unit": line.unit}
    if isinstance(line, Term):
        return Clause("SLA-AGREED", params={"target": target, **params})
    return Clause(line.code, params=params)


def _promise(line: Line | Term) -> dict:
    """The target as documents keep it; ``agreed`` marks what the customer's agreement promises."""
    code = AGREED if isinstance(line, Term) else line.code
    promise = {"line": code, "amount": line.amount, "unit": line.unit, "hours": line.hours}
    return {**promise, "agreed": True} if isinstance(line, Term) or line.level else promise
