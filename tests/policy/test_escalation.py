"""Who hears of a promise, and when."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.aftersales_service.policy import escalation
from odoo.addons.aftersales_service.policy.escalation import (
    BREACH,
    BROKEN,
    ESCALATION,
    WARNING,
    Chain,
    People,
)


def test_a_warning_comes_before_the_breach_and_an_escalation_after_it():
    """SLA-29: nothing is lost between the two."""
    percents = [step.percent for step in escalation.steps(Chain())]
    assert percents == [75, 150]
    assert percents[0] < BROKEN < percents[1]


def test_zero_switches_a_step_off():
    assert escalation.steps(Chain(warn=0, escalate=0)) == ()
    assert [step.about for step in escalation.steps(Chain(warn=0))] == [ESCALATION]


@pytest.mark.parametrize(
    ("chain", "wrong"),
    [
        (Chain(), ()),
        (Chain(0, 0), ()),
        (Chain(100, 150), ("warn",)),
        (Chain(-5, 150), ("warn",)),
        (Chain(75, 100), ("escalate",)),
        (Chain(120, 80), ("warn", "escalate")),
    ],
)
def test_shares_that_make_no_sense_are_named(chain, wrong):
    assert escalation.faults(chain) == wrong


# fmt: off
@pytest.mark.parametrize(("about", "people", "expected"), [
    (WARNING,    People(1, 2, 3),       1),
    (WARNING,    People(None, 2, 3),    2),
    (BREACH,     People(1, 2, 3),       2),    # SLA-09: the supervisor coordinates
    (BREACH,     People(1, None, 3),    3),
    (ESCALATION, People(1, 2, 3),       3),
    (ESCALATION, People(1, 2, None),    2),
    (ESCALATION, People(1, None, None), 1),
    (BREACH,     People(),              None),
])
# fmt: on
def test_the_next_one_in_the_line_hears_of_it(about, people, expected):
    """SLA-09: assignee, supervisor, manager; where one is missing another one hears of it."""
    assert escalation.recipient(about, people) == expected


@given(st.integers(1, 99), st.integers(101, 400), st.integers(0, 500))
def test_each_step_comes_once(warn, escalate, told):
    """A step that was told is never the next one again."""
    step = escalation.next_step(Chain(warn, escalate), told)
    assert step is None or step.percent > told
