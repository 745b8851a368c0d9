"""Whose parcel is it? Ranks those it may belong to, by what is on it and in it.

A serial number is on one piece only and weighs most; a tracking number was told by one customer; an order
number may be misread, a telephone shared, a name common. What speaks for the same case adds up, each kind
once.

>>> hits = [Hit("name", partner=7), Hit("serial", order=3, partner=7), Hit("name", partner=8)]
>>> [(found.order, found.partner, found.score, found.reasons) for found in rank(hits)]
[(3, 7, 55, ('serial', 'name')), (None, 8, 5, ('name',))]
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

#: kind of hit → weight, heaviest first
WEIGHTS = {"serial": 50, "tracking": 45, "order": 30, "phone": 20, "name": 5}
#: a return that waits for goods is likelier than one nobody has asked for
EXPECTED = 15


@dataclass(frozen=True)
class Hit:
    """One thing that fits. Database ids; a hit on a return or an order names its customer, too."""

    kind: str
    rma: int | None = None
    order: int | None = None
    partner: int | None = None


@dataclass(frozen=True)
class Candidate:
    """A return, else an order, else a customer, with what speaks for it, heaviest first."""

    rma: int | None
    order: int | None
    partner: int | None
    score: int
    reasons: tuple[str, ...]


def rank(hits: Iterable[Hit], expected: Collection[int] = ()) -> tuple[Candidate, ...]:
    """Candidates, the likeliest first; of equal ones the younger document.

    :param expected: returns that wait for goods
    """
    hits = tuple(hits)
    places = {}  # (rma, order, partner) → kinds
    for hit in hits:
        for place in _places(hit, hits):
            places.setdefault(place, set()).add(hit.kind)
    found = [_candidate(place, kinds, expected) for place, kinds in places.items()]
    return tuple(sorted(found, key=_weight))


def _places(hit, hits):
    """What a hit speaks for: its return, else the returns on its order, else that order, else the customer's
    cases, else the customer.
    """
    if hit.rma:
        return {(hit.rma, hit.order, hit.partner)}
    documents = {(other.rma, other.order, other.partner) for other in hits if other.rma or other.order}
    with_return = {place for place in documents if place[0] and hit.order and place[1] == hit.order}
    if hit.order:
        return with_return or {(None, hit.order, hit.partner)}
    taken = {order for rma, order, _partner in documents if rma and order}
    mine = {
        place
        for place in documents
        if hit.partner and place[2] == hit.partner and (place[0] or place[1] not in taken)
    }
    return mine or {(None, None, hit.partner)}


def _candidate(place, kinds, expected):
    rma, order, partner = place
    reasons = tuple(kind for kind in WEIGHTS if kind in kinds)
    score = sum(WEIGHTS[kind] for kind in reasons) + (EXPECTED if rma in expected and rma else 0)
    return Candidate(rma, order, partner, score, reasons)


def _weight(found):
    return -found.score, -(found.rma or 0), -(found.order or 0), -(found.partner or 0)


def digits(text: str) -> str:
    """A telephone number without what people put between; the last eleven, which tell a mobile in China."""
    return "".join(sign for sign in text or "" if sign.isdigit())[-11:]
