"""What a policy decided, by which clauses, from which facts.

Facts are frozen dataclasses that hold ids, codes, booleans, dates, whole numbers and decimals, never names,
addresses, account numbers or free text: a verdict is kept for years and read by many. A policy module has a
``VERSION``, a facts class and a function ``judge(facts, rules) -> Verdict``; the rules are rows of a table
that the business may change, each with a unique ``code``. The version of a verdict is the policy's version
and a hash of the rows that were in force, so that it can be judged again later and must come out the same.

>>> @dataclass(frozen=True)
... class Parcel:
...     weight: Decimal  # kg
...     insured: bool
>>> facts = Parcel(Decimal("2.50"), True)
>>> to_plain(facts)
{'weight': '2.50', 'insured': True}
>>> from_plain(Parcel, to_plain(facts)) == facts
True
"""

import dataclasses
import hashlib
import json
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True)
class Clause:
    """One rule that was looked at.

    ``code``     rule code of the requirements (``FREIGHT-14``) or of a table row (``freight_quality``)
    ``matched``  whether it applied
    ``params``   what the sentence about it fills in; plain values
    ``public``   whether the customer may read it
    """

    code: str
    matched: bool = True
    params: Mapping[str, object] = field(default_factory=dict)
    public: bool = True


@dataclass(frozen=True)
class Verdict:
    """An answer. ``outcome`` is a short code, ``values`` holds whatever else was decided (plain values)."""

    outcome: str
    clauses: tuple[Clause, ...]
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of the clauses that applied, in order."""
        return tuple(clause.code for clause in self.clauses if clause.matched)


# Code of the clause that a person adds by deciding otherwise; its params are the outcomes before and after.
OVERRIDE = "override"


def once(function):
    """``function`` of one argument, asked once for all arguments that read alike.

    Of a hundred tickets most have their facts in common. They are told apart by their text, so that facts
    need not be hashable, and 1.0 stays another number than 1.00.

    >>> from itertools import count
    >>> number = count(1)
    >>> asked = once(lambda value: next(number))
    >>> [asked(Decimal(text)) for text in ("1.0", "1.0", "1.00")]
    [1, 1, 2]
    """
    answers = {}

    def answer(value):
        text = repr(value)
        if text not in answers:
            answers[text] = function(value)
        return answers[text]

    return answer


def to_plain(value):
    """Dataclasses, decimals, dates and tuples as JSON values; a Decimal keeps its digits as a string."""
    if value is None or isinstance(value, str | bool | int):  # most of them
        return value
    if dataclasses.is_dataclass(value):
        return {f.name: to_plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {key: to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted(to_plain(item) for item in value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} cannot be kept in a verdict: use a Decimal, a date, a code or an id")


def from_plain(kind, plain):
    """The inverse of :func:`to_plain` for the annotated type ``kind``."""
    if plain is None:
        return None
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return from_plain(next(arg for arg in args if arg is not type(None)), plain)
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return kind(**{name: from_plain(hints[name], value) for name, value in plain.items()})
    if origin in (tuple, frozenset):
        return origin(from_plain(args[0], item) for item in plain)
    if kind is Decimal:
        return Decimal(plain)
    if kind in (datetime, date):
        return kind.fromisoformat(plain)
    return plain


def rules_hash(rules: Iterable) -> str:
    """A short hash of the rule rows in their order; equal rows give equal hashes in any process."""
    text = json.dumps([to_plain(rule) for rule in rules], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def kept(rows):
    """Rows of a table as text, from which :func:`from_plain` makes them again."""
    return json.dumps([to_plain(row) for row in rows])


def version(policy_version: str, rules: Iterable) -> str:
    """``2`` for a policy without a table, ``2/3f…`` for one with rows."""
    rows = tuple(rules)
    return f"{policy_version}/{rules_hash(rows)}" if rows else policy_version


# --- rule tables --------------------------------------------------------------------------------------


def rows_of(row_class, records: Iterable[Mapping[str, object]]) -> tuple:
    """Rows of ``row_class`` from CSV dictionaries or records' values, in order of sequence.

    An empty cell is ``None`` (any). A row class is a frozen dataclass with ``code`` and ``sequence``.
    """
    hints = typing.get_type_hints(row_class)
    names = [f.name for f in dataclasses.fields(row_class)]
    rows = [row_class(**{n: _cell(hints[n], record.get(n)) for n in names}) for record in records]
    return tuple(sorted(rows, key=lambda row: row.sequence))


def first_match(rules: Iterable, facts, keys: Iterable[str]):
    """The first row whose cells under ``keys`` are empty or equal to the facts' attribute, or ``None``."""
    keys = tuple(keys)
    return next((rule for rule in rules if matches(rule, facts, keys)), None)


def matches(rule, facts, keys: Iterable[str]) -> bool:
    return all(getattr(rule, key) is None or getattr(rule, key) == getattr(facts, key) for key in keys)


def _cell(kind, value):
    optional = type(None) in typing.get_args(kind)
    if optional and (value is None or value == "" or value is False and bool not in typing.get_args(kind)):
        return None
    base = next((arg for arg in typing.get_args(kind) if arg is not type(None)), kind)
    if base is bool:
        return value in (True, "True", "true", "1", "yes")
    if base is Decimal:
        return Decimal(str(value or 0))
    if base is int:
        return int(value or 0)
    return str(value or "")
