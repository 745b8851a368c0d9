"""The kernel's transition engine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.aftersales_service.policy import lifecycle
from odoo.addons.aftersales_service.policy.lifecycle import Flow, Promise

PARCEL = Flow(
    name="parcel",
    initial="packed",
    transitions={
        ("packed", "ship"): "under_way",
        ("packed", "cancel"): "void",
        ("under_way", "deliver"): "delivered",
        ("under_way", "lose"): "lost",
        ("delivered", "pay"): "paid",
    },
    rights={
        "ship": {"clerk"},
        "cancel": {"clerk", "chief"},
        "deliver": {"carrier"},
        "lose": {"carrier", lifecycle.SYSTEM},
        "pay": {"chief"},
    },
    four_eyes={"pay"},
    promises={"arrive": Promise(opens={"ship"}, met={"deliver"}, expires="lose")},
    stamps={"ship": "shipped_at"},
)


def test_the_table_decides_the_next_state():
    assert lifecycle.next_state(PARCEL, "packed", "ship") == "under_way"


def test_an_event_that_does_not_apply_is_refused_by_name():
    with pytest.raises(lifecycle.IllegalTransition) as refusal:
        lifecycle.next_state(PARCEL, "delivered", "ship")
    assert (refusal.value.state, refusal.value.event) == ("delivered", "ship")


def test_allowed_events_are_table_and_rights():
    assert lifecycle.allowed_events(PARCEL, "packed", {"clerk"}) == ("ship", "cancel")
    assert lifecycle.allowed_events(PARCEL, "packed", {"chief"}) == ("cancel",)
    assert lifecycle.allowed_events(PARCEL, "packed", {"guest"}) == ()


def test_nobody_approves_a_request_of_their_own():
    assert lifecycle.allowed_events(PARCEL, "delivered", {"chief"}, own_request=True) == ()
    assert lifecycle.allowed_events(PARCEL, "delivered", {"chief"}) == ("pay",)


def test_an_overdue_promise_takes_the_event_that_would_have_kept_it():
    """Late is late, also before the ledger has come round."""
    assert lifecycle.allowed_events(PARCEL, "under_way", {"carrier"}) == ("deliver", "lose")
    late = lifecycle.allowed_events(PARCEL, "under_way", {"carrier"}, overdue_kinds=("arrive",))
    assert late == ("lose",)


def test_a_sound_flow_has_no_faults():
    assert lifecycle.faults(PARCEL) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"transitions": {**PARCEL.transitions, ("limbo", "ship"): "packed"}}, "limbo cannot be reached"),
        ({"rights": {**PARCEL.rights, "ship": set()}}, "nobody may fire ship"),
        ({"rights": {**PARCEL.rights, "lose": {"carrier"}}}, "which the system may not fire"),
        ({"four_eyes": {"fly"}}, "four_eyes names the unknown event fly"),
        ({"stamps": {"fly": "x"}}, "stamps names the unknown event fly"),
        (
            {"promises": {"arrive": Promise(opens={"ship"}, met=set(), expires="lose")}},
            "arrive can run out in delivered",
        ),
    ],
)
def test_a_crooked_flow_is_found_out(change, fault):
    crooked = Flow(**{**PARCEL.__dict__, **change})
    assert any(fault in problem for problem in lifecycle.faults(crooked))


def test_every_state_knows_its_open_promises():
    assert lifecycle.open_promises(PARCEL) == {
        "packed": {frozenset()},
        "under_way": {frozenset({"arrive"})},
        "delivered": {frozenset()},
        "lost": {frozenset()},
        "void": {frozenset()},
        "paid": {frozenset()},
    }


@given(st.lists(st.sampled_from([*PARCEL.events, "unknown"]), max_size=12))
def test_a_random_walk_never_leaves_the_table(events):
    """No illegal event changes anything."""
    state = PARCEL.initial
    for event in events:
        before = state
        try:
            state = lifecycle.next_state(PARCEL, state, event)
        except lifecycle.IllegalTransition:
            assert (before, event) not in PARCEL.transitions
            assert state == before
        else:
            assert PARCEL.transitions[before, event] == state


def test_the_diagram_is_drawn_from_the_table():
    drawing = lifecycle.diagram(PARCEL)
    assert "packed --> under_way: ship" in drawing
    assert "under_way --> lost: lose (when arrive runs out)" in drawing
    assert "paid --> [*]" in drawing
