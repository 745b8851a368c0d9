"""Claims on suppliers: one calendar month, unless he has promised otherwise."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.aftersales_returns.policy.supplier_claim_flow import FLOW, answer_by
from odoo.addons.aftersales_service.policy import lifecycle

days = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@given(days)
def test_one_calendar_month_ends_in_the_next_month(told):
    """SUPPLIER-02."""
    end = answer_by(told)
    assert (end.year * 12 + end.month) - (told.year * 12 + told.month) == 1
    assert end.day == told.day or (end + timedelta(days=1)).day == 1
    assert 28 <= (end - told).days <= 31


@pytest.mark.parametrize(
    ("told", "end"),
    [
        (date(2026, 12, 15), date(2027, 1, 15)),
        (date(2028, 1, 31), date(2028, 2, 29)),
        (date(2026, 11, 30), date(2026, 12, 30)),
    ],
)
def test_ends_of_months_and_years(told, end):
    """SUPPLIER-02."""
    assert answer_by(told) == end


@given(days, st.integers(1, 400))
def test_the_suppliers_own_commitment_governs(told, own):
    """SUPPLIER-05."""
    assert answer_by(told, own) == told + timedelta(days=own)


def test_the_clock_runs_until_it_is_made_good():
    """SUPPLIER-02: an announcement is no replacement."""
    promise = FLOW.promises["supplier"]
    assert "replace" not in promise.met
    assert promise.met == {"settle", "credit"}
    assert lifecycle.open_promises(FLOW)["replacing"] == {frozenset({"supplier"})}
