"""Tickets beside a bare discussion model with as many fields, in one run on one database.

Run by `make bench` in an Odoo shell (``env`` is given). Prints ratios and counts; seconds stand beside them
only, since they say something about the machine.
"""

import resource
import time
from datetime import timedelta

from odoo import fields

TICKETS = 100
DUE = 10_000
BARE_FIELDS = 40
PROMISED = {"line": "x", "amount": 30, "unit": "minutes", "hours": "always"}


def measured(what):
    """(seconds, queries) of one warm call."""
    env.flush_all()  # noqa: F821  # the shell's
    queries, start = env.cr.sql_log_count, time.perf_counter()  # noqa: F821
    what()
    env.flush_all()  # noqa: F821
    return time.perf_counter() - start, env.cr.sql_log_count - queries  # noqa: F821


def best_of(what, times=3):
    return min(measured(what) for _ in range(times))


def bare_model():
    """A model with discussion and as many plain fields as a ticket stores."""
    model = env["ir.model"].create(  # noqa: F821
        {
            "name": "Bench",
            "model": "x_bench_bare",
            "is_mail_thread": True,
            "field_id": [
                (0, 0, {"name": f"x_field_{n}", "ttype": "char", "field_description": f"Field {n}"})
                for n in range(BARE_FIELDS)
            ],
        }
    )
    return env[model.model]  # noqa: F821


def creation():
    bare, tickets = bare_model(), env["aftersales.ticket"]  # noqa: F821
    values = {f"x_field_{n}": "value" for n in range(BARE_FIELDS)}
    partner = env["res.partner"].create({"name": "Bench"})  # noqa: F821
    ticket = {"service_type": "repair", "title": "Leaks", "partner_id": partner.id}
    bare_s, bare_q = best_of(lambda: bare.create([dict(values)] * TICKETS))
    ours_s, ours_q = best_of(lambda: tickets.create([dict(ticket)] * TICKETS))
    print(f"{TICKETS} tickets in one create, with number, priority, coverage, SLA and team:")
    print(f"  queries a ticket   {ours_q / TICKETS:6.2f}    bare model {bare_q / TICKETS:6.2f}")
    print(
        f"  time               {ours_s / bare_s:6.2f} x the bare model's ({ours_s:.2f} s and {bare_s:.2f} s)"
    )


def deadline_run():
    tickets = env["aftersales.ticket"].load_history(  # noqa: F821
        [
            {
                "service_type": "repair",
                "state": "in_progress",
                "sla_targets": {"resolve": PROMISED},
            }
        ]
        * DUE
    )
    tickets._open_deadlines(["resolve"], since=fields.Datetime.now() - timedelta(days=1))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds, queries = measured(env["aftersales.deadline"]._run_due)  # noqa: F821
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{DUE} overdue SLA targets in one run of the ledger:")
    print(f"  rows a second      {DUE / seconds:6.0f}    queries a row {queries / DUE:6.2f}")
    print(f"  memory             {grown:+6.0f} MB")


def retarget():
    tickets = env["aftersales.ticket"].create([{"service_type": "repair"}] * 1000)  # noqa: F821
    seconds, queries = measured(lambda: tickets.write({"urgency": "urgent", "impact": "global"}))
    print("1000 tickets get another priority, their promises other targets:")
    print(f"  queries a ticket   {queries / 1000:6.2f}    ({seconds:.2f} s)")


creation()
retarget()
deadline_run()
env.cr.rollback()  # noqa: F821
