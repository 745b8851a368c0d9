"""The life of a version of the return policy: written, in force, out of force.

A version in force is never edited: a change is a new version, and activating it retires the old one.
Customers whose return began under a version keep it.
"""

from ...aftersales_service.policy.lifecycle import SYSTEM, Flow

DRAFT, ACTIVE, RETIRED = "draft", "active", "retired"

# fmt: off
TRANSITIONS = {
    (DRAFT,   "activate"): ACTIVE,
    (ACTIVE,  "retire"):   RETIRED,
}
RIGHTS = {
    "activate": {"manager"},
    "retire":   {"manager", SYSTEM},
}
# fmt: on

FLOW = Flow(
    name="return_policy",
    initial=DRAFT,
    transitions=TRANSITIONS,
    rights=RIGHTS,
    stamps={"activate": "activated_at", "retire": "retired_at"},
)
