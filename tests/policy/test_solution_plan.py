"""Who approves a solution plan, and in which order things happen to it."""

from decimal import Decimal

import pytest

from odoo.addons.aftersales_service.policy import lifecycle, solution_plan, solution_plan_flow
from odoo.addons.aftersales_service.policy.solution_plan import Facts, judge

FLOW = solution_plan_flow.FLOW


@pytest.mark.parametrize(
    ("cost", "limit", "approver"),
    [
        ("0", "1000", "supervisor"),
        ("1000.00", "1000", "supervisor"),
        ("1000.01", "1000", "general_manager"),
        ("99999999", "0", "supervisor"),
    ],
)
def test_the_amount_says_who_approves(cost, limit, approver):
    """SOLN-03: up to the limit the supervisor, above it the general manager; 0 means no limit."""
    assert judge(Facts(Decimal(cost), Decimal(limit))).outcome == approver
    assert approver in solution_plan.OUTCOMES


def test_nothing_is_carried_out_before_it_is_approved_and_told():
    """SOLN-04, SOLN-05: the only way to done leads through approval and the customer."""
    into_done = {at for (at, event), after in FLOW.transitions.items() if after == "done"}
    into_told = {at for (at, event), after in FLOW.transitions.items() if after == "told"}
    into_approved = {at for (at, event), after in FLOW.transitions.items() if after == "approved"}
    assert (into_done, into_told, into_approved) == ({"told"}, {"approved"}, {"submitted"})


def test_a_refused_plan_is_adjusted_and_asked_for_again():
    """SOLN-04."""
    assert lifecycle.next_state(FLOW, "refused", "revise") == "draft"


def test_nobody_approves_a_plan_of_their_own():
    """SOLN-03: four eyes."""
    allowed = lifecycle.allowed_events(FLOW, "submitted", {"agent", "supervisor"}, own_request=True)
    assert "approve_plan" not in allowed
    assert "refuse_plan" in allowed


def test_an_agent_does_not_approve():
    """SOLN-03."""
    assert "approve_plan" not in lifecycle.allowed_events(FLOW, "submitted", {"agent", "engineer"})


@pytest.mark.parametrize(
    ("states", "stands"),
    [
        ([], None),
        (["cancelled"], None),
        (["refused"], "refused"),
        (["refused", "cancelled"], "refused"),
        (["refused", "approved"], "approved"),
        (["told", "refused"], "refused"),
        (["done", "submitted"], "submitted"),
        (["approved", "draft"], "draft"),
        (["draft", "submitted", "done"], "submitted"),
        (["done"], "approved"),
    ],
)
def test_a_ticket_stands_by_the_last_word_on_its_plans(states, stands):
    """SOLN-04: what is asked counts before what was answered, and a refusal until another is approved."""
    assert solution_plan.standing(states) == stands
