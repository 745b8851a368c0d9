"""What proves that a service was done."""

import itertools
from dataclasses import replace

import pytest

from odoo.addons.aftersales_service.policy import closing
from odoo.addons.aftersales_service.policy.closing import CLOSE, RESOLVE, Facts, judge


def test_work_on_site_needs_the_customers_signature():
    """PROG-08, PROG-10: the signature on the visit is the proof of completion."""
    for step in (RESOLVE, CLOSE):
        assert judge(Facts(step, mode_code="on_site", usage_known=True)).codes == ("CLOSE-SIGNATURE-MISSING",)
        assert judge(Facts(step, mode_code="on_site", usage_known=True, visits_signed=1)).codes == (
            "PROG-08",
        )


@pytest.mark.parametrize("step", [RESOLVE, CLOSE])
def test_a_plan_that_nobody_has_approved_finishes_nothing(step):
    """SOLN-04: implementation only after approval; the plan is adjusted by its result."""
    for plan, missing in (
        ("draft", ["CLOSE-PLAN-OPEN"]),
        ("submitted", ["CLOSE-PLAN-OPEN"]),
        ("refused", ["CLOSE-PLAN-REFUSED"]),
        ("approved", []),
        (None, []),
    ):
        facts = Facts(step, mode_code="phone", proofs=1, plan_code=plan)
        assert judge(facts).values["missing"] == missing, plan


def test_a_company_may_want_a_plan_for_every_repair():
    """SOLN-03, SOLN-04."""
    wanted = Facts(RESOLVE, plan_required=True)
    assert judge(wanted).values["missing"] == ["CLOSE-PLAN-MISSING"]
    assert judge(replace(wanted, plan_code="approved")).outcome == "complete"
    assert judge(replace(wanted, service_type="consultation")).outcome == "complete"


def test_how_the_goods_were_used_is_recorded_on_site():
    """DIAG-15: the record is mandatory where somebody repairs at the customer's place."""
    there = Facts(RESOLVE, mode_code="on_site", visits_signed=1)
    assert judge(there).values["missing"] == ["CLOSE-USAGE-MISSING"]
    assert judge(replace(there, usage_known=True)).outcome == "complete"
    assert judge(replace(there, service_type="installation")).outcome == "complete"
    assert judge(replace(there, mode_code="phone")).outcome == "complete"


def test_a_visit_that_is_still_ahead_forbids_the_end():
    """PROG-11: nobody calls it done before the service was."""
    answer = judge(Facts(RESOLVE, mode_code="on_site", usage_known=True, visits_open=1, visits_signed=1))
    assert answer.outcome == "incomplete"
    assert answer.values["missing"] == ["CLOSE-VISIT-OPEN"]


@pytest.mark.parametrize("mode", ["phone", "remote"])
def test_work_from_afar_needs_a_screenshot_a_recording_or_the_customers_word(mode):
    """PROG-09, PROG-13: asked for at closing, since the customer answers after the solution."""
    assert judge(Facts(RESOLVE, mode_code=mode)).codes == ("CLOSE-LATER",)
    assert judge(Facts(CLOSE, mode_code=mode)).outcome == "incomplete"
    assert judge(Facts(CLOSE, mode_code=mode, proofs=1)).codes == ("PROG-09",)
    assert judge(Facts(CLOSE, mode_code=mode, confirmed=True)).codes == ("PROG-13",)


def test_a_screenshot_is_no_signature():
    """PROG-08."""
    assert judge(Facts(CLOSE, mode_code="on_site", usage_known=True, proofs=3)).outcome == "incomplete"


@pytest.mark.parametrize("mode", [None, "phone", "remote", "on_site"])
def test_the_customers_own_yes_and_the_customers_silence_ask_for_nothing(mode):
    """PROG-07: who confirms in the portal is the proof; the clock asks nobody."""
    for actor in ("customer", "system"):
        assert judge(Facts(CLOSE, mode_code=mode, actor_code=actor, visits_open=2)).outcome == "complete"


def test_an_unsaid_way_of_working_is_refused_only_where_the_company_wants_it_said():
    assert judge(Facts(CLOSE)).codes == ("CLOSE-WAY-OPEN",)
    strict = judge(Facts(CLOSE, strict=True, cause_known=True, resolution_known=True))
    assert strict.codes == ("CLOSE-WAY-MISSING",)


def test_a_strict_company_wants_every_repair_coded():
    """DIAG-03, DIAG-04: cause and resolution are the statistics of tomorrow."""
    missing = judge(Facts(RESOLVE, mode_code="phone", strict=True)).values["missing"]
    assert missing == ["CLOSE-CAUSE-MISSING", "CLOSE-RESOLUTION-MISSING"]
    assert judge(Facts(RESOLVE, "consultation", mode_code="phone", strict=True)).outcome == "complete"


def test_an_answer_is_incomplete_exactly_when_something_is_missing():
    for step, mode, strict, signed, proofs in itertools.product(
        (RESOLVE, CLOSE), (None, "phone", "remote", "on_site"), (False, True), (0, 1), (0, 1)
    ):
        answer = judge(Facts(step, mode_code=mode, strict=strict, visits_signed=signed, proofs=proofs))
        missing = [code for code in answer.codes if code in closing.MISSING]
        assert (answer.outcome == "incomplete") == bool(missing)
