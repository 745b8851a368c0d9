"""When a customer is reminded of a visit."""

from datetime import datetime, timedelta

import pytest

from odoo.addons.aftersales_service.policy.reminder import remind_at

FRIDAY = (datetime(2026, 6, 5, 9), datetime(2026, 6, 5, 17))
MONDAY = (datetime(2026, 6, 8, 9), datetime(2026, 6, 8, 17))


@pytest.mark.parametrize(
    ("visit", "reminder"),
    [
        pytest.param(datetime(2026, 6, 6, 10), datetime(2026, 6, 5, 10), id="a day before, to the hour"),
        pytest.param(datetime(2026, 6, 6, 9), datetime(2026, 6, 5, 9), id="with the first minute of work"),
        pytest.param(datetime(2026, 6, 6, 17), datetime(2026, 6, 5, 16), id="closing time is no work"),
        pytest.param(datetime(2026, 6, 8, 9), datetime(2026, 6, 5, 16), id="Monday's visit on Friday"),
        pytest.param(datetime(2026, 6, 9, 11), datetime(2026, 6, 8, 11), id="Tuesday's visit on Monday"),
        pytest.param(datetime(2026, 6, 9, 8), datetime(2026, 6, 5, 16), id="before work begins"),
    ],
)
def test_one_day_before_in_working_time(visit, reminder):
    """INSTALL-02"""
    assert remind_at(visit, [FRIDAY, MONDAY]) == reminder


def test_without_working_hours_it_is_a_day_to_the_minute():
    """INSTALL-02"""
    visit = datetime(2026, 6, 7, 3, 30)
    assert remind_at(visit, []) == visit - timedelta(days=1)


def test_a_short_day_is_not_left_backwards():
    """INSTALL-02: half an hour of work holds the reminder, too."""
    short = (datetime(2026, 6, 5, 9), datetime(2026, 6, 5, 9, 30))
    assert remind_at(datetime(2026, 6, 8, 9), [short]) == short[0]
