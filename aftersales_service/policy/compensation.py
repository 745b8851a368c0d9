"""What a broken promise of an agreement costs us (SLA-23): a share of the fee or an amount.

The terms that both sides have signed decide; an agreement without terms of its own falls back on the table.
The first term that fits target, priority and lateness decides, so long delays stand before short ones. No
document names amounts (AMB-36): the shipped rows are a proposal that becomes owed only where it was signed.
All compensation of one period stays within the cap, to the cent (a cap of 0 is none).

>>> term = Term("late_1h", None, "p0", 60, "cash", Decimal("10"), Decimal(0))
>>> answer = judge(Facts("restore", "p0", None, 90, Decimal("999.99"), (term,)))
>>> answer.outcome, answer.values["amount"], answer.values["form"]
('owed', '100.00', 'cash')
>>> judge(Facts("restore", "p0", None, 59, Decimal("999.99"), (term,))).outcome
'nothing'
"""

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from .verdict import Clause, Verdict, matches

VERSION = "1"

OWED, NOTHING = "owed", "nothing"
OUTCOMES = (OWED, NOTHING)

#: targets that the customer was promised; the others are steps of our own
TARGETS = ("first_reply", "diagnosis", "on_site", "restore", "resolve")
FORMS = ("voucher", "cash")


@dataclass(frozen=True)
class Term:
    """A term of the agreement; an empty key fits all. ``late_from`` in minutes, ``percent`` of the fee."""

    code: str
    target: str | None
    priority: str | None
    late_from: int
    form: str
    percent: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Rule:
    """A row of the table; as a term, and by service level."""

    code: str
    sequence: int
    level: str | None
    target: str | None
    priority: str | None
    late_from: int
    form: str
    percent: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Facts:
    """One missed promise.

    ``late_minutes``  on the clock of the promise
    ``fee``           what the customer pays for one period
    ``terms``         signed terms, in their order
    ``firm``          compensation of the same period that is proposed, approved or granted already
    ``cap_percent``   of the fee; all of a period stays within it; 0: no cap
    ``normal_use``    whether the goods were used as they should be (WARR-31)
    ``digits``        of the currency
    """

    target: str
    priority: str
    level: str | None
    late_minutes: int
    fee: Decimal
    terms: tuple[Term, ...] = ()
    firm: Decimal = Decimal(0)
    cap_percent: Decimal = Decimal(0)
    normal_use: bool = True
    digits: int = 2


def judge(facts: Facts, rules: tuple[Rule, ...] = ()) -> Verdict:
    if not facts.normal_use:
        return _nothing(Clause("WARR-31"))
    term = term_for(facts, rules)
    if term is None:
        return _nothing(Clause("COMP-NO-TERM", params={"late": facts.late_minutes}))
    amount = amount_of(term, facts)
    params = {"late": facts.late_minutes, "amount": format(amount, "f"), "percent": _plain(term.percent)}
    clauses = [Clause("SLA-23", params=params)]
    left = left_under_cap(facts)
    if left is not None and amount > left:
        amount = left
        clauses.append(Clause("COMP-CAP", params={"amount": format(amount, "f")}))
    values = {"amount": format(amount, "f"), "form": term.form, "rule": term.code}
    return Verdict(OWED if amount else NOTHING, tuple(clauses), values)


def term_for(facts: Facts, rules: tuple[Rule, ...] = ()) -> Term | Rule | None:
    """The first signed term that fits, or the first row where nothing was signed."""
    if facts.terms:
        table, keys = facts.terms, ("target", "priority")
    else:
        table, keys = rules, ("level", "target", "priority")
    fitting = (row for row in table if matches(row, facts, keys) and row.late_from <= facts.late_minutes)
    return next(fitting, None)


def amount_of(term: Term | Rule, facts: Facts) -> Decimal:
    """Share and fixed amount together, rounded to the currency."""
    full = facts.fee * term.percent / 100 + term.amount
    return full.quantize(_cent(facts), ROUND_HALF_UP)


def left_under_cap(facts: Facts) -> Decimal | None:
    """What may still be granted in the period; None where there is no cap."""
    if not facts.cap_percent:
        return None
    cap = (facts.fee * facts.cap_percent / 100).quantize(_cent(facts), ROUND_DOWN)
    return max(cap - facts.firm, Decimal(0)).quantize(_cent(facts))


def _nothing(clause: Clause) -> Verdict:
    return Verdict(NOTHING, (clause,), {"amount": "0", "form": FORMS[0], "rule": None})


def _cent(facts: Facts) -> Decimal:
    return Decimal(1).scaleb(-facts.digits)


def _plain(number: Decimal) -> str:
    """10.00 as 10, 2.50 as 2.5."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
