"""What a broken promise costs (SLA-23): by response level, within the cap, to the cent."""

import csv
import itertools
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.aftersales_service.policy import (
    agreement_flow,
    agreement_scope,
    claim_negotiation,
    compensation,
    compensation_flow,
    compensation_route,
    lifecycle,
    verdict,
)

DATA = Path(__file__).parents[2] / "aftersales_service" / "data" / "aftersales.compensation.rule.csv"
with DATA.open(encoding="utf-8") as table:
    RULES = verdict.rows_of(compensation.Rule, csv.DictReader(table))
FEE = Decimal("2400.00")


def owed(priority="p2", late=10, level="project", target="restore", **facts):
    return compensation.judge(
        compensation.Facts(target, priority, level, late, facts.pop("fee", FEE), **facts), RULES
    )


# fmt: off
@pytest.mark.parametrize(("priority", "late", "amount", "form"), [
    ("p0",    1, "120.00", "voucher"),
    ("p0",   60, "240.00", "cash"),
    ("p0",  240, "480.00", "cash"),
    ("p1",    1,  "72.00", "voucher"),
    ("p1",  240, "240.00", "voucher"),
    ("p2",    1,  "24.00", "voucher"),
    ("p3", 1440, "120.00", "voucher"),
])
# fmt: on
def test_the_response_level_and_the_delay_decide_form_and_amount(priority, late, amount, form):
    """SLA-23, COMP-16: a credit or cash, each response level counted in its own way."""
    answer = owed(priority, late)
    assert (answer.outcome, answer.values["amount"], answer.values["form"]) == ("owed", amount, form)
    assert answer.codes == ("SLA-23",)


def test_what_was_signed_decides_alone():
    """SLA-23: a table that changed later, or names more, adds nothing to the signed terms."""
    term = compensation.Term("own", "restore", None, 0, "cash", Decimal(0), Decimal("77.77"))
    assert owed(terms=(term,)).values == {"amount": "77.77", "form": "cash", "rule": "own"}
    silent = owed(terms=(term,), target="on_site")
    assert (silent.outcome, silent.codes) == ("nothing", ("COMP-NO-TERM",))


def test_no_level_no_compensation():
    assert owed(level=None).outcome == "nothing"


def test_misuse_is_not_compensated():
    """WARR-31: what is owed in normal use only is not compensated otherwise."""
    answer = owed(normal_use=False)
    assert (answer.outcome, answer.codes) == ("nothing", ("WARR-31",))


def test_the_last_compensation_of_a_period_takes_what_the_cap_leaves():
    answer = owed("p0", 240, cap_percent=Decimal(30), firm=Decimal("600"))
    assert answer.values["amount"] == "120.00"
    assert answer.codes == ("SLA-23", "COMP-CAP")
    assert owed("p0", 240, cap_percent=Decimal(30), firm=Decimal("720")).outcome == "nothing"


money = st.decimals(min_value=0, max_value=10**6, places=2)
share = st.decimals(min_value=0, max_value=100, places=2)


@given(fee=money, cap=share, percent=share, fixed=money, count=st.integers(1, 12))
def test_a_period_never_grants_more_than_its_cap_and_whole_cents_only(fee, cap, percent, fixed, count):
    term = compensation.Term("t", None, None, 0, "cash", percent, fixed)
    firm = Decimal(0)
    for _breach in range(count):
        facts = compensation.Facts("resolve", "p1", None, 5, fee, (term,), firm, cap)
        amount = Decimal(compensation.judge(facts).values["amount"])
        assert amount == amount.quantize(Decimal("0.01")) >= 0
        firm += amount
    assert not cap or firm <= fee * cap / 100


def test_every_shipped_row_decides_somewhere():
    cases = itertools.product(("p0", "p1", "p2", "p3"), (0, 60, 240, 1440), ("vip", "project"))
    assert {owed(*case).values["rule"] for case in cases} == {rule.code for rule in RULES}


def test_a_target_of_our_own_is_no_promise_to_the_customer():
    """SLA-08: who accepts by when is our own affair; the customer was promised an answer."""
    assert not {"accept", "assign", "acknowledge", "emergency"} & set(compensation.TARGETS)


# fmt: off
@pytest.mark.parametrize(("kind", "amount", "outcome", "visit"), [
    ("damage",   "500",    "department",      False),
    ("damage",   "500.01", "general_manager", True),
    ("goodwill", "500.01", "general_manager", True),
    ("breach",   "500.01", "general_manager", False),
])
# fmt: on
def test_the_amount_decides_who_decides(kind, amount, outcome, visit):
    """COMP-01, COMP-03, COMP-04: the department up to the limit; above it visit, consent, general manager."""
    answer = compensation_route.judge(compensation_route.Facts(kind, Decimal(amount), Decimal(500)))
    assert (answer.outcome, answer.values["visit"], answer.values["consent"]) == (outcome, visit, visit)
    assert ("COMP-03" in answer.codes) == visit, "the reason is told where there is a visit"
    assert not any(clause.public for clause in answer.clauses), "the customer does not read who decides"


def test_a_limit_of_nothing_sends_everything_to_the_general_manager():
    facts = compensation_route.Facts("breach", Decimal("0.01"), Decimal(0))
    assert compensation_route.judge(facts).outcome == "general_manager"


# fmt: off
@pytest.mark.parametrize(("facts", "outcome"), [
    ({"agreed": False},                                                  "none"),
    ({"agreed": True},                                                   "outside"),
    ({"agreed": True, "in_force": True, "goods": "other"},               "outside"),
    ({"agreed": True, "in_force": True, "misused": True},                "outside"),
    ({"agreed": True, "in_force": True, "goods": "unknown", "promised": True}, "unclear"),
    ({"agreed": True, "in_force": True},                                 "unclear"),
    ({"agreed": True, "in_force": True, "promised": True},               "within"),
])
# fmt: on
def test_the_problem_is_held_against_the_clauses_of_the_agreement(facts, outcome):
    """SLA-22: within, outside, or unclear, which legal clarifies."""
    answer = agreement_scope.judge(agreement_scope.Facts(**facts))
    assert answer.outcome == outcome
    assert len(answer.codes) == 1


def test_nobody_can_put_an_agreement_into_force_alone():
    """SLA-24, WARR-30: concluding follows from the signatures; no role fires it."""
    assert agreement_flow.RIGHTS["conclude"] == {lifecycle.SYSTEM}
    into_force = {event for (_s, event), after in agreement_flow.TRANSITIONS.items() if after == "active"}
    assert into_force == {"conclude"}


def test_a_compensation_is_approved_by_another_person_before_it_is_granted():
    """COMP-01, COMP-04."""
    assert "approve" in compensation_flow.FOUR_EYES
    before = {state for (state, event) in compensation_flow.TRANSITIONS if event == "grant"}
    assert before == {"approved"}
    assert "accountant" not in compensation_flow.RIGHTS["approve"]


@pytest.mark.parametrize("kind", compensation_route.KINDS)
@pytest.mark.parametrize("ground", [*claim_negotiation.GROUNDS, None])
def test_claims_for_quality_and_production_are_marketings_all_others_customer_services(kind, ground):
    """QUAL-15: every kind and ground has exactly one who negotiates."""
    answer = claim_negotiation.judge(claim_negotiation.Facts(kind, ground))
    for_marketing = kind == "damage" and ground in ("quality", "production")
    assert answer.outcome == ("marketing" if for_marketing else "service")
    assert answer.codes == (("QUAL-15",) if for_marketing else ("CLAIM-SERVICE",))


def test_negotiating_decides_nothing_and_pays_nothing():
    """QUAL-15, COMP-01, COMP-04: from marketing the way leads to a proposal, back, or to an end."""
    flow = compensation_flow.FLOW
    after = {event: to for (state, event), to in flow.transitions.items() if state == "negotiating"}
    assert after == {"propose": "proposed", "revise": "draft", "refuse": "refused"}
