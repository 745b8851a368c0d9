"""Tickets beside a bare discussion model with as many fields, in one run on one database.

Run by `make bench` in an Odoo shell (``env`` is given). Prints ratios and counts; seconds stand beside them
only, since they say something about the machine.
"""

import sys
from datetime import timedelta
from email.message import EmailMessage

from odoo import fields

sys.path.insert(0, "tests/bench")
from measure import Promises, bare_model, bare_values, measured, rivals

TICKETS = 100
RETARGETED = 1000
DUE = (10_000, 100_000)
CHUNK = 1000
PROMISED = {"line": "x", "amount": 30, "unit": "minutes", "hours": "always"}
promises = Promises()


def mail(address, number):
    message = EmailMessage()
    message["From"] = "Li Ming <li.ming@example.com>"
    message["To"] = address
    message["Subject"] = f"It leaks ({number})"
    message["Message-Id"] = f"<bench-{address}-{number}@example.com>"
    message.set_content("Water under the machine since this morning.")
    return message.as_string()


def creation(env, bare):
    """100 tickets in one create, judged and promised, without dispatch and acknowledgement.

    Whoever telephones is told at once, whoever writes by mail; a form in the web without an address is not.
    """
    tickets, partner = env["aftersales.ticket"], env["res.partner"].create({"name": "Bench"})
    values = {"service_type": "repair", "title": "Leaks", "partner_id": partner.id, "channel": "web"}
    env["aftersales.team"].search([]).assignment = "manual"
    plain = bare_values(tickets.create([dict(values) for _ in range(2)])[0])
    (bare_s, bare_q), (ours_s, ours_q) = rivals(
        env,
        lambda: bare.create([dict(plain) for _ in range(TICKETS)]),
        lambda: tickets.create([dict(values) for _ in range(TICKETS)]),
        times=20,
    )
    targets = len(tickets.search([], limit=1).deadline_ids)
    print(f"{TICKETS} tickets in one create: number, priority, coverage, {targets} targets, verdicts")
    print(f"  {ours_s:.2f} s; the bare model {bare_s:.2f} s and {bare_q / TICKETS:.2f} queries each")
    print(f"  it has as many columns ({len(plain)} of them given)")
    promises.at_most("queries a ticket", ours_q / TICKETS, 1)
    promises.at_most("times the bare model's time", ours_s / bare_s, 3)


def one_mail(env, bare):
    """One mail in, beside the bare gateway in the same run."""
    team = env["aftersales.team"].search([("alias_id.alias_name", "!=", False)], limit=1)
    if not team.alias_name:
        team = env["aftersales.team"].search([], limit=1)
        team.alias_name = "bench-service"
    domain = team.alias_domain_id or env["mail.alias.domain"].create({"name": "bench.example.com"})
    team.alias_domain_id = domain
    env["mail.alias"].create(
        {
            "alias_name": "bench-bare",
            "alias_domain_id": domain.id,
            "alias_model_id": env["ir.model"]._get(bare._name).id,
        }
    )
    process = env["mail.thread"].message_process
    counts = {}
    for name, address in (("bare", "bench-bare"), ("ours", team.alias_name)):
        letters = [mail(f"{address}@{domain.name}", number) for number in range(4)]
        counts[name] = min(measured(env, lambda m=letter: process(None, m))[1] for letter in letters)
    print("one mail in:")
    print(f"  the bare gateway alone {counts['bare']} queries")
    promises.at_most("queries more than the bare mail gateway", counts["ours"] - counts["bare"], 50)


def retarget(env):
    """Another priority for many tickets at once."""
    tickets = env["aftersales.ticket"].create([{"service_type": "repair"} for _ in range(RETARGETED)])
    seconds, queries = measured(env, lambda: tickets.write({"urgency": "urgent", "impact": "global"}))
    print(f"{RETARGETED} tickets get another priority, their promises other targets ({seconds:.2f} s):")
    promises.at_most("queries a ticket", queries / RETARGETED, 0.2)


def a_team(env):
    """A team with an engineer at work, and a supervisor who hears of what was missed."""
    users = env["res.users"].with_context(no_reset_password=True)
    people = users.create([{"name": f"Bench {n}", "login": f"bench_{n}"} for n in range(2)])
    people.group_ids = [(4, env.ref("aftersales_service.group_supervisor").id)]
    team = env["aftersales.team"].create(
        {"name": "Bench", "member_ids": people.ids, "supervisor_id": people[0].id}
    )
    return {"team_id": team.id, "user_id": people[1].id}


def overdue(env, rows, team):
    """As many tickets in work, each with one target that ran out since yesterday."""
    values = {
        "service_type": "repair",
        "state": "in_progress",
        "sla_targets": {"resolve": PROMISED},
        **team,
    }
    yesterday = fields.Datetime.now() - timedelta(days=1)
    for _chunk in range(0, rows, CHUNK):
        tickets = env["aftersales.ticket"].load_history([dict(values) for _ in range(CHUNK)])
        tickets._open_deadlines(["resolve"], since=yesterday)
        env.flush_all()
        env.invalidate_all()


def deadline_run(env, rows, team):
    """Overdue targets, each with its activity, in one run of the ledger, which commits each batch."""
    overdue(env, rows, team)
    env.cr.commit()  # the database goes when the benches are done
    env.cr.execute("ANALYZE aftersales_ticket, aftersales_deadline")
    ledger, tasks = env["aftersales.deadline"].with_context(aftersales_commit=True), env["mail.activity"]
    before, open_before = memory("VmRSS"), tasks.search_count([])
    with open("/proc/self/clear_refs", "w") as peak:
        peak.write("5")  # the highest use counts from here
    seconds, queries = measured(env, ledger._run_due)
    if tasks.search_count([]) - open_before != rows:
        raise SystemExit("not every missed target became somebody's task: nothing to measure")
    print(f"{rows} overdue targets in one run of the ledger ({queries / rows:.2f} queries a row):")
    promises.at_least("rows a second", rows / seconds, 300)
    promises.at_most("memory grown, MB", memory("VmHWM") - before, 50)


def memory(what):
    """MB that this process holds (VmRSS) or held at most (VmHWM)."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(f"{what}:")) / 1024


bare = bare_model(env, "aftersales.ticket")  # noqa: F821  # the shell's
creation(env, bare)  # noqa: F821
one_mail(env, bare)  # noqa: F821
retarget(env)  # noqa: F821
team = a_team(env)  # noqa: F821
for rows in DUE:
    deadline_run(env, rows, team)  # noqa: F821
env.cr.rollback()  # noqa: F821
promises.settle()
