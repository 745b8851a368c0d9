"""The life of a re-shipment: judged, approved where it is an exception, shipped, closed with a message.

What our own mistake or the carrier's weight proves is sent by the agent (COMP-09, -10, -12). An exception for
an old customer or a large purchase is approved by a second person (COMP-11).
"""

from ...aftersales_service.policy.lifecycle import SYSTEM, Flow

DRAFT, PROPOSED, APPROVED, SHIPPED = "draft", "proposed", "approved", "shipped"
DONE, REFUSED, CANCELLED = "done", "refused", "cancelled"

# fmt: off
TRANSITIONS = {
    # state      event       next state
    (DRAFT,     "accept"):   APPROVED,   # it is our mistake
    (DRAFT,     "propose"):  PROPOSED,   # an exception
    (DRAFT,     "refuse"):   REFUSED,
    (DRAFT,     "withdraw"): CANCELLED,
    (PROPOSED,  "approve"):  APPROVED,
    (PROPOSED,  "refuse"):   REFUSED,
    (PROPOSED,  "revise"):   DRAFT,
    (APPROVED,  "ship"):     SHIPPED,    # the delivery was validated in Inventory
    (APPROVED,  "withdraw"): CANCELLED,
    (APPROVED,  "leave_rest"): SHIPPED,  # a part has left, and no more will
    (SHIPPED,   "close"):    DONE,       # the customer has our summary
    (REFUSED,   "revise"):   DRAFT,      # the customer has shown something new
}

RIGHTS = {
    "accept":   {"agent"},
    "propose":  {"agent"},
    "approve":  {"supervisor"},
    "refuse":   {"agent"},
    "revise":   {"agent"},
    "withdraw": {"supervisor"},
    "leave_rest": {"supervisor"},
    "ship":     {SYSTEM},
    "close":    {"agent"},
}
# fmt: on

STAMPS = {
    "accept": "approved_at",
    "approve": "approved_at",
    "ship": "shipped_at",
    "leave_rest": "shipped_at",
    "close": "closed_at",
}

FLOW = Flow(
    name="reshipment",
    initial=DRAFT,
    transitions=TRANSITIONS,
    rights=RIGHTS,
    four_eyes=("approve",),
    promises={},
    stamps=STAMPS,
)
