"""The life of one follow-up contact: a call, a message or a visit some time after the work (FOLLOWUP-01…-12).

A customer for whom the moment is bad is asked when to call again (FOLLOWUP-04, ``reschedule``). Whoever is
not reached is tried again on another day by itself, a few times (``no_answer``, then ``reschedule`` by the
system), and stays "unreachable" after the last try until somebody gets through or gives up.
"""

from ...aftersales_service.policy.lifecycle import SYSTEM, Flow, Promise

PLANNED, DONE, RESCHEDULED, UNREACHABLE, CANCELLED = (
    "planned",
    "done",
    "rescheduled",
    "unreachable",
    "cancelled",
)

#: states in which the customer still waits for the contact
OPEN = (PLANNED, RESCHEDULED, UNREACHABLE)

# fmt: off
TRANSITIONS = {
    # state         event          next state
    (PLANNED,      "complete"):    DONE,
    (PLANNED,      "reschedule"):  RESCHEDULED,
    (PLANNED,      "no_answer"):   UNREACHABLE,
    (PLANNED,      "cancel"):      CANCELLED,
    (RESCHEDULED,  "complete"):    DONE,
    (RESCHEDULED,  "reschedule"):  RESCHEDULED,
    (RESCHEDULED,  "no_answer"):   UNREACHABLE,
    (RESCHEDULED,  "cancel"):      CANCELLED,
    (UNREACHABLE,  "complete"):    DONE,         # the customer called back
    (UNREACHABLE,  "reschedule"):  RESCHEDULED,  # another try
    (UNREACHABLE,  "cancel"):      CANCELLED,
}

RIGHTS = {
    "complete":    {"agent", "engineer"},
    "reschedule":  {"agent", "engineer", SYSTEM},
    "no_answer":   {"agent", "engineer"},
    "cancel":      {"supervisor", SYSTEM},       # the system: the ticket was taken up again or cancelled
}
# fmt: on

PROMISES = {
    # a late call is still a call: the promise is marked as missed and stays with the person
    "followup": Promise(
        opens={"create", "reschedule"},
        met={"complete"},
        dropped={"reschedule", "no_answer", "cancel"},
    ),
}

STAMPS = {"complete": "done_at"}

FLOW = Flow("followup", PLANNED, TRANSITIONS, RIGHTS, promises=PROMISES, stamps=STAMPS)
