"""Which promises run in a state that a document was put into by hand."""

import pytest

from odoo.addons.aftersales_returns.policy import rma_flow
from odoo.addons.aftersales_service.policy import lifecycle, ticket_flow, unstick


@pytest.mark.parametrize("flow", [ticket_flow.FLOW, rma_flow.FLOW], ids=lambda flow: flow.name)
def test_what_always_runs_may_run_and_what_stands_still_may_run_too(flow):
    for state in flow.states:
        always, possible, still = unstick.promises_in(flow, state)
        assert always <= possible
        assert still <= possible


def test_a_return_on_its_way_waits_for_the_parcel_and_within_its_limit():
    """RMA-08, -19: always for the parcel; and RMA-02: its limit may be over, its transfer to make."""
    always, possible = unstick.promises_in(rma_flow.FLOW, "in_transit")[:2]
    assert always == {"receive"}
    assert possible == {"receive", "goods_back", "prepare"}  # the last one of an approval by silence
    assert unstick.promises_in(rma_flow.FLOW, "cancelled")[0] == frozenset()


def test_a_ticket_that_waits_stands_still_but_for_its_first_answer():
    still = unstick.promises_in(ticket_flow.FLOW, "waiting")[2]
    assert "resolve" in still
    assert "first_reply" not in still


def test_a_ticket_solved_by_hand_asks_for_the_confirmation():
    always, possible, _still = unstick.promises_in(ticket_flow.FLOW, "resolved")
    assert "confirm" in always
    assert not {"resolve", "diagnosis", "restore"} & possible


def test_an_unknown_state_has_no_promises():
    with pytest.raises(KeyError):
        unstick.promises_in(lifecycle.Flow("x", "a", {}, {}), "b")
