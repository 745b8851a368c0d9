"""The smaller documents as people tell their lives: who does what, where it leads, which date it leaves.

A story is ``state  event@date:roles  state …``; a date is kept by some events only. The stories of a document
together tell every row of its tables and nothing else, so a row that goes, comes or changes hands needs
somebody who tells why.
"""

import pytest

from odoo.addons.aftersales_returns.policy import (
    dispute_flow,
    parcel_flow,
    reshipment_flow,
    return_policy_flow,
    supplier_claim_flow,
)
from odoo.addons.aftersales_service.policy import (
    agreement_flow,
    assessment_flow,
    compensation_flow,
    support_application_flow,
)

STORIES = {
    dispute_flow: """
        # both sides were heard
        open answer@answered_at:agent heard uphold@decided_at:supervisor,system upheld
        open answer@answered_at:agent heard dismiss@decided_at:supervisor,system dismissed
        # conceded at once; turned down never before our side was told
        open uphold@decided_at:supervisor,system upheld
        # the customer is content, before and after the answer
        open withdraw@decided_at:agent,customer,system withdrawn
        open answer@answered_at:agent heard withdraw@decided_at:agent,customer,system withdrawn
    """,
    parcel_flow: """
        # its return waits for goods
        waiting adopt@adopted_at:agent adopted hand_over@handed_over_at:system handed_over
        # it was somebody else's after all, and in the end nobody's
        waiting adopt@adopted_at:agent adopted release:supervisor,system waiting
        waiting send_back@sent_back_at:supervisor sent_back
        # the warehouse cancels the shipment
        sent_back stay:system waiting send_back@sent_back_at:supervisor sent_back
        waiting adopt@adopted_at:agent adopted send_back@sent_back_at:supervisor sent_back
    """,
    reshipment_flow: """
        # our mistake: no second person
        draft accept@approved_at:agent approved ship@shipped_at:system shipped close@closed_at:agent done
        # an exception is a supervisor's
        draft propose:agent proposed approve@approved_at:supervisor approved withdraw:supervisor cancelled
        draft propose:agent proposed revise:agent draft withdraw:supervisor cancelled
        draft propose:agent proposed refuse:agent refused
        # a part has left, and there is no more of it
        draft accept@approved_at:agent approved leave_rest@shipped_at:supervisor shipped
        # the customer has shown something new
        draft refuse:agent refused revise:agent draft
    """,
    return_policy_flow: """
        draft activate@activated_at:manager active retire@retired_at:manager,system retired
    """,
    supplier_claim_flow: """
        draft notify@notified_at:agent notified replace:agent,inspector replacing
        replacing settle@settled_at:system replaced
        # fewer parts came than were claimed
        draft notify@notified_at:agent notified replace:agent,inspector replacing
        replacing credit@settled_at:supervisor,accountant credited
        # nothing is expected any more: he is asked again; or he refuses, or we give it up
        draft notify@notified_at:agent notified replace:agent,inspector replacing
        replacing lapse:system notified replace:agent,inspector replacing
        replacing decline@settled_at:agent refused
        draft notify@notified_at:agent notified replace:agent,inspector replacing
        replacing withdraw@settled_at:supervisor cancelled
        draft notify@notified_at:agent notified credit@settled_at:supervisor,accountant credited
        # claimed again with better proof
        draft notify@notified_at:agent notified decline@settled_at:agent refused
        refused notify@notified_at:agent notified withdraw@settled_at:supervisor cancelled
        draft withdraw@settled_at:supervisor cancelled
    """,
    agreement_flow: """
        # both signatures, in any order, and it is in force
        draft offer@offered_at:manager offered sign@company_signed_at:manager,general_manager offered
        offered sign_customer@customer_signed_at:customer,manager offered conclude@concluded_at:system active
        active end@over_at:system ended
        # another text is another offer
        draft offer@offered_at:manager offered withdraw:manager draft
        active supersede@over_at:system superseded
        active terminate@over_at:manager,general_manager terminated
    """,
    assessment_flow: """
        # the part is taken out to be looked at, and comes back before anybody signs
        draft submit@submitted_at:agent,engineer,inspector submitted take_out:agent,inspector out
        out bring_back:agent,inspector submitted sign@signed_at:agent,engineer,inspector signed
        signed exchange@exchanged_at:agent,inspector exchanged
        submitted sign@signed_at:agent,engineer,inspector signed close@closed_at:agent closed
        draft withdraw@closed_at:agent cancelled
        submitted withdraw@closed_at:agent cancelled
    """,
    compensation_flow: """
        draft propose@proposed_at:agent proposed approve@approved_at:supervisor,general_manager approved
        approved grant@granted_at:supervisor,accountant granted revoke:system approved revise:agent draft
        # marketing comes to terms, or it does not
        draft negotiate@negotiated_at:agent negotiating propose@proposed_at:agent proposed
        proposed refuse:supervisor,general_manager refused revise:agent draft
        draft negotiate@negotiated_at:agent negotiating refuse:supervisor,general_manager refused
        draft negotiate@negotiated_at:agent negotiating revise:agent draft
        draft propose@proposed_at:agent proposed revise:agent draft
        draft refuse:supervisor,general_manager refused
    """,
    support_application_flow: """
        draft submit@submitted_at:agent,salesperson submitted approve@approved_at:general_manager approved
        approved take_over@taken_over_at:agent taken_over
        # refused, improved, and refused for good
        draft submit@submitted_at:agent,salesperson submitted refuse:general_manager refused
        refused revise:agent,salesperson draft drop:agent,salesperson cancelled
        submitted refuse:general_manager refused drop:agent,salesperson cancelled
        submitted revise:agent,salesperson draft
        submitted drop:agent,salesperson cancelled
        # the customer does not want it any more
        approved drop:agent,salesperson cancelled
    """,
}


def steps(text):
    """[((state, event), date or None, roles, next state)] of the stories of a document."""
    lines = (line.split() for line in text.splitlines() if not line.strip().startswith("#"))
    for words in lines:
        for before, step, after in zip(words[::2], words[1::2], words[2::2], strict=False):
            event, roles = step.split(":")
            event, _at, date = event.partition("@")
            yield (before, event), date, frozenset(roles.split(",")), after


@pytest.mark.parametrize(
    ("document", "text"), STORIES.items(), ids=lambda part: getattr(part, "__name__", "")
)
def test_the_stories_tell_every_row_of_the_tables_and_nothing_else(document, text):
    flow, told = document.FLOW, list(steps(text))
    assert {row: after for row, _date, _roles, after in told} == flow.transitions
    assert {(event, roles) for (_state, event), _date, roles, _after in told} == {
        (event, frozenset(roles)) for event, roles in flow.rights.items()
    }
    assert {event: date for (_state, event), date, _roles, _after in told if date} == flow.stamps
    assert told[0][0][0] == flow.initial, "the first story begins where a document does"
