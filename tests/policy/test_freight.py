"""Who bears which leg: every row of the freight table by an example, and what holds for all facts."""

import csv
import dataclasses
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.aftersales_returns.policy import freight
from odoo.addons.aftersales_returns.policy.freight import Facts
from odoo.addons.aftersales_service.policy import verdict

D = Decimal
TABLE = Path(__file__).parents[2] / "aftersales_returns/data/aftersales.freight.rule.csv"
with TABLE.open(encoding="utf-8") as lines:
    ROWS = list(csv.DictReader(lines))
RULES = verdict.rows_of(freight.Rule, ROWS)

AMOUNTS = {"outbound_amount": D(8), "return_amount": D(12), "reship_amount": D(9), "storage_amount": D(3)}


def judge(**kwargs):
    return freight.judge(Facts(**{**AMOUNTS, **kwargs}), RULES)


def borne(answer):
    """{leg: {bearer: amount}}."""
    legs = {}
    for charge in answer.values["charges"]:
        legs.setdefault(charge.leg, {})[charge.borne_by] = charge.amount
    return legs


def bearers(**kwargs):
    """'outbound return reship storage', one letter each: Seller, Customer, Transport, Platform."""
    letters = {"seller": "S", "customer": "C", "carrier": "T", "platform": "P"}
    return "".join("+".join(letters[b] for b in borne(judge(**kwargs))[leg]) for leg in freight.LEGS)


def settled(leg, **kwargs):
    return [c.settlement for c in judge(**kwargs).values["charges"] if c.leg == leg]


# --- one example a row of requirements section 3; the letters are outbound, return, re-send, storage -------

EXAMPLES = [
    # code      facts                                                                       who bears
    ("F-01-S", {"fault": "seller"}, "SSSS"),
    ("F-01-C", {"fault": "customer"}, "CCCC"),
    ("F-01-T", {"fault": "carrier", "reason": "carrier"}, "TTTT"),
    ("F-02", {"agreement": "agreed", "agreed_return": "customer", "fault": "seller"}, "SCSS"),
    ("F-03", {}, "SCSS"),
    ("F-04", {"delivery": "refused", "refusal": "collect", "outbound_term": "collect",
      "collect_consent": "no"},
     "SSSS"),
    ("F-05", {"outbound_term": "collect", "collect_consent": "no"}, "SCSS"),
    ("F-06", {"outbound_term": "collect", "collect_consent": "yes"}, "CCSS"),
    ("F-07", {"delivery": "refused", "refusal": "violation"}, "SSSS"),
    ("F-07-U", {"delivery": "undeliverable", "refusal": "violation"}, "SSSS"),
    ("F-08", {"delivery": "refused", "refusal": "unjustified", "fault": "customer"}, "CCCC"),
    ("F-09", {"delivery": "refused", "refusal": "unjustified", "retrieval": "late",
      "fault": "customer"}, "CCSS"),
    ("F-10", {"delivery": "undeliverable", "undeliverable": "wrong", "fault": "customer"}, "CCCC"),
    ("F-11", {"delivery": "undeliverable", "undeliverable": "changed", "fault": "customer"}, "CCCC"),
    ("F-12", {"rule_set": "platform", "reason": "choice", "fault": "none", "subsidy_amount": D(5)}, "SP+CSS"),
    ("F-13", {"reason": "seller", "fault": "seller"}, "SS+CSS"),
    ("F-14", {"reason": "seller", "fault": "seller", "agreement": "agreed",
      "agreed_return": "seller"}, "SSSS"),
    ("F-15", {"resolution": "repair", "fault": "customer"}, "CSSC"),
    ("F-16", {"return_place": "missing", "fault": "seller"}, "SSSS"),
    ("F-17", {"return_place": "wrong", "fault": "seller"}, "SSSS"),
    ("F-18", {"parcel": "refused_again", "reason": "choice", "fault": "none"}, "SSCS"),
    ("F-19", {"parcel": "refused_once", "reason": "choice", "fault": "none"}, "SSSS"),
    ("F-20", {"return_place": "missing", "goods_wanted": "yes"}, "SSSS"),
    ("F-21", {"return_term": "collect", "return_consent": "no", "reason": "quality",
      "fault": "seller"}, "SCSS"),
    ("F-22", {"return_term": "collect", "return_consent": "yes", "reason": "quality",
      "fault": "seller"}, "SSSS"),
    ("F-23", {"reason": "choice", "right_blocked": "yes", "fault": "seller"}, "SS+CCS"),
    ("F-24", {"reason": "quality", "fault": "seller"}, "SSSS"),
    ("F-25", {"reason": "quality", "fault": "seller", "resolution": "exchange"}, "SSSS"),
    ("F-26", {"reason": "choice", "fault": "none"}, "SCCS"),
    ("F-26-X", {"reason": "choice", "fault": "none", "resolution": "exchange",
      "outbound_prepaid_by": "customer"}, "CCCS"),
    ("F-27", {"reason": "choice", "fault": "none", "outbound_term": "free_shipping"}, "CCCS"),
    ("F-27-X", {"reason": "choice", "fault": "none", "outbound_term": "free_shipping",
      "resolution": "exchange"},
     "SCCS"),
    ("F-28", {"delivery": "undeliverable", "undeliverable": "absent"}, "SCCS"),
    ("F-28-R", {"delivery": "refused", "refusal": "unjustified", "resolution": "exchange"}, "SCCS"),
    ("F-29", {"reason": "quality", "inspection": "failed"}, "SCSS"),
    ("F-30", {"delivery": "refused", "refusal": "announced", "fault": "seller"}, "SSSS"),
    ("F-30-U", {"delivery": "unsigned", "resolution": "refund_only"}, "SCSS"),
    ("F-31", {"reshipment": "yes"}, "SCSS"),
    ("F-32", {"remote": "yes"}, "SCSS"),
    ("F-33", {"reason": "choice", "fault": "none", "subsidy_amount": D(5)}, "SCCS"),
    ("F-34", {"reason": "quality", "fault": "seller", "return_carrier": "forbidden"}, "SS+CSS"),
    ("F-35", {"rule_set": "platform", "reason": "quality", "fault": "seller"}, "SS+CSS"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "facts", "expected"), EXAMPLES, ids=[code for code, _f, _b in EXAMPLES])
def test_a_row_decides_its_case(code, facts, expected):
    """F-01…F-35, CON-09, CON-43; the clauses one by one are in test_freight_cases.py."""
    answer = judge(**facts)
    assert code in answer.codes
    assert bearers(**facts) == expected


def test_every_row_of_the_table_has_an_example():
    """F-01…F-35 are all there, and no row is beyond reach."""
    assert {code for code, _facts, _expected in EXAMPLES} == {rule.code for rule in RULES}
    assert {code[:4] for code, _facts, _expected in EXAMPLES} == {f"F-{n:02d}" for n in range(1, 36)}


# --- settlement --------------------------------------------------------------------------------------------


def test_prepaid_freight_of_a_quality_return_is_reimbursed_or_credited_as_the_customer_wants():
    """FREIGHT-22, -24, -25."""
    quality = {"reason": "quality", "fault": "seller", "return_prepaid_by": "customer"}
    assert settled("return", **quality) == ["reimburse"]
    assert settled("return", **quality, reimburse_as="balance") == ["balance"]
    assert settled("return", **quality, reimburse_as="cash_out") == ["cash_out"]


@pytest.mark.parametrize("payer", ["customer", "seller"])
def test_an_exchange_of_choice_leaves_the_way_out_with_whoever_has_paid_it(payer):
    """EXCH-02: the sale stands; no delivery fee is given back and none is asked for afterwards."""
    choice = {"reason": "choice", "fault": "none", "resolution": "exchange", "refunds": False}
    assert settled("outbound", **choice, outbound_prepaid_by=payer) == ["none"]
    assert judge(**choice, outbound_prepaid_by=payer).values["charges"][0].borne_by == payer
    returned = {**choice, "resolution": "return_refund", "refunds": True}
    assert settled("outbound", **returned, outbound_prepaid_by="customer") == ["reimburse"]


def test_a_delivery_fee_the_customer_paid_comes_back_when_the_seller_is_at_fault():
    """FREIGHT-02, -07."""
    assert settled("outbound", fault="seller", outbound_prepaid_by="customer") == ["reimburse"]


def test_postage_both_ways_of_free_shipping_is_deducted_from_the_refund():
    """FREIGHT-26, AMB-23."""
    free = {"reason": "choice", "fault": "none", "outbound_term": "free_shipping"}
    assert settled("outbound", **free) == ["deduct"]
    assert settled("return", **free) == ["none"]  # paid by him already
    assert settled("outbound", **free, refunds=False) == ["invoice"]


def test_the_platform_pays_its_subsidy_but_never_more_than_the_freight():
    """FREIGHT-13."""
    choice = {"rule_set": "platform", "reason": "choice", "fault": "none"}
    assert borne(judge(**choice, subsidy_amount=D(5)))["return"] == {"platform": D(5), "customer": D(7)}
    assert borne(judge(**choice, subsidy_amount=D(50)))["return"] == {"platform": D(12)}
    assert settled("return", **choice, subsidy_amount=D(5)) == ["subsidy", "none"]


def test_the_seller_bears_the_freight_of_his_own_shipping_mode_and_no_more():
    """FREIGHT-14, AMB-11: measured on the way back where known, else by the outbound freight."""
    reason = {"reason": "seller", "fault": "seller"}
    assert borne(judge(**reason))["return"] == {"seller": D(8), "customer": D(4)}
    assert borne(judge(**reason, same_mode_amount=D(11)))["return"] == {"seller": D(11), "customer": D(1)}
    assert borne(judge(**reason, outbound_amount=D(0)))["return"] == {"seller": D(12)}


def test_a_forbidden_carrier_costs_the_customer_the_excess_only():
    """FREIGHT-23, AMB-51."""
    quality = {"reason": "quality", "fault": "seller"}
    assert borne(judge(**quality))["return"] == {"seller": D(12)}
    assert borne(judge(**quality, return_carrier="forbidden"))["return"] == {"seller": D(8), "customer": D(4)}


def test_what_the_carrier_bears_and_the_customer_paid_is_given_back_at_once():
    lost = {"fault": "carrier", "reason": "carrier"}
    assert settled("return", **lost) == ["reimburse"]
    assert settled("return", **lost, return_prepaid_by="seller") == ["carrier_claim"]


def test_an_agreement_beats_every_rule_but_only_on_the_legs_it_names():
    """FREIGHT-03, CON-28."""
    agreed = {"reason": "quality", "fault": "seller", "agreement": "agreed", "agreed_return": "customer"}
    assert bearers(**agreed) == "SCSS"


def test_an_empty_table_puts_nothing_on_the_customer():
    answer = freight.judge(Facts(**AMOUNTS), ())
    assert {charge.borne_by for charge in answer.values["charges"]} == {"seller"}


# --- for all facts -----------------------------------------------------------------------------------------

VALUES = {
    "rule_set": ("platform", "shop"),
    "agreement": (None, "agreed"),
    "resolution": ("refund_only", "return_refund", "exchange", "repair"),
    "reason": (None, "quality", "seller", "choice", "carrier"),
    "fault": ("seller", "customer", "carrier", "none", "undetermined"),
    "delivery": ("not_shipped", "unsigned", "signed", "refused", "undeliverable"),
    "refusal": (None, "collect", "violation", "unjustified", "announced"),
    "undeliverable": (None, "wrong", "changed", "absent"),
    "outbound_term": ("prepaid", "collect", "free_shipping"),
    "collect_consent": (None, "yes", "no"),
    "retrieval": (None, "late"),
    "right_blocked": (None, "yes"),
    "return_place": (None, "missing", "wrong"),
    "parcel": (None, "refused_once", "refused_again"),
    "goods_wanted": (None, "yes"),
    "return_term": ("prepaid", "collect"),
    "return_consent": (None, "yes", "no"),
    "return_carrier": (None, "forbidden"),
    "inspection": (None, "failed"),
    "reshipment": (None, "yes"),
    "remote": (None, "yes"),
}
money = st.decimals(0, 500, places=2)
any_facts = st.builds(
    Facts,
    **{name: st.sampled_from(values) for name, values in VALUES.items()},
    **{f"agreed_{leg}": st.sampled_from((None, *freight.BEARERS)) for leg in freight.LEGS},
    **{f"{leg}_amount": money for leg in freight.LEGS},
    **{f"{leg}_prepaid_by": st.sampled_from(("seller", "customer")) for leg in freight.LEGS},
    same_mode_amount=st.none() | money,
    subsidy_amount=money,
    refunds=st.booleans(),
    reimburse_as=st.sampled_from(("reimburse", "balance", "cash_out")),
)


def test_the_conditions_of_the_table_use_known_values_only():
    """A misspelt cell would never fit."""
    for rule in RULES:
        for name, value in rule.conditions:
            assert value in VALUES[name], f"{rule.code}: {name}={value}"
        known = {*freight.BEARERS, freight.AT_FAULT, freight.AS_AGREED, freight.AS_PAID}
        assert set(rule.bearers.values()) <= known, rule.code


@given(any_facts)
def test_every_leg_of_every_case_is_decided_by_exactly_one_row(facts):
    """FREIGHT-02…-04: total and unambiguous."""
    answer = freight.judge(facts, RULES)
    deciding = [
        leg for c in answer.clauses if c.matched for leg in filter(None, c.params["legs"].split(", "))
    ]
    assert sorted(deciding) == sorted(freight.LEGS)


@given(any_facts)
def test_the_shares_of_a_leg_are_always_a_hundred_per_cent(facts):
    """Σ shares = 100.00 and Σ amounts = the leg's amount, nothing negative."""
    charges = freight.charges_of(facts, RULES)
    for leg in freight.LEGS:
        parts = [charge for charge in charges if charge.leg == leg]
        assert sum(part.share for part in parts) == 100
        assert sum(part.amount for part in parts) == getattr(facts, f"{leg}_amount")
        assert all(part.amount >= 0 and part.share >= 0 for part in parts)
        assert len({part.borne_by for part in parts}) == len(parts)


@given(any_facts)
def test_nobody_settles_with_himself_and_everybody_else_does(facts):
    for charge in freight.charges_of(facts, RULES):
        owes = charge.borne_by != charge.prepaid_by and charge.amount > 0
        assert (charge.settlement != freight.NONE) == owes
        assert charge.settlement in freight.SETTLEMENTS


@given(any_facts)
def test_a_verdict_can_be_judged_again_from_its_facts(facts):
    answer = freight.judge(facts, RULES)
    again = verdict.from_plain(Facts, verdict.to_plain(facts))
    assert verdict.to_plain(freight.judge(again, RULES)) == verdict.to_plain(answer)


@given(any_facts)
def test_agreement_decides_the_legs_it_names(facts):
    """FREIGHT-03."""
    agreed = dataclasses.replace(facts, agreement="agreed")
    for leg in freight.LEGS:
        bearer = getattr(agreed, f"agreed_{leg}")
        if bearer:
            assert {c.borne_by for c in freight.charges_of(agreed, RULES) if c.leg == leg} == {bearer}
