"""The life of a solution plan: made, approved, told to the customer, carried out and tested.

Nothing is carried out before it is approved (SOLN-04), nobody approves a plan of their own (SOLN-03), the
customer hears of it before the work (SOLN-05), and it is done when a test has shown that it helped (DIAG-05).
"""

from .lifecycle import SYSTEM, Flow

DRAFT, SUBMITTED, APPROVED, REFUSED = "draft", "submitted", "approved", "refused"
TOLD, DONE, CANCELLED = "told", "done", "cancelled"

# fmt: off
TRANSITIONS = {
    # state      event             next state
    (DRAFT,     "submit_plan"):    SUBMITTED,
    (DRAFT,     "drop"):           CANCELLED,
    (SUBMITTED, "approve_plan"):   APPROVED,
    (SUBMITTED, "refuse_plan"):    REFUSED,
    (SUBMITTED, "revise"):         DRAFT,      # taken back before it was decided
    (SUBMITTED, "drop"):           CANCELLED,
    (REFUSED,   "revise"):         DRAFT,      # SOLN-04: adjusted by the result of the approval
    (REFUSED,   "drop"):           CANCELLED,
    (APPROVED,  "tell"):           TOLD,
    (APPROVED,  "revise"):         DRAFT,      # changed: to be approved again
    (APPROVED,  "drop"):           CANCELLED,
    (TOLD,      "complete"):       DONE,
    (TOLD,      "revise"):         DRAFT,      # the customer wants something else
    (TOLD,      "drop"):           CANCELLED,
}

RIGHTS = {
    "submit_plan":  {"agent", "engineer"},
    "approve_plan": {"supervisor", "general_manager"},
    "refuse_plan":  {"supervisor", "general_manager"},
    "revise":       {"agent", "engineer"},
    "tell":         {"agent", "engineer"},
    "complete":     {"agent", "engineer"},
    "drop":         {"agent", "engineer", SYSTEM},
}
# fmt: on

PROMISES = {}
STAMPS = {
    "submit_plan": "submitted_at",
    "approve_plan": "approved_at",
    "tell": "told_at",
    "complete": "done_at",
}
FOUR_EYES = ("approve_plan",)

FLOW = Flow(
    name="solution_plan",
    initial=DRAFT,
    transitions=TRANSITIONS,
    rights=RIGHTS,
    four_eyes=FOUR_EYES,
    promises=PROMISES,
    stamps=STAMPS,
)
