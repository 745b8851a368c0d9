"""Does a follow-up contact live as FOLLOWUP-04 and -08 want, and which are due when (CON-20, CON-21)?"""

import csv
import doctest
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.aftersales_service.policy import lifecycle, verdict
from odoo.addons.aftersales_service.policy.deadline import NoWorkingTime, WorkingTime
from odoo.addons.aftersales_survey.policy import followup
from odoo.addons.aftersales_survey.policy.followup import Facts, Line, judge
from odoo.addons.aftersales_survey.policy.followup_flow import FLOW, OPEN

DATA = Path(followup.__file__).parents[1] / "data"
MON = datetime(2026, 3, 2)  # a Monday


def shipped_rows():
    """The shipped lines with the conditions of their plans, as the models join them."""
    with (DATA / "aftersales.followup.plan.csv").open(encoding="utf-8") as file:
        plans = {row["id"]: row for row in csv.DictReader(file)}
    with (DATA / "aftersales.followup.plan.line.csv").open(encoding="utf-8") as file:
        lines = [{**row, **_conditions(plans[row["plan_id:id"]])} for row in csv.DictReader(file)]
    return verdict.rows_of(Line, lines)


def _conditions(plan):
    return {name: plan[name] for name in ("trigger", "service_type", "urgency")}


def contacts(trigger, service_type, urgency="normal", rows=None):
    told = judge(Facts(trigger, service_type, urgency), rows or shipped_rows())
    return [(c["role"], c["offset"], c["unit"]) for c in told.values["contacts"]]


def office(days=60, hours=(9, 18)):
    """Monday to Friday, 09:00 to 18:00, for some weeks from MON on."""
    opening, closing = hours
    return WorkingTime.of(
        (day.replace(hour=opening), day.replace(hour=closing))
        for day in (MON + timedelta(days=n) for n in range(days))
        if day.weekday() < 5
    )


# --- the life of a contact ------------------------------------------------------------------------------


def test_the_flow_is_sound():
    """FOLLOWUP-04, FOLLOWUP-08"""
    assert lifecycle.faults(FLOW) == []


def test_an_inconvenient_moment_leads_to_another_call():
    """FOLLOWUP-04: the promise runs anew with the new date"""
    assert lifecycle.next_state(FLOW, "planned", "reschedule") == "rescheduled"
    assert lifecycle.next_state(FLOW, "rescheduled", "reschedule") == "rescheduled"
    promise = FLOW.promises["followup"]
    assert "reschedule" in promise.dropped and "reschedule" in promise.opens


def test_an_unreachable_customer_may_still_call_back():
    """FOLLOWUP-04"""
    assert lifecycle.next_state(FLOW, "unreachable", "complete") == "done"


def test_nothing_happens_to_a_contact_that_was_made():
    """FOLLOWUP-08: the record stands"""
    assert {event for (state, event) in FLOW.transitions if state in ("done", "cancelled")} == set()


def test_a_contact_is_cancelled_by_a_supervisor_or_with_its_ticket():
    """FOLLOWUP-11"""
    assert lifecycle.may_fire(FLOW, "cancel", {"agent"}) is False
    assert all((state, "cancel") in FLOW.transitions for state in OPEN)


@given(st.lists(st.sampled_from(FLOW.events), max_size=12))
def test_no_walk_leaves_the_table(events):
    """FOLLOWUP-04: an event that does not apply changes nothing"""
    state = FLOW.initial
    for event in events:
        try:
            state = lifecycle.next_state(FLOW, state, event)
        except lifecycle.IllegalTransition:
            assert (state, event) not in FLOW.transitions
    assert state in FLOW.states


@pytest.mark.parametrize(("attempts", "again"), [(1, True), (2, True), (3, False)])
def test_a_silent_customer_is_called_three_times(attempts, again):
    """FOLLOWUP-04"""
    assert followup.tries_again(attempts) is again


# --- which contacts -------------------------------------------------------------------------------------


def test_the_examples_in_the_policy_hold():
    """FOLLOWUP-11"""
    assert doctest.testmod(followup).failed == 0


def test_after_a_repair_the_engineer_calls_and_customer_service_calls_again():
    """FOLLOWUP-01, FOLLOWUP-02, CON-20, CON-21"""
    assert contacts("resolved", "repair") == [("engineer", 0, "days"), ("agent", 7, "days")]


def test_an_installation_is_followed_for_a_year():
    """FOLLOWUP-03"""
    assert contacts("resolved", "installation") == [
        ("agent", 7, "days"),
        ("agent", 1, "months"),
        ("agent", 3, "months"),
        ("agent", 6, "months"),
        ("agent", 12, "months"),
    ]


@pytest.mark.parametrize("service_type", ["repair", "consultation", "complaint", "installation", "return"])
def test_whoever_had_an_urgent_problem_is_asked_whether_it_is_gone(service_type):
    """PRIO-13"""
    assert ("responsible", 2, "hours") in contacts("resolved", service_type, "urgent")
    assert ("responsible", 2, "hours") not in contacts("resolved", service_type, "normal")


def test_a_consultation_has_no_plan():
    """FOLLOWUP-11"""
    told = judge(Facts("resolved", "consultation", "normal"), shipped_rows())
    assert (told.outcome, told.values, told.codes) == ("none", {"contacts": []}, ("FOLLOWUP-11",))


def test_closing_plans_nothing_twice():
    """FOLLOWUP-01: the shipped plans start when the work is done"""
    assert contacts("closed", "repair") == []


def test_a_companys_own_row_replaces_the_shipped_one():
    """CON-21: an editable offset"""
    own = Line("own", 1, "final", "resolved", "repair", None, "agent", 14, "days")
    assert contacts("resolved", "repair", rows=(own, *shipped_rows())) == [
        ("agent", 14, "days"),
        ("engineer", 0, "days"),
    ]


def test_a_row_with_never_drops_the_contact_and_says_so():
    """FOLLOWUP-11"""
    own = Line("own_no_final", 1, "final", "resolved", "repair", None, "agent", 0, "never")
    told = judge(Facts("resolved", "repair", "normal"), (own, *shipped_rows()))
    assert [c["purpose"] for c in told.values["contacts"]] == ["satisfaction"]
    assert told.codes[0] == "own_no_final"


def test_shipped_rows_are_unambiguous():
    """FOLLOWUP-11: codes unique, units and triggers known, no purpose twice under the same conditions"""
    rows = shipped_rows()
    assert len({row.code for row in rows}) == len(rows)
    assert {row.unit for row in rows} <= set(followup.UNITS)
    assert {row.trigger for row in rows} <= set(followup.TRIGGERS)
    keys = [(row.purpose, row.trigger, row.service_type, row.urgency) for row in rows]
    assert len(set(keys)) == len(keys)


def test_every_shipped_row_decides_somewhere():
    """FOLLOWUP-11: no dead row"""
    used = set()
    for service_type in ("repair", "consultation", "complaint", "installation", "return"):
        for urgency in ("urgent", "normal", "minor"):
            for trigger in followup.TRIGGERS:
                used |= set(judge(Facts(trigger, service_type, urgency), shipped_rows()).codes)
    assert used == {row.code for row in shipped_rows()} | {"FOLLOWUP-11"}


# --- when -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resolved", "offset", "due"),
    [
        (MON.replace(hour=10), 0, MON.replace(hour=18)),  # the same day, by closing time
        (MON.replace(hour=18), 0, MON.replace(day=3, hour=18)),  # after hours: the next working day
        (MON.replace(hour=10), 7, MON.replace(day=9, hour=18)),
        (MON.replace(hour=10), 5, MON.replace(day=9, hour=18)),  # a Saturday: the Monday after
    ],
)
def test_a_day_ends_with_closing_time(resolved, offset, due):
    """CON-21"""
    assert followup.due_at(resolved, offset, "days", office()) == due


def test_hours_are_working_hours():
    """PRIO-13: two hours after Friday 17:00 is Monday 10:00"""
    friday = datetime(2026, 3, 6, 17)
    assert followup.due_at(friday, 2, "hours", office()) == datetime(2026, 3, 9, 10)


def test_around_the_clock_a_day_is_a_day():
    """CON-21"""
    assert followup.due_at(MON, 7, "days", None) == MON + timedelta(days=7)


@pytest.mark.parametrize(
    ("start", "months", "due"),
    [
        (datetime(2026, 1, 31, 9), 1, datetime(2026, 2, 28, 9)),
        (datetime(2024, 1, 31, 9), 1, datetime(2024, 2, 29, 9)),
        (datetime(2026, 8, 31, 9), 6, datetime(2027, 2, 28, 9)),
        (datetime(2024, 2, 29, 9), 12, datetime(2025, 2, 28, 9)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last_one(start, months, due):
    """FOLLOWUP-03"""
    assert followup.add_months(start, months) == due


def test_without_working_hours_there_is_no_day_to_call():
    """FOLLOWUP-11"""
    with pytest.raises(NoWorkingTime):
        followup.closing_after(WorkingTime.of([]), MON)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), st.integers(0, 48), st.integers(0, 48))
def test_more_months_are_never_earlier(start, months, more):
    """FOLLOWUP-03"""
    assert followup.add_months(start, months) <= followup.add_months(start, months + more)


@given(st.datetimes(MON, MON + timedelta(days=20)), st.integers(0, 20))
def test_a_contact_is_never_due_before_its_offset_is_over(start, offset):
    """CON-21"""
    due = followup.due_at(start, offset, "days", office())
    assert due > start + timedelta(days=offset)
    assert due - (start + timedelta(days=offset)) <= timedelta(days=3)


@given(st.integers(0, 120), st.sampled_from(["hours", "days"]))
def test_the_horizon_reaches_every_due_moment(offset, unit):
    """FOLLOWUP-11: half-day weeks included"""
    start = MON.replace(hour=10)
    until = followup.horizon(start, offset, unit)
    known = office((until - MON).days, hours=(9, 13))
    assert followup.due_at(start, offset, unit, known) <= until
