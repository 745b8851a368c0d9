"""The lists that people open all day, on many tickets, beside a bare discussion model with as many rows.

Run by `make bench` in an Odoo shell (``env`` is given): 100,000 tickets, or 1,000,000 with BENCH_MILLION=1.
Prints milliseconds for the first page of each list and its ratio to the bare model's, and raises where a list
reads the whole table.
"""

import json
import os
import time

from lxml import etree

from odoo.tools.safe_eval import safe_eval

TICKETS = 1_000_000 if os.environ.get("BENCH_MILLION") else 100_000
TEAMS, PEOPLE = 10, 100
PAGE = 80
#: of a hundred tickets so many are open, as in a department that has worked for years
OPEN = {"new": 1, "assigned": 1, "accepted": 1, "in_progress": 2, "waiting": 1}
FIELDS = ["priority", "name", "title", "partner_id", "user_id", "next_kind", "next_due_at", "state"]


def fill():
    """Tickets by SQL: most of them closed; of the open ones some are late and some fall due soon."""
    users = env["res.users"].with_context(no_reset_password=True)  # noqa: F821  # the shell's
    people = users.create([{"name": f"Bench {n}", "login": f"bench_{n}"} for n in range(PEOPLE)])
    members = [{"name": f"Bench {n}", "member_ids": [(6, 0, people[n::TEAMS].ids)]} for n in range(TEAMS)]
    teams = env["aftersales.team"].create(members)  # noqa: F821
    partner = env["res.partner"].create({"name": "Bench"})  # noqa: F821
    states = [state for state, percent in OPEN.items() for _one in range(percent)]
    env.flush_all()  # noqa: F821
    env.cr.execute(  # noqa: F821
        """INSERT INTO aftersales_ticket (name, title, company_id, partner_id, state, priority, team_id,
                  user_id, service_type, channel, urgency, impact, coverage, next_due_at, next_kind,
                  has_missed, create_date, write_date)
           SELECT 'BENCH-' || n, 'Ticket ' || n, %(company)s, %(partner)s, shape.state,
                  (ARRAY['p0', 'p1', 'p2', 'p3'])[1 + shape.a %% 4],
                  (%(teams)s)[1 + shape.b %% %(team_count)s],
                  CASE WHEN shape.state != 'new' THEN (%(people)s)[1 + shape.c %% %(people_count)s] END,
                  'repair', 'phone', 'normal', 'individual', 'undetermined',
                  CASE WHEN shape.state != 'closed'
                       THEN now() AT TIME ZONE 'UTC' + (shape.a %% 2880 - 60) * interval '1 minute' END,
                  CASE WHEN shape.state != 'closed' THEN 'resolve' END,
                  shape.b %% 19 = 0, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
             FROM (SELECT n, a, b, c, COALESCE((%(states)s)[1 + (a / 7) %% 100], 'closed') AS state
                     FROM generate_series(1, %(tickets)s) AS n,
                          LATERAL (SELECT abs(hashint4(n) / 2) AS a, abs(hashint4(n + 1) / 2) AS b,
                                          abs(hashint4(n + 2) / 2) AS c) AS chance) AS shape""",
        {
            "company": env.company.id,  # noqa: F821
            "partner": partner.id,
            "teams": teams.ids,
            "team_count": len(teams),
            "people": people.ids,
            "people_count": len(people),
            "states": states,
            "tickets": TICKETS,
        },
    )
    env.cr.execute("ANALYZE aftersales_ticket")  # noqa: F821
    env.invalidate_all()  # noqa: F821
    return teams, people


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


def milliseconds(what, times=3):
    """The best of some calls, each with cold records and a warm server."""
    what()
    found = []
    for _turn in range(times):
        env.invalidate_all()  # noqa: F821
        start = time.perf_counter()
        what()
        found.append(time.perf_counter() - start)
    return min(found) * 1000


def page(model, domain, fields, order=None):
    """What the list view asks for: one page, and a count that stops at ten thousand."""
    return model.web_search_read(
        domain, {name: {} for name in fields}, limit=PAGE, order=order, count_limit=10001
    )


def filters(uid):
    """{name: domain} of the saved filters, as the search view has them."""
    arch = env["aftersales.ticket"].get_view(view_type="search")["arch"]  # noqa: F821
    nodes = etree.fromstring(arch).iterfind(".//filter[@domain]")
    return {node.get("name"): safe_eval(node.get("domain"), {"uid": uid}) for node in nodes}


def whole_table_reads(model, domain, order=None):
    """Whether the plan for the first page of a list reads the whole table, and how many rows it touches."""
    query = model._search(domain, limit=PAGE, order=order or model._order).select()
    env.cr.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + query.code, query.params)  # noqa: F821
    plan = env.cr.fetchone()[0]  # noqa: F821
    plan = plan if isinstance(plan, list) else json.loads(plan)
    nodes, reads = [plan[0]["Plan"]], []
    while nodes:
        node = nodes.pop()
        nodes += node.get("Plans", [])
        if node["Node Type"] == "Seq Scan" and node.get("Relation Name") == "aftersales_ticket":
            reads.append(node)
    return bool(reads)


def lists():
    teams, people = fill()
    bare = bare_model()
    supervisor = people[0]
    supervisor.group_ids = [(4, env.ref("aftersales_service.group_supervisor").id)]  # noqa: F821
    tickets = env["aftersales.ticket"].with_user(supervisor)  # noqa: F821
    found = filters(supervisor.id)
    mine, is_open, team = found["my"], found["open"], [("team_id", "=", teams[0].id)]
    screens = {
        "All, no filter": [],
        "All, open": is_open,
        "My": [*mine, *is_open],
        "Unassigned": found["unassigned"],
        "Not accepted": found["not_accepted"],
        "At risk": found["at_risk"],
        "Breached": found["breached"],
        "Team's open": [*team, *is_open],
        "Team's breached": [*team, *found["breached"]],
    }
    names = [f"x_field_{n}" for n in range(len(FIELDS))]
    base = milliseconds(lambda: page(bare, [], names, order="id"))
    print(f"First page of {PAGE} of {TICKETS} tickets; the bare model's takes {base:.0f} ms:")
    slow = []
    for name, domain in screens.items():
        ms = milliseconds(lambda domain=domain: page(tickets, domain, FIELDS))
        reads = whole_table_reads(tickets, domain)
        slow += [name] if reads else []
        print(f"  {name:16} {ms:6.0f} ms {ms / base:6.1f} x{'  reads the whole table' if reads else ''}")
    for name, what in {
        "Kanban, mine": lambda: kanban(tickets, [*mine, *is_open]),
        "Kanban, a team's": lambda: kanban(tickets, [*team, *is_open]),
        "Team cards": lambda: teams.with_user(supervisor).mapped("open_count"),
        "Dispatch board": lambda: tickets.board_read(),
    }.items():
        ms = milliseconds(what)
        print(f"  {name:16} {ms:6.0f} ms {ms / base:6.1f} x")
    if slow:
        raise AssertionError(f"lists that read the whole table: {', '.join(slow)}")


def kanban(model, domain):
    """What the board by state asks for: groups with their first cards, and the bars."""
    model.web_read_group(
        domain, ["state"], ["__count"], auto_unfold=True, unfold_read_specification={n: {} for n in FIELDS}
    )
    colors = {"p0": "danger", "p1": "warning", "p2": "info", "p3": "muted"}
    model.read_progress_bar(domain, "state", {"field": "priority", "colors": colors})


lists()
env.cr.rollback()  # noqa: F821
