#!/usr/bin/env python3
"""Writes docs/policies.md: every rule that some test claims to prove, the test, and the code that names it.

`python docs/make_policies.py`. A rule is found where a test's docstring names it (FREIGHT-14); code is found
where a policy, a model, a table or a screen names it in a docstring, comment or cell. A test fails while the
page is stale.
"""

import ast
import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ADDONS = ("aftersales_service", "aftersales_returns", "aftersales_survey")
TOPICS = (
    "SCOPE|CTX|INTAKE|PRIO|SLA|DISP|DIAG|SOLN|PROG|WARR|QUOTE|REPAIR|SPARE|INSTALL|SHIP|QUAL|SUPPLIER|COMP|RMA"
    "|EXCH|INSPECT|FREIGHT|REFUND|COMPLAINT|FOLLOWUP|SURVEY|IMPROVE|KPI|ARCHIVE|PRIV|ROLE|CON|AMB"
)
#: REFUND-02, and what may follow it: ", -03" another one of the topic, "…-05" all up to that one
CODE = re.compile(rf"\b({TOPICS})-(\d\d)\b((?:(?:…|,\s+|\s+and\s+)(?:\1)?-\d\d\b)*)")
MORE = re.compile(r"(…)?[^…\d]*?-(\d\d)\b")
HEAD = """# Policies

Each rule of the business that a test proves, the tests that name it in their docstring, and the code or table
that holds it. Written by `docs/make_policies.py`.

| Rule | Held in | Proven by |
| --- | --- | --- |
"""


def rules_in(text):
    """Codes that a text names, also in short.

    >>> sorted(rules_in("RMA-01…-03, -07 and CON-42, -43"))
    ['CON-42', 'CON-43', 'RMA-01', 'RMA-02', 'RMA-03', 'RMA-07']
    """
    rules = set()
    for topic, first, more in CODE.findall(text):
        last = int(first)
        rules.add(f"{topic}-{last:02}")
        for up_to, number in MORE.findall(more):
            start = last + 1 if up_to else int(number)
            last = int(number)
            rules.update(f"{topic}-{code:02}" for code in range(start, last + 1))
    return rules


def proven():
    """{rule: {test}} out of docstrings of tests, their classes and modules."""
    tests = defaultdict(set)
    folders = [ROOT / "tests", *(ROOT / addon / "tests" for addon in ADDONS)]
    for path in sorted(path for folder in folders for path in folder.rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for rule in rules_in(ast.get_docstring(node) or ""):
                    tests[rule].add(f"{path.relative_to(ROOT)}::{node.name}")
    return tests


def held():
    """{rule: {file}} out of policies, models, tables and screens."""
    places = defaultdict(set)
    for addon in ADDONS:
        for path in sorted((ROOT / addon).rglob("*")):
            inside = path.relative_to(ROOT / addon).parts
            if path.suffix not in (".py", ".csv", ".xml") or inside[0] in ("tests", "static", "i18n"):
                continue
            for rule in rules_in(path.read_text(encoding="utf-8")):
                places[rule].add(str(path.relative_to(ROOT)))
    return places


def page():
    tests, places = proven(), held()
    rows = []
    for rule in sorted(tests, key=lambda rule: (rule.split("-")[0], int(rule.split("-")[1]))):
        where = "<br>".join(f"`{place}`" for place in sorted(places.get(rule, ())))
        by = "<br>".join(f"`{test}`" for test in sorted(tests[rule]))
        rows.append(f"| {rule} | {where} | {by} |")
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    (ROOT / "docs/policies.md").write_text(page(), encoding="utf-8")
