"""Freight verdicts without Odoo's ORM, by the shipped table, beside reading the same table from the database.

Run by `make bench` in an Odoo shell (``env`` is given).
"""

import itertools
import sys
import time
from decimal import Decimal

from odoo.addons.aftersales_returns.policy import freight

sys.path.insert(0, "tests/bench")
from measure import Promises

promises = Promises()

VALUES = {
    "reason": ("quality", "seller", "choice", "carrier"),
    "fault": ("seller", "customer", "carrier", "none", "undetermined"),
    "delivery": ("signed", "refused", "undeliverable"),
    "resolution": ("refund_only", "return_refund", "exchange", "repair"),
    "outbound_term": ("prepaid", "collect", "free_shipping"),
}


def timed(what):
    start = time.perf_counter()
    what()
    return time.perf_counter() - start


rules = env["aftersales.freight.rule"]  # noqa: F821  # the shell's
rows = rules._policy_rows(env.company)  # noqa: F821
amounts = {"outbound_amount": Decimal("8.00"), "return_amount": Decimal("12.00")}
cases = [
    freight.Facts(**amounts, **dict(zip(VALUES, values, strict=True)))
    for values in itertools.product(*VALUES.values())
]
judging = timed(lambda: [freight.judge(case, rows) for case in cases]) / len(cases)
reading = min(timed(lambda: rules._policy_rows(env.company)) for _ in range(5))  # noqa: F821
print(f"{len(cases)} freight verdicts, {len(rows)} rows:")
print(f"  reading the table once takes as long as {reading / judging:.0f} verdicts")
promises.at_least("verdicts a second", 1 / judging, 5000)
promises.settle()
