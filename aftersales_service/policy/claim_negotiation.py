"""Who settles a customer's claim (索赔) with him: marketing where product quality or production is the cause.

QUAL-15 names marketing for claims because of quality or the way of production; all other claims stay with
customer service, who took them. Marketing negotiates, it does not decide: what was agreed is proposed, and
then goes to the department or the general manager like every compensation (compensation_route.py).

>>> judge(Facts("damage", "quality")).outcome
'marketing'
>>> judge(Facts("damage", "other")).outcome
'service'
"""

from dataclasses import dataclass

from .verdict import Clause, Verdict

VERSION = "1"

MARKETING, SERVICE = "marketing", "service"
OUTCOMES = (MARKETING, SERVICE)
QUALITY, PRODUCTION, OTHER = "quality", "production", "other"
GROUNDS = (QUALITY, PRODUCTION, OTHER)

#: (kind of compensation, ground of the claim) → who negotiates; whatever is not named stays with service
NEGOTIATORS = {
    ("damage", QUALITY): MARKETING,
    ("damage", PRODUCTION): MARKETING,
}


@dataclass(frozen=True)
class Facts:
    """``kind`` as of a compensation; ``ground`` empty where nothing is claimed."""

    kind: str
    ground: str | None


def judge(facts: Facts, rules=()) -> Verdict:
    who = NEGOTIATORS.get((facts.kind, facts.ground), SERVICE)
    code = "QUAL-15" if who == MARKETING else "CLAIM-SERVICE"
    return Verdict(who, (Clause(code, public=False),), {})
