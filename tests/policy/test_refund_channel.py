"""By which way money goes back: every payment method has exactly one row, and named accounts are checked."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.aftersales_returns.policy import refund_channel
from odoo.addons.aftersales_returns.policy.refund_channel import NEEDS, Facts, Rule
from odoo.addons.aftersales_service.policy import verdict

DATA = Path(__file__).parents[2] / "aftersales_returns" / "data"
with (DATA / "aftersales.refund.channel.csv").open(newline="", encoding="utf-8") as file:
    RULES = verdict.rows_of(Rule, csv.DictReader(file))
with (DATA / "aftersales.clause-refund.csv").open(newline="", encoding="utf-8") as file:
    CLAUSES = {row["code"]: row["text"] for row in csv.DictReader(file)}

METHODS = sorted({rule.method for rule in RULES if rule.method} | {"cash_on_delivery", "cash", "unknown"})


@pytest.mark.parametrize(
    ("method", "days"),
    [
        ("alipay", (1, 2)),  # REFUND-10
        ("tenpay", (2, 3)),  # REFUND-11, CON-05
        ("99bill", (3, 5)),  # REFUND-12
        ("mobile", (3, 5)),
        ("debit_card", (3, 5)),  # REFUND-13, REFUND-30
        ("credit_card", (7, 15)),  # REFUND-14, REFUND-31
    ],
)
def test_online_payments_go_back_by_their_own_way_within_their_days(method, days):
    """REFUND-05, REFUND-10…-16, REFUND-30, REFUND-31, REFUND-35, CON-41: no account is asked for."""
    answer = refund_channel.judge(Facts(method, payout=True), RULES)
    assert answer.outcome == refund_channel.ORIGINAL
    assert (answer.values["days_min"], answer.values["days_max"]) == days
    assert answer.values["fee_bearer"] == "seller"
    assert not answer.values["missing"]


def test_cash_on_delivery_asks_which_account_first():
    """REFUND-17: there is no way back, the customer names Alipay or a bank account."""
    answer = refund_channel.judge(Facts("cash_on_delivery", payout=True), RULES)
    assert answer.outcome == refund_channel.INCOMPLETE
    assert answer.values["missing"] == ("account_kind",)


def test_a_named_alipay_account_needs_the_registered_real_name():
    """REFUND-20."""
    asked = Facts("cash_on_delivery", payout=True, account_kind="alipay")
    assert refund_channel.judge(asked, RULES).values["missing"] == ("real_name",)
    told = Facts("cash_on_delivery", payout=True, account_kind="alipay", given=("real_name",))
    assert refund_channel.judge(told, RULES).outcome == refund_channel.NAMED


def test_a_named_bank_account_needs_its_data_and_the_consignee_as_holder():
    """REFUND-21, REFUND-22, REFUND-23."""
    asked = Facts("cash_on_delivery", payout=True, account_kind="bank", given=("account",))
    assert refund_channel.judge(asked, RULES).values["missing"] == ("holder", "bank", "branch")
    whole = ("account", "holder", "bank", "branch")
    other = Facts("cash_on_delivery", payout=True, account_kind="bank", given=whole)
    assert refund_channel.judge(other, RULES).outcome == refund_channel.MISMATCH
    own = Facts("cash_on_delivery", payout=True, account_kind="bank", given=whole, holder_matches=True)
    assert refund_channel.judge(own, RULES).outcome == refund_channel.NAMED


def test_the_reasons_say_whether_the_holder_is_the_consignee():
    """REFUND-21."""
    for matches, told in ((True, "yes"), (False, "no")):
        named = Facts("cash_on_delivery", payout=True, account_kind="bank", holder_matches=matches)
        clauses = {clause.code: clause.params for clause in refund_channel.judge(named, RULES).clauses}
        assert clauses["REFUND-21"] == {"result": told}


def test_no_account_is_asked_for_where_no_money_leaves():
    assert refund_channel.judge(Facts("cash_on_delivery", payout=False), RULES).outcome == refund_channel.NONE


@given(
    st.builds(
        Facts,
        method=st.sampled_from(METHODS),
        payout=st.booleans(),
        account_kind=st.sampled_from([None, "alipay", "bank"]),
        given=st.lists(st.sampled_from(NEEDS), unique=True).map(tuple),
        holder_matches=st.booleans(),
    )
)
def test_every_payment_is_decided_and_every_sentence_exists(found):
    """The table is total; what goes out by a named account is complete; the verdict replays."""
    answer = refund_channel.judge(found, RULES)
    codes = {rule.code for rule in RULES}
    if answer.outcome == refund_channel.NAMED:
        assert set(next(r for r in RULES if r.code == answer.values["channel"]).needs.split()) <= set(
            found.given
        )
    for clause in answer.clauses:
        assert clause.code in codes or CLAUSES[clause.code] % clause.params
    again = verdict.from_plain(Facts, verdict.to_plain(found))
    assert refund_channel.judge(again, RULES) == answer


def test_rows_have_unique_codes_and_each_one_can_decide():
    codes = [rule.code for rule in RULES]
    assert len(set(codes)) == len(codes)
    for rule in RULES:
        asked = Facts(rule.method or "unknown", payout=True, account_kind=rule.account_kind, given=NEEDS)
        assert refund_channel.judge(asked, RULES).values["channel"] == rule.code
