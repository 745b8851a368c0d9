"""The chain of evidence of a case: each paper bound to the one before, so that nothing changes unseen.

A closed ticket has a seal over its whole index (:mod:`.archive`); a case that is still argued about grows.
Here every paper is a link: its own content by SHA-256, who brought it and when, and the hash of the link
before. Who changes, takes away or reorders a link afterwards breaks the chain at that place; who cuts the
last ones off differs from the head, which is kept apart and printed on every dossier.

>>> from dataclasses import replace
>>> rows = extend([Paper("file", "file,7", "ab12", "", "2026-05-04 08:00:00")])
>>> faults(rows, head_of(rows), len(rows))
()
>>> faults([replace(rows[0], sha256="ff00")], head_of(rows), 1)
((1, 'altered'),)
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from .archive import digest_of

#: what the first link is bound to
START = "0" * 64

# What may be wrong with the chain ...
ALTERED, MISPLACED, CUT = "altered", "misplaced", "cut"
# ... and with a paper of it
SAME, CHANGED, MISSING, ERASED = "same", "changed", "missing", "erased"
# Answers of :func:`verdict_of`
EMPTY, INTACT, BROKEN = "empty", "intact", "broken"


@dataclass(frozen=True)
class Paper:
    """One piece of evidence.

    :param kind: file, message, signature, statement
    :param source: which record it is, as "model,id"
    :param sha256: of its content
    :param told: hash of title and author with a salt, see :func:`told_of`
    :param at: when it came in, ISO text, UTC
    """

    kind: str
    source: str
    sha256: str
    told: str
    at: str


@dataclass(frozen=True)
class Link(Paper):
    """A paper in its place: ``number`` counts from 1, ``link`` binds it to the one before."""

    number: int
    link: str


def told_of(label: str, author: str, salt: str) -> str:
    """Hash of what tells persons. Once the salt is erased with it, nobody can guess it from the hash."""
    return digest_of([salt, label, author])


def link_of(previous: str, paper: Paper, number: int) -> str:
    return digest_of([previous, number, paper.kind, paper.source, paper.sha256, paper.told, paper.at])


def extend(papers: Sequence[Paper], head: str = START, count: int = 0) -> list[Link]:
    """The links of new papers behind a chain of ``count`` links that ends in ``head``."""
    links = []
    for number, paper in enumerate(papers, count + 1):
        head = link_of(head, paper, number)
        links.append(Link(paper.kind, paper.source, paper.sha256, paper.told, paper.at, number, head))
    return links


def head_of(links: Sequence[Link]) -> str:
    return links[-1].link if links else START


def faults(links: Sequence[Link], head: str, count: int) -> tuple[tuple[int, str], ...]:
    """((number, what is wrong), ...) of a chain as it is found, in the order in which it lies there.

    ``altered``: the link does not fit what it says; ``misplaced``: it does not stand where it was put, or one
    before it is gone; ``cut``: the end is not the one that was kept apart.
    """
    found, previous = [], START
    for place, row in enumerate(links, 1):
        if row.number != place:
            found.append((row.number, MISPLACED))
        elif row.link != link_of(previous, row, place):
            found.append((row.number, ALTERED))
        previous = row.link
    if len(links) != count or previous != head:
        found.append((count, CUT))
    return tuple(dict.fromkeys(found))


def statuses(
    links: Sequence[Link], present: Mapping[str, str], erased: Collection[str] = ()
) -> dict[str, str]:
    """{source: same, changed, missing or erased} of the papers themselves.

    :param present: {source: SHA-256 now}; a source left out is gone
    :param erased: sources whose content went with a person's data, which the law asks for
    """
    return {row.source: _status(row, present.get(row.source), row.source in erased) for row in links}


def _status(row, now, is_erased):
    if is_erased:
        return ERASED
    if now is None:
        return MISSING
    return SAME if now == row.sha256 else CHANGED


def verdict_of(links: Sequence[Link], broken: Collection, papers: Mapping[str, str]) -> str:
    """One word for the whole dossier."""
    if broken or {CHANGED, MISSING}.intersection(papers.values()):
        return BROKEN
    return INTACT if links else EMPTY
