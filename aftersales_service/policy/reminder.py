"""When a customer is reminded of a visit: one day before, by people who are at work (INSTALL-02).

A reminder that would fall outside of working hours comes in the last working hour before, never after: a
visit on Monday morning is announced on Friday.

>>> from datetime import datetime, timedelta
>>> friday = (datetime(2026, 6, 5, 9), datetime(2026, 6, 5, 17))
>>> remind_at(datetime(2026, 6, 6, 14), [friday])
datetime.datetime(2026, 6, 5, 14, 0)
>>> remind_at(datetime(2026, 6, 8, 10), [friday])
datetime.datetime(2026, 6, 5, 16, 0)
"""

from datetime import timedelta

AHEAD = timedelta(days=1)
LAST_HOUR = timedelta(hours=1)


def remind_at(start, working):
    """The moment from which the reminder goes out.

    :param start: when the visit begins
    :param working: [(from, to)] working times before it, in order; none: around the clock
    """
    moment = start - AHEAD
    before = [(begin, end) for begin, end in working if begin <= moment]
    if not before:
        return moment
    begin, end = before[-1]
    return moment if moment < end else max(begin, end - LAST_HOUR)
