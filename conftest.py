"""Two worlds of tests, one way to import a policy.

Pure tests (``pytest -p no:odoo tests/policy``) run without Odoo: stub packages stand where it would be, so
``from odoo.addons.aftersales_service.policy import lifecycle`` finds the policy without running the addon,
and ``from odoo import fields`` in a policy fails by itself.

Tests on a database (``pytest --odoo-database=NAME …``) are run by pytest-odoo. It takes everything it finds;
the hooks below make it choose as Odoo's own runner does, so that tags mean the same in both:

--odoo-tags SPEC   Odoo's --test-tags, by default ``standard``; each tag is a marker as well (-m post_install)
--no-skips         a skipped test fails: for machines that have everything a test could ask for
"""

import contextlib
import os
import shlex
import shutil
import subprocess
import sys
import types
from pathlib import Path

import hypothesis
import pytest
from hypothesis.database import DirectoryBasedExampleDatabase

ROOT = Path(__file__).parent
ADDONS = ("aftersales_service", "aftersales_returns", "aftersales_survey")

# ci repeats exactly and stays short; deep looks for what nobody thought of, and remembers it.
hypothesis.settings.register_profile("ci", derandomize=True, max_examples=50, deadline=None)
hypothesis.settings.register_profile(
    "deep",
    max_examples=2000,
    deadline=None,
    database=DirectoryBasedExampleDatabase(ROOT / ".dev/hypothesis"),
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


# --- Odoo, real or not ---------------------------------------------------------------------------


def stand_in_for_odoo():
    """Register empty packages for Odoo and our addons: only what lies in an addon can be imported."""
    for name, path in {
        "odoo": [],
        "odoo.addons": [],
        **{f"odoo.addons.{addon}": [str(ROOT / addon)] for addon in ADDONS},
    }.items():
        package = types.ModuleType(name)
        package.__path__ = path
        sys.modules[name] = package
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], child, package)


def start_odoo_by_hand():
    """For tests that open registries themselves, several at once, without pytest-odoo."""
    import odoo.tools
    from odoo.modules.module import initialize_sys_path

    odoo.tools.config.parse_config(["--log-level=critical"])
    initialize_sys_path()


def use_this_checkout():
    """The private server and the configuration of the set-up, unless the caller names others."""
    os.environ.setdefault("ODOO_RC", str(ROOT / ".dev/odoo.conf"))
    note = ROOT / ".dev/pg.env"
    if "PGHOST" not in os.environ and note.exists():
        pairs = dict(line.split("=", 1) for line in shlex.split(note.read_text()))
        os.environ.update(PGHOST=pairs["socket"], PGPORT="5432", PGUSER="odoo")


@contextlib.contextmanager
def own_filestore(database, copy):
    """The files of a worker's copy of the database: hard links in a folder of its own.

    pytest-odoo lets every worker write into the one folder of the database. What two of them write at the
    same moment, one finds half-written: "The attachment collides with an existing file."
    """
    if database == copy:
        yield
        return
    import odoo.tools

    files, copied = (Path(odoo.tools.config.filestore(name)) for name in (database, copy))
    shutil.rmtree(copied, ignore_errors=True)
    if files.is_dir():
        shutil.copytree(files, copied, copy_function=os.link)
    try:
        yield
    finally:
        shutil.rmtree(copied, ignore_errors=True)


def pytest_addoption(parser):
    parser.addoption(
        "--odoo-tags", default="standard", metavar="SPEC", help="which tests, as odoo --test-tags"
    )
    parser.addoption("--no-skips", action="store_true", help="a skipped test is a failed one")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_cmdline_main(config):
    if config.pluginmanager.hasplugin("odoo"):
        use_this_checkout()  # before pytest-odoo reads the configuration
        if not (config.getoption("--odoo-database") or os.environ.get("PGDATABASE")):
            raise pytest.UsageError(
                "name a database with --odoo-database=NAME (dev/newdb NAME makes one);"
                " for pure tests say -p no:odoo"
            )
    return (yield)


def pytest_configure(config):
    if config.pluginmanager.hasplugin("odoo"):
        import pytest_odoo

        pytest_odoo._shared_filestore = own_filestore
        return
    use_this_checkout()
    if any("races" in Path(argument.split("::")[0]).parts for argument in config.args):
        start_odoo_by_hand()
    else:
        stand_in_for_odoo()


# --- which tests ---------------------------------------------------------------------------------


def _is_odoo_test(item):
    return hasattr(getattr(item, "cls", None), "test_tags")


def _written_here(item):
    """Odoo runs a test where it is written: not again in a subclass, nor where its class is only imported."""
    method = getattr(item, "originalname", None) or item.name
    inherited_too = getattr(item.cls, "allow_inherited_tests_method", False)
    return item.cls.__module__ == item.module.__name__ and (method in vars(item.cls) or inherited_too)


def _chooser(spec):
    from odoo.tests.tag_selector import TagsSelector

    selector = TagsSelector(spec)
    return lambda item: _written_here(item) and selector.check(item.cls(item.originalname or item.name))


def _tag_as_odoo_would(cls):
    """Odoo gives default tags only to classes in an addon; tests/scenarios and the like lie outside."""
    if not hasattr(cls, "test_module"):
        cls.test_module = cls.__module__
        cls.test_tags = cls.test_tags | (set() if "deep" in cls.test_tags else {"standard"})


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    if not any(map(_is_odoo_test, items)):
        return
    for cls in {item.cls for item in items if _is_odoo_test(item)}:
        _tag_as_odoo_would(cls)
    chosen = _chooser(config.getoption("--odoo-tags"))
    left_out = [item for item in items if _is_odoo_test(item) and not chosen(item)]
    config.hook.pytest_deselected(items=left_out)
    left_out = set(left_out)
    items[:] = [item for item in items if item not in left_out]
    for item in filter(_is_odoo_test, items):
        for tag in item.cls.test_tags:
            config.addinivalue_line("markers", f"{tag}: a tag of Odoo's test runner")
            item.add_marker(tag)
    items.sort(key=lambda item: getattr(item.cls, "test_sequence", 0))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Without Chromium a tour skips itself and looks fine; --no-skips makes that visible."""
    report = yield
    if report.skipped and item.config.getoption("--no-skips") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, and --no-skips forbids it: {report.longrepr}"
    return report


# --- for tests that need a database of their own ---------------------------------------------------


@pytest.fixture(scope="module")
def scratch_database(request):
    """The name of a database with the three addons, copied for one test module and deleted after it."""
    name = f"scratch_{request.module.__name__.rpartition('.')[2][:30]}_{os.getpid()}"
    subprocess.run([ROOT / "dev/newdb", name, "--quick"], check=True, stdout=subprocess.DEVNULL)
    yield name
    subprocess.run([ROOT / "dev/dropdb", name], check=True)
