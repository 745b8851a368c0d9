"""The life of a claim on a supplier: a purchased part was found defective, the supplier makes it good.

The supplier hears of it with the assessment sheet and has one month (SUPPLIER-02); what he has promised us
himself goes before that (SUPPLIER-05). He sends as many good parts as were claimed (SUPPLIER-03) or a credit.

>>> from datetime import date
>>> answer_by(date(2026, 1, 31))
datetime.date(2026, 2, 28)
>>> answer_by(date(2026, 1, 31), own_days=10)
datetime.date(2026, 2, 10)
"""

import calendar
from datetime import date, timedelta

from ...aftersales_service.policy.lifecycle import SYSTEM, Flow, Promise

DRAFT, NOTIFIED, REPLACING, REPLACED = "draft", "notified", "replacing", "replaced"
CREDITED, REFUSED, CANCELLED = "credited", "refused", "cancelled"

# fmt: off
TRANSITIONS = {
    # state      event        next state
    (DRAFT,      "notify"):   NOTIFIED,    # with the assessment sheet
    (DRAFT,      "withdraw"): CANCELLED,
    (NOTIFIED,   "replace"):  REPLACING,   # good parts are on their way
    (NOTIFIED,   "credit"):   CREDITED,
    (NOTIFIED,   "decline"):  REFUSED,     # the supplier does not answer for it
    (NOTIFIED,   "withdraw"): CANCELLED,
    (REPLACING,  "settle"):   REPLACED,    # all of them have come in
    (REPLACING,  "lapse"):    NOTIFIED,    # nothing is expected any more, and not all has come
    (REPLACING,  "credit"):   CREDITED,    # money for what did not come
    (REPLACING,  "decline"):  REFUSED,     # he does not send what he has announced
    (REPLACING,  "withdraw"): CANCELLED,
    (REFUSED,    "notify"):   NOTIFIED,    # claimed again, with better proof
}

RIGHTS = {
    "notify":   {"agent"},
    "replace":  {"agent", "inspector"},
    "settle":   {SYSTEM},
    "lapse":    {SYSTEM},
    "credit":   {"supervisor", "accountant"},
    "decline":  {"agent"},
    "withdraw": {"supervisor"},
}

PROMISES = {
    # SUPPLIER-02; marked as missed, and purchasing's task
    "supplier": Promise(opens={"notify"}, met={"settle", "credit"}, dropped={"decline", "withdraw"}),
}
# fmt: on

STAMPS = {
    "notify": "notified_at",
    "settle": "settled_at",
    "credit": "settled_at",
    "decline": "settled_at",
    "withdraw": "settled_at",
}

FLOW = Flow(
    name="supplier_claim",
    initial=DRAFT,
    transitions=TRANSITIONS,
    rights=RIGHTS,
    promises=PROMISES,
    stamps=STAMPS,
)

#: what the supplier was told, and in which states he has been told: nobody writes it any more
FACTS = ("assessment_id", "company_id", "quantity", "purchase_line_id", "partner_id")
TOLD = tuple(state for state in FLOW.states if state != DRAFT)
#: states in which nothing more is to be had for what did not come
IN_VAIN = (REFUSED, CANCELLED)


def answer_by(told: date, own_days: int = 0) -> date:
    """The day by which the supplier has to make it good: his own days, else one calendar month.

    A month ends on the same day of the next one, or on its last day.
    """
    if own_days > 0:
        return told + timedelta(days=own_days)
    year, month = divmod(told.year * 12 + told.month, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(told.day, last))
