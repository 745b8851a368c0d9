"""How soon a ticket's turn comes: p0 … p3.

Three questions are put together (PRIO-04): how urgent is it (PRIO-01), how many does it hit (PRIO-02), and is
a core function gone or an auxiliary one (PRIO-05). The first row of the table that fits decides; p0 means
that the whole system is down (PRIO-06). A customer with a higher service level goes before others in the same
situation (PRIO-08): one step up. So does a customer whose core business stands still or loses data, or who
loses more a day than the company's threshold (PRIO-09): one step up for both together. Neither makes a p0,
since p0 calls people out of bed.

How soon the solution is wanted moves the queue, too (PRIO-07): with a temporary fix that works the rest comes
one step later, and what is left to improve in the long run comes last. When the fix fails it is as before.

>>> rules = (Rule("any", 10, None, None, None, "p2"),)
>>> judge(Facts("normal", "individual", "auxiliary", "standard"), rules).outcome
'p2'
>>> judge(Facts("normal", "individual", "auxiliary", "vip"), rules).outcome
'p1'
>>> judge(Facts("normal", "individual", "auxiliary", core_impact="stopped"), rules).outcome
'p1'
>>> judge(Facts("normal", "individual", "auxiliary", relief="temporary"), rules).outcome
'p3'
"""

from dataclasses import dataclass
from decimal import Decimal

from .verdict import Clause, Verdict, first_match

VERSION = "1"

P0, P1, P2, P3 = "p0", "p1", "p2", "p3"
LEVELS = (P0, P1, P2, P3)

URGENCIES = ("urgent", "normal", "minor")
IMPACTS = ("global", "partial", "individual")
FUNCTIONS = ("core", "auxiliary")
CORE_IMPACTS = (NONE, SLOWED, STOPPED) = ("none", "slowed", "stopped")
#: how far it is solved already: not at all, for the time being, or but for improvements in the long run
RELIEFS = (NO_RELIEF, TEMPORARY, LONG_TERM) = ("none", "temporary", "long_term")

#: steps up by service level of the agreement in force
RAISED_BY = {"standard": 0, "vip": 1, "project": 1}
KEYS = ("urgency", "impact", "function")


@dataclass(frozen=True)
class Facts:
    """What is known of the situation; what was asked only later has the default of the time before.

    ``level``        service level of the customer's agreement in force, None without one
    ``core_impact``  what it does to the customer's core business
    ``loss_per_day`` what the customer loses a day, as estimated, in the company's currency; None if unknown
    ``loss_limit``   the company's threshold, None where it has none
    ``relief``       how far it is solved already
    """

    urgency: str
    impact: str
    function: str
    level: str | None = None
    core_impact: str = NONE
    loss_per_day: Decimal | None = None
    loss_limit: Decimal | None = None
    relief: str = NO_RELIEF


@dataclass(frozen=True)
class Rule:
    """A row of the table; an empty cell fits everything."""

    code: str
    sequence: int
    urgency: str | None
    impact: str | None
    function: str | None
    priority: str


def judge(facts: Facts, rules: tuple[Rule, ...]) -> Verdict:
    row = first_match(rules, facts, KEYS)
    if row is None:
        return Verdict(P2, (Clause("PRIO-NO-ROW", public=False),))
    hit = _business_clauses(facts, row.priority)
    pressing = one_up(row.priority) if hit else row.priority
    before = relieved(pressing, facts.relief)
    raised = raise_by_level(before, facts.level)
    clauses = [Clause(row.code), *hit, *_relief_clauses(facts, pressing)]
    if facts.level:
        params = {"level": facts.level, "before": before, "after": raised}
        clauses.append(Clause("PRIO-08", matched=raised != before, params=params))
    return Verdict(raised, tuple(clauses))


def _business_clauses(facts: Facts, before: str) -> list[Clause]:
    """PRIO-09: why the customer's business raises it; empty where it does not."""
    after = one_up(before)
    step = {"before": before, "after": after}
    clauses = []
    if facts.core_impact == STOPPED:
        clauses.append(Clause("PRIO-09", matched=after != before, params=step))
    loss, limit = facts.loss_per_day, facts.loss_limit
    if loss is not None and limit is not None and loss > limit:
        params = {"loss": loss, "limit": limit, **step}
        clauses.append(Clause("PRIO-09-LOSS", matched=after != before, params=params, public=False))
    return clauses


def _relief_clauses(facts: Facts, before: str) -> list[Clause]:
    """PRIO-07: why it can wait longer; empty where nothing is solved yet."""
    code = {TEMPORARY: "PRIO-07-TEMPORARY", LONG_TERM: "PRIO-07-LONG-TERM"}.get(facts.relief)
    after = relieved(before, facts.relief)
    step = {"before": before, "after": after}
    return [Clause(code, matched=after != before, params=step)] if code else []


def relieved(priority: str, relief: str) -> str:
    """The level of what is left to do.

    >>> relieved(P0, TEMPORARY), relieved(P3, TEMPORARY), relieved(P1, LONG_TERM), relieved(P0, NO_RELIEF)
    ('p1', 'p3', 'p3', 'p0')
    """
    if relief == LONG_TERM:
        return P3
    steps = 1 if relief == TEMPORARY else 0
    return LEVELS[min(LEVELS.index(priority) + steps, len(LEVELS) - 1)]


def one_up(priority: str) -> str:
    """The next higher level, never up to p0."""
    return priority if priority == P0 else LEVELS[max(1, LEVELS.index(priority) - 1)]


def raise_by_level(priority: str, level: str | None) -> str:
    """One step up for a higher service level, never up to p0."""
    if priority == P0:
        return P0
    return LEVELS[max(1, LEVELS.index(priority) - RAISED_BY.get(level or "", 0))]
