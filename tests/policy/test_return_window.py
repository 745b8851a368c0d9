"""The window of a return: base event, length, and what stands in for a missing confirmation."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.aftersales_returns.policy.return_window import Window, window

SHIPPED = datetime(2026, 3, 1, 10)
PLATFORM, SHOP = Window("confirmed", 168), Window("signed", 7 * 24)

moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31))


def test_the_platform_counts_168_hours_from_confirmation():
    """RMA-01, CON-06: the signing is known too and does not matter."""
    confirmed = SHIPPED + timedelta(days=5)
    span = window(PLATFORM, SHIPPED, SHIPPED + timedelta(days=2), confirmed)
    assert (span.base, span.closes_at) == ("confirmed", confirmed + timedelta(hours=168))
    assert span.contains(confirmed + timedelta(hours=168))
    assert not span.contains(confirmed + timedelta(hours=168, seconds=1))


def test_the_shop_counts_seven_days_from_signing():
    """RMA-18."""
    signed = SHIPPED + timedelta(days=2)
    assert window(SHOP, SHIPPED, signed, signed + timedelta(days=3)).closes_at == signed + timedelta(days=7)


def test_signing_stands_in_for_a_missing_confirmation():
    """CON-06, AMB-08."""
    signed = SHIPPED + timedelta(days=2)
    assert window(PLATFORM, SHIPPED, signed, None).base == "signed"


def test_the_window_opens_with_the_shipment_and_nothing_closes_it_before_receipt():
    """RMA-01, AMB-06."""
    span = window(PLATFORM, SHIPPED, None, None)
    assert (span.opens_at, span.closes_at) == (SHIPPED, None)
    assert span.contains(SHIPPED + timedelta(days=400))


def test_without_any_day_the_window_counts_from_the_latest_arrival():
    """RMA-01, RMA-13: every window ends."""
    latest = SHIPPED + timedelta(days=10)
    span = window(SHOP, SHIPPED, None, None, latest)
    assert (span.base, span.closes_at) == ("arrival", latest + timedelta(days=7))


def test_a_later_day_than_the_latest_arrival_does_not_count():
    """RMA-18: nobody prolongs the window by the day he names."""
    latest = SHIPPED + timedelta(days=10)
    for rule in (PLATFORM, SHOP):
        late = latest + timedelta(days=40)
        assert window(rule, SHIPPED, late, late, latest).closes_at == latest + timedelta(days=7)
    earlier = SHIPPED + timedelta(days=2)
    assert window(SHOP, SHIPPED, earlier, None, latest).base == "signed"


def test_goods_never_shipped_have_no_window():
    assert not window(PLATFORM, None, None, None).contains(SHIPPED)


@given(moments, moments, st.integers(1, 2000), st.integers(0, 3_000_000))
def test_the_window_is_exactly_as_long_as_the_policy_says(shipped, confirmed, hours, seconds):
    """RMA-01: the last second counts, the next does not."""
    span = window(Window("confirmed", hours), shipped, None, confirmed)
    asked = confirmed + timedelta(seconds=seconds)
    assert span.contains(asked) == (seconds <= hours * 3600)


@given(moments, st.none() | moments, st.none() | moments, st.sampled_from(("confirmed", "signed")))
def test_a_missing_event_never_shortens_the_window(shipped, signed, confirmed, base):
    """CON-06: counted from the chosen event, else from the other one; without both nothing closes it."""
    span = window(Window(base, 168), shipped, signed, confirmed)
    start = (signed or confirmed) if base == "signed" else (confirmed or signed)
    assert span.closes_at == (start + timedelta(hours=168) if start else None)
