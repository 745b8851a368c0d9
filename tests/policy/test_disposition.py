"""Where inspected goods go: checklist, grade, table."""

import csv
import dataclasses
import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.aftersales_returns.policy import disposition
from odoo.addons.aftersales_returns.policy.disposition import Facts
from odoo.addons.aftersales_service.policy import verdict

TABLE = Path(__file__).parents[2] / "aftersales_returns/data/aftersales.disposition.rule.csv"
with TABLE.open() as lines:
    RULES = verdict.rows_of(disposition.Rule, list(csv.DictReader(lines)))


def judge(**kwargs):
    return disposition.judge(Facts(**{"grade": "a", **kwargs}), RULES)


def test_goods_as_new_go_back_to_stock():
    """INSPECT-03."""
    answer = judge(unused="yes", packaging="yes", accessories="yes", serial_matches="yes")
    assert answer.outcome == "restock"
    assert answer.values["accepted"]


@pytest.mark.parametrize("check", ["unused", "packaging", "accessories", "serial_matches"])
def test_a_return_without_a_reason_needs_everything(check):
    """RMA-20, INSPECT-02: turned down, and the goods go back to the customer."""
    answer = judge(**{check: "no"})
    assert answer.outcome == "return_to_customer"
    assert answer.values["failed"] == [check]
    assert f"inspect_{check}" in answer.codes


def test_a_fault_shows_in_use_so_used_goods_are_accepted_for_it():
    """RMA-38: opened packaging and traces of use do not turn a quality return down."""
    answer = judge(right="with_reason", grade="c", unused="no", packaging="no", fault_found="yes")
    assert answer.values["accepted"]


@pytest.mark.parametrize("right", ["no_reason", "with_reason", "warranty", "refund_only"])
def test_what_got_lost_in_our_hands_is_accepted_whatever_was_found_before(right):
    """INSPECT-03: nobody can grade it, and that is not the customer's loss."""
    answer = judge(lost="yes", grade=None, right=right, unused="no", serial_matches="no", complete="no")
    assert (answer.outcome, answer.values["accepted"], answer.codes) == ("scrap", True, ("inspect_lost",))


def test_what_nobody_announced_is_lost_without_being_accepted():
    answer = judge(lost="yes", grade=None, unexpected="yes")
    assert (answer.outcome, answer.values["accepted"]) == ("scrap", False)


def test_a_fault_that_is_not_there_turns_the_goods_down():
    """INSPECT-02."""
    assert judge(right="with_reason", fault_found="no").outcome == "return_to_customer"


@pytest.mark.parametrize("grade", ["c", "d"])
def test_without_a_reason_used_or_damaged_goods_are_not_taken_back(grade):
    """RMA-16, RMA-20, INSPECT-03: the grade says it also where no box of the checklist was ticked."""
    for right in ("no_reason", "not_eligible"):
        answer = judge(right=right, reason="choice", grade=grade)
        assert (answer.outcome, answer.values["failed"]) == ("return_to_customer", ["grade"])
        assert "inspect_grade" in answer.codes
    for right in ("with_reason", "warranty", "refund_only"):
        assert judge(right=right, reason="quality", grade=grade).values["accepted"]
    assert judge(gift="yes", reason="choice", grade=grade).values["accepted"]


@pytest.mark.parametrize("reason", ["seller", "choice"])
def test_what_was_promised_and_not_kept_shows_on_no_goods(reason):
    """RMA-28, RMA-29: late, not as described, wrong item, invoice; an inspector truly finds no fault."""
    answer = judge(right="with_reason", reason=reason, fault_found="no", unused="yes")
    assert answer.values["accepted"]
    assert "inspect_fault_found" not in answer.codes
    for claimed in ("quality", "carrier"):
        assert not judge(right="with_reason", reason=claimed, fault_found="no").values["accepted"]
    assert not judge(right="with_reason", reason=reason, serial_matches="no").values["accepted"]


def test_a_missing_gift_is_deducted_and_turns_nothing_down():
    """REFUND-32, RMA-22."""
    answer = judge(gift_included="no")
    assert answer.outcome == "restock"
    assert "inspect_gift_included" not in answer.codes


def test_a_foreign_serial_is_never_accepted():
    assert judge(right="with_reason", fault_found="yes", serial_matches="no").outcome == "return_to_customer"


checks = st.sampled_from((None, "yes", "no"))
any_facts = st.builds(
    Facts,
    grade=st.sampled_from(disposition.GRADES),
    right=st.sampled_from(("no_reason", "with_reason", "warranty", "refund_only", "not_eligible")),
    resolution=st.sampled_from(("refund_only", "return_refund", "exchange", "repair")),
    gift=st.sampled_from(("yes", "no")),
    vendor_warranty=st.sampled_from(("yes", "no")),
    unused=checks,
    packaging=checks,
    accessories=checks,
    gift_included=checks,
    serial_matches=checks,
    fault_found=checks,
    reason=st.sampled_from((None, "quality", "seller", "carrier", "choice")),
    ownership=st.sampled_from(disposition.OWNERSHIPS),
)


@given(any_facts)
def test_the_table_decides_every_case_by_one_row(facts):
    answer = disposition.judge(facts, RULES)
    assert answer.outcome in disposition.OUTCOMES
    assert sum(code.startswith("disposition_") for code in answer.codes) == 1
    assert "disposition_no_row" not in answer.codes
    assert disposition.judge(verdict.from_plain(Facts, verdict.to_plain(facts)), RULES) == answer


@given(any_facts)
def test_goods_turned_down_stay_the_customers(facts):
    """INSPECT-02: nothing that was not accepted is taken over."""
    answer = disposition.judge(facts, RULES)
    assert (answer.outcome in disposition.TAKEN_OVER) == answer.values["accepted"]


def test_no_row_is_unreachable():
    used = {
        disposition.judge(Facts(g, right=x, resolution=r, gift=i, vendor_warranty=v, unused=u), RULES).codes[
            -1
        ]
        for g in disposition.GRADES
        for x in ("no_reason", "with_reason")
        for r in ("return_refund", "repair")
        for i in ("yes", "no")
        for v in ("yes", "no")
        for u in ("yes", "no")
    }
    used |= {
        disposition.judge(
            Facts(g, "with_reason", gift=i, ownership=disposition.CONSIGNED, reason="quality"), RULES
        ).codes[-1]
        for g in disposition.GRADES
        for i in ("yes", "no")
    }
    assert used == {rule.code for rule in RULES}


CELLS = {
    "accepted": ("yes", "no"),
    "grade": disposition.GRADES,
    "resolution": ("return_refund", "exchange", "repair"),
    "gift": ("yes", "no"),
    "vendor_warranty": ("yes", "no"),
    "ownership": disposition.OWNERSHIPS,
}


@pytest.mark.parametrize("cell", itertools.product(*CELLS.values()), ids="-".join)
def test_every_cell_is_decided_exactly_once(cell):
    """Remedy × grade × ownership × warranty: the first row in order of sequence, and that row alone."""
    wanted = dict(zip(CELLS, cell, strict=True))
    fitting = [rule for rule in RULES if all(getattr(rule, k) in (None, v) for k, v in wanted.items())]
    serial = "yes" if wanted.pop("accepted") == "yes" else "no"
    answer = judge(right="with_reason", reason="seller", serial_matches=serial, **wanted)
    assert answer.outcome == fitting[0].disposition
    assert [code for code in answer.codes if code.startswith("disposition_")] == [fitting[0].code]
    assert len({rule.sequence for rule in fitting}) == len(fitting), "no two rows of the same rank fit"


@given(any_facts)
def test_goods_of_a_supplier_are_never_scrapped_by_a_shipped_row(facts):
    answer = disposition.judge(dataclasses.replace(facts, ownership=disposition.CONSIGNED), RULES)
    assert answer.outcome != disposition.SCRAP


@given(any_facts, st.sampled_from(disposition.OWNERSHIPS), st.sampled_from(disposition.OUTCOMES))
def test_a_row_for_an_owner_decides_about_his_goods_alone(facts, owner, outcome):
    """A company's own row with a lower sequence wins, and touches no other owner's goods."""
    row = disposition.Rule("own_row", 1, accepted="yes", ownership=owner, disposition=outcome)
    before, after = disposition.judge(facts, RULES), disposition.judge(facts, (row, *RULES))
    if facts.ownership == owner and before.values["accepted"]:
        assert (after.outcome, after.codes[-1]) == (outcome, "own_row")
    else:
        assert after == before


@given(any_facts)
def test_what_was_judged_before_owners_were_known_replays(facts):
    """Facts and rows kept without the column mean: sold by us, for any owner."""
    facts = dataclasses.replace(facts, ownership=disposition.SOLD)
    plain = {name: value for name, value in verdict.to_plain(facts).items() if name != "ownership"}
    rows = [
        verdict.from_plain(
            disposition.Rule, {k: v for k, v in verdict.to_plain(r).items() if k != "ownership"}
        )
        for r in RULES
        if not r.ownership
    ]
    assert disposition.judge(verdict.from_plain(Facts, plain), rows) == disposition.judge(facts, RULES)


def test_an_empty_table_leaves_the_goods_with_the_customer():
    answer = disposition.judge(Facts("a"), ())
    assert (answer.outcome, answer.values["accepted"]) == ("return_to_customer", False)
