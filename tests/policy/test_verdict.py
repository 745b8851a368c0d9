"""Facts, versions and rule rows of verdicts."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.aftersales_service.policy import verdict


@dataclass(frozen=True)
class Leg:
    amount: Decimal
    prepaid: bool


@dataclass(frozen=True)
class Facts:
    ticket_id: int
    reason: str | None
    signed: date | None
    asked_at: datetime
    legs: tuple[Leg, ...] = ()


@dataclass(frozen=True)
class Rule:
    code: str
    sequence: int
    reason: str | None
    amount: Decimal


facts = st.builds(
    Facts,
    ticket_id=st.integers(1),
    reason=st.none() | st.sampled_from(["quality", "dislike"]),
    signed=st.none() | st.dates(),
    asked_at=st.datetimes(),
    legs=st.lists(st.builds(Leg, st.decimals(0, 999, places=2), st.booleans())).map(tuple),
)


@given(facts)
def test_facts_come_back_from_json_as_they_were(some):
    """A verdict must replay from what was kept."""
    assert verdict.from_plain(Facts, verdict.to_plain(some)) == some


def test_a_float_cannot_be_kept():
    with pytest.raises(TypeError, match="use a Decimal"):
        verdict.to_plain({"amount": 1.5})


def test_rows_are_read_from_csv_cells_in_order_of_sequence():
    rows = verdict.rows_of(
        Rule,
        [
            {"code": "late", "sequence": "20", "reason": "", "amount": "1.50"},
            {"code": "early", "sequence": "10", "reason": "quality", "amount": ""},
        ],
    )
    assert rows == (
        Rule("early", 10, "quality", Decimal(0)),
        Rule("late", 20, None, Decimal("1.50")),
    )


def test_an_empty_cell_fits_any_fact():
    any_reason, quality = Rule("any", 20, None, Decimal(0)), Rule("quality", 10, "quality", Decimal(0))

    @dataclass
    class Asked:
        reason: str

    assert verdict.first_match((quality, any_reason), Asked("quality"), ["reason"]) == quality
    assert verdict.first_match((quality, any_reason), Asked("dislike"), ["reason"]) == any_reason
    assert verdict.first_match((quality,), Asked("dislike"), ["reason"]) is None


def test_the_version_changes_with_the_rows_and_not_with_the_process():
    rows = (Rule("a", 1, None, Decimal("1.0")),)
    assert verdict.version("2", rows) == verdict.version("2", list(rows))
    assert verdict.version("2", rows) != verdict.version("2", (Rule("a", 1, None, Decimal("1.1")),))
    assert verdict.version("2", ()) == "2"
    assert verdict.version("1", (Rule("a", 1, None, Decimal(1)),)) == "1/" + verdict.rules_hash(
        [Rule("a", 1, None, Decimal(1))]
    )


def test_codes_are_those_that_applied():
    answer = verdict.Verdict("yes", (verdict.Clause("A-01"), verdict.Clause("A-02", matched=False)))
    assert answer.codes == ("A-01",)


def test_alike_is_asked_once_and_numbers_keep_their_digits():
    asked = []
    answer = verdict.once(lambda value: asked.append(value) or len(asked))
    legs = [Leg(Decimal("1.0"), True), Leg(Decimal("1.0"), True), Leg(Decimal("1.00"), True), {"a": [1]}]
    assert [answer(leg) for leg in legs] == [1, 1, 2, 3]
