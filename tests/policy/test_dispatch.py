"""Team by type and region, person by duty, skill and load."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.aftersales_service.policy import dispatch
from odoo.addons.aftersales_service.policy.dispatch import Candidate, Facts, Team

GUANGDONG, ZHEJIANG, CHINA = 44, 33, 48
TEAMS = (
    Team(1, 10, frozenset({"consultation"})),
    Team(2, 20, frozenset({"repair", "installation"}), frozenset({GUANGDONG}), frozenset({CHINA})),
    Team(3, 30, frozenset({"repair", "installation"})),
    Team(4, 40, frozenset({"complaint"})),
    Team(5, 50, frozenset({"repair"}), frozenset(), frozenset({CHINA})),
)


# fmt: off
@pytest.mark.parametrize(("service_type", "region", "country", "expected"), [
    ("repair",       GUANGDONG, CHINA, 2),      # the regional engineers
    ("repair",       ZHEJIANG,  CHINA, 5),      # nobody for the region: the country's
    ("installation", ZHEJIANG,  CHINA, 3),
    ("repair",       None,      None,  3),
    ("consultation", GUANGDONG, CHINA, 1),      # technical support, wherever the customer lives
    ("complaint",    None,      None,  4),
    ("return",       None,      None,  None),   # no team for the type
])
# fmt: on
def test_type_and_region_decide_on_the_team(service_type, region, country, expected):
    """DISP-02, DISP-03, DISP-04, DISP-05, DISP-43, CON-18."""
    assert dispatch.team_for(service_type, region, country, TEAMS) == expected


def test_a_p0_goes_past_the_first_line_to_the_emergency_team():
    """INTAKE-09, SLA-01: and nothing else goes there while anybody else takes it."""
    emergency = Team(9, 1, emergency=True)
    teams = (*TEAMS, emergency)
    assert dispatch.team_for("repair", GUANGDONG, CHINA, teams, urgent=True) == 9
    assert dispatch.team_for("repair", GUANGDONG, CHINA, teams) == 2
    assert dispatch.team_for("repair", GUANGDONG, CHINA, TEAMS, urgent=True) == 2
    assert dispatch.team_for("return", None, None, teams) == 9


def judged(*candidates, supervisor=9, urgent=False):
    answer = dispatch.judge(Facts("repair", 2, candidates, supervisor, urgent))
    return answer.outcome, answer.values["user_id"]


def test_the_one_with_the_least_to_do_gets_it():
    """DISP-02: the system assigns by itself."""
    assert judged(Candidate(1, 5), Candidate(2, 3), Candidate(3, 4)) == ("assigned", 2)


def test_nobody_is_asked_outside_working_time():
    off = Candidate(1, 0, on_duty=False)
    assert judged(off, Candidate(2, 7)) == ("assigned", 2)
    assert judged(off) == ("later", None)


def test_a_system_that_is_down_does_not_wait_for_the_morning():
    """SLA-01, PRIO-10."""
    assert judged(Candidate(1, 9, capacity=1, on_duty=False), urgent=True) == ("assigned", 1)


@pytest.mark.parametrize("reason", [{"passed_over": True}, {"missing_skills": 1}, {"capacity": 5}], ids=str)
def test_when_nobody_can_take_it_the_supervisor_coordinates(reason):
    """SLA-09."""
    assert judged(Candidate(1, 5, **reason)) == ("supervisor", 9)


def test_without_team_or_supervisor_the_ticket_stays_visible_as_nobodys():
    """SLA-29: nothing is lost."""
    assert judged(Candidate(1, passed_over=True), supervisor=None) == ("nobody", None)
    assert dispatch.judge(Facts("return")).outcome == "nobody"


def test_rejected_candidates_are_kept_with_their_reason_and_not_shown_to_customers():
    answer = dispatch.judge(Facts("repair", 2, (Candidate(1, passed_over=True), Candidate(2))))
    rejected = [(clause.code, clause.params["user_id"]) for clause in answer.clauses if clause.params]
    assert rejected == [("DISP-PASSED-OVER", 1), ("DISP-LEAST-LOAD", 2)]
    assert not any(clause.public for clause in answer.clauses)


candidates = st.lists(
    st.builds(
        Candidate,
        user_id=st.integers(1, 50),
        open_tickets=st.integers(0, 9),
        capacity=st.integers(0, 9),
        on_duty=st.booleans(),
        missing_skills=st.integers(0, 2),
        passed_over=st.booleans(),
    ),
    unique_by=lambda candidate: candidate.user_id,
)


@given(candidates, st.booleans())
def test_whoever_is_chosen_was_not_ruled_out_and_has_no_more_to_do_than_others(pool, urgent):
    outcome, user_id = judged(*pool, urgent=urgent)
    fit = [candidate for candidate in pool if dispatch.refusal(candidate, urgent) is None]
    assert (outcome == "assigned") == bool(fit)
    if fit:
        chosen = next(candidate for candidate in fit if candidate.user_id == user_id)
        assert chosen.open_tickets == min(candidate.open_tickets for candidate in fit)


# fmt: off
@pytest.mark.parametrize(("user_id", "expected"), [
    (1, ("agreed", None)),                  # whom the policy ranks first
    (2, ("reason", "DISP-LEAST-LOAD")),     # somebody else has less to do
    (3, ("reason", "DISP-FULL")),
    (4, ("reason", "DISP-PASSED-OVER")),
    (5, ("refused", "DISP-SKILL")),
    (6, ("refused", "DISP-OFF-DUTY")),
    (7, ("refused", "DISP-OTHER-TEAM")),
    (9, ("reason", "DISP-LEAST-LOAD")),     # the supervisor, though no member
])
# fmt: on
def test_a_dispatcher_needs_a_reason_for_another_choice_and_cannot_make_an_unfit_one(user_id, expected):
    """DISP-21, DISP-29: the dispatcher assigns; never outside working time, never without the skill."""
    pool = (
        Candidate(1),
        Candidate(2, 4),
        Candidate(3, 5, capacity=5),
        Candidate(4, passed_over=True),
        Candidate(5, missing_skills=1),
        Candidate(6, on_duty=False),
    )
    assert dispatch.choice(Facts("repair", 2, pool, supervisor_id=9), user_id) == expected


@given(candidates, st.booleans())
def test_what_the_policy_chooses_a_dispatcher_may_choose_without_a_reason(pool, urgent):
    facts = Facts("repair", 2, tuple(pool), 99, urgent)
    ranked = dispatch.ranking(facts)
    assert {who for who, _code in ranked} == set(pool)
    first = dispatch.judge(facts).values["user_id"]
    for who, code in ranked:
        stand, _why = dispatch.choice(facts, who.user_id)
        assert (stand == "agreed") == (who.user_id == first)
        assert stand != "refused" or code in dispatch.FIRM
    if ranked and ranked[0][1] is None:
        assert ranked[0][0].user_id == first


@given(candidates, st.randoms())
def test_the_order_of_the_candidates_does_not_matter(pool, random):
    shuffled = random.sample(pool, len(pool))
    assert judged(*pool) == judged(*shuffled)
