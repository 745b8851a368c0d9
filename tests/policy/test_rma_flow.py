"""The table of the return: every state has its declared promises, silence does what is announced."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.aftersales_returns.policy import return_policy_flow, rma_flow
from odoo.addons.aftersales_service.policy import lifecycle

FLOW = rma_flow.FLOW


def walk(*events):
    state = FLOW.initial
    for event in events:
        state = lifecycle.next_state(FLOW, state, event)
    return state


@pytest.mark.parametrize("flow", [FLOW, return_policy_flow.FLOW], ids=["rma", "return_policy"])
def test_the_tables_are_sound(flow):
    assert lifecycle.faults(flow) == []


def test_every_state_has_exactly_its_declared_deadlines():
    """RMA-02, -03, -06, -08, INSPECT-01, REFUND-01: whichever way a state was reached, the same
    promises run.
    """
    running = lifecycle.open_promises(FLOW)
    several = ("approved", "in_transit", "received", "inspected", "to_refund")
    assert {state: sorted(*sets) for state, sets in running.items() if state not in several} == {
        "draft": [],
        "requested": ["decide", "decide_refund"],
        "refused": ["resubmit"],
        "disputed": [],
        "to_ship": [],
        "rejected": [],
        "done": [],
        "closed": [],
        "cancelled": [],
    }
    # RMA-06, -19: both limits of the customer; RMA-30: the seller's, while an address is missing
    customers = frozenset({"send_back", "goods_back"})
    # RMA-02: after an approval by silence the transfer of the goods is prepared, in either state
    own_way = {"return_address", "prepare"}
    assert {kinds - own_way for kinds in running["approved"]} == {
        customers,
        frozenset({"custody"}),  # the replacement has left in advance
        customers | {"custody"},  # after a refused parcel: which of them, the terms of the document say
    }
    assert all(any(kind in kinds for kinds in running["approved"]) for kind in own_way)
    # RMA-19: the goods have a limit of their own, unless custody has taken its place
    coming = {frozenset({"receive", "goods_back"}), frozenset({"receive"})}
    assert {kinds - {"prepare"} for kinds in running["in_transit"]} == coming
    # REFUND-03: the terms leave the review out of what was signed for; a supplement has none
    assert running["received"] == {frozenset({"inspect", "review"}), frozenset({"inspect"})}
    assert running["inspected"] == {frozenset({"review"}), frozenset()}
    # in review until customer service has confirmed, then it is finance's refund that has a deadline
    assert running["to_refund"] == {frozenset({"review"}), frozenset()}


def test_a_quality_return_goes_the_whole_way():
    """INSPECT-03, REFUND-28: from the request to the refund, inspected and confirmed on the way."""
    assert (
        walk(
            "submit",
            "approve",
            "register_shipment",
            "receive",
            "complete_inspection",
            "pass_to_refund",
            "confirm_refund",
            "approve_refund",
            "settle",
        )
        == "done"
    )


@pytest.mark.parametrize(
    ("kind", "path", "after"),
    [
        ("decide", ("submit",), "approved"),
        ("resubmit", ("submit", "refuse"), "closed"),
        ("prepare", ("submit", "approve"), "approved"),
        ("prepare", ("submit", "approve", "register_shipment"), "in_transit"),
        ("send_back", ("submit", "approve"), "closed"),
        ("return_address", ("submit", "approve", "miss_address"), "to_refund"),
        ("custody", ("submit", "approve", "ship_ahead"), "closed"),
        ("receive", ("submit", "approve", "register_shipment"), "to_refund"),
    ],
)
def test_silence_does_what_was_announced(kind, path, after):
    """RMA-02, -04, -07, -08, -30: the seller's silence agrees or refunds, the customer's closes."""
    assert walk(*path, FLOW.promises[kind].expires) == after


@pytest.mark.parametrize("kind", ["inspect", "review", "decide_refund", "goods_back"])
def test_what_a_person_must_look_at_never_happens_by_silence(kind):
    """AMB-09: no inspection, no review and no refund without goods is settled by the clock."""
    assert FLOW.promises[kind].expires is None


@given(st.lists(st.sampled_from(FLOW.events), max_size=40))
def test_money_never_leaves_without_customer_service_and_finance(events):
    """AMB-09, REFUND-28: whatever the system does by itself, it cannot confirm or approve a refund."""
    by_itself = [event for event in events if lifecycle.may_fire(FLOW, event, {lifecycle.SYSTEM})]
    assert not {"confirm_refund", "approve_refund"} & set(by_itself)


def test_a_refused_parcel_lets_the_customer_send_again_with_a_new_deadline():
    """RMA-33: refusal leads back to waiting for the customer, and the clock starts anew."""
    assert walk("submit", "approve", "register_shipment", "refuse_parcel") == "approved"
    assert "refuse_parcel" in FLOW.promises["send_back"].opens


def test_goods_turned_down_go_back_and_are_not_refunded():
    """INSPECT-02."""
    path = ("submit", "approve", "receive", "complete_inspection", "reject", "return_goods")
    assert walk(*path) == "to_ship"
    with pytest.raises(lifecycle.IllegalTransition):
        walk(*path[:5], "pass_to_refund")


def test_who_refunds_without_goods_has_no_way_to_demand_them():
    """RMA-32: wanting the goods afterwards is negotiated outside the return; no event asks for them."""
    assert walk("submit", "approve", "waive_goods") == "to_refund"
    asking = {after for (state, _event), after in FLOW.transitions.items() if state in ("to_refund", "done")}
    assert asking == {"to_refund", "done"}


def test_a_closed_return_stays_closed():
    """RMA-04, -07: only goods that arrive late are still recorded."""
    assert [event for (state, event) in FLOW.transitions if state == "closed"] == ["receive_more"]


def test_goods_that_come_late_have_an_answer_in_every_state():
    """INSPECT-03: a parcel that comes after the decision is neither lost nor undoes what was decided."""
    known = {state for state, event in FLOW.transitions if event == "receive_more"}
    assert set(rma_flow.LATE_GOODS) == known
    waiting = {state for state, event in FLOW.transitions if event == "receive"}
    asked = {"draft", "requested", "refused"}  # nothing is on its way yet
    assert set(FLOW.states) == known | waiting | asked
    assert all(FLOW.transitions[state, "receive_more"] == state for state in known)


def test_a_supplement_is_inspected_in_time_and_pays_only_by_the_known_way():
    """INSPECT-01, REFUND-28: late goods begin in quarantine; to the refund leads the same road."""
    assert walk("supplement", "complete_inspection", "pass_to_refund") == "to_refund"
    assert walk("supplement", "complete_inspection", "conclude") == "done"
    assert "supplement" in FLOW.promises["inspect"].opens
    assert not lifecycle.may_fire(FLOW, "supplement", {"agent", "supervisor", "inspector"})


def test_each_role_has_the_least_rights():
    """Design 4.4: an agent cannot approve money, an inspector decides on no request, an engineer nothing."""
    agent, inspector = {"agent"}, {"inspector"}
    assert not lifecycle.may_fire(FLOW, "approve_refund", agent)
    assert not any(
        lifecycle.may_fire(FLOW, event, inspector) for event in ("approve", "refuse", "confirm_refund")
    )
    assert not any(lifecycle.may_fire(FLOW, event, {"engineer"}) for event in FLOW.events)
    assert not lifecycle.may_fire(FLOW, "uphold", agent)


@pytest.mark.parametrize("state", sorted(rma_flow.FLOW.states))
def test_what_was_asked_for_is_closed_once_it_is_decided(state):
    """The request is written in draft and after a refusal only; what is over is written by nobody."""
    closed = rma_flow.closed_fields(state)
    assert ("resolution" in closed) == (state not in rma_flow.OPEN_TO_CHANGE)
    if state in ("done", "closed", "cancelled"):
        assert {"reason_id", "warehouse_id", "return_freight", "signed_date", "tracking_ref"} <= closed
