"""The life of a return authorization (RMA), from the customer's request to goods and money that lie right.

Requirements 4.1 (return), 4.2 (refund without return) and 4.3 (exchange) in one table. Six things are
decided here that the sources leave open:

* Silence of the seller approves a return (RMA-02) and accepts a parcel (RMA-08), but only as far as a person
  comes next: ``accept_by_silence`` leads to the review of the refund, and nothing is paid there before
  customer service has confirmed and finance has approved (AMB-09). A parcel that never came moves no goods.
* Silence approves, and nothing else has to succeed for that: the transfer that awaits the goods is made right
  afterwards (``prepare_receipt``). A person who approves gets it at once.
* A refund without goods passes through ``approved`` like every other and leaves it at once by
  ``waive_goods``; goods never shipped, a missing or wrong return address (RMA-30) and a second unjustified
  refusal of the parcel (CON-10) take that way.
* A parcel that the seller refuses leaves the return where it was, waiting for the customer (RMA-33).
* A return that runs out of time is closed for good (RS-9); a person who wants it anyway makes a new one.
* Goods that come in after the decision (``receive_more``) change nothing that was decided: they get a
  supplement, a return of its own that begins in quarantine (``LATE_GOODS``). Its goods are inspected and
  disposed of like all others; what was given for them before is not given again, and ``conclude`` ends it.
"""

from ...aftersales_service.policy.lifecycle import CUSTOMER, SYSTEM, Flow, Promise

DRAFT, REQUESTED, REFUSED, DISPUTED = "draft", "requested", "refused", "disputed"
APPROVED, IN_TRANSIT, RECEIVED, INSPECTED = "approved", "in_transit", "received", "inspected"
TO_REFUND, TO_SHIP, DONE = "to_refund", "to_ship", "done"
REJECTED, CLOSED, CANCELLED = "rejected", "closed", "cancelled"

# fmt: off
TRANSITIONS = {
    # state        event                    next state
    (DRAFT,        "submit"):               REQUESTED,   # RS-0, RF-1, EX-1
    (DRAFT,        "cancel"):               CANCELLED,
    (DRAFT,        "supplement"):           RECEIVED,    # goods that came after their return was decided

    (REQUESTED,    "approve"):              APPROVED,    # RS-1; by silence after 3 days
    (REQUESTED,    "refuse"):               REFUSED,     # RS-1, RF-3
    (REQUESTED,    "cancel"):               CANCELLED,

    (REFUSED,      "resubmit"):             REQUESTED,   # RS-2, within 5 days
    (REFUSED,      "dispute"):              DISPUTED,    # RS-2a, rights protection
    (REFUSED,      "close"):                CLOSED,      # RS-9
    (REFUSED,      "cancel"):               CANCELLED,

    (DISPUTED,     "uphold"):               APPROVED,    # the customer is right: the return goes on
    (DISPUTED,     "dismiss"):              CLOSED,
    (DISPUTED,     "cancel"):               CANCELLED,
    (DISPUTED,     "receive_more"):         DISPUTED,    # said to be lost, and here

    (APPROVED,     "prepare_receipt"):      APPROVED,    # its transfer, after an approval by silence
    (APPROVED,     "ship_ahead"):           APPROVED,    # advance exchange: the replacement has left
    (APPROVED,     "charge_kept"):          CLOSED,      # and nothing came back for it
    (APPROVED,     "register_shipment"):    IN_TRANSIT,  # RS-3, waybill number within 5 days
    (APPROVED,     "receive"):              RECEIVED,    # goods came without a word
    (APPROVED,     "miss_address"):         APPROVED,    # RMA-30: no return address, or a wrong one
    (APPROVED,     "give_address"):         APPROVED,
    (APPROVED,     "waive_goods"):          TO_REFUND,   # RF-1, RMA-30, CON-10
    (APPROVED,     "close"):                CLOSED,      # RS-9
    (APPROVED,     "cancel"):               CANCELLED,

    (IN_TRANSIT,   "prepare_receipt"):      IN_TRANSIT,  # the parcel was faster than the clock
    (IN_TRANSIT,   "receive"):              RECEIVED,    # RS-4
    (IN_TRANSIT,   "refuse_parcel"):        APPROVED,    # RMA-33: the customer may send again
    (IN_TRANSIT,   "report_missing"):       DISPUTED,    # AMB-54: "not received", answered in time
    (IN_TRANSIT,   "accept_by_silence"):    TO_REFUND,   # RMA-08, after 10 days
    (IN_TRANSIT,   "receive_more"):         IN_TRANSIT,

    (RECEIVED,     "complete_inspection"):  INSPECTED,   # RS-5
    (RECEIVED,     "receive_more"):         RECEIVED,

    (INSPECTED,    "pass_to_refund"):       TO_REFUND,   # RS-6, EXCH-04
    (INSPECTED,    "pass_to_shipment"):     TO_SHIP,     # EX-6, repaired goods
    (INSPECTED,    "reject"):               REJECTED,    # INSPECT-02
    (INSPECTED,    "conclude"):             DONE,        # a supplement: all was given before
    (INSPECTED,    "receive_more"):         INSPECTED,

    (TO_REFUND,    "confirm_refund"):       TO_REFUND,   # customer service, RS-6
    (TO_REFUND,    "approve_refund"):       TO_REFUND,   # finance, RS-6f
    (TO_REFUND,    "settle"):               DONE,        # the money has left, RS-7
    (TO_REFUND,    "receive_more"):         TO_REFUND,

    (REJECTED,     "return_goods"):         TO_SHIP,     # RS-8
    (REJECTED,     "receive_more"):         REJECTED,
    (TO_SHIP,      "ship"):                 DONE,        # EX-7, RS-8
    (TO_SHIP,      "pass_to_refund"):       TO_REFUND,   # nothing left to exchange for
    (TO_SHIP,      "confirm_refund"):       TO_SHIP,     # of freight alone, F-25
    (TO_SHIP,      "approve_refund"):       TO_SHIP,
    (TO_SHIP,      "receive_more"):         TO_SHIP,

    (DONE,         "unsettle"):             TO_REFUND,   # payment undone, credit note cancelled
    (DONE,         "confirm_refund"):       DONE,        # of freight alone, F-25
    (DONE,         "approve_refund"):       DONE,
    (DONE,         "receive_more"):         DONE,
    (CLOSED,       "receive_more"):         CLOSED,
    (CANCELLED,    "receive_more"):         CANCELLED,
}

RIGHTS = {
    # event                 who
    "submit":               {"agent", CUSTOMER},
    "approve":              {"agent", SYSTEM},
    "refuse":               {"agent"},
    "resubmit":             {"agent", CUSTOMER},
    "dispute":              {"agent", CUSTOMER},
    "uphold":               {"supervisor"},
    "dismiss":              {"supervisor"},
    "prepare_receipt":      {SYSTEM},
    "ship_ahead":           {SYSTEM},
    "charge_kept":          {"supervisor", SYSTEM},
    "miss_address":         {"agent", CUSTOMER},
    "give_address":         {"agent"},
    "register_shipment":    {"agent", CUSTOMER, SYSTEM},
    "receive":              {"inspector", SYSTEM},
    "receive_more":         {SYSTEM},
    "supplement":           {SYSTEM},
    "conclude":             {"agent", SYSTEM},
    "refuse_parcel":        {"inspector", "agent"},
    "report_missing":       {"inspector", "agent"},
    "accept_by_silence":    {SYSTEM},
    "complete_inspection":  {"inspector"},
    "pass_to_refund":       {"agent", SYSTEM},
    "pass_to_shipment":     {"agent"},
    "reject":               {"agent"},
    "return_goods":         {"agent"},
    "ship":                 {"inspector", "agent", SYSTEM},
    "waive_goods":          {"supervisor", SYSTEM},
    "confirm_refund":       {"agent"},
    "approve_refund":       {"accountant"},
    "settle":               {SYSTEM},
    "unsettle":             {SYSTEM},
    "close":                {"supervisor", SYSTEM},
    "cancel":               {"agent", CUSTOMER},
}

# Nobody decides on goods or money of their own, nor a dispute about a refusal of their own.
FOUR_EYES = ("approve", "uphold", "dismiss", "waive_goods", "confirm_refund", "approve_refund")

PROMISES = {
    # RMA-02: the seller answers in 3 days, silence approves. A refund without goods is answered in 24 h
    # (REFUND-01) by a person; silence is only marked there, so it has a promise of its own.
    "decide": Promise(opens={"submit", "resubmit"}, met={"approve", "refuse"}, dropped={"cancel"},
                      expires="approve"),
    "decide_refund": Promise(opens={"submit", "resubmit"}, met={"approve", "refuse"}, dropped={"cancel"}),
    # Silence has approved: that stands at once, whatever becomes of the transfer, and no other customer's
    # decision waits for it. Due at once, so the clock makes it when all that was due before is decided.
    "prepare": Promise(opens={"approve"}, met={"prepare_receipt"},
                       dropped={"receive", "waive_goods", "accept_by_silence", "report_missing", "cancel",
                                "close", "charge_kept"},
                       expires="prepare_receipt", own_work=True),
    # RMA-03, -04, REFUND-07, -08
    "resubmit": Promise(opens={"refuse"}, met={"resubmit"}, dropped={"dispute", "cancel", "close"},
                        expires="close"),
    # RMA-06, -07
    "send_back": Promise(opens={"approve", "uphold", "refuse_parcel"}, met={"register_shipment", "receive"},
                         dropped={"waive_goods", "cancel", "close", "charge_kept", "ship_ahead"},
                          expires="close",
                         pauses={"miss_address"}, resumes={"give_address"}),
    # RMA-19, CON-07: a limit of its own for the goods themselves, counted from the approval. A number is no
    # parcel: what is not here by then, somebody asks the carrier about; without a number it is closed
    "goods_back": Promise(opens={"approve", "uphold", "refuse_parcel"}, met={"receive"},
                          dropped={"waive_goods", "cancel", "close", "charge_kept", "ship_ahead",
                                   "report_missing", "accept_by_silence"},
                          pauses={"miss_address"}, resumes={"give_address"}),
    # advance exchange: the customer has two for one until his own is on its way
    "custody": Promise(opens={"ship_ahead", "refuse_parcel"}, met={"register_shipment", "receive"},
                       dropped={"waive_goods", "cancel", "close"}, expires="charge_kept",
                       pauses={"miss_address"}, resumes={"give_address"}),
    # RMA-30: without an address the customer's time stands still, and the seller's runs
    "return_address": Promise(opens={"miss_address"}, met={"give_address"},
                              dropped={"register_shipment", "receive", "cancel", "close",
                                       "charge_kept"},
                              expires="waive_goods"),
    # RMA-08
    "receive": Promise(opens={"register_shipment"}, met={"receive", "refuse_parcel", "report_missing"},
                       dropped={"accept_by_silence"}, expires="accept_by_silence"),
    # INSPECT-01
    "inspect": Promise(opens={"receive", "supplement"}, met={"complete_inspection"}),
    # REFUND-01, -04, -25; REFUND-03: of a refused parcel from its receipt on, of other goods when they are
    # inspected (CON-08)
    "review": Promise(opens={"receive", "pass_to_refund", "waive_goods", "accept_by_silence"},
                      met={"confirm_refund"}, dropped={"reject", "pass_to_shipment", "settle", "conclude"}),
}
# fmt: on

STAMPS = {
    "submit": "requested_at",
    "approve": "approved_at",
    "uphold": "approved_at",
    "refuse": "refused_at",
    "register_shipment": "shipped_at",
    "receive": "received_at",
    "supplement": "received_at",
    "complete_inspection": "inspected_at",
    "confirm_refund": "refund_confirmed_at",
    "settle": "done_at",
    "conclude": "done_at",
    "ship": "done_at",
    "close": "closed_at",
    "charge_kept": "closed_at",
    "cancel": "closed_at",
    "dismiss": "closed_at",
}

FLOW = Flow(
    name="rma",
    initial=DRAFT,
    transitions=TRANSITIONS,
    rights=RIGHTS,
    four_eyes=FOUR_EYES,
    promises=PROMISES,
    stamps=STAMPS,
)

#: an RMA in one of these holds on to the goods it names: they cannot be promised to another one
HOLDING = (REQUESTED, DISPUTED, APPROVED, IN_TRANSIT, RECEIVED, INSPECTED, TO_REFUND, TO_SHIP, REJECTED, DONE)

#: the goods are on their way here, or will be
EXPECTING = (APPROVED, IN_TRANSIT)

# what becomes of goods that come in by ``receive_more``
JOIN, SUPPLEMENT, HOLD, SEND_BACK = "join", "supplement", "hold", "send_back"
#: state in which they come → what becomes of them
LATE_GOODS = {
    IN_TRANSIT: JOIN,
    RECEIVED: JOIN,  # inspected with the rest
    INSPECTED: SUPPLEMENT,
    TO_REFUND: SUPPLEMENT,
    REJECTED: SUPPLEMENT,
    TO_SHIP: SUPPLEMENT,
    DONE: SUPPLEMENT,
    DISPUTED: HOLD,  # whoever decides the dispute decides about them
    CLOSED: SEND_BACK,
    CANCELLED: SEND_BACK,
}

#: states in which the request itself may be changed
OPEN_TO_CHANGE = (DRAFT, REFUSED)

#: what may be wanted that ends in money for the customer
MONEY = ("refund_only", "return_refund")
#: the way of most returns, as long as somebody has to act on them
USUAL = (REQUESTED, APPROVED, IN_TRANSIT, RECEIVED, INSPECTED, TO_REFUND, TO_SHIP)
#: what a person may no longer write, and from which state on; the buttons and the system still do
CLOSED_FIELDS = {
    # the request itself
    ("partner_id", "sale_order_id", "resolution"): tuple(
        state for state in FLOW.states if state not in OPEN_TO_CHANGE
    ),
    # the grounds of the decision, and where the expected goods go
    ("reason_id", "warehouse_id"): (
        APPROVED, IN_TRANSIT, RECEIVED, INSPECTED, TO_REFUND, TO_SHIP, DONE, REJECTED, CLOSED, CANCELLED
    ),
    # facts of the delivery
    ("delivery_result", "signed_date", "confirmed_at", "fault_party", "right_blocked"): (
        TO_REFUND, DONE, CLOSED, CANCELLED
    ),
    # the parcel
    ("carrier_id", "carrier_name", "tracking_ref"): (
        RECEIVED, INSPECTED, TO_REFUND, TO_SHIP, DONE, REJECTED, CLOSED, CANCELLED
    ),
    # amounts that money follows
    ("outbound_freight", "return_freight", "reship_freight", "storage_fee", "same_mode_freight",
     "reimburse_as", "outbound_prepaid_by", "return_prepaid_by"): (DONE, CLOSED, CANCELLED),
}  # fmt: skip


def closed_fields(state: str) -> frozenset[str]:
    """Names of the fields of a return that nobody writes in ``state``.

    >>> "resolution" in closed_fields(REFUSED), "resolution" in closed_fields(REQUESTED)
    (False, True)
    """
    return frozenset(name for names, states in CLOSED_FIELDS.items() if state in states for name in names)
