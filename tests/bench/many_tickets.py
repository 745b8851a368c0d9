"""Many tickets by SQL, as a department has them that has worked for years."""

TEAMS, PEOPLE = 10, 100
#: of a hundred tickets so many are open
OPEN = {"new": 1, "assigned": 1, "accepted": 1, "in_progress": 2, "waiting": 1}


def fill(env, tickets, start=1):
    """(teams, people) of tickets ``start`` to ``tickets``: most closed; of the open ones some are late."""
    users = env["res.users"].with_context(no_reset_password=True)
    people = users.create([{"name": f"Bench {n}", "login": f"bench_{start}_{n}"} for n in range(PEOPLE)])
    members = [{"name": f"Bench {n}", "member_ids": [(6, 0, people[n::TEAMS].ids)]} for n in range(TEAMS)]
    teams = env["aftersales.team"].create(members)
    partner = env["res.partner"].create({"name": "Bench"})
    states = [state for state, percent in OPEN.items() for _one in range(percent)]
    env.flush_all()
    env.cr.execute(
        """INSERT INTO aftersales_ticket (name, title, company_id, partner_id, state, priority, team_id,
                  user_id, service_type, channel, urgency, impact, core_impact, relief, origin_mode,
                  coverage,
                  next_due_at, next_kind,
                  has_missed, create_date, write_date)
           SELECT 'BENCH-' || n, 'Ticket ' || n, %(company)s, %(partner)s, shape.state,
                  (ARRAY['p0', 'p1', 'p2', 'p3'])[1 + shape.a %% 4],
                  (%(teams)s)[1 + shape.b %% %(team_count)s],
                  CASE WHEN shape.state != 'new' THEN (%(people)s)[1 + shape.c %% %(people_count)s] END,
                  'repair', 'phone', 'normal', 'individual', 'none', 'none', 'passive',
                  'undetermined',
                  CASE WHEN shape.state != 'closed'
                       THEN now() AT TIME ZONE 'UTC' + (shape.a %% 2880 - 60) * interval '1 minute' END,
                  CASE WHEN shape.state != 'closed' THEN 'resolve' END,
                  shape.b %% 19 = 0, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
             FROM (SELECT n, a, b, c, COALESCE((%(states)s)[1 + (a / 7) %% 100], 'closed') AS state
                     FROM generate_series(%(start)s, %(tickets)s) AS n,
                          LATERAL (SELECT abs(hashint4(n) / 2) AS a, abs(hashint4(n + 1) / 2) AS b,
                                          abs(hashint4(n + 2) / 2) AS c) AS chance) AS shape""",
        {
            "company": env.company.id,
            "partner": partner.id,
            "teams": teams.ids,
            "team_count": len(teams),
            "people": people.ids,
            "people_count": len(people),
            "states": states,
            "start": start,
            "tickets": tickets,
        },
    )
    env.cr.execute("ANALYZE aftersales_ticket")
    env.invalidate_all()
    return teams, people
