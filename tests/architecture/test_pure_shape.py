"""The repository keeps its shape: policies are pure, addons depend one way, tables and facts are sound.

No Odoo here: everything is read from the files and from the policies themselves.
"""

import ast
import csv
import dataclasses
import datetime
import decimal
import doctest
import importlib.util
import sys
import types
import typing
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.aftersales_service.policy import lifecycle

ROOT = Path(__file__).resolve().parents[2]
ADDONS = ("aftersales_service", "aftersales_returns", "aftersales_survey")
KERNEL = {"lifecycle", "deadline", "verdict"}
MODULES = [
    (addon, path.stem)
    for addon in ADDONS
    for path in sorted((ROOT / addon / "policy").glob("*.py"))
    if path.stem != "__init__"
]

# What a fact may not be called: a verdict is kept for years and read by many.
PERSONAL = ("name", "street", "address", "phone", "mobile", "email", "iban", "account", "note", "text")
PERSONAL += ("description", "comment", "birth")
# ... unless it only says whether something holds, or is a code
PLAIN = (int, str, bool, decimal.Decimal, datetime.date, datetime.datetime, type(None))


def policy(addon, module):
    return importlib.import_module(f"odoo.addons.{addon}.policy.{module}")


def manifest(addon):
    return ast.literal_eval((ROOT / addon / "__manifest__.py").read_text())


def each_policy(predicate=lambda module: True):
    found = [(a, m) for a, m in MODULES if predicate(policy(a, m))]
    return pytest.mark.parametrize(("addon", "module"), found, ids=[f"{a}.{m}" for a, m in found])


@each_policy()
def test_a_policy_imports_the_standard_library_its_siblings_and_the_kernel_only(addon, module):
    tree = ast.parse((ROOT / addon / "policy" / f"{module}.py").read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                assert alias.name.split(".")[0] in sys.stdlib_module_names, alias.name
        elif isinstance(node, ast.ImportFrom):
            assert _may_import(addon, node), ast.unparse(node)


def _may_import(addon, node):
    if node.level == 0:
        return node.module.split(".")[0] in sys.stdlib_module_names
    if node.level == 1:
        return True
    names = {alias.name for alias in node.names}
    from_kernel = node.level == 3 and node.module == "aftersales_service.policy" and names <= KERNEL
    module_of_kernel = node.level == 3 and node.module in {
        f"aftersales_service.policy.{name}" for name in KERNEL
    }
    return from_kernel or module_of_kernel


@each_policy()
def test_a_policy_reads_no_clock(addon, module):
    tree = ast.parse((ROOT / addon / "policy" / f"{module}.py").read_text())
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    clocks = {
        call for call in calls if call.endswith((".now", ".today", ".utcnow", "time.time", "monotonic"))
    }
    assert not clocks


@each_policy(lambda module: ">>>" in (module.__doc__ or ""))
def test_the_worked_examples_are_true(addon, module):
    result = doctest.testmod(policy(addon, module))
    assert result.attempted
    assert not result.failed


def test_addons_depend_one_way():
    depends = {addon: set(manifest(addon)["depends"]) & set(ADDONS) for addon in ADDONS}
    assert depends == {
        "aftersales_service": set(),
        "aftersales_returns": {"aftersales_service"},
        "aftersales_survey": {"aftersales_service"},
    }


@pytest.mark.parametrize("addon", ADDONS)
def test_no_addon_imports_what_it_does_not_depend_on(addon):
    known = {addon, *manifest(addon)["depends"]}
    for ours in known & set(ADDONS):  # what an addon of ours brings along is there
        known |= set(manifest(ours)["depends"])
    for path in (ROOT / addon).rglob("*.py"):
        if "tests" in path.relative_to(ROOT / addon).parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            module = getattr(node, "module", None) or ""
            if isinstance(node, ast.ImportFrom) and module.startswith("odoo.addons."):
                other = module.split(".")[2]
                assert other in known or other in {"base", "web", "account", "sale", "stock", "product"}, (
                    f"{path.name}: {module}"
                )


def _flow(module):
    return isinstance(getattr(module, "FLOW", None), lifecycle.Flow)


@each_policy(_flow)
def test_every_flow_is_sound(addon, module):
    assert lifecycle.faults(policy(addon, module).FLOW) == []


@each_policy(_flow)
def test_the_drawing_of_every_flow_is_up_to_date(addon, module):
    """docs/state-machines.md is generated: `python docs/make_state_machines.py` writes it anew."""
    page = (ROOT / "docs/state-machines.md").read_text()
    assert lifecycle.diagram(policy(addon, module).FLOW) in page


def _judges(module):
    return hasattr(module, "judge")


@each_policy(_judges)
def test_every_policy_that_judges_has_a_version_and_facts(addon, module):
    judging = policy(addon, module)
    assert isinstance(judging.VERSION, str)
    assert "/" not in judging.VERSION
    assert dataclasses.is_dataclass(judging.Facts)


@each_policy(_judges)
def test_facts_hold_no_personal_data(addon, module):
    """PRIV-06: ids, codes, booleans, dates, whole numbers and decimals; nothing that says who somebody is."""
    _check_facts(policy(addon, module).Facts)


def _check_facts(cls):
    assert cls.__dataclass_params__.frozen, cls
    for name, kind in typing.get_type_hints(cls).items():
        leaves = list(_leaves(kind))
        for leaf in leaves:
            if dataclasses.is_dataclass(leaf):
                _check_facts(leaf)
            else:
                assert leaf in PLAIN, f"{cls.__name__}.{name} is a {leaf}: facts are plain"
        harmless = all(leaf in (bool, int, type(None)) for leaf in leaves) or name.endswith(
            ("_kind", "_code")
        )
        assert harmless or not set(name.split("_")) & set(PERSONAL), (
            f"{cls.__name__}.{name} looks like personal data"
        )


def _leaves(kind):
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType, tuple, frozenset):
        for arg in args:
            if arg is not Ellipsis:
                yield from _leaves(arg)
    else:
        yield kind


def _tables():
    return sorted(path for addon in ADDONS for path in (ROOT / addon / "data").glob("aftersales.*.csv"))


def _rows(path):
    with path.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("path", _tables(), ids=lambda path: path.name)
def test_codes_and_ids_of_a_shipped_table_are_unique(path):
    rows = _rows(path)
    for column in ("id", "code"):
        values = [row[column] for row in rows if row.get(column)]
        assert [value for value, times in Counter(values).items() if times > 1] == []


def test_clauses_have_unique_codes_across_the_addons():
    codes = Counter(
        row["code"] for path in _tables() if path.name.startswith("aftersales.clause") for row in _rows(path)
    )
    assert [code for code, times in codes.items() if times > 1] == []


def test_row_codes_are_not_clause_codes():
    """A clause is looked up in its table first: two sentences for one code would hide one."""
    clauses = {row["code"] for p in _tables() if p.name.startswith("aftersales.clause") for row in _rows(p)}
    rows = {
        row["code"]
        for p in _tables()
        if not p.name.startswith("aftersales.clause")
        for row in _rows(p)
        if "code" in row
    }
    assert clauses & rows == set()


def test_the_map_of_policies_is_up_to_date():
    """docs/policies.md is generated: `python docs/make_policies.py` writes it anew."""
    maker = _policy_map()
    assert (ROOT / "docs/policies.md").read_text(encoding="utf-8") == maker.page()


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("REFUND-02, -03: twelve hours", {"REFUND-02", "REFUND-03"}),
        ("RMA-01…-03, CON-42", {"RMA-01", "RMA-02", "RMA-03", "CON-42"}),
        ("RMA-09…RMA-10,\n    -17 and -20", {"RMA-09", "RMA-10", "RMA-17", "RMA-20"}),
        ("RMA-38 against RMA-11, -15", {"RMA-38", "RMA-11", "RMA-15"}),
        ("SLA-24, minus 5 and F-01", {"SLA-24"}),
    ],
)
def test_the_map_of_policies_reads_codes_in_short(text, rules):
    assert _policy_map().rules_in(text) == rules


def _policy_map():
    spec = importlib.util.spec_from_file_location("make_policies", ROOT / "docs/make_policies.py")
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    return maker


@each_policy(_flow)
@given(data=st.data())
def test_no_illegal_event_ever_changes_anything(addon, module, data):
    """A random walk over the table: a refused event leaves state and promises as they were."""
    flow = policy(addon, module).FLOW
    declared = lifecycle.open_promises(flow)
    state = flow.initial
    running = frozenset(kind for kind, promise in flow.promises.items() if lifecycle.CREATE in promise.opens)
    for event in data.draw(st.lists(st.sampled_from([*flow.events, "no_such_event"]), max_size=15)):
        try:
            after = lifecycle.next_state(flow, state, event)
        except lifecycle.IllegalTransition:
            assert (state, event) not in flow.transitions
            continue
        assert flow.transitions[state, event] == after
        running = frozenset(k for k in running if not flow.promises[k].ends_with(event)) | {
            kind for kind, promise in flow.promises.items() if event in promise.opens
        }
        state = after
        assert running in declared[state], "exactly the promises that the table declares for the way here"
