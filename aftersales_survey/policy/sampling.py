"""Whom to invite to the satisfaction survey when a ticket is closed.

Every job asks for an answer (SURVEY-01, SURVEY-03); a customer with five tickets in a week is asked once
(quiet period). A visit at the customer's always asks: there the service person has the form filled in
(SURVEY-03). A ticket is asked once; after a second handling once more, since that is what the customer was
promised to be made good (SURVEY-02).

>>> from dataclasses import replace
>>> closed = Facts(today=date(2026, 3, 20), has_address=True, last_asked_on=date(2026, 3, 16), quiet_days=7)
>>> judge(closed, ()).outcome
'quiet'
>>> judge(replace(closed, on_site=True), ()).outcome
'invited'
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ...aftersales_service.policy.verdict import Clause, Verdict

VERSION = "1"

INVITED = "invited"
NO_ADDRESS = "no_address"  # nothing to send to; the form on paper remains
ALREADY = "already"  # this ticket has been asked about
NOT_DRAWN = "not_drawn"  # the sample leaves it out
QUIET = "quiet"  # the customer has been asked about another ticket lately

OUTCOMES = (INVITED, NO_ADDRESS, ALREADY, NOT_DRAWN, QUIET)


@dataclass(frozen=True)
class Facts:
    """What is known of the ticket and its customer at closing.

    ``today``            the day in the company's time zone
    ``has_address``      an e-mail address is known and not blocked
    ``last_asked_on``    day of the customer's latest invitation about another ticket
    ``quiet_days``       days for which a customer is left alone after an invitation; 0 = no quiet period
    ``rounds``           how often this ticket has been asked about, or answered on paper
    ``second_handling``  the customer was dissatisfied in each of these rounds and has not been asked since
    ``on_site``          somebody was at the customer's for it
    ``share``            how many out of a hundred tickets are drawn
    ``draw``             0…99, fixed for the ticket
    """

    today: date
    has_address: bool
    last_asked_on: date | None = None
    quiet_days: int = 0
    rounds: int = 0
    second_handling: bool = False
    on_site: bool = False
    share: int = 100
    draw: int = 0


def judge(facts: Facts, rules: Sequence = ()) -> Verdict:
    """Invited, or the first reason why not. ``rules`` is empty."""
    reasons = (
        (NO_ADDRESS, "SURVEY-no-address", not facts.has_address, {}),
        (ALREADY, "SURVEY-once", facts.rounds > 0 and not facts.second_handling, {}),
        (NOT_DRAWN, "SURVEY-sample", _is_left_out(facts), {"share": facts.share}),
        (QUIET, "SURVEY-quiet", _is_quiet(facts), {"days": facts.quiet_days, "last": _iso(facts)}),
    )
    why_not = next((outcome for outcome, _code, applies, _params in reasons if applies), None)
    clauses = tuple(Clause(code, applies, params, public=False) for _out, code, applies, params in reasons)
    asked = Clause("SURVEY-03", why_not is None, public=False)
    return Verdict(why_not or INVITED, (*clauses, asked))


def _must_ask(facts: Facts) -> bool:
    """Neither the sample nor the quiet period spares a visit or a second handling."""
    return facts.on_site or facts.second_handling


def _is_left_out(facts: Facts) -> bool:
    return facts.draw >= facts.share and not _must_ask(facts)


def _is_quiet(facts: Facts) -> bool:
    """The day on which the quiet period ends may ask again: 7 days after the 1st is the 8th."""
    if facts.last_asked_on is None or _must_ask(facts):
        return False
    return (facts.today - facts.last_asked_on).days < facts.quiet_days


def _iso(facts: Facts) -> str | None:
    return facts.last_asked_on.isoformat() if facts.last_asked_on else None


def draw_of(ticket_id: int) -> int:
    """0…99, the same for a ticket whenever it is asked for, spread evenly over many tickets."""
    return zlib.crc32(str(ticket_id).encode()) % 100
