"""Databases in seconds: each is a copy of a template, and a template is made once for what it holds.

    core template    Odoo's own modules that our addons depend on; also dumped into the cache folder, so that
                     another checkout restores it instead of installing 80 modules
    quick template   the core and our three addons
    suite template   the same, with the browser's bundles already built
    database         a copy of the suite template and of its files, or of the quick one where no browser comes

A template's name ends in a hash of everything it was made from. Whatever changes the content changes the
name, so a template is never stale and never updated; the ones that are no longer asked for are deleted.

Run by dev/newdb and dev/dropdb, which see to the set-up and the server first. Plain standard library.
"""

import argparse
import ast
import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import deque
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DEV = ROOT / ".dev"
FILES = (
    DEV / "data" / "filestore"
)  # one folder per database; a file in it never changes, so copies are hard links
LOGS = DEV / "log"
HOME_CACHE = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
CACHE = Path(os.environ.get("AFTERSALES_CACHE") or Path(HOME_CACHE) / "aftersales-dev") / "databases"
ODOO = ROOT / ".venv/bin/odoo"

# A server may be shared by several checkouts; the files of a database belong to one of them.
HERE = hashlib.sha256(str(ROOT).encode()).hexdigest()[:4]
LANGUAGES = "en_US,zh_CN"
RECIPE = "1"  # raise it when a template is made differently from the same sources
KEPT = 2  # templates of each kind of earlier sources that stay, for switching between branches
KEPT_DUMPS = 6  # of the core, in the cache folder; 6 MB each
ROOM = 1500  # megabytes that a template and its making need

# The bundles that pages, tours and reports ask for first; each would cost the first test of a class seconds.
BUNDLES = (
    "web.assets_web",
    "web.assets_frontend",
    "web.assets_frontend_minimal",
    "web.assets_frontend_lazy",
    "web.assets_backend_lazy",
    "web.assets_tests",
    "web.__assets_tests_call__",
    "web.report_assets_common",
    "web.report_assets_pdf",
    "survey.survey_assets",
)
WARM_UP = f"""
for bundle in {BUNDLES!r}:
    built = env["ir.qweb"]._get_asset_bundle(bundle, css=True, js=True)
    built.js(), built.css()
env.cr.commit()
"""

# Changing one of these does not change what Odoo installs.
NOT_INSTALLED = {".pot", ".md", ".rst", ".pyc"}
NOT_INSTALLED_FOLDERS = {"tests", "__pycache__"}
MODULE_LINE = re.compile(rb"Loading module (\w+) \((\d+)/(\d+)\)")
COMPLAINT = re.compile(r"\b(?:WARNING|ERROR|CRITICAL) .*")
NAME = re.compile(r"[a-z][a-z0-9_-]{0,50}")


def say(sentence):
    sys.stderr.write(f"[newdb] {sentence}\n")


def stop(sentence):
    sys.exit(f"[newdb] STOPPED: {sentence}")


# --- announcing --------------------------------------------------------------------------------


class Step:
    """One line on the screen: what is being done, how far it is, the seconds it took."""

    def __init__(self, text):
        self.text, self.started, self.said = text, time.monotonic(), ""
        self.live = sys.stderr.isatty()

    def __enter__(self):
        self._write(f"[newdb] {self.text} ... ")
        return self

    def progress(self, done, total, what):
        """Rewrites the line on a terminal; in a log, says so every tenth."""
        if self.live:
            self._write(f"\r[newdb] {self.text} ... {done}/{total} {what}\033[K")
        elif done == total or done * 10 // total > (done - 1) * 10 // total:
            self._write(f"{done}/{total} ")

    def __exit__(self, failed, *_):
        took = f"{time.monotonic() - self.started:.1f} s"
        end = f"failed after {took}" if failed else took
        self._write(f"\r[newdb] {self.text} ... {end}\033[K\n" if self.live else f"{end}\n")

    @staticmethod
    def _write(text):
        sys.stderr.write(text)
        sys.stderr.flush()


# --- the server --------------------------------------------------------------------------------


def run(*command):
    return subprocess.run(command, check=True, text=True, capture_output=True).stdout.strip()


def sql(statement, database="postgres"):
    try:
        return run("psql", "-XAtqd", database, "-v", "ON_ERROR_STOP=1", "-c", statement)
    except subprocess.CalledProcessError as failure:
        stop(f"PostgreSQL refused «{statement}»: {failure.stderr.strip()}")


def server_version():
    """15 for PostgreSQL 15.18."""
    return int(sql("show server_version_num")) // 10000


def exists(database):
    return sql(f"select 1 from pg_database where datname = '{database}'") == "1"


def drop(database):
    if exists(database):
        sql(f'alter database "{database}" is_template false')
        sql(f'drop database "{database}" with (force)')
    shutil.rmtree(FILES / database, ignore_errors=True)


def copy(source, target):
    """A database and its files; a second for the whole suite."""
    drop(target)
    # Copying files is twice as fast here as the default, which writes everything to the log.
    strategy = "strategy file_copy" if server_version() >= 15 else ""
    sql(f'create database "{target}" template "{source}" {strategy}')
    if (FILES / source).is_dir():
        shutil.copytree(FILES / source, FILES / target, copy_function=os.link)


@contextlib.contextmanager
def making(template):
    """Gives a database to fill, which becomes ``template`` only if nothing went wrong."""
    unfinished = f"{template}_new"
    drop(unfinished)
    try:
        yield unfinished
    except BaseException:
        drop(unfinished)
        raise
    sql(f'alter database "{unfinished}" rename to "{template}"')
    # A visitor would make the copies wait, and could change what they copy.
    sql(f'alter database "{template}" allow_connections false is_template true')
    shutil.rmtree(FILES / template, ignore_errors=True)
    if (FILES / unfinished).is_dir():
        (FILES / unfinished).rename(FILES / template)


def our_templates():
    """Names of this checkout's templates, finished or not, the newest first."""
    pattern = f"^tpl_.*_{HERE}(_new)?$"
    return sql(f"select datname from pg_database where datname ~ '{pattern}' order by oid desc").split()


@contextlib.contextmanager
def alone():
    """Two commands at once must not make the same template."""
    with (DEV / "templates.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# --- Odoo --------------------------------------------------------------------------------------


def odoo(step, log, *arguments, script=None):
    """Runs the odoo command, follows its log for progress, and shows the end of it if it fails."""
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [ODOO, *arguments, "--no-http", "--log-level=warn", "--log-handler=odoo.modules.loading:INFO"]
    environment = {**os.environ, "ODOO_RC": str(DEV / "odoo.conf"), "PYTHONUNBUFFERED": "1"}
    tail = deque(maxlen=40)
    with log.open("wb") as out, _input(script) as stdin:
        process = subprocess.Popen(
            command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=ROOT, env=environment
        )
        for line in process.stdout:
            out.write(line)
            tail.append(line)
            if module := MODULE_LINE.search(line):
                step.progress(int(module[2]), int(module[3]), module[1].decode())
    if process.wait():
        sys.stderr.write("\n" + b"".join(tail).decode(errors="replace"))
        stop(f"«{step.text}» failed. The last {len(tail)} lines of {log} stand above.")
    _warn(log)


def _input(script):
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the caller closes it
    file.write((script or "").encode())
    file.seek(0)
    return file


def _warn(log):
    """Repeats what Odoo complained about: an install that warns is not a clean install."""
    lines = log.read_text(errors="replace").splitlines()
    complaints = [COMPLAINT.search(line) for line in lines if "py.warnings" not in line]
    complaints = list(dict.fromkeys(found[0] for found in complaints if found))
    for line in complaints[:20]:
        sys.stderr.write(f"\n        {line}")
    if complaints:
        sys.stderr.write("\n        ")


# --- what a template is made of ------------------------------------------------------------------


def manifests():
    """{addon: its manifest} of this project."""
    return {
        path.parent.name: ast.literal_eval(path.read_text(encoding="utf-8"))
        for path in sorted(ROOT.glob("aftersales_*/__manifest__.py"))
    }


def core_modules(ours):
    depends = {name for manifest in ours.values() for name in manifest.get("depends", ())}
    return sorted(depends - set(ours)) or ["base"]


def short_hash(*parts):
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:10]


def sources_hash(addons):
    """Of every file of the addons that Odoo reads when it installs or runs them."""
    total = hashlib.sha256()
    for addon in sorted(addons):
        for path in sorted((ROOT / addon).rglob("*")):
            folders = path.relative_to(ROOT / addon).parts[:-1]
            if (
                path.is_file()
                and path.suffix not in NOT_INSTALLED
                and not NOT_INSTALLED_FOLDERS & set(folders)
            ):
                total.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return total.hexdigest()


class Templates:
    """The templates for the sources as they are now."""

    def __init__(self, demo):
        self.demo = demo
        self.ours = manifests()
        self.sources = sources_hash(self.ours)
        self.built = []  # by this command, out of the addons' files
        self.modules = core_modules(self.ours)
        requirements = re.sub(r"(?m)^#.*\n", "", (ROOT / "dev/requirements/odoo.in").read_text())
        build = (DEV / "odoo.build").read_text()
        core = short_hash(RECIPE, build, requirements, self.modules, demo, LANGUAGES, server_version())
        quick = short_hash(RECIPE, core, self.sources)
        suite = short_hash(quick, BUNDLES)
        kind = "demo_" if demo else ""
        self.dump = CACHE / f"tpl_core_{kind}{core}.dump"
        self.core, self.quick, self.suite = (
            f"tpl_core_{kind}{core}_{HERE}",
            f"tpl_quick_{kind}{quick}_{HERE}",
            f"tpl_suite_{kind}{suite}_{HERE}",
        )

    @property
    def _demo_option(self):
        return ["--with-demo"] if self.demo else []

    def have(self, layer):
        """The name of the template of that layer, which is there when this returns."""
        getattr(self, f"have_{layer}")()
        return getattr(self, layer)

    def have_core(self):
        if exists(self.core):
            return
        with making(self.core) as database:
            if not self._restored(database):
                self._install(database)
                self._save(database)

    def _install(self, database):
        need_room()
        with Step(
            f"installing Odoo's {', '.join(self.modules)}{' with demo data' * self.demo} (once, 2 minutes)"
        ) as step:
            languages = ["--load-language", LANGUAGES]
            install = ["-i", ",".join(self.modules), *languages, *self._demo_option, "--stop-after-init"]
            odoo(step, LOGS / f"{self.core}.log", "-d", database, *install)

    def _save(self, database):
        """First under another name, so that a broken-off dump is never taken for a whole one."""
        with Step("keeping a dump of it in the cache folder"):
            CACHE.mkdir(parents=True, exist_ok=True)
            (FILES / database).mkdir(parents=True, exist_ok=True)
            new, files = self.dump.with_suffix(".new"), self.dump.with_suffix(".tar")
            run("tar", "-cf", str(new), "-C", str(FILES / database), ".")
            new.replace(files)
            run("pg_dump", "-Fc", "-Z1", "-f", str(new), database)
            new.replace(self.dump)
        for old in sorted(CACHE.glob("tpl_core_*.dump"), key=os.path.getmtime)[:-KEPT_DUMPS]:
            old.with_suffix(".tar").unlink(missing_ok=True)
            old.unlink()

    def _restored(self, database):
        """Whether the cache folder had a dump of it, and the dump was good."""
        if not self.dump.exists():
            return False
        try:
            with Step("restoring Odoo's modules from the cache folder"):
                (FILES / database).mkdir(parents=True)
                sql(f'create database "{database}" template template0')
                run("pg_restore", "-j2", "--no-owner", "-d", database, str(self.dump))
                run("tar", "-xf", str(self.dump.with_suffix(".tar")), "-C", str(FILES / database))
        except subprocess.CalledProcessError as failure:
            say(f"the dump cannot be used ({failure.stderr.strip().splitlines()[-1]}), so it is made anew")
            self.dump.unlink()
            drop(database)
            return False
        return True

    def have_quick(self):
        if exists(self.quick):
            return
        self.have_core()
        need_room()
        with making(self.quick) as database:
            copy(self.core, database)
            with Step(f"installing {', '.join(self.ours)}") as step:
                install = ["-i", ",".join(self.ours), *self._demo_option, "--stop-after-init"]
                odoo(step, LOGS / f"{self.quick}.log", "-d", database, *install)
        self.built.append(self.quick)
        self._forget_old_ones()

    def have_suite(self):
        if exists(self.suite):
            return
        self.have_quick()
        with making(self.suite) as database:
            copy(self.quick, database)
            with Step(f"building {len(BUNDLES)} bundles for the browser") as step:
                odoo(step, LOGS / f"{self.suite}.log", "shell", "-d", database, script=WARM_UP)
        self.built.append(self.suite)
        self._forget_old_ones()

    def forget_mixtures(self):
        """Where somebody saved a file while Odoo read them, what was built may be neither old nor new."""
        if self.built and sources_hash(self.ours) != self.sources:
            say("a file of the addons has changed meanwhile, so this template is not kept")
            for template in self.built:
                drop(template)

    @staticmethod
    def _forget_old_ones():
        """Templates of earlier sources but for the newest, and what an interrupted run left behind."""
        names = our_templates()
        gone = [name for name in names if name.endswith("_new")]
        for kind in ("core", "quick", "suite"):
            for demo in ("", "demo_"):
                same = [name for name in names if re.fullmatch(f"tpl_{kind}_{demo}[0-9a-f]+_{HERE}", name)]
                gone += same[KEPT:]
        for name in gone:
            drop(name)


def need_room():
    free = shutil.disk_usage(DEV).free // 2**20
    if free < ROOM:
        stop(f"a template database needs about {ROOM} MB in {DEV}, only {free} MB are free: free some space")


# --- the commands --------------------------------------------------------------------------------


def new(name, demo=False, layer="suite"):
    """Make the database ``name`` from a layer (core, quick or suite), replacing one of that name."""
    if not NAME.fullmatch(name) or name.startswith("tpl_"):
        stop(f"«{name}» cannot be a database's name: small letters, digits, _ and -, not starting with tpl_.")
    FILES.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with alone():
        templates = Templates(demo)
        copy(templates.have(layer), name)
        templates.forget_mixtures()
    say(f"{name} is ready: {time.monotonic() - started:.1f} s")
    print(name)


def drop_all(names, templates=False):
    if templates:
        names = [*names, *our_templates()]
    for name in names:
        drop(name)


def key(demo=False):
    """The name of the template that stands for the sources as they are now."""
    print(Templates(demo).suite)


def main():
    parser = argparse.ArgumentParser(prog="dev/newdb")
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("new", prog="dev/newdb", help="a fresh database with the three addons")
    make.add_argument("name")
    make.add_argument("--demo", action="store_true", help="with Odoo's and our demo data")
    make.add_argument("--quick", action="store_true", help="without the browser's bundles")
    make.add_argument("--core", action="store_true", help="without our addons")
    delete = commands.add_parser("drop", prog="dev/dropdb", help="delete databases and their files")
    delete.add_argument("names", nargs="*")
    delete.add_argument("--templates", action="store_true", help="every template of this checkout")
    ask = commands.add_parser("key", help="what the suite template for these sources is called")
    ask.add_argument("--demo", action="store_true")
    options = parser.parse_args()
    if options.command == "new":
        layer = "core" if options.core else "quick" if options.quick else "suite"
        new(options.name, options.demo, layer)
    elif options.command == "drop":
        drop_all(options.names, options.templates)
    else:
        key(options.demo)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        stop("broken off; what is half-made is deleted by the next start")
    except subprocess.CalledProcessError as failure:
        stop(f"«{' '.join(map(str, failure.cmd))}» failed: {failure.stderr.strip()}")
