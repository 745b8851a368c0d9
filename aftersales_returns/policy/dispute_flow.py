"""The life of a dispute: what the customer claims, what we say to it, and how a third person decides.

RMA-05 and REFUND-09 give the customer the right after a refusal; procedure and deadline are not stated.
Decided here: both sides are heard, in writing, before the customer is told no; who refused does not decide
(four eyes); silence of ours takes nothing from the customer, it is marked as missed and goes to a supervisor.
The dispute moves with its return: upheld, the return goes on as approved; dismissed, it is closed for good.

>>> from ...aftersales_service.policy.lifecycle import allowed_events
>>> allowed_events(FLOW, OPEN, {"supervisor"}, own_request=True)
()
"""

from ...aftersales_service.policy.lifecycle import CREATE, CUSTOMER, SYSTEM, Flow, Promise

OPEN, HEARD, UPHELD, DISMISSED, WITHDRAWN = "open", "heard", "upheld", "dismissed", "withdrawn"

# fmt: off
TRANSITIONS = {
    # state   event            next state
    (OPEN,    "answer"):       HEARD,      # our side is told, with what it rests on
    (OPEN,    "uphold"):       UPHELD,     # conceded without a word against it
    (OPEN,    "withdraw"):     WITHDRAWN,
    (HEARD,   "uphold"):       UPHELD,
    (HEARD,   "dismiss"):      DISMISSED,  # never before both sides were heard
    (HEARD,   "withdraw"):     WITHDRAWN,
}

RIGHTS = {
    "answer":    {"agent"},
    "uphold":    {"supervisor", SYSTEM},
    "dismiss":   {"supervisor", SYSTEM},
    "withdraw":  {"agent", CUSTOMER, SYSTEM},
}

PROMISES = {
    # our side is told soon, and the decision follows; both are only marked when missed
    "dispute_answer": Promise(opens={CREATE}, met={"answer", "uphold"}, dropped={"dismiss", "withdraw"}),
    "dispute_decide": Promise(opens={CREATE}, met={"uphold", "dismiss"}, dropped={"withdraw"}),
}
# fmt: on

STAMPS = {
    "answer": "answered_at",
    "uphold": "decided_at",
    "dismiss": "decided_at",
    "withdraw": "decided_at",
}

# Nobody decides about a refusal of their own, nor about goods of their own.
FOUR_EYES = ("uphold", "dismiss")

FLOW = Flow(
    name="dispute",
    initial=OPEN,
    transitions=TRANSITIONS,
    rights=RIGHTS,
    four_eyes=FOUR_EYES,
    promises=PROMISES,
    stamps=STAMPS,
)

#: events of the return that end its dispute → the event that does
FOLLOWS = {"uphold": "uphold", "dismiss": "dismiss", "cancel": "withdraw"}
