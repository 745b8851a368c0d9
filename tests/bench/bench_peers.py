"""Tickets beside the community's help desk (helpdesk_mgmt with helpdesk_mgmt_sla), in one run.

`make bench` fetches and installs them beside us for this run only (dev/requirements/peers.txt). Both create
the same number of tickets for the same customer with two promises each; then with an assignee who is told.
Both work as the administrator, not as the superuser, so that rules and rights are counted.
"""

import sys

sys.path.insert(0, "tests/bench")
from many_tickets import fill
from measure import Promises, measured, milliseconds, page, rivals

TICKETS = 100
RETARGETED = 200
LISTED = 100_000
promises = Promises()
env = env(user=env.ref("base.user_admin"))  # noqa: F821  # the shell's
env.user.group_ids += env.ref("aftersales_service.group_manager") + env.ref(
    "helpdesk_mgmt.group_helpdesk_manager"
)
partner = env["res.partner"].create({"name": "Bench", "email": "bench@example.com"})
agent = env["res.users"].create(
    {
        "name": "Bench agent",
        "login": "bench_agent",
        "email": "agent@example.com",
        "group_ids": [
            (4, env.ref("aftersales_service.group_agent").id),
            (4, env.ref("helpdesk_mgmt.group_helpdesk_user").id),
        ],
    }
)


def the_peer():
    """Their team with two SLA policies in force."""
    calendar = env.company.resource_calendar_id
    team = env["helpdesk.ticket.team"].create(
        {"name": "Bench", "use_sla": True, "resource_calendar_id": calendar.id}
    )
    stage = env["helpdesk.ticket.stage"].search([("closed", "=", True)], limit=1)
    env["helpdesk.sla"].create(
        [
            {"name": f"{days} days", "team_ids": team.ids, "days": days, "stage_id": stage.id}
            for days in (1, 2)
        ]
    )
    return team


def our_team():
    """One team that works around the clock, so that the hour of the run does not matter."""
    env["aftersales.team"].search([]).active = False
    calendar = env["resource.calendar"].create(
        {
            "name": "Around the clock",
            "attendance_ids": [(5,)]
            + [
                (0, 0, {"name": str(day), "dayofweek": str(day), "hour_from": 0, "hour_to": 24})
                for day in range(7)
            ],
        }
    )
    return env["aftersales.team"].create(
        {"name": "Bench", "member_ids": agent.ids, "calendar_id": calendar.id, "assignment": "manual"}
    )


def told(team, automatic):
    """Creation with an assignee who is told: theirs by a mail, ours by dispatch, bus and an answer."""
    theirs = env["helpdesk.ticket"]
    values = {
        "name": "Leaks",
        "description": "Water",
        "partner_id": partner.id,
        "team_id": team.id,
        "user_id": agent.id,
    }
    automatic.assignment = "auto"
    (ours_s, ours_q), (peer_s, peer_q) = rivals(
        env,
        lambda: created_by_us(partner.id),
        lambda: theirs.create([dict(values) for _ in range(TICKETS)]),
        times=3,
    )
    last = env["aftersales.ticket"].search([], order="id desc", limit=1)
    if not (last.user_id and last.acknowledged_at):
        raise SystemExit("our ticket was neither dispatched nor acknowledged: nothing to compare")
    print(f"{TICKETS} tickets with assignee and notice: {ours_s:.2f} s, theirs {peer_s:.2f} s")
    print(f"  theirs {peer_q / TICKETS:.2f} queries and {TICKETS / peer_s:.0f} tickets a second")
    promises.at_most("queries a ticket of ours", ours_q / TICKETS, 4)
    promises.at_least("times as fast as theirs", peer_s / ours_s, 4)


def created_by_us(customer):
    return env["aftersales.ticket"].create(
        [{"service_type": "repair", "title": "Leaks", "partner_id": customer} for _ in range(TICKETS)]
    )


def promised(team):
    """Creation with two promises each, nobody told."""
    nobody = env["res.partner"].create({"name": "Without an address"})
    values = {"name": "Leaks", "description": "Water", "partner_id": nobody.id, "team_id": team.id}
    theirs = env["helpdesk.ticket"]
    (ours_s, ours_q), (peer_s, peer_q) = rivals(
        env,
        lambda: created_by_us(nobody.id),
        lambda: theirs.create([dict(values) for _ in range(TICKETS)]),
        times=3,
    )
    print(f"{TICKETS} tickets with promises: {ours_s:.2f} s, theirs {peer_s:.2f} s")
    print(f"  queries a ticket: ours {ours_q / TICKETS:.2f}, theirs {peer_q / TICKETS:.2f}")
    promises.at_least("times as fast as theirs", peer_s / ours_s, 1)


def retargeted(team):
    """Other promises for tickets that exist: theirs are set anew one by one."""
    theirs = env["helpdesk.ticket"].create(
        [{"name": "Leaks", "description": "Water", "team_id": team.id} for _ in range(RETARGETED)]
    )
    ours = env["aftersales.ticket"].create([{"service_type": "repair"} for _ in range(RETARGETED)])
    ours_s, ours_q = measured(env, lambda: ours.write({"urgency": "urgent", "impact": "global"}))
    peer_s, peer_q = measured(env, theirs.set_sla)
    print(f"{RETARGETED} tickets re-targeted: {ours_s:.2f} s, theirs {peer_s:.2f} s")
    print(f"  queries a ticket: ours {ours_q / RETARGETED:.2f}, theirs {peer_q / RETARGETED:.2f}")
    promises.at_least("times as fast as theirs", peer_s / ours_s, 4)


def listed():
    """The first page of the full list, on as many tickets of theirs and of ours."""
    env.cr.execute(
        """INSERT INTO helpdesk_ticket (name, number, description, team_id, stage_id, company_id, partner_id,
                                        priority, sequence, active, create_date, last_stage_update)
           SELECT 'Ticket ' || n, 'HT' || n, 'Water', %s, %s, %s, %s, (n %% 4)::text, 10, TRUE,
                  now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
             FROM generate_series(1, %s) AS n""",
        [peer.id, env["helpdesk.ticket.stage"].search([], limit=1).id, env.company.id, partner.id, LISTED],
    )
    env.cr.execute("ANALYZE helpdesk_ticket")
    fill(env, LISTED)
    shown = ["number", "name", "partner_id", "user_id", "team_id", "stage_id", "priority", "create_date"]
    ours = ["name", "title", "partner_id", "user_id", "team_id", "state", "priority", "next_due_at"]
    peer_ms = milliseconds(env, lambda: page(env["helpdesk.ticket"], [], shown))
    ours_ms = milliseconds(env, lambda: page(env["aftersales.ticket"], [], ours))
    print(f"first page of {LISTED} tickets: {ours_ms:.0f} ms, theirs {peer_ms:.0f} ms")
    promises.at_least("times as fast as theirs", peer_ms / ours_ms, 1)


peer, automatic = the_peer(), our_team()
promised(peer)
told(peer, automatic)
retargeted(peer)
listed()
env.cr.rollback()
promises.settle()
