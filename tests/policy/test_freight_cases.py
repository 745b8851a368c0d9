"""The freight clauses one by one: a situation, who bears which leg, and the row of the table that says so.

Each case stands beside its opposite: the fact that makes the clause apply is taken away, and another row
decides.
"""

import csv
import itertools
from decimal import Decimal
from pathlib import Path

import pytest

from odoo.addons.aftersales_returns.policy import freight
from odoo.addons.aftersales_returns.policy.freight import Facts, Rule
from odoo.addons.aftersales_service.policy import verdict

D = Decimal
TABLE = Path(__file__).parents[2] / "aftersales_returns/data/aftersales.freight.rule.csv"
with TABLE.open(encoding="utf-8") as lines:
    RULES = verdict.rows_of(freight.Rule, list(csv.DictReader(lines)))

AMOUNTS = {"outbound_amount": D(8), "return_amount": D(12), "reship_amount": D(9), "storage_amount": D(3)}
REFUSED = {"delivery": "refused", "refusal": "unjustified"}
RETURNED = {"delivery": "undeliverable"}
CHOICE = {"reason": "choice", "fault": "none"}
PLATFORM_CHOICE = {**CHOICE, "rule_set": "platform"}
WITH_REASON = {"reason": "seller", "fault": "seller"}


def judge(rules=RULES, **facts):
    return freight.judge(Facts(**{**AMOUNTS, **facts}), rules)


def decided(**facts):
    """{leg: (bearer, row that says so)}; several bearers are joined by +."""
    answer = judge(**facts)
    rows = {
        leg: clause.code
        for clause in answer.clauses
        for leg in filter(None, clause.params["legs"].split(", "))
    }
    bearers = {}
    for charge in answer.values["charges"]:
        bearers.setdefault(charge.leg, []).append(charge.borne_by)
    return {leg: ("+".join(bearers[leg]), rows[leg]) for leg in freight.LEGS}


def amounts(leg, rules=RULES, **facts):
    """{bearer: amount} of one leg."""
    charges = judge(rules, **facts).values["charges"]
    return {charge.borne_by: charge.amount for charge in charges if charge.leg == leg}


def transaction(**facts):
    return judge(**facts).values["transaction"]


# --- agreement, principle, fallback --------------------------------------------------------------------


@pytest.mark.parametrize("party", ["seller", "customer", "carrier"])
def test_whoever_is_at_fault_bears_every_leg(party):
    """FREIGHT-02: without agreement or a clause of its own."""
    code = {"seller": "F-01-S", "customer": "F-01-C", "carrier": "F-01-T"}[party]
    assert decided(fault=party) == dict.fromkeys(freight.LEGS, (party, code))


@pytest.mark.parametrize(("leg", "party"), itertools.product(freight.LEGS, freight.BEARERS))
def test_what_was_agreed_on_a_leg_is_stronger_than_fault_and_clause(leg, party):
    """FREIGHT-03: also against a refused parcel (F-08) and a quality fault (F-24)."""
    for other in ({}, REFUSED, {"reason": "quality", "fault": "seller"}):
        assert decided(agreement="agreed", **{f"agreed_{leg}": party}, **other)[leg] == (party, "F-02")


def test_nothing_agreed_and_nobody_found_at_fault_splits_the_freight():
    """FREIGHT-04: outbound the seller's, return the customer's, and the goods come back for the money."""
    legs = decided(fault="undetermined")
    assert legs["outbound"] == ("seller", "F-03")
    assert legs["return"] == ("customer", "F-03")
    assert transaction(fault="undetermined") == "return_refund"
    assert decided(fault="seller")["return"] != legs["return"]


def test_what_nobody_can_find_out_is_handled_as_a_return_with_refund():
    """RMA-37: an exchange too; where a rule or an agreement speaks of the way back, as it was wanted."""

    def handled_as(**facts):
        return judge(**facts).values["handled_as"]

    for wanted in ("exchange", "return_refund"):
        assert handled_as(resolution=wanted, reason="carrier", fault="undetermined") == "return_refund"
    assert handled_as(resolution="repair", reason="carrier", fault="undetermined") is None
    assert handled_as(resolution="exchange", reason="carrier", fault="carrier") is None
    assert handled_as(resolution="exchange", reason="quality", fault="undetermined") is None
    assert handled_as(resolution="exchange", **CHOICE) is None
    agreed = {"agreement": "agreed", "agreed_return": "seller", "fault": "undetermined"}
    assert handled_as(resolution="exchange", **agreed) is None


@pytest.mark.parametrize("bearer", ["seller", "customer", "carrier", "platform"])
def test_a_person_decides_on_the_whole_way_back_and_on_nothing_else(bearer):
    """FREIGHT-02: neither cap nor subsidy cuts it; the other legs stay as they were judged."""
    facts = Facts(**{**AMOUNTS, "reason": "seller", "fault": "seller", "return_amount": Decimal(50)})
    decided_on = {
        (row.leg, row.borne_by): row.amount for row in freight.charges_decided(facts, RULES, bearer)
    }
    judged = {(row.leg, row.borne_by): row.amount for row in freight.charges_of(facts, RULES)}
    assert [key for key in decided_on if key[0] == "return"] == [("return", bearer)]
    assert decided_on["return", bearer] == Decimal(50)
    others = {key: amount for key, amount in judged.items() if key[0] != "return"}
    assert {key: amount for key, amount in decided_on.items() if key[0] != "return"} == others


# --- sending -------------------------------------------------------------------------------------------


def test_a_parcel_sent_freight_collect_without_consent_may_be_refused():
    """FREIGHT-05: refusing it costs the customer nothing; with his consent it would be without reason."""
    collect = {"outbound_term": "collect", "delivery": "refused"}
    allowed = {**collect, "refusal": "collect", "collect_consent": "no"}
    assert decided(**allowed)["outbound"] == decided(**allowed)["return"] == ("seller", "F-04")
    assert transaction(**allowed) == "refund"
    consented = {**collect, "refusal": "unjustified", "collect_consent": "yes"}
    assert decided(**consented)["return"] == ("customer", "F-08")
    assert decided(**consented)["outbound"] == ("customer", "F-06")


def test_freight_collect_without_consent_that_was_signed_for_is_the_sellers():
    """FREIGHT-06: what the customer paid at the door is given back to him, the sale stands."""
    signed = {"outbound_term": "collect", "collect_consent": "no", "outbound_prepaid_by": "customer"}
    assert decided(**signed)["outbound"] == ("seller", "F-05")
    assert transaction(**signed) == "sale_stands"
    outbound = judge(**signed).values["charges"][0]
    assert (outbound.amount, outbound.settlement) == (D(8), "reimburse")


@pytest.mark.parametrize(("delivery", "code"), [("refused", "F-07"), ("undeliverable", "F-07-U")])
def test_goods_not_shipped_as_required_travel_both_ways_at_the_sellers_expense(delivery, code):
    """FREIGHT-07: not received or refused, and the money goes back."""
    legs = decided(delivery=delivery, refusal="violation", fault="customer")
    assert legs["outbound"] == legs["return"] == ("seller", code)
    assert transaction(delivery=delivery, refusal="violation") == "refund"


# --- signing -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["seller", "customer", "carrier", "none", "undetermined"])
def test_a_refusal_without_a_valid_reason_puts_the_way_back_on_the_customer(fault):
    """FREIGHT-08: the duty to accept does not depend on anything else that went wrong."""
    assert decided(**REFUSED, fault=fault)["return"] == ("customer", "F-08")
    assert transaction(**REFUSED, fault=fault) == "goods_to_seller"


def test_a_refusal_that_was_announced_is_not_one_without_reason():
    """FREIGHT-08, CON-44: the reason told to customer service decides."""
    announced = {"delivery": "refused", "refusal": "announced"}
    assert decided(**announced, fault="seller")["return"] == ("seller", "F-01-S")


def test_a_refused_parcel_left_with_the_carrier_costs_the_seller_what_that_causes():
    """FREIGHT-09: more freight and storage, while the way back stays the customer's."""
    late = decided(**REFUSED, fault="customer", retrieval="late")
    assert late["storage"] == late["reship"] == ("seller", "F-09")
    assert late["return"] == ("customer", "F-08")
    in_time = decided(**REFUSED, fault="customer")
    assert in_time["storage"] == ("customer", "F-01-C")


@pytest.mark.parametrize("fault", ["seller", "customer", "none", "undetermined"])
def test_a_wrong_address_puts_the_way_back_on_the_customer(fault):
    """FREIGHT-10."""
    assert decided(**RETURNED, undeliverable="wrong", fault=fault)["return"] == ("customer", "F-10")


@pytest.mark.parametrize("fault", ["seller", "customer", "none", "undetermined"])
def test_an_address_changed_without_consent_puts_the_way_back_on_the_customer(fault):
    """FREIGHT-11: a change with the seller's consent is none of this, then the fault decides."""
    assert decided(**RETURNED, undeliverable="changed", fault=fault)["return"] == ("customer", "F-11")
    assert decided(**RETURNED, fault="seller")["return"] == ("seller", "F-01-S")


# --- returning -----------------------------------------------------------------------------------------


def test_a_return_without_a_reason_is_at_the_customers_expense():
    """FREIGHT-12: on the platform and in the shop."""
    assert decided(**PLATFORM_CHOICE)["return"] == ("customer", "F-12")
    assert decided(**CHOICE)["return"] == ("customer", "F-26")
    assert decided(**PLATFORM_CHOICE)["outbound"] == ("seller", "F-03")


@pytest.mark.parametrize(
    ("subsidy", "expected"),
    [(0, {"customer": D(12)}), (5, {"platform": D(5), "customer": D(7)}), (12, {"platform": D(12)})],
)
def test_the_platform_subsidizes_by_region(subsidy, expected):
    """FREIGHT-13: the region's amount, at most the freight; the shop's own rule knows none."""
    assert amounts("return", **PLATFORM_CHOICE, subsidy_amount=D(subsidy)) == expected
    assert amounts("return", **CHOICE, subsidy_amount=D(subsidy)) == {"customer": D(12)}


def test_a_return_for_a_reason_costs_the_seller_his_own_shipping_mode():
    """FREIGHT-14: the express surcharge is the customer's, unless they agreed otherwise."""
    assert decided(**WITH_REASON)["return"] == ("seller+customer", "F-13")
    assert amounts("return", **WITH_REASON, same_mode_amount=D(10)) == {"seller": D(10), "customer": D(2)}
    agreed = {**WITH_REASON, "agreement": "agreed", "agreed_return": "seller"}
    assert amounts("return", **agreed) == {"seller": D(12)}


def test_store_wide_free_return_freight_is_a_matter_of_rows_not_of_code():
    """FREIGHT-15: its text is not known, it speaks of both cases; a company's own rows put it in force.

    Without a reason the subsidy already pays; for a reason it pays towards what the customer bears beyond
    the seller's shipping mode, never more than that.
    """
    own = Rule("OWN-1", 5, reason="seller", return_bearer="seller", cap="same_mode", subsidy="yes")
    rules = (own, *RULES)
    case = {**WITH_REASON, "same_mode_amount": D(8)}
    assert amounts("return", **case, subsidy_amount=D(3)) == {"seller": D(8), "customer": D(4)}
    paid = amounts("return", rules, **case, subsidy_amount=D(3))
    assert paid == {"seller": D(8), "platform": D(3), "customer": D(1)}
    assert amounts("return", rules, **case, subsidy_amount=D(9)) == {"seller": D(8), "platform": D(4)}
    free = Rule("OWN-2", 6, reason="choice", return_bearer="platform")
    assert amounts("return", (free, *RULES), **PLATFORM_CHOICE) == {"platform": D(12)}


@pytest.mark.parametrize("fault", ["seller", "customer", "none", "undetermined"])
def test_goods_sent_in_the_course_of_a_repair_travel_at_the_sellers_expense(fault):
    """FREIGHT-16, CON-28: there and back, whosever fault; an agreed freight line goes before it."""
    legs = decided(resolution="repair", fault=fault)
    assert legs["return"] == legs["reship"] == ("seller", "F-15")
    agreed = decided(resolution="repair", fault=fault, agreement="agreed", agreed_reship="customer")
    assert agreed["reship"] == ("customer", "F-02")
    assert agreed["return"] == ("seller", "F-15")


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ({"return_place": "missing"}, "F-16"),
        ({"return_place": "wrong"}, "F-17"),
        ({"parcel": "refused_again"}, "F-18"),
    ],
)
def test_a_return_that_the_seller_makes_impossible_is_refunded_at_his_expense(what, code):
    """FREIGHT-17: no return address in time, a wrong one, or the parcel refused without reason."""
    assert decided(**CHOICE, **what)["return"] == ("seller", code)
    assert transaction(**CHOICE, **what) == "refund"
    assert decided(**CHOICE)["return"] == ("customer", "F-26")


def test_a_seller_who_wants_the_goods_after_all_negotiates_by_himself():
    """FREIGHT-17: the refund and its freight stay as they are, the rest is between the two."""
    case = {**CHOICE, "return_place": "missing", "goods_wanted": "yes"}
    assert decided(**case)["return"] == ("seller", "F-16")
    assert transaction(**case) == "negotiate"


def test_sending_back_freight_collect_needs_the_sellers_consent():
    """FREIGHT-18: without it the freight is the customer's, with it the other clauses decide."""
    quality = {"reason": "quality", "fault": "seller", "return_term": "collect"}
    assert decided(**quality, return_consent="no")["return"] == ("customer", "F-21")
    assert decided(**quality, return_consent="yes")["return"] == ("seller", "F-24")


def test_the_first_unjustified_refusal_of_the_returned_parcel_makes_all_freight_the_sellers():
    """FREIGHT-19: a second return is supported."""
    legs = decided(**CHOICE, parcel="refused_once")
    assert {legs[leg] for leg in ("return", "reship", "storage")} == {("seller", "F-19")}
    assert transaction(**CHOICE, parcel="refused_once") == "second_return"


def test_a_seller_who_made_the_right_useless_pays_as_for_a_reason():
    """FREIGHT-20: same bearer, same limit, same amounts as FREIGHT-14."""
    blocked = {"reason": "choice", "fault": "seller", "right_blocked": "yes"}
    assert decided(**blocked)["return"] == ("seller+customer", "F-23")
    for mode in (None, D(5), D(11), D(40)):
        by_reason = amounts("return", **WITH_REASON, same_mode_amount=mode)
        assert amounts("return", **blocked, same_mode_amount=mode) == by_reason


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ({"delivery": "undeliverable", "undeliverable": "absent"}, "F-28"),
        ({**REFUSED, "resolution": "exchange"}, "F-28-R"),
    ],
)
def test_sending_again_what_came_back_because_of_the_customer_is_at_his_expense(case, code):
    """FREIGHT-27: refused, or nobody there for long."""
    for fault in ("customer", "none", "undetermined"):
        assert decided(**case, fault=fault)["reship"] == ("customer", code)
        assert transaction(**case, fault=fault) == "send_again"
    assert decided(delivery="signed", fault="none")["reship"][0] == "seller"


# --- what there is to bear, and by whom ------------------------------------------------------------------


def test_storage_and_other_fees_are_a_leg_of_their_own():
    """FREIGHT-28: borne, paid in advance and settled apart from every freight."""
    storage = next(
        charge
        for charge in judge(**REFUSED, retrieval="late", storage_prepaid_by="customer").values["charges"]
        if charge.leg == "storage"
    )
    assert (storage.borne_by, storage.amount, storage.share) == ("seller", D(3), D(100))
    assert storage.settlement == "reimburse"


def test_every_party_can_be_the_one_who_bears():
    """FREIGHT-29: seller (a firm or a person), buyer, carrier and the platform that subsidizes."""
    seen = set()
    for case in ({"fault": "seller"}, {"fault": "customer"}, {"fault": "carrier"}, PLATFORM_CHOICE):
        charges = judge(**case, subsidy_amount=D(5)).values["charges"]
        seen |= {charge.borne_by for charge in charges}
    assert seen == set(freight.BEARERS) == {"seller", "customer", "carrier", "platform"}


# --- cell by cell ------------------------------------------------------------------------------------------

CELLS = [(rule, leg) for rule in RULES for leg in rule.bearers]


@pytest.mark.parametrize(("rule", "leg"), CELLS, ids=[f"{rule.code}-{leg}" for rule, leg in CELLS])
def test_a_cell_decides_its_leg_alone_and_again_from_the_facts_that_were_kept(rule, leg):
    """F-01…F-35: no cell is dead, and what was kept of the case gives the same answer years later."""
    facts = dict(rule.conditions)
    if rule.bearers[leg] == freight.AS_AGREED:
        facts[f"agreed_{leg}"] = "customer"
    assert decided(**facts)[leg][1] == rule.code
    known = Facts(**{**AMOUNTS, **facts})
    kept = verdict.to_plain(freight.judge(known, RULES))
    again = freight.judge(verdict.from_plain(Facts, verdict.to_plain(known)), RULES)
    assert verdict.to_plain(again) == kept
