"""Whether somebody may leave for the customer's, and what still stands in the way.

Before leaving: two or more people have a leader (DISP-25), the length of the trip is estimated (DISP-13), and
the checks of the work order are done (DISP-26): the user was called and asked for the concrete fault, place
and traffic are confirmed, what is taken along is packed, the service station was called where there is one.
An installation is agreed on only when the general manager has approved the application; a repair need not
wait for that (DISP-11). Whom we cannot help with our own people gets those whom the product director has
allocated (DISP-19). A plan that waits for its approval, or was refused, is not carried out (SOLN-04). A
request that was withdrawn or closed needs nobody.

>>> from dataclasses import replace
>>> alone = Facts(DEPART, hours=Decimal("3"), user_contacted=True, fault_asked=True, route_confirmed=True)
>>> judge(alone).outcome
'ready'
>>> judge(replace(alone, people=2)).codes
('TRIP-LEADER',)
"""

from dataclasses import dataclass
from decimal import Decimal

from .verdict import Clause, Verdict

VERSION = "1"

READY, NOT_READY = "ready", "not_ready"
OUTCOMES = (READY, NOT_READY)

CONFIRM, DEPART, ARRIVE = "confirm", "depart", "arrive"

#: states of an application in which it is approved
APPROVED = ("approved", "taken_over")

#: clauses that stand in the way; each is one thing to do
MISSING = (
    "TRIP-TICKET-ENDED",
    "TRIP-APPLICATION",
    "TRIP-CAPABILITY",
    "TRIP-PLAN",
    "TRIP-LEADER",
    "TRIP-DURATION",
    "TRIP-USER",
    "TRIP-FAULT",
    "TRIP-STATION",
    "TRIP-PARTS",
    "TRIP-ROUTE",
)


@dataclass(frozen=True)
class Facts:
    """``application`` is the state of the support application, None where there is none.

    ``plan_code``: how the ticket stands with its solution plans (``solution_plan.standing``).

    ``hours`` is the estimated duration; ``station`` whether a service station has to be called.
    """

    step: str
    service_type: str = "repair"
    people: int = 1
    leader_named: bool = False
    hours: Decimal = Decimal(0)
    user_contacted: bool = False
    fault_asked: bool = False
    route_confirmed: bool = False
    station: bool = False
    station_contacted: bool = False
    to_pack: int = 0
    approval_wanted: bool = True
    application: str | None = None
    capability_lacking: bool = False
    people_allocated: bool = False
    ticket_ended: bool = False
    plan_code: str | None = None


def judge(facts: Facts, rules=()) -> Verdict:
    if facts.ticket_ended:
        return Verdict(NOT_READY, (_clause("TRIP-TICKET-ENDED"),), {"missing": ["TRIP-TICKET-ENDED"]})
    clauses = [approval(facts), capability(facts)]
    if facts.step != CONFIRM:
        clauses += [leader(facts), plan(facts)]
    if facts.step == DEPART:
        clauses += preparation(facts)
    found = tuple(clause for clause in clauses if clause)
    missing = [clause.code for clause in found if clause.code in MISSING]
    return Verdict(NOT_READY if missing else READY, found, {"missing": missing})


def approval(facts: Facts) -> Clause | None:
    """DISP-11: before an installation; beside a repair, which is not held up."""
    if facts.application in APPROVED:
        return _clause("DISP-11")
    if facts.service_type == "installation" and facts.approval_wanted:
        return _clause("TRIP-APPLICATION")
    return _clause("TRIP-APPLICATION-LATER") if facts.application else None


def capability(facts: Facts) -> Clause | None:
    """DISP-19: without the skills of our own, the product department's people go."""
    if not facts.capability_lacking:
        return None
    return _clause("DISP-19" if facts.people_allocated else "TRIP-CAPABILITY")


def plan(facts: Facts) -> Clause | None:
    """SOLN-04: implementation only after approval; what is still written down may need a look on site."""
    return _clause("TRIP-PLAN") if facts.plan_code in ("submitted", "refused") else None


def leader(facts: Facts) -> Clause | None:
    if facts.people < 2:
        return None
    return _clause("DISP-25" if facts.leader_named else "TRIP-LEADER", people=facts.people)


def preparation(facts: Facts) -> list[Clause]:
    """DISP-13, DISP-26: one clause for each thing that was forgotten."""
    checks = (
        ("TRIP-DURATION", facts.hours > 0),
        ("TRIP-USER", facts.user_contacted),
        ("TRIP-FAULT", facts.fault_asked),
        ("TRIP-STATION", facts.station_contacted or not facts.station),
        ("TRIP-PARTS", not facts.to_pack),
        ("TRIP-ROUTE", facts.route_confirmed),
    )
    return [_clause(code) for code, done in checks if not done]


def _clause(code: str, **params) -> Clause:
    return Clause(code, params=params, public=False)
