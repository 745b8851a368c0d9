"""The life of a compensation: drafted, proposed, approved by another person, granted in the books.

A claim because of quality or production is negotiated by marketing before it is proposed (QUAL-15,
claim_negotiation.py). A small one is decided in the department (COMP-01), a large one by the general manager
once the customer has agreed (COMP-04); who decides is judged in compensation_route.py. Nobody approves what
they have proposed.
"""

from .lifecycle import SYSTEM, Flow

DRAFT, NEGOTIATING = "draft", "negotiating"
PROPOSED, APPROVED, GRANTED, REFUSED = "proposed", "approved", "granted", "refused"

# fmt: off
TRANSITIONS = {
    # state      event        next state
    (DRAFT,     "propose"):   PROPOSED,
    (DRAFT,     "negotiate"): NEGOTIATING,   # QUAL-15: marketing, with the customer
    (DRAFT,     "refuse"):    REFUSED,
    (NEGOTIATING, "propose"): PROPOSED,     # what was agreed
    (NEGOTIATING, "revise"):  DRAFT,
    (NEGOTIATING, "refuse"):  REFUSED,      # they did not come to terms
    (PROPOSED,  "approve"):   APPROVED,
    (PROPOSED,  "revise"):    DRAFT,
    (PROPOSED,  "refuse"):    REFUSED,
    (APPROVED,  "grant"):     GRANTED,
    (APPROVED,  "revise"):    DRAFT,      # something was overlooked: decided anew
    (GRANTED,   "revoke"):    APPROVED,   # its credit note was cancelled in Accounting
    (REFUSED,   "revise"):    DRAFT,      # the customer has objected with reasons
}

RIGHTS = {
    "negotiate": {"agent"},
    "propose": {"agent"},  # of a claim with marketing, only whoever negotiates
    "approve": {"supervisor", "general_manager"},
    "refuse":  {"supervisor", "general_manager"},
    "revise":  {"agent"},
    "grant":   {"supervisor", "accountant"},
    "revoke":  {SYSTEM},
}
# fmt: on

PROMISES = {}
STAMPS = {
    "negotiate": "negotiated_at",
    "propose": "proposed_at",
    "approve": "approved_at",
    "grant": "granted_at",
}
FOUR_EYES = ("approve",)

FLOW = Flow(
    name="compensation",
    initial=DRAFT,
    transitions=TRANSITIONS,
    rights=RIGHTS,
    four_eyes=FOUR_EYES,
    promises=PROMISES,
    stamps=STAMPS,
)
