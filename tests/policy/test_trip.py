"""Whether somebody may leave, who goes, and what a request probably is."""

import doctest
import itertools
from dataclasses import replace
from decimal import Decimal

import pytest

from odoo.addons.aftersales_service.policy import (
    intervention,
    lifecycle,
    suggestion,
    support_application_flow,
    trip,
    visit_flow,
)
from odoo.addons.aftersales_service.policy.suggestion import Neighbour, suggest

READY = trip.Facts(
    trip.DEPART, hours=Decimal("4"), user_contacted=True, fault_asked=True, route_confirmed=True
)


@pytest.mark.parametrize("module", [trip, intervention, suggestion])
def test_the_examples_of_the_policies_hold(module):
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("flow", [visit_flow.FLOW, support_application_flow.FLOW])
def test_the_tables_have_no_faults(flow):
    assert lifecycle.faults(flow) == []


@pytest.mark.parametrize(
    "changed, missing",
    [
        ({}, []),
        ({"hours": Decimal(0)}, ["TRIP-DURATION"]),
        ({"user_contacted": False}, ["TRIP-USER"]),
        ({"fault_asked": False}, ["TRIP-FAULT"]),
        ({"route_confirmed": False}, ["TRIP-ROUTE"]),
        ({"to_pack": 2}, ["TRIP-PARTS"]),
        ({"station": True}, ["TRIP-STATION"]),
        ({"station": True, "station_contacted": True}, []),
        ({"people": 2}, ["TRIP-LEADER"]),
        ({"people": 3, "leader_named": True}, []),
    ],
)
def test_each_check_before_leaving_is_asked_by_itself(changed, missing):
    """DISP-13, DISP-25, DISP-26."""
    answer = trip.judge(replace(READY, **changed))
    assert answer.values["missing"] == missing
    assert answer.outcome == ("not_ready" if missing else "ready")


@pytest.mark.parametrize("step", [trip.CONFIRM, trip.DEPART, trip.ARRIVE])
@pytest.mark.parametrize("application", [None, "draft", "submitted", "refused", "approved", "taken_over"])
def test_an_installation_waits_for_the_signature_and_a_repair_does_not(step, application):
    """DISP-11: 「同时」 is said of the repair alone."""
    signed = application in ("approved", "taken_over")
    facts = replace(READY, step=step, application=application)
    assert trip.judge(facts).outcome == "ready"
    installation = replace(facts, service_type="installation")
    assert trip.judge(installation).outcome == ("ready" if signed else "not_ready")
    assert trip.judge(replace(installation, approval_wanted=False)).outcome == "ready"


def test_without_skill_of_our_own_somebody_has_to_be_allocated():
    """DISP-19."""
    lacking = replace(READY, capability_lacking=True)
    assert trip.judge(lacking).values["missing"] == ["TRIP-CAPABILITY"]
    assert trip.judge(replace(lacking, people_allocated=True)).outcome == "ready"


@pytest.mark.parametrize("plan", ["submitted", "refused"])
def test_nobody_leaves_to_carry_out_what_was_not_approved(plan):
    """SOLN-04: what is still being written may need a look on site first."""
    assert trip.judge(replace(READY, plan_code=plan)).values["missing"] == ["TRIP-PLAN"]
    for fine in ("draft", "approved", None):
        assert trip.judge(replace(READY, plan_code=fine)).outcome == "ready"


@pytest.mark.parametrize("step", [trip.CONFIRM, trip.DEPART, trip.ARRIVE])
def test_nobody_goes_for_a_request_that_has_ended(step):
    """SO-2: withdrawn or closed, whatever else is ready."""
    ended = replace(READY, step=step, ticket_ended=True)
    assert trip.judge(ended).values["missing"] == ["TRIP-TICKET-ENDED"]


@pytest.mark.parametrize(
    "service_type, mode, capability, department",
    [
        ("repair", "on_site", None, "technical"),
        ("repair", "on_site", "able", "technical"),
        ("repair", "on_site", "lacking", "product"),
        ("repair", "factory", None, "quality"),
        ("repair", "mail_in", None, "after_sales"),
        ("repair", "phone", None, "after_sales"),
        ("installation", "on_site", None, "after_sales"),
        ("installation", "on_site", "lacking", "product"),
    ],
)
def test_the_way_of_working_tells_the_department(service_type, mode, capability, department):
    """DISP-10, DISP-19, DISP-20, DISP-44."""
    facts = intervention.Facts(service_type, mode, phoned=True, capability_code=capability)
    assert intervention.judge(facts).outcome == department


def test_a_service_partner_goes_only_where_somebody_has_to_be_there():
    """DISP-36, DISP-37."""
    there = intervention.Facts("repair", "on_site", phoned=True, partner_id=5, remote_area=True)
    answer = intervention.judge(there)
    assert answer.values["partner_id"] == 5
    assert {"DISP-36", "DISP-37", "DISP-09"} <= set(answer.codes)
    afar = intervention.judge(replace(there, mode_code="remote"))
    assert afar.values["partner_id"] is None
    assert "DISP-36-AFAR" in afar.codes


def test_every_combination_has_one_department():
    """DISP-10, DISP-44: the table is total."""
    for service_type, mode, capability in itertools.product(
        ("repair", "installation", "consultation"),
        (None, "phone", "remote", "on_site", "mail_in", "factory"),
        (None, "able", "lacking"),
    ):
        facts = intervention.Facts(service_type, mode, capability_code=capability)
        assert intervention.judge(facts).outcome in intervention.OUTCOMES


def test_one_alike_ticket_is_no_suggestion():
    """DISP-35."""
    assert suggest([Neighbour(1, 7, 3, 0.9)], "category_id") is None


def test_two_camps_of_equal_weight_are_no_suggestion():
    """DISP-35."""
    camps = [Neighbour(n, 7 + n % 2, None, 0.5) for n in range(4)]
    assert suggest(camps, "category_id") is None
    assert suggest(camps, "team_id") is None


def test_tickets_without_a_category_do_not_vote():
    """DISP-35."""
    near = [Neighbour(1, None, 3, 9.0), Neighbour(2, 7, 3, 0.4), Neighbour(3, 7, 4, 0.3)]
    assert suggest(near, "category_id").ticket_ids == (2, 3)


def test_whoever_is_out_reports_and_comes_back():
    """DISP-15, DISP-17, DISP-18, DISP-22: departure, reports, arrival, return, form, debrief."""
    state = visit_flow.PLANNED
    for event in ("confirm", "depart", "report", "arrive", "report", "complete", "come_back", "hand_in"):
        state = lifecycle.next_state(visit_flow.FLOW, state, event)
    assert state == visit_flow.DONE
    assert lifecycle.may_fire(visit_flow.FLOW, "debrief", {"agent"})
    assert not lifecycle.may_fire(visit_flow.FLOW, "debrief", {"engineer"})


def test_nobody_but_the_general_manager_signs_an_application():
    """DISP-11: four eyes, and the general manager's."""
    flow = support_application_flow.FLOW
    for role in ("agent", "supervisor", "manager", "engineer", "salesperson"):
        assert not lifecycle.may_fire(flow, "approve", {role})
    assert "approve" not in lifecycle.allowed_events(flow, "submitted", {"general_manager"}, own_request=True)
    assert "approve" in lifecycle.allowed_events(flow, "submitted", {"general_manager"})
