"""Rows of tickets from elsewhere: what a row says, and what is wrong with it, before anything is written.

>>> moment("2024-03-01 09:30")
datetime.datetime(2024, 3, 1, 9, 30)
>>> moment("1.3.2024")
Traceback (most recent call last):
...
ValueError: 1.3.2024
>>> faults({"subject": "Drips", "state": "closed", "created": datetime.datetime(2024, 3, 1)})
[('no_end', {})]
"""

import datetime

from . import ticket_flow

#: columns of the file in the order of the template
COLUMNS = (
    "number", "created", "state", "subject", "description", "customer", "email", "phone", "service_type",
    "channel", "product", "serial_number", "team", "assignee", "priority", "assigned", "accepted",
    "first_reply", "solved", "closed", "solution",
)  # fmt: skip
#: moments in the order in which they happen
MOMENTS = ("created", "assigned", "accepted", "first_reply", "solved", "closed")
#: the first reply may come before somebody has accepted: only these follow one another
IN_ORDER = ("created", "assigned", "accepted", "solved", "closed")
#: a date may be written with strokes, and with a time down to the minute or the second
TIMES = ("", " %H:%M", " %H:%M:%S")

#: states in which somebody has the ticket
HELD = (*ticket_flow.TAKEN, ticket_flow.RESOLVED)


def moment(cell):
    """The cell as a moment, year first as in the sources; None for an empty one."""
    if isinstance(cell, datetime.datetime):
        return cell.replace(tzinfo=None)
    if isinstance(cell, datetime.date):
        return datetime.datetime(cell.year, cell.month, cell.day)
    text = str(cell or "").strip().replace("T", " ")
    if not text:
        return None
    for time in TIMES:
        try:
            return datetime.datetime.strptime(text.replace("/", "-"), f"%Y-%m-%d{time}")  # noqa: DTZ007 (the company's clock)
        except ValueError:
            continue
    raise ValueError(text)


def faults(row, now=None):
    """[(code, params)] of what is wrong with the dates and the state of a row.

    :param row: {column: value}, moments read already
    :param now: moments later than this have not happened
    """
    found = []
    if not (row.get("subject") or row.get("description")):
        found.append(("no_subject", {}))
    if not row.get("created"):
        found.append(("no_created", {}))
    if row.get("state") in ticket_flow.ENDED and not row.get("closed"):
        found.append(("no_end", {}))
    if row.get("closed") and row.get("state") not in ticket_flow.ENDED:
        found.append(("open_end", {}))
    if row.get("state") in HELD and not row.get("assignee"):
        found.append(("nobody", {}))
    return found + _order_faults(row, now)


def _order_faults(row, now):
    given = [(name, row[name]) for name in IN_ORDER if row.get(name)]
    found = [
        ("order", {"first": first, "then": then})
        for (first, earlier), (then, later) in zip(given, given[1:], strict=False)
        if later < earlier
    ]
    late = [name for name in MOMENTS if now and row.get(name) and row[name] > now]
    return found + [("future", {"column": name}) for name in late]
