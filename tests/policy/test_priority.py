"""Urgency × impact × function → p0 … p3, raised by the service level."""

import csv
import itertools
from pathlib import Path

import pytest

from odoo.addons.aftersales_service.policy import priority, verdict

DATA = Path(__file__).parents[2] / "aftersales_service" / "data" / "aftersales.priority.rule.csv"
with DATA.open(encoding="utf-8") as table:
    ROWS = list(csv.DictReader(table))
RULES = verdict.rows_of(priority.Rule, ROWS)
SITUATIONS = list(itertools.product(priority.URGENCIES, priority.IMPACTS, priority.FUNCTIONS))


def judged(urgency, impact, function="auxiliary", level=None):
    return priority.judge(priority.Facts(urgency, impact, function, level), RULES)


@pytest.mark.parametrize("situation", SITUATIONS, ids=" ".join)
def test_every_situation_has_a_row(situation):
    """PRIO-04: urgency, impact and problem type together."""
    answer = judged(*situation)
    assert answer.outcome in priority.LEVELS
    assert answer.codes != ("PRIO-NO-ROW",)


def test_every_row_decides_somewhere_and_has_a_code_of_its_own():
    used = {code for situation in SITUATIONS for code in judged(*situation).codes}
    assert used == {row["code"] for row in ROWS}
    assert len(used) == len(ROWS) == len({row["id"] for row in ROWS})


def test_p0_is_the_whole_system_down_and_nothing_else():
    """PRIO-06."""
    p0 = [situation for situation in SITUATIONS if judged(*situation).outcome == "p0"]
    assert p0 == [("urgent", "global", "core")]


# fmt: off
@pytest.mark.parametrize(("urgency", "impact", "function", "expected"), [
    ("urgent", "global",     "core",      "p0"),
    ("urgent", "global",     "auxiliary", "p1"),
    ("urgent", "partial",    "auxiliary", "p1"),
    ("urgent", "individual", "core",      "p1"),
    ("urgent", "individual", "auxiliary", "p2"),
    ("normal", "global",     "core",      "p1"),
    ("normal", "individual", "core",      "p2"),
    ("minor",  "global",     "core",      "p2"),
    ("minor",  "individual", "auxiliary", "p3"),
])
# fmt: on
def test_the_shipped_matrix(urgency, impact, function, expected):
    """PRIO-01, PRIO-02, PRIO-05, CON-26."""
    assert judged(urgency, impact, function).outcome == expected


@pytest.mark.parametrize(("impact", "function"), itertools.product(priority.IMPACTS, priority.FUNCTIONS))
def test_what_is_more_urgent_never_comes_later(impact, function):
    """PRIO-01: urgent ones are processed first."""
    levels = [judged(urgency, impact, function).outcome for urgency in priority.URGENCIES]
    assert levels == sorted(levels)


@pytest.mark.parametrize("situation", SITUATIONS, ids=" ".join)
def test_a_higher_service_level_goes_first_but_never_makes_a_p0(situation):
    """PRIO-08."""
    plain, vip = judged(*situation), judged(*situation, "vip")
    assert vip.outcome <= plain.outcome
    assert (vip.outcome == "p0") == (plain.outcome == "p0")


def test_the_raise_is_told_with_its_before_and_after():
    """PRIO-08: the reason is in the verdict."""
    clause = judged("minor", "individual", level="vip").clauses[-1]
    assert (clause.code, clause.matched) == ("PRIO-08", True)
    assert dict(clause.params) == {"level": "vip", "before": "p3", "after": "p2"}


def test_a_standard_agreement_raises_nothing_and_says_so():
    assert judged("minor", "individual", level="standard").clauses[-1].matched is False


def test_without_any_row_a_ticket_is_normal():
    facts = priority.Facts("urgent", "global", "core")
    assert priority.judge(facts, ()).outcome == "p2"
