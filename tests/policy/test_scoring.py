"""Is a questionnaire weighed as SURVEY-01…-10 say?"""

import doctest
import statistics
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.aftersales_service.policy import verdict
from odoo.addons.aftersales_survey.policy import scoring
from odoo.addons.aftersales_survey.policy.scoring import (
    AVERAGE,
    DISSATISFIED,
    SATISFIED,
    UNRATED,
    Answer,
    Facts,
    judge,
)

weights = st.decimals(min_value=0, max_value=100, places=2)
shares = st.decimals(min_value=0, max_value=1, places=4)
indicators = st.sampled_from(["product_quality", "service_attitude", "after_sales_support"])
answers = st.lists(st.builds(Answer, indicators, weights, st.none() | shares), max_size=8).map(tuple)
indexes = st.lists(st.decimals(min_value=0, max_value=100, places=2), min_size=1, max_size=30)


def answer(value, weight=1, indicator="product_quality"):
    return Answer(indicator, Decimal(weight), None if value is None else Decimal(str(value)))


def test_the_examples_in_the_policy_hold():
    """SURVEY-01, SURVEY-07, SURVEY-08"""
    assert doctest.testmod(scoring).failed == 0


@pytest.mark.parametrize("level", [SATISFIED, AVERAGE, DISSATISFIED])
def test_the_ticked_level_stands_whatever_the_marks_say(level):
    """SURVEY-01"""
    marks = (answer(0), answer(1))
    assert judge(Facts(level, marks)).outcome == level


@pytest.mark.parametrize(
    ("share", "level"), [("0.75", SATISFIED), ("0.7499", AVERAGE), ("0.5", AVERAGE), ("0.4999", DISSATISFIED)]
)
def test_without_a_tick_the_index_gives_the_level(share, level):
    """SURVEY-01, SURVEY-07: 0.7499 rounds to 74.99, below the band of the satisfied"""
    assert judge(Facts(None, (answer(share),))).outcome == level


def test_a_questionnaire_without_tick_and_marks_is_unrated_and_starts_nothing():
    """SURVEY-01, SURVEY-09: only the comment was filled in"""
    told = judge(Facts(None, (answer(None),)))
    assert told.outcome == UNRATED
    assert told.values == {"index": None, "second_handling": False}
    assert told.codes == ()


def test_only_a_dissatisfied_customer_starts_a_second_handling():
    """SURVEY-02"""
    started = {level: judge(Facts(level)).values["second_handling"] for level in scoring.LEVELS}
    assert started == {SATISFIED: False, AVERAGE: False, DISSATISFIED: True}
    named = [level for level in scoring.LEVELS if "SURVEY-02" in judge(Facts(level)).codes]
    assert named == [DISSATISFIED]


def test_weights_decide_how_much_an_indicator_counts():
    """SURVEY-05, SURVEY-07: 3 × 100 and 1 × 0 make 75"""
    marks = (answer(1, 3, "product_quality"), answer(0, 1, "service_attitude"))
    assert scoring.weighted_index(marks) == Decimal("75.00")


def test_an_unanswered_question_leaves_its_weight_to_the_others():
    """SURVEY-07"""
    marks = (answer("0.8", 10), answer(None, 90))
    assert scoring.weighted_index(marks) == Decimal("80.00")


def test_questions_of_one_indicator_are_its_standards():
    """SURVEY-06: appearance, performance and durability make up product quality"""
    marks = (answer(1, 1), answer("0.5", 1), answer(0, 2), answer(1, 1, "service_attitude"))
    assert scoring.indicator_indexes(marks) == {
        "product_quality": Decimal("37.50"),
        "service_attitude": Decimal("100.00"),
    }


def test_an_indicator_nobody_answered_has_no_index():
    """SURVEY-06, SURVEY-07: left out, not zero"""
    assert scoring.indicator_indexes([answer(None)]) == {}


def test_a_tick_against_the_marks_is_pointed_out_to_the_analyst_only():
    """SURVEY-10"""
    told = judge(Facts(SATISFIED, (answer(0),)))
    clause = next(c for c in told.clauses if c.code == "SURVEY-10")
    assert (clause.matched, clause.public) == (True, False)
    assert "SURVEY-10" not in judge(Facts(AVERAGE, (answer(0),))).codes


@pytest.mark.parametrize(("value", "low", "high"), [(0, 1, 5), (6, 1, 5), (1, 5, 5), (1, 5, 1)])
def test_a_mark_off_its_scale_is_refused(value, low, high):
    """SURVEY-07"""
    with pytest.raises(ValueError, match="scale"):
        scoring.normalised(Decimal(value), Decimal(low), Decimal(high))


@given(answers)
def test_an_index_lies_between_the_worst_and_the_best_mark(marks):
    """SURVEY-07"""
    counted = [m.value * 100 for m in marks if m.value is not None and m.weight > 0]
    index = scoring.weighted_index(marks)
    if not counted:
        assert index is None
    else:
        cent = Decimal("0.01")
        assert min(counted) - cent <= index <= max(counted) + cent


@given(answers, st.sampled_from([2, 7, 100]))
def test_only_the_proportion_of_the_weights_counts(marks, factor):
    """SURVEY-07"""
    scaled = tuple(Answer(m.indicator, m.weight * factor, m.value) for m in marks)
    assert scoring.weighted_index(scaled) == scoring.weighted_index(marks)


@given(indexes)
def test_mean_and_deviation_agree_with_the_textbook(values):
    """SURVEY-08"""
    assert abs(scoring.mean(values) - statistics.mean(values)) <= Decimal("0.005")
    assert abs(scoring.standard_deviation(values) - statistics.pstdev(values)) <= Decimal("0.0051")
    assert 0 <= scoring.standard_deviation(values) <= 50


@given(st.lists(st.sampled_from([*scoring.LEVELS, None])))
def test_the_percentage_counts_satisfied_among_those_who_rated(levels):
    """SURVEY-08"""
    rated = [level for level in levels if level]
    percentage = scoring.satisfaction_percentage(levels)
    if not rated:
        assert percentage is None
    else:
        assert abs(percentage * len(rated) - 100 * rated.count(SATISFIED)) <= Decimal("0.005") * len(rated)


def test_statistics_of_no_answers_are_not_zero_but_unknown():
    """SURVEY-08: 0/0 is not a satisfaction of 0 percent"""
    assert (scoring.mean([]), scoring.standard_deviation([]), scoring.satisfaction_percentage([])) == (
        None,
        None,
        None,
    )


@given(st.none() | st.sampled_from(scoring.LEVELS), answers)
def test_a_verdict_comes_out_the_same_from_its_kept_facts(level, marks):
    """SURVEY-10: what is kept suffices to judge again"""
    facts = Facts(level, marks)
    kept = verdict.from_plain(Facts, verdict.to_plain(facts))
    assert judge(kept) == judge(facts)
