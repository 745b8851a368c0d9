"""The shipped targets: 004 and 003 by default, S08 for projects (CON-01)."""

import csv
import itertools
from pathlib import Path

import pytest

from odoo.addons.aftersales_service.policy import deadline, priority, sla, verdict

DATA = Path(__file__).parents[2] / "aftersales_service" / "data" / "aftersales.sla.line.csv"
with DATA.open(encoding="utf-8") as table:
    ROWS = list(csv.DictReader(table))
LINES = verdict.rows_of(sla.Line, ROWS)
TYPES = ("repair", "consultation", "complaint", "installation", "return")
PHASES = (None, "trial", "warranty", "after")
CASES = list(itertools.product(TYPES, priority.LEVELS, (None, *priority.RAISED_BY), PHASES))


def target(name, service_type="repair", level=None, priority="p2", phase=None):
    promised = sla.judge(sla.Facts(service_type, priority, level, phase), LINES).values.get(name)
    return promised and (promised["amount"], promised["unit"], promised["hours"])


# fmt: off
@pytest.mark.parametrize(("name", "case", "expected"), [
    ("first_reply", {"priority": "p0"},                              (5, "minutes", "always")),
    ("first_reply", {"service_type": "consultation"},                (2, "hours", "service")),
    ("first_reply", {"service_type": "repair"},                      (24, "hours", "always")),
    ("first_reply", {"service_type": "complaint"},                   (24, "hours", "always")),
    ("assign",      {"priority": "p0"},                              (5, "minutes", "always")),
    ("accept",      {"priority": "p0"},                              (5, "minutes", "always")),
    ("assign",      {"priority": "p1"},                              (30, "minutes", "service")),
    ("accept",      {"priority": "p1"},                              (30, "minutes", "service")),
    ("diagnosis",   {"priority": "p1"},                              (30, "minutes", "service")),
    ("diagnosis",   {"priority": "p2"},                              None),
    ("assign",      {},                                              (2, "hours", "service")),
    ("accept",      {},                                              (30, "minutes", "service")),
    ("accept",      {"service_type": "complaint", "priority": "p3"}, (30, "minutes", "service")),
    ("on_site",     {},                                              None),
])
# fmt: on
def test_each_case_gets_its_default_target(name, case, expected):
    """SLA-01, SLA-03, SLA-04, SLA-06, SLA-07, SLA-08, SLA-10, CON-01."""
    assert target(name, **case) == expected


@pytest.mark.parametrize("level", [None, "standard", "vip", "project"])
@pytest.mark.parametrize("case", ["p1", "p2", "p3"])
def test_whom_nobody_dispatches_at_night_nobody_is_late_with_giving(case, level):
    """CON-04, SLA-04, SLA-08: dispatch waits for working time, and so do the promises it has to keep."""
    assert {target(name, level=level, priority=case)[2] for name in ("assign", "accept")} == {"service"}


def test_a_project_agreement_has_its_own_times_around_the_clock():
    """SLA-12, SLA-13, SLA-14, SLA-17, CON-03: restored and repaired are two targets."""
    names = ("first_reply", "on_site", "restore", "resolve")
    project = {name: target(name, level="project") for name in names}
    assert project == {
        "first_reply": (30, "minutes", "always"),
        "on_site": (2, "hours", "always"),
        "restore": (2, "hours", "always"),
        "resolve": (4, "hours", "always"),
    }


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_ticket_is_acknowledged_assigned_accepted_and_answered(case):
    """INTAKE-08, SLA-04, SLA-08, SLA-10: no combination is left without these four."""
    promised = sla.judge(sla.Facts(*case), LINES).values
    assert {"acknowledge", "assign", "accept", "first_reply"} <= set(promised)


def test_every_line_can_be_read_as_a_target_and_decides_somewhere():
    used = {code for case in CASES for code in sla.judge(sla.Facts(*case), LINES).codes}
    assert used == {line.code for line in LINES}
    for line in LINES:
        assert line.target in sla.TARGETS
        assert line.hours in sla.HOURS
        assert deadline.Target(line.amount, line.unit)


def test_codes_are_unique():
    assert len({line.code for line in LINES}) == len({row["id"] for row in ROWS}) == len(ROWS)


def test_a_line_of_amount_zero_takes_a_promise_back():
    none = sla.Line("no_accept", 1, "accept", "consultation", None, None, None, 0, "minutes", "always")
    promised = sla.judge(sla.Facts("consultation", "p2"), (none, *LINES)).values
    assert "accept" not in promised


def test_a_line_of_the_company_goes_before_the_shipped_one():
    own = sla.Line("own_reply", 5, "first_reply", "repair", None, None, None, 4, "hours", "service")
    promised = sla.judge(sla.Facts("repair", "p2"), (own, *LINES)).values["first_reply"]
    assert promised == {"line": "own_reply", "amount": 4, "unit": "hours", "hours": "service"}


def test_a_phase_of_the_agreement_can_have_its_own_line():
    """SLA-18: the trial run is a phase of its own."""
    trial = sla.Line("trial", 5, "on_site", None, None, None, "trial", 2, "hours", "always")
    assert "on_site" in sla.judge(sla.Facts("repair", "p2", None, "trial"), (trial, *LINES)).values
    assert "on_site" not in sla.judge(sla.Facts("repair", "p2", None, "warranty"), (trial, *LINES)).values


def test_in_the_warranty_of_a_project_maintenance_gets_a_substantive_reaction_within_two_hours():
    """SLA-16, CON-01: a reaction in substance is the diagnosis; it goes before the P1."""
    assert target("diagnosis", level="project", phase="warranty") == (2, "hours", "always")
    assert target("diagnosis", level="project", phase="after") is None
    assert target("diagnosis", level="project", phase="warranty", priority="p1") == (2, "hours", "always")
    assert target("diagnosis", level="project", phase="warranty", priority="p0") == (30, "minutes", "always")


@pytest.mark.parametrize("phase", ["trial", "warranty", "after"])
def test_a_project_is_served_in_every_phase(phase):
    """SLA-18, SLA-20: in the trial run, in the warranty and after it, around the clock (SLA-19)."""
    names = ("first_reply", "on_site", "emergency")
    promised = [target(name, level="project", phase=phase) for name in names]
    assert promised == [(30, "minutes", "always"), (2, "hours", "always"), (4, "hours", "always")]


def test_what_was_signed_goes_before_every_line_and_outlives_changes_of_the_table():
    """SLA-24: a term names its target, its case and its time; the table decides on the rest."""
    term = sla.Term("first_reply", "repair", None, None, 10, "minutes", "always")
    facts = sla.Facts("repair", "p2", "project", agreed=(term,))
    answer = sla.judge(facts, LINES)
    assert answer.values["first_reply"] == {
        "line": "agreement",
        "amount": 10,
        "unit": "minutes",
        "hours": "always",
        "agreed": True,
    }
    assert "SLA-AGREED" in answer.codes
    assert answer.values["on_site"]["line"] == "sla_project_on_site"
    other = sla.judge(sla.Facts("consultation", "p2", "project", agreed=(term,)), LINES)
    assert other.values["first_reply"]["line"] == "sla_project_reply"
    kept = verdict.from_plain(sla.Facts, verdict.to_plain(facts))
    assert sla.judge(kept, LINES) == answer


def test_after_four_hours_holidays_included_the_emergency_plan_begins():
    """SLA-15, SLA-18, SLA-26: for projects and for a system that is down."""
    assert target("emergency", level="project") == (4, "hours", "always")
    assert target("emergency", priority="p0") == (4, "hours", "always")
    assert target("emergency") is None
