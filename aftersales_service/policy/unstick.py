"""Which promises run in a state that a document was put into by hand.

Nobody fired an event, so the table of the flow is asked backwards: what runs in a state is what runs there
on every way that leads to it; what can never run there is given up.

>>> from .lifecycle import Flow, Promise
>>> DOOR = Flow(
...     name="door",
...     initial="shut",
...     transitions={("shut", "open"): "ajar", ("ajar", "close"): "shut", ("ajar", "hold"): "held"},
...     rights={"open": {"guest"}, "close": {"guest"}, "hold": {"guest"}},
...     promises={"air": Promise(opens={"open"}, met={"close"}, pauses={"hold"})},
... )
>>> [sorted(kinds) for kinds in promises_in(DOOR, "ajar")]
[['air'], ['air'], []]
>>> [sorted(kinds) for kinds in promises_in(DOOR, "held")]
[['air'], ['air'], ['air']]
>>> [sorted(kinds) for kinds in promises_in(DOOR, "shut")]
[[], [], []]
"""

from . import lifecycle


def promises_in(flow, state):
    """(kinds that run in ``state`` whatever led there, kinds that may run there, kinds that stand still)."""
    ways = lifecycle.open_promises(flow)[state]
    always = frozenset.intersection(*ways) | _opened_by_every_way_in(flow, state)
    possible = frozenset().union(*ways)
    still = {kind for kind in possible if stands_still(flow, flow.promises[kind], state)}
    return always, possible, frozenset(still)


def _opened_by_every_way_in(flow, state):
    """Kinds that every event from another state opens; what happens in the state may end them again."""
    entering = {
        event for (before, event), after in flow.transitions.items() if after == state and before != state
    }
    return {kind for kind, promise in flow.promises.items() if entering and entering <= set(promise.opens)}


def stands_still(flow, promise, state):
    """Whether the clock of ``promise`` was stopped by every event that leads into ``state`` from another."""
    leading = {event for (before, event), after in flow.transitions.items() if before != state == after}
    return bool(leading) and leading <= set(promise.pauses)
