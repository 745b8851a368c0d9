"""The life of a market support application (市场支持申请单), DISP-11 and DISP-12.

Whoever deals with the customer fills it in, the general manager signs it, never the one who has asked, and
then it goes to after-sales, which takes it over with a service ticket. Refused or taken back it can be
changed and submitted again.
"""

from .lifecycle import Flow

DRAFT, SUBMITTED, APPROVED, TAKEN_OVER = "draft", "submitted", "approved", "taken_over"
REFUSED, CANCELLED = "refused", "cancelled"

# fmt: off
TRANSITIONS = {
    # state       event         next state
    (DRAFT,      "submit"):     SUBMITTED,
    (DRAFT,      "drop"):       CANCELLED,
    (SUBMITTED,  "approve"):    APPROVED,
    (SUBMITTED,  "refuse"):     REFUSED,
    (SUBMITTED,  "revise"):     DRAFT,
    (SUBMITTED,  "drop"):       CANCELLED,
    (REFUSED,    "revise"):     DRAFT,
    (REFUSED,    "drop"):       CANCELLED,
    (APPROVED,   "take_over"):  TAKEN_OVER,
    (APPROVED,   "drop"):       CANCELLED,   # the customer does not want it any more
}

RIGHTS = {
    "submit":    {"agent", "salesperson"},
    "approve":   {"general_manager"},
    "refuse":    {"general_manager"},
    "revise":    {"agent", "salesperson"},
    "take_over": {"agent"},
    "drop":      {"agent", "salesperson"},
}
# fmt: on

PROMISES = {}
STAMPS = {"submit": "submitted_at", "approve": "approved_at", "take_over": "taken_over_at"}
FOUR_EYES = ("approve",)

FLOW = Flow(
    name="support_application",
    initial=DRAFT,
    transitions=TRANSITIONS,
    rights=RIGHTS,
    four_eyes=FOUR_EYES,
    promises=PROMISES,
    stamps=STAMPS,
)
