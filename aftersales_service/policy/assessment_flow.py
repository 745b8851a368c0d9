"""The life of a quality assessment: who gives an opinion on a returned piece, and what follows from it.

Customer service looks first and grades (QUAL-05); the item stays in quarantine with its label (QUAL-06, -07)
and the sheet goes to the quality responsible (QUAL-08), who alone signs (QUAL-09). Out of the warehouse it
goes by a handover only (QUAL-12). An own fault is exchanged against the signed sheet and the defective item
(QUAL-14).

>>> outcome_of(OWN_QUALITY, "purchased")
Outcome(exchange=True, material_scrap=True, informed=('purchasing', 'marketing'))
>>> outcome_of("customer", "own_made").exchange
False
"""

from dataclasses import dataclass

from .lifecycle import CREATE, Flow, Promise

DRAFT, SUBMITTED, OUT, SIGNED = "draft", "submitted", "out", "signed"
EXCHANGED, CLOSED, CANCELLED = "exchanged", "closed", "cancelled"

# fmt: off
TRANSITIONS = {
    # state      event          next state
    (DRAFT,      "submit"):     SUBMITTED,   # graded, labelled, handed to the quality responsible
    (DRAFT,      "withdraw"):   CANCELLED,
    (SUBMITTED,  "take_out"):   OUT,         # QUAL-12, INSPECT-05: with a handover
    (SUBMITTED,  "sign"):       SIGNED,      # QUAL-09
    (SUBMITTED,  "withdraw"):   CANCELLED,
    (OUT,        "bring_back"): SUBMITTED,
    (SIGNED,     "exchange"):   EXCHANGED,   # QUAL-14, SPARE-06: sheet and defective item
    (SIGNED,     "close"):      CLOSED,
}

RIGHTS = {
    "submit":     {"agent", "engineer", "inspector"},
    "take_out":   {"agent", "inspector"},
    "bring_back": {"agent", "inspector"},
    "sign":       {"agent", "engineer", "inspector"},  # of these, the quality responsible
    "exchange":   {"agent", "inspector"},
    "close":      {"agent"},
    "withdraw":   {"agent"},
}

PROMISES = {
    # QUAL-01: the customer hears a first opinion promptly
    "first_opinion": Promise(opens={CREATE}, met={"submit"}, dropped={"withdraw"}),
    # QUAL-03: quality management answers as soon as possible
    "assess": Promise(opens={"submit"}, met={"sign"}, dropped={"withdraw"}),
}
# fmt: on

STAMPS = {
    "submit": "submitted_at",
    "sign": "signed_at",
    "exchange": "exchanged_at",
    "close": "closed_at",
    "withdraw": "closed_at",
}

# Nobody signs an opinion on a case of their own.
FOUR_EYES = ("sign",)

FLOW = Flow(
    name="assessment",
    initial=DRAFT,
    transitions=TRANSITIONS,
    rights=RIGHTS,
    four_eyes=FOUR_EYES,
    promises=PROMISES,
    stamps=STAMPS,
)

#: the one liability that gives a good part for a bad one
OWN_QUALITY = "own_quality"
#: where the part comes from → who hears the result, after marketing's own staff (QUAL-10, -11)
INFORMED = {"own_made": ("production", "marketing"), "purchased": ("purchasing", "marketing")}


@dataclass(frozen=True)
class Outcome:
    """What follows from a signed opinion."""

    exchange: bool  # a good part is given for it
    material_scrap: bool  # 料废: the supplier answers for it (SUPPLIER-01)
    informed: tuple[str, ...]  # departments, in the order in which they act


def outcome_of(liability: str, origin: str) -> Outcome:
    """What follows from whose fault it is and where the part comes from."""
    own_quality = liability == OWN_QUALITY
    return Outcome(own_quality, own_quality and origin == "purchased", INFORMED[origin])
