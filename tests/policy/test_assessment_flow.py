"""Quality assessment: the order of steps and what follows from the opinion."""

import pytest

from odoo.addons.aftersales_service.policy import lifecycle
from odoo.addons.aftersales_service.policy.assessment_flow import FLOW, OWN_QUALITY, outcome_of


def walk(*events, state=FLOW.initial):
    for event in events:
        state = lifecycle.next_state(FLOW, state, event)
    return state


def test_own_quality_leads_to_an_exchange_and_nothing_else_does():
    """QUAL-14."""
    assert outcome_of(OWN_QUALITY, "own_made").exchange
    for liability in ("customer", "transport", "none"):
        assert not outcome_of(liability, "own_made").exchange


def test_the_result_goes_to_production_or_purchasing_and_to_marketing():
    """QUAL-10, QUAL-11."""
    assert outcome_of(OWN_QUALITY, "own_made").informed == ("production", "marketing")
    assert outcome_of(OWN_QUALITY, "purchased").informed == ("purchasing", "marketing")


def test_a_bad_part_that_was_purchased_is_material_scrap():
    """SUPPLIER-01."""
    assert outcome_of(OWN_QUALITY, "purchased").material_scrap
    assert not outcome_of(OWN_QUALITY, "own_made").material_scrap
    assert not outcome_of("customer", "purchased").material_scrap


def test_nothing_is_exchanged_before_it_is_signed():
    """EXCH-06, QUAL-14."""
    assert walk("submit", "sign", "exchange") == "exchanged"
    for path in (("submit",), ("submit", "take_out"), ()):
        with pytest.raises(lifecycle.IllegalTransition):
            walk(*path, "exchange")


def test_what_was_taken_out_is_brought_back_before_it_is_signed():
    """QUAL-12, INSPECT-05."""
    assert walk("submit", "take_out", "bring_back", "sign") == "signed"
    with pytest.raises(lifecycle.IllegalTransition):
        walk("submit", "take_out", "sign")
