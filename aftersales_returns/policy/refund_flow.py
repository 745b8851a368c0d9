"""The life of a refund: customer service confirms, finance re-checks and approves, the books pay.

Four eyes (REFUND-28): whoever confirmed a refund does not approve it. A paid refund is not the end: a payment
taken back (``unpay``) or a credit note cancelled (``revoke``) brings the refund back to where it has to be
done again. Nobody but Accounting fires those.
"""

from ...aftersales_service.policy.lifecycle import SYSTEM, Flow, Promise

DRAFT, CONFIRMED, APPROVED = "draft", "confirmed", "approved"
PAID, FAILED, CANCELLED = "paid", "failed", "cancelled"

# fmt: off
TRANSITIONS = {
    # state      event       next state
    (DRAFT,     "confirm"): CONFIRMED,
    (DRAFT,     "cancel"):  CANCELLED,
    (CONFIRMED, "approve"): APPROVED,   # posts the credit note
    (CONFIRMED, "reject"):  DRAFT,      # back to customer service, with a reason
    (CONFIRMED, "cancel"):  CANCELLED,
    (APPROVED,  "pay"):     PAID,       # the credit note is settled
    (APPROVED,  "fail"):    FAILED,     # the bank or platform sent the money back
    (APPROVED,  "revoke"):  CONFIRMED,  # the credit note was cancelled or reset
    (FAILED,    "retry"):   APPROVED,
    (FAILED,    "pay"):     PAID,
    (FAILED,    "revoke"):  CONFIRMED,
    (PAID,      "arrive"):  PAID,       # the customer has it
    (PAID,      "unpay"):   APPROVED,   # the payment was undone
}
# fmt: on

RIGHTS = {
    "confirm": {"agent"},
    "cancel": {"supervisor", SYSTEM},
    "approve": {"accountant"},
    "reject": {"accountant"},
    "pay": {SYSTEM},
    "unpay": {SYSTEM},
    "revoke": {SYSTEM},
    "fail": {"accountant", SYSTEM},
    "retry": {"accountant"},
    "arrive": {"agent", "accountant", SYSTEM},
}

FOUR_EYES = {"approve"}

PROMISES = {
    # executed within a working day of the confirmation (REFUND-26)
    "finance": Promise(
        opens={"confirm", "unpay", "revoke"}, met={"pay"}, dropped={"reject", "cancel", "revoke"}
    ),
    # working days of the channel, counted from the execution (REFUND-18)
    "arrival": Promise(opens={"pay"}, met={"arrive"}, dropped={"unpay"}),
}

STAMPS = {"arrive": "arrived_at"}

FLOW = Flow("refund", DRAFT, TRANSITIONS, RIGHTS, FOUR_EYES, PROMISES, STAMPS)
