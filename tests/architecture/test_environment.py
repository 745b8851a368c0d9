"""The scripts in dev/ refuse with a sentence that says what to do, before they have changed anything.

Each test runs a script in a copy of dev/ that has never been set up, with one thing of the machine replaced.
"""

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parents[2]


class Checkout:
    """A copy of the scripts, and a folder of commands that come first on its PATH."""

    def __init__(self, folder):
        self.folder, self.commands = folder / "checkout", folder / "commands"
        shutil.copytree(ROOT / "dev", self.folder / "dev", ignore=shutil.ignore_patterns("__pycache__"))
        self.commands.mkdir()
        outside = {"PGHOST", "PYTHON", "ODOO_BIN", "LISTEN", "PORT", "FRESH", "DETACH"}
        self.environment = {name: value for name, value in os.environ.items() if name not in outside}
        self.environment["PATH"] = f"{self.commands}{os.pathsep}{self.environment['PATH']}"
        self.environment["AFTERSALES_CACHE"] = str(folder / "cache")

    def replace(self, command, script):
        path = self.commands / command
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def run(self, *command, **environment):
        return subprocess.run(
            [self.folder / command[0], *command[1:]],
            env=self.environment | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def refusal(self, *command, **environment):
        """The sentence with which the command stops; it must stop, and must not have set up anything."""
        done = self.run(*command, **environment)
        assert done.returncode == 1, done.stdout + done.stderr
        assert not (self.folder / ".venv").exists()
        return next(line for line in done.stderr.splitlines() if "STOPPED: " in line)


@pytest.fixture
def checkout(tmp_path):
    return Checkout(tmp_path)


def test_a_python_that_odoo_does_not_run_on_is_refused(checkout):
    checkout.replace("ancient-python", "echo 3.9")
    sentence = checkout.refusal("dev/setup", PYTHON="ancient-python")
    assert "is Python 3.9; Odoo 19 runs on 3.10 to 3.13" in sentence


def test_a_python_that_does_not_exist_is_refused(checkout):
    assert "PYTHON=no-such-python does not run" in checkout.refusal("dev/setup", PYTHON="no-such-python")


def test_a_full_disk_is_noticed_before_anything_is_made(checkout):
    checkout.replace("df", "echo Filesystem; echo /dev/disk 100 99 102400 99% /")
    sentence = checkout.refusal("dev/setup")
    assert "needs about 4000 MB" in sentence and "only 100 MB are free" in sentence
    assert not (checkout.folder.parent / "cache").exists()


def test_a_missing_package_mirror_is_named(checkout):
    checkout.replace("apt-get", "echo 'could not resolve the mirror' >&2; exit 100")
    sentence = checkout.refusal("dev/setup")
    assert "apt could not" in sentence and "the network and /etc/apt" in sentence


def test_an_odoo_that_is_none_is_refused(checkout):
    checkout.replace("odoo-of-somebody", "exit 1")
    assert "is no command" in checkout.refusal("dev/setup", ODOO_BIN="/nowhere/odoo")
    assert "no Odoo found behind ODOO_BIN" in checkout.refusal("dev/setup", ODOO_BIN="odoo-of-somebody")


def test_an_odoo_of_another_version_is_refused(checkout):
    package = checkout.folder.parent / "odoo18" / "odoo"
    package.mkdir(parents=True)
    (package / "release.py").write_text("version_info = (18, 0, 0, FINAL, 0, '')\n")
    (package.parent / "odoo-bin").write_text("#!/usr/bin/env python3\n")
    (package.parent / "odoo-bin").chmod(0o755)
    sentence = checkout.refusal("dev/setup", ODOO_BIN=str(package.parent / "odoo-bin"))
    assert "is not version 19.0" in sentence


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("echo '12|t|odoo'", "is PostgreSQL 12; Odoo 19 needs 13 or newer"),
        ("echo '15|f|odoo'", "may not create databases"),
        ("echo '15|t|postgres'", "Odoo refuses to work as the role postgres"),
        ("echo 'no route to host' >&2; exit 2", "does not answer (no route to host)"),
    ],
)
def test_a_database_server_that_will_not_do_is_refused(checkout, answer, reason):
    checkout.replace("psql", answer)
    assert reason in checkout.refusal("dev/pg", "start", PGHOST="db.invalid")


def test_a_server_of_the_users_own_is_neither_stopped_nor_destroyed(checkout):
    checkout.replace("psql", "echo '15|t|odoo'")
    for command in ("stop", "destroy"):
        done = checkout.run("dev/pg", command, PGHOST="db.invalid")
        assert done.returncode == 0 and "left alone" in done.stderr


def test_a_port_that_is_in_use_is_refused_before_a_database_is_made(tmp_path):
    """The real checkout, since the port is looked at after the set-up."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [ROOT / "dev/run"],
            env=os.environ | {"PORT": port, "LISTEN": "127.0.0.1", "FRESH": "", "DETACH": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 1
    # or somebody clicks in this checkout's demo right now: a second one beside it is refused, too
    assert f"port {port} on 127.0.0.1 is in use" in done.stderr or "end it first: make stop" in done.stderr


@pytest.mark.parametrize("name", ["Große", "tpl_core_1", "a b", "x'; drop database y; --", "-d"])
def test_a_name_that_is_no_database_name_is_refused(name):
    done = subprocess.run(
        [sys.executable, ROOT / "dev/databases.py", "new", "--", name], capture_output=True, text=True
    )
    assert done.returncode != 0
    assert "cannot be a database's name" in done.stderr


# --- the check of the Chinese translation ------------------------------------------------------------


@pytest.fixture(scope="module")
def translations():
    spec = importlib.util.spec_from_file_location("translations", ROOT / "dev/translations.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def po_file(*entries):
    po = polib.POFile()
    for msgid, msgstr, *rest in entries:
        po.append(polib.POEntry(msgid=msgid, msgstr=msgstr, flags=rest, obsolete="obsolete" in rest))
    return po


@pytest.mark.parametrize(
    ("source", "chinese"),
    [
        ("Late by %(hours)s hours", "迟了%(hours)s小时"),
        ("100%% sure", "百分之百确定"),
        ("<b>New</b>", "<b>新</b>"),
        ("<t t-out=\"o.name or 'customer'\"/>", "<t t-out=\"o.name or '客户'\"/>"),
    ],
)
def test_a_translation_that_keeps_what_the_program_fills_in_is_fine(translations, source, chinese):
    assert list(translations.complaints(po_file((source, "")), po_file((source, chinese)))) == []


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        (("Ticket", ""), "not translated"),
        (("Ticket", " "), "not translated"),
        (("Ticket", "服务单", "fuzzy"), "fuzzy"),
        (("Late by %(hours)s", "迟了%(hour)s"), "placeholders differ"),
        (("Late by %s", "迟了"), "placeholders differ"),
        (("<b>New</b>", "新"), "placeholders differ"),
        (("Ticket", "服务单", "obsolete"), "not translated"),
    ],
)
def test_a_translation_that_a_reader_would_stumble_over_is_listed(translations, entry, complaint):
    found = list(translations.complaints(po_file((entry[0], "")), po_file(entry)))
    assert complaint in found[0]


@pytest.mark.parametrize(
    "chinese, set_well",
    [
        ("填写原因:客户会问", "填写原因：客户会问"),
        ("标准,12 个月", "标准，12 个月"),
        (", 最早自签署之日起", "，最早自签署之日起"),
        ("在 9:00 之前", "在 9:00 之前"),
        ("周期(如有),含当日", "周期（如有），含当日"),
        ("已签字(SHA-256 %(hash)s)", "已签字（SHA-256 %(hash)s）"),
        ("%s:请填写", "%s：请填写"),
        ("{{ object.name }}:解决方法", "{{ object.name }}：解决方法"),
        ('您好<t t-out="name"/>,\n</p>', '您好<t t-out="name"/>，\n</p>'),
        (
            '<b>SR-1</b><t t-if="title">: <t t-out="title"/></t>的请求',
            '<b>SR-1</b><t t-if="title">：<t t-out="title"/></t>的请求',
        ),
        ("协议 <b>1</b>. 请阅读", "协议 <b>1</b>。请阅读"),
        ("%(name)s 的费用", "%(name)s 的费用"),
        ('<t t-out="object._price(1)"/>元', '<t t-out="object._price(1)"/>元'),
        ("No (Chinese) here: 9:00", "No (Chinese) here: 9:00"),
    ],
)
def test_chinese_is_set_with_full_width_marks(translations, chinese, set_well):
    assert translations.typeset(chinese) == set_well


def test_a_term_that_is_gone_and_one_that_is_new_are_listed(translations):
    found = list(translations.complaints(po_file(("New", "")), po_file(("Old", "旧"))))
    assert [sentence.split(":")[0] for sentence in found] == ["not translated", "no longer used"]
