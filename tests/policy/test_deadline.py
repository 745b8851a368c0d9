"""Due times over working calendars: pauses, holidays, lunch, daylight saving, later and earlier targets."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.aftersales_service.policy import deadline
from odoo.addons.aftersales_service.policy.deadline import (
    PAUSE,
    RESUME,
    RETARGET,
    START,
    STOP,
    ClockEvent,
    Target,
    WorkingTime,
)

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = 3600


def berlin(*args):
    return datetime(*args, tzinfo=BERLIN).astimezone(UTC).replace(tzinfo=None)


def week(first, days=21, holidays=(), hours=((9, 12), (13, 17))):
    """Working time Monday to Friday in Berlin with a lunch break; ``holidays`` are {date: hours}."""
    spans, ends = [], []
    free = dict.fromkeys(holidays, ()) if not isinstance(holidays, dict) else holidays
    for day in (first + timedelta(days=n) for n in range(days)):
        parts = free.get(day, hours if day.weekday() < 5 else ())
        local = [(datetime.combine(day, time(a)), datetime.combine(day, time(b))) for a, b in parts]
        worked = [
            tuple(t.replace(tzinfo=BERLIN).astimezone(UTC).replace(tzinfo=None) for t in s) for s in local
        ]
        spans += worked
        if worked:
            ends.append((berlin(day.year, day.month, day.day), worked[-1][1]))
    return WorkingTime(
        deadline.join_spans(spans), tuple(ends), berlin(*(first + timedelta(days=days)).timetuple()[:3])
    )


# Monday 2 March 2026; summer time begins on Sunday 29 March and ends on Sunday 25 October
MARCH = week(date(2026, 3, 2))


def test_lunch_does_not_count():
    assert MARCH.add(berlin(2026, 3, 2, 11), 2 * HOUR) == berlin(2026, 3, 2, 14)


def test_a_clock_that_ends_with_the_morning_ends_at_noon_and_not_after_lunch():
    assert MARCH.add(berlin(2026, 3, 2, 9), 3 * HOUR) == berlin(2026, 3, 2, 12)


def test_the_weekend_does_not_count():
    assert MARCH.add(berlin(2026, 3, 6, 16), 2 * HOUR) == berlin(2026, 3, 9, 10)


def test_a_half_day_off_counts_half():
    halved = week(date(2026, 3, 2), holidays={date(2026, 3, 3): ((9, 12),)})
    assert halved.add(berlin(2026, 3, 3, 11), 2 * HOUR) == berlin(2026, 3, 4, 10)


def test_a_holiday_does_not_count():
    closed = week(date(2026, 3, 2), holidays=[date(2026, 3, 3)])
    assert closed.add(berlin(2026, 3, 2, 16), 2 * HOUR) == berlin(2026, 3, 4, 10)


@pytest.mark.parametrize(
    ("friday", "monday"),
    [((2026, 3, 27), (2026, 3, 30)), ((2026, 10, 23), (2026, 10, 26))],
    ids=["spring forward", "fall back"],
)
def test_office_hours_keep_their_local_time_across_both_clock_changes(friday, monday):
    hours = week(date(*friday) - timedelta(days=4), days=28)
    assert hours.add(berlin(*friday, 16), 2 * HOUR) == berlin(*monday, 10)


def test_around_the_clock_an_hour_is_an_hour_across_the_clock_change():
    start = berlin(2026, 3, 29, 1)
    assert deadline.add(None, start, 2 * HOUR) == start + timedelta(hours=2)


def test_days_are_calendar_days():
    """AMB-01: "days" without "working" are calendar days, whatever the calendar."""
    start = berlin(2026, 3, 6, 16)
    assert Target(3, deadline.DAYS).due_at(start, MARCH) == start + timedelta(days=3)


@pytest.mark.parametrize("hour", [7, 12, 20])
def test_one_working_day_ends_with_the_next_working_day_at_whatever_hour_it_began(hour):
    """REFUND-25, REFUND-26, INSPECT-01: working days; the day of the event does not count."""
    assert Target(1, deadline.WORKING_DAYS).due_at(berlin(2026, 3, 2, hour), MARCH) == berlin(2026, 3, 3, 17)


def test_working_days_skip_the_weekend():
    assert Target(3, deadline.WORKING_DAYS).due_at(berlin(2026, 3, 5, 10), MARCH) == berlin(2026, 3, 10, 17)
    assert Target(1, deadline.WORKING_DAYS).due_at(berlin(2026, 3, 7, 10), MARCH) == berlin(2026, 3, 9, 17)


def test_a_calendar_without_hours_has_no_due_time():
    with pytest.raises(deadline.NoWorkingTime):
        WorkingTime.of([]).add(berlin(2026, 3, 2), 1)


def test_beyond_the_known_hours_the_engine_asks_for_more():
    with pytest.raises(deadline.HorizonTooShort):
        MARCH.add(berlin(2026, 3, 20, 16), 100 * HOUR)


def test_microseconds_before_midnight_do_not_split_a_day():
    day = datetime(2026, 3, 2)
    spans = [
        (day, day.replace(hour=23, minute=59, second=59, microsecond=999999)),
        (day.replace(day=3), day.replace(day=4)),
    ]
    assert deadline.join_spans(spans) == ((day, day.replace(day=4)),)


# --- clocks ---------------------------------------------------------------------------------------------

MON_09, MON_10, MON_16 = (berlin(2026, 3, 2, hour) for hour in (9, 10, 16))
TUE_09, TUE_12 = berlin(2026, 3, 3, 9), berlin(2026, 3, 3, 12)


def started(hours=4):
    return ClockEvent(MON_09, START, seconds=hours * HOUR)


def test_a_running_clock_is_due_after_its_working_hours():
    assert deadline.clock([started()], MARCH).due_at == berlin(2026, 3, 2, 14)


def test_a_paused_clock_does_not_run():
    told = [started(), ClockEvent(MON_10, PAUSE), ClockEvent(TUE_09, RESUME)]
    clock = deadline.clock(told, MARCH)
    assert (clock.state, clock.due_at) == (deadline.RUNNING, TUE_12)


def test_nobody_can_say_when_a_paused_clock_is_due():
    clock = deadline.clock([started(), ClockEvent(MON_10, PAUSE)], MARCH)
    assert (clock.state, clock.due_at, clock.left) == (deadline.PAUSED, None, 3 * HOUR)


def test_stopped_straight_out_of_a_pause_is_in_time():
    """A ticket closed from a pause must not be counted as late later."""
    told = [started(), ClockEvent(MON_10, PAUSE), ClockEvent(berlin(2026, 3, 12, 9), STOP)]
    assert deadline.clock(told, MARCH).state == deadline.MET


def test_a_pause_that_begins_after_the_due_time_rescues_nothing():
    told = [started(1), ClockEvent(MON_16, PAUSE), ClockEvent(TUE_09, STOP)]
    clock = deadline.clock(told, MARCH)
    assert (clock.state, clock.due_at) == (deadline.MISSED, MON_10)


def test_a_shorter_target_may_be_overdue_at_once():
    told = [started(8), ClockEvent(MON_16, RETARGET, seconds=HOUR)]
    assert deadline.clock(told, MARCH).due_at == MON_10


def test_a_retarget_may_bring_an_earlier_start():
    told = [
        ClockEvent(MON_10, START, seconds=2 * HOUR),
        ClockEvent(MON_16, RETARGET, seconds=4 * HOUR, since=MON_09),
    ]
    assert deadline.clock(told, MARCH).due_at == berlin(2026, 3, 2, 14)


def test_a_clock_begins_with_its_start():
    with pytest.raises(ValueError, match="begins with its start"):
        deadline.clock([ClockEvent(MON_09, STOP)], MARCH)


# --- laws over random calendars ---------------------------------------------------------------------------


@st.composite
def calendars(draw):
    """Working time of sixty days in Berlin around a clock change, with lunch, half days and holidays."""
    first = draw(st.sampled_from([date(2026, 3, 9), date(2026, 10, 5), date(2026, 1, 5)]))
    opens = draw(st.integers(6, 10))
    noon = draw(st.integers(11, 12))
    lunch = draw(st.integers(0, 2))
    closes = draw(st.integers(15, 22))
    days = [first + timedelta(days=n) for n in range(60)]
    off = draw(st.lists(st.sampled_from(days), max_size=6, unique=True))
    half = draw(st.lists(st.sampled_from(days), max_size=4, unique=True))
    free = {**dict.fromkeys(off, ()), **dict.fromkeys(half, ((opens, noon),))}
    return week(first, days=60, holidays=free, hours=((opens, noon), (noon + lunch, closes)))


moments = st.integers(0, 20 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))


@given(calendars(), moments, st.integers(1, 60 * HOUR))
def test_the_time_worked_until_the_due_time_is_the_target(hours, after, seconds):
    start = hours.spans[0][0] + after
    due = hours.add(start, seconds)
    assert hours.worked_until(due) - hours.worked_until(start) == seconds
    assert any(begin < due <= end for begin, end in hours.spans), "a promise is due within working time"


@given(calendars(), moments, st.integers(1, 20 * HOUR), st.integers(1, 20 * HOUR))
def test_adding_in_two_steps_is_adding_at_once(hours, after, first, second):
    start = hours.spans[0][0] + after
    assert hours.add(hours.add(start, first), second) == hours.add(start, first + second)


@st.composite
def told_clocks(draw):
    """A start and alternating pauses and resumes at growing moments, and how it may end."""
    hours = draw(calendars())
    at = hours.spans[0][0] + draw(moments)
    events = [ClockEvent(at, START, seconds=draw(st.integers(1, 30 * HOUR)))]
    for kind in [PAUSE, RESUME] * draw(st.integers(0, 3)):
        at += timedelta(minutes=draw(st.integers(0, 3000)))
        events.append(ClockEvent(at, kind))
    return hours, events, at + timedelta(minutes=draw(st.integers(0, 3000)))


@given(told_clocks())
def test_pauses_are_never_counted(case):
    """What was spent is the working time outside of the pauses, counted minute by minute."""
    hours, events, stop = case
    clock = deadline.clock([*events, ClockEvent(stop, STOP)], hours)
    spent, since = 0, events[0].at
    for event in [*events[1:], ClockEvent(stop, PAUSE)]:
        if event.kind == PAUSE:
            spent += deadline.elapsed(hours, since, event.at)
        else:
            since = event.at
    assert clock.spent == spent
    assert clock.spent + clock.left == events[0].seconds
    assert (clock.state == deadline.MET) == (clock.left >= 0)


@given(told_clocks())
def test_pause_and_stop_in_one_step_equal_the_stop_alone(case):
    hours, events, stop = case
    direct = deadline.clock([*events, ClockEvent(stop, STOP)], hours)
    paused = deadline.clock([*events, ClockEvent(stop, PAUSE), ClockEvent(stop, STOP)], hours)
    assert (direct.state, direct.spent) == (paused.state, paused.spent)


@given(told_clocks(), st.integers(0, 40 * HOUR))
def test_the_last_target_counts_from_the_first_start(case, seconds):
    hours, events, stop = case
    retold = [ClockEvent(events[0].at, START, seconds=seconds), *events[1:]]
    retargeted = deadline.clock([*events, ClockEvent(stop, RETARGET, seconds=seconds)], hours)
    assert retargeted.due_at == deadline.clock(retold, hours).due_at
