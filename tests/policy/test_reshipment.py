"""Re-shipments: the checks in their order, one exception, a whole address, one list a month."""

import csv
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.aftersales_returns.policy import reshipment, reshipment_flow
from odoo.addons.aftersales_returns.policy.reshipment import ADDRESS, Facts, judge, list_due, missing_parts
from odoo.addons.aftersales_service.policy import lifecycle, verdict

CLAUSES = Path(__file__).parents[2] / "aftersales_returns" / "data" / "aftersales.clause.csv"
kilos = st.decimals(Decimal("0.01"), Decimal(50), places=2)
tri = st.sampled_from((None, True, False))
facts = st.builds(
    Facts,
    is_wrong_item=st.booleans(),
    has_photo=st.booleans(),
    photo_proves=tri,
    detail_fits=tri,
    weight_expected=st.none() | kilos,
    weight_measured=st.none() | kilos,
    weight_fits_by_hand=tri,
    weight_tolerance=st.just(Decimal("0.05")),
    is_damaged=tri,
    orders_before=st.integers(0, 9),
    order_total=st.decimals(0, 3000, places=2),
    exceptions_before=st.integers(0, 2),
)
RIGHT = Facts(detail_fits=True, weight_fits_by_hand=True, is_damaged=False)


def test_the_flow_has_no_faults():
    assert lifecycle.faults(reshipment_flow.FLOW) == []


@given(facts)
def test_a_wrong_detail_list_is_enough_whatever_the_parcel_weighed(known):
    """COMP-09."""
    answer = judge(replace(known, is_wrong_item=False, detail_fits=False))
    assert answer.outcome == "reship"
    assert answer.codes == ("reship_detail",)


@given(facts, kilos)
def test_a_wrong_weight_is_enough_where_the_list_is_right(known, expected):
    """COMP-10: either way off; nobody's word counts where weights are known."""
    off = replace(known, is_wrong_item=False, detail_fits=True, weight_expected=expected)
    for measured in (expected * Decimal("0.94"), expected * Decimal("1.06")):
        assert judge(replace(off, weight_measured=measured, weight_fits_by_hand=True)).codes == (
            "reship_weight",
        )
    within = judge(replace(off, weight_measured=expected * Decimal("1.05"), weight_fits_by_hand=False))
    assert within.codes != ("reship_weight",)


def test_what_nobody_has_looked_at_is_asked_in_order():
    """COMP-09, COMP-10, COMP-11: list, weight, damage."""
    known = Facts()
    for code, answer in (
        ("reship_detail_unknown", {"detail_fits": True}),
        ("reship_weight_unknown", {"weight_fits_by_hand": True}),
        ("reship_damage_unknown", {"is_damaged": True}),
    ):
        asked = judge(known)
        assert (asked.outcome, asked.codes) == ("ask", (code,))
        known = replace(known, **answer)
    assert judge(known).outcome == "refuse"


@pytest.mark.parametrize("why", [{"orders_before": 3}, {"order_total": Decimal(1000)}])
def test_an_old_customer_or_a_large_purchase_gets_one_exception(why):
    """COMP-11: once, and the customer is reminded to look before he signs."""
    first = judge(replace(RIGHT, **why))
    assert (first.outcome, first.values["remind"]) == ("goodwill", True)
    second = judge(replace(RIGHT, **why, exceptions_before=1))
    assert (second.outcome, second.codes) == ("refuse", ("reship_used",))
    assert judge(replace(RIGHT, **why, exceptions_before=1, exceptions_allowed=2)).outcome == "goodwill"


def test_a_refusal_says_what_would_change_it():
    """COMP-11."""
    answer = judge(replace(RIGHT, orders_before=2, order_total=Decimal(999)))
    assert answer.codes == ("reship_none",)
    assert answer.clauses[-1].params == {"orders": 2, "old": 3, "total": Decimal(999), "large": Decimal(1000)}


def test_zero_switches_a_bar_off():
    never = replace(RIGHT, old_customer_orders=0, large_order_total=Decimal(0), order_total=Decimal(10**6))
    assert judge(never).outcome == "refuse"


@given(facts)
def test_a_wrong_article_needs_a_photo(known):
    """COMP-12: without one nothing is decided; one that proves it is enough."""
    wrong = replace(known, is_wrong_item=True)
    assert judge(replace(wrong, has_photo=False)).codes == ("reship_photo",)
    assert judge(replace(wrong, has_photo=True, photo_proves=True)).outcome == "reship"
    unproved = replace(wrong, has_photo=True, photo_proves=False)
    assert judge(unproved).outcome == judge(replace(unproved, is_wrong_item=False)).outcome


@given(facts)
def test_every_answer_rests_on_one_clause_and_can_be_judged_again(known):
    answer = judge(known)
    assert len(answer.codes) == 1
    assert tuple(clause.code for clause in answer.clauses) == reshipment.CODES[: len(answer.clauses)]
    assert judge(verdict.from_plain(Facts, verdict.to_plain(known))) == answer


@given(facts)
def test_more_favor_never_makes_it_worse(known):
    """COMP-11: another order before it never turns a yes into a no."""
    rank = {"refuse": 0, "ask": 1, "goodwill": 2, "reship": 3}
    better = replace(known, orders_before=known.orders_before + 1)
    used = known.exceptions_before >= known.exceptions_allowed
    assert used or rank[judge(better).outcome] >= rank[judge(known).outcome]


def test_every_code_has_a_sentence():
    with CLAUSES.open(encoding="utf-8") as file:
        known = {row["code"]: row["text"] for row in csv.DictReader(file)}
    outcomes = {f"reshipment:{outcome}" for outcome in ("reship", "goodwill", "refuse", "ask")}
    assert {*reshipment.CODES, *outcomes} <= known.keys()
    for code, params in reshipment._params(Facts()).items():
        assert known[code] % params


# === ADDRESS === #


@given(st.sets(st.sampled_from(ADDRESS)))
def test_the_slip_says_what_is_missing(given_parts):
    """COMP-14: province, city, district, recipient and telephone."""
    address = {part: "x" if part in given_parts else " " for part in ADDRESS}
    assert set(missing_parts(address)) == set(ADDRESS) - given_parts


def test_no_province_is_asked_where_there_are_none():
    """COMP-14."""
    address = dict.fromkeys(("recipient", "phone", "city", "street"), "x")
    assert missing_parts(address) == ("province", "district")
    assert missing_parts(address, has_provinces=False, has_districts=False) == ()


# === MONTH-END === #


@given(st.dates(date(2024, 1, 1), date(2030, 12, 31)), st.integers(1, 800))
def test_run_every_day_each_month_is_listed_once_on_its_last_day(start, days):
    """COMP-13."""
    last, sent = list_due(start, None), []
    for n in range(1, days):
        today = start + timedelta(days=n)
        due = list_due(today, last)
        if due:
            assert due == today
            assert (today + timedelta(days=1)).day == 1
            last = due
            sent.append((due.year, due.month))
    assert len(sent) == len(set(sent))
    end = start + timedelta(days=days)
    assert len(sent) >= (end.year * 12 + end.month) - (start.year * 12 + start.month) - 1


def test_a_missed_last_day_is_made_up_for():
    """COMP-13."""
    assert list_due(date(2026, 3, 2), date(2026, 1, 31)) == date(2026, 2, 28)
    assert list_due(date(2026, 3, 3), date(2026, 2, 28)) is None
