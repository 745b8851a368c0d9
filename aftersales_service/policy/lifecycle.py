"""Which event moves a document from which state to which, and who may fire it.

A document declares one :class:`Flow` in its own ``<document>_flow.py``. Everything that may happen to its
state stands in that table; nothing outside changes it. The engine below is one look-up.

>>> DOOR = Flow(
...     name="door",
...     initial="shut",
...     transitions={("shut", "open"): "ajar", ("ajar", "close"): "shut", ("shut", "lock"): "locked"},
...     rights={"open": {"guest", "keeper"}, "close": {"guest", "keeper"}, "lock": {"keeper"}},
...     promises={"air": Promise(opens={"open"}, met={"close"}, expires="close")},
... )
>>> next_state(DOOR, "shut", "lock")
'locked'
>>> allowed_events(DOOR, "shut", roles={"guest"})
('open',)
>>> next_state(DOOR, "locked", "open")
Traceback (most recent call last):
...
odoo.addons.aftersales_service.policy.lifecycle.IllegalTransition: door: 'open' does not apply in 'locked'
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

# Actors that are no group of users. The ledger and the hooks in Stock and Accounting act as SYSTEM; the
# portal acts as CUSTOMER after it has checked whose document it is.
SYSTEM = "system"
CUSTOMER = "customer"
CREATE = "create"  # the event that stands for a document's beginning, in promises and stamps only


class IllegalTransition(Exception):
    """The event does not apply in that state. Nothing has been changed."""

    def __init__(self, flow_name: str, state: str, event: str):
        super().__init__(f"{flow_name}: {event!r} does not apply in {state!r}")
        self.flow_name, self.state, self.event = flow_name, state, event


@dataclass(frozen=True)
class Promise:
    """One promise of a document: which events open, keep, drop, pause and resume it.

    ``expires`` is the event that the ledger fires when time is up; ``None`` means that the promise is only
    marked as missed (an SLA target). An event that would keep a promise with an ``expires`` is refused once
    the promise is overdue: late is late, also before the ledger has come round.

    ``own_work`` marks what the ledger promises to itself (a transfer that it makes right after a decision):
    nobody waits for it, so it is never what is next.
    """

    opens: Collection[str]
    met: Collection[str]
    dropped: Collection[str] = ()
    pauses: Collection[str] = ()
    resumes: Collection[str] = ()
    expires: str | None = None
    own_work: bool = False

    def ends_with(self, event: str) -> bool:
        """Whether the promise is over once ``event`` has happened: kept, dropped or run out."""
        return event in self.met or event in self.dropped or event == self.expires


@dataclass(frozen=True)
class Flow:
    """A document's whole life as tables.

    ``transitions``  {(state, event): next state}
    ``rights``       {event: roles that may fire it}; an event without a row may be fired by nobody
    ``four_eyes``    events that nobody may fire on a request of their own
    ``promises``     {deadline kind: Promise}
    ``stamps``       {event: field that keeps the moment at which it first happened}
    """

    name: str
    initial: str
    transitions: Mapping[tuple[str, str], str]
    rights: Mapping[str, Collection[str]]
    four_eyes: Collection[str] = ()
    promises: Mapping[str, Promise] = field(default_factory=dict)
    stamps: Mapping[str, str] = field(default_factory=dict)

    @property
    def states(self) -> tuple[str, ...]:
        """Every state, in the order in which the table names them."""
        named = [self.initial]
        for (state, _event), after in self.transitions.items():
            named += [state, after]
        return tuple(dict.fromkeys(named))

    @property
    def events(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(event for _state, event in self.transitions))


def next_state(flow: Flow, state: str, event: str) -> str:
    """The state after ``event``; raises :class:`IllegalTransition` where the table has no row."""
    try:
        return flow.transitions[state, event]
    except KeyError:
        raise IllegalTransition(flow.name, state, event) from None


def may_fire(flow: Flow, event: str, roles: Collection[str]) -> bool:
    """Whether one of ``roles`` has the right to ``event``, whatever the state."""
    return not set(flow.rights.get(event, ())).isdisjoint(roles)


def overdue_guard(flow: Flow, event: str, overdue_kinds: Collection[str]) -> str | None:
    """The overdue promise that forbids ``event``, or ``None``.

    The event that the ledger would fire itself is not forbidden: its outcome is the same.
    """
    for kind in overdue_kinds:
        promise = flow.promises.get(kind)
        if promise and promise.expires and event in promise.met and event != promise.expires:
            return kind
    return None


def allowed_events(
    flow: Flow,
    state: str,
    roles: Collection[str],
    own_request: bool = False,
    overdue_kinds: Collection[str] = (),
) -> tuple[str, ...]:
    """Events that a person with ``roles`` may fire now, in the order of the table."""
    return tuple(
        event
        for (at, event) in flow.transitions
        if at == state
        and may_fire(flow, event, roles)
        and not (own_request and event in flow.four_eyes)
        and overdue_guard(flow, event, overdue_kinds) is None
    )


def faults(flow: Flow) -> list[str]:
    """What is wrong with the tables themselves; an empty list for a sound flow.

    Every state can be reached, every event has a right, every right, promise, stamp and four-eyes row names
    an event of the table, and whatever a promise expires into applies wherever the promise can be running.
    """
    known, problems = set(flow.events), []
    reached, todo = {flow.initial}, [flow.initial]
    while todo:
        here = todo.pop()
        for (state, _event), after in flow.transitions.items():
            if state == here and after not in reached:
                reached.add(after)
                todo.append(after)
    problems += [f"state {state} cannot be reached" for state in flow.states if state not in reached]
    problems += [f"nobody may fire {event}" for event in flow.events if not flow.rights.get(event)]
    named = {
        "rights": flow.rights,
        "four_eyes": flow.four_eyes,
        "stamps": set(flow.stamps) - {CREATE},
    }
    for kind, promise in flow.promises.items():
        parts = (promise.opens, promise.met, promise.dropped, promise.pauses, promise.resumes)
        named[f"promise {kind}"] = {event for part in parts for event in part} - {CREATE}
        problems += _promise_faults(flow, kind, promise)
    for table, events in named.items():
        problems += [f"{table} names the unknown event {event}" for event in events if event not in known]
    return problems


def open_promises(flow: Flow) -> dict[str, set[frozenset[str]]]:
    """{state: the sets of promises that can be open there}, walked from the initial state.

    A sound RMA flow has exactly one set a state: every state has its declared deadlines.
    """
    first = frozenset(kind for kind, promise in flow.promises.items() if CREATE in promise.opens)
    seen: dict[str, set[frozenset[str]]] = {flow.initial: {first}}
    todo = [(flow.initial, first)]
    while todo:
        state, running = todo.pop()
        for (at, event), after in flow.transitions.items():
            if at != state:
                continue
            then = _promises_after(flow, running, event)
            if then not in seen.setdefault(after, set()):
                seen[after].add(then)
                todo.append((after, then))
    return seen


def _promises_after(flow: Flow, running: frozenset[str], event: str) -> frozenset[str]:
    ended = {kind for kind in running if flow.promises[kind].ends_with(event)}
    opened = {kind for kind, promise in flow.promises.items() if event in promise.opens}
    return frozenset(running - ended | opened)


def _promise_faults(flow: Flow, kind: str, promise: Promise) -> list[str]:
    return [] if promise.expires is None else expiry_faults(flow, kind, promise.expires)


def expiry_faults(flow: Flow, kind: str, event: str) -> list[str]:
    """Why the promise ``kind`` cannot run out into ``event``; empty where the tables know that way."""
    if SYSTEM not in flow.rights.get(event, ()):
        return [f"promise {kind} expires into {event}, which the system may not fire"]
    return [
        f"promise {kind} can run out in {state}, where {event} does not apply"
        for state, sets in open_promises(flow).items()
        if any(kind in running for running in sets) and (state, event) not in flow.transitions
    ]


def diagram(flow: Flow) -> str:
    """The flow as a Mermaid state diagram, for the documentation."""
    lines = ["stateDiagram-v2", f"    [*] --> {flow.initial}"]
    for (state, event), after in flow.transitions.items():
        clocks = [kind for kind, promise in flow.promises.items() if promise.expires == event]
        label = f"{event} (when {', '.join(clocks)} runs out)" if clocks else event
        lines.append(f"    {state} --> {after}: {label}")
    ends = [s for s in flow.states if not any(state == s for state, _event in flow.transitions)]
    return "\n".join(lines + [f"    {state} --> [*]" for state in ends])
