"""What silence means in each step of a return, as far as a version of the policy may choose it.

The state table is the law: time can only do what the table knows as an event of the system wherever the
promise may be running. So silence never refuses a request (a refusal is a person's and has a reason) and
never closes one that waits for us. What money follows directly is answered by persons in any case (AMB-09):
a refund without goods, an inspection and the review of a refund are never settled by the clock.

Every version may do less than the rule: ``escalate`` leaves the return where it is and gives its supervisor a
task, ``mark`` only marks the step as late.

>>> choices("decide")
('approve', 'escalate', 'mark')
>>> choices("inspect")
('escalate', 'mark')
>>> allows("resubmit", "close"), allows("decide", "refuse"), allows("decide", "close")
(True, False, False)
"""

from ...aftersales_service.policy import lifecycle
from . import rma_flow

ESCALATE, MARK = "escalate", "mark"
#: what a version may say → the event that time fires; None: nothing happens by itself
EVENTS = {
    "approve": "approve",
    "refuse": "refuse",
    "accept": "accept_by_silence",
    "close": "close",
    ESCALATE: None,
    MARK: None,
}
#: step → promise of the return that runs in it
PROMISES = {
    "decide": "decide",
    "decide_refund": "decide_refund",
    "resubmit": "resubmit",
    "send_back": "send_back",
    "receive": "receive",
    "inspect": "inspect",
    "review": "review",
    "review_refused": "review",
}
#: answered by persons, whatever a version says (AMB-09)
BY_PERSONS = ("decide_refund", "inspect", "review", "review_refused")


def allows(step: str, choice: str) -> bool:
    """Whether silence in ``step`` may mean ``choice``."""
    event = EVENTS[choice]
    if event is None:
        return True
    return step not in BY_PERSONS and not lifecycle.expiry_faults(rma_flow.FLOW, PROMISES[step], event)


def choices(step: str) -> tuple[str, ...]:
    return tuple(choice for choice in EVENTS if allows(step, choice))


def rule(step: str) -> str:
    """What the rules themselves say (RMA-02, -04, -07, -08), and what holds until a manager chooses."""
    expires = rma_flow.FLOW.promises[PROMISES[step]].expires
    return next((choice for choice, event in EVENTS.items() if event and event == expires), MARK)
