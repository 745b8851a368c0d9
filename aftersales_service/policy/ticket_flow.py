"""The life of a service ticket (服务单), from the request to the closed file.

A request comes in (SO-1, SO-2), is given to somebody (SO-3) who accepts it within half an hour (SO-4), is
worked on with named pauses (SO-5, SO-6), solved, confirmed by the customer (SO-7, SO-8) and closed (SO-9).
Whoever cannot take it says so and the next one is asked; whoever does not answer is passed over (SLA-08,
SLA-09).
"""

from .lifecycle import CREATE, CUSTOMER, SYSTEM, Flow, Promise

NEW, ASSIGNED, ACCEPTED, IN_PROGRESS = "new", "assigned", "accepted", "in_progress"
WAITING, RESOLVED, CLOSED, CANCELLED = "waiting", "resolved", "closed", "cancelled"

#: states in which somebody still owes the customer work
OPEN = (NEW, ASSIGNED, ACCEPTED, IN_PROGRESS, WAITING)

#: states in which somebody has it, or is asked to take it
TAKEN = (ASSIGNED, ACCEPTED, IN_PROGRESS, WAITING)

#: what only whoever is asked answers (SLA-08)
ASKED = ("accept", "decline")

#: states in which the customer has a result
SOLVED = (RESOLVED, CLOSED)

#: states in which nothing more is to be done
ENDED = (CLOSED, CANCELLED)

# fmt: off
TRANSITIONS = {
    # state        event          next state
    (NEW,         "assign"):      ASSIGNED,
    (NEW,         "cancel"):      CANCELLED,
    (NEW,         "escalate"):    NEW,          # DIAG-18: to technical support or to headquarters
    (ASSIGNED,    "accept"):      ACCEPTED,
    (ASSIGNED,    "decline"):     NEW,          # SLA-09: the next one, then the supervisor
    (ASSIGNED,    "pass_on"):     NEW,          # not accepted in time
    (ASSIGNED,    "assign"):      ASSIGNED,     # the dispatcher overrides
    (ASSIGNED,    "cancel"):      CANCELLED,
    (ASSIGNED,    "escalate"):    NEW,
    (ACCEPTED,    "start"):       IN_PROGRESS,
    (ACCEPTED,    "wait"):        WAITING,
    (ACCEPTED,    "resolve"):     RESOLVED,     # solved on the telephone
    (ACCEPTED,    "assign"):      ASSIGNED,     # handed over
    (ACCEPTED,    "cancel"):      CANCELLED,
    (ACCEPTED,    "escalate"):    NEW,          # INTAKE-31: the other team finds it as new
    (IN_PROGRESS, "wait"):        WAITING,
    (IN_PROGRESS, "resolve"):     RESOLVED,
    (IN_PROGRESS, "assign"):      ASSIGNED,
    (IN_PROGRESS, "cancel"):      CANCELLED,
    (IN_PROGRESS, "escalate"):    NEW,
    (WAITING,     "resume"):      IN_PROGRESS,
    (WAITING,     "ask_after"):   WAITING,      # whoever is waited for was asked
    (WAITING,     "assign"):      ASSIGNED,     # handed over: the next one sees whether it still waits
    (WAITING,     "resolve"):     RESOLVED,     # pause and stop in one step
    (WAITING,     "cancel"):      CANCELLED,
    (WAITING,     "escalate"):    NEW,
    (RESOLVED,    "close"):       CLOSED,
    (RESOLVED,    "hear"):        RESOLVED,     # the customer has written: not silent, not understood yet
    (RESOLVED,    "reopen"):      IN_PROGRESS,  # SO-8: the customer is not content
    (CLOSED,      "reopen"):      IN_PROGRESS,
    (CANCELLED,   "reinstate"):   NEW,          # withdrawn by mistake: everything is promised again
}

RIGHTS = {
    "reinstate": {"agent"},
    "assign":  {"agent", "supervisor", SYSTEM},
    "accept":  {"agent", "engineer"},
    "decline": {"agent", "engineer"},
    "pass_on": {SYSTEM},
    "start":   {"agent", "engineer", SYSTEM},
    "wait":    {"agent", "engineer", SYSTEM},
    "resume":  {"agent", "engineer", SYSTEM},
    "ask_after": {"agent", "engineer"},
    "resolve": {"agent", "engineer", SYSTEM},
    "close":   {"agent", CUSTOMER, SYSTEM},
    "hear":    {SYSTEM},
    "reopen":  {"agent", CUSTOMER},
    "cancel":  {"agent", CUSTOMER, SYSTEM},
    "escalate": {"agent", "engineer", SYSTEM},
}

# Targets of the SLA are promised with the request, and again when it was withdrawn by mistake.
INTAKE = {CREATE, "reinstate"}

# A pause ends when work goes on, also when it goes on elsewhere.
GOES_ON = {"resume", "assign", "escalate"}

# The targets are kept apart: 响应, 分配, 接单, 解答 are four different things (CON-02). The clocks up to the
# first answer never stand still; the later ones do while the ticket waits.
PROMISES = {
    "acknowledge": Promise(opens={CREATE}, met=(), dropped={"cancel"}),
    "assign":      Promise(opens={*INTAKE, "escalate"}, met={"assign"}, dropped={"cancel", "escalate"}),
    "accept":      Promise(
        opens={"assign"},
        met={"accept"},
        dropped={"assign", "decline", "pass_on", "cancel", "escalate"},
        expires="pass_on",
    ),
    "first_reply": Promise(opens=INTAKE, met={"resolve"}, dropped={"cancel"}),
    "diagnosis":   Promise(
        opens=INTAKE, met={"resolve"}, dropped={"cancel"}, pauses={"wait"}, resumes=GOES_ON
    ),
    "on_site":     Promise(
        opens=INTAKE, met=(), dropped={"cancel", "resolve"}, pauses={"wait"}, resumes=GOES_ON
    ),
    "restore":     Promise(
        opens=INTAKE, met={"resolve"}, dropped={"cancel"}, pauses={"wait"}, resumes=GOES_ON
    ),
    "resolve":     Promise(
        opens={*INTAKE, "reopen"}, met={"resolve"}, dropped={"cancel"}, pauses={"wait"}, resumes=GOES_ON
    ),
    # Unsolved by then, the emergency plan begins (SLA-15, SLA-26). It never stands still: an emergency that
    # waits for a part is still one.
    "emergency":   Promise(opens={*INTAKE, "reopen"}, met={"resolve"}, dropped={"cancel"}),
    # DISP-40: what we did wrong is done again at once, at a time that suits the customer; a visit keeps it.
    "rework":      Promise(opens={"reopen"}, met={"resolve"}, dropped={"cancel"}),
    # What waits for others is forgotten unless somebody asks after it; every answer opens the time anew.
    "ask_after":   Promise(
        opens={"wait", "ask_after"},
        met={"resume", "resolve", "ask_after"},
        dropped={"assign", "cancel", "escalate"},
    ),
    # A customer who says nothing agrees after a while; no source states a time, so it is a setting, and 0
    # switches it off. Who writes is not silent: from then on a person closes or reopens.
    "confirm":     Promise(opens={"resolve"}, met={"close"}, dropped={"reopen", "hear"}, expires="close"),
    # Whoever has the ticket reads what the customer says of the result, and deals with it.
    "answer":      Promise(
        opens={"hear", "reopen"},
        met={"close", "resolve", "wait", "assign", "escalate", "reopen"},
        dropped={"cancel"},
    ),
}

#: Who asked, what for, what was found and done: closed with the ticket. Left open is what comes afterwards,
#: as the hours that somebody still notes, further proof and the papers of the file. How a customer is reached
#: from now on stands on the contact, not on what is over.
SETTLED_FIELDS = (
    "title", "company_id", "partner_id", "contact_name", "phone", "email", "channel", "origin_mode",
    "proof_of_purchase", "service_type", "category_id",
    "problem_type", "problem_nature", "product_id", "lot_id", "serial_number", "sale_line_id",
    "purchase_date", "warranty_card_id", "description", "environment", "tried_solutions", "occurred_at",
    "operation", "reproduction_steps", "delivery_address", "submitted_by_id", "preliminary_judgement",
    "urgency", "impact", "core_impact", "loss_per_day", "relief", "agreement_id", "team_id", "user_id",
    "waiting_for", "requested_on_site_at", "wished_visit_at", "repair_station_id", "intervention_mode",
    "symptom_id", "known_fault_id", "software_version", "usage_record", "fault_nature", "fault_scope",
    "fault_place", "root_cause", "linked_systems", "step_ids", "cause_id", "resolution_id", "solution",
    "solve_by", "agreed_remedy",
)

STAMPS = {
    "assign":  "assigned_at",
    "accept":  "accepted_at",
    "start":   "started_at",
    "resolve": "resolved_at",
    "close":   "closed_at",
    "escalate": "escalated_at",
}
# fmt: on

#: Nobody asks for money with a ticket: no event needs a second person.
FOUR_EYES = ()

FLOW = Flow(
    name="ticket",
    initial=NEW,
    transitions=TRANSITIONS,
    rights=RIGHTS,
    four_eyes=FOUR_EYES,
    promises=PROMISES,
    stamps=STAMPS,
)
