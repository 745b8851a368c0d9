"""Whether goods may come back, and by which right.

Four ways lead to a yes; the first that holds is the outcome:

``refund_only``   nothing was shipped, or the parcel has not been signed for (RF-1, RF-2): no goods to return
``with_reason``   quality, or another fault of the seller, within the window (RMA-34, -38), or after it when
                  the seller made the window useless (RMA-29)
``no_reason``     the unconditional right: in the window, not used up (RMA-17), nothing excluded, goods unused
``warranty``      too late for a return, but the warranty card covers a repair or an exchange

Otherwise ``not_eligible``. Every rule that was looked at is a clause, with the fact it used, also where it
spoke for the customer; a clause that stands against him says by itself what would change the answer.

Exclusions on product or reason beat the unconditional right (CON-30), not a claim for a fault: a fault shows
in use, so washed, used or opened goods and special offers may come back for quality. Altered goods (RMA-12)
and a gift alone (RMA-14) never do. What the customer says of the condition counts until the warehouse has
looked; ``None`` means nobody has said anything yet.
"""

from dataclasses import dataclass
from datetime import datetime

from ...aftersales_service.policy.verdict import Clause, Verdict
from .return_window import SIGNED, Window, window

VERSION = "1"

REFUND_ONLY, WITH_REASON, NO_REASON = "refund_only", "with_reason", "no_reason"
WARRANTY, NOT_ELIGIBLE = "warranty", "not_eligible"
OUTCOMES = (REFUND_ONLY, WITH_REASON, NO_REASON, WARRANTY, NOT_ELIGIBLE)

#: kinds of reason that are not the customer's choice; what the carrier broke is no fault of his either
FAULT_REASONS = ("quality", "seller", "carrier")


@dataclass(frozen=True)
class Line:
    """One line of the request.

    ``number``            position in the request, from 1
    ``returnable``        delivered − returned − under way, at least 1 of it is asked for
    ``intimate``          socks, underwear and the like (RMA-09); ``tried_on`` as the customer says
    ``no_return_mark``    special price or marked "no return" on product or order line (RMA-15)
    ``gift``              given free with something; ``gift_alone`` when that something stays (RMA-14)
    ``bundle_partial``    part of a bundle whose other parts stay (RMA-10)
    ``unconditional_used``  times the unconditional right was used on this order line (CON-42)
    """

    number: int
    returnable: bool
    intimate: bool = False
    no_return_mark: bool = False
    gift: bool = False
    gift_alone: bool = False
    bundle_partial: bool = False
    unconditional_used: int = 0


@dataclass(frozen=True)
class Facts:
    """What is known when the customer asks.

    ``reason_kind``  quality, seller (not as described, late, missing …), choice (no reason, mis-purchase),
                     carrier, or None where no reason was given
    ``reason_excluded``  the reason is one for which goods do not come back without a fault (CON-30)
    ``signed_word``  whose word the day of signing is: carrier, staff, customer. The carrier's is a fact, the
                     others' are bounded by ``arrival_by``
    ``arrival_by``   when the parcel has arrived at the latest, by its dispatch
    """

    requested_at: datetime
    reason_kind: str | None
    lines: tuple[Line, ...]
    base: str = "confirmed"
    window_hours: int = 168
    unconditional_limit: int = 1
    shipped_at: datetime | None = None
    signed_at: datetime | None = None
    confirmed_at: datetime | None = None
    refund_only: bool = False
    parcel_unsigned: bool = False
    right_blocked: bool = False
    under_warranty: bool = False
    pictures_required: bool = True
    has_pictures: bool = False
    tried_on: bool | None = None
    unused: bool | None = None
    altered: bool | None = None
    packaging_intact: bool | None = None
    accessories_complete: bool | None = None
    reason_excluded: bool = False
    signed_word: str | None = None
    arrival_by: datetime | None = None


def judge(facts: Facts, rules: tuple = ()) -> Verdict:
    """The right under which the goods may come back."""
    clauses = [
        _reason(facts),
        _lines_returnable(facts),
        _window(facts),
        *_absolute(facts),
        *_conditions(facts),
    ]
    outcome, decided_by = _outcome(facts, {clause.code: clause for clause in clauses})
    span = _span(facts)
    return Verdict(
        outcome,
        (*clauses, decided_by),
        {
            "eligible": outcome != NOT_ELIGIBLE,
            "opens_at": span.opens_at and span.opens_at.isoformat(),
            "closes_at": span.closes_at and span.closes_at.isoformat(),
            "base": span.base,
            "against": [clause.code for clause in clauses if clause.matched],
        },
    )


def _outcome(facts: Facts, found: dict[str, Clause]) -> tuple[str, Clause]:
    """The first way that holds, with the clause that says so. A matched clause speaks against."""

    def against(*codes):
        return any(found[code].matched for code in codes)

    nothing_shipped = facts.refund_only and (not facts.shipped_at or facts.parcel_unsigned)
    in_window = not found["eligibility_window"].matched
    if against("eligibility_reason", "eligibility_quantity"):
        return NOT_ELIGIBLE, Clause("eligibility_by_none")
    if nothing_shipped:
        return REFUND_ONLY, Clause("eligibility_by_refund_only")
    if against("eligibility_altered", "eligibility_gift_alone"):
        return NOT_ELIGIBLE, Clause("eligibility_by_none")
    if facts.reason_kind in FAULT_REASONS and in_window and not against("eligibility_bundle"):
        return WITH_REASON, Clause("eligibility_by_fault")
    if facts.right_blocked and not against("eligibility_bundle"):
        return WITH_REASON, Clause("eligibility_by_blocked_right")
    if in_window and facts.shipped_at and not against(*UNCONDITIONAL_ONLY):
        return NO_REASON, Clause("eligibility_by_right", params={"limit": facts.unconditional_limit})
    if facts.under_warranty and facts.reason_kind == "quality":
        return WARRANTY, Clause("eligibility_by_warranty")
    return NOT_ELIGIBLE, Clause("eligibility_by_none")


#: clauses that stand against the unconditional right alone (CON-30)
UNCONDITIONAL_ONLY = (
    "eligibility_reason_excluded",
    "eligibility_bundle",
    "eligibility_intimate",
    "eligibility_used",
    "eligibility_packaging",
    "eligibility_accessories",
    "eligibility_marked",
    "eligibility_count",
)


def _span(facts: Facts):
    rule = Window(facts.base, facts.window_hours)
    bound = facts.arrival_by
    if bound and facts.signed_at and facts.signed_word == "carrier":
        bound = max(bound, facts.signed_at)
    return window(rule, facts.shipped_at, facts.signed_at, facts.confirmed_at, bound)


def _reason(facts: Facts) -> Clause:
    """RMA-21: no return without a reason."""
    return Clause("eligibility_reason", facts.reason_kind is None)


def _lines_returnable(facts: Facts) -> Clause:
    missing = [line.number for line in facts.lines if not line.returnable]
    return Clause("eligibility_quantity", bool(missing) or not facts.lines, {"lines": _numbers(missing)})


def _window(facts: Facts) -> Clause:
    """RMA-01, -13, -16, -18. Speaks against when the request came too late."""
    span = _span(facts)
    late = facts.shipped_at is not None and not span.contains(facts.requested_at)
    closes = span.closes_at and span.closes_at.isoformat(sep=" ", timespec="minutes")
    base = span.base or "open"
    if base == SIGNED and facts.signed_word:
        base = f"{SIGNED}_{facts.signed_word}"
    return Clause("eligibility_window", late, {"base": base, "closes_at": closes or "-"})


def _absolute(facts: Facts) -> tuple[Clause, ...]:
    """What keeps goods from coming back whatever the reason."""
    alone = [line.number for line in facts.lines if line.gift_alone]
    return (
        Clause("eligibility_altered", facts.altered is True),  # RMA-12
        Clause("eligibility_gift_alone", bool(alone), {"lines": _numbers(alone)}),  # RMA-14
    )


def _conditions(facts: Facts) -> tuple[Clause, ...]:
    partial = [line.number for line in facts.lines if line.bundle_partial]
    intimate = [line.number for line in facts.lines if line.intimate and facts.tried_on is not False]
    marked = [line.number for line in facts.lines if line.no_return_mark]
    used_up = [ln.number for ln in facts.lines if ln.unconditional_used >= facts.unconditional_limit]
    quality_without_picture = (
        facts.reason_kind == "quality" and facts.pictures_required and not facts.has_pictures
    )
    return (
        Clause("eligibility_reason_excluded", facts.reason_excluded),  # CON-30
        Clause("eligibility_bundle", bool(partial), {"lines": _numbers(partial)}),  # RMA-10
        Clause("eligibility_intimate", bool(intimate), {"lines": _numbers(intimate)}),  # RMA-09
        Clause("eligibility_used", facts.unused is False),  # RMA-11, -20
        Clause("eligibility_packaging", facts.packaging_intact is False),  # RMA-20
        Clause("eligibility_accessories", facts.accessories_complete is False),  # RMA-20
        Clause("eligibility_marked", bool(marked), {"lines": _numbers(marked)}),  # RMA-15
        Clause("eligibility_count", bool(used_up), {"limit": facts.unconditional_limit}),  # RMA-17
        # RMA-26: asked for, not a reason to turn somebody down
        Clause("eligibility_pictures", quality_without_picture),
    )


def _numbers(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers)) or "-"
