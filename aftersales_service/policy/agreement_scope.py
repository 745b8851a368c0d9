"""Whether a request lies within the agreement (SLA-22); where the text does not say, legal does.

>>> judge(Facts(agreed=True, in_force=True, goods="other")).outcome
'outside'
>>> judge(Facts(agreed=True, in_force=True, goods="covered", promised=True)).outcome
'within'
>>> judge(Facts(agreed=True, in_force=True, goods="covered", promised=False)).outcome
'unclear'
"""

from dataclasses import dataclass

from .verdict import Clause, Verdict

VERSION = "1"

WITHIN, UNCLEAR, OUTSIDE, NONE = "within", "unclear", "outside", "none"
OUTCOMES = (WITHIN, UNCLEAR, OUTSIDE, NONE)


@dataclass(frozen=True)
class Facts:
    """
    ``agreed``     the customer has an agreement on this ticket
    ``in_force``   that version was in force when the request came in
    ``goods``      covered, other, unknown (the request does not say which goods)
    ``misused``    the cause that was found lies with the customer, and only normal use is owed (WARR-31)
    ``promised``   the agreement promises something for this type and problem level
    ``other_customer``  it is the agreement of somebody else
    """

    agreed: bool
    in_force: bool = False
    goods: str = "covered"
    misused: bool = False
    promised: bool = False
    other_customer: bool = False


def judge(facts: Facts, rules=()) -> Verdict:
    if not facts.agreed:
        return _answer(NONE, "SCOPE-NO-AGREEMENT")
    if facts.other_customer:
        return _answer(OUTSIDE, "SCOPE-OTHER-CUSTOMER")
    if not facts.in_force:
        return _answer(OUTSIDE, "SCOPE-NOT-IN-FORCE")
    if facts.goods == "other":
        return _answer(OUTSIDE, "SCOPE-OTHER-GOODS")
    if facts.misused:
        return _answer(OUTSIDE, "WARR-31")
    if facts.goods == "unknown":
        return _answer(UNCLEAR, "SCOPE-GOODS-UNKNOWN")
    if not facts.promised:
        return _answer(UNCLEAR, "SLA-22")
    return _answer(WITHIN, "SCOPE-WITHIN")


def _answer(outcome: str, code: str) -> Verdict:
    return Verdict(outcome, (Clause(code, public=False),))
