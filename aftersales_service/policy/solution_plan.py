"""Who approves a solution plan (SOLN-03): the supervisor, above an amount the general manager.

And how a ticket stands with its plans, of which nothing is carried out before it is approved (SOLN-04).

>>> judge(Facts(cost=Decimal("1200"), limit=Decimal("1000"))).outcome
'general_manager'
>>> judge(Facts(cost=Decimal("1000"), limit=Decimal("1000"))).outcome
'supervisor'
"""

from dataclasses import dataclass
from decimal import Decimal

from . import solution_plan_flow
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


def standing(states) -> str | None:
    """How a ticket stands by its plans' states, oldest first: draft, submitted, refused, approved or None.

    What still asks for an answer counts before what has one; a plan that was dropped counts for nothing, and
    one that was refused until another one is approved.

    >>> standing(["refused", "told"]), standing(["done", "submitted"]), standing(["cancelled"])
    ('approved', 'submitted', None)
    """
    made = [state for state in states if state != solution_plan_flow.CANCELLED]
    for pending in (solution_plan_flow.SUBMITTED, solution_plan_flow.DRAFT):
        if pending in made:
            return pending
    if not made:
        return None
    return (
        solution_plan_flow.REFUSED if made[-1] == solution_plan_flow.REFUSED else solution_plan_flow.APPROVED
    )
