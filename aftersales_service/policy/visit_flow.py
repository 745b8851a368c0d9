"""The life of a visit at the customer's place.

The date is agreed with the customer (DISP-38), the engineer arrives, works, and the customer signs when the
work is done, never before (PROG-08, PROG-11).
"""

from .lifecycle import CUSTOMER, SYSTEM, Flow

PLANNED, CONFIRMED, ARRIVED, DONE, MISSED, CANCELLED = (
    "planned",
    "confirmed",
    "arrived",
    "done",
    "missed",
    "cancelled",
)

# fmt: off
TRANSITIONS = {
    # state      event          next state
    (PLANNED,   "confirm"):     CONFIRMED,
    (PLANNED,   "arrive"):      ARRIVED,
    (PLANNED,   "miss"):        MISSED,
    (PLANNED,   "cancel"):      CANCELLED,
    (CONFIRMED, "arrive"):      ARRIVED,
    (CONFIRMED, "reschedule"):  PLANNED,    # another date has to be agreed again
    (CONFIRMED, "miss"):        MISSED,     # nobody came, or nobody was there
    (CONFIRMED, "cancel"):      CANCELLED,
    (ARRIVED,   "complete"):    DONE,
    (MISSED,    "reschedule"):  PLANNED,
    (MISSED,    "cancel"):      CANCELLED,
}

RIGHTS = {
    "confirm":    {"agent", "engineer", CUSTOMER},
    "reschedule": {"agent", "engineer"},
    "arrive":     {"agent", "engineer"},
    "complete":   {"agent", "engineer"},
    "miss":       {"agent", "engineer"},
    "cancel":     {"agent", SYSTEM},
}
# fmt: on

PROMISES = {}
STAMPS = {"arrive": "arrived_at", "complete": "done_at"}
FOUR_EYES = ()

FLOW = Flow(
    name="visit",
    initial=PLANNED,
    transitions=TRANSITIONS,
    rights=RIGHTS,
    four_eyes=FOUR_EYES,
    promises=PROMISES,
    stamps=STAMPS,
)
