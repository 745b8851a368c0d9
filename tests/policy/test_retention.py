"""ARCHIVE-01: three years at least, counted from the closing; then the person goes and the figures stay."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.aftersales_service.policy import retention

DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))
MONTHS = st.integers(1, 240)


def facts(state="closed", ended_on=date(2023, 5, 10), months=36, **flags):
    return retention.Facts(state, ended_on, months, **flags)


@pytest.mark.parametrize(
    ("today", "expected"), [(date(2026, 5, 9), "kept"), (date(2026, 5, 10), "due"), (date(2031, 1, 1), "due")]
)
def test_data_are_kept_for_three_full_years_after_the_closing(today, expected):
    """ARCHIVE-01, AMB-39"""
    assert retention.decide(facts(), today) == expected


def test_what_is_open_is_never_erased_not_even_on_request():
    """PRIV-03"""
    for state in ("new", "in_progress", "resolved"):
        assert retention.decide(facts(state, None), date(2099, 1, 1), asked=True) == "open"


def test_a_request_goes_before_the_three_years_and_a_hold_before_the_request():
    """PRIV-03, AMB-39"""
    soon = date(2023, 6, 1)
    assert retention.decide(facts(), soon) == "kept"
    assert retention.decide(facts(), soon, asked=True) == "due"
    assert retention.decide(facts(held=True), soon, asked=True) == "held"
    assert retention.decide(facts(held=True), date(2099, 1, 1)) == "held"


def test_what_is_erased_is_not_erased_again():
    assert retention.decide(facts(anonymised=True), date(2099, 1, 1), asked=True) == "done"


def test_a_company_may_keep_for_ever():
    assert retention.decide(facts(months=0), date(2099, 1, 1)) == "kept"
    assert retention.decide(facts(months=0), date(2099, 1, 1), asked=True) == "due"


@pytest.mark.parametrize(
    ("months", "allowed"), [(0, True), (1, False), (35, False), (36, True), (120, True), (-1, False)]
)
def test_less_than_three_years_cannot_be_set(months, allowed):
    """ARCHIVE-01"""
    assert retention.allowed_months(months) is allowed


def test_a_leap_day_is_kept_until_the_day_after():
    """ARCHIVE-01: never a day less than three years."""
    assert retention.due_on(date(2024, 2, 29), 36) == date(2027, 3, 1)


@given(DAYS, MONTHS)
def test_what_the_search_finds_is_what_the_policy_gives_free(today, months):
    """ARCHIVE-01: the indexed search and the decision draw the same line."""
    edge = retention.latest_end(today, months)
    assert retention.decide(facts(ended_on=edge, months=months), today) == "due"
    assert retention.decide(facts(ended_on=edge + timedelta(days=1), months=months), today) == "kept"


@given(DAYS, MONTHS)
def test_nobody_is_erased_before_the_months_are_over(ended_on, months):
    """ARCHIVE-01"""
    due = retention.due_on(ended_on, months)
    assert (due.year - ended_on.year) * 12 + due.month - ended_on.month >= months
    assert due.day >= ended_on.day or due.day == 1
