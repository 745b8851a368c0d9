"""By which right goods may come back, and that every answer names what stands against it."""

import dataclasses
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.aftersales_returns.policy import eligibility
from odoo.addons.aftersales_returns.policy.eligibility import Facts, Line
from odoo.addons.aftersales_service.policy import verdict

SIGNED = datetime(2026, 3, 2, 12)
LINE = Line(1, returnable=True)


def facts(**kwargs):
    """A parcel signed for two days ago, sent back by choice, in good order."""
    values = {
        "requested_at": SIGNED + timedelta(days=2),
        "reason_kind": "choice",
        "lines": (LINE,),
        "shipped_at": SIGNED - timedelta(days=2),
        "signed_at": SIGNED,
        **kwargs,
    }
    return Facts(**values)


def outcome(**kwargs):
    return eligibility.judge(facts(**kwargs)).outcome


def line(**kwargs):
    return (dataclasses.replace(LINE, **kwargs),)


def test_the_unconditional_right_holds_for_goods_in_order():
    """RMA-16, RMA-17."""
    assert outcome() == "no_reason"


def test_a_quality_fault_is_a_right_of_its_own():
    """RMA-34, RMA-38."""
    assert outcome(reason_kind="quality", has_pictures=True) == "with_reason"


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("eligibility_reason_excluded", {"reason_excluded": True}),  # CON-30
        ("eligibility_bundle", {"lines": line(bundle_partial=True)}),  # RMA-10
        ("eligibility_intimate", {"lines": line(intimate=True), "tried_on": True}),  # RMA-09
        ("eligibility_used", {"unused": False}),  # RMA-11
        ("eligibility_packaging", {"packaging_intact": False}),  # RMA-20
        ("eligibility_accessories", {"accessories_complete": False}),  # RMA-20
        ("eligibility_marked", {"lines": line(no_return_mark=True)}),  # RMA-15
        ("eligibility_count", {"lines": line(unconditional_used=1)}),  # RMA-17, CON-42
        ("eligibility_altered", {"altered": True}),  # RMA-12
        ("eligibility_gift_alone", {"lines": line(gift=True, gift_alone=True)}),  # RMA-14
        ("eligibility_window", {"requested_at": SIGNED + timedelta(days=8)}),  # RMA-13
        ("eligibility_reason", {"reason_kind": None}),  # RMA-21
        ("eligibility_quantity", {"lines": line(returnable=False)}),
    ],
)
def test_what_stands_against_a_return_of_choice_is_named(code, changes):
    """RMA-09…-15, -17, -20, -21, CON-30: one obstacle, one clause, no right."""
    answer = eligibility.judge(facts(**changes))
    assert answer.outcome == "not_eligible"
    assert answer.values["against"] == [code]
    assert code in answer.codes


@pytest.mark.parametrize(
    "changes", [{"unused": False}, {"lines": line(no_return_mark=True)}, {"tried_on": True}]
)
def test_a_fault_shows_in_use_so_use_does_not_exclude_it(changes):
    """RMA-38 against RMA-11, -15: exclusions beat the unconditional right only (CON-30)."""
    assert outcome(reason_kind="quality", **changes) == "with_reason"


@pytest.mark.parametrize("changes", [{"altered": True}, {"lines": line(gift=True, gift_alone=True)}])
def test_altered_goods_and_a_gift_alone_never_come_back(changes):
    """RMA-12, RMA-14."""
    assert outcome(reason_kind="quality", **changes) == "not_eligible"


def test_a_gift_with_its_goods_comes_back():
    """CON-29, RMA-22."""
    goods = (LINE, Line(2, returnable=True, gift=True))
    assert outcome(lines=goods) == "no_reason"


def test_an_intimate_item_that_was_not_tried_on_comes_back():
    """RMA-09."""
    assert outcome(lines=line(intimate=True), tried_on=False) == "no_reason"


def test_the_sellers_fault_revives_a_window_that_he_made_useless():
    """RMA-29."""
    late = {"requested_at": SIGNED + timedelta(days=30)}
    assert outcome(**late) == "not_eligible"
    assert outcome(**late, right_blocked=True) == "with_reason"


def test_too_late_for_a_return_but_under_warranty_leads_to_repair():
    """RMA-13, RMA-38."""
    late = {"requested_at": SIGNED + timedelta(days=30), "reason_kind": "quality"}
    assert outcome(**late, under_warranty=True) == "warranty"
    assert outcome(**late) == "not_eligible"


@pytest.mark.parametrize("changes", [{"shipped_at": None, "signed_at": None}, {"parcel_unsigned": True}])
def test_money_back_without_goods_for_what_was_never_received(changes):
    """REFUND-01, REFUND-02."""
    assert outcome(refund_only=True, **changes) == "refund_only"


def test_missing_pictures_are_asked_for_and_turn_nobody_down():
    """RMA-26."""
    answer = eligibility.judge(facts(reason_kind="quality"))
    assert answer.outcome == "with_reason"
    assert "eligibility_pictures" in answer.codes


tri = st.none() | st.booleans()
lines = st.lists(
    st.builds(
        Line,
        st.integers(1, 9),
        st.booleans(),
        st.booleans(),
        st.booleans(),
        st.booleans(),
        st.booleans(),
        st.booleans(),
        st.integers(0, 2),
    ),
    max_size=3,
).map(tuple)
any_facts = st.builds(
    Facts,
    requested_at=st.datetimes(SIGNED, SIGNED + timedelta(days=40)),
    reason_kind=st.sampled_from((None, "quality", "seller", "choice", "carrier")),
    lines=lines,
    base=st.sampled_from(("confirmed", "signed")),
    window_hours=st.integers(1, 1000),
    shipped_at=st.none() | st.just(SIGNED - timedelta(days=2)),
    signed_at=st.none() | st.just(SIGNED),
    confirmed_at=st.none() | st.datetimes(SIGNED, SIGNED + timedelta(days=20)),
    refund_only=st.booleans(),
    parcel_unsigned=st.booleans(),
    right_blocked=st.booleans(),
    under_warranty=st.booleans(),
    has_pictures=st.booleans(),
    tried_on=tri,
    unused=tri,
    altered=tri,
    packaging_intact=tri,
    accessories_complete=tri,
    signed_word=st.sampled_from((None, "customer", "staff", "carrier")),
    arrival_by=st.none() | st.just(SIGNED + timedelta(days=8)),
)


@pytest.mark.parametrize(
    ("word", "right", "base"),
    [
        ("customer", "not_eligible", "arrival"),
        ("staff", "not_eligible", "arrival"),
        ("carrier", "no_reason", "signed_carrier"),
    ],
)
def test_a_day_that_is_named_is_held_against_the_dispatch_and_the_carriers_day_is_not(word, right, base):
    """RMA-01, RMA-13, RMA-18: and the clause says whose word it was."""
    asked = SIGNED + timedelta(days=60)
    answer = eligibility.judge(
        facts(
            requested_at=asked,
            signed_at=asked - timedelta(days=1),
            signed_word=word,
            arrival_by=SIGNED + timedelta(days=8),
        )
    )
    limit = next(clause for clause in answer.clauses if clause.code == "eligibility_window")
    assert (answer.outcome, limit.params["base"]) == (right, base)


@pytest.mark.parametrize("word", ["customer", "staff", "carrier"])
def test_the_limit_says_whose_word_the_day_is(word):
    """RMA-18."""
    answer = eligibility.judge(facts(signed_word=word, arrival_by=SIGNED + timedelta(days=8)))
    limit = next(clause for clause in answer.clauses if clause.code == "eligibility_window")
    assert (limit.matched, limit.params["base"]) == (False, f"signed_{word}")


def test_an_exclusion_by_reason_speaks_against_no_fault():
    """CON-30, RMA-38."""
    assert outcome(reason_excluded=True) == "not_eligible"
    assert outcome(reason_excluded=True, reason_kind="quality", has_pictures=True) == "with_reason"


@given(any_facts)
def test_every_request_has_one_answer_that_can_be_judged_again(found):
    answer = eligibility.judge(found)
    assert answer.outcome in eligibility.OUTCOMES
    assert sum(code.startswith("eligibility_by_") for code in answer.codes) == 1
    again = verdict.from_plain(Facts, verdict.to_plain(found))
    assert eligibility.judge(again) == answer


@given(any_facts)
def test_a_no_names_at_least_one_obstacle(found):
    """Whoever is turned down reads why, and what would change it."""
    answer = eligibility.judge(found)
    if answer.outcome == "not_eligible" and found.shipped_at:
        assert answer.values["against"]


@given(any_facts)
def test_without_a_reason_or_goods_to_return_there_is_no_right(found):
    """RMA-21."""
    hopeless = dataclasses.replace(found, reason_kind=None)
    assert eligibility.judge(hopeless).outcome == "not_eligible"


@given(any_facts, st.timedeltas(timedelta(), timedelta(days=30)))
def test_asking_earlier_is_never_worse(found, sooner):
    """RMA-13: an earlier request keeps every right that a later one has."""
    rank = eligibility.OUTCOMES[::-1].index
    earlier = dataclasses.replace(found, requested_at=found.requested_at - sooner)
    assert rank(eligibility.judge(earlier).outcome) >= rank(eligibility.judge(found).outcome)
