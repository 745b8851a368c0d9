"""How a bench measures: warm, flushed, best of some runs; seconds only ever as ratios of one run."""

import json
import time

PAGE = 80
MAGIC = {"id", "create_uid", "create_date", "write_uid", "write_date"}
BARE_KINDS = {"boolean", "char", "date", "datetime", "float", "integer", "text"}  # manual fields as they are
BARE_ACCESS = dict.fromkeys(("perm_read", "perm_write", "perm_create", "perm_unlink"), True)


def measured(env, what):
    """(seconds, queries) of one call, with everything written that it left to write."""
    env.flush_all()
    queries, start = env.cr.sql_log_count, time.perf_counter()
    what()
    env.flush_all()
    return time.perf_counter() - start, env.cr.sql_log_count - queries


def rivals(env, *calls, times=5):
    """(seconds, queries) of the fastest run of each call, in their order.

    They take turns, so that whatever else the machine does slows all of them; each run starts with cold
    records like a request of its own, and the first round only warms the server.
    """
    rounds = []
    for _turn in range(times + 1):
        row = []
        for call in calls:
            env.flush_all()
            env.invalidate_all()
            row.append(measured(env, call))
        rounds.append(row)
    return [min(runs) for runs in zip(*rounds[1:], strict=True)]


def milliseconds(env, what, times=3):
    """The best of some calls, each with cold records and a warm server."""
    what()
    found = []
    for _turn in range(times):
        env.invalidate_all()
        start = time.perf_counter()
        what()
        found.append(time.perf_counter() - start)
    return min(found) * 1000


def page(model, domain, fields, order=None):
    """What the list view asks for: one page, and a count that stops at ten thousand."""
    return model.web_search_read(
        domain, {name: {} for name in fields}, limit=PAGE, order=order, count_limit=10001
    )


def whole_table_reads(model, domain, order=None):
    """Whether the plan for the first page of a list reads the model's whole table."""
    cr = model.env.cr
    query = model._search(domain, limit=PAGE, order=order or model._order).select()
    cr.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + query.code, query.params)
    plan = cr.fetchone()[0]
    plan = plan if isinstance(plan, list) else json.loads(plan)
    nodes = [plan[0]["Plan"]]
    while nodes:
        node = nodes.pop()
        nodes += node.get("Plans", [])
        if node["Node Type"] == "Seq Scan" and node.get("Relation Name") == model._table:
            return True
    return False


def bare_model(env, like, name="x_bench_bare"):
    """A model with discussion and nothing else, that stores as many columns as the model ``like``.

    Each stored column of ``like`` has one of the same kind here, without a default, computation, constraint,
    index or meaning: texts for what manual fields cannot be. What is told of the two is the cost of what
    ``like`` does, not of its width.
    """
    fields = [
        (0, 0, {"name": bare, "field_description": bare, **_bare_kind(env[like]._fields[own])})
        for own, bare in _bare_names(env[like]).items()
    ]
    model = env["ir.model"].create(
        {
            "name": "Bench",
            "model": name,
            "is_mail_thread": True,
            "field_id": fields,
            "access_ids": [
                (0, 0, {"name": "Bench", "group_id": env.ref("base.group_user").id, **BARE_ACCESS})
            ],
        }
    )
    return env[model.model]


def _bare_names(model):
    """{stored column of ``model``: its like in the bare model}."""
    columns = [f.name for f in model._fields.values() if f.store and f.column_type and f.name not in MAGIC]
    return {own: f"x_field_{number}" for number, own in enumerate(columns)}


def _bare_kind(field):
    if field.type == "many2one":
        return {"ttype": "many2one", "relation": field.comodel_name}
    return {"ttype": field.type if field.type in BARE_KINDS else "char"}


def bare_values(record):
    """Values for one bare record: as many as ``record`` holds after its creation, and the same."""
    record.ensure_one()
    held = {own: record[own] for own in _bare_names(record) if record[own]}
    return {_bare_names(record)[own]: _bare_value(record._fields[own], value) for own, value in held.items()}


def _bare_value(field, value):
    if field.type == "many2one":
        return value.id
    return value if field.type in BARE_KINDS else str(value)


class Promises:
    """What a bench promises, held against what it measured: all are looked at before one fails the run."""

    def __init__(self):
        self.broken = []

    def at_most(self, what, value, limit):
        self._judge(what, value, limit, value <= limit, "<=")

    def at_least(self, what, value, limit):
        self._judge(what, value, limit, value >= limit, ">=")

    def _judge(self, what, value, limit, kept, sign):
        print(f"  {what:<58} {value:10.2f}  ({sign} {limit}{'' if kept else ', MISSED'})")
        if not kept:
            self.broken.append(what)

    def settle(self):
        if self.broken:
            raise SystemExit(f"missed: {'; '.join(self.broken)}")
