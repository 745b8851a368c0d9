"""The ticket's and the visit's tables (requirements §4.4)."""

import pytest

from odoo.addons.aftersales_service.policy import lifecycle, ticket_flow, visit_flow

TICKET, VISIT = ticket_flow.FLOW, visit_flow.FLOW
AGENT, ENGINEER = {"agent"}, {"engineer"}


def walk(*events):
    """The state after ``events``, from a new ticket."""
    state = TICKET.initial
    for event in events:
        state = lifecycle.next_state(TICKET, state, event)
    return state


@pytest.mark.parametrize("flow", [TICKET, VISIT], ids=lambda flow: flow.name)
def test_tables_have_no_faults(flow):
    assert lifecycle.faults(flow) == []


def test_the_natural_order_of_the_states_is_the_one_in_the_design():
    assert set(TICKET.states) == {
        "new", "assigned", "accepted", "in_progress", "waiting", "resolved", "closed", "cancelled",
    }  # fmt: skip


def test_a_request_goes_from_dispatch_to_the_closed_file():
    """SO-1 … SO-9: given, accepted, worked on, solved, confirmed, closed."""
    assert walk("assign", "accept", "start", "resolve", "close") == "closed"


def test_declined_and_unaccepted_tickets_come_back_to_be_given_to_the_next():
    """SLA-08, SLA-09."""
    assert walk("assign", "decline") == "new"
    assert walk("assign", "pass_on") == "new"
    assert TICKET.promises["accept"].expires == "pass_on"
    assert TICKET.rights["pass_on"] == {lifecycle.SYSTEM}


def test_a_ticket_can_be_solved_out_of_a_pause():
    assert walk("assign", "accept", "wait", "resolve") == "resolved"


def test_what_waits_changes_hands_like_any_other():
    """SLA-08: the new one has to accept it, and the clocks run on."""
    assert walk("assign", "accept", "wait", "assign") == "assigned"
    for kind in ("diagnosis", "on_site", "restore", "resolve"):
        assert "assign" in TICKET.promises[kind].resumes, kind


def test_what_waits_is_asked_after():
    """SO-6: a pause has a time of its own, which every asking opens anew."""
    assert walk("assign", "accept", "wait", "ask_after", "ask_after") == "waiting"
    for state, running in lifecycle.open_promises(TICKET).items():
        assert all(("ask_after" in kinds) == (state == "waiting") for kinds in running), state


def test_a_dissatisfied_customer_gets_a_second_handling_on_the_same_ticket():
    """SO-8, CON-25."""
    assert walk("assign", "accept", "resolve", "reopen") == "in_progress"
    assert walk("assign", "accept", "resolve", "close", "reopen") == "in_progress"


def test_nobody_works_on_a_ticket_that_was_not_accepted():
    """SLA-08: accepting comes before working."""
    with pytest.raises(lifecycle.IllegalTransition):
        walk("assign", "start")


def test_engineers_work_but_neither_dispatch_nor_close():
    assert lifecycle.allowed_events(TICKET, "assigned", ENGINEER) == ("accept", "decline", "escalate")
    assert lifecycle.allowed_events(TICKET, "resolved", ENGINEER) == ()


def test_customers_confirm_dispute_or_withdraw_and_nothing_else():
    """PROG-07: the customer confirms the result."""
    events = {event for event, roles in TICKET.rights.items() if lifecycle.CUSTOMER in roles}
    assert events == {"close", "reopen", "cancel"}


def test_every_measured_step_has_its_own_promise():
    """CON-02: acknowledge, assign, accept, reply, diagnosis, arrival, restore and resolve are not merged."""
    from odoo.addons.aftersales_service.policy import sla

    assert set(TICKET.promises) == {*sla.TARGETS, "confirm", "rework", "answer", "ask_after"}


def test_only_named_pauses_stop_the_clock_and_never_those_of_the_first_answer():
    """SLA-04, SLA-07: the clocks up to the first answer run on."""
    paused = {kind for kind, promise in TICKET.promises.items() if "wait" in promise.pauses}
    assert paused == {"diagnosis", "on_site", "restore", "resolve"}


def test_a_visit_ends_after_the_arrival_and_never_before():
    """PROG-11: no signature before the service, so no completion without arrival."""
    assert lifecycle.next_state(VISIT, "arrived", "complete") == "done"
    for state in ("planned", "confirmed"):
        with pytest.raises(lifecycle.IllegalTransition):
            lifecycle.next_state(VISIT, state, "complete")
