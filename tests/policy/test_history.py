"""Rows of tickets from elsewhere."""

from datetime import date, datetime

import pytest

from odoo.addons.aftersales_service.policy import history, ticket_flow

SOUND = {
    "subject": "Drips",
    "state": "closed",
    "created": datetime(2024, 3, 1, 9),
    "accepted": datetime(2024, 3, 1, 10),
    "solved": datetime(2024, 3, 2, 10),
    "closed": datetime(2024, 3, 3, 10),
}


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2024-03-01", datetime(2024, 3, 1)),
        ("2024/03/01 08:05", datetime(2024, 3, 1, 8, 5)),
        ("2024-03-01T08:05:09", datetime(2024, 3, 1, 8, 5, 9)),
        (datetime(2024, 3, 1, 8), datetime(2024, 3, 1, 8)),
        (date(2024, 3, 1), datetime(2024, 3, 1)),
        ("", None),
        (None, None),
    ],
)
def test_moments_are_read_year_first(cell, expected):
    assert history.moment(cell) == expected


@pytest.mark.parametrize("cell", ["03/01/2024", "yesterday", "2024-13-01", "2024-02-30", 45352])
def test_what_is_no_moment_is_not_guessed(cell):
    with pytest.raises(ValueError, match=str(cell)):
        history.moment(cell)


def test_a_sound_row_has_no_fault():
    assert history.faults(SOUND, datetime(2025, 1, 1)) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"subject": ""}, "no_subject"),
        ({"created": None}, "no_created"),
        ({"closed": None}, "no_end"),
        ({"state": "in_progress", "assignee": "ann"}, "open_end"),
        ({"state": "accepted", "closed": None}, "nobody"),
        ({"solved": datetime(2024, 2, 1)}, "order"),
        ({"closed": datetime(2030, 1, 1)}, "future"),
    ],
)
def test_each_fault_is_named(change, code):
    found = history.faults({**SOUND, **change}, datetime(2025, 1, 1))
    assert [fault for fault, _params in found] == [code]


def test_every_state_is_either_open_or_over():
    states = set(ticket_flow.FLOW.states)
    assert set(ticket_flow.ENDED) | set(ticket_flow.OPEN) | {ticket_flow.RESOLVED} == states
