"""Who gets a ticket: first the team, then the person.

The team follows from the service type (DISP-02 … -05) and the customer's region (DISP-03, DISP-43); a team
made for the region goes before one for everywhere. Of its members nobody is asked who is off duty, lacks a
skill, has a full desk, or has declined or let the ticket lie before; of the others the one with the least
to do. When nobody is left the supervisor coordinates (SLA-09). Every rejected candidate stays in the verdict
with the reason.

>>> ann, bob = Candidate(1, open_tickets=3), Candidate(2, open_tickets=1)
>>> verdict = judge(Facts("repair", team_id=7, candidates=(ann, bob)))
>>> verdict.outcome, verdict.values["user_id"]
('assigned', 2)
"""

from collections.abc import Iterable
from dataclasses import dataclass

from .verdict import Clause, Verdict

VERSION = "1"

ASSIGNED, SUPERVISOR, LATER, NOBODY = "assigned", "supervisor", "later", "nobody"

#: how a dispatcher's own choice stands
AGREED, REASON, REFUSED = "agreed", "reason", "refused"

#: no member of the ticket's team
OTHER_TEAM = "DISP-OTHER-TEAM"

#: what no reason outweighs
FIRM = {"DISP-SKILL", "DISP-OFF-DUTY", OTHER_TEAM}


@dataclass(frozen=True)
class Team:
    """No ``service_types``: every type; neither ``region_ids`` (states) nor ``country_ids``: everywhere."""

    id: int
    sequence: int
    service_types: frozenset[str] = frozenset()
    region_ids: frozenset[int] = frozenset()
    country_ids: frozenset[int] = frozenset()
    emergency: bool = False


@dataclass(frozen=True)
class Candidate:
    """``capacity`` 0: no limit; ``missing_skills`` how many of the wanted skills are lacking."""

    user_id: int
    open_tickets: int = 0
    capacity: int = 0
    on_duty: bool = True
    missing_skills: int = 0
    passed_over: bool = False


@dataclass(frozen=True)
class Facts:
    """``supervisor_id`` takes what nobody else takes. ``urgent`` (p0) does not wait for working hours."""

    service_type: str
    team_id: int | None = None
    candidates: tuple[Candidate, ...] = ()
    supervisor_id: int | None = None
    urgent: bool = False


def team_for(
    service_type: str,
    region_id: int | None,
    country_id: int | None,
    teams: Iterable[Team],
    urgent: bool = False,
) -> int | None:
    """The team for a type and a place: the closest region first, then the sequence.

    A p0 (``urgent``) goes past the first line to an emergency team where there is one (INTAKE-09); those
    teams take nothing else unless nobody else would.
    """
    fitting = [
        (team.emergency != urgent, distance, team.sequence, team.id)
        for team in teams
        if (not team.service_types or service_type in team.service_types)
        and (distance := _distance(team, region_id, country_id)) is not None
    ]
    return min(fitting)[3] if fitting else None


def _distance(team: Team, region_id: int | None, country_id: int | None) -> int | None:
    """0 a team for this region, 1 for this country, 2 for everywhere, None for elsewhere."""
    if region_id and region_id in team.region_ids:
        return 0
    if country_id and country_id in team.country_ids and not team.region_ids:
        return 1
    return 2 if not team.region_ids and not team.country_ids else None


def judge(facts: Facts, rules=()) -> Verdict:
    if facts.team_id is None:
        return Verdict(NOBODY, (Clause("DISP-NO-TEAM", public=False),), {"team_id": None, "user_id": None})
    refusals = {candidate.user_id: refusal(candidate, facts.urgent) for candidate in facts.candidates}
    fit = [candidate for candidate in facts.candidates if refusals[candidate.user_id] is None]
    clauses = (_clause("DISP-02"), *_rejected(refusals))
    if fit:
        chosen = min(fit, key=lambda candidate: (candidate.open_tickets, candidate.user_id))
        least = _clause("DISP-LEAST-LOAD", user_id=chosen.user_id, open_tickets=chosen.open_tickets)
        return _answer(ASSIGNED, facts, chosen.user_id, (*clauses, least))
    if "DISP-OFF-DUTY" in refusals.values():
        return _answer(LATER, facts, None, (*clauses, _clause("DISP-LATER")))
    if facts.supervisor_id:
        return _answer(SUPERVISOR, facts, facts.supervisor_id, (*clauses, _clause("SLA-09")))
    return _answer(NOBODY, facts, None, (*clauses, _clause("DISP-NOBODY")))


def refusal(candidate: Candidate, urgent: bool = False) -> str | None:
    """The clause that rules a candidate out, or None.

    Duty comes last: whoever is only off duty can take the ticket when work begins.
    """
    if candidate.passed_over:
        return "DISP-PASSED-OVER"
    if candidate.missing_skills:
        return "DISP-SKILL"
    if not urgent and candidate.capacity and candidate.open_tickets >= candidate.capacity:
        return "DISP-FULL"
    if not urgent and not candidate.on_duty:
        return "DISP-OFF-DUTY"
    return None


def ranking(facts: Facts) -> list[tuple[Candidate, str | None]]:
    """Everybody who was looked at, as a dispatcher reads it: who fits, least loaded first, then who does not.

    >>> free, busy, away = Candidate(1, 0), Candidate(2, 4), Candidate(3, on_duty=False)
    >>> [(who.user_id, code) for who, code in ranking(Facts("repair", 7, (away, busy, free)))]
    [(1, None), (2, None), (3, 'DISP-OFF-DUTY')]
    """
    judged = [(candidate, refusal(candidate, facts.urgent)) for candidate in facts.candidates]
    return sorted(judged, key=lambda pair: (pair[1] is not None, pair[0].open_tickets, pair[0].user_id))


def choice(facts: Facts, user_id: int) -> tuple[str, str | None]:
    """How a dispatcher's own choice stands: what it needs, and the clause that says why.

    Nobody is chosen who lacks a skill, is off duty or works in another team. A full desk, a refusal before,
    or somebody else with less to do is a matter of a reason (DISP-21, DISP-29).

    >>> ann, bob = Candidate(1, open_tickets=3), Candidate(2, open_tickets=1)
    >>> choice(Facts("repair", 7, (ann, bob)), 2), choice(Facts("repair", 7, (ann, bob)), 1)
    (('agreed', None), ('reason', 'DISP-LEAST-LOAD'))
    """
    first = judge(facts).values["user_id"]
    if user_id == first:
        return AGREED, None
    codes = {candidate.user_id: code for candidate, code in ranking(facts)}
    if user_id not in codes and user_id != facts.supervisor_id:
        return REFUSED, OTHER_TEAM
    code = codes.get(user_id)
    return (REFUSED if code in FIRM else REASON), code or "DISP-LEAST-LOAD"


def _rejected(refusals: dict[int, str | None]) -> list[Clause]:
    return [_clause(code, user_id=user_id) for user_id, code in refusals.items() if code]


def _clause(code: str, **params) -> Clause:
    return Clause(code, params=params, public=False)  # whose desk is full is no business of the customer's


def _answer(outcome: str, facts: Facts, user_id: int | None, clauses: tuple[Clause, ...]) -> Verdict:
    return Verdict(outcome, clauses, {"team_id": facts.team_id, "user_id": user_id})
