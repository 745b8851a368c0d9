#!/usr/bin/env python3
"""Writes docs/state-machines.md from the transition tables: `python docs/make_state_machines.py`.

A test fails while the page is stale, so the drawings cannot lie.
"""

import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from conftest import ADDONS, stand_in_for_odoo  # noqa: E402  # the path comes first

HEAD = """# State machines

Drawn from the `FLOW` tables in each addon's `policy/<document>_flow.py` by `docs/make_state_machines.py`.
What is not drawn cannot happen: a document's state changes by these events alone.
"""


def page():
    from odoo.addons.aftersales_service.policy import lifecycle

    parts = [HEAD]
    for addon in ADDONS:
        for path in sorted((ROOT / addon / "policy").glob("*_flow.py")):
            flow = importlib.import_module(f"odoo.addons.{addon}.policy.{path.stem}").FLOW
            parts.append(_section(lifecycle, addon, path, flow))
    return "\n".join(parts)


def _section(lifecycle, addon, path, flow):
    who = "\n".join(
        f"| `{event}` | {_list(flow.rights[event])} | {'yes' if event in flow.four_eyes else ''} |"
        for event in flow.events
    )
    return f"""
## {flow.name}

`{addon}/policy/{path.name}`

```mermaid
{lifecycle.diagram(flow)}
```

| Event | Who may | Never on one's own request |
| --- | --- | --- |
{who}
{_promises(flow)}"""


def _promises(flow):
    if not flow.promises:
        return ""
    rows = "\n".join(
        f"| {kind} | {_list(p.opens)} | {_list(p.met)} | {_list(p.pauses)} | {p.expires or 'is missed'} |"
        for kind, p in flow.promises.items()
    )
    return f"""
| Promise | Opened by | Kept by | Paused by | When time is up |
| --- | --- | --- | --- | --- |
{rows}
"""


def _list(events):
    return ", ".join(sorted(events))


if __name__ == "__main__":
    stand_in_for_odoo()
    (ROOT / "docs/state-machines.md").write_text(page(), encoding="utf-8")
