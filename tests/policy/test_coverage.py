"""Covered or charged: two tests, period and cause (CON-13)."""

import dataclasses
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.aftersales_service.policy import coverage

START, END = date(2026, 3, 15), date(2027, 3, 15)
ACTIVE = coverage.Facts(date(2026, 6, 1), START, END, "active")
QUALITY = dataclasses.replace(ACTIVE, cause_known=True, cause_covered=True)
MISUSE = dataclasses.replace(ACTIVE, cause_known=True, cause_covered=False)


def answer(facts, **changes):
    judged = coverage.judge(dataclasses.replace(facts, **changes))
    return judged.outcome, judged.codes


# fmt: off
@pytest.mark.parametrize(("facts", "changes", "expected"), [
    (QUALITY, {},                                         ("covered",      ("WARR-11", "WARR-03"))),
    (MISUSE,  {},                                         ("charged",      ("WARR-11", "WARR-06"))),
    (ACTIVE,  {},                                         ("undetermined", ("WARR-11", "WARR-22"))),
    (QUALITY, {"reported_on": END},                       ("covered",      ("WARR-11", "WARR-03"))),
    (QUALITY, {"reported_on": END + timedelta(1)},        ("charged",      ("WARR-04",))),
    (QUALITY, {"card_state": "void"},                     ("charged",      ("WARR-VOID",))),
    (QUALITY, {"card_state": "suspended"},                ("undetermined", ("WARR-SUSPENDED",))),
    (QUALITY, {"reported_on": START - timedelta(1)},      ("undetermined", ("WARR-EARLY",))),
    (QUALITY, {"card_state": None},                       ("covered",      ("WARR-11", "WARR-03"))),
    (QUALITY, {"card_state": None, "ends_on": None},      ("undetermined", ("WARR-NO-PROOF",))),
    (ACTIVE,  {"goods": False, "ends_on": None},          ("covered",      ("WARR-NO-GOODS",))),
])
# fmt: on
def test_period_and_cause_decide(facts, changes, expected):
    """WARR-03, WARR-04, WARR-05, WARR-06, WARR-11, WARR-12, WARR-22, WARR-25, CON-13."""
    assert answer(facts, **changes) == expected


facts = st.builds(
    coverage.Facts,
    reported_on=st.dates(date(2026, 1, 1), date(2028, 1, 1)),
    starts_on=st.none() | st.just(START),
    ends_on=st.none() | st.just(END),
    card_state=st.sampled_from([None, "active", "suspended", "expired", "void"]),
    cause_known=st.booleans(),
    cause_covered=st.booleans(),
    goods=st.booleans(),
)


@given(facts)
def test_every_case_is_answered_with_a_reason(case):
    judged = coverage.judge(case)
    assert judged.outcome in coverage.OUTCOMES
    assert judged.codes


@given(facts)
def test_no_policy_gives_goodwill(case):
    """Goodwill is a supervisor's decision, kept as an override."""
    assert coverage.judge(case).outcome != coverage.GOODWILL


@given(facts)
def test_who_has_no_cover_by_time_does_not_get_it_by_cause(case):
    """WARR-04: outside the period repair is chargeable."""
    if case.goods and case.ends_on and case.reported_on > case.ends_on:
        assert coverage.judge(case).outcome == coverage.CHARGED
