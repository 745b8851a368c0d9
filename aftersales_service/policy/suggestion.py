"""What kind of request it is, told from closed requests that sounded alike (DISP-35).

The nearest closed tickets vote for their category and their team, each with the weight of its likeness. What
fewer than two of them agree on, or not more than half of the weight, is no suggestion: a person chooses then.
It stays a suggestion; nothing is filled in by itself.

>>> found = [Neighbour(1, 7, 3, 0.9), Neighbour(2, 7, 3, 0.8), Neighbour(3, 8, 4, 0.3)]
>>> suggest(found, "category_id")
Suggestion(value=7, votes=2, of=3, ticket_ids=(1, 2))
>>> suggest(found[1:], "category_id") is None
True
"""

from collections.abc import Sequence
from dataclasses import dataclass

LEAST_VOTES = 2
NEIGHBOURS = 9  # an odd number, so that two camps do not tie


@dataclass(frozen=True)
class Neighbour:
    """A closed ticket; ``score`` is its likeness, more is better."""

    ticket_id: int
    category_id: int | None
    team_id: int | None
    score: float


@dataclass(frozen=True)
class Suggestion:
    """``votes`` of ``of`` similar tickets are for ``value``; ``ticket_ids`` are those, the best first."""

    value: int
    votes: int
    of: int
    ticket_ids: tuple[int, ...]


def suggest(neighbours: Sequence[Neighbour], about: str) -> Suggestion | None:
    """What the neighbours agree on for ``about`` (category_id or team_id)."""
    voters = [near for near in neighbours if getattr(near, about)]
    weights: dict[int, float] = {}
    for near in voters:
        value = getattr(near, about)
        weights[value] = weights.get(value, 0.0) + near.score
    if not weights:
        return None
    best = max(weights, key=lambda value: (weights[value], -value))
    ayes = tuple(near.ticket_id for near in voters if getattr(near, about) == best)
    if len(ayes) < LEAST_VOTES or weights[best] * 2 <= sum(weights.values()):
        return None
    return Suggestion(best, len(ayes), len(voters), ayes)
