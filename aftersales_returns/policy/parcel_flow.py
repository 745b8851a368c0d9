"""The life of a parcel that came without paper: it lies in quarantine until somebody is found whose it is.

Adopted, its goods become the customer's and wait for the decision on his return; once that expects goods,
they are handed over to it and count as received. Nothing of an unknown owner is ever sold or scrapped:
without an owner it goes back to where it came from.
"""

from ...aftersales_service.policy.lifecycle import CREATE, SYSTEM, Flow, Promise

WAITING, ADOPTED, HANDED_OVER, SENT_BACK = "waiting", "adopted", "handed_over", "sent_back"

# fmt: off
TRANSITIONS = {
    # state     event         next state
    (WAITING,   "adopt"):     ADOPTED,
    (WAITING,   "send_back"): SENT_BACK,
    (ADOPTED,   "hand_over"): HANDED_OVER,  # the return expects goods, and these are they
    (ADOPTED,   "release"):   WAITING,      # it was not his after all
    (ADOPTED,   "send_back"): SENT_BACK,    # his, but nothing is to be returned
}

RIGHTS = {
    "adopt":      {"agent"},
    "hand_over":  {SYSTEM},
    "release":    {"supervisor"},
    "send_back":  {"supervisor"},
}

PROMISES = {
    # the company's own promise: nobody forgets what lies there
    "find_owner": Promise(opens={CREATE, "release"}, met={"adopt", "send_back"}),
}
# fmt: on

STAMPS = {"adopt": "adopted_at", "hand_over": "handed_over_at", "send_back": "sent_back_at"}

FLOW = Flow(
    name="unknown_parcel",
    initial=WAITING,
    transitions=TRANSITIONS,
    rights=RIGHTS,
    promises=PROMISES,
    stamps=STAMPS,
)
