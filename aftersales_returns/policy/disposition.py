"""What the warehouse found, whether it may be accepted, and where the goods go.

First the checklist. A return without a reason needs everything (RMA-20): unused, packaging, accessories, the
serial that was delivered, and a grade that says the goods can be sold again (RMA-16). A return for a fault
needs the serial, and the fault itself where the goods are said to have one (quality, transport); opened and
used is what a fault looks like. What was promised and not kept (late, not as described, wrong item, invoice)
shows on no goods, so that "no fault found" does not speak against it. What was not checked does not count
against the customer. A gift that is missing or used never turns goods down; a missing one is deducted at its
selling price (REFUND-32).

Goods that got lost in our hands before anybody judged them are nobody's finding against the customer: they
count as accepted, and the loss is ours. What was never announced was never asked for, and is turned down.

Then the table (``data/aftersales.disposition.rule.csv``): accepted or not × grade × resolution × gift ×
ownership × supplier's warranty, first row that fits.

Ownership: ``sold`` by us out of our own stock; ``consigned``, a supplier's when we sold it, so that it is his
again when the customer gives it back, and is never scrapped by a shipped row; ``foreign``, not sold by us.

Grades: ``a`` as new, original packaging unopened or intact; ``b`` opened, complete, no trace of use; ``c``
used, or something small is missing; ``d`` damaged or defective.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ...aftersales_service.policy.verdict import Clause, Verdict, first_match

VERSION = "2"

RESTOCK, REFURBISH, SCRAP = "restock", "refurbish", "scrap"
RETURN_TO_VENDOR, RETURN_TO_CUSTOMER = "return_to_vendor", "return_to_customer"
OUTCOMES = (RESTOCK, REFURBISH, SCRAP, RETURN_TO_VENDOR, RETURN_TO_CUSTOMER)
GRADES = ("a", "b", "c", "d")
SOLD, CONSIGNED, FOREIGN = "sold", "consigned", "foreign"
OWNERSHIPS = (SOLD, CONSIGNED, FOREIGN)

#: dispositions by which the goods become the seller's
TAKEN_OVER = (RESTOCK, REFURBISH, SCRAP, RETURN_TO_VENDOR)


@dataclass(frozen=True)
class Rule:
    """One row; empty cells fit anything."""

    code: str
    sequence: int
    accepted: str | None = None  # yes, no
    grade: str | None = None  # a, b, c, d
    resolution: str | None = None  # return_refund, exchange, repair
    gift: str | None = None  # yes, no
    vendor_warranty: str | None = None  # yes: the supplier takes it back
    ownership: str | None = None  # sold, consigned, foreign
    disposition: str | None = None


@dataclass(frozen=True)
class Facts:
    """Findings on one line. Checks are yes, no or None (not checked, does not apply).

    ``right``       the outcome of the eligibility verdict: no_reason asks for more than with_reason
    ``unexpected``  yes: was in the parcel without having been announced
    ``complete``    of a kit: whether all of its components came (RMA-10); None for other goods
    ``reason``      kind of the reason: quality, seller, carrier, choice
    ``ownership``   whose the goods were when they were sold
    ``lost``        yes: got lost in our hands; then there is no grade, and no check counts
    """

    grade: str | None
    right: str = "no_reason"
    resolution: str = "return_refund"
    gift: str = "no"
    vendor_warranty: str = "no"
    unused: str | None = None
    packaging: str | None = None
    accessories: str | None = None
    gift_included: str | None = None
    serial_matches: str | None = None
    fault_found: str | None = None
    unexpected: str = "no"
    complete: str | None = None
    reason: str | None = None
    ownership: str = SOLD
    lost: str = "no"


#: grades in which goods can be sold again as they are; the right without a reason asks for one (RMA-16)
SALABLE = ("a", "b")
#: kinds of reason that say the goods have a fault; None: of a verdict that did not know the reason yet
FAULT_SHOWS = ("quality", "carrier", None)

#: checks that turn goods down, by the right under which they came
DEMANDED = {
    "no_reason": ("unused", "packaging", "accessories", "serial_matches"),
    "with_reason": ("fault_found", "serial_matches"),
    "warranty": ("fault_found", "serial_matches"),
    "refund_only": ("serial_matches",),
}
CHECKS = ("unused", "packaging", "accessories", "gift_included", "serial_matches", "fault_found")


@dataclass(frozen=True)
class _Case:
    """Facts as the table sees them."""

    accepted: str
    grade: str
    resolution: str
    gift: str
    vendor_warranty: str
    ownership: str


def judge(facts: Facts, rules: Iterable[Rule]) -> Verdict:
    """Where the goods go; ``values["accepted"]`` says whether the customer's claim stands."""
    if facts.lost == "yes":
        return _judge_lost(facts)
    demanded = _demanded(facts)
    failed = [check for check in demanded if getattr(facts, check) == "no"]
    clauses = [_check_clause(facts, check, check in demanded) for check in CHECKS if getattr(facts, check)]
    if facts.complete:  # RMA-10: components make a kit together, or nothing
        clauses.append(_check_clause(facts, "complete", demanded=True))
        failed += ["complete"] if facts.complete == "no" else []
    if not _is_salable_enough(facts):
        clauses.append(Clause("inspect_grade", True, {"grade": facts.grade.upper()}))
        failed.append("grade")
    if facts.unexpected == "yes":
        clauses.append(Clause("inspect_unexpected", True))
        failed.append("unexpected")
    accepted = "no" if failed else "yes"
    case = _Case(accepted, facts.grade, facts.resolution, facts.gift, facts.vendor_warranty, facts.ownership)
    row = first_match(rules, case, _Case.__dataclass_fields__)
    if row is None:  # no table at all: the goods stay the customer's until somebody has rows
        return Verdict(RETURN_TO_CUSTOMER, (*clauses, Clause("disposition_no_row")), {"accepted": False})
    values = {"accepted": not failed, "failed": failed}
    return Verdict(row.disposition, (*clauses, Clause(row.code)), values)


def _judge_lost(facts: Facts) -> Verdict:
    """Booked out at our expense, whatever the table says: there is nothing left to put anywhere."""
    failed = ["unexpected"] if facts.unexpected == "yes" else []
    clauses = [Clause("inspect_unexpected", True)] if failed else []
    values = {"accepted": not failed, "failed": failed}
    return Verdict(SCRAP, (*clauses, Clause("inspect_lost", True)), values)


def _demanded(facts: Facts) -> tuple[str, ...]:
    """Checks that turn the goods down. A fault is looked for where one was claimed."""
    demanded = DEMANDED.get(facts.right, DEMANDED["no_reason"])
    if facts.reason in FAULT_SHOWS:
        return demanded
    return tuple(check for check in demanded if check != "fault_found")


def _is_salable_enough(facts: Facts) -> bool:
    """RMA-16: without a reason only goods come back that can be sold again; a used gift is another matter."""
    unconditional = DEMANDED.get(facts.right, DEMANDED["no_reason"]) is DEMANDED["no_reason"]
    return not unconditional or facts.gift == "yes" or facts.grade in SALABLE


def _check_clause(facts: Facts, check: str, demanded: bool) -> Clause:
    """A check that was made; matched when it turns the goods down."""
    found = getattr(facts, check)
    return Clause(f"inspect_{check}", demanded and found == "no", {"found": found})
