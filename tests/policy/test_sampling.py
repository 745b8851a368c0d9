"""Who is asked how satisfied they are, and who is left alone?"""

import doctest
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.aftersales_service.policy import verdict
from odoo.addons.aftersales_survey.policy import sampling
from odoo.addons.aftersales_survey.policy.sampling import Facts, judge

TODAY = date(2026, 3, 20)
CLOSED = Facts(today=TODAY, has_address=True, quiet_days=7)

days = st.dates(date(2025, 1, 1), date(2027, 1, 1))
cases = st.builds(
    Facts,
    today=days,
    has_address=st.booleans(),
    last_asked_on=st.none() | days,
    quiet_days=st.integers(0, 90),
    rounds=st.integers(0, 3),
    second_handling=st.booleans(),
    on_site=st.booleans(),
    share=st.integers(0, 100),
    draw=st.integers(0, 99),
)


def asked(days_ago, **changes):
    return replace(CLOSED, last_asked_on=TODAY - timedelta(days=days_ago), **changes)


def test_the_examples_in_the_policy_hold():
    """SURVEY-03"""
    assert doctest.testmod(sampling).failed == 0


def test_every_closed_job_is_asked_about():
    """SURVEY-01, SURVEY-03"""
    assert judge(CLOSED).outcome == "invited"


@pytest.mark.parametrize(
    ("days_ago", "outcome"), [(0, "quiet"), (6, "quiet"), (7, "invited"), (400, "invited")]
)
def test_a_customer_asked_lately_is_left_alone(days_ago, outcome):
    """SURVEY-11: the seventh day ends a quiet period of seven days"""
    assert judge(asked(days_ago)).outcome == outcome


def test_a_quiet_period_of_zero_days_spares_nobody():
    """SURVEY-03"""
    assert judge(asked(0, quiet_days=0)).outcome == "invited"


def test_a_ticket_is_asked_about_once():
    """SURVEY-01: closed, reopened for another reason and closed again"""
    assert judge(replace(CLOSED, rounds=1)).outcome == "already"


def test_after_a_second_handling_the_customer_is_asked_once_more():
    """SURVEY-02: in the quiet period too"""
    assert judge(asked(1, rounds=1, second_handling=True)).outcome == "invited"


def test_a_visit_always_asks():
    """SURVEY-03: the service person has the form filled in, job by job"""
    assert judge(asked(1, on_site=True, share=0, draw=50)).outcome == "invited"


def test_the_sample_takes_the_lower_draws():
    """SURVEY-11"""
    taken = [draw for draw in range(100) if judge(replace(CLOSED, share=30, draw=draw)).outcome == "invited"]
    assert taken == list(range(30))


@given(st.integers(1, 10**9))
def test_a_ticket_keeps_its_draw(ticket_id):
    """SURVEY-11"""
    assert 0 <= sampling.draw_of(ticket_id) < 100
    assert sampling.draw_of(ticket_id) == sampling.draw_of(ticket_id)


def test_draws_are_spread_evenly():
    """SURVEY-11: a share of 30 takes about 30 out of a hundred tickets"""
    taken = sum(sampling.draw_of(ticket_id) < 30 for ticket_id in range(1, 10_001))
    assert 2800 < taken < 3200


@given(cases)
def test_nobody_is_asked_without_an_address(facts):
    """SURVEY-04: the paper form remains"""
    outcome = judge(replace(facts, has_address=False)).outcome
    assert outcome == "no_address"


@given(cases)
def test_an_answer_names_the_reason_that_decided(facts):
    """SURVEY-03"""
    told = judge(facts)
    assert told.outcome in sampling.OUTCOMES
    assert ("SURVEY-03" in told.codes) == (told.outcome == "invited")
    assert (told.codes == ("SURVEY-03",)) == (told.outcome == "invited")


@given(cases)
def test_a_verdict_comes_out_the_same_from_its_kept_facts(facts):
    """SURVEY-11"""
    assert judge(verdict.from_plain(Facts, verdict.to_plain(facts))) == judge(facts)
