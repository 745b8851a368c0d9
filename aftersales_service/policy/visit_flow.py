"""The life of a visit at the customer's place.

The date is agreed with the customer (DISP-38), the engineer arrives, works, and the customer signs when the
work is done, never before (PROG-08, PROG-11). A visit that is a trip begins with the departure: whoever is
out reports from time to time (DISP-17), comes back, hands in the feedback form (DISP-15) and talks the result
over with after-sales, which archives it (DISP-18).
"""

from .lifecycle import CUSTOMER, SYSTEM, Flow, Promise

PLANNED, CONFIRMED, DEPARTED, ARRIVED, DONE, MISSED, CANCELLED = (
    "planned",
    "confirmed",
    "departed",
    "arrived",
    "done",
    "missed",
    "cancelled",
)

#: states in which nobody has left yet
AHEAD = (PLANNED, CONFIRMED)
#: states in which somebody is still to go, is on the way or at work
EXPECTED = (PLANNED, CONFIRMED, DEPARTED, ARRIVED)

# fmt: off
TRANSITIONS = {
    # state      event          next state
    (PLANNED,   "confirm"):     CONFIRMED,
    (PLANNED,   "depart"):      DEPARTED,
    (PLANNED,   "arrive"):      ARRIVED,    # around the corner: no trip
    (PLANNED,   "miss"):        MISSED,
    (PLANNED,   "cancel"):      CANCELLED,
    (CONFIRMED, "depart"):      DEPARTED,
    (CONFIRMED, "arrive"):      ARRIVED,
    (CONFIRMED, "reschedule"):  PLANNED,    # another date has to be agreed again
    (CONFIRMED, "miss"):        MISSED,     # nobody came, or nobody was there
    (CONFIRMED, "cancel"):      CANCELLED,
    (DEPARTED,  "report"):      DEPARTED,   # DISP-17: how it is going
    (DEPARTED,  "arrive"):      ARRIVED,
    (DEPARTED,  "miss"):        MISSED,
    (DEPARTED,  "cancel"):      CANCELLED,  # called back
    (ARRIVED,   "report"):      ARRIVED,
    (ARRIVED,   "complete"):    DONE,
    (DONE,      "come_back"):   DONE,
    (DONE,      "hand_in"):     DONE,       # DISP-15: the feedback form
    (DONE,      "debrief"):     DONE,       # DISP-18: talked over and archived
    (MISSED,    "come_back"):   MISSED,
    (MISSED,    "reschedule"):  PLANNED,
    (MISSED,    "cancel"):      CANCELLED,
}

RIGHTS = {
    "confirm":    {"agent", "engineer", CUSTOMER},
    "reschedule": {"agent", "engineer"},
    "depart":     {"agent", "engineer"},
    "report":     {"agent", "engineer"},
    "arrive":     {"agent", "engineer"},
    "complete":   {"agent", "engineer"},
    "miss":       {"agent", "engineer"},
    "cancel":     {"agent", SYSTEM},
    "come_back":  {"agent", "engineer"},
    "hand_in":    {"agent", "engineer"},
    "debrief":    {"agent"},
}
# fmt: on

PROMISES = {
    # Every report opens the time until the next one; arrival and end are reports, too.
    "trip_report": Promise(
        opens={"depart", "report", "arrive"},
        met={"report", "arrive", "complete", "miss"},
        dropped={"cancel"},
    ),
    # Promised with the end of the work, so that nobody forgets it on the way home; counted from the return.
    "feedback_form": Promise(opens={"complete", "come_back"}, met={"hand_in"}, dropped={"come_back"}),
}
#: where and when somebody went, and what for: closed when the visit is over
SETTLED_FIELDS = ("ticket_id", "user_id", "start", "stop", "purpose")

STAMPS = {
    "depart": "departed_at",
    "arrive": "arrived_at",
    "complete": "done_at",
    "come_back": "returned_at",
    "hand_in": "handed_in_at",
    "debrief": "debriefed_at",
}
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
