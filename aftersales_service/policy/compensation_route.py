"""Who decides: the department up to an amount (COMP-01), above it the general manager (COMP-04).

No document states the threshold, so it is a setting; up to 0 means that every amount is large. A large one
for damage or as goodwill needs a look on the spot by supervisor and technician (COMP-03) and the
customer's word; for a broken target the signed agreement is that word.

>>> judge(Facts("damage", Decimal("500.01"), Decimal("500"))).values
{'visit': True, 'consent': True}
>>> judge(Facts("breach", Decimal("500.01"), Decimal("500"))).values
{'visit': False, 'consent': False}
>>> judge(Facts("damage", Decimal("500"), Decimal("500"))).outcome
'department'
"""

from dataclasses import dataclass
from decimal import Decimal

from .verdict import Clause, Verdict

VERSION = "1"

DEPARTMENT, GENERAL_MANAGER = "department", "general_manager"
OUTCOMES = (DEPARTMENT, GENERAL_MANAGER)
BREACH, DAMAGE, GOODWILL = "breach", "damage", "goodwill"
KINDS = (BREACH, DAMAGE, GOODWILL)


@dataclass(frozen=True)
class Facts:
    """``amount`` and ``limit`` in company currency."""

    kind: str
    amount: Decimal
    limit: Decimal


def judge(facts: Facts, rules=()) -> Verdict:
    params = {"amount": format(facts.amount, "f"), "limit": format(facts.limit, "f")}
    if facts.amount <= facts.limit:
        return Verdict(
            DEPARTMENT,
            (Clause("COMP-01", params=params, public=False),),
            {"visit": False, "consent": False},
        )
    seen = facts.kind != BREACH
    clauses = [Clause("COMP-03", public=False)] if seen else []
    clauses.append(Clause("COMP-04", params=params, public=False))
    return Verdict(GENERAL_MANAGER, tuple(clauses), {"visit": seen, "consent": seen})
