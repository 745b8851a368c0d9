"""Two requests come in at the same moment, with real cursors: both are kept, none waits for the other.

A mail that cannot be filed is not fetched again: Odoo takes the transaction back and marks it as handled.
"""

from contextlib import contextmanager

from odoo import SUPERUSER_ID, api

MAIL = """Return-Path: <li@example.com>
To: help@example.com
From: Li Ming <li@example.com>
Subject: {subject}
Message-Id: <{message_id}@example.com>
In-Reply-To: {thread}
Date: Mon, 02 Mar 2026 10:00:00 +0000
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Here is the photo.
"""


@contextmanager
def environment(registry):
    with registry.cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})


@contextmanager
def two_at_once(registry):
    """Two transactions that have both begun, and that wait for nobody."""
    with environment(registry) as one, environment(registry) as two:
        for env in (one, two):
            env.cr.execute("SET LOCAL lock_timeout = '2s'")
            env["aftersales.ticket"].search([], limit=1)
        yield one, two


def request(env, title="Does not cool", **values):
    ticket = env["aftersales.ticket"].create({"title": title, "channel": "email", **values})
    env.flush_all()
    return ticket


def test_two_requests_at_once_get_numbers_of_their_own(registry):
    """INTAKE-20: neither waits for the other, neither is thrown away; whoever is first on the day, too."""
    with two_at_once(registry) as (one, two):
        names = [request(env).name for env in (one, two, one)]
        one.cr.commit()
        two.cr.commit()
    assert len({name[:11] for name in names}) == 1
    assert [int(name[11:]) for name in names] == [1, 2, 3]


def test_a_request_that_began_before_the_other_was_kept_is_numbered_after_it(registry):
    """INTAKE-20: its transaction does not see the other's ticket."""
    with two_at_once(registry) as (one, two):
        first = request(one).name
        one.cr.commit()
        second = request(two).name
        two.cr.commit()
    assert int(second[11:]) == int(first[11:]) + 1


def test_what_is_taken_back_leaves_a_gap(registry):
    """INTAKE-20: a number is never given twice."""
    with environment(registry) as env:
        lost = request(env).name
        env.cr.rollback()
        kept = request(env).name
    assert int(kept[11:]) == int(lost[11:]) + 1


def test_the_first_two_after_a_rule_was_changed_are_both_judged(registry):
    """PRIO-10: the rows in force are kept for both; what was kept twice goes with the cleaning."""
    with environment(registry) as env:
        env["aftersales.priority.rule"].search([], limit=1).sequence += 1
    with two_at_once(registry) as (one, two):
        tickets = [request(env).id for env in (one, two)]
        one.cr.commit()
        two.cr.commit()
    with environment(registry) as env:
        judged = env["aftersales.ticket"].browse(tickets)._verdict_of("priority")
        rows = list(judged.values())
        assert len(rows) == 2
        assert all(row._replay().outcome == row.outcome for row in rows)
        sets = [("kind", "=", "priority"), ("version", "=", rows[0].version)]
        assert env["aftersales.rule.set"].search_count(sets) == 2
        env["aftersales.rule.set"]._gc_second_copies()
        assert env["aftersales.rule.set"].search_count(sets) == 1
        assert rows[1]._replay().outcome == rows[1].outcome


def test_a_fetched_answer_is_filed_though_a_colleague_writes_at_that_moment(registry):
    """INTAKE-03: fetching mail begins anew, as a request of the web client does."""
    with environment(registry) as env:
        ticket = request(env, email="li@example.com")
        ticket._write_policy({"state": "waiting", "waiting_for": "customer"})
        ticket_id, thread = ticket.id, ticket.message_ids[-1].message_id
    mail = MAIL.format(subject="Re: it", message_id="at-once", thread=thread)
    with environment(registry) as one, environment(registry) as two:
        two["aftersales.ticket"].browse(ticket_id).read(["title"])
        one["aftersales.ticket"].browse(ticket_id).title = "Does not cool at all"
        one.cr.commit()
        fetched = two["mail.thread"].with_context(
            default_fetchmail_server_id=1, mail_channel_noautofollow=True
        )
        fetched.message_process("aftersales.ticket", mail)
        two.cr.commit()
    with environment(registry) as env:
        ticket = env["aftersales.ticket"].browse(ticket_id)
        assert any("Here is the photo" in message.body for message in ticket.message_ids)
        assert (ticket.title, ticket.state) == ("Does not cool at all", "in_progress")
