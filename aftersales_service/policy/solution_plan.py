"""Who approves a solution plan (SOLN-03): the supervisor, above an amount the general manager.

>>> judge(Facts(cost=Decimal("1200"), limit=Decimal("1000"))).outcome
'general_manager'
>>> judge(Facts(cost=Decimal("1000"), limit=Decimal("1000"))).outcome
'supervisor'
"""

from dataclasses import dataclass
from decimal import Decimal

from .verdict import Clause, Verdict

VERSION = "1"

SUPERVISOR, GENERAL_MANAGER = "supervisor", "general_manager"
OUTCOMES = (SUPERVISOR, GENERAL_MANAGER)


@dataclass(frozen=True)
class Facts:
    """``cost`` in company currency; a ``limit`` of 0 means that the supervisor approves any amount."""

    cost: Decimal
    limit: Decimal = Decimal(0)


def judge(facts: Facts, rules=()) -> Verdict:
    params = {"cost": format(facts.cost, "f"), "limit": format(facts.limit, "f")}
    if facts.limit > 0 and facts.cost > facts.limit:
        return Verdict(GENERAL_MANAGER, (Clause("PLAN-ABOVE-LIMIT", params=params, public=False),))
    return Verdict(SUPERVISOR, (Clause("SOLN-03", params=params, public=False),))
