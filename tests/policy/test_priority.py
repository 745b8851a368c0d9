"""Urgency × impact × function → p0 … p3, raised by the service level."""

import csv
import itertools
from decimal import Decimal
from pathlib import Path

import pytest

from odoo.addons.aftersales_service.policy import priority, verdict

DATA = Path(__file__).parents[2] / "aftersales_service" / "data" / "aftersales.priority.rule.csv"
with DATA.open(encoding="utf-8") as table:
    ROWS = list(csv.DictReader(table))
RULES = verdict.rows_of(priority.Rule, ROWS)
SITUATIONS = list(itertools.product(priority.URGENCIES, priority.IMPACTS, priority.FUNCTIONS))


def judged(urgency, impact, function="auxiliary", level=None, **business):
    return priority.judge(priority.Facts(urgency, impact, function, level, **business), RULES)


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
def test_the_shipped_matrix_decides(urgency, impact, function, expected):
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


BUSINESS = [
    {"core_impact": core, "loss_per_day": loss, "loss_limit": limit}
    for core in priority.CORE_IMPACTS
    for loss in (None, Decimal("100.00"), Decimal("100.01"))
    for limit in (None, Decimal("100.00"))
]


@pytest.mark.parametrize("situation", SITUATIONS, ids=" ".join)
@pytest.mark.parametrize("level", [None, "standard", "vip"])
def test_the_customers_business_raises_by_one_level_and_never_lowers(situation, level):
    """PRIO-09: a line stop, lost data or a loss above the threshold; p0 stays the whole system down."""
    plain = judged(*situation, level)
    for business in BUSINESS:
        high = business["loss_limit"] and business["loss_per_day"] == Decimal("100.01")
        hit = business["core_impact"] == "stopped" or high
        answer = judged(*situation, level, **business)
        assert answer.outcome == (priority.one_up(plain.outcome) if hit else plain.outcome)
        assert (answer.outcome == "p0") == (plain.outcome == "p0")


def test_a_stopped_line_is_told_with_its_before_and_after():
    """PRIO-09."""
    answer = judged("minor", "individual", core_impact="stopped")
    assert (answer.outcome, answer.codes[-1]) == ("p2", "PRIO-09")
    assert dict(answer.clauses[-1].params) == {"before": "p3", "after": "p2"}


def test_a_loss_is_told_with_its_threshold_and_not_to_the_customer():
    """PRIO-09: the loss is quantified."""
    amounts = {"loss_per_day": Decimal("2000.00"), "loss_limit": Decimal("500.00")}
    clause = judged("minor", "individual", **amounts).clauses[-1]
    assert (clause.code, clause.matched, clause.public) == ("PRIO-09-LOSS", True, False)
    assert clause.params["loss"] == Decimal("2000.00") and clause.params["limit"] == Decimal("500.00")


def test_business_and_service_level_are_two_steps_told_one_after_the_other():
    """PRIO-08, PRIO-09."""
    answer = judged("minor", "individual", level="vip", core_impact="stopped")
    steps = [(c.params["before"], c.params["after"]) for c in answer.clauses[1:]]
    assert (answer.outcome, steps) == ("p1", [("p3", "p2"), ("p2", "p1")])


@pytest.mark.parametrize("situation", SITUATIONS, ids=" ".join)
@pytest.mark.parametrize("level", [None, "standard", "vip"])
def test_what_runs_already_gives_way_to_what_does_not(situation, level):
    """PRIO-07: a temporary fix makes it later by one level at most, a long-term improvement comes last."""
    nothing, fixed, later = (judged(*situation, level, relief=relief) for relief in priority.RELIEFS)
    assert nothing == judged(*situation, level)
    assert nothing.outcome <= fixed.outcome <= later.outcome
    row = judged(*situation).outcome
    assert fixed.outcome == priority.raise_by_level(priority.relieved(row, "temporary"), level)
    assert priority.LEVELS.index(fixed.outcome) - priority.LEVELS.index(nothing.outcome) in (0, 1)
    assert fixed.outcome != "p0", "what runs calls nobody out of bed"
    assert later.outcome == ("p2" if level == "vip" else "p3"), "PRIO-08: still before others"


@pytest.mark.parametrize(("relief", "code", "after"), [
    ("temporary", "PRIO-07-TEMPORARY", "p1"),
    ("long_term", "PRIO-07-LONG-TERM", "p3"),
])  # fmt: skip
def test_what_is_solved_already_is_told_to_the_customer(relief, code, after):
    """PRIO-07: the timeliness of the solution moves the queue, with its reason."""
    clause = judged("urgent", "global", "core", relief=relief).clauses[-1]
    assert (clause.code, clause.matched, clause.public) == (code, True, True)
    assert dict(clause.params) == {"before": "p0", "after": after}


def test_a_temporary_fix_outweighs_the_line_that_stood_still():
    """PRIO-07, PRIO-09: stopped raises, running again lowers; both are told."""
    answer = judged("minor", "individual", core_impact="stopped", relief="temporary")
    assert (answer.outcome, answer.codes[1:]) == ("p3", ("PRIO-09", "PRIO-07-TEMPORARY"))


def test_where_nothing_is_higher_the_clause_says_that_it_changed_nothing():
    clause = judged("urgent", "global", "core", core_impact="stopped").clauses[-1]
    assert (clause.code, clause.matched) == ("PRIO-09", False)


def test_facts_kept_before_the_question_was_asked_give_the_same_answer():
    """A verdict of earlier versions is judged again as it was."""
    kept = {"urgency": "minor", "impact": "individual", "function": "core", "level": "vip"}
    facts = verdict.from_plain(priority.Facts, kept)
    assert facts == priority.Facts("minor", "individual", "core", "vip")
    assert priority.judge(facts, RULES) == judged("minor", "individual", "core", "vip")


def test_without_any_row_a_ticket_is_normal():
    facts = priority.Facts("urgent", "global", "core")
    assert priority.judge(facts, ()).outcome == "p2"
