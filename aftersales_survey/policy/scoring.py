"""How satisfied a customer is: the level, and an index from 0 to 100 out of weighted answers.

The level is what the customer ticked (SURVEY-01: satisfied, average, dissatisfied). Where nothing was ticked
it follows from the index. The index is the weighted mean of the answered questions, each brought to 0…1
first; what was not answered has no say, its weight goes to the others (SURVEY-07). Three answers with the
weights 40, 20, 20, of which the last was skipped, are judged by the first two:

>>> told = Facts(SATISFIED, (Answer("overall", Decimal(40), Decimal(1)),
...                          Answer("product_quality", Decimal(20), Decimal("0.25")),
...                          Answer("service_attitude", Decimal(20), None)))
>>> answer = judge(told, ())
>>> answer.outcome, answer.values["index"]
('satisfied', '75.00')

A dissatisfied customer starts a second handling (SURVEY-02), whatever the index says.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from ...aftersales_service.policy.verdict import Clause, Verdict

VERSION = "1"

SATISFIED, AVERAGE, DISSATISFIED = "satisfied", "average", "dissatisfied"
UNRATED = "unrated"  # a questionnaire came back with nothing ticked and nothing scored

LEVELS = (SATISFIED, AVERAGE, DISSATISFIED)

#: share of the best answer that a ticked level stands for
LEVEL_VALUE = {SATISFIED: Decimal(1), AVERAGE: Decimal("0.5"), DISSATISFIED: Decimal(0)}

#: (lowest index, level) from the top; the level of a questionnaire without a tick, and the check of one with
BANDS = ((Decimal(75), SATISFIED), (Decimal(50), AVERAGE), (Decimal(0), DISSATISFIED))

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Answer:
    """One question of the questionnaire.

    ``indicator``  code of what it is about (SURVEY-05)
    ``weight``     from 0 on; only the proportion to the other weights counts
    ``value``      0 (worst) … 1 (best); None where it was not answered
    """

    indicator: str
    weight: Decimal
    value: Decimal | None


@dataclass(frozen=True)
class Facts:
    """An answered questionnaire without its free text. ``level`` is the ticked one, None without a tick."""

    level: str | None
    answers: tuple[Answer, ...] = ()


def judge(facts: Facts, rules: Sequence = ()) -> Verdict:
    """Level and index of one questionnaire. ``rules`` is empty: weights come with the questions."""
    index = weighted_index(facts.answers)
    level = facts.level or band(index)
    clauses = (
        Clause("SURVEY-01", facts.level is not None, {"level": facts.level}),
        _index_clause(facts, index),
        Clause("SURVEY-07-band", not facts.level and index is not None, {"level": level}),
        Clause("SURVEY-10", _contradicts(facts.level, index), {"level": level}, public=False),
        Clause("SURVEY-02", level == DISSATISFIED, public=False),
    )
    values = {"index": _plain(index), "second_handling": level == DISSATISFIED}
    return Verdict(level or UNRATED, clauses, values)


def weighted_index(answers: Iterable[Answer]) -> Decimal | None:
    """Weighted mean of the answered questions × 100, to two places; None where nothing counts."""
    told = [answer for answer in answers if answer.value is not None and answer.weight > 0]
    total = sum(answer.weight for answer in told)
    if not total:
        return None
    share = sum(answer.weight * answer.value for answer in told) / total
    return (share * 100).quantize(CENT, ROUND_HALF_UP)


def indicator_indexes(answers: Iterable[Answer]) -> dict[str, Decimal]:
    """{indicator: weighted index of its questions}; without an answer it is left out (SURVEY-06)."""
    by_indicator: dict[str, list[Answer]] = {}
    for answer in answers:
        by_indicator.setdefault(answer.indicator, []).append(answer)
    indexes = {code: weighted_index(group) for code, group in by_indicator.items()}
    return {code: index for code, index in indexes.items() if index is not None}


def normalised(value: Decimal, low: Decimal, high: Decimal) -> Decimal:
    """``value`` on a scale from ``low`` (worst) to ``high`` (best) as 0…1.

    >>> normalised(Decimal(4), Decimal(1), Decimal(5))
    Decimal('0.75')
    """
    if not low < high:
        raise ValueError(f"a scale goes from a lower to a higher value, not from {low} to {high}")
    if not low <= value <= high:
        raise ValueError(f"{value} is not on the scale from {low} to {high}")
    return (value - low) / (high - low)


def band(index: Decimal | None) -> str | None:
    """The level that an index stands for."""
    if index is None:
        return None
    return next(level for lowest, level in BANDS if index >= lowest)


def _index_clause(facts: Facts, index: Decimal | None) -> Clause:
    answered = sum(1 for answer in facts.answers if answer.value is not None)
    params = {"index": _plain(index), "answered": answered, "asked": len(facts.answers)}
    return Clause("SURVEY-07", index is not None, params)


def _plain(index: Decimal | None) -> str | None:
    return None if index is None else str(index)


def _contradicts(level: str | None, index: Decimal | None) -> bool:
    """Tick and figures tell different stories: content with the lowest marks, or the reverse."""
    return {level, band(index)} == {SATISFIED, DISSATISFIED}


# --- statistics over many questionnaires (SURVEY-08) ----------------------------------------------------


def mean(indexes: Sequence[Decimal]) -> Decimal | None:
    """Mean of the indexes, to two places; None of none.

    >>> mean([Decimal(100), Decimal(50)])
    Decimal('75.00')
    """
    if not indexes:
        return None
    return (sum(indexes) / len(indexes)).quantize(CENT, ROUND_HALF_UP)


def standard_deviation(indexes: Sequence[Decimal]) -> Decimal | None:
    """How far the answers lie apart: standard deviation of all answers received (divided by n, not n − 1).

    Zero where everybody gave the same answer, at most 50 on a scale from 0 to 100.

    >>> standard_deviation([Decimal(100), Decimal(50)])
    Decimal('25.00')
    """
    if not indexes:
        return None
    middle = sum(indexes) / len(indexes)
    variance = sum((index - middle) ** 2 for index in indexes) / len(indexes)
    return variance.sqrt().quantize(CENT, ROUND_HALF_UP)


def satisfaction_percentage(levels: Iterable[str | None]) -> Decimal | None:
    """Satisfied customers out of a hundred who rated at all; "average" does not count as satisfied.

    >>> satisfaction_percentage([SATISFIED, SATISFIED, AVERAGE, None])
    Decimal('66.67')
    """
    rated = [level for level in levels if level in LEVELS]
    if not rated:
        return None
    return (Decimal(100) * rated.count(SATISFIED) / len(rated)).quantize(CENT, ROUND_HALF_UP)
