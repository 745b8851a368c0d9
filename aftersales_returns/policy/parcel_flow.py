"""The life of a parcel that came without paper: it lies in quarantine until somebody is found whose it is.

Adopted, its goods become the customer's and wait for the decision on his return; once that expects goods,
they are handed over to it and count as received. Nothing of an unknown owner is ever sold or scrapped:
without an owner it goes back to where it came from. Where the return ends without having taken it, or its
shipment is cancelled, it is where it was at first: nobody's, and looked after.
"""

from ...aftersales_service.policy.lifecycle import CREATE, SYSTEM, Flow, Promise

WAITING, ADOPTED, HANDED_OVER, SENT_BACK = "waiting", "adopted", "handed_over", "sent_back"

# fmt: off
TRANSITIONS = {
    # state     event         next state
    (WAITING,   "adopt"):     ADOPTED,
    (WAITING,   "send_back"): SENT_BACK,
    (ADOPTED,   "hand_over"): HANDED_OVER,  # the return expects goods, and these are they
    (ADOPTED,   "release"):   WAITING,      # it was not his after all, or his return is over
    (ADOPTED,   "send_back"): SENT_BACK,    # his, but nothing is to be returned
    (SENT_BACK, "stay"):      WAITING,      # its shipment was cancelled in Inventory
}

RIGHTS = {
    "adopt":      {"agent"},
    "hand_over":  {SYSTEM},
    "release":    {"supervisor", SYSTEM},
    "send_back":  {"supervisor"},
    "stay":       {SYSTEM},
}

PROMISES = {
    # the company's own promises: nobody forgets what lies there
    "find_owner": Promise(opens={CREATE, "release", "stay"}, met={"adopt", "send_back"}),
    "decide_return": Promise(opens={"adopt"}, met={"hand_over"}, dropped={"release", "send_back"}),
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
