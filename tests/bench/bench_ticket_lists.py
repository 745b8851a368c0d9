"""The lists that people open all day, on many tickets, beside a bare discussion model with as many rows.

Run by `make bench` in an Odoo shell (``env`` is given) on 100,000 tickets; without BENCH_QUICK=1 it then goes
on to 1,000,000 and compares. Prints milliseconds for the first page of each list and its ratio to the bare
model's, and raises where a list reads the whole table or grows with it.
"""

import os
import sys
from functools import partial

from lxml import etree

from odoo.tools.safe_eval import safe_eval

sys.path.insert(0, "tests/bench")
from many_tickets import fill
from measure import PAGE, Promises, milliseconds, page, whole_table_reads

TICKETS = 100_000
MANY = 1_000_000
promises = Promises()
FIELDS = ["priority", "name", "title", "partner_id", "user_id", "next_kind", "next_due_at", "state"]


def bare_model():
    """As many rows of a model with discussion and an index on its order: what Odoo costs by itself."""
    model = env["ir.model"].create(  # noqa: F821
        {
            "name": "Bench",
            "model": "x_bench_list",
            "is_mail_thread": True,
            "field_id": [
                (0, 0, {"name": f"x_field_{n}", "ttype": "char", "field_description": f"Field {n}"})
                for n in range(len(FIELDS))
            ],
        }
    )
    columns = ", ".join(f"x_field_{n}" for n in range(len(FIELDS)))
    values = ", ".join(f"'value {n} ' || n" for n in range(len(FIELDS)))
    env.cr.execute(  # noqa: F821
        f"INSERT INTO x_bench_list ({columns}) SELECT {values} FROM generate_series(1, %s) AS n",
        [TICKETS],
    )
    env.cr.execute("ANALYZE x_bench_list")  # noqa: F821
    return env[model.model]  # noqa: F821


def filters(uid):
    """{name: domain} of the saved filters, as the search view has them."""
    arch = env["aftersales.ticket"].get_view(view_type="search")["arch"]  # noqa: F821
    nodes = etree.fromstring(arch).iterfind(".//filter[@domain]")
    return {node.get("name"): safe_eval(node.get("domain"), {"uid": uid}) for node in nodes}


def screens(supervisor, team):
    """{name: domain} of what people keep open."""
    found = filters(supervisor.id)
    mine, is_open, own = found["my"], found["open"], [("team_id", "=", team.id)]
    return {
        "All, no filter": [],
        "All, open": is_open,
        "My": [*mine, *is_open],
        "Unassigned": found["unassigned"],
        "Not accepted": found["not_accepted"],
        "At risk": found["at_risk"],
        "Breached": found["breached"],
        "Team's open": [*own, *is_open],
        "Team's breached": [*own, *found["breached"]],
    }


def opened(supervisor, team):
    """{screen: milliseconds to open it}; a list that reads the whole table breaks a promise."""
    tickets = env["aftersales.ticket"].with_user(supervisor)  # noqa: F821
    domains = screens(supervisor, team)
    times = {}
    for name, domain in domains.items():
        call = partial(page, tickets, domain, FIELDS)
        times[name] = milliseconds(env, call)  # noqa: F821
        if whole_table_reads(tickets, domain):
            promises.broken.append(f"{name} reads the whole table")
    board = {
        "Kanban, mine": partial(kanban, tickets, domains["My"]),
        "Kanban, a team's": partial(kanban, tickets, domains["Team's open"]),
        "Team cards": lambda: team.search([]).with_user(supervisor).mapped("open_count"),
        "Dispatch board": tickets.board_read,
    }
    return {**times, **{name: milliseconds(env, what) for name, what in board.items()}}  # noqa: F821


def lists():
    teams, people = fill(env, TICKETS)  # noqa: F821
    bare = bare_model()
    supervisor = people[0]
    supervisor.group_ids = [(4, env.ref("aftersales_service.group_supervisor").id)]  # noqa: F821
    names = [f"x_field_{n}" for n in range(len(FIELDS))]
    base = milliseconds(env, lambda: page(bare, [], names, order="id"))  # noqa: F821
    print(f"First page of {PAGE} of {TICKETS} tickets; the bare model's takes {base:.0f} ms:")
    times = opened(supervisor, teams[0])
    for name, ms in times.items():
        print(f"  {name:16} {ms:6.0f} ms {ms / base:6.1f} x")
    if not os.environ.get("BENCH_QUICK"):
        grown(supervisor, teams[0], times)


def grown(supervisor, team, before):
    """The same screens on ten times as many tickets."""
    fill(env, MANY, start=TICKETS + 1)  # noqa: F821
    print(f"The same on {MANY} tickets, times what it took on {TICKETS}:")
    for name, ms in opened(supervisor, team).items():
        if name == "All, no filter" or name.startswith("Kanban"):
            promises.at_most(name, ms / before[name], 1.2)
        else:
            print(f"  {name:16} {ms:6.0f} ms {ms / before[name]:6.1f} x")


def kanban(model, domain):
    """What the board by state asks for: groups with their first cards, and the bars."""
    model.web_read_group(
        domain, ["state"], ["__count"], auto_unfold=True, unfold_read_specification={n: {} for n in FIELDS}
    )
    colors = {"p0": "danger", "p1": "warning", "p2": "info", "p3": "muted"}
    model.read_progress_bar(domain, "state", {"field": "priority", "colors": colors})


lists()
env.cr.rollback()  # noqa: F821
promises.settle()
