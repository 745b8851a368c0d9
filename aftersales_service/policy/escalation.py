"""Who hears of a promise, and when: before it breaks, when it breaks, and when it stays broken.

The steps are shares of the target, so that five minutes and four hours are warned of in proportion. The
assignee is warned while there still is time (PRIO-08), a breach is the supervisor's business (SLA-09), and
what lies on after it goes to the manager (SLA-29: nothing piles up or is lost).

>>> [(step.percent, step.about) for step in steps(Chain(warn=75, escalate=150))]
[(75, 'warning'), (150, 'escalation')]
>>> recipient(WARNING, People(assignee=None, supervisor=2))
2
"""

from dataclasses import dataclass

WARNING, BREACH, ESCALATION = "warning", "breach", "escalation"
BROKEN = 100  # percent of the target at which a promise is broken; the ledger's due time


@dataclass(frozen=True)
class Chain:
    """Percent of the target; 0 switches the step off."""

    warn: int = 75
    escalate: int = 150


@dataclass(frozen=True)
class Step:
    percent: int
    about: str


@dataclass(frozen=True)
class People:
    """Ids of users; None where there is nobody."""

    assignee: int | None = None
    supervisor: int | None = None
    manager: int | None = None


def faults(chain: Chain) -> tuple[str, ...]:
    """Names of the shares that make no sense: a warning comes before the breach, an escalation after it."""
    wrong = []
    if chain.warn and not 0 < chain.warn < BROKEN:
        wrong.append("warn")
    if chain.escalate and chain.escalate <= BROKEN:
        wrong.append("escalate")
    return tuple(wrong)


def steps(chain: Chain) -> tuple[Step, ...]:
    """The steps besides the breach itself, in the order in which they come."""
    found = (Step(chain.warn, WARNING), Step(chain.escalate, ESCALATION))
    return tuple(step for step in found if step.percent)


def next_step(chain: Chain, given: int) -> Step | None:
    """The first step beyond ``given`` percent, or None."""
    return next((step for step in steps(chain) if step.percent > given), None)


def recipient(about: str, people: People) -> int | None:
    """Whose task it is; where somebody is missing the next one up the line, then the one below."""
    line = {
        WARNING: (people.assignee, people.supervisor, people.manager),
        BREACH: (people.supervisor, people.manager, people.assignee),
        ESCALATION: (people.manager, people.supervisor, people.assignee),
    }[about]
    return next((user_id for user_id in line if user_id), None)
