"""How soon a ticket's turn comes: p0 … p3.

Three questions are put together (PRIO-04): how urgent is it (PRIO-01), how many does it hit (PRIO-02), and is
a core function gone or an auxiliary one (PRIO-05). The first row of the table that fits decides; p0 means
that the whole system is down (PRIO-06). A customer with a higher service level goes before others in the same
situation (PRIO-08): one step up, but a level alone never makes a p0, since p0 calls people out of bed.

>>> rules = (Rule("any", 10, None, None, None, "p2"),)
>>> judge(Facts("normal", "individual", "auxiliary", "standard"), rules).outcome
'p2'
>>> judge(Facts("normal", "individual", "auxiliary", "vip"), rules).outcome
'p1'
"""

from dataclasses import dataclass

from .verdict import Clause, Verdict, first_match

VERSION = "1"

P0, P1, P2, P3 = "p0", "p1", "p2", "p3"
LEVELS = (P0, P1, P2, P3)

URGENCIES = ("urgent", "normal", "minor")
IMPACTS = ("global", "partial", "individual")
FUNCTIONS = ("core", "auxiliary")

#: steps up by service level of the agreement in force
RAISED_BY = {"standard": 0, "vip": 1, "project": 1}
KEYS = ("urgency", "impact", "function")


@dataclass(frozen=True)
class Facts:
    """``level`` is the service level of the customer's agreement in force, None without one."""

    urgency: str
    impact: str
    function: str
    level: str | None = None


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
    raised = raise_by_level(row.priority, facts.level)
    clauses = [Clause(row.code)]
    if facts.level:
        params = {"level": facts.level, "before": row.priority, "after": raised}
        clauses.append(Clause("PRIO-08", matched=raised != row.priority, params=params))
    return Verdict(raised, tuple(clauses))


def raise_by_level(priority: str, level: str | None) -> str:
    """One step up for a higher service level, never up to p0."""
    if priority == P0:
        return P0
    return LEVELS[max(1, LEVELS.index(priority) - RAISED_BY.get(level or "", 0))]
