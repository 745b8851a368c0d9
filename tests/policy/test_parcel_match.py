"""Whose parcel is it: ranking candidates by what fits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.aftersales_returns.policy.parcel_match import WEIGHTS, Hit, digits, rank

ids = st.integers(1, 4)
hits = st.lists(
    st.one_of(
        st.builds(lambda kind, n: Hit(kind, rma=n, order=n, partner=n), st.sampled_from([*WEIGHTS]), ids),
        st.builds(lambda kind, n: Hit(kind, order=n, partner=n), st.sampled_from([*WEIGHTS]), ids),
        st.builds(lambda kind, n: Hit(kind, partner=n), st.sampled_from(["phone", "name"]), ids),
    ),
    max_size=10,
)


@given(hits, st.data())
def test_the_order_in_which_things_are_found_does_not_matter(found, data):
    assert rank(found) == rank(data.draw(st.permutations(found)))


@given(hits)
def test_finding_the_same_twice_changes_nothing(found):
    assert rank(found) == rank(found + found)


@given(hits)
def test_every_hit_speaks_for_somebody_and_nobody_comes_twice(found):
    candidates = rank(found)
    places = [(one.rma, one.order, one.partner) for one in candidates]
    assert len(places) == len(set(places))
    for hit in found:
        assert any(hit.kind in one.reasons for one in candidates)
    assert sorted((one.score for one in candidates), reverse=True) == [one.score for one in candidates]


def test_a_serial_number_outweighs_name_and_telephone():
    best = rank([Hit("serial", order=1, partner=1), Hit("name", partner=2), Hit("phone", partner=2)])[0]
    assert (best.order, best.partner) == (1, 1)


def test_what_fits_the_order_counts_for_its_return():
    found = rank([Hit("order", order=1, partner=1), Hit("tracking", rma=9, order=1, partner=1)])
    assert [(one.rma, one.reasons) for one in found] == [(9, ("tracking", "order"))]


def test_a_telephone_number_speaks_for_its_own_customer_only():
    """Not for the order of somebody else that was found as well; for each of his own cases, it does."""
    found = rank([Hit("order", order=1, partner=1), Hit("phone", partner=2)])
    assert [(one.order, one.partner, one.reasons) for one in found] == [
        (1, 1, ("order",)),
        (None, 2, ("phone",)),
    ]
    own = rank([Hit("order", order=1, partner=1), Hit("phone", partner=1)])
    assert [(one.order, one.reasons) for one in own] == [(1, ("order", "phone"))]


def test_a_return_that_waits_for_goods_comes_first():
    two = [Hit("serial", rma=1, order=1, partner=1), Hit("serial", rma=2, order=2, partner=2)]
    assert [one.rma for one in rank(two)] == [2, 1], "the younger one"
    assert [one.rma for one in rank(two, expected={1})] == [1, 2]


def test_nothing_found_gives_nobody():
    assert rank([]) == ()


@pytest.mark.parametrize("written", ["138-0013-8000", "+86 138 0013 8000", "138 0013 8000"])
def test_telephone_numbers_are_compared_by_their_digits(written):
    assert digits(written) == "13800138000"
