"""The life of a refund as a table."""

import pytest

from odoo.addons.aftersales_returns.policy.refund_flow import FLOW
from odoo.addons.aftersales_service.policy import lifecycle


def test_the_tables_are_sound():
    assert lifecycle.faults(FLOW) == []


def test_the_way_of_a_refund_is_confirm_approve_pay():
    """REFUND-25, REFUND-26, REFUND-28."""
    state = FLOW.initial
    for event in ("confirm", "approve", "pay", "arrive"):
        state = lifecycle.next_state(FLOW, state, event)
    assert state == "paid"


@pytest.mark.parametrize("role", ["agent", "supervisor", "manager", "inspector", "engineer"])
def test_only_finance_approves(role):
    """REFUND-28: customer service confirms and cannot approve; the warehouse and the field do neither."""
    assert not lifecycle.may_fire(FLOW, "approve", {role})
    assert "approve" in FLOW.four_eyes


@pytest.mark.parametrize("event", ["pay", "unpay", "revoke"])
def test_only_the_books_say_that_money_moved(event):
    assert FLOW.rights[event] == {lifecycle.SYSTEM}


def test_every_state_after_confirmation_and_before_payment_has_the_working_day_of_finance():
    """REFUND-26, REFUND-18: the finance day runs until the money is out, then the arrival days."""
    running = lifecycle.open_promises(FLOW)
    assert {state: running[state] for state in ("confirmed", "approved", "failed")} == {
        state: {frozenset({"finance"})} for state in ("confirmed", "approved", "failed")
    }
    assert running["paid"] == {frozenset({"arrival"}), frozenset()}
    assert running["draft"] == running["cancelled"] == {frozenset()}
