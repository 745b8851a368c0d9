"""Returns beside the same stock operations done bare, in one run on one database; clock, station, lists.

Run by `make bench` in an Odoo shell (``env`` is given). Ratios compare within the run; seconds stand beside
them only, since they say something about the machine. Nothing is kept.
"""

import collections
import gc
import sys
import time
from contextlib import contextmanager
from datetime import timedelta

from odoo import Command, fields

sys.path.insert(0, "tests/bench")
import measure
from measure import PAGE, Promises, milliseconds, whole_table_reads

RETURNS = 12
RUNS = 24
STOCK = 1_000
SILENT = 60
MANY = 100_000
FEW = 10_000
STATES = (
    "requested",
    "approved",
    "in_transit",
    "received",
    "inspected",
    "to_refund",
    "to_ship",
    "done",
    "closed",
)

cr = env.cr  # noqa: F821  # the shell's
root = env  # noqa: F821
promises = Promises()


@contextmanager
def measured(result):
    """Adds (seconds, queries) of the block to ``result``, with what its commit would still do.

    What was done before has been finished, as if each block were a request of its own; nobody pays for the
    rubbish of the blocks before.
    """
    cr.flush()
    gc.collect()
    gc.disable()
    queries, start = cr.sql_log_count, time.perf_counter()
    yield
    cr.flush()
    result["s"] += time.perf_counter() - start
    result["q"] += cr.sql_log_count - queries
    gc.enable()


def stock_up(product, quantity):
    """Counted in, with a value."""
    place = warehouse.lot_stock_id
    quants = root["stock.quant"].with_context(inventory_mode=True)
    vals = {"product_id": product.id, "location_id": place.id, "inventory_quantity": quantity}
    quants.create(vals).action_apply_inventory()


def sold(count):
    """Delivered orders of one cable each."""
    orders = root["sale.order"].create(
        [
            {
                "partner_id": customer.id,
                "order_line": [Command.create({"product_id": cable.id, "product_uom_qty": 1})],
            }
            for _n in range(count)
        ]
    )
    orders.action_confirm()
    for picking in orders.picking_ids:
        picking.move_ids.picked = True
        picking.button_validate()
    return orders


def asked(orders):
    """A draft return of each order."""
    return root["aftersales.rma"].create(
        [
            {
                "partner_id": customer.id,
                "sale_order_id": order.id,
                "reason_id": reason.id,
                "pictures_received": True,
                "line_ids": [Command.create({"sale_line_id": order.order_line.id, "quantity": 1})],
            }
            for order in orders
        ]
    )


# --- request → approve → ship → receive → inspect → restock ------------------------------------------------


def bare(orders, steps):
    """What Odoo itself does with the goods: return into quarantine as the customer's, take over, put away.

    Of several, each is returned by its own form, as a person has to; the rest is done with all at once.
    """
    with measured(steps["approve"]):
        back = returned(orders)
    with measured(steps["receive"]):
        validated(back)
    with measured(steps["restock"]):
        put_away(back)


def returned(orders):
    """Odoo's own returns of the deliveries, into quarantine and as the customer's."""
    back = root["stock.picking"]
    for delivery in orders.picking_ids:
        row = {"product_id": cable.id, "move_id": delivery.move_ids.id, "quantity": 1}
        form = root["stock.return.picking"].create(
            {"picking_id": delivery.id, "product_return_moves": [Command.create(row)]}
        )
        back |= form._create_return()
    back.write({"owner_id": customer.id, "location_dest_id": quarantine.id})
    back.move_ids.location_dest_id = quarantine
    return back


def validated(transfers):
    transfers.move_ids.picked = True
    transfers.with_context(skip_backorder=True, skip_sms=True).button_validate()
    assert set(transfers.mapped("state")) == {"done"}


def put_away(back):
    """The goods become the company's and go from quarantine to the shelf."""
    back.move_line_ids.owner_id = False
    transfers = root["stock.picking"].create(
        [
            {
                "picking_type_id": warehouse.int_type_id.id,
                "location_id": quarantine.id,
                "location_dest_id": warehouse.lot_stock_id.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": cable.id,
                            "product_uom_qty": 1,
                            "location_id": quarantine.id,
                            "location_dest_id": warehouse.lot_stock_id.id,
                        }
                    )
                ],
            }
            for _receipt in back
        ]
    )
    transfers.action_confirm()
    transfers.action_assign()
    validated(transfers)


def ours(orders, steps):
    """The same goods by returns: asked, judged, approved, sent, received, inspected, put away."""
    with measured(steps["request"]):
        rmas = asked(orders)
        rmas.action_submit()
    with measured(steps["approve"]):
        rmas.action_approve()
    with measured(steps["ship"]):
        for rma in rmas:
            rma.tracking_ref = f"BENCH{rma.id}"
        rmas.action_register_shipment()
    with measured(steps["receive"]):
        rmas.action_receive()
    with measured(steps["restock"]):
        rmas.inspection_ids.write({"grade": "a", "fault_found": "yes", "serial_matches": "yes"})
        rmas.action_complete_inspection()
    assert set(rmas.mapped("state")) == {"to_refund"}
    assert set(rmas.line_ids.mapped("disposition")) == {"restock"}


def whole_returns():
    """One return after the other, and twelve together; notices go out for the first ones alone."""
    one_by_one()
    together()


def one_by_one():
    ways = {"bare": bare, "ours": ours, "told": ours}
    orders = {way: sold(RUNS + 1) for way in ways}
    runs = {way: [] for way in ways}
    mails = 0
    for number in range(RUNS + 1):
        for way, run in ways.items():
            tell(way == "told")
            before = root["mail.mail"].search_count([]) if way == "told" else 0
            steps = collections.defaultdict(collections.Counter)
            run(orders[way][number], steps)
            if number:  # the first ones warm the server
                runs[way].append(steps)
                mails += root["mail.mail"].search_count([]) - before if way == "told" else 0
    tell(False)
    best = {way: best_of(found) for way, found in runs.items()}
    total = compared(f"the best of {RUNS} returns, one after the other", best)
    keeps("one after the other", total)
    assert mails, "nobody was told: nothing to measure"
    notices = mails / RUNS
    print(f"  notices a return {notices:.0f}")
    promises.at_most("queries a notice", (total["told"]["q"] - total["ours"]["q"]) / notices, 20)


def best_of(runs):
    """{step: its fewest queries and seconds}: whatever else the machine does only adds to them."""
    return {
        step: collections.Counter({unit: min(run[step][unit] for run in runs) for unit in ("q", "s")})
        for step in runs[0]
    }


def tell(told):
    """Whether the customer gets mails; without them nobody has the task to call him either."""
    customer.email = "bench@example.com" if told else False
    root.company.aftersales_tell_returns = told


def together():
    """Each step with all of them at once, as in a list; the first time warms the server."""
    ways = {"bare": bare, "ours": ours}
    for _turn in range(2):
        steps = {way: collections.defaultdict(collections.Counter) for way in ways}
        for way, run in ways.items():
            run(sold(RETURNS), steps[way])
    keeps("together", compared(f"{RETURNS} returns together", steps))


def compared(title, steps):
    """Prints each step beside the bare one; {way: totals}."""
    print(f"{title}, from the request to the shelf, beside the bare stock operations:")
    for step in ("request", "approve", "ship", "receive", "restock"):
        mine, theirs = steps["ours"][step], steps["bare"].get(step, {"s": 0, "q": 0})
        print(
            f"  {step:8} queries {mine['q']:6.0f}    bare {theirs['q']:6.0f}"
            f"    ms {1000 * mine['s']:6.0f}    bare {1000 * theirs['s']:6.0f}"
        )
    return {way: sum(parts.values(), collections.Counter()) for way, parts in steps.items()}


def keeps(how, total):
    promises.at_most(f"times the queries, {how}", total["ours"]["q"] / total["bare"]["q"], 1.3)
    promises.at_most(f"times the time, {how}", total["ours"]["s"] / total["bare"]["s"], 1.3)


# --- the clock ---------------------------------------------------------------------------------------------


def silence():
    """Automatic approvals a second, of goods and of services; the transfers that the same run makes next."""
    draft = root.ref("aftersales_returns.return_policy_standard")
    if draft.state == "draft":
        draft.action_activate()
    rmas = asked(sold(SILENT))
    for rma in rmas:
        rma.action_submit()
    result = decided(rmas)
    assert set(rmas.mapped("state")) == {"approved"} and not rmas.picking_ids
    print(f"{SILENT} requests for goods approved by silence ({result['q'] / SILENT:.1f} queries each):")
    promises.at_least("a second, goods", SILENT / result["s"], 150)
    result = run_out()
    assert set(rmas.picking_ids.mapped("state")) == {"assigned"} and len(rmas.picking_ids) == SILENT
    made, bare_made = SILENT / result["s"], SILENT / alone(sold(SILENT))
    print(f"  their transfers in the same run: {made:.0f} a second; made bare in one go: {bare_made:.0f}")
    load = root["aftersales.rma"].load_history(
        [
            {
                "partner_id": customer.id,
                "reason_id": reason.id,
                "state": "requested",
                "policy_id": draft.id,
                "line_ids": [Command.create({"product_id": service.id, "quantity": 1})],
            }
        ]
        * (SILENT * 10)
    )
    load._open_deadlines(["decide"])
    result = run_out()
    assert set(load.mapped("state")) == {"approved"}
    many = SILENT * 10
    print(f"{many} requests for services approved by silence ({result['q'] / many:.1f} queries each):")
    promises.at_least("a second, services", many / result["s"], 150)


def alone(orders):
    """Seconds that Odoo takes for transfers like those, created, confirmed and reserved together."""
    result = collections.Counter()
    values = [
        {
            "picking_type_id": warehouse.aftersales_return_type_id.id,
            "location_id": move.location_dest_id.id,
            "location_dest_id": quarantine.id,
            "partner_id": customer.id,
            "owner_id": customer.id,
            "return_id": move.picking_id.id,
            "move_ids": [
                Command.create(
                    {
                        **move.copy_data({"procure_method": "make_to_stock", "state": "draft"})[0],
                        "location_id": move.location_dest_id.id,
                        "location_dest_id": quarantine.id,
                        "origin_returned_move_id": move.id,
                        "picking_id": False,
                        "to_refund": False,
                    }
                )
            ],
        }
        for move in orders.picking_ids.move_ids
    ]
    root.flush_all()
    root.invalidate_all()
    with measured(result):
        transfers = root["stock.picking"].create(values)
        transfers.action_confirm()
        transfers.action_assign()
    return result["s"]


def decided(rmas):
    """What the ledger's run does first: the batch of decisions, without the transfers that come next."""
    result, ledger = collections.Counter(), root["aftersales.deadline"]
    later = fields.Datetime.now() + timedelta(days=4)
    rows = rmas.deadline_ids.filtered(lambda row: row.kind == "decide")
    with measured(result):
        due = set(ledger._due_ids(later, None, MANY, ()))
        ledger._run_batch([row.id for row in rows if row.id in due], later)
    return result


def run_out():
    result = collections.Counter()
    later = fields.Datetime.now() + timedelta(days=4)
    with measured(result):
        root["aftersales.deadline"]._run_due(now=later)
    return result


# --- the station -------------------------------------------------------------------------------------------


def scans():
    """Each scan as a request of its own, with cold records; a first return warms the server.

    A scan asks for at most 15 queries. "Receive" and "done" are no reading of goods: each validates a
    transfer, for which Odoo alone asks for several times as many. What they cost is promised above, as steps
    of the whole return beside the same transfers done bare; here it is printed, with cold records.
    """
    cable.barcode = "BENCH-CABLE"
    for _turn in range(2):
        odoo = transfers_alone()
        counts = scanned_through(to_receive())
    print("scans at the station:")
    for what, queries in counts:
        if what in odoo:
            print(f"  queries: {what:53} {queries:5}    its transfer alone {odoo[what]}")
        else:
            promises.at_most(f"queries: {what}", queries, 15)


def transfers_alone():
    """{scan: queries of the same transfer done bare}, with cold records as well."""
    steps = collections.defaultdict(collections.Counter)
    order = sold(1)
    bare_back = returned(order)
    for what, run in (("receive", validated), ("done", put_away)):
        root.invalidate_all()
        with measured(steps[what]):
            run(bare_back)
    return {what: counts["q"] for what, counts in steps.items()}


def to_receive():
    rma = asked(sold(1))
    rma.action_submit()
    rma.action_approve()
    rma.action_register_shipment(tracking_ref=f"STATION{rma.id}")
    return rma


def scanned_through(rma):
    """[(scan, queries)] from the slip to the shelf."""
    steps = [
        ("slip", rma.name), ("goods", "BENCH-CABLE"), ("receive", "AS-RECEIVE"), ("goods", "BENCH-CABLE"),
        ("check", "AS-FAULT-YES"), ("grade", "AS-GRADE-A"), ("done", "AS-DONE"),
    ]  # fmt: skip
    counts, line, current = [], False, False
    for number, (what, barcode) in enumerate(steps):
        root.invalidate_all()
        result = collections.Counter()
        with measured(result):
            answer = root["aftersales.rma"].scan(current, barcode, f"bench{rma.id}-{number}", line)
        current, line = answer["rma"]["id"], answer["rma"]["line"]
        counts.append((what, result["q"]))
    assert rma.state == "to_refund"
    return counts


# --- lists -------------------------------------------------------------------------------------------------


def fill(count, start=1):
    """Returns ``start`` to ``count`` by SQL: a tenth is open, spread over the states."""
    columns = {
        "company_id": root.company.id, "partner_id": customer.id, "currency_id": root.company.currency_id.id,
        "warehouse_id": warehouse.id, "resolution": "'return_refund'", "reason_id": reason.id,
        "fault_party": "'seller'", "delivery_result": "'signed'", "outbound_term": "'prepaid'",
        "outbound_prepaid_by": "'seller'", "return_prepaid_by": "'customer'", "return_term": "'prepaid'",
        "reimburse_as": "'reimburse'", "user_id": root.uid, "create_date": "now()",
    }  # fmt: skip
    names = ", ".join(columns)
    values = ", ".join(str(value) for value in columns.values())
    states = ", ".join(f"'{state}'" for state in STATES)
    cr.execute(
        f"""INSERT INTO aftersales_rma ({names}, name, state, next_due_at, next_kind)
            SELECT {values}, 'BENCH/' || n,
                   CASE WHEN n % 10 = 0 THEN (ARRAY[{states}])[1 + (n / 10) % {len(STATES)}] ELSE 'done' END,
                   CASE WHEN n % 10 = 0 THEN now() + n * interval '1 second' END,
                   CASE WHEN n % 10 = 0 THEN 'decide' END
              FROM generate_series({start}, {count}) AS n"""
    )
    cr.execute("ANALYZE aftersales_rma")
    root.invalidate_all()


def lists():
    """Opening a list takes what it shows: on ten times as many returns about as long, and never all of them.

    A queue's counter counts what is waiting, so it may grow with that, and with nothing else.
    """
    fill(FEW)
    few = opened()
    fill(MANY, start=FEW + 1)
    many = opened()
    print(f"first page of {PAGE} among {MANY} returns, and times what it took among {FEW}:")
    for name, (ms, queries) in many.items():
        print(f"  {name:14} queries {queries:4}    ms {ms:6.0f}    {ms / few[name][0]:5.1f} x")
    promises.at_most("times the queries of a list of ten times as many", growth(few, many, 1), 1)
    promises.at_most("times the time, the whole list", many["all"][0] / few["all"][0], 1.3)
    for name, domain, order in screens():
        if whole_table_reads(root["aftersales.rma"], domain, order):
            promises.broken.append(f"{name} reads the whole table")
    result = collections.Counter()
    with measured(result):
        root["aftersales.rma"].formatted_read_group([], ["state"], ["__count"])
    print(f"  {'by state':14} queries {result['q']:4}    ms {1000 * result['s']:6.0f}")


def growth(few, many, what):
    return max(many[name][what] / few[name][what] for name in many)


def screens():
    """[(name, domain, order)] of what people keep open; the queues show the most urgent first."""
    urgent = "next_due_at, id"
    return [
        ("all", [], None),
        ("to authorize", [("state", "in", ("requested", "disputed"))], urgent),
        ("to receive", [("state", "=", "in_transit")], urgent),
        ("to inspect", [("state", "=", "received")], urgent),
        ("overdue", [("next_due_at", "<", "2031-01-01")], urgent),
        ("by number", [("name", "ilike", "BENCH/4711")], None),
    ]


def opened():
    """{list: (milliseconds, queries)} of its first page, the best of some."""
    rmas = root["aftersales.rma"]
    columns = ("name", "partner_id", "reason_id", "state", "next_due_at", "next_kind", "headline")
    spec = {
        name: {"fields": {"display_name": {}}} if rmas._fields[name].relational else {} for name in columns
    }
    found = {}
    for name, domain, order in screens():

        def page(domain=domain, order=order):
            return rmas.web_search_read(domain, spec, limit=PAGE, order=order, count_limit=10001)

        ms = milliseconds(root, page, times=5)
        root.invalidate_all()
        found[name] = ms, measure.measured(root, page)[1]
    return found


for role in ("manager", "inspector"):
    root.user.group_ids += root.ref(f"aftersales_service.group_{role}")
warehouse = root["stock.warehouse"].search([("company_id", "=", root.company.id)], limit=1)
quarantine = warehouse.aftersales_quarantine_id
reason = root.ref("aftersales_returns.return_reason_quality")
customer = root["res.partner"].create({"name": "Bench", "email": "bench@example.com"})
root.company.aftersales_tell_returns = False
cable = root["product.product"].create(
    {"name": "Cable", "type": "consu", "is_storable": True, "list_price": 20, "standard_price": 5}
)
service = root["product.product"].create({"name": "Training", "type": "service"})
stock_up(cable, STOCK)
whole_returns()
silence()
scans()
lists()
cr.rollback()
promises.settle()
