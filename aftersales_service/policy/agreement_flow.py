"""The life of one version of a service agreement (服务协议), and of its supplements (补充协议).

A version is drafted, offered to the customer, signed by both sides in whichever order, and in force from the
day on which the second one signs (WARR-30). What both have signed is never edited: a change of scope or of
response times is a version of its own, which both sign as well and which then takes the place of the one
before (SLA-24). The company may end its commitment in special circumstances, with the reason (WARR-29).
"""

from .lifecycle import CUSTOMER, SYSTEM, Flow

DRAFT, OFFERED, ACTIVE = "draft", "offered", "active"
SUPERSEDED, ENDED, TERMINATED = "superseded", "ended", "terminated"

#: states of versions that both sides have signed; each of them judges the tickets of its own time
SIGNED = (ACTIVE, SUPERSEDED, ENDED, TERMINATED)

# fmt: off
TRANSITIONS = {
    # state     event             next state
    (DRAFT,    "offer"):          OFFERED,
    (OFFERED,  "withdraw"):       DRAFT,       # signatures go: they were given to another text
    (OFFERED,  "sign"):           OFFERED,
    (OFFERED,  "sign_customer"):  OFFERED,
    (OFFERED,  "conclude"):       ACTIVE,      # by itself, with the second signature
    (ACTIVE,   "supersede"):      SUPERSEDED,  # by itself, when the supplement comes into force
    (ACTIVE,   "end"):            ENDED,       # by itself, after its last day
    (ACTIVE,   "terminate"):      TERMINATED,
}

RIGHTS = {
    "offer":         {"manager"},
    "withdraw":      {"manager"},
    "sign":          {"manager", "general_manager"},
    "sign_customer": {CUSTOMER, "manager"},    # a manager files what was signed on paper
    "conclude":      {SYSTEM},
    "supersede":     {SYSTEM},
    "end":           {SYSTEM},
    "terminate":     {"manager", "general_manager"},
}

STAMPS = {
    "offer":         "offered_at",
    "sign":          "company_signed_at",
    "sign_customer": "customer_signed_at",
    "conclude":      "concluded_at",
    "supersede":     "over_at",
    "end":           "over_at",
    "terminate":     "over_at",
}
# fmt: on

PROMISES = {}
FOUR_EYES = ()

FLOW = Flow(
    name="agreement",
    initial=DRAFT,
    transitions=TRANSITIONS,
    rights=RIGHTS,
    four_eyes=FOUR_EYES,
    promises=PROMISES,
    stamps=STAMPS,
)
