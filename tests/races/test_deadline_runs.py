"""The crons of the deadline ledger with real cursors: killed, twice at once, in each other's way.

Every test has a database of its own copy, commits for real and counts what happened by the tickets' logs: an
effect that happened twice leaves two lines.
"""

import os
import threading
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

import pytest

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import UserError

DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
MANY = 10_000 if DEEP else 1_000
BATCH = 20


@contextmanager
def environment(registry):
    """A transaction of its own, committed at the end; the ledger commits each batch as in a cron."""
    with registry.cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {"aftersales_commit": True})


def overdue_tickets(registry, count, kind="accept"):
    """Ids of tickets that wait for acceptance and are a day late."""
    with environment(registry) as env:
        ledger = env["aftersales.deadline"]
        rows = [
            {
                "service_type": "repair",
                "state": "assigned",
                "user_id": SUPERUSER_ID,
                "sla_targets": {kind: {"line": "x", "amount": 30, "unit": "minutes", "hours": "always"}},
            }
        ] * count
        tickets = env["aftersales.ticket"].load_history(rows)
        opened = tickets._open_deadlines([kind], since=fields.Datetime.now() - timedelta(days=1))
        assert len(opened) == count, "every ticket has its promise"
        assert ledger.search_count([("id", "in", opened.ids), ("state", "=", "running")]) == count
        return tickets.ids


def times_passed_on(registry, ticket_ids):
    """How often each ticket was passed on, by its log."""
    with environment(registry) as env:
        label = env["aftersales.ticket"]._event_label("pass_on")
        lines = env["mail.message"].search(
            [("model", "=", "aftersales.ticket"), ("res_id", "in", ticket_ids), ("body", "like", label)]
        )
        return Counter(lines.mapped("res_id"))


def run(registry, **options):
    with environment(registry) as env:
        return env["aftersales.deadline"]._run_due(batch=BATCH, **options)


class Killed(BaseException):
    """The process is gone: nobody catches this."""


@pytest.mark.parametrize("moment", ["before the commit", "after the commit"])
@pytest.mark.parametrize("batches", [0, 1, 2])
def test_killed_between_any_two_batches_and_run_again_each_effect_happens_once(registry, batches, moment):
    tickets = overdue_tickets(registry, 3 * BATCH)
    ledger = registry["aftersales.deadline"]
    commit, done = ledger._commit, []

    def dying_commit(self, *args):
        if len(done) == batches and moment == "before the commit":
            raise Killed
        answer = commit(self, *args)
        done.append(args)
        if len(done) > batches:
            raise Killed
        return answer

    with patch.object(ledger, "_commit", dying_commit), pytest.raises(Killed):
        run(registry)
    once = set(times_passed_on(registry, tickets).values())
    assert once <= {1}, "a killed run leaves whole effects or none"
    run(registry)
    assert times_passed_on(registry, tickets) == Counter(tickets)


def test_two_runs_at_once_never_do_a_row_twice(registry):
    tickets = overdue_tickets(registry, 10 * BATCH)
    runs = [threading.Thread(target=run, args=(registry,)) for _ in range(2)]
    for thread in runs:
        thread.start()
    for thread in runs:
        thread.join()
    run(registry)  # rows that both let go because of each other
    assert times_passed_on(registry, tickets) == Counter(tickets)


def test_a_document_changed_meanwhile_is_retried_and_not_lost(registry):
    """A serialization failure rolls the batch back; its rows are taken one by one in fresh transactions."""
    tickets = overdue_tickets(registry, BATCH)
    ledger = registry["aftersales.deadline"]
    expire, disturbed = ledger._expire, []

    def disturbed_expire(self, now):
        if not disturbed:
            disturbed.append(True)
            with environment(registry) as other:
                other["aftersales.ticket"].browse(tickets[3]).title = "Changed by somebody else"
        return expire(self, now)

    with patch.object(ledger, "_expire", disturbed_expire):
        run(registry)
    assert disturbed
    assert times_passed_on(registry, tickets) == Counter(tickets)


def test_a_business_error_sets_its_row_aside_and_stops_nothing_else(registry):
    tickets = overdue_tickets(registry, BATCH)
    stubborn = tickets[5]

    def refuse(self):
        if stubborn in self.ids:
            raise UserError("This one cannot be passed on.")

    with patch.object(registry["aftersales.ticket"], "_check_pass_on", refuse, create=True):
        run(registry)
    others = Counter(tickets)
    del others[stubborn]
    assert times_passed_on(registry, tickets) == others
    with environment(registry) as env:
        row = env["aftersales.ticket"].browse(stubborn).deadline_ids
        assert (row.state, row.set_aside) == ("running", "This one cannot be passed on.")
        row.action_retry()
    run(registry)
    assert times_passed_on(registry, tickets) == Counter(tickets)


def test_a_locked_document_waits_for_the_next_run(registry):
    tickets = overdue_tickets(registry, 3)
    with registry.cursor() as other:
        other.execute("SELECT id FROM aftersales_ticket WHERE id = %s FOR NO KEY UPDATE", [tickets[1]])
        run(registry)
    assert times_passed_on(registry, tickets) == Counter([tickets[0], tickets[2]])
    run(registry)
    assert times_passed_on(registry, tickets) == Counter(tickets)


def test_an_urgent_row_among_many_does_not_wait_for_them(registry):
    """Two crons: the urgent one finds its row while the bulk one is still busy."""
    crowd = overdue_tickets(registry, MANY)
    (p0,) = overdue_tickets(registry, 1)
    with environment(registry) as env:
        env["aftersales.ticket"].browse(p0).deadline_ids.sudo().write({"urgent": True})
    bulk = threading.Thread(target=run, args=(registry,), kwargs={"urgent": False})
    bulk.start()
    while not times_passed_on(registry, crowd):  # the bulk run has begun
        time.sleep(0.05)
    run(registry, urgent=True)
    acted, still_to_do = times_passed_on(registry, [p0]), len(crowd) - len(times_passed_on(registry, crowd))
    bulk.join()
    assert acted == Counter([p0])
    assert still_to_do > 0, "the urgent row acted while the crowd was still waiting"
    assert times_passed_on(registry, crowd) == Counter(crowd)


def test_a_second_person_is_too_late_and_nothing_happens_twice(registry):
    """Two agents accept the same ticket at once: one of them wins, the other reads who was faster."""
    (ticket,) = overdue_tickets(registry, 1)
    with environment(registry) as env:
        env["aftersales.ticket"].browse(ticket).deadline_ids.unlink()
    with registry.cursor() as first, registry.cursor() as second:
        one = api.Environment(first, SUPERUSER_ID, {})["aftersales.ticket"].browse(ticket)
        two = api.Environment(second, SUPERUSER_ID, {})["aftersales.ticket"].browse(ticket)
        assert one.state == two.state == "assigned"
        one._fire("accept")
        first.commit()
        with pytest.raises(Exception, match="could not serialize"):  # Odoo retries the request, see below
            two._fire("accept")
            second.flush()
        second.rollback()
        again = api.Environment(second, SUPERUSER_ID, {})["aftersales.ticket"].browse(ticket)
        with pytest.raises(UserError, match="does not apply"):
            again._fire("accept")
