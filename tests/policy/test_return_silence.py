"""What a version of the return policy may say about silence: the state table is the law."""

import doctest
import itertools

import pytest

from odoo.addons.aftersales_returns.policy import return_silence, rma_flow
from odoo.addons.aftersales_service.policy import lifecycle

FLOW = rma_flow.FLOW


def test_doctests():
    result = doctest.testmod(return_silence)
    assert result.attempted >= 3
    assert not result.failed


def test_each_step_may_mean_what_the_rules_say_and_less():
    """RMA-02, RMA-04, RMA-07, RMA-08: the default; every version may leave it to a person instead."""
    assert {step: return_silence.choices(step) for step in return_silence.PROMISES} == {
        "decide": ("approve", "escalate", "mark"),
        "decide_refund": ("escalate", "mark"),
        "resubmit": ("close", "escalate", "mark"),
        "send_back": ("close", "escalate", "mark"),
        "receive": ("accept", "escalate", "mark"),
        "inspect": ("escalate", "mark"),
        "review": ("escalate", "mark"),
        "review_refused": ("escalate", "mark"),
    }
    assert all(return_silence.allows(step, return_silence.rule(step)) for step in return_silence.PROMISES)


@pytest.mark.parametrize(
    ("step", "choice"), itertools.product(return_silence.PROMISES, return_silence.EVENTS), ids=str
)
def test_what_is_allowed_applies_wherever_the_promise_can_be_running(step, choice):
    """Time fires nothing that the state table refuses, and nothing that only a person may."""
    event, kind = return_silence.EVENTS[choice], return_silence.PROMISES[step]
    if event is None or not return_silence.allows(step, choice):
        return
    assert lifecycle.may_fire(FLOW, event, {lifecycle.SYSTEM})
    for state, sets in lifecycle.open_promises(FLOW).items():
        if any(kind in running for running in sets):
            assert (state, event) in FLOW.transitions


@pytest.mark.parametrize("step", return_silence.BY_PERSONS)
def test_what_money_follows_is_never_settled_by_the_clock(step):
    """AMB-09."""
    assert not [choice for choice in return_silence.choices(step) if return_silence.EVENTS[choice]]


def test_silence_never_refuses():
    """RMA-03: a refusal is a person's and has a reason."""
    assert not [step for step in return_silence.PROMISES if return_silence.allows(step, "refuse")]
