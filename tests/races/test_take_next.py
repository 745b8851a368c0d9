"""Two agents ask for the next ticket at the same moment; each gets one of their own."""

from contextlib import contextmanager

import pytest
from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, Command, api


@contextmanager
def environment(registry, user_id=SUPERUSER_ID):
    with registry.cursor() as cr:
        yield api.Environment(cr, user_id, {})


@pytest.fixture(scope="module")
def agents(registry):
    """Ids of two agents of one team."""
    with environment(registry) as env:
        group = env.ref("aftersales_service.group_agent")
        agents = env["res.users"].create(
            [
                {"name": f"Agent {n}", "login": f"race_agent_{n}", "group_ids": [Command.link(group.id)]}
                for n in range(2)
            ]
        )
        env["aftersales.team"].create({"name": "Race", "member_ids": [Command.set(agents.ids)]})
        return agents.ids


def waiting_tickets(registry, agents, count):
    """Ids of ``count`` tickets of the agents' team that nobody has."""
    with environment(registry) as env:
        team = env["aftersales.team"].search([("member_ids", "in", agents)])
        return env["aftersales.ticket"].create([{"title": "x", "team_id": team.id}] * count).ids


def test_two_agents_at_once_never_get_the_same_ticket(registry, agents):
    """The pick of the first is locked, the second takes the one after it and does not wait."""
    first, second = agents
    tickets = waiting_tickets(registry, agents, 2)
    with environment(registry, first) as one, environment(registry, second) as two:
        two.cr.execute("SET LOCAL lock_timeout = '2s'")
        picked = [env["aftersales.ticket"]._pick_next().id for env in (one, two)]
        assert sorted(picked) == sorted(tickets)
        one["aftersales.ticket"].action_take_next()
        one.cr.commit()
        # a request whose snapshot is older than the other's commit is begun anew by Odoo itself
        with pytest.raises(SerializationFailure):
            two["aftersales.ticket"].action_take_next()
        two.cr.rollback()
        two["aftersales.ticket"].action_take_next()
        two.cr.commit()
    with environment(registry) as env:
        taken = env["aftersales.ticket"].browse(tickets)
        assert sorted(taken.user_id.ids) == sorted([first, second])
        assert set(taken.mapped("state")) == {"accepted"}


def test_with_one_ticket_the_second_goes_away_empty(registry, agents):
    """No waiting for the lock of the other: there is nothing more to take."""
    first, second = agents
    tickets = waiting_tickets(registry, agents, 1)
    with environment(registry, first) as one, environment(registry, second) as two:
        assert one["aftersales.ticket"]._pick_next().ids == tickets
        assert not two["aftersales.ticket"]._pick_next()
