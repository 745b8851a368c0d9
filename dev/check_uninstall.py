"""Installs the addons one by one into a database without them, takes them out again, and looks for leftovers.

    python dev/check_uninstall.py DATABASE      made by dev/newdb DATABASE --core

Nothing of ours may stay: no table, no column, no record's external id, no access rule, no cron. A second
installation after that must work as the first did.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ORDER = ("aftersales_service", "aftersales_returns", "aftersales_survey")  # as they depend on each other

UNINSTALL = """
module = env["ir.module.module"].search([("name", "=", {addon!r})])
module.button_immediate_uninstall()
assert module.state == "uninstalled", module.state
"""

LEFTOVERS = {
    "tables": "select tablename from pg_tables where schemaname = 'public' and tablename ~ '^aftersales'",
    "columns": "select table_name || '.' || column_name from information_schema.columns"
    " where table_schema = 'public' and column_name ~ '^aftersales_'",
    "models": "select model from ir_model where model ~ '^aftersales'",
    "fields": "select model || '.' || name from ir_model_fields where name ~ '^aftersales_'",
    "external ids": "select module || '.' || name from ir_model_data where module ~ '^aftersales_'",
    "crons": "select cron_name from ir_cron where cron_name ~* 'after-sales'",
    "groups": "select name->>'en_US' from res_groups where name->>'en_US' ~* 'after-sales'",
    "menus": "select name->>'en_US' from ir_ui_menu where name->>'en_US' ~* 'after-sales'",
    "sequences": "select code from ir_sequence where code ~ '^aftersales'",
}


def odoo(*arguments, script=None):
    command = [ROOT / "dev/odoo", *arguments, "--no-http", "--log-level=warn"]
    done = subprocess.run(command, input=script, text=True, capture_output=True)
    if done.returncode:
        sys.exit(f"failed: odoo {' '.join(arguments)}\n{(done.stdout + done.stderr)[-6000:]}")
    complaints = [line for line in done.stderr.splitlines() if " ERROR " in line or " CRITICAL " in line]
    if complaints:
        sys.exit("\n".join(["Odoo complains:", *complaints]))


def rows(database, query):
    command = ["psql", "-XAtqd", database, "-c", query]
    return subprocess.run(command, check=True, text=True, capture_output=True).stdout.split("\n")[:-1]


def main(database):
    for addon in ORDER:
        odoo("-d", database, "-i", addon, "--stop-after-init")
        print(f"{addon} installed")
    for addon in reversed(ORDER):
        odoo("shell", "-d", database, script=UNINSTALL.format(addon=addon))
        left = [name for name in rows(database, LEFTOVERS["external ids"]) if name.startswith(f"{addon}.")]
        print(f"{addon} uninstalled" + (f"; still there: {left}" if left else ""))
    found = {what: names for what, query in LEFTOVERS.items() if (names := rows(database, query))}
    for what, names in found.items():
        print(f"left behind, {what}: {', '.join(names[:20])}{' …' if len(names) > 20 else ''}")
    odoo("-d", database, "-i", ",".join(ORDER), "--stop-after-init")
    print("installed again")
    return 1 if found else 0


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    sys.exit(main(sys.argv[1]))
