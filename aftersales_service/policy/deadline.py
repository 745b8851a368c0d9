"""When a promise is due: targets, working time and clocks with pauses.

All moments are naive UTC datetimes; durations are whole seconds. Working time comes in as intervals that the
caller has read from a calendar once, so nothing here knows a time zone, a holiday or the present moment.
``None`` stands for a calendar that never closes (24 × 7).

A clock is told by its events. Pausing at 10:00 with one of four hours spent leaves three for later:

>>> day = datetime(2026, 3, 2)
>>> office = WorkingTime.of([(day.replace(hour=9), day.replace(hour=17)),
...                          (day.replace(day=3, hour=9), day.replace(day=3, hour=17))])
>>> told = [ClockEvent(day.replace(hour=9), START, seconds=4 * 3600),
...         ClockEvent(day.replace(hour=10), PAUSE),
...         ClockEvent(day.replace(hour=16), RESUME)]
>>> clock(told, office).due_at
datetime.datetime(2026, 3, 3, 11, 0)
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

START, PAUSE, RESUME, RETARGET, STOP = "start", "pause", "resume", "retarget", "stop"

RUNNING, PAUSED, MET, MISSED, CANCELLED = "running", "paused", "met", "missed", "cancelled"

MINUTES, HOURS, DAYS, WORKING_DAYS = "minutes", "hours", "days", "working_days"
SECONDS = {MINUTES: 60, HOURS: 3600, DAYS: 86400}
UNITS = (MINUTES, HOURS, DAYS, WORKING_DAYS)


class NoWorkingTime(Exception):
    """The calendar has no working hours at all from the given moment on: no due time exists."""


class HorizonTooShort(Exception):
    """The intervals end before the due time; ask again with intervals that reach further."""


@dataclass(frozen=True)
class WorkingTime:
    """Working intervals of one calendar up to ``horizon``.

    ``spans``    sorted, disjoint (start, stop) in UTC
    ``days``     (local midnight, closing time) of each working day, sorted, in UTC
    ``horizon``  nothing is known from here on
    """

    spans: tuple[tuple[datetime, datetime], ...]
    days: tuple[tuple[datetime, datetime], ...]
    horizon: datetime

    @classmethod
    def of(cls, spans: Iterable[tuple[datetime, datetime]], horizon: datetime | None = None) -> "WorkingTime":
        """Working time whose days are UTC days; touching and overlapping spans are joined."""
        joined = join_spans(spans)
        days = {start.replace(hour=0, minute=0, second=0): stop for start, stop in joined}
        return cls(joined, tuple(days.items()), horizon or (joined[-1][1] if joined else datetime.min))

    @cached_property
    def _starts(self) -> list[datetime]:
        return [start for start, _stop in self.spans]

    @cached_property
    def _midnights(self) -> list[datetime]:
        return [midnight for midnight, _close in self.days]

    @cached_property
    def _worked_before(self) -> list[int]:
        """Working seconds before each span, and in all at the end."""
        total, sums = 0, [0]
        for start, stop in self.spans:
            total += _seconds(start, stop)
            sums.append(total)
        return sums

    def worked_until(self, moment: datetime) -> int:
        """Working seconds from the first span to ``moment``."""
        at = bisect_right(self._starts, moment)
        if not at:
            return 0
        start, stop = self.spans[at - 1]
        return self._worked_before[at - 1] + _seconds(start, min(moment, stop))

    def add(self, start: datetime, seconds: int) -> datetime:
        """The first moment at which ``seconds`` have been worked since ``start``."""
        if seconds <= 0:
            return start
        goal = self.worked_until(start) + seconds
        at = bisect_left(self._worked_before, goal)
        if at >= len(self._worked_before):
            raise HorizonTooShort if self.spans else NoWorkingTime
        return self.spans[at - 1][0] + timedelta(seconds=goal - self._worked_before[at - 1])

    def end_of_working_day(self, start: datetime, days: int) -> datetime:
        """Closing time of the ``days``-th working day that begins after ``start``.

        The day of the event itself does not count, at whatever hour it happened.
        """
        at = bisect_right(self._midnights, start) + days - 1
        if at >= len(self.days):
            raise HorizonTooShort if self.days else NoWorkingTime
        return self.days[at][1]


def join_spans(spans: Iterable[tuple[datetime, datetime]]) -> tuple[tuple[datetime, datetime], ...]:
    """Sorted spans with whole seconds; touching, overlapping and microsecond-apart ones become one.

    A 24-hour attendance ends one microsecond before midnight, hence the rounding.
    """
    joined: list[tuple[datetime, datetime]] = []
    for start, stop in sorted((_whole(start), _whole(stop)) for start, stop in spans):
        if stop <= start:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(stop, joined[-1][1]))
        else:
            joined.append((start, stop))
    return tuple(joined)


@dataclass(frozen=True)
class Target:
    """A length of time as people write it: 24 hours, 3 days, 1 working day.

    Hours and minutes run in the working time of the calendar, days are calendar days (AMB-01), a working day
    ends with its closing time.
    """

    amount: int
    unit: str

    def __post_init__(self):
        if self.unit not in UNITS or self.amount < 0:
            raise ValueError(f"a target is a number from 0 on and one of {UNITS}, not {self!r}")

    def due_at(self, start: datetime, working: WorkingTime | None) -> datetime:
        """The due moment of a clock that starts at ``start`` and is never paused."""
        if self.unit == DAYS or (self.unit == WORKING_DAYS and working is None):
            return start + timedelta(days=self.amount)
        if self.unit == WORKING_DAYS:
            return working.end_of_working_day(start, self.amount) if self.amount else start
        return add(working, start, self.amount * SECONDS[self.unit])

    def seconds(self, start: datetime, working: WorkingTime | None) -> int:
        """The target in seconds of the clock it runs on (see :func:`runs_on`)."""
        if self.unit == WORKING_DAYS and working is not None:
            return elapsed(working, start, self.due_at(start, working))
        return self.amount * SECONDS.get(self.unit, SECONDS[DAYS])


def runs_on(unit: str, working: WorkingTime | None) -> WorkingTime | None:
    """Calendar days run around the clock, whatever the calendar."""
    return None if unit == DAYS else working


def add(working: WorkingTime | None, start: datetime, seconds: int) -> datetime:
    """``start`` plus ``seconds`` of working time."""
    return start + timedelta(seconds=seconds) if working is None else working.add(start, seconds)


def elapsed(working: WorkingTime | None, start: datetime, stop: datetime) -> int:
    """Working seconds between two moments; 0 where ``stop`` is not after ``start``."""
    if stop <= start:
        return 0
    if working is None:
        return _seconds(start, stop)
    return working.worked_until(stop) - working.worked_until(start)


@dataclass(frozen=True)
class ClockEvent:
    """What happened to a clock, and when.

    ``seconds``  the target, with START and RETARGET
    ``since``    with RETARGET, another start (a team with other hours took over, an earlier report came up)
    """

    at: datetime
    kind: str
    seconds: int | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class Clock:
    """What the events add up to.

    ``due_at``   None while paused: nobody can say when it goes on
    ``spent``    working seconds used up to the last event, pauses left out
    ``left``     seconds left then; negative when it was late
    """

    state: str
    due_at: datetime | None
    spent: int
    left: int
    stopped_at: datetime | None = None


def clock(events: Sequence[ClockEvent], working: WorkingTime | None) -> Clock:
    """Fold the events of one clock, given in the order in which they were told.

    A clock that is stopped out of a pause counts as met if it was in time when the pause began: the pause
    and the stop are one step. What is due before a pause begins stays due.
    """
    start, seconds = _start_and_target(events)
    stopped_at = next((event.at for event in events if event.kind == STOP), None)
    last = max(event.at for event in events)
    pauses = _pauses(events, start, stopped_at)
    due_at = _due_at(working, start, seconds, pauses)
    spent = _spent(working, start, stopped_at or last, pauses)
    return Clock(_state(due_at, stopped_at, pauses), due_at, spent, seconds - spent, stopped_at)


def _start_and_target(events: Sequence[ClockEvent]) -> tuple[datetime, int]:
    if not events or events[0].kind != START:
        raise ValueError("a clock begins with its start")
    start, seconds = events[0].at, events[0].seconds or 0
    for event in events:
        if event.kind == RETARGET:
            start = event.since or start
            seconds = seconds if event.seconds is None else event.seconds
    return start, seconds


def _pauses(
    events: Sequence[ClockEvent], start: datetime, stopped_at: datetime | None
) -> list[tuple[datetime, datetime | None]]:
    """[(from, to)] after ``start``; the last one is open (None) while the clock stands still."""
    pauses: list[tuple[datetime, datetime | None]] = []
    since = None
    for event in events:
        if event.kind == PAUSE and since is None:
            since = event.at
        elif event.kind == RESUME and since is not None:
            pauses.append((since, event.at))
            since = None
    if since is not None:
        pauses.append((since, stopped_at))
    return [(max(a, start), b) for a, b in pauses if b is None or b > max(a, start)]


def _due_at(working, start, seconds, pauses) -> datetime | None:
    left, cursor = seconds, start
    for begin, end in pauses:
        before = elapsed(working, cursor, begin)
        if left <= before:
            break
        left -= before
        if end is None:
            return None
        cursor = max(cursor, end)
    return add(working, cursor, left)


def _spent(working, start, until, pauses) -> int:
    still = sum(elapsed(working, begin, min(end or until, until)) for begin, end in pauses if begin < until)
    return elapsed(working, start, until) - still


def _state(due_at, stopped_at, pauses) -> str:
    if stopped_at is None:
        return PAUSED if due_at is None else RUNNING
    return MET if due_at is None or stopped_at <= due_at else MISSED


def _whole(moment: datetime) -> datetime:
    return (moment + timedelta(microseconds=500_000)).replace(microsecond=0)


def _seconds(start: datetime, stop: datetime) -> int:
    return round((stop - start).total_seconds())
