"""What proves that a service was done: before it is called solved, and before the file is closed.

On site the customer signs, after the work (PROG-08, PROG-10, PROG-11). On the telephone or by remote access
a screenshot of the customer's answer or a recording takes the place of the signature (PROG-09); so does the
customer's own confirmation (PROG-07, PROG-13). Proof is asked of people: a customer who confirms in the
portal is the proof, and the clock that closes after the customer's silence asks nobody.

Nothing is finished by a plan that nobody has approved (SOLN-04), and whoever repairs on site records how the
goods were used before (DIAG-15).

>>> judge(Facts(step="close", mode_code="on_site", visits_signed=1, usage_known=True)).outcome
'complete'
>>> judge(Facts(step="close", mode_code="remote")).codes
('CLOSE-PROOF-MISSING',)
"""

from dataclasses import dataclass

from .verdict import Clause, Verdict

VERSION = "1"

COMPLETE, INCOMPLETE = "complete", "incomplete"
OUTCOMES = (COMPLETE, INCOMPLETE)

RESOLVE, CLOSE = "resolve", "close"
PHONE, REMOTE, ON_SITE = "phone", "remote", "on_site"

#: clauses that stand in the way; each is one thing to do
MISSING = (
    "CLOSE-VISIT-OPEN",
    "CLOSE-PLAN-OPEN",
    "CLOSE-PLAN-REFUSED",
    "CLOSE-PLAN-MISSING",
    "CLOSE-USAGE-MISSING",
    "CLOSE-SIGNATURE-MISSING",
    "CLOSE-PROOF-MISSING",
    "CLOSE-WAY-MISSING",
    "CLOSE-CAUSE-MISSING",
    "CLOSE-RESOLUTION-MISSING",
)


@dataclass(frozen=True)
class Facts:
    """``actor_code``: person, customer or system. ``strict``: the company wants every repair coded.

    ``plan_code``: how it stands with the solution plans (``solution_plan.standing``); ``plan_required``: the
    company lets no repair be done without one. ``usage_known``: how the goods were used is on record.
    """

    step: str
    service_type: str = "repair"
    mode_code: str | None = None
    actor_code: str = "person"
    visits_open: int = 0
    visits_signed: int = 0
    proofs: int = 0
    confirmed: bool = False
    cause_known: bool = False
    resolution_known: bool = False
    strict: bool = False
    plan_code: str | None = None
    plan_required: bool = False
    usage_known: bool = False


def judge(facts: Facts, rules=()) -> Verdict:
    if facts.actor_code != "person":
        code = "PROG-07" if facts.actor_code == "customer" else "CLOSE-SILENT"
        return Verdict(COMPLETE, (Clause(code),))
    clauses = tuple(
        filter(None, (visits(facts), plan(facts), usage(facts), completion(facts), *codes(facts)))
    )
    missing = [clause.code for clause in clauses if clause.code in MISSING]
    return Verdict(INCOMPLETE if missing else COMPLETE, clauses, values={"missing": missing})


def visits(facts: Facts) -> Clause | None:
    """A visit that is still ahead or under way: the work is not over."""
    return Clause("CLOSE-VISIT-OPEN", params={"visits": facts.visits_open}) if facts.visits_open else None


def plan(facts: Facts) -> Clause | None:
    """SOLN-04: implementation only after approval; what was refused is adjusted or dropped."""
    if facts.plan_code == "approved":
        return Clause("SOLN-04")
    if facts.plan_code:
        return Clause("CLOSE-PLAN-REFUSED" if facts.plan_code == "refused" else "CLOSE-PLAN-OPEN")
    required = facts.plan_required and facts.service_type == "repair"
    return Clause("CLOSE-PLAN-MISSING") if required else None


def usage(facts: Facts) -> Clause | None:
    """DIAG-15: whoever repairs on site asks for it; the record is mandatory."""
    asked = facts.service_type == "repair" and facts.mode_code == ON_SITE
    return Clause("CLOSE-USAGE-MISSING") if asked and not facts.usage_known else None


def completion(facts: Facts) -> Clause:
    """The proof that fits the way in which it was done."""
    if facts.mode_code == ON_SITE:
        return Clause("PROG-08" if facts.visits_signed else "CLOSE-SIGNATURE-MISSING")
    if facts.step == RESOLVE:
        return Clause("CLOSE-LATER")  # the customer's answer to the result comes after it
    if facts.mode_code in (PHONE, REMOTE):
        return online_proof(facts)
    return Clause("CLOSE-WAY-MISSING" if facts.strict else "CLOSE-WAY-OPEN")


def online_proof(facts: Facts) -> Clause:
    if facts.confirmed:
        return Clause("PROG-13")
    if facts.proofs:
        return Clause("PROG-09", params={"proofs": facts.proofs})
    return Clause("CLOSE-PROOF-MISSING")


def codes(facts: Facts) -> list[Clause]:
    """Cause and resolution of a repair, where the company wants them for its statistics."""
    if not facts.strict or facts.service_type != "repair":
        return []
    found = [] if facts.cause_known else [Clause("CLOSE-CAUSE-MISSING")]
    return found if facts.resolution_known else [*found, Clause("CLOSE-RESOLUTION-MISSING")]
