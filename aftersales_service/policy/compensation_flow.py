"""The life of a compensation: drafted, proposed, approved by another person, granted in the books.

A small one is decided in the department (COMP-01), a large one by the general manager once the customer has
agreed (COMP-04); who decides is judged in compensation_route.py. Nobody approves what they have proposed.
"""

from .lifecycle import SYSTEM, Flow

DRAFT, PROPOSED, APPROVED, GRANTED, REFUSED = "draft", "proposed", "approved", "granted", "refused"

# fmt: off
TRANSITIONS = {
    # state      event        next state
    (DRAFT,     "propose"):   PROPOSED,
    (DRAFT,     "refuse"):    REFUSED,
    (PROPOSED,  "approve"):   APPROVED,
    (PROPOSED,  "revise"):    DRAFT,
    (PROPOSED,  "refuse"):    REFUSED,
    (APPROVED,  "grant"):     GRANTED,
    (APPROVED,  "revise"):    DRAFT,      # something was overlooked: decided anew
    (GRANTED,   "revoke"):    APPROVED,   # its credit note was cancelled in Accounting
    (REFUSED,   "revise"):    DRAFT,      # the customer has objected with reasons
}

RIGHTS = {
    "propose": {"agent"},
    "approve": {"supervisor", "general_manager"},
    "refuse":  {"supervisor", "general_manager"},
    "revise":  {"agent"},
    "grant":   {"supervisor", "accountant"},
    "revoke":  {SYSTEM},
}
# fmt: on

PROMISES = {}
STAMPS = {"propose": "proposed_at", "approve": "approved_at", "grant": "granted_at"}
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
