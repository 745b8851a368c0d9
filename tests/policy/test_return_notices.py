"""What the customer of a return is told (PROG-02, PROG-06)."""

from odoo.addons.aftersales_returns.policy import return_notices, rma_flow
from odoo.addons.aftersales_service.policy.lifecycle import CUSTOMER, SYSTEM

EVENTS = {event for _state, event in rma_flow.TRANSITIONS}


def test_only_events_of_the_flow_are_told():
    assert set(return_notices.NODES) <= EVENTS


def test_what_the_customer_does_himself_is_no_news():
    assert {return_notices.node_of(event, CUSTOMER) for event in EVENTS} == {None}


def test_each_way_a_return_ends_or_waits_for_the_customer_is_told():
    """RMA-03, RMA-06, INSPECT-02, EXCH-04: his time limits begin with it, or nothing comes any more."""
    over = {rma_flow.REFUSED, rma_flow.CLOSED, rma_flow.CANCELLED, rma_flow.REJECTED, rma_flow.DONE}
    ends = {
        event for (state, event), after in rma_flow.TRANSITIONS.items() if after in over and state != after
    }
    silent = {event for event in ends if return_notices.node_of(event, SYSTEM) is None}
    assert silent == {"conclude"}  # late goods of a return whose customer has had everything


def test_what_opens_a_time_limit_of_the_customer_is_told():
    """RMA-03, RMA-06: nobody is closed out by a limit that he was never told."""
    his = {"resubmit", "send_back", "custody"}
    opened = {event for kind in his for event in rma_flow.PROMISES[kind].opens}
    assert None not in {return_notices.node_of(event, SYSTEM) for event in opened}


def test_a_parcel_that_never_arrived_is_told_at_its_approval():
    assert return_notices.node_of("register_shipment", SYSTEM, without_goods=True) == "approved"
    assert return_notices.node_of("register_shipment", SYSTEM) is None
